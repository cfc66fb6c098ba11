#!/bin/sh
# Builds meterlint along the paths a scan of our fixtures takes, into build/pgo.
#
#   sh packaging/pgo.sh [CMAKE-OPTION...]
#
# Three steps: a build that counts, the training run, a build that uses the counts. The
# same sources and the same compiler give the same program: one thread trains, and what
# it scans are the fixtures, in a copy, so that nobody's configuration above counts.
set -eu
counts=$PWD/build/profile
sample=build/pgo-sample

# The compiler cache is left out: it may not see that counts have changed.
build() { # build TRAIN|ON CMAKE-OPTION...
    log=build/logs/cmake-pgo.log step=$1
    shift
    cmake --fresh --preset pgo -DCMAKE_C_COMPILER_LAUNCHER= "-DMETERLINT_PGO=$step" \
        "-DMETERLINT_PGO_DIR=$counts" "$@" >"$log" 2>&1 || { cat "$log"; exit 1; }
    cmake --build build/pgo --target meterlint
}

train() { # train OPTION...: a scan of the sample; any verdict will do
    code=0
    build/pgo/bin/meterlint scan --jobs 1 --quiet "$@" >build/logs/pgo-training.log 2>&1 || code=$?
    case $code in
    0 | 1 | 3) ;;
    *) tail -n 15 build/logs/pgo-training.log >&2; echo "pgo: a training scan ended with code $code" >&2; exit 1 ;;
    esac
}

mkdir -p build/logs
build TRAIN "$@"
rm -rf "$counts" "$sample"
mkdir -p "$sample"
git init -q "$sample" 2>/dev/null || :
cp -R fixtures/rules fixtures/projects "$sample"
for project in "$sample"/projects/*/ "$sample"/rules; do
    # As it is run: the trigger decides what is parsed. Then all of it, for the parser.
    train --config bench/config/meterlint-all.json --output sarif=build/pgo-sample.out "$project"
    train --config bench/config/meterlint-bypass.json --output json=build/pgo-sample.out "$project"
    train --config bench/config/meterlint-all.json --no-trigger --output pretty=build/pgo-sample.out "$project"
done
build ON "$@"
echo "pgo: build/pgo/bin/meterlint"
