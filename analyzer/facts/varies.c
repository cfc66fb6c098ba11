/* Which nodes mean something else in each call of a function around them.
 *
 * An expression that reads no parameter, no `this` and nothing made of these has one
 * value, whoever calls the function it stands in; so whoever evaluates it can do so once.
 * For each node the outermost function is found on whose calls it depends: the least
 * number of such a function's node, since a function stands before all that is in it.
 * A name depends on what its declaration and its assignments depend on. Declarations are
 * done as they end, so what is declared before it is used is known in one round; rounds go
 * on until no name depends on more than before. */
#include "freeze.h"

#include "heap.h"

#include <string.h>

enum { NEVER = UINT32_MAX, ROUNDS_MAX = 16 };

typedef struct dependence {
    const ml_facts *facts;
    uint32_t *of_node;    /* the outermost function or class it depends on, NEVER for none */
    uint32_t *of_binding; /* the same */
    ml_binding_id *first; /* by node: a name that it declares, 0 for none */
    ml_binding_id *next;  /* by name: another one of the same declaration */
    bool changed;
} dependence;

static ml_node_id function_around(const ml_facts *facts, ml_scope_id scope)
{
    uint32_t function = facts->scopes[scope].function;

    return function ? facts->functions[function].node : NEVER;
}

/* Whose `this` it is: a function's that is no arrow, or a class's in the value of a field. */
static ml_node_id owner_of_this(const ml_facts *facts, ml_node_id node)
{
    for (ml_node_id at = node; at; at = ml_node_at(facts, at)->parent) {
        const ml_node *around = ml_node_at(facts, at);
        if (around->kind == ML_NODE_CLASS || (around->kind == ML_NODE_FUNCTION && !(around->flags & ML_NF_ARROW)))
            return at;
    }
    return NEVER;
}

static uint32_t own_dependence(const dependence *d, ml_node_id id)
{
    const ml_facts *facts = d->facts;

    switch (ml_kind_of(facts, id)) {
    case ML_NODE_IDENT:
        if (ml_node_at(facts, id)->ref)
            return d->of_binding[ml_node_at(facts, id)->ref];
        return ml_str_eq(ml_text_of(facts, id), ML_STR("arguments")) ? owner_of_this(facts, id) : NEVER;
    case ML_NODE_THIS:
    case ML_NODE_SUPER:
    case ML_NODE_META: return owner_of_this(facts, id);
    case ML_NODE_OBJECT: /* another one each time, which later statements may fill */
    case ML_NODE_ARRAY: return function_around(facts, facts->scope_of[id]);
    default: return NEVER;
    }
}

/* What the node depends on outside itself. */
static uint32_t outside(const dependence *d, ml_node_id id)
{
    return d->of_node[id] < id ? d->of_node[id] : NEVER;
}

static void depends_on(dependence *d, ml_binding_id id, uint32_t owner)
{
    if (owner >= d->of_binding[id])
        return;
    d->of_binding[id] = owner;
    d->changed = true;
}

/* All below the node is done. */
static void end_node(dependence *d, ml_node_id id)
{
    uint32_t *parent = &d->of_node[ml_node_at(d->facts, id)->parent];

    if (d->of_node[id] < *parent)
        *parent = d->of_node[id];
    for (ml_binding_id declared = d->first[id]; declared; declared = d->next[declared])
        depends_on(d, declared, outside(d, id));
}

/* False when a node stands outside its parent, as can be in a file that does not parse. */
static bool look_through(dependence *d)
{
    const ml_facts *facts = d->facts;

    for (ml_node_id id = 1; id < facts->node_count; id++) {
        d->of_node[id] = own_dependence(d, id);
        ml_node_id parent_of_next = id + 1 < facts->node_count ? ml_node_at(facts, id + 1)->parent : 0, at = id;
        for (; at && at != parent_of_next; at = ml_node_at(facts, at)->parent)
            end_node(d, at);
        if (at != parent_of_next)
            return false;
    }
    for (uint32_t i = 0; i < facts->write_count; i++)
        if (facts->writes[i].root)
            depends_on(d, facts->writes[i].root, outside(d, facts->writes[i].node));
    return true;
}

static void begin(dependence *d)
{
    const ml_facts *facts = d->facts;

    for (ml_binding_id id = 1; id < facts->binding_count; id++) {
        const ml_binding *binding = &facts->bindings[id];
        d->of_binding[id] = NEVER;
        if (binding->kind == ML_BIND_PARAM)
            d->of_binding[id] = ml_node_at(facts, binding->decl)->parent;
        if (binding->kind == ML_BIND_CATCH)
            d->of_binding[id] = function_around(facts, binding->scope);
        if (binding->kind != ML_BIND_VAR && binding->kind != ML_BIND_FOR && binding->kind != ML_BIND_FUNCTION)
            continue; /* a class, an enum, an import is looked at without regard to the functions around it */
        d->next[id] = d->first[binding->decl];
        d->first[binding->decl] = id;
    }
}

void mark_varying(ml_facts *facts, ml_node *nodes)
{
    dependence d = {.facts = facts, .changed = true};
    bool in_order = true;

    d.of_node = ml_xmalloc(2 * ((size_t)facts->node_count + facts->binding_count) * sizeof *d.of_node);
    d.of_binding = d.of_node + facts->node_count;
    d.first = d.of_binding + facts->binding_count;
    d.next = d.first + facts->node_count;
    memset(d.first, 0, (facts->node_count + facts->binding_count) * sizeof *d.first);
    begin(&d);
    for (int round = 0; round < ROUNDS_MAX && d.changed && in_order; round++) {
        d.changed = false;
        in_order = look_through(&d);
    }
    for (ml_node_id id = 1; id < facts->node_count; id++)
        nodes[id].varies = d.changed || !in_order || outside(&d, id) != NEVER;
    free(d.of_node);
}
