/* syntax.h - source text to syntax tree, and a walk over that tree.
 *
 * The only door to the parser library. A tree has no life of its own: ml_parse leaves
 * it inside the parser, the ml_cursor_* functions walk it there, and the next ml_parse
 * or ml_parser_drop forgets it. Nothing here recurses, and no step costs more than the
 * children it passes.
 *
 * Hostile input is expected: ml_parse stops at a deadline and at a memory ceiling, and
 * the parser can be used again at once after either. One parser belongs to one thread
 * at a time; a cursor is moved on the thread that parsed. */
#ifndef ML_SYNTAX_H
#define ML_SYNTAX_H
#include "ml/str.h"
#include "ml/vec.h"

/* clang-format off */
/* Node types we tell apart, by the grammars' own names. */
#define ML_SYNTAX_NAMED(X)                                                                          \
    X(program) X(statement_block) X(expression_statement) X(empty_statement) X(debugger_statement)  \
    X(lexical_declaration) X(variable_declaration) X(variable_declarator)                           \
    X(if_statement) X(else_clause) X(switch_statement) X(switch_body) X(switch_case)                \
    X(switch_default) X(for_statement) X(for_in_statement) X(while_statement) X(do_statement)       \
    X(try_statement) X(catch_clause) X(finally_clause) X(throw_statement) X(return_statement)       \
    X(break_statement) X(continue_statement) X(labeled_statement) X(statement_identifier)           \
    X(with_statement)                                                                               \
    X(import_statement) X(import_clause) X(named_imports) X(import_specifier) X(namespace_import)   \
    X(import_require_clause) X(import_attribute) X(import_alias)                                    \
    X(export_statement) X(export_clause) X(export_specifier) X(namespace_export)                    \
    X(enum_declaration) X(enum_body) X(enum_assignment)                                             \
    X(module) X(internal_module) X(ambient_declaration) X(nested_identifier)                        \
    X(function_declaration) X(generator_function_declaration) X(function_signature)                 \
    X(function_expression) X(generator_function) X(arrow_function)                                  \
    X(formal_parameters) X(required_parameter) X(optional_parameter)                                \
    X(class_declaration) X(abstract_class_declaration) X(class) X(class_heritage)                   \
    X(extends_clause) X(class_body) X(method_definition) X(method_signature)                        \
    X(abstract_method_signature) X(public_field_definition) X(class_static_block) X(decorator)      \
    X(accessibility_modifier) X(override_modifier) X(computed_property_name)                        \
    X(identifier) X(property_identifier) X(private_property_identifier) X(type_identifier)          \
    X(shorthand_property_identifier) X(shorthand_property_identifier_pattern)                       \
    X(undefined) X(this) X(super) X(import) X(true) X(false) X(null) X(number) X(regex)             \
    X(string) X(string_fragment) X(escape_sequence) X(template_string) X(template_substitution)     \
    X(array) X(object) X(pair) X(spread_element)                                                    \
    X(member_expression) X(subscript_expression) X(optional_chain) X(call_expression) X(arguments)  \
    X(new_expression) X(meta_property) X(unary_expression) X(update_expression)                     \
    X(binary_expression) X(assignment_expression) X(augmented_assignment_expression)                \
    X(ternary_expression) X(sequence_expression) X(await_expression) X(yield_expression)            \
    X(parenthesized_expression) X(as_expression) X(satisfies_expression) X(non_null_expression)     \
    X(type_assertion) X(instantiation_expression)                                                   \
    X(object_pattern) X(array_pattern) X(pair_pattern) X(object_assignment_pattern)                 \
    X(assignment_pattern) X(rest_pattern)                                                           \
    X(jsx_element) X(jsx_opening_element) X(jsx_closing_element) X(jsx_self_closing_element)        \
    X(jsx_attribute) X(jsx_expression) X(jsx_namespace_name) X(jsx_text) X(html_character_reference)\
    X(type_annotation) X(asserts_annotation) X(type_predicate_annotation) X(predefined_type)        \
    X(type_alias_declaration) X(interface_declaration) X(index_signature)                           \
    X(comment) X(html_comment) X(hash_bang_line)

