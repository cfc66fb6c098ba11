#!/bin/sh
# The last line of `make test` tells the truth: tests/run.sh over pretended builds.
#
#   sh tests/cli/runner.sh ROOT
. "$(dirname "$0")/lib.sh"
root=$1

# Commands that do and say what the case wants.
mkdir -p "$work/bin" "$work/tree"
cat >"$work/bin/cmake" <<'END'
#!/bin/sh
case $1 in
--preset) case $CONFIGURES in *" $2 "*) exit 0 ;; *) exit 1 ;; esac ;;
--build) case $BUILDS in *" ${2#build/} "*) exit 0 ;; *) exit 1 ;; esac ;;
esac
END
cat >"$work/bin/ctest" <<'END'
#!/bin/sh
printf '%s\n' "$CTEST_SAYS"
END
chmod +x "$work/bin/cmake" "$work/bin/ctest"
export PATH="$work/bin:$PATH"
cd "$work/tree" || exit 2

# total CODE LINE: how the run of presets one and two must end.
total() {
    run "$1" "$name" sh "$root/tests/run.sh" one two
    last=$(tail -n 1 "$work/said")
    [ "$last" = "$2" ] || fault "$name: ends with '$last', not '$2'" "$work/said"
}

export CONFIGURES=' one two ' BUILDS=' one two '
export CTEST_SAYS='100% tests passed, 0 tests failed out of 12'
name="all pass" total 0 "24 passed, 0 failed"
CTEST_SAYS='83% tests passed, 2 tests failed out of 12' name="some fail"
total 1 "20 passed, 4 failed"
CTEST_SAYS=' 3/12 Test  #3: cli/x ....***Skipped   0.01 sec
100% tests passed, 0 tests failed out of 12' name="skipped ones are no passes"
total 0 "22 passed, 0 failed"
CTEST_SAYS='Segmentation fault' name="ctest says no totals"
total 1 "0 passed, 2 failed"
CTEST_SAYS='100% tests passed, 0 tests failed out of 12'
BUILDS=' one ' name="one does not build"
total 1 "12 passed, 1 failed"
CONFIGURES=' two ' BUILDS=' one two ' name="one does not configure"
total 1 "12 passed, 1 failed"

# .ci/run ends with that line whatever make adds, and with the status of make.
mkdir .ci
cp "$root/.ci/run" .ci/run
cat >"$work/bin/make" <<'END'
#!/bin/sh
printf '%s\n' "$MAKE_SAYS"
exit "$MAKE_CODE"
END
chmod +x "$work/bin/make"
ci() { # ci CODE LINE
    run "$1" "$name" bash .ci/run
    last=$(tail -n 1 "$work/said")
    [ "$last" = "$2" ] || fault "$name: ends with '$last', not '$2'" "$work/said"
}
export MAKE_SAYS='5 passed, 0 failed' MAKE_CODE=0
name="a green run" ci 0 "5 passed, 0 failed"
MAKE_SAYS='5 passed, 1 failed
make: *** [test] Error 1' MAKE_CODE=2 name="make adds a line"
ci 2 "5 passed, 1 failed"
MAKE_SAYS='no such package' MAKE_CODE=2 name="set-up fails"
ci 2 "0 passed, 1 failed"
finish
