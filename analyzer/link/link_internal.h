/* link_internal.h - what the files of the link module share among themselves. */
#ifndef ML_LINK_INTERNAL_H
#define ML_LINK_INTERNAL_H
#include "ml/lexer.h"
#include "ml/link.h"
#include "ml/map.h"

#include <stdatomic.h>

/* ---- the project, read-only after ml_link_new ---- */

typedef struct ml_tsconfig {
    ml_str folder; /* where it lies, "" for the root */
    ml_str base;   /* folder that baseUrl names; has_base says whether one is set */
    bool has_base;
    const ml_json *paths;     /* compilerOptions.paths */
    ml_str paths_folder;      /* the folder its targets count from */
    ml_str out_dir, root_dir; /* below folder */
    bool keeps_imports;
} ml_tsconfig;

typedef struct ml_manifest { /* a package.json */
    ml_str folder;
    ml_str name;
    const ml_json *json;
} ml_manifest;

typedef _Atomic(const ml_facts *) ml_known_facts;

struct ml_link {
    ml_link_host host;
    ml_arena *arena;
    ml_strmap file_by_stem; /* path without a tail that an import may leave out -> &ids[i] of one such file */
    ml_file_id *ids;
    ml_file_id *next_of_stem;     /* by file id: another file of the same stem, or 0 */
    ml_strmap tsconfig_by_folder; /* folder -> ml_tsconfig, folders that hold one */
    ml_strmap manifest_by_folder;
    ml_strmap manifest_by_name;
    ml_strmap env;                   /* variable name -> ml_env_values */
    const ml_tsconfig **tsconfig_of; /* by file id: the nearest, or NULL */
    const ml_manifest **manifest_of;
    bool *in_bridge;       /* by file id */
    ml_known_facts *facts; /* by file id: what the host gave, NULL until it was asked */
};

/* Asks the host, and remembers what it gives. */
const ml_facts *ml_link_ask_facts(const ml_link *link, ml_file_id file);

/* ml_link_facts, for what asks at every step. */
static inline const ml_facts *ml_known_facts_of(const ml_link *link, ml_file_id file)
{
    const ml_facts *facts = atomic_load_explicit(&link->facts[file], memory_order_acquire);

    return facts ? facts : ml_link_ask_facts(link, file);
}

typedef struct ml_env_value {
    ml_str value;
    ml_str path;
    uint32_t line;
} ml_env_value;
typedef ML_VEC(ml_env_value) ml_env_values;

void ml_link_index_files(ml_link *link);                                 /* by path */
void ml_link_read_manifests(ml_link *link);                              /* tsconfig, package.json, .env */
const ml_tsconfig *ml_link_tsconfig(const ml_link *link, ml_str folder); /* the nearest, or NULL */

/* ---- one evaluation ---- */

/* A call whose parameters are known: arguments are nodes of the caller, seen in its frame. */
struct ml_frame {
    ml_file_id file;        /* of the function */
    uint32_t function;      /* index into its functions */
    const ml_frame *outer;  /* frame of the lexically enclosing function, or NULL */
    ml_place call;          /* the CALL or NEW, node 0 when made up */
    const ml_frame *caller; /* frame in which the arguments are seen */
    const ml_values *args;  /* used instead of the call's nodes when not NULL */
    uint32_t arg_count;
    const ml_value *self; /* `this`, or NULL */
    uint32_t depth;       /* calls above this one */
};

typedef struct ml_memo_entry ml_memo_entry;
typedef struct ml_summary ml_summary;

/* Properties being looked up, innermost first: an object may be spread into itself. */
typedef struct ml_member_chain ml_member_chain;
struct ml_member_chain {
    const ml_value *of;
    ml_str name;
    const ml_member_chain *outer;
};

/* Exports being looked up, innermost first. */
typedef struct ml_export_chain ml_export_chain;
struct ml_export_chain {
    ml_file_id file;
    ml_str name;
    const ml_export_chain *outer;
};

/* Arguments that take the place of a call's own while its URL is looked for: f.apply(self, list). */
typedef struct ml_stand_in {
    ml_place call;
    const ml_values *args;
    uint32_t count;
} ml_stand_in;

