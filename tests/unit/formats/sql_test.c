/* The SQL reader: each case is a script and what is read from it, printed one statement
 * a line. A second table says what hostile and broken texts must not do: crash, loop,
 * or take the statements behind them along. */
#include "ml/buf.h"
#include "ml/sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

#include <cmocka.h>

static void put_names(ml_buf *out, const char *open, const ml_sql_names *names, const char *close)
{
    ml_buf_cstr(out, open);
    for (uint32_t i = 0; i < names->count; i++)
        ml_buf_printf(out, "%s%.*s", i ? "," : "", ML_STR_ARG(names->items[i]));
    ml_buf_cstr(out, close);
}

static void put_if(ml_buf *out, bool yes, const char *word)
{
    if (yes)
        ml_buf_printf(out, " %s", word);
}

static void put_column(ml_buf *out, const ml_sql_column *column)
{
    ml_buf_printf(out, " %.*s:%.*s", ML_STR_ARG(column->name), ML_STR_ARG(column->type));
    if (column->precision >= 0)
        ml_buf_printf(out, "(%d", column->precision);
    if (column->scale >= 0)
        ml_buf_printf(out, ",%d", column->scale);
    if (column->precision >= 0)
        ml_buf_char(out, ')');
    if (column->values.count)
        put_names(out, "{", &column->values, "}");
    put_if(out, column->is_unsigned, "unsigned");
    put_if(out, column->not_null, "nn");
    put_if(out, column->primary_key, "pk");
    put_if(out, column->unique, "uq");
    put_if(out, column->auto_increment, "auto");
    put_if(out, column->generated, "gen");
    if (column->has_default)
        ml_buf_printf(out, " =%.*s", ML_STR_ARG(column->default_text));
    if (column->collation.len)
        ml_buf_printf(out, " ~%.*s", ML_STR_ARG(column->collation));
    if (column->references_table.len)
        ml_buf_printf(out, " ->%.*s.%.*s/%.*s", ML_STR_ARG(column->references_table),
                      ML_STR_ARG(column->references_column), ML_STR_ARG(column->on_delete));
    ml_buf_char(out, ';');
}

static const char *const kind_names[] = {
    "create",      "like",       "add",      "change",   "alter",       "rename-column", "drop-column", "rename-table",
    "drop-table",  "add-key",    "drop-key", "add-fk",   "add-check",   "type",          "value",
};

static void put_statement(ml_buf *out, const ml_sql_statement *s)
{
    ml_buf_printf(out, "%s %.*s", kind_names[s->kind], ML_STR_ARG(s->table));
    if (s->like_table.len)
        ml_buf_printf(out, " <%.*s", ML_STR_ARG(s->like_table));
    if (s->old_name.len)
        ml_buf_printf(out, " %.*s", ML_STR_ARG(s->old_name));
    if (s->new_name.len)
        ml_buf_printf(out, " >%.*s", ML_STR_ARG(s->new_name));
    put_if(out, s->open, "open");
    if (s->kind == ML_SQL_ALTER_COLUMN)
        ml_buf_printf(out, " #%d", (int)s->change);
    for (uint32_t i = 0; i < s->columns.count; i++)
        put_column(out, &s->columns.items[i]);
    for (uint32_t i = 0; i < s->keys.count; i++) {
        const ml_sql_key *key = &s->keys.items[i];
        ml_buf_printf(out, " %s%s %.*s", key->primary ? "PK" : key->unique ? "UQ" : "KEY", key->partial ? "?" : "",
                      ML_STR_ARG(key->name));
        put_names(out, "(", &key->columns, ")");
    }
    for (uint32_t i = 0; i < s->foreign_keys.count; i++) {
        const ml_sql_foreign_key *key = &s->foreign_keys.items[i];
        ml_buf_printf(out, " FK %.*s", ML_STR_ARG(key->name));
        put_names(out, "(", &key->columns, ")");
        ml_buf_printf(out, "->%.*s", ML_STR_ARG(key->table));
        put_names(out, "(", &key->target_columns, ")");
        ml_buf_printf(out, "/%.*s", ML_STR_ARG(key->on_delete));
    }
    for (uint32_t i = 0; i < s->checks.count; i++) {
        ml_buf_printf(out, " CK %.*s %.*s", ML_STR_ARG(s->checks.items[i].name), ML_STR_ARG(s->checks.items[i].column));
        put_names(out, "{", &s->checks.items[i].values, "}");
    }
    if (s->values.count)
        put_names(out, " {", &s->values, "}");
    if (s->engine.len)
        ml_buf_printf(out, " engine %.*s", ML_STR_ARG(s->engine));
    ml_buf_char(out, '\n');
}

