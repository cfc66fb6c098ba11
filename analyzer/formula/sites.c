/* Where costs are computed: values of names, properties, returns and arguments that are
 * called so. An amount that is only passed on is judged where it was computed. */
#include "words.h"

static ml_str last_name_of(const ml_facts *facts, ml_node_id node)
{
    switch (ml_kind_of(facts, node)) {
    case ML_NODE_IDENT:
    case ML_NODE_MEMBER:
    case ML_NODE_PROPERTY:
    case ML_NODE_METHOD:
    case ML_NODE_FIELD: return ml_text_of(facts, node);
    default: return ML_STR_NONE;
    }
}

/* A function's own name, or that of what holds it. */
static ml_str function_name(const ml_facts *facts, ml_node_id function)
{
    ml_node_id parent = ml_node_at(facts, function)->parent;
    ml_str own = ml_text_of(facts, function);

    if (own.len || !function)
        return own;
    switch (ml_kind_of(facts, parent)) {
    case ML_NODE_DECLARATOR: return last_name_of(facts, ml_child(facts, parent, ML_ROLE_TARGET));
    case ML_NODE_ASSIGN: return last_name_of(facts, ml_child(facts, parent, ML_ROLE_TARGET));
    default: return last_name_of(facts, parent);
    }
}

static bool is_work(const ml_facts *facts, ml_node_id value)
{
    for (ml_node_id n = value; n; n = ml_walk(facts, value, n)) {
        ml_node_kind kind = ml_kind_of(facts, n);
        if (kind == ML_NODE_FUNCTION)
            return false;
        if (kind == ML_NODE_BINARY || kind == ML_NODE_CALL || kind == ML_NODE_UNARY || kind == ML_NODE_CONDITIONAL)
            return true;
    }
    return false;
}

static bool made_for_people(const ml_words *words)
{
    return ml_words_have(words,
                         "format formatted display label print text render view string str show chart tooltip pretty "
                         "human message title fmt");
}

/* What the words around say of every site in a function: its name, the class's, the file's. */
static void describe(ml_formula_site *site, const ml_facts *facts)
{
    ml_words target = {0}, where = {0}, holder = {0};
    ml_node_id function = facts->functions[site->function].node;
    uint32_t around = ml_class_around(facts, site->node);

    ml_words_add(&target, site->target);
    if (site->function) {
        ml_words_add(&where, function_name(facts, function));
        ml_words_add(&holder, function_name(facts, function));
    }
    ml_words_add(&where, ml_path_name(facts->path));
    ml_words_add(&where, ml_path_name(ml_path_folder(facts->path)));
    if (around)
        ml_words_add(&where, facts->classes[around].name);
    ml_words_add(&where, site->target);
    site->part =
        ml_words_have(&target, "input prompt in output completion out cached cache read write reasoning audio "
                               "part line item subtotal base") ||
        (site->function && ml_words_have(&holder, "input prompt output completion cached cache reasoning part line"));
    site->minor =
        ml_words_have(&where, "cent cents minor micro micros nano nanos pico fen credit credits point points quota");
    site->display = made_for_people(&target) || made_for_people(&holder);
    site->one_sided =
        ml_words_have(&where, "embedding embeddings embed rerank reranker moderation vector vectors search") ||
        ml_words_have(&target, "expected expect");
    if (site->function && !site->one_sided) {
        ml_str body = ml_source_of(facts, function);
        site->one_sided = ml_str_find_nocase(body, ML_STR("embed")) != ML_NOT_FOUND ||
                          ml_str_find_nocase(body, ML_STR("rerank")) != ML_NOT_FOUND;
    }
}

static void add(ml_formula_sites *out, ml_arena *arena, const ml_facts *facts, ml_node_id node, ml_node_id value,
                ml_str target, bool partial)
{
    ml_formula_site site = {.node = node, .value = value, .target = target, .partial = partial};

    if (!value || !is_work(facts, value))
        return;
    site.function = ml_function_around(facts, node);
    describe(&site, facts);
    ml_vec_push(arena, out, site);
}

static bool is_written_again(const ml_facts *facts, ml_node_id target)
{
    if (ml_kind_of(facts, target) != ML_NODE_IDENT || !ml_node_at(facts, target)->ref)
        return false;
    return facts->bindings[ml_node_at(facts, target)->ref].write_count > 0;
}

static void add_write(ml_formula_sites *out, ml_arena *arena, const ml_facts *facts, ml_node_id node)
{
    ml_node_id target = ml_child(facts, node, ML_ROLE_TARGET);
    ml_str name = last_name_of(facts, target);
    uint8_t op = ml_node_at(facts, node)->op;
    bool declares = ml_kind_of(facts, node) == ML_NODE_DECLARATOR;

    if (!declares && op != ML_OP_ASSIGN && op != ML_OP_ADD)
        return;
    if (ml_formula_is_cost_name(name))
        add(out, arena, facts, node, ml_child(facts, node, ML_ROLE_VALUE), name,
            op == ML_OP_ADD || is_written_again(facts, target));
}

/* `return a * b` in costOf; an arrow's body likewise. */
static void add_result(ml_formula_sites *out, ml_arena *arena, const ml_facts *facts, ml_node_id node, ml_node_id value)
{
    uint32_t index = ml_kind_of(facts, node) == ML_NODE_FUNCTION ? ml_function_of_node(facts, node)
                                                                 : ml_function_around(facts, node);
    ml_str name = index ? function_name(facts, facts->functions[index].node) : ML_STR_NONE;

    if (!ml_formula_is_cost_name(name) || !value)
        return;
    add(out, arena, facts, value, value, name, false);
    if (out->count && out->items[out->count - 1].node == value)
        out->items[out->count - 1].function = index;
}

/* charge(userId, tokens * price), ledger.addCost(x) */
static void add_argument(ml_formula_sites *out, ml_arena *arena, const ml_facts *facts, ml_node_id call)
{
    ml_str name = last_name_of(facts, ml_child(facts, call, ML_ROLE_CALLEE));
    ml_words words = {0};

    ml_words_add(&words, name);
    if (!ml_formula_is_cost_name(name) || !ml_words_have(&words, "charge set add record save bill deduct debit"))
        return;
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg))
        if (ml_kind_of(facts, arg) == ML_NODE_BINARY)
            add(out, arena, facts, arg, arg, name, false);
}

void ml_formula_sites_of(ml_formula_sites *out, ml_arena *arena, const ml_facts *facts)
{
    for (ml_node_id node = 1; node < facts->node_count; node++)
        switch (ml_kind_of(facts, node)) {
        case ML_NODE_DECLARATOR:
        case ML_NODE_ASSIGN: add_write(out, arena, facts, node); break;
        case ML_NODE_PROPERTY:
            if (!(ml_node_at(facts, node)->flags & ML_NF_SHORTHAND) && ml_formula_is_cost_name(ml_text_of(facts, node)))
                add(out, arena, facts, node, ml_child(facts, node, ML_ROLE_VALUE), ml_text_of(facts, node), false);
            break;
        case ML_NODE_RETURN: add_result(out, arena, facts, node, ml_child(facts, node, ML_ROLE_VALUE)); break;
        case ML_NODE_FUNCTION: {
            ml_node_id body = ml_child(facts, node, ML_ROLE_BODY);
            if (body && ml_kind_of(facts, body) != ML_NODE_BLOCK)
                add_result(out, arena, facts, node, body);
            break;
        }
        case ML_NODE_CALL: add_argument(out, arena, facts, node); break;
        default: break;
        }
}
