/* metering_paths.c - see metering_paths.h; the statements are followed by analyzer/paths. */
#include "metering_paths.h"

enum { INFO_SLOTS = 2048, CALL_DEPTH_MAX = 5, SUMMARIES_MAX = 128 };

/* What is known of a call, asked once a method. */
typedef struct call_info {
    ml_place call;
    bool sink, buys, job, may_record;
    uint8_t callee_count;
    ml_place callees[RULE_CALLEES_MAX];
} call_info;

typedef struct knowledge {
    call_info *slots[INFO_SLOTS];
    uint32_t used;
} knowledge;

typedef struct method_state {
    rule_method method;
    knowledge *known;
} method_state;

typedef struct summary {
    ml_place function;
    ml_transfer out;
} summary;

typedef struct analysis {
    ml_ctx *ctx;
    knowledge *known;
    const rule_question *question;
    summary summaries[SUMMARIES_MAX];
    uint32_t summary_count;
    ml_place open[CALL_DEPTH_MAX + 1]; /* functions being looked at */
    uint32_t depth;
    bool unknown;
} analysis;

typedef struct view {
    analysis *a;
    ml_file_id file;
} view;

static bool same(ml_place a, ml_place b)
{
    return a.node == b.node && a.file == b.file;
}

/* ---- calls ---- */

/* A callee that is not at hand, and by its name may write something down. */
static bool may_record_by_name(ml_str callee)
{
    static const char *const words[] = {"usage",  "bill",    "meter",   "charge",     "settle", "record",
                                        "track",  "account", "ledger",  "outbox",     "audit",  "quota",
                                        "credit", "finali",  "observ",  "instrument", "report", "wrap",
                                        "tap",    "consume", "enqueue", "dispatch",   "accumul"};
    static const char *const readers[] = {"parse",  "read",     "extract", "normal", "to",       "get",   "find",
                                          "calc",   "estimate", "of",      "is",     "has",      "from",  "map",
                                          "format", "build",    "make",    "assert", "validate", "check", "count",
                                          "price",  "cost",     "log",     "debug",  "info",     "warn",  "error"};
    static const char *const loggers[] = {"console.", "logger.", "log."};

    if (rule_begins_with_any(callee, loggers, RULE_COUNT(loggers)) || ml_str_contains(callee, ML_STR("logger.")))
        return false;
    return rule_contains_any(callee, words, RULE_COUNT(words)) &&
           !rule_begins_with_any(rule_last_name(callee), readers, RULE_COUNT(readers));
}

/* onFinish: async () => record(…), flush() { record(…) }: functions in an object given to the call. */
static bool has_recording_callback(ml_ctx *ctx, ml_file_id file, ml_node_id call)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);

    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg)) {
        if (ml_kind_of(facts, arg) == ML_NODE_FUNCTION)
            continue;
        for (ml_node_id n = arg; n; n = ml_walk(facts, arg, n))
            if (ml_kind_of(facts, n) == ML_NODE_FUNCTION && rule_reaches_sink(ctx, file, n))
                return true;
        ml_values values = ml_kind_of(facts, arg) == ML_NODE_MEMBER || ml_kind_of(facts, arg) == ML_NODE_IDENT
                               ? ml_eval_node(ml_ctx_eval(ctx), file, arg)
                               : (ml_values){NULL, 0};
        for (uint32_t i = 0; i < values.count; i++)
            if (values.items[i].kind == ML_V_FUNCTION &&
                rule_reaches_sink(ctx, values.items[i].place.file, values.items[i].place.node))
                return true;
    }
    return false;
}

static void learn(ml_ctx *ctx, call_info *info)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), info->call.file);
    ml_file_id file = info->call.file;
    ml_node_id call = info->call.node;

    info->sink = rule_is_sink(ctx, facts, call);
    if (info->sink)
        return;
    if (has_recording_callback(ctx, file, call)) {
        info->may_record = true;
        return;
    }
    info->buys = rule_is_purchase(ctx, file, call);
    info->job = info->buys && rule_submits_job(ctx, file, call);
    if (info->buys)
        return;
    info->callee_count = (uint8_t)ml_eval_callees(ml_ctx_eval(ctx), file, call, info->callees, RULE_CALLEES_MAX);
    if (!info->callee_count)
        info->may_record = may_record_by_name(rule_callee_text(ctx, facts, call));
}

