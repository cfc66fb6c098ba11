#include "walker.h"

#include "literal.h"

enum { TYPE_TEXT_MAX = 200 };

frame *walk_open(walker *w, const ml_syntax *at, ml_node_id node, ml_role role)
{
    frame opened = {.syntax = (uint8_t)at->kind, .field = at->field, .role = (uint8_t)role, .start = at->start,
                    .end = at->end, .node = node, .scope = top(w)->scope};

    heap_push(&w->frames, opened);
    return top(w);
}

/* A frame for a pattern or wrapper: names below are still what they were above. */
static frame *open_binding(walker *w, const ml_syntax *at, ml_node_id node, ml_role role, naming bind)
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

static void note_error(walker *w, const ml_syntax *at)
{
    heap_push(&w->b->errors, ((ml_range){at->start, at->end}));
}

/* The ERROR node is taken back when nothing was saved in it. */
static outcome open_error(walker *w, const ml_syntax *at)
{
    ml_node_id before = w->b->last_child.items[top(w)->node];
    ml_node_id node = walk_node(w, at, ML_NODE_ERROR, ML_ROLE_BODY);

    note_error(w, at);
    walk_open(w, at, node, ML_ROLE_BODY)->mark = before;
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
    declaration what = {.kind = kind, .scope = scope, .name = name, .decl = decl, .target = target,
                        .is_const = is_const, .is_ambient = w->ambient};
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
    if (node_at(b, statement)->kind != ML_NODE_EXPORT || b->scope_of.items[statement] != 1 ||
        kind == ML_BIND_PARAM || b->binding_sides.items[id].exported)
        return id;
    b->binding_sides.items[id].exported = true;
    ml_str public_name = statement == w->default_export ? ML_STR("default") : b->texts.items[name];
    builder_export(b, &(ml_export){.kind = ML_EXPORT_BINDING, .type_only = w->ambient, .name = public_name,
                                   .node = statement, .binding = id});
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
    case ML_SYN_computed_property_name:
        walk_open(w, at, node, ML_ROLE_KEY);
        return OUTCOME_OPENED;
    case ML_SYN_string:
        node_at(b, node)->text = builder_text(b, walk_string(w, at));
        return OUTCOME_DONE;
    case ML_SYN_private_property_identifier: {
        ml_str name = literal_name(b->arena, source_of(w, at));
        node_at(b, node)->text = builder_text(b, ml_str_from(name, 1));
        node_at(b, node)->flags |= ML_NF_PRIVATE;
        return OUTCOME_DONE;
    }
    default:
        node_at(b, node)->text = walk_text(w, at);
        return OUTCOME_DONE;
    }
}

/* { a } in an object or pattern: the member and, below it, the name. */
static void shorthand(walker *w, const ml_syntax *at, ml_node_id member, ml_role role, naming bind)
{
    node_at(w->b, member)->flags |= ML_NF_SHORTHAND;
    node_at(w->b, member)->text = walk_text(w, at);
    name_node(w, at, member, role, bind);
}

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

/* Text of a template between what is already taken and `to`. */
static void flush_template(walker *w, frame *f, uint32_t to)
{
    if (to <= f->mark)
        return;
    ml_node_id id = builder_node(w->b, ML_NODE_STRING, f->node, ML_ROLE_PART, f->mark, to, f->scope);
    ml_str raw = ml_str_slice(w->b->text, f->mark, to);
    node_at(w->b, id)->text = builder_text(w->b, literal_string(w->b->arena, raw, true));
}

static bool starts_with_using(const walker *w, uint32_t at)
{
    return ml_str_starts(ml_str_from(w->b->text, at), ML_STR("using"));
}

static void variable_token(walker *w, frame *f, const ml_syntax *at)
{
    bool using = at->kind == ML_TOKEN_CONST && starts_with_using(w, at->start);

    f->var = (uint8_t)(using ? ML_VAR_USING : at->kind == ML_TOKEN_VAR ? ML_VAR_VAR
                       : at->kind == ML_TOKEN_LET                      ? ML_VAR_LET
                                                                       : ML_VAR_CONST);
    node_at(w->b, f->node)->op = f->var;
    if (using && ml_str_ends(ml_str_trim(ml_str_slice(w->b->text, 0, at->start)), ML_STR("await")))
        node_at(w->b, f->node)->flags |= ML_NF_AWAIT;
}

static bool is_variable_token(ml_syntax_kind kind)
{
    return kind == ML_TOKEN_VAR || kind == ML_TOKEN_LET || kind == ML_TOKEN_CONST;
}

