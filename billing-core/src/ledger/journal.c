/* journal.c - appending to the hash chain; where an entry is posted.
 *
 * Entry n is numbered n: the head row, which every writer locks, holds the
 * count and the last hash, so a missing or reordered entry shows. */
#include "ledger/ledger.h"

#include "base/failpoint.h"
#include "billing/mapping.h"

#include <stdio.h>
#include <string.h>

void bill_entry_hash(char out[BILL_HASH_TEXT], const bill_entry_row *row)
{
    bill_sha256 hash;
    char bytes[2048];
    size_t used = 0;
    bill_sha256_init(&hash);
    for (size_t i = 0; i < sizeof row->fields / sizeof row->fields[0]; i++) {
        /* a length before each field: no two rows give the same bytes */
        uint32_t length = (uint32_t)row->lengths[i];
        if (used + 4 + length > sizeof bytes) {
            bill_sha256_add(&hash, bytes, used);
            used = 0;
        }
        for (int byte = 0; byte < 4; byte++)
            bytes[used++] = (char)(length >> (8 * byte));
        if (length > sizeof bytes - used) {
            bill_sha256_add(&hash, bytes, used);
            bill_sha256_add(&hash, row->fields[i], length);
            used = 0;
        } else if (length) {
            memcpy(bytes + used, row->fields[i], length);
            used += length;
        }
    }
    bill_sha256_add(&hash, bytes, used);
    bill_sha256_hex(out, &hash);
}

typedef struct period {
    int state;
    bool found;
} period;

static bill_status take_period(void *context, const bill_value *row, size_t count)
{
    period *out = context;
    (void)count;
    out->found = true;
    return bill_value_word(&out->state, &row[0], bill_values_period_state);
}

/* Makes sure the cycle has its row, and tells whether it takes entries. */
static bill_status cycle_open(bool *open, bill_ledger *ledger, const char *cycle, bill_error *error)
{
    BILL_PARAMS(p);
    period found = {0};
    bill_time start, end;
    bool done;
    bill_put_str(&p, cycle);
    bill_status status = bill_query(ledger, "SELECT state FROM ai_billing_periods WHERE billing_cycle = ?", &p,
                                    take_period, &found, error);
    if (status != BILL_OK)
        return status;
    *open = !found.found || found.state == BILL_PERIOD_OPEN;
    if (found.found)
        return BILL_OK;
    if ((status = bill_cycle_range(&start, &end, ledger->zone, cycle)) != BILL_OK)
        return status;
    bill_put_str(&p, bill_zone_name(ledger->zone));
    bill_put_time(&p, start);
    bill_put_time(&p, end);
    return bill_exec_unless_taken(&done, ledger,
                                  "INSERT INTO ai_billing_periods (billing_cycle, time_zone, start_utc, end_utc, "
                                  "state) VALUES (?, ?, ?, ?, 'open')",
                                  &p, error);
}

bill_status bill_posting_cycle(char out[BILL_CYCLE_TEXT], bill_ledger *ledger, const char *cycle, bill_error *error)
{
    char at[BILL_CYCLE_TEXT];
    bill_status status = bill_copy(at, sizeof at, cycle, strlen(cycle));
    if (strcmp(ledger->open_cycle, cycle) == 0) {
        memcpy(out, cycle, BILL_CYCLE_TEXT);
        return BILL_OK;
    }
    while (status == BILL_OK) {
        bool open = false;
        if ((status = cycle_open(&open, ledger, at, error)) != BILL_OK)
            break;
        if (open) {
            if (strcmp(at, cycle) == 0)
                memcpy(ledger->open_cycle, at, sizeof at);
            memcpy(out, at, sizeof at);
            return BILL_OK;
        }
        char next[BILL_CYCLE_TEXT];
        if ((status = bill_cycle_next(next, at)) == BILL_OK)
            memcpy(at, next, sizeof at);
    }
    return bill_error_set(error, status, "no open cycle after %s", cycle);
}

bill_status bill_journal_append(bill_ledger *ledger, const bill_entry *entry, bill_error *error)
{
    char posting[BILL_CYCLE_TEXT], hash[BILL_HASH_TEXT];
    char numbers[2][24], amount[BILL_AMOUNT_TEXT_MAX], times[2][BILL_TIME_TEXT];
    BILL_PARAMS(p);
    bill_entry_row row;
    bill_status status = bill_posting_cycle(posting, ledger, entry->record_cycle, error);
    if (status != BILL_OK)
        return status;
    (void)snprintf(numbers[0], sizeof numbers[0], "%lld", (long long)entry->record_id);
    (void)snprintf(numbers[1], sizeof numbers[1], "%lld", (long long)entry->user_id);
    (void)bill_amount_print_scale(amount, entry->amount, BILL_SCALE, BILL_ROUND_EXACT);
    bill_time_print(times[0], entry->occurred_at);
    bill_time_print(times[1], bill_ledger_now(ledger));
    const char *fields[15] = {entry->key,
                              numbers[0],
                              numbers[1],
                              bill_values_journal_kind[entry->kind],
                              entry->from < 0 ? NULL : bill_values_billing_status[entry->from],
                              bill_values_billing_status[entry->to],
                              amount,
                              entry->currency,
                              entry->record_cycle,
                              posting,
                              ledger->actor,
                              entry->reason && entry->reason[0] ? entry->reason : NULL,
                              entry->payload_hash,
                              ledger->head.hash,
                              times[0]};
    for (size_t i = 0; i < 15; i++) {
        row.fields[i] = fields[i] ? fields[i] : "";
        row.lengths[i] = strlen(row.fields[i]);
    }
    bill_entry_hash(hash, &row);
    bill_put_int(&p, ledger->head.count + 1);
    bill_put_str(&p, fields[0]);
    bill_put_int(&p, entry->record_id);
    bill_put_int(&p, entry->user_id);
    for (size_t i = 3; i < 14; i++)
        bill_put_str(&p, fields[i]);
    bill_put_str(&p, hash);
    bill_put_str(&p, times[0]);
    bill_put_str(&p, times[1]);
    status = bill_exec(ledger,
                       "INSERT INTO ai_billing_journal (id, entry_key, record_id, user_id, kind, from_status, "
                       "to_status, amount, currency, record_cycle, posting_cycle, actor, reason, payload_hash, "
                       "prev_hash, entry_hash, occurred_at, created_at) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       &p, error);
    if (status != BILL_OK)
        return status;
    bill_failpoint("after_journal_insert");
    ledger->head.count++;
    ledger->head.changed = true;
    memcpy(ledger->head.hash, hash, sizeof hash);
    return BILL_OK;
}

typedef struct found_hash {
    char *out;
    bool found;
} found_hash;

static bill_status take_hash(void *context, const bill_value *row, size_t count)
{
    found_hash *found = context;
    (void)count;
    found->found = true;
    return bill_value_text(found->out, BILL_HASH_TEXT, &row[0]);
}

bill_status bill_journal_find(char hash[BILL_HASH_TEXT], bill_ledger *ledger, const char *key, bill_error *error)
{
    BILL_PARAMS(p);
    found_hash found = {hash, false};
    bill_put_str(&p, key);
    bill_status status = bill_query(ledger, "SELECT payload_hash FROM ai_billing_journal WHERE entry_key = ?", &p,
                                    take_hash, &found, error);
    return status != BILL_OK ? status : found.found ? BILL_OK : BILL_ENOTFOUND;
}
