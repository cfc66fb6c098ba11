/* schema_test.c - the list of tables is complete, its DDL runs on SQLite and
 * refuses what it must, and it reads well in the other dialects. */
#include "billing/mapping.h"
#include "billing/schema.h"
#include "check.h"

#include <sqlite3.h>

typedef struct text {
    char *bytes;
    size_t length, room;
} text;

static bill_status collect(void *context, const char *piece, size_t length)
{
    text *out = context;
    if (out->length + length + 1 > out->room) {
        out->room = (out->room + length) * 2 + 64;
        out->bytes = realloc(out->bytes, out->room);
        if (!out->bytes)
            return BILL_ENOMEM;
    }
    memcpy(out->bytes + out->length, piece, length);
    out->length += length;
    out->bytes[out->length] = '\0';
    return BILL_OK;
}

static text ddl(bill_dialect dialect, uint32_t tables)
{
    text out = {0};
    assert_int_equal(bill_schema_ddl(dialect, tables, collect, &out), BILL_OK);
    return out;
}

static size_t reference_columns(bill_required wanted)
{
    size_t count = 0;
    for (size_t t = 0; t < bill_schema_table_count(); t++)
        for (size_t c = 0; c < bill_schema_table(t)->column_count; c++)
            count += bill_schema_table(t)->columns[c].required_by == wanted;
    return count;
}

static void the_list(void **state)
{
    size_t tables = 0;
    (void)state;
    for (size_t t = 0; t < bill_schema_table_count(); t++)
        tables += bill_schema_table(t)->required_by != BILL_REQUIRED_INTERNAL;
    assert_int_equal(tables, 11);
    assert_int_equal(reference_columns(BILL_REQUIRED_SPEC), 70);
    assert_int_equal(reference_columns(BILL_REQUIRED_CORRECTNESS), 101);
    assert_null(bill_schema_table(bill_schema_table_count()));

    const bill_table *records = bill_schema_find_table("aibillingrecord", 15);
    assert_non_null(records);
    assert_string_equal(records->name, "ai_billing_records");
    const bill_column *cost = bill_schema_find_column(records, "TOTAL_COST", 10);
    assert_non_null(cost);
    assert_int_equal(cost->role, BILL_ROLE_MONEY);
    assert_int_equal(cost->scale_min, 7);
    assert_int_equal(cost->precision_reference, 28);
    assert_int_equal(cost->if_missing, BILL_SEVERITY_ERROR);
    assert_int_equal(bill_billing_type_find("token_based", 11), BILL_TYPE_TOKEN);
    assert_int_equal(bill_billing_type_find("tokens", 6), -1);
    assert_ptr_equal(bill_values_named("unit"), bill_values_unit);
    assert_null(bill_values_named("units"));
}

/* Every name used inside the list must exist in it. */
static void names_resolve(void **state)
{
    (void)state;
    for (size_t t = 0; t < bill_schema_table_count(); t++) {
        const bill_table *table = bill_schema_table(t);
        assert_ptr_equal(bill_schema_find_table(table->name, strlen(table->name)), table);
        for (size_t k = 0; k < table->key_count; k++)
            for (size_t c = 0; table->keys[k].columns[c]; c++)
                assert_non_null(
                    bill_schema_find_column(table, table->keys[k].columns[c], strlen(table->keys[k].columns[c])));
        for (size_t f = 0; f < table->foreign_key_count; f++) {
            const bill_foreign_key *link = &table->foreign_keys[f];
            const bill_table *other = bill_schema_find_table(link->references, strlen(link->references));
            assert_true(other && other < table);
            assert_non_null(bill_schema_find_column(other, link->referenced_column, strlen(link->referenced_column)));
            assert_string_equal(link->on_delete, "RESTRICT");
        }
    }
    const bill_table *records = bill_schema_find_table("ai_billing_records", 18);
    const bill_table *prices = bill_schema_find_table("ai_model_billing", 16);
    for (int type = 0; bill_values_billing_type[type]; type++) {
        const bill_type_info *info = bill_type_info_of((bill_billing_type)type);
        for (size_t i = 0; i < info->term_count; i++) {
            const bill_cost_term *term = &info->terms[i];
            assert_non_null(bill_schema_find_column(records, term->measure, strlen(term->measure)));
            assert_non_null(bill_schema_find_column(records, term->price, strlen(term->price)));
            assert_non_null(bill_schema_find_column(prices, term->model_price, strlen(term->model_price)));
        }
    }
}