typedef struct reading {
    const char *name, *sql, *expected;
    uint32_t unread;
} reading;

static const reading readings[] = {
    {"MySQL column attributes",
     "CREATE TABLE `ai_billing_records` (\n"
     "  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,\n"
     "  usage_id bigint(20) unsigned NOT NULL UNIQUE COMMENT 'one, call; UNIQUE',\n"
     "  request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,\n"
     "  billing_type ENUM('token', 'it''s', 'a\\'b') NOT NULL DEFAULT 'token',\n"
     "  total_cost DECIMAL(28, 12) DEFAULT -1.5,\n"
     "  created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),\n"
     "  PRIMARY KEY (`id`), UNIQUE KEY `uq` (request_id(20), usage_id DESC), KEY k (created_at)\n"
     ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;",
     "create ai_billing_records id:bigint unsigned nn auto; usage_id:bigint(20) unsigned nn uq;"
     " request_id:varchar(64) nn ~ascii_bin; billing_type:enum{token,it's,a'b} nn ='token';"
     " total_cost:decimal(28,12) =-1.5; created_at:datetime(6) nn =CURRENT_TIMESTAMP(6);"
     " PK (id) UQ uq(request_id,usage_id) KEY k(created_at) engine innodb\n", 0},
    {"PostgreSQL column attributes",
     "CREATE TYPE billing_type AS ENUM ('token', 'count');\n"
     "CREATE TABLE IF NOT EXISTS public.\"Usage\" (\n"
     "  id bigint GENERATED ALWAYS AS IDENTITY (START 1) PRIMARY KEY,\n"
     "  n bigserial,\n"
     "  kind public.billing_type DEFAULT 'token'::public.billing_type NOT NULL,\n"
     "  name character varying(64) COLLATE \"C\",\n"
     "  p double precision,\n"
     "  t timestamp(6) with time zone DEFAULT now(),\n"
     "  tags text[] DEFAULT ARRAY['a','b']::text[],\n"
     "  s numeric(10,2) GENERATED ALWAYS AS (p * 2) STORED,\n"
     "  r bigint REFERENCES other.users (id) ON UPDATE CASCADE ON DELETE SET NULL\n"
     ");\nALTER TYPE billing_type ADD VALUE IF NOT EXISTS 'second' AFTER 'count';",
     "type billing_type {token,count}\n"
     "create Usage id:bigint nn pk auto; n:bigserial nn auto; kind:billing_type nn ='token'::public.billing_type;"
     " name:varchar(64) ~C; p:double; t:timestamptz(6) =now(); tags:text[] =ARRAY['a','b']::text[];"
     " s:numeric(10,2) gen; r:bigint ->users.id/set null;\n"
     "value billing_type {second}\n", 0},
    {"SQLite: no types, names that are keywords",
     "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, plain, key TEXT, index VARCHAR(10), [a b] INT, 'x' INT);",
     "create t open id:integer pk auto; plain:; key:text; index:varchar(10); a b:int;\n", 1},
    {"CHECK in all its spellings",
     "CREATE TABLE t (a TEXT CHECK (a IN ('x', 'y')), b TEXT CHECK (b = 'x' OR b = 'y'), c TEXT CHECK (c IS NULL OR c IN ('z')),\n"
     "  d TEXT CHECK (d NOT IN ('x')), e TEXT CHECK (e IN ('x') OR a IS NOT NULL), f TEXT CHECK (f IN (SELECT g FROM h)),\n"
     "  CONSTRAINT ck CHECK (((a)::text = ANY ((ARRAY['p'::character varying, 'q'::public.kind])::text[]))),\n"
     "  CHECK (a IN ('m') AND b IN ('n')), CHECK (CASE WHEN a = 'x' THEN 1 ELSE 0 END));",
     "create t a:text{x,y}; b:text{x,y}; c:text{z}; d:text; e:text; f:text; CK ck a{p,q} CK  a{m} CK  b{n}\n", 0},
    {"foreign keys of a table",
     "CREATE TABLE t (a INT, CONSTRAINT fk1 FOREIGN KEY (a) REFERENCES db.u (id) ON DELETE CASCADE ON UPDATE NO ACTION,\n"
     " FOREIGN KEY fk2 (a, b) REFERENCES v (c, d) MATCH FULL ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED);",
     "create t a:int; FK fk1(a)->u(id)/cascade FK fk2(a,b)->v(c,d)/no action\n", 0},
    {"ALTER TABLE with several actions",
     "ALTER TABLE db.t\n  ADD COLUMN a INT NOT NULL AFTER id,\n  ADD (b INT, c INT),\n  MODIFY COLUMN d DECIMAL(28,12) NOT NULL FIRST,\n"
     "  CHANGE old new VARCHAR(10) DEFAULT 'a,b',\n  DROP e, DROP COLUMN IF EXISTS f,\n  ADD UNIQUE INDEX u (a),\n"
     "  ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES x(id),\n  DROP INDEX i1, DROP PRIMARY KEY, DROP FOREIGN KEY fk0,\n"
     "  RENAME COLUMN g TO h, ENGINE = InnoDB, RENAME TO t2;",
     "add t a:int nn;\nadd t b:int; c:int;\nchange t d d:decimal(28,12) nn;\nchange t old new:varchar(10) ='a,b';\n"
     "drop-column t e\ndrop-column t f\nadd-key t UQ u(a)\nadd-fk t FK fk(a)->x(id)/\ndrop-key t i1\ndrop-key t PRIMARY\n"
     "drop-key t fk0\nrename-column t g >h\nrename-table t >t2\n", 0},
    {"ALTER TABLE in PostgreSQL",
     "ALTER TABLE IF EXISTS ONLY t ALTER COLUMN a TYPE numeric(20, 4) USING a::numeric, ALTER a SET NOT NULL,\n"
     " ALTER a DROP NOT NULL, ALTER a SET DEFAULT 5, ALTER a DROP DEFAULT, ADD CONSTRAINT ck CHECK (a IN ('1')),\n"
     " DROP CONSTRAINT IF EXISTS old, RENAME x TO y;\nALTER TABLE ONLY public.t ADD CONSTRAINT pk PRIMARY KEY (id);",
     "alter t a #0 a:numeric(20,4);\nalter t a #1 a: nn;\nalter t a #2 a:;\nalter t a #3 a: =5;\nalter t a #4 a:;\n"
     "add-check t CK ck a{1}\ndrop-key t old\nrename-column t x >y\nadd-key t PK pk(id)\n", 0},
    {"T-SQL: brackets, no semicolons, verbless actions",
     "CREATE TABLE [dbo].[t] ([id] INT IDENTITY(1,1) NOT NULL)\nGO\nALTER TABLE t ADD a INT, b INT\nGO\n"
     "ALTER TABLE t ALTER COLUMN a BIGINT NOT NULL\nCREATE TABLE u (x INT)\n",
     "create t id:int nn auto;\nadd t a:int;\nadd t b:int;\nchange t a a:bigint nn;\ncreate u x:int;\n", 0},
    {"tables made from others",
     "CREATE TABLE a LIKE b; CREATE TABLE c (LIKE d INCLUDING ALL); CREATE TABLE e (LIKE f, x INT);\n"
     "CREATE TABLE g AS SELECT * FROM h; CREATE TABLE i (x INT) INHERITS (j); CREATE TABLE p PARTITION OF q FOR VALUES IN (1);",
     "like a <b\nlike c <d\ncreate e <f x:int;\ncreate g open\ncreate i <j x:int;\n", 0},
    {"indexes",
     "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON ONLY s.t USING btree (a, lower(b), (c || d)) INCLUDE (e);\n"
     "CREATE UNIQUE INDEX v ON t (a) WHERE deleted_at IS NULL; CREATE INDEX ON t (a DESC NULLS LAST); DROP INDEX IF EXISTS v;\n"
     "DROP INDEX u ON t;",
     "add-key t UQ u(a,lower(b),(c || d))\nadd-key t UQ? v(a)\nadd-key t KEY (a)\ndrop-key  v\ndrop-key t u\n", 0},
    {"drop and rename",
     "DROP TABLE IF EXISTS a, s.b CASCADE; RENAME TABLE c TO d, e TO f; ALTER TABLE g RENAME h;",
     "drop-table a\ndrop-table b\nrename-table c >d\nrename-table e >f\nrename-table g >h\n", 0},
    {"comments of every kind",
     "-- CREATE TABLE no1 (a INT);\n# CREATE TABLE no2 (a INT);\n/* CREATE TABLE no3 (a INT); */\n"
     "CREATE /* ; */ TABLE t -- ; (\n ( a INT, # b INT,\n /* c INT, */ d INT /*!50606 STORAGE DISK */ /*M!100301 UNIQUE */);\n"
     "/*!40101 CREATE TABLE yes (a INT) */;",
     "create t a:int; d:int uq;\ncreate yes a:int;\n", 0},
    {"semicolons and statements in quotes",
     "INSERT INTO x VALUES ('; CREATE TABLE no (a INT);', \"; DROP TABLE no\", $$; DROP TABLE no;$$, $f$ ' $$ $f$);\n"
     "CREATE FUNCTION f() RETURNS void AS $body$ BEGIN CREATE TABLE no (a INT); END $body$ LANGUAGE plpgsql;\n"
     "CREATE TABLE t (a INT);",
     "create t a:int;\n", 0},
    {"backslash as the file says",
     "SET standard_conforming_strings = on;\nCREATE TABLE t (a TEXT DEFAULT '\\', b TEXT DEFAULT E'\\'x', c INT);",
     "create t a:text ='\\'; b:text =E'\\'x'; c:int;\n", 0},
    {"procedures behind DELIMITER",
     "DELIMITER //\nCREATE PROCEDURE p() BEGIN CREATE TABLE no (a INT); DROP TABLE no; END//\nDELIMITER ;\nCREATE TABLE t (a INT);",
     "create t a:int;\n", 0},
    {"a one-byte delimiter",
     "DELIMITER |\nCREATE PROCEDURE p() BEGIN DROP TABLE no; END|\nCREATE TABLE t (a INT)|\nDELIMITER ;\nDROP TABLE t;",
     "create t a:int;\ndrop-table t\n", 0},
    {"data of COPY",
     "COPY public.t (a, b) FROM stdin;\nit's\tCREATE TABLE no (a INT);\n\\.\n\\connect x\nCREATE TABLE t (a INT);",
     "create t a:int;\n", 0},
    {"the way back is left out",
     "-- migrate:up\nCREATE TABLE a (x INT);\n-- migrate:down\nDROP TABLE a;\n-- +goose Up\nCREATE TABLE b (x INT);\n"
     "-- +goose Down\nDROP TABLE b;\n-- Up\nCREATE TABLE c (x INT);\n-- Down\nDROP TABLE c;\n",
     "create a x:int;\ncreate b x:int;\ncreate c x:int;\n", 0},
    {"down is a word like any other", "-- slow down here\nCREATE TABLE a (x INT);", "create a x:int;\n", 0},
    {"temporary and virtual tables are no schema",
     "CREATE TEMPORARY TABLE a (x INT); CREATE TEMP TABLE b (x INT); CREATE VIRTUAL TABLE c USING fts5(x);", "", 0},
    {"a BOM, and no semicolon at the end", "\xEF\xBB\xBF" "CREATE TABLE t (a INT)", "create t a:int;\n", 0},
    {"the end is missing", "CREATE TABLE t (a INT, b DECIMAL(10", "create t open a:int; b:decimal(10);\n", 1},
    {"a quote without end", "CREATE TABLE t (a INT);\nINSERT INTO x VALUES ('oops);\nCREATE TABLE u (a INT);",
     "create t a:int;\n", 1},
    {"a placeholder for a name and for a column",
     "CREATE TABLE ? (a INT);\nCREATE TABLE t (a INT, :column INT, b INT);\nALTER TABLE %s ADD a INT;",
     "create t open a:int; b:int;\n", 3},
    {"a statement that means nothing does not take the next", "CREATE TABLE t (,,,);\nALTER TABLE;\nCREATE TABLE u (a INT);",
     "create t\ncreate u a:int;\n", 1},
    {"incomplete actions", "ALTER TABLE t WITH; ALTER TABLE t ADD; ALTER TABLE t DROP; ALTER TABLE t CHANGE a; ALTER TABLE t ALTER;"
     "ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES x ON DELETE SET",
     "add-fk t FK c(a)->x()/set default\n", 2},
};

