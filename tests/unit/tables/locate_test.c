/* Models whose values live in other files: the link follows imports, re-exports and
 * namespaces for the tables. */
#include "dump.h"
#include "ml/lower.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { FILES_MAX = 4 };

typedef struct project {
    ml_arena arena;
    ml_source_file files[FILES_MAX];
    const char *texts[FILES_MAX];
    const ml_facts *facts[FILES_MAX];
    uint32_t count;
} project;

static const ml_facts *facts_of(void *data, ml_file_id file)
{
    project *p = data;
    return file && file <= p->count ? p->facts[file - 1] : NULL;
}

static bool text_of(void *data, ml_str path, ml_str *text)
{
    project *p = data;
    for (uint32_t i = 0; i < p->count; i++)
        if (ml_str_eq(p->files[i].path, path)) {
            *text = ml_str_of(p->texts[i]);
            return true;
        }
    return false;
}

/* Paths in order of their bytes, as discovery gives them. */
static const struct {
    const char *name, *paths[FILES_MAX], *texts[FILES_MAX], *expected;
} cases[] = {
    {"an enum behind a re-export",
     {"enums.ts", "index.ts", "model.ts"},
     {"export enum BillingType { TOKEN = 'token', COUNT = 'count' }",
      "export * from './enums';",
      "import { BillingType } from './index';\n"
      "T.init({ id: { type: DataTypes.BIGINT, primaryKey: true }, a: DataTypes.ENUM(...Object.values(BillingType)) },\n"
      "  { sequelize, tableName: 't', timestamps: false });"},
     "t id:bigint nn pk; a:enum{token,count};\n"},
    {"a list, a table's name, shared attributes and a type",
     {"model.ts", "shared.ts"},
     {"import * as shared from './shared';\nimport { MONEY, key } from './shared';\n"
      "T.init({ ...key, a: DataTypes.ENUM(...shared.TYPES), cost: MONEY, price: { type: shared.MONEY, allowNull: false } },\n"
      "  { sequelize, tableName: shared.TABLES.usage, timestamps: false });",
      "import { DataTypes } from 'sequelize';\nexport const TYPES = ['token', 'count'] as const;\n"
      "export const MONEY = DataTypes.DECIMAL(28, 12);\nexport const TABLES = { usage: 'ai_model_usage' };\n"
      "export const key = { id: { type: DataTypes.BIGINT, primaryKey: true } };"},
     "ai_model_usage=ai_model_usage id:bigint nn pk; a:enum{token,count}; cost:decimal(28,12); price:decimal(28,12) nn;\n"},
    {"a file that is not there",
     {"model.ts"},
     {"import { BillingType, common } from './gone';\n"
      "T.init({ ...common, a: DataTypes.ENUM(...Object.values(BillingType)) }, { sequelize, tableName: 't', timestamps: false });"},
     "t ? a:enum{,...};\n"},
    {"imports in a circle",
     {"a.ts", "b.ts"},
     {"import { B } from './b';\nexport const A = B;\nT.init({ id: { type: DataTypes.INTEGER, primaryKey: true }, a: DataTypes.ENUM(...A) },\n"
      "  { sequelize, tableName: 't', timestamps: false });",
      "import { A } from './a';\nexport const B = A;"},
     "t id:int nn pk; a:enum{,...};\n"},
};

static void load(project *p, const char *const *paths, const char *const *texts)
{
    ml_parser *parser = ml_parser_new(0);
    for (p->count = 0; p->count < FILES_MAX && paths[p->count]; p->count++) {
        ml_str path = ml_str_of(paths[p->count]), text = ml_str_of(texts[p->count]);
        p->files[p->count] = (ml_source_file){.path = path, .kind = ML_FILE_TS, .in_scope = true};
        p->texts[p->count] = texts[p->count];
        p->facts[p->count] = ml_facts_of(&p->arena, parser, path, ML_FILE_TS, text);
    }
    ml_parser_free(parser);
}

static void read_project(ml_tables *tables, project *p)
{
    ml_config *config = ML_NEW(&p->arena, ml_config);
    ml_link_host *host = ML_NEW(&p->arena, ml_link_host);
    ml_table_source sources[FILES_MAX];
    ml_config_default(config);
    *host = (ml_link_host){.data = p, .facts = facts_of, .text = text_of, .files = p->files, .file_count = p->count,
                           .catalog = ml_catalog_builtin(), .config = config};
    ml_link *link = ml_link_new(&p->arena, host);
    ml_table_locator locator = {link, ml_eval_new(link, (ml_eval_options){0, ML_DEPTH_DEFAULT})};
    const ml_table_options options = {.locate = ml_table_locate, .data = &locator};
    for (uint32_t i = 0; i < p->count; i++)
        sources[i] = (ml_table_source){.path = p->files[i].path, .facts = p->facts[i]};
    ml_tables_build(tables, &p->arena, sources, p->count, &options);
    ml_eval_free(locator.eval);
}

static void test_across_files(void **state)
{
    int failures = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        project p = {0};
        ml_tables tables;
        ml_buf out = {0};
        load(&p, cases[i].paths, cases[i].texts);
        read_project(&tables, &p);
        dump_tables(&out, &tables);
        if (!ml_str_eq_c(ml_buf_view(&out), cases[i].expected)) {
            print_error("%s:\n--- expected\n%s--- got\n%.*s", cases[i].name, cases[i].expected,
                        ML_STR_ARG(ml_buf_view(&out)));
            failures++;
        }
        ml_buf_finish(&out);
        ml_arena_finish(&p.arena);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_across_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
