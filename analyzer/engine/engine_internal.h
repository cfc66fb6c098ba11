/* engine_internal.h - what the files of the engine share among themselves. */
#ifndef ML_ENGINE_INTERNAL_H
#define ML_ENGINE_INTERNAL_H
#include "ml/engine.h"
#include "ml/map.h"
#include "ml/trigger.h"

typedef struct ml_rule_state {
    bool off;
    ml_level level; /* NONE: the rule's own */
} ml_rule_state;

typedef struct ml_needs ml_needs;

struct ml_engine {
    ml_arena *run;
    const ml_link *link;
    ml_engine_options options;
    ml_rule_state *states; /* by index into options.rules */
    const ml_needs *needs; /* of the rules that are on: see needs.c */
};

/* A finding before it is settled. */
typedef struct ml_draft {
    ml_finding finding;
    ml_file_id file; /* 0 for what is no script */
    ml_node_id node;
    uint32_t rule; /* index into options.rules */
    bool yields;   /* to a finding whose evidence ends here */
} ml_draft;

/* A directive that silences something. */
typedef struct ml_suppression {
    ml_file_id file;
    ml_span span; /* of the comment */
    ml_str rules; /* as written, "a, b"; empty: none named */
    ml_str reason, until;
    uint32_t from_line, to_line; /* lines it covers, inclusive */
    bool is_region;              /* an enable of one of its rules ends it for that rule */
    bool known;                  /* a directive of a known form */
    bool expired;
    bool used;
} ml_suppression;

typedef ML_VEC(ml_draft *) ml_drafts;
typedef ML_VEC(ml_suppression) ml_suppressions;

struct ml_worker {
    const ml_engine *engine;
    ml_arena arena; /* findings and what they hold */
    ml_eval *eval;
    ml_drafts drafts;
    ml_problems problems;
    ml_checks bridge, schema;
    ml_suppressions suppressions;
    ml_line_hashes hashes; /* of the file last reported on */
    struct {
        ml_file_id file;
        const char *const *words;
        bool answer;
    } held; /* the last question of ml_ctx_holds_any */
    struct {
        ml_file_id file;
        bool answer;
    } key, sink; /* and of ml_ctx_may_hold_key, ml_ctx_names_sink */
};

struct ml_ctx {
    ml_worker *worker;
    ml_file_id file;
    const ml_facts *facts;
    uint32_t rule;
};

void ml_engine_read_needs(ml_engine *engine);
/* A bit for each need that the file meets. */
ml_trigger_bits ml_engine_needs_met(const ml_engine *engine, ml_str path, ml_str text);
/* Does it meet all that the rule needs? */
bool ml_engine_asks_about(const ml_engine *engine, uint32_t rule, ml_trigger_bits met);

void ml_suppressions_of(ml_worker *worker, ml_file_id file);
/* Does it speak of the rule on that line? */
bool ml_suppression_covers(const ml_engine *engine, const ml_suppression *s, const ml_rule_info *rule, uint32_t line);

#endif
