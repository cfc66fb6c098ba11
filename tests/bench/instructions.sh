#!/bin/sh
# How many instructions a scan of the sample projects takes, against a recorded figure.
# Time depends on who else uses the machine; a count of instructions does not, so a
# change that makes the engine do more work is seen here, and not by a stopwatch.
#
#   sh tests/bench/instructions.sh check METERLINT ROOT COMPILER
#   sh tests/bench/instructions.sh record METERLINT ROOT COMPILER    (make instructions)
#   sh tests/bench/instructions.sh can-fail
#
# The count depends on the compiler and on the vector instructions the processor has,
# so both stand beside the figure; where they differ the test is skipped (77).
set -u
here=$(cd "$(dirname "$0")" && pwd)
figure=$here/instructions.txt

recorded() { # recorded KEY: its value in the figure's file
    sed -n "s/^$1: //p" "$figure"
}

# verdict FOUND RECORDED PERCENT: 0 within the drift. An engine that got faster has to
# be recorded too, or the next slower one would hide below the old figure.
verdict() {
    awk -v found="$1" -v recorded="$2" -v percent="$3" 'BEGIN {
        change = 100 * (found - recorded) / recorded
        printf "%d instructions, recorded are %d: %+.2f %% (allowed: %s %%)\n", found, recorded, change, percent
        exit change > percent + 0 || change < -percent
    }'
}

can_fail() {
    faults=0
    while read -r found past percent wanted; do
        verdict "$found" "$past" "$percent" >/dev/null
        [ $? = "$wanted" ] || { echo "FAULT: $found of $past within $percent %: not $wanted"; faults=1; }
    done <<'END'
1000000000 1000000000 3 0
1029000000 1000000000 3 0
1031000000 1000000000 3 1
971000000 1000000000 3 0
969000000 1000000000 3 1
END
    exit $faults
}

features() { # the widest vectors valgrind passes on from this processor
    if grep -qw avx2 /proc/cpuinfo 2>/dev/null; then
        echo avx2
    else
        uname -m
    fi
}

# count: sets $instructions. The samples are copied, so that reports of an earlier scan
# and settings of folders above play no part; one thread; the environment is ours.
count() {
    mkdir "$work/samples" && cp -R "$root"/fixtures/projects/*/ "$work/samples" || exit 2
    rm -rf "$work"/samples/*/reports
    (cd "$work/samples" && env -i PATH="$PATH" LC_ALL=C SOURCE_DATE_EPOCH=0 \
        valgrind --tool=callgrind --callgrind-out-file="$work/calls" "$meterlint" scan --jobs 1 --quiet \
        --config "$root/bench/config/meterlint-all.json" --output json="$work/report" .) >"$work/said" 2>&1
    code=$?
    instructions=$(sed -n 's/^==[0-9]*== Collected : \([0-9]*\).*/\1/p' "$work/said")
    if [ $code -gt 1 ] || [ -z "$instructions" ] || ! grep -q '"rule"' "$work/report"; then
        cat "$work/said"
        echo "FAULT: the scan ended with code $code"
        exit 1
    fi
}

[ "${1:-}" != can-fail ] || can_fail
[ $# = 4 ] || { echo "usage: instructions.sh check|record METERLINT ROOT COMPILER | can-fail" >&2; exit 2; }
root=$(cd "$3" && pwd) && folder=$(cd "$(dirname "$2")" && pwd) || exit 2
mode=$1 meterlint=$folder/$(basename "$2") compiler=$4

if ! command -v valgrind >/dev/null 2>&1; then
    echo "valgrind is not installed"
    [ "$mode" = check ] && exit 77
    exit 2
fi
if [ "$mode" = check ]; then
    for key in compiler features; do
        here_is=$([ $key = compiler ] && echo "$compiler" || features)
        if [ "$here_is" != "$(recorded $key)" ]; then
            echo "the figure was recorded with $(recorded $key), this is $here_is"
            exit 77
        fi
    done
fi

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
count
if [ "$mode" = record ]; then
    cat >"$figure" <<END
Instructions of one scan of fixtures/projects, all rules on, one thread, counted by
callgrind. Written by \`make instructions\`; the drift is in percent.
instructions: $instructions
compiler: $compiler
features: $(features)
drift: 3
END
    echo "recorded: $instructions"
    exit 0
fi
verdict "$instructions" "$(recorded instructions)" "$(recorded drift)" && exit 0
echo "FAULT: if this is meant (the engine or the samples changed), record it: make instructions"
exit 1
