/* practice/failed-calls-billed - usages are billed whatever became of the call.
 *
 * Reports  findAll on a model of usages without a status in its where, in a function that
 *          creates bills.
 * Silent   when the function looks at the status itself, and about options put together
 *          elsewhere. */
#include "practice.h"

static bool creates_bills(const ml_facts *facts, ml_node_id function)
{
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id call = facts->calls[i];
        ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
        if (ml_is_within(facts, call, function) &&
            (rule_on_bills(facts, call, "create bulkCreate findOrCreate upsert insert") ||
             rule_name_is(ml_text_of(facts, callee), "createBillingRecord")))
            return true;
    }
    return false;
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id options = ml_child(facts, call, ML_ROLE_ARG), function = rule_function_around(facts, call);
    bool open, has_where;

    if (!rule_on_usages(facts, call, "findAll findAndCountAll") || !function || !options)
        return;
    has_where = rule_has_key(facts, options, "where", &open);
    ml_node_id where = rule_property(facts, options, "where");
    if (open || (has_where && !where) || (where && (rule_has_key(facts, where, "status", &open) || open)))
        return;
    if (creates_bills(facts, function) && !rule_text_has(ml_source_of(facts, function), ".status issuccess succeeded"))
        ml_ctx_report(ctx, call);
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&rule_need_usage, &rule_need_bill, NULL};

extern const ml_rule ml_rule_practice_failed_calls_billed;
const ml_rule ml_rule_practice_failed_calls_billed = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
