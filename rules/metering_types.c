/* metering_types.c - see metering_types.h. */
#include "metering_types.h"

static ml_str enum_word(ml_ctx *ctx, const ml_facts *facts, ml_node_id value)
{
    static const char *const enums[] = {"BillingType",  "BillingUnit", "Unit",      "BillingTypeEnum",
                                        "BILLING_TYPE", "UnitType",    "UsageType", "AIUsageType"};
    ml_node_id of = ml_kind_of(facts, value) == ML_NODE_MEMBER ? ml_child(facts, value, ML_ROLE_OBJECT) : 0;

    if (!of || ml_kind_of(facts, of) != ML_NODE_IDENT || !rule_is_any(ml_text_of(facts, of), enums, RULE_COUNT(enums)))
        return ML_STR_NONE;
    return ml_arena_lower(ml_eval_arena(ml_ctx_eval(ctx)), ml_text_of(facts, value));
}

ml_str rule_word(ml_ctx *ctx, ml_node_id value)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!value)
        return ML_STR_NONE;
    ml_values values = ml_eval_node(ml_ctx_eval(ctx), ml_ctx_file(ctx), value);
    if (values.count == 1 && values.items[0].kind == ML_V_STRING && values.items[0].piece_count == 1 &&
        values.items[0].pieces[0].hole == ML_HOLE_NONE)
        return values.items[0].pieces[0].text;
    return enum_word(ctx, facts, rule_resolved(facts, value));
}

const bill_method *rule_reference_method(ml_ctx *ctx, const rule_record *record)
{
    ml_str name = rule_method_name(ml_ctx_facts(ctx), record->call);

    return ml_ctx_in_bridge(ctx) ? bill_method_find(name.data ? name.data : "", name.len) : NULL;
}

bool rule_billing_type(ml_ctx *ctx, const rule_record *record, bill_billing_type *type)
{
    ml_str word = rule_word(ctx, rule_field(ml_ctx_facts(ctx), record->object, rule_type_keys, RULE_KEYS_2));
    const bill_method *method = rule_reference_method(ctx, record);
    int found = word.len ? bill_value_find(bill_values_billing_type, word.data, word.len) : -1;

    if (found < 0 && !method)
        return false;
    *type = found >= 0 ? (bill_billing_type)found : method->billing_type;
    return true;
}