/* The calls of a file whose callee is a member of a name, by that name, in source order. */
typedef struct ml_held_calls {
    uint32_t *first; /* by binding: index into calls + 1, 0 for none */
    uint32_t *next;  /* by call: the same */
} ml_held_calls;

/* Found once and kept by an evaluator and those it starts, in an arena of its own: theirs are
 * copied and put back. */
typedef struct ml_shared {
    ml_arena arena;
    bool has_settings;
    ML_VEC(ml_place) registered; /* calls of registerAs */
    ML_VEC(ml_place) roots;      /* calls of ConfigModule.forRoot */
    ml_intmap held_calls;        /* by file -> ml_held_calls */
    ml_intmap exports;           /* by file -> ml_lex_exports */
    ml_intmap resolved;          /* by file -> ml_strmap: specifier -> file + 1 it stands for, 1 for none */
    ml_intmap owners;            /* by file -> ml_strmap: exported name -> file + 1 that has it itself, 1 for none */
} ml_shared;

/* Lists whose items are being read, innermost first: all = [...all, x]. */
typedef struct ml_list_chain ml_list_chain;
struct ml_list_chain {
    ml_place place;
    const ml_list_chain *outer;
};

struct ml_eval {
    const ml_link *link;
    ml_shared *shared;
    const ml_stand_in *stand_in;
    ml_eval_options options;
    ml_arena arena;
    uint32_t steps_left;
    uint32_t nesting; /* C recursion */
    bool cut;
    bool used_this; /* `this` was read without knowing the instance */
    const ml_export_chain *exports;
    const ml_member_chain *members;
    const ml_list_chain *lists;
    ml_intmap memo;         /* (file, node, frame) -> ml_memo_entry */
    ml_arena summary_arena; /* lives as long as the evaluator */
    ml_intmap summaries;    /* (file, function) -> ml_summary */
    uint32_t summary_walks;
    ml_intmap carries; /* (file, node of a function or class) -> what carry.c remembers of it */
};

enum { ML_NESTING_MAX = 220, ML_STARS_MAX = 64 };

/* name of the BRIDGE value that is the class itself, not an instance */
#define ML_BRIDGE_CLASS ML_STR(":class")

bool ml_strs_have(const ml_strs *names, ml_str name);
bool ml_is_bridge_module(ml_eval *eval, ml_file_id file, ml_str specifier);

/* ml_link_resolve, once a specifier. */
ml_file_id ml_resolve_once(ml_eval *eval, ml_file_id file, ml_str specifier);

static inline ml_place ml_place_at(ml_file_id file, ml_node_id node)
{
    return (ml_place){file, node};
}

/* sets */
typedef struct ml_set {
    ml_eval *eval; /* whose arena holds the items: sets are many and deep, the stack is not */
    const ml_value *items;
    ml_value *own; /* items, once they are not those of another set: NULL, cap 0 */
    uint32_t count, cap;
} ml_set;
void ml_set_add(ml_set *set, const ml_value *value);
void ml_set_add_all(ml_set *set, ml_values values);
ml_values ml_set_done(const ml_set *set); /* the set is not added to afterwards */
ml_values ml_one(ml_eval *eval, ml_value value);
ml_values ml_unknown(ml_eval *eval, ml_hole_kind kind, ml_str name, ml_place place);
/* An unknown that stays one whoever calls; and one that is as open as the unknown it comes from. */
ml_values ml_unknown_settled(ml_eval *eval, ml_hole_kind kind, ml_str name, ml_place place);
ml_values ml_unknown_from(ml_eval *eval, const ml_value *of, ml_hole_kind kind, ml_str name, ml_place place);
ml_values ml_nothing(void);

/* strings */
ml_value ml_string_value(ml_eval *eval, ml_str text, ml_place place);
ml_value ml_plain(ml_value_kind kind, ml_place place);
ml_str ml_dotted(ml_eval *eval, ml_str path, ml_str name); /* "a.b" and "c" are "a.b.c"; "" and "c" are "c" */
bool ml_value_literal(ml_eval *eval, const ml_value *value, ml_str *text); /* STRING, URL or NUMBER without hole */
/* Could it be undefined, for all we see? An unknown, a global, what a package gives. */
bool ml_value_may_be_missing(const ml_value *value);
bool ml_value_is_text(const ml_value *value); /* STRING, URL, NUMBER */
ml_values ml_concat(ml_eval *eval, ml_values left, ml_values right, ml_place place);
ml_values ml_to_string(ml_eval *eval, ml_values values, ml_place place);
/* base and url as an HTTP client joins them. */
ml_values ml_join_urls(ml_eval *eval, ml_values base, ml_values url, bool with_slash, ml_place place);

