/* ledger.h - what the files of the ledger share. Not public. */
#ifndef BILL_LEDGER_LEDGER_H
#define BILL_LEDGER_LEDGER_H

#include "base/sha256.h"
#include "base/text.h"
#include "billing/ledger.h"
#include "billing/record.h"

#define BILL_PARAMS_MAX 48
#define BILL_KEY_TEXT   161

typedef struct bill_model_prices {
    int64_t id;
    char name[129];
    bill_price *prices;
    size_t count;
    bool loaded;
} bill_model_prices;

/* The journal's tail as this transaction sees it. */
typedef struct bill_head {
    int64_t count;
    char hash[BILL_HASH_TEXT];
    bool changed;
} bill_head;

struct bill_ledger {
    bill_store *store;
    bill_zone *zone;
    char currency[4], actor[65];
    bill_time (*clock)(void *context);
    void *clock_context;
    int64_t patience_ms; /* 0: all attempts */

    bool in_group, spoiled; /* an open group; a call in it failed half-way */
    bool wrote;             /* the current call changed something */
    bill_head head;

    /* periods seen in this transaction: an open cycle needs no further look */
    char open_cycle[BILL_CYCLE_TEXT];

    bill_model_prices *models;
    size_t model_count, model_room;
    int64_t price_epoch;
};

/* Parameters of one statement; texts printed from numbers live in it. */
typedef struct bill_params {
    bill_value values[BILL_PARAMS_MAX];
    char texts[BILL_PARAMS_MAX][BILL_AMOUNT_TEXT_MAX];
    size_t count;
} bill_params;

/* Declares an empty one; clearing its 4 kB each time would cost more than binding. */
#define BILL_PARAMS(name)                                                                                              \
    bill_params name;                                                                                                  \
    name.count = 0

void bill_put_int(bill_params *p, int64_t value);
void bill_put_count(bill_params *p, int64_t value); /* BILL_COUNT_NONE is NULL */
void bill_put_str(bill_params *p, const char *text);
void bill_put_text(bill_params *p, const char *text);               /* empty is NULL */
void bill_put_money(bill_params *p, bill_amount amount, int scale); /* none is NULL */
void bill_put_time(bill_params *p, bill_time time);                 /* BILL_TIME_NONE is NULL */

typedef bill_status (*bill_work)(bill_ledger *ledger, void *context, bill_error *error);

/* Runs the work in a transaction that holds the journal's head, again and
 * again while the store says it was busy. */
bill_status bill_transact(bill_ledger *ledger, bill_work work, void *context, bill_error *error);

/* A statement inside of such work. A key taken by another writer is BUSY. */
bill_status bill_exec(bill_ledger *ledger, const char *sql, const bill_params *params, bill_error *error);
bill_status bill_query(bill_ledger *ledger, const char *sql, const bill_params *params, bill_row_fn row, void *context,
                       bill_error *error);
/* As bill_exec, with the engine's words for "nothing if the key is taken". */
bill_status bill_exec_unless_taken(bool *done, bill_ledger *ledger, const char *sql, const bill_params *params,
                                   bill_error *error);
/* First column of the first row; BILL_ENOTFOUND without. */
bill_status bill_query_int(int64_t *out, bill_ledger *ledger, const char *sql, const bill_params *params,
                           bill_error *error);

/* ---- journal ---- */

typedef struct bill_entry {
    char key[BILL_KEY_TEXT];
    int64_t record_id, user_id;
    bill_journal_kind kind;
    int from; /* bill_billing_status, or -1 */
    bill_billing_status to;
    bill_amount amount;
    const char *currency, *record_cycle, *reason;
    char payload_hash[BILL_HASH_TEXT];
    bill_time occurred_at;
} bill_entry;

bill_status bill_journal_append(bill_ledger *ledger, const bill_entry *entry, bill_error *error);

/* The entry's payload hash under a key; BILL_ENOTFOUND if the key is new. */
bill_status bill_journal_find(char hash[BILL_HASH_TEXT], bill_ledger *ledger, const char *key, bill_error *error);

/* Hash of one entry's fields after the hash of the one before. */
typedef struct bill_entry_row {
    const char *fields[15]; /* in the order of the table, without id and entry_hash */
    size_t lengths[15];
} bill_entry_row;
void bill_entry_hash(char out[BILL_HASH_TEXT], const bill_entry_row *row);

/* The cycle in which something of `cycle` is posted now. */
bill_status bill_posting_cycle(char out[BILL_CYCLE_TEXT], bill_ledger *ledger, const char *cycle, bill_error *error);

/* ---- prices and recording, used by backfill and reconcile ---- */

bill_status bill_prices_refresh(bill_ledger *ledger, bill_error *error);
void bill_prices_forget(bill_ledger *ledger);
bill_status bill_model_id(int64_t *out, bill_ledger *ledger, const char *name, const char *provider, bool create,
                          bill_error *error);
bill_status bill_price_for(const bill_price **out, bill_ledger *ledger, int64_t model_id, bill_operation operation,
                           bill_time at, bill_error *error);
bill_status bill_price_by_id(const bill_price **out, bill_ledger *ledger, int64_t model_id, int64_t id,
                             bill_error *error);

/* Inserts the bill of a usage that has none, its lines and its charge entry. */
bill_status bill_write_record(bill_recorded *out, bill_ledger *ledger, const bill_usage *usage, int64_t usage_id,
                              int64_t model_id, const char *payload_hash, const bill_price *price,
                              const bill_costing *cost, bill_error *error);

/* The columns a usage is read back from, and how. */
#define BILL_USAGE_COLUMNS                                                                                             \
    "u.id, u.user_id, u.model_id, u.request_id, u.operation, u.status, u.input_tokens, "                               \
    "u.output_tokens, u.cached_input_tokens, u.cache_write_tokens, u.reasoning_tokens, "                               \
    "u.audio_input_tokens, u.audio_output_tokens, u.image_input_tokens, u.image_output_tokens, "                       \
    "u.character_count, u.image_count, u.duration_seconds, u.price_qualifier, u.model_name, "                          \
    "u.payload_hash, u.occurred_at, u.cost, u.currency"
#define BILL_USAGE_COLUMN_COUNT 24

typedef struct bill_stored_usage {
    int64_t id;
    bill_usage usage;
    char payload_hash[BILL_HASH_TEXT];
    bill_amount cost; /* none: unpriced */
    char currency[4];
} bill_stored_usage;

bill_status bill_usage_read(bill_stored_usage *out, const bill_value *row);

#endif
