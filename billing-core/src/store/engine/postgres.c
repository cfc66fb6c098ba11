/* postgres.c - PostgreSQL through libpq, prepared statements only.
 * pkg-config: libpq
 *
 * "?" becomes "$n" when a statement is prepared. All values travel as text.
 * Serialization failures, deadlocks and a lost connection are BILL_EBUSY. */
#include "base/text.h"
#include "billing/memory.h"
#include "billing/store.h"

#include "store/address.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_MAX    128
#define COLUMNS_MAX 64

typedef struct kept {
    uint64_t hash;
    char *sql;
    char name[16];
} kept;

typedef struct postgres_store {
    bill_store base;
    bill_address address;
    PGconn *connection;
    kept kept[KEPT_MAX];
    size_t kept_count;
    unsigned long prepared;
    int64_t changed;
    bool in_transaction;
    bool doomed; /* the transaction lost its connection or its turn: nothing more is done in it */
} postgres_store;

static bool broken(const postgres_store *store)
{
    return !store->connection || PQstatus(store->connection) != CONNECTION_OK;
}

static bill_status status_of(const postgres_store *store, const PGresult *result, bill_error *error)
{
    const char *code = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *text = result              ? PQresultErrorMessage(result)
                       : store->connection ? PQerrorMessage(store->connection)
                                           : "";
    bill_status status = BILL_EIO;
    if (broken(store) || !code || strncmp(code, "57P", 3) == 0 || strncmp(code, "08", 2) == 0)
        status = BILL_EBUSY;
    else if (strcmp(code, "40001") == 0 || strcmp(code, "40P01") == 0 || strcmp(code, "55P03") == 0)
        status = BILL_EBUSY;
    else if (strcmp(code, "23505") == 0)
        status = BILL_ECONFLICT;
    else if (strncmp(code, "23", 2) == 0 || strncmp(code, "22", 2) == 0)
        status = BILL_EINVAL;
    else if (strncmp(code, "53", 2) == 0)
        status = BILL_ENOMEM;
    return bill_error_set(error, status, "postgres %s: %.*s", code ? code : "", (int)strcspn(text, "\n"), text);
}

static void forget(postgres_store *store)
{
    for (size_t i = 0; i < store->kept_count; i++)
        bill_free(store->kept[i].sql);
    memset(store->kept, 0, sizeof store->kept);
    store->kept_count = 0;
}

static bill_status simple(postgres_store *store, const char *sql, bill_error *error)
{
    PGresult *result = PQexec(store->connection, sql);
    ExecStatusType got = PQresultStatus(result);
    bill_status status = got == PGRES_COMMAND_OK || got == PGRES_TUPLES_OK || got == PGRES_EMPTY_QUERY
                             ? BILL_OK
                             : status_of(store, result, error);
    PQclear(result);
    return status;
}

static void quiet(void *context, const char *message)
{
    (void)context;
    (void)message;
}

static bill_status connect_store(postgres_store *store, bill_error *error)
{
    const bill_address *a = &store->address;
    const char *host = bill_address_option(a, "host"), *user = bill_address_option(a, "user");
    char port[8] = "";
    const char *names[] = {"host", "port", "user", "password", "dbname", "client_encoding", NULL};
    if (a->port)
        (void)snprintf(port, sizeof port, "%d", a->port);
    const char *values[] = {host ? host : a->host, port, user ? user : a->user, a->password, a->database, "UTF8", NULL};
    forget(store);
    PQfinish(store->connection);
    store->connection = PQconnectdbParams(names, values, 0);
    if (broken(store))
        return status_of(store, NULL, error);
    (void)PQsetNoticeProcessor(store->connection, quiet, NULL);
    return simple(store, "SET TIME ZONE 'UTC'; SET lock_timeout = '20s'", error);
}

/* A connection that is there. One that was lost in a transaction is not made again in it: what is
 * left of the transaction would be done without its beginning. */