static void test_readings(void **state)
{
    int failures = 0;
    (void)state;
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        const reading *c = &readings[i];
        ml_arena arena = {0};
        ml_sql_script script;
        ml_buf out = {0};
        ml_sql_parse(&script, &arena, ml_str_of(c->sql));
        for (uint32_t s = 0; s < script.statements.count; s++)
            put_statement(&out, &script.statements.items[s]);
        if (!ml_str_eq_c(ml_buf_view(&out), c->expected) || script.unread != c->unread) {
            printf("%s:\n--- expected, unread %u\n%s--- got, unread %u\n%.*s", c->name, c->unread, c->expected,
                   script.unread, ML_STR_ARG(ml_buf_view(&out)));
            failures++;
        }
        ml_buf_finish(&out);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

static void test_places(void **state)
{
    static const char sql[] = "CREATE TABLE t (\n  a INT NOT NULL,\n  b INT -- last\n, KEY k (a)\n);\n"
                              "ALTER TABLE t ADD c INT, DROP a;";
    static const char *const expected[] = {"a INT NOT NULL", "b INT", "KEY k (a)", "ADD c INT", "c INT", "DROP a"};
    ml_arena arena = {0};
    ml_sql_script script;
    (void)state;
    ml_sql_parse(&script, &arena, ml_str_of(sql));
    assert_int_equal(script.statements.count, 3);
    const ml_sql_statement *s = script.statements.items;
    const uint32_t places[][2] = {
        {s[0].columns.items[0].start, s[0].columns.items[0].end}, {s[0].columns.items[1].start, s[0].columns.items[1].end},
        {s[0].keys.items[0].start, s[0].keys.items[0].end},       {s[1].start, s[1].end},
        {s[1].columns.items[0].start, s[1].columns.items[0].end}, {s[2].start, s[2].end},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        ml_str got = ml_str_slice(ml_str_of(sql), places[i][0], places[i][1]);
        ml_str want = ml_str_of(expected[i]);
        if (!ml_str_eq(got, want))
            print_error("place %zu: expected \"%s\", got \"%.*s\"\n", i, expected[i], ML_STR_ARG(got));
        assert_true(ml_str_eq(got, want));
    }
    ml_arena_finish(&arena);
}

/* Every prefix of a rich script, and the script with each byte replaced: no crash, and
 * (under sanitizers) no read outside. */
static void test_damaged(void **state)
{
    static const char damage[] = "'\"`()[],;$*/-\\:.";
    (void)state;
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        ml_str sql = ml_str_of(readings[i].sql);
        for (size_t at = 0; at < sql.len; at++) {
            ml_arena arena = {0};
            ml_sql_script script;
            char *copy = ml_arena_bytes(&arena, sql.len);
            memcpy(copy, sql.data, sql.len);
            ml_sql_parse(&script, &arena, (ml_str){copy, at});
            copy[at] = damage[(at + i) % (sizeof damage - 1)];
            ml_sql_parse(&script, &arena, (ml_str){copy, sql.len});
            assert_true(script.statements.count <= 64);
            ml_arena_finish(&arena);
        }
    }
}

