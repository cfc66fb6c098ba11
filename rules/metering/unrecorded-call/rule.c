/* metering/unrecorded-call - a bridge method calls a provider and records nothing.
 *
 * Reports  a public method of the bridge class that reaches a billable provider call,
 *          itself or through functions it calls, when no call of a usage or billing
 *          sink can be reached from it on any path.
 * Silent   for calls that bill nothing (listing models, files, status), for methods
 *          whose provider call cannot be seen, and where a decorator of that meaning or
 *          any call named for writing down usage, bills or money is reached. */
#include "ml/rule.h"
#include "ml/vec.h"

enum { FUNCTIONS_MAX = 64, CALLEES_MAX = 8 };

/* ---- what a call is ---- */

static ml_str last_name(ml_str callee)
{
    size_t dot = ml_str_rfind_char(callee, '.');
    return dot == ML_NOT_FOUND ? callee : ml_str_from(callee, dot + 1);
}

static bool contains_any(ml_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ml_str_find_nocase(text, ml_str_of(words[i])) != ML_NOT_FOUND)
            return true;
    return false;
}

static bool ends_with_path(ml_str callee, ml_str sink)
{
    return ml_str_ends(callee, sink) &&
           (callee.len == sink.len || callee.data[callee.len - sink.len - 1] == '.');
}

static bool begins_with_any(ml_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ml_str_eq_nocase(ml_str_slice(text, 0, strlen(words[i])), ml_str_of(words[i])))
            return true;
    return false;
}

/* A configured sink, or a call whose name says that usage, a bill or money is written down. */
static bool is_sink(const ml_config *config, ml_str callee)
{
    static const char *const things[] = {"usage", "billing", "meter", "charge", "ledger", "outbox", "cost", "quota", "credit"};
    static const char *const verbs[] = {"record", "track", "log",    "save",   "report", "create", "add",    "write",
                                        "insert", "emit",  "publish", "push",  "enqueue", "send",  "charge", "bill",
                                        "settle", "persist", "store", "upsert", "meter", "capture", "incr", "deduct",
                                        "consume", "update", "bulk", "commit", "post", "register", "handle", "on"};

    for (uint32_t i = 0; i < config->bridge.sinks.count; i++)
        if (ends_with_path(callee, config->bridge.sinks.items[i]))
            return true;
    return contains_any(callee, things, sizeof things / sizeof *things) &&
           begins_with_any(last_name(callee), verbs, sizeof verbs / sizeof *verbs);
}

/* events.emit("ai.usage", …), db.query("INSERT INTO ai_model_usage …"): what is written down stands in a text. */
static bool is_sink_by_text(const ml_facts *facts, ml_node_id call, ml_str callee)
{
    static const char *const things[] = {"usage", "billing", "ledger", "metering"};
    static const char *const verbs[] = {"emit", "publish", "add", "send", "push", "enqueue", "query", "execute", "raw",
                                        "dispatch", "produce", "insert", "write", "run", "exec"};

    if (!begins_with_any(last_name(callee), verbs, sizeof verbs / sizeof *verbs))
        return false;
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg)) {
        ml_node_kind kind = ml_kind_of(facts, arg);
        if ((kind == ML_NODE_STRING || kind == ML_NODE_TEMPLATE) &&
            contains_any(ml_source_of(facts, arg), things, sizeof things / sizeof *things))
            return true;
    }
    return false;
}

/* client.chat.completions.create of an SDK's client. */
static bool is_billable_sdk_call(ml_ctx *ctx, const ml_value *callee)
{
    static const char *const verbs[] = {"create", "generate", "generateContent", "generateContentStream", "generateImages",
                                        "stream", "invoke", "send", "run", "predict", "embed", "edit", "complete", "chat",
                                        "parse", "convert", "synthesize", "textToSpeech", "subscribe", "call"};
    static const char *const free_of_charge[] = {"models", "files", "uploads", "moderations", "fineTuning", "vectorStores", "batches.list"};

    if (callee->kind != ML_V_EXTERNAL || !callee->is_new)
        return false;
    ml_package_match match = ml_catalog_match_package(ml_ctx_catalog(ctx), callee->text);
    if (!match.provider || contains_any(callee->name, free_of_charge, sizeof free_of_charge / sizeof *free_of_charge))
        return false;
    ml_str verb = last_name(callee->name);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (ml_str_eq_c(verb, verbs[i]))
            return true;
    return false;
}

