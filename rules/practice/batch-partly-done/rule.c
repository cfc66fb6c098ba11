/* practice/batch-partly-done - several bills change their status, each for itself.
 *
 * Reports  a call that changes a bill's status in a loop or in a callback of map or
 *          forEach, and one update of many ids whose count nobody looks at.
 * Silent   inside a transaction, when a transaction is handed on, and about the states of
 *          other things (updateUserStatus). */
#include "practice.h"
#include "pricing.h"

/* updateBillingStatus(id, ...), markPaid(id) */
static bool is_status_change(ml_str name)
{
    bool money = rule_text_has(name, "bill record invoice usage charge payment paid refund");
    bool plain = rule_name_is(name, "updateStatus setStatus changeStatus update_status set_status markCancelled");

    return rule_text_has(name, "update set change mark") &&
           rule_text_has(name, "status paid refunded billed cancelled") && (money || plain);
}

static bool changes_status(const ml_facts *facts, ml_node_id call)
{
    if (ml_kind_of(facts, call) != ML_NODE_CALL)
        return false;
    return is_status_change(ml_text_of(facts, ml_child(facts, call, ML_ROLE_CALLEE))) ||
           (rule_on_bills(facts, call, "update") &&
            rule_text_has(ml_source_of(facts, ml_child(facts, call, ML_ROLE_ARG)), "status"));
}

static bool is_in_transaction(const ml_facts *facts, ml_node_id call)
{
    return rule_is_below_call(facts, call, "transaction") ||
           rule_text_has(ml_source_of(facts, call), "transaction trx tx,") ||
           rule_text_has(rule_text_around(facts, call), "transaction(");
}

static bool goes_over_ids(const ml_facts *facts, ml_node_id over)
{
    return over && rule_text_has(ml_source_of(facts, over), "ids bill record");
}

/* Model.update({status}, {where: {id: ids}}) as a statement: nobody sees how many. */
static bool is_unchecked_batch(const ml_facts *facts, ml_node_id call)
{
    ml_node_id data = ml_child(facts, call, ML_ROLE_ARG), options = data ? ml_next_child(facts, data) : 0;
    ml_node_id where = options ? rule_property(facts, options, "where") : 0;
    ml_node_id id = where ? rule_property(facts, where, "id") : 0, parent = ml_node_at(facts, call)->parent;

    if (!rule_on_bills(facts, call, "update") || !id || !rule_text_has(ml_source_of(facts, data), "status"))
        return false;
    if (ml_kind_of(facts, parent) == ML_NODE_AWAIT)
        parent = ml_node_at(facts, parent)->parent;
    return ml_kind_of(facts, parent) == ML_NODE_EXPR_STMT && rule_text_has(ml_source_of(facts, id), "ids");
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    bool loop = changes_status(facts, call) && goes_over_ids(facts, rule_loop_over(facts, call));

    if ((!loop && !is_unchecked_batch(facts, call)) || is_in_transaction(facts, call))
        return;
    ml_finding_set(ctx, ml_ctx_report(ctx, call), "call", ml_source_of(facts, ml_child(facts, call, ML_ROLE_CALLEE)));
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

/* A callee that says so, or a model of bills. */
static bool may_change(ml_str name, ml_str behind)
{
    return (is_status_change(name) && rule_may_be_called(behind)) || rule_is_bill_model(name);
}

static const char *const changes[] = {
    "status",         "paid",       "refunded",    "billed", "cancelled", "billingrecord",
    "billing_record", "billrecord", "bill_record", "aibill", NULL};
static const ml_rule_need change_need = {.words = changes, .any_case = true, .fits = may_change};
static const ml_rule_need *const needs[] = {&ml_pricing_need, &change_need, NULL};

extern const ml_rule ml_rule_practice_batch_partly_done;
const ml_rule ml_rule_practice_batch_partly_done = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
