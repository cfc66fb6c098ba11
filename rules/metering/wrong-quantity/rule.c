/* metering/wrong-quantity - the quantity of a record is not what its billing type counts.
 *
 * Reports  input or output tokens alone where the reference adds them, another measure's value,
 *          and a number written for a quantity that is measured.
 * Silent   for the provider's total, for embeddings (no output), and for values whose meaning
 *          their name does not tell. */
#include "metering_types.h"

typedef enum measure { NO_MEASURE, INPUT, OUTPUT, TOKENS, CHARACTERS, IMAGES, SECONDS } measure;

static measure measure_of(const ml_facts *facts, ml_node_id value)
{
    ml_str name = rule_value_name(facts, value);

    if (rule_is_input_name(name))
        return INPUT;
    if (rule_is_output_name(name))
        return OUTPUT;
    if (rule_is_token_name(name))
        return TOKENS;
    if (rule_is_any(name, rule_characters_keys, RULE_KEYS_4))
        return CHARACTERS;
    if (rule_is_any(name, rule_images_keys, RULE_KEYS_2))
        return IMAGES;
    if (rule_is_any(name, rule_seconds_keys, RULE_KEYS_4))
        return SECONDS;
    return NO_MEASURE;
}

static bool is_nothing(const ml_facts *facts, ml_node_id value)
{
    ml_str text = value ? ml_source_of(facts, rule_resolved(facts, value)) : ML_STR("null");

    return ml_str_eq_c(text, "null") || ml_str_eq_c(text, "0") || ml_str_eq_c(text, "undefined");
}

static bool is_wrong(ml_ctx *ctx, const rule_record *record, bill_billing_type type, ml_node_id quantity)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id value = rule_resolved(facts, quantity);
    measure known = measure_of(facts, quantity) ? measure_of(facts, quantity) : measure_of(facts, value);
    ml_str method = rule_method_name(facts, record->call);

    switch (type) {
    case BILL_TYPE_TOKEN:
        if (known == CHARACTERS || known == IMAGES || known == SECONDS)
            return true;
        if (ml_kind_of(facts, value) == ML_NODE_NUMBER)
            return !is_nothing(facts, value);
        if (rule_contains_any(method, (const char *const[]){"embed", "rerank"}, 2))
            return false;
        if (known == INPUT) /* an output that is none leaves nothing to add */
            return !is_nothing(facts, rule_field(facts, record->object, rule_output_keys, RULE_KEYS_4));
        return known == OUTPUT;
    case BILL_TYPE_CHARACTER:
        return (known != NO_MEASURE && known != CHARACTERS) || ml_kind_of(facts, value) == ML_NODE_NUMBER;
    case BILL_TYPE_COUNT: {
        ml_node_id images = rule_field(facts, record->object, rule_images_keys, RULE_KEYS_2);
        bool number = ml_kind_of(facts, value) == ML_NODE_NUMBER && images &&
                      ml_kind_of(facts, rule_resolved(facts, images)) != ML_NODE_NUMBER;
        return (known != NO_MEASURE && known != IMAGES) || number;
    }
    case BILL_TYPE_SECOND:
        return (known != NO_MEASURE && known != SECONDS) || ml_kind_of(facts, value) == ML_NODE_NUMBER;
    }
    return false;
}

static void visit(ml_ctx *ctx, const rule_record *record)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id quantity = rule_field(facts, record->object, rule_quantity_keys, RULE_KEYS_4);
    ml_node_id type_at = rule_field(facts, record->object, rule_type_keys, RULE_KEYS_2);
    bill_billing_type type;

    if (!quantity || !rule_billing_type(ctx, record, &type) || (type_at && !rule_word(ctx, type_at).len))
        return;
    if (!is_wrong(ctx, record, type, quantity))
        return;
    ml_finding *finding = ml_ctx_report(ctx, quantity);
    ml_finding_set(ctx, finding, "actual",
                   ml_arena_copy(ml_ctx_arena(ctx), ml_str_slice(ml_source_of(facts, quantity), 0, 60)));
    ml_finding_set(ctx, finding, "expected", ml_str_of(bill_type_info_of(type)->quantity));
    ml_finding_set(ctx, finding, "type", ml_str_of(bill_values_billing_type[type]));
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), rule_resolved(facts, quantity)}, "the quantity is this",
                    "数量取自此处");
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_records(ctx, visit);
}

const ml_rule ml_rule_metering_wrong_quantity = {
    .judge_file = judge_file,
    .in_bridge = true,
};
