/* pricing/unknown-price-is-zero - a price that was not found counts as 0.
 *
 * Reports  in cost expressions a plain price with 0 as its fallback (`price?.input ?? 0`,
 *          a default value, the other branch of a condition), and in a function named
 *          for costs or prices `return 0` where a price does not exist.
 * Silent   about cached and write prices, which fall back to others, about measures, about 0
 *          where the price itself says that the model is free, and about prices of goods,
 *          work and subscriptions. */
#include "pricing.h"

static void report(ml_ctx *ctx, ml_file_id file, ml_node_id node)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_finding *finding = ml_ctx_report_in(ctx, file, node);

    ml_finding_set(ctx, finding, "code", ml_str_slice(ml_source_of(facts, node), 0, 80));
}

static void judge(ml_ctx *ctx, const ml_pricing *pricing)
{
    const ml_formula *f = pricing->formula;

    for (uint32_t i = 0; i < f->zero_price_count && ml_formula_is_priced(f) &&
                         ml_pricing_is_of_usage(ml_ctx_facts(ctx), pricing->site->node, f);
         i++)
        report(ctx, f->zero_prices[i].file, f->zero_prices[i].node);
}

/* ---- return 0 where there is no price ---- */

static bool is_zero(const ml_facts *facts, ml_node_id node)
{
    ml_str text = ml_text_of(facts, node);

    if (ml_kind_of(facts, node) == ML_NODE_CALL || ml_kind_of(facts, node) == ML_NODE_NEW) { /* new Decimal(0) */
        ml_node_id arg = ml_child(facts, node, ML_ROLE_ARG);
        return arg && !ml_next_child(facts, arg) && ml_kind_of(facts, arg) == ML_NODE_NUMBER &&
               ml_str_eq_c(ml_text_of(facts, arg), "0");
    }
    if (ml_kind_of(facts, node) != ML_NODE_NUMBER && ml_kind_of(facts, node) != ML_NODE_STRING)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] != '0' && text.data[i] != '.')
            return false;
    return text.len > 0;
}

static bool is_price_name(const ml_facts *facts, ml_node_id node)
{
    ml_node_kind kind = ml_kind_of(facts, node);

    if (kind != ML_NODE_IDENT && kind != ML_NODE_MEMBER && kind != ML_NODE_INDEX)
        return false;
    if (kind == ML_NODE_INDEX)
        node = ml_child(facts, node, ML_ROLE_OBJECT);
    return ml_formula_is_price(ml_formula_role_of_name(ml_text_of(facts, node)));
}

/* !price, price == null, price === undefined, and either of two such */
static bool says_no_price(const ml_facts *facts, ml_node_id test)
{
    if (ml_kind_of(facts, test) == ML_NODE_UNARY && ml_node_at(facts, test)->op == ML_OP_NOT)
        return is_price_name(facts, ml_child(facts, test, ML_ROLE_VALUE));
    if (ml_kind_of(facts, test) != ML_NODE_BINARY)
        return false;
    ml_node_id left = ml_child(facts, test, ML_ROLE_LEFT), right = ml_child(facts, test, ML_ROLE_RIGHT);
    uint8_t op = ml_node_at(facts, test)->op;
    if (op == ML_OP_EQ || op == ML_OP_SEQ)
        return is_price_name(facts, left) &&
               (ml_kind_of(facts, right) == ML_NODE_NULL || ml_str_eq_c(ml_text_of(facts, right), "undefined"));
    if (op != ML_OP_OR)
        return false;
    return (ml_kind_of(facts, left) == ML_NODE_UNARY && ml_node_at(facts, left)->op == ML_OP_NOT &&
            is_price_name(facts, ml_child(facts, left, ML_ROLE_VALUE)));
}

static ml_node_id zero_returned(const ml_facts *facts, ml_node_id branch)
{
    if (ml_kind_of(facts, branch) == ML_NODE_BLOCK)
        for (ml_node_id s = ml_child(facts, branch, ML_ROLE_BODY); s; s = ml_next_child(facts, s))
            if (ml_kind_of(facts, s) == ML_NODE_RETURN)
                branch = s;
    if (ml_kind_of(facts, branch) != ML_NODE_RETURN)
        return 0;
    ml_node_id value = ml_child(facts, branch, ML_ROLE_VALUE);
    if (ml_kind_of(facts, value) == ML_NODE_OBJECT) {
        for (ml_node_id m = ml_child(facts, value, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m))
            if (ml_kind_of(facts, m) == ML_NODE_PROPERTY && ml_formula_is_cost_name(ml_text_of(facts, m)) &&
                is_zero(facts, ml_child(facts, m, ML_ROLE_VALUE)))
                return branch;
        return 0;
    }
    return is_zero(facts, value) ? branch : 0;
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_concerns(ctx))
        return;
    ml_pricing_each(ctx, judge);
    for (ml_node_id node = 1; node < facts->node_count; node++) {
        if (ml_kind_of(facts, node) != ML_NODE_IF || !says_no_price(facts, ml_child(facts, node, ML_ROLE_TEST)))
            continue;
        ml_node_id found = zero_returned(facts, ml_child(facts, node, ML_ROLE_THEN));
        if (found && ml_pricing_is_of_usage(facts, node, NULL))
            report(ctx, ml_ctx_file(ctx), found);
    }
}

extern const ml_rule ml_rule_pricing_unknown_price_is_zero;
const ml_rule ml_rule_pricing_unknown_price_is_zero = {.judge_file = judge_file, .in_bridge = true};
