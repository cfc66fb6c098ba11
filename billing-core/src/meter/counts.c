/* counts.c - the usage objects of five API shapes, as tables of paths. */
#include "meter/counts.h"

#include "base/text.h"

#include <string.h>

typedef enum count_id {
    INPUT,
    OUTPUT,
    TOTAL,
    CACHED,
    WRITTEN,
    REASONING,
    AUDIO_INPUT,
    AUDIO_OUTPUT,
    IMAGE_INPUT,
    IMAGE_OUTPUT,
    CHARACTERS,
    IMAGES
} count_id;

typedef struct path {
    count_id id;
    const char *text;
} path;

/* OpenAI's two spellings (chat and responses), and those who copy it: the
 * cache of DeepSeek, the images of Ark. */
static const path openai[] = {
    {INPUT,        "usage.prompt_tokens"                             },
    {INPUT,        "usage.input_tokens"                              },
    {OUTPUT,       "usage.completion_tokens"                         },
    {OUTPUT,       "usage.output_tokens"                             },
    {TOTAL,        "usage.total_tokens"                              },
    {CACHED,       "usage.prompt_cache_hit_tokens"                   },
    {CACHED,       "usage.prompt_tokens_details.cached_tokens"       },
    {CACHED,       "usage.input_tokens_details.cached_tokens"        },
    {AUDIO_INPUT,  "usage.prompt_tokens_details.audio_tokens"        },
    {AUDIO_INPUT,  "usage.input_token_details.audio_tokens"          },
    {IMAGE_INPUT,  "usage.input_tokens_details.image_tokens"         },
    {AUDIO_OUTPUT, "usage.completion_tokens_details.audio_tokens"    },
    {REASONING,    "usage.completion_tokens_details.reasoning_tokens"},
    {REASONING,    "usage.output_tokens_details.reasoning_tokens"    },
    {IMAGES,       "usage.generated_images"                          },
};

static const path anthropic[] = {
    {INPUT,   "message.usage.input_tokens"               },
    {CACHED,  "message.usage.cache_read_input_tokens"    },
    {WRITTEN, "message.usage.cache_creation_input_tokens"},
    {OUTPUT,  "message.usage.output_tokens"              },
    {INPUT,   "usage.input_tokens"                       },
    {CACHED,  "usage.cache_read_input_tokens"            },
    {WRITTEN, "usage.cache_creation_input_tokens"        },
    {OUTPUT,  "usage.output_tokens"                      },
};

static const path gemini[] = {
    {INPUT,     "usageMetadata.promptTokenCount"       },
    {OUTPUT,    "usageMetadata.candidatesTokenCount"   },
    {TOTAL,     "usageMetadata.totalTokenCount"        },
    {CACHED,    "usageMetadata.cachedContentTokenCount"},
    {REASONING, "usageMetadata.thoughtsTokenCount"     },
};

static const path dashscope[] = {
    {INPUT,      "usage.input_tokens"                          },
    {OUTPUT,     "usage.output_tokens"                         },
    {TOTAL,      "usage.total_tokens"                          },
    {CACHED,     "usage.prompt_tokens_details.cached_tokens"   },
    {REASONING,  "usage.output_tokens_details.reasoning_tokens"},
    {CHARACTERS, "usage.characters"                            },
    {IMAGES,     "usage.image_count"                           },
};

static const char *const second_paths[] = {"usage.seconds", "usage.video_duration", "usage.duration",  "duration",
                                           "seconds",       "output.duration",      "content.duration"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    const path *paths;
    size_t count;
} shapes[] = {
    [BILL_SHAPE_OPENAI] = {openai,    COUNT(openai)   },
      [BILL_SHAPE_ANTHROPIC] = {anthropic, COUNT(anthropic)},
    [BILL_SHAPE_GEMINI] = {gemini,    COUNT(gemini)   },
      [BILL_SHAPE_ARK] = {openai,    COUNT(openai)   },
    [BILL_SHAPE_DASHSCOPE] = {dashscope, COUNT(dashscope)},
};

static int64_t *field(bill_counts *c, count_id id)
{
    int64_t *const fields[] = {&c->input,       &c->output,       &c->total,       &c->cached,
                               &c->written,     &c->reasoning,    &c->audio_input, &c->audio_output,
                               &c->image_input, &c->image_output, &c->characters,  &c->images};
    return fields[id];
}

void bill_counts_init(bill_counts *counts)
{
    memset(counts, 0, sizeof *counts);
    for (int id = INPUT; id <= IMAGES; id++)
        *field(counts, (count_id)id) = BILL_COUNT_NONE;
}

/* Gemini lists modalities: [{"modality":"AUDIO","tokenCount":12}]. */
static bill_status read_modalities(int64_t *audio, int64_t *image, const bill_json_node *list)
{
    for (const bill_json_node *item = list ? list->child : NULL; item; item = item->next) {
        const char *name = bill_json_string(bill_json_get(item, "modality"));
        int64_t *out = !name ? NULL : strcmp(name, "AUDIO") == 0 ? audio : strcmp(name, "IMAGE") == 0 ? image : NULL;
        if (out && bill_json_int(out, bill_json_get(item, "tokenCount")) == BILL_EINVAL)
            return BILL_EINVAL;
    }
    return BILL_OK;
}

