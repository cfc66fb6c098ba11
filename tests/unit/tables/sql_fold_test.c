/* SQL files folded into tables: what stands after all statements have run, in the order
 * of their files, and what the reference schema then misses. */
#include "dump.h"
#include "ml/schema_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

typedef struct file {
    const char *path, *text;
} file;

static void build(ml_tables *out, ml_arena *arena, const file *files, size_t count, const ml_table_options *options)
{
    ml_table_source *sources = ML_NEW_ARRAY(arena, ml_table_source, count + 1);
    uint32_t used = 0;
    for (size_t i = 0; i < count && files[i].path; i++, used++) {
        ml_sql_script *script = ML_NEW(arena, ml_sql_script);
        ml_lines *lines = ML_NEW(arena, ml_lines);
        ml_str text = ml_str_of(files[i].text);
        ml_sql_parse(script, arena, text);
        *lines = ml_lines_of(arena, text);
        sources[i] = (ml_table_source){.path = ml_str_of(files[i].path), .sql = script, .lines = lines,
                                       .is_test = strncmp(files[i].path, "test/", 5) == 0};
    }
    ml_tables_build(out, arena, sources, used, options);
}

static const struct {
    const char *name;
    file files[3];
    const char *expected;
} folds[] = {
    {"statements of one file",
     {{"a.sql", "CREATE TABLE t (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, a VARCHAR(10) UNIQUE, b DECIMAL(10,2));"
                "ALTER TABLE t ADD c INT DEFAULT 1, DROP COLUMN b, MODIFY a VARCHAR(20) NOT NULL, ADD UNIQUE KEY k (a, c);"}},
     "t id:bigint unsigned nn pk auto; a:string(20) nn uq; c:int =1; UQ k(a,c)\n"},
    {"files in the order of their numbers, whatever order they come in",
     {{"m/V10__drop.sql", "ALTER TABLE t DROP COLUMN b;"},
      {"m/V2__add.sql", "ALTER TABLE t ADD COLUMN b INT, ADD COLUMN c INT;"},
      {"m/V1__make.sql", "CREATE TABLE t (a INT);"}},
     "t a:int; c:int;\n"},
    {"the way back is not taken",
     {{"m/1_make.up.sql", "CREATE TABLE t (a INT);"},
      {"m/1_make.down.sql", "DROP TABLE t;"},
      {"rollback/1.sql", "DROP TABLE t;"}},
     "t a:int;\n"},
    {"words that only contain a word of the way back",
     {{"m/1_download.sql", "CREATE TABLE t (a INT);"}, {"m/2_undone_jobs.sql", "CREATE TABLE u (a INT);"}},
     "t a:int;\nu a:int;\n"},
    {"schema file and migrations tell the same story",
     {{"db/schema.sql", "CREATE TABLE t (a INT, b BIGINT NOT NULL);"},
      {"migrations/1.sql", "CREATE TABLE t (a INT);"},
      {"migrations/2.sql", "ALTER TABLE t ADD b BIGINT NOT NULL;"}},
     "t a:int; b:bigint nn;\n"},
    {"renames move columns and keys",
     {{"a.sql", "CREATE TABLE t (a INT, KEY k (a)); ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t CHANGE b c BIGINT;"
                "RENAME TABLE t TO u; ALTER TABLE u ADD d INT;"}},
     "u c:bigint; d:int; KEY k(c)\n"},
    {"SQLite rebuilds a table",
     {{"a.sql", "CREATE TABLE t (a INT); CREATE TABLE new_t (a INT, b INT); INSERT INTO new_t SELECT a, 1 FROM t;"
                "DROP TABLE t; ALTER TABLE new_t RENAME TO t;"}},
     "t a:int; b:int;\n"},
    {"LIKE copies columns and keys, not foreign keys, and then goes its own way",
     {{"a.sql", "CREATE TABLE t (a INT REFERENCES x (id), b INT, UNIQUE KEY u (a)); CREATE TABLE t2 LIKE t;"
                "ALTER TABLE t2 DROP COLUMN b, ADD c INT; ALTER TABLE t RENAME COLUMN a TO z;"}},
     "t z:int ->x.id/; b:int; UQ u(z)\nt2 a:int; c:int; UQ u(a)\n"},
    {"LIKE of an unknown table is open", {{"a.sql", "CREATE TABLE t LIKE nowhere;"}}, "t ?\n"},
    {"altered, but made nowhere", {{"a.sql", "ALTER TABLE t ADD a INT;"}}, "t ? a:int;\n"},
    {"made from a query", {{"a.sql", "CREATE TABLE t AS SELECT 1;"}}, "t ?\n"},
    {"values of PostgreSQL enumerations, also later ones",
     {{"1.sql", "CREATE TABLE t (a kind NOT NULL, b \"Other\"); CREATE TYPE kind AS ENUM ('x', 'y');"},
      {"2.sql", "ALTER TYPE kind ADD VALUE 'z'; CREATE TYPE \"Other\" AS ENUM ('q');"}},
     "t a:enum{x,y,z} nn; b:enum{q};\n"},
    {"checks come and go",
     {{"a.sql", "CREATE TABLE t (a TEXT, b TEXT CHECK (b IN ('p')), CONSTRAINT ck CHECK (a IN ('x')));"
                "ALTER TABLE t DROP CONSTRAINT t_b_check; ALTER TABLE t ADD CONSTRAINT ck2 CHECK (b IN ('p', 'q'));"}},
     "t a:text{x}; b:text{p,q};\n"},
    {"ALTER COLUMN says only what it changes",
     {{"a.sql", "CREATE TABLE t (a NUMERIC(10,2) NOT NULL DEFAULT 5 UNIQUE);"
                "ALTER TABLE t ALTER a TYPE NUMERIC(28,12), ALTER a DROP NOT NULL, ALTER a DROP DEFAULT;"}},
     "t a:decimal(28,12) uq;\n"},
    {"unique keys go by the names the engines give them",
     {{"a.sql", "CREATE TABLE t (a INT UNIQUE, b INT UNIQUE, c INT, UNIQUE KEY k (c));"
                "ALTER TABLE t DROP INDEX a, DROP CONSTRAINT t_b_key; DROP INDEX k;"}},
     "t a:int; b:int; c:int;\n"},
    {"a key over several columns is no key of each",
     {{"a.sql", "CREATE TABLE t (a INT, b INT, PRIMARY KEY (a, b));"}}, "t a:int nn; b:int nn; PK (a,b)\n"},
    {"a test's schema is not the project's",
     {{"a.sql", "CREATE TABLE t (a INT);"}, {"test/a.sql", "CREATE TABLE t (b INT); CREATE TABLE u (c INT);"}},
     "t a:int;\n"},
    {"reference tables by name, alias and spelling",
     {{"a.sql", "CREATE TABLE AI_MODEL_USAGE (a INT); CREATE TABLE AIBillingRecord (a INT);"
                "CREATE TABLE aiModelBilling (a INT); CREATE TABLE bills (a INT); CREATE TABLE ai_billing_models (a INT);"}},
     "AIBillingRecord=ai_billing_records a:int;\nAI_MODEL_USAGE=ai_model_usage a:int;\naiModelBilling=ai_model_billing a:int;\n"
     "ai_billing_models a:int;\nbills=ai_billing_monthly_summary a:int;\n"},
};