/* expressions */
ml_values ml_eval_in(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame);
ml_values ml_eval_binding(ml_eval *eval, ml_file_id file, ml_binding_id binding, const ml_frame *frame, ml_node_id use);
ml_values ml_eval_export(ml_eval *eval, ml_file_id file, ml_str name);
ml_values ml_eval_import(ml_eval *eval, ml_file_id file, ml_binding_id id);  /* of ML_BIND_IMPORT */
ml_values ml_import_value(ml_eval *eval, ml_file_id file, ml_binding_id id); /* the same, found anew */
/* What require gives when `module.exports =` is something that is called: a function, a class, a
 * client. False when the module is an object of exports as others are. */
bool ml_add_whole_module(ml_eval *eval, ml_set *out, ml_file_id file);
ml_values ml_member_of(ml_eval *eval, const ml_value *of, ml_str name, ml_place place);
ml_values ml_members_of(ml_eval *eval, ml_values of, ml_str name, ml_place place);
ml_values ml_element_of(ml_eval *eval, const ml_value *of, ml_values key, ml_place place);
ml_values ml_eval_call(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame);
/* Of a MEMBER; "#x" for a private one. */
ml_str ml_property_name(ml_eval *eval, const ml_facts *facts, ml_node_id member);
/* The value a pattern's name gets from the value the whole pattern gets. */
ml_values ml_eval_pattern(ml_eval *eval, ml_file_id file, ml_node_id top, ml_node_id target, ml_values whole,
                          const ml_frame *frame);
/* Result of calling a FUNCTION, CLASS method and so on with the arguments of call. */
ml_values ml_call_value(ml_eval *eval, const ml_value *callee, ml_file_id file, ml_node_id call, const ml_frame *frame);
ml_values ml_function_result(ml_eval *eval, const ml_frame *frame);
ml_frame *ml_frame_for(ml_eval *eval, const ml_value *function, ml_file_id file, ml_node_id call,
                       const ml_frame *caller);
ml_values ml_arg(ml_eval *eval, ml_file_id file, ml_node_id call, uint32_t n, const ml_frame *frame);
ml_values ml_frame_arg(ml_eval *eval, const ml_frame *frame, uint32_t n, bool *known);
ml_values ml_this_value(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame);

/* classes */
typedef struct ml_class_ref {
    ml_file_id file;
    uint32_t index; /* 0: none */
} ml_class_ref;
ml_class_ref ml_class_of(const ml_eval *eval, const ml_value *value); /* of CLASS and INSTANCE */
ml_class_ref ml_super_of(ml_eval *eval, ml_class_ref class_ref);
ml_values ml_instance_member(ml_eval *eval, const ml_value *instance, ml_str name, bool is_static, ml_place place);
ml_values ml_eval_type_name(ml_eval *eval, ml_file_id file, ml_node_id type, ml_place place);

/* builtins: false when name is not one we know for these operands */
bool ml_builtin_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name, ml_file_id file,
                       ml_node_id call, const ml_frame *frame);
bool ml_builtin_function(ml_eval *eval, ml_values *out, ml_str path, ml_file_id file, ml_node_id call,
                         const ml_frame *frame);
bool ml_builtin_is_inert(ml_str global); /* a global whose calls never are requests: console, Math, JSON */

/* lists */
typedef ML_VEC(ml_values) ml_item_list;
/* Every item of an array, spreads opened, what is pushed on the name that holds it behind them.
 * False when that is not all, or not their order; the list then holds what is known. */
