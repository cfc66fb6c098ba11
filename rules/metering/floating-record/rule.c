/* metering/floating-record - a record nobody waits for.
 *
 * Reports  recordUsage(…) as a statement of its own, with `void` or with `.catch(…)`, of a
 *          record that is written asynchronously.
 * Silent   for queues and outboxes, inside event handlers, and for functions at hand that are
 *          not asynchronous. */
#include "metering_fields.h"

static bool is_durable(ml_str callee)
{
    static const char *const words[] = {"queue", "outbox", "emit", "publish", "push",
                                        "log",   "track",  "incr", "buffer",  "metric"};

    return rule_contains_any(callee, words, RULE_COUNT(words));
}

/* The statement the call floats in, over `.catch(…)`, `.then(…)` and `void`; 0: somebody has it. */
static ml_node_id floats_in(const ml_facts *facts, ml_node_id call)
{
    ml_node_id at = call;

    for (int hop = 0; hop < 8; hop++) {
        ml_node_id parent = ml_node_at(facts, at)->parent;
        const ml_node *p = ml_node_at(facts, parent);
        if (p->kind == ML_NODE_EXPR_STMT)
            return parent;
        bool chained =
            p->kind == ML_NODE_MEMBER && ml_kind_of(facts, p->parent) == ML_NODE_CALL && p->role == ML_ROLE_CALLEE;
        if (chained)
            parent = p->parent;
        else if (p->kind != ML_NODE_UNARY || p->op != ML_OP_VOID)
            return 0;
        at = parent;
    }
    return 0;
}

/* setImmediate(() => record(…)), rows.forEach(async (row) => { await record(row) }): nobody has the promise. */
static bool is_let_go(const ml_facts *facts, ml_node_id call)
{
    static const char *const timers[] = {"setImmediate", "setTimeout", "queueMicrotask", "process.nextTick"};
    uint32_t f = ml_function_around(facts, call);
    ml_node_id function = f ? facts->functions[f].node : 0, outer = function ? ml_node_at(facts, function)->parent : 0;

    if (!outer || ml_kind_of(facts, outer) != ML_NODE_CALL || ml_node_at(facts, function)->role != ML_ROLE_ARG)
        return false;
    ml_node_id callee = ml_child(facts, outer, ML_ROLE_CALLEE);
    if (!callee)
        return false;
    if (rule_is_any(ml_source_of(facts, callee), timers, RULE_COUNT(timers)))
        return true;
    return ml_kind_of(facts, callee) == ML_NODE_MEMBER && ml_str_eq_c(ml_text_of(facts, callee), "forEach") &&
           (ml_node_at(facts, function)->flags & ML_NF_ASYNC);
}

static bool is_in_handler(const ml_facts *facts, ml_node_id node)
{
    uint32_t f = ml_function_around(facts, node);
    ml_node_id parent = f ? ml_node_at(facts, facts->functions[f].node)->parent : 0;
    ml_node_id callee =
        parent && ml_kind_of(facts, parent) == ML_NODE_CALL ? ml_child(facts, parent, ML_ROLE_CALLEE) : 0;

    return callee && ml_kind_of(facts, callee) == ML_NODE_MEMBER &&
           (ml_str_eq_c(ml_text_of(facts, callee), "on") || ml_str_eq_c(ml_text_of(facts, callee), "once"));
}

static bool is_synchronous(ml_ctx *ctx, ml_node_id call)
{
    ml_place callees[RULE_CALLEES_MAX];
    uint32_t count = ml_eval_callees(ml_ctx_eval(ctx), ml_ctx_file(ctx), call, callees, RULE_CALLEES_MAX);

    for (uint32_t i = 0; i < count; i++) {
        const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), callees[i].file);
        ml_node_id type = ml_child(facts, callees[i].node, ML_ROLE_TYPE);
        if ((ml_node_at(facts, callees[i].node)->flags & ML_NF_ASYNC) ||
            (type && ml_str_starts(ml_text_of(facts, type), ML_STR("Promise"))))
            return false;
    }
    return count > 0;
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!rule_is_metering_file(ctx) || rule_is_test_path(facts->path))
        return;
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id call = facts->calls[i];
        ml_eval_begin(ml_ctx_eval(ctx));
        if (!rule_is_record(ctx, facts, call) || (!floats_in(facts, call) && !is_let_go(facts, call)) ||
            is_durable(rule_callee_text(ctx, facts, call)) || is_in_handler(facts, call) || is_synchronous(ctx, call))
            continue;
        ml_finding *finding = ml_ctx_report(ctx, call);
        ml_finding_set(ctx, finding, "sink", ml_arena_copy(ml_ctx_arena(ctx), rule_callee_text(ctx, facts, call)));
    }
}

const ml_rule ml_rule_metering_floating_record = {
    .judge_file = judge_file,
    .in_bridge = true,
};
