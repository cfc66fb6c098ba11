/* period.c - closing a month, and the monthly summary as a fold of the journal.
 *
 * The fold of a cycle takes the entries posted in it, up to the mark of its
 * closing. total_cost is charges less cancellations posted in the same month;
 * a cancellation of an earlier month's charge counts as given back, like a
 * refund, because the earlier month's figures never change. */
#include "ledger/ledger.h"

#include "base/failpoint.h"
#include "billing/mapping.h"
#include "billing/memory.h"

#include <string.h>

typedef struct summary_row {
    int64_t user_id;
    int type;
    char currency[4];
    int64_t count;
    bill_amount quantity, cost, paid, refunded;
} summary_row;

typedef struct fold {
    summary_row *rows;
    size_t count, room;
} fold;

static bill_status row_for(summary_row **out, fold *f, int64_t user, int type, const char *currency)
{
    /* entries come by user: the rows of a user are the last ones */
    for (size_t i = f->count; i > 0 && f->rows[i - 1].user_id == user; i--)
        if (f->rows[i - 1].type == type && strcmp(f->rows[i - 1].currency, currency) == 0) {
            *out = &f->rows[i - 1];
            return BILL_OK;
        }
    if (f->count == f->room) {
        size_t room = f->room * 2 + 64;
        summary_row *grown = bill_resize(f->rows, room, sizeof *grown);
        if (!grown)
            return BILL_ENOMEM;
        f->rows = grown;
        f->room = room;
    }
    *out = &f->rows[f->count++];
    memset(*out, 0, sizeof **out);
    (*out)->user_id = user;
    (*out)->type = type;
    return bill_copy((*out)->currency, sizeof(*out)->currency, currency, strlen(currency));
}

static bill_status add(bill_amount *sum, bill_amount more)
{
    return bill_amount_add(sum, *sum, more);
}

static bill_status fold_entry(summary_row *row, int kind, bool same_cycle, bill_amount amount, bill_amount quantity,
                              bill_amount total)
{
    bill_amount given = {-amount.v}, less = {-quantity.v};
    bill_status status;
    switch ((bill_journal_kind)kind) {
    case BILL_ENTRY_CHARGE:
        row->count++;
        status = add(&row->quantity, quantity);
        return status == BILL_OK ? add(&row->cost, amount) : status;
    case BILL_ENTRY_CANCEL:
        if (!same_cycle)
            return add(&row->refunded, given);
        row->count--;
        status = add(&row->quantity, less);
        return status == BILL_OK ? add(&row->cost, amount) : status;
    case BILL_ENTRY_REFUND: return add(&row->refunded, given);
    case BILL_ENTRY_PAYMENT: return add(&row->paid, total);
    case BILL_ENTRY_ADJUST: return add(&row->cost, amount);
    case BILL_ENTRY_BILL:
    case BILL_ENTRY_FAILURE: break;
    }
    return BILL_OK;
}

static bill_status take_entry(void *context, const bill_value *row, size_t count)
{
    int64_t user, same;
    int kind, type;
    bill_amount amount, quantity, total;
    char currency[4];
    summary_row *out;
    (void)count;
    if (bill_value_count(&user, &row[0]) != BILL_OK ||
        bill_value_word(&kind, &row[1], bill_values_journal_kind) != BILL_OK ||
        bill_value_amount(&amount, &row[2]) != BILL_OK ||
        bill_value_text(currency, sizeof currency, &row[3]) != BILL_OK ||
        bill_value_word(&type, &row[4], bill_values_billing_type) != BILL_OK ||
        bill_value_amount(&quantity, &row[5]) != BILL_OK || bill_value_amount(&total, &row[6]) != BILL_OK ||
        bill_value_count(&same, &row[7]) != BILL_OK)
        return BILL_ECORRUPT;
    bill_status status = row_for(&out, context, user, type, currency);
    return status == BILL_OK ? fold_entry(out, kind, same != 0, amount, quantity, total) : status;
}

