/* record.c - the command that records calls: from options, JSON lines, or a
 * provider's response. */
#include "cli/cli.h"

#include "billing/json.h"
#include "billing/mapping.h"
#include "billing/meter.h"
#include "billing/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GROUP 100

static const char *outcome_word(bill_outcome outcome)
{
    static const char *const words[] = {"billed", "unpriced", "review", "not billable"};
    return words[outcome];
}

static void print_recorded(const invocation *in, const bill_usage *usage, const bill_recorded *r)
{
    char cost[BILL_AMOUNT_TEXT_MAX];
    (void)amount_text(cost, r->cost);
    if (in->given[OPT_JSON]) {
        printf("{\"request_id\":\"");
        for (const char *c = usage->request_id; *c; c++) /* printable ASCII: two marks to escape */
            printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
        printf("\",\"outcome\":\"%s\",\"repeated\":%s,\"usage_id\":%lld,\"record_id\":%lld,\"cost\":\"%s\","
               "\"currency\":\"%s\",\"cycle\":\"%s\"}\n",
               outcome_word(r->outcome), r->repeated ? "true" : "false", (long long)r->usage_id,
               (long long)r->record_id, r->outcome == BILL_OUTCOME_BILLED ? cost : "", r->currency, r->cycle);
        return;
    }
    printf("%s: %s%s", usage->request_id, outcome_word(r->outcome), r->repeated ? ", as before" : "");
    if (r->outcome == BILL_OUTCOME_BILLED)
        printf(", bill %lld, %s %s, %s", (long long)r->record_id, cost, r->currency, r->cycle);
    printf("\n");
}

/* ---- from options ---- */

static bool text_option(char *out, size_t size, const invocation *in, option_id id)
{
    const char *value = in->values[id];
    if (!value)
        return true;
    if (strlen(value) >= size)
        return wrong(in, "too long", value) == EXIT_DONE;
    memcpy(out, value, strlen(value) + 1);
    return true;
}

static bool special_options(bill_usage *u, const invocation *in)
{
    const char *word = in->values[OPT_STATUS], *text = in->values[OPT_TEXT];
    if (word) {
        int status = bill_value_find(bill_values_usage_status, word, strlen(word));
        if (status < 0)
            return wrong(in, "no status of a call", word) == EXIT_DONE;
        u->status = (bill_usage_status)status;
    }
    if (text) {
        if (bill_utf8_count(&u->character_count, text, strlen(text), BILL_CHAR_CODE_POINT) != BILL_OK)
            return wrong(in, "--text is no UTF-8", "") == EXIT_DONE;
        u->source = BILL_SOURCE_COUNTED;
    }
    if (in->values[OPT_SECONDS]) {
        if (!amount_of(&u->duration_seconds, in, in->values[OPT_SECONDS], "--seconds"))
            return false;
        u->has_duration = true;
    }
    return !in->values[OPT_AT] || time_of(&u->occurred_at, in, in->values[OPT_AT], "--at");
}

/* The method, or else the measure that is given, tells the kind of call. */
static bool operation_option(bill_operation *out, const invocation *in)
{
    const char *name = in->values[OPT_METHOD];
    *out = in->given[OPT_CHARACTERS] || in->given[OPT_TEXT] ? BILL_OP_TTS
           : in->given[OPT_IMAGES]                          ? BILL_OP_IMAGE
           : in->given[OPT_SECONDS]                         ? BILL_OP_VIDEO
                                                            : BILL_OP_CHAT;
    if (!name)
        return true;
    const bill_method *method = bill_method_find(name, strlen(name));
    if (!method)
        return wrong(in, "no method of the bridge", name) == EXIT_DONE;
    *out = method->operation;
    return true;
}

static bool usage_from_options(bill_usage *u, const invocation *in)
{
    bill_operation operation;
    if (!operation_option(&operation, in))
        return false;
    bill_usage_init(u, operation);
    return text_option(u->request_id, sizeof u->request_id, in, OPT_REQUEST) &&
           text_option(u->model, sizeof u->model, in, OPT_MODEL) &&
           text_option(u->qualifier, sizeof u->qualifier, in, OPT_QUALIFIER) &&
           count_option(&u->user_id, in, OPT_USER) && count_option(&u->input_tokens, in, OPT_INPUT_TOKENS) &&
           count_option(&u->output_tokens, in, OPT_OUTPUT_TOKENS) &&
           count_option(&u->cached_input_tokens, in, OPT_CACHED_TOKENS) &&
           count_option(&u->character_count, in, OPT_CHARACTERS) && count_option(&u->image_count, in, OPT_IMAGES) &&
           special_options(u, in);
}

/* ---- from a provider's answer ---- */

static bill_status feed_stream(bill_usage *u, bill_shape shape, const char *text, size_t length, bill_error *error)
{
    bill_meter *meter;
    bill_status status = bill_meter_new(&meter, shape, u->input_tokens);
    if (status != BILL_OK)
        return status;
    status = bill_meter_feed(meter, text, length, error);
    if (status == BILL_OK)
        status = bill_meter_end(u, meter, NULL, error);
    bill_meter_free(meter);
    return status;
}

/* With --response or --stream the counts are read there; options stay where
 * the answer says nothing. */
