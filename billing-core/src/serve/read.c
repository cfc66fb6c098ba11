/* read.c - handlers that only read: bills, exports, statistics, prices, health. */
#include "serve/server.h"

#include <stdlib.h>
#include <string.h>

#define DAYS_MAX 366 /* of one statistics request */

static bool cycle_parameter(char out[BILL_CYCLE_TEXT], exchange *x, bill_ledger *ledger)
{
    const char *text = bill_query_value(x, "cycle");
    if (!text)
        return bill_cycle_of(out, bill_ledger_zone(ledger), bill_ledger_now(ledger)) == BILL_OK;
    if (!bill_cycle_valid(text, strlen(text))) {
        (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", "cycle", "a cycle YYYY-MM is wanted");
        return false;
    }
    memcpy(out, text, BILL_CYCLE_TEXT);
    return true;
}

/* What a query wrote becomes the reply, or its status the refusal. */
static bill_status end_query(exchange *x, bill_status status, const bill_error *error)
{
    if (status == BILL_OK)
        return bill_reply_end(x, MHD_HTTP_OK);
    return bill_refuse_status(x, status, "", error);
}

bill_status bill_handle_bill(exchange *x, bill_ledger *ledger)
{
    char cycle[BILL_CYCLE_TEXT];
    int64_t limit = 100, after = 0;
    bill_error error = {0};
    if (!bill_query_number(&limit, x, "limit", 1, 1000) || !bill_query_number(&after, x, "after", 0, INT64_MAX) ||
        !cycle_parameter(cycle, x, ledger))
        return BILL_EINVAL;
    FILE *out = bill_reply_begin(x);
    bill_status status =
        out ? bill_json_bill(bill_to_reply, out, ledger, x->id, cycle, after, limit, &error) : BILL_ENOMEM;
    return end_query(x, status, &error);
}

bill_status bill_handle_statistics(exchange *x, bill_ledger *ledger)
{
    const bill_zone *zone = bill_ledger_zone(ledger);
    bill_time from, to, first_end, last;
    int64_t user = 0;
    bill_error error = {0};
    if (!bill_query_day(&from, &first_end, x, "startDate", zone) || !bill_query_day(&last, &to, x, "endDate", zone) ||
        !bill_query_number(&user, x, "userId", 1, INT64_MAX))
        return BILL_EINVAL;
    if (last < from)
        return bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", "endDate", "the end is before the start");
    /* a day of slack, since a year's days need not have 24 hours each */
    if ((to - from) / (24 * 3600 * BILL_SECOND) > DAYS_MAX)
        return bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", "endDate", "%d days at most", DAYS_MAX);
    FILE *out = bill_reply_begin(x);
    bill_status status = out ? bill_json_statistics(bill_to_reply, out, ledger, user, from, to, &error) : BILL_ENOMEM;
    return end_query(x, status, &error);
}

/* ---- export ---- */

bill_status bill_export_piece(exchange *x, bill_ledger *ledger)
{
    export *e = &x->export;
    bill_error error = {0};
    int64_t next = 0;
    free(e->piece);
    e->piece = NULL;
    e->length = e->given = 0;
    FILE *out = open_memstream(&e->piece, &e->length);
    bill_status status = out ? bill_export_csv_page(&next, bill_to_reply, out, ledger, &e->filter, &e->options,
                                                    e->after, EXPORT_RECORDS, &error)
                             : BILL_ENOMEM;
    if (out && fclose(out) != 0 && status == BILL_OK)
        status = BILL_ENOMEM;
    if (status == BILL_OK) {
        e->after = next;
        return BILL_OK;
    }
    e->failed = true;
    /* of the first piece the caller can still be told */
    return bill_refuse_status(x, status, "", &error);
}

static bool language_parameter(bill_language *out, exchange *x)
{
    const char *text = bill_query_value(x, "lang");
    if (text && strcmp(text, "zh") != 0 && strcmp(text, "en") != 0) {
        (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", "lang", "zh or en is wanted");
        return false;
    }
    *out = text && text[0] == 'e' ? BILL_EN : BILL_ZH;
    return true;
}

bill_status bill_handle_export(exchange *x, bill_ledger *ledger)
{
    export *e = &x->export;
    const char *format = bill_query_value(x, "format");
    if (format && strcmp(format, "csv") != 0)
        return bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", "format", "csv is wanted");
    bill_filter_init(&e->filter);
    e->filter.user_id = x->id;
    if (!cycle_parameter(e->filter.cycle, x, ledger) || !bill_query_flag(&e->options.prices, x, "prices") ||
        !bill_query_flag(&e->options.bom, x, "bom") || !language_parameter(&e->options.language, x))
        return BILL_EINVAL;
    (void)snprintf(e->filename, sizeof e->filename, "bill_%lld_%s.csv", (long long)x->id, e->filter.cycle);
    bill_status status = bill_export_piece(x, ledger);
    e->active = status == BILL_OK;
    if (e->active)
        x->status = MHD_HTTP_OK;
    return status;
}

/* ---- prices ---- */

typedef struct price_list {
    FILE *out;
    bool any;
} price_list;

static void put_time(FILE *out, const char *name, bill_time time)
{
    char text[BILL_TIME_TEXT];
    if (time == BILL_TIME_NONE) {
        fprintf(out, ",\"%s\":null", name);
        return;
    }
    bill_time_print(text, time);
    fprintf(out, ",\"%s\":\"%.10sT%.12sZ\"", name, text, text + 11);
}

static void put_component(FILE *out, const bill_price_component *c)
{
    char start[BILL_AMOUNT_TEXT_MAX];
    (void)bill_amount_print(start, c->tier_start);
    fprintf(out, "{\"dimension\":\"%s\",\"qualifier\":", bill_values_price_dimension[c->dimension]);
    bill_put_json(out, c->qualifier);
    fprintf(out, ",\"tierStart\":%s,", start);
    bill_put_amount(out, "price", c->price);
    fprintf(out, ",\"per\":%lld}", (long long)c->per);
}

static bill_status put_price(void *context, const char *model, const bill_price *price)
{
    price_list *list = context;
    FILE *out = list->out;
    fprintf(out, "%s{\"model\":", list->any ? "," : "");
    list->any = true;
    bill_put_json(out, model);
    fprintf(out,
            ",\"modelId\":%lld,\"priceVersionId\":%lld,\"billingType\":\"%s\",\"tierMode\":\"%s\",\"currency\":\"%s\"",
            (long long)price->model_id, (long long)price->id, bill_values_billing_type[price->type],
            bill_values_tier_mode[price->tier_mode], price->currency);
    put_time(out, "effectiveFrom", price->from);
    put_time(out, "effectiveTo", price->to);
    fprintf(out, ",\"components\":[");
    for (size_t i = 0; i < price->component_count; i++) {
        (void)fputs(i ? "," : "", out);
        put_component(out, &price->components[i]);
    }
    fprintf(out, "]}");
    return ferror(out) ? BILL_ENOMEM : BILL_OK;
}

bill_status bill_handle_prices(exchange *x, bill_ledger *ledger)
{
    bill_error error = {0};
    price_list list = {bill_reply_begin(x), false};
    bill_status status = list.out ? BILL_OK : BILL_ENOMEM;
    if (status == BILL_OK) {
        fprintf(list.out, "{\"success\":true,\"data\":{\"prices\":[");
        status = bill_ledger_prices(ledger, bill_query_value(x, "model"), put_price, &list, &error);
        fprintf(list.out, "]}}\n");
    }
    return end_query(x, status, &error);
}

/* ---- health ---- */

/* Asks the store something: a server that cannot reach it is not well. */
bill_status bill_handle_health(exchange *x, bill_ledger *ledger)
{
    int version = 0;
    bill_error error = {0};
    bill_status status = bill_store_version(&version, bill_ledger_store(ledger), &error);
    FILE *out = status == BILL_OK ? bill_reply_begin(x) : NULL;
    if (out)
        fprintf(out, "{\"success\":true,\"data\":{\"status\":\"ok\",\"schemaVersion\":%d}}\n", version);
    return end_query(x, status == BILL_OK && !out ? BILL_ENOMEM : status, &error);
}
