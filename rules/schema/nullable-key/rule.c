/* schema/nullable-key - column of a key or of money may be NULL.
 *
 * Reports  billing_type, billing_cycle, currency, user_id and total_cost that may be NULL where the
 *          reference forbids it.
 * Silent   about a model's word where a migration writes the column, and where the reference allows NULL. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_NULLABLE);
}

extern const ml_rule ml_rule_schema_nullable_key;
const ml_rule ml_rule_schema_nullable_key = {.judge_project = judge};
