#!/bin/sh
# What is too long for every day: tests of the ledger at full length.
#
#   sh billing-core/tests/long.sh BIN     BIN holds the test programs
#
# Four processes that record the same 5,000 ids on each store, 200 kills of two
# writers, every allocation failing once, ten random histories of 20,000 steps.
# Ends with 1 if one of them failed.
set -u
bin=${1:?the folder of the programs}
failed=0
part() { # part NAME PROGRAM WORD...
    name=$1 program=$bin/$2 began=$(date +%s)
    shift 2
    echo "== $name"
    "$program" "$@" || failed=$((failed + 1))
    echo "== $name took $(($(date +%s) - began)) s"
}
export BILLING_MUST_RUN="mariadb postgres" BILLING_WRITER_ROWS=5000
for store in sqlite mariadb postgres; do
    part "four processes, 5,000 ids, $store" billing_conformance_test $store four_writers
done
part "200 kills" billing_crash_test 200
part "every allocation" billing_memory_test 0
part "ten histories" billing_simulate_test 1 20000 10
echo "$failed failed"
[ "$failed" = 0 ]
