/* metering/fallback-model - another model answers, the requested one is billed.
 *
 * Reports  a record behind a catch that buys again with another model or client, or behind a
 *          loop over models, whose model is read from the request.
 * Silent   when the record names the answer's model or a variable, and when the catch records
 *          for itself. */
#include "metering_fields.h"
#include "metering_paths.h"

static const char *const model_keys[] = {"model", "modelName", "modelId", "model_name", "model_id"};

static bool names_a_model(const ml_facts *facts, ml_node_id call)
{
    for (ml_node_id n = call; n; n = ml_walk(facts, call, n))
        if (ml_kind_of(facts, n) == ML_NODE_PROPERTY &&
            rule_is_any(ml_text_of(facts, n), model_keys, RULE_COUNT(model_keys)))
            return true;
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg))
        if (ml_kind_of(facts, arg) == ML_NODE_STRING)
            return true;
    return false;
}

/* The purchase in the handler that answers with another model, left owing behind it; 0: none. */
static ml_node_id fallback_in(ml_ctx *ctx, const rule_method *method, ml_node_id handler)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!handler || !rule_leaves_owing(ctx, method, (ml_place){ml_ctx_file(ctx), handler}))
        return 0;
    for (ml_node_id n = handler; n; n = ml_walk(facts, handler, n))
        if (ml_kind_of(facts, n) == ML_NODE_CALL && names_a_model(facts, n) &&
            (rule_buys(ctx, method, ml_ctx_file(ctx), n) ||
             rule_leaves_owing(ctx, method, (ml_place){ml_ctx_file(ctx), n})))
            return n;
    return 0;
}

static void judge_records(ml_ctx *ctx, const rule_method *method, ml_node_id function, ml_node_id handler,
                          ml_node_id fallback)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    for (ml_node_id n = function; n; n = ml_walk(facts, function, n)) {
        if (ml_kind_of(facts, n) != ML_NODE_CALL || ml_node_at(facts, n)->start < ml_node_at(facts, handler)->end ||
            !rule_is_record(ctx, facts, n))
            continue;
        ml_node_id object = rule_resolved(facts, ml_child(facts, n, ML_ROLE_ARG));
        if (!object || ml_kind_of(facts, object) != ML_NODE_OBJECT)
            continue;
        ml_node_id model = rule_field(facts, object, model_keys, RULE_COUNT(model_keys));
        if (!model || !rule_is_read_from_request(facts, rule_resolved(facts, model)))
            continue;
        ml_finding *finding = ml_ctx_report(ctx, model);
        ml_finding_set(ctx, finding, "model", ml_source_of(facts, model));
        ml_finding_step(ctx, finding, method->purchase, "the requested model fails here", "请求的模型在此失败");
        ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), fallback}, "another one answers",
                        "由另一个模型应答");
        ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), model}, "and the first is recorded",
                        "记录的却是前者");
    }
}

static void visit(ml_ctx *ctx, const rule_method *method)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    for (uint32_t i = 0; i < method->reach->count; i++) {
        ml_place function = method->reach->functions[i];
        if (function.file != ml_ctx_file(ctx))
            continue;
        for (ml_node_id n = function.node; n; n = ml_walk(facts, function.node, n)) {
            ml_node_id handler = 0;
            if (ml_kind_of(facts, n) == ML_NODE_CATCH)
                handler = ml_child(facts, n, ML_ROLE_BODY);
            else if (ml_kind_of(facts, n) == ML_NODE_CALL &&
                     ml_str_eq_c(rule_last_name(rule_callee_text(ctx, facts, n)), "catch"))
                handler = ml_child(facts, n, ML_ROLE_ARG);
            else if (ml_kind_of(facts, n) == ML_NODE_FOR_IN) /* for (const model of [wanted, ...others]) try … */
                handler = ml_child(facts, n, ML_ROLE_BODY);
            ml_node_id fallback = fallback_in(ctx, method, handler);
            if (fallback)
                judge_records(ctx, method, function.node, handler, fallback);
        }
    }
}

static void judge_file(ml_ctx *ctx)
{
    rule_visit_methods(ctx, visit);
}

const ml_rule ml_rule_metering_fallback_model = {
    .judge_file = judge_file,
    .in_bridge = true,
};
