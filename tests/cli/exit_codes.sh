#!/bin/sh
# Exit codes and the sentences that go with them.
#
#   sh tests/cli/exit_codes.sh METERLINT
. "$(dirname "$0")/lib.sh"
meterlint=$1

mkdir -p "$work/clean/src" "$work/bad/src" "$work/empty" "$work/broken/src" "$work/config/src"
for project in clean bad broken config; do
    echo '{ "name": "sample" }' >"$work/$project/package.json"
    printf '%s\n' "$innocent" >"$work/$project/src/a.ts"
done
printf '%s\n' "$violation" >"$work/bad/src/ask.ts"
printf '{\n  // a comment\n  "brigde": {}\n}\n' >"$work/config/meterlint.json"
# UTF-16 without a mark is no text we can decode.
printf 'e\000x\000p\000o\000r\000t\000' >"$work/broken/src/wide.ts"

run 0 "a clean project" "$meterlint" scan "$work/clean"
run 1 "a violation" "$meterlint" scan "$work/bad"
says 'bypass/direct-http'
run 0 "a violation below --fail-on none" "$meterlint" scan --fail-on none "$work/bad"

run 2 "a path that is not there" "$meterlint" scan "$work/nowhere"
says 'nowhere'
run 2 "an unknown option" "$meterlint" scan --no-such-option "$work/clean"
says 'no-such-option'
run 2 "an unknown sub-command" "$meterlint" scam
run 2 "nothing to scan" "$meterlint" scan "$work/empty"
run 2 "an unknown key of the configuration" "$meterlint" scan "$work/config"
says 'meterlint\.json:3'
says 'bridge'

run 3 "a file that is no text" "$meterlint" scan "$work/broken"
says 'src/wide\.ts'
run 3 "a report that cannot be written" "$meterlint" scan --output "json=$work/clean/package.json/x" "$work/clean"

# What is no file is written into, not replaced: whoever is root would replace /dev/null.
mkfifo "$work/pipe"
cat "$work/pipe" >"$work/piped" &
run 0 "a report into a pipe" "$meterlint" scan --output "json=$work/pipe" "$work/clean"
wait
[ -p "$work/pipe" ] || fault "a report took the place of the pipe it was to go into"
grep -q '"findings"' "$work/piped" || fault "no report came out of the pipe" "$work/piped"

run 0 "the list of rules" "$meterlint" rules
says '^metering/swallowed-billing  *medium  *on  *[0-9][0-9]* % of [0-9]'
says 'not measured'
run 0 "the list of rules for programs" "$meterlint" rules --output json
says '"measured": {'
run 2 "the list of rules in a format that it has not" "$meterlint" rules --output sarif

# Findings win over an incomplete analysis; --strict turns that round.
cp "$work/broken/src/wide.ts" "$work/bad/src/wide.ts"
run 1 "findings and incomplete" "$meterlint" scan "$work/bad"
says 'src/wide\.ts'
run 3 "findings and incomplete, strict" "$meterlint" scan --strict "$work/bad"
finish
