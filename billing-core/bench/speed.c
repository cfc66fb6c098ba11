/* speed.c - what recording, pricing, billing and exporting cost, as ratios.
 *
 *   billing_speed [PAIRS]     default 20000
 *
 * Recording in groups of 100 is compared with raw prepared inserts of the same
 * rows into the same tables by SQLite's own interface, in the same run. */
#include "billing/ledger.h"
#include "billing/query.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define GROUP 100

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bill_error error;

static void must(bill_status status)
{
    if (status == BILL_OK)
        return;
    fprintf(stderr, "%s\n", error.text[0] ? error.text : bill_status_text(status));
    exit(1);
}

static bill_amount amount(const char *text)
{
    bill_amount out;
    must(bill_amount_parse(&out, text, strlen(text)));
    return out;
}

static void remove_database(const char *path)
{
    char side[256];
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        (void)snprintf(side, sizeof side, "%s%s", path, ends[i]);
        (void)unlink(side);
    }
}

static bill_ledger *open_ledger(bill_store **store, const char *path)
{
    bill_ledger *ledger;
    bill_price price;
    must(bill_store_open(store, path, &error));
    must(bill_ledger_init(*store, NULL, &error));
    must(bill_ledger_open(&ledger, *store, NULL, &error));
    bill_price_init(&price, BILL_TYPE_TOKEN, "USD");
    must(bill_price_add(&price, BILL_DIM_INPUT, "", BILL_AMOUNT_ZERO, amount("0.0000005"), 1));
    must(bill_price_add(&price, BILL_DIM_OUTPUT, "", BILL_AMOUNT_ZERO, amount("0.0000015"), 1));
    price.from = 0;
    must(bill_ledger_price_add(ledger, "doubao-seed-1-6", "ark", &price, false, &error));
    return ledger;
}

static void make_usage(bill_usage *u, long n, long users)
{
    bill_usage_init(u, BILL_OP_CHAT);
    (void)snprintf(u->request_id, sizeof u->request_id, "req-%032ld", n);
    (void)snprintf(u->model, sizeof u->model, "doubao-seed-1-6");
    u->user_id = 1 + n % users;
    u->input_tokens = 1000 + n % 977;
    u->output_tokens = 500 + n % 131;
    u->occurred_at = INT64_C(1737424800000000) + n;
}

static void record_many(bill_ledger *ledger, long first, long count, long users)
{
    for (long n = first; n < first + count; n++) {
        bill_usage u;
        bill_recorded r;
        if ((n - first) % GROUP == 0)
            must(bill_ledger_group_begin(ledger, &error));
        make_usage(&u, n, users);
        must(bill_ledger_record(&r, ledger, &u, &error));
        if ((n - first) % GROUP == GROUP - 1 || n == first + count - 1)
            must(bill_ledger_group_end(ledger, &error));
    }
}

/* ---- raw: the same rows, nothing decided, nothing hashed ---- */

static sqlite3_stmt *statement(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *out;
    if (sqlite3_prepare_v2(db, sql, -1, &out, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        exit(1);
    }
    return out;
}

static void step(sqlite3_stmt *s)
{
    if (sqlite3_step(s) != SQLITE_DONE) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(sqlite3_db_handle(s)));
        exit(1);
    }
    sqlite3_reset(s);
}

#define STAMP "'2025-01-21 02:00:00.000000'"
#define HASH  "'0123456789012345678901234567890123456789012345678901234567890123'"