#define FOLD_FROM(table)                                                                                               \
    "SELECT j.user_id AS who, j.kind, j.amount, j.currency, r.billing_type, r.quantity, "                              \
    "r.total_cost, CASE WHEN c.posting_cycle = j.posting_cycle THEN 1 ELSE 0 END, j.id AS entry "                      \
    "FROM ai_billing_journal j JOIN " table " r ON r.id = j.record_id "                                                \
    "JOIN ai_billing_journal c ON c.record_id = j.record_id AND c.kind = 'charge' "                                    \
    "WHERE j.posting_cycle = ? AND j.id <= ? "

static bill_status fold_cycle(fold *out, bill_ledger *ledger, const char *cycle, int64_t high_water, bill_error *error)
{
    BILL_PARAMS(p);
    for (int i = 0; i < 2; i++) {
        bill_put_str(&p, cycle);
        bill_put_int(&p, high_water);
    }
    return bill_query(
        ledger,
        FOLD_FROM("ai_billing_records") "UNION ALL " FOLD_FROM("ai_billing_records_archive") "ORDER BY who, entry", &p,
        take_entry, out, error);
}

/* ---- the period's row ---- */

typedef struct period {
    int state;
    int64_t high_water;
    bool found;
} period;

static bill_status take_period(void *context, const bill_value *row, size_t count)
{
    period *out = context;
    (void)count;
    out->found = true;
    bill_status status = bill_value_word(&out->state, &row[0], bill_values_period_state);
    return status == BILL_OK ? bill_value_count(&out->high_water, &row[1]) : status;
}

static bill_status read_period(period *out, bill_ledger *ledger, const char *cycle, bill_error *error)
{
    BILL_PARAMS(p);
    memset(out, 0, sizeof *out);
    bill_put_str(&p, cycle);
    return bill_query(ledger, "SELECT state, journal_high_water FROM ai_billing_periods WHERE billing_cycle = ?", &p,
                      take_period, out, error);
}

/* ---- writing and verifying the summary ---- */

