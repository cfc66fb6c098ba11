/* metering/estimate-as-fact - tokens counted here are stored as if the provider had.
 *
 * Reports  the result of a tokenizer, or of length divided by a number, as a token count in a
 *          record that does not say it is an estimate.
 * Silent   when the row names its source, or spreads something that may. */
#include "metering_fields.h"

static bool is_estimate(const ml_facts *facts, ml_node_id value)
{
    static const char *const words[] = {"encode(",  "estimate",    "countTokens", "tokenCount(",
                                        "tiktoken", "approximate", "tokenizer"};

    if (rule_text_contains(facts, value, words, RULE_COUNT(words)))
        return true;
    for (ml_node_id n = value; n; n = ml_walk(facts, value, n)) {
        ml_node_id left = ml_node_at(facts, n)->kind == ML_NODE_BINARY &&
                                  (ml_node_at(facts, n)->op == ML_OP_DIV || ml_node_at(facts, n)->op == ML_OP_MUL ||
                                   ml_node_at(facts, n)->op == ML_OP_SHR)
                              ? ml_child(facts, n, ML_ROLE_LEFT)
                              : 0;
        if (left && ml_str_eq_c(rule_value_name(facts, left), "length"))
            return true;
    }
    return false;
}

static void visit(ml_ctx *ctx, const rule_record *record)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    const char *const *const keys[] = {rule_input_keys, rule_output_keys};

    if (rule_marks_estimate(facts, record))
        return;
    for (size_t i = 0; i < RULE_COUNT(keys); i++) {
        ml_node_id value = rule_resolved(facts, rule_field(facts, record->object, keys[i], RULE_KEYS_4));
        if (!value || !is_estimate(facts, value))
            continue;
        ml_finding *finding = ml_ctx_report(ctx, value);
        ml_finding_set(ctx, finding, "expr",
                       ml_arena_copy(ml_ctx_arena(ctx), ml_str_slice(ml_source_of(facts, value), 0, 60)));
        ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), value}, "estimated here", "在此估算");
        ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), record->call}, "and stored as usage",
                        "并作为用量保存");
        return;
    }
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_records(ctx, visit);
}

const ml_rule ml_rule_metering_estimate_as_fact = {
    .judge_file = judge_file,
    .in_bridge = true,
};
