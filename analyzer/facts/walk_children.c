/* What a parent has to say about a child before it is lowered. */
#include "literal.h"
#include "walker.h"

/* An expression statement gets its node at its first child: some are no statements. */
static outcome statement_child(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    if (f->state)
        return OUTCOME_PASS;
    f->state = 1;
    /* No statement begins with `class` or `function` but a declaration: one that error
     * recovery closed. And `namespace N {}` comes as an expression. */
    if (at->kind == ML_SYN_internal_module || is_function(at->kind) || is_class(at->kind))
        if (at->kind != ML_SYN_arrow_function)
            return OUTCOME_PASS;
    f->node = builder_node(w->b, ML_NODE_EXPR_STMT, f->node, (ml_role)f->role, f->start, f->end, f->scope);
    f->role = ML_ROLE_VALUE;
    return OUTCOME_PASS;
}

static outcome call_child(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    if (at->kind == ML_SYN_import && at->field == ML_FIELD_function) {
        /* In a type, `import("m")` loads nothing. */
        node_at(w->b, f->node)->kind = w->type_depth ? ML_NODE_OTHER : ML_NODE_IMPORT_CALL;
        return OUTCOME_DONE;
    }
    if (at->field == ML_FIELD_arguments && at->kind == ML_SYN_template_string) {
        node_at(w->b, f->node)->kind = ML_NODE_TAGGED;
        f->role = ML_ROLE_VALUE;
    }
    return OUTCOME_PASS;
}

static outcome enum_child(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    if (at->field != ML_FIELD_name)
        return OUTCOME_PASS;
    if (f->syntax == ML_SYN_enum_declaration) {
        uint32_t name = walk_text(w, at);
        node_at(w->b, f->node)->text = name;
        walk_declare_as(w, ML_BIND_ENUM, f->scope, name, f->node, 0, true);
        return OUTCOME_DONE;
    }
    if (f->syntax == ML_SYN_enum_body)
        return walk_key(w, at, walk_node(w, at, ML_NODE_ENUM_MEMBER, ML_ROLE_MEMBER));
    return walk_key(w, at, f->node);
}

static outcome namespace_child(walker *w, const ml_syntax *at)
{
    builder *b = w->b;
    frame *f = top(w);

    if (at->field == ML_FIELD_name && at->kind != ML_SYN_string) {
        ml_str name = literal_name(b->arena, source_of(w, at));
        uint32_t head = builder_text(b, ml_str_trim(ml_str_slice(name, 0, ml_str_find_char(name, '.'))));
        node_at(b, f->node)->text = builder_text(b, name);
        walk_declare_as(w, ML_BIND_NAMESPACE, b->scopes.items[f->scope].parent, head, f->node, 0, true);
        return OUTCOME_DONE;
    }
    if (at->field == ML_FIELD_name) { /* the shape of another module: nothing at run time */
        ml_node_id node = f->node;
        f->node = node_at(b, node)->parent;
        f->syntax = ML_SYN_TYPE;
        if (node == b->nodes.count - 1) {
            builder_drop(b, node, f->mark);
            b->scopes.items[f->scope].node = 0; /* the next node takes its number */
        } else
            node_at(b, node)->kind = ML_NODE_OTHER; /* an error before the name left something */
        return OUTCOME_DONE;
    }
    if (at->field == ML_FIELD_body && w->ambient)
        return walk_skip(w, at);
    return OUTCOME_PASS;
}

static outcome alias_child(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    if (f->state || at->kind != ML_SYN_identifier)
        return OUTCOME_PASS;
    f->state = 1;
    walk_name(w, at, ML_ROLE_TARGET, BIND_DECLARE);
    return OUTCOME_DONE;
}

/* Lets the parent have its say on a named child. */
outcome walk_child(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    switch (f->syntax) {
    case ML_SYN_ERROR: return w->type_depth && at->kind == ML_SYN_identifier ? OUTCOME_DONE : OUTCOME_PASS;
    case ML_SYN_expression_statement: return statement_child(w, at);
    case ML_SYN_array:
    case ML_SYN_array_pattern: f->state = 1; return OUTCOME_PASS;
    case ML_SYN_as_expression:
    case ML_SYN_satisfies_expression: return f->state++ ? walk_skip(w, at) : OUTCOME_PASS;
    case ML_SYN_variable_declarator: return w->ambient && at->field == ML_FIELD_value ? walk_skip(w, at) : OUTCOME_PASS;
    case ML_SYN_break_statement:
    case ML_SYN_continue_statement:
    case ML_SYN_labeled_statement:
        if (at->kind != ML_SYN_statement_identifier)
            return OUTCOME_PASS;
        node_at(w->b, f->node)->text = walk_text(w, at);
        return OUTCOME_DONE;
    case ML_SYN_call_expression: return call_child(w, at);
    case ML_SYN_member_expression:
    case ML_SYN_nested_identifier: return at->field == ML_FIELD_property ? walk_key(w, at, f->node) : OUTCOME_PASS;
    case ML_SYN_pair:
    case ML_SYN_pair_pattern: return at->field == ML_FIELD_key ? walk_key(w, at, f->node) : OUTCOME_PASS;
    case ML_SYN_object_assignment_pattern:
        if (at->kind != ML_SYN_shorthand_property_identifier_pattern)
            return OUTCOME_PASS;
        walk_shorthand(w, at, f->node, ML_ROLE_TARGET, (naming)f->bind);
        return OUTCOME_DONE;
    case ML_SYN_template_string:
        if (at->kind != ML_SYN_template_substitution)
            return OUTCOME_DONE;
        walk_flush_template(w, f, at->start);
        return OUTCOME_PASS;
    case ML_SYN_enum_declaration:
    case ML_SYN_enum_body:
    case ML_SYN_enum_assignment: return enum_child(w, at);
    case ML_SYN_module:
    case ML_SYN_internal_module: return namespace_child(w, at);
    case ML_SYN_ambient_declaration: /* `declare global { }` */
        return at->kind == ML_SYN_statement_block ? walk_skip(w, at) : OUTCOME_PASS;
    case ML_SYN_import_alias: return alias_child(w, at);
    case ML_SYN_required_parameter:
    case ML_SYN_optional_parameter:
    case ML_SYN_class_declaration:
    case ML_SYN_abstract_class_declaration:
    case ML_SYN_class:
    case ML_SYN_class_body:
    case ML_SYN_public_field_definition: return class_child(w, at);
    case ML_SYN_jsx_opening_element:
    case ML_SYN_jsx_self_closing_element:
    case ML_SYN_jsx_element:
    case ML_SYN_jsx_attribute: return jsx_child(w, at);
    default: return module_child(w, at);
    }
}
