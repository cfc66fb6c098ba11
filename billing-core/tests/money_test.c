/* money_test.c - amounts: text in and out, limits, named roundings, and the
 * same sums, products and quotients as GMP computes them. */
#include "check.h"

#include <gmp.h>

static void parse_and_print(void **state)
{
    static const struct {
        const char *name, *text;
        bill_status status;
        const char *printed;
    } cases[] = {
        {"zero",                            "0",                                         BILL_OK,       "0"                                       },
        {"whole",                           "42",                                        BILL_OK,       "42"                                      },
        {"the specification's input price", "0.0000005",                                 BILL_OK,       "0.0000005"                               },
        {"smallest",                        "0.000000000001",                            BILL_OK,       "0.000000000001"                          },
        {"minus",                           "-1.50",                                     BILL_OK,       "-1.5"                                    },
        {"minus zero is zero",              "-0.0",                                      BILL_OK,       "0"                                       },
        {"plus",                            "+3",                                        BILL_OK,       "3"                                       },
        {"leading zeros",                   "007.100",                                   BILL_OK,       "7.1"                                     },
        {"13 decimals, last zero",          "1.1234567890120",                           BILL_OK,       "1.123456789012"                          },
        {"13 decimals lose a digit",        "1.1234567890123",                           BILL_EINEXACT, NULL                                      },
        {"largest",                         "170141183460469231731687303.715884105727",  BILL_OK,       "170141183460469231731687303.715884105727"},
        {"smallest negative",               "-170141183460469231731687303.715884105728", BILL_OK,
         "-170141183460469231731687303.715884105728"                                                                                              },
        {"one above the largest",           "170141183460469231731687303.715884105728",  BILL_ERANGE,   NULL                                      },
        {"far too large",                   "99999999999999999999999999999999999999999", BILL_ERANGE,   NULL                                      },
        {"empty",                           "",                                          BILL_EINVAL,   NULL                                      },
        {"sign only",                       "-",                                         BILL_EINVAL,   NULL                                      },
        {"no whole part",                   ".5",                                        BILL_EINVAL,   NULL                                      },
        {"no fraction after the point",     "5.",                                        BILL_EINVAL,   NULL                                      },
        {"exponent",                        "5e-7",                                      BILL_EINVAL,   NULL                                      },
        {"blank",                           " 1",                                        BILL_EINVAL,   NULL                                      },
        {"comma",                           "1,5",                                       BILL_EINVAL,   NULL                                      },
        {"two points",                      "1.2.3",                                     BILL_EINVAL,   NULL                                      },
        {"two signs",                       "--1",                                       BILL_EINVAL,   NULL                                      },
        {"words",                           "NaN",                                       BILL_EINVAL,   NULL                                      },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bill_amount got = {77};
        char text[BILL_AMOUNT_TEXT_MAX];
        bill_status status = bill_amount_parse(&got, cases[i].text, strlen(cases[i].text));
        CHECK_CASE(cases[i].name, status == cases[i].status);
        if (status != BILL_OK) {
            CHECK_CASE(cases[i].name, got.v == 77);
            continue;
        }
        size_t length = bill_amount_print(text, got);
        CHECK_CASE(cases[i].name, length == strlen(text) && strcmp(text, cases[i].printed) == 0);
    }
}

static void lenient_parse(void **state)
{
    static const struct {
        const char *name, *text;
        bill_rounding rounding;
        bill_status status;
        const char *printed;
    } cases[] = {
        {"exponent",                "5e-7",                   BILL_ROUND_EXACT,     BILL_OK,       "0.0000005"     },
        {"capital and plus",        "1.25E+3",                BILL_ROUND_EXACT,     BILL_OK,       "1250"          },
        {"plain",                   "0.01",                   BILL_ROUND_EXACT,     BILL_OK,       "0.01"          },
        {"float noise rounds",      "2.9999999999999997e-07", BILL_ROUND_HALF_AWAY, BILL_OK,       "0.0000003"     },
        {"float noise refused",     "2.9999999999999997e-07", BILL_ROUND_EXACT,     BILL_EINEXACT, NULL            },
        {"tie away",                "0.0000000000005",        BILL_ROUND_HALF_AWAY, BILL_OK,       "0.000000000001"},
        {"tie to even",             "0.0000000000005",        BILL_ROUND_HALF_EVEN, BILL_OK,       "0"             },
        {"below everything",        "9e-90",                  BILL_ROUND_HALF_AWAY, BILL_OK,       "0"             },
        {"below everything, away",  "9e-90",                  BILL_ROUND_AWAY,      BILL_OK,       "0.000000000001"},
        {"below everything, exact", "9e-90",                  BILL_ROUND_EXACT,     BILL_EINEXACT, NULL            },
        {"exponent without digits", "1e",                     BILL_ROUND_EXACT,     BILL_EINVAL,   NULL            },
        {"exponent out of reach",   "1e999",                  BILL_ROUND_EXACT,     BILL_ERANGE,   NULL            },
        {"too large",               "1e40",                   BILL_ROUND_EXACT,     BILL_ERANGE,   NULL            },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bill_amount got = {0};
        char text[BILL_AMOUNT_TEXT_MAX];
        bill_status status = bill_amount_parse_lenient(&got, cases[i].text, strlen(cases[i].text), cases[i].rounding);
        CHECK_CASE(cases[i].name, status == cases[i].status);
        if (status == BILL_OK) {
            (void)bill_amount_print(text, got);
            CHECK_CASE(cases[i].name, strcmp(text, cases[i].printed) == 0);
        }
    }
}