/* Anonymous nodes that carry meaning: keywords, operators, separators. */
#define ML_SYNTAX_TOKENS(X)                                                                         \
    X(VAR, "var") X(LET, "let") X(CONST, "const") X(USING, "using") X(OF, "of") X(IN, "in")         \
    X(ASYNC, "async") X(AWAIT, "await") X(STATIC, "static") X(GET, "get") X(SET, "set")             \
    X(ABSTRACT, "abstract") X(READONLY, "readonly") X(DECLARE, "declare") X(ACCESSOR, "accessor")   \
    X(TYPE, "type") X(TYPEOF, "typeof") X(DEFAULT, "default") X(AS, "as")                           \
    X(NAMESPACE, "namespace") X(GLOBAL, "global") X(VOID, "void") X(DELETE, "delete")               \
    X(INSTANCEOF, "instanceof") X(COMMA, ",") X(SEMICOLON, ";") X(QUESTION, "?") X(CHAIN, "?.")     \
    X(ELLIPSIS, "...") X(ASSIGN, "=") X(STAR, "*") X(ADD, "+") X(SUB, "-") X(DIV, "/") X(MOD, "%")  \
    X(POW, "**") X(BIT_AND, "&") X(BIT_OR, "|") X(BIT_XOR, "^") X(SHL, "<<") X(SHR, ">>")           \
    X(USHR, ">>>") X(AND, "&&") X(OR, "||") X(NULLISH, "??") X(EQ, "==") X(NE, "!=")                \
    X(SEQ, "===") X(SNE, "!==") X(LT, "<") X(LE, "<=") X(GT, ">") X(GE, ">=") X(NOT, "!")           \
    X(BIT_NOT, "~") X(INC, "++") X(DEC, "--") X(ADD_ASSIGN, "+=") X(SUB_ASSIGN, "-=")               \
    X(MUL_ASSIGN, "*=") X(DIV_ASSIGN, "/=") X(MOD_ASSIGN, "%=") X(POW_ASSIGN, "**=")                \
    X(BIT_AND_ASSIGN, "&=") X(BIT_OR_ASSIGN, "|=") X(BIT_XOR_ASSIGN, "^=") X(SHL_ASSIGN, "<<=")     \
    X(SHR_ASSIGN, ">>=") X(USHR_ASSIGN, ">>>=") X(AND_ASSIGN, "&&=") X(OR_ASSIGN, "||=")            \
    X(NULLISH_ASSIGN, "?\?=")

#define ML_SYNTAX_FIELDS(X)                                                                         \
    X(alias) X(alternative) X(argument) X(arguments) X(attribute) X(body) X(close_tag) X(condition) \
    X(consequence) X(constructor) X(declaration) X(decorator) X(finalizer) X(function) X(handler)   \
    X(increment) X(index) X(initializer) X(key) X(kind) X(label) X(left) X(name) X(object)          \
    X(open_tag) X(operator) X(optional_chain) X(parameter) X(parameters) X(pattern) X(property)     \
    X(return_type) X(right) X(source) X(type) X(type_arguments) X(type_parameters) X(value)

/* clang-format on */

typedef enum ml_syntax_kind {
    ML_SYN_TOKEN, /* an anonymous node of no interest: brackets, most keywords */
    ML_SYN_ERROR, /* a range that does not parse */
    ML_SYN_TYPE,  /* any named node not listed, nearly all of them are parts of types */
#define X(name) ML_SYN_##name,
    ML_SYNTAX_NAMED(X)
#undef X
#define X(name, text) ML_TOKEN_##name,
        ML_SYNTAX_TOKENS(X)
#undef X
            ML_SYN_COUNT
} ml_syntax_kind;

typedef enum ml_syntax_field {
    ML_FIELD_NONE,
#define X(name) ML_FIELD_##name,
    ML_SYNTAX_FIELDS(X)
#undef X
        ML_FIELD_COUNT
} ml_syntax_field;

/* One node, as the cursor stands on it. */
typedef struct ml_syntax {
    uint16_t kind; /* ml_syntax_kind */
    uint8_t field; /* ml_syntax_field within its parent */
    bool named;
    bool missing;        /* put in by error recovery: covers no text */
    uint32_t start, end; /* bytes in the parsed text */
} ml_syntax;

