/* practice/archive-without-transaction - bills are copied and deleted by two statements of their own.
 *
 * Reports  in .sql files an INSERT ... SELECT into an archive of bills and the DELETE after
 *          it without BEGIN or START TRANSACTION before, or with DDL between them.
 * Silent   about copies without DELETE. */
#include "practice.h"

static bool is_fault(ml_str text, const rule_sql *sql)
{
    ml_str before = ml_str_slice(text, 0, sql->copy_start);
    ml_str between = ml_str_slice(text, sql->copy_start + (uint32_t)sql->copy.len, sql->remove_start);

    if (!sql->remove.len)
        return false;
    bool begins = ml_str_find_nocase(before, ML_STR("start transaction")) != ML_NOT_FOUND ||
                  ml_str_find_nocase(before, ML_STR("begin")) != ML_NOT_FOUND ||
                  ml_str_find_nocase(before, ML_STR("autocommit")) != ML_NOT_FOUND;
    bool ddl = ml_str_find_nocase(between, ML_STR("create table")) != ML_NOT_FOUND ||
               ml_str_find_nocase(between, ML_STR("alter table")) != ML_NOT_FOUND;
    bool commits = ml_str_find_nocase(between, ML_STR("commit")) != ML_NOT_FOUND;
    return !begins || ddl || commits;
}

static void judge_sql(ml_ctx *ctx, ml_str path, ml_str text, const rule_sql *sql)
{
    if (is_fault(text, sql))
        ml_ctx_report_at(ctx, path, text, sql->remove_start, sql->remove_start + (uint32_t)sql->remove.len);
}

static void judge_project(ml_ctx *ctx, const ml_tables *tables)
{
    (void)tables;
    rule_each_sql(ctx, judge_sql);
}

extern const ml_rule ml_rule_practice_archive_without_transaction;
const ml_rule ml_rule_practice_archive_without_transaction = {.judge_project = judge_project};
