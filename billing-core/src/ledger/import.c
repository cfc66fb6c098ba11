/* import.c - price lists from JSON and CSV into price versions.
 *
 * Both forms become rows of named texts; a row gives one version per billing
 * type it has a price for. All rows of a list go in together or not at all. */
#include "ledger/ledger.h"

#include "billing/json.h"
#include "billing/memory.h"

#include <stdio.h>
#include <string.h>

#define FIELDS_MAX 40

typedef struct field {
    const char *name, *text;
    size_t length;
} field;

typedef struct list_row {
    field fields[FIELDS_MAX];
    size_t count, line;
    const bill_json_node *tiers; /* JSON only */
} list_row;

typedef struct import {
    const char *text;
    size_t length;
    bool csv, close_previous;
    bill_time from;
    bill_notice_fn notice;
    void *context;
    bill_import_counts counts;
    char (*seen)[200]; /* "model type currency" of this list */
    size_t seen_count, seen_room;
    const bill_json_node *items;
} import;

static void say(import *in, const list_row *row, const char *model, const char *what)
{
    char text[320];
    if (!in->notice)
        return;
    (void)snprintf(text, sizeof text, "row %zu, %.100s: %.180s", row->line, model, what);
    in->notice(in->context, text);
}

static const field *field_of(const list_row *row, const char *name)
{
    for (size_t i = 0; i < row->count; i++)
        if (strcmp(row->fields[i].name, name) == 0 && row->fields[i].length > 0)
            return &row->fields[i];
    return NULL;
}

static bill_status text_of(char *out, size_t size, const list_row *row, const char *name, const char *fallback)
{
    const field *f = field_of(row, name);
    return f ? bill_copy(out, size, f->text, f->length) : bill_copy(out, size, fallback, strlen(fallback));
}

/* Adds a component if the row has the field. Digits past the twelfth decimal
 * are noise of whoever wrote the list: rounded, and said. */
static bill_status add_part(import *in, const list_row *row, bill_price *price, const char *name,
                            bill_price_dimension dimension, const char *qualifier, bill_amount start)
{
    const field *f = field_of(row, name);
    bill_amount amount;
    if (!f)
        return BILL_OK;
    bill_status status = bill_amount_parse_lenient(&amount, f->text, f->length, BILL_ROUND_EXACT);
    if (status == BILL_EINEXACT) {
        status = bill_amount_parse_lenient(&amount, f->text, f->length, BILL_ROUND_HALF_AWAY);
        say(in, row, name, "rounded to 12 decimals");
    }
    return status == BILL_OK ? bill_price_add(price, dimension, qualifier, start, amount, 1) : status;
}

static const struct {
    const char *name;
    bill_price_dimension dimension;
    const char *qualifier;
} token_fields[] = {
    {"input_per_token",        BILL_DIM_INPUT,        ""     },
    {"output_per_token",       BILL_DIM_OUTPUT,       ""     },
    {"cached_input_per_token", BILL_DIM_CACHED_INPUT, ""     },
    {"cache_write_per_token",  BILL_DIM_CACHE_WRITE,  ""     },
    {"input_per_audio_token",  BILL_DIM_AUDIO_INPUT,  ""     },
    {"output_per_audio_token", BILL_DIM_AUDIO_OUTPUT, ""     },
    {"input_per_image_token",  BILL_DIM_IMAGE_INPUT,  ""     },
    {"output_per_image_token", BILL_DIM_IMAGE_OUTPUT, ""     },
    {"input_per_token_batch",  BILL_DIM_INPUT,        "batch"},
    {"output_per_token_batch", BILL_DIM_OUTPUT,       "batch"},
};

/* "above N input tokens": the tier's first token is N + 1. */
static bill_status add_tiers(import *in, const list_row *row, bill_price *price)
{
    for (const bill_json_node *tier = row->tiers ? row->tiers->child : NULL; tier; tier = tier->next) {
        bill_amount start;
        list_row part = {.line = row->line};
        bill_status status = bill_json_amount(&start, bill_json_get(tier, "above_input_tokens"));
        if (status != BILL_OK)
            return BILL_EINVAL;
        start.v += BILL_ONE;
        for (const bill_json_node *m = tier->child; m && part.count < FIELDS_MAX; m = m->next)
            if (m->text)
                part.fields[part.count++] = (field){m->key, m->text, m->length};
        price->tier_mode = BILL_TIER_VOLUME;
        for (size_t i = 0; i < 4 && status == BILL_OK; i++)
            status = add_part(in, &part, price, token_fields[i].name, token_fields[i].dimension, "", start);
        if (status != BILL_OK)
            return status;
    }
    return BILL_OK;
}

