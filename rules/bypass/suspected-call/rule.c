/* bypass/suspected-call - a request shaped like a model call to a host nobody can know.
 *
 * Reports  a request to a host that comes from a parameter, a database row, a setting,
 *          when the path is one only model APIs have, or when the body has a model
 *          together with messages, or with a prompt or input and a knob such as
 *          temperature. Yields to a finding that shows the way to the same request.
 * Silent   for the own origin, known hosts, and bodies that cannot be read. */
#include "request.h"

static bool is_possible_host(const ml_target *target)
{
    return target->kind == ML_TARGET_UNKNOWN || (target->kind == ML_TARGET_ENV && !target->provider);
}

/* Paths of model APIs that nobody else has. */
static bool is_model_path(ml_str path)
{
    static const char *const paths[] = {"/chat/completions", "/v1/messages", "/images/generations", "/audio/speech",
                                        "/audio/transcriptions", "/v1/embeddings", ":generateContent",
                                        ":streamGenerateContent", "/v1/completions"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (ml_str_ends(path, ml_str_of(paths[i])))
            return true;
    return false;
}

static void judge(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                  const ml_targets *alone)
{
    (void)alone;
    if (request->wrapped || request->transport != ML_TRANSPORT_HTTP || targets->provider || !targets->count)
        return;
    bool model_path = false;
    for (uint32_t i = 0; i < targets->count; i++) {
        if (!is_possible_host(&targets->items[i]))
            return;
        model_path |= is_model_path(targets->items[i].url.path);
    }
    if (model_path || rule_body_is_ai_shaped(ctx, request->body))
        ml_finding_yield(ctx, rule_report_request(ctx, call, request, &targets->items[0]));
}

const ml_rule ml_rule_bypass_suspected_call = {
    .judge_request = judge,
};
