#!/bin/sh
# --cache: whatever is kept, a scan says what it says without.
#
#   sh tests/cli/cache.sh METERLINT ROOT
. "$(dirname "$0")/lib.sh"
meterlint=$1 root=$2
mkdir "$work/said-by"
formats='json sarif github gitlab junit markdown html pretty text'

# scan NAME DIR OPTION...: what all formats say, and the exit code, are in $work/said-by/NAME.
scan() {
    name=$1 dir=$2
    shift 2
    rm -rf "$work/out"
    mkdir "$work/out"
    for format in $formats; do
        set -- "$@" --output "$format=$work/out/$format"
    done
    "$meterlint" scan --quiet "$@" "$dir" >"$work/said" 2>&1 </dev/null
    code=$?
    case $code in
    0 | 1 | 3) ;;
    *) fault "$name of $dir: exit code $code" "$work/said" ;;
    esac
    for format in $formats; do cat "$work/out/$format"; done >"$work/said-by/$name"
    { echo "exit $code"; cat "$work/said"; } >>"$work/said-by/$name"
}

same() { # same NAME NAME WHY
    cmp -s "$work/said-by/$1" "$work/said-by/$2" && return
    diff "$work/said-by/$1" "$work/said-by/$2" >"$work/difference"
    fault "$3" "$work/difference"
}

differ() { # differ NAME NAME WHY
    cmp -s "$work/said-by/$1" "$work/said-by/$2" && fault "$3"
    return 0
}

count() { # count LETTER FOLDER: how many entries of that kind
    find "$2" -name "$1*" -type f | grep -cE "/$1[0-9a-f]{32}\$"
}

# A project whose findings hang on every kind of file a scan reads.
project() {
    mkdir -p "$1/src"
    echo '{ "name": "sample" }' >"$1/package.json"
    echo '{ "compilerOptions": { "paths": { "@host": ["src/host"] } } }' >"$1/tsconfig.json"
    echo '{ "ownHosts": [] }' >"$1/meterlint.json"
    echo 'LLM_URL=https://api.anthropic.com/v1/messages' >"$1/.env"
    echo 'export const HOST = "https://api.openai.com";' >"$1/src/host.ts"
    echo 'export const HOST = "https://intranet.example";' >"$1/src/other.ts"
    cat >"$1/src/ask.ts" <<'END'
import { HOST } from "@host";
export const ask = (q: string) => fetch(`${HOST}/v1/chat/completions`, { method: "POST", body: q });
export const more = (q: string) => fetch(process.env.LLM_URL!, { method: "POST", body: q });
// meterlint-disable-next-line direct-http until=1970-01-03 -- moves soon
export const last = () => fetch("https://api.mistral.ai/v1/models");
END
    # Words of the table rules and of an SDK, so that most kinds of passes have something to do.
    echo 'import OpenAI from "openai"; export const sdk = new OpenAI();' >"$1/src/sdk.ts"
    # Where it does not parse the scan is blind, unless something that fails it is found there.
    echo 'fetch("http://localhost:11434/api/chat", {}); const z = } "ollama api.openai.com" {;' >"$1/src/broken.ts"
    echo 'CREATE TABLE ai_model_usage (id INT);' >"$1/src/schema.sql"
}

changes='byte touch delete add config noconfig tsconfig env gitignore restored day catalog rename'
for change in $changes; do project "$work/$change"; done
mkdir -p "$work/extra/providers" "$work/growing/providers"
cp "$root/rules/providers/openai.json" "$work/extra/providers"
cp "$root/rules/providers/openai.json" "$work/growing/providers"
project "$work/inside"
project "$work/young"

# What was written a moment ago may change again without a sign.
scan plain "$work/young"
scan young "$work/young" --cache "$work/cache-young"
same plain young "a young project: the cache changes the report"
[ "$(count r "$work/cache-young")" = 0 ] || fault "a report was kept although its files are young"
[ "$(count f "$work/cache-young")" -gt 0 ] || fault "no facts were kept"
[ "$(stat -c %a "$work/cache-young")" = 700 ] || fault "others may look into the cache"
[ "$(find "$work/cache-young" -type f -perm /077)" = "" ] || fault "others may read what is in the cache"
[ "$(cat "$work/cache-young/.gitignore")" = '*' ] || fault "git would take the cache for part of the project"
sleep 2.2

