/* backfill.c - bills usages that have none, each exactly once.
 *
 * Pages go by id. The look for a bill and the writing of it share a
 * transaction that holds the journal's head, so two runs cannot both find the
 * same usage unbilled; the unique keys stand behind that. */
#include "ledger/ledger.h"

#include "base/failpoint.h"

#include <stdio.h>
#include <string.h>

#define PAGE 50

typedef struct filling {
    bill_time from, to;
    int64_t after;
    bill_stored_usage page[PAGE];
    size_t count;
    bill_backfill_counts counts, added;
} filling;

static bill_status take_usage(void *context, const bill_value *row, size_t count)
{
    filling *in = context;
    (void)count;
    return bill_usage_read(&in->page[in->count++], row);
}

static bill_status read_page(bill_ledger *ledger, filling *in, bill_error *error)
{
    BILL_PARAMS(p);
    in->count = 0;
    bill_put_int(&p, in->after);
    bill_put_time(&p, in->from);
    bill_put_time(&p, in->to);
    bill_put_int(&p, PAGE);
    return bill_query(ledger,
                      "SELECT " BILL_USAGE_COLUMNS " FROM ai_model_usage u WHERE u.id > ? AND u.occurred_at >= ? "
                      "AND u.occurred_at < ? AND u.status IN ('success', 'partial') "
                      "AND NOT EXISTS (SELECT 1 FROM ai_billing_records r WHERE r.usage_id = u.id) "
                      "AND NOT EXISTS (SELECT 1 FROM ai_billing_records_archive a WHERE a.usage_id = u.id) "
                      "ORDER BY u.id LIMIT ?",
                      &p, take_usage, in, error);
}

static bill_status mark_done(bill_ledger *ledger, const bill_stored_usage *usage, const bill_recorded *made,
                             bill_error *error)
{
    BILL_PARAMS(p);
    BILL_PARAMS(cost);
    bill_put_str(&p, usage->usage.request_id);
    bill_put_money(&cost, made->cost, 12);
    bill_put_str(&cost, made->currency);
    bill_put_int(&cost, usage->id);
    bill_status status =
        bill_exec(ledger, "UPDATE ai_billing_outbox SET state = 'done' WHERE request_id = ?", &p, error);
    if (status == BILL_OK)
        status = bill_exec(ledger, "UPDATE ai_model_usage SET cost = ?, currency = ? WHERE id = ?", &cost, error);
    return status;
}

static bill_status keep_waiting(bill_ledger *ledger, const bill_stored_usage *usage, const char *reason,
                                bill_error *error)
{
    BILL_PARAMS(p);
    BILL_PARAMS(fresh);
    bill_time now = bill_ledger_now(ledger);
    bool done;
    bill_put_str(&p, reason);
    bill_put_str(&p, usage->usage.request_id);
    bill_status status = bill_exec(
        ledger, "UPDATE ai_billing_outbox SET attempts = attempts + 1, last_error = ? WHERE request_id = ?", &p, error);
    if (status != BILL_OK || ledger->store->engine->changed(ledger->store) > 0)
        return status;
    bill_put_str(&fresh, usage->usage.request_id);
    bill_put_time(&fresh, now);
    bill_put_str(&fresh, reason);
    bill_put_time(&fresh, now);
    return bill_exec_unless_taken(&done, ledger,
                                  "INSERT INTO ai_billing_outbox (request_id, payload, state, attempts, "
                                  "next_attempt_at, last_error, created_at) VALUES (?, '{}', 'new', 1, ?, ?, ?)",
                                  &fresh, error);
}

static bill_status fill_one(bill_ledger *ledger, filling *in, const bill_stored_usage *usage, bill_error *error)
{
    const bill_price *price;
    bill_costing cost;
    bill_recorded made = {0};
    bill_error why = {0};
    char reason[256] = "unpriced";
    in->added.seen++;
    bill_status status =
        bill_price_for(&price, ledger, usage->usage.model_id, usage->usage.operation, usage->usage.occurred_at, &why);
    if (status == BILL_OK)
        status = bill_price_apply(&cost, price, &usage->usage, &why);
    if (status == BILL_OK) {
        status = bill_write_record(&made, ledger, &usage->usage, usage->id, usage->usage.model_id, usage->payload_hash,
                                   price, &cost, error);
        in->added.billed++;
        return status == BILL_OK ? mark_done(ledger, usage, &made, error) : status;
    }
    if (status == BILL_EUNPRICED) {
        in->added.unpriced++;
    } else if (status == BILL_EINVAL || status == BILL_ERANGE) {
        (void)snprintf(reason, sizeof reason, "review: %.200s", why.text);
        in->added.review++;
    } else {
        if (error)
            *error = why;
        return status;
    }
    return keep_waiting(ledger, usage, reason, error);
}

static bill_status fill_page(bill_ledger *ledger, void *context, bill_error *error)
{
    filling *in = context;
    memset(&in->added, 0, sizeof in->added);
    bill_status status = read_page(ledger, in, error);
    for (size_t i = 0; i < in->count && status == BILL_OK; i++)
        status = fill_one(ledger, in, &in->page[i], error);
    bill_failpoint("in_backfill");
    return status;
}

bill_status bill_ledger_backfill(bill_backfill_counts *out, bill_ledger *ledger, bill_time from, bill_time to,
                                 bill_error *error)
{
    filling in = {.from = from, .to = to};
    bill_status status;
    do {
        if ((status = bill_transact(ledger, fill_page, &in, error)) != BILL_OK)
            return status;
        in.counts.seen += in.added.seen;
        in.counts.billed += in.added.billed;
        in.counts.unpriced += in.added.unpriced;
        in.counts.review += in.added.review;
        if (in.count)
            in.after = in.page[in.count - 1].id;
    } while (in.count > 0);
    *out = in.counts;
    return BILL_OK;
}
