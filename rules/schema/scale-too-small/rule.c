/* schema/scale-too-small - scale too small for token prices.
 *
 * Reports  money or price columns with a written scale below 7, and lower below 10.
 * Silent   about prices for a thousand or a million tokens when the table's `price_per` says so by its
 *          default, and about columns without digits, which schema/money-without-scale names. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_SMALL_SCALE);
}

extern const ml_rule ml_rule_schema_scale_too_small;
const ml_rule ml_rule_schema_scale_too_small = {.judge_project = judge};
