/* archive.c - moves settled bills of closed months aside; loses none.
 *
 * A batch has one cutoff, written down before the first move. Each chunk is
 * one transaction: copy bill and lines, delete what was copied, add to the
 * batch's count and sum. At every instant a bill is in exactly one place, and
 * a run that was cut off goes on where it stopped. At the end the archive is
 * counted and summed again and must agree with the batch. */
#include "ledger/ledger.h"

#include "base/failpoint.h"

#include <string.h>

#define CHUNK 200

typedef struct batch {
    int64_t id, count, moved;
    bill_time cutoff;
    bill_amount total;
    bool found;
    int64_t after, last, chunk_count;
    bill_amount chunk_total;
} batch;

static bill_status take_batch(void *context, const bill_value *row, size_t count)
{
    batch *b = context;
    (void)count;
    b->found = true;
    if (bill_value_count(&b->id, &row[0]) != BILL_OK || bill_value_time(&b->cutoff, &row[1]) != BILL_OK ||
        bill_value_count(&b->count, &row[2]) != BILL_OK)
        return BILL_ECORRUPT;
    return bill_value_amount(&b->total, &row[3]);
}

/* The batch that was cut off, or a new one with the wanted cutoff. */
static bill_status open_batch(bill_ledger *ledger, void *context, bill_error *error)
{
    batch *b = context;
    BILL_PARAMS(p);
    b->found = false;
    bill_status status = bill_query(ledger,
                                    "SELECT id, cutoff, row_count, total_cost FROM ai_billing_archive_batches "
                                    "WHERE state <> 'done' ORDER BY id LIMIT 1",
                                    NULL, take_batch, b, error);
    if (status != BILL_OK || b->found)
        return status;
    b->count = 0;
    b->total = BILL_AMOUNT_ZERO;
    bill_put_time(&p, b->cutoff);
    bill_put_money(&p, BILL_AMOUNT_ZERO, 12);
    bill_put_time(&p, bill_ledger_now(ledger));
    status = bill_exec(ledger,
                       "INSERT INTO ai_billing_archive_batches (cutoff, state, row_count, total_cost, created_at) "
                       "VALUES (?, 'copying', 0, ?, ?)",
                       &p, error);
    if (status == BILL_OK)
        b->id = ledger->store->engine->last_id(ledger->store);
    return status;
}

static bill_status take_candidate(void *context, const bill_value *row, size_t count)
{
    batch *b = context;
    bill_amount cost;
    (void)count;
    if (bill_value_count(&b->last, &row[0]) != BILL_OK || bill_value_amount(&cost, &row[1]) != BILL_OK)
        return BILL_ECORRUPT;
    b->chunk_count++;
    return bill_amount_add(&b->chunk_total, b->chunk_total, cost);
}

#define MOVABLE                                                                                                        \
    "r.created_at < ? AND r.billing_status IN ('paid', 'refunded', 'cancelled') AND EXISTS "                           \
    "(SELECT 1 FROM ai_billing_periods p WHERE p.billing_cycle = r.billing_cycle AND p.state = 'closed')"
#define COPIED                                                                                                         \
    "id, user_id, model_id, usage_id, billing_type, quantity, unit, input_tokens, output_tokens, "                     \
    "duration_seconds, image_count, character_count, input_price, output_price, unit_price, "                          \
    "total_cost, currency, billing_status, billing_time, payment_time, billing_cycle, "                                \
    "created_at, idempotency_key, price_version_id, price_per, refunded_amount, refunded_at, "                         \
    "model_name, status_version, updated_at"
#define LINE "id, record_id, line_no, dimension, quantity, unit, price, price_per, cost"

static bill_status find_chunk(bill_ledger *ledger, batch *b, bill_error *error)
{
    BILL_PARAMS(p);
    b->chunk_count = 0;
    b->chunk_total = BILL_AMOUNT_ZERO;
    bill_put_int(&p, b->after);
    bill_put_time(&p, b->cutoff);
    bill_put_int(&p, CHUNK);
    return bill_query(ledger,
                      "SELECT r.id, r.total_cost FROM ai_billing_records r WHERE r.id > ? AND " MOVABLE
                      " ORDER BY r.id LIMIT ?",
                      &p, take_candidate, b, error);
}

static bill_status copy_chunk(bill_ledger *ledger, const batch *b, bill_error *error)
{
    BILL_PARAMS(p);
    bill_put_time(&p, bill_ledger_now(ledger));
    bill_put_int(&p, b->id);
    bill_put_int(&p, b->after);
    bill_put_int(&p, b->last);
    bill_put_time(&p, b->cutoff);
    return bill_exec(ledger,
                     "INSERT INTO ai_billing_records_archive (archived_at, archive_batch_id, " COPIED ") "
                     "SELECT ?, ?, " COPIED " FROM ai_billing_records r WHERE r.id > ? AND r.id <= ? AND " MOVABLE,
                     &p, error);
}

