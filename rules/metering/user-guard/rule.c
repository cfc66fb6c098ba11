/* metering/user-guard - what is recorded only when a user is named.
 *
 * Reports  a record below `if (userId)`, `userId && …` or `userId ? … : …`, or behind an early
 *          return for a missing user, when nothing else happens without one.
 * Silent   when the other branch records, throws or refuses the request (401), and when the
 *          test stands before the provider is called. */
#include "metering_fields.h"
#include "metering_paths.h"

static bool runs_record(ml_ctx *ctx, const ml_facts *facts, ml_node_id root)
{
    for (ml_node_id n = root; n; n = ml_walk(facts, root, n))
        if (ml_kind_of(facts, n) == ML_NODE_CALL && rule_is_sink(ctx, facts, n))
            return true;
    return false;
}

static bool throws_or_records(ml_ctx *ctx, const ml_facts *facts, ml_node_id root)
{
    static const char *const refusals[] = {"401", "403", "unauthor", "unauthenticated", "forbidden", "redirect("};

    for (ml_node_id n = root; n; n = ml_walk(facts, root, n))
        if (ml_kind_of(facts, n) == ML_NODE_THROW)
            return true;
    if (root && rule_contains_any(ml_source_of(facts, root), refusals, RULE_COUNT(refusals)))
        return true;
    return root && runs_record(ctx, facts, root);
}

static bool buys_behind(ml_ctx *ctx, const ml_facts *facts, ml_node_id function, ml_node_id at)
{
    for (ml_node_id n = function; n; n = ml_walk(facts, function, n))
        if (ml_kind_of(facts, n) == ML_NODE_CALL && ml_node_at(facts, n)->start > ml_node_at(facts, at)->end &&
            rule_is_purchase(ctx, ml_ctx_file(ctx), n))
            return true;
    return false;
}

static void report(ml_ctx *ctx, ml_node_id at, ml_node_id test)
{
    ml_finding *finding = ml_ctx_report(ctx, at);

    ml_finding_set(ctx, finding, "guard",
                   ml_arena_copy(ml_ctx_arena(ctx), ml_str_slice(ml_source_of(ml_ctx_facts(ctx), test), 0, 60)));
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), test}, "without this nothing is recorded",
                    "不满足时没有任何记录");
}

static void judge_early_return(ml_ctx *ctx, const ml_facts *facts, ml_node_id node, ml_node_id test)
{
    ml_node_id then = ml_child(facts, node, ML_ROLE_THEN);
    uint32_t f = ml_function_around(facts, node);
    bool returns = false;

    if (!f || ml_child(facts, node, ML_ROLE_ELSE))
        return;
    for (ml_node_id n = then; n; n = ml_walk(facts, then, n))
        returns |= ml_kind_of(facts, n) == ML_NODE_RETURN;
    ml_node_id function = facts->functions[f].node, later = 0;
    for (ml_node_id n = function; n && !later; n = ml_walk(facts, function, n))
        if (ml_kind_of(facts, n) == ML_NODE_CALL && ml_node_at(facts, n)->start > ml_node_at(facts, node)->end &&
            ml_function_around(facts, n) == f && rule_is_record(ctx, facts, n))
            later = n;
    if (returns && later && !throws_or_records(ctx, facts, then) && !buys_behind(ctx, facts, function, node))
        report(ctx, node, test);
}

static void judge_node(ml_ctx *ctx, const ml_facts *facts, ml_node_id n)
{
    bool binary = ml_kind_of(facts, n) == ML_NODE_BINARY, negated;
    ml_node_id test = ml_child(facts, n, binary ? ML_ROLE_LEFT : ML_ROLE_TEST);
    ml_node_id yes = ml_child(facts, n, binary ? ML_ROLE_RIGHT : ML_ROLE_THEN),
               no = binary ? 0 : ml_child(facts, n, ML_ROLE_ELSE);

    if (!test || !rule_tests_user(facts, test, &negated))
        return;
    ml_eval_begin(ml_ctx_eval(ctx));
    if (negated && ml_kind_of(facts, n) == ML_NODE_IF)
        judge_early_return(ctx, facts, n, test);
    if (negated) {
        ml_node_id other = yes;
        yes = no;
        no = other;
    }
    if (yes && runs_record(ctx, facts, yes) && !throws_or_records(ctx, facts, no))
        report(ctx, n, test);
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!rule_is_metering_file(ctx) || rule_is_test_path(facts->path))
        return;
    for (ml_node_id n = 1; n < facts->node_count; n++) {
        ml_node_kind kind = ml_kind_of(facts, n);
        if (kind == ML_NODE_IF || kind == ML_NODE_CONDITIONAL ||
            (kind == ML_NODE_BINARY && ml_node_at(facts, n)->op == ML_OP_AND))
            judge_node(ctx, facts, n);
    }
}

const ml_rule ml_rule_metering_user_guard = {
    .judge_file = judge_file,
    .in_bridge = true,
};
