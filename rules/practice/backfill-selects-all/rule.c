/* practice/backfill-selects-all - the search for unbilled usages finds all of them.
 *
 * Reports  a Sequelize query of billing models whose include is optional
 *          (required: false) and tests a column for null in its own where.
 * Silent   about required includes, other conditions, the null test in the outer where,
 *          and queries of other models. */
#include "practice.h"
#include "pricing.h"

/* null, or { [Op.is]: null } */
static bool is_null_test(const ml_facts *facts, ml_node_id value)
{
    if (ml_kind_of(facts, value) == ML_NODE_NULL)
        return true;
    if (ml_kind_of(facts, value) != ML_NODE_OBJECT)
        return false;
    ml_node_id member = ml_child(facts, value, ML_ROLE_MEMBER);
    ml_node_id key = ml_child(facts, member, ML_ROLE_KEY);
    return ml_kind_of(facts, ml_child(facts, member, ML_ROLE_VALUE)) == ML_NODE_NULL &&
           (!key || rule_name_is(ml_text_of(facts, key), "is eq"));
}

static bool tests_null(const ml_facts *facts, ml_node_id where)
{
    if (ml_kind_of(facts, where) != ML_NODE_OBJECT)
        return false;
    for (ml_node_id m = ml_child(facts, where, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m))
        if (ml_kind_of(facts, m) == ML_NODE_PROPERTY &&
            is_null_test(facts, rule_meaning(facts, ml_child(facts, m, ML_ROLE_VALUE))))
            return true;
    return false;
}

static bool is_fault(const ml_facts *facts, ml_node_id include)
{
    include = rule_meaning(facts, include);
    return ml_kind_of(facts, rule_property(facts, include, "required")) == ML_NODE_FALSE &&
           tests_null(facts, rule_property(facts, include, "where"));
}

static bool has_fault(const ml_facts *facts, ml_node_id include)
{
    if (ml_kind_of(facts, include) != ML_NODE_ARRAY)
        return is_fault(facts, include);
    for (ml_node_id e = ml_child(facts, include, ML_ROLE_ELEMENT); e; e = ml_next_child(facts, e))
        if (is_fault(facts, e))
            return true;
    return false;
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id model = rule_method_call(facts, call, "findAll findAndCountAll findOne count findAllPaged");
    ml_node_id options = ml_child(facts, call, ML_ROLE_ARG);

    if (!model || !options || !has_fault(facts, rule_property(facts, options, "include")))
        return;
    ml_node_id include = rule_property(facts, options, "include");
    if (!ml_pricing_is_model(ml_source_of(facts, model)) && !ml_pricing_is_model(ml_source_of(facts, include)))
        return;
    ml_finding_set(ctx, ml_ctx_report(ctx, call), "model", ml_text_of(facts, model));
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&ml_pricing_model_need, NULL};

extern const ml_rule ml_rule_practice_backfill_selects_all;
const ml_rule ml_rule_practice_backfill_selects_all = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