static const ml_table_mapping mapping[] = {
    {.reference = {"ai_billing_monthly_summary", 26}, .project = {"bills", 5}},
};

static void test_folds(void **state)
{
    const ml_table_options options = {.mapping = mapping, .mapping_count = 1};
    int failures = 0;
    (void)state;
    for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++) {
        ml_arena arena = {0};
        ml_tables tables;
        ml_buf out = {0};
        build(&tables, &arena, folds[i].files, 3, &options);
        dump_tables(&out, &tables);
        if (!ml_str_eq_c(ml_buf_view(&out), folds[i].expected)) {
            print_error("%s:\n--- expected\n%s--- got\n%.*s", folds[i].name, folds[i].expected,
                        ML_STR_ARG(ml_buf_view(&out)));
            failures++;
        }
        ml_buf_finish(&out);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

/* ---- against the reference ---- */

static bill_status append(void *context, const char *text, size_t length)
{
    ml_buf_bytes(context, text, length);
    return BILL_OK;
}

static const bill_dialect dialects[] = {BILL_SQLITE, BILL_MARIADB, BILL_POSTGRES};

/* The reference's own DDL, read back, has no gap and no unread statement, in any dialect. */
static void test_reference_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
        const ml_table_options options = {0};
        ml_arena arena = {0};
        ml_buf ddl = {0};
        ml_tables tables;
        ml_schema_gaps gaps = {0};
        ml_schema_type_gaps types = {0};
        bill_schema_ddl(dialects[i], BILL_TABLES_ALL, append, &ddl);
        ml_sql_script script;
        ml_sql_parse(&script, &arena, ml_buf_view(&ddl));
        assert_int_equal(script.unread, 0);
        build(&tables, &arena, &(file){"a.sql", ddl.data}, 1, &options);
        assert_int_equal(tables.count, bill_schema_table_count());
        for (uint32_t t = 0; t < tables.count; t++) {
            const bill_table *reference = bill_schema_find_table(tables.items[t].name.data, tables.items[t].name.len);
            assert_int_equal(tables.items[t].columns.count, reference->column_count);
            assert_false(tables.items[t].open);
        }
        ml_schema_gaps_of(&gaps, &arena, &tables);
        ml_schema_type_gaps_of(&types, &arena, &tables);
        assert_int_equal(gaps.count, 0);
        assert_int_equal(types.count, 0);
        assert_int_equal(ml_schema_suggestion(&arena, &tables, true).len, 0);
        ml_buf_finish(&ddl);
        ml_arena_finish(&arena);
    }
}