static void roundings(void **state)
{
    /* each row: value, then the value with no decimals in every rounding */
    static const struct {
        const char *value, *half_away, *half_even, *to_zero, *away, *floor, *ceiling;
    } rows[] = {
        {"0.5",  "1",  "0",  "0",  "1",  "0",  "1" },
        {"2.5",  "3",  "2",  "2",  "3",  "2",  "3" },
        {"-0.5", "-1", "0",  "0",  "-1", "-1", "0" },
        {"-2.5", "-3", "-2", "-2", "-3", "-3", "-2"},
        {"1.4",  "1",  "1",  "1",  "2",  "1",  "2" },
        {"-1.4", "-1", "-1", "-1", "-2", "-2", "-1"},
        {"1.6",  "2",  "2",  "1",  "2",  "1",  "2" },
        {"7",    "7",  "7",  "7",  "7",  "7",  "7" },
        {"-1.6", "-2", "-2", "-1", "-2", "-2", "-1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *wanted[] = {[BILL_ROUND_HALF_AWAY] = rows[i].half_away, [BILL_ROUND_HALF_EVEN] = rows[i].half_even,
                                [BILL_ROUND_TO_ZERO] = rows[i].to_zero,     [BILL_ROUND_AWAY] = rows[i].away,
                                [BILL_ROUND_FLOOR] = rows[i].floor,         [BILL_ROUND_CEILING] = rows[i].ceiling};
        for (int r = BILL_ROUND_HALF_AWAY; r <= BILL_ROUND_CEILING; r++) {
            bill_amount got;
            assert_int_equal(bill_amount_round(&got, amount(rows[i].value), 0, (bill_rounding)r), BILL_OK);
            CHECK_CASE(rows[i].value, bill_amount_cmp(got, amount(wanted[r])) == 0);
        }
    }
    bill_amount kept = {5};
    assert_int_equal(bill_amount_round(&kept, amount("0.5"), 0, BILL_ROUND_EXACT), BILL_EINEXACT);
    assert_true(kept.v == 5);
    assert_int_equal(bill_amount_round(&kept, amount("3"), 0, BILL_ROUND_EXACT), BILL_OK);
}

static void fixed_scale(void **state)
{
    char text[BILL_AMOUNT_TEXT_MAX];
    (void)state;
    assert_int_equal(bill_amount_print_scale(text, amount("0.00125"), 12, BILL_ROUND_EXACT), BILL_OK);
    assert_string_equal(text, "0.001250000000");
    assert_int_equal(bill_amount_print_scale(text, amount("-3"), 2, BILL_ROUND_EXACT), BILL_OK);
    assert_string_equal(text, "-3.00");
    assert_int_equal(bill_amount_print_scale(text, amount("-0.004"), 2, BILL_ROUND_HALF_AWAY), BILL_OK);
    assert_string_equal(text, "0.00");
    assert_int_equal(bill_amount_print_scale(text, amount("1.005"), 2, BILL_ROUND_EXACT), BILL_EINEXACT);
    assert_string_equal(text, "");
}

