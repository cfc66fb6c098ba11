/* schema/usage-not-unique - nothing stops a second bill for a usage.
 *
 * Reports  a table of bills whose usage id is in no unique key.
 * Silent   when the key also numbers the lines of a bill, and about tables that cannot be seen in full. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_USAGE_KEY);
}

extern const ml_rule ml_rule_schema_usage_not_unique;
const ml_rule ml_rule_schema_usage_not_unique = {.judge_project = judge};
