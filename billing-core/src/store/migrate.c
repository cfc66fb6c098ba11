/* migrate.c - numbered steps from an empty store to the schema of this build. */
#include "base/text.h"
#include "billing/store.h"
#include "billing/time.h"

#include <stdio.h>
#include <string.h>

typedef struct migration {
    const char *name;
    bill_status (*print)(bill_dialect dialect, bill_sink sink, void *context);
} migration;

static bill_status first_schema(bill_dialect dialect, bill_sink sink, void *context)
{
    static const char rows[] = "INSERT INTO ai_billing_journal_head (id, entry_count, last_hash) VALUES (1, 0, '');\n";
    bill_status status = bill_schema_ddl(dialect, BILL_TABLES_ALL, sink, context);
    return status == BILL_OK ? sink(context, rows, sizeof rows - 1) : status;
}

/* Step i leads to version i + 1. A step never changes once it was released. */
static const migration steps[] = {
    {"reference tables", first_schema}
};

#define STEPS ((int)(sizeof steps / sizeof steps[0]))

int bill_schema_version(void)
{
    return STEPS;
}

static bill_status print_step(int step, bill_dialect dialect, bill_sink sink, void *context)
{
    char stamp[BILL_TIME_TEXT], row[256];
    bill_status status = steps[step].print(dialect, sink, context);
    if (status != BILL_OK)
        return status;
    bill_time_print(stamp, bill_time_now());
    int length =
        snprintf(row, sizeof row, "INSERT INTO schema_migrations (id, name, applied_at) VALUES (%d, '%s', '%s');\n",
                 step + 1, steps[step].name, stamp);
    return sink(context, row, (size_t)length);
}

bill_status bill_migration_print(bill_dialect dialect, int from, bill_sink sink, void *context)
{
    bill_status status = BILL_OK;
    for (int step = from; step < STEPS && status == BILL_OK; step++)
        status = print_step(step, dialect, sink, context);
    return status;
}

static const char *table_exists(bill_dialect dialect)
{
    switch (dialect) {
    case BILL_SQLITE: return "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'";
    case BILL_MARIADB:
        return "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE() "
               "AND table_name = 'schema_migrations'";
    case BILL_POSTGRES:
        return "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() "
               "AND table_name = 'schema_migrations'";
    }
    return "";
}

bill_status bill_store_version(int *out, bill_store *store, bill_error *error)
{
    int64_t found = 0, version = 0;
    bill_status status = bill_store_int(&found, store, table_exists(store->engine->dialect), NULL, 0, error);
    if (status == BILL_OK && found)
        status = bill_store_int(&version, store, "SELECT COALESCE(MAX(id), 0) FROM schema_migrations", NULL, 0, error);
    if (status == BILL_OK)
        *out = (int)version;
    return status;
}

static bill_status collect(void *context, const char *bytes, size_t length)
{
    bill_text_put(context, bytes, length);
    return ((bill_text *)context)->status;
}

static bill_status upgrade(bill_store *store, bill_error *error)
{
    bill_text sql = {0};
    int version;
    bill_status status = bill_store_version(&version, store, error);
    if (status == BILL_OK && version > STEPS)
        status = bill_error_set(error, BILL_EUNSUPPORTED, "the store has schema version %d, this build knows %d",
                                version, STEPS);
    if (status == BILL_OK && version < STEPS) {
        status = bill_migration_print(store->engine->dialect, version, collect, &sql);
        if (status == BILL_OK)
            status = store->engine->script(store, sql.bytes, error);
    }
    bill_text_finish(&sql);
    return status;
}

bill_status bill_store_migrate(bill_store *store, bill_error *error)
{
    bill_status status = store->engine->begin(store, error);
    if (status != BILL_OK)
        return status;
    if ((status = upgrade(store, error)) == BILL_OK)
        status = store->engine->commit(store, error);
    if (status != BILL_OK)
        store->engine->rollback(store);
    return status;
}
