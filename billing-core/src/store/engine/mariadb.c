/* mariadb.c - MariaDB and MySQL through the C client, prepared statements only.
 * pkg-config: libmariadb
 *
 * A connection that is lost is BILL_EBUSY once: the transaction is gone or,
 * after COMMIT was sent, its fate unknown; the next begin connects again, and
 * the caller's keys make the second try converge. Deadlocks and lock timeouts
 * are BILL_EBUSY too. */
#include "base/text.h"
#include "billing/memory.h"
#include "billing/store.h"

#include "store/address.h"

#include <mysql.h>
#include <mysqld_error.h>
#include <errmsg.h>
#include <stdio.h>
#include <string.h>

#define KEPT_MAX    128
#define COLUMNS_MAX 64
#define CELL_BYTES  256

typedef struct kept {
    uint64_t hash;
    char *sql;
    MYSQL_STMT *statement;
    bool running;
} kept;

typedef struct mariadb_store {
    bill_store base;
    bill_address address;
    MYSQL *connection;
    bool lost, cluster;
    bool in_transaction;
    bool doomed; /* the transaction lost its connection or was rolled back: nothing more is done in it */
    kept kept[KEPT_MAX];
    size_t kept_count;
    int64_t changed, last_id;
} mariadb_store;

static bool is_lost(unsigned code)
{
    switch (code) {
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case CR_CONN_HOST_ERROR:
    case CR_CONNECTION_ERROR:
    case CR_SOCKET_CREATE_ERROR:
    case ER_SERVER_SHUTDOWN:
    case ER_NORMAL_SHUTDOWN:
    case ER_CONNECTION_KILLED:
    case ER_NEW_ABORTING_CONNECTION: return true;
    default: return false;
    }
}

static bill_status status_of(mariadb_store *store, unsigned code, const char *text, bill_error *error)
{
    bill_status status = BILL_EIO;
    if (is_lost(code)) {
        store->lost = true;
        status = BILL_EBUSY;
    } else {
        switch (code) {
        case ER_LOCK_DEADLOCK:
        case ER_LOCK_WAIT_TIMEOUT:
        case ER_CHECKREAD:
        case 1047: /* a cluster node that is not ready */ status = BILL_EBUSY; break;
        case ER_DUP_ENTRY: status = BILL_ECONFLICT; break;
        case ER_NO_REFERENCED_ROW_2:
        case ER_ROW_IS_REFERENCED_2:
        case ER_DATA_TOO_LONG:
        case ER_WARN_DATA_OUT_OF_RANGE:
        case ER_CONSTRAINT_FAILED: status = BILL_EINVAL; break;
        case CR_OUT_OF_MEMORY:
        case ER_OUT_OF_RESOURCES: status = BILL_ENOMEM; break;
        default: break;
        }
    }
    return bill_error_set(error, status, "mariadb %u: %.200s", code, text);
}

static void drop(kept *entry)
{
    if (entry->statement)
        (void)mysql_stmt_close(entry->statement);
    bill_free(entry->sql);
    memset(entry, 0, sizeof *entry);
}

static void disconnect(mariadb_store *store)
{
    for (size_t i = 0; i < store->kept_count; i++)
        drop(&store->kept[i]);
    store->kept_count = 0;
    if (store->connection)
        mysql_close(store->connection);
    store->connection = NULL;
}

/* The session every statement relies on: exact modes, no time zone of its own. */
static const char *const session[] = {
    "SET NAMES utf8mb4",
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO'",
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
};

static bill_status plain(mariadb_store *store, const char *sql, size_t length, bill_error *error)
{
    if (mysql_real_query(store->connection, sql, length) == 0) {
        MYSQL_RES *result = mysql_store_result(store->connection);
        if (result)
            mysql_free_result(result);
        return BILL_OK;
    }
    return status_of(store, mysql_errno(store->connection), mysql_error(store->connection), error);
}

