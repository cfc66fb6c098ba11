/* change.c - guarded changes of status, in batches, and refunds. */
#include "ledger/ledger.h"

#include "base/failpoint.h"
#include "billing/mapping.h"

#include <stdio.h>
#include <string.h>

#define REFERENCE_MAX 100

/* ---- the bill to change ---- */

typedef struct found_record {
    bill_record record;
    bool found;
} found_record;

static bill_status take_record(void *context, const bill_value *row, size_t count)
{
    found_record *out = context;
    (void)count;
    out->found = true;
    return bill_record_read(&out->record, row);
}

static bill_status find_record(bill_record *out, bill_ledger *ledger, int64_t id, bill_error *error)
{
    found_record live = {.found = false}, old = {.found = false};
    BILL_PARAMS(p);
    bill_put_int(&p, id);
    bill_status status = bill_query(ledger, "SELECT " BILL_RECORD_COLUMNS " FROM ai_billing_records WHERE id = ?", &p,
                                    take_record, &live, error);
    if (status == BILL_OK && !live.found)
        status = bill_query(ledger, "SELECT " BILL_RECORD_COLUMNS " FROM ai_billing_records_archive WHERE id = ?", &p,
                            take_record, &old, error);
    if (status == BILL_OK && !live.found && !old.found)
        return bill_error_set(error, BILL_ENOTFOUND, "no bill %lld", (long long)id);
    *out = live.found ? live.record : old.record;
    out->archived = !live.found;
    return status;
}

/* Writes the new state; the version is the guard against a change between. */
static bill_status update_record(bill_ledger *ledger, const bill_record *old, const bill_record *new, bill_error *error)
{
    static const char live[] = "UPDATE ai_billing_records SET billing_status = ?, payment_time = ?, "
                               "refunded_amount = ?, refunded_at = ?, status_version = ?, updated_at = ? "
                               "WHERE id = ? AND status_version = ?";
    static const char archived[] = "UPDATE ai_billing_records_archive SET billing_status = ?, payment_time = ?, "
                                   "refunded_amount = ?, refunded_at = ?, status_version = ?, updated_at = ? "
                                   "WHERE id = ? AND status_version = ?";
    BILL_PARAMS(p);
    bill_put_str(&p, bill_values_billing_status[new->status]);
    bill_put_time(&p, new->payment_time);
    bill_put_money(&p, new->refunded_amount, 12);
    bill_put_time(&p, new->refunded_at);
    bill_put_int(&p, old->status_version + 1);
    bill_put_time(&p, bill_ledger_now(ledger));
    bill_put_int(&p, old->id);
    bill_put_int(&p, old->status_version);
    bill_status status = bill_exec(ledger, old->archived ? archived : live, &p, error);
    if (status == BILL_OK && ledger->store->engine->changed(ledger->store) != 1)
        return bill_error_set(error, BILL_EBUSY, "bill %lld was changed by another writer", (long long)old->id);
    bill_failpoint("after_record_update");
    return status;
}

static bool good_reference(const char *reference)
{
    size_t length = strlen(reference);
    if (length == 0 || length > REFERENCE_MAX)
        return false;
    for (const char *c = reference; *c; c++)
        if (*c < 0x21 || *c > 0x7e)
            return false;
    return true;
}

static bill_status check_words(const char *reference, const char *reason, bill_error *error)
{
    if (reference && !good_reference(reference))
        return bill_error_set(error, BILL_EINVAL, "a reference has 1 to %d printable ASCII characters", REFERENCE_MAX);
    if (reason && strlen(reason) > 255)
        return bill_error_set(error, BILL_EINVAL, "a reason has at most 255 bytes");
    return BILL_OK;
}

static void hash_words(char out[BILL_HASH_TEXT], int64_t id, const char *what, const char *more)
{
    char number[24];
    bill_sha256 hash;
    bill_sha256_init(&hash);
    (void)snprintf(number, sizeof number, "%lld", (long long)id);
    bill_sha256_add(&hash, number, strlen(number) + 1);
    bill_sha256_add(&hash, what, strlen(what) + 1);
    bill_sha256_add(&hash, more, strlen(more) + 1);
    bill_sha256_hex(out, &hash);
}

/* ---- changes of status ---- */

static const char *const event_prefix[] = {
    [BILL_ENTRY_CHARGE] = "charge", [BILL_ENTRY_BILL] = "bill",     [BILL_ENTRY_PAYMENT] = "pay",
    [BILL_ENTRY_FAILURE] = "fail",  [BILL_ENTRY_REFUND] = "refund", [BILL_ENTRY_CANCEL] = "cancel",
    [BILL_ENTRY_ADJUST] = "adjust"};

/* A payment covers many bills with one reference, so the id is in the key. */
static void change_key(char out[BILL_KEY_TEXT], const bill_record *record, const bill_change *change,
                       bill_journal_kind event)
{
    if (change->reference)
        (void)snprintf(out, BILL_KEY_TEXT, "%s:%s:%lld", event_prefix[event], change->reference, (long long)record->id);
    else
        (void)snprintf(out, BILL_KEY_TEXT, "%s:#%lld:%lld", event_prefix[event], (long long)record->id,
                       (long long)record->status_version + 1);
}

