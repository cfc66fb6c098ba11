#!/bin/sh
# What --cache costs and saves: user and system time, the median of 5 runs and their least and greatest, beside a
# walk that looks at every file.
#
#   sh bench/cache.sh METERLINT MEASURE FOLDER...
#
# MEASURE is bench_measure. Each folder is copied first, since a file of it is changed.
set -eu
meterlint=$1 measure=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
runs='1 2 3 4 5'

report() { # report LABEL: of $work/lines, "exit code, user, system, wall" in microseconds
    awk '{ print $2 + $3 }' "$work/lines" | sort -n | awk -v label="$1" '
        { cpu[NR] = $1 / 1000 }
        END { printf "%-34s %8.1f ms  (%.1f-%.1f)\n", label, cpu[int((NR + 1) / 2)], cpu[1], cpu[NR] }'
    : >"$work/lines"
}
once() { # once COMMAND...
    "$measure" "$@" >>"$work/lines"
}
scan() { # scan OPTION...: a report whose writing costs next to nothing
    once "$meterlint" scan --quiet --output github=/dev/null "$@" "$work/project"
}

for folder; do
    rm -rf "$work/project"
    cp -r "$folder" "$work/project"
    file=$(find "$work/project" -name '*.ts' -not -name '*.d.ts' -not -path '*/node_modules/*' | sort | sed -n 100p)
    sleep 3
    echo "$(basename "$folder"): $(find "$work/project" -type f | wc -l) files"
    : >"$work/lines"
    for run in $runs; do once find "$work/project" -type f -printf '%s %T@\n'; done
    report "find, size and time of each file"
    for run in $runs; do scan; done
    report "without"
    # A folder of its own for each: some file systems are slow where much was just removed.
    for run in $runs; do scan --cache "$work/$(basename "$folder")-$run"; done
    report "nothing kept before"
    cache=$work/$(basename "$folder")-1
    for run in $runs; do
        echo "// $run" >>"$file"
        scan --cache "$cache"
    done
    report "one file changed"
    sleep 3
    scan --cache "$cache"
    : >"$work/lines"
    for run in $runs; do scan --cache "$cache"; done
    report "nothing changed"
    echo "kept: $(find "$cache" -name 'f*' | wc -l) files, $(du -sk "$cache" | cut -f1) KiB on disk"
done
