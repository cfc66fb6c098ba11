/* text.c - amounts from and to plain decimal text, digit by digit. */
#include "billing/money.h"

#include <string.h>

#define INT128_LIMIT ((bill_uint128)1 << 127)
#define EXPONENT_MAX 100

typedef struct reader {
    const char *at, *end;
} reader;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bill_status push_digit(bill_uint128 *mag, char c)
{
    bill_uint128 next;
    if (__builtin_mul_overflow(*mag, (bill_uint128)10, &next) ||
        __builtin_add_overflow(next, (bill_uint128)(c - '0'), &next))
        return BILL_ERANGE;
    *mag = next;
    return BILL_OK;
}

static bool read_sign(reader *in)
{
    bool negative = in->at < in->end && *in->at == '-';
    if (in->at < in->end && (*in->at == '-' || *in->at == '+'))
        in->at++;
    return negative;
}

static bill_status publish(bill_amount *out, bill_uint128 mag, bool negative)
{
    if (mag > INT128_LIMIT - (negative ? 0 : 1))
        return BILL_ERANGE;
    out->v = negative ? (bill_int128)((bill_uint128)0 - mag) : (bill_int128)mag;
    return BILL_OK;
}

/* The run of digits at `in`; sets *count. */
static const char *digits(reader *in, size_t *count)
{
    const char *first = in->at;
    while (in->at < in->end && is_digit(*in->at))
        in->at++;
    *count = (size_t)(in->at - first);
    return first;
}

typedef struct parts {
    const char *whole, *fraction;
    size_t whole_count, fraction_count;
    bool negative;
} parts;

static bill_status split(parts *out, reader *in)
{
    parts p = {0};
    p.negative = read_sign(in);
    p.whole = digits(in, &p.whole_count);
    if (p.whole_count == 0)
        return BILL_EINVAL;
    if (in->at < in->end && *in->at == '.') {
        in->at++;
        p.fraction = digits(in, &p.fraction_count);
        if (p.fraction_count == 0)
            return BILL_EINVAL;
    }
    *out = p;
    return BILL_OK;
}

bill_status bill_amount_parse(bill_amount *out, const char *text, size_t length)
{
    reader in = {text, text + length};
    bill_uint128 mag = 0;
    parts p;
    bill_status status = text ? split(&p, &in) : BILL_EINVAL;
    if (status != BILL_OK)
        return status;
    if (in.at != in.end)
        return BILL_EINVAL;
    for (size_t i = 0; i < p.whole_count; i++)
        if ((status = push_digit(&mag, p.whole[i])) != BILL_OK)
            return status;
    for (size_t i = 0; i < BILL_SCALE; i++)
        if ((status = push_digit(&mag, i < p.fraction_count ? p.fraction[i] : '0')) != BILL_OK)
            return status;
    for (size_t i = BILL_SCALE; i < p.fraction_count; i++)
        if (p.fraction[i] != '0')
            return BILL_EINEXACT;
    return publish(out, mag, p.negative);
}

static bill_status read_exponent(int *out, reader *in)
{
    int exponent = 0;
    if (in->at == in->end)
        return BILL_OK;
    if (*in->at != 'e' && *in->at != 'E')
        return BILL_EINVAL;
    in->at++;
    bool negative = read_sign(in);
    if (in->at == in->end)
        return BILL_EINVAL;
    for (; in->at < in->end; in->at++) {
        if (!is_digit(*in->at))
            return BILL_EINVAL;
        exponent = exponent * 10 + (*in->at - '0');
        if (exponent > EXPONENT_MAX)
            return BILL_ERANGE;
    }
    *out = negative ? -exponent : exponent;
    return BILL_OK;
}

