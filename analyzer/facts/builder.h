/* builder.h - the fact table while it grows: nodes, names, scopes, bindings.
 *
 * Nodes are made in preorder: a parent before its children, a child before its next
 * sibling. All growing arrays are on the heap until builder_freeze copies what was
 * needed into the file's arena. Names are interned, so equal names have equal ids. */
#ifndef ML_FACTS_BUILDER_H
#define ML_FACTS_BUILDER_H
#include "ml/facts.h"

#include "heap.h"

/* Beyond this many nodes a file is cut short: about 350 MB of table. */
enum { NODES_MAX = 8 * 1000 * 1000 };

/* What is known of a scope only while lowering. */
typedef struct scope_side {
    ml_scope_id var_scope; /* where `var` and ambient names of this scope go */
    ml_binding_id last;    /* newest binding */
    uint32_t this_class;   /* the class `this` belongs to, 0 for none */
} scope_side;

typedef struct binding_side {
    uint32_t name; /* text id */
    bool exported;
} binding_side;

/* A name used in a scope, to be resolved when all declarations are known. */
typedef struct name_use {
    ml_node_id node;
    ml_scope_id scope;
    bool reads; /* counts as a use of the value */
} name_use;

/* `export { local }` without source. */
typedef struct local_export {
    uint32_t export_index;
    uint32_t name; /* text id */
} local_export;

typedef struct slot {
    uint64_t key;
    uint32_t value; /* 0: free */
} slot;

/* Open addressing from a 64-bit key to a positive number. */
typedef struct table {
    slot *slots;
    uint32_t count, cap;
} table;

typedef struct builder {
    ml_arena *arena;
    ml_facts *facts;
    ml_str text; /* the file as it is, which names and values are read from */
    HEAP(ml_node) nodes;
    HEAP(ml_node_id) last_child; /* by node */
    HEAP(ml_scope_id) scope_of;  /* by node */
    HEAP(ml_str) texts;
    table names; /* hash of a text to its id; equal hashes are probed */
    HEAP(ml_scope) scopes;
    HEAP(scope_side) scope_sides;
    HEAP(ml_binding) bindings;
    HEAP(binding_side) binding_sides;
    table declared; /* (scope, name) to binding */
    HEAP(name_use) uses;
    HEAP(ml_import) imports;
    HEAP(ml_export) exports;
    HEAP(local_export) local_exports;
    HEAP(ml_function) functions;
    HEAP(ml_class) classes;
    HEAP(ml_directive) directives;
    HEAP(ml_range) errors;
} builder;

void builder_init(builder *b, ml_arena *arena, ml_facts *facts, ml_str text);
void builder_finish(builder *b);

static inline ml_node *node_at(builder *b, ml_node_id id)
{
    return &b->nodes.items[id];
}

/* Appends a node below parent. */
ml_node_id builder_node(builder *b, ml_node_kind kind, ml_node_id parent, ml_role role, uint32_t start, uint32_t end,
                        ml_scope_id scope);
/* Takes the newest node back, which must have no children; before is its elder sibling or 0. */
void builder_drop(builder *b, ml_node_id newest, ml_node_id before);

uint32_t builder_text(builder *b, ml_str text); /* 0 for the empty text */

ml_scope_id builder_scope(builder *b, ml_scope_kind kind, ml_scope_id parent, ml_node_id node);
/* A record for the FUNCTION node; its scope is made with it. */
uint32_t builder_function(builder *b, ml_node_id node, ml_scope_id around, uint32_t class_index, bool own_this);
uint32_t builder_class(builder *b, ml_node_id node, ml_scope_id around);

/* The binding of a name in just this scope, or 0. */
ml_binding_id builder_lookup(const builder *b, ml_scope_id scope, uint32_t name);

typedef struct declaration {
    ml_binding_kind kind;
    ml_scope_id scope;
    uint32_t name; /* text id */
    ml_node_id decl, target;
    uint32_t index;
    bool is_const, is_ambient;
} declaration;

/* A binding for the declaration, or the one it merges with: an overload with its
 * implementation, `var x` with `var x` or with a parameter, an enum or namespace with
 * its earlier part. An import never merges. */
ml_binding_id builder_declare(builder *b, const declaration *what);

void builder_export(builder *b, const ml_export *what);

/* Resolves names, derives the indexes, and fills the facts. */
void builder_freeze(builder *b);

#endif
