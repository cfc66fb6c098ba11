/* practice/check-then-insert - a bill is created because none was found a moment ago.
 *
 * Reports  create on a model of bills in a function that looked for a row of the same
 *          model before (findOne, findByPk, count), or that asks whether a usage has a
 *          billingRecord.
 * Silent   inside a transaction or with a lock, where a violated unique key is caught,
 *          and about findOrCreate and upsert. */
#include "practice.h"

static bool is_guarded(const ml_facts *facts, ml_node_id call)
{
    ml_str around = rule_text_around(facts, call);

    return rule_text_has(around, "uniqueconstraint er_dup 23505 duplicate p2002 ignoreduplicates lock.update lock:") ||
           rule_text_has(ml_source_of(facts, call), "transaction") || rule_is_below_call(facts, call, "transaction");
}

/* A search of the same model before, in the same function. */
static bool is_looked_for(const ml_facts *facts, ml_node_id call)
{
    ml_node_id function = rule_function_around(facts, call);
    ml_str model = ml_source_of(facts, rule_method_call(facts, call, "create insert save"));

    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id other = facts->calls[i];
        ml_node_id object =
            rule_method_call(facts, other, "findOne findByPk count findOneBy findUnique findFirst exists exist");
        if (other < call && object && rule_function_around(facts, other) == function &&
            ml_str_eq(ml_source_of(facts, object), model))
            return true;
    }
    return false;
}

/* if (!usage.billingRecord) { ... create ... } */
static bool is_asked_for(const ml_facts *facts, ml_node_id call)
{
    for (ml_node_id at = ml_node_at(facts, call)->parent; at; at = ml_node_at(facts, at)->parent) {
        if (ml_kind_of(facts, at) == ML_NODE_FUNCTION)
            return false;
        ml_node_id test = ml_kind_of(facts, at) == ML_NODE_IF ? ml_child(facts, at, ML_ROLE_TEST) : 0;
        if (ml_kind_of(facts, test) == ML_NODE_UNARY && ml_node_at(facts, test)->op == ML_OP_NOT) {
            ml_node_id value = ml_child(facts, test, ML_ROLE_VALUE);
            return ml_kind_of(facts, value) == ML_NODE_MEMBER && rule_is_bill_model(ml_text_of(facts, value));
        }
    }
    return false;
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    bool creates = rule_on_bills(facts, call, "create insert save");
    bool service =
        ml_kind_of(facts, call) == ML_NODE_CALL && rule_name_is(ml_text_of(facts, callee), "createBillingRecord");

    if ((!creates && !service) || is_guarded(facts, call))
        return;
    if ((creates && is_looked_for(facts, call)) || is_asked_for(facts, call))
        ml_finding_set(ctx, ml_ctx_report(ctx, call), "call", ml_source_of(facts, callee));
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&rule_need_bill, NULL};

extern const ml_rule ml_rule_practice_check_then_insert;
const ml_rule ml_rule_practice_check_then_insert = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
