#include "ml/facts.h"

const char *ml_node_kind_name(ml_node_kind kind)
{
    static const char *const names[] = {
#define X(name) #name,
        ML_NODE_KINDS(X)
#undef X
    };

    return kind < ML_NODE_KIND_COUNT ? names[kind] : "?";
}

ml_str ml_source_of(const ml_facts *facts, ml_node_id id)
{
    return ml_str_slice(facts->lines.text, facts->nodes[id].start, facts->nodes[id].end);
}

ml_span ml_span_of(const ml_facts *facts, ml_node_id id)
{
    return ml_lines_span(&facts->lines, facts->nodes[id].start, facts->nodes[id].end);
}

ml_node_id ml_next_child(const ml_facts *facts, ml_node_id child)
{
    ml_node_id at = facts->nodes[child].next;

    while (at && facts->nodes[at].role != facts->nodes[child].role)
        at = facts->nodes[at].next;
    return at;
}

ml_node_id ml_child_at(const ml_facts *facts, ml_node_id id, ml_role role, uint32_t n)
{
    ml_node_id at = ml_child(facts, id, role);

    while (at && n--)
        at = ml_next_child(facts, at);
    return at;
}

uint32_t ml_child_count(const ml_facts *facts, ml_node_id id, ml_role role)
{
    uint32_t count = 0;

    for (ml_node_id at = ml_child(facts, id, role); at; at = ml_next_child(facts, at))
        count++;
    return count;
}

ml_node_id ml_walk_past(const ml_facts *facts, ml_node_id root, ml_node_id at)
{
    while (at != root) {
        if (facts->nodes[at].next)
            return facts->nodes[at].next;
        at = facts->nodes[at].parent;
    }
    return 0;
}

ml_node_id ml_walk(const ml_facts *facts, ml_node_id root, ml_node_id at)
{
    return facts->nodes[at].first ? facts->nodes[at].first : ml_walk_past(facts, root, at);
}

bool ml_is_within(const ml_facts *facts, ml_node_id inner, ml_node_id outer)
{
    while (inner > outer) /* a parent has the smaller id */
        inner = facts->nodes[inner].parent;
    return inner == outer;
}

uint32_t ml_function_around(const ml_facts *facts, ml_node_id id)
{
    return facts->scopes[facts->scope_of[id]].function;
}

uint32_t ml_class_around(const ml_facts *facts, ml_node_id id)
{
    return facts->scopes[facts->scope_of[id]].class_index;
}

uint32_t ml_function_of_node(const ml_facts *facts, ml_node_id function_node)
{
    if (ml_kind_of(facts, function_node) != ML_NODE_FUNCTION)
        return 0;
    return facts->scopes[facts->nodes[function_node].ref].function;
}

static ml_node_id parameter_property(const ml_facts *facts, const ml_class *class, ml_str name)
{
    ml_node_id function = ml_child(facts, class->constructor, ML_ROLE_VALUE);

    if (!class->constructor)
        return 0;
    for (ml_node_id at = ml_child(facts, function, ML_ROLE_PARAM); at; at = ml_next_child(facts, at))
        if (facts->nodes[at].flags & ML_NF_PROPERTY &&
            ml_str_eq(ml_text_of(facts, ml_child(facts, at, ML_ROLE_TARGET)), name))
            return at;
    return 0;
}

ml_node_id ml_class_member(const ml_facts *facts, uint32_t class_index, ml_str name, bool is_static)
{
    const ml_class *class = &facts->classes[class_index];
    bool is_private = ml_str_starts(name, ML_STR("#"));
    ml_node_id found = 0;

    if (is_private)
        name = ml_str_from(name, 1);
    for (ml_node_id at = ml_child(facts, class->node, ML_ROLE_MEMBER); at; at = ml_next_child(facts, at)) {
        const ml_node *node = ml_node_at(facts, at);
        bool member = node->kind == ML_NODE_METHOD || node->kind == ML_NODE_FIELD;
        if (!member || !(node->flags & ML_NF_STATIC) != !is_static || !(node->flags & ML_NF_PRIVATE) != !is_private ||
            !ml_str_eq(ml_text_of(facts, at), name))
            continue;
        found = at;
        /* An overload signature is only taken when no implementation follows. */
        if (node->kind == ML_NODE_FIELD || ml_child(facts, ml_child(facts, at, ML_ROLE_VALUE), ML_ROLE_BODY))
            return at;
    }
    return found || is_static || is_private ? found : parameter_property(facts, class, name);
}

/* A name for the function: its own, or that of what it is the value of. */
static ml_str function_label(const ml_facts *facts, ml_node_id function)
{
    ml_node_id parent = ml_node_at(facts, function)->parent;

    if (ml_node_at(facts, function)->text)
        return ml_text_of(facts, function);
    switch (ml_kind_of(facts, parent)) {
    case ML_NODE_METHOD:
    case ML_NODE_FIELD:
    case ML_NODE_PROPERTY: return ml_text_of(facts, parent);
    case ML_NODE_DECLARATOR:
    case ML_NODE_ASSIGN: return ml_text_of(facts, ml_child(facts, parent, ML_ROLE_TARGET));
    default: return ML_STR_NONE;
    }
}

ml_str ml_scope_name(ml_arena *arena, const ml_facts *facts, ml_node_id id)
{
    uint32_t class_index = ml_class_around(facts, id), function = ml_function_around(facts, id);
    ml_str class_name = facts->classes[class_index].name, label = ML_STR_NONE;

    /* Callbacks have no name: the nearest function around that has one, within the class. */
    for (; function && !label.len; function = facts->functions[function].parent) {
        ml_node_id node = facts->functions[function].node;
        if (ml_class_around(facts, node) != class_index)
            break;
        label = function_label(facts, node);
    }
    if (!class_name.len || !label.len)
        return class_name.len ? class_name : label;
    return ml_arena_printf(arena, "%.*s.%.*s", ML_STR_ARG(class_name), ML_STR_ARG(label));
}
