#include "builder.h"

#include <assert.h>
#include <string.h>

void builder_init(builder *b, ml_arena *arena, ml_facts *facts, ml_str text)
{
    *b = (builder){.arena = arena, .facts = facts, .text = text};
    heap_push(&b->nodes, (ml_node){0});
    heap_push(&b->last_child, 0);
    heap_push(&b->scope_of, 0);
    heap_push(&b->texts, ML_STR_NONE);
    heap_push(&b->scopes, (ml_scope){0});
    heap_push(&b->scope_sides, (scope_side){0});
    heap_push(&b->bindings, (ml_binding){0});
    heap_push(&b->binding_sides, (binding_side){0});
    heap_push(&b->functions, (ml_function){0});
    heap_push(&b->classes, (ml_class){0});
}

void builder_finish(builder *b)
{
    heap_free(&b->nodes);
    heap_free(&b->last_child);
    heap_free(&b->scope_of);
    heap_free(&b->texts);
    free(b->names.slots);
    heap_free(&b->scopes);
    heap_free(&b->scope_sides);
    heap_free(&b->bindings);
    heap_free(&b->binding_sides);
    free(b->declared.slots);
    heap_free(&b->uses);
    heap_free(&b->imports);
    heap_free(&b->exports);
    heap_free(&b->local_exports);
    heap_free(&b->functions);
    heap_free(&b->classes);
    heap_free(&b->directives);
    heap_free(&b->errors);
}

ml_node_id builder_node(builder *b, ml_node_kind kind, ml_node_id parent, ml_role role, uint32_t start, uint32_t end,
                        ml_scope_id scope)
{
    ml_node_id id = b->nodes.count;

    heap_push(&b->nodes,
              ((ml_node){.kind = (uint8_t)kind, .role = (uint8_t)role, .start = start, .end = end, .parent = parent}));
    heap_push(&b->last_child, 0);
    heap_push(&b->scope_of, scope);
    if (parent) {
        ml_node_id before = b->last_child.items[parent];
        if (before)
            node_at(b, before)->next = id;
        else
            node_at(b, parent)->first = id;
        b->last_child.items[parent] = id;
    }
    return id;
}

void builder_drop(builder *b, ml_node_id newest, ml_node_id before)
{
    ml_node_id parent = node_at(b, newest)->parent;

    assert(newest == b->nodes.count - 1 && !node_at(b, newest)->first);
    if (before)
        node_at(b, before)->next = 0;
    else
        node_at(b, parent)->first = 0;
    b->last_child.items[parent] = before;
    b->nodes.count--;
    b->last_child.count--;
    b->scope_of.count--;
}

static uint64_t mix(uint64_t key)
{
    key ^= key >> 33;
    key *= 0xff51afd7ed558ccdu;
    return key ^ key >> 29;
}

static void widen(table *t)
{
    uint32_t cap = t->cap ? t->cap * 2 : 64;
    size_t bytes;

    if (t->cap > UINT32_MAX / 4 || !ml_size_mul(&bytes, cap, sizeof *t->slots))
        ml_die_no_memory();
    slot *slots = ml_xmalloc(bytes);
    memset(slots, 0, bytes);
    for (uint32_t i = 0; i < t->cap; i++) {
        if (!t->slots[i].value)
            continue;
        uint32_t at = (uint32_t)mix(t->slots[i].key) & (cap - 1);
        while (slots[at].value)
            at = (at + 1) & (cap - 1);
        slots[at] = t->slots[i];
    }
    free(t->slots);
    t->slots = slots;
    t->cap = cap;
}

static void insert(table *t, uint64_t key, uint32_t value)
{
    if (t->count >= t->cap / 2)
        widen(t);
    uint32_t at = (uint32_t)mix(key) & (t->cap - 1);
    while (t->slots[at].value)
        at = (at + 1) & (t->cap - 1);
    t->slots[at] = (slot){key, value};
    t->count++;
}

uint32_t builder_text(builder *b, ml_str text)
{
    if (!text.len)
        return 0;
    uint64_t key = ml_str_hash(text);
    if (b->names.cap) {
        uint32_t mask = b->names.cap - 1;
        for (uint32_t at = (uint32_t)mix(key) & mask; b->names.slots[at].value; at = (at + 1) & mask)
            if (b->names.slots[at].key == key && ml_str_eq(b->texts.items[b->names.slots[at].value], text))
                return b->names.slots[at].value;
    }
    uint32_t id = b->texts.count;
    heap_push(&b->texts, text);
    insert(&b->names, key, id);
    return id;
}

