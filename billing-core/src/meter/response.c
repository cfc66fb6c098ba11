/* response.c - whole answers: tokens, returned images, durations, jobs. */
#include "billing/meter.h"

#include "base/text.h"
#include "billing/mapping.h"
#include "meter/counts.h"

#include <string.h>

int bill_shape_find(const char *name, size_t length)
{
    static const struct {
        const char *name;
        bill_shape shape;
    } names[] = {
        {"openai",     BILL_SHAPE_OPENAI   },
        {"anthropic",  BILL_SHAPE_ANTHROPIC},
        {"claude",     BILL_SHAPE_ANTHROPIC},
        {"gemini",     BILL_SHAPE_GEMINI   },
        {"google",     BILL_SHAPE_GEMINI   },
        {"vertex",     BILL_SHAPE_GEMINI   },
        {"ark",        BILL_SHAPE_ARK      },
        {"doubao",     BILL_SHAPE_ARK      },
        {"volcengine", BILL_SHAPE_ARK      },
        {"dashscope",  BILL_SHAPE_DASHSCOPE},
        {"qwen",       BILL_SHAPE_DASHSCOPE},
        {"aliyun",     BILL_SHAPE_DASHSCOPE},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i].name) == length && memcmp(names[i].name, name, length) == 0)
            return (int)names[i].shape;
    return -1;
}

bill_status bill_meter_text(bill_usage *usage, const char *text, size_t length, bill_char_unit unit, bill_error *error)
{
    int64_t count;
    if (bill_utf8_count(&count, text, length, unit) != BILL_OK)
        return bill_error_set(error, BILL_EINVAL, "the text is no UTF-8");
    usage->character_count = count;
    usage->source = BILL_SOURCE_COUNTED;
    return BILL_OK;
}

int64_t bill_meter_guess_tokens(const char *text, size_t length)
{
    int64_t ascii = 0, other = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        ascii += byte < 0x80;
        other += byte >= 0xc0; /* first bytes of longer sequences */
    }
    return (ascii + 3) / 4 + other;
}

/* ---- names ---- */

static void copy_name(char *out, size_t size, const bill_json_node *node)
{
    const char *text = bill_json_string(node);
    if (text)
        (void)bill_copy(out, size, text, node->length); /* one too long is left out */
}

static void read_names(bill_usage *usage, const bill_json_node *root)
{
    static const char *const ids[] = {"id", "request_id", "responseId", "message.id", "task_id", "output.task_id"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0] && !usage->provider_request_id[0]; i++)
        copy_name(usage->provider_request_id, sizeof usage->provider_request_id, bill_json_at(root, ids[i]));
    for (const char *c = usage->provider_request_id; *c; c++)
        if (*c < 0x21 || *c > 0x7e) {
            usage->provider_request_id[0] = '\0'; /* only kept for comparing invoices */
            break;
        }
    if (!usage->model[0])
        copy_name(usage->model, sizeof usage->model, bill_json_get(root, "model"));
}

/* ---- images ---- */

static int64_t items(const bill_json_node *list)
{
    int64_t count = 0;
    if (!list || list->kind != BILL_JSON_ARRAY)
        return BILL_COUNT_NONE;
    for (const bill_json_node *item = list->child; item; item = item->next)
        count += item->kind == BILL_JSON_OBJECT && !bill_json_get(item, "error") && !bill_json_get(item, "code");
    return count;
}

/* Pictures among the parts of a Gemini answer. */
static int64_t inline_images(const bill_json_node *root)
{
    const bill_json_node *candidates = bill_json_get(root, "candidates");
    int64_t count = 0;
    for (const bill_json_node *c = candidates ? candidates->child : NULL; c; c = c->next) {
        const bill_json_node *parts = bill_json_at(c, "content.parts");
        for (const bill_json_node *p = parts ? parts->child : NULL; p; p = p->next)
            count += bill_json_get(p, "inlineData") != NULL;
    }
    return candidates ? count : BILL_COUNT_NONE;
}

/* The images that came back, not those that were asked for. */
static void count_images(bill_usage *usage, const bill_json_node *root)
{
    int64_t count = items(bill_json_get(root, "data"));
    if (count == BILL_COUNT_NONE)
        count = items(bill_json_at(root, "output.results"));
    if (count == BILL_COUNT_NONE)
        count = items(bill_json_get(root, "predictions"));
    if (count == BILL_COUNT_NONE)
        count = inline_images(root);
    if (count != BILL_COUNT_NONE) {
        if (usage->image_count == BILL_COUNT_NONE)
            usage->source = BILL_SOURCE_COUNTED;
        usage->image_count = count;
    }
}

