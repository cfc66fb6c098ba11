/* practice/backfill-at-todays-price - stored usages are billed at the price of the day.
 *
 * Reports  findOne on a model of prices in a loop over usages whose options name neither
 *          a time of the usage nor an effective date.
 * Silent   outside such loops, and about options put together elsewhere. */
#include "practice.h"
#include "pricing.h"

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id model = rule_method_call(facts, call, "findOne findFirst findAll");
    ml_node_id options = ml_child(facts, call, ML_ROLE_ARG), over = model ? rule_loop_over(facts, call) : 0;

    if (!over || ml_kind_of(facts, rule_meaning(facts, options)) != ML_NODE_OBJECT ||
        !rule_text_has(ml_source_of(facts, model), "modelbilling pricing modelprice priceversion model_billing") ||
        !rule_text_has(ml_source_of(facts, over), "usage unbilled missing"))
        return;
    if (!rule_text_has(ml_source_of(facts, rule_meaning(facts, options)),
                       "effective occurred createdat created_at validfrom startat .at"))
        ml_ctx_report(ctx, call);
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static bool may_find(ml_str name, ml_str behind)
{
    return rule_name_is(name, "findOne findFirst findAll") && rule_may_be_called(behind);
}

static const char *const finds[] = {"findOne", "findFirst", "findAll", NULL};
static const char *const prices[] = {"modelbilling", "pricing", "modelprice", "priceversion", "model_billing", NULL};
static const char *const overs[] = {"usage", "unbilled", "missing", NULL};
static const ml_rule_need find_need = {.words = finds, .fits = may_find},
                          price_need = {.words = prices, .any_case = true},
                          over_need = {.words = overs, .any_case = true};
static const ml_rule_need *const needs[] = {&ml_pricing_need, &find_need, &price_need, &over_need, NULL};

extern const ml_rule ml_rule_practice_backfill_at_todays_price;
const ml_rule ml_rule_practice_backfill_at_todays_price = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
