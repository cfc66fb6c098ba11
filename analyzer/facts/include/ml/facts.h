/* facts.h - everything the rules may ask about one source file.
 *
 * A file is lowered from its syntax tree in one iterative walk into a table of nodes,
 * in source order (a parent stands before its children), and the tree is dropped.
 * The table is lossless but for types, JSX text and layout: control flow, expressions,
 * patterns, classes and decorators are all there. Over it lie indexes: scopes and
 * bindings, imports, exports, functions, classes, writes, directives.
 *
 * Self-contained: holds no pointer into the parser, refers to the file's text only
 * through offsets, and depends on nothing but that text. Read-only once built, so
 * threads may share it. Lives in the arena it was lowered into. */
#ifndef ML_FACTS_H
#define ML_FACTS_H
#include "ml/source.h"

typedef uint32_t ml_node_id;    /* index into nodes; 0 means none */
typedef uint32_t ml_scope_id;   /* index into scopes; 0 means none, 1 is the file's */
typedef uint32_t ml_binding_id; /* index into bindings; 0 means none, that is: a global */

/* Kinds, with the roles of their children in source order ("*" any number, "?" optional).
 * What has no kind of its own (a type, an interface, a comment) leaves no node. Wrappers
 * without run-time meaning are erased: parentheses, `as`, `satisfies`, `!`, `<T>x`. */