/* The event that leads to a status, whatever it is now. */
static bill_journal_kind event_to(bill_billing_status to)
{
    switch (to) {
    case BILL_STATUS_BILLED: return BILL_ENTRY_BILL;
    case BILL_STATUS_PAID: return BILL_ENTRY_PAYMENT;
    case BILL_STATUS_FAILED: return BILL_ENTRY_FAILURE;
    case BILL_STATUS_CANCELLED: return BILL_ENTRY_CANCEL;
    case BILL_STATUS_REFUNDED: return BILL_ENTRY_REFUND;
    case BILL_STATUS_PENDING: break;
    }
    return BILL_ENTRY_CHARGE;
}

/* Was this very change made before? BILL_ENOTFOUND: no. */
static bill_status made_before(bill_ledger *ledger, const char *key, const char *payload, bill_error *error)
{
    char known[BILL_HASH_TEXT];
    bill_status status = bill_journal_find(known, ledger, key, error);
    if (status == BILL_OK && strcmp(known, payload) != 0)
        return bill_error_set(error, BILL_ECONFLICT, "'%.100s' is recorded with another content", key);
    return status;
}

static bill_status change_record(bill_ledger *ledger, int64_t id, const bill_change *change, bill_error *error)
{
    bill_record old, new;
    bill_journal_kind event = event_to(change->to);
    bill_entry entry = {.from = -1};
    bill_status status = find_record(&old, ledger, id, error);
    if (status != BILL_OK)
        return status;
    change_key(entry.key, &old, change, event);
    hash_words(entry.payload_hash, id, event_prefix[event], change->reference ? change->reference : "");
    if (change->reference && (status = made_before(ledger, entry.key, entry.payload_hash, error)) != BILL_ENOTFOUND)
        return status;
    const bill_transition *step = bill_transition_find(old.status, change->to);
    if (!step || step->event == BILL_ENTRY_REFUND)
        return bill_error_set(error, BILL_ESTATE, "bill %lld: %s cannot become %s", (long long)id,
                              bill_values_billing_status[old.status], bill_values_billing_status[change->to]);
    new = old;
    new.status = change->to;
    bill_time at = change->at == BILL_TIME_NONE ? bill_ledger_now(ledger) : change->at;
    if (step->event == BILL_ENTRY_PAYMENT)
        new.payment_time = at;
    if ((status = update_record(ledger, &old, &new, error)) != BILL_OK)
        return status;
    entry.record_id = id;
    entry.user_id = old.user_id;
    entry.kind = step->event;
    entry.from = (int)old.status;
    entry.to = new.status;
    entry.currency = old.currency;
    entry.record_cycle = old.cycle;
    entry.reason = change->reason;
    entry.occurred_at = at;
    if (step->event == BILL_ENTRY_CANCEL)
        entry.amount.v = -old.total_cost.v;
    return bill_journal_append(ledger, &entry, error);
}

typedef struct changing {
    const int64_t *ids;
    size_t count;
    const bill_change *change;
    bill_change_result *results;
} changing;

/* Can this one be changed? Nothing is written: a batch asks for all first. */
static bill_status may_change(bill_ledger *ledger, int64_t id, const bill_change *change, bill_error *error)
{
    bill_record record;
    bill_entry entry = {.from = -1};
    bill_journal_kind event = event_to(change->to);
    bill_status status = find_record(&record, ledger, id, error);
    if (status != BILL_OK)
        return status;
    change_key(entry.key, &record, change, event);
    hash_words(entry.payload_hash, id, event_prefix[event], change->reference ? change->reference : "");
    if (change->reference && (status = made_before(ledger, entry.key, entry.payload_hash, error)) != BILL_ENOTFOUND)
        return status;
    const bill_transition *step = bill_transition_find(record.status, change->to);
    if (!step || step->event == BILL_ENTRY_REFUND)
        return bill_error_set(error, BILL_ESTATE, "bill %lld: %s cannot become %s", (long long)id,
                              bill_values_billing_status[record.status], bill_values_billing_status[change->to]);
    return BILL_OK;
}

static bool is_refusal(bill_status status)
{
    return status == BILL_ESTATE || status == BILL_ENOTFOUND || status == BILL_ECONFLICT || status == BILL_EINVAL;
}

static bill_status ask_all(bill_ledger *ledger, const changing *in, bill_error *error)
{
    bill_status first = BILL_OK;
    for (size_t i = 0; i < in->count; i++) {
        bill_error why = {0};
        bill_status status = may_change(ledger, in->ids[i], in->change, &why);
        for (size_t j = 0; j < i && status == BILL_OK && !in->change->reference; j++)
            if (in->ids[j] == in->ids[i]) /* the second time it would not be allowed */
                status = bill_error_set(&why, BILL_ESTATE, "bill %lld is named twice", (long long)in->ids[i]);
        if (status != BILL_OK && !is_refusal(status)) {
            if (error)
                *error = why;
            return status;
        }
        in->results[i] = (bill_change_result){in->ids[i], status};
        if (first == BILL_OK && status != BILL_OK) {
            first = status;
            if (error)
                *error = why;
        }
    }
    return first;
}

