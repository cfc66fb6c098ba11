/* metering/unrecorded-failure - a failed purchase is caught and leaves no row.
 *
 * Reports  a catch (or `.catch(…)`) that a failed provider call reaches, from which the method
 *          ends, by returning or throwing on, without a record of the failure.
 * Silent   without any catch, when an outer catch or finally records, in retry loops
 *          (unrecorded-retry), and where another purchase follows. */
#include "metering_paths.h"

static bool leaves_caught(ml_ctx *ctx, const rule_method *method, ml_place at)
{
    rule_question q = {.catch_at = at};
    uint32_t exits = rule_exits(ctx, method, (ml_place){ml_ctx_file(ctx), method->function}, &q);

    return rule_exits_have(exits, ML_PATH_FALL, ML_PATH_CAUGHT) ||
           rule_exits_have(exits, ML_PATH_THROW, ML_PATH_CAUGHT);
}

/* A loop that tries again and never records within the attempt is told of by unrecorded-retry. */
static bool is_in_loop(ml_ctx *ctx, ml_node_id node)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (ml_kind_of(facts, node) == ML_NODE_CATCH &&
        rule_reaches_sink(ctx, ml_ctx_file(ctx), ml_node_at(facts, node)->parent))
        return false;
    for (ml_node_id at = node; at && ml_kind_of(facts, at) != ML_NODE_FUNCTION; at = ml_node_at(facts, at)->parent) {
        ml_node_kind kind = ml_kind_of(facts, at);
        if (kind == ML_NODE_FOR || kind == ML_NODE_WHILE || kind == ML_NODE_DO || kind == ML_NODE_FOR_IN)
            return true;
    }
    return false;
}

static bool is_handler(const ml_facts *facts, ml_node_id n)
{
    if (ml_kind_of(facts, n) == ML_NODE_CATCH)
        return true;
    if (ml_kind_of(facts, n) != ML_NODE_CALL)
        return false;
    ml_node_id callee = ml_child(facts, n, ML_ROLE_CALLEE);
    return callee && ml_kind_of(facts, callee) == ML_NODE_MEMBER &&
           (ml_str_eq_c(ml_text_of(facts, callee), "catch") ||
            (ml_str_eq_c(ml_text_of(facts, callee), "then") && ml_child_at(facts, n, ML_ROLE_ARG, 1)));
}

static void judge_function(ml_ctx *ctx, const rule_method *method, ml_node_id function)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_place here = {ml_ctx_file(ctx), 0};

    for (ml_node_id n = function; n; n = ml_walk(facts, function, n)) {
        here.node = n;
        if (!is_handler(facts, n) || is_in_loop(ctx, n) || !leaves_caught(ctx, method, here))
            continue;
        ml_node_id shown = n;
        if (ml_kind_of(facts, n) == ML_NODE_CALL) { /* the handler, not the chain before it: the last argument */
            for (ml_node_id arg = ml_child(facts, n, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg))
                shown = arg;
        }
        ml_finding *finding = ml_ctx_report(ctx, shown);
        ml_finding_set(ctx, finding, "method", ml_text_of(facts, method->member));
        ml_finding_step(ctx, finding, method->purchase, "the provider is called here", "在此调用服务商");
        ml_finding_step(ctx, finding, (ml_place){here.file, shown}, "its failure ends here, unrecorded",
                        "失败在此结束，没有记录");
    }
}

static void visit(ml_ctx *ctx, const rule_method *method)
{
    /* Where nothing is recorded at all, that is said once, by another rule. */
    if (!method->records)
        return;
    for (uint32_t i = 0; i < method->reach->count; i++)
        if (method->reach->functions[i].file == ml_ctx_file(ctx))
            judge_function(ctx, method, method->reach->functions[i].node);
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_methods(ctx, visit);
}

const ml_rule ml_rule_metering_unrecorded_failure = {
    .judge_file = judge_file,
    .in_bridge = true,
};
