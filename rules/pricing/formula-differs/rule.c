/* pricing/formula-differs - a cost expression is not the reference formula.
 *
 * Reports  an expression named as a cost whose formula, read through constants, project
 *          functions and decimal libraries, lacks a term, swaps prices, prices all tokens
 *          at one price, has a wrong divisor or a further factor, or counts cached tokens
 *          twice; with one example priced both ways.
 * Silent   when a factor's role cannot be told from names, when a price is written as a
 *          number, about markups and further dimensions by name, about one part of a
 *          cost, about calls without output (embeddings), and about what a month or year may
 *          cost at an average price. */
#include "pricing.h"

static const struct {
    ml_formula_fault fault;
    const char *en, *zh;
} words[] = {
    {ML_FORMULA_NO_OUTPUT,    "output tokens are not priced",                       "没有计算输出 token 的费用"      },
    {ML_FORMULA_NO_INPUT,     "input tokens are not priced",                        "没有计算输入 token 的费用"      },
    {ML_FORMULA_SWAPPED,      "a measure is multiplied by the other price",         "数量乘了另一方向的单价"       },
    {ML_FORMULA_ONE_PRICE,    "input and output share one price",                   "输入与输出使用了同一单价"    },
    {ML_FORMULA_DIVISOR,      "the divisor is not what the price is for",           "除数与单价的计价单位不符"    },
    {ML_FORMULA_EXTRA_FACTOR, "a factor too many",                                  "多乘了系数"                         },
    {ML_FORMULA_OPERATION,    "the wrong operation joins measure and price",        "数量与单价之间的运算不对"    },
    {ML_FORMULA_CACHED_TWICE, "cached tokens are counted within the input as well", "缓存 token 在输入中又计了一次"},
};

/* Is the expression made of names that have been judged themselves? */
static bool repeats_part(const ml_facts *facts, const ml_pricing *pricing)
{
    ml_node_id value = pricing->site->value;

    for (ml_node_id n = value; n; n = ml_walk(facts, value, n)) {
        const ml_binding *b = &facts->bindings[ml_node_at(facts, n)->ref];
        if (ml_kind_of(facts, n) == ML_NODE_IDENT && ml_node_at(facts, n)->ref && b->kind == ML_BIND_VAR &&
            !b->write_count && ml_formula_is_cost_name(b->name))
            return true;
    }
    return false;
}

/* monthlyDirectCost = requests a month times average tokens times an average price */
static bool is_projection(ml_str target)
{
    static const char *const spans[] = {"monthly", "annual", "yearly", "perMonth", "perYear", "projected"};

    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        if (ml_str_find_nocase(target, ml_str_of(spans[i])) != ML_NOT_FOUND)
            return true;
    return false;
}

static void judge(ml_ctx *ctx, const ml_pricing *pricing)
{
    ml_formula_verdict verdict;

    if (pricing->passed_on || is_projection(pricing->site->target))
        return;
    ml_formula_judge(&verdict, ml_ctx_arena(ctx), pricing->formula, pricing->site, pricing->has_output,
                     pricing->has_input);
    if (verdict.fault == ML_FORMULA_RIGHT)
        return;
    bool of_terms = verdict.fault != ML_FORMULA_NO_OUTPUT && verdict.fault != ML_FORMULA_NO_INPUT;
    if (of_terms && repeats_part(ml_ctx_facts(ctx), pricing))
        return;
    ml_finding *finding = ml_ctx_report(ctx, pricing->site->node);
    ml_text measures = {
        {[ML_LANG_EN] = verdict.measures, [ML_LANG_ZH] = verdict.measures_zh}
    };
    ml_finding_set(ctx, finding, "found", verdict.found);
    ml_finding_set(ctx, finding, "reference", verdict.reference);
    ml_finding_set_text(ctx, finding, "measures", measures);
    ml_finding_set(ctx, finding, "ours", verdict.ours);
    ml_finding_set(ctx, finding, "theirs", verdict.theirs);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].fault == verdict.fault)
            ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), pricing->site->value}, words[i].en, words[i].zh);
}

static void judge_file(ml_ctx *ctx)
{
    ml_pricing_each(ctx, judge);
}

extern const ml_rule ml_rule_pricing_formula_differs;
const ml_rule ml_rule_pricing_formula_differs = {.judge_file = judge_file, .in_bridge = true};