typedef enum ml_dialect { ML_DIALECT_TS, ML_DIALECT_TSX } ml_dialect;

typedef enum ml_parse_status {
    ML_PARSE_OK,
    ML_PARSE_TOO_LATE,  /* the deadline passed */
    ML_PARSE_TOO_LARGE, /* the memory ceiling was reached, or the text is 4 GB or more */
} ml_parse_status;

enum { ML_PARSE_MILLISECONDS = 1000 };
#define ML_PARSE_BYTES_MAX ((size_t)512 * 1024 * 1024)

typedef struct ml_parser ml_parser;

/* bytes_max bounds what one parse may allocate; 0 means ML_PARSE_BYTES_MAX. */
ml_parser *ml_parser_new(size_t bytes_max);
void ml_parser_free(ml_parser *parser);

/* Nanoseconds of processor time this thread has used, the clock of deadlines: a busy
 * machine must not make a file incomplete. */
uint64_t ml_parse_clock(void);
/* How long ml_parser_deadline gives a file; ML_PARSE_MILLISECONDS unless set. */
void ml_parser_set_patience(ml_parser *parser, uint32_t milliseconds);
/* The moment at which work on a file that begins now is to be broken off. */
uint64_t ml_parser_deadline(const ml_parser *parser);
/* Parses text; with ML_PARSE_OK the cursor stands on the root. deadline is a value of
 * ml_parse_clock, 0 means ml_parser_deadline. It is looked at between tokens, so one
 * token that runs over megabytes can overrun it: cap file sizes. text must live until
 * the tree is dropped. */
ml_parse_status ml_parse(ml_parser *parser, ml_str text, ml_dialect dialect, uint64_t deadline);
/* Forgets the tree and gives most of its memory back. */
void ml_parser_drop(ml_parser *parser);
/* What the last parse took, for statistics. */
size_t ml_parser_bytes(const ml_parser *parser);

/* The moves fill *out and return true, or return false and stay. */
bool ml_cursor_here(ml_parser *parser, ml_syntax *out);
bool ml_cursor_down(ml_parser *parser, ml_syntax *out);  /* to the first child */
bool ml_cursor_right(ml_parser *parser, ml_syntax *out); /* to the next sibling */
bool ml_cursor_up(ml_parser *parser);
/* Does the subtree under the cursor hold an ERROR or a missing node? */
bool ml_cursor_has_error(ml_parser *parser);

/* A piece of a file that is parsed as one program. */
typedef struct ml_script {
    uint32_t start, end; /* bytes in the file */
    ml_dialect dialect;
} ml_script;

typedef ML_VEC(ml_script) ml_scripts;

typedef enum ml_markup { ML_MARKUP_VUE, ML_MARKUP_SVELTE, ML_MARKUP_HTML } ml_markup;

/* Appends the bodies of the code-carrying <script> elements of a markup file, in source
 * order. `lang` (or a script type) decides the dialect, JavaScript is read as TSX. Data
 * blocks (JSON, templates), comments, and the insides of other Vue blocks are no code. */
void ml_scripts_of(ml_scripts *out, ml_arena *arena, ml_markup markup, ml_str text);

/* The text as the grammar can take it, of the same length, byte for byte at the same
 * place: a hashbang line and lines of merge conflict markers become blank (both sides of
 * a conflict stay), a carriage return alone becomes a line feed, and syntax the grammar
 * misreads becomes the nearest one it knows. Who lowers the tree reads names and values
 * from the original, and sees there what was rewritten:
 *     original                        copy
 *     using x = e, await using x = e  const x = e
 *     using === x                     _sing === x
 *     export type * from "m"          export      * from "m"
 *     export import a = require("m")         import a = require("m")
 *     static accessor x               static          x
 *     import("m").T<U>                ___________.T<U>
 *     import defer * as n from "m"    import       * as n from "m"
 *     <in out T>, static [k: T]: U    without the modifiers
 * Returns text itself when there is nothing to do, else a copy in the arena. */
ml_str ml_normalise(ml_arena *arena, ml_str text);

#endif
