/* metering/throw-before-record - code that can throw stands between a purchase and its record.
 *
 * Reports  JSON.parse, an index into the answer without a test, a throw, or waiting for another
 *          service, where a throw would leave the method with the purchase unrecorded.
 * Silent   when a finally or catch records, for reading the answer's body, for throws of a
 *          refused call, and where the purchase is not recorded anyway (other rules). */
#include "metering_paths.h"

static bool is_parse(ml_ctx *ctx, const ml_facts *facts, ml_node_id node)
{
    return ml_str_eq_c(rule_callee_text(ctx, facts, node), "JSON.parse");
}

/* res.choices[0].message: undefined when the list is empty. */
static bool is_bare_index(const ml_facts *facts, ml_node_id node)
{
    static const char *const lists[] = {"choices", "candidates", "output", "content", "data", "images"};
    ml_node_id index = ml_child(facts, node, ML_ROLE_OBJECT);

    if (ml_kind_of(facts, node) != ML_NODE_MEMBER || (ml_node_at(facts, node)->flags & ML_NF_OPTIONAL) || !index ||
        ml_kind_of(facts, index) != ML_NODE_INDEX || (ml_node_at(facts, index)->flags & ML_NF_OPTIONAL))
        return false;
    ml_node_id list = ml_child(facts, index, ML_ROLE_OBJECT);
    return list && ml_kind_of(facts, list) == ML_NODE_MEMBER &&
           rule_is_any(ml_text_of(facts, list), lists, RULE_COUNT(lists));
}

/* await this.storage.upload(…): another service, which can fail for its own reasons. */
static bool is_other_service(ml_ctx *ctx, const rule_method *method, ml_file_id file, ml_node_id node)
{
    static const char *const readers[] = {"json",    "text",       "arrayBuffer", "blob",       "next",
                                          "all",     "allSettled", "resolve",     "then",       "catch",
                                          "finally", "sleep",      "delay",       "setTimeout", "map"};
    static const char *const loggers[] = {"log", "console", "metric", "trace", "span"};
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_str callee = rule_callee_text(ctx, facts, node);
    ml_place callees[1];

    if (ml_kind_of(facts, node) != ML_NODE_CALL || ml_kind_of(facts, ml_node_at(facts, node)->parent) != ML_NODE_AWAIT)
        return false;
    return ml_str_find_char(callee, '.') != ML_NOT_FOUND &&
           !rule_is_any(rule_last_name(callee), readers, RULE_COUNT(readers)) &&
           !rule_contains_any(callee, loggers, RULE_COUNT(loggers)) && !rule_buys(ctx, method, file, node) &&
           !rule_may_record(ctx, method, file, node) && !ml_eval_callees(ml_ctx_eval(ctx), file, node, callees, 1);
}

static bool is_risky(ml_ctx *ctx, const rule_method *method, ml_file_id file, ml_node_id node)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);

    switch (ml_kind_of(facts, node)) {
    case ML_NODE_CALL: return is_parse(ctx, facts, node) || is_other_service(ctx, method, file, node);
    case ML_NODE_MEMBER: return is_bare_index(facts, node);
    case ML_NODE_THROW: return true;
    default: return false;
    }
}

static void visit(ml_ctx *ctx, const rule_method *method)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_place root = {ml_ctx_file(ctx), method->function};
    rule_question all = {.throws_at = root};

    if (!method->records)
        return;
    uint32_t exits = rule_exits(ctx, method, root, &all);
    if (!rule_exits_have(exits, ML_PATH_FALL, ML_PATH_SETTLED) || rule_exits_have(exits, ML_PATH_FALL, ML_PATH_OWING))
        return;
    for (ml_node_id node = method->function; node; node = ml_walk(facts, method->function, node)) {
        if (!is_risky(ctx, method, root.file, node))
            continue;
        rule_question q = {
            .throws_at = {root.file, node}
        };
        exits = rule_exits(ctx, method, root, &q);
        if (!rule_exits_have(exits, ML_PATH_THROW, ML_PATH_OWING) &&
            !rule_exits_have(exits, ML_PATH_FALL, ML_PATH_OWING))
            continue;
        ml_finding *finding = ml_ctx_report(ctx, node);
        ml_finding_set(ctx, finding, "expr",
                       ml_arena_copy(ml_ctx_arena(ctx), ml_str_slice(ml_source_of(facts, node), 0, 60)));
        ml_finding_step(ctx, finding, method->purchase, "the provider is paid here", "在此产生费用");
        ml_finding_step(ctx, finding, (ml_place){root.file, node}, "a throw here passes the record by",
                        "此处抛错会跳过记录");
        return;
    }
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_methods(ctx, visit);
}

const ml_rule ml_rule_metering_throw_before_record = {
    .judge_file = judge_file,
    .in_bridge = true,
};
