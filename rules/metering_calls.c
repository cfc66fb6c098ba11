/* metering_calls.c - purchases and records by their calls; see metering_calls.h. */
#include "metering_calls.h"

#include "ml/vec.h"

/* ---- what a call is ---- */

ml_str rule_last_name(ml_str callee)
{
    size_t dot = ml_str_rfind_char(callee, '.');
    return dot == ML_NOT_FOUND ? callee : ml_str_from(callee, dot + 1);
}

bool rule_contains_any(ml_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ml_str_find_nocase(text, ml_str_of(words[i])) != ML_NOT_FOUND)
            return true;
    return false;
}

static bool ends_with_path(ml_str callee, ml_str sink)
{
    return ml_str_ends(callee, sink) && (callee.len == sink.len || callee.data[callee.len - sink.len - 1] == '.');
}

bool rule_begins_with_any(ml_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ml_str_eq_nocase(ml_str_slice(text, 0, strlen(words[i])), ml_str_of(words[i])))
            return true;
    return false;
}

/* A configured sink, or a call whose name says that usage, a bill or money is written down. */
static bool is_sink(const ml_config *config, ml_str callee)
{
    static const char *const things[] = {"usage",  "billing", "meter", "charge", "ledger",
                                         "outbox", "cost",    "quota", "credit"};
    static const char *const verbs[] = {"record",  "track",    "log",    "save",    "report", "create",  "add",
                                        "write",   "insert",   "emit",   "publish", "push",   "enqueue", "send",
                                        "charge",  "bill",     "settle", "persist", "store",  "upsert",  "meter",
                                        "capture", "incr",     "deduct", "consume", "update", "bulk",    "commit",
                                        "post",    "register", "handle", "on"};

    for (uint32_t i = 0; i < config->bridge.sinks.count; i++)
        if (ends_with_path(callee, config->bridge.sinks.items[i]))
            return true;
    return rule_contains_any(callee, things, RULE_COUNT(things)) &&
           rule_begins_with_any(rule_last_name(callee), verbs, RULE_COUNT(verbs));
}

/* events.emit("ai.usage", …), db.query("INSERT INTO ai_model_usage …"): what is written down stands in a text. */
static bool is_sink_by_text(const ml_facts *facts, ml_node_id call, ml_str callee)
{
    static const char *const things[] = {"usage", "billing", "ledger", "metering"};
    static const char *const verbs[] = {"emit", "publish",  "add",     "send",   "push",  "enqueue", "query", "execute",
                                        "raw",  "dispatch", "produce", "insert", "write", "run",     "exec"};

    if (!rule_begins_with_any(rule_last_name(callee), verbs, RULE_COUNT(verbs)))
        return false;
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg)) {
        ml_node_kind kind = ml_kind_of(facts, arg);
        if ((kind == ML_NODE_STRING || kind == ML_NODE_TEMPLATE) &&
            rule_contains_any(ml_source_of(facts, arg), things, RULE_COUNT(things)))
            return true;
    }
    return false;
}

/* client.chat.completions.create of an SDK's client. */
static bool is_billable_sdk_call(ml_ctx *ctx, const ml_value *callee)
{
    /* clang-format off */
    static const char *const verbs[] = {
        "create", "generate", "generateContent", "generateContentStream", "generateImages", "stream", "invoke", "send",
        "run", "predict", "embed", "edit", "complete", "chat", "parse", "convert", "synthesize", "textToSpeech",
        "subscribe", "call"};
    /* clang-format on */
    static const char *const free_of_charge[] = {"models",     "files",        "uploads",     "moderations",
                                                 "fineTuning", "vectorStores", "batches.list"};

    if (callee->kind != ML_V_EXTERNAL || !callee->is_new)
        return false;
    ml_package_match match = ml_catalog_match_package(ml_ctx_catalog(ctx), callee->text);
    if (!match.provider || rule_contains_any(callee->name, free_of_charge, RULE_COUNT(free_of_charge)))
        return false;
    ml_str verb = rule_last_name(callee->name);
    for (size_t i = 0; i < RULE_COUNT(verbs); i++)
        if (ml_str_eq_c(verb, verbs[i]))
            return true;
    return false;
}

static bool is_post(ml_ctx *ctx, ml_file_id file, ml_node_id call, ml_str callee)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_str verb = rule_last_name(callee);

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

/* /audio/speech, :generateContent, /text2video and /image-to-video, but not /vod/add-audio. */
static bool has_part(ml_str path, ml_str word)
{
    for (size_t at = 0; at < path.len;) {
        size_t found = ml_str_find_nocase(ml_str_from(path, at), word);
        if (found == ML_NOT_FOUND)
            return false;
        at += found;
        ml_str before = ml_str_slice(path, 0, at);
        char last = at ? path.data[at - 1] : '/';
        if (last == '/' || last == ':' || last == '2' || ml_str_ends(before, ML_STR("to-")) ||
            ml_str_ends(before, ML_STR("to_")))
            return true;
        at += word.len;
    }
    return false;
}

