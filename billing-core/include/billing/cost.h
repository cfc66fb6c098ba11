/* cost.h - the four formulas: what a measured call costs. Pure functions.
 *
 * A price is per unit. Prices per thousand or per million go through
 * bill_cost_part, which divides once, at the end. Negative measures and prices
 * are refused. On any error *cost is left as it was. */
#ifndef BILLING_COST_H
#define BILLING_COST_H

#include <stdint.h>

#include "billing/money.h"

typedef struct bill_token_usage {
    int64_t input_tokens, output_tokens;
} bill_token_usage;

typedef struct bill_token_price {
    bill_amount input_price, output_price;
} bill_token_price;

/* *cost = input_tokens * input_price + output_tokens * output_price, exactly. */
bill_status bill_cost_tokens(bill_amount *cost, bill_token_usage usage, bill_token_price price);

/* *cost = count * unit_price, exactly. */
bill_status bill_cost_characters(bill_amount *cost, int64_t characters, bill_amount unit_price);
bill_status bill_cost_images(bill_amount *cost, int64_t images, bill_amount unit_price);

/* *cost = seconds * unit_price; seconds may have decimals, so the product is
 * rounded to 12 decimals, half away from zero. */
bill_status bill_cost_seconds(bill_amount *cost, bill_amount seconds, bill_amount unit_price);

/* *cost = quantity * price / per, rounded once to 12 decimals, half away from
 * zero: one part of a cost with several dimensions. */
bill_status bill_cost_part(bill_amount *cost, bill_amount quantity, bill_amount price, int64_t per);

#endif
