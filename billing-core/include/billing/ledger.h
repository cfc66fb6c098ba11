/* ledger.h - usages and bills: recorded once, changed only as allowed.
 *
 * Each call below is one transaction (or part of the open group): it happens
 * whole or not at all, and is tried again when the store was busy. Everything
 * that changes a bill appends to a hash-chained journal in that transaction.
 * Calling again with the same key and content gives the first answer; another
 * content under the key is BILL_ECONFLICT.
 *
 * A ledger belongs to one thread; several ledgers, in several processes, may
 * work on one database. */
#ifndef BILLING_LEDGER_H
#define BILLING_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "billing/pricing.h"
#include "billing/store.h"
#include "billing/usage.h"

typedef struct bill_ledger bill_ledger;

typedef struct bill_ledger_options {
    const char *actor;                 /* written to the journal; NULL: "billing" */
    bill_time (*clock)(void *context); /* NULL: the system's */
    void *clock_context;
} bill_ledger_options;

/* What a database is set to, once: the zone of its cycles, and the currency
 * whose price is taken when a model has several. */
typedef struct bill_settings {
    const char *zone;     /* NULL: keep, or Asia/Shanghai */
    const char *currency; /* NULL: keep, or USD */
} bill_settings;

/* Creates or upgrades the tables and writes the settings. Another zone than
 * the database already has bills in is BILL_ESTATE. */
bill_status bill_ledger_init(bill_store *store, const bill_settings *settings, bill_error *error);

/* The store must outlive the ledger. A store without tables is BILL_ENOTFOUND. */
bill_status bill_ledger_open(bill_ledger **out, bill_store *store, const bill_ledger_options *options,
                             bill_error *error);
void bill_ledger_close(bill_ledger *ledger);
const bill_zone *bill_ledger_zone(const bill_ledger *ledger);
const char *bill_ledger_currency(const bill_ledger *ledger);
bill_time bill_ledger_now(const bill_ledger *ledger);
bill_store *bill_ledger_store(const bill_ledger *ledger);

/* For a ledger that serves several callers: who the journal names from now on (1 to 64 bytes), and
 * how long a call tries again while the store is busy. Without the latter it is a matter of minutes. */
bill_status bill_ledger_act_as(bill_ledger *ledger, const char *actor);
void bill_ledger_patience(bill_ledger *ledger, int64_t milliseconds);

/* Group commit: calls until the end share one transaction. Nothing they
 * answered is durable before bill_ledger_group_end returned BILL_OK. A call
 * that fails after it began to write spoils the group, whose end then fails. */
bill_status bill_ledger_group_begin(bill_ledger *ledger, bill_error *error);
bill_status bill_ledger_group_end(bill_ledger *ledger, bill_error *error);
void bill_ledger_group_abandon(bill_ledger *ledger);

/* ---- prices ---- */

/* Stores a version of the model's price and sets price->id and model_id. With
 * `close_previous` a version that is still open ends where the new one starts,
 * unless calls after that instant were billed by it already (BILL_ESTATE).
 * Overlap is BILL_EOVERLAP; exactly the same version again is BILL_OK. */
bill_status bill_ledger_price_add(bill_ledger *ledger, const char *model, const char *provider, bill_price *price,
                                  bool close_previous, bill_error *error);

/* The version for a usage at an instant: of the operation's billing type and
 * the ledger's currency if there is one, else the only one in force.
 * BILL_EUNPRICED without. */
bill_status bill_ledger_price_find(bill_price *out, bill_ledger *ledger, const char *model, bill_operation operation,
                                   bill_time at, bill_error *error);

typedef bill_status (*bill_price_fn)(void *context, const char *model, const bill_price *price);
bill_status bill_ledger_prices(bill_ledger *ledger, const char *model_or_null, bill_price_fn each, void *context,
                               bill_error *error);

typedef struct bill_import_counts {
    int64_t added, unchanged, skipped;
} bill_import_counts;

/* A notice about one row that was not, or not wholly, taken over. */
typedef void (*bill_notice_fn)(void *context, const char *text);

/* Price lists. JSON: an array of objects with model, provider, currency and
 * input_per_token, output_per_token, cached_input_per_token, cache_write_per_token,
 * per_character, per_image, per_second, tiers. CSV: a header with these names.
 * A second row of a model name is stored as "provider/model". Prices are text
 * or JSON numbers, read digit by digit. All rows or none. */
bill_status bill_ledger_price_import(bill_import_counts *out, bill_ledger *ledger, const char *text, size_t length,
                                     bool csv, bill_time from, bool close_previous, bill_notice_fn notice,
                                     void *context, bill_error *error);

