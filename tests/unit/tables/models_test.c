/* Sequelize models as tables: each case is one TypeScript file (and, in some, an SQL file
 * beside it) and the tables read from it. */
#include "dump.h"
#include "ml/lower.h"
#include "ml/schema_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
    const char *name, *code, *sql, *expected;
} cases[] = {
    {"types and what goes with them",
     "class T extends Model {}\n"
     "T.init({\n"
     "  id: { type: DataTypes.BIGINT.UNSIGNED, autoIncrement: true, primaryKey: true },\n"
     "  a: DataTypes.DECIMAL(28, 12), b: DataTypes.DECIMAL, c: { type: DataTypes.DECIMAL({ precision: 10, scale: 2 }) },\n"
     "  d: DataTypes.STRING, e: { type: DataTypes.STRING(64, true), allowNull: false, unique: true }, f: DataTypes.STRING(32).BINARY,\n"
     "  g: DataTypes.INTEGER(11).UNSIGNED, h: DataTypes.DATE(6), i: DataTypes.DATEONLY, j: new DataTypes.DOUBLE(8, 2),\n"
     "  k: { type: DataTypes.BOOLEAN, defaultValue: true }, l: DataTypes.VIRTUAL, m: { type: 'DECIMAL(12,4) UNSIGNED' },\n"
     "  n: { type: Sequelize.JSON }, o: DataTypes.TEXT('long'), p: DataTypes.UUID, q: DataTypes.CHAR(3), r: Mystery(3),\n"
     "}, { sequelize, tableName: 't', timestamps: false });",
     NULL,
     "t id:bigint unsigned nn pk auto; a:decimal(28,12); b:decimal; c:decimal(10,2); d:string(255);"
     " e:string(64) nn uq bin; f:string(32) bin; g:int(11,-1) unsigned; h:datetime(6,-1); i:date; j:float(8,2); k:bool =true;"
     " m:decimal(12,4) unsigned; n:json; o:text; p:uuid; q:string(3); r:unknown;\n"},
    {"names of columns",
     "T.init({ userId: { type: DataTypes.BIGINT, primaryKey: true }, modelId: { type: DataTypes.BIGINT, field: 'mid' } },\n"
     "  { sequelize, tableName: 't', underscored: true });",
     NULL, "t user_id:bigint nn pk; mid:bigint; created_at:datetime nn implied; updated_at:datetime nn implied;\n"},
    {"what Sequelize adds by itself",
     "T.init({ a: DataTypes.INTEGER }, { sequelize, tableName: 't', createdAt: 'made', updatedAt: false, paranoid: true });",
     NULL, "t a:int; id:int nn pk auto implied; made:datetime nn implied; deletedAt:datetime nn implied;\n"},
    {"createdAt written out is not added again",
     "T.init({ id: { type: DataTypes.INTEGER, primaryKey: true }, createdAt: { type: DataTypes.DATE, field: 'created_at' } },\n"
     "  { sequelize, tableName: 't', updatedAt: false });",
     NULL, "t id:int nn pk; created_at:datetime;\n"},
    {"names of tables",
     "class AIModelUsage extends Model {}\nAIModelUsage.init({}, { sequelize, timestamps: false });\n"
     "class Category extends Model {}\nCategory.init({}, { sequelize, underscored: true, timestamps: false });\n"
     "class Person extends Model {}\nPerson.init({}, { sequelize, freezeTableName: true, timestamps: false });\n"
     "class X extends Model {}\nX.init({}, { sequelize, modelName: 'aiBillingRecord', underscored: true, timestamps: false });\n"
     "const TABLE = `ai_model_billing`;\nclass Y extends Model {}\nY.init({}, { sequelize, tableName: TABLE, timestamps: false });\n",
     NULL,
     "AIModelUsages=ai_model_usage id:int nn pk auto implied;\nPerson id:int nn pk auto implied;\n"
     "ai_billing_records=ai_billing_records id:int nn pk auto implied;\nai_model_billing=ai_model_billing id:int nn pk auto implied;\n"
     "categories id:int nn pk auto implied;\n"},
    {"enumerations in every spelling",
     "enum E { A = 'a', B = 'b' }\nconst L = ['c', 'd'] as const;\nconst O = Object.freeze({ X: 'x', Y: E.A });\nconst V = Object.values(E);\n"
     "T.init({ a: DataTypes.ENUM('a', 'it\\'s'), b: DataTypes.ENUM(...Object.values(E)), c: DataTypes.ENUM(...L, 'e'),\n"
     "  d: DataTypes.ENUM({ values: ['p', ...L] }), e: { type: DataTypes.ENUM, values: ['q'] }, f: DataTypes.ENUM(['r']),\n"
     "  g: DataTypes.ENUM(...Object.values(O)), h: DataTypes.ENUM(...V), i: DataTypes.ENUM(E.A, `t`), j: DataTypes.ENUM(...Object.keys(O)),\n"
     "  k: DataTypes.ENUM(...load(), 'z'), l: DataTypes.ENUM, m: { type: DataTypes.STRING(9), validate: { isIn: [['s', E.B]] } },\n"
     "}, { sequelize, tableName: 't', timestamps: false });",
     NULL,
     "t a:enum{a,it's}; b:enum{a,b}; c:enum{c,d,e}; d:enum{p,c,d}; e:enum{q}; f:enum{r}; g:enum{x,a}; h:enum{a,b}; i:enum{a,t};"
     " j:enum{X,Y}; k:enum{z,...}; l:enum{,...}; m:string(9){s,b}; id:int nn pk auto implied;\n"},
    {"attributes and options kept elsewhere in the file",
     "const MONEY = DataTypes.DECIMAL(28, 12);\nconst base = { sequelize, timestamps: false };\n"
     "const key = { id: { type: DataTypes.BIGINT, primaryKey: true } };\nconst attributes = { ...key, cost: MONEY, price: { ...money, field: 'p' } };\n"
     "const money = { type: DataTypes.DECIMAL(24, 12), allowNull: false };\n"
     "class T extends Model {}\nT.init(attributes, { ...base, tableName: 't' });",
     NULL, "t id:bigint nn pk; cost:decimal(28,12); p:decimal(24,12) nn;\n"},
    {"attributes nobody can see",
     "class T extends Model {}\nT.init({ a: DataTypes.INTEGER, ...audit() }, { sequelize, tableName: 't', timestamps: false });\n"
     "class U extends Model {}\nU.init(attributesOf(DataTypes), { sequelize, tableName: 'u' });\n"
     "class V extends Model {}\nV.init({ [nameOf('x')]: DataTypes.INTEGER, id: { type: DataTypes.INTEGER, primaryKey: true } }, { sequelize, tableName: 'v', timestamps: false });",
     NULL, "t ? a:int;\nu ?\nv ? id:int nn pk;\n"},
    {"init within the class",
     "export class Usage extends Model {\n  static setup(sequelize) {\n    return super.init({ a: DataTypes.INTEGER }, { sequelize, timestamps: false });\n  }\n}\n"
     "class Bill extends Model {\n  static setup(sequelize) {\n    this.init({ a: DataTypes.INTEGER }, { sequelize, timestamps: false });\n  }\n}",
     NULL, "Bills a:int; id:int nn pk auto implied;\nUsages a:int; id:int nn pk auto implied;\n"},
    {"what is no model",
     "i18n.init({ lng: 'zh' }, { debug: true });\napp.init();\nSentry.init({ dsn });\nT.init({ a: DataTypes.INTEGER }, options);\n"
     "T.init({ a: DataTypes.INTEGER }, { sequelize, tableName: nameOf() });",
     NULL, ""},
    {"keys",
     "T.init({ id: { type: DataTypes.INTEGER, primaryKey: true }, userId: { type: DataTypes.INTEGER, unique: 'pair' },\n"
     "  cycle: { type: DataTypes.CHAR(7), unique: { name: 'pair' } } },\n"
     "  { sequelize, tableName: 't', underscored: true, timestamps: false, indexes: [\n"
     "    { unique: true, fields: ['userId', { name: 'cycle' }] }, { fields: ['cycle'], name: 'ix', where: { a: 1 } }, { type: 'UNIQUE', fields: ['id'] } ] });",
     NULL,
     "t id:int nn pk; user_id:int; cycle:string(7); UQ (user_id,cycle) KEY? ix(cycle) UQ (id) UQ pair(user_id,cycle)\n"},
    {"references",
     "T.init({ id: { type: DataTypes.INTEGER, primaryKey: true }, a: { type: DataTypes.INTEGER, references: { model: 'users', key: 'uid' }, onDelete: 'CASCADE' },\n"
     "  b: { type: DataTypes.INTEGER, references: { model: User }, onDelete: 'SET NULL' }, c: { type: DataTypes.INTEGER, references: { model: { tableName: 'x', schema: 's' } } } },\n"
     "  { sequelize, tableName: 't', timestamps: false });",
     NULL, "t id:int nn pk; a:int ->users.uid/cascade; b:int ->User.id/set null; c:int ->x.id/;\n"},
    {"a model and its migration are one table, the model's word counts",
     "class T extends Model {}\nT.init({ id: { type: DataTypes.BIGINT, primaryKey: true }, userId: DataTypes.BIGINT }, { sequelize, tableName: 't', timestamps: false });",
     "CREATE TABLE T (id INT PRIMARY KEY, user_id INT NOT NULL, extra INT);", "t id:bigint nn pk; userId:bigint; extra:int;\n"},
    {"reference tables by the name of the model",
     "class AIBillingRecord extends Model {}\nAIBillingRecord.init({}, { sequelize, tableName: 'bills', timestamps: false });",
     NULL, "bills=ai_billing_records id:int nn pk auto implied;\n"},
    {"cycles end", "const a = { ...b, x: DataTypes.INTEGER };\nconst b = { ...a };\nconst e = [...e];\nconst s = s;\n"
                   "T.init(a, { sequelize, tableName: 't', timestamps: false });\nU.init({ k: DataTypes.ENUM(...e), l: s }, { sequelize, tableName: 'u', timestamps: false });",
     NULL, "t ? x:int;\nu k:enum{,...}; l:unknown; id:int nn pk auto implied;\n"},
};

