/* practice/paid-without-time - a bill is marked paid and nothing says when.
 *
 * Reports  update of a model of bills to the status paid whose data names no payment time
 *          and no reference.
 * Silent   when the data is put together elsewhere, and about statuses from variables. */
#include "practice.h"

static bool is_paid(ml_str text)
{
    return (rule_text_has(text, "'paid' \"paid\" .paid")) && !rule_text_has(text, "unpaid prepaid");
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id data = ml_child(facts, call, ML_ROLE_ARG);
    ml_node_id status =
        rule_on_bills(facts, call, "update updateMany") ? rule_property(facts, data, "billingStatus") : 0;
    bool open;

    if (!status || !is_paid(ml_source_of(facts, status)))
        return;
    if (rule_has_key(facts, data,
                     "paymentTime payment_time paidAt paid_at paymentRef payment_ref paymentId transactionId", &open) ||
        open)
        return;
    ml_ctx_report(ctx, call);
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&rule_need_bill, NULL};

extern const ml_rule ml_rule_practice_paid_without_time;
const ml_rule ml_rule_practice_paid_without_time = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
