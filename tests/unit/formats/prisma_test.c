/* Prisma schemas as CREATE TABLE statements: each case is a schema and the tables read from it. */
#include "ml/buf.h"
#include "ml/prisma.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
    const char *name, *schema, *expected;
} cases[] = {
    {"names, types, what may be absent",
     "model Bill {\n"
     "  id      BigInt   @id @default(autoincrement())\n"
     "  total   Decimal  @map(\"total_cost\") @db.Decimal(28, 12)\n"
     "  note    String?  @db.VarChar(64) // a comment with @id\n"
     "  count   Int      @db.UnsignedInt\n"
     "  score   Float\n"
     "  at      DateTime @default(now())\n"
     "  tags    String[]\n"
     "  @@map(\"bills\")\n"
     "}\n",                                                                                             "bills/Bill id:bigint nn pk auto; total_cost:decimal(28,12) nn; note:varchar(64); count:int nn unsigned;"
     " score:double nn; at:timestamp nn; tags:array nn;\n"                                                                                                                               },
    {"what Prisma takes without a native type",
     "datasource db { \n provider = \"mysql\"\n}\n"
     "model T {\n a String @unique\n b Decimal\n c Boolean\n d Json?\n e Decimal @db.Decimal(10)\n}\n", "T/T a:varchar(191) nn uq; b:decimal(65,30) nn; c:boolean nn; d:json; e:decimal(10,0) nn;\n"},
    {"enums, also those behind their model",
     "model T {\n kind Kind\n}\nenum Kind {\n  a\n  b @map(\"B\")\n  // c\n  @@map(\"kinds\")\n}\n",    "T/T kind:enum{a,B} nn;\n"                                                                  },
    {"keys by columns, a primary one too",
     "model T {\n aB Int @map(\"a_b\")\n c Int\n @@unique([aB, c], map: \"uq\")\n @@index([c(sort: Desc)])\n "
     "@@id(fields: [c])\n}\n",                                                                          "T/T a_b:integer nn; c:integer nn; UQ uq(a_b,c) KEY (c) PK (c)\n"                           },
    {"relations: what is written, else what Prisma does",
     "model U {\n id Int @id\n ts T[]\n @@map(\"us\")\n}\n"
     "model T {\n uId Int? @map(\"u_id\")\n vId Int\n wId Int\n"
     " u U? @relation(fields: [uId], references: [id])\n"
     " v U @relation(\"v\", fields: [vId], references: [id])\n"
     " w U @relation(fields: [wId],\n   references: [id], onDelete: Cascade)\n}\n",                     "us/U id:integer nn pk;\nT/T u_id:integer; vId:integer nn; wId:integer nn; u_id->us/set null vId->us/restrict "
     "wId->us/cascade\n"                                                                                                                 },
    {"no schema at all",                                                   "{ } model\nmodel { a Int }\nmodel X {\n",                           "X/X\n"},
};

static void dump(ml_buf *out, const ml_sql_statement *table)
{
    ml_buf_printf(out, "%.*s/%.*s", ML_STR_ARG(table->table), ML_STR_ARG(table->model));
    for (uint32_t c = 0; c < table->columns.count; c++) {
        const ml_sql_column *column = &table->columns.items[c];
        ml_buf_printf(out, " %.*s:%.*s", ML_STR_ARG(column->name), ML_STR_ARG(column->type));
        if (column->scale >= 0)
            ml_buf_printf(out, "(%d,%d)", column->precision, column->scale);
        else if (column->precision >= 0)
            ml_buf_printf(out, "(%d)", column->precision);
        for (uint32_t v = 0; v < column->values.count; v++)
            ml_buf_printf(out, "%s%.*s%s", v ? "," : "{", ML_STR_ARG(column->values.items[v]),
                          v + 1 == column->values.count ? "}" : "");
        ml_buf_printf(out, "%s%s%s%s%s;", column->not_null ? " nn" : "", column->is_unsigned ? " unsigned" : "",
                      column->primary_key ? " pk" : "", column->auto_increment ? " auto" : "",
                      column->unique ? " uq" : "");
    }
    for (uint32_t k = 0; k < table->keys.count; k++) {
        const ml_sql_key *key = &table->keys.items[k];
        ml_buf_printf(out, " %s %.*s%s", key->primary ? "PK" : key->unique ? "UQ" : "KEY", ML_STR_ARG(key->name), "(");
        for (uint32_t i = 0; i < key->columns.count; i++)
            ml_buf_printf(out, "%s%.*s", i ? "," : "", ML_STR_ARG(key->columns.items[i]));
        ml_buf_char(out, ')');
    }
    for (uint32_t k = 0; k < table->foreign_keys.count; k++)
        ml_buf_printf(out, " %.*s->%.*s/%.*s", ML_STR_ARG(table->foreign_keys.items[k].columns.items[0]),
                      ML_STR_ARG(table->foreign_keys.items[k].table),
                      ML_STR_ARG(table->foreign_keys.items[k].on_delete));
    ml_buf_char(out, '\n');
}

static void test_schemas(void **state)
{
    int failures = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ml_arena arena = {0};
        ml_sql_script script;
        ml_buf got = {0};
        ml_prisma_parse(&script, &arena, ml_str_of(cases[i].schema));
        for (uint32_t t = 0; t < script.statements.count; t++)
            dump(&got, &script.statements.items[t]);
        if (!ml_str_eq_c(ml_buf_view(&got), cases[i].expected)) {
            print_error("%s:\n got  %.*s want %s", cases[i].name, ML_STR_ARG(ml_buf_view(&got)), cases[i].expected);
            failures++;
        }
        ml_buf_finish(&got);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

/* Any part of a schema is read to its end, whatever it breaks off in. */
static void test_every_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t len = 0; len <= strlen(cases[i].schema); len++) {
            ml_arena arena = {0};
            ml_sql_script script;
            ml_str text = ml_arena_copy(&arena, (ml_str){cases[i].schema, len});
            ml_prisma_parse(&script, &arena, text);
            for (uint32_t t = 0; t < script.statements.count; t++)
                assert_true(script.statements.items[t].end <= len);
            ml_arena_finish(&arena);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_every_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