static int read_answer(bill_usage *u, invocation *in)
{
    const char *path = in->values[OPT_RESPONSE] ? in->values[OPT_RESPONSE] : in->values[OPT_STREAM];
    const char *provider = in->values[OPT_PROVIDER] ? in->values[OPT_PROVIDER] : "openai";
    int shape = bill_shape_find(provider, strlen(provider));
    size_t length;
    if (!path)
        return EXIT_DONE;
    if (in->given[OPT_RESPONSE] && in->given[OPT_STREAM])
        return wrong(in, "--response or --stream, not both", "");
    char *text = read_input(&length, in, path);
    if (!text)
        return EXIT_USAGE;
    bill_shape read_as = shape < 0 ? BILL_SHAPE_OPENAI : (bill_shape)shape;
    bill_status status = in->given[OPT_RESPONSE] ? bill_meter_response(u, read_as, text, length, NULL, &in->error)
                                                 : feed_stream(u, read_as, text, length, &in->error);
    free(text);
    return status == BILL_OK ? EXIT_DONE : failed(in, status);
}

static int record_one(invocation *in, session *s, const bill_usage *usage)
{
    bill_recorded recorded;
    bill_status status = bill_ledger_record(&recorded, s->ledger, usage, &in->error);
    if (status != BILL_OK)
        return failed(in, status);
    print_recorded(in, usage, &recorded);
    return EXIT_DONE;
}

/* ---- from JSON lines ---- */

#define ATTEMPTS 50

typedef struct group {
    bill_usage usages[GROUP];
    bill_recorded recorded[GROUP];
    bill_status statuses[GROUP];
    bill_error errors[GROUP];
    size_t lines[GROUP];
    size_t count;
} group;

static bool is_refusal(bill_status status)
{
    return status == BILL_EINVAL || status == BILL_ECONFLICT || status == BILL_ERANGE;
}

/* All lines of a group in one transaction; a refused line leaves the others. */
static bill_status try_group(invocation *in, session *s, group *g)
{
    bill_status status = bill_ledger_group_begin(s->ledger, &in->error);
    if (status == BILL_EBUSY)
        return BILL_EIO; /* it has tried long enough by itself: nobody is there */
    for (size_t i = 0; i < g->count && status == BILL_OK; i++) {
        g->statuses[i] = bill_ledger_record(&g->recorded[i], s->ledger, &g->usages[i], &g->errors[i]);
        if (g->statuses[i] != BILL_OK && !is_refusal(g->statuses[i])) {
            status = g->statuses[i];
            in->error = g->errors[i];
        }
    }
    if (status == BILL_OK)
        return bill_ledger_group_end(s->ledger, &in->error);
    bill_ledger_group_abandon(s->ledger);
    return status;
}

/* Answers are printed once they are durable. Where a cluster or a lost
 * connection undid the group it is run again: the keys make that safe. */
static int end_group(invocation *in, session *s, group *g, int *worst)
{
    bill_status status = BILL_EBUSY;
    for (int attempt = 0; attempt < ATTEMPTS && status == BILL_EBUSY; attempt++) {
        struct timespec wait = {0, (1 + attempt) * 2000000L + (long)(getpid() % 7) * 700000L};
        if (attempt)
            (void)nanosleep(&wait, NULL);
        status = try_group(in, s, g);
    }
    if (status != BILL_OK)
        return failed(in, status);
    for (size_t i = 0; i < g->count; i++) {
        if (g->statuses[i] == BILL_OK) {
            print_recorded(in, &g->usages[i], &g->recorded[i]);
            continue;
        }
        fprintf(stderr, "line %zu: ", g->lines[i]);
        in->error = g->errors[i];
        *worst = failed(in, g->statuses[i]);
    }
    g->count = 0;
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED; /* an answer is worth its moment */
}

static bill_status read_line(bill_usage *out, const char *line, size_t length, bill_error *error)
{
    bill_json *json;
    bill_status status = bill_json_parse(&json, line, length, error);
    if (status != BILL_OK)
        return status;
    status = bill_usage_from_json(out, bill_json_root(json), error);
    bill_json_free(json);
    return status;
}

/* A line that is refused is said and left out; the others are recorded. */
static int record_lines(invocation *in, session *s, const char *text, size_t length)
{
    group *g = calloc(1, sizeof *g);
    int code = EXIT_DONE, worst = EXIT_DONE;
    size_t number = 0;
    if (!g)
        return failed(in, BILL_ENOMEM);
    for (size_t at = 0; at < length && code == EXIT_DONE;) {
        const char *line = text + at, *end = memchr(line, '\n', length - at);
        size_t size = end ? (size_t)(end - line) : length - at;
        at += size + (end ? 1 : 0);
        number++;
        if (strspn(line, " \t\r") >= size)
            continue;
        bill_status status = read_line(&g->usages[g->count], line, size, &in->error);
        if (status == BILL_OK) {
            g->lines[g->count++] = number;
        } else {
            fprintf(stderr, "line %zu: ", number);
            worst = failed(in, status);
        }
        if (g->count == GROUP)
            code = end_group(in, s, g, &worst);
    }
    if (code == EXIT_DONE && g->count)
        code = end_group(in, s, g, &worst);
    free(g);
    return code != EXIT_DONE ? code : worst;
}

int run_record(invocation *in)
{
    session s;
    size_t length = 0;
    char *text = NULL;
    bill_usage usage;
    if (in->word_count > 1)
        return wrong(in, "one file at most", in->words[1]);
    if (in->word_count == 1 && !(text = read_input(&length, in, in->words[0])))
        return EXIT_USAGE;
    if (!text && !usage_from_options(&usage, in))
        return EXIT_USAGE;
    int code = text ? EXIT_DONE : read_answer(&usage, in);
    if (code != EXIT_DONE)
        return code;
    code = open_session(&s, in, true);
    if (code == EXIT_DONE)
        code = text ? record_lines(in, &s, text, length) : record_one(in, &s, &usage);
    close_session(&s);
    free(text);
    return code;
}
