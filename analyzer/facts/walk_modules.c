/* Imports and exports. CommonJS exports are found later, when names are resolved. */
#include "walker.h"

enum { SAYS_TYPE = 1, SAYS_DEFAULT = 2, SAYS_STAR = 4, SAYS_EQUALS = 8, SAYS_NAMESPACE = 16, HAS_SOURCE = 32 };

void module_token(walker *w, frame *f, const ml_syntax *at)
{
    bool specifier = f->syntax == ML_SYN_import_specifier || f->syntax == ML_SYN_export_specifier;

    switch (at->kind) {
    case ML_TOKEN_TYPE:
        if (specifier)
            w->spec_type = true;
        else
            f->state |= SAYS_TYPE;
        break;
    case ML_TOKEN_DEFAULT:
        f->state |= SAYS_DEFAULT;
        w->default_export = f->node;
        break;
    case ML_TOKEN_STAR: f->state |= SAYS_STAR; break;
    case ML_TOKEN_ASSIGN: f->state |= SAYS_EQUALS; break;
    case ML_TOKEN_NAMESPACE: f->state |= SAYS_NAMESPACE; break;
    default: break;
    }
}

static void add_import(walker *w, uint32_t name, uint32_t local, bool type_only)
{
    builder *b = w->b;

    if (!w->import_node)
        return;
    ml_binding_id binding = walk_declare_as(w, ML_BIND_IMPORT, w->import_scope, local, w->import_node, 0, true);
    heap_push(
        &b->imports,
        ((ml_import){.node = w->import_node, .name = b->texts.items[name], .local = binding, .type_only = type_only}));
}

static uint32_t specifier_name(walker *w, const ml_syntax *at)
{
    return at->kind == ML_SYN_string ? builder_text(w->b, walk_string(w, at)) : walk_text(w, at);
}

static outcome specifier_child(walker *w, const ml_syntax *at)
{
    if (at->field == ML_FIELD_name)
        w->spec_name = specifier_name(w, at);
    else if (at->field == ML_FIELD_alias)
        w->spec_alias = specifier_name(w, at);
    return OUTCOME_DONE;
}

static outcome source_child(walker *w, const ml_syntax *at)
{
    builder *b = w->b;

    uint32_t text = builder_text(b, walk_string(w, at)); /* may move the list */
    w->source = b->texts.items[text];
    w->source_start = at->start;
    w->source_end = at->end;
    top(w)->state |= HAS_SOURCE;
    return OUTCOME_DONE;
}

static outcome export_child(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    if (at->kind == ML_SYN_string && at->field == ML_FIELD_source)
        return source_child(w, at);
    if (at->kind == ML_SYN_identifier && f->state & SAYS_NAMESPACE) /* export as namespace N */
        return OUTCOME_DONE;
    return class_child(w, at); /* decorators */
}

static outcome import_child(walker *w, const ml_syntax *at)
{
    builder *b = w->b;

    if (at->kind == ML_SYN_string) {
        source_child(w, at);
        w->import_source = true;
        return OUTCOME_DONE;
    }
    if (at->kind != ML_SYN_identifier)
        return OUTCOME_PASS;
    switch (top(w)->syntax) {
    case ML_SYN_import_clause: add_import(w, builder_text(b, ML_STR("default")), walk_text(w, at), false); break;
    case ML_SYN_namespace_import: add_import(w, builder_text(b, ML_STR("*")), walk_text(w, at), false); break;
    case ML_SYN_import_require_clause: add_import(w, builder_text(b, ML_STR("=")), walk_text(w, at), false); break;
    default: break;
    }
    return OUTCOME_DONE;
}

outcome module_child(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    switch (f->syntax) {
    case ML_SYN_import_statement:
    case ML_SYN_import_clause:
    case ML_SYN_namespace_import:
    case ML_SYN_import_require_clause: return import_child(w, at);
    case ML_SYN_import_specifier:
    case ML_SYN_export_specifier: return specifier_child(w, at);
    case ML_SYN_namespace_export: w->spec_alias = specifier_name(w, at); return OUTCOME_DONE;
    case ML_SYN_export_statement: return export_child(w, at);
    default: return is_function(f->syntax) ? function_child(w, at) : OUTCOME_PASS;
    }
}

outcome open_module(walker *w, const ml_syntax *at, ml_role role)
{
    bool import = at->kind == ML_SYN_import_statement;
    ml_node_id node = walk_node(w, at, import ? ML_NODE_IMPORT : ML_NODE_EXPORT, role);
    frame *f = walk_open(w, at, node, ML_ROLE_VALUE);

    w->spec_name = w->spec_alias = 0;
    f->mark = import ? w->b->imports.count : w->b->exports.count;
    if (import) {
        w->import_node = node;
        w->import_scope = f->scope;
        w->import_source = false;
    }
    return OUTCOME_OPENED;
}

