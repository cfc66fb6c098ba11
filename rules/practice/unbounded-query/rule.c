/* practice/unbounded-query - all usages or bills are loaded at once.
 *
 * Reports  findAll and find on models of bills and usages without limit.
 * Silent   about aggregates, queries of one user's cycle or of given ids, and about options
 *          that are put together elsewhere. */
#include "practice.h"

static bool is_narrow(const ml_facts *facts, ml_node_id where)
{
    bool open, user = rule_has_key(facts, where, "userId user_id", &open);
    bool cycle = rule_has_key(facts, where, "billingCycle billing_cycle cycle", &open);
    bool one = rule_has_key(facts, where, "usageId usage_id requestId request_id idempotencyKey recordId batchId", &open);
    ml_node_id id = rule_property(facts, where, "id");

    /* id: ids, but not id: { [Op.gt]: last } */
    return open || (user && cycle) || one || (id && ml_kind_of(facts, id) != ML_NODE_OBJECT);
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id options = ml_child(facts, call, ML_ROLE_ARG);
    bool open = false;

    if (!rule_on_bills(facts, call, "findAll find findMany") && !rule_on_usages(facts, call, "findAll find findMany"))
        return;
    if (options && (rule_has_key(facts, options, "limit take group attributes", &open) || open)) {
        bool bounded = open || rule_has_key(facts, options, "limit take group", &open);
        if (bounded || rule_text_has(ml_source_of(facts, rule_property(facts, options, "attributes")), "fn("))
            return;
    }
    ml_node_id where = options ? rule_property(facts, options, "where") : 0;
    bool has_where = options && rule_has_key(facts, options, "where", &open);
    if ((has_where && !where) || (where && is_narrow(facts, where)))
        return;
    ml_finding_set(ctx, ml_ctx_report(ctx, call), "call", ml_source_of(facts, ml_child(facts, call, ML_ROLE_CALLEE)));
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

extern const ml_rule ml_rule_practice_unbounded_query;
const ml_rule ml_rule_practice_unbounded_query = {.judge_file = judge_file, .in_bridge = true};
