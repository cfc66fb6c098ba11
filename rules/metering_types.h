/* metering_types.h - the billing type of a record, against the reference mapping. */
#ifndef RULES_METERING_TYPES_H
#define RULES_METERING_TYPES_H
#include "billing/mapping.h"
#include "metering_fields.h"

/* The one text a value is known to be ("token"): a literal, a constant, a member of an enum, also of
 * one that is not at hand (BillingType.TOKEN). Empty: not known, or several. */
ml_str rule_word(ml_ctx *ctx, ml_node_id value);
/* The billing type the record says, or that its bridge method has; false: neither. */
bool rule_billing_type(ml_ctx *ctx, const rule_record *record, bill_billing_type *type);
/* The reference's entry for the method the record stands in, or NULL. */
const bill_method *rule_reference_method(ml_ctx *ctx, const rule_record *record);

#endif
