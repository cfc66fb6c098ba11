/* Dispatch of facts to rules, and the settling of drafts at the end. */
#include "engine_internal.h"

#include <stdlib.h>

/* ---- rules by name ---- */

const ml_rule_entry *ml_rule_find(const ml_rule_entry *rules, uint32_t count, ml_str name)
{
    for (uint32_t i = 0; i < count; i++) {
        const ml_rule_info *info = rules[i].info;
        if (ml_str_eq(info->id, name) || ml_str_eq(ml_rule_name(info), name))
            return &rules[i];
        for (size_t k = 0; k < sizeof info->catalogue_ids / sizeof *info->catalogue_ids && info->catalogue_ids[k].len;
             k++)
            if (ml_str_eq(info->catalogue_ids[k], name))
                return &rules[i];
    }
    return NULL;
}

/* A family and a star, or a star alone, stand for every rule they match. */
static bool is_pattern(ml_str rule)
{
    return rule.len && rule.data[rule.len - 1] == '*';
}

static bool set_matching(ml_engine *engine, const ml_rule_setting *setting)
{
    ml_str prefix = ml_str_slice(setting->rule, 0, setting->rule.len - 1);
    bool any = false;

    if (prefix.len && prefix.data[prefix.len - 1] != '/')
        return false;
    for (uint32_t i = 0; i < engine->options.rule_count; i++) {
        if (!ml_str_starts(engine->options.rules[i].info->id, prefix))
            continue;
        engine->states[i].off = setting->off;
        engine->states[i].level = setting->level;
        any = true;
    }
    return any;
}

static bool set_one(ml_engine *engine, const ml_rule_setting *setting)
{
    const ml_rule_entry *entry = ml_rule_find(engine->options.rules, engine->options.rule_count, setting->rule);

    if (!entry)
        return false;
    ml_rule_state *state = &engine->states[entry - engine->options.rules];
    state->off = setting->off;
    state->level = setting->level;
    return true;
}

/* Rules of billing practice wait for a project that says it keeps bills. */
static bool is_on_for(const ml_rule_info *rule, const ml_config *config)
{
    return rule->on || (config->describes_billing && ml_str_eq_c(ml_rule_family(rule), "practice"));
}

/* Patterns first, so that a rule named by itself has the last word wherever it stands. */
static ml_status read_settings(ml_engine *engine, ml_error *error)
{
    const ml_config *config = engine->options.config;

    for (uint32_t i = 0; i < engine->options.rule_count; i++)
        engine->states[i].off = !is_on_for(engine->options.rules[i].info, config);
    for (int patterns = 1; patterns >= 0; patterns--)
        for (uint32_t i = 0; i < config->rule_count; i++) {
            const ml_rule_setting *setting = &config->rules[i];
            if (is_pattern(setting->rule) != patterns)
                continue;
            if (!(patterns ? set_matching(engine, setting) : set_one(engine, setting)))
                return ml_fail(error, ML_EVALUE, ml_arena_cstr(engine->run, config->path), setting->line,
                               "there is no rule \"%.*s\"; `meterlint rules` lists them", ML_STR_ARG(setting->rule));
        }
    return ML_OK;
}

ml_status ml_engine_new(ml_engine **out, ml_arena *run, const ml_link *link, const ml_engine_options *options,
                        ml_error *error)
{
    ml_engine *engine = ML_NEW(run, ml_engine);

    engine->run = run;
    engine->link = link;
    engine->options = *options;
    engine->states = ML_NEW_ARRAY(run, ml_rule_state, options->rule_count);
    ml_status status = read_settings(engine, error);
    if (status != ML_OK)
        return status;
    ml_engine_read_needs(engine);
    *out = engine;
    return ML_OK;
}

bool ml_engine_rule_is_on(const ml_engine *engine, uint32_t rule)
{
    return !engine->states[rule].off;
}

ml_worker *ml_worker_new(const ml_engine *engine)
{
    ml_worker *worker = ml_xmalloc(sizeof *worker);

    *worker = (ml_worker){.engine = engine, .eval = ml_eval_new(engine->link, engine->options.eval)};
    return worker;
}

void ml_worker_free(ml_worker *worker)
{
    if (!worker)
        return;
    ml_eval_free(worker->eval);
    ml_buf_finish(&worker->hashes.hashes);
    ml_arena_finish(&worker->arena);
    free(worker);
}

void ml_worker_forget_text(ml_worker *worker)
{
    ml_buf_clear(&worker->hashes.hashes);
}

