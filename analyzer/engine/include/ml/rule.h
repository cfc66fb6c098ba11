/* rule.h - what a rule is, and all it may ask and say.
 *
 * A rule is a constant table of functions; it has no state. The engine calls it for
 * the facts it names, one file at a time, possibly from several threads at once, and
 * once for the whole project. Words shown to people come from rule.json: a rule fills
 * placeholders and never writes sentences of its own, but for evidence steps. */
#ifndef ML_RULE_H
#define ML_RULE_H
#include "ml/keys.h"
#include "ml/link.h"

typedef struct ml_ctx ml_ctx;       /* one rule looking at one file, or at the project */
typedef struct ml_tables ml_tables; /* the declared tables; see ml/tables.h */

/* What one value of a URL means for the rules. */
typedef enum ml_target_kind {
    ML_TARGET_OTHER,    /* a host that is none of ours and no provider's */
    ML_TARGET_RELATIVE, /* same origin, or no URL at all */
    ML_TARGET_BRIDGE,   /* the bridge's own host, or own infrastructure */
    ML_TARGET_PROVIDER,
    ML_TARGET_LOCAL, /* a model server on the developer's machine */
    ML_TARGET_ENV,   /* host only known as an environment variable */
    ML_TARGET_UNKNOWN
} ml_target_kind;

typedef struct ml_target {
    ml_target_kind kind;
    const ml_provider *provider; /* PROVIDER, LOCAL; of ENV when the variable's name tells */
    ml_trust trust;
    ml_url url;
    const ml_value *value;
} ml_target;

typedef struct ml_targets {
    const ml_target *items;
    uint32_t count;
    const ml_target *provider; /* first PROVIDER, the trusted ones before the doubtful; NULL if none */
} ml_targets;

/* Words one of which stands in every file that a rule speaks about, wherever it stands. */
typedef struct ml_rule_need {
    const char *const *words;      /* of two bytes and more; NULL at the end */
    const char *const *more_words; /* the same, beside a list that others share; or NULL */
    bool any_case;                 /* of its letters */
    const char *const
        *path_words; /* in the file's path, in any case, they do as well; NULL at the end, or none at all */
    /* Does the word count in this name? Behind: what follows the name, to the end of the text. NULL: always. */
    bool (*fits)(ml_str name, ml_str behind);
} ml_rule_need;

typedef struct ml_rule {
    /* A request that a call leads to; a call may lead to several. alone: the targets the next
     * inner call has by itself, when the request is wrapped. */
    void (*judge_request)(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                          const ml_targets *alone);
    void (*judge_call)(ml_ctx *ctx, ml_node_id call); /* CALL, NEW, TAGGED, IMPORT_CALL */
    void (*judge_import)(ml_ctx *ctx, const ml_import *import, uint32_t index);
    void (*judge_export)(ml_ctx *ctx, const ml_export *export); /* those with a specifier */
    void (*judge_text)(ml_ctx *ctx, ml_node_id node);           /* STRING outside templates, TEMPLATE, a sum of texts */
    void (*judge_file)(ml_ctx *ctx);                            /* once per script file */
    void (*judge_project)(ml_ctx *ctx, const ml_tables *tables); /* once per run, after all files */
    bool in_bridge;                                              /* also (or only) called for the bridge's own files */
    /* Files are parsed for what could reach a provider, the bridge or a table. A rule that speaks about
     * others says what it needs: a file is parsed for it that meets all of this, and it is asked about no
     * other, the project as a whole aside. Ends with NULL; by the first, which has no path_words, files are
     * told apart fastest when it is the rarest. */
    const ml_rule_need *const *needs;
} ml_rule;

typedef struct ml_rule_entry {
    const ml_rule_info *info;
    const ml_rule *rule;
} ml_rule_entry;

/* Made from rules/<family>/<id>/ at build time, sorted by id. */
extern const ml_rule_entry ml_rule_table[];
extern const uint32_t ml_rule_table_count;

