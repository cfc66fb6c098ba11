/* metering/swallowed-billing - a bill that could not be written leaves a log line only.
 *
 * Reports  a catch around a billing write, or `.catch(…)` of one, that does nothing but log.
 * Silent   when it throws, records, queues, counts or hands back a failure, for catches of
 *          the provider's call (unrecorded-failure), where an inner catch has the write, also
 *          one in the writer itself, for catches whose words are about something else, for
 *          writes nobody waits for (floating-record), and for telemetry. */
#include "metering_fields.h"

static bool is_log(ml_str callee)
{
    static const char *const words[] = {"console.", "logger", "log.", "winston", "pino"};
    static const char *const wrappers[] = {"String", "JSON.stringify", "Error"};

    return rule_contains_any(callee, words, RULE_COUNT(words)) || rule_is_any(callee, wrappers, RULE_COUNT(wrappers));
}

/* Nothing but logging below the node? */
static bool only_logs(ml_ctx *ctx, ml_node_id root)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    for (ml_node_id n = root; n; n = ml_walk(facts, root, n)) {
        ml_node_kind kind = ml_kind_of(facts, n);
        if (kind == ML_NODE_THROW || kind == ML_NODE_ASSIGN || kind == ML_NODE_UPDATE || kind == ML_NODE_NEW ||
            kind == ML_NODE_CONTINUE)
            return false;
        if (kind == ML_NODE_RETURN && ml_child(facts, n, ML_ROLE_VALUE)) {
            ml_str value = ml_source_of(facts, ml_child(facts, n, ML_ROLE_VALUE));
            if (!ml_str_eq_c(value, "null") && !ml_str_eq_c(value, "undefined"))
                return false;
        }
        if (kind == ML_NODE_CALL && !is_log(rule_callee_text(ctx, facts, n)))
            return false;
    }
    return true;
}

/* Does the function end in a try whose catch lets nothing out? Its callers have nothing to catch. */
static bool keeps_its_errors(const ml_facts *facts, ml_node_id function)
{
    ml_node_id body = ml_child(facts, function, ML_ROLE_BODY), last = 0;

    for (ml_node_id s = ml_child(facts, body, ML_ROLE_BODY); s; s = ml_next_child(facts, s))
        last = s;
    ml_node_id catch = ml_kind_of(facts, last) == ML_NODE_TRY ? ml_child(facts, last, ML_ROLE_CATCH) : 0;
    for (ml_node_id n = catch; n; n = ml_walk(facts, catch, n))
        if (ml_kind_of(facts, n) == ML_NODE_THROW)
            return false;
    return catch != 0;
}

static bool is_billing_write(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_place callees[RULE_CALLEES_MAX];

    if (ml_kind_of(facts, call) != ML_NODE_CALL || !rule_is_record(ctx, facts, call))
        return false;
    uint32_t count = ml_eval_callees(ml_ctx_eval(ctx), ml_ctx_file(ctx), call, callees, RULE_CALLEES_MAX);
    return count != 1 || !keeps_its_errors(ml_link_facts(ml_ctx_link(ctx), callees[0].file), callees[0].node);
}

static void report(ml_ctx *ctx, ml_node_id at, ml_node_id write)
{
    ml_finding *finding = ml_ctx_report(ctx, at);

    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), write}, "when this write fails", "此写入失败时");
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), at}, "only a log line is left", "只留下一行日志");
}

static bool speaks_of_usage(const ml_facts *facts, ml_node_id catch)
{
    static const char *const words[] = {"usage", "bill", "record", "metering", "用量", "使用量", "计费", "账单"};
    return rule_contains_any(ml_source_of(facts, catch), words, RULE_COUNT(words));
}

/* Does the catch say what failed, and is it not the record? `logger.warn(err)` says nothing. */
static bool names_another(const ml_facts *facts, ml_node_id catch)
{
    for (ml_node_id n = catch; n; n = ml_walk(facts, catch, n)) {
        ml_node_kind kind = ml_kind_of(facts, n);
        if ((kind == ML_NODE_STRING || kind == ML_NODE_TEMPLATE) && ml_node_at(facts, n)->role == ML_ROLE_ARG)
            return !speaks_of_usage(facts, catch);
    }
    return false;
}

static void judge_try(ml_ctx *ctx, ml_node_id try)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id body = ml_child(facts, try, ML_ROLE_BODY), catch = ml_child(facts, try, ML_ROLE_CATCH), write = 0;

    if (!catch || !body || !only_logs(ctx, ml_child(facts, catch, ML_ROLE_BODY)))
        return;
    bool parses = ml_str_contains(ml_source_of(facts, body), ML_STR("JSON.parse("));
    if (names_another(facts, catch) || (parses && !speaks_of_usage(facts, catch)))
        return;
    for (ml_node_id n = body; n;) {
        bool inner = ml_kind_of(facts, n) == ML_NODE_TRY && ml_child(facts, n, ML_ROLE_CATCH);
        ml_node_id at = n;
        n = inner ? ml_walk_past(facts, body, n) : ml_walk(facts, body, n);
        if (ml_kind_of(facts, at) != ML_NODE_CALL)
            continue;
        if (rule_is_purchase(ctx, ml_ctx_file(ctx), at))
            return;
        ml_node_id parent = ml_node_at(facts, at)->parent;
        bool floats = ml_kind_of(facts, parent) == ML_NODE_UNARY; /* void record() */
        if (!write && !floats && is_billing_write(ctx, facts, at))
            write = at;
    }
    if (write)
        report(ctx, catch, write);
}

/* await write(…).catch(log) */
static void judge_chain(ml_ctx *ctx, ml_node_id call)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE), handler = ml_child(facts, call, ML_ROLE_ARG);

    if (!callee || ml_kind_of(facts, callee) != ML_NODE_MEMBER || !ml_str_eq_c(ml_text_of(facts, callee), "catch") ||
        !handler || ml_kind_of(facts, ml_node_at(facts, call)->parent) != ML_NODE_AWAIT)
        return;
    ml_node_id of = ml_child(facts, callee, ML_ROLE_OBJECT);
    if (ml_kind_of(facts, of) != ML_NODE_CALL || !is_billing_write(ctx, facts, of))
        return;
    ml_node_kind kind = ml_kind_of(facts, handler);
    bool logs = kind == ML_NODE_FUNCTION
                    ? ml_child(facts, handler, ML_ROLE_BODY) && only_logs(ctx, ml_child(facts, handler, ML_ROLE_BODY))
                    : is_log(ml_source_of(facts, handler));
    if (logs)
        report(ctx, handler, of);
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!rule_is_metering_file(ctx) || rule_is_test_path(facts->path))
        return;
    for (ml_node_id n = 1; n < facts->node_count; n++) {
        ml_node_kind kind = ml_kind_of(facts, n);
        if (kind != ML_NODE_TRY && kind != ML_NODE_CALL)
            continue;
        ml_eval_begin(ml_ctx_eval(ctx));
        if (kind == ML_NODE_TRY)
            judge_try(ctx, n);
        else
            judge_chain(ctx, n);
    }
}

const ml_rule ml_rule_metering_swallowed_billing = {
    .judge_file = judge_file,
    .in_bridge = true,
};
