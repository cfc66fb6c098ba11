/* metering/unstable-key - a record whose key is missing or differs from try to try.
 *
 * Reports  a request id made of the clock or of chance in a number, or taken from the
 *          provider's answer, and a row of usage that names a user and has no key at all.
 * Silent   for a key made once before the call, for rows that spread something we cannot see, and
 *          for recorders that are handed the whole answer: its id may be their key. */
#include "metering_fields.h"
#include "metering_paths.h"

static const char *const clocks[] = {"Date.now", "Math.random", "new Date", "performance.now", "getTime"};

/* res.id of an answer: providers send it empty, twice, or not at all. */
static bool is_answer_id(ml_ctx *ctx, const ml_facts *facts, ml_node_id value)
{
    static const char *const ids[] = {"id", "request_id", "requestId"};

    static const char *const answers[] = {"res", "response", "completion", "reply", "answer"};

    if (ml_kind_of(facts, value) != ML_NODE_MEMBER || !rule_is_any(ml_text_of(facts, value), ids, RULE_COUNT(ids)))
        return false;
    ml_node_id of = ml_child(facts, value, ML_ROLE_OBJECT);
    if (ml_kind_of(facts, of) == ML_NODE_MEMBER && ml_str_eq_c(ml_text_of(facts, of), "data"))
        of = ml_child(facts, of, ML_ROLE_OBJECT);
    ml_node_id answer = rule_resolved(facts, of);
    if (ml_kind_of(facts, answer) == ML_NODE_IDENT &&
        ml_node_at(facts, answer)->ref) { /* const { data } = await …; let res */
        const ml_binding *b = &facts->bindings[ml_node_at(facts, answer)->ref];
        ml_node_id from = b->kind == ML_BIND_VAR ? ml_child(facts, b->decl, ML_ROLE_VALUE) : 0;
        if (b->kind == ML_BIND_VAR && !from)
            return ml_str_eq_c(ml_text_of(facts, value), "id") && rule_is_any(b->name, answers, RULE_COUNT(answers));
        answer = from ? rule_resolved(facts, from) : answer;
    }
    return answer && ml_kind_of(facts, answer) == ML_NODE_CALL && rule_is_purchase(ctx, ml_ctx_file(ctx), answer) &&
           !rule_submits_job(ctx, ml_ctx_file(ctx), answer);
}

/* A key made anew by each try of the write. */
static bool is_made_in_retry(ml_ctx *ctx, const ml_facts *facts, ml_node_id value)
{
    static const char *const made[] = {"randomUUID", "uuid", "nanoid", "ulid"};
    uint32_t f = ml_function_around(facts, value);
    ml_node_id outer = f ? ml_node_at(facts, facts->functions[f].node)->parent : 0;

    for (ml_node_id n = f ? facts->functions[f].node : 0; n; n = ml_walk(facts, facts->functions[f].node, n))
        if (ml_kind_of(facts, n) == ML_NODE_CALL && rule_is_purchase(ctx, ml_ctx_file(ctx), n))
            return false; /* each try buys, so each has a key of its own */
    return outer && ml_kind_of(facts, outer) == ML_NODE_CALL &&
           rule_text_contains(facts, value, made, RULE_COUNT(made)) &&
           rule_contains_any(rule_callee_text(ctx, facts, outer), (const char *const[]){"retry", "backoff"}, 2);
}

/* The recorder at hand makes a key by itself. */
static bool makes_its_own(ml_ctx *ctx, ml_node_id call)
{
    static const char *const made[] = {"uuid", "nanoid", "ulid", "requestId", "request_id", "idempotency"};
    ml_place callees[RULE_CALLEES_MAX];
    uint32_t count = ml_eval_callees(ml_ctx_eval(ctx), ml_ctx_file(ctx), call, callees, RULE_CALLEES_MAX);

    for (uint32_t i = 0; i < count; i++)
        if (rule_text_contains(ml_link_facts(ml_ctx_link(ctx), callees[i].file), callees[i].node, made,
                               RULE_COUNT(made)))
            return true;
    return false;
}

/* recordUsage({ userId, response }) */
static bool hands_on_answer(const ml_facts *facts, ml_node_id object)
{
    static const char *const names[] = {"response", "res", "completion", "result", "answer", "reply"};

    for (ml_node_id m = ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        ml_node_id value = ml_kind_of(facts, m) == ML_NODE_PROPERTY ? ml_child(facts, m, ML_ROLE_VALUE) : m;
        if (ml_kind_of(facts, value) == ML_NODE_IDENT &&
            rule_is_any(ml_text_of(facts, value), names, RULE_COUNT(names)))
            return true;
    }
    return false;
}

static void visit(ml_ctx *ctx, const rule_record *record)
{
    static const char *const other_keys[] = {"key",    "usageId", "usage_id", "id",     "jobId",
                                             "taskId", "traceId", "eventId",  "callId", "uuid"};
    static const char *const owners[] = {"userId", "user_id"};
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id key = rule_field(facts, record->object, rule_requests_keys, RULE_KEYS_4);

    if (!key) {
        if (record->open || rule_field(facts, record->object, other_keys, RULE_COUNT(other_keys)) ||
            !rule_field(facts, record->object, owners, RULE_COUNT(owners)) || !ml_ctx_in_bridge(ctx) ||
            ml_child_at(facts, record->call, ML_ROLE_ARG, 1) || makes_its_own(ctx, record->call) ||
            hands_on_answer(facts, record->object))
            return;
        ml_finding *finding = ml_ctx_report(ctx, record->call);
        ml_finding_set_text(ctx, finding, "source", ml_ctx_text(ctx, "No key at all", "没有幂等键"));
        return;
    }
    ml_node_id value = rule_resolved(facts, key);
    ml_str text = ml_source_of(facts, value);
    if (!rule_contains_any(text, clocks, RULE_COUNT(clocks)) && !is_answer_id(ctx, facts, value) &&
        !is_made_in_retry(ctx, facts, value))
        return;
    ml_finding *finding = ml_ctx_report(ctx, key);
    ml_finding_set(ctx, finding, "source", ml_arena_copy(ml_ctx_arena(ctx), ml_str_slice(text, 0, 60)));
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), value}, "the key is made here", "幂等键在此产生");
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), record->call}, "and used here", "并在此使用");
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_records(ctx, visit);
}

const ml_rule ml_rule_metering_unstable_key = {
    .judge_file = judge_file,
    .in_bridge = true,
};
