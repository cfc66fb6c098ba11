/* metering/cached-twice - cached input is inside the input count and priced once more.
 *
 * Reports  a sum of prompt tokens times a price and cached tokens times a price, where the
 *          cached count is nowhere taken off the prompt tokens. Decimal libraries count as
 *          arithmetic.
 * Silent   for names that do not tell whether cached tokens are inside (Anthropic's
 *          input_tokens are without), where anything is subtracted, and where another branch
 *          of the function subtracts: it knows both kinds of provider. */
#include "metering_fields.h"

enum { TERMS_MAX = 16 };

static const char *const sums[] = {"plus", "add"};
static const char *const differences[] = {"minus", "sub"};
static const char *const products[] = {"mul", "times", "multipliedBy", "multiply"};

static ml_node_id method_object(const ml_facts *facts, ml_node_id call, const char *const *names, size_t count)
{
    ml_node_id callee = ml_kind_of(facts, call) == ML_NODE_CALL ? ml_child(facts, call, ML_ROLE_CALLEE) : 0;

    return callee && ml_kind_of(facts, callee) == ML_NODE_MEMBER && rule_is_any(ml_text_of(facts, callee), names, count)
               ? ml_child(facts, callee, ML_ROLE_OBJECT)
               : 0;
}

static bool is_sum(const ml_facts *facts, ml_node_id node)
{
    const ml_node *n = ml_node_at(facts, node);

    return (n->kind == ML_NODE_BINARY && n->op == ML_OP_ADD) || method_object(facts, node, sums, RULE_COUNT(sums)) != 0;
}

typedef struct term {
    bool product, prompt, cached, subtracts;
} term;

static void read_term(const ml_facts *facts, ml_node_id root, term *out, int depth)
{
    for (ml_node_id n = root; n; n = ml_walk(facts, root, n)) {
        const ml_node *node = ml_node_at(facts, n);
        out->product |= (node->kind == ML_NODE_BINARY && node->op == ML_OP_MUL) ||
                        method_object(facts, n, products, RULE_COUNT(products));
        out->subtracts |= (node->kind == ML_NODE_BINARY && node->op == ML_OP_SUB) ||
                          method_object(facts, n, differences, RULE_COUNT(differences));
        ml_str name = rule_value_name(facts, n);
        out->prompt |= ml_str_eq_c(name, "prompt_tokens") || ml_str_eq_c(name, "promptTokens");
        out->cached |= ml_str_find_nocase(name, ML_STR("cache")) != ML_NOT_FOUND;
        ml_node_id behind = node->kind == ML_NODE_IDENT ? rule_resolved(facts, n) : n;
        if (behind != n && depth < 3) {
            bool product = out->product;
            read_term(facts, behind, out, depth + 1);
            out->product = product || out->product;
        }
    }
}

/* `if (provider is OpenAI) billable = prompt - cached` beside the sum. */
static bool knows_both(const ml_facts *facts, ml_node_id node)
{
    uint32_t index = ml_function_around(facts, node);
    ml_node_id function = index ? facts->functions[index].node : 0;

    for (ml_node_id n = function; n; n = ml_walk(facts, function, n)) {
        bool minus = ml_kind_of(facts, n) == ML_NODE_BINARY && ml_node_at(facts, n)->op == ML_OP_SUB;
        bool taken = method_object(facts, n, differences, RULE_COUNT(differences)) != 0;
        if (!minus && !taken)
            continue;
        ml_str text = ml_source_of(facts, n);
        if (ml_str_find_nocase(text, ML_STR("prompt")) != ML_NOT_FOUND &&
            ml_str_find_nocase(text, ML_STR("cache")) != ML_NOT_FOUND)
            return true;
    }
    return false;
}

static void judge_sum(ml_ctx *ctx, ml_node_id root)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id open[TERMS_MAX] = {root}, prompt = 0, cached = 0;
    uint32_t count = 1;

    while (count) {
        ml_node_id node = open[--count];
        ml_node_id of = method_object(facts, node, sums, RULE_COUNT(sums));
        if (is_sum(facts, node) && count + 2 <= TERMS_MAX) {
            open[count++] = of ? of : ml_child(facts, node, ML_ROLE_LEFT);
            ml_node_id other = ml_child(facts, node, of ? ML_ROLE_ARG : ML_ROLE_RIGHT);
            if (other)
                open[count++] = other;
            continue;
        }
        ml_node_id value = rule_resolved(facts, node);
        term t = {false, false, false, false};
        read_term(facts, value, &t, 0);
        if (t.subtracts)
            return;
        if (t.product && t.cached)
            cached = node;
        else if (t.product && t.prompt)
            prompt = node;
    }
    if (!prompt || !cached || knows_both(facts, root))
        return;
    ml_finding *finding = ml_ctx_report(ctx, root);
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), prompt}, "all of the input, cached tokens inside",
                    "全部输入，已含缓存 token");
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), cached}, "the cached tokens once more",
                    "缓存 token 再次计入");
}

static const char *const prompts[] = {"prompt_tokens", "promptTokens", NULL}, *const caches[] = {"cache", NULL};
static const ml_rule_need prompt_need = {.words = prompts}, cache_need = {.words = caches, .any_case = true};
static const ml_rule_need *const needs[] = {&prompt_need, &cache_need, NULL};

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (rule_is_test_path(facts->path))
        return;
    for (ml_node_id n = 1; n < facts->node_count; n++) {
        if (!is_sum(facts, n))
            continue;
        ml_node_id up = ml_node_at(facts, n)->parent;
        if (up && ml_kind_of(facts, up) == ML_NODE_MEMBER)
            up = ml_node_at(facts, up)->parent;
        if (!up || !is_sum(facts, up)) /* the outermost one holds all the terms */
            judge_sum(ctx, n);
    }
}

const ml_rule ml_rule_metering_cached_twice = {
    .needs = needs,
    .judge_file = judge_file,
    .in_bridge = true,
};
