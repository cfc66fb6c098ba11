/* schema/request-not-unique - nothing keeps request ids unique.
 *
 * Reports  a usage table whose request id is in no unique key, in no model and no migration.
 * Silent   when the key also holds the user or tenant, and about tables that cannot be seen in full. */
#include "schema_report.h"

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    rule_schema_report(ctx, tables, ML_FAULT_REQUEST_KEY);
}

extern const ml_rule ml_rule_schema_request_not_unique;
const ml_rule ml_rule_schema_request_not_unique = {.judge_project = judge};