static bool is_billable_path(ml_str path)
{
    static const char *const words[] = {"completions",     "generations", "images",     "audio",
                                        "speech",          "video",       "embeddings", "messages",
                                        "generatecontent", "tts",         "responses",  "transcriptions"};
    for (size_t i = 0; i < RULE_COUNT(words); i++)
        if (has_part(path, ml_str_of(words[i])))
            return true;
    return false;
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

bool rule_is_billable(ml_ctx *ctx, ml_file_id file, ml_node_id call)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    ml_values values = callee ? ml_eval_node(ml_ctx_eval(ctx), file, callee) : (ml_values){NULL, 0};

    for (uint32_t i = 0; i < values.count; i++)
        if (is_billable_sdk_call(ctx, &values.items[i]))
            return true;
    return is_billable_request(ctx, file, call);
}

/* ---- names ---- */

static ml_str squeezed(ml_arena *arena, ml_str text)
{
    char *out = ml_arena_bytes(arena, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len && len < 200; i++)
        if ((unsigned char)text.data[i] > ' ' && text.data[i] != '?' && text.data[i] != '!')
            out[len++] = text.data[i];
    return (ml_str){out, len};
}

bool rule_is_any(ml_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ml_str_eq_nocase(text, ml_str_of(words[i])))
            return true;
    return false;
}

ml_str rule_callee_text(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);

    return callee ? squeezed(ml_eval_arena(ml_ctx_eval(ctx)), ml_source_of(facts, callee)) : ML_STR_NONE;
}

bool rule_is_sink(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    if (ml_kind_of(facts, call) != ML_NODE_CALL || !ml_child(facts, call, ML_ROLE_CALLEE))
        return false;
    ml_str written = rule_callee_text(ctx, facts, call);
    return is_sink(ml_ctx_config(ctx), written) || is_sink_by_text(facts, call, written);
}

/* recordUsage of './telemetry/usage': a counter for the operator, no record of the user's. */
static bool is_of_telemetry(const ml_facts *facts, ml_node_id call)
{
    static const char *const words[] = {"telemetry", "analytics", "/metrics", "posthog", "sentry"};
    ml_node_id node = ml_child(facts, call, ML_ROLE_CALLEE);

    while (ml_kind_of(facts, node) == ML_NODE_MEMBER)
        node = ml_child(facts, node, ML_ROLE_OBJECT);
    const ml_binding *b = &facts->bindings[ml_node_at(facts, node)->ref];
    return ml_kind_of(facts, node) == ML_NODE_IDENT && ml_node_at(facts, node)->ref && b->kind == ML_BIND_IMPORT &&
           rule_contains_any(facts->imports[b->index].specifier, words, RULE_COUNT(words));
}

bool rule_is_record(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    static const char *const verbs[] = {"record", "track", "save",  "create",  "add", "insert",
                                        "upsert", "write", "store", "persist", "log"};
    static const char *const things[] = {"usage", "bill", "metering"};
    static const char *const others[] = {"outbox", "queue", "price", "summary", "config", "type"};
    ml_str written = rule_callee_text(ctx, facts, call);
    const ml_strs *sinks = &ml_ctx_config(ctx)->bridge.sinks;

    if (ml_kind_of(facts, call) != ML_NODE_CALL || is_of_telemetry(facts, call))
        return false;
    for (uint32_t i = 0; i < sinks->count; i++)
        if (ends_with_path(written, sinks->items[i]))
            return true;
    return rule_contains_any(written, things, RULE_COUNT(things)) &&
           !rule_contains_any(written, others, RULE_COUNT(others)) &&
           rule_begins_with_any(rule_last_name(written), verbs, RULE_COUNT(verbs));
}

/* ---- purchases by name ---- */

static bool is_sdk_method(ml_str callee)
{
    /* clang-format off */
    static const char *const ends[] = {
        ".chat.completions.create", ".completions.create", ".responses.create", ".messages.create", ".messages.stream",
        ".chat.completions.stream", ".embeddings.create", ".images.generate", ".images.edit", ".audio.speech.create",
        ".audio.transcriptions.create", ".audio.translations.create", ".generateContent", ".generateContentStream"};
    /* clang-format on */

    for (size_t i = 0; i < RULE_COUNT(ends); i++)
        if (ml_str_ends(callee, ml_str_of(ends[i])))
            return true;
    return false;
}