/* Is this a node of a Galera cluster? Servers that do not know say no. */
static bool is_cluster(mariadb_store *store)
{
    if (mysql_query(store->connection, "SELECT @@wsrep_on") != 0)
        return false;
    MYSQL_RES *result = mysql_store_result(store->connection);
    MYSQL_ROW row = result ? mysql_fetch_row(result) : NULL;
    bool on = row && row[0] && strcmp(row[0], "1") == 0;
    if (result)
        mysql_free_result(result);
    return on;
}

/* On a cluster: waits until this node has what other nodes acknowledged. Only
 * ever outside of a transaction: one that holds locks while it waits for the
 * node's appliers would wait for itself. */
static bill_status catch_up(mariadb_store *store, bill_error *error)
{
    static const char sql[] = "SET STATEMENT wsrep_sync_wait = 1 FOR SELECT 1";
    return store->cluster ? plain(store, sql, sizeof sql - 1, error) : BILL_OK;
}

/* Seconds to wait for an answer: "timeout=5" in the address, else 60. */
static unsigned timeout_of(const bill_address *address)
{
    const char *text = bill_address_option(address, "timeout");
    int64_t seconds = 60;
    if (text && (bill_parse_int(&seconds, text, strlen(text)) != BILL_OK || seconds < 1 || seconds > 86400))
        seconds = 60;
    return (unsigned)seconds;
}

