/* pricing/rounded-per-call - the cost of each call is rounded up, down or cut to a whole number.
 *
 * Reports  Math.ceil, Math.floor, Math.trunc, parseInt, `| 0`, `~~` and the like on a cost
 *          that is computed from measures and prices.
 * Silent   about rounded measures (started seconds are a product's own policy), about what
 *          is made for people to read, and where the formula is not known. */
#include "pricing.h"

enum { PLACES_MIN = 7 };

static void judge_one(ml_ctx *ctx, const ml_pricing *pricing, const ml_formula_rounding *rounding)
{
    ml_formula_verdict verdict;
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), rounding->place.file);

    if (rounding->kind == ML_ROUND_NEAREST || rounding->places >= PLACES_MIN ||
        !ml_formula_judge_rounding(&verdict, ml_ctx_arena(ctx), pricing->formula, rounding))
        return;
    ml_finding *finding = ml_ctx_report_in(ctx, rounding->place.file, rounding->place.node);
    ml_text measures = {
        {[ML_LANG_EN] = verdict.measures, [ML_LANG_ZH] = verdict.measures_zh}
    };
    ml_finding_set(ctx, finding, "code", ml_str_slice(ml_source_of(facts, rounding->place.node), 0, 60));
    ml_finding_set_text(ctx, finding, "measures", measures);
    ml_finding_set(ctx, finding, "ours", verdict.ours);
    ml_finding_set(ctx, finding, "theirs", verdict.theirs);
}

static void judge(ml_ctx *ctx, const ml_pricing *pricing)
{
    if (pricing->site->display)
        return;
    for (uint32_t i = 0; i < pricing->formula->rounding_count; i++)
        judge_one(ctx, pricing, &pricing->formula->roundings[i]);
}

static void judge_file(ml_ctx *ctx)
{
    ml_pricing_each(ctx, judge);
}

extern const ml_rule ml_rule_pricing_rounded_per_call;
const ml_rule ml_rule_pricing_rounded_per_call = {.judge_file = judge_file, .in_bridge = true};