static bill_status seen_before(bool *again, import *in, const char *model, const bill_price *price)
{
    char key[200];
    (void)snprintf(key, sizeof key, "%.150s %d %s", model, (int)price->type, price->currency);
    *again = true;
    for (size_t i = 0; i < in->seen_count; i++)
        if (strcmp(in->seen[i], key) == 0)
            return BILL_OK;
    *again = false;
    if (in->seen_count == in->seen_room) {
        size_t room = in->seen_room * 2 + 128;
        void *grown = bill_resize(in->seen, room, sizeof in->seen[0]);
        if (!grown)
            return BILL_ENOMEM;
        in->seen = grown;
        in->seen_room = room;
    }
    memcpy(in->seen[in->seen_count++], key, sizeof key);
    return BILL_OK;
}

static bill_status store_price(import *in, bill_ledger *ledger, const list_row *row, const char *model,
                               const char *provider, bill_price *price, bill_error *error)
{
    char name[129];
    bool again;
    if (price->component_count == 0)
        return BILL_OK;
    (void)bill_copy(name, sizeof name, model, strlen(model));
    bill_status status = seen_before(&again, in, name, price);
    if (status == BILL_OK && again) {
        int length = snprintf(name, sizeof name, "%s/%s", provider, model);
        if (length < 0 || (size_t)length >= sizeof name)
            return bill_error_set(error, BILL_ERANGE, "row %zu: model name too long", row->line);
        say(in, row, name, "the model name comes again; stored under this one");
        status = seen_before(&again, in, name, price);
        if (status == BILL_OK && again) {
            in->counts.skipped++;
            say(in, row, name, "comes a third time; skipped");
            return BILL_OK;
        }
    }
    int64_t epoch = ledger->price_epoch;
    if (status == BILL_OK)
        status = bill_ledger_price_add(ledger, name, provider, price, in->close_previous, error);
    if (status == BILL_OK)
        *(ledger->price_epoch == epoch ? &in->counts.unchanged : &in->counts.added) += 1;
    return status;
}

static bill_status import_row(import *in, bill_ledger *ledger, const list_row *row, bill_error *error)
{
    static const struct {
        const char *name;
        bill_billing_type type;
        bill_price_dimension dimension;
    } units[] = {
        {"per_character", BILL_TYPE_CHARACTER, BILL_DIM_CHARACTER},
        {"per_image",     BILL_TYPE_COUNT,     BILL_DIM_IMAGE    },
        {"per_second",    BILL_TYPE_SECOND,    BILL_DIM_SECOND   }
    };
    char model[129], provider[65], currency[4];
    bool any = false;
    bill_price price;
    if (text_of(model, sizeof model, row, "model", "") != BILL_OK || !model[0] ||
        text_of(provider, sizeof provider, row, "provider", "") != BILL_OK ||
        text_of(currency, sizeof currency, row, "currency", ledger->currency) != BILL_OK)
        return bill_error_set(error, BILL_EINVAL, "row %zu: model, provider or currency", row->line);
    bill_price_init(&price, BILL_TYPE_TOKEN, currency);
    price.from = in->from;
    bill_status status = BILL_OK;
    for (size_t i = 0; i < sizeof token_fields / sizeof token_fields[0] && status == BILL_OK; i++)
        status = add_part(in, row, &price, token_fields[i].name, token_fields[i].dimension, token_fields[i].qualifier,
                          BILL_AMOUNT_ZERO);
    if (status == BILL_OK && price.component_count)
        status = add_tiers(in, row, &price);
    any = price.component_count > 0;
    if (status == BILL_OK)
        status = store_price(in, ledger, row, model, provider, &price, error);
    for (size_t i = 0; i < 3 && status == BILL_OK; i++) {
        bill_price_init(&price, units[i].type, currency);
        price.from = in->from;
        status = add_part(in, row, &price, units[i].name, units[i].dimension, "", BILL_AMOUNT_ZERO);
        any = any || price.component_count > 0;
        if (status == BILL_OK)
            status = store_price(in, ledger, row, model, provider, &price, error);
    }
    if (status == BILL_OK && !any) {
        in->counts.skipped++;
        say(in, row, model, "has no price this library knows the unit of");
    }
    if (status != BILL_OK && (!error || error->status == BILL_OK))
        return bill_error_set(error, status, "row %zu, %.100s: %s", row->line, model, bill_status_text(status));
    return status;
}

/* ---- JSON ---- */

static bill_status import_json(import *in, bill_ledger *ledger, bill_error *error)
{
    bill_status status = BILL_OK;
    size_t line = 0;
    for (const bill_json_node *item = in->items->child; item && status == BILL_OK; item = item->next) {
        list_row row = {.line = ++line, .tiers = bill_json_get(item, "tiers")};
        if (item->kind != BILL_JSON_OBJECT)
            return bill_error_set(error, BILL_EINVAL, "row %zu is no object", line);
        for (const bill_json_node *m = item->child; m && row.count < FIELDS_MAX; m = m->next)
            if (m->text)
                row.fields[row.count++] = (field){m->key, m->text, m->length};
        status = import_row(in, ledger, &row, error);
    }
    return status;
}

