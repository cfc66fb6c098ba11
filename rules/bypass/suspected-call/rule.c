/* bypass/suspected-call - a request shaped like a model call to a host nobody can know.
 *
 * Reports  a request to a host that comes from a parameter, a database row, a setting,
 *          when the path is one only model APIs have, or when the body has a model
 *          together with messages, or with a prompt or input and a knob such as
 *          temperature. Yields to a finding that shows the way to the same request.
 * Silent   for the own origin, known hosts, and bodies that cannot be read. */
#include "request.h"

#include "ml/model_api.h"

/* `${BACKEND_URL}/api/chat`: below /api/ of a host of one's own stands one's own API, whatever it takes. */
static bool is_own_api_path(ml_str path)
{
    return ml_str_starts(path, ML_STR("/api/"));
}

/* A host that comes in by a parameter of a function nobody outside the file can call: its callers
 * are in the file, and each is judged by what it passes. */
static bool is_for_callers_here(ml_ctx *ctx, ml_node_id call, const ml_target *target)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    uint32_t function = ml_function_around(facts, call);

    if (target->url.hole.hole != ML_HOLE_PARAM || !function)
        return false;
    ml_node_id node = facts->functions[function].node;
    for (ml_binding_id id = 1; id < facts->binding_count; id++) {
        const ml_binding *binding = &facts->bindings[id];
        if (!binding->decl || !ml_is_within(facts, node, binding->decl) || binding->scope != 1)
            continue;
        for (uint32_t i = 0; i < facts->export_count; i++)
            if (facts->exports[i].binding == id)
                return false;
        return binding->kind == ML_BIND_FUNCTION || binding->kind == ML_BIND_VAR;
    }
    return false;
}

/* import.meta.env.VITE_API_BASE_URL: built into a page that is served to everybody, and not named
 * after a model's vendor: where the page's own server is. */
static bool is_own_server_variable(const ml_target *target)
{
    static const char *const leads[] = {"VITE_",        "NEXT_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "VUE_APP_",
                                        "EXPO_PUBLIC_", "GATSBY_",      "PUBLIC_",    "TARO_APP_",    "UMI_APP_"};

    for (size_t i = 0; target->kind == ML_TARGET_ENV && i < sizeof leads / sizeof *leads; i++)
        if (ml_str_starts(target->url.hole.text, ml_str_of(leads[i])))
            return true;
    return false;
}

static bool is_possible_host(const ml_target *target)
{
    return target->kind == ML_TARGET_UNKNOWN || (target->kind == ML_TARGET_ENV && !target->provider);
}

static bool is_model_path(ml_str path)
{
    for (size_t i = 0; ml_model_paths[i]; i++)
        if (ml_str_ends(path, ml_str_of(ml_model_paths[i])))
            return true;
    return false;
}

static bool has_model_path(const ml_targets *targets)
{
    for (uint32_t i = 0; i < targets->count; i++)
        if (is_model_path(targets->items[i].url.path))
            return true;
    return false;
}

static void judge(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                  const ml_targets *alone)
{
    /* A wrapped call is judged by the path it supplies; what the inner call shows by itself stands there. */
    if (request->wrapped && has_model_path(alone))
        return;
    if (request->transport != ML_TRANSPORT_HTTP || targets->provider || !targets->count)
        return;
    bool model_path = false, own_path = false;
    for (uint32_t i = 0; i < targets->count; i++) {
        if (!is_possible_host(&targets->items[i]) || is_for_callers_here(ctx, call, &targets->items[i]))
            return;
        model_path |= is_model_path(targets->items[i].url.path);
        own_path |= is_own_api_path(targets->items[i].url.path) || is_own_server_variable(&targets->items[i]);
    }
    if (own_path && !model_path)
        return;
    if (model_path || (!request->wrapped && rule_body_is_ai_shaped(ctx, request->body)))
        ml_finding_yield(ctx, rule_report_request(ctx, call, request, &targets->items[0]));
}

const ml_rule ml_rule_bypass_suspected_call = {
    .judge_request = judge,
};
