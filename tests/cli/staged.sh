#!/bin/sh
# A staged violation blocks a commit, also when the working tree no longer has it; one
# that is only in the working tree does not.
#
#   sh tests/cli/staged.sh hook|local|manifest METERLINT ROOT
#
# hook      a plain .git/hooks/pre-commit: nothing hides the working tree, so only
#           reading the index gives the right answer
# local     Debian's pre-commit with a local hook
# manifest  Debian's pre-commit with our own .pre-commit-hooks.yaml
. "$(dirname "$0")/lib.sh"
mode=$1 meterlint=$2 root=$3

if [ "$mode" != hook ] && ! command -v pre-commit >/dev/null 2>&1; then
    echo "skipped: pre-commit is not installed"
    exit 77
fi
export PRE_COMMIT_HOME="$work/pre-commit"

# The manifest calls "meterlint", as users do.
mkdir "$work/bin"
ln -s "$meterlint" "$work/bin/meterlint"
export PATH="$work/bin:$PATH"

install_hook() {
    case $mode in
    hook)
        mkdir -p .git/hooks
        printf '#!/bin/sh\nexec meterlint scan --staged\n' >.git/hooks/pre-commit
        chmod +x .git/hooks/pre-commit
        ;;
    local)
        cat >.pre-commit-config.yaml <<'END'
repos:
  - repo: local
    hooks:
      - id: meterlint
        name: meterlint
        entry: meterlint scan --staged
        language: system
        pass_filenames: false
        always_run: true
END
        ;;
    manifest)
        git init -q "$work/hooks"
        cp "$root/.pre-commit-hooks.yaml" "$work/hooks/"
        pre-commit validate-manifest "$work/hooks/.pre-commit-hooks.yaml" || fault "the manifest is not valid"
        git -C "$work/hooks" add . && git -C "$work/hooks" commit -q -m manifest
        git -C "$work/hooks" tag v1
        cat >.pre-commit-config.yaml <<END
repos:
  - repo: $work/hooks
    rev: v1
    hooks:
      - id: meterlint
END
        ;;
    esac
    [ "$mode" = hook ] && return
    git add .pre-commit-config.yaml
    run 0 "pre-commit install" pre-commit install
}

head_now() {
    git rev-parse -q --verify HEAD 2>/dev/null || echo none
}

# blocked NAME / passes NAME: a commit of what is staged.
blocked() {
    before=$(head_now)
    run 1 "$1" git commit -q -m "$1"
    says 'src/ask\.ts'
    says 'bypass/direct-http'
    [ "$(head_now)" = "$before" ] || fault "$1: a commit was made"
}
passes() {
    before=$(head_now)
    run 0 "$1" git commit -q -m "$1"
    [ "$(head_now)" != "$before" ] || fault "$1: no commit was made" "$work/said"
}

git init -q "$work/project"
cd "$work/project" || exit 2
mkdir src
echo '{ "name": "staged", "private": true }' >package.json
install_hook

printf '%s\n' "$violation" >src/ask.ts
git add .
blocked "a violation in the first commit of all"

printf '%s\n' "$innocent" >src/ask.ts
blocked "a staged violation the working tree no longer has"

git add .
printf '%s\n' "$violation" >src/ask.ts
passes "a violation only in the working tree"

git add src/ask.ts
printf '%s\n' "$innocent" >src/ask.ts
blocked "a staged change of a committed file"

rm src/ask.ts
blocked "a staged violation whose file is gone from the working tree"

git rm -q --cached src/ask.ts
passes "a deletion"

echo words >NOTES.md
git add NOTES.md
run 0 "nothing relevant staged" meterlint scan --staged
[ -s "$work/said" ] || fault "nothing relevant staged: says nothing"
passes "a commit with nothing to scan"
finish
