/* Functions, classes and their members. */
#include "walker.h"

bool is_method(ml_syntax_kind kind)
{
    return kind == ML_SYN_method_definition || kind == ML_SYN_method_signature ||
           kind == ML_SYN_abstract_method_signature;
}

bool is_function(ml_syntax_kind kind)
{
    return kind == ML_SYN_function_declaration || kind == ML_SYN_generator_function_declaration ||
           kind == ML_SYN_function_signature || kind == ML_SYN_function_expression ||
           kind == ML_SYN_generator_function || kind == ML_SYN_arrow_function || is_method(kind);
}

bool is_class(ml_syntax_kind kind)
{
    return kind == ML_SYN_class_declaration || kind == ML_SYN_abstract_class_declaration || kind == ML_SYN_class;
}

/* Does the node below the top frame declare its name around it, not inside it? */
static bool is_declaration(const walker *w, ml_syntax_kind kind)
{
    ml_syntax_kind above = w->frames.items[w->frames.count - 1].syntax;

    return (kind != ML_SYN_function_expression && kind != ML_SYN_generator_function && kind != ML_SYN_class) ||
           above == ML_SYN_expression_statement;
}

outcome open_function(walker *w, const ml_syntax *at, ml_role role)
{
    builder *b = w->b;
    bool arrow = at->kind == ML_SYN_arrow_function, declared = is_declaration(w, at->kind);
    ml_scope_id around = top(w)->scope;
    ml_node_id above = top(w)->node, node = walk_node(w, at, ML_NODE_FUNCTION, role);
    bool in_field = node_at(b, above)->kind == ML_NODE_FIELD && role == ML_ROLE_VALUE;
    uint32_t class_index = in_field ? b->scopes.items[around].class_index : 0;
    uint32_t function = builder_function(b, node, around, class_index, !arrow);
    frame *f = walk_open(w, at, node, ML_ROLE_BODY);

    node_at(b, node)->flags |= arrow ? ML_NF_ARROW : 0;
    f->scope = b->functions.items[function].scope;
    f->state = declared;
    return OUTCOME_OPENED;
}

/* The FUNCTION below a METHOD is made where its parameters begin. */
static void make_function(walker *w, frame *f, uint32_t start)
{
    builder *b = w->b;

    if (f->node != f->other)
        return;
    bool in_class = node_at(b, node_at(b, f->node)->parent)->kind == ML_NODE_CLASS;
    ml_node_id node = builder_node(b, ML_NODE_FUNCTION, f->other, ML_ROLE_VALUE, start, f->end, f->scope);
    uint32_t class_index = in_class ? b->scopes.items[f->scope].class_index : 0;
    uint32_t function = builder_function(b, node, f->scope, class_index, true);
    node_at(b, node)->flags |= f->flags;
    f->node = node;
    f->scope = b->functions.items[function].scope;
}

static void function_name(walker *w, frame *f, const ml_syntax *at)
{
    builder *b = w->b;
    uint32_t name = walk_text(w, at);
    ml_scope_id scope = f->state ? b->scopes.items[f->scope].parent : f->scope;

    node_at(b, f->node)->text = name;
    walk_declare_as(w, ML_BIND_FUNCTION, scope, name, f->node, 0, false);
}

outcome function_child(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    switch (at->field) {
    case ML_FIELD_name:
        if (is_method(f->syntax))
            return walk_key(w, at, f->other);
        function_name(w, f, at);
        return OUTCOME_DONE;
    case ML_FIELD_decorator: f->role = ML_ROLE_DECORATOR; return OUTCOME_PASS;
    case ML_FIELD_type_parameters: return walk_skip(w, at);
    case ML_FIELD_parameters:
    case ML_FIELD_parameter:
    case ML_FIELD_return_type:
    case ML_FIELD_body: make_function(w, f, at->start); break;
    default: break;
    }
    f->role = at->field == ML_FIELD_return_type  ? ML_ROLE_TYPE
              : at->field == ML_FIELD_parameters ? ML_ROLE_PARAM
                                                 : ML_ROLE_BODY;
    if (at->field != ML_FIELD_parameter)
        return OUTCOME_PASS;
    /* An arrow's only parameter without parentheses: a PARAM around the name. */
    open_parameter(w, at);
    walk_name(w, at, ML_ROLE_TARGET, BIND_DECLARE);
    w->frames.count--;
    return OUTCOME_DONE;
}

outcome open_parameter(walker *w, const ml_syntax *at)
{
    builder *b = w->b;
    ml_node_id before = b->last_child.items[top(w)->node];
    ml_node_id node = walk_node(w, at, ML_NODE_PARAM, ML_ROLE_PARAM);
    frame *f = walk_open(w, at, node, ML_ROLE_TARGET);
    ml_function *function = &b->functions.items[b->scopes.items[f->scope].function];

    if (b->scopes.items[f->scope].kind == ML_SCOPE_FUNCTION)
        function->param_count++;
    f->bind = BIND_DECLARE;
    f->what = ML_BIND_PARAM;
    f->decl = node;
    f->mark = before;
    return OUTCOME_OPENED;
}

