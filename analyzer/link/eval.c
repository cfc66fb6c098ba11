/* Expressions to values. Demand-driven: a node is evaluated in a frame (the call whose
 * parameters are known, or none) and memoised for the query. A node met again while
 * it is being evaluated is a cycle and yields a hole. What a cycle touched is kept too:
 * it holds that hole, so it claims no more than it knows, and the order of evaluation
 * within a query is fixed. What a bound cut short serves only those who ask from as deep,
 * where it would have been cut at least as soon. */
#include "link_internal.h"

static const ml_node_id NODE_OF_IMPORT = 1U << 30; /* above every number of a node */

struct ml_memo_entry {
    ml_file_id file;
    ml_node_id node;
    const ml_frame *frame;
    ml_memo_entry *next;
    bool done;
    bool cut;         /* a bound was met within; the deeper it began, the sooner */
    uint32_t nesting; /* how deep it began */
    ml_values values;
};

/* Is new when nothing was known; then it is not done. */
static ml_memo_entry *memo_entry(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame, bool *is_new)
{
    uint64_t key = ((uint64_t)file << 32 | node) ^ ((uint64_t)(uintptr_t)frame * 0x9e3779b97f4a7c15ULL);
    void **first = ml_intmap_at(&eval->arena, &eval->memo, key);

    for (ml_memo_entry *entry = *first; entry; entry = entry->next)
        if (entry->file == file && entry->node == node && entry->frame == frame) {
            *is_new = false;
            return entry;
        }
    ml_memo_entry *entry = ML_NEW(&eval->arena, ml_memo_entry);
    *entry = (ml_memo_entry){.file = file, .node = node, .frame = frame, .next = *first};
    *first = entry;
    *is_new = true;
    return entry;
}

/* ---- kinds of expressions ---- */

static ml_values eval_template(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_place place = {file, node};
    ml_values text = ml_one(eval, ml_string_value(eval, ML_STR(""), place));
    bool first = true;

    for (ml_node_id part = ml_node_at(facts, node)->first; part; part = ml_node_at(facts, part)->next) {
        ml_values values = ml_eval_in(eval, file, part, frame);
        text = first ? ml_to_string(eval, values, place) : ml_concat(eval, text, values, place);
        first = false;
    }
    return text;
}

/* a + b + c leans to the left as deep as it is long, so it is taken from its leftmost operand. */
static ml_values eval_sum(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ML_VEC(ml_node_id) operands = {0};
    ml_place place = {file, node};

    while (ml_kind_of(facts, node) == ML_NODE_BINARY && ml_node_at(facts, node)->op == ML_OP_ADD) {
        ml_vec_push(&eval->arena, &operands, ml_child(facts, node, ML_ROLE_RIGHT));
        node = ml_child(facts, node, ML_ROLE_LEFT);
    }
    ml_values sum = ml_eval_in(eval, file, node, frame);
    for (uint32_t i = operands.count; i-- > 0;)
        sum = ml_concat(eval, sum, ml_eval_in(eval, file, operands.items[i], frame), place);
    return sum;
}

static bool is_nullish(const ml_value *value)
{
    return value->kind == ML_V_UNDEFINED || value->kind == ML_V_NULL;
}

static bool is_falsy(ml_eval *eval, const ml_value *value)
{
    ml_str text;

    if (is_nullish(value) || (value->kind == ML_V_BOOL && value->pieces[0].text.len == 5))
        return true;
    return ml_value_literal(eval, value, &text) &&
           (!text.len || (value->kind == ML_V_NUMBER && ml_str_eq(text, ML_STR("0"))));
}