/* ---- CSV (RFC 4180) ---- */

typedef struct csv {
    char *at, *end; /* a copy of the text: fields are unquoted in place */
    size_t line;
} csv;

/* The next field; *last if it ends its row. */
static bill_status csv_field(field *out, csv *in, bool *last)
{
    char *from = in->at, *to = from;
    bool quoted = in->at < in->end && *in->at == '"';
    if (quoted) {
        from = to = ++in->at;
        for (;; in->at++) {
            if (in->at == in->end)
                return BILL_EINVAL;
            if (*in->at == '"' && (in->at + 1 == in->end || in->at[1] != '"'))
                break;
            if (*in->at == '"')
                in->at++;
            *to++ = *in->at;
        }
        in->at++;
    } else {
        while (in->at < in->end && *in->at != ',' && *in->at != '\n' && *in->at != '\r')
            in->at++;
        to = in->at;
    }
    out->text = from;
    out->length = (size_t)(to - from);
    *last = in->at == in->end || *in->at != ',';
    if (!*last) {
        in->at++;
        return BILL_OK;
    }
    if (in->at < in->end && *in->at == '\r')
        in->at++;
    if (in->at < in->end && *in->at != '\n')
        return BILL_EINVAL;
    in->at += in->at < in->end;
    in->line++;
    return BILL_OK;
}

static bill_status csv_row(list_row *out, csv *in)
{
    bool last = false;
    out->count = 0;
    out->line = in->line + 1;
    while (!last) {
        if (out->count == FIELDS_MAX)
            return BILL_ERANGE;
        bill_status status = csv_field(&out->fields[out->count++], in, &last);
        if (status != BILL_OK)
            return status;
    }
    return BILL_OK;
}

static bill_status import_csv(import *in, bill_ledger *ledger, bill_error *error)
{
    static const char bom[] = "\xef\xbb\xbf";
    list_row header = {0}, row = {0};
    char names[FIELDS_MAX][65];
    char *copy = bill_alloc(in->length + 1);
    csv reader = {copy, copy + in->length, 0};
    if (!copy)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    memcpy(copy, in->text, in->length);
    if (in->length >= 3 && memcmp(copy, bom, 3) == 0)
        reader.at += 3;
    bill_status status = csv_row(&header, &reader);
    for (size_t i = 0; i < header.count && status == BILL_OK; i++)
        status = bill_copy(names[i], sizeof names[i], header.fields[i].text, header.fields[i].length);
    while (status == BILL_OK && reader.at < reader.end) {
        if ((status = csv_row(&row, &reader)) != BILL_OK)
            break;
        if (row.count == 1 && row.fields[0].length == 0)
            continue;
        if (row.count != header.count) {
            status = bill_error_set(error, BILL_EINVAL, "line %zu has %zu fields, the header %zu", row.line, row.count,
                                    header.count);
            break;
        }
        for (size_t i = 0; i < row.count; i++)
            row.fields[i].name = names[i];
        status = import_row(in, ledger, &row, error);
    }
    if (status != BILL_OK && (!error || error->status == BILL_OK))
        (void)bill_error_set(error, status, "line %zu: %s", reader.line + 1, bill_status_text(status));
    bill_free(copy);
    return status;
}

bill_status bill_ledger_price_import(bill_import_counts *out, bill_ledger *ledger, const char *text, size_t length,
                                     bool csv_form, bill_time from, bool close_previous, bill_notice_fn notice,
                                     void *context, bill_error *error)
{
import in = {text, length, csv_form, close_previous, from, notice, context, {0 }, NULL, 0, 0, NULL };
    bill_json *json = NULL;
    bill_error first = {0};
    bill_status status = BILL_OK;
    bool own_group = !ledger->in_group;
    if (!csv_form) {
        if ((status = bill_json_parse(&json, text, length, error)) != BILL_OK)
            return status;
        in.items = bill_json_root(json);
        if (in.items->kind != BILL_JSON_ARRAY)
            status = bill_error_set(error, BILL_EINVAL, "a price list is an array");
    }
    if (status == BILL_OK && own_group)
        status = bill_ledger_group_begin(ledger, error);
    if (status == BILL_OK) {
        status = csv_form ? import_csv(&in, ledger, &first) : import_json(&in, ledger, &first);
        if (status != BILL_OK && error)
            *error = first;
        if (own_group && status == BILL_OK)
            status = bill_ledger_group_end(ledger, error);
        else if (own_group)
            bill_ledger_group_abandon(ledger);
    }
    bill_json_free(json);
    bill_free(in.seen);
    if (status == BILL_OK)
        *out = in.counts;
    return status;
}
