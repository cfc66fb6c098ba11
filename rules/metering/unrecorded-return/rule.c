/* metering/unrecorded-return - one path of a method records, another returns without.
 *
 * Reports  a return (or the end of a function) behind a purchase on which no sink was passed,
 *          when the method reaches a sink at all; over the functions it calls, at the innermost
 *          one that leaks.
 * Silent   for streams that are handed out (raw-stream), for branches of a refused call
 *          (!res.ok), for submitted jobs, for guards on the user (user-guard), and wherever a
 *          callee, callback or hook could record. */
#include "metering_paths.h"
#include "metering_streams.h"

enum { LEAKS_MAX = 4 };

static bool is_mixed(ml_ctx *ctx, const rule_method *method, ml_place function)
{
    rule_question all = {.only_falls_off = false};
    uint32_t exits = rule_exits(ctx, method, function, &all);

    return rule_exits_have(exits, ML_PATH_FALL, ML_PATH_OWING) &&
           (rule_exits_have(exits, ML_PATH_FALL, ML_PATH_SETTLED) ||
            rule_exits_have(exits, ML_PATH_THROW, ML_PATH_SETTLED));
}

static void report(ml_ctx *ctx, const rule_method *method, const rule_leak *leak)
{
    if (leak->at.file != ml_ctx_file(ctx))
        return; /* judged with the class it belongs to, or not ours to say */
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id at = leak->at.node;
    bool is_end = at == leak->function.node;
    if (is_end && at == method->function)
        at = method->member;
    ml_finding *finding = ml_ctx_report(ctx, at);
    if (is_end) {
        uint32_t start = ml_node_at(facts, at)->start;
        size_t open = ml_str_find_char(ml_str_from(facts->lines.text, start), '(');
        ml_finding_narrow(ctx, finding, start, start + (uint32_t)(open == ML_NOT_FOUND ? 1 : open));
    }
    ml_finding_set(ctx, finding, "method", ml_text_of(facts, method->member));
    ml_finding_step(ctx, finding, method->purchase, "the provider is paid here", "在此产生费用");
    ml_finding_step(ctx, finding, leak->at, "this path ends without a record", "此路径结束时没有记录用量");
}

static void visit(ml_ctx *ctx, const rule_method *method)
{
    ml_place root = {ml_ctx_file(ctx), method->function}, where = root;
    rule_question all = {.only_falls_off = false};
    rule_leak leaks[LEAKS_MAX];

    if (!method->records || !rule_exits_have(rule_exits(ctx, method, root, &all), ML_PATH_FALL, ML_PATH_OWING))
        return;
    for (uint32_t i = 1; i < method->reach->count; i++)
        if (is_mixed(ctx, method, method->reach->functions[i]))
            where = method->reach->functions[i];
    uint32_t count = rule_leaks(ctx, method, where, leaks, LEAKS_MAX);
    for (uint32_t i = 0; i < count; i++)
        if (!rule_is_stream(ctx, method, leaks[i].at))
            report(ctx, method, &leaks[i]);
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_methods(ctx, visit);
}

const ml_rule ml_rule_metering_unrecorded_return = {
    .judge_file = judge_file,
    .in_bridge = true,
};
