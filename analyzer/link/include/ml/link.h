/* link.h - facts of several files: modules, exports, and values across them.
 *
 * ml_link is built once, after pass 1, from the file list; it is read-only and shared
 * by threads. Facts and texts of files come from callbacks on demand. ml_eval belongs
 * to one thread. Every query starts from nothing and has its own step budget, so an
 * answer depends neither on threads nor on what was asked before. */
#ifndef ML_LINK_H
#define ML_LINK_H
#include "ml/config.h"
#include "ml/value.h"

typedef struct ml_link ml_link;
typedef struct ml_eval ml_eval;

/* What the link asks of the scan. Both calls must be safe from any thread. */
typedef struct ml_link_host {
    void *data;
    /* Facts of a script file (parsed now if need be), or NULL when it cannot be read. */
    const ml_facts *(*facts)(void *data, ml_file_id file);
    /* Text of any file below the root, NUL-terminated and alive for the run. False: no such file. */
    bool (*text)(void *data, ml_str path, ml_str *text);
    /* Told before the texts of many files are asked for, so that they can be read together; may be NULL. */
    void (*expect_all)(void *data);
    /* Could a method of the bridge be called anywhere in the project? NULL: yes. */
    bool (*may_call_bridge)(void *data);
    const ml_source_file *files; /* sorted by path; file id is index + 1 */
    uint32_t file_count;
    const ml_catalog *catalog;
    const ml_config *config;
} ml_link_host;

ml_link *ml_link_new(ml_arena *run, const ml_link_host *host);
const ml_link_host *ml_link_host_of(const ml_link *link);
/* The texts of many files are about to be asked for. */
void ml_link_expect_all(const ml_link *link);
const ml_facts *ml_link_facts(const ml_link *link, ml_file_id file);
/* The host is about to free the file's facts, and makes the same again when asked. No evaluation is under way. */
void ml_link_forget_facts(const ml_link *link, ml_file_id file);
ml_str ml_link_path(const ml_link *link, ml_file_id file);
ml_file_id ml_link_file(const ml_link *link, ml_str path);

/* The project file a specifier in `from` stands for, or 0 (an external package, or unresolved). */
ml_file_id ml_link_resolve(const ml_link *link, ml_file_id from, ml_str specifier);
/* The package a bare specifier really names: package.json npm: aliases of the nearest package are undone. */
ml_str ml_link_package_of(const ml_link *link, ml_file_id from, ml_str specifier);
/* Does the nearest tsconfig keep unused imports (verbatimModuleSyntax, preserveValueImports)? */
bool ml_link_keeps_imports(const ml_link *link, ml_file_id file);
/* Is the import bound to something that exists at run time? Erasure as TypeScript does it. */
bool ml_link_import_is_value(const ml_link *link, ml_file_id file, uint32_t import_index);
/* Is the file part of the bridge's implementation? */
bool ml_link_in_bridge(const ml_link *link, ml_file_id file);
/* By these words a script says what NestJS settings are, and by the package's name that it asks for one. */
extern const char *const ml_settings_words[]; /* NULL at the end */
#define ML_SETTINGS_PACKAGE "@nestjs/config"
/* Every variable of the .env files with each of its values, in no order. */
typedef void ml_link_env_value(void *data, ml_str name, ml_str value);
void ml_link_each_env_value(const ml_link *link, ml_link_env_value *each, void *data);
/* Nearest folder upwards from the file that holds a package.json or tsconfig.json, "" for the root. */
ml_str ml_link_package_folder(const ml_link *link, ml_file_id file);

typedef struct ml_eval_options {
    uint32_t steps; /* per query; 0: the default */
    uint32_t depth; /* calls followed into functions; ML_DEPTH_DEFAULT */
} ml_eval_options;
enum { ML_DEPTH_DEFAULT = 5, ML_STEPS_DEFAULT = 100000 };

ml_eval *ml_eval_new(const ml_link *link, ml_eval_options options);
void ml_eval_free(ml_eval *eval);       /* accepts NULL */
ml_arena *ml_eval_arena(ml_eval *eval); /* of the current query; emptied by ml_eval_begin */

/* Frees what was found once for all queries; it is found again. Ends the current query. Nothing that outlives a
 * query points into facts or texts, so these may go without it. */
void ml_eval_forget(ml_eval *eval);

/* Starts a query: earlier answers become invalid. */
void ml_eval_begin(ml_eval *eval);
/* Did a bound end the current query early? */
bool ml_eval_was_cut(const ml_eval *eval);

/* What the expression may be, seen without a calling context. */
ml_values ml_eval_node(ml_eval *eval, ml_file_id file, ml_node_id node);
/* What a name of the file's own scope may hold. */
ml_values ml_eval_name(ml_eval *eval, ml_file_id file, ml_binding_id binding);
/* Property of a set of values. */
ml_values ml_eval_member(ml_eval *eval, ml_values of, ml_str name);

/* The items of an array, spreads opened, with what is pushed on its name; false when it may have others. */
bool ml_eval_items(ml_eval *eval, const ml_value *array, const ml_values **items, uint32_t *count);

/* One request a call leads to. */
typedef struct ml_request {
    const ml_client *client;
    ml_transport transport;
    ml_place at;          /* the request call itself */
    ml_values urls;       /* what its URL may be, joined with bases, seen from the call asked about */
    ml_values urls_alone; /* the same seen from the next inner call on its own; only when wrapped */
    ml_values body;       /* the payload, when the client says where it is */
    bool wrapped;         /* `at` lies in a function the call leads to */
    const ml_place *via;  /* calls between, outermost first, without the outermost and without `at` */
    uint32_t via_count;
    ml_str callee; /* "axios.post", "fetch": the inner callee as written, without white space */
} ml_request;

typedef struct ml_requests {
    const ml_request *items;
    uint32_t count;
} ml_requests;

/* The requests a CALL or NEW leads to: itself, or those in project functions it calls. */
ml_requests ml_eval_requests(ml_eval *eval, ml_file_id file, ml_node_id call);

/* The project functions a call may go to, seen without a calling context: at most max
 * places of FUNCTION nodes are stored, their number is returned. */
uint32_t ml_eval_callees(ml_eval *eval, ml_file_id file, ml_node_id call, ml_place *out, uint32_t max);

/* What an export hands to the files that import it. */
typedef enum ml_carry {
    ML_CARRY_NOTHING,       /* no request whose host an importer could decide */
    ML_CARRY_TO_SUBCLASSES, /* such a request, for who extends a class of it */
    ML_CARRY_TO_CALLERS     /* such a request, or a client, for who uses it in any way */
} ml_carry;
ml_carry ml_eval_carry(ml_eval *eval, ml_file_id file, ml_str name);

/* A call of a method of the bridge. */
typedef struct ml_bridge_call {
    const ml_bridge_method *method; /* NULL: no bridge call */
} ml_bridge_call;
ml_bridge_call ml_eval_bridge_call(ml_eval *eval, ml_file_id file, ml_node_id call);

#endif
