/* bypass/direct-http - an HTTP client reaches an AI provider outside the bridge.
 *
 * Reports  a request whose URL, by constants, templates, instances, wrappers or other
 *          files, has a host of the catalogue; at the call that supplies the provider.
 *          Also a proxy or rewrite of a build configuration that leads to one.
 * Silent   when the host cannot be known, when the call goes to the bridge or to own
 *          infrastructure, and for a provider's web pages. */
#include "request.h"

static bool is_http(const ml_request *request)
{
    return request->transport == ML_TRANSPORT_HTTP || request->transport == ML_TRANSPORT_EVENTSOURCE ||
           request->transport == ML_TRANSPORT_PROXY;
}

static void judge(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                  const ml_targets *alone)
{
    const ml_target *target = targets->provider;

    if (is_http(request) && target && !target->provider->optional && rule_call_supplies(ctx, request, alone, target))
        rule_report_request(ctx, call, request, target);
}

/* ---- proxies of build configurations ---- */

/* vite.config.ts, next.config.mjs, vue.config.js: files a tool reads, not the program. */
static bool is_build_config(ml_str path)
{
    ml_str name = ml_path_name(path);
    return ml_str_contains(name, ML_STR(".config.")) || ml_str_starts(name, ML_STR("setupProxy."));
}

static bool is_below_property(const ml_facts *facts, ml_node_id node, const char *name)
{
    for (ml_node_id at = ml_node_at(facts, node)->parent; at; at = ml_node_at(facts, at)->parent)
        if ((ml_kind_of(facts, at) == ML_NODE_PROPERTY || ml_kind_of(facts, at) == ML_NODE_METHOD) &&
            ml_str_eq_c(ml_text_of(facts, at), name))
            return true;
        else if (ml_kind_of(facts, at) == ML_NODE_ASSIGN) /* nextConfig.rewrites = … */
            return ml_str_eq_c(ml_text_of(facts, ml_child(facts, at, ML_ROLE_TARGET)), name);
    return false;
}

/* `target` of a proxy entry, a proxy entry that is a text, `destination` of a rewrite. */
static bool is_forwarding(const ml_facts *facts, ml_node_id property)
{
    ml_str name = ml_text_of(facts, property);
    ml_node_id owner = ml_node_at(facts, ml_node_at(facts, property)->parent)->parent;

    if (ml_str_eq(name, ML_STR("target")))
        return is_below_property(facts, property, "proxy");
    if (ml_str_eq(name, ML_STR("destination")))
        return is_below_property(facts, property, "rewrites");
    if (ml_str_eq(name, ML_STR("proxy")) || ml_str_eq(name, ML_STR("to"))) /* routeRules of Nuxt and Nitro */
        return is_below_property(facts, property, "routeRules");
    return ml_kind_of(facts, owner) == ML_NODE_PROPERTY && ml_str_eq(ml_text_of(facts, owner), ML_STR("proxy"));
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!is_build_config(facts->path))
        return;
    for (ml_node_id node = 1; node < facts->node_count; node++) {
        if (ml_kind_of(facts, node) != ML_NODE_PROPERTY || !is_forwarding(facts, node))
            continue;
        ml_values urls = ml_eval_node(ml_ctx_eval(ctx), ml_ctx_file(ctx), ml_child(facts, node, ML_ROLE_VALUE));
        ml_targets targets = ml_ctx_targets(ctx, urls);
        if (!targets.provider || targets.provider->provider->optional)
            continue;
        ml_finding *finding = ml_ctx_report(ctx, node);
        ml_finding_provider(ctx, finding, targets.provider->provider);
        ml_finding_set(ctx, finding, "host", ml_arena_copy(ml_ctx_arena(ctx), targets.provider->url.host));
        ml_finding_sink(ctx, finding, ML_STR("proxy"));
    }
}

const ml_rule ml_rule_bypass_direct_http = {
    .judge_file = judge_file,
    .judge_request = judge,
};
