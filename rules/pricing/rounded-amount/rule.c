/* pricing/rounded-amount - the cost of one call is rounded to few decimals.
 *
 * Reports  toFixed, toDecimalPlaces, round and Math.round(x * 100) / 100 with fewer than
 *          7 decimals on a cost that is computed from measures and prices, or that goes
 *          into a record; with an amount that changes.
 * Silent   about what is made for people to read, about components of a page, about
 *          estimates and savings, about amounts of unknown origin that are not stored, and
 *          about hours of work, order lines and subscriptions. */
#include "pricing.h"

#include "billing/money.h"

enum { PLACES_MIN = 7 /* the specification's own 0.0000005 */ };

static bool is_page(const ml_facts *facts)
{
    static const char *const extensions[] = {".tsx", ".jsx", ".vue", ".svelte"};

    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        if (ml_str_ends(facts->path, ml_str_of(extensions[i])))
            return true;
    return false;
}

/* Without a known formula: what becomes of the smallest price there is. */
static void plain_example(ml_ctx *ctx, ml_formula_verdict *verdict, int32_t places)
{
    char text[BILL_AMOUNT_TEXT_MAX];
    bill_amount small = {500000}, rounded = small;

    if (bill_amount_round(&rounded, small, places, BILL_ROUND_HALF_AWAY) != BILL_OK)
        return;
    verdict->measures = ML_STR("1 input token");
    verdict->measures_zh = ML_STR("1 个输入 token ");
    size_t len = bill_amount_print(text, small);
    verdict->theirs = ml_arena_copy(ml_ctx_arena(ctx), (ml_str){text, len});
    len = bill_amount_print(text, rounded);
    verdict->ours = ml_arena_copy(ml_ctx_arena(ctx), (ml_str){text, len});
}

static void judge_one(ml_ctx *ctx, const ml_pricing *pricing, const ml_formula_rounding *rounding)
{
    ml_formula_verdict verdict;

    if (rounding->kind != ML_ROUND_NEAREST || rounding->places >= PLACES_MIN ||
        (pricing->site->minor && rounding->places >= 4))
        return;
    if (!ml_formula_judge_rounding(&verdict, ml_ctx_arena(ctx), pricing->formula, rounding)) {
        if (!pricing->stored)
            return;
        plain_example(ctx, &verdict, rounding->places);
    }
    ml_finding *finding = ml_ctx_report_in(ctx, rounding->place.file, rounding->place.node);
    ml_text measures = {
        {[ML_LANG_EN] = verdict.measures, [ML_LANG_ZH] = verdict.measures_zh}
    };
    ml_finding_set(ctx, finding, "places", ml_arena_printf(ml_ctx_arena(ctx), "%d", (int)rounding->places));
    ml_finding_set_text(ctx, finding, "measures", measures);
    ml_finding_set(ctx, finding, "ours", verdict.ours);
    ml_finding_set(ctx, finding, "theirs", verdict.theirs);
}

static void judge(ml_ctx *ctx, const ml_pricing *pricing)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_is_of_usage(facts, pricing->site->node, pricing->formula) ||
        ml_pricing_is_forecast(facts, pricing->site))
        return;
    if (!pricing->stored && ml_pricing_is_overview(facts))
        return;
    if (pricing->site->display || (is_page(facts) && !pricing->stored))
        return;
    for (uint32_t i = 0; i < pricing->formula->rounding_count; i++)
        judge_one(ctx, pricing, &pricing->formula->roundings[i]);
}

static void judge_file(ml_ctx *ctx)
{
    ml_pricing_each(ctx, judge);
}

extern const ml_rule ml_rule_pricing_rounded_amount;
const ml_rule ml_rule_pricing_rounded_amount = {.judge_file = judge_file, .in_bridge = true};
