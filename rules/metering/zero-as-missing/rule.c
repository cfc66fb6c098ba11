/* metering/zero-as-missing - a count of 0 that the provider reported is replaced.
 *
 * Reports  usage.completion_tokens || estimate(text): a `||` between a count of a usage object
 *          and anything but 0, null, or the same count under another name.
 * Silent   for `??`, which asks the right question. */
#include "metering_fields.h"

static bool is_harmless(const ml_facts *facts, ml_node_id right)
{
    static const char *const none[] = {"0", "null", "undefined", "NaN"};

    for (int hop = 0; hop < 8; hop++) {
        ml_node_kind kind = ml_kind_of(facts, right);
        if (kind != ML_NODE_BINARY)
            break;
        ml_node_id left = ml_child(facts, right, ML_ROLE_LEFT);
        if (!rule_is_token_name(rule_value_name(facts, left)))
            return false;
        right = ml_child(facts, right, ML_ROLE_RIGHT);
    }
    ml_str text = ml_source_of(facts, right);
    return rule_is_any(text, none, RULE_COUNT(none)) || rule_is_token_name(rule_value_name(facts, right));
}

static bool is_usage_count(const ml_facts *facts, ml_node_id left)
{
    static const char *const holders[] = {"usage", "u."};

    if (ml_kind_of(facts, left) == ML_NODE_IDENT && ml_node_at(facts, left)->ref) {
        const ml_binding *b = &facts->bindings[ml_node_at(facts, left)->ref];
        ml_node_id value = b->kind == ML_BIND_VAR ? ml_child(facts, b->decl, ML_ROLE_VALUE) : 0;
        if (value && b->target == ml_child(facts, b->decl, ML_ROLE_TARGET))
            left = rule_resolved(facts, left);
        else /* const { completion_tokens } = res.usage */
            return value && rule_is_token_name(b->name) && rule_contains_any(ml_source_of(facts, value), holders, 1);
    }
    return ml_kind_of(facts, left) == ML_NODE_MEMBER && rule_is_token_name(ml_text_of(facts, left)) &&
           rule_contains_any(ml_source_of(facts, ml_child(facts, left, ML_ROLE_OBJECT)), holders, 1);
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!rule_is_metering_file(ctx) || rule_is_test_path(facts->path))
        return;
    for (ml_node_id n = 1; n < facts->node_count; n++) {
        if (ml_kind_of(facts, n) != ML_NODE_BINARY || ml_node_at(facts, n)->op != ML_OP_OR)
            continue;
        ml_node_id left = ml_child(facts, n, ML_ROLE_LEFT), right = ml_child(facts, n, ML_ROLE_RIGHT);
        if (!is_usage_count(facts, left) || is_harmless(facts, right))
            continue;
        ml_finding *finding = ml_ctx_report(ctx, n);
        ml_finding_set(ctx, finding, "rhs",
                       ml_arena_copy(ml_ctx_arena(ctx), ml_str_slice(ml_source_of(facts, right), 0, 60)));
        ml_finding_set(ctx, finding, "count", ml_text_of(facts, left));
    }
}

const ml_rule ml_rule_metering_zero_as_missing = {
    .judge_file = judge_file,
    .in_bridge = true,
};
