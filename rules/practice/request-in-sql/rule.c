/* practice/request-in-sql - SQL is put together with values of a request.
 *
 * Reports  query, raw, literal and unsafe calls whose SQL is a template or sum that holds
 *          a request's query, parameter or body.
 * Silent   about tagged templates, which bind, about converted and checked values, and
 *          about texts that are no SQL. */
#include "practice.h"
#include "pricing.h"

static const char *const query_names =
    "query raw literal execute whereRaw havingRaw orderByRaw $queryRawUnsafe $executeRawUnsafe unsafe";

static bool is_sql(ml_str text)
{
    return rule_text_has(text, "select insert update delete where");
}

static bool is_put_together(const ml_facts *facts, ml_node_id node)
{
    ml_node_kind kind = ml_kind_of(facts, node);
    return kind == ML_NODE_TEMPLATE || (kind == ML_NODE_BINARY && ml_node_at(facts, node)->op == ML_OP_ADD);
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE), arg = ml_child(facts, call, ML_ROLE_ARG);

    if (ml_kind_of(facts, call) != ML_NODE_CALL || !arg || !rule_name_is(ml_text_of(facts, callee), query_names))
        return;
    ml_node_id sql = rule_meaning(facts, arg);
    if (!is_put_together(facts, sql) || !is_sql(ml_source_of(facts, sql)) || !rule_is_from_request(facts, sql))
        return;
    ml_finding_set(ctx, ml_ctx_report(ctx, call), "call", ml_source_of(facts, callee));
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static bool may_query(ml_str name, ml_str behind)
{
    return rule_name_is(name, query_names) && rule_may_be_called(behind);
}

static const char *const queries[] = {"query", "raw", "literal", "execute", "Raw", "unsafe", "Unsafe", NULL};
static const ml_rule_need query_need = {.words = queries, .fits = may_query};
static const ml_rule_need *const needs[] = {&ml_pricing_need, &query_need, &rule_need_request, NULL};

extern const ml_rule ml_rule_practice_request_in_sql;
const ml_rule ml_rule_practice_request_in_sql = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