static bool is_ai_package_call(const ml_facts *facts, ml_node_id call)
{
    /* clang-format off */
    static const char *const names[] = {
        "streamText", "generateText", "generateObject", "streamObject", "embed", "embedMany", "generateImage",
        "experimental_generateImage", "experimental_generateSpeech", "experimental_transcribe"};
    /* clang-format on */
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);

    if (!callee || ml_kind_of(facts, callee) != ML_NODE_IDENT || !ml_node_at(facts, callee)->ref)
        return false;
    const ml_binding *binding = &facts->bindings[ml_node_at(facts, callee)->ref];
    return binding->kind == ML_BIND_IMPORT && ml_str_eq_c(facts->imports[binding->index].specifier, "ai") &&
           rule_is_any(facts->imports[binding->index].name, names, RULE_COUNT(names));
}

/* provider.chat(params) where the client's module is not at hand. */
static bool is_named_client(ml_ctx *ctx, ml_file_id file, ml_node_id call, ml_str callee)
{
    static const char *const holders[] = {"provider", "client",   "llm",    "openai", "anthropic",
                                          "claude",   "gemini",   "doubao", "qwen",   "dashscope",
                                          "deepseek", "upstream", "vendor", "ark",    "zhipu"};
    static const char *const verbs[] = {
        "chat",          "complete",    "completion",  "chatCompletion", "createChatCompletion", "speech",
        "synthesize",    "tts",         "image",       "images",         "generateImage",        "video",
        "generateVideo", "embed",       "embedding",   "embeddings",     "createEmbedding",      "transcribe",
        "generate",      "stream",      "streamChat",  "chatStream",     "generateText",         "draw",
        "paint",         "createImage", "createSpeech"};
    size_t dot = ml_str_rfind_char(callee, '.');
    ml_place callees[1];

    if (dot == ML_NOT_FOUND || !ml_link_in_bridge(ml_ctx_link(ctx), file))
        return false;
    return rule_contains_any(rule_last_name(ml_str_slice(callee, 0, dot)), holders, RULE_COUNT(holders)) &&
           rule_is_any(rule_last_name(callee), verbs, RULE_COUNT(verbs)) &&
           !ml_eval_callees(ml_ctx_eval(ctx), file, call, callees, 1);
}

/* fetch(this.url, { method: 'POST' }) in the bridge: nobody else is called from there. */
static bool is_unknown_post(ml_ctx *ctx, ml_file_id file, ml_node_id call)
{
    static const char *const names[] = {"url", "endpoint", "base"};
    static const char *const others[] = {"hook",    "callback", "notify",  "metric", "log",
                                         "storage", "upload",   "billing", "usage"};
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG);

    if (!arg || !ml_link_in_bridge(ml_ctx_link(ctx), file) ||
        !rule_contains_any(ml_source_of(facts, arg), names, RULE_COUNT(names)) ||
        rule_contains_any(ml_source_of(facts, arg), others, RULE_COUNT(others)))
        return false;
    ml_requests requests = ml_eval_requests(ml_ctx_eval(ctx), file, call);
    for (uint32_t i = 0; i < requests.count; i++) {
        if (requests.items[i].wrapped || !is_post(ctx, file, call, requests.items[i].callee))
            continue;
        ml_targets targets = ml_ctx_targets(ctx, requests.items[i].urls);
        for (uint32_t k = 0; k < targets.count; k++)
            if (targets.items[k].kind == ML_TARGET_UNKNOWN && !targets.items[k].url.path.len)
                return true;
    }
    return false;
}

bool rule_is_purchase(ml_ctx *ctx, ml_file_id file, ml_node_id call)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_str callee = rule_callee_text(ctx, facts, call);

    if (ml_kind_of(facts, call) != ML_NODE_CALL)
        return false;
    return is_sdk_method(callee) || is_ai_package_call(facts, call) || rule_is_billable(ctx, file, call) ||
           is_named_client(ctx, file, call, callee) || is_unknown_post(ctx, file, call);
}

bool rule_submits_job(ml_ctx *ctx, ml_file_id file, ml_node_id call)
{
    static const char *const words[] = {"/tasks", "/jobs", "/predictions", "/batches", "async", "/submit", "submit("};
    static const char *const callees[] = {"submit", "predictions.create", "batches", "video", "enqueue"};
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_requests requests = ml_eval_requests(ml_ctx_eval(ctx), file, call);

    for (uint32_t i = 0; i < requests.count; i++) {
        ml_targets targets = ml_ctx_targets(ctx, requests.items[i].urls);
        for (uint32_t k = 0; k < targets.count; k++)
            if (rule_contains_any(targets.items[k].url.path, words, RULE_COUNT(words)))
                return true;
    }
    ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG);
    return rule_contains_any(rule_callee_text(ctx, facts, call), callees, RULE_COUNT(callees)) ||
           (arg && ml_kind_of(facts, arg) != ML_NODE_OBJECT &&
            rule_contains_any(ml_source_of(facts, arg), words, RULE_COUNT(words)));
}

