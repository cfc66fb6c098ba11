/* bypass/local-server - a request to a model server on the developer's machine.
 *
 * Reports  Ollama, LM Studio and others by their own well-known ports.
 * Silent   for ports that everybody uses. */
#include "request.h"

static void judge(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                  const ml_targets *alone)
{
    if (targets->provider || request->transport == ML_TRANSPORT_SHELL)
        return;
    for (uint32_t i = 0; i < targets->count; i++) {
        const ml_target *target = &targets->items[i];
        if (target->kind == ML_TARGET_LOCAL && rule_call_supplies(ctx, request, alone, target)) {
            rule_report_request(ctx, call, request, target);
            return;
        }
    }
}

const ml_rule ml_rule_bypass_local_server = {
    .judge_request = judge,
};
