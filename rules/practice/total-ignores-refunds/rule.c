/* practice/total-ignores-refunds - a sum of bills does not say what became of refunds.
 *
 * Reports  SUM over the amounts of a model of bills, by fn or by sum(), in a query that
 *          speaks neither of refunds nor of cancelled bills.
 * Silent   when the function subtracts or sums refunds itself, or calls the figure gross. */
#include "practice.h"

static bool sums_amount(ml_str query)
{
    return (ml_str_find_nocase(query, ML_STR("'sum'")) != ML_NOT_FOUND ||
            ml_str_find_nocase(query, ML_STR("\"sum\"")) != ML_NOT_FOUND ||
            ml_str_find_nocase(query, ML_STR("sum(")) != ML_NOT_FOUND) &&
           rule_text_has(query, "total_cost totalcost");
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_str query = ml_source_of(facts, call);
    bool sum = rule_on_bills(facts, call, "sum") && rule_text_has(query, "cost amount");
    bool find = rule_on_bills(facts, call, "findAll findOne findAndCountAll aggregate") && sums_amount(query);

    if ((!sum && !find) || rule_text_has(rule_text_around(facts, call), "refund gross"))
        return;
    ml_finding_set(ctx, ml_ctx_report(ctx, call), "column", ML_STR("total_cost"));
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&rule_need_bill, NULL};

extern const ml_rule ml_rule_practice_total_ignores_refunds;
const ml_rule ml_rule_practice_total_ignores_refunds = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