static outcome parameter_child(walker *w, const ml_syntax *at)
{
    builder *b = w->b;
    frame *f = top(w);

    if (at->kind == ML_SYN_this && at->field == ML_FIELD_pattern && f->decl == b->nodes.count - 1) {
        /* `this: T` is a type, not a parameter. */
        builder_drop(b, f->decl, f->mark);
        if (b->scopes.items[f->scope].kind == ML_SCOPE_FUNCTION)
            b->functions.items[b->scopes.items[f->scope].function].param_count--;
        f->syntax = ML_SYN_TYPE;
        f->node = node_at(b, b->nodes.count - 1)->parent;
        return OUTCOME_DONE;
    }
    if (at->kind != ML_SYN_rest_pattern)
        return OUTCOME_PASS;
    node_at(b, f->node)->flags |= ML_NF_REST;
    frame outer = *f;
    f = walk_open(w, at, outer.node, ML_ROLE_TARGET);
    f->bind = outer.bind;
    f->what = outer.what;
    f->decl = outer.decl;
    return OUTCOME_OPENED;
}

/* The decorated node that waits for its kind, or 0. One that something else has followed
 * (an error between decorator and member) waits in vain. */
static ml_node_id pending(walker *w)
{
    frame *f = top(w);
    bool waits = f->syntax == ML_SYN_class_body || f->syntax == ML_SYN_export_statement;
    ml_node_id node = waits ? f->other : 0;

    return node && w->b->last_child.items[f->node] == node ? node : 0;
}

/* The node a decorated member or class already has, else a new one. */
static ml_node_id take_pending(walker *w, const ml_syntax *at, ml_node_kind kind, ml_role role)
{
    ml_node_id node = pending(w);

    if (!node)
        return walk_node(w, at, kind, role);
    top(w)->other = 0;
    node_at(w->b, node)->kind = (uint8_t)kind;
    node_at(w->b, node)->role = (uint8_t)role;
    node_at(w->b, node)->end = at->end;
    return node;
}

/* A decorator before the thing it decorates: opens a node that take_pending will name. */
static outcome pending_decorator(walker *w, const ml_syntax *at, ml_role role)
{
    builder *b = w->b;
    frame *f = top(w);

    if (!pending(w))
        f->other = walk_node(w, at, ML_NODE_OTHER, role);
    node_at(b, f->other)->end = at->end;
    ml_node_id node = builder_node(b, ML_NODE_DECORATOR, f->other, ML_ROLE_DECORATOR, at->start, at->end, f->scope);
    walk_open(w, at, node, ML_ROLE_VALUE);
    return OUTCOME_OPENED;
}

outcome open_method(walker *w, const ml_syntax *at, ml_role role)
{
    bool field = at->kind == ML_SYN_public_field_definition;
    ml_node_id node = take_pending(w, at, field ? ML_NODE_FIELD : ML_NODE_METHOD, role);
    frame *f = walk_open(w, at, node, field ? ML_ROLE_VALUE : ML_ROLE_BODY);

    f->other = node;
    if (!field)
        node_at(w->b, node)->flags |= ML_NF_PUBLIC;
    return OUTCOME_OPENED;
}

outcome open_class(walker *w, const ml_syntax *at, ml_role role)
{
    builder *b = w->b;
    bool declared = is_declaration(w, at->kind);
    ml_node_id node = take_pending(w, at, ML_NODE_CLASS, role);
    uint32_t class_index = builder_class(b, node, top(w)->scope);
    frame *f = walk_open(w, at, node, ML_ROLE_MEMBER);

    f->scope = b->classes.items[class_index].scope;
    f->state = declared;
    return OUTCOME_OPENED;
}

static outcome class_part(walker *w, const ml_syntax *at)
{
    builder *b = w->b;
    frame *f = top(w);
    ml_scope_id around = b->scopes.items[f->scope].parent;

    if (at->field == ML_FIELD_decorator) {
        ml_node_id node = builder_node(b, ML_NODE_DECORATOR, f->node, ML_ROLE_DECORATOR, at->start, at->end, around);
        walk_open(w, at, node, ML_ROLE_VALUE)->scope = around;
        return OUTCOME_OPENED;
    }
    if (at->field != ML_FIELD_name)
        return OUTCOME_PASS;
    uint32_t name = walk_text(w, at);
    node_at(b, f->node)->text = name;
    b->classes.items[node_at(b, f->node)->ref].name = b->texts.items[name];
    walk_declare_as(w, ML_BIND_CLASS, f->state ? around : f->scope, name, f->node, 0, true);
    return OUTCOME_DONE;
}

outcome class_child(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    switch (f->syntax) {
    case ML_SYN_required_parameter:
    case ML_SYN_optional_parameter: return parameter_child(w, at);
    case ML_SYN_class_body:
        return at->kind == ML_SYN_decorator ? pending_decorator(w, at, ML_ROLE_MEMBER) : OUTCOME_PASS;
    case ML_SYN_export_statement:
        return at->kind == ML_SYN_decorator ? pending_decorator(w, at, ML_ROLE_BODY) : OUTCOME_PASS;
    case ML_SYN_public_field_definition: return at->field == ML_FIELD_name ? walk_key(w, at, f->node) : OUTCOME_PASS;
    default: return class_part(w, at);
    }
}

void class_close(walker *w, frame *f)
{
    builder *b = w->b;

    if (!is_method(f->syntax))
        return;
    make_function(w, f, f->end);
    if (node_at(b, f->other)->flags & ML_NF_PRIVATE)
        node_at(b, f->other)->flags &= (uint16_t)~ML_NF_PUBLIC;
}