ml_eval *ml_worker_eval(const ml_worker *worker)
{
    return worker->eval;
}

/* ---- one file ---- */

typedef struct visit {
    ml_worker *worker;
    ml_file_id file;
    const ml_facts *facts;
    bool in_bridge;
    unsigned what;       /* ML_JUDGE_… */
    ml_trigger_bits met; /* of what rules need */
} visit;

static ml_ctx ctx_for(const visit *v, uint32_t rule)
{
    return (ml_ctx){.worker = v->worker, .file = v->file, .facts = v->facts, .rule = rule};
}

/* Runs the statement for every rule that wants this file and has the function. */
#define FOR_RULES(v, function, call)                                                                                   \
    for (uint32_t r = 0; r < (v)->worker->engine->options.rule_count; r++) {                                           \
        const ml_rule *rule = (v)->worker->engine->options.rules[r].rule;                                              \
        if (!rule->function || (v)->worker->engine->states[r].off || ((v)->in_bridge && !rule->in_bridge) ||           \
            !ml_engine_asks_about((v)->worker->engine, r, (v)->met))                                                   \
            continue;                                                                                                  \
        ml_ctx ctx = ctx_for(v, r);                                                                                    \
        call;                                                                                                          \
    }

static void judge_requests(const visit *v, ml_node_id call)
{
    ml_eval *eval = v->worker->eval;
    ml_requests requests = ml_eval_requests(eval, v->file, call);

    for (uint32_t i = 0; i < requests.count; i++) {
        ml_ctx any = ctx_for(v, 0);
        ml_targets targets = ml_ctx_targets(&any, requests.items[i].urls);
        ml_targets alone = ml_ctx_targets(&any, requests.items[i].urls_alone);
        FOR_RULES(v, judge_request, rule->judge_request(&ctx, call, &requests.items[i], &targets, &alone))
    }
}

static void note_cut(const visit *v, ml_node_id call)
{
    ml_problem problem = {.kind = ML_PROBLEM_UNANALYSED, .path = ml_link_path(v->worker->engine->link, v->file)};
    ml_ctx ctx = ctx_for(v, 0);

    problem.line = ml_span_of(v->facts, call).line;
    problem.reason = ml_ctx_text(&ctx, "evaluation budget ran out for this call; it is not fully analysed",
                                 "求值预算用尽，此调用未被完整分析");
    ml_vec_push(&v->worker->arena, &v->worker->problems, problem);
}

static void judge_calls(const visit *v)
{
    for (uint32_t i = 0; i < v->facts->call_count; i++) {
        ml_node_id call = v->facts->calls[i];
        ml_eval_begin(v->worker->eval);
        if (v->what & ML_JUDGE_REQUESTS)
            judge_requests(v, call);
        if (v->what & ML_JUDGE_REST)
            FOR_RULES(v, judge_call, rule->judge_call(&ctx, call))
        if (ml_eval_was_cut(v->worker->eval) && !(v->what & ML_JUDGE_QUIETLY))
            note_cut(v, call);
    }
}

/* A text that is not part of a larger one: rules see a sum or template whole. */
static bool is_whole_text(const ml_facts *facts, ml_node_id id)
{
    const ml_node *node = ml_node_at(facts, id);
    const ml_node *parent = ml_node_at(facts, node->parent);

    if (node->kind == ML_NODE_BINARY ? node->op != ML_OP_ADD
                                     : node->kind != ML_NODE_STRING && node->kind != ML_NODE_TEMPLATE)
        return false;
    if (parent->kind == ML_NODE_TEMPLATE)
        return false;
    return parent->kind != ML_NODE_BINARY || parent->op != ML_OP_ADD;
}

static void judge_texts(const visit *v)
{
    for (ml_node_id node = 1; node < v->facts->node_count; node++) {
        if (!is_whole_text(v->facts, node))
            continue;
        ml_eval_begin(v->worker->eval);
        FOR_RULES(v, judge_text, rule->judge_text(&ctx, node))
    }
}

static void judge_modules(const visit *v)
{
    for (uint32_t i = 0; i < v->facts->import_count; i++) {
        ml_eval_begin(v->worker->eval);
        FOR_RULES(v, judge_import, rule->judge_import(&ctx, &v->facts->imports[i], i))
    }
    for (uint32_t i = 0; i < v->facts->export_count; i++) {
        if (!v->facts->exports[i].specifier.len)
            continue;
        ml_eval_begin(v->worker->eval);
        FOR_RULES(v, judge_export, rule->judge_export(&ctx, &v->facts->exports[i]))
    }
}

