#!/bin/sh
# Reads the repository and refuses what reviews should not have to look for.
#
#   sh tests/tidy/tidy.sh run CHECK ROOT [BUILD]     prints faults, exits 1 if any
#   sh tests/tidy/tidy.sh can-fail CHECK             proves that CHECK can fail
#
# checks/CHECK.sh defines
#   check      prints one line "path: reason" a fault; the working folder is the root
#   seed       writes a small tree with faults and near misses into the working folder
#   expected   prints what check must print about that tree, in the order of sort
# Needs sh, awk, grep, sed and find; uses git for the list of files where it can.
set -u
here=$(cd "$(dirname "$0")" && pwd)

# All files that are ours, one a line: what git knows or would add, else all that a
# clean checkout has.
files() {
    if [ "$listing" = git ]; then
        git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
            [ -f "$file" ] && printf '%s\n' "$file"
        done
    else
        find . \( -name .git -o -name node_modules -o -path ./build \) -prune -o \
            -type f -print | sed 's,^\./,,'
    fi
}

# files_like ERE: those of our files whose path matches.
files_like() {
    files | grep -E "$1"
}

# code: for a list of C files, "path:line:code" without comments and with empty
# strings. Paths of ours have no blanks.
code() {
    xargs awk -f "$here/code.awk"
}

listing=find
mode=${1:-} name=${2:-}
if [ ! -f "$here/checks/$name.sh" ]; then
    echo "tidy: no check named '$name'" >&2
    exit 2
fi

case $mode in
run)
    root=$(cd "$3" && pwd) || exit 2
    build=${4:-$root/build/release}
    cd "$root" || exit 2
    git ls-files >/dev/null 2>&1 && listing=git
    . "$here/checks/$name.sh"
    work=$(mktemp -d) || exit 2
    trap 'rm -rf "$work"' EXIT
    # The status of check is that of its last search, so a broken tool is known by
    # its words instead.
    check >"$work/faults" 2>"$work/complaints"
    if [ -s "$work/complaints" ]; then
        echo "tidy: $name broke off"
        cat "$work/complaints"
        exit 2
    fi
    [ ! -s "$work/faults" ] && exit 0
    cat "$work/faults"
    exit 1
    ;;
can-fail)
    . "$here/checks/$name.sh"
    work=$(mktemp -d) || exit 2
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/tree"
    cd "$work/tree" || exit 2
    root=$work/tree
    build=$work/build
    mkdir "$build"
    seed
    check | LC_ALL=C sort >"$work/found"
    expected | LC_ALL=C sort >"$work/wanted"
    if [ ! -s "$work/wanted" ]; then
        echo "tidy: $name expects no fault of its bad tree" >&2
        exit 1
    fi
    diff -u "$work/wanted" "$work/found"
    ;;
*)
    echo "usage: tidy.sh run CHECK ROOT [BUILD] | can-fail CHECK" >&2
    exit 2
    ;;
esac