#define ML_NODE_KINDS(X)                                                                                               \
    X(NONE)                                                                                                            \
    X(PROGRAM) /* BODY* */                                                                                             \
    /* statements */                                                                                                   \
    X(BLOCK)       /* BODY* */                                                                                         \
    X(EXPR_STMT)   /* VALUE */                                                                                         \
    X(VAR)         /* DECLARATOR*; op: ML_VAR_*; flag AWAIT for `await using` */                                       \
    X(DECLARATOR)  /* TARGET TYPE? VALUE? */                                                                           \
    X(IF)          /* TEST THEN ELSE? */                                                                               \
    X(SWITCH)      /* TEST CASE* */                                                                                    \
    X(CASE)        /* TEST? (none: default) BODY* */                                                                   \
    X(FOR)         /* INIT? TEST? UPDATE? BODY */                                                                      \
    X(FOR_IN)      /* TARGET VALUE BODY; flag OF for `of`, AWAIT for `for await`, DECLARES when TARGET binds,  \
                         then op: ML_VAR_*; INIT? for the ancient `for (var x = 1 in y)` */       \
    X(WHILE)       /* TEST BODY */                                                                                     \
    X(DO)          /* BODY TEST */                                                                                     \
    X(TRY)         /* BODY CATCH? FINALLY? */                                                                          \
    X(CATCH)       /* TARGET? BODY */                                                                                  \
    X(FINALLY)     /* BODY */                                                                                          \
    X(THROW)       /* VALUE */                                                                                         \
    X(RETURN)      /* VALUE? */                                                                                        \
    X(BREAK)       /* text: label or none */                                                                           \
    X(CONTINUE)    /* text: label or none */                                                                           \
    X(LABELED)     /* BODY; text: label */                                                                             \
    X(IMPORT)      /* no children; see imports */                                                                      \
    X(EXPORT)      /* VALUE? or BODY? (a declaration); see exports */                                                  \
    X(ENUM)        /* MEMBER*; text: name */                                                                           \
    X(ENUM_MEMBER) /* VALUE?; text: name */                                                                            \
    X(NAMESPACE)   /* BODY*; text: name */                                                                             \
    /* functions and classes, as declaration or expression */                                                          \
    X(FUNCTION)     /* DECORATOR* PARAM* TYPE? BODY?; text: name; flags ARROW ASYNC GENERATOR; an arrow's    \
                         expression body has role BODY and is no BLOCK; ref: its scope */         \
    X(PARAM)        /* DECORATOR* TARGET TYPE? DEFAULT?; flags OPTIONAL REST PROPERTY (a parameter property) */        \
    X(CLASS)        /* DECORATOR* SUPER? MEMBER*; text: name; flag ABSTRACT; ref: its index in classes */              \
    X(METHOD)       /* KEY? DECORATOR* VALUE (a FUNCTION); text: name when not computed; flags STATIC GET SET   \
                         ABSTRACT; in classes and in objects; an abstract method's FUNCTION has no BODY */      \
    X(FIELD)        /* KEY? DECORATOR* TYPE? VALUE?; text: name when not computed; flags STATIC ABSTRACT */            \
    X(STATIC_BLOCK) /* BODY */                                                                                         \
    X(DECORATOR)    /* VALUE */                                                                                        \
    /* expressions */                                                                                                  \
    X(IDENT) /* text: name, escapes decoded; ref: binding, 0 for a global */                                           \
    X(THIS)                                                                                                            \
    X(SUPER)                                                                                                           \
    X(STRING) /* text: value, escapes decoded */                                                                       \
    X(NUMBER) /* text: as written */                                                                                   \
    X(REGEX)  /* text: as written, with slashes and flags */                                                           \
    X(TRUE)                                                                                                            \
    X(FALSE)                                                                                                           \
    X(NULL)                                                                                                            \
    X(TEMPLATE) /* PART*: STRING pieces and expressions, in order; no empty pieces */                                  \
    X(TAGGED)   /* CALLEE VALUE (a TEMPLATE) */                                                                        \
    X(ARRAY)    /* ELEMENT*: expressions, SPREAD, HOLE */                                                              \
    X(HOLE)                                                                                                            \
    X(OBJECT)      /* MEMBER*: PROPERTY, METHOD, SPREAD */                                                             \
    X(PROPERTY)    /* KEY? (when computed) VALUE; text: name when not computed; flag SHORTHAND */                      \
    X(SPREAD)      /* VALUE */                                                                                         \
    X(MEMBER)      /* OBJECT; text: property name; flag OPTIONAL for `?.`, PRIVATE for `#x` (text has no #) */         \
    X(INDEX)       /* OBJECT KEY; flag OPTIONAL */                                                                     \
    X(CALL)        /* CALLEE ARG*; flag OPTIONAL; ARGs may be SPREAD */                                                \
    X(NEW)         /* CALLEE ARG* */                                                                                   \
    X(IMPORT_CALL) /* ARG*: `import(x)`, never in type position */                                                     \
    X(META)        /* `import.meta`, `new.target`; text: as written */                                                 \
    X(UNARY)       /* VALUE; op: ML_OP_* (! - + ~ typeof void delete) */                                               \
    X(UPDATE)      /* VALUE; op: ++ or --; flag PREFIX */                                                              \
    X(BINARY)      /* LEFT RIGHT; op; also && || ?? */                                                                 \
    X(ASSIGN)      /* TARGET VALUE; op: ML_OP_ASSIGN or the operator of a compound one (+= is ML_OP_ADD) */            \
    X(CONDITIONAL) /* TEST THEN ELSE */                                                                                \
    X(SEQUENCE)    /* VALUE* */                                                                                        \
    X(AWAIT)       /* VALUE */                                                                                         \
    X(YIELD)       /* VALUE?; flag DELEGATE for yield* */                                                              \
    /* patterns: the TARGET of a declarator, parameter, assignment, for, catch; names are IDENT */                     \
    X(OBJECT_PATTERN) /* MEMBER*: PATTERN_PROP, REST */                                                                \
    X(PATTERN_PROP)   /* KEY? (when computed) TARGET DEFAULT?; text: name when not computed; flag SHORTHAND */         \
    X(ARRAY_PATTERN)  /* ELEMENT*: patterns, PATTERN_ITEM, HOLE, REST */                                               \
    X(PATTERN_ITEM)   /* TARGET DEFAULT?: an array item or parameter with a default */                                 \
    X(REST)           /* TARGET */                                                                                     \
    /* the rest */                                                                                                     \
    X(TYPE)     /* text: the type as written, without the colon, cut at 200 bytes */                                   \
    X(JSX)      /* CALLEE? (the name: IDENT or MEMBER; lower-case names leave none) MEMBER* BODY*; text: name */       \
    X(JSX_ATTR) /* VALUE?; text: name */                                                                               \
    X(ERROR)    /* BODY*: what could be saved from a range that does not parse */                                      \
    X(OTHER)    /* BODY*: an expression or statement of no kind above; its operands */

typedef enum ml_node_kind {
#define X(kind) ML_NODE_##kind,
    ML_NODE_KINDS(X)
#undef X
        ML_NODE_KIND_COUNT
} ml_node_kind;

const char *ml_node_kind_name(ml_node_kind kind); /* "CALL" */

