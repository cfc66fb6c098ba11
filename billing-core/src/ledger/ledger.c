/* ledger.c - opening, settings, transactions with their retries. */
#include "ledger/ledger.h"

#include "base/failpoint.h"
#include "billing/memory.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define ATTEMPTS_MAX 60

/* ---- statements ---- */

/* A key taken between look and insert: another writer was faster. */
static bill_status or_busy(bill_status status, bill_error *error)
{
    return status == BILL_ECONFLICT ? bill_error_set(error, BILL_EBUSY, "another writer was faster") : status;
}

bill_status bill_query(bill_ledger *ledger, const char *sql, const bill_params *params, bill_row_fn row, void *context,
                       bill_error *error)
{
    return or_busy(bill_store_run(ledger->store, sql, params ? params->values : NULL, params ? params->count : 0, row,
                                  context, error),
                   error);
}

bill_status bill_exec(bill_ledger *ledger, const char *sql, const bill_params *params, bill_error *error)
{
    ledger->wrote = true;
    return bill_query(ledger, sql, params, NULL, NULL, error);
}

bill_status bill_exec_unless_taken(bool *done, bill_ledger *ledger, const char *sql, const bill_params *params,
                                   bill_error *error)
{
    bool wrote = ledger->wrote;
    char whole[2048];
    const char *ending = ledger->store->engine->on_conflict_nothing;
    size_t length = strlen(sql);
    if (bill_copy(whole, sizeof whole, sql, length) != BILL_OK ||
        bill_copy(whole + length, sizeof whole - length, ending, strlen(ending)) != BILL_OK)
        return bill_error_set(error, BILL_ERANGE, "statement too long");
    bill_status status = bill_exec(ledger, whole, params, error);
    *done = status == BILL_OK && ledger->store->engine->changed(ledger->store) > 0;
    if (status == BILL_OK && !*done)
        ledger->wrote = wrote;
    return status;
}

bill_status bill_query_int(int64_t *out, bill_ledger *ledger, const char *sql, const bill_params *params,
                           bill_error *error)
{
    return or_busy(
        bill_store_int(out, ledger->store, sql, params ? params->values : NULL, params ? params->count : 0, error),
        error);
}

/* ---- transactions ---- */

static bill_status read_head(void *context, const bill_value *row, size_t count)
{
    bill_head *head = context;
    (void)count;
    if (bill_value_count(&head->count, &row[0]) != BILL_OK)
        return BILL_ECORRUPT;
    return bill_value_text(head->hash, sizeof head->hash, &row[1]);
}

static bill_status start(bill_ledger *ledger, bill_error *error)
{
    char sql[160] = "SELECT entry_count, last_hash FROM ai_billing_journal_head WHERE id = 1";
    const char *ending = ledger->store->engine->for_update;
    size_t length = strlen(sql);
    bill_status status = ledger->store->engine->begin(ledger->store, error);
    if (status != BILL_OK)
        return status;
    (void)bill_copy(sql + length, sizeof sql - length, ending, strlen(ending));
    memset(&ledger->head, 0, sizeof ledger->head);
    ledger->head.count = -1;
    ledger->open_cycle[0] = '\0';
    ledger->wrote = false;
    status = bill_query(ledger, sql, NULL, read_head, &ledger->head, error);
    if (status == BILL_OK && ledger->head.count < 0)
        status = bill_error_set(error, BILL_ECORRUPT, "the journal has no head");
    if (status == BILL_OK)
        status = bill_prices_refresh(ledger, error);
    return status;
}

static bill_status finish(bill_ledger *ledger, bill_error *error)
{
    if (ledger->head.changed) {
        BILL_PARAMS(p);
        bill_put_int(&p, ledger->head.count);
        bill_put_str(&p, ledger->head.hash);
        bill_status status = bill_exec(
            ledger, "UPDATE ai_billing_journal_head SET entry_count = ?, last_hash = ? WHERE id = 1", &p, error);
        if (status != BILL_OK)
            return status;
    }
    bill_failpoint("before_commit");
    bill_status status = ledger->store->engine->commit(ledger->store, error);
    bill_failpoint("after_commit");
    return status;
}

static void undo(bill_ledger *ledger)
{
    ledger->store->engine->rollback(ledger->store);
    bill_prices_forget(ledger); /* models or prices made in it are gone */
}

static void pause_before(int attempt)
{
    /* up to 64 ms, spread by process so that two losers do not meet again */
    long milliseconds = 1L << (attempt < 6 ? attempt : 6);
    long spread = (long)(getpid() % 7) * 100000L;
    struct timespec wait = {0, milliseconds * 1000000L + spread};
    (void)nanosleep(&wait, NULL);
}

