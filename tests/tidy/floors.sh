#!/bin/sh
# Proves with the compiler that an include pointing upwards does not compile.
#
#   sh tests/tidy/floors.sh CC ROOT TABLE
#
# TABLE says with which include folders each module is compiled. Headers of the module
# itself and of those below it must compile, all together; each other public header must
# stop the compiler with "No such file". Both kinds must occur, or nothing is proved.
set -u
cc=$1 root=$2 table=$3
tab=$(printf '\t')
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
faults=0 seen=0 hidden=0

fault() {
    echo "floors: $*"
    faults=$((faults + 1))
}

probe() { # probe MODULE FOLDERS
    flags=
    for folder in $(printf '%s' "$2" | tr ';' ' '); do
        flags="$flags -I$folder"
    done
    : >"$work/seen.c"
    for header in "$root"/analyzer/*/include/ml/*.h "$root"/reports/include/ml/*.h; do
        name=ml/${header##*/}
        home=${header%/ml/*}
        case ";$2;" in
        *";$home;"*)
            seen=$((seen + 1))
            printf '#include "%s"\n' "$name" >>"$work/seen.c"
            continue ;;
        esac
        hidden=$((hidden + 1))
        printf '#include "%s"\n' "$name" >"$work/probe.c"
        # shellcheck disable=SC2086 # a list of flags
        if "$cc" -E $flags "$work/probe.c" >/dev/null 2>"$work/said"; then
            fault "$1 can include $name, which does not stand below it"
        elif ! grep -qE "$name.*(No such file|not found)" "$work/said"; then
            fault "$1 fails on $name for another reason"
            cat "$work/said"
        fi
    done
    # shellcheck disable=SC2086 # a list of flags
    if ! "$cc" -std=c17 -D_GNU_SOURCE -fsyntax-only $flags "$work/seen.c" 2>"$work/said"; then
        fault "$1 cannot include what stands below it"
        cat "$work/said"
    fi
}

while IFS=$tab read -r module folders; do
    [ -n "$module" ] && probe "$module" "$folders"
done <"$table"

# The direction itself, said once by name.
base=$(sed -n "s/^base$tab//p" "$table")
finding=$(sed -n "s/^finding$tab//p" "$table")
case ";$base;" in *"/finding/include;"*) fault "base stands on finding" ;; esac
case ";$finding;" in *"/base/include;"*) ;; *) fault "finding does not stand on base" ;; esac
[ "$seen" -gt 0 ] && [ "$hidden" -gt 0 ] || fault "nothing was compared ($seen seen, $hidden hidden)"

echo "floors: $seen includes compiled, $hidden refused, $faults faults"
[ $faults = 0 ]
