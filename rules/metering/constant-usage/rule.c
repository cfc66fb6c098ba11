/* metering/constant-usage - made-up token counts are recorded or answered.
 *
 * Reports  an object of token counts that are all written as numbers, not all 0, that reaches a
 *          record, or stands as `usage` in what a bridge method returns.
 * Silent   for accumulators that begin at 0, and for limits and prices, which are no usage. */
#include "metering_fields.h"

static bool is_number(const ml_facts *facts, ml_node_id node, bool *zero)
{
    node = rule_resolved(facts, node);
    *zero = ml_str_eq_c(ml_source_of(facts, node), "0");
    return ml_kind_of(facts, node) == ML_NODE_NUMBER;
}

/* Token counts among the members: all of them numbers, and one not 0? */
static bool is_made_up(const ml_facts *facts, ml_node_id object)
{
    uint32_t counts = 0, numbers = 0, zeros = 0;

    for (ml_node_id m = ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        bool zero;
        if (ml_kind_of(facts, m) != ML_NODE_PROPERTY || !rule_is_token_name(ml_text_of(facts, m)))
            continue;
        counts++;
        if (is_number(facts, ml_child(facts, m, ML_ROLE_VALUE), &zero)) {
            numbers++;
            zeros += zero;
        }
    }
    return counts && counts == numbers && zeros < counts;
}

static void report(ml_ctx *ctx, ml_node_id object, ml_node_id reached)
{
    ml_finding *finding = ml_ctx_report(ctx, object);

    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), object}, "the counts are written here", "数值写死在此");
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), reached}, "and are taken for usage here",
                    "并在此当作用量");
}

static void visit(ml_ctx *ctx, const rule_record *record)
{
    static const char *const usage_keys[] = {"usage", "tokenUsage", "tokens"};
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id usage = rule_resolved(facts, rule_field(facts, record->object, usage_keys, RULE_COUNT(usage_keys)));

    if (is_made_up(facts, record->object))
        report(ctx, record->object, record->call);
    if (usage && ml_kind_of(facts, usage) == ML_NODE_OBJECT && is_made_up(facts, usage))
        report(ctx, usage, record->call);
}

/* return { …, usage: { prompt_tokens: 1, … } } of the bridge. */
static void judge_answers(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    for (uint32_t f = 1; f < facts->function_count; f++)
        for (uint32_t i = 0; i < facts->functions[f].return_count; i++) {
            ml_node_id at = facts->returns[facts->functions[f].return_first + i];
            ml_node_id value = rule_resolved(facts, ml_child(facts, at, ML_ROLE_VALUE));
            if (!value || ml_kind_of(facts, value) != ML_NODE_OBJECT)
                continue;
            ml_node_id usage = rule_resolved(facts, rule_field(facts, value, (const char *const[]){"usage"}, 1));
            if (usage && ml_kind_of(facts, usage) == ML_NODE_OBJECT && is_made_up(facts, usage))
                report(ctx, usage, at);
        }
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_records(ctx, visit);
    if (ml_ctx_in_bridge(ctx) && !rule_is_test_path(ml_ctx_facts(ctx)->path))
        judge_answers(ctx);
}

const ml_rule ml_rule_metering_constant_usage = {
    .judge_file = judge_file,
    .in_bridge = true,
};
