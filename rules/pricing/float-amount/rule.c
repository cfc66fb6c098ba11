/* pricing/float-amount - an amount that is stored was computed with binary floating point.
 *
 * Reports  an amount in the data of a write to a billing model that is made by the
 *          language's own operators, or summed up with them in a variable.
 * Silent   when a decimal library or BigInt does the work, and about what is not stored
 *          in a billing model. */
#include "pricing.h"

static bool writes_model(const ml_facts *facts, ml_node_id call)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);

    return ml_kind_of(facts, callee) == ML_NODE_MEMBER &&
           ml_pricing_is_model(ml_source_of(facts, ml_child(facts, callee, ML_ROLE_OBJECT)));
}

/* The call whose data the property is in, or 0. */
static ml_node_id write_of(const ml_facts *facts, ml_node_id property)
{
    ml_node_id object = ml_node_at(facts, property)->parent, call = ml_node_at(facts, object)->parent;

    for (int i = 0; i < 4 && call && ml_kind_of(facts, call) != ML_NODE_CALL; i++)
        call = ml_node_at(facts, call)->parent;
    return ml_kind_of(facts, call) == ML_NODE_CALL && ml_pricing_is_stored(facts, property) ? call : 0;
}

static bool is_exact(const ml_facts *facts, ml_node_id value)
{
    for (ml_node_id n = value; n; n = ml_walk(facts, value, n)) {
        if (ml_kind_of(facts, n) == ML_NODE_NEW)
            return true;
        if (ml_kind_of(facts, n) == ML_NODE_CALL &&
            !ml_str_eq_c(ml_text_of(facts, ml_child(facts, n, ML_ROLE_CALLEE)), "Number") &&
            !ml_str_eq_c(ml_text_of(facts, ml_child(facts, n, ML_ROLE_CALLEE)), "parseFloat"))
            return true;
        ml_str text = ml_text_of(facts, n);
        if (ml_kind_of(facts, n) == ML_NODE_NUMBER && text.len && text.data[text.len - 1] == 'n')
            return true;
    }
    return false;
}

static bool is_operation(const ml_facts *facts, ml_node_id node)
{
    uint8_t op = ml_node_at(facts, node)->op;

    return ml_kind_of(facts, node) == ML_NODE_BINARY &&
           (op == ML_OP_ADD || op == ML_OP_SUB || op == ML_OP_MUL || op == ML_OP_DIV) && !is_exact(facts, node);
}

/* The place where the variable gets a value by the language's own arithmetic, or 0. */
static ml_node_id computed_at(const ml_facts *facts, const ml_binding *b)
{
    if (b->kind != ML_BIND_VAR)
        return 0;
    if (is_operation(facts, ml_child(facts, b->decl, ML_ROLE_VALUE)))
        return b->decl;
    for (uint32_t i = 0; i < b->write_count; i++) {
        const ml_write *write = &facts->writes[facts->writes_by_binding[b->write_first + i]];
        uint8_t op = ml_node_at(facts, write->node)->op;
        bool adds = ml_kind_of(facts, write->node) == ML_NODE_ASSIGN && (op == ML_OP_ADD || op == ML_OP_SUB);
        if ((adds && write->value && !is_exact(facts, write->value)) || is_operation(facts, write->value))
            return write->node;
    }
    return 0;
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_concerns(ctx))
        return;
    for (ml_node_id node = 1; node < facts->node_count; node++) {
        ml_str name = ml_text_of(facts, node);
        if (ml_kind_of(facts, node) != ML_NODE_PROPERTY || !ml_formula_is_cost_name(name))
            continue;
        ml_node_id call = write_of(facts, node), value = ml_child(facts, node, ML_ROLE_VALUE);
        if (!call || !writes_model(facts, call))
            continue;
        ml_node_id at = is_operation(facts, value) ? node : 0;
        if (ml_kind_of(facts, value) == ML_NODE_IDENT && ml_node_at(facts, value)->ref)
            at = computed_at(facts, &facts->bindings[ml_node_at(facts, value)->ref]);
        if (at)
            ml_finding_set(ctx, ml_ctx_report(ctx, at), "name", name);
    }
}

static const ml_rule_need *const needs[] = {&ml_pricing_model_need, &ml_pricing_need, NULL};

extern const ml_rule ml_rule_pricing_float_amount;
const ml_rule ml_rule_pricing_float_amount = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
