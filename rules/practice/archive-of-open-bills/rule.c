/* practice/archive-of-open-bills - bills are archived by age alone.
 *
 * Reports  in .sql files INSERT ... SELECT of bills into an archive whose WHERE names
 *          neither status nor cycle.
 * Silent   about copies of other tables. */
#include "practice.h"

static bool is_fault(ml_str text, const rule_sql *sql)
{
    size_t where = ml_str_find_nocase(sql->copy, ML_STR("where"));

    (void)text;
    if (!rule_is_bill_model(sql->copy))
        return false;
    return where == ML_NOT_FOUND || !rule_text_has(ml_str_from(sql->copy, where), "status cycle period state");
}

static void judge_sql(ml_ctx *ctx, ml_str path, ml_str text, const rule_sql *sql)
{
    if (is_fault(text, sql))
        ml_ctx_report_at(ctx, path, text, sql->copy_start, sql->copy_start + (uint32_t)sql->copy.len);
}

static void judge_project(ml_ctx *ctx, const ml_tables *tables)
{
    (void)tables;
    rule_each_sql(ctx, judge_sql);
}

extern const ml_rule ml_rule_practice_archive_of_open_bills;
const ml_rule ml_rule_practice_archive_of_open_bills = {.judge_project = judge_project};
