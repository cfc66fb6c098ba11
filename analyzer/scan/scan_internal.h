/* scan_internal.h - the state of one scan, shared by its passes. */
#ifndef ML_SCAN_INTERNAL_H
#define ML_SCAN_INTERNAL_H
#include "ml/cache.h"
#include "ml/git.h"
#include "ml/lexer.h"
#include "ml/lower.h"
#include "ml/map.h"
#include "ml/pool.h"
#include "ml/scan.h"
#include "ml/schema_check.h"
#include "ml/tables.h"
#include "ml/trigger.h"

#include <pthread.h>
#include <stdatomic.h>

/* Why a file is parsed. */
enum {
    ML_WHY_CLIENT = 1 << 0,    /* names a client's global or type, imports its package, or hides names behind escapes */
    ML_WHY_BRIDGE = 1 << 1,    /* names a method of the bridge */
    ML_WHY_TABLE = 1 << 2,     /* names a reference table, or computes a cost */
    ML_WHY_KEY = 1 << 3,       /* may hold a key */
    ML_WHY_PACKAGE = 1 << 4,   /* imports an SDK, loads what may be any module, or runs what may be any code */
    ML_WHY_IMPORTS = 1 << 5,   /* imports something by which it can send a request: see spread.c */
    ML_WHY_DIRECTIVE = 1 << 6, /* silences something: a finding of its own when there is nothing to silence */
    ML_WHY_RULE = 1 << 7,      /* has all that some rule needs by itself */
    ML_WHY_SENDS = ML_WHY_CLIENT | ML_WHY_IMPORTS, /* could send a request: parsed only if it could be to a provider */
    ML_WHY_FLOW = ML_WHY_SENDS | ML_WHY_PACKAGE
};

/* The hash of a name that is imported or exported: two names that share one are taken for the same, so
 * that a file more is looked at. */
typedef uint32_t ml_name_hash;

/* A list of pairs, sorted, answers many questions by key. */
typedef struct ml_pair {
    uint32_t key, value;
} ml_pair;

void ml_pairs_sort(ml_pair *pairs, uint32_t count);
/* The first pair whose key is not before this one; count if there is none. */
uint32_t ml_pairs_first(const ml_pair *pairs, uint32_t count, uint32_t key);

/* An import of a file of the project. */
typedef struct ml_scan_import {
    ml_file_id target;
    uint32_t at; /* where its specifier stands */
    ml_lex_clause clause;
    uint32_t name_count;
    const ml_pair *names; /* what it is called in the module -> what here, 0 for `export *` */
} ml_scan_import;

/* Who imports a file, in a list. */
typedef struct ml_importer {
    ml_file_id file;
    const ml_scan_import *import;
    struct ml_importer *next;
} ml_importer;

/* An export that hands something on to importers. */
typedef struct ml_carried {
    ml_name_hash name;
    ml_carry carry;
} ml_carried;

typedef enum ml_once { ML_ONCE_OPEN, ML_ONCE_NO, ML_ONCE_YES } ml_once;

/* Properties of a body that is sent to a model. */
enum {
    ML_BODY_MODEL = 1 << 0,
    ML_BODY_CONTENT = 1 << 1, /* messages, prompt, input */
    ML_BODY_ALL = ML_BODY_MODEL | ML_BODY_CONTENT
};

/* The text is let go after the first look and read again for the few files that need it. */
typedef struct ml_slot {
    pthread_mutex_t lock; /* guards text and facts while they are made */
    ml_arena arena;       /* of the file: text and facts */
    ml_str text;
    bool read; /* text is there, if it can be */
    bool checked, readable, holds_nul;
    uint32_t bytes;     /* of the text, once it was looked at */
    atomic_bool parsed; /* facts is final, until they are let go */
    bool was_parsed;
    _Atomic uint32_t asked; /* the stretch in which text or facts were last asked for: see held.c */
    atomic_bool counts;     /* its facts were asked for, so what they lack is said */
    bool extends;           /* names a class it extends */
    bool tainted;           /* what it says could lead to a provider: see taint.c */
    bool near;              /* a tainted file imports it, at first or second hand */
    bool in_quiet_part;     /* few of those it hangs together with are tainted: see spread.c */
    ml_once holds_numbers, begins_path, replaces; /* see traces.c */
    bool sets_up, asks;                           /* NestJS: says what settings are; asks for one */
    const char *unread_reason;
    ml_trigger_bits why;
    ML_VEC(ml_scan_import) imports;
    ML_VEC(uint32_t) traces; /* where something speaks of a provider: see traces.c */
    unsigned body_words;     /* ML_BODY_… that stand somewhere in it */
    ML_VEC(ml_carried) carried;
    const ml_facts *facts;
} ml_slot;