/* a || b, a ?? b: the right side counts unless the left is surely there. */
static ml_values eval_fallback(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame, bool nullish)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_values left = ml_eval_in(eval, file, ml_child(facts, node, ML_ROLE_LEFT), frame);
    ml_set set = {.eval = eval};
    bool surely = left.count > 0;

    for (uint32_t i = 0; i < left.count; i++) {
        const ml_value *value = &left.items[i];
        if (nullish ? is_nullish(value) : is_falsy(eval, value)) {
            surely = false;
            continue;
        }
        surely &= !ml_value_may_be_missing(value) && value->kind != ML_V_BOOL;
        ml_set_add(&set, value);
    }
    if (!surely)
        ml_set_add_all(&set, ml_eval_in(eval, file, ml_child(facts, node, ML_ROLE_RIGHT), frame));
    return ml_set_done(&set);
}

static ml_values eval_binary(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);

    switch (ml_node_at(facts, node)->op) {
    case ML_OP_ADD: return eval_sum(eval, file, node, frame);
    case ML_OP_OR: return eval_fallback(eval, file, node, frame, false);
    case ML_OP_NULLISH: return eval_fallback(eval, file, node, frame, true);
    case ML_OP_AND: return ml_eval_in(eval, file, ml_child(facts, node, ML_ROLE_RIGHT), frame);
    default: return ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, (ml_place){file, node});
    }
}

static ml_values eval_conditional(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_node_kind test = ml_kind_of(facts, ml_child(facts, node, ML_ROLE_TEST));
    ml_set set = {.eval = eval};

    if (test != ML_NODE_FALSE)
        ml_set_add_all(&set, ml_eval_in(eval, file, ml_child(facts, node, ML_ROLE_THEN), frame));
    if (test != ML_NODE_TRUE)
        ml_set_add_all(&set, ml_eval_in(eval, file, ml_child(facts, node, ML_ROLE_ELSE), frame));
    return ml_set_done(&set);
}

static ml_values eval_global(ml_eval *eval, ml_str name, ml_place place)
{
    static const char *const roots[] = {"globalThis", "window", "self", "global"};
    ml_value value = {.kind = ML_V_GLOBAL, .name = name, .place = place};
    ml_set set = {.eval = eval};

    if (ml_str_eq(name, ML_STR("undefined")))
        return ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (ml_str_eq_c(name, roots[i])) {
            value.name = ML_STR_NONE;
            return ml_one(eval, value);
        }
    ml_clients_of_global(eval, &set, name, place);
    if (!set.count)
        ml_set_add(&set, &value);
    return ml_set_done(&set);
}

static ml_values eval_ident(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    const ml_node *ident = ml_node_at(facts, node);

    /* `declare const wx: any` says that a global exists; it makes none. */
    return ident->ref && !facts->bindings[ident->ref].is_ambient
               ? ml_eval_binding(eval, file, ident->ref, frame, node)
               : eval_global(eval, ml_text_of(facts, node), (ml_place){file, node});
}

static ml_values eval_literal(ml_eval *eval, ml_file_id file, ml_node_id node)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_place place = {file, node};
    ml_node_kind kind = ml_kind_of(facts, node);
    ml_value value = ml_string_value(eval, ml_text_of(facts, node), place);

    if (kind == ML_NODE_NUMBER)
        value.kind = ML_V_NUMBER;
    if (kind == ML_NODE_TRUE || kind == ML_NODE_FALSE) {
        value = ml_string_value(eval, kind == ML_NODE_TRUE ? ML_STR("true") : ML_STR("false"), place);
        value.kind = ML_V_BOOL;
    }
    return ml_one(eval, value);
}

static ml_values eval_reference(ml_eval *eval, ml_value_kind kind, ml_file_id file, ml_node_id node,
                                const ml_frame *frame)
{
    return ml_one(eval, (ml_value){.kind = kind, .place = ml_place_at(file, node), .frame = frame});
}

static ml_values eval_unary(ml_eval *eval, ml_file_id file, ml_node_id node)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_place place = {file, node};
    ml_node_id of = ml_child(facts, node, ML_ROLE_VALUE);

    if (ml_node_at(facts, node)->op == ML_OP_MINUS && ml_kind_of(facts, of) == ML_NODE_NUMBER) {
        ml_str text = ml_arena_concat(&eval->arena, ML_STR("-"), ml_text_of(facts, of));
        ml_value number = ml_string_value(eval, text, place);
        number.kind = ML_V_NUMBER;
        return ml_one(eval, number);
    }
    if (ml_node_at(facts, node)->op == ML_OP_VOID)
        return ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
    return ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place);
}