static const call_info *info_of(ml_ctx *ctx, knowledge *known, ml_file_id file, ml_node_id call)
{
    uint32_t slot = (call * 2654435761u + file * 40503u) % INFO_SLOTS;

    for (uint32_t i = 0; i < INFO_SLOTS; i++, slot = (slot + 1) % INFO_SLOTS) {
        call_info *info = known->slots[slot];
        if (info && info->call.node == call && info->call.file == file)
            return info;
        if (info)
            continue;
        info = ML_NEW(ml_eval_arena(ml_ctx_eval(ctx)), call_info);
        info->call = (ml_place){file, call};
        if (known->used < INFO_SLOTS / 2) { /* more calls than that are asked each time */
            known->slots[slot] = info;
            known->used++;
        }
        learn(ctx, info);
        return info;
    }
    return NULL;
}

/* ---- what the walk asks ---- */

static ml_transfer settled(void)
{
    return ml_transfer_all_to(ML_PATH_SETTLED);
}

static ml_transfer bought(bool job)
{
    ml_transfer out = ml_transfer_all_to(job ? ML_PATH_SETTLED : ML_PATH_OWING);

    for (uint32_t s = 0; s < ML_PATH_STATES; s++)
        out.to[s] |= ML_PATH_BIT(ML_PATH_THROW, ML_PATH_FAILED);
    out.to[ML_PATH_SETTLED] = ML_PATH_BIT(ML_PATH_FALL, ML_PATH_SETTLED) | ML_PATH_BIT(ML_PATH_THROW, ML_PATH_SETTLED);
    return out;
}

static ml_transfer summary_of(analysis *a, ml_place function);

static ml_transfer call_out(analysis *a, const call_info *info)
{
    ml_transfer out = ml_transfer_none();

    for (uint32_t i = 0; i < info->callee_count; i++)
        out = ml_transfer_join(out, summary_of(a, info->callees[i]));
    return out;
}

/* A name given away whose function records: it may be called whenever. */
static bool hands_out_recorder(const view *v, const ml_facts *facts, ml_node_id ident)
{
    ml_binding_id binding = ml_node_at(facts, ident)->ref;
    uint8_t role = ml_node_at(facts, ident)->role;

    if (!binding || role == ML_ROLE_TARGET || role == ML_ROLE_OBJECT)
        return false;
    ml_node_id decl = facts->bindings[binding].decl;
    ml_node_id function = decl;
    if (ml_kind_of(facts, decl) == ML_NODE_DECLARATOR)
        function = ml_child(facts, decl, ML_ROLE_VALUE);
    return function && ml_kind_of(facts, function) == ML_NODE_FUNCTION &&
           rule_reaches_sink(v->a->ctx, v->file, function);
}

static bool effect(const ml_paths *paths, ml_node_id node, ml_transfer *out)
{
    view *v = paths->data;
    analysis *a = v->a;
    const ml_facts *facts = paths->facts;

    if (ml_kind_of(facts, node) == ML_NODE_IDENT) {
        *out = settled();
        return hands_out_recorder(v, facts, node);
    }
    const call_info *info = info_of(a->ctx, a->known, v->file, node);
    if (!info)
        return false;
    if (info->sink || info->may_record)
        *out = settled();
    else if (info->buys)
        *out = bought(info->job);
    else if (info->callee_count)
        *out = call_out(a, info);
    else
        return false;
    return true;
}

static bool throws(const ml_paths *paths, ml_node_id node)
{
    const view *v = paths->data;
    ml_place asked = v->a->question->throws_at;
    bool is_throw = ml_kind_of(paths->facts, node) == ML_NODE_THROW;

    /* Unless one place is asked about, a throw statement is a throw and nothing else is. */
    return asked.node ? same(asked, (ml_place){v->file, node}) : is_throw;
}

static bool catches(const ml_paths *paths, ml_node_id node)
{
    const view *v = paths->data;
    ml_place asked = v->a->question->catch_at;

    return !asked.node || same(asked, (ml_place){v->file, node});
}

static bool leaves(const ml_paths *paths, ml_node_id node)
{
    const view *v = paths->data;
    const rule_question *q = v->a->question;

    if (v->a->depth != 1) /* only the function asked about */
        return true;
    if (q->only_falls_off)
        return node == 0;
    return !q->leaves_at.node || same(q->leaves_at, (ml_place){v->file, node});
}

