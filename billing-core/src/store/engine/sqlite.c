/* sqlite.c - the embedded store: WAL, synchronous FULL, one writer at a time.
 * pkg-config: sqlite3
 *
 * BEGIN IMMEDIATE takes the write lock first, so a transaction never finds
 * out half-way that it cannot write. Statements are prepared once and kept. */
#include "billing/memory.h"
#include "billing/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define KEPT_MAX          128
#define COLUMNS_MAX       64
#define BUSY_MILLISECONDS 20000

typedef struct kept {
    const char *source; /* where its text stood when it was last asked for: a hint */
    uint64_t hash;
    char *sql;
    sqlite3_stmt *statement;
    bool running;
} kept;

typedef struct sqlite_store {
    bill_store base;
    sqlite3 *db;
    kept kept[KEPT_MAX];
    size_t kept_count;
} sqlite_store;

static bill_status status_of(sqlite3 *db, int code, bill_error *error)
{
    bill_status status = BILL_EIO;
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: status = BILL_EBUSY; break;
    case SQLITE_NOMEM: status = BILL_ENOMEM; break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: status = BILL_ECORRUPT; break;
    case SQLITE_CONSTRAINT:
        status =
            code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ? BILL_ECONFLICT : BILL_EINVAL;
        break;
    default: break;
    }
    return bill_error_set(error, status, "sqlite: %.200s", db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
}

static uint64_t hash_of(const char *sql)
{
    uint64_t hash = UINT64_C(1469598103934665603);
    for (const char *c = sql; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    return hash;
}

static void drop(kept *entry)
{
    sqlite3_finalize(entry->statement);
    bill_free(entry->sql);
    memset(entry, 0, sizeof *entry);
}

/* A prepared statement that is not in use; the oldest idle one makes room. */
static bill_status prepare(kept **out, sqlite_store *store, const char *sql, bill_error *error)
{
    size_t place = store->kept_count;
    for (size_t i = 0; i < store->kept_count; i++)
        if (store->kept[i].source == sql && !store->kept[i].running && strcmp(store->kept[i].sql, sql) == 0) {
            *out = &store->kept[i];
            return BILL_OK;
        }
    uint64_t hash = hash_of(sql);
    for (size_t i = 0; i < store->kept_count; i++)
        if (store->kept[i].hash == hash && !store->kept[i].running && store->kept[i].sql &&
            strcmp(store->kept[i].sql, sql) == 0) {
            store->kept[i].source = sql;
            *out = &store->kept[i];
            return BILL_OK;
        }
    if (place == KEPT_MAX)
        for (place = 0; place < KEPT_MAX && store->kept[place].running;)
            place++;
    if (place == KEPT_MAX)
        return bill_error_set(error, BILL_ERANGE, "too many statements at once");
    kept *entry = &store->kept[place];
    drop(entry);
    size_t length = strlen(sql) + 1;
    entry->sql = bill_alloc(length);
    if (!entry->sql)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    memcpy(entry->sql, sql, length);
    entry->hash = hash;
    entry->source = sql;
    int code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &entry->statement, NULL);
    if (code != SQLITE_OK) {
        bill_status status = status_of(store->db, code, error);
        drop(entry);
        return status;
    }
    if (place == store->kept_count)
        store->kept_count++;
    *out = entry;
    return BILL_OK;
}

static int bind(sqlite3_stmt *statement, const bill_value *params, size_t count)
{
    int code = SQLITE_OK;
    for (size_t i = 0; i < count && code == SQLITE_OK; i++) {
        int at = (int)i + 1;
        switch (params[i].kind) {
        case BILL_VALUE_NULL: code = sqlite3_bind_null(statement, at); break;
        case BILL_VALUE_INT: code = sqlite3_bind_int64(statement, at, params[i].integer); break;
        case BILL_VALUE_TEXT:
            /* without a length: it then knows that the text is terminated, and makes no copy for each check */
            code = sqlite3_bind_text(statement, at, params[i].text, -1, SQLITE_STATIC);
            break;
        }
    }
    return code;
}

