/* usage.h - what was measured of one call to a model: one plain value.
 *
 * Texts are kept in the value itself, so it can be copied and has no owner. A
 * count that is not known is BILL_COUNT_NONE, which is not zero. */
#ifndef BILLING_USAGE_H
#define BILLING_USAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "billing/money.h"
#include "billing/schema.h"
#include "billing/time.h"

#define BILL_COUNT_NONE INT64_MIN

typedef struct bill_usage {
    char request_id[65];           /* made by the gateway before the call; printable ASCII */
    char root_request_id[65];      /* joins retries and fallbacks; may be empty */
    char provider_request_id[129]; /* for the provider's invoice; may be empty */
    char model[129];
    char qualifier[65]; /* "1024x1024:hd", "batch"; what else the price depends on */
    char error_code[65];
    int64_t user_id;
    int64_t model_id; /* 0: by name */
    bill_operation operation;
    bill_usage_status status;
    bill_usage_source source;
    /* token counts include their special parts: cached and written cache are
     * part of the input, reasoning of the output, audio and images of both */
    int64_t input_tokens, output_tokens;
    int64_t cached_input_tokens, cache_write_tokens, reasoning_tokens;
    int64_t audio_input_tokens, audio_output_tokens, image_input_tokens, image_output_tokens;
    int64_t character_count, image_count;
    bill_amount duration_seconds; /* up to 6 decimals */
    bool has_duration;
    int64_t latency_ms;
    bill_time occurred_at; /* BILL_TIME_NONE: when it is recorded */
} bill_usage;

/* All counts unknown, all texts empty, status success, source provider. */
void bill_usage_init(bill_usage *usage, bill_operation operation);

/* Names and counts in order: request id and model present, no negative count,
 * no part above its whole, measures the operation needs. Says what is wrong. */
bill_status bill_usage_check(const bill_usage *usage, bill_error *error);

/* Only the last but one: cached, audio and image parts within their whole. */
bill_status bill_usage_check_parts(const bill_usage *usage, bill_error *error);

/* A call is billed if it delivered something. */
bool bill_usage_is_billable(const bill_usage *usage);

/* Reads the JSON object `billing record` and fixtures use: members are named
 * as the fields above and as the columns of ai_model_usage. Unknown members
 * are refused, so that a misspelt count is not silently lost. */
struct bill_json_node;
bill_status bill_usage_from_json(bill_usage *out, const struct bill_json_node *node, bill_error *error);

#endif
