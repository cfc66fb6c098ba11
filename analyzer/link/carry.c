/* What an export hands on to the files that import it.
 *
 * A file without a client of its own can send a request only through what it imports: a
 * client, a function that leads to a request whose host it is given, a class with such a
 * method, an object or the result of a function that holds one of these. A request whose
 * host is settled where it stands is judged there and concerns no importer. What
 * the evaluation cannot see into here it could not see into for an importer either. */
#include "link_internal.h"

enum { WALK_DEPTH_MAX = 5 };

typedef ML_VEC(uintptr_t *) memo_list;

typedef struct walk {
    ml_eval *eval;
    uint32_t depth;
    memo_list found;  /* by this walk */
    bool met_itself;  /* something led back to what is being found, so some answers lack a part */
    bool from_bridge; /* an SDK's client that the bridge gives away is one outside it */
} walk;

static ml_carry more(ml_carry a, ml_carry b)
{
    return a > b ? a : b;
}

static ml_carry of_values(walk *w, ml_values values);

/* What a function returns, seen without a caller. */
static ml_carry of_results(walk *w, ml_file_id file, uint32_t index, const ml_frame *closure)
{
    const ml_facts *facts = ml_facts_in(w->eval, file);
    const ml_function *function = &facts->functions[index];
    ml_node_id body = ml_child(facts, function->node, ML_ROLE_BODY);
    ml_carry carry = ML_CARRY_NOTHING;

    if (body && ml_kind_of(facts, body) != ML_NODE_BLOCK)
        return of_values(w, ml_eval_in(w->eval, file, body, closure));
    for (uint32_t i = 0; i < function->return_count && carry != ML_CARRY_TO_CALLERS; i++) {
        ml_node_id value = ml_child(facts, facts->returns[function->return_first + i], ML_ROLE_VALUE);
        if (value)
            carry = more(carry, of_values(w, ml_eval_in(w->eval, file, value, closure)));
    }
    return carry;
}

static ml_carry of_function(walk *w, const ml_value *value)
{
    uint32_t index = ml_function_of_node(ml_facts_in(w->eval, value->place.file), value->place.node);

    if (!index)
        return ML_CARRY_NOTHING;
    ml_carry carry = ml_function_carry(w->eval, value->place.file, index);
    if (value->frame && carry != ML_CARRY_TO_CALLERS)
        carry = more(carry, of_values(w, ml_captured_callees(w->eval, value->place.file, index, value->frame)));
    return carry == ML_CARRY_TO_CALLERS ? carry : more(carry, of_results(w, value->place.file, index, value->frame));
}

/* The methods of a class, and what its fields hold. */
static ml_carry of_members(walk *w, ml_class_ref at)
{
    const ml_facts *facts = ml_facts_in(w->eval, at.file);
    const ml_class *class = &facts->classes[at.index];
    ml_carry carry = ML_CARRY_NOTHING;

    for (uint32_t f = 1; f < facts->function_count && carry != ML_CARRY_TO_CALLERS; f++)
        if (facts->functions[f].class_index == at.index && ml_is_within(facts, facts->functions[f].node, class->node))
            carry = more(carry, more(ml_function_carry(w->eval, at.file, f), of_results(w, at.file, f, NULL)));
    for (ml_node_id m = ml_child(facts, class->node, ML_ROLE_MEMBER); m && carry != ML_CARRY_TO_CALLERS;
         m = ml_next_child(facts, m)) {
        ml_node_id value = ml_kind_of(facts, m) == ML_NODE_FIELD ? ml_child(facts, m, ML_ROLE_VALUE) : 0;
        if (value)
            carry = more(carry, of_values(w, ml_eval_in(w->eval, at.file, value, NULL)));
    }
    for (uint32_t i = 0; i < class->this_write_count && carry != ML_CARRY_TO_CALLERS; i++) {
        const ml_write *write = &facts->this_writes[class->this_write_first + i];
        if (write->value)
            carry = more(carry, of_values(w, ml_eval_in(w->eval, at.file, write->value, NULL)));
    }
    return carry;
}

static ml_carry of_class(walk *w, const ml_value *value)
{
    ml_class_ref at = ml_class_of(w->eval, value);
    ml_carry carry = ML_CARRY_NOTHING;

    for (uint32_t level = 0; at.index && level < WALK_DEPTH_MAX && carry != ML_CARRY_TO_CALLERS; level++) {
        ml_carry own = of_members(w, at);
        /* What a class above leaves to those below is decided here: whoever has an instance calls it. */
        carry = more(carry, level && own == ML_CARRY_TO_SUBCLASSES ? ML_CARRY_TO_CALLERS : own);
        at = ml_super_of(w->eval, at);
    }
    return carry;
}

enum { MEMO_NONE, MEMO_FOUND, MEMO_OPEN = MEMO_FOUND + ML_CARRY_TO_CALLERS + 1 };

