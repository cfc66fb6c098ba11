/* From a syntax node to its node in the table, by the shapes table or one by one. */
#include "walker.h"

enum { TYPE_TEXT_MAX = 200 };

static outcome leaf(walker *w, const ml_syntax *at, ml_node_kind kind, ml_role role, ml_str text)
{
    ml_node_id id = walk_node(w, at, kind, role);

    node_at(w->b, id)->text = builder_text(w->b, text);
    return OUTCOME_DONE;
}

static outcome type_node(walker *w, const ml_syntax *at, ml_role role)
{
    if (role == ML_ROLE_TYPE) {
        ml_str text = ml_str_trim(ml_str_from(source_of(w, at), 1)); /* without the colon */
        leaf(w, at, ML_NODE_TYPE, role, ml_str_slice(text, 0, TYPE_TEXT_MAX));
    }
    return walk_skip(w, at);
}

static bool is_control(const frame *f, const ml_syntax *at)
{
    return f->syntax == ML_SYN_else_clause || at->field == ML_FIELD_consequence ||
           (at->field == ML_FIELD_body && f->syntax != ML_SYN_switch_case && f->syntax != ML_SYN_switch_default);
}

static outcome open_block(walker *w, const ml_syntax *at, ml_role role)
{
    const frame *f = top(w);
    bool namespace_body = f->syntax == ML_SYN_internal_module || f->syntax == ML_SYN_module;
    bool function_body = is_function(f->syntax);
    ml_node_id node = namespace_body ? f->node : walk_node(w, at, ML_NODE_BLOCK, role);
    frame *opened = walk_open(w, at, node, ML_ROLE_BODY);

    if (!namespace_body && !function_body)
        opened->scope = builder_scope(w->b, ML_SCOPE_BLOCK, opened->scope, node);
    return OUTCOME_OPENED;
}

static frame *open_scoped(walker *w, const ml_syntax *at, ml_node_kind kind, ml_role role)
{
    ml_node_id node = walk_node(w, at, kind, role);
    frame *f = walk_open(w, at, node, ML_ROLE_BODY);

    f->scope = builder_scope(w->b, ML_SCOPE_BLOCK, f->scope, node);
    return f;
}

static void declares(frame *f, ml_binding_kind what)
{
    f->bind = BIND_DECLARE;
    f->what = (uint8_t)what;
    f->decl = f->node;
}

static outcome open_declarator(walker *w, const ml_syntax *at, ml_node_id node, uint8_t var)
{
    frame *f = walk_open(w, at, node, ML_ROLE_VALUE);

    declares(f, ML_BIND_VAR);
    f->var = var;
    return OUTCOME_OPENED;
}

/* import a = b.c */
static outcome open_import_alias(walker *w, const ml_syntax *at, ml_role role)
{
    builder *b = w->b;
    ml_node_id var = walk_node(w, at, ML_NODE_VAR, role);
    ml_node_id decl = builder_node(b, ML_NODE_DECLARATOR, var, ML_ROLE_DECLARATOR, at->start, at->end, top(w)->scope);

    node_at(b, var)->op = ML_VAR_CONST;
    return open_declarator(w, at, decl, ML_VAR_CONST);
}

static outcome open_namespace(walker *w, const ml_syntax *at, ml_role role)
{
    ml_node_id before = w->b->last_child.items[top(w)->node];
    frame *f = open_scoped(w, at, ML_NODE_NAMESPACE, role);

    f->mark = before;
    w->b->scope_sides.items[f->scope].var_scope = f->scope;
    return OUTCOME_OPENED;
}

