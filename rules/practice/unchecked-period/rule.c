/* practice/unchecked-period - a cycle or date of a request is used without a check.
 *
 * Reports  req.query.cycle, month, startDate and endDate as an argument, a value of a
 *          query or of a constant that is not compared or matched.
 * Silent   when the value goes through a function that parses or checks, and in files that
 *          use a validation library. */
#include "practice.h"
#include "pricing.h"

static const char *const period_names = "cycle billingCycle month startDate endDate start_date end_date";

static bool is_period(const ml_facts *facts, ml_node_id node)
{
    ml_node_id object = ml_child(facts, node, ML_ROLE_OBJECT);
    ml_str text = ml_source_of(facts, node);

    return ml_kind_of(facts, node) == ML_NODE_MEMBER && rule_name_is(ml_text_of(facts, node), period_names) &&
           rule_name_is(ml_text_of(facts, object), "query") &&
           (ml_str_starts(text, ML_STR("req.")) || ml_str_starts(text, ML_STR("request.")) ||
            ml_str_starts(text, ML_STR("ctx.")));
}

/* Does the function test the name somewhere: /^..$/.test(cycle), cycle.match(...), schema.parse? */
static bool is_tested(const ml_facts *facts, ml_node_id node)
{
    return rule_text_has(rule_text_around(facts, node),
                         ".test( .match( isvalid validate( parsecycle parsedate .parse( safeparse 400 assert");
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_concerns(ctx) ||
        rule_text_has(facts->lines.text, "zod joi class-validator express-validator yup ajv valibot celebrate"))
        return;
    for (ml_node_id node = 1; node < facts->node_count; node++) {
        if (!is_period(facts, node) || is_tested(facts, node))
            continue;
        ml_node_id parent = ml_node_at(facts, node)->parent;
        bool argument = ml_kind_of(facts, parent) == ML_NODE_CALL && ml_node_at(facts, node)->role == ML_ROLE_ARG;
        if (argument && rule_text_has(ml_source_of(facts, ml_child(facts, parent, ML_ROLE_CALLEE)),
                                      "parse check valid assert to string( number("))
            continue;
        if (argument || ml_kind_of(facts, parent) == ML_NODE_DECLARATOR ||
            ml_kind_of(facts, parent) == ML_NODE_PROPERTY)
            ml_finding_set(ctx, ml_ctx_report(ctx, node), "code", ml_source_of(facts, node));
    }
}

static bool may_be_period(ml_str name, ml_str behind)
{
    (void)behind;
    return rule_name_is(name, period_names);
}

static const char *const periods[] = {"cycle",   "Cycle",      "month",    "startDate",
                                      "endDate", "start_date", "end_date", NULL};
static const ml_rule_need period_need = {.words = periods, .fits = may_be_period};
static const ml_rule_need *const needs[] = {&ml_pricing_need, &period_need, &rule_need_request, NULL};

extern const ml_rule ml_rule_practice_unchecked_period;
const ml_rule ml_rule_practice_unchecked_period = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
