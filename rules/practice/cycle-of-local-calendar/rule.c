/* practice/cycle-of-local-calendar - the billing cycle depends on where the program runs.
 *
 * Reports  names with "cycle" that get toISOString().slice(0, 7), getFullYear and
 *          getMonth, or dayjs and moment formats without a zone; and functions so named
 *          that return them.
 * Silent   when a zone is named, about parts of dates under other names, and about numbers
 *          of cycles (a difference, a product). */
#include "practice.h"
#include "pricing.h"

static bool is_cycle_name(ml_str name)
{
    return rule_text_has(name, "cycle billingmonth billing_month") && !rule_text_has(name, "lifecycle recycle");
}

static bool is_calendar(ml_str text)
{
    bool iso = rule_text_has(text, "toisostring()") && rule_text_has(text, "slice(0, slice(0,7 substring(0, substr(0,");
    bool parts = rule_text_has(text, "getmonth( getutcmonth(");
    bool library = rule_text_has(text, "dayjs( moment( format(new") && rule_text_has(text, "format(");

    return (iso || parts || library) && !rule_text_has(text, "tz( timezone utcoffset zone intl zoned");
}

static bool is_count(const ml_facts *facts, ml_node_id value)
{
    uint8_t op = ml_node_at(facts, value)->op;

    if (ml_kind_of(facts, value) != ML_NODE_BINARY)
        return false;
    if (op == ML_OP_ADD) {
        ml_node_id left = ml_child(facts, value, ML_ROLE_LEFT), right = ml_child(facts, value, ML_ROLE_RIGHT);
        return is_count(facts, left) && is_count(facts, right);
    }
    return op == ML_OP_MUL || op == ML_OP_SUB || op == ML_OP_DIV;
}

static void report(ml_ctx *ctx, ml_node_id at, ml_str name, ml_node_id value)
{
    ml_finding *finding = ml_ctx_report(ctx, at);

    ml_finding_set(ctx, finding, "name", name);
    ml_finding_set(ctx, finding, "code", ml_str_slice(ml_source_of(ml_ctx_facts(ctx), value), 0, 80));
}

/* The name of a function, or of what holds it. */
static ml_str name_of_function(const ml_facts *facts, ml_node_id function)
{
    ml_node_id parent = ml_node_at(facts, function)->parent;

    if (ml_text_of(facts, function).len)
        return ml_text_of(facts, function);
    return ml_kind_of(facts, parent) == ML_NODE_DECLARATOR ? ml_text_of(facts, ml_child(facts, parent, ML_ROLE_TARGET))
                                                           : ml_text_of(facts, parent);
}

static void judge_node(ml_ctx *ctx, const ml_facts *facts, ml_node_id node)
{
    ml_node_kind kind = ml_kind_of(facts, node);
    ml_node_id value = ml_child(facts, node, ML_ROLE_VALUE);
    ml_str name =
        kind == ML_NODE_PROPERTY ? ml_text_of(facts, node) : ml_text_of(facts, ml_child(facts, node, ML_ROLE_TARGET));

    if (kind == ML_NODE_RETURN) {
        name = name_of_function(facts, rule_function_around(facts, node));
    } else if (kind == ML_NODE_FUNCTION) {
        value = ml_child(facts, node, ML_ROLE_BODY);
        name = name_of_function(facts, node);
        if (ml_kind_of(facts, value) == ML_NODE_BLOCK)
            return;
    } else if (kind != ML_NODE_PROPERTY && kind != ML_NODE_DECLARATOR && kind != ML_NODE_ASSIGN) {
        return;
    }
    ml_node_kind what = ml_kind_of(facts, value);
    if ((what == ML_NODE_CALL || what == ML_NODE_TEMPLATE || what == ML_NODE_BINARY) && is_cycle_name(name) &&
        !is_count(facts, value) && is_calendar(ml_source_of(facts, value)))
        report(ctx, value, name, value);
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_concerns(ctx))
        return;
    for (ml_node_id node = 1; node < facts->node_count; node++)
        judge_node(ctx, facts, node);
}

static bool may_be_cycle(ml_str name, ml_str behind)
{
    (void)behind;
    return is_cycle_name(name);
}

static const char *const cycles[] = {"cycle", "billingmonth", "billing_month", NULL};
static const ml_rule_need cycle_need = {.words = cycles, .any_case = true, .fits = may_be_cycle};
static const ml_rule_need *const needs[] = {&ml_pricing_need, &cycle_need, NULL};

extern const ml_rule ml_rule_practice_cycle_of_local_calendar;
const ml_rule ml_rule_practice_cycle_of_local_calendar = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