bool ml_list_items(ml_eval *eval, const ml_value *array, ml_item_list *list);
/* Every argument of a call in the same way. */
bool ml_list_args(ml_eval *eval, ml_file_id file, ml_node_id call, const ml_frame *frame, ml_item_list *list);
ml_values ml_array_of(ml_eval *eval, ml_item_list list, ml_place place);
ml_values ml_array_of_set(ml_eval *eval, ml_values items, ml_place place); /* in no known order */
/* Any one item of an ARRAY, any entry of a MAP; empty for everything else. */
ml_values ml_any_item(ml_eval *eval, const ml_value *of, ml_place place);
/* The values a list's method (map, forEach, then…) gives to the n-th parameter of its callback. */
bool ml_is_callback_method(ml_str method, uint32_t n);
bool ml_callback_param(ml_eval *eval, ml_values receivers, ml_str method, uint32_t n, ml_place place, ml_values *out);
/* urls.map(fetch): the callback by name, with what it gets bound to it. */
void ml_add_handed(ml_eval *eval, ml_set *out, ml_file_id file, ml_node_id call, const ml_frame *frame);
bool ml_list_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name, ml_file_id file,
                    ml_node_id call, const ml_frame *frame);
/* new Map(…), Object.entries(…) and the like. */
bool ml_list_function(ml_eval *eval, ml_values *out, ml_str path, ml_file_id file, ml_node_id call,
                      const ml_frame *frame);
/* The keys and values of an object, as key, value, key, value… */
bool ml_object_pairs(ml_eval *eval, const ml_value *of, ml_item_list *pairs, ml_place place);
ml_values ml_call_with(ml_eval *eval, const ml_value *function, const ml_values *args, uint32_t count,
                       const ml_frame *caller, ml_place call);
/* The value with arguments bound before those it already has. */
ml_value ml_bound_to(ml_eval *eval, const ml_value *value, ml_item_list args, bool is_full);
/* What stands in for the arguments of a call of value; NULL when they are the call's own. */
const ml_stand_in *ml_stand_in_of(ml_eval *eval, const ml_value *value, ml_file_id file, ml_node_id call,
                                  const ml_frame *frame);

/* stores.c: false when the callee is none of a store's package, or nothing is known of its state */
bool ml_store_call(ml_eval *eval, ml_values *out, const ml_value *callee, ml_place call, const ml_frame *frame);

/* settings of NestJS */
bool ml_configured_value(ml_eval *eval, ml_set *out, ml_str name, ml_place place);
/* What the function given to registerAs returns, when value is the result of registerAs. */
bool ml_registered_value(ml_eval *eval, ml_set *out, const ml_value *value);
ml_values ml_super_member(ml_eval *eval, ml_file_id file, ml_node_id super, ml_str name, const ml_frame *frame);

/* clients */
bool ml_client_request(const ml_client *client, ml_str at, bool construct, uint32_t nth, const ml_client_call **out);
bool ml_client_factory(const ml_client *client, ml_str at, bool construct, const ml_client_call **out);
ml_values ml_url_place_values(ml_eval *eval, const ml_url_place *place, ml_file_id file, ml_node_id call,
                              const ml_frame *frame);
ml_values ml_client_base(ml_eval *eval, const ml_value *client);
/* Clients reached by a global's dotted path, or by a member path below an external module. */
void ml_clients_of_global(ml_eval *eval, ml_set *out, ml_str path, ml_place place);
/* What the callee of a call may be. A module that is called is its default export. */
ml_values ml_eval_callee(ml_eval *eval, ml_file_id file, ml_node_id call, const ml_frame *frame);
void ml_clients_of_external(ml_eval *eval, ml_set *out, ml_str package, ml_str member, ml_place place);

/* What a caller of the function may decide of the requests it sends. */
ml_carry ml_function_carry(ml_eval *eval, ml_file_id file, uint32_t function);
/* Of the calls whose callee a caller decides, the callees as far as what the function closes over tells. */
ml_values ml_captured_callees(ml_eval *eval, ml_file_id file, uint32_t function, const ml_frame *closure);

/* Has a search not yet been in the frame's function with these arguments, as near to its start?
 * Remembers it. */
bool ml_visit_is_new(ml_eval *eval, ml_intmap *visits, const ml_frame *frame);
/* Has it not yet met this request with these URLs? Over another path it is the same one. */
bool ml_request_is_new(ml_eval *eval, ml_intmap *visits, ml_place at, ml_values urls);

static inline const ml_facts *ml_facts_in(const ml_eval *eval, ml_file_id file)
{
    return ml_known_facts_of(eval->link, file);
}

#endif
