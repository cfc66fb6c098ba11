/* metering/missing-as-zero - usage that did not come is written down as 0.
 *
 * Reports  usage?.prompt_tokens ?? 0 (or `|| 0`) in a record's input or output count.
 * Silent   when the row says that it is an estimate or partial, when the code asks first
 *          whether there is usage, for details where 0 is the documented meaning, and for the
 *          output of embeddings. */
#include "metering_fields.h"

static ml_node_id zero_default(const ml_facts *facts, ml_node_id value)
{
    const ml_node *n = value ? ml_node_at(facts, value) : NULL;

    if (!n || n->kind != ML_NODE_BINARY || (n->op != ML_OP_NULLISH && n->op != ML_OP_OR))
        return 0;
    ml_node_id left = ml_child(facts, value, ML_ROLE_LEFT), right = ml_child(facts, value, ML_ROLE_RIGHT);
    return ml_str_eq_c(ml_source_of(facts, right), "0") && rule_is_token_name(rule_value_name(facts, left)) &&
                   ml_kind_of(facts, left) == ML_NODE_MEMBER
               ? left
               : 0;
}

/* res.usage ?? { prompt_tokens: 0, completion_tokens: 0 } */
static bool is_zero_object(const ml_facts *facts, ml_node_id value)
{
    const ml_node *n = value ? ml_node_at(facts, value) : NULL;
    uint32_t zeros = 0;

    if (!n || n->kind != ML_NODE_BINARY || (n->op != ML_OP_NULLISH && n->op != ML_OP_OR))
        return false;
    ml_node_id object = rule_resolved(facts, ml_child(facts, value, ML_ROLE_RIGHT));
    for (ml_node_id m = ml_kind_of(facts, object) == ML_NODE_OBJECT ? ml_child(facts, object, ML_ROLE_MEMBER) : 0; m;
         m = ml_next_child(facts, m)) {
        if (ml_kind_of(facts, m) != ML_NODE_PROPERTY ||
            !ml_str_eq_c(ml_source_of(facts, ml_child(facts, m, ML_ROLE_VALUE)), "0"))
            return false;
        zeros += rule_is_token_name(ml_text_of(facts, m));
    }
    return zeros > 0;
}

/* if (!res.usage), usage === undefined, usage == null: the case was thought of. */
static bool asks_for_usage(const ml_facts *facts, ml_node_id within)
{
    uint32_t f = ml_function_around(facts, within);
    ml_node_id root = f ? facts->functions[f].node : 1;

    for (ml_node_id n = root; n; n = ml_walk(facts, root, n)) {
        ml_node_id test = ml_kind_of(facts, n) == ML_NODE_IF || ml_kind_of(facts, n) == ML_NODE_CONDITIONAL
                              ? ml_child(facts, n, ML_ROLE_TEST)
                              : 0;
        if (test && rule_contains_any(ml_source_of(facts, test), (const char *const[]){"usage"}, 1))
            return true;
    }
    return false;
}

static void judge(ml_ctx *ctx, const rule_record *record, const char *const *keys, size_t key_count)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id value = rule_field(facts, record->object, keys, key_count), found = rule_resolved(facts, value);

    if (!value || asks_for_usage(facts, record->call))
        return;
    ml_str count_name = zero_default(facts, found) ? ml_text_of(facts, zero_default(facts, found)) : ML_STR("usage");
    if (!zero_default(facts, found)) {
        if (ml_kind_of(facts, found) == ML_NODE_MEMBER) /* usage.prompt_tokens of such a default */
            found = rule_resolved(facts, ml_child(facts, found, ML_ROLE_OBJECT));
        if (!is_zero_object(facts, found))
            return;
    }
    ml_finding *finding = ml_ctx_report(ctx, found);
    ml_finding_set(ctx, finding, "count", count_name);
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), found}, "what is missing becomes 0", "缺失在此变为 0");
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), record->call}, "and is recorded", "并被记录");
}

static void visit(ml_ctx *ctx, const rule_record *record)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    bool embeds = rule_contains_any(rule_method_name(facts, record->call), (const char *const[]){"embed", "rerank"}, 2);

    if (rule_marks_estimate(facts, record) && !record->open)
        return;
    judge(ctx, record, rule_input_keys, RULE_KEYS_4);
    if (!embeds)
        judge(ctx, record, rule_output_keys, RULE_KEYS_4);
    judge(ctx, record, rule_total_keys, RULE_KEYS_2);
    judge(ctx, record, (const char *const[]){"usage"}, 1);
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_records(ctx, visit);
}

const ml_rule ml_rule_metering_missing_as_zero = {
    .judge_file = judge_file,
    .in_bridge = true,
};