static void loop_token(walker *w, frame *f, const ml_syntax *at)
{
    uint16_t *flags = &node_at(w->b, f->node)->flags;

    if (at->kind == ML_TOKEN_OF)
        *flags |= ML_NF_OF;
    else if (at->kind == ML_TOKEN_AWAIT)
        *flags |= ML_NF_AWAIT;
    if (!is_variable_token(at->kind))
        return;
    variable_token(w, f, at);
    *flags |= ML_NF_DECLARES;
    f->bind = BIND_DECLARE;
    f->what = ML_BIND_FOR;
    f->decl = f->node;
}

static void operator_token(walker *w, frame *f, const ml_syntax *at)
{
    ml_op op = op_of(at->kind);

    if (f->syntax == ML_SYN_unary_expression)
        op = op == ML_OP_ADD ? ML_OP_PLUS : op == ML_OP_SUB ? ML_OP_MINUS : op;
    if (f->syntax == ML_SYN_update_expression && at->start == f->start)
        node_at(w->b, f->node)->flags |= ML_NF_PREFIX;
    if (op)
        node_at(w->b, f->node)->op = (uint8_t)op;
}

static uint16_t modifier_of(const walker *w, const ml_syntax *at)
{
    switch (at->kind) {
    case ML_TOKEN_STATIC: return ML_NF_STATIC;
    case ML_TOKEN_ABSTRACT: return ML_NF_ABSTRACT;
    case ML_TOKEN_GET: return ML_NF_GET;
    case ML_TOKEN_SET: return ML_NF_SET;
    case ML_TOKEN_READONLY: return ML_NF_READONLY;
    case ML_TOKEN_ASYNC: return ML_NF_ASYNC;
    case ML_TOKEN_STAR: return ML_NF_GENERATOR;
    case ML_TOKEN_QUESTION: return ML_NF_OPTIONAL;
    case ML_SYN_accessibility_modifier: return w->b->text.data[at->start + 1] == 'u' ? 0 : ML_NF_PUBLIC; /* to clear */
    default: return 0;
    }
}

static void member_token(walker *w, frame *f, const ml_syntax *at)
{
    uint16_t modifier = modifier_of(w, at);

    if (is_method(f->syntax) && (modifier == ML_NF_ASYNC || modifier == ML_NF_GENERATOR))
        f->flags |= modifier;
    else if (modifier == ML_NF_PUBLIC)
        node_at(w->b, f->other)->flags &= (uint16_t)~ML_NF_PUBLIC;
    else if (modifier != ML_NF_OPTIONAL)
        node_at(w->b, f->other)->flags |= modifier;
}

static void parameter_token(walker *w, frame *f, const ml_syntax *at)
{
    uint16_t *flags = &node_at(w->b, f->decl)->flags;

    if (at->kind == ML_SYN_accessibility_modifier || at->kind == ML_SYN_override_modifier)
        *flags |= ML_NF_PROPERTY;
    else if (at->kind == ML_TOKEN_READONLY)
        *flags |= ML_NF_PROPERTY | ML_NF_READONLY;
    else if (at->kind == ML_TOKEN_QUESTION)
        *flags |= ML_NF_OPTIONAL;
}

