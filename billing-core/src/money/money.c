/* money.c - checked 128-bit arithmetic on amounts of scale 12.
 *
 * Products of two amounts need up to 256 bits. They are formed from 64-bit
 * halves, and divided bit by bit only if the fast 128-bit way overflows. */
#include "billing/money.h"

#include <string.h>

#define INT128_MAX_ ((bill_int128)(~(bill_uint128)0 >> 1))
#define INT128_MIN_ (-INT128_MAX_ - 1)

static bill_uint128 magnitude(bill_int128 v)
{
    return v < 0 ? (bill_uint128)0 - (bill_uint128)v : (bill_uint128)v;
}

/* *out = sign * mag, refused if it does not fit. */
static bill_status with_sign(bill_int128 *out, bill_uint128 mag, bool negative)
{
    if (negative) {
        if (mag > (bill_uint128)INT128_MAX_ + 1)
            return BILL_ERANGE;
        *out = mag == (bill_uint128)INT128_MAX_ + 1 ? INT128_MIN_ : -(bill_int128)mag;
        return BILL_OK;
    }
    if (mag > (bill_uint128)INT128_MAX_)
        return BILL_ERANGE;
    *out = (bill_int128)mag;
    return BILL_OK;
}

/* Does the quotient's magnitude go one up, given what was cut off?
 * `half` compares the rest with half of the divisor: -1, 0, 1. */
static bool rounds_up(bill_rounding rounding, bool negative, bool odd, int half)
{
    switch (rounding) {
    case BILL_ROUND_HALF_AWAY: return half >= 0;
    case BILL_ROUND_HALF_EVEN: return half > 0 || (half == 0 && odd);
    case BILL_ROUND_AWAY: return true;
    case BILL_ROUND_FLOOR: return negative;
    case BILL_ROUND_CEILING: return !negative;
    case BILL_ROUND_TO_ZERO:
    case BILL_ROUND_EXACT: break;
    }
    return false;
}

static bill_status finish_quotient(bill_int128 *out, bill_uint128 quotient, bill_uint128 rest, bill_uint128 divisor,
                                   bool negative, bill_rounding rounding)
{
    if (rest != 0) {
        bill_uint128 gap = divisor - rest;
        int half = rest < gap ? -1 : rest > gap;
        if (rounding == BILL_ROUND_EXACT)
            return BILL_EINEXACT;
        if (rounds_up(rounding, negative, (quotient & 1) != 0, half)) {
            if (quotient == ~(bill_uint128)0)
                return BILL_ERANGE;
            quotient++;
        }
    }
    return with_sign(out, quotient, negative);
}

typedef struct wide {
    bill_uint128 high, low;
} wide;

static wide wide_product(bill_uint128 a, bill_uint128 b)
{
    const bill_uint128 mask = ~(uint64_t)0;
    bill_uint128 al = a & mask, ah = a >> 64, bl = b & mask, bh = b >> 64;
    bill_uint128 low = al * bl;
    bill_uint128 mid1 = ah * bl + (low >> 64);
    bill_uint128 mid2 = al * bh + (mid1 & mask);
    wide out = {ah * bh + (mid1 >> 64) + (mid2 >> 64), (mid2 << 64) | (low & mask)};
    return out;
}

/* 256 by 128 bits, long division in base 2; the quotient must fit 128 bits. */
static bill_status wide_divide(bill_uint128 *quotient, bill_uint128 *rest, wide n, bill_uint128 d)
{
    bill_uint128 remainder = n.high, q = 0;
    if (n.high >= d)
        return BILL_ERANGE;
    for (int bit = 127; bit >= 0; bit--) {
        bool carry = (remainder >> 127) != 0;
        remainder = (remainder << 1) | ((n.low >> bit) & 1);
        q <<= 1;
        if (carry || remainder >= d) {
            remainder -= d;
            q |= 1;
        }
    }
    *quotient = q;
    *rest = remainder;
    return BILL_OK;
}

