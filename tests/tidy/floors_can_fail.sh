#!/bin/sh
# Proves that floors.sh can fail: a table in which base is compiled with the folder of
# finding, one without anything, and one whose folder does not exist, must be refused.
#
#   sh tests/tidy/floors_can_fail.sh CC ROOT TABLE
set -u
cc=$1 root=$2 table=$3
here=$(dirname "$0")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
faults=0

refused() { # refused TABLE WORDS
    if sh "$here/floors.sh" "$cc" "$root" "$1" >"$work/said" 2>&1; then
        echo "floors accepts what it must refuse: $2"
        faults=$((faults + 1))
    elif ! grep -q "$2" "$work/said"; then
        echo "floors refuses, but does not say: $2"
        cat "$work/said"
        faults=$((faults + 1))
    fi
}

tab=$(printf '\t')
grep -E "^(base|finding)$tab" "$table" >"$work/two"
sed "s,^\(base$tab.*\)\$,\1;$root/analyzer/finding/include," "$work/two" >"$work/upwards"
refused "$work/upwards" "base stands on finding"
: >"$work/empty"
refused "$work/empty" "nothing was compared"
sed "s,^\(finding$tab\).*,\1$root/analyzer/finding/include," "$work/two" >"$work/alone"
refused "$work/alone" "finding cannot include what stands below it"
[ $faults = 0 ]