static bool is_post(ml_ctx *ctx, ml_file_id file, ml_node_id call, ml_str callee)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_str verb = last_name(callee);

    if (ml_str_eq(verb, ML_STR("post")) || ml_str_eq(verb, ML_STR("postForm")))
        return true;
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg)) {
        ml_values options = ml_eval_node(ml_ctx_eval(ctx), file, arg);
        ml_values method = ml_eval_member(ml_ctx_eval(ctx), options, ML_STR("method"));
        for (uint32_t i = 0; i < method.count; i++)
            if (method.items[i].kind == ML_V_STRING && method.items[i].piece_count == 1 &&
                ml_str_eq_nocase(method.items[i].pieces[0].text, ML_STR("post")))
                return true;
    }
    return false;
}

static bool is_billable_path(ml_str path)
{
    static const char *const words[] = {"completions", "generations", "images", "audio", "speech", "video", "embeddings",
                                        "messages", "generatecontent", "tts", "responses", "transcriptions"};
    return contains_any(path, words, sizeof words / sizeof *words);
}

static bool is_billable_request(ml_ctx *ctx, ml_file_id file, ml_node_id call)
{
    ml_requests requests = ml_eval_requests(ml_ctx_eval(ctx), file, call);

    for (uint32_t i = 0; i < requests.count; i++) {
        const ml_request *request = &requests.items[i];
        /* What a called function sends is judged inside it. */
        if (request->wrapped || !is_post(ctx, file, call, request->callee))
            continue;
        ml_targets targets = ml_ctx_targets(ctx, request->urls);
        for (uint32_t k = 0; k < targets.count; k++) {
            ml_target_kind kind = targets.items[k].kind;
            bool outside = kind == ML_TARGET_PROVIDER || kind == ML_TARGET_UNKNOWN || kind == ML_TARGET_ENV;
            if (outside && is_billable_path(targets.items[k].url.path))
                return true;
        }
    }
    return false;
}

static bool is_billable(ml_ctx *ctx, ml_file_id file, ml_node_id call)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    ml_values values = callee ? ml_eval_node(ml_ctx_eval(ctx), file, callee) : (ml_values){NULL, 0};

    for (uint32_t i = 0; i < values.count; i++)
        if (is_billable_sdk_call(ctx, &values.items[i]))
            return true;
    return is_billable_request(ctx, file, call);
}

/* ---- what a method reaches ---- */

typedef struct reach {
    ml_place functions[FUNCTIONS_MAX]; /* the method and what it calls, breadth first */
    uint32_t count;
    ml_place provider_call;            /* the first billable call */
    bool records;
    bool open;                         /* more functions than we look at */
} reach;

static void add_function(reach *r, ml_place function)
{
    for (uint32_t i = 0; i < r->count; i++)
        if (r->functions[i].file == function.file && r->functions[i].node == function.node)
            return;
    if (r->count < FUNCTIONS_MAX)
        r->functions[r->count++] = function;
    else
        r->open = true;
}

static ml_str squeezed(ml_arena *arena, ml_str text)
{
    char *out = ml_arena_bytes(arena, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len && len < 200; i++)
        if ((unsigned char)text.data[i] > ' ' && text.data[i] != '?' && text.data[i] != '!')
            out[len++] = text.data[i];
    return (ml_str){out, len};
}

static void look_at_call(ml_ctx *ctx, reach *r, ml_file_id file, ml_node_id call)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    ml_place callees[CALLEES_MAX];

    ml_str written = callee ? squeezed(ml_eval_arena(ml_ctx_eval(ctx)), ml_source_of(facts, callee)) : ML_STR_NONE;
    if (callee && ml_kind_of(facts, call) == ML_NODE_CALL &&
        (is_sink(ml_ctx_config(ctx), written) || is_sink_by_text(facts, call, written))) {
        r->records = true;
        return;
    }
    if (!r->provider_call.node && is_billable(ctx, file, call))
        r->provider_call = (ml_place){file, call};
    uint32_t count = ml_eval_callees(ml_ctx_eval(ctx), file, call, callees, CALLEES_MAX);
    for (uint32_t i = 0; i < count; i++)
        add_function(r, callees[i]);
}

