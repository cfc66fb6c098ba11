/* usage.c - the usage value: start, check, read from JSON. */
#include "billing/usage.h"

#include "base/text.h"
#include "billing/json.h"
#include "billing/mapping.h"
#include "billing/utf8.h"

#include <stddef.h>
#include <string.h>

typedef struct count_field {
    const char *name;
    size_t offset;
} count_field;

#define FIELD(name)                                                                                                    \
    {                                                                                                                  \
#name, offsetof(bill_usage, name)                                                                              \
    }
static const count_field counts[] = {
    FIELD(input_tokens),        FIELD(output_tokens),      FIELD(cached_input_tokens), FIELD(cache_write_tokens),
    FIELD(reasoning_tokens),    FIELD(audio_input_tokens), FIELD(audio_output_tokens), FIELD(image_input_tokens),
    FIELD(image_output_tokens), FIELD(character_count),    FIELD(image_count),         FIELD(latency_ms),
};

static const struct {
    const char *name;
    size_t offset, size;
} texts[] = {
    {"request_id",          offsetof(bill_usage, request_id),          sizeof((bill_usage *)0)->request_id         },
    {"root_request_id",     offsetof(bill_usage, root_request_id),     sizeof((bill_usage *)0)->root_request_id    },
    {"provider_request_id", offsetof(bill_usage, provider_request_id), sizeof((bill_usage *)0)->provider_request_id},
    {"model",               offsetof(bill_usage, model),               sizeof((bill_usage *)0)->model              },
    {"model_name",          offsetof(bill_usage, model),               sizeof((bill_usage *)0)->model              },
    {"qualifier",           offsetof(bill_usage, qualifier),           sizeof((bill_usage *)0)->qualifier          },
    {"price_qualifier",     offsetof(bill_usage, qualifier),           sizeof((bill_usage *)0)->qualifier          },
    {"error_code",          offsetof(bill_usage, error_code),          sizeof((bill_usage *)0)->error_code         },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int64_t *count_at(bill_usage *usage, size_t offset)
{
    return (int64_t *)(void *)((char *)usage + offset);
}

void bill_usage_init(bill_usage *usage, bill_operation operation)
{
    memset(usage, 0, sizeof *usage);
    for (size_t i = 0; i < COUNT(counts); i++)
        *count_at(usage, counts[i].offset) = BILL_COUNT_NONE;
    usage->operation = operation;
    usage->status = BILL_USAGE_SUCCESS;
    usage->source = BILL_SOURCE_PROVIDER;
    usage->occurred_at = BILL_TIME_NONE;
}

bool bill_usage_is_billable(const bill_usage *usage)
{
    return usage->status == BILL_USAGE_SUCCESS || usage->status == BILL_USAGE_PARTIAL;
}

static bool printable_ascii(const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c < 0x21 || *c > 0x7e)
            return false;
    return true;
}

static int64_t known(int64_t count)
{
    return count == BILL_COUNT_NONE ? 0 : count;
}

/* a + b + c + d, or -1 on overflow; all are checked to be not negative. */
static int64_t sum4(int64_t a, int64_t b, int64_t c, int64_t d)
{
    int64_t total = known(a);
    if (__builtin_add_overflow(total, known(b), &total) || __builtin_add_overflow(total, known(c), &total) ||
        __builtin_add_overflow(total, known(d), &total))
        return -1;
    return total;
}

bill_status bill_usage_check_parts(const bill_usage *u, bill_error *error)
{
    int64_t input = sum4(u->cached_input_tokens, u->cache_write_tokens, u->audio_input_tokens, u->image_input_tokens);
    int64_t output = sum4(u->reasoning_tokens, u->audio_output_tokens, u->image_output_tokens, 0);
    if (input < 0 || output < 0)
        return bill_error_set(error, BILL_ERANGE, "token counts are too large to add up");
    if (input > known(u->input_tokens))
        return bill_error_set(error, BILL_EINVAL, "cached, written, audio and image input are more than the input");
    if (output > known(u->output_tokens))
        return bill_error_set(error, BILL_EINVAL, "reasoning, audio and image output are more than the output");
    return BILL_OK;
}

static bill_status check_names(const bill_usage *u, bill_error *error)
{
    int64_t characters;
    if (!u->request_id[0] || !printable_ascii(u->request_id))
        return bill_error_set(error, BILL_EINVAL, "request_id must be 1 to 64 printable ASCII characters");
    if (!printable_ascii(u->root_request_id) || !printable_ascii(u->provider_request_id))
        return bill_error_set(error, BILL_EINVAL, "request ids must be printable ASCII");
    if (!u->model[0] || bill_utf8_count(&characters, u->model, strlen(u->model), BILL_CHAR_CODE_POINT) != BILL_OK)
        return bill_error_set(error, BILL_EINVAL, "model must be a name in UTF-8");
    if (u->user_id <= 0)
        return bill_error_set(error, BILL_EINVAL,
                              "user_id must be positive: a usage without an owner cannot be billed");
    return BILL_OK;
}

