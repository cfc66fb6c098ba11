/* metering/wrong-type - a billing type or unit the reference mapping does not have there.
 *
 * Reports  a literal billing type that is none of the four, or not the one of the bridge method
 *          around, a usage type that is not the method's, and a literal unit that does not belong
 *          to the billing type.
 * Silent   when the type is read from a price or comes from a caller. */
#include "metering_types.h"

static void report(ml_ctx *ctx, ml_node_id at, ml_str value, const char *expected)
{
    ml_finding *finding = ml_ctx_report(ctx, at);

    ml_finding_set(ctx, finding, "value", ml_arena_copy(ml_ctx_arena(ctx), value));
    ml_finding_set(ctx, finding, "expected", ml_str_of(expected));
}

static void visit(ml_ctx *ctx, const rule_record *record)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id type_at = rule_field(facts, record->object, rule_type_keys, RULE_KEYS_2);
    ml_node_id unit_at = rule_field(facts, record->object, rule_unit_keys, RULE_KEYS_4);
    ml_str type = rule_word(ctx, type_at), unit = rule_word(ctx, unit_at);
    const bill_method *method = rule_reference_method(ctx, record);
    int found = type.len ? bill_value_find(bill_values_billing_type, type.data, type.len) : -1;

    if (type.len && found < 0) {
        const char *fits = method ? bill_values_billing_type[method->billing_type] : "token, character, count, second";
        report(ctx, type_at, type, fits);
    } else if (type.len && method && (bill_billing_type)found != method->billing_type) {
        report(ctx, type_at, type, bill_values_billing_type[method->billing_type]);
        return; /* its unit would be judged by a wrong type */
    }
    ml_node_id usage_at = rule_field(facts, record->object, (const char *const[]){"usageType", "usage_type"}, 2);
    ml_str usage = rule_word(ctx, usage_at);
    if (usage.len && method && !ml_str_eq_c(usage, bill_values_usage_type[method->usage_type]))
        report(ctx, usage_at, usage, bill_values_usage_type[method->usage_type]);
    bill_billing_type billed;
    if (!unit.len || !rule_billing_type(ctx, record, &billed) || (type_at && !type.len))
        return;
    const bill_type_info *info = bill_type_info_of(billed);
    if (info && !ml_str_eq_c(unit, bill_values_unit[info->unit]))
        report(ctx, unit_at, unit, bill_values_unit[info->unit]);
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_records(ctx, visit);
}

const ml_rule ml_rule_metering_wrong_type = {
    .judge_file = judge_file,
    .in_bridge = true,
};