/* ---- what a rule may ask ---- */

ml_file_id ml_ctx_file(const ml_ctx *ctx);
const ml_facts *ml_ctx_facts(const ml_ctx *ctx); /* NULL in judge_project */
/* Does the file's text hold any of the words? Remembered while rules ask about one file and list. */
bool ml_ctx_holds_any(const ml_ctx *ctx, const char *const *words, uint32_t count);
/* Does any text of the file, by itself, look like a key or a part of one? Remembered likewise. */
bool ml_ctx_may_hold_key(const ml_ctx *ctx);
/* Does the file name something that records usage (bridge.sinks)? Remembered likewise. */
bool ml_ctx_names_sink(const ml_ctx *ctx);
const ml_link *ml_ctx_link(const ml_ctx *ctx);
const ml_config *ml_ctx_config(const ml_ctx *ctx);
const ml_catalog *ml_ctx_catalog(const ml_ctx *ctx);
const ml_keys *ml_ctx_keys(const ml_ctx *ctx);
/* For further evaluation; the query it belongs to has begun and ends with the judge function. */
ml_eval *ml_ctx_eval(const ml_ctx *ctx);
ml_arena *ml_ctx_arena(const ml_ctx *ctx); /* of the run: what goes into findings */
bool ml_ctx_in_bridge(const ml_ctx *ctx);

/* What a URL, or each of a set, means. In the query's arena. */
ml_target ml_ctx_target(const ml_ctx *ctx, const ml_value *url);
ml_targets ml_ctx_targets(const ml_ctx *ctx, ml_values urls);
/* Is the host own infrastructure, or the bridge's? */
bool ml_ctx_is_own_host(const ml_ctx *ctx, ml_str host);

/* ---- what a rule may say ---- */

/* A finding at a node of the current file (or, with a file, of that one). The same rule at the
 * same node twice is one finding: NULL then, and NULL when the rule is off. */
ml_finding *ml_ctx_report(ml_ctx *ctx, ml_node_id node);
ml_finding *ml_ctx_report_in(ml_ctx *ctx, ml_file_id file, ml_node_id node);
/* At bytes of any file of the project, script or not (SQL, JSON); text is the file's. */
ml_finding *ml_ctx_report_at(ml_ctx *ctx, ml_str path, ml_str text, uint32_t start, uint32_t end);

/* Everything below accepts a NULL finding. */
/* Fills {name} of the rule's message in both languages. */
void ml_finding_set(ml_ctx *ctx, ml_finding *finding, const char *name, ml_str value);
void ml_finding_set_text(ml_ctx *ctx, ml_finding *finding, const char *name, ml_text value);
void ml_finding_provider(ml_ctx *ctx, ml_finding *finding, const ml_provider *provider);
/* Lowers the level to at most `level` and says why. */
void ml_finding_cap(ml_ctx *ctx, ml_finding *finding, ml_level level, const char *why_en, const char *why_zh);
/* Appends an evidence step; a place without node is passed over, one equal to the last too. */
void ml_finding_step(ml_ctx *ctx, ml_finding *finding, ml_place place, const char *en, const char *zh);
/* Narrows the place to bytes of the current file: the name of a method rather than its body. */
void ml_finding_narrow(ml_ctx *ctx, ml_finding *finding, uint32_t start, uint32_t end);
/* The finding is dropped when another finding's evidence ends at the same place. */
void ml_finding_yield(ml_ctx *ctx, ml_finding *finding);
void ml_finding_sink(ml_ctx *ctx, ml_finding *finding, ml_str sink);

/* One line of the report's check sections. */
typedef enum ml_section { ML_SECTION_BRIDGE, ML_SECTION_SCHEMA } ml_section;
void ml_ctx_check(ml_ctx *ctx, ml_section section, ml_check_state state, ml_text text, ml_str path, uint32_t line);
ml_text ml_ctx_text(const ml_ctx *ctx, const char *en, const char *zh);

#endif