/* ---- jobs ---- */

typedef enum job { JOB_NONE, JOB_DONE, JOB_RUNS, JOB_FAILED, JOB_CANCELLED } job;

static job job_state(const bill_json_node *root)
{
    static const struct {
        const char *word;
        job state;
    } words[] = {
        {"completed",   JOB_DONE     },
        {"succeeded",   JOB_DONE     },
        {"SUCCEEDED",   JOB_DONE     },
        {"success",     JOB_DONE     },
        {"queued",      JOB_RUNS     },
        {"in_progress", JOB_RUNS     },
        {"running",     JOB_RUNS     },
        {"PENDING",     JOB_RUNS     },
        {"RUNNING",     JOB_RUNS     },
        {"processing",  JOB_RUNS     },
        {"failed",      JOB_FAILED   },
        {"FAILED",      JOB_FAILED   },
        {"expired",     JOB_FAILED   },
        {"UNKNOWN",     JOB_FAILED   },
        {"cancelled",   JOB_CANCELLED},
        {"CANCELED",    JOB_CANCELLED}
    };
    const char *text = bill_json_string(bill_json_get(root, "status"));
    if (!text)
        text = bill_json_string(bill_json_at(root, "output.task_status"));
    for (size_t i = 0; text && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].word, text) == 0)
            return words[i].state;
    return JOB_NONE;
}

/* ---- the answer ---- */

static bool has_measure(const bill_usage *u)
{
    switch (bill_operation_billing(u->operation)) {
    case BILL_TYPE_CHARACTER: return u->character_count != BILL_COUNT_NONE;
    case BILL_TYPE_COUNT: return u->image_count != BILL_COUNT_NONE;
    case BILL_TYPE_SECOND: return u->has_duration || u->input_tokens != BILL_COUNT_NONE;
    case BILL_TYPE_TOKEN: break;
    }
    return u->input_tokens != BILL_COUNT_NONE || u->output_tokens != BILL_COUNT_NONE;
}

static bill_status read_answer(bill_usage *usage, bill_shape shape, const bill_json_node *root, bill_meter_flags *flags,
                               bill_error *error)
{
    bill_counts counts;
    job state = job_state(root);
    bool failed = state == JOB_FAILED || bill_json_get(root, "error");
    const bill_json_node *problem = bill_json_get(root, "error");
    read_names(usage, root);
    if (state == JOB_RUNS) {
        flags->unfinished = true;
        return bill_error_set(error, BILL_ESTATE, "the job is not finished");
    }
    if (problem && problem->kind == BILL_JSON_NULL)
        failed = state == JOB_FAILED;
    if (failed || state == JOB_CANCELLED) {
        usage->status = failed ? BILL_USAGE_FAILED : BILL_USAGE_CANCELLED;
        copy_name(usage->error_code, sizeof usage->error_code, bill_json_at(root, "error.code"));
        return BILL_OK;
    }
    bill_counts_init(&counts);
    bill_status status = bill_counts_read(&counts, shape, root);
    if (status != BILL_OK)
        return bill_error_set(error, status, "a count of the usage is no whole number");
    status = bill_counts_apply(usage, &counts, shape, &flags->total_mismatch, error);
    if (status != BILL_OK)
        return status;
    if (usage->operation == BILL_OP_IMAGE)
        count_images(usage, root);
    return has_measure(usage) ? BILL_OK : bill_error_set(error, BILL_ENOTFOUND, "the answer holds no usage");
}

bill_status bill_meter_response(bill_usage *usage, bill_shape shape, const char *json, size_t length,
                                bill_meter_flags *flags, bill_error *error)
{
    bill_usage filled = *usage;
    bill_meter_flags found = {false, false};
    bill_json *document;
    bill_status status = bill_json_parse(&document, json, length, error);
    if (status != BILL_OK)
        return status;
    status = read_answer(&filled, shape, bill_json_root(document), &found, error);
    bill_json_free(document);
    if (flags)
        *flags = found;
    if (status == BILL_OK)
        *usage = filled;
    return status;
}
