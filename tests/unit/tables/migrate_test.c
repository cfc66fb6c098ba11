/* The migration of a poor schema, put behind it as the next file, leaves no difference to the
 * reference; a complete schema has no migration; SQLite gets a table made anew where its
 * definition is known, and the reason where it is not. cli/schema-sqlite runs the statements. */
#include "ml/buf.h"
#include "ml/schema_fault.h"
#include "ml/schema_migrate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static ml_table_source source_of(ml_arena *arena, const char *path, ml_str text)
{
    ml_sql_script *script = ML_NEW(arena, ml_sql_script);
    ml_lines *lines = ML_NEW(arena, ml_lines);
    ml_sql_parse(script, arena, text);
    *lines = ml_lines_of(arena, text);
    return (ml_table_source){.path = ml_str_of(path), .sql = script, .lines = lines};
}

static void build(ml_tables *out, ml_arena *arena, ml_str first, ml_str second, ml_database database)
{
    ml_table_source sources[] = {source_of(arena, "db/001.sql", first), source_of(arena, "db/002.sql", second)};
    ml_table_options options = {.dialect = database};
    ml_tables_build(out, arena, sources, 2, &options);
}

/* Most kinds of faults at once. */
static const char mysql[] =
    "CREATE TABLE ai_model_usage (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT NOT NULL,"
    " model_id BIGINT NOT NULL, request_id VARCHAR(64) NOT NULL, usage_type VARCHAR(16) NOT NULL, input_tokens BIGINT,"
    " output_tokens BIGINT, total_tokens INT, cost DECIMAL, status VARCHAR(16) NOT NULL, created_at DATETIME NOT "
    "NULL);\n"
    "CREATE TABLE ai_billing_records (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT, usage_id BIGINT "
    "NOT NULL,"
    " billing_type ENUM('token', 'count') DEFAULT 'token', total_cost DECIMAL(20,4) NOT NULL, unit_price DOUBLE,"
    " input_price DECIMAL(14,12), currency CHAR(3) NOT NULL,"
    " FOREIGN KEY (usage_id) REFERENCES ai_model_usage (id) ON DELETE CASCADE);\n"
    "CREATE TABLE ai_billing_monthly_summary (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT NOT NULL,"
    " billing_cycle CHAR(7) NOT NULL, billing_type VARCHAR(16) NOT NULL, currency CHAR(3) NOT NULL,"
    " total_cost DECIMAL(10,6) NOT NULL);\n";

static const char postgres[] =
    "CREATE TABLE ai_model_usage (id BIGSERIAL PRIMARY KEY, user_id BIGINT NOT NULL, model_id BIGINT NOT NULL,"
    " request_id VARCHAR(64) NOT NULL, usage_type VARCHAR(16) NOT NULL, total_tokens INTEGER, cost REAL,"
    " status VARCHAR(16) NOT NULL, created_at TIMESTAMPTZ NOT NULL);\n"
    "CREATE TABLE ai_billing_records (id BIGSERIAL PRIMARY KEY, \"userId\" BIGINT,"
    " usage_id BIGINT NOT NULL REFERENCES ai_model_usage (id) ON DELETE CASCADE,"
    " billing_type VARCHAR(16) CHECK (billing_type IN ('token', 'count')), total_cost NUMERIC(30,4) NOT NULL,"
    " currency CHAR(3) NOT NULL);\n";

static void closes(const char *poor, bill_dialect dialect, ml_database database)
{
    ml_arena arena = {0};
    ml_tables before, after;
    build(&before, &arena, ml_str_of(poor), ML_STR(""), database);
    assert_true(ml_schema_difference(&arena, &before).len > 0);
    ml_str migration = ml_schema_migration(&arena, &before, dialect);
    assert_true(dialect == BILL_SQLITE || !ml_str_contains(migration, ML_STR("DROP TABLE")));
    assert_false(ml_str_contains(migration, ML_STR("DROP COLUMN")));
    build(&after, &arena, ml_str_of(poor), migration, database);
    ml_str left = ml_schema_difference(&arena, &after);
    if (left.len)
        print_error("still different:\n%.*s after\n%.*s", ML_STR_ARG(left), ML_STR_ARG(migration));
    assert_int_equal(left.len, 0);
    assert_int_equal(ml_schema_migration(&arena, &after, dialect).len, 0);
    ml_arena_finish(&arena);
}

static void test_closes_mysql(void **state)
{
    (void)state;
    closes(mysql, BILL_MARIADB, ML_DATABASE_MYSQL);
}

static void test_closes_postgres(void **state)
{
    (void)state;
    closes(postgres, BILL_POSTGRES, ML_DATABASE_POSTGRES);
}

/* The reference has no difference to itself, and so no migration. */
static void test_reference(void **state)
{
    static const bill_dialect dialects[] = {BILL_MARIADB, BILL_POSTGRES, BILL_SQLITE};
    static const ml_database databases[] = {ML_DATABASE_MYSQL, ML_DATABASE_POSTGRES, ML_DATABASE_SQLITE};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ml_arena arena = {0};
        ml_tables tables;
        build(&tables, &arena, ml_schema_reference(&arena, dialects[i]), ML_STR(""), databases[i]);
        ml_str left = ml_schema_difference(&arena, &tables);
        if (left.len)
            print_error("%zu: %.*s", i, ML_STR_ARG(left));
        assert_int_equal(left.len, 0);
        assert_int_equal(ml_schema_migration(&arena, &tables, dialects[i]).len, 0);
        ml_arena_finish(&arena);
    }
}

