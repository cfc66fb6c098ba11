/* schema/cascade-deletes-bills - deleting a parent row deletes bills.
 *
 * Reports  foreign keys of bills with CASCADE, SET NULL or SET DEFAULT, and associations of
 *          Sequelize that say nothing; once a key.
 * Silent   when the column or the other side of the association restricts, when constraints are off,
 *          and about associations where statements make the table. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_CASCADE);
}

extern const ml_rule ml_rule_schema_cascade_deletes_bills;
const ml_rule ml_rule_schema_cascade_deletes_bills = {.judge_project = judge};
