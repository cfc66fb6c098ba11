/* practice/archive-window-moves - rows are copied and deleted by two different clocks.
 *
 * Reports  an INSERT ... SELECT into an archive of bills and the DELETE after it, in one
 *          .sql file, one text or one function, when both compute the bound from the
 *          current time.
 * Silent   about a bound from a variable or parameter, and where the DELETE joins the
 *          archive. */
#include "practice.h"
#include "pricing.h"

static bool asks_for_time(ml_str statement)
{
    return rule_text_has(
        statement, "now( current_timestamp sysdate curdate( current_date getdate( localtimestamp unix_timestamp()");
}

static bool is_fault(const rule_sql *sql)
{
    return sql->remove.len && asks_for_time(sql->copy) && asks_for_time(sql->remove) &&
           !rule_text_has(sql->remove, "archive");
}

static void judge_sql(ml_ctx *ctx, ml_str path, ml_str text, const rule_sql *sql)
{
    if (is_fault(sql))
        ml_ctx_report_at(ctx, path, text, sql->remove_start, sql->remove_start + (uint32_t)sql->remove.len);
}

static void judge_project(ml_ctx *ctx, const ml_tables *tables)
{
    (void)tables;
    rule_each_sql(ctx, judge_sql);
}

/* In code the two statements are two texts of one function. */
static void judge_text(ml_ctx *ctx, ml_node_id node)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_str own = ml_source_of(facts, node);

    /* Asked in this order: few texts get as far as the function around them. */
    if (!ml_pricing_concerns(ctx) || ml_str_find_nocase(own, ML_STR("delete")) == ML_NOT_FOUND || !asks_for_time(own))
        return;
    ml_node_id function = rule_function_around(facts, node);
    ml_str around = function ? ml_source_of(facts, function) : facts->lines.text;
    rule_sql sql = rule_archive_of(around);
    if (!sql.remove.len || !asks_for_time(sql.copy))
        return;
    bool own_delete = sql.remove.data >= own.data && sql.remove.data < own.data + own.len;
    if (own_delete && (!rule_text_has(own, "archive") || is_fault(&sql)))
        ml_ctx_report(ctx, node);
}

/* What rule_archive_of looks for. */
static const char *const copies[] = {"insert into", NULL}, *const deletes[] = {"delete", NULL};
static const char *const archives[] = {"archive", "history", "backup", "_old", NULL}, *const rows[] = {"bill", "usage",
                                                                                                       NULL};
static const ml_rule_need copy_need = {.words = copies, .any_case = true},
                          delete_need = {.words = deletes, .any_case = true},
                          archive_need = {.words = archives, .any_case = true},
                          row_need = {.words = rows, .any_case = true};
static const ml_rule_need *const needs[] = {&copy_need, &delete_need, &archive_need, &row_need, NULL};

extern const ml_rule ml_rule_practice_archive_window_moves;
const ml_rule ml_rule_practice_archive_window_moves = {
    .needs = needs, .judge_text = judge_text, .judge_project = judge_project, .in_bridge = true};
