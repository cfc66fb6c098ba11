/* secrets/hardcoded-key - a provider's key in the code.
 *
 * Reports  a text, whole or put together, that has a provider's key format and the
 *          look of a random key; formats without a mark of their own only next to a
 *          telling name.
 * Silent   for placeholders, masked keys, regular expressions and other vendors' keys. */
#include "ml/rule.h"

enum { MADE_BYTES_MAX = 400 };

/* What the text is assigned to: a variable, property, field, parameter, header. */
static ml_str name_of_target(const ml_facts *facts, ml_node_id node)
{
    ml_node_id parent = ml_node_at(facts, node)->parent;
    ml_node_id target = 0;

    /* process.env.ARK_API_KEY || "…": the name stands beside the text. */
    while (ml_kind_of(facts, parent) == ML_NODE_BINARY) {
        node = parent;
        parent = ml_node_at(facts, node)->parent;
    }
    switch (ml_kind_of(facts, parent)) {
    case ML_NODE_PROPERTY:
    case ML_NODE_FIELD:
    case ML_NODE_JSX_ATTR:
    case ML_NODE_ENUM_MEMBER: return ml_text_of(facts, parent);
    case ML_NODE_DECLARATOR:
    case ML_NODE_ASSIGN:
    case ML_NODE_PARAM:
    case ML_NODE_PATTERN_ITEM:
    case ML_NODE_PATTERN_PROP: target = ml_child(facts, parent, ML_ROLE_TARGET); break;
    default: return ML_STR_NONE;
    }
    return ml_text_of(facts, target);
}

/* The literal text of a node; a hole is a line end, over which no pattern reaches. */
static ml_str text_of(ml_ctx *ctx, ml_node_id node)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_arena *arena = ml_eval_arena(ml_ctx_eval(ctx));
    ml_str text = ML_STR_NONE;

    if (ml_kind_of(facts, node) == ML_NODE_STRING)
        return ml_text_of(facts, node);
    ml_values values = ml_eval_node(ml_ctx_eval(ctx), ml_ctx_file(ctx), node);
    if (values.count != 1 || values.items[0].kind != ML_V_STRING)
        return text;
    for (uint32_t i = 0; i < values.items[0].piece_count; i++) {
        const ml_piece *piece = &values.items[0].pieces[i];
        text = ml_arena_concat(arena, text, piece->hole == ML_HOLE_NONE ? piece->text : ML_STR("\n"));
    }
    return text;
}

static ml_text masked(ml_ctx *ctx, ml_str key)
{
    ml_str head = ml_str_slice(key, 0, 4);
    ml_text text;

    text.in[ML_LANG_EN] = ml_arena_printf(ml_ctx_arena(ctx), "%.*s… (%zu characters)", ML_STR_ARG(head), key.len);
    text.in[ML_LANG_ZH] = ml_arena_printf(ml_ctx_arena(ctx), "%.*s…（%zu 个字符）", ML_STR_ARG(head), key.len);
    return text;
}

static void judge_text(ml_ctx *ctx, ml_node_id node, ml_str text)
{
    if (!ml_key_may_be_in(text))
        return;
    ml_str name = name_of_target(ml_ctx_facts(ctx), node);
    ml_str line =
        ml_arena_printf(ml_eval_arena(ml_ctx_eval(ctx)), "%.*s = \"%.*s\"", ML_STR_ARG(name), ML_STR_ARG(text));
    ml_key_match match = ml_keys_find(ml_ctx_keys(ctx), line);
    if (!match.provider || match.start < name.len)
        return;
    ml_finding *finding = ml_ctx_report(ctx, node);
    ml_finding_provider(ctx, finding, match.provider);
    ml_finding_set_text(ctx, finding, "key", masked(ctx, ml_str_slice(line, match.start, match.end)));
    if (match.trust != ML_TRUST_FULL && !name.len)
        ml_finding_cap(ctx, finding, ML_LEVEL_LOW, "the key format is not confirmed", "密钥格式尚未核实");
}

/* A text that is put together is worth finding out only if some part of a key stands in the file. */
static void judge(ml_ctx *ctx, ml_node_id node)
{
    if (ml_kind_of(ml_ctx_facts(ctx), node) == ML_NODE_STRING || ml_ctx_may_hold_key(ctx))
        judge_text(ctx, node, text_of(ctx, node));
}

/* ["sk-", "…"].join(""), atob("…"): calls that put a text together or decode it. */
static void judge_call(ml_ctx *ctx, ml_node_id call)
{
    static const char *const makers[] = {"join", "atob", "concat", "toString", "fromCharCode"};
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_str callee = ml_text_of(facts, ml_child(facts, call, ML_ROLE_CALLEE));
    bool makes = false;

    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        makes |= ml_str_eq_c(callee, makers[i]);
    ml_str text = makes && ml_kind_of(facts, call) == ML_NODE_CALL ? text_of(ctx, call) : ML_STR_NONE;
    /* What stands in the code as it is, is found there. */
    if (text.len && text.len <= MADE_BYTES_MAX && !ml_str_contains(ml_source_of(facts, call), text))
        judge_text(ctx, call, text);
}

const ml_rule ml_rule_secrets_hardcoded_key = {
    .judge_text = judge,
    .judge_call = judge_call,
    .in_bridge = true,
};
