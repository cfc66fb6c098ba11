/* practice/backfill-in-current-cycle - a stored usage is billed in the month of the job.
 *
 * Reports  billingCycle and billingTime made from the current time, in a loop over usages.
 * Silent   outside such loops, where now is the time of the call. */
#include "practice.h"
#include "pricing.h"

static bool is_now(ml_str text)
{
    return rule_text_has(text, "newdate() date.now() dayjs() moment()") ||
           ml_str_find_nocase(text, ML_STR("new Date()")) != ML_NOT_FOUND;
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_concerns(ctx))
        return;
    for (ml_node_id node = 1; node < facts->node_count; node++) {
        if (ml_kind_of(facts, node) != ML_NODE_PROPERTY ||
            !rule_name_is(ml_text_of(facts, node), "billingCycle billing_cycle billingTime billing_time"))
            continue;
        ml_node_id over = rule_loop_over(facts, node),
                   value = rule_meaning(facts, ml_child(facts, node, ML_ROLE_VALUE));
        if (over && rule_text_has(ml_source_of(facts, over), "usage unbilled missing") &&
            is_now(ml_source_of(facts, value)))
            ml_finding_set(ctx, ml_ctx_report(ctx, node), "name", ml_text_of(facts, node));
    }
}

static const char *const times[] = {"billingCycle", "billing_cycle", "billingTime", "billing_time", NULL};
static const ml_rule_need time_need = {.words = times};
static const ml_rule_need *const needs[] = {&time_need, NULL};

extern const ml_rule ml_rule_practice_backfill_in_current_cycle;
const ml_rule ml_rule_practice_backfill_in_current_cycle = {
    .needs = needs, .judge_file = judge_file, .in_bridge = true};
