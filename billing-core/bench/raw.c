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

void speed_raw(const char *path, long count, long group)
{
    sqlite3 *db;
    if (sqlite3_open(path, &db) != SQLITE_OK)
        exit(1);
    (void)sqlite3_exec(
        db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384", NULL,
        NULL, NULL);
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
        if (n % group == 0)
            (void)sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
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
        if (n % group == group - 1 || n == count - 1)
            (void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    sqlite3_finalize(usage);
    sqlite3_finalize(record);
    sqlite3_finalize(line);
    sqlite3_finalize(journal);
    sqlite3_close(db);
}
