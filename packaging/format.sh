#!/bin/sh
# clang-format over the C sources of ours.
#
#   sh packaging/format.sh check|write
#
# Lists that are included (.def) and tests are tables for the most part, and keep the shape of one row a line.
set -u
mkdir -p build
git ls-files --cached --others --exclude-standard -- \
    'analyzer/*.[ch]' 'rules/*.[ch]' 'reports/*.[ch]' 'grammars/*.[ch]' \
    'billing-core/*.[ch]' | sort -u >build/format-files || exit 1
case ${1:-} in
write)
    xargs clang-format -i <build/format-files
    ;;
check)
    if xargs clang-format --dry-run --Werror <build/format-files 2>build/format-faults; then
        echo "format: $(wc -l <build/format-files) files as they should be"
    else
        grep -c 'error:' build/format-faults | sed 's/$/ places differ; make format changes them:/'
        sed -n 's/^\([^:]*\):[0-9].*error:.*/\1/p' build/format-faults | sort | uniq -c
        exit 1
    fi
    ;;
*)
    echo "usage: sh packaging/format.sh check|write" >&2
    exit 2
    ;;
esac