/* ---- SQLite ---- */

static sqlite3 *database(void)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    text sql = ddl(BILL_SQLITE, BILL_TABLES_ALL);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    if (sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(db, sql.bytes, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s in\n%s", message ? message : sqlite3_errmsg(db), sql.bytes);
    free(sql.bytes);
    return db;
}

#define USAGE                                                                                                          \
    "INSERT INTO ai_model_usage (id, user_id, model_id, request_id, usage_type, input_tokens, "                        \
    "output_tokens, status, created_at, operation, usage_source, model_name, payload_hash, "                           \
    "occurred_at) VALUES (1, 7, 1, 'r1', 'text', 1000, 500, 'success', "                                               \
    "'2025-01-21 02:00:00.000000', 'chat', 'provider', 'm', '', '2025-01-21 02:00:00.000000');"
#define RECORD(type, cost, refunded, status, currency)                                                                 \
    "INSERT INTO ai_billing_records (user_id, model_id, usage_id, billing_type, quantity, unit, "                      \
    "input_tokens, output_tokens, total_cost, currency, billing_status, billing_time, "                                \
    "billing_cycle, created_at, idempotency_key, refunded_amount, model_name, updated_at) VALUES "                     \
    "(7, 1, 1, '" type "', '1500.000000', 'token', 1000, 500, '" cost "', '" currency "', '" status                    \
    "', '2025-01-21 02:00:00.000000', '2025-01', '2025-01-21 02:00:00.000000', "                                       \
    "'charge:r1', '" refunded "', 'm', '2025-01-21 02:00:00.000000');"
#define GOOD RECORD("token", "0.001250000000", "0.000000000000", "pending", "USD")

static void refusals(void **state)
{
    static const struct {
        const char *name, *sql;
        int accepted;
    } cases[] = {
        {"usage and bill",             USAGE GOOD,                                1                                                                    },
        {"bill without usage",         GOOD,                                      0                                                                    },
        {"second bill of a usage",     USAGE GOOD GOOD,                           0                                                                    },
        {"billed usage deleted",       USAGE GOOD "DELETE FROM ai_model_usage;",  0                                                                    },
        {"usage twice",                USAGE USAGE,                               0                                                                    },
        {"old spelling of the type",   USAGE RECORD("token_based",                "0.001250000000",                                                      "0.000000000000", "pending", "USD"),
         0},
        {"speech without characters",                   USAGE RECORD("character",                                                      "0.001250000000",                                                                                                                                              "0.000000000000", "pending", "USD"),
         0},
        {"cost with too few decimals",  USAGE RECORD("token", "0.00125", "0.000000000000", "pending", "USD"), 0},
        {"cost with an exponent",                   USAGE RECORD("token",                                                      "1.250000000e-3",                                                                                                                                              "0.000000000000", "pending", "USD"), 0},
        {"negative cost", USAGE RECORD("token",                     "-1.000000000000",                                                                                 "0.000000000000", "pending", "USD"), 0},
        {"cost with a leading zero",                   USAGE RECORD("token",                                                      "01.000000000000",                                                                                                                          "0.000000000000", "pending", "USD"), 0},
        {"refund of all",      USAGE RECORD("token",         "10.000000000000",         "10.000000000000", "refunded", "USD"), 1},
        {"refund of a part, shorter text",
         USAGE RECORD("token",                                                      "10.000000000000",                                                                                                                          "9.000000000000", "refunded", "USD"), 1},
        {"refund above the total",              USAGE RECORD("token",                                   "9.000000000000",                                                                   "10.000000000000", "refunded", "USD"), 0},
        {"paid without a time",                   USAGE RECORD("token",                                                      "0.001250000000",                                                                                                                          "0.000000000000", "paid", "USD"), 0},
        {"currency of four letters",   USAGE RECORD("token",      "0.001250000000",     "0.000000000000", "pending", "USDT"), 0},
        {"unknown status",                   USAGE RECORD("token",                                                      "0.001250000000",                                                                                                                          "0.000000000000", "PENDING", "USD"), 0},
        {"price as a real",
         "INSERT INTO ai_model_billing (model_id, billing_type, input_token_price, is_active, "
         "effective_from, created_at) VALUES (1, 'token', 0.0000005, 1, '2025-01-21 02:00:00.000000', "
         "'2025-01-21 02:00:00.000000');",                              0                                                                         },
        {"price as text",
         "INSERT INTO ai_model_billing (model_id, billing_type, input_token_price, is_active, "
         "effective_from, created_at) VALUES (1, 'token', '0.000000500000', 1, '2025-01-21 02:00:00.000000', "
         "'2025-01-21 02:00:00.000000');",                                                     1                                                                                                                        },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sqlite3 *db = database();
        char *message = NULL;
        int accepted = sqlite3_exec(db, cases[i].sql, NULL, NULL, &message) == SQLITE_OK;
        if (accepted != cases[i].accepted)
            fail_msg("case \"%s\": %s", cases[i].name, accepted ? "accepted" : message);
        sqlite3_free(message);
        sqlite3_close(db);
    }
}

/* Exactly the columns of the list, in its order. */
static void tables_as_listed(void **state)
{
    sqlite3 *db = database();
    (void)state;
    for (size_t t = 0; t < bill_schema_table_count(); t++) {
        const bill_table *table = bill_schema_table(t);
        sqlite3_stmt *row = NULL;
        size_t count = 0;
        assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM pragma_table_info(?)", -1, &row, NULL), SQLITE_OK);
        sqlite3_bind_text(row, 1, table->name, -1, SQLITE_STATIC);
        while (sqlite3_step(row) == SQLITE_ROW) {
            assert_true(count < table->column_count);
            assert_string_equal(sqlite3_column_text(row, 0), table->columns[count].name);
            count++;
        }
        assert_int_equal(count, table->column_count);
        sqlite3_finalize(row);
    }
    sqlite3_close(db);
}

static void dialects(void **state)
{
    static const struct {
        bill_dialect dialect;
        const char *has, *has_not;
    } cases[] = {
        {BILL_SQLITE,   "total_cost TEXT NOT NULL",                                              "DECIMAL"      },
        {BILL_SQLITE,   ") STRICT;",                                                             "ENGINE"       },
        {BILL_MARIADB,  "total_cost DECIMAL(28,12) NOT NULL",                                    ") STRICT"     },
        {BILL_MARIADB,  "request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL", "AUTOINCREMENT"},
        {BILL_MARIADB,  "billing_type ENUM('token', 'character', 'count', 'second') NOT NULL",   "GLOB"         },
        {BILL_MARIADB,  "UNIQUE (usage_id)",                                                     "CASCADE"      },
        {BILL_MARIADB,  "ENGINE=InnoDB",                                                         "FLOAT"        },
        {BILL_POSTGRES, "total_cost NUMERIC(28,12) NOT NULL",                                    "ENUM("        },
        {BILL_POSTGRES, "REFERENCES ai_model_usage (id) ON DELETE RESTRICT",                     "DOUBLE"       },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text sql = ddl(cases[i].dialect, BILL_TABLES_ALL);
        CHECK_CASE(cases[i].has, strstr(sql.bytes, cases[i].has) != NULL);
        CHECK_CASE(cases[i].has_not, strstr(sql.bytes, cases[i].has_not) == NULL);
        free(sql.bytes);
    }
    text one = ddl(BILL_MARIADB, bill_schema_mask("ai_billing_records"));
    assert_ptr_equal(strstr(one.bytes, "CREATE TABLE ai_billing_records ("), one.bytes);
    assert_null(strstr(one.bytes + 1, "CREATE TABLE"));
    free(one.bytes);
    assert_int_equal(bill_schema_mask("no_such_table"), 0);
    assert_int_equal(bill_dialect_find("mysql", 5), BILL_MARIADB);
    assert_int_equal(bill_dialect_find("oracle", 6), -1);
}

static bill_status refuse(void *context, const char *piece, size_t length)
{
    (void)piece;
    (void)length;
    return --*(int *)context > 0 ? BILL_OK : BILL_EIO;
}

static void a_failing_sink_stops(void **state)
{
    int pieces = 5;
    (void)state;
    assert_int_equal(bill_schema_ddl(BILL_SQLITE, BILL_TABLES_ALL, refuse, &pieces), BILL_EIO);
    assert_int_equal(pieces, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list),         cmocka_unit_test(names_resolve), cmocka_unit_test(refusals),
        cmocka_unit_test(tables_as_listed), cmocka_unit_test(dialects),      cmocka_unit_test(a_failing_sink_stops),
    };
    return cmocka_run_group_tests_name("billing schema", tests, NULL, NULL);
}
