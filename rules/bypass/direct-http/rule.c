/* bypass/direct-http - an HTTP client reaches an AI provider outside the bridge.
 *
 * Reports  a request whose URL, by constants, templates, instances, wrappers or other
 *          files, has a host of the catalogue; at the call that supplies the provider.
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

const ml_rule ml_rule_bypass_direct_http = {
    .judge_request = judge,
};
