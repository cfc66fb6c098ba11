/* mapping.c - methods, billing types and transitions as tables. */
#include "billing/mapping.h"

#include <string.h>

static const bill_method methods[] = {
    {"generateChatCompletion", BILL_USAGE_TYPE_TEXT,  BILL_TYPE_TOKEN,     BILL_OP_CHAT     },
    {"textToSpeech",           BILL_USAGE_TYPE_AUDIO, BILL_TYPE_CHARACTER, BILL_OP_TTS      },
    {"generateImage",          BILL_USAGE_TYPE_IMAGE, BILL_TYPE_COUNT,     BILL_OP_IMAGE    },
    {"generateVideo",          BILL_USAGE_TYPE_VIDEO, BILL_TYPE_SECOND,    BILL_OP_VIDEO    },
    {"createEmbedding",        BILL_USAGE_TYPE_TEXT,  BILL_TYPE_TOKEN,     BILL_OP_EMBEDDING},
    {"speechToText",           BILL_USAGE_TYPE_AUDIO, BILL_TYPE_SECOND,    BILL_OP_STT      },
};

static const bill_type_info types[] = {
    [BILL_TYPE_TOKEN] = {BILL_TYPE_TOKEN,
                         BILL_UNIT_TOKEN,     {"input_tokens", "output_tokens", NULL},
                         "input_tokens + output_tokens", "input_tokens * input_price / price_per + "
                         "output_tokens * output_price / price_per", {{"input_tokens", "input_price", "input_token_price"},
                          {"output_tokens", "output_price", "output_token_price"}},
                         2, "按Token计费",
                         "by token"    },
    [BILL_TYPE_CHARACTER] = {BILL_TYPE_CHARACTER,
                         BILL_UNIT_CHARACTER, {"character_count", NULL},
                         "character_count",              "character_count * unit_price / price_per",
                         {{"character_count", "unit_price", "unit_price"}},
                         1, "按字符计费",
                         "by character"},
    [BILL_TYPE_COUNT] = {BILL_TYPE_COUNT,
                         BILL_UNIT_IMAGE,     {"image_count", NULL},
                         "image_count",                  "image_count * unit_price / price_per",
                         {{"image_count", "unit_price", "unit_price"}},
                         1, "按次数计费",
                         "by count"    },
    [BILL_TYPE_SECOND] = {BILL_TYPE_SECOND,
                         BILL_UNIT_SECOND,    {"duration_seconds", NULL},
                         "duration_seconds",             "duration_seconds * unit_price / price_per",
                         {{"duration_seconds", "unit_price", "unit_price"}},
                         1, "按时长计费",
                         "by duration" },
};

static const struct {
    bill_usage_type usage_type;
    bill_billing_type billing_type;
} operations[] = {
    [BILL_OP_CHAT] = {BILL_USAGE_TYPE_TEXT,  BILL_TYPE_TOKEN    },
    [BILL_OP_COMPLETION] = {BILL_USAGE_TYPE_TEXT,  BILL_TYPE_TOKEN    },
    [BILL_OP_EMBEDDING] = {BILL_USAGE_TYPE_TEXT,  BILL_TYPE_TOKEN    },
    [BILL_OP_RERANK] = {BILL_USAGE_TYPE_TEXT,  BILL_TYPE_TOKEN    },
    [BILL_OP_TTS] = {BILL_USAGE_TYPE_AUDIO, BILL_TYPE_CHARACTER},
    [BILL_OP_STT] = {BILL_USAGE_TYPE_AUDIO, BILL_TYPE_SECOND   },
    [BILL_OP_IMAGE] = {BILL_USAGE_TYPE_IMAGE, BILL_TYPE_COUNT    },
    [BILL_OP_VIDEO] = {BILL_USAGE_TYPE_VIDEO, BILL_TYPE_SECOND   },
    [BILL_OP_OTHER] = {BILL_USAGE_TYPE_TEXT,  BILL_TYPE_TOKEN    },
};

static const bill_transition transitions[] = {
    {BILL_STATUS_PENDING, BILL_STATUS_BILLED,    BILL_ENTRY_BILL   },
    {BILL_STATUS_PENDING, BILL_STATUS_PAID,      BILL_ENTRY_PAYMENT}, /* prepaid */
    {BILL_STATUS_PENDING, BILL_STATUS_CANCELLED, BILL_ENTRY_CANCEL },
    {BILL_STATUS_BILLED,  BILL_STATUS_PAID,      BILL_ENTRY_PAYMENT},
    {BILL_STATUS_BILLED,  BILL_STATUS_FAILED,    BILL_ENTRY_FAILURE},
    {BILL_STATUS_BILLED,  BILL_STATUS_CANCELLED, BILL_ENTRY_CANCEL },
    {BILL_STATUS_FAILED,  BILL_STATUS_BILLED,    BILL_ENTRY_BILL   }, /* a further try */
    {BILL_STATUS_FAILED,  BILL_STATUS_PAID,      BILL_ENTRY_PAYMENT},
    {BILL_STATUS_FAILED,  BILL_STATUS_CANCELLED, BILL_ENTRY_CANCEL },
    {BILL_STATUS_PAID,    BILL_STATUS_PAID,      BILL_ENTRY_REFUND }, /* a part of the rest */
    {BILL_STATUS_PAID,    BILL_STATUS_REFUNDED,  BILL_ENTRY_REFUND },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const bill_method *bill_methods(size_t *count)
{
    *count = COUNT(methods);
    return methods;
}

const bill_method *bill_method_find(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(methods); i++)
        if (strlen(methods[i].name) == length && memcmp(methods[i].name, name, length) == 0)
            return &methods[i];
    return NULL;
}

const bill_type_info *bill_type_info_of(bill_billing_type type)
{
    return (size_t)type < COUNT(types) ? &types[type] : NULL;
}

bill_billing_type bill_operation_billing(bill_operation operation)
{
    return (size_t)operation < COUNT(operations) ? operations[operation].billing_type : BILL_TYPE_TOKEN;
}

bill_usage_type bill_operation_usage(bill_operation operation)
{
    return (size_t)operation < COUNT(operations) ? operations[operation].usage_type : BILL_USAGE_TYPE_TEXT;
}

const bill_transition *bill_transitions(size_t *count)
{
    *count = COUNT(transitions);
    return transitions;
}

const bill_transition *bill_transition_find(bill_billing_status from, bill_billing_status to)
{
    for (size_t i = 0; i < COUNT(transitions); i++)
        if (transitions[i].from == from && transitions[i].to == to)
            return &transitions[i];
    return NULL;
}
