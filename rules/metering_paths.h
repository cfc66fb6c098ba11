/* metering_paths.h - a bridge method's paths: is every purchase written down on each of them?
 *
 * One question about one method, over the functions it calls. What could record and cannot be
 * seen (a callee of that meaning, a callback, a hook) counts as recording: the answers claim
 * only what the code at hand shows. Lives in the arena of one query. */
#ifndef RULES_METERING_PATHS_H
#define RULES_METERING_PATHS_H
#include "metering_calls.h"
#include "ml/paths.h"

typedef struct rule_method rule_method;

/* Calls visit for every public method of the bridge's classes in the current file whose own
 * records can be followed; each is a query of its own. */
typedef void (*rule_visit_method)(ml_ctx *ctx, const rule_method *method);
void rule_visit_methods(ml_ctx *ctx, rule_visit_method visit);

struct rule_method {
    ml_node_id member, function; /* the METHOD and its FUNCTION, in the current file */
    uint32_t class_index;
    rule_reach *reach;  /* the method and what it calls */
    bool buys, records; /* a purchase, a sink is reached */
    ml_place purchase;  /* the first one */
};

/* How the exits of a function look, from nothing bought. */
typedef struct rule_question {
    ml_place throws_at;  /* the node whose own throw is asked about, or none */
    ml_place catch_at;   /* the only handler whose failures count, or none: all */
    ml_place leaves_at;  /* the only RETURN (or arrow body) that counts, or none: all */
    bool only_falls_off; /* instead: only falling off the end counts */
    bool yields_may_end;
} rule_question;

/* The exits of the place's function: a set of ML_PATH_BIT; empty when nothing can be said. */
uint32_t rule_exits(ml_ctx *ctx, const rule_method *method, ml_place function, const rule_question *question);
static inline bool rule_exits_have(uint32_t exits, ml_path_way way, ml_path_state state)
{
    return (exits & ML_PATH_BIT(way, state)) != 0;
}

/* The innermost function the method reaches in which one path records and another returns without. */
typedef struct rule_leak {
    ml_place at; /* the RETURN, the arrow's body, or the FUNCTION whose end it is */
    ml_place function;
} rule_leak;
/* Leaking ends of the function; at most max. */
uint32_t rule_leaks(ml_ctx *ctx, const rule_method *method, ml_place function, rule_leak *out, uint32_t max);

/* What the analysis takes a call for. */
bool rule_buys(ml_ctx *ctx, const rule_method *method, ml_file_id file, ml_node_id call);
bool rule_may_record(ml_ctx *ctx, const rule_method *method, ml_file_id file, ml_node_id call);
/* Does the node below what a function runs (or what it calls) buy and leave it owing? */
bool rule_leaves_owing(ml_ctx *ctx, const rule_method *method, ml_place node);

/* Is the test about a user (or a configuration) being given? *negated: true when it is not given. */
bool rule_tests_user(const ml_facts *facts, ml_node_id test, bool *negated);

#endif
