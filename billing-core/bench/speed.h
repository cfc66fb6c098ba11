/* speed.h - the two sides that speed.c compares. */
#ifndef BILLING_BENCH_SPEED_H
#define BILLING_BENCH_SPEED_H

#include <stdint.h>

/* Inserts the rows of `count` calls into a fresh database, `group` calls to a
 * transaction. Ends the program on any error. */
void speed_raw(const char *path, long count, long group);

/* The sum of a priced call as most programs have it, and as inexact as there. */
double speed_double(int64_t input, int64_t output, double input_price, double output_price);

#endif
