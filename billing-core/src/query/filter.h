/* filter.h - the WHERE of a filter. Not public. */
#ifndef BILL_QUERY_FILTER_H
#define BILL_QUERY_FILTER_H

#include "billing/query.h"
#include "ledger/ledger.h"

/* Appends " WHERE ..." (or nothing) and its parameters. */
void bill_filter_sql(bill_text *sql, bill_params *p, const bill_filter *filter);

#endif
