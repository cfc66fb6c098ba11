# Money is integers: no floating point anywhere in billing-core, but for the one file
# that its speed is compared with.
check() {
    files_like '^billing-core/.*\.(c|h|def)$' | grep -vx 'billing-core/bench/double\.c' >"$work/list"
    xargs grep -nHE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<(math|float|tgmath|fenv)\.h>' <"$work/list" |
        sed 's,^\([^:]*:[0-9]*\):.*,\1: header of floating point,'
    code <"$work/list" | awk '{
        match($0, /^[^:]*:[0-9]+:/)
        place = substr($0, 1, RLENGTH)
        text = " " substr($0, RLENGTH + 1)
        if (text ~ /[^A-Za-z0-9_]((float|double)([^A-Za-z0-9_]|$)|(strtod|strtof|strtold|atof|floor|ceil|round|llround|pow|fabs)[ \t]*\()/)
            print place " floating point"
        else if (text ~ /[^A-Za-z0-9_.]([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+[eE][-+]?[0-9]+)/)
            print place " literal of floating point"
    }'
}

seed() {
    mkdir -p billing-core/src
    cat >billing-core/src/a.c <<'END'
#include <math.h>
double a; /* a double in words is fine */
int doubled = 0x1e5, x = a.b1, y = 1000;
int b = 1e9 + .5;
const char *text = "0.5";
int c = f(0, ...) + round_half(2) + p->scale.0x;
int d = 3.;
int round = floor (x);
END
    mkdir -p billing-core/bench
    echo 'double compared;' >billing-core/bench/double.c
    echo 'double more;' >billing-core/bench/doubles.c
}

expected() {
    cat <<'END'
billing-core/bench/doubles.c:1: floating point
billing-core/src/a.c:1: header of floating point
billing-core/src/a.c:2: floating point
billing-core/src/a.c:4: literal of floating point
billing-core/src/a.c:7: literal of floating point
billing-core/src/a.c:8: floating point
END
}