static ml_node_id child_of(builder *b, ml_node_id node, ml_role role)
{
    ml_node_id child = node_at(b, node)->first;

    while (child && node_at(b, child)->role != role)
        child = node_at(b, child)->next;
    return child;
}

/* `export import a = require("m")` reaches us without its first word. */
static bool is_exported(const walker *w, uint32_t start)
{
    return ml_str_ends(ml_str_trim(ml_str_slice(w->b->text, start > 40 ? start - 40 : 0, start)), ML_STR("export"));
}

static void close_import(walker *w, frame *f)
{
    builder *b = w->b;
    static const ml_import bare;

    if (f->mark == b->imports.count) {
        heap_push(&b->imports, bare);
        b->imports.items[f->mark].node = f->node;
    }
    for (uint32_t i = f->mark; i < b->imports.count; i++) {
        ml_import *import = &b->imports.items[i];
        import->type_only = import->type_only || f->state & SAYS_TYPE;
        if (!w->import_source)
            continue;
        import->specifier = w->source;
        import->specifier_start = w->source_start;
        import->specifier_end = w->source_end;
        if (ml_str_eq_c(import->name, "=") && is_exported(w, f->start))
            builder_export(b, &(ml_export){.kind = ML_EXPORT_BINDING,
                                           .type_only = import->type_only,
                                           .name = b->bindings.items[import->local].name,
                                           .node = f->node,
                                           .binding = import->local});
    }
    w->import_node = 0;
}

static void close_specifier(walker *w, bool import)
{
    builder *b = w->b;
    uint32_t alias = w->spec_alias ? w->spec_alias : w->spec_name;

    if (import) {
        add_import(w, w->spec_name, alias, w->spec_type);
    } else if (top(w)->scope == 1) {
        heap_push(&b->local_exports, ((local_export){b->exports.count, w->spec_name}));
        builder_export(b, &(ml_export){.kind = ML_EXPORT_BINDING,
                                       .type_only = w->spec_type,
                                       .name = b->texts.items[alias],
                                       .node = top(w)->node});
    }
    w->spec_name = w->spec_alias = 0;
    w->spec_type = false;
}

/* `type` was blanked before parsing when a star follows. */
static bool star_is_type(const walker *w, uint32_t start)
{
    ml_str rest = ml_str_trim(ml_str_slice(w->b->text, start + 6, (size_t)start + 40)); /* after `export` */

    return ml_str_starts(rest, ML_STR("type"));
}

static void close_star(walker *w, frame *f)
{
    builder *b = w->b;
    ml_export star = {.kind = w->spec_alias ? ML_EXPORT_STAR_AS : ML_EXPORT_STAR,
                      .node = f->node,
                      .type_only = f->state & SAYS_TYPE || star_is_type(w, f->start),
                      .name = b->texts.items[w->spec_alias]};

    builder_export(b, &star);
    w->spec_alias = 0;
}

/* The specifiers of this statement turn out to come from another module. */
static void from_source(walker *w, frame *f)
{
    builder *b = w->b;

    while (b->local_exports.count && b->local_exports.items[b->local_exports.count - 1].export_index >= f->mark) {
        local_export *local = &b->local_exports.items[--b->local_exports.count];
        b->exports.items[local->export_index].kind = ML_EXPORT_FROM;
        b->exports.items[local->export_index].source_name = b->texts.items[local->name];
    }
    for (uint32_t i = f->mark; i < b->exports.count; i++) {
        b->exports.items[i].specifier = w->source;
        b->exports.items[i].specifier_start = w->source_start;
        b->exports.items[i].specifier_end = w->source_end;
    }
}

static void close_export(walker *w, frame *f)
{
    builder *b = w->b;
    bool is_default = f->state & SAYS_DEFAULT;
    ml_node_id value = child_of(b, f->node, ML_ROLE_VALUE), body = child_of(b, f->node, ML_ROLE_BODY);

    if (f->scope != 1)
        return;
    if (is_default && !value && body && !node_at(b, body)->text)
        value = body; /* export default class { } */
    if (value && (is_default || f->state & SAYS_EQUALS))
        builder_export(b, &(ml_export){.kind = ML_EXPORT_VALUE,
                                       .name = is_default ? ML_STR("default") : ML_STR("="),
                                       .node = f->node,
                                       .value = value});
    if (f->state & HAS_SOURCE && (f->state & SAYS_STAR || w->spec_alias))
        close_star(w, f);
    for (uint32_t i = f->mark; f->state & SAYS_TYPE && i < b->exports.count; i++)
        b->exports.items[i].type_only = true;
    if (f->state & HAS_SOURCE)
        from_source(w, f);
}

void module_close(walker *w, frame *f)
{
    switch (f->syntax) {
    case ML_SYN_import_statement: close_import(w, f); break;
    case ML_SYN_import_specifier: close_specifier(w, true); break;
    case ML_SYN_export_specifier: close_specifier(w, false); break;
    case ML_SYN_export_statement: close_export(w, f); break;
    default: break;
    }
}
