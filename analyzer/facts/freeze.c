#include "freeze.h"

#include <string.h>

typedef struct indexer {
    builder *b;
    ml_facts *facts;
    HEAP(ml_node_id) calls;
    HEAP(ml_node_id) returns;
    HEAP(ml_write) writes;
} indexer;

static void *keep(ml_arena *arena, const void *items, uint32_t count, size_t size)
{
    void *copy = ml_arena_alloc(arena, count, size);

    if (count)
        memcpy(copy, items, count * size);
    return copy;
}

#define KEEP(arena, heap) keep((arena), (heap).items, (heap).count, sizeof *(heap).items)

static bool is_place(ml_node_kind kind)
{
    return kind == ML_NODE_MEMBER || kind == ML_NODE_INDEX;
}

/* The binding of the identifier a place hangs on: of a for a.b[c]. */
static ml_binding_id root_of(const ml_facts *facts, ml_node_id place)
{
    while (place && is_place(ml_kind_of(facts, place)))
        place = ml_child(facts, place, ML_ROLE_OBJECT);
    return place && ml_kind_of(facts, place) == ML_NODE_IDENT ? ml_node_at(facts, place)->ref : 0;
}

/* Adds a write of target for each name or place in it. A declaration only adds those
 * names whose binding was made by an earlier one. */
static void add_writes(indexer *x, ml_node_id node, ml_node_id target, ml_node_id value, bool declares)
{
    const ml_facts *facts = x->facts;
    ml_node_id at = target;

    while (at) {
        const ml_node *n = ml_node_at(facts, at);
        bool leaf = n->kind == ML_NODE_IDENT || is_place((ml_node_kind)n->kind);
        bool expression = at != target && (n->role == ML_ROLE_DEFAULT || n->role == ML_ROLE_KEY);
        if (leaf && !expression) {
            ml_binding_id root = root_of(facts, at);
            if (!declares || (root && x->b->bindings.items[root].decl != node))
                heap_push(&x->writes, ((ml_write){node, target, value, root}));
        }
        at = leaf || expression ? ml_walk_past(facts, target, at) : ml_walk(facts, target, at);
    }
}

static void index_node(indexer *x, ml_node_id id)
{
    const ml_facts *facts = x->facts;
    const ml_node *n = ml_node_at(facts, id);

    switch (n->kind) {
    case ML_NODE_CALL:
    case ML_NODE_NEW:
    case ML_NODE_TAGGED:
    case ML_NODE_IMPORT_CALL: heap_push(&x->calls, id); break;
    case ML_NODE_RETURN: heap_push(&x->returns, id); break;
    case ML_NODE_ASSIGN:
        add_writes(x, id, ml_child(facts, id, ML_ROLE_TARGET), ml_child(facts, id, ML_ROLE_VALUE), false);
        break;
    case ML_NODE_UPDATE: add_writes(x, id, ml_child(facts, id, ML_ROLE_VALUE), 0, false); break;
    case ML_NODE_FOR_IN: add_writes(x, id, ml_child(facts, id, ML_ROLE_TARGET), 0, n->flags & ML_NF_DECLARES); break;
    case ML_NODE_DECLARATOR:
        if (ml_child(facts, id, ML_ROLE_VALUE))
            add_writes(x, id, ml_child(facts, id, ML_ROLE_TARGET), ml_child(facts, id, ML_ROLE_VALUE), true);
        break;
    default: break;
    }
}

/* Numbers into groups, keeping their order: first[] and count[] per group come out. */
static void group_returns(indexer *x)
{
    ml_facts *facts = x->facts;
    builder *b = x->b;
    ml_node_id *grouped = ML_NEW_ARRAY(b->arena, ml_node_id, x->returns.count);
    uint32_t next = 0;

    for (uint32_t i = 0; i < x->returns.count; i++)
        b->functions.items[b->scopes.items[b->scope_of.items[x->returns.items[i]]].function].return_count++;
    for (uint32_t i = 0; i < b->functions.count; i++) {
        b->functions.items[i].return_first = next;
        next += b->functions.items[i].return_count;
        b->functions.items[i].return_count = 0;
    }
    for (uint32_t i = 0; i < x->returns.count; i++) {
        ml_function *f = &b->functions.items[b->scopes.items[b->scope_of.items[x->returns.items[i]]].function];
        grouped[f->return_first + f->return_count++] = x->returns.items[i];
    }
    facts->returns = grouped;
}

static void group_writes(indexer *x)
{
    builder *b = x->b;
    uint32_t *grouped = ML_NEW_ARRAY(b->arena, uint32_t, x->writes.count), next = 0;

    for (uint32_t i = 0; i < x->writes.count; i++)
        b->bindings.items[x->writes.items[i].root].write_count++;
    for (uint32_t i = 1; i < b->bindings.count; i++) {
        b->bindings.items[i].write_first = next;
        next += b->bindings.items[i].write_count;
        b->bindings.items[i].write_count = 0;
    }
    for (uint32_t i = 0; i < x->writes.count; i++) {
        ml_binding *root = &b->bindings.items[x->writes.items[i].root];
        if (x->writes.items[i].root)
            grouped[root->write_first + root->write_count++] = i;
    }
    b->bindings.items[0].write_count = 0;
    x->facts->writes_by_binding = grouped;
}

/* The class whose `this.x` the write changes, 0 when it changes something else. */
static uint32_t this_class(const indexer *x, const ml_write *write)
{
    const ml_facts *facts = x->facts;

    if (!is_place(ml_kind_of(facts, write->target)))
        return 0;
    if (ml_kind_of(facts, ml_child(facts, write->target, ML_ROLE_OBJECT)) != ML_NODE_THIS)
        return 0;
    return x->b->scope_sides.items[x->b->scope_of.items[write->node]].this_class;
}

