/* metering_calls.h - what the metering rules share about calls: which one buys from a provider,
 * which one writes usage or a bill down, and what a function reaches. */
#ifndef RULES_METERING_CALLS_H
#define RULES_METERING_CALLS_H
#include "ml/rule.h"

#define RULE_COUNT(array) (sizeof(array) / sizeof *(array))

/* Any of the words, letters of either case. */
bool rule_contains_any(ml_str text, const char *const *words, size_t count);
bool rule_begins_with_any(ml_str text, const char *const *words, size_t count);
bool rule_is_any(ml_str text, const char *const *words, size_t count);
/* "a.b.c" -> "c". */
ml_str rule_last_name(ml_str callee);
/* The callee as written, without white space, `?` and `!`; empty for a call without callee. */
ml_str rule_callee_text(ml_ctx *ctx, const ml_facts *facts, ml_node_id call);

/* Does the CALL write usage, a bill or money down? Configured sinks, and names and texts that say so. */
bool rule_is_sink(ml_ctx *ctx, const ml_facts *facts, ml_node_id call);
/* The narrower question: a configured sink, or a name that says usage or bill is recorded. */
bool rule_is_record(ml_ctx *ctx, const ml_facts *facts, ml_node_id call);
/* Does the call buy something from a provider, as far as its client is known? */
bool rule_is_billable(ml_ctx *ctx, ml_file_id file, ml_node_id call);
/* The same, and also by the name of the SDK's method or of a client of the bridge that is not at hand. */
bool rule_is_purchase(ml_ctx *ctx, ml_file_id file, ml_node_id call);
/* Does the purchase only hand in a job, whose result is fetched later? */
bool rule_submits_job(ml_ctx *ctx, ml_file_id file, ml_node_id call);

/* What can be reached over calls from some functions, breadth first. */
enum { RULE_REACH_MAX = 64, RULE_CALLEES_MAX = 8 };
typedef struct rule_reach {
    ml_place functions[RULE_REACH_MAX];
    uint32_t count;
    ml_place purchase; /* the first billable call */
    bool records;
    bool open; /* more functions than we look at */
} rule_reach;

void rule_reach_add(rule_reach *reach, ml_place function);
/* Follows until a sink is met. */
void rule_reach_follow(ml_ctx *ctx, rule_reach *reach);
/* The same to the end, past sinks. */
void rule_reach_all(ml_ctx *ctx, rule_reach *reach);
/* Does code below the node, or what it calls, write usage down? */
bool rule_reaches_sink(ml_ctx *ctx, ml_file_id file, ml_node_id root);

/* @Metered(), @TrackUsage() on a class or member. */
bool rule_has_metering_decorator(const ml_facts *facts, ml_node_id node);
bool rule_is_bridge_class(const ml_ctx *ctx, const ml_class *class_facts);
/* Does the class hook its clients so that what is sent is recorded there (interceptors and callbacks
 * set up in its constructor, its fields or the file)? */
bool rule_is_recorded_by_hook(ml_ctx *ctx, uint32_t class_index);

/* May rules about records speak here: the bridge's files and those that name a sink. */
bool rule_is_metering_file(ml_ctx *ctx);

#endif
