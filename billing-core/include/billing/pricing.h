/* pricing.h - price versions as data, and what a usage costs under one.
 *
 * A version holds for a model, billing type and currency in the interval
 * [from, to). Its components give prices by dimension, qualifier and tier; the
 * plain prices of the specification are the components input, output, and the
 * one of the billing type. Pure functions: nothing here reads a store. */
#ifndef BILLING_PRICING_H
#define BILLING_PRICING_H

#include "billing/cost.h"
#include "billing/usage.h"

#define BILL_COMPONENTS_MAX 32
#define BILL_COST_LINES_MAX 24

typedef struct bill_price_component {
    bill_price_dimension dimension;
    char qualifier[65];     /* empty: any call without a component of its own */
    bill_amount tier_start; /* first quantity of the tier; 0 for the first */
    bill_amount price;
    int64_t per; /* the price is for so many units: 1, 1000, 1000000 */
} bill_price_component;

typedef struct bill_price {
    int64_t id; /* price version; 0 before it is stored */
    int64_t model_id;
    bill_billing_type type;
    bill_tier_mode tier_mode; /* volume: the whole call at the tier of its size; graduated: slices */
    char currency[4];
    bill_time from, to; /* to is BILL_TIME_NONE while open */
    size_t component_count;
    bill_price_component components[BILL_COMPONENTS_MAX];
} bill_price;

void bill_price_init(bill_price *price, bill_billing_type type, const char *currency);

/* BILL_ERANGE when full. */
bill_status bill_price_add(bill_price *price, bill_price_dimension dimension, const char *qualifier,
                           bill_amount tier_start, bill_amount amount, int64_t per);

/* No negative price, no dimension of another billing type, tiers that start at
 * 0, a currency of three letters, from before to, at least one component. */
bill_status bill_price_check(const bill_price *price, bill_error *error);

typedef struct bill_cost_line {
    bill_price_dimension dimension;
    bill_amount quantity, price, cost;
    int64_t per;
} bill_cost_line;

typedef struct bill_costing {
    bill_amount total, quantity; /* quantity as the bill prints it: all tokens, say */
    bill_unit unit;
    size_t line_count;
    bill_cost_line lines[BILL_COST_LINES_MAX];
    /* the plain prices, where one each applied */
    bool has_input, has_output, has_unit;
    bill_amount input_price, output_price, unit_price;
    int64_t per;
} bill_costing;

/* Dimensions without a price of their own are paid as what they are part of:
 * cached input as input, reasoning as output. A dimension that was used and
 * has no price at all is BILL_EUNPRICED. A measure that is missing is
 * BILL_EINVAL. On failure *out is left as it was. */
bill_status bill_price_apply(bill_costing *out, const bill_price *price, const bill_usage *usage, bill_error *error);

/* Would both be in force at some instant, for one model, type and currency? */
bool bill_price_overlaps(const bill_price *a, const bill_price *b);

/* Was it in force at that instant? */
bool bill_price_holds(const bill_price *price, bill_time at);

#endif
