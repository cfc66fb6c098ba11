/* schema/money-without-scale - money or price without scale.
 *
 * Reports  a DECIMAL column for money or a price without precision and scale, and Knex's default digits.
 * Silent   where the database is PostgreSQL or SQLite, whose bare type keeps every digit, and about
 *          Prisma's Decimal. When the database is not known, the level is lower. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_NO_SCALE);
}

extern const ml_rule ml_rule_schema_money_without_scale;
const ml_rule ml_rule_schema_money_without_scale = {.judge_project = judge};