static bill_status change_all(bill_ledger *ledger, void *context, bill_error *error)
{
    const changing *in = context;
    bill_status status = in->results ? ask_all(ledger, in, error) : BILL_OK;
    for (size_t i = 0; i < in->count && status == BILL_OK; i++)
        status = change_record(ledger, in->ids[i], in->change, error);
    return status;
}

bill_status bill_ledger_change(bill_ledger *ledger, int64_t record_id, const bill_change *change, bill_error *error)
{
    changing in = {&record_id, 1, change, NULL};
    bill_status status = check_words(change->reference, change->reason, error);
    return status == BILL_OK ? bill_transact(ledger, change_all, &in, error) : status;
}

bill_status bill_ledger_change_batch(bill_change_result *results, bill_ledger *ledger, const int64_t *record_ids,
                                     size_t count, const bill_change *change, bill_error *error)
{
    changing in = {record_ids, count, change, results};
    bill_status status = check_words(change->reference, change->reason, error);
    return status == BILL_OK ? bill_transact(ledger, change_all, &in, error) : status;
}

/* ---- refunds ---- */

typedef struct refunding {
    int64_t record_id;
    const bill_amount *amount;
    const char *reference, *reason;
    bill_amount refunded;
} refunding;

typedef struct refund_row {
    bill_amount amount;
    bool found;
} refund_row;

static bill_status take_amount(void *context, const bill_value *row, size_t count)
{
    refund_row *out = context;
    (void)count;
    out->found = true;
    return bill_value_amount(&out->amount, &row[0]);
}

/* The amount of a refund that was made before. */
static bill_status earlier_refund(bill_amount *out, bill_ledger *ledger, const char *key, bill_error *error)
{
    refund_row row = {.found = false};
    BILL_PARAMS(p);
    bill_put_str(&p, key);
    bill_status status =
        bill_query(ledger, "SELECT amount FROM ai_billing_journal WHERE entry_key = ?", &p, take_amount, &row, error);
    if (status == BILL_OK)
        out->v = -row.amount.v;
    return status;
}

static bill_status refund_one(bill_ledger *ledger, void *context, bill_error *error)
{
    refunding *in = context;
    bill_record old, new;
    bill_entry entry = {.kind = BILL_ENTRY_REFUND, .from = -1};
    char amount[BILL_AMOUNT_TEXT_MAX] = "all";
    if (in->amount)
        (void)bill_amount_print(amount, *in->amount);
    (void)snprintf(entry.key, sizeof entry.key, "refund:%s", in->reference);
    hash_words(entry.payload_hash, in->record_id, "refund", amount);
    bill_status status = made_before(ledger, entry.key, entry.payload_hash, error);
    if (status == BILL_OK)
        return earlier_refund(&in->refunded, ledger, entry.key, error);
    if (status != BILL_ENOTFOUND || (status = find_record(&old, ledger, in->record_id, error)) != BILL_OK)
        return status;
    if (old.status != BILL_STATUS_PAID)
        return bill_error_set(error, BILL_ESTATE, "bill %lld is %s: only what was paid can be refunded",
                              (long long)old.id, bill_values_billing_status[old.status]);
    bill_amount left = {old.total_cost.v - old.refunded_amount.v};
    bill_amount give = in->amount ? *in->amount : left;
    if (give.v <= 0 || bill_amount_cmp(give, left) > 0)
        return bill_error_set(error, BILL_ERANGE, "bill %lld: a refund must be above 0 and within what is left",
                              (long long)old.id);
    new = old;
    new.refunded_amount.v += give.v;
    new.refunded_at = bill_ledger_now(ledger);
    new.status = bill_amount_cmp(give, left) == 0 ? BILL_STATUS_REFUNDED : BILL_STATUS_PAID;
    if ((status = update_record(ledger, &old, &new, error)) != BILL_OK)
        return status;
    entry.record_id = old.id;
    entry.user_id = old.user_id;
    entry.from = (int)old.status;
    entry.to = new.status;
    entry.amount.v = -give.v;
    entry.currency = old.currency;
    entry.record_cycle = old.cycle;
    entry.reason = in->reason;
    entry.occurred_at = new.refunded_at;
    in->refunded = give;
    return bill_journal_append(ledger, &entry, error);
}

bill_status bill_ledger_refund(bill_amount *refunded, bill_ledger *ledger, int64_t record_id, const bill_amount *amount,
                               const char *reference, const char *reason, bill_error *error)
{
    refunding in = {record_id, amount, reference, reason, BILL_AMOUNT_ZERO};
    if (!reference)
        return bill_error_set(error, BILL_EINVAL, "a refund needs a reference");
    bill_status status = check_words(reference, reason, error);
    if (status == BILL_OK)
        status = bill_transact(ledger, refund_one, &in, error);
    if (status == BILL_OK && refunded)
        *refunded = in.refunded;
    return status;
}
