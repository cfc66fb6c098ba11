/* metering_streams.c - see metering_streams.h. */
#include "metering_streams.h"

static bool has_value(ml_ctx *ctx, ml_file_id file, ml_node_id object, const char *name, const char *text)
{
    ml_values values = ml_eval_member(ml_ctx_eval(ctx), ml_eval_node(ml_ctx_eval(ctx), file, object), ml_str_of(name));

    for (uint32_t i = 0; i < values.count; i++) {
        const ml_value *v = &values.items[i];
        if (!text && v->kind == ML_V_BOOL && v->piece_count && ml_str_eq_c(v->pieces[0].text, "1"))
            return true;
        if (text && v->kind == ML_V_STRING && v->piece_count == 1 && ml_str_eq_c(v->pieces[0].text, text))
            return true;
    }
    return false;
}

/* `stream: true` written anywhere in an argument. */
static bool writes_stream_true(const ml_facts *facts, ml_node_id arg)
{
    for (ml_node_id n = arg; n; n = ml_walk(facts, arg, n)) {
        if (ml_kind_of(facts, n) != ML_NODE_PROPERTY)
            continue;
        ml_node_id value = ml_child(facts, n, ML_ROLE_VALUE);
        ml_node_kind kind = value ? ml_kind_of(facts, value) : ML_NODE_NONE;
        if (ml_str_eq_c(ml_text_of(facts, n), "stream") && kind == ML_NODE_TRUE)
            return true;
        if (ml_str_eq_c(ml_text_of(facts, n), "responseType") && kind == ML_NODE_STRING &&
            ml_str_eq_c(ml_text_of(facts, value), "stream"))
            return true;
    }
    return false;
}

bool rule_asks_for_stream(ml_ctx *ctx, ml_file_id file, ml_node_id call)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);
    ml_str callee = rule_callee_text(ctx, facts, call);

    if (ml_str_ends(callee, ML_STR(".stream")) || ml_str_eq_c(callee, "streamText") ||
        ml_str_eq_c(callee, "streamObject") || ml_str_ends(callee, ML_STR("ContentStream")))
        return true;
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg))
        if (writes_stream_true(facts, arg) || has_value(ctx, file, arg, "responseType", "stream"))
            return true;
    return false;
}

static ml_node_id stripped(const ml_facts *facts, ml_node_id node)
{
    while (node && ml_kind_of(facts, node) == ML_NODE_AWAIT)
        node = ml_child(facts, node, ML_ROLE_VALUE);
    return node;
}

/* The purchase whose answer a name holds, or the call itself; 0: none. */
static ml_node_id purchase_of(ml_ctx *ctx, const rule_method *method, ml_file_id file, ml_node_id node)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), file);

    node = stripped(facts, node);
    if (node && ml_kind_of(facts, node) == ML_NODE_IDENT && ml_node_at(facts, node)->ref) {
        const ml_binding *b = &facts->bindings[ml_node_at(facts, node)->ref];
        if (b->kind == ML_BIND_VAR && b->is_const)
            node = stripped(facts, ml_child(facts, b->decl, ML_ROLE_VALUE));
    }
    return node && ml_kind_of(facts, node) == ML_NODE_CALL && rule_buys(ctx, method, file, node) ? node : 0;
}

bool rule_is_stream(ml_ctx *ctx, const rule_method *method, ml_place at)
{
    /* clang-format off */
    static const char *const streams[] = {
        "body", "textStream", "fullStream", "partialObjectStream", "toReadableStream", "toDataStreamResponse",
        "toUIMessageStreamResponse", "toTextStreamResponse", "toDataStream"};
    /* clang-format on */
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), at.file);
    ml_node_kind kind = ml_kind_of(facts, at.node);
    ml_node_id value = stripped(facts, kind == ML_NODE_RETURN ? ml_child(facts, at.node, ML_ROLE_VALUE) : at.node);

    if (!value || kind == ML_NODE_FUNCTION)
        return false;
    ml_node_id chain = value;
    if (ml_kind_of(facts, chain) == ML_NODE_NEW || /* new Response(res.body), Readable.fromWeb(res.body) */
        (ml_kind_of(facts, chain) == ML_NODE_CALL &&
         ml_str_starts(rule_callee_text(ctx, facts, chain), ML_STR("Readable."))))
        chain = ml_child(facts, chain, ML_ROLE_ARG);
    if (chain && ml_kind_of(facts, chain) == ML_NODE_CALL && ml_child(facts, chain, ML_ROLE_CALLEE) &&
        ml_kind_of(facts, ml_child(facts, chain, ML_ROLE_CALLEE)) == ML_NODE_MEMBER)
        chain = rule_buys(ctx, method, at.file, chain) ? chain : ml_child(facts, chain, ML_ROLE_CALLEE);
    for (int hop = 0; hop < 4 && chain && ml_kind_of(facts, chain) == ML_NODE_MEMBER; hop++) {
        if (rule_is_any(ml_text_of(facts, chain), streams, RULE_COUNT(streams)))
            return true;
        chain = ml_child(facts, chain, ML_ROLE_OBJECT);
    }
    ml_node_id purchase = purchase_of(ctx, method, at.file, chain);
    return purchase && rule_asks_for_stream(ctx, at.file, purchase);
}