void ml_worker_judge(ml_worker *worker, ml_file_id file, unsigned what)
{
    const ml_link *link = worker->engine->link;
    visit v = {worker, file, ml_link_facts(link, file), ml_link_in_bridge(link, file), what, 0};

    if (!v.facts)
        return;
    v.met = ml_engine_needs_met(worker->engine, v.facts->path, v.facts->lines.text);
    if (what & ML_JUDGE_REST) {
        ml_suppressions_of(worker, file);
        ml_eval_begin(worker->eval);
        FOR_RULES(&v, judge_file, rule->judge_file(&ctx))
        judge_modules(&v);
    }
    judge_calls(&v);
    if (what & ML_JUDGE_REST)
        judge_texts(&v);
}

void ml_worker_judge_project(ml_worker *worker, const ml_tables *tables)
{
    visit v = {.worker = worker, .met = UINT32_MAX};

    ml_eval_begin(worker->eval);
    FOR_RULES(&v, judge_project, rule->judge_project(&ctx, tables))
}

/* ---- settling ---- */

static void lower_for_tests(const ml_engine *engine, ml_draft *draft)
{
    const ml_link_host *host = ml_link_host_of(engine->link);

    if (!engine->options.config->tests_lower || !draft->file || !host->files[draft->file - 1].is_test)
        return;
    ml_level lower = ml_level_lower(draft->finding.level);
    if (lower == draft->finding.level)
        return;
    draft->finding.level = lower;
    draft->finding.level_reason = (ml_text){
        {ML_STR("in a test, so one level lower"), ML_STR("位于测试代码，降低一级")}
    };
}

static bool silence(const ml_engine *engine, ml_suppressions *all, const ml_draft *draft)
{
    bool silenced = false;

    for (uint32_t i = 0; i < all->count; i++) {
        ml_suppression *s = &all->items[i];
        if (s->file != draft->file || !draft->file ||
            !ml_suppression_covers(engine, s, draft->finding.rule, draft->finding.span.line))
            continue;
        s->used = true;
        silenced |= !s->expired;
    }
    return silenced;
}

static void say_about(const ml_engine *engine, ml_findings *out, ml_worker *worker, const ml_suppression *s,
                      const char *rule_id)
{
    const ml_rule_entry *entry = ml_rule_find(engine->options.rules, engine->options.rule_count, ml_str_of(rule_id));
    const ml_facts *facts = ml_link_facts(engine->link, s->file);

    if (!entry || !facts || engine->states[entry - engine->options.rules].off)
        return;
    const ml_rule_state *state = &engine->states[entry - engine->options.rules];
    ml_finding finding = {.rule = entry->info,
                          .level = state->level ? state->level : entry->info->level,
                          .message = entry->info->message,
                          .path = ml_link_path(engine->link, s->file),
                          .span = s->span};
    ml_ctx ctx = {.worker = worker, .file = s->file, .facts = facts};
    finding.code = ml_lines_code(&worker->arena, &worker->hashes, &facts->lines, s->span);
    ml_finding_set(&ctx, &finding, "rules", s->rules.len ? s->rules : ML_STR("-"));
    ml_finding_set(&ctx, &finding, "until", s->until);
    ml_vec_push(engine->run, out, finding);
}

static bool names_unknown_rule(const ml_engine *engine, const ml_suppression *s)
{
    ml_str rest = s->rules;
    bool any = false;

    while (rest.len) {
        ml_str name = ml_str_trim(ml_str_split(&rest, ','));
        any = true;
        if (!ml_rule_find(engine->options.rules, engine->options.rule_count, name))
            return true;
    }
    return !any;
}

/* Suppressions that are no good are findings of their own. */
static void judge_suppressions(const ml_engine *engine, ml_worker *worker, ml_suppressions *all, ml_findings *out)
{
    for (uint32_t i = 0; i < all->count; i++) {
        const ml_suppression *s = &all->items[i];
        if (!s->known || names_unknown_rule(engine, s)) {
            say_about(engine, out, worker, s, "suppression/unknown-rule");
            continue;
        }
        if (!s->reason.len)
            say_about(engine, out, worker, s, "suppression/no-reason");
        if (s->expired)
            say_about(engine, out, worker, s, "suppression/expired");
        else if (!s->used)
            say_about(engine, out, worker, s, "suppression/unused");
    }
}

