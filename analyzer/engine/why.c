/* meterlint why FILE:LINE - what the calls on a line may request, step by step. */
#include "engine_internal.h"

#include "ml/buf.h"

static const char *target_words(ml_target_kind kind)
{
    switch (kind) {
    case ML_TARGET_OTHER: return "a host that is no AI provider's";
    case ML_TARGET_RELATIVE: return "the own origin, or no URL";
    case ML_TARGET_BRIDGE: return "the bridge or own infrastructure";
    case ML_TARGET_PROVIDER: return "an AI provider";
    case ML_TARGET_LOCAL: return "a local model server";
    case ML_TARGET_ENV: return "a host known only by an environment variable";
    case ML_TARGET_UNKNOWN: break;
    }
    return "a host that cannot be known here";
}

static void say_place(ml_buf *out, const ml_ctx *ctx, ml_place place)
{
    const ml_facts *facts = place.node ? ml_link_facts(ml_ctx_link(ctx), place.file) : NULL;

    if (facts)
        ml_buf_printf(out, " at %.*s:%u", ML_STR_ARG(facts->path), ml_span_of(facts, place.node).line);
}

static void say_targets(ml_buf *out, const ml_ctx *ctx, const char *title, ml_values urls)
{
    ml_targets targets = ml_ctx_targets(ctx, urls);

    ml_buf_printf(out, "    %s\n", title);
    if (!targets.count)
        ml_buf_cstr(out, "      nothing that is a URL\n");
    for (uint32_t i = 0; i < targets.count; i++) {
        const ml_target *target = &targets.items[i];
        ml_str text = ml_value_text(ml_eval_arena(ml_ctx_eval(ctx)), target->value, 160);
        ml_buf_printf(out, "      \"%.*s\": %s", ML_STR_ARG(text), target_words(target->kind));
        if (target->provider)
            ml_buf_printf(out, " (%.*s%s)", ML_STR_ARG(target->provider->name),
                          target->trust == ML_TRUST_FULL ? "" : ", unconfirmed");
        if (target->kind != ML_TARGET_RELATIVE)
            say_place(out, ctx, target->url.place);
        ml_buf_char(out, '\n');
    }
}

static void say_call(ml_buf *out, ml_ctx *ctx, ml_node_id call)
{
    ml_span span = ml_span_of(ctx->facts, call);
    ml_str source = ml_str_slice(ml_source_of(ctx->facts, call), 0, 60);
    size_t end = ml_str_find_char(source, '\n');

    ml_eval_begin(ctx->worker->eval);
    ml_requests requests = ml_eval_requests(ctx->worker->eval, ctx->file, call);
    ml_buf_printf(out, "%.*s:%u:%u  %.*s\n", ML_STR_ARG(ctx->facts->path), span.line, span.column,
                  ML_STR_ARG(ml_str_slice(source, 0, end)));
    if (!requests.count)
        ml_buf_cstr(out, "  leads to no request of a known client whose host it could decide\n");
    for (uint32_t i = 0; i < requests.count; i++) {
        const ml_request *request = &requests.items[i];
        ml_buf_printf(out, "  request of %.*s by %.*s", ML_STR_ARG(request->client->name), ML_STR_ARG(request->callee));
        say_place(out, ctx, request->at);
        ml_buf_char(out, '\n');
        for (uint32_t k = 0; k < request->via_count; k++) {
            ml_buf_cstr(out, "    through a call");
            say_place(out, ctx, request->via[k]);
            ml_buf_char(out, '\n');
        }
        say_targets(out, ctx, "the URL may be", request->urls);
        if (request->wrapped)
            say_targets(out, ctx, "without this call it may be (then it is no finding here)", request->urls_alone);
    }
    if (ml_eval_was_cut(ctx->worker->eval))
        ml_buf_cstr(out, "  the evaluation budget ran out: this call is not fully analysed\n");
}

bool ml_worker_explain(ml_worker *worker, ml_file_id file, uint32_t line, ml_buf *out)
{
    ml_ctx ctx = {.worker = worker, .file = file, .facts = ml_link_facts(worker->engine->link, file)};
    bool any = false;

    for (uint32_t i = 0; ctx.facts && i < ctx.facts->call_count; i++) {
        if (ml_span_of(ctx.facts, ctx.facts->calls[i]).line != line)
            continue;
        say_call(out, &ctx, ctx.facts->calls[i]);
        any = true;
    }
    if (ctx.facts && ml_link_in_bridge(worker->engine->link, file))
        ml_buf_cstr(out, "This file belongs to the bridge: what it calls is no bypass.\n");
    return any;
}