ml_scope_id builder_scope(builder *b, ml_scope_kind kind, ml_scope_id parent, ml_node_id node)
{
    ml_scope_id id = b->scopes.count;
    ml_scope scope = {.kind = (uint8_t)kind,
                      .parent = parent,
                      .node = node,
                      .function = b->scopes.items[parent].function,
                      .class_index = b->scopes.items[parent].class_index};
    scope_side side = b->scope_sides.items[parent];

    side.last = 0;
    if (kind == ML_SCOPE_FILE || kind == ML_SCOPE_FUNCTION || kind == ML_SCOPE_CLASS)
        side.var_scope = id;
    heap_push(&b->scopes, scope);
    heap_push(&b->scope_sides, side);
    return id;
}

uint32_t builder_function(builder *b, ml_node_id node, ml_scope_id around, uint32_t class_index, bool own_this)
{
    uint32_t index = b->functions.count;
    ml_scope_id scope = builder_scope(b, ML_SCOPE_FUNCTION, around, node);

    b->scopes.items[scope].function = index;
    if (own_this)
        b->scope_sides.items[scope].this_class = class_index;
    heap_push(
        &b->functions,
        ((ml_function){
            .node = node, .scope = scope, .class_index = class_index, .parent = b->scopes.items[around].function}));
    node_at(b, node)->ref = scope;
    return index;
}

uint32_t builder_class(builder *b, ml_node_id node, ml_scope_id around)
{
    uint32_t index = b->classes.count;
    ml_scope_id scope = builder_scope(b, ML_SCOPE_CLASS, around, node);

    b->scopes.items[scope].class_index = index;
    b->scope_sides.items[scope].this_class = index;
    heap_push(&b->classes, ((ml_class){.node = node, .scope = scope}));
    node_at(b, node)->ref = index;
    return index;
}

static uint64_t scope_key(ml_scope_id scope, uint32_t name)
{
    return (uint64_t)scope << 32 | name;
}

ml_binding_id builder_lookup(const builder *b, ml_scope_id scope, uint32_t name)
{
    uint64_t key = scope_key(scope, name);
    ml_binding_id found = 0;

    if (!b->declared.cap)
        return 0;
    uint32_t mask = b->declared.cap - 1;
    /* The newest of several (imports do not merge) is the last one met. */
    for (uint32_t at = (uint32_t)mix(key) & mask; b->declared.slots[at].value; at = (at + 1) & mask)
        if (b->declared.slots[at].key == key && b->declared.slots[at].value > found)
            found = b->declared.slots[at].value;
    return found;
}

static bool has_body(builder *b, ml_node_id function)
{
    for (ml_node_id child = node_at(b, function)->first; child; child = node_at(b, child)->next)
        if (node_at(b, child)->role == ML_ROLE_BODY)
            return true;
    return false;
}

/* Does `what` add nothing to `old` but another place of declaration? */
static bool merges(const ml_binding *old, const declaration *what)
{
    switch (old->kind) {
    case ML_BIND_IMPORT: return false;
    case ML_BIND_VAR:
    case ML_BIND_PARAM:
    case ML_BIND_FOR:
    case ML_BIND_CATCH: return what->kind == ML_BIND_VAR || what->kind == ML_BIND_FOR;
    case ML_BIND_FUNCTION:
    case ML_BIND_CLASS: return what->kind == (ml_binding_kind)old->kind || what->kind == ML_BIND_NAMESPACE;
    default: return what->kind == ML_BIND_ENUM || what->kind == ML_BIND_NAMESPACE;
    }
}

ml_binding_id builder_declare(builder *b, const declaration *what)
{
    ml_binding_id found = what->kind == ML_BIND_IMPORT ? 0 : builder_lookup(b, what->scope, what->name), id;

    if (found && merges(&b->bindings.items[found], what)) {
        ml_binding *old = &b->bindings.items[found];
        if (old->kind == ML_BIND_FUNCTION && what->kind == ML_BIND_FUNCTION && !has_body(b, old->decl)) {
            old->decl = what->decl;
            old->is_ambient = what->is_ambient;
        }
        return found;
    }
    id = b->bindings.count;
    heap_push(&b->bindings, ((ml_binding){.name = b->texts.items[what->name],
                                          .kind = (uint8_t)what->kind,
                                          .is_const = what->is_const,
                                          .is_ambient = what->is_ambient,
                                          .scope = what->scope,
                                          .decl = what->decl,
                                          .target = what->target,
                                          .index = what->index}));
    heap_push(&b->binding_sides, (binding_side){.name = what->name});
    ml_binding_id *last = &b->scope_sides.items[what->scope].last;
    if (*last)
        b->bindings.items[*last].next_in_scope = id;
    else
        b->scopes.items[what->scope].first = id;
    *last = id;
    insert(&b->declared, scope_key(what->scope, what->name), id);
    return id;
}

void builder_export(builder *b, const ml_export *what)
{
    heap_push(&b->exports, *what);
}