/* ---- recording ---- */

typedef enum bill_outcome {
    BILL_OUTCOME_BILLED,      /* a bill stands */
    BILL_OUTCOME_UNPRICED,    /* usage kept, outbox row with reason "unpriced" */
    BILL_OUTCOME_REVIEW,      /* usage kept, outbox row: measures missing or contradictory */
    BILL_OUTCOME_NOT_BILLABLE /* failed, timed out or cancelled: kept, costs nothing */
} bill_outcome;

typedef struct bill_recorded {
    bill_outcome outcome;
    bool repeated;               /* it was there already */
    int64_t usage_id, record_id; /* record_id 0 without a bill */
    bill_amount cost;
    char currency[4], cycle[BILL_CYCLE_TEXT];
} bill_recorded;

bill_status bill_ledger_record(bill_recorded *out, bill_ledger *ledger, const bill_usage *usage, bill_error *error);

/* ---- changing ---- */

typedef struct bill_change {
    bill_billing_status to;
    const char *reference; /* of a payment; NULL: none, then a repeat is a change of its own */
    const char *reason;    /* may be NULL */
    bill_time at;          /* BILL_TIME_NONE: now */
} bill_change;

/* BILL_ESTATE if the state machine has no such step. Refunds have their own call. */
bill_status bill_ledger_change(bill_ledger *ledger, int64_t record_id, const bill_change *change, bill_error *error);

typedef struct bill_change_result {
    int64_t record_id;
    bill_status status; /* why this one could not be changed, or BILL_OK */
} bill_change_result;

/* All or nothing: with one refusal nothing is changed, the first refusal is
 * returned, and results says for each id whether it could have been. */
bill_status bill_ledger_change_batch(bill_change_result *results, bill_ledger *ledger, const int64_t *record_ids,
                                     size_t count, const bill_change *change, bill_error *error);

/* Gives back a part or, with amount NULL, all that is left. The reference is
 * the key: the same refund again is answered, not repeated. */
bill_status bill_ledger_refund(bill_amount *refunded, bill_ledger *ledger, int64_t record_id, const bill_amount *amount,
                               const char *reference, const char *reason, bill_error *error);

/* ---- repair and closing ---- */

typedef struct bill_backfill_counts {
    int64_t seen, billed, unpriced, review;
} bill_backfill_counts;

/* Bills usages in [from, to) that have no bill, live or archived: each exactly
 * once, at the price of its own time. May run again and beside others. */
bill_status bill_ledger_backfill(bill_backfill_counts *out, bill_ledger *ledger, bill_time from, bill_time to,
                                 bill_error *error);

typedef struct bill_violation {
    int invariant; /* 1 to 18, as the guide numbers them */
    int64_t id;    /* usage, record or journal entry */
    const char *text;
} bill_violation;

typedef bill_status (*bill_violation_fn)(void *context, const bill_violation *violation);

/* Reads everything and reports what contradicts itself; changes nothing.
 * *count is the number of violations. */
bill_status bill_ledger_reconcile(int64_t *count, bill_ledger *ledger, bill_violation_fn each, void *context,
                                  bill_error *error);

/* As above for one record: what touched rows need after a step. */
bill_status bill_ledger_reconcile_record(int64_t *count, bill_ledger *ledger, int64_t record_id, bill_violation_fn each,
                                         void *context, bill_error *error);

/* Closes a month: later charges and refunds post to the next open one, pending
 * bills become billed, the summary is written. BILL_ESTATE before its end
 * unless `early`; BILL_ECORRUPT if it does not reconcile. Again is BILL_OK. */
bill_status bill_ledger_close_cycle(bill_ledger *ledger, const char *cycle, bool early, bill_error *error);

/* Writes the summary of a cycle anew from the journal, up to the closing mark
 * of a closed one. */
bill_status bill_ledger_summarise(bill_ledger *ledger, const char *cycle, bill_error *error);

/* Counts summary rows that are not what the journal says. */
bill_status bill_ledger_summary_verify(int64_t *differences, bill_ledger *ledger, const char *cycle, bill_error *error);

/* Moves settled bills (paid, refunded, cancelled) of closed cycles created
 * before the cutoff to the archive, in chunks of one transaction each. A run
 * that was cut off is finished first, with its own cutoff. */
bill_status bill_ledger_archive(int64_t *moved, bill_ledger *ledger, bill_time cutoff, bill_error *error);

#endif
