/* metering/job-billed-early - a job is recorded when it is handed in, or at every poll.
 *
 * Reports  a record inside the loop that polls a job, unless its key comes from the job or the
 *          loop has already found it done; and a record of success in a method that only hands
 *          the job in.
 * Silent   for failures of handing in, below a test of the job's state, and behind the loop. */
#include "metering_fields.h"
#include "metering_paths.h"

static bool is_loop(ml_node_kind kind)
{
    return kind == ML_NODE_FOR || kind == ML_NODE_WHILE || kind == ML_NODE_DO;
}

static bool waits_or_polls(ml_ctx *ctx, const ml_facts *facts, ml_node_id loop)
{
    static const char *const words[] = {"sleep", "delay", "settimeout", "wait", "poll", "status", "retrieve"};

    for (ml_node_id n = loop; n; n = ml_walk(facts, loop, n))
        if (ml_kind_of(facts, n) == ML_NODE_CALL &&
            rule_contains_any(rule_callee_text(ctx, facts, n), words, RULE_COUNT(words)))
            return true;
    return false;
}

/* Between the record and the loop: a test of the state, or a way out behind the record's block. */
static bool is_guarded(const ml_facts *facts, ml_node_id call, ml_node_id loop)
{
    for (ml_node_id at = ml_node_at(facts, call)->parent; at && at != loop; at = ml_node_at(facts, at)->parent) {
        const ml_node *n = ml_node_at(facts, at);
        if (n->kind == ML_NODE_IF || n->kind == ML_NODE_CASE || n->kind == ML_NODE_CONDITIONAL)
            return true;
    }
    /* if (status === 'running') continue; above it says the same. */
    ml_node_id body = ml_child(facts, loop, ML_ROLE_BODY);
    for (ml_node_id n = body; n && n < call; n = ml_walk(facts, body, n))
        if (ml_kind_of(facts, n) == ML_NODE_CONTINUE)
            return true;
    return false;
}

static bool has_job_key(const ml_facts *facts, const rule_record *record)
{
    static const char *const made[] = {"randomUUID", "uuid", "nanoid", "ulid", "Date.now", "Math.random"};
    ml_node_id key = rule_field(facts, record->object, rule_requests_keys, RULE_KEYS_4);

    if (!key)
        return record->open;
    /* Made outside of the loop it is the same at each poll. */
    ml_node_id value = ml_kind_of(facts, key) == ML_NODE_IDENT ? key : rule_resolved(facts, key);
    return !rule_text_contains(facts, value, made, RULE_COUNT(made));
}

static bool is_failure(const ml_facts *facts, ml_node_id object)
{
    static const char *const good[] = {"success", "succeeded"};
    ml_node_id status = rule_field(facts, object, (const char *const[]){"status"}, 1);

    return status && (ml_kind_of(facts, status) != ML_NODE_STRING ||
                      !rule_is_any(ml_text_of(facts, status), good, RULE_COUNT(good)));
}

static ml_node_id submit_before(ml_ctx *ctx, const ml_facts *facts, ml_node_id function, ml_node_id call)
{
    ml_node_id found = 0;

    for (ml_node_id n = function; n; n = ml_walk(facts, function, n)) {
        if (is_loop(ml_kind_of(facts, n)))
            return 0; /* it waits for the job */
        if (ml_kind_of(facts, n) != ML_NODE_CALL)
            continue;
        if (rule_contains_any(rule_callee_text(ctx, facts, n), (const char *const[]){"poll", "wait", ".get"}, 3))
            return 0;
        if (n < call && rule_is_purchase(ctx, ml_ctx_file(ctx), n) && rule_submits_job(ctx, ml_ctx_file(ctx), n))
            found = n;
    }
    return found;
}

static void report(ml_ctx *ctx, const rule_record *record, ml_node_id cause, const char *en, const char *zh)
{
    ml_finding *finding = ml_ctx_report(ctx, record->call);

    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), cause}, en, zh);
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), record->call}, "and recorded here", "并在此记录");
}

static void visit(ml_ctx *ctx, const rule_record *record)
{
    static const ml_node_kind loops[] = {ML_NODE_FOR, ML_NODE_WHILE, ML_NODE_DO};
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id loop = rule_ancestor(facts, record->call, loops, RULE_COUNT(loops));

    if (!ml_ctx_in_bridge(ctx))
        return;
    if (loop) {
        if (waits_or_polls(ctx, facts, loop) && !is_guarded(facts, record->call, loop) && !has_job_key(facts, record))
            report(ctx, record, loop, "the job is asked again and again", "此处反复查询任务");
        return;
    }
    uint32_t f = ml_function_around(facts, record->call);
    if (!f || is_failure(facts, record->object) ||
        rule_ancestor(facts, record->call, (const ml_node_kind[]){ML_NODE_CATCH, ML_NODE_IF}, 2))
        return;
    ml_node_id submit = submit_before(ctx, facts, facts->functions[f].node, record->call);
    if (submit)
        report(ctx, record, submit, "the job is only handed in here", "此处只是提交任务");
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_records(ctx, visit);
}

const ml_rule ml_rule_metering_job_billed_early = {
    .judge_file = judge_file,
    .in_bridge = true,
};
