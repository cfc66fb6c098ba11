/* schema/destructive-sync - program rewrites billing tables.
 *
 * Reports  sync with force or alter, TypeORM's synchronize, and dropTable of a billing table outside of
 *          a `down`, in a project that declares billing tables.
 * Silent   under a condition on a test or development environment, in tests, and when the option is not
 *          plainly true. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_DESTRUCTIVE);
}

extern const ml_rule ml_rule_schema_destructive_sync;
const ml_rule ml_rule_schema_destructive_sync = {.judge_project = judge};
