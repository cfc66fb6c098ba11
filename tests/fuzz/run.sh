#!/bin/sh
# Builds the fuzzers and runs each for a time.
#
#   sh tests/fuzz/run.sh SECONDS
#
# What they find is kept under build/fuzz/corpus and grows from run to run; an input
# that breaks is left in build/fuzz and named.
set -u
seconds=${1:-30}
[ -e build/fuzz/build.ninja ] || cmake --preset fuzz || exit 1
cmake --build build/fuzz --target fuzzers || exit 1

passed=0 failed=0
for source in tests/fuzz/*/*_fuzz.c; do
    name=$(basename "$source" _fuzz.c)
    program=fuzz_$(basename "$(dirname "$source")")_$name
    log=build/logs/$program.log
    mkdir -p "build/fuzz/corpus/$name" build/logs
    if "build/fuzz/bin/$program" -max_total_time="$seconds" -max_len=65536 -timeout=10 \
        -print_final_stats=1 -verbosity=0 -artifact_prefix="build/fuzz/$name-" \
        "build/fuzz/corpus/$name" "tests/fuzz/seeds/$name" >"$log" 2>&1; then
        echo "$program: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s"
        passed=$((passed + 1))
    else
        echo "$program: broke; all it said is in $log"
        grep -vE '^"' "$log" | tail -n 40
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