static bill_status write_row(bill_ledger *ledger, const char *cycle, const summary_row *row, int64_t high_water,
                             bill_error *error)
{
    BILL_PARAMS(p);
    bill_time now = bill_ledger_now(ledger);
    bill_put_int(&p, row->user_id);
    bill_put_str(&p, cycle);
    bill_put_str(&p, bill_values_billing_type[row->type]);
    bill_put_int(&p, row->count);
    bill_put_money(&p, row->quantity, 6);
    bill_put_money(&p, row->cost, 12);
    bill_put_time(&p, now);
    bill_put_str(&p, row->currency);
    bill_put_money(&p, row->paid, 12);
    bill_put_money(&p, row->refunded, 12);
    bill_put_int(&p, high_water);
    bill_put_time(&p, now);
    return bill_exec(ledger,
                     "INSERT INTO ai_billing_monthly_summary (user_id, billing_cycle, billing_type, total_count, "
                     "total_quantity, total_cost, created_at, currency, paid_cost, refunded_cost, journal_high_water, "
                     "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     &p, error);
}

static bill_status rewrite(bill_ledger *ledger, const char *cycle, int64_t high_water, bill_error *error)
{
    fold f = {0};
    BILL_PARAMS(p);
    bill_put_str(&p, cycle);
    bill_status status = fold_cycle(&f, ledger, cycle, high_water, error);
    if (status == BILL_OK)
        status = bill_exec(ledger, "DELETE FROM ai_billing_monthly_summary WHERE billing_cycle = ?", &p, error);
    for (size_t i = 0; i < f.count && status == BILL_OK; i++)
        status = write_row(ledger, cycle, &f.rows[i], high_water, error);
    bill_free(f.rows);
    return status;
}

static bill_status summarise(bill_ledger *ledger, void *context, bill_error *error)
{
    const char *cycle = context;
    period now;
    bill_status status = read_period(&now, ledger, cycle, error);
    if (status != BILL_OK)
        return status;
    bool closed = now.found && now.state == BILL_PERIOD_CLOSED;
    return rewrite(ledger, cycle, closed ? now.high_water : ledger->head.count, error);
}

bill_status bill_ledger_summarise(bill_ledger *ledger, const char *cycle, bill_error *error)
{
    if (!bill_cycle_valid(cycle, strlen(cycle)))
        return bill_error_set(error, BILL_EINVAL, "a cycle is written YYYY-MM");
    return bill_transact(ledger, summarise, (void *)(uintptr_t)cycle, error);
}

typedef struct verifying {
    fold fold;
    int64_t differences, seen, high_water;
    bool any;
} verifying;

static bill_status compare_row(void *context, const bill_value *row, size_t count)
{
    verifying *v = context;
    summary_row stored = {0};
    (void)count;
    if (bill_value_count(&stored.user_id, &row[0]) != BILL_OK ||
        bill_value_word(&stored.type, &row[1], bill_values_billing_type) != BILL_OK ||
        bill_value_text(stored.currency, sizeof stored.currency, &row[2]) != BILL_OK ||
        bill_value_count(&stored.count, &row[3]) != BILL_OK ||
        bill_value_amount(&stored.quantity, &row[4]) != BILL_OK ||
        bill_value_amount(&stored.cost, &row[5]) != BILL_OK || bill_value_amount(&stored.paid, &row[6]) != BILL_OK ||
        bill_value_amount(&stored.refunded, &row[7]) != BILL_OK)
        return BILL_ECORRUPT;
    v->seen++;
    for (size_t i = 0; i < v->fold.count; i++) {
        const summary_row *f = &v->fold.rows[i];
        if (f->user_id != stored.user_id || f->type != stored.type || strcmp(f->currency, stored.currency) != 0)
            continue;
        if (f->count != stored.count || f->quantity.v != stored.quantity.v || f->cost.v != stored.cost.v ||
            f->paid.v != stored.paid.v || f->refunded.v != stored.refunded.v)
            v->differences++;
        return BILL_OK;
    }
    v->differences++; /* a row the journal knows nothing of */
    return BILL_OK;
}

static bill_status take_mark(void *context, const bill_value *row, size_t count)
{
    verifying *v = context;
    (void)count;
    v->any = row[0].kind != BILL_VALUE_NULL;
    return bill_value_count(&v->high_water, &row[0]);
}

static bill_status verify(bill_ledger *ledger, const char *cycle, verifying *v, bill_error *error)
{
    BILL_PARAMS(p);
    period now;
    bill_put_str(&p, cycle);
    bill_status status = read_period(&now, ledger, cycle, error);
    if (status == BILL_OK)
        status =
            bill_query(ledger, "SELECT MAX(journal_high_water) FROM ai_billing_monthly_summary WHERE billing_cycle = ?",
                       &p, take_mark, v, error);
    if (status != BILL_OK)
        return status;
    if (now.found && now.state == BILL_PERIOD_CLOSED)
        v->high_water = now.high_water;
    else if (!v->any)
        return BILL_OK; /* never summarised */
    status = fold_cycle(&v->fold, ledger, cycle, v->high_water, error);
    if (status == BILL_OK)
        status =
            bill_query(ledger,
                       "SELECT user_id, billing_type, currency, total_count, total_quantity, total_cost, paid_cost, "
                       "refunded_cost FROM ai_billing_monthly_summary WHERE billing_cycle = ? ORDER BY id",
                       &p, compare_row, v, error);
    if (status == BILL_OK && v->seen < (int64_t)v->fold.count)
        v->differences += (int64_t)v->fold.count - v->seen;
    return status;
}

bill_status bill_ledger_summary_verify(int64_t *differences, bill_ledger *ledger, const char *cycle, bill_error *error)
{
    verifying v = {0};
    if (!bill_cycle_valid(cycle, strlen(cycle)))
        return bill_error_set(error, BILL_EINVAL, "a cycle is written YYYY-MM");
    bill_status status = verify(ledger, cycle, &v, error);
    bill_free(v.fold.rows);
    if (status == BILL_OK)
        *differences = v.differences;
    return status;
}

/* ---- closing ---- */

typedef struct closing {
    const char *cycle;
    bool early, closed;
    int64_t ids[100];
    size_t count;
} closing;

static bill_status set_state(bill_ledger *ledger, const char *cycle, bill_period_state state, bill_error *error)
{
    BILL_PARAMS(p);
    bool closed = state == BILL_PERIOD_CLOSED;
    bill_put_str(&p, bill_values_period_state[state]);
    bill_put_time(&p, closed ? bill_ledger_now(ledger) : BILL_TIME_NONE);
    bill_put_count(&p, closed ? ledger->head.count : BILL_COUNT_NONE);
    bill_put_str(&p, cycle);
    ledger->open_cycle[0] = '\0';
    return bill_exec(ledger,
                     "UPDATE ai_billing_periods SET state = ?, closed_at = ?, journal_high_water = ? "
                     "WHERE billing_cycle = ?",
                     &p, error);
}

static bill_status begin_closing(bill_ledger *ledger, void *context, bill_error *error)
{
    closing *in = context;
    char posting[BILL_CYCLE_TEXT];
    bill_time start, end;
    period now;
    bill_status status = bill_cycle_range(&start, &end, ledger->zone, in->cycle);
    if (status == BILL_OK && !in->early && bill_ledger_now(ledger) < end)
        return bill_error_set(error, BILL_ESTATE, "%s has not ended yet", in->cycle);
    if (status == BILL_OK)
        status = bill_posting_cycle(posting, ledger, in->cycle, error); /* makes the row */
    if (status == BILL_OK)
        status = read_period(&now, ledger, in->cycle, error);
    if (status != BILL_OK)
        return status;
    in->closed = now.state == BILL_PERIOD_CLOSED;
    return now.state == BILL_PERIOD_OPEN ? set_state(ledger, in->cycle, BILL_PERIOD_CLOSING, error) : BILL_OK;
}

static bill_status take_id(void *context, const bill_value *row, size_t count)
{
    closing *in = context;
    (void)count;
    return bill_value_count(&in->ids[in->count++], &row[0]);
}

static bill_status find_pending(bill_ledger *ledger, void *context, bill_error *error)
{
    closing *in = context;
    BILL_PARAMS(p);
    in->count = 0;
    bill_put_str(&p, in->cycle);
    bill_put_int(&p, (int64_t)(sizeof in->ids / sizeof in->ids[0]));
    return bill_query(ledger,
                      "SELECT r.id FROM ai_billing_records r JOIN ai_billing_journal j ON j.record_id = r.id "
                      "WHERE j.posting_cycle = ? AND j.kind = 'charge' AND r.billing_status = 'pending' "
                      "ORDER BY r.id LIMIT ?",
                      &p, take_id, in, error);
}

/* Pending bills of the month become billed, a page at a time. */
static bill_status bill_pending(bill_ledger *ledger, closing *in, bill_error *error)
{
    const bill_change change = {BILL_STATUS_BILLED, NULL, NULL, BILL_TIME_NONE};
    bill_change_result results[sizeof in->ids / sizeof in->ids[0]];
    bill_status status;
    do {
        status = bill_transact(ledger, find_pending, in, error);
        if (status == BILL_OK && in->count)
            status = bill_ledger_change_batch(results, ledger, in->ids, in->count, &change, error);
        if (status == BILL_ESTATE)
            status = BILL_OK; /* one was paid meanwhile: look again */
    } while (status == BILL_OK && in->count > 0);
    return status;
}

static bill_status end_closing(bill_ledger *ledger, void *context, bill_error *error)
{
    closing *in = context;
    bill_status status = rewrite(ledger, in->cycle, ledger->head.count, error);
    bill_failpoint("in_close");
    return status == BILL_OK ? set_state(ledger, in->cycle, BILL_PERIOD_CLOSED, error) : status;
}

bill_status bill_ledger_close_cycle(bill_ledger *ledger, const char *cycle, bool early, bill_error *error)
{
    closing in = {.cycle = cycle, .early = early};
    int64_t violations = 0;
    if (!bill_cycle_valid(cycle, strlen(cycle)))
        return bill_error_set(error, BILL_EINVAL, "a cycle is written YYYY-MM");
    if (ledger->in_group)
        return bill_error_set(error, BILL_ESTATE, "a cycle cannot be closed inside a group");
    bill_status status = bill_transact(ledger, begin_closing, &in, error);
    if (status != BILL_OK || in.closed)
        return status;
    bill_failpoint("after_closing");
    if ((status = bill_pending(ledger, &in, error)) == BILL_OK)
        status = bill_ledger_reconcile(&violations, ledger, NULL, NULL, error);
    if (status == BILL_OK && violations)
        status =
            bill_error_set(error, BILL_ECORRUPT, "%lld violations: reconcile before closing", (long long)violations);
    return status == BILL_OK ? bill_transact(ledger, end_closing, &in, error) : status;
}
