/* practice/backfill-without-guard - stored usages are billed in a loop by plain inserts.
 *
 * Reports  create and createBillingRecord in a loop over usages.
 * Silent   where a violated unique key is caught, a search comes before (another rule
 *          says that), duplicates are ignored, or the data is written by key. */
#include "practice.h"

static bool is_guarded(const ml_facts *facts, ml_node_id call)
{
    ml_str around = rule_text_around(facts, call);

    return rule_text_has(
               around, "uniqueconstraint er_dup 23505 duplicate p2002 findone findbypk billingrecord) findorcreate") ||
           rule_text_has(ml_source_of(facts, call), "ignoreduplicates updateonduplicate");
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    bool creates =
        rule_on_bills(facts, call, "create insert") ||
        (ml_kind_of(facts, call) == ML_NODE_CALL && rule_name_is(ml_text_of(facts, callee), "createBillingRecord"));
    ml_node_id over = creates ? rule_loop_over(facts, call) : 0;

    if (over && rule_text_has(ml_source_of(facts, over), "usage unbilled missing") && !is_guarded(facts, call))
        ml_finding_set(ctx, ml_ctx_report(ctx, call), "call", ml_source_of(facts, callee));
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&rule_need_bill, NULL};

extern const ml_rule ml_rule_practice_backfill_without_guard;
const ml_rule ml_rule_practice_backfill_without_guard = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