/* The statements that follow a copy, all on the range and what is archived. */
static bill_status move_rest(bill_ledger *ledger, const batch *b, bill_error *error)
{
    static const char *const steps[] = {
        "INSERT INTO ai_billing_record_lines_archive (" LINE ") SELECT " LINE " FROM ai_billing_record_lines "
        "WHERE record_id > ? AND record_id <= ? AND record_id IN "
        "(SELECT a.id FROM ai_billing_records_archive a WHERE a.id > ? AND a.id <= ?)",
        "DELETE FROM ai_billing_record_lines WHERE record_id > ? AND record_id <= ? AND record_id IN "
        "(SELECT a.id FROM ai_billing_records_archive a WHERE a.id > ? AND a.id <= ?)",
        "DELETE FROM ai_billing_records WHERE id > ? AND id <= ? AND id IN "
        "(SELECT a.id FROM ai_billing_records_archive a WHERE a.id > ? AND a.id <= ?)",
    };
    BILL_PARAMS(p);
    for (int i = 0; i < 2; i++) {
        bill_put_int(&p, b->after);
        bill_put_int(&p, b->last);
    }
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        bill_status status = bill_exec(ledger, steps[i], &p, error);
        if (status != BILL_OK)
            return status;
        bill_failpoint("in_archive");
    }
    return BILL_OK;
}

static bill_status count_chunk(bill_ledger *ledger, const batch *b, bill_error *error)
{
    BILL_PARAMS(p);
    bill_amount total;
    if (bill_amount_add(&total, b->total, b->chunk_total) != BILL_OK || !bill_amount_fits(total, 32, 12))
        return bill_error_set(error, BILL_ERANGE, "the batch's sum does not fit");
    bill_put_int(&p, b->count + b->chunk_count);
    bill_put_money(&p, total, 12);
    bill_put_int(&p, b->id);
    return bill_exec(ledger, "UPDATE ai_billing_archive_batches SET row_count = ?, total_cost = ? WHERE id = ?", &p,
                     error);
}

static bill_status move_chunk(bill_ledger *ledger, void *context, bill_error *error)
{
    batch *b = context;
    bill_status status = find_chunk(ledger, b, error);
    if (status != BILL_OK || b->chunk_count == 0)
        return status;
    if ((status = copy_chunk(ledger, b, error)) != BILL_OK)
        return status;
    if (ledger->store->engine->changed(ledger->store) != b->chunk_count)
        return bill_error_set(error, BILL_ECORRUPT, "copied another number of bills than were found");
    bill_failpoint("after_copy");
    if ((status = move_rest(ledger, b, error)) != BILL_OK)
        return status;
    if (ledger->store->engine->changed(ledger->store) != b->chunk_count)
        return bill_error_set(error, BILL_ECORRUPT, "deleted another number of bills than were copied");
    return count_chunk(ledger, b, error);
}

static bill_status take_archived(void *context, const bill_value *row, size_t count)
{
    batch *b = context;
    bill_amount cost;
    (void)count;
    if (bill_value_amount(&cost, &row[0]) != BILL_OK)
        return BILL_ECORRUPT;
    b->chunk_count++;
    return bill_amount_add(&b->chunk_total, b->chunk_total, cost);
}

static bill_status verify_batch(bill_ledger *ledger, void *context, bill_error *error)
{
    batch *b = context;
    BILL_PARAMS(p);
    b->chunk_count = 0;
    b->chunk_total = BILL_AMOUNT_ZERO;
    bill_put_int(&p, b->id);
    bill_status status =
        bill_query(ledger, "SELECT total_cost FROM ai_billing_records_archive WHERE archive_batch_id = ?", &p,
                   take_archived, b, error);
    if (status != BILL_OK)
        return status;
    if (b->chunk_count != b->count || bill_amount_cmp(b->chunk_total, b->total) != 0)
        return bill_error_set(error, BILL_ECORRUPT, "archive batch %lld does not hold what was moved",
                              (long long)b->id);
    return bill_exec(ledger, "UPDATE ai_billing_archive_batches SET state = 'done' WHERE id = ?", &p, error);
}

static bill_status run_batch(batch *b, bill_ledger *ledger, bill_error *error)
{
    bill_status status = bill_transact(ledger, open_batch, b, error);
    while (status == BILL_OK) {
        if ((status = bill_transact(ledger, move_chunk, b, error)) != BILL_OK || b->chunk_count == 0)
            break;
        b->count += b->chunk_count;
        b->total.v += b->chunk_total.v; /* checked in count_chunk */
        b->moved += b->chunk_count;
        b->after = b->last;
    }
    return status == BILL_OK ? bill_transact(ledger, verify_batch, b, error) : status;
}

bill_status bill_ledger_archive(int64_t *moved, bill_ledger *ledger, bill_time cutoff, bill_error *error)
{
    batch first = {.cutoff = cutoff}, second = {.cutoff = cutoff};
    if (ledger->in_group)
        return bill_error_set(error, BILL_ESTATE, "archiving cannot be part of a group");
    bill_status status = run_batch(&first, ledger, error);
    if (status == BILL_OK && first.found && first.cutoff != cutoff)
        status = run_batch(&second, ledger, error); /* first only finished an older run */
    if (status == BILL_OK)
        *moved = first.moved + second.moved;
    return status;
}
