/* metering/unstable-key - a record whose key is missing or differs from try to try.
 *
 * Reports  a request id made of the clock or of chance in a number, or taken from the
 *          provider's answer, and a row of usage that names a user and has no key at all.
 * Silent   for a key made once before the call, and for rows that spread something we cannot see. */
#include "metering_fields.h"
#include "metering_paths.h"

static const char *const clocks[] = {"Date.now", "Math.random", "new Date", "performance.now", "getTime"};

/* res.id of an answer: providers send it empty, twice, or not at all. */
static bool is_answer_id(ml_ctx *ctx, const ml_facts *facts, ml_node_id value)
{
    static const char *const ids[] = {"id", "request_id", "requestId"};

    if (ml_kind_of(facts, value) != ML_NODE_MEMBER || !rule_is_any(ml_text_of(facts, value), ids, RULE_COUNT(ids)))
        return false;
    ml_node_id of = ml_child(facts, value, ML_ROLE_OBJECT);
    if (ml_kind_of(facts, of) == ML_NODE_MEMBER && ml_str_eq_c(ml_text_of(facts, of), "data"))
        of = ml_child(facts, of, ML_ROLE_OBJECT);
    ml_node_id answer = rule_resolved(facts, of);
    return answer && ml_kind_of(facts, answer) == ML_NODE_CALL && rule_is_purchase(ctx, ml_ctx_file(ctx), answer) &&
           !rule_submits_job(ctx, ml_ctx_file(ctx), answer);
}

static void visit(ml_ctx *ctx, const rule_record *record)
{
    static const char *const other_keys[] = {"key", "usageId", "usage_id", "id", "jobId", "taskId", "traceId", "eventId", "callId", "uuid"};
    static const char *const owners[] = {"userId", "user_id"};
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id key = rule_field(facts, record->object, rule_requests_keys, RULE_KEYS_4);

    if (!key) {
        if (record->open || rule_field(facts, record->object, other_keys, RULE_COUNT(other_keys)) ||
            !rule_field(facts, record->object, owners, RULE_COUNT(owners)) || !ml_ctx_in_bridge(ctx) ||
            ml_child_at(facts, record->call, ML_ROLE_ARG, 1))
            return;
        ml_finding *finding = ml_ctx_report(ctx, record->call);
        ml_finding_set_text(ctx, finding, "source", ml_ctx_text(ctx, "No key at all", "没有幂等键"));
        return;
    }
    ml_node_id value = rule_resolved(facts, key);
    ml_str text = ml_source_of(facts, value);
    if (!rule_contains_any(text, clocks, RULE_COUNT(clocks)) && !is_answer_id(ctx, facts, value))
        return;
    ml_finding *finding = ml_ctx_report(ctx, key);
    ml_str shown = ml_arena_copy(ml_ctx_arena(ctx), ml_str_slice(text, 0, 60));
    ml_finding_set_text(ctx, finding, "source", (ml_text){{shown, shown}});
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
