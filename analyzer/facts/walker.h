/* walker.h - the walk over a syntax tree that fills a builder.
 *
 * One frame for each open tree node, on a heap stack. A frame says where the children
 * go (node), with which role unless the roles table knows better, in which scope, and
 * whether names among them are being declared. Wrappers without meaning have a frame
 * but no node of their own: they pass on what they were given. */
#ifndef ML_FACTS_WALKER_H
#define ML_FACTS_WALKER_H
#include "builder.h"
#include "ml/syntax.h"

/* What an identifier met as a target is. */
typedef enum naming {
    BIND_NONE,   /* read */
    BIND_WRITE,  /* assigned to, by a plain `=` or a for loop */
    BIND_DECLARE /* declared, see the frame's what and decl */
} naming;

typedef struct frame {
    uint8_t syntax; /* ml_syntax_kind */
    uint8_t field;  /* its field in the parent */
    uint8_t role;   /* of children the roles table is silent on */
    uint8_t bind;
    uint8_t what;   /* ml_binding_kind of what is declared */
    uint8_t var;    /* ml_var_kind of a declaration or loop */
    uint8_t state;  /* per kind */
    uint16_t flags; /* modifiers met before their node was made */
    uint32_t start, end;
    ml_node_id node;  /* children attach here */
    ml_node_id decl;  /* what declares the names among the children */
    ml_node_id other; /* per kind: a method's METHOD, a decorated member not yet known */
    ml_scope_id scope;
    uint32_t mark; /* per kind: text still to flush, first import, elder sibling */
} frame;

typedef struct walker {
    builder *b;
    ml_parser *parser;
    uint32_t base;             /* where the parsed text begins in the file */
    bool directives;           /* the file has comments to look for, in types too */
    bool errors;               /* the tree has error nodes */
    bool ambient;              /* below `declare` */
    uint32_t type_depth;       /* frames when a type was entered to look for errors, 0 outside of types */
    ml_node_id default_export; /* the EXPORT with `default` */
    HEAP(frame) frames;
    ml_node_id import_node; /* the import statement being read, and where it declares */
    ml_scope_id import_scope;
    bool import_source;
    uint32_t spec_name, spec_alias; /* the import or export specifier being read */
    bool spec_type;
    ml_str source; /* the module named by the statement being read */
    uint32_t source_start, source_end;
} walker;

/* What becomes of a child after its parent looked at it. */
typedef enum outcome {
    OUTCOME_PASS,  /* not for me: lower it as usual */
    OUTCOME_DONE,  /* taken; nothing below it matters */
    OUTCOME_OPENED /* taken, and a frame for its children is pushed */
} outcome;

static inline frame *top(walker *w)
{
    return &w->frames.items[w->frames.count - 1];
}

static inline ml_str source_of(const walker *w, const ml_syntax *at)
{
    return (ml_str){w->b->text.data + at->start, at->end - at->start};
}

/* The table of generic shapes: what kind a node lowers to, and how. */
typedef enum how { HOW_SKIP, HOW_LEAF, HOW_NODE, HOW_THROUGH, HOW_SPECIAL } how;
typedef struct node_shape {
    uint8_t how;
    uint8_t kind; /* ml_node_kind */
    uint8_t role; /* of its children */
    bool pattern; /* names below stay targets */
} node_shape;
node_shape shape_of(ml_syntax_kind kind);
/* Role of a child by parent and field, ML_ROLE_NONE when the frame decides. */
ml_role role_of(ml_syntax_kind parent, ml_syntax_field field);
ml_op op_of(ml_syntax_kind token);

/* walk_make.c */

/* Pushes a frame for the node `at` and returns it; the pointer dies with the next push. */
frame *walk_open(walker *w, const ml_syntax *at, ml_node_id node, ml_role role);
/* The same for a pattern or wrapper: names below are still what they were above. */
frame *walk_open_binding(walker *w, const ml_syntax *at, ml_node_id node, ml_role role, naming bind);
/* Makes a node for `at` below the top frame. */
ml_node_id walk_node(walker *w, const ml_syntax *at, ml_node_kind kind, ml_role role);
/* Opens a part whose insides leave nothing but error ranges and directives. */
outcome walk_skip(walker *w, const ml_syntax *at);
uint32_t walk_text(walker *w, const ml_syntax *at); /* a name's text id */
ml_str walk_string(walker *w, const ml_syntax *at); /* the value of a string literal */
/* Declares a name as what the top frame declares, or as said; 0 for an empty name. */
ml_binding_id walk_declare(walker *w, uint32_t name, ml_node_id target);
ml_binding_id walk_declare_as(walker *w, ml_binding_kind kind, ml_scope_id scope, uint32_t name, ml_node_id decl,
                              ml_node_id target, bool is_const);
/* An IDENT for the name, declared, written or read as bind says. */
ml_node_id walk_name(walker *w, const ml_syntax *at, ml_role role, naming bind);
/* A key: the text of node, or a computed one to be lowered below it. */
outcome walk_key(walker *w, const ml_syntax *at, ml_node_id node);
/* { a } in an object or pattern: names the member and makes the IDENT below it. */
void walk_shorthand(walker *w, const ml_syntax *at, ml_node_id member, ml_role role, naming bind);
/* Text of a template between what is already taken and `to`. */
void walk_flush_template(walker *w, frame *f, uint32_t to);

/* The stages of a child: its parent looks at it, then it is lowered. */
void walk_token(walker *w, const ml_syntax *at);
outcome walk_child(walker *w, const ml_syntax *at);
outcome walk_lower(walker *w, const ml_syntax *at);
void walk_comment(walker *w, const ml_syntax *at);

/* Families: what opens a node, looks at its children, and ends it. */
bool is_function(ml_syntax_kind kind);
bool is_method(ml_syntax_kind kind);
bool is_class(ml_syntax_kind kind);
outcome open_function(walker *w, const ml_syntax *at, ml_role role);
outcome open_parameter(walker *w, const ml_syntax *at);
outcome function_child(walker *w, const ml_syntax *at);
outcome open_class(walker *w, const ml_syntax *at, ml_role role);
outcome open_method(walker *w, const ml_syntax *at, ml_role role); /* or a field */
outcome class_child(walker *w, const ml_syntax *at);
void class_close(walker *w, frame *f);
outcome open_module(walker *w, const ml_syntax *at, ml_role role); /* an import or export statement */
void module_token(walker *w, frame *f, const ml_syntax *at);
outcome module_child(walker *w, const ml_syntax *at);
void module_close(walker *w, frame *f);
outcome open_jsx(walker *w, const ml_syntax *at, ml_role role);
outcome jsx_child(walker *w, const ml_syntax *at);

/* Lowers the parser's tree below program, with base added to every offset. */
void walk_tree(builder *b, ml_parser *parser, ml_node_id program, ml_scope_id scope, uint32_t base, bool directives);

#endif
