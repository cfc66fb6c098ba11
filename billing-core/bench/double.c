/* double.c - a priced call in floating point, in a file of its own so that the
 * caller pays for a call, as it does for bill_cost_tokens. */
#include "speed.h"

double speed_double(int64_t input, int64_t output, double input_price, double output_price)
{
    return (double)input * input_price + (double)output * output_price;
}
