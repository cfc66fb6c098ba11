/* schema/varchar-without-length - vARCHAR without length.
 *
 * Reports  VARCHAR without length in SQL for MySQL or MariaDB.
 * Silent   on PostgreSQL and SQLite, which accept it, and where the database is not known. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_NO_LENGTH);
}

extern const ml_rule ml_rule_schema_varchar_without_length;
const ml_rule ml_rule_schema_varchar_without_length = {.judge_project = judge};