static void raw_many(sqlite3 *db, long count)
{
    sqlite3_stmt *usage = statement(
        db,
        "INSERT INTO ai_model_usage (user_id, model_id, request_id, usage_type, input_tokens, output_tokens, "
        "total_tokens, cost, status, created_at, operation, usage_source, currency, model_name, payload_hash, "
        "occurred_at, price_qualifier) VALUES (?1, 1, ?2, 'text', ?3, ?4, ?3 + ?4, '0.001250000000', 'success', " STAMP
        ", 'chat', 'provider', 'USD', 'doubao-seed-1-6', " HASH ", " STAMP ", '')");
    sqlite3_stmt *record = statement(
        db,
        "INSERT INTO ai_billing_records (user_id, model_id, usage_id, billing_type, quantity, unit, input_tokens, "
        "output_tokens, input_price, output_price, total_cost, currency, billing_status, billing_time, billing_cycle, "
        "created_at, idempotency_key, price_version_id, price_per, refunded_amount, model_name, status_version, "
        "updated_at) VALUES (?1, 1, ?5, 'token', '1500.000000', 'token', ?3, ?4, '0.000000500000', '0.000001500000', "
        "'0.001250000000', 'USD', 'pending', " STAMP ", '2025-01', " STAMP ", ?2, 1, 1, '0.000000000000', "
        "'doubao-seed-1-6', 0, " STAMP ")");
    sqlite3_stmt *line = statement(
        db,
        "INSERT INTO ai_billing_record_lines (record_id, line_no, dimension, quantity, unit, price, price_per, cost) "
        "VALUES (?1, ?2, 'input', '1000.000000', 'token', '0.000000500000', 1, '0.000500000000')");
    sqlite3_stmt *journal = statement(
        db,
        "INSERT INTO ai_billing_journal (id, entry_key, record_id, user_id, kind, to_status, amount, currency, "
        "record_cycle, posting_cycle, actor, payload_hash, prev_hash, entry_hash, occurred_at, created_at) VALUES (?1, "
        "?2, ?3, ?4, 'charge', 'pending', '0.001250000000', 'USD', '2025-01', '2025-01', 'raw', " HASH ", " HASH
        ", ?5, " STAMP ", " STAMP ")");
    for (long n = 0; n < count; n++) {
        char key[96], hash[65];
        if (n % GROUP == 0)
            sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        (void)snprintf(key, sizeof key, "req-%032ld", n);
        /* keys as spread as real hashes are */
        (void)snprintf(hash, sizeof hash, "%016llx%048ld", (unsigned long long)n * 0x9e3779b97f4a7c15ULL, n);
        sqlite3_bind_int64(usage, 1, 1 + n % 1000);
        sqlite3_bind_text(usage, 2, key, -1, SQLITE_STATIC);
        sqlite3_bind_int64(usage, 3, 1000);
        sqlite3_bind_int64(usage, 4, 500);
        step(usage);
        sqlite3_bind_int64(record, 1, 1 + n % 1000);
        (void)snprintf(key, sizeof key, "charge:req-%032ld", n);
        sqlite3_bind_text(record, 2, key, -1, SQLITE_STATIC);
        sqlite3_bind_int64(record, 3, 1000);
        sqlite3_bind_int64(record, 4, 500);
        sqlite3_bind_int64(record, 5, sqlite3_last_insert_rowid(db));
        step(record);
        int64_t id = sqlite3_last_insert_rowid(db);
        for (int l = 1; l <= 2; l++) {
            sqlite3_bind_int64(line, 1, id);
            sqlite3_bind_int(line, 2, l);
            step(line);
        }
        sqlite3_bind_int64(journal, 1, n + 1);
        sqlite3_bind_text(journal, 2, key, -1, SQLITE_STATIC);
        sqlite3_bind_int64(journal, 3, id);
        sqlite3_bind_int64(journal, 4, 1 + n % 1000);
        sqlite3_bind_text(journal, 5, hash, -1, SQLITE_STATIC);
        step(journal);
        if (n % GROUP == GROUP - 1)
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    sqlite3_finalize(usage);
    sqlite3_finalize(record);
    sqlite3_finalize(line);
    sqlite3_finalize(journal);
}

static int64_t per_second(long count, int64_t ns)
{
    return ns > 0 ? (int64_t)count * 1000000000 / ns : 0;
}

/* Three turns each, the best of each, so that a busy machine hurts less. */
static void recording(long pairs)
{
    int64_t ours = INT64_MAX, raw = INT64_MAX;
    for (int turn = 0; turn < 3; turn++) {
        bill_store *store;
        sqlite3 *db;
        remove_database("speed.db");
        bill_ledger *ledger = open_ledger(&store, "speed.db");
        int64_t start = now_ns();
        record_many(ledger, 0, pairs, 1000);
        int64_t took = now_ns() - start;
        ours = took < ours ? took : ours;
        bill_ledger_close(ledger);
        bill_store_close(store);

        remove_database("speed.db");
        ledger = open_ledger(&store, "speed.db");
        bill_ledger_close(ledger);
        bill_store_close(store);
        sqlite3_open("speed.db", &db);
        sqlite3_exec(
            db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384",
            NULL, NULL, NULL);
        start = now_ns();
        raw_many(db, pairs);
        took = now_ns() - start;
        raw = took < raw ? took : raw;
        sqlite3_close(db);
    }
    remove_database("speed.db");
    printf("recording, groups of %d: %lld pairs/s, raw inserts %lld pairs/s, ratio %lld.%02lld\n", GROUP,
           (long long)per_second(pairs, ours), (long long)per_second(pairs, raw), (long long)(raw * 100 / ours / 100),
           (long long)(raw * 100 / ours % 100));
}

/* ---- queries ---- */

static bill_status swallow(void *context, const char *text, size_t length)
{
    (void)text;
    *(int64_t *)context += (int64_t)length;
    return BILL_OK;
}

static bill_status take_record(void *context, const bill_record *record)
{
    (void)record;
    ++*(int64_t *)context;
    return BILL_OK;
}

static void one_bill(bill_ledger *ledger, long records)
{
    bill_filter filter;
    bill_statement statement;
    int64_t best = INT64_MAX, read = 0;
    bill_filter_init(&filter);
    filter.user_id = 1;
    (void)snprintf(filter.cycle, sizeof filter.cycle, "2025-01");
    for (int i = 0; i < 20; i++) {
        int64_t start = now_ns(), took;
        read = 0;
        must(bill_query_totals(&statement, ledger, &filter, &error));
        must(bill_query_records(NULL, ledger, &filter, 0, 100, take_record, &read, &error));
        took = now_ns() - start;
        best = took < best ? took : best;
    }
    printf("bill of %lld records among %ld: %lld us\n", (long long)statement.currencies[0].count, records,
           (long long)(best / 1000));
}

static void export_all(bill_ledger *ledger, long records)
{
    bill_filter any;
    bill_export_options options = {.language = BILL_ZH};
    int64_t bytes = 0, start = now_ns();
    struct rusage usage;
    bill_filter_init(&any);
    must(bill_export_csv(swallow, &bytes, ledger, &any, &options, &error));
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("export of %ld records: %lld ms, %lld bytes, peak memory so far %ld KiB\n", records,
           (long long)((now_ns() - start) / 1000000), (long long)bytes, usage.ru_maxrss);
}

static void queries(long records)
{
    bill_store *store;
    long made = 0;
    const long sizes[] = {records / 10, records};
    remove_database("speed.db");
    bill_ledger *ledger = open_ledger(&store, "speed.db");
    for (int i = 0; i < 2; i++) {
        record_many(ledger, made, sizes[i] - made, records / 1000 > 0 ? records / 1000 : 1);
        made = sizes[i];
        export_all(ledger, made);
    }
    one_bill(ledger, made);
    bill_ledger_close(ledger);
    bill_store_close(store);
    remove_database("speed.db");
}

int main(int argc, char **argv)
{
    long pairs = argc > 1 ? strtol(argv[1], NULL, 10) : 20000;
    long records = argc > 2 ? strtol(argv[2], NULL, 10) : 100000;
    recording(pairs);
    if (records > 0)
        queries(records);
    return 0;
}
