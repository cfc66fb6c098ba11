/* schema/values-differ - declarations allow different values.
 *
 * Reports  an enumeration that a model and a migration, or two billing tables, declare differently.
 * Silent   about the order of values, about lists that cannot be seen in full, and about billing types
 *          one side lacks, which schema/billing-type-unsupported names. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_VALUES_DIFFER);
}

extern const ml_rule ml_rule_schema_values_differ;
const ml_rule ml_rule_schema_values_differ = {.judge_project = judge};
