/* metering/requested-quantity - what was asked for is billed, not what came.
 *
 * Reports  an image count or a duration in a record that is read from the request (params.n,
 *          params.duration) in a method that has the provider's answer.
 * Silent   for records of failures, which have no answer, and for characters, which the
 *          request does decide. */
#include "metering_fields.h"

static bool is_failure(const ml_facts *facts, ml_node_id object)
{
    static const char *const good[] = {"success", "succeeded"};
    ml_node_id status = rule_field(facts, object, (const char *const[]){"status"}, 1);

    return status && ml_kind_of(facts, status) == ML_NODE_STRING &&
           !rule_is_any(ml_text_of(facts, status), good, RULE_COUNT(good));
}

static bool judge(ml_ctx *ctx, const rule_record *record, const char *const *keys, size_t count,
                  const char *const *read, size_t read_count)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id value = rule_resolved(facts, rule_field(facts, record->object, keys, count));

    if (!value || !rule_is_read_from_request(facts, value))
        return false;
    ml_node_id member = ml_kind_of(facts, value) == ML_NODE_BINARY ? ml_child(facts, value, ML_ROLE_LEFT)
                        : ml_kind_of(facts, value) == ML_NODE_CALL ? ml_child(facts, value, ML_ROLE_ARG)
                                                                   : value;
    if (!rule_is_any(rule_value_name(facts, member), read, read_count))
        return false;
    ml_finding *finding = ml_ctx_report(ctx, value);
    ml_finding_set(ctx, finding, "value",
                   ml_arena_copy(ml_ctx_arena(ctx), ml_str_slice(ml_source_of(facts, value), 0, 60)));
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), value}, "read from the request", "取自请求");
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), record->call}, "and recorded as the result",
                    "却记录为结果");
    return true;
}

static void visit(ml_ctx *ctx, const rule_record *record)
{
    static const char *const counts[] = {"n",          "count",      "num",       "numImages",
                                         "num_images", "imageCount", "batchSize", "batch_size"};
    static const char *const durations[] = {"duration", "seconds", "durationSeconds", "duration_seconds",
                                            "videoLength"};
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_ctx_in_bridge(ctx) || is_failure(facts, record->object))
        return;
    if (!judge(ctx, record, rule_images_keys, RULE_KEYS_4, counts, RULE_COUNT(counts)) &&
        !judge(ctx, record, rule_seconds_keys, RULE_KEYS_4, durations, RULE_COUNT(durations)) &&
        !judge(ctx, record, rule_quantity_keys, RULE_KEYS_4, counts, RULE_COUNT(counts)))
        judge(ctx, record, rule_quantity_keys, RULE_KEYS_4, durations, RULE_COUNT(durations));
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_records(ctx, visit);
}

const ml_rule ml_rule_metering_requested_quantity = {
    .judge_file = judge_file,
    .in_bridge = true,
};