/* out = a * b / d with one rounding; d > 0. */
static bill_status mul_div(bill_int128 *out, bill_int128 a, bill_int128 b, bill_uint128 d, bill_rounding rounding)
{
    bool negative = (a < 0) != (b < 0);
    bill_uint128 ma = magnitude(a), mb = magnitude(b), product, quotient, rest;
    if (!__builtin_mul_overflow(ma, mb, &product)) {
        quotient = product / d;
        rest = product % d;
    } else {
        bill_status status = wide_divide(&quotient, &rest, wide_product(ma, mb), d);
        if (status != BILL_OK)
            return status;
    }
    return finish_quotient(out, quotient, rest, d, negative, rounding);
}

static bill_uint128 power_of_ten(int n)
{
    bill_uint128 p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

bill_status bill_amount_from_int(bill_amount *out, int64_t units)
{
    out->v = (bill_int128)units * BILL_ONE;
    return BILL_OK;
}

bill_status bill_amount_add(bill_amount *out, bill_amount a, bill_amount b)
{
    bill_int128 sum;
    if (__builtin_add_overflow(a.v, b.v, &sum))
        return BILL_ERANGE;
    out->v = sum;
    return BILL_OK;
}

bill_status bill_amount_sub(bill_amount *out, bill_amount a, bill_amount b)
{
    bill_int128 difference;
    if (__builtin_sub_overflow(a.v, b.v, &difference))
        return BILL_ERANGE;
    out->v = difference;
    return BILL_OK;
}

bill_status bill_amount_neg(bill_amount *out, bill_amount a)
{
    return bill_amount_sub(out, BILL_AMOUNT_ZERO, a);
}

bill_status bill_amount_times(bill_amount *out, bill_amount a, int64_t count)
{
    bill_int128 product;
    if (__builtin_mul_overflow(a.v, (bill_int128)count, &product))
        return BILL_ERANGE;
    out->v = product;
    return BILL_OK;
}

bill_status bill_amount_mul(bill_amount *out, bill_amount a, bill_amount b, bill_rounding rounding)
{
    return mul_div(&out->v, a.v, b.v, (bill_uint128)BILL_ONE, rounding);
}

bill_status bill_amount_mul_per(bill_amount *out, bill_amount a, bill_amount b, int64_t per, bill_rounding rounding)
{
    if (per < 1)
        return BILL_EINVAL;
    /* 10^12 * 2^63 stays below 2^103 */
    return mul_div(&out->v, a.v, b.v, (bill_uint128)BILL_ONE * (bill_uint128)per, rounding);
}

bill_status bill_amount_div(bill_amount *out, bill_amount a, bill_amount b, bill_rounding rounding)
{
    bill_int128 quotient;
    bill_status status;
    if (b.v == 0)
        return BILL_EINVAL;
    /* the sign of b goes to the scale factor, so that the divisor is positive */
    status = mul_div(&quotient, a.v, b.v < 0 ? -BILL_ONE : BILL_ONE, magnitude(b.v), rounding);
    if (status == BILL_OK)
        out->v = quotient;
    return status;
}

bill_status bill_amount_round(bill_amount *out, bill_amount a, int scale, bill_rounding rounding)
{
    bill_int128 quotient;
    bill_status status;
    if (scale < 0 || scale > BILL_SCALE)
        return BILL_EINVAL;
    bill_uint128 unit = power_of_ten(BILL_SCALE - scale);
    status = mul_div(&quotient, a.v, 1, unit, rounding);
    if (status != BILL_OK)
        return status;
    if (__builtin_mul_overflow(quotient, (bill_int128)unit, &quotient))
        return BILL_ERANGE;
    out->v = quotient;
    return BILL_OK;
}

int bill_amount_cmp(bill_amount a, bill_amount b)
{
    return a.v < b.v ? -1 : a.v > b.v;
}

bool bill_amount_is_negative(bill_amount a)
{
    return a.v < 0;
}

bool bill_amount_fits(bill_amount a, int precision, int scale)
{
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision)
        return false;
    bill_uint128 mag = magnitude(a.v);
    if (scale < BILL_SCALE && mag % power_of_ten(BILL_SCALE - scale) != 0)
        return false;
    int digits = precision - scale + BILL_SCALE;
    return digits > 38 || mag < power_of_ten(digits);
}
