#!/bin/sh
# Configures, builds and tests each preset named, and ends with one line of totals.
#
#   sh tests/run.sh PRESET...
#
# A preset that does not configure or build counts as one failed test, so that the
# last line can never look green over a broken build.
set -u
passed=0 failed=0 skipped=0
jobs=${JOBS:-$(nproc 2>/dev/null || echo 2)}
mkdir -p build/logs
: >build/logs/skipped.log

broken() { # broken PRESET STEP
    echo "$1: $2 failed"
    failed=$((failed + 1))
}

# The sentence of ctest is "92% tests passed, 1 tests failed out of 13"; skipped ones
# are counted as passed there, and marked "***Skipped" on their own lines.
add_totals() { # add_totals PRESET LOG
    totals=$(sed -n 's/.*% tests passed, \([0-9]*\) tests failed out of \([0-9]*\).*/\1 \2/p' "$2" | tail -n 1)
    if [ -z "$totals" ]; then
        broken "$1" "ctest (no totals)"
        return
    fi
    bad=${totals% *} all=${totals#* }
    skips=$(grep -c '\*\*\*Skipped' "$2")
    failed=$((failed + bad))
    skipped=$((skipped + skips))
    passed=$((passed + all - bad - skips))
}

# ctest shows no output of skipped tests, so their reasons are taken from its own log.
say_skipped() { # say_skipped LOG DIR
    [ -f "$2/Testing/Temporary/LastTest.log" ] || return 0
    sed -n 's/.*Test *#[0-9]*: \([^ ]*\) .*\*\*\*Skipped.*/\1/p' "$1" | while IFS= read -r name; do
        awk -v name="$name" '
            /^[0-9]+\/[0-9]+ Testing: / { mine = $3 == name; inside = 0 }
            /^<end of output>$/ { inside = 0 }
            mine && inside > 1 { print "skipped " name ": " $0 }
            mine && inside == 1 { inside = 2 }
            mine && /^Output:$/ { inside = 1 }
        ' "$2/Testing/Temporary/LastTest.log"
    done
}

for preset in "$@"; do
    began=$(date +%s)
    dir=build/$preset log=build/logs/ctest-$preset.log
    echo "== $preset"
    # Configured each time: a library that was missing may have been installed since.
    cmake --preset "$preset" >build/logs/cmake-"$preset".log 2>&1 ||
        { cat build/logs/cmake-"$preset".log; broken "$preset" configure; continue; }
    cmake --build "$dir" -j "$jobs" || { broken "$preset" build; continue; }
    # ctest's own status is in the totals; a pipe keeps the output visible.
    ctest --test-dir "$dir" --output-on-failure --no-tests=error -j "$jobs" 2>&1 | tee "$log"
    add_totals "$preset" "$log"
    say_skipped "$log" "$dir" | tee -a build/logs/skipped.log
    echo "== $preset took $(($(date +%s) - began)) s"
done

if [ "$skipped" != 0 ]; then
    echo "$skipped skipped:"
    sort -u build/logs/skipped.log
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