static int64_t monotonic_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits before a further attempt; false once the caller's patience is over. */
static bool try_again(const bill_ledger *ledger, int attempt, int64_t began)
{
    if (attempt == 0)
        return true;
    if (attempt == ATTEMPTS_MAX || (ledger->patience_ms && monotonic_ms() - began >= ledger->patience_ms))
        return false;
    pause_before(attempt);
    return true;
}

/* A call inside of a group: no transaction of its own, and no second try. */
static bill_status in_group(bill_ledger *ledger, bill_work work, void *context, bill_error *error)
{
    if (ledger->spoiled)
        return bill_error_set(error, BILL_ESTATE, "an earlier call of the group failed");
    ledger->wrote = false;
    bill_status status = work(ledger, context, error);
    if (status != BILL_OK && (ledger->wrote || status == BILL_EBUSY || status == BILL_EIO))
        ledger->spoiled = true;
    return status;
}

bill_status bill_transact(bill_ledger *ledger, bill_work work, void *context, bill_error *error)
{
    bill_status status = BILL_EBUSY;
    int64_t began = monotonic_ms();
    if (ledger->in_group)
        return in_group(ledger, work, context, error);
    for (int attempt = 0; status == BILL_EBUSY && try_again(ledger, attempt, began); attempt++) {
        status = start(ledger, error);
        if (status == BILL_OK)
            status = work(ledger, context, error);
        if (status == BILL_OK)
            status = finish(ledger, error);
        if (status != BILL_OK)
            undo(ledger);
    }
    return status;
}

bill_status bill_ledger_group_begin(bill_ledger *ledger, bill_error *error)
{
    bill_status status = BILL_EBUSY;
    int64_t began = monotonic_ms();
    if (ledger->in_group)
        return bill_error_set(error, BILL_ESTATE, "a group is open already");
    for (int attempt = 0; status == BILL_EBUSY && try_again(ledger, attempt, began); attempt++) {
        if ((status = start(ledger, error)) != BILL_OK)
            undo(ledger);
    }
    ledger->in_group = status == BILL_OK;
    ledger->spoiled = false;
    return status;
}

bill_status bill_ledger_group_end(bill_ledger *ledger, bill_error *error)
{
    bill_status status;
    if (!ledger->in_group)
        return bill_error_set(error, BILL_ESTATE, "no group is open");
    ledger->in_group = false;
    status = ledger->spoiled ? bill_error_set(error, BILL_ESTATE, "a call of the group failed") : finish(ledger, error);
    if (status != BILL_OK)
        undo(ledger);
    return status;
}

void bill_ledger_group_abandon(bill_ledger *ledger)
{
    if (ledger->in_group)
        undo(ledger);
    ledger->in_group = false;
}

/* ---- settings ---- */

typedef struct setting {
    char value[256];
    bool found;
} setting;

static bill_status take_setting(void *context, const bill_value *row, size_t count)
{
    setting *out = context;
    (void)count;
    out->found = true;
    return bill_value_text(out->value, sizeof out->value, &row[0]);
}

static bill_status read_setting(setting *out, bill_store *store, const char *name, bill_error *error)
{
    bill_value key = bill_str(name);
    memset(out, 0, sizeof *out);
    return bill_store_run(store, "SELECT value FROM ai_billing_settings WHERE name = ?", &key, 1, take_setting, out,
                          error);
}

static bill_status write_setting(bill_store *store, const char *name, const char *value, bool exists, bill_error *error)
{
    bill_value params[] = {bill_str(value), bill_str(name)};
    return bill_store_run(store,
                          exists ? "UPDATE ai_billing_settings SET value = ? WHERE name = ?"
                                 : "INSERT INTO ai_billing_settings (value, name) VALUES (?, ?)",
                          params, 2, NULL, NULL, error);
}

static bill_status set(bill_store *store, const char *name, const char *wanted, const char *fallback, bool frozen,
                       bill_error *error)
{
    setting now;
    bill_status status = read_setting(&now, store, name, error);
    const char *value = wanted ? wanted : now.found ? now.value : fallback;
    if (status != BILL_OK || (now.found && strcmp(now.value, value) == 0))
        return status;
    if (now.found && frozen)
        return bill_error_set(error, BILL_ESTATE, "%s is '%.64s' and bills depend on it", name, now.value);
    return write_setting(store, name, value, now.found, error);
}