typedef enum ml_role {
    ML_ROLE_NONE,
    ML_ROLE_BODY,
    ML_ROLE_VALUE,
    ML_ROLE_DECLARATOR,
    ML_ROLE_TARGET,
    ML_ROLE_TYPE,
    ML_ROLE_TEST,
    ML_ROLE_THEN,
    ML_ROLE_ELSE,
    ML_ROLE_CASE,
    ML_ROLE_INIT,
    ML_ROLE_UPDATE,
    ML_ROLE_CATCH,
    ML_ROLE_FINALLY,
    ML_ROLE_MEMBER,
    ML_ROLE_PARAM,
    ML_ROLE_DEFAULT,
    ML_ROLE_SUPER,
    ML_ROLE_KEY,
    ML_ROLE_DECORATOR,
    ML_ROLE_PART,
    ML_ROLE_ELEMENT,
    ML_ROLE_OBJECT,
    ML_ROLE_CALLEE,
    ML_ROLE_ARG,
    ML_ROLE_LEFT,
    ML_ROLE_RIGHT
} ml_role;

typedef enum ml_var_kind { ML_VAR_VAR, ML_VAR_LET, ML_VAR_CONST, ML_VAR_USING } ml_var_kind;

typedef enum ml_op {
    ML_OP_NONE,
    ML_OP_ASSIGN,
    ML_OP_ADD,
    ML_OP_SUB,
    ML_OP_MUL,
    ML_OP_DIV,
    ML_OP_MOD,
    ML_OP_POW,
    ML_OP_BIT_AND,
    ML_OP_BIT_OR,
    ML_OP_BIT_XOR,
    ML_OP_SHL,
    ML_OP_SHR,
    ML_OP_USHR,
    ML_OP_AND,
    ML_OP_OR,
    ML_OP_NULLISH,
    ML_OP_EQ,
    ML_OP_NE,
    ML_OP_SEQ,
    ML_OP_SNE, /* == != === !== */
    ML_OP_LT,
    ML_OP_LE,
    ML_OP_GT,
    ML_OP_GE,
    ML_OP_IN,
    ML_OP_INSTANCEOF,
    ML_OP_NOT,
    ML_OP_BIT_NOT,
    ML_OP_PLUS,
    ML_OP_MINUS,
    ML_OP_TYPEOF,
    ML_OP_VOID,
    ML_OP_DELETE,
    ML_OP_INC,
    ML_OP_DEC
} ml_op;

enum ml_node_flags {
    ML_NF_OPTIONAL = 1 << 0,
    ML_NF_ASYNC = 1 << 1,
    ML_NF_GENERATOR = 1 << 2,
    ML_NF_ARROW = 1 << 3,
    ML_NF_STATIC = 1 << 4,
    ML_NF_GET = 1 << 5,
    ML_NF_SET = 1 << 6,
    ML_NF_ABSTRACT = 1 << 7,
    ML_NF_SHORTHAND = 1 << 8,
    ML_NF_REST = 1 << 9,
    ML_NF_PROPERTY = 1 << 10,
    ML_NF_PREFIX = 1 << 11,
    ML_NF_OF = 1 << 12,
    ML_NF_AWAIT = 1 << 13,
    ML_NF_DECLARES = 1 << 14,
    ML_NF_PRIVATE = 1 << 15,
    /* the same bits, where the kind leaves no doubt */
    ML_NF_DELEGATE = ML_NF_GENERATOR,
    ML_NF_READONLY = ML_NF_SHORTHAND, /* FIELD, PARAM */
    ML_NF_PUBLIC = ML_NF_PREFIX       /* METHOD: neither private, protected nor #private */
};

typedef struct ml_node {
    uint8_t kind;        /* ml_node_kind */
    uint8_t role;        /* ml_role below its parent */
    uint16_t flags;      /* ML_NF_* */
    uint8_t op;          /* ml_op or ml_var_kind */
    bool varies;         /* may mean something else in each call of the functions around it: reads a parameter, `this`,
                       what is made of these, or makes an object */
    uint32_t start, end; /* bytes in the file */
    ml_node_id parent, first, next;
    uint32_t text; /* index into texts, 0 for none; see ml_text_of */
    uint32_t ref;  /* by kind, see ML_NODE_KINDS */
} ml_node;

typedef enum ml_binding_kind {
    ML_BIND_IMPORT,   /* decl: the IMPORT node; import: index into imports */
    ML_BIND_VAR,      /* decl: the DECLARATOR; target: the IDENT in its pattern */
    ML_BIND_PARAM,    /* decl: the PARAM; index: its position */
    ML_BIND_FUNCTION, /* decl: the FUNCTION */
    ML_BIND_CLASS,    /* decl: the CLASS */
    ML_BIND_ENUM,     /* decl: the ENUM */
    ML_BIND_CATCH,    /* decl: the CATCH */
    ML_BIND_FOR,      /* decl: the FOR_IN whose TARGET binds it */
    ML_BIND_NAMESPACE /* decl: the NAMESPACE */
} ml_binding_kind;