static bill_status give_row(sqlite3_stmt *statement, bill_row_fn row, void *context)
{
    bill_value values[COLUMNS_MAX];
    int count = sqlite3_column_count(statement);
    if (count > COLUMNS_MAX)
        return BILL_ERANGE;
    for (int i = 0; i < count; i++) {
        switch (sqlite3_column_type(statement, i)) {
        case SQLITE_NULL: values[i] = bill_null(); break;
        case SQLITE_INTEGER: values[i] = bill_int(sqlite3_column_int64(statement, i)); break;
        default:
            values[i] =
                bill_strn((const char *)sqlite3_column_text(statement, i), (size_t)sqlite3_column_bytes(statement, i));
            if (!values[i].text)
                return BILL_ENOMEM;
        }
    }
    return row(context, values, (size_t)count);
}

static bill_status run(bill_store *base, const char *sql, const bill_value *params, size_t count, bill_row_fn row,
                       void *context, bill_error *error)
{
    sqlite_store *store = (sqlite_store *)base;
    kept *entry = NULL;
    bill_status status = prepare(&entry, store, sql, error);
    if (status != BILL_OK)
        return status;
    entry->running = true;
    int code = bind(entry->statement, params, count);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(entry->statement);
        if (code != SQLITE_ROW)
            break;
        if (row && (status = give_row(entry->statement, row, context)) != BILL_OK)
            break;
    }
    if (status == BILL_OK && code != SQLITE_DONE)
        status = status_of(store->db, sqlite3_extended_errcode(store->db), error);
    sqlite3_reset(entry->statement);
    sqlite3_clear_bindings(entry->statement);
    entry->running = false;
    return status;
}

static bill_status script(bill_store *base, const char *sql, bill_error *error)
{
    sqlite_store *store = (sqlite_store *)base;
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? BILL_OK : status_of(store->db, sqlite3_extended_errcode(store->db), error);
}

static bill_status begin(bill_store *base, bill_error *error)
{
    return run(base, "BEGIN IMMEDIATE", NULL, 0, NULL, NULL, error);
}

static bill_status commit(bill_store *base, bill_error *error)
{
    return run(base, "COMMIT", NULL, 0, NULL, NULL, error);
}

static void rollback(bill_store *base)
{
    if (!sqlite3_get_autocommit(((sqlite_store *)base)->db))
        (void)run(base, "ROLLBACK", NULL, 0, NULL, NULL, NULL);
}

static int64_t changed(bill_store *base)
{
    return sqlite3_changes64(((sqlite_store *)base)->db);
}

static int64_t last_id(bill_store *base)
{
    return sqlite3_last_insert_rowid(((sqlite_store *)base)->db);
}

static void close_store(bill_store *base)
{
    sqlite_store *store = (sqlite_store *)base;
    for (size_t i = 0; i < store->kept_count; i++)
        drop(&store->kept[i]);
    sqlite3_close(store->db);
    bill_free(store);
}

extern const bill_store_engine bill_store_engine_sqlite;

static bill_status open_store(bill_store **out, const char *address, bill_error *error)
{
    static const char pragmas[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                  "PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;"
                                  "PRAGMA temp_store = FILE;";
    const char *path = strncmp(address, "sqlite:", 7) == 0 ? address + 7 : address;
    sqlite_store *store = bill_alloc(sizeof *store);
    bill_status status;
    if (!store)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    store->base.engine = &bill_store_engine_sqlite;
    int code =
        sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        status = status_of(store->db, code, error);
        (void)bill_error_set(error, status, "cannot open '%.180s': %s", path,
                             store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code));
        close_store(&store->base);
        return status;
    }
    sqlite3_busy_timeout(store->db, BUSY_MILLISECONDS);
    (void)sqlite3_extended_result_codes(store->db, 1);
    if ((status = script(&store->base, pragmas, error)) != BILL_OK) {
        close_store(&store->base);
        return status;
    }
    *out = &store->base;
    return BILL_OK;
}

const bill_store_engine bill_store_engine_sqlite = {
    .name = "sqlite",
    .prefixes = "sqlite:",
    .dialect = BILL_SQLITE,
    .on_conflict_nothing = " ON CONFLICT DO NOTHING",
    .for_update = "",
    .open = open_store,
    .close = close_store,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .script = script,
    .changed = changed,
    .last_id = last_id,
};
