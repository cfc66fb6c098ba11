/* stream.c - server-sent events, in whatever pieces they arrive.
 *
 * Lines are gathered into events; each event's JSON is read at once and let
 * go, so memory is one event. Usage objects replace each other: providers send
 * running totals, and adding them up would bill a call many times. */
#include "billing/meter.h"

#include "base/text.h"
#include "billing/memory.h"
#include "meter/counts.h"

#include <string.h>

#define EVENT_MAX (16u << 20)

struct bill_meter {
    bill_shape shape;
    int64_t prompt_guess;
    bill_text line, event;
    bool after_return; /* the last byte was CR: a LF that follows is part of it */
    bill_counts counts;
    bool finished, failed, output_is_final;
    int64_t guessed_ascii, guessed_other; /* of the text that was delivered */
    char id[129], model[129], error_code[65];
};

bill_status bill_meter_new(bill_meter **out, bill_shape shape, int64_t prompt_tokens_guess)
{
    bill_meter *meter = bill_alloc(sizeof *meter);
    if (!meter)
        return BILL_ENOMEM;
    meter->shape = shape;
    meter->prompt_guess = prompt_tokens_guess;
    bill_counts_init(&meter->counts);
    *out = meter;
    return BILL_OK;
}

void bill_meter_free(bill_meter *meter)
{
    if (!meter)
        return;
    bill_text_finish(&meter->line);
    bill_text_finish(&meter->event);
    bill_free(meter);
}

/* ---- what an event says ---- */

static void remember(char *out, size_t size, const bill_json_node *node)
{
    const char *text = bill_json_string(node);
    if (text && !out[0])
        (void)bill_copy(out, size, text, node->length);
}

static void heard(bill_meter *meter, const bill_json_node *node)
{
    const char *text = bill_json_string(node);
    for (size_t i = 0; text && i < node->length; i++) {
        unsigned char byte = (unsigned char)text[i];
        meter->guessed_ascii += byte < 0x80;
        meter->guessed_other += byte >= 0xc0;
    }
}

static bool stated(const bill_json_node *node)
{
    return bill_json_string(node) != NULL;
}

static void openai_event(bill_meter *meter, const bill_json_node *root)
{
    const bill_json_node *choices = bill_json_get(root, "choices");
    const char *type = bill_json_string(bill_json_get(root, "type"));
    for (const bill_json_node *c = choices ? choices->child : NULL; c; c = c->next) {
        heard(meter, bill_json_at(c, "delta.content"));
        heard(meter, bill_json_at(c, "delta.reasoning_content"));
        heard(meter, bill_json_get(c, "text"));
        meter->finished = meter->finished || stated(bill_json_get(c, "finish_reason"));
    }
    if (type && strcmp(type, "response.output_text.delta") == 0)
        heard(meter, bill_json_get(root, "delta"));
    meter->finished = meter->finished || (type && strcmp(type, "response.completed") == 0);
}

static void anthropic_event(bill_meter *meter, const bill_json_node *root)
{
    const char *type = bill_json_string(bill_json_get(root, "type"));
    heard(meter, bill_json_at(root, "delta.text"));
    heard(meter, bill_json_at(root, "delta.thinking"));
    heard(meter, bill_json_at(root, "delta.partial_json"));
    if (!type)
        return;
    meter->finished = meter->finished || strcmp(type, "message_stop") == 0;
    /* the first event's output count is only where counting starts */
    meter->output_is_final = meter->output_is_final || strcmp(type, "message_delta") == 0;
}

static void gemini_event(bill_meter *meter, const bill_json_node *root)
{
    const bill_json_node *candidates = bill_json_get(root, "candidates");
    for (const bill_json_node *c = candidates ? candidates->child : NULL; c; c = c->next) {
        const bill_json_node *parts = bill_json_at(c, "content.parts");
        for (const bill_json_node *p = parts ? parts->child : NULL; p; p = p->next)
            heard(meter, bill_json_get(p, "text"));
        meter->finished = meter->finished || stated(bill_json_get(c, "finishReason"));
    }
}

static void dashscope_event(bill_meter *meter, const bill_json_node *root)
{
    const bill_json_node *choices = bill_json_at(root, "output.choices");
    const char *reason = bill_json_string(bill_json_at(root, "output.finish_reason"));
    for (const bill_json_node *c = choices ? choices->child : NULL; c; c = c->next)
        if (stated(bill_json_get(c, "finish_reason")))
            reason = bill_json_get(c, "finish_reason")->text;
    meter->finished = meter->finished || (reason && strcmp(reason, "null") != 0);
}

static bill_status read_event(bill_meter *meter, const bill_json_node *root, bill_error *error)
{
    static void (*const readers[])(bill_meter *, const bill_json_node *) = {
        [BILL_SHAPE_OPENAI] = openai_event,       [BILL_SHAPE_ANTHROPIC] = anthropic_event,
        [BILL_SHAPE_GEMINI] = gemini_event,       [BILL_SHAPE_ARK] = openai_event,
        [BILL_SHAPE_DASHSCOPE] = dashscope_event,
    };
    /* the responses API wraps its answer: {"type":"response.completed","response":{"usage":...}} */
    const bill_json_node *response = bill_json_get(root, "response");
    const bill_json_node *problem = bill_json_get(root, "error");
    if (bill_counts_read(&meter->counts, meter->shape, root) != BILL_OK ||
        (response && bill_counts_read(&meter->counts, meter->shape, response) != BILL_OK))
        return bill_error_set(error, BILL_EINVAL, "a count of the stream is no whole number");
    remember(meter->id, sizeof meter->id, bill_json_get(root, "id"));
    remember(meter->id, sizeof meter->id, bill_json_at(root, "message.id"));
    remember(meter->id, sizeof meter->id, bill_json_get(root, "request_id"));
    remember(meter->id, sizeof meter->id, bill_json_get(response, "id"));
    remember(meter->model, sizeof meter->model, bill_json_get(root, "model"));
    remember(meter->model, sizeof meter->model, bill_json_at(root, "message.model"));
    if (problem && problem->kind != BILL_JSON_NULL) {
        meter->failed = true;
        remember(meter->error_code, sizeof meter->error_code, bill_json_get(problem, "code"));
        remember(meter->error_code, sizeof meter->error_code, bill_json_get(problem, "type"));
    }
    readers[meter->shape](meter, root);
    return BILL_OK;
}