/* Found once an evaluator; while it is being found, it carries nothing. */
static ml_carry remembered(walk *w, const ml_value *value, ml_carry (*find)(walk *w, const ml_value *value))
{
    uint64_t key = (uint64_t)value->place.file << 32 | value->place.node;
    uintptr_t *kept = ml_intmap_get(&w->eval->carries, key);

    if (kept && *kept == MEMO_OPEN) {
        w->met_itself = true;
        return ML_CARRY_NOTHING;
    }
    if (kept && *kept != MEMO_NONE)
        return (ml_carry)(*kept - MEMO_FOUND);
    if (!kept) {
        kept = ML_NEW(&w->eval->summary_arena, uintptr_t);
        ml_intmap_put(&w->eval->summary_arena, &w->eval->carries, key, kept);
    }
    *kept = MEMO_OPEN;
    ml_carry carry = find(w, value);
    *kept = (uintptr_t)carry + MEMO_FOUND;
    ml_vec_push(&w->eval->arena, &w->found, kept);
    return carry;
}

/* What was found on the way of a circle may lack what the circle adds: it is found anew when asked for. */
static void forget_partial(walk *w)
{
    for (uint32_t i = 0; w->met_itself && i < w->found.count; i++)
        if (*w->found.items[i] != ML_CARRY_TO_CALLERS + MEMO_FOUND)
            *w->found.items[i] = MEMO_NONE;
}

static ml_carry of_object(walk *w, const ml_value *value)
{
    ml_item_list pairs = {0};
    ml_carry carry = ML_CARRY_NOTHING;

    if (!ml_object_pairs(w->eval, value, &pairs, value->place))
        carry = of_values(w, ml_any_item(w->eval, value, value->place));
    for (uint32_t i = 1; i < pairs.count && carry != ML_CARRY_TO_CALLERS; i += 2)
        carry = more(carry, of_values(w, pairs.items[i]));
    return carry;
}

static ml_carry of_namespace(walk *w, ml_file_id file)
{
    const ml_facts *facts = ml_facts_in(w->eval, file);
    ml_carry carry = ML_CARRY_NOTHING;

    for (uint32_t i = 0; facts && i < facts->export_count && carry != ML_CARRY_TO_CALLERS; i++)
        if (facts->exports[i].kind != ML_EXPORT_STAR && !facts->exports[i].type_only)
            carry = more(carry, of_values(w, ml_eval_export(w->eval, file, facts->exports[i].name)));
    return carry;
}

static ml_carry of_value(walk *w, const ml_value *value)
{
    switch (value->kind) {
    case ML_V_CLIENT: return ML_CARRY_TO_CALLERS;
    case ML_V_FUNCTION: /* what it closes over may differ from one to the next */
        return value->frame ? of_function(w, value) : remembered(w, value, of_function);
    case ML_V_CLASS:
    case ML_V_INSTANCE: return remembered(w, value, of_class);
    case ML_V_OBJECT:
    case ML_V_ARRAY:
    case ML_V_MAP: return of_object(w, value);
    case ML_V_NAMESPACE: return of_namespace(w, value->place.file);
    case ML_V_EXTERNAL: return w->from_bridge ? ML_CARRY_TO_CALLERS : ML_CARRY_NOTHING;
    default: return ML_CARRY_NOTHING;
    }
}

static bool hold_anything(ml_values values)
{
    for (uint32_t i = 0; i < values.count; i++)
        switch (values.items[i].kind) {
        case ML_V_CLIENT:
        case ML_V_FUNCTION:
        case ML_V_CLASS:
        case ML_V_INSTANCE:
        case ML_V_OBJECT:
        case ML_V_ARRAY:
        case ML_V_MAP:
        case ML_V_NAMESPACE: return true;
        default: break;
        }
    return false;
}

static ml_carry of_values(walk *w, ml_values values)
{
    ml_carry carry = ML_CARRY_NOTHING;

    if (w->depth >= WALK_DEPTH_MAX)
        return hold_anything(values) ? ML_CARRY_TO_CALLERS : carry; /* too deep to tell */
    w->depth++;
    for (uint32_t i = 0; i < values.count && carry != ML_CARRY_TO_CALLERS; i++)
        carry = more(carry, of_value(w, &values.items[i]));
    w->depth--;
    return carry;
}

ml_carry ml_eval_carry(ml_eval *eval, ml_file_id file, ml_str name)
{
    walk w = {.eval = eval, .from_bridge = ml_link_in_bridge(eval->link, file)};

    ml_eval_begin(eval);
    ml_carry carry = of_values(&w, ml_eval_export(eval, file, name));
    forget_partial(&w);
    return ml_eval_was_cut(eval) ? ML_CARRY_TO_CALLERS : carry;
}