static void limits(void **state)
{
    const bill_amount most = amount("170141183460469231731687303.715884105727");
    const bill_amount least = amount("-170141183460469231731687303.715884105728");
    bill_amount out = {9};
    (void)state;
    assert_int_equal(bill_amount_add(&out, most, amount("0.000000000001")), BILL_ERANGE);
    assert_int_equal(bill_amount_sub(&out, least, amount("0.000000000001")), BILL_ERANGE);
    assert_int_equal(bill_amount_neg(&out, least), BILL_ERANGE);
    assert_int_equal(bill_amount_times(&out, most, 2), BILL_ERANGE);
    assert_int_equal(bill_amount_mul(&out, most, most, BILL_ROUND_HALF_AWAY), BILL_ERANGE);
    assert_int_equal(bill_amount_div(&out, most, amount("0.5"), BILL_ROUND_HALF_AWAY), BILL_ERANGE);
    assert_int_equal(bill_amount_div(&out, most, BILL_AMOUNT_ZERO, BILL_ROUND_HALF_AWAY), BILL_EINVAL);
    assert_int_equal(bill_amount_mul_per(&out, most, amount("1"), 0, BILL_ROUND_HALF_AWAY), BILL_EINVAL);
    assert_true(out.v == 9);
    assert_int_equal(bill_amount_mul(&out, least, amount("1"), BILL_ROUND_EXACT), BILL_OK);
    assert_true(bill_amount_cmp(out, least) == 0);
    assert_int_equal(bill_amount_mul(&out, most, most, BILL_ROUND_EXACT), BILL_ERANGE);
    assert_true(bill_amount_fits(amount("9999999999999999.999999999999"), 28, 12));
    assert_false(bill_amount_fits(amount("10000000000000000"), 28, 12));
    assert_false(bill_amount_fits(amount("0.0000005"), 10, 6));
    assert_true(bill_amount_fits(amount("-0.5"), 2, 1));
}

/* ---- against GMP ---- */

static uint64_t seed = 20250121;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Any width from 0 to 127 bits, so that small and huge values both occur. */
static bill_amount random_amount(void)
{
    bill_uint128 bits = ((bill_uint128)next_random() << 64 | next_random()) >> 1;
    bits >>= next_random() % 127;
    bill_amount out = {(bill_int128)bits};
    if (next_random() & 1)
        out.v = -out.v;
    return out;
}

static void to_gmp(mpz_t out, bill_int128 v)
{
    bill_uint128 mag = v < 0 ? (bill_uint128)0 - (bill_uint128)v : (bill_uint128)v;
    mpz_set_ui(out, (unsigned long)(mag >> 64));
    mpz_mul_2exp(out, out, 64);
    mpz_add_ui(out, out, (unsigned long)(uint64_t)mag);
    if (v < 0)
        mpz_neg(out, out);
}

/* GMP's quotient of n / d in the rounding; d is made positive first. */
static void gmp_divide(mpz_t out, mpz_t n, mpz_t d, bill_rounding rounding)
{
    mpz_t rest, twice;
    mpz_inits(rest, twice, NULL);
    if (mpz_sgn(d) < 0) {
        mpz_neg(n, n);
        mpz_neg(d, d);
    }
    int sign = mpz_sgn(n);
    mpz_tdiv_qr(out, rest, n, d);
    mpz_abs(rest, rest);
    mpz_mul_2exp(twice, rest, 1);
    int half = mpz_cmp(twice, d);
    int inexact = mpz_sgn(rest) != 0, up = 0;
    switch (rounding) {
    case BILL_ROUND_HALF_AWAY: up = inexact && half >= 0; break;
    case BILL_ROUND_HALF_EVEN: up = inexact && (half > 0 || (half == 0 && mpz_odd_p(out))); break;
    case BILL_ROUND_AWAY: up = inexact; break;
    case BILL_ROUND_FLOOR: up = inexact && sign < 0; break;
    case BILL_ROUND_CEILING: up = inexact && sign > 0; break;
    case BILL_ROUND_TO_ZERO:
    case BILL_ROUND_EXACT: break;
    }
    if (up && sign < 0)
        mpz_sub_ui(out, out, 1);
    else if (up)
        mpz_add_ui(out, out, 1);
    mpz_clears(rest, twice, NULL);
}

static int fits_128(const mpz_t v)
{
    mpz_t limit;
    mpz_init_set_ui(limit, 1);
    mpz_mul_2exp(limit, limit, 127);
    int above = mpz_cmp(v, limit) >= 0;
    mpz_neg(limit, limit);
    int below = mpz_cmp(v, limit) < 0;
    mpz_clear(limit);
    return !above && !below;
}

