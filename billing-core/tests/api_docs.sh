#!/bin/bash
# Runs what docs/api.md shows, in its order, on a database of its own, and compares
# what is printed; "..." stands for any text. The Chinese page has the same blocks.
#
#   api_docs.sh BILLING DOCS
set -u
billing=$1 docs=$2
for need in curl openssl; do
    command -v $need >/dev/null || { echo "$need is not installed"; exit 77; }
done
folder=$(mktemp -d)
server=
leave() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    wait
    rm -rf "$folder"
}
trap leave EXIT
blocks() { awk '/^```/ { inside = !inside; print; next } inside' "$1"; }
if ! diff <(blocks "$docs/api.md") <(blocks "$docs/api.zh.md"); then
    echo "the two pages show different things"
    exit 1
fi

cd "$folder" || exit 1
PATH=$(dirname "$billing"):$PATH
export BILLING_DB=$folder/billing.db
# A port that was free a moment ago.
billing init >/dev/null
head -c 40 /dev/zero | tr '\0' x >probe
coproc PROBE { exec billing serve --secret-file probe --port 0; }
probe=$PROBE_PID
read -r line <&"${PROBE[0]}" || exit 1
PORT=${line##*:}
kill "$probe" && wait "$probe"
rm -f billing.db* probe

failures=0 commands=0
matches() { # matches TEXT WANTED
    local pattern= rest=$2
    while [[ $rest == *...* ]]; do
        pattern+=$(printf %q "${rest%%...*}")'*'
        rest=${rest#*...}
    done
    pattern+=$(printf %q "$rest")
    eval "[[ \$1 == $pattern ]]"
}
check() { # the command and what the page says it prints
    local got
    got=$(eval "$command" 2>&1 | tr -d '\r')
    commands=$((commands + 1))
    matches "$got" "$wanted" && return
    failures=$((failures + 1))
    printf '%s\nprinted\n%s\nand not\n%s\n\n' "$command" "$got" "$wanted"
}
kind= command= wanted= script=
while IFS= read -r text; do
    case $kind:$text in
    :'```sh') kind=sh script= ;;
    :'```console') kind=console command= ;;
    sh:'```')
        eval "$script"
        server=${!:-}
        kind=
        ;;
    console:'```')
        check
        kind=
        ;;
    sh:*) script+=$text$'\n' ;;
    console:'$ '*)
        [ -z "$command" ] || check
        command=${text#??} wanted=
        ;;
    console:*) wanted+=${wanted:+$'\n'}$text ;;
    esac
done <"$docs/api.md"
kill "$server"
wait "$server"
code=$?
server=
echo "$commands commands, $failures of them print something else; the server ended with $code"
[ $failures = 0 ] && [ $code = 0 ] && [ $commands -ge 13 ]
