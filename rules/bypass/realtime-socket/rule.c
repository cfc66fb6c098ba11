/* bypass/realtime-socket - a socket to an AI provider outside the bridge.
 *
 * Reports  new WebSocket(url), new Socket(url) of "ws", and wrappers of them, when the
 *          host is a provider's.
 * Silent   for own sockets, relative addresses and hosts that cannot be known. */
#include "request.h"

static void judge(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                  const ml_targets *alone)
{
    const ml_target *target = targets->provider;

    if (request->transport == ML_TRANSPORT_WEBSOCKET && target && !target->provider->optional &&
        rule_call_supplies(ctx, request, alone, target))
        rule_report_request(ctx, call, request, target);
}

const ml_rule ml_rule_bypass_realtime_socket = {
    .judge_request = judge,
};
