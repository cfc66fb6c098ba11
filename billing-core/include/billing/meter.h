/* meter.h - from what a provider answered to one usage value. No storage, no network.
 *
 * Providers disagree whether cached tokens are part of the input and reasoning
 * part of the output; here both always are, as usage.h says. What the provider
 * stated is marked `provider`; what was counted from real content (characters
 * sent, images returned) `counted`; what had to be guessed from the text of a
 * stream that gave no usage `estimated`. */
#ifndef BILLING_METER_H
#define BILLING_METER_H

#include <stdbool.h>
#include <stddef.h>

#include "billing/usage.h"
#include "billing/utf8.h"

/* How an API writes its usage. */
typedef enum bill_shape {
    BILL_SHAPE_OPENAI,    /* chat, completion, responses, embedding, image, transcription, video; and who copies it */
    BILL_SHAPE_ANTHROPIC, /* input without cache; stream events with names */
    BILL_SHAPE_GEMINI,    /* usageMetadata; thoughts beside the candidates */
    BILL_SHAPE_ARK,       /* Doubao: as OpenAI, and generated_images, duration */
    BILL_SHAPE_DASHSCOPE  /* usage with input_tokens, characters, image_count, duration */
} bill_shape;

/* By shape or provider name ("openai", "doubao", "qwen", "claude", "google"...);
 * -1 if unknown: most others speak the OpenAI shape. */
int bill_shape_find(const char *name, size_t length);

typedef struct bill_meter_flags {
    bool total_mismatch; /* the provider's own total is not input plus output */
    bool unfinished;     /* a job that still runs: nothing to record yet */
} bill_meter_flags;

/* Reads a whole JSON answer to a call of usage->operation. Fills counts,
 * provider_request_id, and model and status where the answer has them; keeps
 * the rest. BILL_ENOTFOUND if the answer holds no usage of that kind;
 * BILL_ESTATE for a job that is not finished. flags may be NULL. */
bill_status bill_meter_response(bill_usage *usage, bill_shape shape, const char *json, size_t length,
                                bill_meter_flags *flags, bill_error *error);

/* Characters of a text to be spoken: counted, as code points unless the price
 * row says otherwise. */
bill_status bill_meter_text(bill_usage *usage, const char *text, size_t length, bill_char_unit unit, bill_error *error);

/* Tokens a text may have: a quarter of its ASCII bytes and one for each other
 * code point. A guess, for streams that were cut off before their usage came. */
int64_t bill_meter_guess_tokens(const char *text, size_t length);

/* ---- streams of server-sent events ---- */

typedef struct bill_meter bill_meter;

/* prompt_tokens_guess is used only if the stream never tells its input;
 * BILL_COUNT_NONE if there is no guess. */
bill_status bill_meter_new(bill_meter **out, bill_shape shape, int64_t prompt_tokens_guess);
void bill_meter_free(bill_meter *meter);

/* Any piece of the stream, as it came. */
bill_status bill_meter_feed(bill_meter *meter, const char *bytes, size_t length, bill_error *error);

/* The usage so far. A stream without its end is `partial`, one that delivered
 * nothing and reported an error `failed`. The last usage the provider sent
 * wins, never the sum; where none came, the text that was delivered is
 * guessed. */
bill_status bill_meter_end(bill_usage *usage, bill_meter *meter, bill_meter_flags *flags, bill_error *error);

#endif
