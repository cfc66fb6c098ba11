/* metering/abandoned-stream - a stream that is not read to its end is not recorded.
 *
 * Reports  a generator that buys, yields, and records only behind the loop: a reader that
 *          goes away ends it at the yield. And a handler of "end" that records where nothing
 *          records on "close", "error" or "abort".
 * Silent   with a finally that records, and for loops that hand nothing out. */
#include "metering_paths.h"

static void judge_generator(ml_ctx *ctx, const rule_method *method)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_place root = {ml_ctx_file(ctx), method->function};
    rule_question q = {.yields_may_end = true};
    uint32_t exits = rule_exits(ctx, method, root, &q);

    if (!rule_exits_have(exits, ML_PATH_ABANDON, ML_PATH_OWING) ||
        !rule_exits_have(exits, ML_PATH_FALL, ML_PATH_SETTLED) || rule_exits_have(exits, ML_PATH_FALL, ML_PATH_OWING))
        return;
    ml_node_id yield = 0;
    for (uint32_t i = 0; i < method->reach->count && !yield; i++) {
        ml_place place = method->reach->functions[i];
        for (ml_node_id n = place.file == root.file ? place.node : 0; n && !yield; n = ml_walk(facts, place.node, n))
            if (ml_kind_of(facts, n) == ML_NODE_YIELD)
                yield = n;
    }
    if (yield) {
        ml_finding *finding = ml_ctx_report(ctx, yield);
        ml_finding_set(ctx, finding, "method", ml_text_of(facts, method->member));
        ml_finding_step(ctx, finding, method->purchase, "the stream is opened here", "在此打开流");
        ml_finding_step(ctx, finding, (ml_place){root.file, yield},
                        "a reader that leaves ends the method here, before the record",
                        "读取方离开时方法在此结束，不会执行到记录");
    }
}

static bool is_event(const ml_facts *facts, ml_node_id call, const char *const *events, size_t count)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE), arg = ml_child(facts, call, ML_ROLE_ARG);

    return callee && arg && ml_kind_of(facts, callee) == ML_NODE_MEMBER && ml_kind_of(facts, arg) == ML_NODE_STRING &&
           (ml_str_eq_c(ml_text_of(facts, callee), "on") || ml_str_eq_c(ml_text_of(facts, callee), "once") ||
            ml_str_eq_c(ml_text_of(facts, callee), "addEventListener")) &&
           rule_is_any(ml_text_of(facts, arg), events, count);
}

static void judge_handlers(ml_ctx *ctx, const rule_method *method)
{
    static const char *const ends[] = {"end", "finish"};
    static const char *const others[] = {"close", "error", "abort", "aborted"};
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id recording_end = 0;

    for (ml_node_id n = method->function; n; n = ml_walk(facts, method->function, n)) {
        if (ml_kind_of(facts, n) != ML_NODE_CALL)
            continue;
        ml_node_id handler = ml_child_at(facts, n, ML_ROLE_ARG, 1);
        bool records = handler && ml_kind_of(facts, handler) == ML_NODE_FUNCTION &&
                       rule_reaches_sink(ctx, ml_ctx_file(ctx), handler);
        if (is_event(facts, n, others, RULE_COUNT(others)) &&
            (records || (handler && ml_kind_of(facts, handler) != ML_NODE_FUNCTION)))
            return;
        if (!recording_end && records && is_event(facts, n, ends, RULE_COUNT(ends)))
            recording_end = n;
    }
    if (!recording_end)
        return;
    ml_finding *finding = ml_ctx_report(ctx, recording_end);
    ml_finding_set(ctx, finding, "method", ml_text_of(facts, method->member));
    ml_finding_step(ctx, finding, method->purchase, "the stream is opened here", "在此打开流");
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), recording_end}, "only a complete stream is recorded",
                    "只有完整读完的流才会记录");
}

static void visit(ml_ctx *ctx, const rule_method *method)
{
    if (!method->records)
        return;
    judge_generator(ctx, method);
    judge_handlers(ctx, method);
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_methods(ctx, visit);
}

const ml_rule ml_rule_metering_abandoned_stream = {
    .judge_file = judge_file,
    .in_bridge = true,
};
