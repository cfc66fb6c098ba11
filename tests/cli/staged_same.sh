#!/bin/sh
# What --staged says of a file is what a scan of that file says, though it reads little else;
# and when git does not answer, it is no clean commit.
#
#   sh tests/cli/staged_same.sh METERLINT ROOT
. "$(dirname "$0")/lib.sh"
meterlint=$1 root=$2

commit() {
    git commit -q --allow-empty -m "$1"
}

# begin FOLDER: a repository with a copy of it, as one project.
begin() {
    rm -rf "$work/project"
    cp -r "$1" "$work/project"
    cd "$work/project" || exit 2
    find . -mindepth 2 \( -name package.json -o -name meterlint.json \) -delete
    [ -e package.json ] || echo '{ "name": "sample" }' >package.json
    git init -q .
    git add -A -f
}

# same NAME [FILE]...: the findings in what is staged, which is the files, or all.
found=0
same() {
    name=$1
    shift
    SOURCE_DATE_EPOCH=0 "$meterlint" scan --quiet --staged --output json="$work/staged.json" >"$work/said" 2>&1
    staged=$?
    "$meterlint" scan --quiet --output json="$work/plain.json" "$@" >"$work/said" 2>&1
    plain=$?
    [ $staged = $plain ] || fault "$name: exit code $staged, of a scan of the same files $plain" "$work/said"
    for report in staged plain; do
        awk '/^  "findings": \[$/ { on = 1 } on { print } on && /^  \]/ { exit }' "$work/$report.json" >"$work/$report"
    done
    cmp -s "$work/staged" "$work/plain" || {
        diff "$work/staged" "$work/plain" >"$work/said"
        fault "$name: staged and scanned differ" "$work/said"
    }
    found=$((found + $(wc -l <"$work/staged")))
}

# touch_files NAME FILE...: they alone are staged.
touch_files() {
    name=$1
    shift
    for file in "$@"; do echo >>"$file"; done
    git add -f "$@"
    same "$name" "$@"
    commit "$name"
}

begin "$root/fixtures/projects/kindergarten"
same "all of a project" .
commit all
git ls-files >"$work/files"
while read -r file; do
    case $file in
    *.ts | *.tsx | *.js | *.vue | *.sql | *.prisma | package.json) touch_files "$file alone" "$file" ;;
    esac
done <"$work/files"

# Each form of a declaration by itself, and the bridge, where a table that nobody declares is missed.
begin "$root/fixtures/rules/schema"
commit all
git ls-files >"$work/files"
while read -r file; do
    case $file in
    *.ts | *.js) touch_files "$file alone" "$file" ;;
    esac
done <"$work/files"
begin "$root/fixtures/rules/schema/missing-table/bridge-alone"
commit all
touch_files "a bridge without tables" src/services/ai/bridge/ai-bridge.service.ts
grep -q missing-table "$work/staged" || fault "no table is missed beside the bridge" "$work/staged"

begin "$root/fixtures/rules"
same "all of the rules' samples" .
commit all
for group in 0 1 2 3 4 5 6 7; do
    # No name in there has a blank.
    # shellcheck disable=SC2046
    touch_files "part $group of the samples' scripts" \
        $(git ls-files | grep -E '\.(ts|tsx|js|vue|svelte|html)$' | awk -v group=$group 'NR % 8 == group')
done
# shellcheck disable=SC2046
touch_files "the samples' other files" $(git ls-files | grep -E '\.(sql|prisma)$') package.json
[ $found -gt 1000 ] || fault "only $found lines compared"

# ---- a wrapper that is not staged counts as it stands in the index ----

mkdir "$work/wrapped" && cd "$work/wrapped" || exit 2
git init -q .
mkdir src
echo '{ "name": "wrapped" }' >package.json
echo 'export const ask = (url: string, body: string) => fetch(url, { method: "POST", body });' >src/wrapper.ts
echo 'export const BASE = "/api";' >src/base.ts
git add . && commit first
printf '%s\n' 'import { ask } from "./wrapper";' 'import { BASE } from "./base";' \
    'export const one = () => ask("https://api.openai.com/v1/chat/completions", "{}");' \
    'export const two = () => ask(BASE + "/lessons", "{}");' >src/use.ts
git add src/use.ts
echo 'export const ask = (_url: string, _body: string) => null;' >src/wrapper.ts
echo 'export const BASE = "https://api.anthropic.com";' >src/base.ts
run 1 "a wrapper of the index, another one in the working tree" "$meterlint" scan --staged --output pretty
says 'src/use\.ts'
says 'api\.openai\.com'
grep -q anthropic "$work/said" && fault "the working tree's constant was read" "$work/said"
git checkout -q src
printf '%s\n' 'export const BASE = "https://api.anthropic.com";' >src/base.ts
git add src/base.ts
git checkout-index -q -f src/use.ts
run 1 "a constant that is staged too" "$meterlint" scan --staged
says 'api\.anthropic\.com'
git rm -q -f --cached src/base.ts
git reset -q -- src/base.ts

# ---- nothing about tables: said, and not claimed to be missing ----

run 1 "the text report" "$meterlint" scan --staged --lang en --output text=-
says 'not checked: no staged file touches a billing table'
grep -qE 'no billing table found|Suggested billing schema' "$work/said" && fault "tables are missed that nobody looked for" "$work/said"
run 1 "the text report in Chinese" "$meterlint" scan --staged --output text=-
says '未检查：暂存文件均不涉及计费表'
echo 'CREATE TABLE lessons (id INT);' >schema.sql
git add schema.sql
run 1 "with a table" "$meterlint" scan --staged --lang en --output text=-
says 'no billing table found'
git rm -q -f --cached schema.sql

# ---- git that does not answer ----

real=$(command -v git)
mkdir "$work/fake" "$work/none"
fake() {
    { printf '#!/bin/sh\ncase "$*" in\n*cat-file*) ;;\n*) exec "%s" "$@" ;;\nesac\n' "$real"; printf '%s\n' "$1"; } >"$work/fake/git"
    chmod +x "$work/fake/git"
}
fake "exec \"$real\" \"\$@\""
run 1 "git behind another program" env PATH="$work/fake:$PATH" "$meterlint" scan --staged
fake "read -r object; echo \"\$object\" | \"$real\" cat-file --batch | head -c 100"
run 3 "git ends in the middle of a text" env PATH="$work/fake:$PATH" "$meterlint" scan --staged
says 'git ended before it had answered'
# The staged file and the manifest come, the wrapper does not.
fake "for i in 1 2; do read -r object; echo \"\$object\" | \"$real\" cat-file --batch; done"
run 3 "git ends between two questions" env PATH="$work/fake:$PATH" "$meterlint" scan --staged
says 'git ended before it had answered'
fake 'exit 1'
run 3 "git does not start to answer" env PATH="$work/fake:$PATH" "$meterlint" scan --staged
run 3 "no git" env PATH="$work/none" "$meterlint" scan --staged
says 'cannot start git: not installed'
printf 'object' | git hash-object -w --stdin >/dev/null
rm -f ".git/objects/$(git rev-parse :src/wrapper.ts | sed 's,^..,&/,')"
run 3 "a text that the repository has lost" "$meterlint" scan --staged
says 'missing from the repository'
finish
