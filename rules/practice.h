/* practice.h - what the practice rules share: calls of models, options of queries, SQL texts.
 *
 * Rules of billing practice look at files that speak of bills only. They read what is
 * written: an object that is put together elsewhere is open, and about an open object
 * no rule says what it lacks. */
#ifndef ML_PRACTICE_H
#define ML_PRACTICE_H
#include "ml/formula.h"
#include "ml/rule.h"

/* Does the text hold any of the words, in any case? Words are separated by blanks. */
bool rule_text_has(ml_str text, const char *words);
/* Is the name one of the words? */
bool rule_name_is(ml_str name, const char *words);

/* Is it a model or table of bills (of usages): AIBillingRecord, AIModelUsage? */
bool rule_is_bill_model(ml_str name);
bool rule_is_usage_model(ml_str name);
extern const ml_rule_need rule_need_bill, rule_need_usage, rule_need_row; /* such a name; either */
/* Is a name before this text called: f(…), f<T>(…), f?.(…), f!(…)? For needs; rather yes. */
bool rule_may_be_called(ml_str behind);
/* Where a request's value is read: is_request_value of practice.c. */
extern const ml_rule_need rule_need_request;

/* A call `object.verb(...)` with one of the verbs: the object's node, else 0. */
ml_node_id rule_method_call(const ml_facts *facts, ml_node_id call, const char *verbs);
/* The same on a model of bills, or of usages. */
bool rule_on_bills(const ml_facts *facts, ml_node_id call, const char *verbs);
bool rule_on_usages(const ml_facts *facts, ml_node_id call, const char *verbs);

typedef void rule_judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call);
/* Calls judge for every call of a file that speaks of bills. */
void rule_each_call(ml_ctx *ctx, rule_judge_call *judge);

/* The expression a name stands for when it is written once; else the node itself. */
ml_node_id rule_meaning(const ml_facts *facts, ml_node_id node);
/* Value of an object's property (a shorthand's IDENT, resolved), 0 if there is none; through names. */
ml_node_id rule_property(const ml_facts *facts, ml_node_id object, const char *name);
/* Has the object any of these keys? *open: it may have others (spread, no object at all). */
bool rule_has_key(const ml_facts *facts, ml_node_id object, const char *names, bool *open);

/* The innermost function around, as a node; 0 at top level. */
ml_node_id rule_function_around(const ml_facts *facts, ml_node_id node);
/* Its text, or the file's. */
ml_str rule_text_around(const ml_facts *facts, ml_node_id node);
/* Is the call below one whose callee has this name: sequelize.transaction(async (t) => ...)? */
bool rule_is_below_call(const ml_facts *facts, ml_node_id node, const char *callee);
/* Is the node in a loop, or in a callback given to forEach or map? Then what it goes over, else 0. */
ml_node_id rule_loop_over(const ml_facts *facts, ml_node_id node);

/* Is a request's query, parameter or body in the expression, unconverted; through names? */
bool rule_is_from_request(const ml_facts *facts, ml_node_id node);

/* Whole number an expression stands for, -1 if not known. */
int64_t rule_whole_number(ml_ctx *ctx, ml_node_id node);

/* Does the text copy rows of one table into another, and delete from one? */
typedef struct rule_sql {
    ml_str copy, remove; /* the statements */
    uint32_t copy_start, remove_start;
} rule_sql;

/* The first INSERT ... SELECT about bills, and the first DELETE from bills after it. */
rule_sql rule_archive_of(ml_str text);

typedef void rule_judge_sql(ml_ctx *ctx, ml_str path, ml_str text, const rule_sql *sql);
/* Calls judge for every .sql file of the project that copies bills. */
void rule_each_sql(ml_ctx *ctx, rule_judge_sql *judge);

#endif