static bill_status connected(postgres_store *store, bill_error *error)
{
    store->doomed = store->in_transaction && (store->doomed || broken(store));
    if (store->doomed)
        return bill_error_set(error, BILL_EBUSY, "the connection was lost in the transaction");
    return broken(store) ? connect_store(store, error) : BILL_OK;
}

static uint64_t hash_of(const char *sql)
{
    uint64_t hash = UINT64_C(1469598103934665603);
    for (const char *c = sql; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    return hash;
}

/* Question marks outside of quotes become numbered parameters. */
static bill_status number_params(bill_text *out, const char *sql)
{
    bool quoted = false;
    int64_t n = 0;
    for (const char *c = sql; *c; c++) {
        quoted ^= *c == '\'';
        if (*c == '?' && !quoted) {
            bill_text_put(out, "$", 1);
            bill_text_int(out, ++n);
        } else {
            bill_text_put(out, c, 1);
        }
    }
    return out->status;
}

static bill_status prepare(const char **name, postgres_store *store, const char *sql, bill_error *error)
{
    uint64_t hash = hash_of(sql);
    bill_text numbered = {0};
    for (size_t i = 0; i < store->kept_count; i++)
        if (store->kept[i].hash == hash && strcmp(store->kept[i].sql, sql) == 0) {
            *name = store->kept[i].name;
            return BILL_OK;
        }
    if (store->kept_count == KEPT_MAX) { /* more than the library has: start over */
        bill_status status = simple(store, "DEALLOCATE ALL", error);
        if (status != BILL_OK)
            return status;
        forget(store);
    }
    kept *entry = &store->kept[store->kept_count];
    size_t length = strlen(sql) + 1;
    entry->sql = bill_alloc(length);
    if (!entry->sql || number_params(&numbered, sql) != BILL_OK) {
        bill_free(entry->sql);
        entry->sql = NULL;
        bill_text_finish(&numbered);
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    }
    memcpy(entry->sql, sql, length);
    entry->hash = hash;
    (void)snprintf(entry->name, sizeof entry->name, "s%lu", ++store->prepared);
    PGresult *result = PQprepare(store->connection, entry->name, numbered.bytes, 0, NULL);
    bill_status status = PQresultStatus(result) == PGRES_COMMAND_OK ? BILL_OK : status_of(store, result, error);
    PQclear(result);
    bill_text_finish(&numbered);
    if (status != BILL_OK) {
        bill_free(entry->sql);
        memset(entry, 0, sizeof *entry);
        return status;
    }
    store->kept_count++;
    *name = entry->name;
    return BILL_OK;
}

static bill_status give_rows(const PGresult *result, bill_row_fn row, void *context)
{
    bill_value values[COLUMNS_MAX];
    int rows = PQntuples(result), columns = PQnfields(result);
    bill_status status = columns > COLUMNS_MAX ? BILL_ERANGE : BILL_OK;
    for (int r = 0; r < rows && status == BILL_OK; r++) {
        for (int c = 0; c < columns; c++)
            values[c] = PQgetisnull(result, r, c)
                            ? bill_null()
                            : bill_strn(PQgetvalue(result, r, c), (size_t)PQgetlength(result, r, c));
        status = row(context, values, (size_t)columns);
    }
    return status;
}

static bill_status run(bill_store *base, const char *sql, const bill_value *params, size_t count, bill_row_fn row,
                       void *context, bill_error *error)
{
    postgres_store *store = (postgres_store *)base;
    const char *values[COLUMNS_MAX], *name = NULL;
    char numbers[COLUMNS_MAX][24];
    bill_status status = connected(store, error);
    if (status == BILL_OK && count > COLUMNS_MAX)
        status = bill_error_set(error, BILL_ERANGE, "too many parameters");
    if (status == BILL_OK)
        status = prepare(&name, store, sql, error);
    if (status != BILL_OK) {
        store->doomed = store->in_transaction && status == BILL_EBUSY;
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = params[i].kind == BILL_VALUE_NULL ? NULL : params[i].text;
        if (params[i].kind == BILL_VALUE_INT) {
            (void)snprintf(numbers[i], sizeof numbers[i], "%lld", (long long)params[i].integer);
            values[i] = numbers[i];
        }
    }
    PGresult *result = PQexecPrepared(store->connection, name, (int)count, values, NULL, NULL, 0);
    ExecStatusType got = PQresultStatus(result);
    if (got == PGRES_TUPLES_OK)
        status = row ? give_rows(result, row, context) : BILL_OK;
    else if (got == PGRES_COMMAND_OK)
        store->changed = strtoll(PQcmdTuples(result), NULL, 10);
    else
        status = status_of(store, result, error);
    PQclear(result);
    store->doomed = store->in_transaction && status == BILL_EBUSY;
    return status;
}

static bill_status script(bill_store *base, const char *sql, bill_error *error)
{
    postgres_store *store = (postgres_store *)base;
    bill_status status = connected(store, error);
    return status == BILL_OK ? simple(store, sql, error) : status;
}

static bill_status begin(bill_store *base, bill_error *error)
{
    postgres_store *store = (postgres_store *)base;
    store->in_transaction = false;
    bill_status status = connected(store, error);
    if (status == BILL_OK)
        status = simple(store, "BEGIN", error);
    if (status == BILL_EBUSY && broken(store) && (status = connect_store(store, error)) == BILL_OK)
        status = simple(store, "BEGIN", error);
    store->in_transaction = status == BILL_OK;
    return status;
}

static bill_status commit(bill_store *base, bill_error *error)
{
    postgres_store *store = (postgres_store *)base;
    bill_status status = connected(store, error);
    if (status != BILL_OK)
        return status;
    if (PQtransactionStatus(store->connection) == PQTRANS_INERROR)
        return bill_error_set(error, BILL_EIO, "a statement of the transaction failed");
    store->in_transaction = false;
    return simple(store, "COMMIT", error);
}

static void rollback(bill_store *base)
{
    postgres_store *store = (postgres_store *)base;
    store->in_transaction = store->doomed = false;
    if (!broken(store))
        (void)simple(store, "ROLLBACK", NULL);
}

static int64_t changed(bill_store *base)
{
    return ((postgres_store *)base)->changed;
}

static bill_status take_id(void *context, const bill_value *row, size_t count)
{
    (void)count;
    return bill_value_int(context, &row[0]);
}

static int64_t last_id(bill_store *base)
{
    int64_t id = 0;
    int64_t kept_changed = ((postgres_store *)base)->changed;
    if (run(base, "SELECT lastval()", NULL, 0, take_id, &id, NULL) != BILL_OK)
        id = 0;
    ((postgres_store *)base)->changed = kept_changed;
    return id;
}

static void close_store(bill_store *base)
{
    postgres_store *store = (postgres_store *)base;
    forget(store);
    PQfinish(store->connection);
    bill_free(store);
}

extern const bill_store_engine bill_store_engine_postgres;

static bill_status open_store(bill_store **out, const char *address, bill_error *error)
{
    postgres_store *store = bill_alloc(sizeof *store);
    if (!store)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    store->base.engine = &bill_store_engine_postgres;
    bill_status status = bill_address_parse(&store->address, address, error);
    if (status == BILL_OK)
        status = connect_store(store, error);
    if (status != BILL_OK) {
        close_store(&store->base);
        return status == BILL_EBUSY ? BILL_EIO : status; /* nobody there is not "busy" */
    }
    *out = &store->base;
    return BILL_OK;
}

const bill_store_engine bill_store_engine_postgres = {
    .name = "postgres",
    .prefixes = "postgres:// postgresql://",
    .dialect = BILL_POSTGRES,
    .on_conflict_nothing = " ON CONFLICT DO NOTHING",
    .for_update = " FOR UPDATE",
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