typedef struct ml_binding {
    ml_str name;
    uint8_t kind;    /* ml_binding_kind */
    bool is_const;   /* const, import, using; also an enum and a class */
    bool is_ambient; /* `declare`: says that a global exists, makes none; there is no value here */
    ml_scope_id scope;
    ml_node_id decl;
    ml_node_id target;                 /* the IDENT that declares it, when there is one */
    uint32_t index;                    /* PARAM: position; IMPORT: index into imports */
    uint32_t value_uses;               /* IDENTs in value position that resolve here, declarations not counted */
    uint32_t write_first, write_count; /* into writes_by_binding: assignments to it, and to members of it */
    ml_binding_id next_in_scope;
} ml_binding;

typedef enum ml_scope_kind { ML_SCOPE_FILE, ML_SCOPE_FUNCTION, ML_SCOPE_BLOCK, ML_SCOPE_CLASS } ml_scope_kind;

typedef struct ml_scope {
    uint8_t kind;
    ml_scope_id parent;
    ml_node_id node;
    ml_binding_id first;
    uint32_t function, class_index; /* the innermost function and class it lies in, itself included, or 0 */
} ml_scope;

/* One name an import brings in; a bare import has one entry without local name.
 * `const x = require("m")` is in calls, not here. */
typedef struct ml_import {
    ml_node_id node;                         /* the IMPORT statement */
    ml_str specifier;                        /* "openai" */
    uint32_t specifier_start, specifier_end; /* bytes of the literal, quotes included */
    ml_str name; /* imported name: "default", "*" (namespace), "OpenAI"; empty for a bare import;
                              "=" for `import x = require("m")` */
    ml_binding_id local;
    bool type_only; /* `import type` or an inline `type` */
} ml_import;

typedef enum ml_export_kind {
    ML_EXPORT_BINDING, /* export { a as b }, export const a, export default function f: binding */
    ML_EXPORT_VALUE,   /* export default <expr>, export = <expr>, module.exports = <expr>, exports.a = <expr>: value */
    ML_EXPORT_FROM,    /* export { a as b } from "m": source_name, specifier */
    ML_EXPORT_STAR,    /* export * from "m" */
    ML_EXPORT_STAR_AS  /* export * as ns from "m" */
} ml_export_kind;

typedef struct ml_export {
    uint8_t kind;
    bool type_only;
    bool common_js;
    ml_str name;     /* exported name; "default"; "=" for module.exports = and export = */
    ml_node_id node; /* the EXPORT statement, or the ASSIGN of a CommonJS form */
    ml_binding_id binding;
    ml_node_id value;
    ml_str specifier; /* of FROM, STAR, STAR_AS */
    uint32_t specifier_start, specifier_end;
    ml_str source_name; /* of FROM */
} ml_export;

typedef struct ml_function {
    ml_node_id node;
    ml_scope_id scope;
    uint32_t param_count;
    uint32_t return_first, return_count; /* into returns: RETURN nodes of this function itself, not of inner ones */
    uint32_t class_index;                /* of the class whose method or field initialiser it is, 0 for none */
    uint32_t parent;                     /* the function around it, 0 for none */
} ml_function;

typedef struct ml_class {
    ml_node_id node;
    ml_scope_id scope;
    ml_str name;                                 /* empty for an anonymous one */
    ml_node_id super;                            /* expression or 0 */
    ml_node_id constructor;                      /* the METHOD or 0 */
    uint32_t this_write_first, this_write_count; /* into this_writes: `this.x = v` anywhere in its methods */
} ml_class;

/* target = value, target += value, target++ (value 0); target may be an IDENT, MEMBER or INDEX.
 * A destructuring assignment has the pattern as target and appears under each name it writes.
 * Also a write: the loop `for (target of ...)` without declaration (value 0), and a second
 * `var x = value` of a name that already has its binding. */
typedef struct ml_write {
    ml_node_id node; /* ASSIGN, UPDATE, FOR_IN or DECLARATOR */
    ml_node_id target;
    ml_node_id value;
    ml_binding_id root; /* binding of the leftmost identifier of target, 0 for `this` or a global */
} ml_write;

/* A comment that begins with "meterlint-". */
typedef struct ml_directive {
    ml_str text;         /* from "meterlint-" to the end of the comment, trimmed, without a closing mark */
    uint32_t start, end; /* the whole comment */
    uint32_t line;       /* line of start, 1-based */
    bool alone;          /* nothing but white space before it on its line */
} ml_directive;

