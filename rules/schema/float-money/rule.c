/* schema/float-money - binary floating point for money.
 *
 * Reports  FLOAT, DOUBLE and REAL columns for money or a price, and Drizzle's decimals read as numbers.
 * Silent   about durations, scores and other columns that hold no money. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_FLOAT_MONEY);
}

extern const ml_rule ml_rule_schema_float_money;
const ml_rule ml_rule_schema_float_money = {.judge_project = judge};
