/* schema/summary-not-unique - monthly summary without unique key.
 *
 * Reports  a summary table in which no unique key holds user and cycle.
 * Silent   about tables that cannot be seen in full. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_SUMMARY_KEY);
}

extern const ml_rule ml_rule_schema_summary_not_unique;
const ml_rule ml_rule_schema_summary_not_unique = {.judge_project = judge};
