/* Which binding each name means, once every declaration of the file is known.
 *
 * The uses come in the order of the walk, so their scopes nest like brackets: one pass
 * keeps the visible binding of every name at hand and undoes a scope when it ends. That
 * is linear, however deep the scopes lie in each other. */
#include "freeze.h"

typedef struct undo {
    uint32_t name;
    ml_binding_id hidden;
} undo;

typedef struct resolver {
    builder *b;
    ml_binding_id *visible; /* by text id */
    ml_scope_id *last;      /* by scope: the last scope inside it */
    uint32_t *marks;        /* by scope: length of undos when it was entered */
    HEAP(undo) undos;
    HEAP(ml_scope_id) path;
    ml_scope_id here;
} resolver;

static void find_last(resolver *r)
{
    for (ml_scope_id scope = r->b->scopes.count - 1; scope > 0; scope--) {
        ml_scope_id parent = r->b->scopes.items[scope].parent;
        if (r->last[scope] < scope)
            r->last[scope] = scope;
        if (r->last[parent] < r->last[scope])
            r->last[parent] = r->last[scope];
    }
}

static void enter_scope(resolver *r, ml_scope_id scope)
{
    const builder *b = r->b;

    r->marks[scope] = r->undos.count;
    for (ml_binding_id id = b->scopes.items[scope].first; id; id = b->bindings.items[id].next_in_scope) {
        uint32_t name = b->binding_sides.items[id].name;
        heap_push(&r->undos, ((undo){name, r->visible[name]}));
        r->visible[name] = id;
    }
    r->here = scope;
}

static void leave_scope(resolver *r)
{
    while (r->undos.count > r->marks[r->here]) {
        undo *last = &r->undos.items[--r->undos.count];
        r->visible[last->name] = last->hidden;
    }
    r->here = r->b->scopes.items[r->here].parent;
}

static void go_to(resolver *r, ml_scope_id scope)
{
    while (r->here && (scope < r->here || scope > r->last[r->here]))
        leave_scope(r);
    r->path.count = 0;
    for (; scope != r->here; scope = r->b->scopes.items[scope].parent)
        heap_push(&r->path, scope);
    while (r->path.count)
        enter_scope(r, r->path.items[--r->path.count]);
}

static void *zeroed(size_t count, size_t size)
{
    size_t bytes;

    if (!ml_size_mul(&bytes, count, size))
        ml_die_no_memory();
    return memset(ml_xmalloc(bytes), 0, bytes);
}

static void resolve_local_exports(builder *b)
{
    for (uint32_t i = 0; i < b->local_exports.count; i++) {
        local_export *local = &b->local_exports.items[i];
        ml_export *export = &b->exports.items[local->export_index];
        export->binding = builder_lookup(b, 1, local->name);
        if (export->binding && !export->type_only)
            b->bindings.items[export->binding].value_uses++;
    }
}

void resolve_names(builder *b)
{
    resolver r = {.b = b,
                  .visible = zeroed(b->texts.count, sizeof(ml_binding_id)),
                  .last = zeroed(b->scopes.count, sizeof(ml_scope_id)),
                  .marks = zeroed(b->scopes.count, sizeof(uint32_t))};

    find_last(&r);
    for (uint32_t i = 0; i < b->uses.count; i++) {
        name_use *use = &b->uses.items[i];
        ml_node *node = node_at(b, use->node);
        if (use->scope != r.here)
            go_to(&r, use->scope);
        node->ref = r.visible[node->text];
        if (node->ref && use->reads)
            b->bindings.items[node->ref].value_uses++;
    }
    resolve_local_exports(b);
    free(r.visible);
    free(r.last);
    free(r.marks);
    heap_free(&r.undos);
    heap_free(&r.path);
}