static ml_values eval_module(ml_eval *eval, ml_file_id file, ml_node_id call, const ml_frame *frame)
{
    ml_values names = ml_arg(eval, file, call, 0, frame);
    ml_place place = {file, call};
    ml_set set = {.eval = eval};

    for (uint32_t i = 0; i < names.count; i++) {
        ml_str specifier;
        if (!ml_value_literal(eval, &names.items[i], &specifier))
            return ml_unknown(eval, ML_HOLE_CALL, ML_STR("import"), place);
        ml_file_id target = ml_resolve_once(eval, file, specifier);
        if (ml_add_whole_module(eval, &set, target))
            continue;
        ml_value module = {
            .kind = ML_V_NAMESPACE, .place = {target, 0}
        };
        if (!target)
            module = (ml_value){.kind = ML_V_EXTERNAL, .text = specifier, .name = ML_STR("="), .place = place};
        ml_set_add(&set, &module);
    }
    return ml_set_done(&set);
}

static bool is_require(const ml_facts *facts, ml_node_id call)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);

    return ml_kind_of(facts, callee) == ML_NODE_IDENT && !ml_node_at(facts, callee)->ref &&
           ml_str_eq(ml_text_of(facts, callee), ML_STR("require"));
}

ml_str ml_property_name(ml_eval *eval, const ml_facts *facts, ml_node_id member)
{
    ml_str name = ml_text_of(facts, member);
    bool is_private = ml_node_at(facts, member)->flags & ML_NF_PRIVATE;

    return is_private ? ml_arena_concat(&eval->arena, ML_STR("#"), name) : name;
}

static ml_values eval_node(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_place place = {file, node};
    ml_node_id value = ml_child(facts, node, ML_ROLE_VALUE);

    switch (ml_kind_of(facts, node)) {
    case ML_NODE_NULL: return ml_one(eval, ml_plain(ML_V_NULL, place));
    case ML_NODE_IDENT: return eval_ident(eval, file, node, frame);
    case ML_NODE_THIS: return ml_this_value(eval, file, node, frame);
    case ML_NODE_TEMPLATE: return eval_template(eval, file, node, frame);
    case ML_NODE_ARRAY: return eval_reference(eval, ML_V_ARRAY, file, node, frame);
    case ML_NODE_OBJECT: return eval_reference(eval, ML_V_OBJECT, file, node, frame);
    case ML_NODE_CLASS: return eval_reference(eval, ML_V_CLASS, file, node, NULL);
    case ML_NODE_MEMBER:
        if (ml_kind_of(facts, ml_child(facts, node, ML_ROLE_OBJECT)) == ML_NODE_SUPER)
            return ml_super_member(eval, file, ml_child(facts, node, ML_ROLE_OBJECT),
                                   ml_property_name(eval, facts, node), frame);
        return ml_members_of(eval, ml_eval_in(eval, file, ml_child(facts, node, ML_ROLE_OBJECT), frame),
                             ml_property_name(eval, facts, node), place);
    case ML_NODE_INDEX: {
        ml_values objects = ml_eval_in(eval, file, ml_child(facts, node, ML_ROLE_OBJECT), frame);
        ml_values keys = ml_eval_in(eval, file, ml_child(facts, node, ML_ROLE_KEY), frame);
        ml_set set = {.eval = eval};
        for (uint32_t i = 0; i < objects.count; i++)
            ml_set_add_all(&set, ml_element_of(eval, &objects.items[i], keys, place));
        return ml_set_done(&set);
    }
    case ML_NODE_CALL:
        if (is_require(facts, node))
            return eval_module(eval, file, node, frame);
        return ml_eval_call(eval, file, node, frame);
    case ML_NODE_NEW:
    case ML_NODE_TAGGED: return ml_eval_call(eval, file, node, frame);
    case ML_NODE_IMPORT_CALL: return eval_module(eval, file, node, frame);
    case ML_NODE_META:
        return ml_one(eval, (ml_value){.kind = ML_V_GLOBAL, .name = ml_text_of(facts, node), .place = place});
    case ML_NODE_BINARY: return eval_binary(eval, file, node, frame);
    case ML_NODE_CONDITIONAL: return eval_conditional(eval, file, node, frame);
    case ML_NODE_ASSIGN:
    case ML_NODE_AWAIT:
    case ML_NODE_SPREAD: return ml_eval_in(eval, file, value, frame);
    case ML_NODE_SEQUENCE:
        while (ml_next_child(facts, value))
            value = ml_next_child(facts, value);
        return ml_eval_in(eval, file, value, frame);
    case ML_NODE_UNARY: return eval_unary(eval, file, node);
    default: return ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place);
    }
}