static bill_status write_settings(bill_store *store, const bill_settings *settings, bill_error *error)
{
    int64_t bills = 0;
    bill_status status = bill_store_int(&bills, store, "SELECT COUNT(*) FROM ai_billing_journal", NULL, 0, error);
    if (status == BILL_OK)
        status = set(store, "zone", settings ? settings->zone : NULL, "Asia/Shanghai", bills > 0, error);
    if (status == BILL_OK)
        status = set(store, "currency", settings ? settings->currency : NULL, "USD", false, error);
    if (status == BILL_OK)
        status = set(store, "price_epoch", NULL, "0", false, error);
    return status;
}

bill_status bill_ledger_init(bill_store *store, const bill_settings *settings, bill_error *error)
{
    bill_zone *zone = NULL;
    bill_status status;
    if (settings && settings->zone && (status = bill_zone_load(&zone, settings->zone, error)) != BILL_OK)
        return status;
    bill_zone_free(zone);
    if (settings && settings->currency && strlen(settings->currency) != 3)
        return bill_error_set(error, BILL_EINVAL, "currency must be three letters");
    if ((status = bill_store_migrate(store, error)) != BILL_OK)
        return status;
    if ((status = store->engine->begin(store, error)) != BILL_OK)
        return status;
    if ((status = write_settings(store, settings, error)) == BILL_OK)
        status = store->engine->commit(store, error);
    if (status != BILL_OK)
        store->engine->rollback(store);
    return status;
}

static bill_time system_clock(void *context)
{
    (void)context;
    return bill_time_now();
}

static bill_status load_settings(bill_ledger *ledger, bill_error *error)
{
    setting zone, currency;
    int version;
    bill_status status = bill_store_version(&version, ledger->store, error);
    if (status == BILL_OK && version != bill_schema_version())
        status =
            bill_error_set(error, BILL_ENOTFOUND, "the store has schema version %d, %d is needed: run billing init",
                           version, bill_schema_version());
    if (status == BILL_OK)
        status = read_setting(&zone, ledger->store, "zone", error);
    if (status == BILL_OK)
        status = read_setting(&currency, ledger->store, "currency", error);
    if (status == BILL_OK && !(zone.found && currency.found))
        status = bill_error_set(error, BILL_ENOTFOUND, "the store has no settings: run billing init");
    if (status == BILL_OK)
        status = bill_zone_load(&ledger->zone, zone.value, error);
    if (status == BILL_OK)
        status = bill_copy(ledger->currency, sizeof ledger->currency, currency.value, strlen(currency.value));
    return status;
}

bill_status bill_ledger_open(bill_ledger **out, bill_store *store, const bill_ledger_options *options,
                             bill_error *error)
{
    const char *actor = options && options->actor ? options->actor : "billing";
    bill_ledger *ledger = bill_alloc(sizeof *ledger);
    if (!ledger)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    ledger->store = store;
    ledger->clock = options && options->clock ? options->clock : system_clock;
    ledger->clock_context = options ? options->clock_context : NULL;
    ledger->price_epoch = -1;
    bill_status status = bill_copy(ledger->actor, sizeof ledger->actor, actor, strlen(actor));
    if (status == BILL_OK)
        status = load_settings(ledger, error);
    if (status != BILL_OK) {
        bill_ledger_close(ledger);
        return status;
    }
    *out = ledger;
    return BILL_OK;
}

void bill_ledger_close(bill_ledger *ledger)
{
    if (!ledger)
        return;
    bill_ledger_group_abandon(ledger);
    bill_prices_forget(ledger);
    bill_free(ledger->models);
    bill_zone_free(ledger->zone);
    bill_free(ledger);
}

bill_status bill_ledger_act_as(bill_ledger *ledger, const char *actor)
{
    return actor[0] ? bill_copy(ledger->actor, sizeof ledger->actor, actor, strlen(actor)) : BILL_EINVAL;
}

void bill_ledger_patience(bill_ledger *ledger, int64_t milliseconds)
{
    ledger->patience_ms = milliseconds;
}

const bill_zone *bill_ledger_zone(const bill_ledger *ledger)
{
    return ledger->zone;
}

const char *bill_ledger_currency(const bill_ledger *ledger)
{
    return ledger->currency;
}

bill_time bill_ledger_now(const bill_ledger *ledger)
{
    return ledger->clock(ledger->clock_context);
}

bill_store *bill_ledger_store(const bill_ledger *ledger)
{
    return ledger->store;
}
