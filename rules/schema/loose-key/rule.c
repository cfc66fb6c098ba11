/* schema/loose-key - idempotency key compares loosely.
 *
 * Reports  a unique request_id or idempotency_key of text on MySQL or MariaDB without binary collation.
 * Silent   on other databases, where the database is not known, about UUIDs, and about Prisma, which
 *          has no words for it. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_LOOSE_KEY);
}

extern const ml_rule ml_rule_schema_loose_key;
const ml_rule ml_rule_schema_loose_key = {.judge_project = judge};