static void dump_gaps(ml_buf *out, ml_arena *arena, const ml_tables *tables)
{
    ml_schema_gaps gaps = {0};
    ml_schema_type_gaps types = {0};
    ml_schema_gaps_of(&gaps, arena, tables);
    ml_schema_type_gaps_of(&types, arena, tables);
    for (uint32_t i = 0; i < gaps.count; i++)
        ml_buf_printf(out, "%s.%s %s\n", gaps.items[i].table->name,
                      gaps.items[i].column ? gaps.items[i].column->name : "*", ml_level_name(gaps.items[i].level));
    for (uint32_t i = 0; i < types.count; i++) {
        ml_buf_printf(out, "%s", types.items[i].table->name);
        dump_names(out, "{", &types.items[i].missing, "}\n");
    }
}

static const char *const others_missing =
    "ai_model_usage.* high\nai_model_billing.* high\nai_billing_records.* high\n";

static const struct {
    const char *name, *sql, *removed; /* removed: one column or more of the reference summary */
    const char *expected;
} summaries[] = {
    {"a column of the specification", NULL, "total_quantity", "ai_billing_monthly_summary.total_quantity high\n"},
    {"one that right bills need", NULL, "refunded_cost", "ai_billing_monthly_summary.refunded_cost low\n"},
    {"one that is good to have", NULL, "journal_high_water", ""},
    {"a billing type", "CREATE TABLE t (a INT); ALTER TABLE ai_billing_monthly_summary MODIFY billing_type ENUM('token', 'COUNT', 'second');",
     NULL, "ai_billing_monthly_summary{character}\n"},
    {"the old spelling of token will do", "ALTER TABLE ai_billing_monthly_summary MODIFY billing_type ENUM('token_based','count','second','character');",
     NULL, ""},
    {"free text takes every type", "ALTER TABLE ai_billing_monthly_summary MODIFY billing_type VARCHAR(16);", NULL, ""},
    {"a check is an enumeration too",
     "ALTER TABLE ai_billing_monthly_summary MODIFY billing_type VARCHAR(16) CHECK (billing_type IN ('token', 'count'));",
     NULL, "ai_billing_monthly_summary{character,second}\n"},
    {"an open table lacks nothing", "DROP TABLE ai_billing_monthly_summary; ALTER TABLE ai_billing_monthly_summary ADD id BIGINT;", NULL, ""},
    {"columns in camel case", "ALTER TABLE ai_billing_monthly_summary RENAME COLUMN total_quantity TO totalQuantity;", NULL, ""},
};