static bill_status read_seconds(bill_counts *c, const bill_json_node *root)
{
    for (size_t i = 0; i < COUNT(second_paths); i++) {
        bill_amount seconds;
        bill_status status = bill_json_amount(&seconds, bill_json_at(root, second_paths[i]));
        if (status == BILL_EINEXACT) /* more digits than a bill keeps */
            status = bill_amount_parse_lenient(&seconds, bill_json_at(root, second_paths[i])->text,
                                               bill_json_at(root, second_paths[i])->length, BILL_ROUND_HALF_AWAY);
        if (status == BILL_ENOTFOUND || (status == BILL_EINVAL && strchr(second_paths[i], '.') == NULL))
            continue;
        if (status == BILL_OK)
            status = bill_amount_round(&c->seconds, seconds, 6, BILL_ROUND_HALF_AWAY);
        c->has_seconds = status == BILL_OK;
        return status;
    }
    return BILL_OK;
}

bill_status bill_counts_read(bill_counts *counts, bill_shape shape, const bill_json_node *root)
{
    bill_counts c = *counts;
    for (size_t i = 0; i < shapes[shape].count; i++) {
        const path *p = &shapes[shape].paths[i];
        bill_status status = bill_json_int(field(&c, p->id), bill_json_at(root, p->text));
        if (status != BILL_OK && status != BILL_ENOTFOUND)
            return status;
        c.any = c.any || status == BILL_OK;
    }
    bill_status status = BILL_OK;
    if (shape == BILL_SHAPE_GEMINI)
        status =
            read_modalities(&c.audio_input, &c.image_input, bill_json_at(root, "usageMetadata.promptTokensDetails"));
    if (status == BILL_OK && shape == BILL_SHAPE_GEMINI)
        status = read_modalities(&c.audio_output, &c.image_output,
                                 bill_json_at(root, "usageMetadata.candidatesTokensDetails"));
    if (status == BILL_OK)
        status = read_seconds(&c, root);
    if (status == BILL_OK)
        *counts = c;
    return status;
}

static int64_t known(int64_t count)
{
    return count == BILL_COUNT_NONE ? 0 : count;
}

/* *whole += part, if the part is known. */
static bill_status include(int64_t *whole, int64_t part)
{
    int64_t sum;
    if (part == BILL_COUNT_NONE)
        return BILL_OK;
    if (__builtin_add_overflow(known(*whole), part, &sum))
        return BILL_ERANGE;
    *whole = sum;
    return BILL_OK;
}

/* Does the stated total count reasoning beside the output? xAI and Vertex do. */
static bool reasoning_is_beside(const bill_counts *c)
{
    int64_t without, with;
    if (c->reasoning == BILL_COUNT_NONE || c->reasoning == 0 || c->total == BILL_COUNT_NONE)
        return false;
    if (__builtin_add_overflow(known(c->input), known(c->output), &without) ||
        __builtin_add_overflow(without, c->reasoning, &with))
        return false;
    return c->total == with || c->reasoning > known(c->output);
}

bill_status bill_counts_apply(bill_usage *usage, const bill_counts *counts, bill_shape shape, bool *mismatch,
                              bill_error *error)
{
    bill_counts c = *counts;
    bill_status status = BILL_OK;
    if (shape == BILL_SHAPE_ANTHROPIC) { /* its input is only what is neither read from nor written to the cache */
        status = include(&c.input, c.cached);
        if (status == BILL_OK)
            status = include(&c.input, c.written);
    }
    if (status == BILL_OK && (shape == BILL_SHAPE_GEMINI || reasoning_is_beside(&c)))
        status = include(&c.output, c.reasoning);
    if (status != BILL_OK)
        return bill_error_set(error, status, "token counts are too large to add up");
    usage->input_tokens = c.input;
    usage->output_tokens = c.output;
    usage->cached_input_tokens = c.cached;
    usage->cache_write_tokens = c.written;
    usage->reasoning_tokens = c.reasoning;
    usage->audio_input_tokens = c.audio_input;
    usage->audio_output_tokens = c.audio_output;
    usage->image_input_tokens = c.image_input;
    usage->image_output_tokens = c.image_output;
    if (c.characters != BILL_COUNT_NONE)
        usage->character_count = c.characters;
    if (c.images != BILL_COUNT_NONE)
        usage->image_count = c.images;
    if (c.has_seconds) {
        usage->duration_seconds = c.seconds;
        usage->has_duration = true;
    }
    int64_t sum;
    *mismatch =
        c.total != BILL_COUNT_NONE && (__builtin_add_overflow(known(c.input), known(c.output), &sum) || sum != c.total);
    return BILL_OK;
}