static void look_at_function(ml_ctx *ctx, reach *r, ml_place function)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), function.file);
    uint32_t end = ml_node_at(facts, function.node)->end;

    for (uint32_t i = 0; i < facts->call_count && !r->records; i++) {
        ml_node_id call = facts->calls[i];
        if (call < function.node)
            continue;
        if (ml_node_at(facts, call)->start >= end)
            break;
        look_at_call(ctx, r, function.file, call);
    }
}

static void follow(ml_ctx *ctx, reach *r)
{
    for (uint32_t i = 0; i < r->count && !r->records; i++)
        look_at_function(ctx, r, r->functions[i]);
}

/* ---- methods ---- */

static bool has_metering_decorator(const ml_facts *facts, ml_node_id node)
{
    static const char *const words[] = {"usage", "billing", "meter", "charge", "bill"};

    for (ml_node_id d = ml_child(facts, node, ML_ROLE_DECORATOR); d; d = ml_next_child(facts, d))
        if (contains_any(ml_source_of(facts, d), words, sizeof words / sizeof *words))
            return true;
    return false;
}

static void say_check(ml_ctx *ctx, ml_node_id method, bool recorded)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_arena *arena = ml_ctx_arena(ctx);
    ml_str name = ml_text_of(facts, method);
    ml_text text;

    text.in[ML_LANG_EN] = ml_arena_printf(arena, recorded ? "%.*s: usage is recorded" : "%.*s: no usage record on any path",
                                          ML_STR_ARG(name));
    text.in[ML_LANG_ZH] = ml_arena_printf(arena, recorded ? "%.*s：已记录用量" : "%.*s：任何路径都没有用量记录", ML_STR_ARG(name));
    ml_ctx_check(ctx, ML_SECTION_BRIDGE, recorded ? ML_CHECK_OK : ML_CHECK_BAD, text, facts->path,
                 ml_span_of(facts, method).line);
}

static void judge_method(ml_ctx *ctx, ml_node_id method)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id function = ml_child(facts, method, ML_ROLE_VALUE);
    reach r = {.functions = {{ml_ctx_file(ctx), function}}, .count = 1};

    if (!ml_child(facts, function, ML_ROLE_BODY) || !(ml_node_at(facts, method)->flags & ML_NF_PUBLIC))
        return;
    r.records = has_metering_decorator(facts, method);
    follow(ctx, &r);
    if (r.records) {
        /* Say it of the methods callers know; a getter that mentions usage is no metering. */
        for (uint32_t i = 0; i < ml_ctx_config(ctx)->bridge.method_count; i++)
            if (ml_str_eq(ml_ctx_config(ctx)->bridge.methods[i].name, ml_text_of(facts, method)))
                say_check(ctx, method, true);
        return;
    }
    if (!r.provider_call.node || r.open)
        return;
    ml_finding *finding = ml_ctx_report(ctx, method);
    uint32_t start = ml_node_at(facts, method)->start;
    size_t open = ml_str_find_char(ml_str_from(facts->lines.text, start), '(');
    ml_finding_narrow(ctx, finding, start, start + (uint32_t)(open == ML_NOT_FOUND ? 1 : open));
    ml_finding_set(ctx, finding, "method", ml_text_of(facts, method));
    ml_finding_step(ctx, finding, r.provider_call, "the provider is called here", "在此调用服务商");
    say_check(ctx, method, false);
}

static bool is_bridge_class(const ml_ctx *ctx, const ml_class *class_facts)
{
    const ml_strs *classes = &ml_ctx_config(ctx)->bridge.classes;

    for (uint32_t i = 0; i < classes->count; i++)
        if (ml_str_eq(classes->items[i], class_facts->name))
            return true;
    return false;
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_ctx_in_bridge(ctx))
        return;
    for (uint32_t c = 1; c < facts->class_count; c++) {
        const ml_class *class_facts = &facts->classes[c];
        if (!is_bridge_class(ctx, class_facts) || has_metering_decorator(facts, class_facts->node))
            continue;
        for (ml_node_id m = ml_child(facts, class_facts->node, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m))
            if (ml_kind_of(facts, m) == ML_NODE_METHOD && m != class_facts->constructor) {
                ml_eval_begin(ml_ctx_eval(ctx)); /* a method is a question of its own */
                judge_method(ctx, m);
            }
    }
}

const ml_rule ml_rule_metering_unrecorded_call = {
    .judge_file = judge_file,
    .in_bridge = true,
};