static bill_status connect_store(mariadb_store *store, bill_error *error)
{
    const bill_address *a = &store->address;
    const char *socket = bill_address_option(a, "socket"), *user = bill_address_option(a, "user");
    disconnect(store);
    store->connection = mysql_init(NULL);
    if (!store->connection)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    /* an answer that never comes is a connection lost: the keys make a second
     * try safe. A cluster's node was seen to leave an aborted session hanging. */
    unsigned seconds = timeout_of(a);
    (void)mysql_options(store->connection, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    (void)mysql_options(store->connection, MYSQL_OPT_READ_TIMEOUT, &seconds);
    (void)mysql_options(store->connection, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
    if (!mysql_real_connect(store->connection, a->host[0] ? a->host : NULL,
                            user         ? user
                            : a->user[0] ? a->user
                                         : NULL,
                            a->password[0] ? a->password : NULL, a->database, (unsigned)a->port, socket, 0))
        return status_of(store, mysql_errno(store->connection), mysql_error(store->connection), error);
    for (size_t i = 0; i < sizeof session / sizeof session[0]; i++)
        if (mysql_query(store->connection, session[i]) != 0)
            return status_of(store, mysql_errno(store->connection), mysql_error(store->connection), error);
    store->cluster = is_cluster(store);
    if (store->cluster && mysql_query(store->connection, "SET SESSION wsrep_sync_wait = 0") != 0)
        return status_of(store, mysql_errno(store->connection), mysql_error(store->connection), error);
    store->lost = false;
    return catch_up(store, error);
}

static uint64_t hash_of(const char *sql)
{
    uint64_t hash = UINT64_C(1469598103934665603);
    for (const char *c = sql; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    return hash;
}

static bill_status prepare(kept **out, mariadb_store *store, const char *sql, bill_error *error)
{
    uint64_t hash = hash_of(sql);
    size_t place = store->kept_count;
    for (size_t i = 0; i < store->kept_count; i++)
        if (store->kept[i].hash == hash && !store->kept[i].running && strcmp(store->kept[i].sql, sql) == 0) {
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
    entry->statement = entry->sql ? mysql_stmt_init(store->connection) : NULL;
    if (!entry->statement) {
        drop(entry);
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    }
    memcpy(entry->sql, sql, length);
    entry->hash = hash;
    if (mysql_stmt_prepare(entry->statement, sql, length - 1) != 0) {
        bill_status status =
            status_of(store, mysql_stmt_errno(entry->statement), mysql_stmt_error(entry->statement), error);
        drop(entry);
        return status;
    }
    if (place == store->kept_count)
        store->kept_count++;
    *out = entry;
    return BILL_OK;
}

static bool bind_params(MYSQL_STMT *statement, const bill_value *params, size_t count)
{
    MYSQL_BIND binds[COLUMNS_MAX];
    memset(binds, 0, sizeof binds);
    if (count > COLUMNS_MAX || mysql_stmt_param_count(statement) != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        switch (params[i].kind) {
        case BILL_VALUE_NULL: binds[i].buffer_type = MYSQL_TYPE_NULL; break;
        case BILL_VALUE_INT:
            binds[i].buffer_type = MYSQL_TYPE_LONGLONG;
            binds[i].buffer = (void *)(uintptr_t)&params[i].integer;
            break;
        case BILL_VALUE_TEXT:
            binds[i].buffer_type = MYSQL_TYPE_STRING;
            binds[i].buffer = (void *)(uintptr_t)params[i].text;
            binds[i].buffer_length = (unsigned long)params[i].length;
            break;
        }
    }
    /* the values are only read while the statement is executed, at once */
    return mysql_stmt_bind_param(statement, binds) == 0 && mysql_stmt_execute(statement) == 0;
}

/* One result row: everything arrives as text, longer cells in a second step. */
typedef struct cells {
    char bytes[COLUMNS_MAX][CELL_BYTES];
    unsigned long lengths[COLUMNS_MAX];
    my_bool nulls[COLUMNS_MAX];
    MYSQL_BIND binds[COLUMNS_MAX];
    char *long_cells[COLUMNS_MAX];
} cells;

static void bind_cells(cells *c, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        c->binds[i].buffer_type = MYSQL_TYPE_STRING;
        c->binds[i].buffer = c->bytes[i];
        c->binds[i].buffer_length = CELL_BYTES - 1;
        c->binds[i].length = &c->lengths[i];
        c->binds[i].is_null = &c->nulls[i];
    }
}

static bill_status give_row(MYSQL_STMT *statement, cells *c, unsigned count, bill_row_fn row, void *context)
{
    bill_value values[COLUMNS_MAX] = {0};
    bill_status status = BILL_OK;
    for (unsigned i = 0; i < count && status == BILL_OK; i++) {
        if (c->nulls[i]) {
            values[i] = bill_null();
            continue;
        }
        if (c->lengths[i] < CELL_BYTES) {
            c->bytes[i][c->lengths[i]] = '\0';
            values[i] = bill_strn(c->bytes[i], c->lengths[i]);
            continue;
        }
        MYSQL_BIND whole = {.buffer_type = MYSQL_TYPE_STRING, .buffer_length = c->lengths[i]};
        char *cell = whole.buffer = c->long_cells[i] = bill_alloc(c->lengths[i] + 1);
        if (!cell || mysql_stmt_fetch_column(statement, &whole, i, 0) != 0)
            status = BILL_ENOMEM;
        else
            values[i] = bill_strn(cell, c->lengths[i]);
    }
    if (status == BILL_OK)
        status = row(context, values, count);
    for (unsigned i = 0; i < count; i++) {
        bill_free(c->long_cells[i]);
        c->long_cells[i] = NULL;
    }
    return status;
}

/* The result is held by the client, so that row functions may run statements. */
static bill_status give_rows(mariadb_store *store, MYSQL_STMT *statement, bill_row_fn row, void *context,
                             bill_error *error)
{
    unsigned count = mysql_stmt_field_count(statement);
    bill_status status = BILL_OK;
    int got;
    if (count == 0 || !row)
        return BILL_OK;
    cells *c = count <= COLUMNS_MAX ? bill_alloc(sizeof *c) : NULL;
    if (!c)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    bind_cells(c, count);
    if (mysql_stmt_bind_result(statement, c->binds) != 0 || mysql_stmt_store_result(statement) != 0)
        status = status_of(store, mysql_stmt_errno(statement), mysql_stmt_error(statement), error);
    while (status == BILL_OK && ((got = mysql_stmt_fetch(statement)) == 0 || got == MYSQL_DATA_TRUNCATED))
        status = give_row(statement, c, count, row, context);
    if (status == BILL_OK && got == 1)
        status = status_of(store, mysql_stmt_errno(statement), mysql_stmt_error(statement), error);
    bill_free(c);
    return status;
}

/* A connection that is there. One that was lost in a transaction is not made again in it: what is
 * left of the transaction would be done without its beginning. */
static bill_status connected(mariadb_store *store, bill_error *error)
{
    bool gone = store->lost || !store->connection;

    store->doomed = store->in_transaction && (store->doomed || gone);
    if (store->doomed)
        return bill_error_set(error, BILL_EBUSY, "the connection was lost in the transaction");
    return gone ? connect_store(store, error) : BILL_OK;
}

static bill_status run(bill_store *base, const char *sql, const bill_value *params, size_t count, bill_row_fn row,
                       void *context, bill_error *error)
{
    mariadb_store *store = (mariadb_store *)base;
    kept *entry = NULL;
    bill_status status = connected(store, error);
    if (status == BILL_OK)
        status = prepare(&entry, store, sql, error);
    if (status != BILL_OK) {
        store->doomed = store->in_transaction && status == BILL_EBUSY;
        return status;
    }
    entry->running = true;
    if (bind_params(entry->statement, params, count)) {
        store->changed = (int64_t)mysql_stmt_affected_rows(entry->statement);
        store->last_id = (int64_t)mysql_stmt_insert_id(entry->statement);
        status = give_rows(store, entry->statement, row, context, error);
    } else {
        status = status_of(store, mysql_stmt_errno(entry->statement), mysql_stmt_error(entry->statement), error);
    }
    (void)mysql_stmt_free_result(entry->statement);
    entry->running = false;
    store->doomed = store->in_transaction && status == BILL_EBUSY;
    return status;
}

/* Statements of a script end with ";" and a new line. */
static bill_status script(bill_store *base, const char *sql, bill_error *error)
{
    mariadb_store *store = (mariadb_store *)base;
    bill_status status = connected(store, error);
    while (status == BILL_OK && *sql) {
        const char *end = strstr(sql, ";\n");
        size_t length = end ? (size_t)(end - sql) : strlen(sql);
        if (strspn(sql, " \t\r\n") < length)
            status = plain(store, sql, length, error);
        sql += length + (end ? 2 : 0);
    }
    return status;
}

static bill_status start(mariadb_store *store, bill_error *error)
{
    bill_status status = store->lost || !store->connection ? connect_store(store, error) : catch_up(store, error);
    return status == BILL_OK ? plain(store, "START TRANSACTION", 17, error) : status;
}

static bill_status begin(bill_store *base, bill_error *error)
{
    mariadb_store *store = (mariadb_store *)base;
    store->in_transaction = store->doomed = false;
    bill_status status = start(store, error);
    if (status == BILL_EBUSY && store->lost)
        status = start(store, error);
    store->in_transaction = status == BILL_OK;
    return status;
}

static bill_status commit(bill_store *base, bill_error *error)
{
    mariadb_store *store = (mariadb_store *)base;
    bill_status status = connected(store, error);
    if (status != BILL_OK)
        return status;
    store->in_transaction = false;
    return plain(store, "COMMIT", 6, error);
}

static void rollback(bill_store *base)
{
    mariadb_store *store = (mariadb_store *)base;
    store->in_transaction = store->doomed = false;
    if (store->connection && !store->lost)
        (void)plain(store, "ROLLBACK", 8, NULL);
}

static int64_t changed(bill_store *base)
{
    return ((mariadb_store *)base)->changed;
}

static int64_t last_id(bill_store *base)
{
    return ((mariadb_store *)base)->last_id;
}

static void close_store(bill_store *base)
{
    disconnect((mariadb_store *)base);
    bill_free(base);
}

extern const bill_store_engine bill_store_engine_mariadb;

static bill_status open_store(bill_store **out, const char *address, bill_error *error)
{
    mariadb_store *store = bill_alloc(sizeof *store);
    if (!store)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    store->base.engine = &bill_store_engine_mariadb;
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

const bill_store_engine bill_store_engine_mariadb = {
    .name = "mariadb",
    .prefixes = "mariadb:// mysql://",
    .dialect = BILL_MARIADB,
    .on_conflict_nothing = " ON DUPLICATE KEY UPDATE id = id",
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
