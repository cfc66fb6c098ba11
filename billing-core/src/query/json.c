/* json.c - bills and statistics as the specification's API prints them.
 *
 * Amounts are written digit by digit, as JSON numbers where the specification
 * has numbers and as text beside them; no real number is ever formed. */
#include "billing/query.h"

#include "base/text.h"
#include "billing/usage.h"

#include <string.h>

typedef struct body {
    bill_text text;
    bool first; /* the next member is the first of its object */
} body;

static void name(body *out, const char *key)
{
    if (!out->first)
        bill_text_put(&out->text, ",", 1);
    out->first = false;
    bill_text_json(&out->text, key);
    bill_text_put(&out->text, ":", 1);
}

static void open_object(body *out, const char *key)
{
    if (key)
        name(out, key);
    bill_text_put(&out->text, "{", 1);
    out->first = true;
}

static void close_object(body *out)
{
    bill_text_put(&out->text, "}", 1);
    out->first = false;
}

static void number(body *out, const char *key, int64_t value)
{
    name(out, key);
    bill_text_int(&out->text, value);
}

static void text(body *out, const char *key, const char *value)
{
    name(out, key);
    bill_text_json(&out->text, value);
}

/* "cost": 0.00125, "costExact": "0.00125" */
static void money(body *out, const char *key, const char *exact_key, bill_amount amount)
{
    char digits[BILL_AMOUNT_TEXT_MAX];
    (void)bill_amount_print(digits, amount);
    name(out, key);
    bill_text_puts(&out->text, digits);
    text(out, exact_key, digits);
}

static void plain_amount(body *out, const char *key, bill_amount amount)
{
    name(out, key);
    bill_text_amount(&out->text, amount);
}

static void type_total(body *out, const char *key, const bill_type_total *total)
{
    open_object(out, key);
    number(out, "count", total->count);
    money(out, "cost", "costExact", total->cost);
    plain_amount(out, "quantity", total->quantity);
    close_object(out);
}

static void by_type(body *out, const char *key, const bill_totals *totals)
{
    open_object(out, key);
    for (int i = 0; i < 4; i++)
        type_total(out, bill_values_billing_type[i], &totals->by_type[i]);
    close_object(out);
}

static void by_status(body *out, const bill_totals *totals)
{
    open_object(out, "byStatus");
    for (int i = 0; i < 6; i++) {
        if (totals->by_status[i].count == 0)
            continue;
        open_object(out, bill_values_billing_status[i]);
        number(out, "count", totals->by_status[i].count);
        money(out, "cost", "costExact", totals->by_status[i].cost);
        close_object(out);
    }
    close_object(out);
}

static void sums(body *out, const bill_totals *totals)
{
    money(out, "totalCost", "totalCostExact", totals->gross);
    money(out, "refundedCost", "refundedCostExact", totals->refunded);
    money(out, "netCost", "netCostExact", totals->net);
    text(out, "currency", totals->currency);
}

static void each_currency(body *out, const bill_statement *s, const char *type_key)
{
    name(out, "currencies");
    bill_text_put(&out->text, "[", 1);
    for (size_t i = 0; i < s->currency_count; i++) {
        if (i)
            bill_text_put(&out->text, ",", 1);
        open_object(out, NULL);
        number(out, "count", s->currencies[i].count);
        sums(out, &s->currencies[i]);
        by_type(out, type_key, &s->currencies[i]);
        close_object(out);
    }
    bill_text_put(&out->text, "]", 1);
    out->first = false;
}

/* The only currency's totals; empty ones in the ledger's currency if nothing
 * was found; NULL if there are several. */
static const bill_totals *single(const bill_statement *s, bill_totals *nothing, const bill_ledger *ledger)
{
    if (s->currency_count == 1)
        return &s->currencies[0];
    memset(nothing, 0, sizeof *nothing);
    (void)bill_copy(nothing->currency, sizeof nothing->currency, bill_ledger_currency(ledger), 3);
    return s->currency_count == 0 ? nothing : NULL;
}

static bill_status flush(body *out, bill_sink sink, void *context)
{
    if (out->text.status != BILL_OK)
        return out->text.status;
    bill_status status = out->text.length ? sink(context, out->text.bytes, out->text.length) : BILL_OK;
    bill_text_clear(&out->text);
    return status;
}

typedef struct listing {
    body *out;
    bill_sink sink;
    void *context;
    bool any;
} listing;

static void optional_count(body *out, const char *key, int64_t count)
{
    if (count != BILL_COUNT_NONE)
        number(out, key, count);
}

static void optional_exact(body *out, const char *key, bill_amount amount)
{
    char digits[BILL_AMOUNT_TEXT_MAX];
    if (bill_amount_is_none(amount))
        return;
    (void)bill_amount_print(digits, amount);
    text(out, key, digits);
}

