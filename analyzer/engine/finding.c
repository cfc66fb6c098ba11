/* Drafts of findings: places, words, evidence. Everything a finding holds is copied
 * when it is made, so the file's facts and text may go. */
#include "engine_internal.h"

ml_file_id ml_ctx_file(const ml_ctx *ctx)
{
    return ctx->file;
}

const ml_facts *ml_ctx_facts(const ml_ctx *ctx)
{
    return ctx->facts;
}

bool ml_ctx_holds_any(const ml_ctx *ctx, const char *const *words, uint32_t count)
{
    ml_worker *worker = ctx->worker;

    if (worker->held.file == ctx->file && worker->held.words == words)
        return worker->held.answer;
    worker->held.file = ctx->file;
    worker->held.words = words;
    worker->held.answer = false;
    for (uint32_t i = 0; i < count && !worker->held.answer; i++)
        worker->held.answer = ml_str_contains(ctx->facts->lines.text, ml_str_of(words[i]));
    return worker->held.answer;
}

bool ml_ctx_names_sink(const ml_ctx *ctx)
{
    ml_worker *worker = ctx->worker;
    const ml_strs *sinks = &ml_ctx_config(ctx)->bridge.sinks;

    if (worker->sink.file == ctx->file)
        return worker->sink.answer;
    worker->sink.file = ctx->file;
    worker->sink.answer = false;
    for (uint32_t i = 0; i < sinks->count && !worker->sink.answer; i++) {
        ml_str rest = sinks->items[i];
        worker->sink.answer = ml_str_contains(ctx->facts->lines.text, ml_str_split(&rest, '.'));
    }
    return worker->sink.answer;
}

bool ml_ctx_may_hold_key(const ml_ctx *ctx)
{
    ml_worker *worker = ctx->worker;

    if (worker->key.file == ctx->file)
        return worker->key.answer;
    worker->key.file = ctx->file;
    worker->key.answer = false;
    for (ml_node_id node = 1; node < ctx->facts->node_count && !worker->key.answer; node++)
        worker->key.answer =
            ml_kind_of(ctx->facts, node) == ML_NODE_STRING && ml_key_may_be_in(ml_text_of(ctx->facts, node));
    return worker->key.answer;
}

const ml_link *ml_ctx_link(const ml_ctx *ctx)
{
    return ctx->worker->engine->link;
}

const ml_config *ml_ctx_config(const ml_ctx *ctx)
{
    return ctx->worker->engine->options.config;
}

const ml_catalog *ml_ctx_catalog(const ml_ctx *ctx)
{
    return ml_link_host_of(ml_ctx_link(ctx))->catalog;
}

const ml_keys *ml_ctx_keys(const ml_ctx *ctx)
{
    return ctx->worker->engine->options.keys;
}

ml_eval *ml_ctx_eval(const ml_ctx *ctx)
{
    return ctx->worker->eval;
}

ml_arena *ml_ctx_arena(const ml_ctx *ctx)
{
    return &ctx->worker->arena;
}

bool ml_ctx_in_bridge(const ml_ctx *ctx)
{
    return ml_link_in_bridge(ml_ctx_link(ctx), ctx->file);
}

ml_text ml_ctx_text(const ml_ctx *ctx, const char *en, const char *zh)
{
    ml_text text;

    text.in[ML_LANG_EN] = ml_arena_copy(ml_ctx_arena(ctx), ml_str_of(en));
    text.in[ML_LANG_ZH] = ml_arena_copy(ml_ctx_arena(ctx), ml_str_of(zh));
    return text;
}

/* ---- making one ---- */

static ml_finding *new_draft(ml_ctx *ctx, ml_file_id file, ml_node_id node, ml_str path)
{
    const ml_engine *engine = ctx->worker->engine;
    const ml_rule_state *state = &engine->states[ctx->rule];
    ml_draft *draft;

    if (state->off)
        return NULL;
    draft = ML_NEW(&ctx->worker->arena, ml_draft);
    draft->file = file;
    draft->node = node;
    draft->rule = ctx->rule;
    draft->finding.rule = engine->options.rules[ctx->rule].info;
    draft->finding.level = state->level ? state->level : draft->finding.rule->level;
    draft->finding.message = draft->finding.rule->message;
    draft->finding.path = path;
    ml_vec_push(&ctx->worker->arena, &ctx->worker->drafts, draft);
    return &draft->finding;
}

static bool already_said(const ml_ctx *ctx, ml_file_id file, ml_node_id node)
{
    const ml_drafts *drafts = &ctx->worker->drafts;

    /* Drafts of one file lie together at the end of the list. */
    for (uint32_t i = drafts->count; i-- > 0 && drafts->items[i]->file == file;)
        if (drafts->items[i]->node == node && drafts->items[i]->rule == ctx->rule)
            return true;
    return false;
}

static void fill_code(ml_ctx *ctx, ml_finding *finding, const ml_lines *lines)
{
    finding->code = ml_lines_code(&ctx->worker->arena, &ctx->worker->hashes, lines, finding->span);
}

