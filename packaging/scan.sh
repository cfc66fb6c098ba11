#!/bin/sh
# Runs a scan for `make scan` and says what its exit code means.
#
#   sh packaging/scan.sh METERLINT DIR OUT [OPTION...]
#
# Findings are what a first look is for, so they do not make `make` fail; bad usage
# and an incomplete analysis do. A gate calls meterlint itself.
set -u
meterlint=$1 dir=$2 out=$3
shift 3

report=text
[ -z "$out" ] || report=text=$out
"$meterlint" scan --output pretty --output "$report" "$@" "$dir"
code=$?

case $code in
0) meaning="no finding at or above the level that fails" ;;
1) meaning="findings at or above the level that fails" ;;
2) meaning="usage, configuration, or nothing to scan" ;;
3) meaning="the analysis is incomplete, or a report could not be written" ;;
*) meaning="interrupted or broken off" ;;
esac
echo "meterlint exit code $code: $meaning"
[ $code -lt 2 ] && exit 0
exit $code
