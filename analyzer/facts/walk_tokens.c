/* What anonymous children and modifiers say about their parent. */
#include "walker.h"

static bool starts_with_using(const walker *w, uint32_t at)
{
    return ml_str_starts(ml_str_from(w->b->text, at), ML_STR("using"));
}

static void variable_token(walker *w, frame *f, const ml_syntax *at)
{
    bool using = at->kind == ML_TOKEN_CONST && starts_with_using(w, at->start);

    f->var = (uint8_t)(using                      ? ML_VAR_USING
                       : at->kind == ML_TOKEN_VAR ? ML_VAR_VAR
                       : at->kind == ML_TOKEN_LET ? ML_VAR_LET
                                                  : ML_VAR_CONST);
    node_at(w->b, f->node)->op = f->var;
    if (using && ml_str_ends(ml_str_trim(ml_str_slice(w->b->text, at->start > 20 ? at->start - 20 : 0, at->start)),
                             ML_STR("await")))
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
void walk_token(walker *w, const ml_syntax *at)
{
    frame *f = top(w);
    uint16_t *flags = &node_at(w->b, f->node)->flags;

    switch (f->syntax) {
    case ML_SYN_lexical_declaration:
    case ML_SYN_variable_declaration:
        if (is_variable_token(at->kind))
            variable_token(w, f, at);
        break;
    case ML_SYN_for_in_statement: loop_token(w, f, at); break;
    case ML_SYN_unary_expression:
    case ML_SYN_update_expression:
    case ML_SYN_binary_expression:
    case ML_SYN_assignment_expression:
    case ML_SYN_augmented_assignment_expression: operator_token(w, f, at); break;
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
    case ML_SYN_abstract_method_signature: member_token(w, f, at); break;
    case ML_SYN_required_parameter:
    case ML_SYN_optional_parameter: parameter_token(w, f, at); break;
    case ML_SYN_import_statement:
    case ML_SYN_import_specifier:
    case ML_SYN_export_statement:
    case ML_SYN_export_specifier: module_token(w, f, at); break;
    default:
        if (is_function(f->syntax) || is_class(f->syntax))
            *flags |= modifier_of(w, at) & (ML_NF_ASYNC | ML_NF_GENERATOR | ML_NF_ABSTRACT);
    }
}
