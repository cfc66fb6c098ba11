/* practice/refund-without-amount - a bill is marked refunded and nothing says how much.
 *
 * Reports  update of a model of bills to the status refunded whose data names no
 *          refunded amount.
 * Silent   when the data is put together elsewhere, and about statuses from variables. */
#include "practice.h"

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id data = ml_child(facts, call, ML_ROLE_ARG);
    ml_node_id status =
        rule_on_bills(facts, call, "update updateMany") ? rule_property(facts, data, "billingStatus") : 0;
    bool open;

    if (!status || ml_kind_of(facts, status) == ML_NODE_IDENT ||
        !rule_text_has(ml_source_of(facts, status), "refunded"))
        return;
    if (rule_has_key(facts, data, "refundedAmount refundAmount refunded_amount refundRef refundedBy refundReference",
                     &open) ||
        open)
        return;
    ml_ctx_report(ctx, call);
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&rule_need_bill, NULL};

extern const ml_rule ml_rule_practice_refund_without_amount;
const ml_rule ml_rule_practice_refund_without_amount = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
