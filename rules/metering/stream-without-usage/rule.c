/* metering/stream-without-usage - an OpenAI-compatible stream that will not say what it used.
 *
 * Reports  `stream: true` in a chat completion without stream_options.include_usage.
 * Silent   for APIs that report it anyway (Anthropic, Gemini, Responses), where the method
 *          estimates tokens, and when something spread into the request may set the option. */
#include "metering_fields.h"
#include "metering_paths.h"

static const char *const chat_words[] = {"chat/completions", "chat.completions"};

static bool is_compatible(ml_ctx *ctx, ml_node_id call)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (rule_contains_any(rule_callee_text(ctx, facts, call), chat_words, RULE_COUNT(chat_words)))
        return true;
    ml_requests requests = ml_eval_requests(ml_ctx_eval(ctx), ml_ctx_file(ctx), call);
    for (uint32_t i = 0; i < requests.count; i++) {
        ml_targets targets = ml_ctx_targets(ctx, requests.items[i].urls);
        for (uint32_t k = 0; k < targets.count; k++)
            if (rule_contains_any(targets.items[k].url.path, chat_words, 1))
                return true;
    }
    return false;
}

/* The object that holds a literal `stream: true`, or 0. */
static ml_node_id streaming_object(const ml_facts *facts, ml_node_id call)
{
    for (ml_node_id n = call; n; n = ml_walk(facts, call, n)) {
        ml_node_id value = ml_kind_of(facts, n) == ML_NODE_PROPERTY ? ml_child(facts, n, ML_ROLE_VALUE) : 0;
        if (value && ml_kind_of(facts, value) == ML_NODE_TRUE && ml_str_eq_c(ml_text_of(facts, n), "stream"))
            return ml_node_at(facts, n)->parent;
    }
    return 0;
}

/* Something spread into the request that may hold the option: a constant that does, or what cannot be seen.
 * A parameter of the method is what its callers send, and they leave such things to the bridge. */
static bool may_ask(const ml_facts *facts, ml_node_id object)
{
    static const char *const option[] = {"include_usage"};

    if (rule_text_contains(facts, object, option, 1))
        return true;
    for (ml_node_id m = ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        if (ml_kind_of(facts, m) == ML_NODE_PROPERTY && ml_str_eq_c(ml_text_of(facts, m), "stream_options"))
            return true;
        if (ml_kind_of(facts, m) != ML_NODE_SPREAD)
            continue;
        ml_node_id from = rule_resolved(facts, ml_child(facts, m, ML_ROLE_VALUE));
        bool param = ml_kind_of(facts, from) == ML_NODE_IDENT && ml_node_at(facts, from)->ref &&
                     facts->bindings[ml_node_at(facts, from)->ref].kind == ML_BIND_PARAM;
        if (!param && (ml_kind_of(facts, from) != ML_NODE_OBJECT || rule_text_contains(facts, from, option, 1)))
            return true;
    }
    return false;
}

static void visit(ml_ctx *ctx, const rule_method *method)
{
    static const char *const estimators[] = {"includeUsage", "estimate",  "tiktoken",
                                             "countTokens",  "tokenizer", "encode("};
    const ml_facts *facts = ml_ctx_facts(ctx);

    for (uint32_t i = 0; i < method->reach->count; i++) {
        ml_place function = method->reach->functions[i];
        if (function.file != ml_ctx_file(ctx))
            continue;
        for (ml_node_id n = function.node; n; n = ml_walk(facts, function.node, n)) {
            if (ml_kind_of(facts, n) != ML_NODE_CALL || !rule_buys(ctx, method, function.file, n) ||
                !is_compatible(ctx, n))
                continue;
            ml_node_id object = streaming_object(facts, n);
            if (!object || may_ask(facts, object) ||
                rule_text_contains(facts, function.node, estimators, RULE_COUNT(estimators)))
                continue;
            ml_finding *finding = ml_ctx_report(ctx, n);
            ml_finding_set(ctx, finding, "method", ml_text_of(facts, method->member));
            ml_finding_step(ctx, finding, (ml_place){function.file, object}, "a stream is asked for, its usage is not",
                            "请求了流，没有请求用量");
        }
    }
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_methods(ctx, visit);
}

const ml_rule ml_rule_metering_stream_without_usage = {
    .judge_file = judge_file,
    .in_bridge = true,
};
