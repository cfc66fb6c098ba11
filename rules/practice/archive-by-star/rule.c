/* practice/archive-by-star - bills are copied into an archive by SELECT *.
 *
 * Reports  in .sql files INSERT ... SELECT * into an archive of bills or usages.
 * Silent   about named columns. */
#include "practice.h"

static bool is_fault(ml_str text, const rule_sql *sql)
{
    size_t at = ml_str_find_nocase(sql->copy, ML_STR("select"));
    ml_str rest = ml_str_trim(ml_str_from(sql->copy, at + 6));

    (void)text;
    return rest.len && (rest.data[0] == '*' || (rest.len > 2 && rest.data[1] == '.' && rest.data[2] == '*'));
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

extern const ml_rule ml_rule_practice_archive_by_star;
const ml_rule ml_rule_practice_archive_by_star = {.judge_project = judge_project};
