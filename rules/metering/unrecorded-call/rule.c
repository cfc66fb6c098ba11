/* metering/unrecorded-call - a bridge method calls a provider and records nothing.
 *
 * Reports  a public method of the bridge class that reaches a billable provider call,
 *          itself or through functions it calls, when no call of a usage or billing
 *          sink can be reached from it on any path.
 * Silent   for calls that bill nothing (listing models, files, status), for methods
 *          whose provider call cannot be seen, and where a decorator of that meaning or
 *          any call named for writing down usage, bills or money is reached, or hooked to the
 *          client (an interceptor). */
#include "metering_calls.h"

static void say_check(ml_ctx *ctx, ml_node_id method, bool recorded)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_arena *arena = ml_ctx_arena(ctx);
    ml_str name = ml_text_of(facts, method);
    ml_text text;

    text.in[ML_LANG_EN] = ml_arena_printf(
        arena, recorded ? "%.*s: usage is recorded" : "%.*s: no usage record on any path", ML_STR_ARG(name));
    text.in[ML_LANG_ZH] =
        ml_arena_printf(arena, recorded ? "%.*s：已记录用量" : "%.*s：任何路径都没有用量记录", ML_STR_ARG(name));
    ml_ctx_check(ctx, ML_SECTION_BRIDGE, recorded ? ML_CHECK_OK : ML_CHECK_BAD, text, facts->path,
                 ml_span_of(facts, method).line);
}

static void judge_method(ml_ctx *ctx, uint32_t class_index, ml_node_id method)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id function = ml_child(facts, method, ML_ROLE_VALUE);
    rule_reach r = {.functions = {{ml_ctx_file(ctx), function}}, .count = 1};

    if (!ml_child(facts, function, ML_ROLE_BODY) || !(ml_node_at(facts, method)->flags & ML_NF_PUBLIC))
        return;
    r.records = rule_has_metering_decorator(facts, method);
    rule_reach_follow(ctx, &r);
    if (r.records) {
        /* Say it of the methods callers know; a getter that mentions usage is no metering. */
        for (uint32_t i = 0; i < ml_ctx_config(ctx)->bridge.method_count; i++)
            if (ml_str_eq(ml_ctx_config(ctx)->bridge.methods[i].name, ml_text_of(facts, method)))
                say_check(ctx, method, true);
        return;
    }
    if (!r.purchase.node || r.open || rule_is_recorded_by_hook(ctx, class_index))
        return;
    ml_finding *finding = ml_ctx_report(ctx, method);
    uint32_t start = ml_node_at(facts, method)->start;
    size_t open = ml_str_find_char(ml_str_from(facts->lines.text, start), '(');
    ml_finding_narrow(ctx, finding, start, start + (uint32_t)(open == ML_NOT_FOUND ? 1 : open));
    ml_finding_set(ctx, finding, "method", ml_text_of(facts, method));
    ml_finding_step(ctx, finding, r.purchase, "the provider is called here", "在此调用服务商");
    say_check(ctx, method, false);
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_ctx_in_bridge(ctx))
        return;
    for (uint32_t c = 1; c < facts->class_count; c++) {
        const ml_class *class_facts = &facts->classes[c];
        if (!rule_is_bridge_class(ctx, class_facts) || rule_has_metering_decorator(facts, class_facts->node))
            continue;
        for (ml_node_id m = ml_child(facts, class_facts->node, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m))
            if (ml_kind_of(facts, m) == ML_NODE_METHOD && m != class_facts->constructor) {
                ml_eval_begin(ml_ctx_eval(ctx)); /* a method is a question of its own */
                judge_method(ctx, c, m);
            }
    }
}

const ml_rule ml_rule_metering_unrecorded_call = {
    .judge_file = judge_file,
    .in_bridge = true,
};