/* ---- what a function reaches ---- */

void rule_reach_add(rule_reach *r, ml_place function)
{
    for (uint32_t i = 0; i < r->count; i++)
        if (r->functions[i].file == function.file && r->functions[i].node == function.node)
            return;
    if (r->count < RULE_REACH_MAX)
        r->functions[r->count++] = function;
    else
        r->open = true;
}

static void look_at_call(ml_ctx *ctx, rule_reach *r, ml_file_id file, ml_node_id call)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_place callees[RULE_CALLEES_MAX];

    if (rule_is_sink(ctx, facts, call)) {
        r->records = true;
        return;
    }
    if (!r->purchase.node && rule_is_billable(ctx, file, call))
        r->purchase = (ml_place){file, call};
    uint32_t count = ml_eval_callees(ml_ctx_eval(ctx), file, call, callees, RULE_CALLEES_MAX);
    for (uint32_t i = 0; i < count; i++)
        rule_reach_add(r, callees[i]);
}

static void look_below(ml_ctx *ctx, rule_reach *r, ml_place root, bool to_the_end)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), root.file);
    uint32_t end = ml_node_at(facts, root.node)->end;

    for (uint32_t i = 0; i < facts->call_count && (to_the_end || !r->records); i++) {
        ml_node_id call = facts->calls[i];
        if (call < root.node)
            continue;
        if (ml_node_at(facts, call)->start >= end)
            break;
        look_at_call(ctx, r, root.file, call);
    }
}

void rule_reach_follow(ml_ctx *ctx, rule_reach *r)
{
    for (uint32_t i = 0; i < r->count && !r->records; i++)
        look_below(ctx, r, r->functions[i], false);
}

void rule_reach_all(ml_ctx *ctx, rule_reach *r)
{
    for (uint32_t i = 0; i < r->count; i++)
        look_below(ctx, r, r->functions[i], true);
}

bool rule_reaches_sink(ml_ctx *ctx, ml_file_id file, ml_node_id root)
{
    rule_reach *r = ML_NEW(ml_eval_arena(ml_ctx_eval(ctx)), rule_reach);

    look_below(ctx, r, (ml_place){file, root}, false);
    rule_reach_follow(ctx, r);
    return r->records;
}

/* ---- classes and files ---- */

bool rule_has_metering_decorator(const ml_facts *facts, ml_node_id node)
{
    static const char *const words[] = {"usage", "billing", "meter", "charge", "bill"};

    for (ml_node_id d = ml_child(facts, node, ML_ROLE_DECORATOR); d; d = ml_next_child(facts, d))
        if (rule_contains_any(ml_source_of(facts, d), words, RULE_COUNT(words)))
            return true;
    return false;
}

bool rule_is_bridge_class(const ml_ctx *ctx, const ml_class *class_facts)
{
    const ml_strs *classes = &ml_ctx_config(ctx)->bridge.classes;

    for (uint32_t i = 0; i < classes->count; i++)
        if (ml_str_eq(classes->items[i], class_facts->name))
            return true;
    return false;
}

/* A function given to a call outside of the class's methods: it runs whenever the client does. */
static bool is_hook(const ml_facts *facts, uint32_t class_index, ml_node_id function)
{
    ml_node_id parent = ml_node_at(facts, function)->parent;
    uint32_t around = ml_function_around(facts, parent);
    bool set_up = !around || facts->functions[around].node ==
                                 ml_child(facts, facts->classes[class_index].constructor, ML_ROLE_VALUE);
    bool in_class = ml_is_within(facts, function, facts->classes[class_index].node);

    if (!set_up || (ml_kind_of(facts, parent) != ML_NODE_CALL && ml_kind_of(facts, parent) != ML_NODE_PROPERTY))
        return false;
    return in_class || rule_contains_any(ml_source_of(facts, parent), (const char *const[]){"interceptors"}, 1);
}

bool rule_is_recorded_by_hook(ml_ctx *ctx, uint32_t class_index)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    for (uint32_t f = 1; f < facts->function_count; f++)
        if (is_hook(facts, class_index, facts->functions[f].node) &&
            rule_reaches_sink(ctx, ml_ctx_file(ctx), facts->functions[f].node))
            return true;
    return false;
}

bool rule_is_metering_file(ml_ctx *ctx)
{
    return ml_ctx_in_bridge(ctx) || ml_ctx_names_sink(ctx);
}
