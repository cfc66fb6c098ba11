/* practice/amount-rewritten - amounts of bills that exist are changed.
 *
 * Reports  update of a model of bills whose data sets an amount, quantity, price, currency
 *          or cycle.
 * Silent   about create, upsert and changes of status, time and refunded amount. */
#include "practice.h"

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    static const char *const fixed =
        "totalCost total_cost quantity inputPrice outputPrice unitPrice unit_price currency "
        "billingCycle billing_cycle";
    ml_node_id data = ml_child(facts, call, ML_ROLE_ARG);

    if (!data || !rule_on_bills(facts, call, "update updateMany"))
        return;
    data = rule_meaning(facts, data);
    for (ml_node_id m = ml_kind_of(facts, data) == ML_NODE_OBJECT ? ml_child(facts, data, ML_ROLE_MEMBER) : 0; m;
         m = ml_next_child(facts, m))
        if (rule_name_is(ml_text_of(facts, m), fixed)) {
            ml_finding_set(ctx, ml_ctx_report(ctx, call), "name", ml_text_of(facts, m));
            return;
        }
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&rule_need_bill, NULL};

extern const ml_rule ml_rule_practice_amount_rewritten;
const ml_rule ml_rule_practice_amount_rewritten = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
