/* Frames, nodes and names: what every part of the walk is built from. */
#include "literal.h"
#include "walker.h"

frame *walk_open(walker *w, const ml_syntax *at, ml_node_id node, ml_role role)
{
    frame opened = {.syntax = (uint8_t)at->kind,
                    .field = at->field,
                    .role = (uint8_t)role,
                    .start = at->start,
                    .end = at->end,
                    .node = node,
                    .scope = top(w)->scope};

    heap_push(&w->frames, opened);
    return top(w);
}

/* A frame for a pattern or wrapper: names below are still what they were above. */
frame *walk_open_binding(walker *w, const ml_syntax *at, ml_node_id node, ml_role role, naming bind)
{
    frame outer = *top(w), *opened = walk_open(w, at, node, role);

    opened->bind = (uint8_t)bind;
    opened->what = outer.what;
    opened->decl = outer.decl;
    opened->var = outer.var;
    return opened;
}

ml_node_id walk_node(walker *w, const ml_syntax *at, ml_node_kind kind, ml_role role)
{
    const frame *f = top(w);

    return builder_node(w->b, kind, f->node, role, at->start, at->end, f->scope);
}

outcome walk_skip(walker *w, const ml_syntax *at)
{
    if (!w->directives && !(w->errors && ml_cursor_has_error(w->parser)))
        return OUTCOME_DONE;
    frame *f = walk_open(w, at, top(w)->node, ML_ROLE_BODY);
    f->syntax = ML_SYN_TYPE;
    if (!w->type_depth)
        w->type_depth = w->frames.count;
    return OUTCOME_OPENED;
}

uint32_t walk_text(walker *w, const ml_syntax *at)
{
    return builder_text(w->b, literal_name(w->b->arena, source_of(w, at)));
}

ml_str walk_string(walker *w, const ml_syntax *at)
{
    ml_str raw = source_of(w, at);
    bool closed = raw.len > 1 && raw.data[raw.len - 1] == raw.data[0];

    return literal_string(w->b->arena, ml_str_slice(raw, 1, raw.len - closed), false);
}

ml_binding_id walk_declare_as(walker *w, ml_binding_kind kind, ml_scope_id scope, uint32_t name, ml_node_id decl,
                              ml_node_id target, bool is_const)
{
    builder *b = w->b;
    declaration what = {.kind = kind,
                        .scope = scope,
                        .name = name,
                        .decl = decl,
                        .target = target,
                        .is_const = is_const,
                        .is_ambient = w->ambient};
    uint32_t function = b->scopes.items[scope].function;

    if (!name)
        return 0;
    if (kind == ML_BIND_PARAM && b->functions.items[function].param_count)
        what.index = b->functions.items[function].param_count - 1;
    if (kind == ML_BIND_IMPORT)
        what.index = b->imports.count;
    ml_binding_id id = builder_declare(b, &what);
    ml_node_id statement = node_at(b, decl)->parent;
    if (node_at(b, statement)->kind == ML_NODE_VAR)
        statement = node_at(b, statement)->parent;
    if (node_at(b, statement)->kind != ML_NODE_EXPORT || b->scope_of.items[statement] != 1 || kind == ML_BIND_PARAM ||
        b->binding_sides.items[id].exported)
        return id;
    b->binding_sides.items[id].exported = true;
    ml_str public_name = statement == w->default_export ? ML_STR("default") : b->texts.items[name];
    builder_export(
        b,
        &(ml_export){
            .kind = ML_EXPORT_BINDING, .type_only = w->ambient, .name = public_name, .node = statement, .binding = id});
    return id;
}

ml_binding_id walk_declare(walker *w, uint32_t name, ml_node_id target)
{
    const frame *f = top(w);
    bool is_variable = f->what == ML_BIND_VAR || f->what == ML_BIND_FOR;
    ml_scope_id scope = f->scope;

    if (is_variable && f->var == ML_VAR_VAR)
        scope = w->b->scope_sides.items[scope].var_scope;
    return walk_declare_as(w, (ml_binding_kind)f->what, scope, name, f->decl, target,
                           is_variable && (f->var == ML_VAR_CONST || f->var == ML_VAR_USING));
}

static ml_node_id name_node(walker *w, const ml_syntax *at, ml_node_id parent, ml_role role, naming bind)
{
    builder *b = w->b;
    ml_scope_id scope = top(w)->scope;
    ml_node_id id = builder_node(b, ML_NODE_IDENT, parent, role, at->start, at->end, scope);
    uint32_t name = walk_text(w, at);

    node_at(b, id)->text = name;
    if (bind == BIND_DECLARE)
        node_at(b, id)->ref = walk_declare(w, name, id);
    else
        heap_push(&b->uses, ((name_use){.node = id, .scope = scope, .reads = bind == BIND_NONE}));
    return id;
}

ml_node_id walk_name(walker *w, const ml_syntax *at, ml_role role, naming bind)
{
    return name_node(w, at, top(w)->node, role, bind);
}

outcome walk_key(walker *w, const ml_syntax *at, ml_node_id node)
{
    builder *b = w->b;

    switch (at->kind) {
    case ML_SYN_computed_property_name: walk_open(w, at, node, ML_ROLE_KEY); return OUTCOME_OPENED;
    case ML_SYN_string: node_at(b, node)->text = builder_text(b, walk_string(w, at)); return OUTCOME_DONE;
    case ML_SYN_private_property_identifier: {
        ml_str name = literal_name(b->arena, source_of(w, at));
        node_at(b, node)->text = builder_text(b, ml_str_from(name, 1));
        node_at(b, node)->flags |= ML_NF_PRIVATE;
        return OUTCOME_DONE;
    }
    default: node_at(b, node)->text = walk_text(w, at); return OUTCOME_DONE;
    }
}

/* { a } in an object or pattern: the member and, below it, the name. */
void walk_shorthand(walker *w, const ml_syntax *at, ml_node_id member, ml_role role, naming bind)
{
    node_at(w->b, member)->flags |= ML_NF_SHORTHAND;
    node_at(w->b, member)->text = walk_text(w, at);
    name_node(w, at, member, role, bind);
}

/* Text of a template between what is already taken and `to`. */
void walk_flush_template(walker *w, frame *f, uint32_t to)
{
    if (to <= f->mark)
        return;
    ml_node_id id = builder_node(w->b, ML_NODE_STRING, f->node, ML_ROLE_PART, f->mark, to, f->scope);
    ml_str raw = ml_str_slice(w->b->text, f->mark, to);
    node_at(w->b, id)->text = builder_text(w->b, literal_string(w->b->arena, raw, true));
}