/* The outcome of one operation must be GMP's, or a refusal where GMP's is too wide. */
static void agree(const char *what, unsigned round, bill_status status, bill_amount got, const mpz_t want)
{
    mpz_t mine;
    if (!fits_128(want)) {
        if (status != BILL_ERANGE)
            fail_msg("%s, round %u: too wide, yet accepted", what, round);
        return;
    }
    if (status != BILL_OK)
        fail_msg("%s, round %u: refused with %s", what, round, bill_status_text(status));
    mpz_init(mine);
    to_gmp(mine, got.v);
    if (mpz_cmp(mine, want) != 0)
        fail_msg("%s, round %u: differs from GMP", what, round);
    mpz_clear(mine);
}

static void same_as_gmp(void **state)
{
    mpz_t a, b, n, d, want, one;
    (void)state;
    mpz_inits(a, b, n, d, want, NULL);
    mpz_init_set_ui(one, 1000000000000UL);
    for (unsigned round = 0; round < 100000; round++) {
        bill_amount x = random_amount(), y = random_amount(), got = {0};
        int64_t count = (int64_t)next_random(), per = (int64_t)(next_random() >> (1 + next_random() % 63)) + 0;
        bill_rounding rounding = (bill_rounding)(BILL_ROUND_HALF_AWAY + (int)(next_random() % 6));
        bill_status status;
        if (per < 1)
            per = 1;
        to_gmp(a, x.v);
        to_gmp(b, y.v);

        mpz_add(want, a, b);
        status = bill_amount_add(&got, x, y);
        agree("add", round, status, got, want);
        mpz_sub(want, a, b);
        status = bill_amount_sub(&got, x, y);
        agree("sub", round, status, got, want);
        to_gmp(n, count);
        mpz_mul(want, a, n);
        status = bill_amount_times(&got, x, count);
        agree("times", round, status, got, want);

        mpz_mul(n, a, b);
        mpz_set(d, one);
        gmp_divide(want, n, d, rounding);
        status = bill_amount_mul(&got, x, y, rounding);
        agree("mul", round, status, got, want);
        mpz_mul(n, a, b);
        to_gmp(d, per);
        mpz_mul(d, d, one);
        gmp_divide(want, n, d, rounding);
        status = bill_amount_mul_per(&got, x, y, per, rounding);
        agree("mul_per", round, status, got, want);
        if (y.v != 0) {
            mpz_mul(n, a, one);
            mpz_set(d, b);
            gmp_divide(want, n, d, rounding);
            status = bill_amount_div(&got, x, y, rounding);
            agree("div", round, status, got, want);
        }
        if (bill_amount_cmp(x, y) != (mpz_cmp(a, b) > 0) - (mpz_cmp(a, b) < 0))
            fail_msg("cmp, round %u", round);
    }
    mpz_clears(a, b, n, d, want, one, NULL);
}

/* print, then parse: the same; and the digits are GMP's. */
static void text_round_trip(void **state)
{
    mpz_t v;
    (void)state;
    mpz_init(v);
    for (unsigned round = 0; round < 100000; round++) {
        bill_amount x = random_amount(), back = {0};
        char text[BILL_AMOUNT_TEXT_MAX], digits[BILL_AMOUNT_TEXT_MAX], wanted[64];
        (void)bill_amount_print(text, x);
        if (bill_amount_parse(&back, text, strlen(text)) != BILL_OK || back.v != x.v)
            fail_msg("round %u: %s does not come back", round, text);
        assert_int_equal(bill_amount_print_scale(text, x, 12, BILL_ROUND_EXACT), BILL_OK);
        if (bill_amount_parse(&back, text, strlen(text)) != BILL_OK || back.v != x.v)
            fail_msg("round %u: %s does not come back", round, text);
        size_t n = 0;
        for (const char *c = text; *c; c++)
            if (*c != '.' && *c != '-')
                digits[n++] = *c;
        digits[n] = '\0';
        to_gmp(v, x.v);
        mpz_abs(v, v);
        gmp_snprintf(wanted, sizeof wanted, "%Zd", v);
        if (strcmp(digits + strspn(digits, "0"), x.v == 0 ? "" : wanted) != 0)
            fail_msg("round %u: %s is not %s", round, text, wanted);
    }
    mpz_clear(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_and_print), cmocka_unit_test(lenient_parse), cmocka_unit_test(roundings),
        cmocka_unit_test(fixed_scale),     cmocka_unit_test(limits),        cmocka_unit_test(same_as_gmp),
        cmocka_unit_test(text_round_trip),
    };
    return cmocka_run_group_tests_name("billing money", tests, NULL, NULL);
}
