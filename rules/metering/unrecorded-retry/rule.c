/* metering/unrecorded-retry - of several attempts only the last one is recorded.
 *
 * Reports  a purchase repeated by a retry helper or by a loop whose catch goes on, when the
 *          repeated part does not record its own failures and a record follows later.
 * Silent   when each attempt records, when a callback of the helper does, and when only
 *          connections that were never made are tried again. */
#include "metering_paths.h"

static bool is_filtered(const ml_facts *facts, ml_node_id node)
{
    static const char *const words[] = {"ECONN", "ENOTFOUND", "isNetworkError", "connect", "beforeSend"};

    return rule_contains_any(ml_source_of(facts, node), words, RULE_COUNT(words));
}

static bool is_retry_name(ml_str callee)
{
    static const char *const words[] = {"retry", "backoff", "attempt", "policy.execute", "cockatiel"};

    return rule_contains_any(callee, words, RULE_COUNT(words));
}

static void report(ml_ctx *ctx, const rule_method *method, ml_node_id node)
{
    ml_finding *finding = ml_ctx_report(ctx, node);

    ml_finding_set(ctx, finding, "method", ml_text_of(ml_ctx_facts(ctx), method->member));
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), node}, "the purchase is repeated here", "在此重复调用");
    ml_finding_step(ctx, finding, method->purchase, "an attempt that failed may have been paid for",
                    "失败的尝试可能已经产生费用");
}

static void judge_helper(ml_ctx *ctx, const rule_method *method, ml_node_id call)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!is_retry_name(rule_callee_text(ctx, facts, call)) || is_filtered(facts, call) ||
        rule_reaches_sink(ctx, ml_ctx_file(ctx), call))
        return;
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg))
        if (ml_kind_of(facts, arg) == ML_NODE_FUNCTION &&
            rule_leaves_owing(ctx, method, (ml_place){ml_ctx_file(ctx), arg}))
            report(ctx, method, call);
}

/* The TRY directly in the loop whose failures the loop gets over. */
static void judge_loop(ml_ctx *ctx, const rule_method *method, ml_node_id loop)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id body = ml_child(facts, loop, ML_ROLE_BODY);

    if (!body || ml_kind_of(facts, body) != ML_NODE_BLOCK || is_filtered(facts, loop))
        return;
    for (ml_node_id s = ml_node_at(facts, body)->first; s; s = ml_node_at(facts, s)->next) {
        ml_node_id catch = ml_kind_of(facts, s) == ML_NODE_TRY ? ml_child(facts, s, ML_ROLE_CATCH) : 0;
        if (!catch || !rule_leaves_owing(ctx, method, (ml_place){ml_ctx_file(ctx), ml_child(facts, s, ML_ROLE_BODY)}) ||
            rule_reaches_sink(ctx, ml_ctx_file(ctx), s))
            continue;
        rule_question q = {.only_falls_off = false};
        ml_place handler = {ml_ctx_file(ctx), ml_child(facts, catch, ML_ROLE_BODY)};
        uint32_t exits = rule_exits(ctx, method, handler, &q);
        if (rule_exits_have(exits, ML_PATH_FALL, ML_PATH_CLEAR) ||
            rule_exits_have(exits, ML_PATH_CONTINUE, ML_PATH_CLEAR))
            report(ctx, method, loop);
    }
}

/* A loop over items tries each once; only counted and endless ones try the same again. */
static bool repeats(ml_node_kind kind)
{
    return kind == ML_NODE_FOR || kind == ML_NODE_WHILE || kind == ML_NODE_DO;
}

static void visit(ml_ctx *ctx, const rule_method *method)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!method->records)
        return;
    for (uint32_t i = 0; i < method->reach->count; i++) {
        ml_place function = method->reach->functions[i];
        if (function.file != ml_ctx_file(ctx))
            continue;
        for (ml_node_id n = function.node; n; n = ml_walk(facts, function.node, n)) {
            if (ml_kind_of(facts, n) == ML_NODE_CALL)
                judge_helper(ctx, method, n);
            else if (repeats(ml_kind_of(facts, n)))
                judge_loop(ctx, method, n);
        }
    }
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_methods(ctx, visit);
}

const ml_rule ml_rule_metering_unrecorded_retry = {
    .judge_file = judge_file,
    .in_bridge = true,
};
