/* metering/missing-currency - amounts without their currency.
 *
 * Reports  a bill that is written with an amount and no currency, or with a literal one beside a
 *          price that has its own, and a sum over billing
 *          records that neither filters nor groups by currency.
 * Silent   for rows that spread something we cannot see, and for counts. */
#include "metering_fields.h"

static void visit(ml_ctx *ctx, const rule_record *record)
{
    static const char *const currencies[] = {"currency", "currencyCode", "currency_code"};
    static const char *const amounts[] = {"totalCost", "total_cost", "amount", "totalAmount"};
    static const char *const holders[] = {"price", "pricing", "priceRow", "priced",
                                          "money", "bill",    "record"}; /* the currency is in there */
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_str callee = rule_callee_text(ctx, facts, record->call);

    ml_node_id said = rule_field(facts, record->object, currencies, RULE_COUNT(currencies));
    if (said && ml_kind_of(facts, said) == ML_NODE_STRING &&
        rule_contains_any(callee, (const char *const[]){"bill"}, 1) &&
        rule_text_contains(facts, record->object, (const char *const[]){"price."}, 1)) {
        ml_finding *finding = ml_ctx_report(ctx, said);
        ml_finding_set_text(
            ctx, finding, "what",
            ml_ctx_text(ctx, "The currency is written down, not read from the price", "货币是写死的，没有取自价格"));
        return;
    }
    if (record->open || rule_field(facts, record->object, holders, RULE_COUNT(holders)) ||
        !rule_contains_any(callee, (const char *const[]){"bill"}, 1) ||
        rule_field(facts, record->object, currencies, RULE_COUNT(currencies)))
        return;
    ml_node_id amount = rule_field(facts, record->object, amounts, RULE_COUNT(amounts));
    if (!amount)
        return;
    ml_finding *finding = ml_ctx_report(ctx, record->call);
    ml_finding_set_text(ctx, finding, "what",
                        ml_ctx_text(ctx, "A bill is written without its currency", "写入账单时没有货币"));
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), amount}, "an amount of what?", "金额的货币未知");
}

static bool is_bill_model(ml_str callee)
{
    static const char *const words[] = {"BillingRecord", "billing_record", "BillRecord", "billingrecord"};
    size_t dot = ml_str_rfind_char(callee, '.');

    return dot != ML_NOT_FOUND && rule_contains_any(ml_str_slice(callee, 0, dot), words, RULE_COUNT(words));
}

static bool sums_money(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    static const char *const queries[] = {"findAll", "findOne", "aggregate", "groupBy", "sum"};
    static const char *const money[] = {"cost", "amount", "refunded"};
    static const char *const sums[] = {"SUM", "_sum", "sum("};
    ml_str callee = rule_callee_text(ctx, facts, call), verb = rule_last_name(callee);

    if (!is_bill_model(callee) || !rule_is_any(verb, queries, RULE_COUNT(queries)))
        return false;
    bool sum = ml_str_eq_c(verb, "sum"), about_money = false;
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg)) {
        ml_str text = ml_source_of(facts, arg);
        sum |= rule_contains_any(text, sums, RULE_COUNT(sums));
        about_money |= rule_contains_any(text, money, RULE_COUNT(money));
    }
    return sum && about_money;
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    rule_visit_records(ctx, visit);
    if (!rule_is_metering_file(ctx) || rule_is_test_path(facts->path))
        return;
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id call = facts->calls[i];
        ml_eval_begin(ml_ctx_eval(ctx));
        if (ml_kind_of(facts, call) != ML_NODE_CALL || !sums_money(ctx, facts, call))
            continue;
        bool names_currency = false, closed = true;
        for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg)) {
            ml_node_id options = rule_resolved(facts, arg);
            names_currency |= rule_text_contains(facts, options, (const char *const[]){"currency"}, 1);
            ml_node_id where = ml_kind_of(facts, options) == ML_NODE_OBJECT
                                   ? rule_resolved(facts, rule_field(facts, options, (const char *const[]){"where"}, 1))
                                   : 0;
            /* A filter that is built elsewhere may name the currency. */
            closed &= !where || ml_kind_of(facts, where) == ML_NODE_OBJECT;
            names_currency |= where && rule_text_contains(facts, where, (const char *const[]){"currency", "..."}, 2);
        }
        if (names_currency || !closed)
            continue;
        ml_finding *finding = ml_ctx_report(ctx, call);
        ml_finding_set_text(ctx, finding, "what",
                            ml_ctx_text(ctx, "Amounts of different currencies are added", "不同货币的金额被直接相加"));
    }
}

const ml_rule ml_rule_metering_missing_currency = {
    .judge_file = judge_file,
    .in_bridge = true,
};
