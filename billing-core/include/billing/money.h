/* money.h - exact amounts: 128-bit integers counting 10^-12 of a unit.
 *
 * One type serves money, prices and measured quantities. Every operation is
 * checked: on any failure the output is left as it was and the status says
 * why. Nothing here allocates, looks at the locale or touches floating point.
 * Cost: add, compare and multiply by a count are a few instructions; a product
 * or quotient that needs more than 128 bits takes a bit-by-bit division. */
#ifndef BILLING_MONEY_H
#define BILLING_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "billing/status.h"

__extension__ typedef __int128 bill_int128;
__extension__ typedef unsigned __int128 bill_uint128;

#define BILL_SCALE 12
#define BILL_ONE   ((bill_int128)1000000000000) /* 1 unit */

typedef struct bill_amount {
    bill_int128 v; /* amount * 10^12 */
} bill_amount;

#define BILL_AMOUNT_ZERO     ((bill_amount){0})

/* Longest text of bill_amount_print with its terminator: sign, 27 integer
 * digits, point, 12 decimals. */
#define BILL_AMOUNT_TEXT_MAX 48

/* What to do with digits that do not fit. Half-away is what MariaDB and
 * PostgreSQL do with their exact decimals, so both sides agree. */
typedef enum bill_rounding {
    BILL_ROUND_EXACT,     /* refuse with BILL_EINEXACT */
    BILL_ROUND_HALF_AWAY, /* ties away from zero */
    BILL_ROUND_HALF_EVEN, /* ties to the even neighbour */
    BILL_ROUND_TO_ZERO,
    BILL_ROUND_AWAY,
    BILL_ROUND_FLOOR,
    BILL_ROUND_CEILING
} bill_rounding;

/* Reads "[+-]digits[.digits]" and nothing else: no blanks, no exponent, no
 * grouping. More than 12 decimals are BILL_EINEXACT unless the rest is zeros. */
bill_status bill_amount_parse(bill_amount *out, const char *text, size_t length);

/* As above, and also "1.5e-7": for importing lists that print exponents.
 * Digits beyond the scale are rounded as named. */
bill_status bill_amount_parse_lenient(bill_amount *out, const char *text, size_t length, bill_rounding rounding);

/* Shortest plain decimal: "0.00125", "-3", "0". Returns the length. */
size_t bill_amount_print(char out[BILL_AMOUNT_TEXT_MAX], bill_amount amount);

/* Exactly `scale` decimals (0 to 12), cut digits rounded as named. On failure
 * out holds an empty string. */
bill_status bill_amount_print_scale(char out[BILL_AMOUNT_TEXT_MAX], bill_amount amount, int scale,
                                    bill_rounding rounding);

bill_status bill_amount_from_int(bill_amount *out, int64_t units);
bill_status bill_amount_add(bill_amount *out, bill_amount a, bill_amount b);
bill_status bill_amount_sub(bill_amount *out, bill_amount a, bill_amount b);
bill_status bill_amount_neg(bill_amount *out, bill_amount a);

/* out = a * count: exact, since the count is whole. */
bill_status bill_amount_times(bill_amount *out, bill_amount a, int64_t count);

/* out = a * b, rounded to 12 decimals as named. */
bill_status bill_amount_mul(bill_amount *out, bill_amount a, bill_amount b, bill_rounding rounding);

/* out = a / b, rounded to 12 decimals as named; b = 0 is BILL_EINVAL. */
bill_status bill_amount_div(bill_amount *out, bill_amount a, bill_amount b, bill_rounding rounding);

/* out = a * b / per in one rounding: a quantity, a price and what the price
 * is for (1, 1000, 1000000 units). per < 1 is BILL_EINVAL. */
bill_status bill_amount_mul_per(bill_amount *out, bill_amount a, bill_amount b, int64_t per, bill_rounding rounding);

/* Cuts to `scale` decimals, 0 to 12, keeping the 12-decimal representation. */
bill_status bill_amount_round(bill_amount *out, bill_amount a, int scale, bill_rounding rounding);

int bill_amount_cmp(bill_amount a, bill_amount b); /* -1, 0, 1 */
bool bill_amount_is_negative(bill_amount a);

/* Does |a| fit a database DECIMAL(precision, scale) without losing a digit? */
bool bill_amount_fits(bill_amount a, int precision, int scale);

#endif