/* What stands in the index: see staged.c. */
typedef struct ml_staged_text ml_staged_text;
typedef struct ml_staged {
    ml_git_reader *reader; /* NULL: no text is asked for */
    ml_git_index *index;
    ml_staged_files files;          /* all of the index */
    const ml_str *below;            /* the paths that were asked for */
    ML_VEC(ml_staged_text *) texts; /* of the scan's files, in their order, which is that of paths */
    uint32_t *places;               /* of the scan's files in files */
    ML_VEC(ml_file_id) in_scope;    /* the largest first, so that none is waited for in the end */
    ml_arena arena;                 /* of texts that are read many at a time: before the passes, then under lock */
    pthread_mutex_t lock;
    atomic_bool has_all;
} ml_staged;

/* Scripts that were read: see held.c. */
typedef struct ml_held {
    pthread_mutex_t lock;
    ml_arena arena;
    ML_VEC(ml_file_id) files;
    uint32_t stretch;
} ml_held;

/* What is kept from one scan to the next: see remember.c. */
typedef struct ml_memory {
    ml_cache *cache; /* NULL: none was asked for, or why_not says why there is none */
    ml_error why_not;
    bool of_report; /* the whole report may be kept, or read */
    atomic_bool read_failed;
    int64_t begin_ns, youngest_ns; /* since 1970: of the scan; when a file last changed */
    ml_buf place, stamp;
} ml_memory;

struct ml_scan {
    ml_arena run;
    ml_scan_options options;
    ml_config config;
    const ml_catalog *catalog;
    ml_str root;
    const ml_str *below; /* the paths asked for, from the root */
    ml_source_files files;
    ml_memory memory;
    ml_slot *slots; /* by file id - 1 */
    ml_link *link;
    ml_link_host host;
    ml_keys *keys;
    ml_engine *engine;
    ml_worker **workers;
    unsigned jobs;
    ml_arena *kept, *scratch; /* by worker: of what the first look finds, and of one file's first look */
    ml_trigger_set *words;
    ML_VEC(ml_trigger_word) trace_list; /* the words of traces alone, */
    ml_trigger_set *trace_words;        /* for what is no script; made when first asked for */
    ml_trigger_set *host_words;         /* hosts alone, for texts that are made; NULL: nobody asks for traces */
    ML_VEC(ml_str) hosts;               /* patterns of the catalogue, sorted */
    ml_trigger_set *blind_words;        /* made when first asked for */
    ml_strmap client_packages;
    ml_staged staged;
    ml_held held;
    ml_importer **importers; /* of each file, by file id - 1 */
    ml_report report;
    ml_tables tables;
    ml_level fail_on;
    bool nothing_found, nothing_staged;
    bool asks_for_tables, asks_for_keys; /* some rule that is on needs them */
    atomic_bool names_bridge;            /* some file names a method of the bridge, or hides names behind escapes */
    bool has_tables;                     /* every file is looked at for what it says of tables */
    bool is_extra;                       /* the pass of --no-trigger over the files no trigger chose */
};

/* words.c */
typedef ML_VEC(ml_trigger_word) ml_word_list;
void ml_scan_add_word(ml_scan *scan, ml_word_list *words, ml_str word, ml_trigger_bits bits);
void ml_scan_build_words(ml_scan *scan);
/* Finds why the file is parsed and what it imports. */
void ml_scan_trigger(ml_scan *scan, ml_file_id file, ml_str text, unsigned worker);
/* Does the range of a text that does not parse hold a word some rule would have looked at? */
bool ml_scan_is_blind(ml_scan *scan, ml_str range);

/* traces.c, made_hosts.c */
void ml_scan_add_trace_words(ml_scan *scan, ml_word_list *words);
/* Adds what the word at this place says of a provider. */
void ml_scan_add_trace(ml_scan *scan, ml_slot *slot, ml_arena *arena, ml_str text, const ml_lexed *lexed,
                       const ml_trigger_hit *hit);
/* Hosts that are put together or decoded in one expression. */
void ml_scan_add_made_hosts(ml_scan *scan, ml_slot *slot, ml_arena *arena, ml_str text, const ml_lexed *lexed);
/* ML_BODY_… of the name of a property, or 0. */
unsigned ml_body_word_of(ml_str name);
/* Does a text that is no script, a value or a file of JSON, say anything of a provider? From one thread. */
bool ml_scan_names_provider(ml_scan *scan, ml_str text);

/* importers.c */
ml_name_hash ml_name_hash_of(ml_str name);
/* Fills scan->importers. */
void ml_scan_find_importers(ml_scan *scan, ml_arena *arena);

