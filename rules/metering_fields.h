/* metering_fields.h - what is written into a usage row or a bill: the object given to a record. */
#ifndef RULES_METERING_FIELDS_H
#define RULES_METERING_FIELDS_H
#include "metering_calls.h"

typedef struct rule_record {
    ml_node_id call, object; /* the call, and the OBJECT that is written, at the call or in a constant of the file */
    bool open;               /* it spreads something that cannot be seen */
} rule_record;

/* Every record in the current file whose object is known; nothing in files that are not about metering. */
void rule_visit_records(ml_ctx *ctx, void (*visit)(ml_ctx *ctx, const rule_record *record));

/* The value of the first of the properties, spreads of constants of the file included; 0: none. */
ml_node_id rule_field(const ml_facts *facts, ml_node_id object, const char *const *names, size_t count);
/* The expression behind a name: constants of the file that are set once, await stripped. */
ml_node_id rule_resolved(const ml_facts *facts, ml_node_id node);
/* The name by which a value is known: "a.b.c" -> "c", an identifier's own, else empty. */
ml_str rule_value_name(const ml_facts *facts, ml_node_id node);
/* Is it prompt_tokens, inputTokens, totalTokens or another count of a call's tokens (no details)? */
bool rule_is_token_name(ml_str name);
bool rule_is_input_name(ml_str name);
bool rule_is_output_name(ml_str name);
/* Does the row say that the count is an estimate, missing or partial? Unknown spreads may. */
bool rule_marks_estimate(const ml_facts *facts, const rule_record *record);
/* The first parameter of the METHOD or FUNCTION around is the request: is the value read from it? */
bool rule_is_read_from_request(const ml_facts *facts, ml_node_id node);
/* Name of the method or function around, or empty. */
ml_str rule_method_name(const ml_facts *facts, ml_node_id node);
/* The innermost statement-level ancestor of one of the kinds that lies within the function, or 0. */
ml_node_id rule_ancestor(const ml_facts *facts, ml_node_id node, const ml_node_kind *kinds, size_t count);
bool rule_text_contains(const ml_facts *facts, ml_node_id node, const char *const *words, size_t count);
/* Is the file a test, mock or fixture by its name? */
bool rule_is_test_path(ml_str path);

extern const char *const rule_requests_keys[]; /* requestId and its spellings */
extern const char *const rule_input_keys[], *const rule_output_keys[], *const rule_type_keys[],
                                                                           *const rule_unit_keys[],
                                                                               *const rule_quantity_keys[],
                                                                                   *const rule_characters_keys[],
                                                                                       *const rule_images_keys[],
                                                                                           *const rule_seconds_keys[],
                                                                                               *const rule_total_keys[];
enum { RULE_KEYS_2 = 2, RULE_KEYS_4 = 4 };

#endif
