/* check.h - what all tests of billing-core share: cmocka with its includes in
 * order, and literals for amounts. */
#ifndef BILLING_TESTS_CHECK_H
#define BILLING_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "billing/money.h"

/* An amount from its text; a test with a bad literal must not pass. */
static inline bill_amount amount(const char *text)
{
    bill_amount out = BILL_AMOUNT_ZERO;
    if (bill_amount_parse(&out, text, strlen(text)) != BILL_OK)
        fail_msg("not an amount: %s", text);
    return out;
}

/* One line for a table test that says which row failed and why. */
#define CHECK_CASE(name, condition)                                                                                    \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            fail_msg("case \"%s\": %s", (name), #condition);                                                           \
    } while (0)

#endif
