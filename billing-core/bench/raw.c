/* raw.c - the rows of a recording, inserted by prepared statements and no more.
 *
 * Nothing is decided, priced or hashed, and what can be a literal is one: as
 * little as a program can do that leaves the same rows in the same tables. */
#include "speed.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

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

static const char *const insert_usage =
    "INSERT INTO ai_model_usage (user_id, model_id, request_id, usage_type, input_tokens, output_tokens, "
    "total_tokens, cost, status, created_at, operation, usage_source, currency, model_name, payload_hash, "
    "occurred_at, price_qualifier) VALUES (?1, 1, ?2, 'text', ?3, ?4, ?3 + ?4, '0.001250000000', 'success', " STAMP
    ", 'chat', 'provider', 'USD', 'doubao-seed-1-6', " HASH ", " STAMP ", '')";

static const char *const insert_record =
    "INSERT INTO ai_billing_records (user_id, model_id, usage_id, billing_type, quantity, unit, input_tokens, "
    "output_tokens, input_price, output_price, total_cost, currency, billing_status, billing_time, billing_cycle, "
    "created_at, idempotency_key, price_version_id, price_per, refunded_amount, model_name, status_version, "
    "updated_at) VALUES (?1, 1, ?5, 'token', '1500.000000', 'token', ?3, ?4, '0.000000500000', '0.000001500000', "
    "'0.001250000000', 'USD', 'pending', " STAMP ", '2025-01', " STAMP ", ?2, 1, 1, '0.000000000000', "
    "'doubao-seed-1-6', 0, " STAMP ")";

static const char *const insert_line =
    "INSERT INTO ai_billing_record_lines (record_id, line_no, dimension, quantity, unit, price, price_per, cost) "
    "VALUES (?1, ?2, 'input', '1000.000000', 'token', '0.000000500000', 1, '0.000500000000')";

static const char *const insert_journal =
    "INSERT INTO ai_billing_journal (id, entry_key, record_id, user_id, kind, to_status, amount, currency, "
    "record_cycle, posting_cycle, actor, payload_hash, prev_hash, entry_hash, occurred_at, created_at) VALUES (?1, "
    "?2, ?3, ?4, 'charge', 'pending', '0.001250000000', 'USD', '2025-01', '2025-01', 'raw', " HASH ", " HASH
    ", ?5, " STAMP ", " STAMP ")";

typedef struct inserts {
    sqlite3 *db;
    sqlite3_stmt *usage, *record, *line, *journal;
} inserts;

static void open_inserts(inserts *in, const char *path)
{
    if (sqlite3_open(path, &in->db) != SQLITE_OK)
        exit(1);
    (void)sqlite3_exec(
        in->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384",
        NULL, NULL, NULL);
    in->usage = statement(in->db, insert_usage);
    in->record = statement(in->db, insert_record);
    in->line = statement(in->db, insert_line);
    in->journal = statement(in->db, insert_journal);
}

static void close_inserts(inserts *in)
{
    sqlite3_finalize(in->usage);
    sqlite3_finalize(in->record);
    sqlite3_finalize(in->line);
    sqlite3_finalize(in->journal);
    sqlite3_close(in->db);
}

/* A usage and what is billed for it: the rows of one pair. */
static void insert_pair(const inserts *in, long n)
{
    char key[96], hash[65];

    (void)snprintf(key, sizeof key, "req-%032ld", n);
    /* keys as spread as real hashes are */
    (void)snprintf(hash, sizeof hash, "%016llx%048ld", (unsigned long long)n * 0x9e3779b97f4a7c15ULL, n);
    sqlite3_bind_int64(in->usage, 1, 1 + n % 1000);
    sqlite3_bind_text(in->usage, 2, key, -1, SQLITE_STATIC);
    sqlite3_bind_int64(in->usage, 3, 1000);
    sqlite3_bind_int64(in->usage, 4, 500);
    step(in->usage);
    sqlite3_bind_int64(in->record, 1, 1 + n % 1000);
    (void)snprintf(key, sizeof key, "charge:req-%032ld", n);
    sqlite3_bind_text(in->record, 2, key, -1, SQLITE_STATIC);
    sqlite3_bind_int64(in->record, 3, 1000);
    sqlite3_bind_int64(in->record, 4, 500);
    sqlite3_bind_int64(in->record, 5, sqlite3_last_insert_rowid(in->db));
    step(in->record);
    int64_t id = sqlite3_last_insert_rowid(in->db);
    for (int l = 1; l <= 2; l++) {
        sqlite3_bind_int64(in->line, 1, id);
        sqlite3_bind_int(in->line, 2, l);
        step(in->line);
    }
    sqlite3_bind_int64(in->journal, 1, n + 1);
    sqlite3_bind_text(in->journal, 2, key, -1, SQLITE_STATIC);
    sqlite3_bind_int64(in->journal, 3, id);
    sqlite3_bind_int64(in->journal, 4, 1 + n % 1000);
    sqlite3_bind_text(in->journal, 5, hash, -1, SQLITE_STATIC);
    step(in->journal);
}

void speed_raw(const char *path, long count, long group)
{
    inserts in;

    open_inserts(&in, path);
    for (long n = 0; n < count; n++) {
        if (n % group == 0)
            (void)sqlite3_exec(in.db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        insert_pair(&in, n);
        if (n % group == group - 1 || n == count - 1)
            (void)sqlite3_exec(in.db, "COMMIT", NULL, NULL, NULL);
    }
    close_inserts(&in);
}
