/* practice/total-read-and-written - a total is changed in the program and saved.
 *
 * Reports  row.total = row.total + x and row.total += x on amounts and balances, when the
 *          row is saved or updated in the same function.
 * Silent   with a lock or version in the function, and about plain objects. */
#include "practice.h"
#include "pricing.h"

#include <string.h>

static bool is_total(ml_str name)
{
    return rule_name_is(
        name, "totalCost total_cost totalCount totalQuantity balance amount quota credits total refundedAmount");
}

static bool reads_itself(const ml_facts *facts, ml_node_id assign, ml_node_id target)
{
    ml_node_id value = ml_child(facts, assign, ML_ROLE_VALUE);
    uint8_t op = ml_node_at(facts, assign)->op;

    if (op == ML_OP_ADD || op == ML_OP_SUB)
        return true;
    for (ml_node_id n = op == ML_OP_ASSIGN ? value : 0; n; n = ml_walk(facts, value, n))
        if (ml_kind_of(facts, n) == ML_NODE_MEMBER && ml_str_eq(ml_source_of(facts, n), ml_source_of(facts, target)))
            return true;
    return false;
}

static bool is_saved(const ml_facts *facts, ml_node_id function, ml_node_id object)
{
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id saved = rule_method_call(facts, facts->calls[i], "save update");
        if (saved && ml_is_within(facts, facts->calls[i], function) &&
            ml_str_eq(ml_source_of(facts, saved), ml_source_of(facts, object)))
            return true;
    }
    return false;
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_concerns(ctx))
        return;
    for (ml_node_id node = 1; node < facts->node_count; node++) {
        ml_node_id target = ml_kind_of(facts, node) == ML_NODE_ASSIGN ? ml_child(facts, node, ML_ROLE_TARGET) : 0;
        ml_node_id function = target ? rule_function_around(facts, node) : 0;
        if (!function || ml_kind_of(facts, target) != ML_NODE_MEMBER || !is_total(ml_text_of(facts, target)) ||
            !reads_itself(facts, node, target) || !is_saved(facts, function, ml_child(facts, target, ML_ROLE_OBJECT)) ||
            rule_text_has(ml_source_of(facts, function), "lock version"))
            continue;
        ml_finding_set(ctx, ml_ctx_report(ctx, node), "name", ml_source_of(facts, target));
    }
}

/* An amount that is assigned: row.total = …, row.total += … */
static bool may_be_written(ml_str name, ml_str behind)
{
    while (behind.len && ((unsigned char)behind.data[0] <= ' ' || behind.data[0] == '!'))
        behind = ml_str_from(behind, 1);
    return is_total(name) && behind.len && strchr("=+-/", behind.data[0]);
}

static bool may_save(ml_str name, ml_str behind)
{
    (void)behind;
    return rule_name_is(name, "save update");
}

static const char *const totals[] = {"total", "balance", "amount", "quota", "credits", "refundedAmount", NULL};
static const char *const saves[] = {"save", "update", NULL};
static const ml_rule_need total_need = {.words = totals, .fits = may_be_written},
                          save_need = {.words = saves, .fits = may_save};
static const ml_rule_need *const needs[] = {&ml_pricing_need, &total_need, &save_need, NULL};

extern const ml_rule ml_rule_practice_total_read_and_written;
const ml_rule ml_rule_practice_total_read_and_written = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