/* Rounds by the first digit cut off (`next`) and whether anything follows. */
static bool digit_rounds_up(bill_rounding rounding, bool negative, bool odd, char next, bool more)
{
    bool something = next != '0' || more;
    bool over_half = next > '5' || (next == '5' && more);
    bool tie = next == '5' && !more;
    switch (rounding) {
    case BILL_ROUND_HALF_AWAY: return over_half || tie;
    case BILL_ROUND_HALF_EVEN: return over_half || (tie && odd);
    case BILL_ROUND_AWAY: return something;
    case BILL_ROUND_FLOOR: return something && negative;
    case BILL_ROUND_CEILING: return something && !negative;
    case BILL_ROUND_TO_ZERO:
    case BILL_ROUND_EXACT: break;
    }
    return false;
}

/* Digit i of whole and fraction seen as one row; '0' outside. */
static char digit_at(const parts *p, long i)
{
    if (i < 0)
        return '0';
    if ((size_t)i < p->whole_count)
        return p->whole[i];
    size_t f = (size_t)i - p->whole_count;
    return f < p->fraction_count ? p->fraction[f] : '0';
}

bill_status bill_amount_parse_lenient(bill_amount *out, const char *text, size_t length, bill_rounding rounding)
{
    reader in = {text, text + length};
    bill_uint128 mag = 0;
    int exponent = 0;
    bool more = false;
    parts p;
    bill_status status = text ? split(&p, &in) : BILL_EINVAL;
    if (status != BILL_OK || (status = read_exponent(&exponent, &in)) != BILL_OK)
        return status;
    /* the last digit kept is the one worth 10^-12 */
    long keep = (long)p.whole_count + exponent + BILL_SCALE;
    for (long i = 0; i < keep; i++)
        if ((status = push_digit(&mag, digit_at(&p, i))) != BILL_OK)
            return status;
    long total = (long)(p.whole_count + p.fraction_count);
    for (long i = keep + 1 > 0 ? keep + 1 : 0; i < total; i++)
        more = more || digit_at(&p, i) != '0';
    char next = digit_at(&p, keep);
    if (rounding == BILL_ROUND_EXACT && (next != '0' || more))
        return BILL_EINEXACT;
    if (digit_rounds_up(rounding, p.negative, (mag & 1) != 0, next, more)) {
        if (mag == ~(bill_uint128)0)
            return BILL_ERANGE;
        mag++;
    }
    return publish(out, mag, p.negative);
}

/* Writes the digits of an amount with at least one whole digit; returns length. */
static size_t write_digits(char *out, bill_amount amount, int scale)
{
    char reversed[BILL_AMOUNT_TEXT_MAX];
    bill_uint128 mag = amount.v < 0 ? (bill_uint128)0 - (bill_uint128)amount.v : (bill_uint128)amount.v;
    int count = 0;
    size_t length = 0;
    for (int cut = BILL_SCALE - scale; cut > 0; cut--)
        mag /= 10;
    /* above 64 bits a digit costs a library call, below it is one instruction */
    while (mag >> 64 != 0 || count <= scale || mag != 0) {
        reversed[count++] = (char)('0' + (int)(mag % 10));
        mag /= 10;
        if (mag >> 64 == 0) {
            uint64_t low = (uint64_t)mag;
            while (low != 0 || count <= scale) {
                reversed[count++] = (char)('0' + (int)(low % 10));
                low /= 10;
            }
            break;
        }
    }
    if (amount.v < 0)
        out[length++] = '-';
    while (count > 0) {
        if (count == scale)
            out[length++] = '.';
        out[length++] = reversed[--count];
    }
    out[length] = '\0';
    return length;
}

size_t bill_amount_print(char out[BILL_AMOUNT_TEXT_MAX], bill_amount amount)
{
    size_t length = write_digits(out, amount, BILL_SCALE);
    while (out[length - 1] == '0')
        length--;
    if (out[length - 1] == '.')
        length--;
    out[length] = '\0';
    return length;
}

bill_status bill_amount_print_scale(char out[BILL_AMOUNT_TEXT_MAX], bill_amount amount, int scale,
                                    bill_rounding rounding)
{
    bill_amount rounded;
    bill_status status = bill_amount_round(&rounded, amount, scale, rounding);
    out[0] = '\0';
    if (status == BILL_OK)
        (void)write_digits(out, rounded, scale);
    return status;
}
