/* schema/missing-table - billing table is declared nowhere.
 *
 * Reports  a project that declares some billing table, or has a bridge, but not all of usage, records and
 *          prices; once a project, at the nearest table, bridge, or package.json.
 * Silent   in a project with neither, and when what was read had to be cut short. With a bridge alone the
 *          level is lower: the tables may be declared elsewhere. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_TABLE_MISSING);
}

extern const ml_rule ml_rule_schema_missing_table;
const ml_rule ml_rule_schema_missing_table = {.judge_project = judge};
