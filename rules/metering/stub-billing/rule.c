/* metering/stub-billing - a billing service that stores nothing.
 *
 * Reports  a creator of bills or usage records (createBillingRecord, recordUsage…) whose body
 *          calls nothing but clocks, ids and logs, assigns nothing, and answers made-up data.
 * Silent   for abstract methods and interfaces, for code that throws (not implemented), in
 *          tests and mocks (NoopRecorder), for helpers inside a function, for what repeats
 *          its parameters, for anything that calls or keeps something, and for what is given
 *          nothing that it could record (an empty accumulator). */
#include "metering_fields.h"

static bool is_creator(ml_str name)
{
    static const char *const verbs[] = {"create", "record", "save", "add", "insert", "store", "write"};
    static const char *const things[] = {"bill", "usage"};
    static const char *const others[] = {"service", "controller", "router", "app",   "model",
                                         "schema",  "table",      "config", "price", "view"};

    return rule_begins_with_any(name, verbs, RULE_COUNT(verbs)) &&
           rule_contains_any(name, things, RULE_COUNT(things)) && !rule_contains_any(name, others, RULE_COUNT(others));
}

/* A call that leaves nothing behind. */
static bool is_inert(ml_str callee)
{
    /* clang-format off */
    static const char *const names[] = {
        "Date.now", "Math.random", "Math.floor", "Math.round", "Math.ceil", "randomUUID", "crypto.randomUUID", "uuid",
        "uuidv4", "uuid.v4", "nanoid", "ulid", "String", "Number", "Promise.resolve", "setTimeout", "resolve",
        "JSON.stringify", "sleep", "delay", "parseInt", "parseFloat"};
    /* clang-format on */
    static const char *const ends[] = {".toFixed",  ".toISOString", ".toString", ".slice", ".substring",   ".getTime",
                                       ".padStart", ".substr",      ".mul",      ".times", ".plus",        ".add",
                                       ".div",      ".minus",       ".toNumber", ".split", ".getFullYear", ".getMonth"};
    static const char *const makers[] = {"calc", "compute", "format", "generateId", "makeId", "cycleOf", "round"};
    static const char *const loggers[] = {"console.", "logger.", "log."};

    if (rule_is_any(callee, names, RULE_COUNT(names)) || rule_begins_with_any(callee, loggers, RULE_COUNT(loggers)) ||
        ml_str_contains(callee, ML_STR("logger.")))
        return true;
    for (size_t i = 0; i < RULE_COUNT(ends); i++)
        if (ml_str_ends(callee, ml_str_of(ends[i])))
            return true;
    return rule_begins_with_any(rule_last_name(callee), makers, RULE_COUNT(makers));
}

/* Ids, states and amounts that come from nowhere; what only repeats its parameters may be a mapper. */
static bool is_made_up(const ml_facts *facts, ml_node_id object)
{
    for (ml_node_id m = ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        ml_node_id value = ml_kind_of(facts, m) == ML_NODE_PROPERTY ? ml_child(facts, m, ML_ROLE_VALUE) : 0;
        ml_node_kind kind = value ? ml_kind_of(facts, value) : ML_NODE_NONE;
        if (kind == ML_NODE_STRING || kind == ML_NODE_NUMBER || kind == ML_NODE_TRUE || kind == ML_NODE_TEMPLATE ||
            kind == ML_NODE_CALL)
            return true;
    }
    return false;
}

/* NoopRecorder says what it is. */
static bool is_named_so(const ml_facts *facts, ml_node_id node)
{
    static const char *const words[] = {"noop", "null", "mock", "fake", "stub", "dummy", "disabled"};
    uint32_t c = ml_class_around(facts, node);

    return c && rule_contains_any(facts->classes[c].name, words, RULE_COUNT(words));
}

static bool is_stub(ml_ctx *ctx, ml_node_id function)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id body = ml_child(facts, function, ML_ROLE_BODY);
    bool answers = false;

    if (!body || !ml_child(facts, function, ML_ROLE_PARAM))
        return false;
    for (ml_node_id n = body; n; n = ml_walk(facts, body, n)) {
        switch (ml_kind_of(facts, n)) {
        case ML_NODE_THROW:
        case ML_NODE_ASSIGN:
        case ML_NODE_UPDATE:
        case ML_NODE_TAGGED:
        case ML_NODE_YIELD: return false;
        case ML_NODE_NEW: {
            ml_str callee = rule_callee_text(ctx, facts, n);
            if (!ml_str_eq_c(callee, "Date") && !ml_str_eq_c(callee, "Promise") &&
                ml_str_find_nocase(callee, ML_STR("Decimal")) == ML_NOT_FOUND)
                return false;
            break;
        }
        case ML_NODE_CALL:
            if (!is_inert(rule_callee_text(ctx, facts, n)))
                return false;
            break;
        case ML_NODE_OBJECT: answers |= is_made_up(facts, n); break;
        default: break;
        }
    }
    /* A body that answers an object, or that is empty or only logs. */
    bool hands_back = false;
    for (ml_node_id n = body; n; n = ml_walk(facts, body, n))
        hands_back |= ml_kind_of(facts, n) == ML_NODE_RETURN && ml_child(facts, n, ML_ROLE_VALUE);
    return answers || (!hands_back && ml_kind_of(facts, body) == ML_NODE_BLOCK);
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!rule_is_metering_file(ctx) || rule_is_test_path(facts->path))
        return;
    for (uint32_t f = 1; f < facts->function_count; f++) {
        ml_node_id function = facts->functions[f].node, member = ml_node_at(facts, function)->parent;
        ml_node_kind kind = ml_kind_of(facts, member);
        bool named = kind == ML_NODE_METHOD || kind == ML_NODE_FIELD || kind == ML_NODE_PROPERTY;
        ml_str name = named                        ? ml_text_of(facts, member)
                      : kind == ML_NODE_DECLARATOR ? ml_text_of(facts, ml_child(facts, member, ML_ROLE_TARGET))
                                                   : ml_text_of(facts, function);
        ml_eval_begin(ml_ctx_eval(ctx));
        bool is_local = !named && ml_function_around(facts, member); /* a helper of one function, no service */
        if ((ml_node_at(facts, function)->flags & ML_NF_ABSTRACT) || is_local || !is_creator(name) ||
            is_named_so(facts, function) || !is_stub(ctx, function))
            continue;
        ml_node_id at = named ? member : function;
        ml_finding *finding = ml_ctx_report(ctx, at);
        ml_finding_set(ctx, finding, "name", name);
        uint32_t start = ml_node_at(facts, at)->start;
        size_t open = ml_str_find_char(ml_str_from(facts->lines.text, start), '(');
        ml_finding_narrow(ctx, finding, start, start + (uint32_t)(open == ML_NOT_FOUND ? 1 : open));
        ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), ml_child(facts, function, ML_ROLE_BODY)},
                        "nothing in here stores anything", "其中没有任何存储操作");
    }
}

const ml_rule ml_rule_metering_stub_billing = {
    .judge_file = judge_file,
    .in_bridge = true,
};