/* ---- lines and events ---- */

static bill_status end_event(bill_meter *meter, bill_error *error)
{
    bill_json *json;
    bill_error why = {0};
    bill_status status = BILL_OK;
    if (meter->event.length == 0)
        return BILL_OK;
    if (meter->event.length == 6 && memcmp(meter->event.bytes, "[DONE]", 6) == 0) {
        meter->finished = true;
    } else if ((status = bill_json_parse(&json, meter->event.bytes, meter->event.length, &why)) == BILL_OK) {
        status = read_event(meter, bill_json_root(json), error);
        bill_json_free(json);
    } else if (status == BILL_EINVAL || status == BILL_ERANGE) {
        status = BILL_OK; /* keep-alives and notes are not JSON; they say nothing of usage */
    }
    bill_text_clear(&meter->event);
    return status;
}

static bill_status end_line(bill_meter *meter, bill_error *error)
{
    const char *line = meter->line.bytes;
    size_t length = meter->line.length;
    bill_status status = BILL_OK;
    if (length == 0)
        return end_event(meter, error);
    if (length >= 5 && memcmp(line, "data:", 5) == 0) {
        size_t skip = length > 5 && line[5] == ' ' ? 6 : 5;
        if (meter->event.length)
            bill_text_put(&meter->event, "\n", 1);
        bill_text_put(&meter->event, line + skip, length - skip);
        status = meter->event.status;
    }
    bill_text_clear(&meter->line);
    if (status == BILL_OK && meter->event.length > EVENT_MAX)
        status = BILL_ERANGE;
    return status == BILL_OK ? status : bill_error_set(error, status, "an event of the stream is too large");
}

bill_status bill_meter_feed(bill_meter *meter, const char *bytes, size_t length, bill_error *error)
{
    bill_status status = BILL_OK;
    for (size_t i = 0; i < length && status == BILL_OK;) {
        size_t end = i;
        if (meter->after_return && bytes[i] == '\n') {
            meter->after_return = false;
            i++;
            continue;
        }
        meter->after_return = false;
        while (end < length && bytes[end] != '\n' && bytes[end] != '\r')
            end++;
        bill_text_put(&meter->line, bytes + i, end - i);
        if (meter->line.status != BILL_OK || meter->line.length > EVENT_MAX)
            return bill_error_set(error, meter->line.status != BILL_OK ? meter->line.status : BILL_ERANGE,
                                  "a line of the stream is too large");
        if (end < length) {
            meter->after_return = bytes[end] == '\r';
            status = end_line(meter, error);
            end++;
        }
        i = end;
    }
    return status;
}

/* ---- the end ---- */

/* Fills in what the provider never said; true if anything was guessed. */
static bool guess(bill_counts *c, const bill_meter *meter)
{
    int64_t output = (meter->guessed_ascii + 3) / 4 + meter->guessed_other;
    bool guessed = false;
    bool open = meter->shape == BILL_SHAPE_ANTHROPIC && !meter->output_is_final;
    if (c->output == BILL_COUNT_NONE || (open && output > c->output)) {
        c->output = output;
        guessed = true;
    }
    if (c->input == BILL_COUNT_NONE && meter->prompt_guess != BILL_COUNT_NONE) {
        c->input = meter->prompt_guess;
        guessed = true;
    }
    return guessed;
}

bill_status bill_meter_end(bill_usage *usage, bill_meter *meter, bill_meter_flags *flags, bill_error *error)
{
    bill_usage filled = *usage;
    bill_meter_flags found = {false, false};
    /* the last line and event may lack their ends; the connection may be cut */
    bill_status status = meter->line.length ? end_line(meter, error) : BILL_OK;
    if (status == BILL_OK)
        status = end_event(meter, error);
    if (status != BILL_OK)
        return status;
    bool delivered = meter->guessed_ascii + meter->guessed_other > 0 || meter->counts.any;
    bill_counts counts = meter->counts;
    if (delivered && guess(&counts, meter))
        filled.source = BILL_SOURCE_ESTIMATED;
    if (delivered)
        status = bill_counts_apply(&filled, &counts, meter->shape, &found.total_mismatch, error);
    filled.status = meter->failed && !delivered         ? BILL_USAGE_FAILED
                    : meter->failed || !meter->finished ? BILL_USAGE_PARTIAL
                                                        : BILL_USAGE_SUCCESS;
    if (!delivered && !meter->failed)
        filled.status = meter->finished ? BILL_USAGE_SUCCESS : BILL_USAGE_CANCELLED;
    if (!filled.provider_request_id[0])
        memcpy(filled.provider_request_id, meter->id, sizeof meter->id);
    if (!filled.model[0])
        memcpy(filled.model, meter->model, sizeof meter->model);
    memcpy(filled.error_code, meter->error_code, sizeof meter->error_code);
    if (flags)
        *flags = found;
    if (status == BILL_OK)
        *usage = filled;
    return status;
}