static void test_gaps(void **state)
{
    const ml_table_options options = {0};
    int failures = 0;
    (void)state;
    for (size_t i = 0; i < sizeof summaries / sizeof summaries[0]; i++) {
        ml_arena arena = {0};
        ml_buf ddl = {0}, out = {0};
        ml_tables tables;
        /* All of the reference, then one change to the summary. */
        bill_schema_ddl(BILL_MARIADB, BILL_TABLES_ALL, append, &ddl);
        ml_str change = summaries[i].removed
                            ? ml_arena_printf(&arena, "ALTER TABLE ai_billing_monthly_summary DROP COLUMN %s;",
                                              summaries[i].removed)
                            : ml_str_of(summaries[i].sql);
        ml_buf_str(&ddl, change);
        build(&tables, &arena, &(file){"a.sql", ddl.data}, 1, &options);
        dump_gaps(&out, &arena, &tables);
        if (!ml_str_eq_c(ml_buf_view(&out), summaries[i].expected)) {
            print_error("%s:\n--- expected\n%s--- got\n%.*s", summaries[i].name, summaries[i].expected,
                        ML_STR_ARG(ml_buf_view(&out)));
            failures++;
        }
        ml_buf_finish(&ddl);
        ml_buf_finish(&out);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

static void test_missing_tables(void **state)
{
    const ml_table_options options = {0};
    ml_arena arena = {0};
    ml_buf ddl = {0}, out = {0};
    ml_tables tables;
    (void)state;
    bill_schema_ddl(BILL_MARIADB, bill_schema_mask("ai_billing_monthly_summary"), append, &ddl);
    build(&tables, &arena, &(file){"a.sql", ddl.data}, 1, &options);
    dump_gaps(&out, &arena, &tables);
    assert_true(ml_str_starts(ml_buf_view(&out), ml_str_of(others_missing)));
    ml_buf_finish(&out);
    ml_buf_finish(&ddl);
    ml_arena_finish(&arena);
}

static const char poor[] =
    "CREATE TABLE ai_model_usage (id BIGINT PRIMARY KEY, user_id BIGINT, created_at DATETIME(6));\n"
    "CREATE TABLE ai_billing_records (id BIGINT PRIMARY KEY, billing_type ENUM('token', 'it''s') NOT NULL DEFAULT 'token');\n";

/* What is suggested for a poor schema, read behind it, leaves no gap; and it takes nothing away. */
static void test_suggestion_closes_the_gaps(void **state)
{
    const ml_table_options options = {0};
    ml_arena arena = {0};
    ml_tables tables;
    ml_buf out = {0};
    (void)state;
    build(&tables, &arena, &(file){"a.sql", poor}, 1, &options);
    ml_str suggestion = ml_schema_suggestion(&arena, &tables, false);
    assert_true(ml_str_contains(suggestion, ML_STR("ALTER TABLE ai_model_usage\n  ADD COLUMN model_id BIGINT NOT NULL")));
    assert_true(ml_str_contains(suggestion, ML_STR("ENUM('token', 'it''s', 'character', 'count', 'second') NOT NULL DEFAULT 'token'")));
    assert_true(ml_str_contains(suggestion, ML_STR("CREATE TABLE ai_billing_monthly_summary")));
    assert_false(ml_str_contains(suggestion, ML_STR("CREATE TABLE ai_model_usage")));
    assert_false(ml_str_contains(suggestion, ML_STR("DROP")));
    file files[] = {{"1.sql", poor}, {"2.sql", suggestion.data}};
    build(&tables, &arena, files, 2, &options);
    dump_gaps(&out, &arena, &tables);
    assert_int_equal(out.len, 0);
    assert_int_equal(ml_schema_suggestion(&arena, &tables, true).len, 0);
    ml_buf_finish(&out);
    ml_arena_finish(&arena);
}

static void test_nothing_declared(void **state)
{
    const ml_table_options options = {0};
    ml_arena arena = {0};
    ml_tables tables;
    ml_checks checks = {0};
    ml_buf out = {0};
    (void)state;
    build(&tables, &arena, &(file){"a.sql", "CREATE TABLE users (id INT);"}, 1, &options);
    dump_gaps(&out, &arena, &tables);
    assert_int_equal(out.len, 0);
    ml_schema_checks(&checks, &arena, &tables);
    assert_int_equal(checks.count, 1);
    assert_true(ml_str_eq_c(checks.items[0].text.in[ML_LANG_ZH], "未发现计费表"));
    assert_int_equal(ml_schema_suggestion(&arena, &tables, false).len, 0);
    assert_true(ml_str_contains(ml_schema_suggestion(&arena, &tables, true), ML_STR("CREATE TABLE ai_billing_records (")));
    ml_buf_finish(&out);
    ml_arena_finish(&arena);
}

static void test_checks(void **state)
{
    const ml_table_options options = {0};
    ml_arena arena = {0};
    ml_tables tables;
    ml_checks checks = {0};
    ml_buf out = {0};
    (void)state;
    build(&tables, &arena, &(file){"db/a.sql", poor}, 1, &options);
    ml_schema_checks(&checks, &arena, &tables);
    for (uint32_t i = 0; i < checks.count; i++)
        if (!ml_str_contains(checks.items[i].text.in[ML_LANG_EN], ML_STR("missing")))
            ml_buf_printf(&out, "%d %.*s %.*s:%u\n", (int)checks.items[i].state,
                          ML_STR_ARG(checks.items[i].text.in[ML_LANG_EN]), ML_STR_ARG(checks.items[i].path),
                          checks.items[i].line);
    assert_true(ml_str_eq_c(ml_buf_view(&out), "1 ai_model_billing: no such table :0\n"
                                               "1 ai_billing_monthly_summary: no such table :0\n"
                                               "1 ai_billing_records_archive: no such table :0\n"
                                               "1 ai_billing_outbox: no such table :0\n"
                                               "1 ai_billing_records.billing_type: cannot bill character, count, second db/a.sql:2\n"));
    assert_true(ml_str_starts(checks.items[0].text.in[ML_LANG_ZH], ML_STR("ai_model_usage：缺少字段 model_id、request_id")));
    ml_buf_finish(&out);
    ml_arena_finish(&arena);
}

static void test_hostile(void **state)
{
    static const char *const pieces[] = {
        "ALTER TABLE t ADD c%zu INT;", "CREATE TABLE t%zu LIKE wide;", "CREATE TABLE t%zu (a INT); DROP TABLE t%zu;",
        "ALTER TABLE wide RENAME COLUMN a TO b%zu, RENAME COLUMN b%zu TO a;", "DROP INDEX k%zu;",
    };
    const ml_table_options options = {0};
    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        ml_arena arena = {0};
        ml_tables tables;
        ml_buf sql = {0};
        ml_buf_cstr(&sql, "CREATE TABLE wide (a INT");
        for (int c = 0; c < 1000; c++)
            ml_buf_printf(&sql, ", c%d INT", c);
        ml_buf_cstr(&sql, ");");
        for (size_t n = 0; n < 20000; n++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            ml_buf_printf(&sql, pieces[i], n, n);
#pragma GCC diagnostic pop
        }
        build(&tables, &arena, &(file){"a.sql", sql.data}, 1, &options);
        for (uint32_t t = 0; t < tables.count; t++)
            assert_true(tables.items[t].columns.count <= 1600);
        assert_true(arena.bytes < (size_t)200 << 20);
        ml_buf_finish(&sql);
        ml_arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folds),
        cmocka_unit_test(test_reference_is_complete),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_missing_tables),
        cmocka_unit_test(test_suggestion_closes_the_gaps),
        cmocka_unit_test(test_nothing_declared),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
