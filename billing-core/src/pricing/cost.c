/* cost.c - the four formulas over checked amounts. */
#include "billing/cost.h"

/* Any price, every step checked. Apart, so that the usual call saves no registers. */
__attribute__((noinline)) static bill_status long_price(bill_amount *cost, bill_token_usage usage,
                                                        bill_token_price price)
{
    bill_int128 input, output, sum;
    if (usage.input_tokens < 0 || usage.output_tokens < 0 || price.input_price.v < 0 || price.output_price.v < 0)
        return BILL_EINVAL;
    if (__builtin_mul_overflow(price.input_price.v, (bill_int128)usage.input_tokens, &input) ||
        __builtin_mul_overflow(price.output_price.v, (bill_int128)usage.output_tokens, &output) ||
        __builtin_add_overflow(input, output, &sum))
        return BILL_ERANGE;
    cost->v = sum;
    return BILL_OK;
}

bill_status bill_cost_tokens(bill_amount *cost, bill_token_usage usage, bill_token_price price)
{
    int64_t input = (int64_t)price.input_price.v, output = (int64_t)price.output_price.v;
    /* two products of numbers below 2^63 add up to less than 2^127 */
    if ((usage.input_tokens | usage.output_tokens | input | output) < 0 || input != price.input_price.v ||
        output != price.output_price.v)
        return long_price(cost, usage, price);
    cost->v = (bill_int128)((bill_uint128)(uint64_t)usage.input_tokens * (uint64_t)input +
                            (bill_uint128)(uint64_t)usage.output_tokens * (uint64_t)output);
    return BILL_OK;
}

static bill_status counted(bill_amount *cost, int64_t count, bill_amount unit_price)
{
    if (count < 0 || bill_amount_is_negative(unit_price))
        return BILL_EINVAL;
    return bill_amount_times(cost, unit_price, count);
}

bill_status bill_cost_characters(bill_amount *cost, int64_t characters, bill_amount unit_price)
{
    return counted(cost, characters, unit_price);
}

bill_status bill_cost_images(bill_amount *cost, int64_t images, bill_amount unit_price)
{
    return counted(cost, images, unit_price);
}

bill_status bill_cost_seconds(bill_amount *cost, bill_amount seconds, bill_amount unit_price)
{
    return bill_cost_part(cost, seconds, unit_price, 1);
}

bill_status bill_cost_part(bill_amount *cost, bill_amount quantity, bill_amount price, int64_t per)
{
    if (bill_amount_is_negative(quantity) || bill_amount_is_negative(price) || per < 1)
        return BILL_EINVAL;
    return bill_amount_mul_per(cost, quantity, price, per, BILL_ROUND_HALF_AWAY);
}