static ml_str squeezed_source(ml_ctx *ctx, const ml_facts *facts, ml_node_id node)
{
    ml_str text = ml_source_of(facts, node);
    char *out = ml_arena_bytes(ml_eval_arena(ml_ctx_eval(ctx)), text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len && len < 200; i++)
        if ((unsigned char)text.data[i] > ' ')
            out[len++] = text.data[i];
    return (ml_str){out, len};
}

/* Which branch is the one of a call that did not succeed? 0: none, 1: taken, 2: not taken. */
static int failure_branch(ml_str test)
{
    static const char *const bad[] = {"error", "failed", "cached", "fromcache", "aborted", "err)", "iserr"};
    static const char *const compared[] = {"!=", ">=", ">"};

    if (ml_str_find_nocase(test, ML_STR(".ok")) != ML_NOT_FOUND)
        return ml_str_contains(test, ML_STR("!")) || ml_str_contains(test, ML_STR("false")) ? 1 : 2;
    if (ml_str_find_nocase(test, ML_STR("status")) != ML_NOT_FOUND ||
        ml_str_find_nocase(test, ML_STR("code")) != ML_NOT_FOUND) {
        if (rule_contains_any(test, compared, RULE_COUNT(compared)) || rule_contains_any(test, bad, RULE_COUNT(bad)))
            return 1;
        return 2;
    }
    if (rule_contains_any(test, bad, RULE_COUNT(bad)))
        return ml_str_starts(test, ML_STR("!")) ? 2 : 1;
    return 0;
}

/* if (!res), if (res === null): a call that gave no answer. 1: when taken, 2: when not. */
static int no_answer_branch(const ml_facts *facts, ml_node_id test)
{
    static const char *const names[] = {"res", "response", "result", "reply", "completion", "answer", "data"};
    const ml_node *n = ml_node_at(facts, test);
    bool missing = false;

    if (n->kind == ML_NODE_UNARY && n->op == ML_OP_NOT) {
        missing = true;
        test = ml_child(facts, test, ML_ROLE_VALUE);
    } else if (n->kind == ML_NODE_BINARY &&
               (n->op == ML_OP_EQ || n->op == ML_OP_SEQ || n->op == ML_OP_NE || n->op == ML_OP_SNE)) {
        ml_str right = ml_source_of(facts, ml_child(facts, test, ML_ROLE_RIGHT));
        if (!ml_str_eq_c(right, "undefined") && !ml_str_eq_c(right, "null"))
            return 0;
        missing = n->op == ML_OP_EQ || n->op == ML_OP_SEQ;
        test = ml_child(facts, test, ML_ROLE_LEFT);
    }
    if (!test || ml_kind_of(facts, test) != ML_NODE_IDENT ||
        !rule_is_any(ml_text_of(facts, test), names, RULE_COUNT(names)))
        return 0;
    return missing ? 1 : 2;
}

bool rule_tests_user(const ml_facts *facts, ml_node_id test, bool *negated)
{
    static const char *const names[] = {"userId", "user_id", "user", "uid", "customConfig", "currentUser"};

    *negated = false;
    for (int hop = 0; hop < 4 && test; hop++) {
        const ml_node *n = ml_node_at(facts, test);
        if (n->kind == ML_NODE_UNARY && n->op == ML_OP_NOT) {
            *negated = !*negated;
            test = ml_child(facts, test, ML_ROLE_VALUE);
        } else if (n->kind == ML_NODE_BINARY && (n->op == ML_OP_SNE || n->op == ML_OP_NE || n->op == ML_OP_EQ ||
                                                 n->op == ML_OP_SEQ || n->op == ML_OP_GT)) {
            if (n->op == ML_OP_EQ || n->op == ML_OP_SEQ)
                *negated = !*negated;
            ml_str right = ml_source_of(facts, ml_child(facts, test, ML_ROLE_RIGHT));
            if (!ml_str_eq_c(right, "undefined") && !ml_str_eq_c(right, "null") && !ml_str_eq_c(right, "0"))
                return false;
            test = ml_child(facts, test, ML_ROLE_LEFT);
        } else if (n->kind == ML_NODE_BINARY && n->op == ML_OP_AND) {
            bool inner;
            if (rule_tests_user(facts, ml_child(facts, test, ML_ROLE_LEFT), &inner)) {
                *negated ^= inner;
                return true;
            }
            test = ml_child(facts, test, ML_ROLE_RIGHT);
        } else {
            if (n->kind == ML_NODE_MEMBER && ml_str_starts(ml_source_of(facts, test), ML_STR("customConfig")))
                return true;
            return (n->kind == ML_NODE_IDENT || n->kind == ML_NODE_MEMBER) &&
                   rule_is_any(ml_text_of(facts, test), names, RULE_COUNT(names));
        }
    }
    return false;
}