static void group_this_writes(indexer *x)
{
    builder *b = x->b;
    uint32_t total = 0, next = 0;

    for (uint32_t i = 0; i < x->writes.count; i++) {
        uint32_t class_index = this_class(x, &x->writes.items[i]);
        b->classes.items[class_index].this_write_count++;
        total += class_index != 0;
    }
    ml_write *grouped = ML_NEW_ARRAY(b->arena, ml_write, total);
    for (uint32_t i = 1; i < b->classes.count; i++) {
        b->classes.items[i].this_write_first = next;
        next += b->classes.items[i].this_write_count;
        b->classes.items[i].this_write_count = 0;
    }
    for (uint32_t i = 0; i < x->writes.count; i++) {
        ml_class *class = &b->classes.items[this_class(x, &x->writes.items[i])];
        if (class != b->classes.items)
            grouped[class->this_write_first + class->this_write_count++] = x->writes.items[i];
    }
    b->classes.items[0].this_write_count = 0;
    x->facts->this_writes = grouped;
}

static bool is_constructor(const ml_facts *facts, ml_node_id member)
{
    return ml_kind_of(facts, member) == ML_NODE_METHOD && !(ml_node_at(facts, member)->flags & ML_NF_STATIC) &&
           ml_str_eq_c(ml_text_of(facts, member), "constructor");
}

static void complete_classes(indexer *x)
{
    const ml_facts *facts = x->facts;

    for (uint32_t i = 1; i < x->b->classes.count; i++) {
        ml_class *class = &x->b->classes.items[i];
        class->super = ml_child(facts, class->node, ML_ROLE_SUPER);
        for (ml_node_id at = ml_child(facts, class->node, ML_ROLE_MEMBER); at; at = ml_next_child(facts, at)) {
            if (!is_constructor(facts, at))
                continue;
            /* Overload signatures come first, the implementation last. */
            bool body = ml_child(facts, ml_child(facts, at, ML_ROLE_VALUE), ML_ROLE_BODY);
            if (body || !class->constructor)
                class->constructor = at;
        }
    }
}

static void build_indexes(indexer *x)
{
    builder *b = x->b;
    ml_facts *facts = x->facts;

    for (ml_node_id id = 1; id < facts->node_count; id++)
        index_node(x, id);
    facts->calls = KEEP(b->arena, x->calls);
    facts->call_count = x->calls.count;
    facts->writes = KEEP(b->arena, x->writes);
    facts->write_count = x->writes.count;
    group_returns(x);
    group_writes(x);
    group_this_writes(x);
    complete_classes(x);
}

/* The grammar reads `await client.post<T>(x)` as a call of `await client.post`. The two nodes trade
 * places; preorder, and everything that counts nodes, stays as it is. */
static void mend_awaited_calls(builder *b)
{
    ml_node *nodes = b->nodes.items;

    for (ml_node_id id = 1; id < b->nodes.count; id++) {
        ml_node_id inner = nodes[id].first;
        if (nodes[id].kind != ML_NODE_CALL || !inner || nodes[inner].kind != ML_NODE_AWAIT ||
            nodes[inner].role != ML_ROLE_CALLEE)
            continue;
        ml_node_id callee = nodes[inner].first;
        if (!callee || nodes[callee].next)
            continue;
        nodes[callee].next = nodes[inner].next;
        nodes[callee].role = ML_ROLE_CALLEE;
        for (ml_node_id arg = nodes[callee].next; arg; arg = nodes[arg].next)
            nodes[arg].parent = inner;
        nodes[inner].kind = ML_NODE_CALL;
        nodes[inner].role = ML_ROLE_VALUE;
        nodes[inner].flags = nodes[id].flags;
        nodes[inner].next = 0;
        nodes[inner].start = nodes[callee].start;
        nodes[inner].end = nodes[id].end;
        nodes[id].kind = ML_NODE_AWAIT;
        nodes[id].flags = 0;
    }
}

void builder_freeze(builder *b)
{
    ml_facts *facts = b->facts;
    indexer x = {.b = b, .facts = facts};

    mend_awaited_calls(b);
    resolve_names(b);
    ml_node *nodes = KEEP(b->arena, b->nodes);
    facts->nodes = nodes;
    facts->node_count = b->nodes.count;
    facts->scope_of = KEEP(b->arena, b->scope_of);
    facts->texts = KEEP(b->arena, b->texts);
    facts->scopes = KEEP(b->arena, b->scopes);
    facts->scope_count = b->scopes.count;
    build_indexes(&x);
    common_js_exports(b, facts);
    facts->bindings = KEEP(b->arena, b->bindings);
    facts->binding_count = b->bindings.count;
    facts->imports = KEEP(b->arena, b->imports);
    facts->import_count = b->imports.count;
    facts->exports = KEEP(b->arena, b->exports);
    facts->export_count = b->exports.count;
    facts->functions = KEEP(b->arena, b->functions);
    facts->function_count = b->functions.count;
    facts->classes = KEEP(b->arena, b->classes);
    facts->class_count = b->classes.count;
    facts->directives = KEEP(b->arena, b->directives);
    facts->directive_count = b->directives.count;
    facts->errors = KEEP(b->arena, b->errors);
    facts->error_count = b->errors.count;
    mark_varying(facts, nodes);
    heap_free(&x.calls);
    heap_free(&x.returns);
    heap_free(&x.writes);
}
