/* practice/bills-deleted - rows of bills are deleted.
 *
 * Reports  destroy, truncate and delete on a model of bills, and DELETE or TRUNCATE of its
 *          table in SQL texts.
 * Silent   in functions and files that archive, and in tests. */
#include "practice.h"

static bool is_elsewhere(ml_ctx *ctx, ml_node_id node)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    const ml_link_host *host = ml_link_host_of(ml_ctx_link(ctx));

    return host->files[ml_ctx_file(ctx) - 1].is_test || rule_text_has(facts->path, "archive seed migration fixture") ||
           rule_text_has(rule_text_around(facts, node), "archive");
}

static void report(ml_ctx *ctx, ml_node_id node)
{
    if (!is_elsewhere(ctx, node))
        ml_finding_set(ctx, ml_ctx_report(ctx, node), "code",
                       ml_str_slice(ml_source_of(ml_ctx_facts(ctx), node), 0, 80));
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    if (rule_on_bills(facts, call, "destroy truncate delete deleteMany deleteOne remove"))
        report(ctx, call);
}

static void judge_text(ml_ctx *ctx, ml_node_id node)
{
    ml_str text = ml_source_of(ml_ctx_facts(ctx), node);
    size_t at = ml_str_find_nocase(text, ML_STR("delete from"));

    if (at == ML_NOT_FOUND)
        at = ml_str_find_nocase(text, ML_STR("truncate table"));
    if (at != ML_NOT_FOUND && rule_is_bill_model(ml_str_slice(text, at, at + 60)))
        report(ctx, node);
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&rule_need_bill, NULL};

extern const ml_rule ml_rule_practice_bills_deleted;
const ml_rule ml_rule_practice_bills_deleted = {
    .needs = needs, .judge_file = judge_file, .judge_text = judge_text, .in_bridge = true};
