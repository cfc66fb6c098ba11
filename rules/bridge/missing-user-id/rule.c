/* bridge/missing-user-id - a bridge call that names no user.
 *
 * Reports  generateImage(params), and undefined, null, 0, "" or another constant in the
 *          user id's place, however it gets there.
 * Silent   when the value cannot be known, after a spread, for a constant that is by its
 *          name a system user, and for another class's method of the same name. */
#include "ml/rule.h"

/* "no value", "a constant", or neither. */
typedef enum emptiness { FILLED, EMPTY, CONSTANT } emptiness;

static emptiness emptiness_of(const ml_value *value)
{
    switch (value->kind) {
    case ML_V_UNDEFINED:
    case ML_V_NULL: return EMPTY;
    case ML_V_NUMBER:
    case ML_V_STRING:
        if (value->piece_count != 1 || value->pieces[0].hole != ML_HOLE_NONE)
            return FILLED;
        return !value->pieces[0].text.len || ml_str_eq(value->pieces[0].text, ML_STR("0")) ? EMPTY : CONSTANT;
    case ML_V_BOOL: return CONSTANT;
    default: return FILLED;
    }
}

static bool names_system_user(const ml_facts *facts, ml_node_id arg)
{
    return arg && ml_str_find_nocase(ml_source_of(facts, arg), ML_STR("system")) != ML_NOT_FOUND;
}

static ml_node_id plain_arg(const ml_facts *facts, ml_node_id call, uint32_t n, bool *spread)
{
    uint32_t at = 0;

    *spread = false;
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg), at++) {
        if (ml_kind_of(facts, arg) == ML_NODE_SPREAD)
            *spread = true;
        if (*spread || at == n)
            return *spread ? 0 : arg;
    }
    return 0;
}

/* Where no file writes the name of a method of the bridge, no call can be found to lead to one: what calls lead to
 * is not followed then. */
static bool may_call_bridge(const ml_ctx *ctx)
{
    const ml_link_host *host = ml_link_host_of(ml_ctx_link(ctx));
    return !host->may_call_bridge || host->may_call_bridge(host->data);
}

static void judge(ml_ctx *ctx, ml_node_id call)
{
    if (!may_call_bridge(ctx))
        return;
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_bridge_call bridge = ml_eval_bridge_call(ml_ctx_eval(ctx), ml_ctx_file(ctx), call);
    bool spread, constant = false;

    if (!bridge.method)
        return;
    ml_node_id arg = plain_arg(facts, call, bridge.method->user_arg, &spread);
    if (spread)
        return;
    ml_values values = arg ? ml_eval_node(ml_ctx_eval(ctx), ml_ctx_file(ctx), arg) : (ml_values){NULL, 0};
    for (uint32_t i = 0; i < values.count; i++) {
        emptiness found = emptiness_of(&values.items[i]);
        if (found == FILLED)
            return;
        constant |= found == CONSTANT;
    }
    if (constant && names_system_user(facts, arg))
        return;
    ml_finding *finding = ml_ctx_report(ctx, call);
    ml_finding_set(ctx, finding, "method", bridge.method->name);
    ml_finding_set_text(ctx, finding, "what",
                        !arg ? ml_ctx_text(ctx, "without a user id", "没有传入用户 ID")
                        : constant ? ml_ctx_text(ctx, "with a constant in place of the user id", "用常量代替了用户 ID")
                                   : ml_ctx_text(ctx, "with an empty user id", "传入了空的用户 ID"));
    ml_finding_sink(ctx, finding, bridge.method->name);
}

const ml_rule ml_rule_bridge_missing_user_id = {
    .judge_call = judge,
};
