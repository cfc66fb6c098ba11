/* metering/bytes-as-characters - characters are counted as bytes, or as UTF-16 units.
 *
 * Reports  Buffer.byteLength, TextEncoder, encodeURIComponent or a buffer's length as the
 *          number of characters in a record (high); a text's `.length` as a note.
 * Silent   for [...text].length and Array.from(text).length, which count code points. */
#include "metering_types.h"

static bool counts_bytes(const ml_facts *facts, ml_node_id value)
{
    static const char *const words[] = {"byteLength", "TextEncoder", "encodeURIComponent(", "Buffer.from("};

    return rule_text_contains(facts, value, words, RULE_COUNT(words));
}

static bool counts_units(const ml_facts *facts, ml_node_id value)
{
    static const char *const texts[] = {"input", "text", "content", "ssml", "prompt", "script"};
    ml_node_id of = ml_kind_of(facts, value) == ML_NODE_MEMBER && ml_str_eq_c(ml_text_of(facts, value), "length")
                        ? ml_child(facts, value, ML_ROLE_OBJECT)
                        : 0;

    return of && rule_is_any(rule_value_name(facts, of), texts, RULE_COUNT(texts));
}

static bool judge(ml_ctx *ctx, const rule_record *record, ml_node_id field)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id value = field ? rule_resolved(facts, field) : 0;
    bool bytes = value && counts_bytes(facts, value);

    if (!value || (!bytes && !counts_units(facts, value)))
        return false;
    ml_finding *finding = ml_ctx_report(ctx, value);
    ml_finding_set(ctx, finding, "expr",
                   ml_arena_copy(ml_ctx_arena(ctx), ml_str_slice(ml_source_of(facts, value), 0, 60)));
    if (!bytes)
        ml_finding_cap(ctx, finding, ML_LEVEL_LOW, "only characters beyond the basic plane are counted twice",
                       "仅增补平面字符会多计");
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), value}, "counted here", "在此计数");
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), record->call}, "and recorded as characters",
                    "并记录为字符数");
    return true;
}

static void visit(ml_ctx *ctx, const rule_record *record)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    bill_billing_type type;

    if (judge(ctx, record, rule_field(facts, record->object, rule_characters_keys, RULE_KEYS_4)))
        return;
    if (rule_billing_type(ctx, record, &type) && type == BILL_TYPE_CHARACTER)
        judge(ctx, record, rule_field(facts, record->object, rule_quantity_keys, RULE_KEYS_4));
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_records(ctx, visit);
}

const ml_rule ml_rule_metering_bytes_as_characters = {
    .judge_file = judge_file,
    .in_bridge = true,
};
