/* failpoint.h - places where a test may kill the process.
 *
 * BILL_FAILPOINT=name:n in the environment aborts at the n-th passing of that
 * place. Without the variable a passing costs one comparison. */
#ifndef BILL_BASE_FAILPOINT_H
#define BILL_BASE_FAILPOINT_H

void bill_failpoint(const char *name);

/* Looks at the environment again: for a test that forks. */
void bill_failpoint_reset(void);

#endif
