/* json.h - a small JSON reader that keeps numbers as their digits.
 *
 * Numbers never pass through floating point: a price or a duration is read
 * from its own text. The document owns everything; nodes live as long as it
 * does. Parsing is iterative; strings must be valid UTF-8; a key that comes
 * twice in an object is refused. */
#ifndef BILLING_JSON_H
#define BILLING_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "billing/money.h"
#include "billing/status.h"

typedef enum bill_json_kind {
    BILL_JSON_NULL,
    BILL_JSON_FALSE,
    BILL_JSON_TRUE,
    BILL_JSON_NUMBER, /* text is the number as written */
    BILL_JSON_STRING, /* text is decoded */
    BILL_JSON_ARRAY,
    BILL_JSON_OBJECT
} bill_json_kind;

typedef struct bill_json_node {
    bill_json_kind kind;
    const char *key; /* of a member of an object, else NULL; terminated */
    size_t key_length;
    const char *text; /* of numbers and strings; terminated */
    size_t length;
    const struct bill_json_node *child, *next; /* first child, next sibling */
    struct bill_json_node *parent, *last;
} bill_json_node;

typedef struct bill_json bill_json;

/* Reads one value and nothing after it. */
bill_status bill_json_parse(bill_json **out, const char *text, size_t length, bill_error *error);
void bill_json_free(bill_json *json);
const bill_json_node *bill_json_root(const bill_json *json);

/* Member of an object; NULL if there is none, or if the node is NULL or no object. */
const bill_json_node *bill_json_get(const bill_json_node *node, const char *key);

/* Member along a path "usage.prompt_tokens_details.cached_tokens". */
const bill_json_node *bill_json_at(const bill_json_node *node, const char *path);

/* Text of a string node, else NULL. */
const char *bill_json_string(const bill_json_node *node);

/* Whole number of a number node. A missing or null node is BILL_ENOTFOUND and
 * leaves *out alone; anything else is BILL_EINVAL. */
bill_status bill_json_int(int64_t *out, const bill_json_node *node);

/* Amount of a string or number node, exactly; as above when missing. */
bill_status bill_json_amount(bill_amount *out, const bill_json_node *node);

#endif
