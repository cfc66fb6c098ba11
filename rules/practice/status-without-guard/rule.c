/* practice/status-without-guard - any bill can be given any status.
 *
 * Reports  update of a billing status on a model of bills whose where names no status and
 *          no version; the same in SQL texts.
 * Silent   when the where is not written out, when the function compares the status
 *          itself or holds a lock. */
#include "practice.h"

static const char *const status_keys = "billingStatus billing_status status";
static const char *const guard_keys =
    "billingStatus billing_status status statusVersion status_version version lockVersion lock_version";

static bool is_checked_before(const ml_facts *facts, ml_node_id call)
{
    ml_str around = rule_text_around(facts, call);

    return rule_text_has(around, "lock.update lock: canmove cantransition assertstatus checkstatus") ||
           ml_str_find_nocase(around, ML_STR("billingStatus !==")) != ML_NOT_FOUND ||
           ml_str_find_nocase(around, ML_STR("billingStatus ===")) != ML_NOT_FOUND ||
           ml_str_find_nocase(around, ML_STR("status !==")) != ML_NOT_FOUND;
}

static ml_node_id status_value(const ml_facts *facts, ml_node_id data)
{
    static const char *const names[] = {"billingStatus", "billing_status", "status"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ml_node_id value = rule_property(facts, data, names[i]);
        if (value)
            return value;
    }
    return 0;
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id data = ml_child(facts, call, ML_ROLE_ARG), options = data ? ml_next_child(facts, data) : 0;
    bool data_open, where_open;

    if (!rule_on_bills(facts, call, "update updateMany") || !options ||
        !rule_has_key(facts, data, status_keys, &data_open))
        return;
    ml_node_id where = rule_property(facts, options, "where");
    if (!where)
        where = rule_property(facts, options, "data") ? 0 : where;
    if (!where || rule_has_key(facts, where, guard_keys, &where_open) || where_open || is_checked_before(facts, call))
        return;
    ml_node_id value = status_value(facts, data);
    ml_finding_set(ctx, ml_ctx_report(ctx, call), "status", ml_str_slice(ml_source_of(facts, value), 0, 60));
}

/* UPDATE ai_billing_records SET billing_status = ... WHERE id = ... */
static void judge_text(ml_ctx *ctx, ml_node_id node)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_str text = ml_source_of(facts, node);
    size_t update = ml_str_find_nocase(text, ML_STR("update ")), where = ml_str_find_nocase(text, ML_STR("where"));

    if (update == ML_NOT_FOUND || where == ML_NOT_FOUND || where < update || !rule_is_bill_model(text) ||
        !rule_text_has(ml_str_slice(text, update, where), "status") ||
        rule_text_has(ml_str_from(text, where), "status version") ||
        ml_str_find_nocase(ml_str_slice(text, update, where), ML_STR(" set ")) == ML_NOT_FOUND ||
        is_checked_before(facts, node))
        return;
    ml_finding_set(ctx, ml_ctx_report(ctx, node), "status", ML_STR("the new one"));
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&rule_need_bill, NULL};

extern const ml_rule ml_rule_practice_status_without_guard;
const ml_rule ml_rule_practice_status_without_guard = {
    .needs = needs, .judge_file = judge_file, .judge_text = judge_text, .in_bridge = true};