/* The values of a node in a frame, found once: NODE_OF_IMPORT of a binding stands for what is imported. */
static ml_values eval_once(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame,
                           ml_values (*find)(ml_eval *, ml_file_id, ml_node_id, const ml_frame *))
{
    bool is_new;
    ml_memo_entry *known = memo_entry(eval, file, node, frame, &is_new);

    if (!is_new && !known->done)
        return ml_unknown(eval, ML_HOLE_CUT, ML_STR_NONE, (ml_place){file, node & ~NODE_OF_IMPORT});
    if (!is_new && (!known->cut || eval->nesting >= known->nesting)) {
        eval->cut |= known->cut;
        return known->values;
    }
    known->done = false;
    bool was_cut = eval->cut;
    eval->cut = false;
    eval->nesting++;
    ml_values values = find(eval, file, node, frame);
    eval->nesting--;
    known->done = true;
    known->cut = eval->cut;
    known->nesting = eval->nesting;
    known->values = values;
    eval->cut |= was_cut;
    return values;
}

ml_values ml_eval_in(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    if (!node)
        return ml_one(eval, ml_plain(ML_V_UNDEFINED, (ml_place){file, 0}));
    if (!eval->steps_left || eval->nesting >= ML_NESTING_MAX) {
        eval->cut = true;
        return ml_unknown(eval, ML_HOLE_CUT, ML_STR_NONE, (ml_place){file, node});
    }
    eval->steps_left--;
    const ml_node *at = ml_node_at(ml_facts_in(eval, file), node);
    if (!at->varies)
        frame = NULL;
    switch (at->kind) {
    case ML_NODE_STRING: /* made anew for less than it takes to remember them */
    case ML_NODE_NUMBER:
    case ML_NODE_TRUE:
    case ML_NODE_FALSE: return eval_literal(eval, file, node);
    case ML_NODE_FUNCTION: return eval_reference(eval, ML_V_FUNCTION, file, node, frame);
    default: return eval_once(eval, file, node, frame, eval_node);
    }
}

static ml_values eval_import(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    (void)frame;
    return ml_import_value(eval, file, node & ~NODE_OF_IMPORT);
}

ml_values ml_eval_import(ml_eval *eval, ml_file_id file, ml_binding_id id)
{
    return eval_once(eval, file, id | NODE_OF_IMPORT, NULL, eval_import);
}

ml_values ml_eval_node(ml_eval *eval, ml_file_id file, ml_node_id node)
{
    return ml_eval_in(eval, file, node, NULL);
}

ml_values ml_eval_name(ml_eval *eval, ml_file_id file, ml_binding_id binding)
{
    return ml_eval_binding(eval, file, binding, NULL, 0);
}

ml_values ml_eval_member(ml_eval *eval, ml_values of, ml_str name)
{
    return ml_members_of(eval, of, name, (ml_place){0});
}