/* What an anonymous child, or a modifier, says about its parent. */
static void token(walker *w, const ml_syntax *at)
{
    frame *f = top(w);
    uint16_t *flags = &node_at(w->b, f->node)->flags;

    switch (f->syntax) {
    case ML_SYN_lexical_declaration:
    case ML_SYN_variable_declaration:
        if (is_variable_token(at->kind))
            variable_token(w, f, at);
        break;
    case ML_SYN_for_in_statement:
        loop_token(w, f, at);
        break;
    case ML_SYN_unary_expression:
    case ML_SYN_update_expression:
    case ML_SYN_binary_expression:
    case ML_SYN_assignment_expression:
    case ML_SYN_augmented_assignment_expression:
        operator_token(w, f, at);
        break;
    case ML_SYN_call_expression:
    case ML_SYN_member_expression:
    case ML_SYN_subscript_expression:
        if (at->kind == ML_TOKEN_CHAIN || at->kind == ML_SYN_optional_chain)
            *flags |= ML_NF_OPTIONAL;
        break;
    case ML_SYN_array:
    case ML_SYN_array_pattern:
        if (at->kind != ML_TOKEN_COMMA)
            break;
        if (!f->state)
            walk_node(w, at, ML_NODE_HOLE, ML_ROLE_ELEMENT);
        f->state = 0;
        break;
    case ML_SYN_yield_expression:
        if (at->kind == ML_TOKEN_STAR)
            *flags |= ML_NF_DELEGATE;
        break;
    case ML_SYN_public_field_definition:
    case ML_SYN_method_definition:
    case ML_SYN_method_signature:
    case ML_SYN_abstract_method_signature:
        member_token(w, f, at);
        break;
    case ML_SYN_required_parameter:
    case ML_SYN_optional_parameter:
        parameter_token(w, f, at);
        break;
    case ML_SYN_import_statement:
    case ML_SYN_import_specifier:
    case ML_SYN_export_statement:
    case ML_SYN_export_specifier:
        module_token(w, f, at);
        break;
    default:
        if (is_function(f->syntax) || is_class(f->syntax))
            *flags |= modifier_of(w, at) & (ML_NF_ASYNC | ML_NF_GENERATOR | ML_NF_ABSTRACT);
    }
}

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
        builder_drop(b, node, f->mark);
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
static outcome by_parent(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    switch (f->syntax) {
    case ML_SYN_ERROR:
        return w->type_depth && at->kind == ML_SYN_identifier ? OUTCOME_DONE : OUTCOME_PASS;
    case ML_SYN_expression_statement:
        return statement_child(w, at);
    case ML_SYN_array:
    case ML_SYN_array_pattern:
        f->state = 1;
        return OUTCOME_PASS;
    case ML_SYN_as_expression:
    case ML_SYN_satisfies_expression:
        return f->state++ ? walk_skip(w, at) : OUTCOME_PASS;
    case ML_SYN_variable_declarator:
        return w->ambient && at->field == ML_FIELD_value ? walk_skip(w, at) : OUTCOME_PASS;
    case ML_SYN_break_statement:
    case ML_SYN_continue_statement:
    case ML_SYN_labeled_statement:
        if (at->kind != ML_SYN_statement_identifier)
            return OUTCOME_PASS;
        node_at(w->b, f->node)->text = walk_text(w, at);
        return OUTCOME_DONE;
    case ML_SYN_call_expression:
        return call_child(w, at);
    case ML_SYN_member_expression:
    case ML_SYN_nested_identifier:
        return at->field == ML_FIELD_property ? walk_key(w, at, f->node) : OUTCOME_PASS;
    case ML_SYN_pair:
    case ML_SYN_pair_pattern:
        return at->field == ML_FIELD_key ? walk_key(w, at, f->node) : OUTCOME_PASS;
    case ML_SYN_object_assignment_pattern:
        if (at->kind != ML_SYN_shorthand_property_identifier_pattern)
            return OUTCOME_PASS;
        shorthand(w, at, f->node, ML_ROLE_TARGET, (naming)f->bind);
        return OUTCOME_DONE;
    case ML_SYN_template_string:
        if (at->kind != ML_SYN_template_substitution)
            return OUTCOME_DONE;
        flush_template(w, f, at->start);
        return OUTCOME_PASS;
    case ML_SYN_enum_declaration:
    case ML_SYN_enum_body:
    case ML_SYN_enum_assignment:
        return enum_child(w, at);
    case ML_SYN_module:
    case ML_SYN_internal_module:
        return namespace_child(w, at);
    case ML_SYN_ambient_declaration: /* `declare global { }` */
        return at->kind == ML_SYN_statement_block ? walk_skip(w, at) : OUTCOME_PASS;
    case ML_SYN_import_alias:
        return alias_child(w, at);
    case ML_SYN_required_parameter:
    case ML_SYN_optional_parameter:
    case ML_SYN_class_declaration:
    case ML_SYN_abstract_class_declaration:
    case ML_SYN_class:
    case ML_SYN_class_body:
    case ML_SYN_public_field_definition:
        return class_child(w, at);
    case ML_SYN_jsx_opening_element:
    case ML_SYN_jsx_self_closing_element:
    case ML_SYN_jsx_element:
    case ML_SYN_jsx_attribute:
        return jsx_child(w, at);
    default:
        return module_child(w, at);
    }
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

static outcome open_special(walker *w, const ml_syntax *at, ml_role role, naming bind)
{
    builder *b = w->b;
    frame *f = top(w);

    switch (at->kind) {
    case ML_SYN_identifier:
    case ML_SYN_undefined:
        walk_name(w, at, role, bind);
        return OUTCOME_DONE;
    case ML_SYN_predefined_type: /* a variable named `string` as an index */
        if (f->syntax == ML_SYN_subscript_expression)
            walk_name(w, at, role, bind);
        return OUTCOME_DONE;
    case ML_SYN_string:
        return leaf(w, at, ML_NODE_STRING, role, walk_string(w, at));
    case ML_SYN_number:
        return leaf(w, at, ML_NODE_NUMBER, role, source_of(w, at));
    case ML_SYN_regex:
        return leaf(w, at, ML_NODE_REGEX, role, source_of(w, at));
    case ML_SYN_meta_property:
        return leaf(w, at, ML_NODE_META, role, source_of(w, at));
    case ML_SYN_private_property_identifier: /* `#x in object` */
        return leaf(w, at, ML_NODE_OTHER, role, source_of(w, at));
    case ML_SYN_shorthand_property_identifier:
        shorthand(w, at, walk_node(w, at, ML_NODE_PROPERTY, role), ML_ROLE_VALUE, BIND_NONE);
        return OUTCOME_DONE;
    case ML_SYN_shorthand_property_identifier_pattern:
        shorthand(w, at, walk_node(w, at, ML_NODE_PATTERN_PROP, role), ML_ROLE_TARGET, bind);
        return OUTCOME_DONE;
    case ML_SYN_assignment_pattern:
        open_binding(w, at, f->syntax == ML_SYN_pair_pattern ? f->node : walk_node(w, at, ML_NODE_PATTERN_ITEM, role),
                     ML_ROLE_TARGET, bind);
        return OUTCOME_OPENED;
    case ML_SYN_statement_block:
        return open_block(w, at, role);
    case ML_SYN_expression_statement:
        walk_open(w, at, f->node, role);
        return OUTCOME_OPENED;
    case ML_SYN_empty_statement:
        if (is_control(f, at))
            walk_node(w, at, ML_NODE_BLOCK, role);
        return OUTCOME_DONE;
    case ML_SYN_variable_declarator: {
        uint8_t var = f->var;
        f = walk_open(w, at, walk_node(w, at, ML_NODE_DECLARATOR, role), ML_ROLE_VALUE);
        declares(f, ML_BIND_VAR);
        f->var = var;
        return OUTCOME_OPENED;
    }
    case ML_SYN_import_alias: {
        ml_node_id var = walk_node(w, at, ML_NODE_VAR, role);
        ml_node_id decl = builder_node(b, ML_NODE_DECLARATOR, var, ML_ROLE_DECLARATOR, at->start, at->end, f->scope);
        node_at(b, var)->op = ML_VAR_CONST;
        f = walk_open(w, at, decl, ML_ROLE_VALUE);
        declares(f, ML_BIND_VAR);
        f->var = ML_VAR_CONST;
        return OUTCOME_OPENED;
    }
    case ML_SYN_for_statement:
        open_scoped(w, at, ML_NODE_FOR, role);
        return OUTCOME_OPENED;
    case ML_SYN_for_in_statement:
        open_scoped(w, at, ML_NODE_FOR_IN, role)->bind = BIND_WRITE;
        return OUTCOME_OPENED;
    case ML_SYN_catch_clause:
        declares(open_scoped(w, at, ML_NODE_CATCH, role), ML_BIND_CATCH);
        return OUTCOME_OPENED;
    case ML_SYN_break_statement:
    case ML_SYN_continue_statement:
        walk_open(w, at, walk_node(w, at, at->kind == ML_SYN_break_statement ? ML_NODE_BREAK : ML_NODE_CONTINUE, role),
                  ML_ROLE_NONE);
        return OUTCOME_OPENED;
    case ML_SYN_enum_declaration:
        walk_open(w, at, walk_node(w, at, ML_NODE_ENUM, role), ML_ROLE_MEMBER);
        return OUTCOME_OPENED;
    case ML_SYN_module:
    case ML_SYN_internal_module:
    {
        ml_node_id before = b->last_child.items[f->node];
        f = open_scoped(w, at, ML_NODE_NAMESPACE, role);
        f->mark = before;
        b->scope_sides.items[f->scope].var_scope = f->scope;
        return OUTCOME_OPENED;
    }
    case ML_SYN_required_parameter:
    case ML_SYN_optional_parameter:
        return open_parameter(w, at);
    case ML_SYN_type_annotation:
    case ML_SYN_asserts_annotation:
    case ML_SYN_type_predicate_annotation:
        return type_node(w, at, role);
    case ML_SYN_jsx_element:
    case ML_SYN_jsx_self_closing_element:
    case ML_SYN_jsx_attribute:
        return open_jsx(w, at, role);
    case ML_SYN_import_statement:
    case ML_SYN_export_statement:
        return open_module(w, at, role);
    default:
        break;
    }
    if (is_method(at->kind) || at->kind == ML_SYN_public_field_definition)
        return open_method(w, at, role);
    if (is_function(at->kind))
        return open_function(w, at, role);
    return open_class(w, at, role);
}

static outcome lower(walker *w, const ml_syntax *at)
{
    frame *f = top(w);
    node_shape shape = shape_of(at->kind);
    ml_role role = role_of(f->syntax, at->field);

    if (role == ML_ROLE_NONE)
        role = (ml_role)f->role;
    bool is_target = role == ML_ROLE_TARGET || role == ML_ROLE_ELEMENT || role == ML_ROLE_MEMBER;
    naming bind = is_target ? (naming)f->bind : BIND_NONE;
    switch (shape.how) {
    case HOW_SKIP:
        return walk_skip(w, at);
    case HOW_LEAF:
        walk_node(w, at, (ml_node_kind)shape.kind, role);
        return OUTCOME_DONE;
    case HOW_SPECIAL:
        return open_special(w, at, role, bind);
    case HOW_THROUGH:
        f = open_binding(w, at, f->node, role, bind);
        break;
    default:
        f = open_binding(w, at, walk_node(w, at, (ml_node_kind)shape.kind, role), (ml_role)shape.role,
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

static outcome enter(walker *w, const ml_syntax *at)
{
    if (at->missing) {
        note_error(w, at);
        return OUTCOME_DONE;
    }
    if (at->kind == ML_SYN_comment || at->kind == ML_SYN_html_comment) {
        if (w->directives)
            walk_comment(w, at);
        return OUTCOME_DONE;
    }
    if (at->kind == ML_SYN_ERROR)
        return open_error(w, at);
    if (top(w)->syntax == ML_SYN_TYPE)
        return walk_skip(w, at);
    if (!at->named || at->kind == ML_SYN_optional_chain || at->kind == ML_SYN_accessibility_modifier ||
        at->kind == ML_SYN_override_modifier) {
        token(w, at);
        return OUTCOME_DONE;
    }
    outcome taken = by_parent(w, at);
    return taken == OUTCOME_PASS ? lower(w, at) : taken;
}

static void leave(walker *w)
{
    frame *f = top(w);

    switch (f->syntax) {
    case ML_SYN_ERROR:
        if (f->node == w->b->nodes.count - 1 && node_at(w->b, f->node)->kind == ML_NODE_ERROR)
            builder_drop(w->b, f->node, f->mark);
        break;
    case ML_SYN_template_string:
        flush_template(w, f, f->end - (f->end > f->start + 1 && w->b->text.data[f->end - 1] == '`'));
        break;
    case ML_SYN_template_substitution:
        if (w->frames.count > 1)
            f[-1].mark = f->end;
        break;
    case ML_SYN_ambient_declaration:
        w->ambient = false;
        break;
    case ML_SYN_class_body:
    case ML_SYN_method_definition:
    case ML_SYN_method_signature:
    case ML_SYN_abstract_method_signature:
        class_close(w, f);
        break;
    default:
        module_close(w, f);
    }
    w->frames.count--;
    if (w->frames.count < w->type_depth)
        w->type_depth = 0;
}

static void place(const walker *w, ml_syntax *at)
{
    at->start += w->base;
    at->end += w->base;
}

/* Walks until the tree ends or the table is full; true when it was walked to its end. */
static bool walk(walker *w, uint32_t floor)
{
    ml_syntax at;

    for (;;) {
        if (w->b->nodes.count >= NODES_MAX)
            return false;
        bool moved = ml_cursor_down(w->parser, &at);
        if (!moved)
            leave(w);
        for (;;) {
            while (!moved && !(moved = ml_cursor_right(w->parser, &at))) {
                if (w->frames.count < floor)
                    return true;
                ml_cursor_up(w->parser);
                leave(w);
            }
            place(w, &at);
            if (enter(w, &at) == OUTCOME_OPENED)
                break;
            moved = false;
        }
    }
}

void walk_tree(builder *b, ml_parser *parser, ml_node_id program, ml_scope_id scope, uint32_t base, bool directives)
{
    walker w = {.b = b, .parser = parser, .base = base, .directives = directives};
    ml_syntax root;

    if (!ml_cursor_here(parser, &root))
        return;
    place(&w, &root);
    w.errors = ml_cursor_has_error(parser);
    if (root.kind == ML_SYN_ERROR)
        note_error(&w, &root);
    heap_push(&w.frames, ((frame){.syntax = ML_SYN_program, .role = ML_ROLE_BODY, .start = root.start,
                                  .end = root.end, .node = program, .scope = scope}));
    if (!walk(&w, 1)) {
        b->facts->cut_short = true;
        b->facts->cut_reason = "the file has more than 8 million expressions and statements";
        while (w.frames.count)
            leave(&w);
    }
    heap_free(&w.frames);
}
