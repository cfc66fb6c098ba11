/* bypass/env-endpoint - a request to a host that only an AI-named variable knows.
 *
 * Reports  fetch(process.env.OPENAI_BASE_URL + …): the name says what the value will be.
 * Silent   when a value of the variable is known (then its host decides), beside a
 *          fallback that is a local model server, for the
 *          bridge's own variables, and for names that say nothing. */
#include "request.h"

static void judge(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                  const ml_targets *alone)
{
    if (targets->provider || request->transport == ML_TRANSPORT_SHELL)
        return;
    for (uint32_t i = 0; i < targets->count; i++)
        if (targets->items[i].kind == ML_TARGET_LOCAL) /* bypass/local-server says it */
            return;
    for (uint32_t i = 0; i < targets->count; i++) {
        const ml_target *target = &targets->items[i];
        if (target->kind != ML_TARGET_ENV || !target->provider || !rule_call_supplies(ctx, request, alone, target))
            continue;
        ml_finding *finding = rule_report_request(ctx, call, request, target);
        ml_finding_set(ctx, finding, "variable", target->url.hole.text);
        return;
    }
}

const ml_rule ml_rule_bypass_env_endpoint = {
    .judge_request = judge,
};