/* Switches of the operator, not of the call: another rule's matter. */
static bool tests_a_switch(ml_str test)
{
    static const char *const words[] = {"process.env", "enable", "disable", "config.", "flag", "options.", "settings"};

    return rule_contains_any(test, words, RULE_COUNT(words));
}

static void branch(const ml_paths *paths, ml_node_id node, bool taken, ml_transfer *out)
{
    const view *v = paths->data;
    const ml_facts *facts = paths->facts;
    bool binary = ml_kind_of(facts, node) == ML_NODE_BINARY, negated;

    if (binary && ml_node_at(facts, node)->op != ML_OP_AND)
        return;
    ml_node_id test = ml_child(facts, node, binary ? ML_ROLE_LEFT : ML_ROLE_TEST);
    ml_str text = squeezed_source(v->a->ctx, facts, test);
    int failure = no_answer_branch(facts, test) ? no_answer_branch(facts, test) : failure_branch(text);
    bool user = rule_tests_user(facts, test, &negated);

    if (failure == (taken ? 1 : 2))
        out->to[ML_PATH_OWING] = ML_PATH_BIT(ML_PATH_FALL, ML_PATH_FAILED);
    else if ((user && taken == negated) || (tests_a_switch(text) && !taken) ||
             (tests_a_switch(text) && ml_str_starts(text, ML_STR("!"))))
        out->to[ML_PATH_OWING] = ML_PATH_BIT(ML_PATH_FALL, ML_PATH_SETTLED);
}

/* ---- functions ---- */

static ml_transfer run_function(analysis *a, ml_place function)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(a->ctx), function.file);
    view v = {a, function.file};
    ml_paths paths = {.facts = facts,
                      .data = &v,
                      .effect = effect,
                      .throws = throws,
                      .branch = branch,
                      .catches = catches,
                      .leaves = leaves,
                      .yields_may_end = a->question->yields_may_end,
                      .unknown = &a->unknown};

    a->open[a->depth++] = function;
    ml_transfer out = ml_kind_of(facts, function.node) == ML_NODE_FUNCTION ? ml_paths_function(&paths, function.node)
                                                                           : ml_paths_node(&paths, function.node);
    a->depth--;
    return out;
}

/* Recursion over calls, bounded by CALL_DEPTH_MAX; deeper ones count as recording. */
static ml_transfer summary_of(analysis *a, ml_place function)
{
    for (uint32_t i = 0; i < a->depth; i++)
        if (same(a->open[i], function))
            return ml_transfer_identity();
    for (uint32_t i = 0; i < a->summary_count; i++)
        if (same(a->summaries[i].function, function))
            return a->summaries[i].out;
    if (a->depth >= CALL_DEPTH_MAX)
        return settled();
    ml_transfer out = run_function(a, function);
    if (a->summary_count < SUMMARIES_MAX)
        a->summaries[a->summary_count++] = (summary){function, out};
    return out;
}

static uint32_t exits_from_clear(ml_ctx *ctx, const rule_method *method, ml_place place, const rule_question *question)
{
    const method_state *state = (const method_state *)(const void *)method;
    analysis *a = ML_NEW(ml_eval_arena(ml_ctx_eval(ctx)), analysis);

    a->ctx = ctx;
    a->known = state->known;
    a->question = question;
    ml_transfer out = run_function(a, place);
    return a->unknown || ml_eval_was_cut(ml_ctx_eval(ctx)) ? 0 : out.to[ML_PATH_CLEAR];
}

uint32_t rule_exits(ml_ctx *ctx, const rule_method *method, ml_place function, const rule_question *question)
{
    return exits_from_clear(ctx, method, function, question);
}

bool rule_leaves_owing(ml_ctx *ctx, const rule_method *method, ml_place node)
{
    rule_question all = {.only_falls_off = false};

    uint32_t exits = exits_from_clear(ctx, method, node, &all);

    return rule_exits_have(exits, ML_PATH_FALL, ML_PATH_OWING) ||
           rule_exits_have(exits, ML_PATH_RETURN, ML_PATH_OWING) ||
           rule_exits_have(exits, ML_PATH_BREAK, ML_PATH_OWING);
}