typedef struct ml_range {
    uint32_t start, end;
} ml_range;

typedef struct ml_facts {
    ml_str path;
    ml_file_kind kind;
    ml_lines lines;       /* over the file's text; valid while the text is */
    const ml_node *nodes; /* [0] is NONE, [1] the PROGRAM */
    uint32_t node_count;
    const ml_scope_id *scope_of; /* by node: the scope it lies in */
    const ml_str *texts;
    const ml_binding *bindings; /* [0] unused */
    uint32_t binding_count;
    const ml_scope *scopes; /* [0] unused */
    uint32_t scope_count;
    const ml_import *imports;
    uint32_t import_count;
    const ml_export *exports;
    uint32_t export_count;
    const ml_function *functions; /* [0] unused */
    uint32_t function_count;
    const ml_class *classes; /* [0] unused */
    uint32_t class_count;
    const ml_node_id *calls; /* every CALL, NEW, TAGGED, IMPORT_CALL in source order */
    uint32_t call_count;
    const ml_node_id *returns;
    const ml_write *writes; /* all, in source order */
    uint32_t write_count;
    const uint32_t *writes_by_binding; /* indexes into writes, grouped by root binding, in source order */
    const ml_write *this_writes;       /* grouped by class */
    const ml_directive *directives;
    uint32_t directive_count;
    const ml_range *errors; /* byte ranges that do not parse (ERROR and MISSING) */
    uint32_t error_count;
    bool cut_short;         /* a budget ran out; the tail of the file is missing */
    const char *cut_reason; /* static text, when cut_short */
} ml_facts;

static inline const ml_node *ml_node_at(const ml_facts *facts, ml_node_id id)
{
    return &facts->nodes[id];
}

static inline ml_node_kind ml_kind_of(const ml_facts *facts, ml_node_id id)
{
    return (ml_node_kind)facts->nodes[id].kind;
}

/* The node's own text (name, value), or empty. */
static inline ml_str ml_text_of(const ml_facts *facts, ml_node_id id)
{
    return facts->texts[facts->nodes[id].text];
}

/* The bytes of the file the node covers. */
ml_str ml_source_of(const ml_facts *facts, ml_node_id id);
ml_span ml_span_of(const ml_facts *facts, ml_node_id id);

/* First child of that role, or 0; the next of the same role after child. */
static inline ml_node_id ml_child(const ml_facts *facts, ml_node_id id, ml_role role)
{
    ml_node_id at = facts->nodes[id].first;

    while (at && facts->nodes[at].role != role)
        at = facts->nodes[at].next;
    return at;
}

ml_node_id ml_next_child(const ml_facts *facts, ml_node_id child);
/* The n-th child of that role (0-based), or 0. */
ml_node_id ml_child_at(const ml_facts *facts, ml_node_id id, ml_role role, uint32_t n);
uint32_t ml_child_count(const ml_facts *facts, ml_node_id id, ml_role role);
/* Preorder successor within the subtree of root, or 0: for (n = root; n; n = ml_walk(f, root, n)) */
ml_node_id ml_walk(const ml_facts *facts, ml_node_id root, ml_node_id at);
/* The same, but not into the children of at. */
ml_node_id ml_walk_past(const ml_facts *facts, ml_node_id root, ml_node_id at);
bool ml_is_within(const ml_facts *facts, ml_node_id inner, ml_node_id outer);

/* The function whose body holds the node (0: top level), and its class (0: none). */
uint32_t ml_function_around(const ml_facts *facts, ml_node_id id);             /* index into functions */
uint32_t ml_class_around(const ml_facts *facts, ml_node_id id);                /* index into classes */
uint32_t ml_function_of_node(const ml_facts *facts, ml_node_id function_node); /* index into functions, 0 if none */
/* Member of a class by name, 0 if none: METHOD, FIELD, or the PARAM of a parameter property.
 * "#x" is the private member, which "x" never is. */
ml_node_id ml_class_member(const ml_facts *facts, uint32_t class_index, ml_str name, bool is_static);
/* "Chat.ask", "ask", or "" at top level: for people and for fingerprints. */
ml_str ml_scope_name(ml_arena *arena, const ml_facts *facts, ml_node_id id);

/* A readable dump of nodes and indexes, one a line: the format of the golden tests. */
typedef struct ml_buf ml_buf;
void ml_facts_dump(ml_buf *out, const ml_facts *facts);

#endif
