/* mapping.h - what each kind of call is billed by: constant data.
 *
 * From a method of the bridge to usage type and billing type; from a billing
 * type to unit, measures, quantity and the cost formula in terms of columns.
 * The analyzer's rules judge other people's code by these tables, and the
 * ledger bills by them. Nothing here allocates or fails. */
#ifndef BILLING_MAPPING_H
#define BILLING_MAPPING_H

#include <stddef.h>

#include "billing/schema.h"

typedef struct bill_method {
    const char *name; /* "generateChatCompletion" */
    bill_usage_type usage_type;
    bill_billing_type billing_type;
    bill_operation operation;
} bill_method;

/* The methods of the bridge. */
const bill_method *bill_methods(size_t *count);
const bill_method *bill_method_find(const char *name, size_t length);

/* One product of the formula: measure * price / price_per, by column names of
 * ai_billing_records. */
typedef struct bill_cost_term {
    const char *measure, *price;
    const char *model_price; /* the column of ai_model_billing it comes from */
} bill_cost_term;

typedef struct bill_type_info {
    bill_billing_type billing_type;
    bill_unit unit;
    const char *measures[3]; /* columns that hold the measure, NULL-terminated */
    const char *quantity;    /* "input_tokens + output_tokens" */
    const char *cost;        /* the formula as one would write it */
    bill_cost_term terms[2]; /* the same as data: the cost is their sum */
    size_t term_count;
    const char *label_zh, *label_en; /* as bills print it */
} bill_type_info;

const bill_type_info *bill_type_info_of(bill_billing_type type);

/* What an operation is billed by where no price says otherwise. */
bill_billing_type bill_operation_billing(bill_operation operation);
bill_usage_type bill_operation_usage(bill_operation operation);

/* ---- the state machine of a bill ---- */

typedef struct bill_transition {
    bill_billing_status from, to;
    bill_journal_kind event;
} bill_transition;

/* Every allowed change; what is not listed is refused. */
const bill_transition *bill_transitions(size_t *count);
const bill_transition *bill_transition_find(bill_billing_status from, bill_billing_status to);

#endif
