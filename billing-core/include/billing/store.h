/* store.h - one interface to SQL databases; an engine is one file.
 *
 * The ledger is written once in SQL all engines understand; what differs is in
 * the table of an engine's functions. A store belongs to one thread at a time.
 * Money and quantities travel as decimal text, times as UTC text, so nothing
 * is converted on the way. Parameters are "?" in order. */
#ifndef BILLING_STORE_H
#define BILLING_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "billing/schema.h"
#include "billing/status.h"

typedef enum bill_value_kind { BILL_VALUE_NULL, BILL_VALUE_INT, BILL_VALUE_TEXT } bill_value_kind;

typedef struct bill_value {
    bill_value_kind kind;
    int64_t integer;
    const char *text; /* terminated; of a result, valid until the row function returns */
    size_t length;
} bill_value;

/* Called once per row. Anything but BILL_OK stops and is returned by run. */
typedef bill_status (*bill_row_fn)(void *context, const bill_value *row, size_t count);

typedef struct bill_store bill_store;

typedef struct bill_store_engine {
    const char *name;     /* "sqlite" */
    const char *prefixes; /* of addresses, separated by blanks: "mysql:// mariadb://" */
    bill_dialect dialect;
    const char *on_conflict_nothing; /* closes an INSERT that may find its key taken */
    const char *for_update;          /* closes a SELECT whose row will be changed */
    bill_status (*open)(bill_store **out, const char *address, bill_error *error);
    void (*close)(bill_store *store);
    /* Takes the right to write at once where the engine has such a thing. A
     * lost connection is opened again here. */
    bill_status (*begin)(bill_store *store, bill_error *error);
    bill_status (*commit)(bill_store *store, bill_error *error);
    void (*rollback)(bill_store *store);
    /* A taken key is BILL_ECONFLICT; a lock, a deadlock or a connection lost
     * on the way is BILL_EBUSY: roll back and try the whole again. */
    bill_status (*run)(bill_store *store, const char *sql, const bill_value *params, size_t count, bill_row_fn row,
                       void *context, bill_error *error);
    bill_status (*script)(bill_store *store, const char *sql, bill_error *error);
    int64_t (*changed)(bill_store *store); /* rows of the last INSERT, UPDATE, DELETE */
    int64_t (*last_id)(bill_store *store);
} bill_store_engine;

struct bill_store {
    const bill_store_engine *engine;
};

/* An address is "sqlite:PATH", a plain path, "mariadb://user:password@host:port/database",
 * "mariadb:///database?socket=PATH&user=NAME" or the same with "postgres". */
bill_status bill_store_open(bill_store **out, const char *address, bill_error *error);
void bill_store_close(bill_store *store);

/* The engines of this build, NULL-terminated. */
const bill_store_engine *const *bill_store_engines(void);

/* ---- values ---- */

bill_value bill_null(void);
bill_value bill_int(int64_t value);
bill_value bill_str(const char *text);                 /* NULL becomes a null */
bill_value bill_strn(const char *text, size_t length); /* text[length] is the end */
bill_status bill_value_int(int64_t *out, const bill_value *value);

bill_status bill_store_run(bill_store *store, const char *sql, const bill_value *params, size_t count, bill_row_fn row,
                           void *context, bill_error *error);

/* First column of the first row as a number; BILL_ENOTFOUND without a row. */
bill_status bill_store_int(int64_t *out, bill_store *store, const char *sql, const bill_value *params, size_t count,
                           bill_error *error);

/* ---- migrations ---- */

/* Prints what bill_store_migrate would run on a store of the dialect that
 * stands at version `from` (0: empty). */
bill_status bill_migration_print(bill_dialect dialect, int from, bill_sink sink, void *context);

/* Version a store stands at; 0 for an empty one. */
bill_status bill_store_version(int *out, bill_store *store, bill_error *error);
int bill_schema_version(void); /* what this library needs */

/* Brings the store to bill_schema_version(); nothing to do is fine. A store
 * newer than the library is BILL_EUNSUPPORTED. */
bill_status bill_store_migrate(bill_store *store, bill_error *error);

#endif
