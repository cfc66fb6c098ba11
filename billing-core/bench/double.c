/* double.c - priced calls in floating point: what most programs do, to compare with.
 *
 * The one file of billing-core that has such numbers; nothing but the
 * comparison of speed uses them. */
#include "speed.h"

#include <stdio.h>

/* Not inlined, so that a call is paid for, as it is for bill_cost_tokens. */
__attribute__((noinline)) static double price(bill_token_usage usage, double input_price, double output_price)
{
    return (double)usage.input_tokens * input_price + (double)usage.output_tokens * output_price;
}

void speed_double(char sum[SPEED_SUM_TEXT], const bill_token_usage *usages, int count, int calls)
{
    double total = 0;
    for (int i = 0; i < calls; i++)
        total += price(usages[i % count], 0.0000005, 0.0000015);
    (void)snprintf(sum, SPEED_SUM_TEXT, "%.15g", total);
}