/* Digits the column has are kept: NUMERIC(30,4) has 26 before the point. */
static void test_keeps_digits(void **state)
{
    ml_arena arena = {0};
    ml_tables tables;
    (void)state;
    build(&tables, &arena, ml_str_of(postgres), ML_STR(""), ML_DATABASE_POSTGRES);
    ml_str migration = ml_schema_migration(&arena, &tables, BILL_POSTGRES);
    assert_true(ml_str_contains(migration, ML_STR("total_cost TYPE NUMERIC(38,12)")));
    assert_true(ml_str_contains(migration, ML_STR("ALTER COLUMN \"userId\" SET NOT NULL")));
    ml_arena_finish(&arena);
}

static const char sqlite[] =
    "CREATE TABLE ai_model_usage (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL,"
    " model_id INTEGER NOT NULL, request_id TEXT NOT NULL, usage_type TEXT NOT NULL, cost REAL, status TEXT NOT NULL,"
    " created_at TEXT NOT NULL);\n"
    "CREATE TABLE ai_billing_records (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NULL, -- whose, \"order\"\n"
    " usage_id INTEGER NOT NULL REFERENCES ai_model_usage(id) ON DELETE SET NULL, billing_type VARCHAR(9)"
    " CHECK (billing_type IN ('token', 'count')), \"order\" TEXT DEFAULT ',' COLLATE NOCASE,\n"
    " total_cost DECIMAL(10,4) NOT NULL CHECK (total_cost >= 0), unit_price FLOAT, CHECK (length(\"order\") < 9));\n"
    "CREATE INDEX ix_order ON ai_billing_records (\"order\") WHERE \"order\" IS NOT NULL;\n"
    "CREATE TRIGGER kept BEFORE DELETE ON ai_billing_records BEGIN SELECT CASE WHEN old.id > 1 THEN raise(ABORT, 'x')"
    " END; END;\n";

static void test_closes_sqlite(void **state)
{
    (void)state;
    closes(sqlite, BILL_SQLITE, ML_DATABASE_SQLITE);
}

/* What the reference does not know of comes through the rebuild as it was written. */
static void test_sqlite_keeps(void **state)
{
    static const char *const kept[] = {
        "\n  user_id INTEGER NOT NULL,",
        "REFERENCES ai_model_usage(id) ON DELETE RESTRICT",
        "CHECK (billing_type IN ('token', 'count', 'character', 'second'))",
        "\"order\" TEXT DEFAULT ',' COLLATE NOCASE",
        "total_cost DECIMAL(28,12) NOT NULL CHECK (total_cost >= 0)",
        "unit_price TEXT",
        "CHECK (length(\"order\") < 9)",
        "CREATE INDEX ix_order ON ai_billing_records (\"order\") WHERE",
        "CREATE TRIGGER kept BEFORE DELETE ON ai_billing_records BEGIN SELECT CASE WHEN"};
    ml_arena arena = {0};
    ml_tables tables;
    (void)state;
    build(&tables, &arena, ml_str_of(sqlite), ML_STR(""), ML_DATABASE_SQLITE);
    ml_str migration = ml_schema_migration(&arena, &tables, BILL_SQLITE);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (!ml_str_contains(migration, ml_str_of(kept[i])))
            print_error("without %s:\n%.*s", kept[i], ML_STR_ARG(migration));
        assert_true(ml_str_contains(migration, ml_str_of(kept[i])));
    }
    ml_arena_finish(&arena);
}

/* Where the definition is not known nothing is rebuilt, and what can be added is. */
static void test_sqlite_refuses(void **state)
{
    static const struct {
        const char *name, *sql, *says;
    } cases[] = {
        {"of another database",
         "CREATE TABLE ai_billing_records (id INTEGER PRIMARY KEY AUTO_INCREMENT, total_cost REAL NOT NULL);", "written for another database"          },
        {"with a renamed column",
         "CREATE TABLE ai_billing_records (id INTEGER PRIMARY KEY, cost_all REAL NOT NULL); ALTER TABLE "
         "ai_billing_records RENAME COLUMN cost_all TO total_cost;",                                           "renamed or removed"                    },
        {"with a check that is not understood",
         "CREATE TABLE ai_billing_records (id INTEGER PRIMARY KEY, billing_type TEXT NOT NULL CHECK (billing_type = "
         "'token' OR billing_type = 'count'));",                                                               "how the values of a column are checked"}
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ml_arena arena = {0};
        ml_tables tables;
        build(&tables, &arena, ml_str_of(cases[i].sql), ML_STR(""), ML_DATABASE_SQLITE);
        ml_str migration = ml_schema_migration(&arena, &tables, BILL_SQLITE);
        bool right = ml_str_contains(migration, ml_str_of(cases[i].says)) &&
                     !ml_str_contains(migration, ML_STR("DROP TABLE \"")) &&
                     ml_str_contains(migration, ML_STR("ADD COLUMN model_id INTEGER"));
        if (!right)
            print_error("%s:\n%.*s", cases[i].name, ML_STR_ARG(migration));
        assert_true(right);
        ml_arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closes_mysql),   cmocka_unit_test(test_closes_postgres),
        cmocka_unit_test(test_reference),      cmocka_unit_test(test_keeps_digits),
        cmocka_unit_test(test_closes_sqlite),  cmocka_unit_test(test_sqlite_keeps),
        cmocka_unit_test(test_sqlite_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
