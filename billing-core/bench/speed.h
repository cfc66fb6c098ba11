/* speed.h - the two sides that speed.c compares. */
#ifndef BILLING_BENCH_SPEED_H
#define BILLING_BENCH_SPEED_H

#include "billing/cost.h"

/* Inserts the rows of `count` calls into a fresh database, `group` calls to a
 * transaction. Ends the program on any error. */
void speed_raw(const char *path, long count, long group);

#define SPEED_SUM_TEXT 32

/* Prices `calls` calls as most programs do, and as inexactly; their sum as text.
 * Prices are 0.0000005 and 0.0000015. */
void speed_double(char sum[SPEED_SUM_TEXT], const bill_token_usage *usages, int count, int calls);

#endif
