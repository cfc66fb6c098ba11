/* schema/counter-overflow - 32-bit key or sum.
 *
 * Reports  keys and total_* columns of billing tables narrower than 64 bits.
 * Silent   about counts of one call, and on SQLite, whose INTEGER has 64 bits. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_NARROW);
}

extern const ml_rule ml_rule_schema_counter_overflow;
const ml_rule ml_rule_schema_counter_overflow = {.judge_project = judge};