/* How an importer may come by an export. */
typedef enum ml_reach { ML_REACH_ANY, ML_REACH_USED, ML_REACH_PASSED_ON } ml_reach;
/* Tells each way: ANY once, USED and PASSED_ON with the name that the importer gives it. */
typedef void ml_reached(void *data, const ml_importer *importer, ml_reach reach, ml_name_hash as);
void ml_scan_reach(const ml_importer *importers, ml_name_hash name, ml_reached *tell, void *data);

/* held.c */
typedef void ml_file_work(void *data, ml_file_id file, unsigned worker);
/* Works on the chosen ones of the files, all workers at once. Facts and texts are good until the work on a file ends. */
void ml_scan_each(ml_scan *scan, const ml_file_id *files, uint32_t count, ml_file_work *work, void *data);
/* A script was read, under its lock. */
void ml_scan_hold(ml_scan *scan, ml_file_id file);
/* None of what is held will be asked for again, or hardly. */
void ml_scan_let_all_go(ml_scan *scan);

/* batches.c */
typedef struct ml_batch {
    ml_file_id *files; /* in their order */
    uint32_t count;
} ml_batch;
typedef struct ml_batches {
    ml_batch *items;
    uint32_t count;
} ml_batches;

/* Cuts all files into batches, and finds which files are near tainted ones. */
ml_batches ml_scan_cut(ml_scan *scan, ml_arena *arena);
/* Tainted, with no client of its own: it sends only by what it imports. */
bool ml_scan_only_imports(const ml_slot *slot);

/* taint.c */
/* Which files could lead to a provider; the others send nowhere that matters. */
void ml_scan_taint(ml_scan *scan);

/* spread.c */
bool ml_scan_is_chosen(const ml_scan *scan, ml_file_id file);
/* Chooses the tainted files of a batch that could send a request; the untainted lose ML_WHY_SENDS. */
void ml_scan_spread(ml_scan *scan, const ml_batch *batch);

/* files.c */
ml_status ml_scan_find_files(ml_scan *scan, ml_error *error);
void ml_scan_make_slots(ml_scan *scan);
/* The first look at a script's text, once a file. */
void ml_scan_look(ml_scan *scan, ml_file_id file, unsigned worker);
bool ml_scan_text(ml_scan *scan, ml_file_id file, ml_str *text);
/* The text for a while, in an arena of the caller's. */
bool ml_scan_read_again(ml_scan *scan, ml_file_id file, ml_arena *arena, ml_str *text);
const ml_facts *ml_scan_facts(ml_scan *scan, ml_file_id file);
void ml_scan_problem(ml_scan *scan, ml_problem_kind kind, ml_str path, uint32_t line, ml_text reason);

bool ml_scan_is_below(const ml_scan *scan, ml_str path, const ml_str *scopes);
bool ml_scan_is_ignored(const ml_scan *scan, ml_str path);

/* staged.c */
/* Every file of the index, in scope or not: what is staged is still looked for. */
ml_status ml_scan_find_staged(ml_scan *scan, const ml_str *below, ml_error *error);
/* In scope are the files that differ from HEAD; their texts are read. */
ml_status ml_scan_settle_staged(ml_scan *scan, ml_error *error);
/* How many threads the first look at the staged files is worth. */
unsigned ml_scan_staged_jobs(const ml_scan *scan);
/* Accepts a scan that found nothing. */
void ml_scan_close_staged(ml_scan *scan);
/* The text lives as long as the arena, or longer. */
ml_status ml_scan_staged_text(ml_scan *scan, ml_str path, ml_arena *arena, ml_str *text, ml_error *error);
/* The texts of many files are about to be asked for: reads them in one go. From any thread. */
void ml_scan_expect_all(ml_scan *scan);
/* What taint.c and spread.c find by a look at the whole project is assumed of every staged file that imports
 * another one: to judge more files finds nothing else. */
void ml_scan_choose_staged(ml_scan *scan);
/* Could a rule about the project as a whole speak about a staged file? */
bool ml_scan_stages_tables(ml_scan *scan);

/* remember.c */
void ml_scan_open_cache(ml_scan *scan);
void ml_scan_close_cache(ml_scan *scan);
/* The cache's folder as a path below the root, or nothing. */
ml_str ml_scan_cache_below(ml_scan *scan);
/* A file outside the project's list is about to be read. */
void ml_scan_note_input(ml_scan *scan, const char *path);
void ml_scan_note_catalog(ml_scan *scan);
/* True when the report is that of an earlier scan, and nothing else is to be done. */
bool ml_scan_recall(ml_scan *scan);
void ml_scan_remember(ml_scan *scan);

/* schema.c */
void ml_scan_judge_project(ml_scan *scan);

#endif
