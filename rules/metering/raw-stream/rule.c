/* metering/raw-stream - a provider's stream leaves the bridge and nobody counts it.
 *
 * Reports  a return of a response's body, of a stream asked for with `stream: true`, or of an
 *          SDK's text stream, behind a purchase that is unrecorded on this path.
 * Silent   when the stream goes through a function, class or transform that records, and when
 *          the call itself was given a callback that does. */
#include "metering_paths.h"
#include "metering_streams.h"

enum { LEAKS_MAX = 8 };

static void visit(ml_ctx *ctx, const rule_method *method)
{
    rule_leak leaks[LEAKS_MAX];
    ml_place root = {ml_ctx_file(ctx), method->function};
    rule_question all = {.only_falls_off = false};

    if (!rule_exits_have(rule_exits(ctx, method, root, &all), ML_PATH_FALL, ML_PATH_OWING))
        return;
    uint32_t count = rule_leaks(ctx, method, root, leaks, LEAKS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        if (!rule_is_stream(ctx, method, leaks[i].at))
            continue;
        ml_finding *finding = ml_ctx_report(ctx, leaks[i].at.node);
        ml_finding_set(ctx, finding, "method", ml_text_of(ml_ctx_facts(ctx), method->member));
        ml_finding_step(ctx, finding, method->purchase, "the stream is opened here", "在此打开流");
        ml_finding_step(ctx, finding, leaks[i].at, "and handed out here", "并在此直接交出");
    }
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_methods(ctx, visit);
}

const ml_rule ml_rule_metering_raw_stream = {
    .judge_file = judge_file,
    .in_bridge = true,
};
