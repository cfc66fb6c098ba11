/* Algebra of sums of products. */
#include "sum.h"

#include <string.h>

ml_formula_sum ml_sum_unknown(void)
{
    return (ml_formula_sum){.unknown = true};
}

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

/* num / den in lowest terms with a positive denominator; false when that does not fit. */
static bool reduce(int64_t *num, int64_t *den)
{
    if (*den == 0 || *den == INT64_MIN || *num == INT64_MIN)
        return false;
    int64_t by = gcd(*num, *den);
    if (by > 1) {
        *num /= by;
        *den /= by;
    }
    if (*den < 0) {
        *num = -*num;
        *den = -*den;
    }
    return true;
}

ml_formula_sum ml_sum_number(int64_t num, int64_t den)
{
    ml_formula_sum sum = {.count = 1};

    if (!reduce(&num, &den))
        return ml_sum_unknown();
    sum.terms[0].num = num;
    sum.terms[0].den = den;
    if (num == 0)
        sum.count = 0;
    return sum;
}

ml_formula_sum ml_sum_role(ml_formula_role role)
{
    ml_formula_sum sum = ml_sum_number(1, 1);

    sum.terms[0].power[role] = 1;
    return sum;
}

static bool times_ten(int64_t *value)
{
    return !__builtin_mul_overflow(*value, 10, value);
}

ml_formula_sum ml_sum_parse(ml_str written)
{
    int64_t num = 0, den = 1, exponent = 0;
    size_t i = 0;
    bool point = false, digits = false;

    if (written.len > 1 && written.data[0] == '0' && written.data[1] >= 'A' && written.data[1] != 'n' &&
        written.data[1] != 'e' && written.data[1] != 'E')
        return ml_sum_unknown();
    for (; i < written.len; i++) {
        char c = written.data[i];
        if (c == '_')
            continue;
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        if (!times_ten(&num) || __builtin_add_overflow(num, c - '0', &num) || (point && !times_ten(&den)))
            return ml_sum_unknown();
        digits = true;
    }
    if (i < written.len && (written.data[i] == 'e' || written.data[i] == 'E')) {
        bool minus = ++i < written.len && written.data[i] == '-';
        if (i < written.len && (written.data[i] == '-' || written.data[i] == '+'))
            i++;
        for (; i < written.len && written.data[i] >= '0' && written.data[i] <= '9'; i++)
            exponent = exponent < 100 ? exponent * 10 + (written.data[i] - '0') : exponent;
        for (int64_t k = 0; k < exponent; k++)
            if (!times_ten(minus ? &den : &num))
                return ml_sum_unknown();
    }
    if (i < written.len && written.data[i] == 'n')
        i++;
    return digits && i == written.len ? ml_sum_number(num, den) : ml_sum_unknown();
}

static bool same_powers(const ml_formula_term *a, const ml_formula_term *b)
{
    return memcmp(a->power, b->power, sizeof a->power) == 0;
}

/* Adds a term to a sum; terms that cancel disappear. */
static bool put(ml_formula_sum *sum, const ml_formula_term *term)
{
    for (uint32_t i = 0; i < sum->count; i++) {
        ml_formula_term *have = &sum->terms[i];
        int64_t left, right, den, num;
        if (!same_powers(have, term))
            continue;
        if (__builtin_mul_overflow(have->num, term->den, &left) ||
            __builtin_mul_overflow(term->num, have->den, &right) ||
            __builtin_mul_overflow(have->den, term->den, &den) || __builtin_add_overflow(left, right, &num) ||
            !reduce(&num, &den))
            return false;
        have->num = num;
        have->den = den;
        if (num == 0) {
            memmove(have, have + 1, (sum->count - i - 1) * sizeof *have);
            sum->count--;
        }
        return true;
    }
    if (sum->count == ML_FORMULA_TERMS_MAX)
        return false;
    sum->terms[sum->count++] = *term;
    return true;
}

ml_formula_sum ml_sum_add(const ml_formula_sum *a, const ml_formula_sum *b, int sign)
{
    ml_formula_sum out = *a;

    if (a->unknown || b->unknown)
        return ml_sum_unknown();
    for (uint32_t i = 0; i < b->count; i++) {
        ml_formula_term term = b->terms[i];
        term.num = sign < 0 ? -term.num : term.num;
        if (!put(&out, &term))
            return ml_sum_unknown();
    }
    return out;
}

static bool multiply(ml_formula_term *out, const ml_formula_term *a, const ml_formula_term *b)
{
    /* Across first, so that 1000000 / 1000000 does not grow. */
    int64_t an = a->num, ad = a->den, bn = b->num, bd = b->den;

    if (!reduce(&an, &bd) || !reduce(&bn, &ad) || __builtin_mul_overflow(an, bn, &out->num) ||
        __builtin_mul_overflow(ad, bd, &out->den) || !reduce(&out->num, &out->den))
        return false;
    for (int i = 0; i < ML_FR_COUNT; i++) {
        int power = a->power[i] + b->power[i];
        if (power > 9 || power < -9)
            return false;
        out->power[i] = (int8_t)power;
    }
    return true;
}

ml_formula_sum ml_sum_mul(const ml_formula_sum *a, const ml_formula_sum *b)
{
    ml_formula_sum out = {0};

    if (a->unknown || b->unknown)
        return ml_sum_unknown();
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++) {
            ml_formula_term term;
            if (!multiply(&term, &a->terms[i], &b->terms[k]) || !put(&out, &term))
                return ml_sum_unknown();
        }
    return out;
}

ml_formula_sum ml_sum_div(const ml_formula_sum *a, const ml_formula_sum *b)
{
    ml_formula_sum inverse = *b;

    if (a->unknown || b->unknown || b->count != 1)
        return ml_sum_unknown();
    inverse.terms[0].num = b->terms[0].den;
    inverse.terms[0].den = b->terms[0].num;
    if (!reduce(&inverse.terms[0].num, &inverse.terms[0].den))
        return ml_sum_unknown();
    for (int i = 0; i < ML_FR_COUNT; i++)
        inverse.terms[0].power[i] = (int8_t)-b->terms[0].power[i];
    return ml_sum_mul(a, &inverse);
}

ml_formula_sum ml_sum_pow(const ml_formula_sum *base, const ml_formula_sum *exponent)
{
    int64_t num, den, times, one;
    ml_formula_sum out = ml_sum_number(1, 1);

    if (!ml_sum_is_number(base, &num, &den) || !ml_sum_is_number(exponent, &times, &one) || one != 1 || times < -18 ||
        times > 18)
        return ml_sum_unknown();
    for (int64_t i = 0; i < (times < 0 ? -times : times) && !out.unknown; i++)
        out = times < 0 ? ml_sum_div(&out, base) : ml_sum_mul(&out, base);
    return out;
}

bool ml_sum_is_number(const ml_formula_sum *sum, int64_t *num, int64_t *den)
{
    static const ml_formula_term plain = {0};

    *num = 0;
    *den = 1;
    if (sum->unknown || sum->count > 1)
        return false;
    if (sum->count == 0)
        return true;
    *num = sum->terms[0].num;
    *den = sum->terms[0].den;
    return same_powers(&sum->terms[0], &plain);
}

bool ml_sum_is_unknown(const ml_formula_sum *sum)
{
    if (sum->unknown)
        return true;
    for (uint32_t i = 0; i < sum->count; i++)
        if (sum->terms[i].power[ML_FR_UNKNOWN])
            return true;
    return false;
}
