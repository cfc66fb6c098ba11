/* schema/too-few-digits - too few digits before the point.
 *
 * Reports  decimal columns of billing tables whose precision leaves fewer whole digits than they need.
 * Silent   about columns without digits. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_FEW_DIGITS);
}

extern const ml_rule ml_rule_schema_too_few_digits;
const ml_rule ml_rule_schema_too_few_digits = {.judge_project = judge};
