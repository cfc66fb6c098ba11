/* engine.h - runs rules over files, and settles what becomes a finding.
 *
 * ml_engine is shared and read-only while files are judged; each thread has an
 * ml_worker with an evaluator and lists of its own. ml_engine_finish merges the
 * workers' lists: levels, suppressions, order. */
#ifndef ML_ENGINE_H
#define ML_ENGINE_H
#include "ml/keys.h"
#include "ml/rule.h"

typedef struct ml_engine ml_engine;
typedef struct ml_worker ml_worker;

typedef struct ml_engine_options {
    const ml_rule_entry *rules;
    uint32_t rule_count;
    const ml_config *config;
    const ml_keys *keys; /* to find keys, and to mask them in what reports show */
    ml_eval_options eval;
    ml_str today; /* "2025-01-31", UTC: for until= of suppressions */
} ml_engine_options;

/* Fails when the configuration names a rule that does not exist. */
ml_status ml_engine_new(ml_engine **out, ml_arena *run, const ml_link *link, const ml_engine_options *options,
                        ml_error *error);
/* Does some rule go by this name: id, bare name, or catalogue id? */
const ml_rule_entry *ml_rule_find(const ml_rule_entry *rules, uint32_t count, ml_str name);

ml_worker *ml_worker_new(const ml_engine *engine);
void ml_worker_free(ml_worker *worker); /* accepts NULL; findings die with it, so finish first */

/* What of a file is judged. */
enum {
    ML_JUDGE_REQUESTS = 1 << 0, /* the requests its calls lead to, which costs the most */
    ML_JUDGE_REST = 1 << 1,     /* all else */
    ML_JUDGE_QUIETLY = 1 << 2   /* calls that could not be fully analysed are no problem */
};
/* All rules on one script file. */
void ml_worker_judge(ml_worker *worker, ml_file_id file, unsigned what);
/* Does the file have all that some rule with needs asks for? */
bool ml_engine_needs_file(const ml_engine *engine, ml_str path, ml_str text);
bool ml_engine_rule_is_on(const ml_engine *engine, uint32_t rule); /* by index into the options' rules */
/* Texts of files that were judged may have been freed: the worker knows none by its address any more. */
void ml_worker_forget_text(ml_worker *worker);
/* The worker's evaluator, for questions between two files. */
ml_eval *ml_worker_eval(const ml_worker *worker);
/* The rules that look at the whole project. */
void ml_worker_judge_project(ml_worker *worker, const ml_tables *tables);

/* What every call that begins on the line may request, in words; false when there is none. */
typedef struct ml_buf ml_buf;
bool ml_worker_explain(ml_worker *worker, ml_file_id file, uint32_t line, ml_buf *out);

/* Fills findings, problems, checks, suppressed, rules of the report from all workers. */
void ml_engine_finish(ml_engine *engine, ml_worker *const *workers, uint32_t worker_count, ml_report *report);

#endif