static const struct {
    const char *name, *head, *piece;
} hostile[] = {
    {"parentheses that open", "CREATE TABLE t (a INT DEFAULT ", "("},
    {"quotes in turn", "CREATE TABLE t (a ENUM(", "'a\"`"},
    {"dollar tags that never close", "CREATE TABLE t (a INT DEFAULT ", "$a$b "},
    {"comments that open", "CREATE TABLE t (a INT ", "/* "},
    {"conditional comments", "CREATE TABLE t (a INT ", "/*!1 "},
    {"brackets", "CREATE TABLE t (a INT DEFAULT ", "[a "},
    {"checks", "CREATE TABLE t (a TEXT", ", CHECK (a IN ('x'))"},
    {"one check, many columns", "CREATE TABLE t (a TEXT, CHECK (a IN ('x')", " OR a1 IN ('y')"},
    {"actions", "ALTER TABLE t ADD a INT", ", ADD a INT"},
    {"blank lines", "", "\n  \t"},
    {"statements without end", "", "CREATE\n"},
};

/* Time of our own code: what the kernel spends on new pages depends on the machine. */
static double seconds(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6;
}

static double time_of(const char *head, const char *piece, size_t pieces)
{
    ml_arena arena = {0};
    ml_sql_script script;
    ml_buf text = {0};
    ml_buf_cstr(&text, head);
    for (size_t i = 0; i < pieces; i++)
        ml_buf_cstr(&text, piece);
    double start = seconds();
    ml_sql_parse(&script, &arena, ml_buf_view(&text));
    double took = seconds() - start;
    ml_buf_finish(&text);
    ml_arena_finish(&arena);
    return took;
}

/* Eight times the text may take eight times as long, or a little more; quadratic work
 * would take sixty-four times. Below a tenth of a second nothing is judged. */
static void test_linear(void **state)
{
    int failures = 0;
    (void)state;
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        double once = time_of(hostile[i].head, hostile[i].piece, 20000);
        double more = time_of(hostile[i].head, hostile[i].piece, 160000);
        if (more > 0.1 && more > 24 * once) {
            print_error("%s: %.3f s, then %.3f s for eight times the text\n", hostile[i].name, once, more);
            failures++;
        }
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readings),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