static outcome open_special(walker *w, const ml_syntax *at, ml_role role, naming bind)
{
    frame *f = top(w);

    switch (at->kind) {
    case ML_SYN_identifier:
    case ML_SYN_undefined: walk_name(w, at, role, bind); return OUTCOME_DONE;
    case ML_SYN_predefined_type: /* a variable named `string` as an index */
        if (f->syntax == ML_SYN_subscript_expression)
            walk_name(w, at, role, bind);
        return OUTCOME_DONE;
    case ML_SYN_string: return leaf(w, at, ML_NODE_STRING, role, walk_string(w, at));
    case ML_SYN_number: return leaf(w, at, ML_NODE_NUMBER, role, source_of(w, at));
    case ML_SYN_regex: return leaf(w, at, ML_NODE_REGEX, role, source_of(w, at));
    case ML_SYN_meta_property: return leaf(w, at, ML_NODE_META, role, source_of(w, at));
    case ML_SYN_private_property_identifier: /* `#x in object` */
        return leaf(w, at, ML_NODE_OTHER, role, source_of(w, at));
    case ML_SYN_shorthand_property_identifier:
        walk_shorthand(w, at, walk_node(w, at, ML_NODE_PROPERTY, role), ML_ROLE_VALUE, BIND_NONE);
        return OUTCOME_DONE;
    case ML_SYN_shorthand_property_identifier_pattern:
        walk_shorthand(w, at, walk_node(w, at, ML_NODE_PATTERN_PROP, role), ML_ROLE_TARGET, bind);
        return OUTCOME_DONE;
    case ML_SYN_assignment_pattern:
        walk_open_binding(w, at,
                          f->syntax == ML_SYN_pair_pattern ? f->node : walk_node(w, at, ML_NODE_PATTERN_ITEM, role),
                          ML_ROLE_TARGET, bind);
        return OUTCOME_OPENED;
    case ML_SYN_statement_block: return open_block(w, at, role);
    case ML_SYN_expression_statement: walk_open(w, at, f->node, role); return OUTCOME_OPENED;
    case ML_SYN_empty_statement:
        if (is_control(f, at))
            walk_node(w, at, ML_NODE_BLOCK, role);
        return OUTCOME_DONE;
    case ML_SYN_variable_declarator: return open_declarator(w, at, walk_node(w, at, ML_NODE_DECLARATOR, role), f->var);
    case ML_SYN_import_alias: return open_import_alias(w, at, role);
    case ML_SYN_for_statement: open_scoped(w, at, ML_NODE_FOR, role); return OUTCOME_OPENED;
    case ML_SYN_for_in_statement: open_scoped(w, at, ML_NODE_FOR_IN, role)->bind = BIND_WRITE; return OUTCOME_OPENED;
    case ML_SYN_catch_clause: declares(open_scoped(w, at, ML_NODE_CATCH, role), ML_BIND_CATCH); return OUTCOME_OPENED;
    case ML_SYN_break_statement:
    case ML_SYN_continue_statement:
        walk_open(w, at, walk_node(w, at, at->kind == ML_SYN_break_statement ? ML_NODE_BREAK : ML_NODE_CONTINUE, role),
                  ML_ROLE_NONE);
        return OUTCOME_OPENED;
    case ML_SYN_enum_declaration:
        walk_open(w, at, walk_node(w, at, ML_NODE_ENUM, role), ML_ROLE_MEMBER);
        return OUTCOME_OPENED;
    case ML_SYN_module:
    case ML_SYN_internal_module: return open_namespace(w, at, role);
    case ML_SYN_required_parameter:
    case ML_SYN_optional_parameter: return open_parameter(w, at);
    case ML_SYN_type_annotation:
    case ML_SYN_asserts_annotation:
    case ML_SYN_type_predicate_annotation: return type_node(w, at, role);
    case ML_SYN_jsx_element:
    case ML_SYN_jsx_self_closing_element:
    case ML_SYN_jsx_attribute: return open_jsx(w, at, role);
    case ML_SYN_import_attribute:
        /* Only strings, unless error recovery took the code that follows for attributes. */
        if (!w->errors)
            return walk_skip(w, at);
        walk_open(w, at, f->node, ML_ROLE_BODY);
        return OUTCOME_OPENED;
    case ML_SYN_import_statement:
    case ML_SYN_export_statement: return open_module(w, at, role);
    default: break;
    }
    if (is_method(at->kind) || at->kind == ML_SYN_public_field_definition)
        return open_method(w, at, role);
    if (is_function(at->kind))
        return open_function(w, at, role);
    return open_class(w, at, role);
}

outcome walk_lower(walker *w, const ml_syntax *at)
{
    frame *f = top(w);
    node_shape shape = shape_of(at->kind);
    ml_role role = role_of(f->syntax, at->field);

    if (role == ML_ROLE_NONE)
        role = (ml_role)f->role;
    bool is_target = role == ML_ROLE_TARGET || role == ML_ROLE_ELEMENT || role == ML_ROLE_MEMBER;
    naming bind = is_target ? (naming)f->bind : BIND_NONE;
    switch (shape.how) {
    case HOW_SKIP: return walk_skip(w, at);
    case HOW_LEAF: walk_node(w, at, (ml_node_kind)shape.kind, role); return OUTCOME_DONE;
    case HOW_SPECIAL: return open_special(w, at, role, bind);
    case HOW_THROUGH: f = walk_open_binding(w, at, f->node, role, bind); break;
    default:
        f = walk_open_binding(w, at, walk_node(w, at, (ml_node_kind)shape.kind, role), (ml_role)shape.role,
                              shape.pattern ? bind : BIND_NONE);
    }
    if (at->kind == ML_SYN_assignment_expression)
        f->bind = BIND_WRITE;
    else if (at->kind == ML_SYN_template_string)
        f->mark = at->start + 1;
    else if (at->kind == ML_SYN_switch_body || at->kind == ML_SYN_class_static_block)
        f->scope = builder_scope(w->b, ML_SCOPE_BLOCK, f->scope, f->node);
    else if (at->kind == ML_SYN_ambient_declaration)
        w->ambient = true;
    return OUTCOME_OPENED;
}