/* Keys must not leave through code frames, whichever rule spoke. */
static void mask_keys(const ml_engine *engine, ml_finding *finding)
{
    const ml_keys *keys = engine->options.keys;

    if (!keys)
        return;
    finding->code.text = ml_keys_mask(engine->run, keys, finding->code.text);
    finding->code.line = ml_keys_mask(engine->run, keys, finding->code.line);
    for (uint32_t i = 0; i < finding->steps.count; i++)
        finding->steps.items[i].code = ml_keys_mask(engine->run, keys, finding->steps.items[i].code);
}

static int compare_checks(const void *left, const void *right)
{
    const ml_check *a = left, *b = right;
    int order = ml_str_cmp(a->path, b->path);

    if (!order)
        order = (a->line > b->line) - (a->line < b->line);
    return order ? order : ml_str_cmp(a->text.in[ML_LANG_EN], b->text.in[ML_LANG_EN]);
}

static void take_checks(ml_arena *run, ml_checks *out, const ml_checks *from)
{
    for (uint32_t i = 0; i < from->count; i++)
        ml_vec_push(run, out, from->items[i]);
}

static void sort_checks(ml_checks *checks)
{
    if (checks->count > 1)
        qsort(checks->items, checks->count, sizeof *checks->items, compare_checks);
}

static bool ends_at(const ml_finding *finding, const ml_finding *place)
{
    if (finding->steps.count < 2 || finding->rule == place->rule)
        return false;
    const ml_step *last = &finding->steps.items[finding->steps.count - 1];
    return ml_str_eq(last->path, place->path) && last->span.byte == place->span.byte;
}

/* Is another finding the way to this place? Then it says more. */
static bool has_yielded(ml_worker *const *workers, uint32_t count, const ml_draft *draft)
{
    for (uint32_t w = 0; draft->yields && w < count; w++)
        for (uint32_t i = 0; i < workers[w]->drafts.count; i++)
            if (ends_at(&workers[w]->drafts.items[i]->finding, &draft->finding))
                return true;
    return false;
}

/* A wrapper judged from two files can name the same inner request: said once. */
static void drop_repeats(ml_findings *findings)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < findings->count; i++) {
        if (kept && ml_finding_cmp(&findings->items[kept - 1], &findings->items[i]) == 0)
            continue;
        findings->items[kept++] = findings->items[i];
    }
    findings->count = kept;
}

void ml_engine_finish(ml_engine *engine, ml_worker *const *workers, uint32_t worker_count, ml_report *report)
{
    ml_findings silent = {0};

    for (uint32_t w = 0; w < worker_count; w++) {
        ml_worker *worker = workers[w];
        for (uint32_t i = 0; i < worker->problems.count; i++)
            ml_vec_push(engine->run, &report->problems, worker->problems.items[i]);
        take_checks(engine->run, &report->bridge, &worker->bridge);
        take_checks(engine->run, &report->schema, &worker->schema);
        for (uint32_t i = 0; i < worker->drafts.count; i++) {
            ml_draft *draft = worker->drafts.items[i];
            bool silenced = false;
            /* Facts come from the whole project, findings are wanted for what was asked for. */
            if (draft->file && !ml_link_host_of(engine->link)->files[draft->file - 1].in_scope)
                continue;
            if (has_yielded(workers, worker_count, draft))
                continue;
            lower_for_tests(engine, draft);
            for (uint32_t k = 0; k < worker_count; k++) /* a finding may stand in a file another worker read */
                silenced |= silence(engine, &workers[k]->suppressions, draft);
            if (silenced)
                ml_vec_push(engine->run, &silent, draft->finding);
            else
                ml_vec_push(engine->run, &report->findings, draft->finding);
        }
    }
    for (uint32_t w = 0; w < worker_count; w++)
        judge_suppressions(engine, workers[w], &workers[w]->suppressions, &report->findings);
    for (uint32_t i = 0; i < report->findings.count; i++)
        mask_keys(engine, &report->findings.items[i]);
    ml_findings_sort(&report->findings);
    drop_repeats(&report->findings);
    ml_findings_sort(&silent);
    drop_repeats(&silent);
    report->suppressed = silent.count;
    sort_checks(&report->bridge);
    sort_checks(&report->schema);
    const ml_rule_info **rules = ML_NEW_ARRAY(engine->run, const ml_rule_info *, engine->options.rule_count);
    for (uint32_t i = 0; i < engine->options.rule_count; i++)
        rules[i] = engine->options.rules[i].info;
    report->rules = rules;
    report->rule_count = engine->options.rule_count;
}