bill_status bill_usage_check(const bill_usage *usage, bill_error *error)
{
    bill_status status = check_names(usage, error);
    if (status != BILL_OK)
        return status;
    for (size_t i = 0; i < COUNT(counts); i++) {
        int64_t count = *count_at((bill_usage *)(uintptr_t)usage, counts[i].offset);
        if (count != BILL_COUNT_NONE && count < 0)
            return bill_error_set(error, BILL_EINVAL, "%s is negative", counts[i].name);
    }
    if (usage->has_duration &&
        (bill_amount_is_negative(usage->duration_seconds) || !bill_amount_fits(usage->duration_seconds, 18, 6)))
        return bill_error_set(error, BILL_EINVAL, "duration_seconds must be 0 or more, with at most 6 decimals");
    return bill_usage_check_parts(usage, error);
}

/* ---- from JSON ---- */

static bill_status bad(const bill_json_node *member, bill_status status, bill_error *error)
{
    if (status == BILL_ENOTFOUND)
        return bill_error_set(error, BILL_EINVAL, "%.100s: no member of a usage", member->key);
    return bill_error_set(error, status, "%s: %s", member->key, bill_status_text(status));
}

static bill_status read_word(int *out, const bill_json_node *member, const char *const *values)
{
    const char *word = bill_json_string(member);
    int found = word ? bill_value_find(values, word, member->length) : -1;
    if (found < 0)
        return BILL_EINVAL;
    *out = found;
    return BILL_OK;
}

static bill_status read_time(bill_time *out, const bill_json_node *member)
{
    const char *text = bill_json_string(member);
    return text ? bill_time_parse(out, text, member->length) : BILL_EINVAL;
}

/* Members that are neither counts nor texts. BILL_ENOTFOUND: not one of them. */
static bill_status read_special(bill_usage *out, const bill_json_node *member)
{
    int word = 0;
    bill_status status = BILL_ENOTFOUND;
    if (strcmp(member->key, "user_id") == 0)
        status = bill_json_int(&out->user_id, member);
    else if (strcmp(member->key, "model_id") == 0)
        status = bill_json_int(&out->model_id, member);
    else if (strcmp(member->key, "occurred_at") == 0)
        status = read_time(&out->occurred_at, member);
    else if (strcmp(member->key, "duration_seconds") == 0) {
        status = bill_json_amount(&out->duration_seconds, member);
        out->has_duration = status == BILL_OK;
    } else if (strcmp(member->key, "operation") == 0) {
        status = read_word(&word, member, bill_values_operation);
        out->operation = (bill_operation)word;
    } else if (strcmp(member->key, "status") == 0) {
        status = read_word(&word, member, bill_values_usage_status);
        out->status = (bill_usage_status)word;
    } else if (strcmp(member->key, "usage_source") == 0) {
        status = read_word(&word, member, bill_values_usage_source);
        out->source = (bill_usage_source)word;
    }
    return status;
}

static bill_status read_member(bill_usage *out, const bill_json_node *member)
{
    for (size_t i = 0; i < COUNT(counts); i++)
        if (strcmp(counts[i].name, member->key) == 0)
            return bill_json_int(count_at(out, counts[i].offset), member);
    for (size_t i = 0; i < COUNT(texts); i++)
        if (strcmp(texts[i].name, member->key) == 0) {
            const char *text = bill_json_string(member);
            return text ? bill_copy((char *)out + texts[i].offset, texts[i].size, text, member->length) : BILL_EINVAL;
        }
    return read_special(out, member);
}

/* The method of the bridge or the measure given tells the operation. */
static bill_status guess_operation(bill_usage *out, const bill_json_node *node)
{
    const bill_json_node *member = bill_json_get(node, "method");
    if (!member)
        return BILL_OK;
    const char *name = bill_json_string(member);
    const bill_method *method = name ? bill_method_find(name, member->length) : NULL;
    if (!method)
        return BILL_EINVAL;
    out->operation = method->operation;
    return BILL_OK;
}

bill_status bill_usage_from_json(bill_usage *out, const bill_json_node *node, bill_error *error)
{
    bill_usage usage;
    if (!node || node->kind != BILL_JSON_OBJECT)
        return bill_error_set(error, BILL_EINVAL, "a usage is a JSON object");
    bill_usage_init(&usage, BILL_OP_CHAT);
    if (guess_operation(&usage, node) != BILL_OK)
        return bill_error_set(error, BILL_EINVAL, "method: no method of the bridge");
    for (const bill_json_node *member = node->child; member; member = member->next) {
        if (strcmp(member->key, "method") == 0 || member->kind == BILL_JSON_NULL)
            continue;
        bill_status status = read_member(&usage, member);
        if (status != BILL_OK)
            return bad(member, status, error);
    }
    *out = usage;
    return BILL_OK;
}
