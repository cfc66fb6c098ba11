/* metering/stream-without-usage - an OpenAI-compatible stream that will not say what it used.
 *
 * Reports  `stream: true` in a chat completion without stream_options.include_usage.
 * Silent   for APIs that report it anyway (Anthropic, Gemini, Responses), where the method
 *          estimates tokens, and when something spread into the request may set the option. */
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

static void visit(ml_ctx *ctx, const rule_method *method)
{
    static const char *const estimators[] = {"include_usage", "includeUsage", "estimate", "tiktoken",
                                             "countTokens",   "tokenizer",    "encode("};
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
            /* The file that knows the option sets it somewhere we do not see. */
            if (!object || rule_contains_any(facts->lines.text, estimators, RULE_COUNT(estimators)))
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