bool rule_buys(ml_ctx *ctx, const rule_method *method, ml_file_id file, ml_node_id call)
{
    const method_state *state = (const method_state *)(const void *)method;
    const call_info *info = info_of(ctx, state->known, file, call);

    return info && info->buys;
}

bool rule_may_record(ml_ctx *ctx, const rule_method *method, ml_file_id file, ml_node_id call)
{
    const method_state *state = (const method_state *)(const void *)method;
    const call_info *info = info_of(ctx, state->known, file, call);

    return info && (info->sink || info->may_record);
}

uint32_t rule_leaks(ml_ctx *ctx, const rule_method *method, ml_place function, rule_leak *out, uint32_t max)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), function.file);
    const ml_function *f = &facts->functions[ml_function_of_node(facts, function.node)];
    ml_node_id body = ml_child(facts, function.node, ML_ROLE_BODY);
    uint32_t count = 0;

    if (body && ml_kind_of(facts, body) != ML_NODE_BLOCK) {
        rule_question q = {
            .leaves_at = {function.file, body}
        };
        if (max && rule_exits_have(rule_exits(ctx, method, function, &q), ML_PATH_FALL, ML_PATH_OWING))
            out[count++] = (rule_leak){
                {function.file, body},
                function
            };
        return count;
    }
    for (uint32_t i = 0; i < f->return_count && count < max; i++) {
        ml_place at = {function.file, facts->returns[f->return_first + i]};
        rule_question q = {.leaves_at = at};
        if (rule_exits_have(rule_exits(ctx, method, function, &q), ML_PATH_FALL, ML_PATH_OWING))
            out[count++] = (rule_leak){at, function};
    }
    rule_question end = {.only_falls_off = true};
    if (count < max && rule_exits_have(rule_exits(ctx, method, function, &end), ML_PATH_FALL, ML_PATH_OWING))
        out[count++] = (rule_leak){function, function};
    return count;
}

/* ---- methods ---- */

static void visit_method(ml_ctx *ctx, uint32_t class_index, ml_node_id member, rule_visit_method visit)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id function = ml_child(facts, member, ML_ROLE_VALUE);
    ml_arena *arena;

    if (!function || ml_kind_of(facts, function) != ML_NODE_FUNCTION || !ml_child(facts, function, ML_ROLE_BODY) ||
        rule_has_metering_decorator(facts, member))
        return;
    ml_eval_begin(ml_ctx_eval(ctx)); /* a method is a question of its own */
    arena = ml_eval_arena(ml_ctx_eval(ctx));
    method_state *state = ML_NEW(arena, method_state);
    state->known = ML_NEW(arena, knowledge);
    rule_method *method = &state->method;
    *method = (rule_method){.member = member, .function = function, .class_index = class_index};
    method->reach = ML_NEW(arena, rule_reach);
    rule_reach_add(method->reach, (ml_place){ml_ctx_file(ctx), function});
    rule_reach_all(ctx, method->reach);
    method->records = method->reach->records;
    for (uint32_t i = 0; i < method->reach->count && !method->buys; i++) {
        ml_place place = method->reach->functions[i];
        const ml_facts *there = ml_link_facts(ml_ctx_link(ctx), place.file);
        for (uint32_t k = 0; k < there->call_count && !method->buys; k++)
            if (ml_is_within(there, there->calls[k], place.node) &&
                rule_buys(ctx, method, place.file, there->calls[k])) {
                method->buys = true;
                method->purchase = (ml_place){place.file, there->calls[k]};
            }
    }
    if (method->buys && !method->reach->open && !rule_is_recorded_by_hook(ctx, class_index))
        visit(ctx, method);
}

void rule_visit_methods(ml_ctx *ctx, rule_visit_method visit)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_ctx_in_bridge(ctx))
        return;
    for (uint32_t c = 1; c < facts->class_count; c++) {
        const ml_class *class_facts = &facts->classes[c];
        if (!rule_is_bridge_class(ctx, class_facts) || rule_has_metering_decorator(facts, class_facts->node))
            continue;
        for (ml_node_id m = ml_child(facts, class_facts->node, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
            ml_node_kind kind = ml_kind_of(facts, m);
            /* A field that holds a function is a method; nobody marks those private by accident. */
            if ((kind == ML_NODE_METHOD && (ml_node_at(facts, m)->flags & ML_NF_PUBLIC) &&
                 m != class_facts->constructor) ||
                kind == ML_NODE_FIELD)
                visit_method(ctx, c, m, visit);
        }
    }
}