# ---- the same bytes: without, cold, the report kept, only facts kept ----
found=0 kept=0
for dir in "$root"/fixtures/projects/*/ "$root"/fixtures/rules/; do
    cache=$work/cache-same
    rm -rf "$cache"
    scan without "$dir"
    scan cold "$dir" --cache "$cache"
    same without cold "$dir: an empty cache changes the report"
    kept=$((kept + $(count r "$cache")))
    [ "$(count r "$cache")" = 0 ] || rm -f "$cache"/f*
    scan warm "$dir" --cache "$cache"
    same without warm "$dir: the report that was kept is another"
    [ "$(count r "$cache")" = 0 ] || [ "$(count f "$cache")" = 0 ] || fault "$dir: the report was kept, and made again"
    rm -rf "$cache"
    scan cold "$dir" --cache "$cache" --jobs 1
    rm -f "$cache"/r*
    scan facts "$dir" --cache "$cache" --jobs 8
    same without facts "$dir: with facts that were kept the report is another"
    scan untriggered "$dir" --no-trigger
    scan facts "$dir" --no-trigger --order reverse --cache "$cache"
    same untriggered facts "$dir: with some facts kept and every file judged the report is another"
    found=$((found + $(grep -c '"ruleId"' "$work/said-by/without")))
done
[ $found -gt 0 ] || fault "no finding in any fixture: nothing was compared"
[ $kept -gt 0 ] || fault "no report of any fixture was kept: nothing was compared"

# ---- a report is kept for one state of the project ----
export SOURCE_DATE_EPOCH=86400
cache=$work/cache
catalogue() { # the one that CHANGE is scanned with
    [ "$1" = catalog ] && echo "$work/growing" || echo "$work/extra"
}
for change in $changes; do
    scan "before-$change" "$work/$change" --cache "$cache" --catalog "$(catalogue $change)"
done
[ "$(count r "$cache")" = "$(echo "$changes" | wc -w)" ] || fault "not every report was kept: $(count r "$cache")"

sed -i s/openai/openaj/ "$work/byte/src/host.ts"
touch "$work/touch/src/host.ts"
rm "$work/delete/src/ask.ts"
printf '%s\n' "$violation" >"$work/add/src/new.ts"
echo '{ "ownHosts": ["api.openai.com"] }' >"$work/config/meterlint.json"
rm "$work/noconfig/meterlint.json"
echo '{ "compilerOptions": { "paths": { "@host": ["src/other"] } } }' >"$work/tsconfig/tsconfig.json"
echo 'LLM_URL=https://intranet.example' >"$work/env/.env"
echo 'ask.ts' >"$work/gitignore/.gitignore"
mv "$work/rename/src/ask.ts" "$work/rename/src/zask.ts"
# As large as before, written at the same time, in the same place: only the time of the change itself tells.
touch -r "$work/restored/src/host.ts" "$work/time"
printf 'export const HOST = "https://api.openaj.com";\n' >"$work/restored/src/host.ts"
touch -r "$work/time" "$work/restored/src/host.ts"
# Another host: what was found of the one before is not found any more.
sed -i 's/api\.openai\.com/api.openaj.com/g' "$work/growing/providers/openai.json"

for change in $changes; do
    [ $change = day ] && SOURCE_DATE_EPOCH=345600
    scan without "$work/$change" --catalog "$(catalogue $change)"
    scan with "$work/$change" --cache "$cache" --catalog "$(catalogue $change)"
    SOURCE_DATE_EPOCH=86400
    same without with "$change: the cache answers for what was there before"
    case $change in
    touch | noconfig) ;;
    *) differ "before-$change" without "$change: the change changes nothing, so nothing was tested" ;;
    esac
done
scan without "$work/day"
scan other "$work/day" --cache "$cache" --fail-on low
scan with "$work/day" --cache "$cache"
same without with "another --fail-on: its report is taken"
differ other with "--fail-on changes nothing, so nothing was tested"

# ---- damaged entries ----
for how in 'truncate -s 40' 'truncate -s -1' 'truncate -s 0' damage; do
    rm -rf "$cache"
    scan cold "$work/day" --cache "$cache"
    [ "$(count r "$cache")" = 1 ] || fault "nothing was kept that could be damaged"
    for entry in "$cache"/[fr]*; do
        case $how in
        damage) printf 'xxxxxxxx' | dd of="$entry" bs=1 seek=100 conv=notrunc status=none ;;
        *) $how "$entry" ;;
        esac
    done
    scan with "$work/day" --cache "$cache"
    same cold with "entries after '$how': the report is another"
    rm -f "$cache"/f*
    scan with "$work/day" --cache "$cache"
    same cold with "the entry that was mended: the report is another"
    [ "$(count f "$cache")" = 0 ] || fault "'$how': the report was not kept anew"
done
cp -r "$cache" "$work/moved"
scan with "$work/day" --cache "$work/moved"
same cold with "a cache that was copied: the report is another"

# ---- where nothing can be kept ----
: >"$work/file"
scan without "$work/day"
grep -v '^meterlint: ' "$work/said-by/without" >"$work/said-by/plain"
for place in "$work/file" "$work/file/below" "$work/no/such" "$work/day/src"; do
    scan with "$work/day" --cache "$place"
    grep -q '^meterlint: .*cache' "$work/said-by/with" || fault "$place: does not say that nothing is kept" "$work/said"
    grep -v '^meterlint: ' "$work/said-by/with" >"$work/said-by/rest"
    same plain rest "$place: the report is another when nothing can be kept"
done
[ "$(find "$work/day/src" | wc -l)" = 7 ] || fault "a folder that is no cache was written to"

# ---- a cache within the project ----
for n in 1 2; do
    scan without "$work/inside"
    scan with "$work/inside" --cache "$work/inside/kept"
    same without with "a cache within the project changes the report, scan $n"
done
echo 'export const x = fetch("https://api.openai.com/v1/chat/completions");' >"$work/inside/kept/planted.ts"
scan with "$work/inside" --cache "$work/inside/kept"
same without with "the cache itself was scanned"

# ---- several at once, and killed ones ----
mkdir "$work/small" "$work/began"
echo 'export const a = 1;' >"$work/small/a.ts"
round=0
while [ $((round += 1)) -le 50 ]; do
    rm -rf "$cache"
    for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
        "$meterlint" scan --quiet --cache "$cache" --output github "$work/small" >/dev/null 2>"$work/began/$round-$n" &
    done
    wait
done
find "$work/began" -size +0 -exec cat {} + >"$work/said"
[ -s "$work/said" ] && fault "twelve scans that make the cache at once: some complain" "$work/said"
rm -rf "$cache"
for n in 1 2 3 4; do
    "$meterlint" scan --quiet --cache "$cache" --output "sarif=$work/said-by/at-once-$n" "$root/fixtures/rules" >"$work/said-$n" 2>&1 &
done
wait
"$meterlint" scan --quiet --output "sarif=$work/said-by/alone" "$root/fixtures/rules" >"$work/said" 2>&1
for n in 1 2 3 4; do
    same alone at-once-$n "four scans that share a cache: number $n differs"
    [ -s "$work/said-$n" ] && fault "four scans that share a cache: number $n complains" "$work/said-$n"
done
rm -rf "$cache"
for wait in 0.01 0.03 0.05 0.1; do
    "$meterlint" scan --quiet --cache "$cache" --output "sarif=$work/said-by/killed" "$root/fixtures/rules" >"$work/said" 2>&1 &
    sleep $wait
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
done
"$meterlint" scan --quiet --cache "$cache" --output "sarif=$work/said-by/after" "$root/fixtures/rules" >"$work/said" 2>&1
same alone after "after scans that were killed the report is another"

# ---- other commands, and what is staged ----
rm -rf "$cache"
scan cold "$work/day" --cache "$cache"
for words in "why $work/day/src/ask.ts:2" "schema diff $work/day"; do
    # shellcheck disable=SC2086 # words
    "$meterlint" $words >"$work/said-by/without" 2>&1
    # shellcheck disable=SC2086
    "$meterlint" $words --cache "$cache" >"$work/said-by/with" 2>&1
    same without with "$words: --cache changes the answer"
done
"$meterlint" why --cache "$cache" "$work/day/src/ask.ts:2" | grep -q 'api\.openai\.com' ||
    fault "why does not know the host when the report was kept"
if command -v git >/dev/null; then
    rm -rf "$cache"
    git -C "$work/day" init -q && git -C "$work/day" add . && git -C "$work/day" commit -q -m a
    printf '%s\n' "$violation" >"$work/day/src/staged.ts"
    git -C "$work/day" add src/staged.ts
    run 1 "a staged violation" "$meterlint" scan --staged --cache "$cache" "$work/day"
    run 1 "a staged violation, again" "$meterlint" scan --staged --cache "$cache" "$work/day"
    printf '%s\n' "$innocent" >"$work/day/src/staged.ts"
    git -C "$work/day" add src/staged.ts
    run 0 "staged, and innocent" "$meterlint" scan --staged --cache "$cache" "$work/day"
    [ "$(count r "$cache")" = 0 ] || fault "a report of the index was kept"
    [ "$(count f "$cache")" -gt 0 ] || fault "no facts of the index were kept"
fi
echo "$found findings compared; $kept reports of fixtures were kept"
finish