ml_finding *ml_ctx_report_in(ml_ctx *ctx, ml_file_id file, ml_node_id node)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);

    if (!facts || already_said(ctx, file, node))
        return NULL;
    ml_finding *finding = new_draft(ctx, file, node, ml_link_path(ml_ctx_link(ctx), file));
    if (!finding)
        return NULL;
    finding->span = ml_span_of(facts, node);
    fill_code(ctx, finding, &facts->lines);
    finding->scope = ml_arena_copy(&ctx->worker->arena, ml_scope_name(&ctx->worker->arena, facts, node));
    return finding;
}

ml_finding *ml_ctx_report(ml_ctx *ctx, ml_node_id node)
{
    return ml_ctx_report_in(ctx, ctx->file, node);
}

ml_finding *ml_ctx_report_at(ml_ctx *ctx, ml_str path, ml_str text, uint32_t start, uint32_t end)
{
    ml_finding *finding = new_draft(ctx, ml_link_file(ml_ctx_link(ctx), path), start, path);

    if (!finding)
        return NULL;
    ml_lines lines = ml_lines_of(&ctx->worker->arena, text);
    finding->path = ml_arena_copy(&ctx->worker->arena, path);
    finding->span = ml_lines_span(&lines, start, end);
    fill_code(ctx, finding, &lines);
    return finding;
}

/* ---- words ---- */

static ml_str fill(ml_arena *arena, ml_str template, const char *name, ml_str value)
{
    ml_str mark = ml_arena_printf(arena, "{%s}", name);
    size_t at = ml_str_find(template, mark);

    if (at == ML_NOT_FOUND)
        return template;
    ml_str head = ml_arena_concat(arena, ml_str_slice(template, 0, at), value);
    return ml_arena_concat(arena, head, ml_str_from(template, at + mark.len));
}

void ml_finding_set_text(ml_ctx *ctx, ml_finding *finding, const char *name, ml_text value)
{
    if (!finding)
        return;
    for (int lang = 0; lang < ML_LANG_COUNT; lang++)
        finding->message.in[lang] = fill(&ctx->worker->arena, finding->message.in[lang], name, value.in[lang]);
}

void ml_finding_set(ml_ctx *ctx, ml_finding *finding, const char *name, ml_str value)
{
    ml_text same = {
        {value, value}
    };

    ml_finding_set_text(ctx, finding, name, same);
}

void ml_finding_provider(ml_ctx *ctx, ml_finding *finding, const ml_provider *provider)
{
    if (!finding || !provider)
        return;
    finding->provider = ml_arena_copy(&ctx->worker->arena, provider->id);
    ml_finding_set(ctx, finding, "provider", provider->name);
}

void ml_finding_narrow(ml_ctx *ctx, ml_finding *finding, uint32_t start, uint32_t end)
{
    if (!finding)
        return;
    finding->span = ml_lines_span(&ctx->facts->lines, start, end);
    fill_code(ctx, finding, &ctx->facts->lines);
}

void ml_finding_yield(ml_ctx *ctx, ml_finding *finding)
{
    /* The draft just made is the last one. */
    if (finding && ctx->worker->drafts.count)
        ctx->worker->drafts.items[ctx->worker->drafts.count - 1]->yields = true;
}

void ml_finding_sink(ml_ctx *ctx, ml_finding *finding, ml_str sink)
{
    if (!finding)
        return;
    finding->sink = ml_arena_copy(&ctx->worker->arena, sink);
    ml_finding_set(ctx, finding, "sink", finding->sink);
}

void ml_finding_cap(ml_ctx *ctx, ml_finding *finding, ml_level level, const char *why_en, const char *why_zh)
{
    if (!finding || finding->level <= level)
        return;
    finding->level = level;
    finding->level_reason = ml_ctx_text(ctx, why_en, why_zh);
}

void ml_finding_step(ml_ctx *ctx, ml_finding *finding, ml_place place, const char *en, const char *zh)
{
    const ml_facts *facts = finding && place.node ? ml_link_facts(ml_ctx_link(ctx), place.file) : NULL;

    if (!facts)
        return;
    ml_step step = {.path = ml_link_path(ml_ctx_link(ctx), place.file),
                    .span = ml_span_of(facts, place.node),
                    .message = ml_ctx_text(ctx, en, zh)};
    step.code = ml_arena_copy(&ctx->worker->arena,
                              ml_str_slice(ml_str_trim(ml_lines_line(&facts->lines, step.span.line)), 0, 240));
    const ml_step *last = finding->steps.count ? &finding->steps.items[finding->steps.count - 1] : NULL;
    if (last && ml_str_eq(last->path, step.path) && last->span.line == step.span.line)
        return;
    ml_vec_push(&ctx->worker->arena, &finding->steps, step);
}

void ml_ctx_check(ml_ctx *ctx, ml_section section, ml_check_state state, ml_text text, ml_str path, uint32_t line)
{
    ml_worker *worker = ctx->worker;
    ml_check check = {state, text, ml_arena_copy(&worker->arena, path), line};

    if (section == ML_SECTION_BRIDGE)
        ml_vec_push(&worker->arena, &worker->bridge, check);
    else
        ml_vec_push(&worker->arena, &worker->schema, check);
}