static void optional_time(body *out, const char *key, bill_time time)
{
    char stamp[BILL_TIME_TEXT];
    if (time == BILL_TIME_NONE)
        return;
    bill_time_print(stamp, time);
    stamp[10] = 'T';
    name(out, key);
    bill_text_put(&out->text, "\"", 1);
    bill_text_put(&out->text, stamp, 23); /* milliseconds, as JavaScript prints */
    bill_text_put(&out->text, "Z\"", 2);
}

static bill_status write_record(void *context, const bill_record *r)
{
    listing *in = context;
    body *out = in->out;
    if (in->any)
        bill_text_put(&out->text, ",", 1);
    in->any = true;
    open_object(out, NULL);
    number(out, "id", r->id);
    number(out, "usageId", r->usage_id);
    text(out, "model", r->model);
    text(out, "billingType", bill_values_billing_type[r->type]);
    plain_amount(out, "quantity", r->quantity);
    text(out, "unit", bill_values_unit[r->unit]);
    optional_count(out, "inputTokens", r->input_tokens);
    optional_count(out, "outputTokens", r->output_tokens);
    optional_count(out, "characterCount", r->character_count);
    optional_count(out, "imageCount", r->image_count);
    optional_exact(out, "durationSeconds", r->duration_seconds);
    optional_exact(out, "inputPrice", r->input_price);
    optional_exact(out, "outputPrice", r->output_price);
    optional_exact(out, "unitPrice", r->unit_price);
    number(out, "pricePer", r->price_per);
    money(out, "totalCost", "totalCostExact", r->total_cost);
    money(out, "refundedAmount", "refundedAmountExact", r->refunded_amount);
    text(out, "currency", r->currency);
    text(out, "billingStatus", bill_values_billing_status[r->status]);
    optional_time(out, "billingTime", r->billing_time);
    optional_time(out, "paymentTime", r->payment_time);
    close_object(out);
    return flush(out, in->sink, in->context);
}

bill_status bill_json_bill(bill_sink sink, void *context, bill_ledger *ledger, int64_t user_id, const char *cycle,
                           int64_t after, int64_t limit, bill_error *error)
{
    body out = {.first = true};
    bill_statement statement;
    bill_filter filter;
    bill_totals nothing;
    int64_t next = 0;
    listing in = {&out, sink, context, false};
    bill_filter_init(&filter);
    filter.user_id = user_id;
    if (!bill_cycle_valid(cycle, strlen(cycle)))
        return bill_error_set(error, BILL_EINVAL, "a cycle is written YYYY-MM");
    (void)bill_copy(filter.cycle, sizeof filter.cycle, cycle, strlen(cycle));
    bill_status status = bill_query_totals(&statement, ledger, &filter, error);
    if (status != BILL_OK)
        return status;
    const bill_totals *one = single(&statement, &nothing, ledger);
    bill_text_puts(&out.text, "{\"success\":true,\"data\":");
    open_object(&out, NULL);
    number(&out, "userId", user_id);
    text(&out, "billingCycle", cycle);
    if (one) {
        sums(&out, one);
        by_type(&out, "breakdown", one);
    }
    each_currency(&out, &statement, "breakdown");
    name(&out, "records");
    bill_text_put(&out.text, "[", 1);
    status = flush(&out, sink, context);
    if (status == BILL_OK)
        status = bill_query_records(&next, ledger, &filter, after, limit, write_record, &in, error);
    bill_text_put(&out.text, "]", 1);
    out.first = false;
    if (next)
        number(&out, "nextAfter", next);
    close_object(&out);
    bill_text_puts(&out.text, "}\n");
    if (status == BILL_OK)
        status = flush(&out, sink, context);
    bill_text_finish(&out.text);
    return status;
}

bill_status bill_json_statistics(bill_sink sink, void *context, bill_ledger *ledger, int64_t user_id, bill_time from,
                                 bill_time to, bill_error *error)
{
    body out = {.first = true};
    bill_statement statement;
    bill_filter filter;
    bill_totals nothing;
    int64_t records = 0;
    bill_filter_init(&filter);
    filter.user_id = user_id;
    filter.from = from;
    filter.to = to;
    bill_status status = bill_query_totals(&statement, ledger, &filter, error);
    if (status != BILL_OK)
        return status;
    for (size_t i = 0; i < statement.currency_count; i++)
        records += statement.currencies[i].count;
    const bill_totals *one = single(&statement, &nothing, ledger);
    bill_text_puts(&out.text, "{\"success\":true,\"data\":");
    open_object(&out, NULL);
    number(&out, "totalRecords", records);
    if (one) {
        sums(&out, one);
        by_type(&out, "byType", one);
        by_status(&out, one);
    }
    each_currency(&out, &statement, "byType");
    close_object(&out);
    bill_text_puts(&out.text, "}\n");
    status = flush(&out, sink, context);
    bill_text_finish(&out.text);
    return status;
}
