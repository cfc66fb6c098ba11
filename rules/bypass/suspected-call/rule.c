/* bypass/suspected-call - a request shaped like a model call to a host nobody can know.
 *
 * Reports  a POST whose body has a model together with messages, or with a prompt or
 *          input and a knob such as temperature, to a host that comes from a parameter,
 *          a database row, a setting.
 * Silent   for the own origin, known hosts, and bodies that cannot be read. */
#include "request.h"

static bool is_possible_host(const ml_target *target)
{
    return target->kind == ML_TARGET_UNKNOWN || (target->kind == ML_TARGET_ENV && !target->provider);
}

static void judge(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                  const ml_targets *alone)
{
    (void)alone;
    if (request->wrapped || request->transport != ML_TRANSPORT_HTTP || targets->provider || !targets->count)
        return;
    for (uint32_t i = 0; i < targets->count; i++)
        if (!is_possible_host(&targets->items[i]))
            return;
    if (rule_body_is_ai_shaped(ctx, request->body))
        rule_report_request(ctx, call, request, &targets->items[0]);
}

const ml_rule ml_rule_bypass_suspected_call = {
    .judge_request = judge,
};
