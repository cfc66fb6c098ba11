#!/bin/sh
# Proves with the compiler that an include pointing upwards does not compile.
#
#   sh tests/tidy/floors.sh CC ROOT TABLE
#
# TABLE says with which include folders each module is compiled. For each module and
# each public header of the analyzer a one-line source is compiled: it must succeed
# for headers of the module itself and of those below it, and fail for all others with
# "No such file". Both kinds must occur, or the test proves nothing.
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

# One module: the headers its folders hold must compile, all others must not.
probe() { # probe MODULE FOLDERS
    flags=
    for folder in $(printf '%s' "$2" | tr ';' ' '); do
        flags="$flags -I$folder"
    done
    for header in "$root"/analyzer/*/include/ml/*.h; do
        name=ml/${header##*/}
        home=${header%/ml/*}
        printf '#include "%s"\n' "$name" >"$work/probe.c"
        # shellcheck disable=SC2086 # a list of flags
        "$cc" -std=c17 -D_GNU_SOURCE -fsyntax-only $flags "$work/probe.c" 2>"$work/said"
        code=$?
        case ";$2;" in
        *";$home;"*)
            seen=$((seen + 1))
            [ $code = 0 ] || { fault "$1 cannot include $name"; cat "$work/said"; } ;;
        *)
            hidden=$((hidden + 1))
            if [ $code = 0 ]; then
                fault "$1 can include $name, which does not stand below it"
            elif ! grep -qE "$name.*(No such file|not found)" "$work/said"; then
                fault "$1 fails on $name for another reason"
                cat "$work/said"
            fi ;;
        esac
    done
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