static void read_case(ml_tables *tables, ml_arena *arena, const char *code, const char *sql)
{
    static const ml_table_options options = {0};
    ml_table_source *sources = ML_NEW_ARRAY(arena, ml_table_source, 2);
    ml_parser *parser = ml_parser_new(0);
    uint32_t count = 1;
    sources[0] = (ml_table_source){.path = ML_STR("src/t.ts"),
                                   .facts = ml_facts_of(arena, parser, ML_STR("src/t.ts"), ML_FILE_TS, ml_str_of(code))};
    if (sql) {
        ml_sql_script *script = ML_NEW(arena, ml_sql_script);
        ml_lines *lines = ML_NEW(arena, ml_lines);
        ml_sql_parse(script, arena, ml_str_of(sql));
        *lines = ml_lines_of(arena, ml_str_of(sql));
        sources[count++] = (ml_table_source){.path = ML_STR("m/1.sql"), .sql = script, .lines = lines};
    }
    ml_tables_build(tables, arena, sources, count, &options);
    ml_parser_free(parser);
}

static void test_models(void **state)
{
    int failures = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ml_arena arena = {0};
        ml_tables tables;
        ml_buf out = {0};
        read_case(&tables, &arena, cases[i].code, cases[i].sql);
        dump_tables(&out, &tables);
        if (!ml_str_eq_c(ml_buf_view(&out), cases[i].expected)) {
            print_error("%s:\n--- expected\n%s--- got\n%.*s", cases[i].name, cases[i].expected,
                        ML_STR_ARG(ml_buf_view(&out)));
            failures++;
        }
        ml_buf_finish(&out);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

static void test_places(void **state)
{
    static const char code[] = "class T extends Model {}\nT.init({\n  a: { type: DataTypes.INTEGER },\n}, { sequelize, tableName: 't' });";
    ml_arena arena = {0};
    ml_tables tables;
    (void)state;
    read_case(&tables, &arena, code, "\nCREATE TABLE u (\n  b INT\n);");
    assert_int_equal(tables.count, 2);
    ml_span init = ml_table_place_span(&tables.items[0].place);
    ml_span a = ml_table_place_span(&tables.items[0].columns.items[0].place);
    ml_span create = ml_table_place_span(&tables.items[1].place);
    ml_span b = ml_table_place_span(&tables.items[1].columns.items[0].place);
    const uint32_t lines[] = {init.line, init.end_line, a.line, create.line, create.end_line, b.line, b.column};
    const uint32_t expected[] = {2, 2, 3, 2, 2, 3, 3};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_int_equal(lines[i], expected[i]);
    assert_true(ml_str_eq_c(tables.items[0].place.path, "src/t.ts"));
    assert_true(ml_str_eq_c(tables.items[1].place.path, "m/1.sql"));
    ml_arena_finish(&arena);
}

static const struct {
    const char *name, *snake, *plural;
} names[] = {
    {"AIBillingRecord", "ai_billing_record", "AIBillingRecords"},
    {"userID", "user_id", "userIDs"},
    {"usage_id", "usage_id", "usage_ids"},
    {"Category", "category", "Categories"},
    {"Key", "key", "Keys"},
    {"Address", "address", "Addresses"},
    {"Batch", "batch", "Batches"},
    {"Status", "status", "Statuses"},
    {"Analysis", "analysis", "Analyses"},
    {"Child", "child", "Children"},
    {"Person", "person", "People"},
    {"ModelData", "model_data", "ModelData"},
    {"Users", "users", "Users"},
    {"USER_ID", "user_id", "USER_IDs"},
    {"", "", ""},
};

static void test_names(void **state)
{
    ml_arena arena = {0};
    int failures = 0;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ml_str snake = ml_snake_case(&arena, ml_str_of(names[i].name));
        ml_str plural = ml_plural(&arena, ml_str_of(names[i].name));
        if (ml_str_eq_c(snake, names[i].snake) && ml_str_eq_c(plural, names[i].plural))
            continue;
        print_error("%s: got %.*s and %.*s\n", names[i].name, ML_STR_ARG(snake), ML_STR_ARG(plural));
        failures++;
    }
    assert_int_equal(failures, 0);
    ml_arena_finish(&arena);
}

/* Objects spread into objects a thousand times over cost no more than the budget. */
static void test_hostile(void **state)
{
    ml_arena arena = {0};
    ml_tables tables;
    ml_buf code = {0};
    (void)state;
    ml_buf_cstr(&code, "const o0 = { z: 1 };\n");
    for (int level = 1; level < 7; level++) {
        ml_buf_printf(&code, "const o%d = {", level);
        for (int i = 0; i < 1000; i++)
            ml_buf_printf(&code, "...o%d, ", level - 1);
        ml_buf_cstr(&code, "};\n");
    }
    ml_buf_cstr(&code, "T.init({ a: o6, b: DataTypes.ENUM(...Object.values(o6)), ...o6 }, { sequelize, tableName: 't' });\n");
    read_case(&tables, &arena, code.data, NULL);
    assert_true(tables.cut_short);
    assert_int_equal(tables.count, 1);
    assert_true(tables.items[0].open);
    ml_buf_finish(&code);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
