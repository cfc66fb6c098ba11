/* meterlint.json: defaults, every key, what is refused and how, and finding the file. */
#include "ml/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct folder {
    ml_arena arena;
    char path[64];
} folder;

static int make_folder(void **state)
{
    folder *f = calloc(1, sizeof *f);

    if (!f)
        return -1;
    snprintf(f->path, sizeof f->path, "/tmp/ml-config-XXXXXX");
    *state = f;
    return mkdtemp(f->path) ? 0 : -1;
}

static int drop_folder(void **state)
{
    folder *f = *state;
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", f->path);
    int code = system(command);
    ml_arena_finish(&f->arena);
    free(f);
    return code;
}

static ml_status load(folder *f, const char *text, ml_config *out, ml_error *error)
{
    char path[128];

    snprintf(path, sizeof path, "%s/meterlint.json", f->path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return ml_config_load(out, &f->arena, path, error);
}

static void test_defaults(void **state)
{
    (void)state;
    ml_config config;

    ml_config_default(&config);
    assert_int_equal(config.path.len, 0);
    assert_int_equal(config.bridge.files.count, 1);
    assert_true(ml_glob_match(config.bridge.files.items[0], ML_STR("src/services/ai/bridge/a/b.ts")));
    assert_true(ml_glob_match(config.bridge.files.items[0], ML_STR("services/ai/bridge/b.ts")));
    assert_false(ml_glob_match(config.bridge.files.items[0], ML_STR("lib/services/ai/bridge/b.ts")));
    assert_true(ml_str_eq(config.bridge.module, ML_STR("ai/bridge/ai-bridge.service")));
    assert_true(ml_str_eq(config.bridge.values.items[0], ML_STR("aiBridgeService")));
    assert_true(ml_str_eq(config.bridge.classes.items[0], ML_STR("AIBridgeService")));
    assert_int_equal(config.bridge.method_count, 4);
    assert_int_equal(config.bridge.methods[3].user_arg, 2);
    assert_true(config.tests_lower);
    assert_true(ml_str_eq(config.time_zone, ML_STR("Asia/Shanghai")));
    assert_int_equal(config.fail_on, ML_LEVEL_HIGH);
    assert_int_equal(config.file_bytes_max, 2 << 20);
    assert_int_equal(config.rule_count, 0);
}

static void test_every_key(void **state)
{
    ml_config c;
    ml_error error = {0};
    ml_status status = load(
        *state,
        "// our gateway\n"
        "{ \"$schema\": \"x\", \"bridge\": { \"files\": [\"gw/**\"], \"module\": \"gw/index\", \"values\": [\"gw\"],\n"
        "  \"classes\": [\"Gw\"], \"methods\": [\"ask\", {\"name\": \"draw\", \"userArg\": 0}],\n"
        "  \"hosts\": [\"gw.internal\"], \"env\": [\"GW_URL\"], \"sinks\": [\"note\", \"bill\"] },\n"
        "  \"ownHosts\": [\"*.internal\"], \"ignore\": [\"vendor/**\"],\n"
        "  \"tests\": { \"files\": [\"e2e/**\"], \"lower\": false },\n"
        "  \"billing\": { \"timeZone\": \"UTC\", \"tables\": { \"ai_billing_records\": \"bills\" } },\n"
        "  \"rules\": { \"bypass/direct-http\": \"medium\",\n"
        "             \"MTR001\": \"off\", \"hardcoded-key\": \"on\" },\n"
        "  \"failOn\": \"none\", \"limits\": { \"fileBytes\": 4096, \"steps\": 50, \"parseMs\": 9 }, }\n",
        &c, &error);

    assert_string_equal(error.text, "");
    assert_int_equal(status, ML_OK);
    assert_true(ml_str_ends(c.path, ML_STR("/meterlint.json")) && c.path.data[0] == '/');
    assert_true(ml_str_eq(c.bridge.files.items[0], ML_STR("gw/**")));
    assert_true(ml_str_eq(c.bridge.module, ML_STR("gw/index")));
    assert_true(ml_str_eq(c.bridge.values.items[0], ML_STR("gw")));
    assert_true(ml_str_eq(c.bridge.classes.items[0], ML_STR("Gw")));
    assert_int_equal(c.bridge.method_count, 2);
    assert_int_equal(c.bridge.methods[0].user_arg, 2);
    assert_true(ml_str_eq(c.bridge.methods[1].name, ML_STR("draw")));
    assert_int_equal(c.bridge.methods[1].user_arg, 0);
    assert_true(ml_str_eq(c.bridge.hosts.items[0], ML_STR("gw.internal")));
    assert_true(ml_str_eq(c.bridge.env.items[0], ML_STR("GW_URL")));
    assert_int_equal(c.bridge.sinks.count, 2);
    assert_true(ml_str_eq(c.own_hosts.items[0], ML_STR("*.internal")));
    assert_true(ml_str_eq(c.ignore.items[0], ML_STR("vendor/**")));
    assert_true(ml_str_eq(c.tests.items[0], ML_STR("e2e/**")));
    assert_false(c.tests_lower);
    assert_true(c.describes_billing);
    assert_true(ml_str_eq(c.time_zone, ML_STR("UTC")));
    assert_int_equal(c.table_count, 1);
    assert_true(ml_str_eq(c.tables[0].reference, ML_STR("ai_billing_records")));
    assert_true(ml_str_eq(c.tables[0].project, ML_STR("bills")));
    assert_int_equal(c.rule_count, 3);
    assert_int_equal(c.rules[0].level, ML_LEVEL_MEDIUM);
    assert_int_equal(c.rules[0].line, 8);
    assert_true(c.rules[1].off && c.rules[1].line == 9);
    assert_true(!c.rules[2].off && c.rules[2].level == ML_LEVEL_NONE);
    assert_int_equal(c.fail_on, ML_LEVEL_NONE);
    assert_int_equal(c.file_bytes_max, 4096);
    assert_int_equal(c.step_budget, 50);
    assert_int_equal(c.deadline_ms, 9);
}

static void test_partial_keeps_defaults(void **state)
{
    ml_config c;
    ml_error error = {0};

    assert_int_equal(load(*state, "{\"bridge\": {\"hosts\": [\"h\"]}}", &c, &error), ML_OK);
    assert_true(ml_str_eq(c.bridge.module, ML_STR("ai/bridge/ai-bridge.service")));
    assert_int_equal(c.bridge.method_count, 4);
    assert_int_equal(load(*state, "{\"bridge\": {\"methods\": [], \"env\": []}}", &c, &error), ML_OK);
    assert_int_equal(c.bridge.method_count, 0);
    assert_int_equal(c.bridge.env.count, 0);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *text, *part;
        ml_status status;
        uint32_t line;
    } cases[] = {
        {"{\n\"brige\": {}}",                                                 "unknown key \"brige\"; did you mean \"bridge\"?", ML_EVALUE,  2},
        {"{\"bridge\": {\n\n\"modul\": \"x\"}}",                              "did you mean \"module\"?",                        ML_EVALUE,  3},
        {"{\"ownHosts\": [],\n\"ownHosts\": []}",                             "\"ownHosts\" is given twice",                     ML_ESYNTAX, 2},
        {"{\"rules\": {\"a\": \"off\",\n\"a\": \"on\"}}",                     "\"a\" is given twice",                            ML_ESYNTAX, 2},
        {"{\"rules\": {\"a\": \"hihg\"}}",                                    "did you mean \"high\"?",                          ML_EVALUE,  1},
        {"{\"rules\": {\"a\": 1}}",                                           "\"a\" must be a string",                          ML_EVALUE,  1},
        {"{\"rules\": []}",                                                   "must be an object",                               ML_EVALUE,  1},
        {"{\"failOn\": \"always\"}",                                          "\"failOn\" cannot be \"always\"",                 ML_EVALUE,  1},
        {"{\"ownHosts\": \"x\"}",                                             "\"ownHosts\" must be a list",                     ML_EVALUE,  1},
        {"{\"ownHosts\": [\"\"]}",                                            "empty string",                                    ML_EVALUE,  1},
        {"{\"bridge\": []}",                                                  "must be an object",                               ML_EVALUE,  1},
        {"{\"bridge\": {\"methods\": [{}]}}",                                 "a method needs a name",                           ML_EVALUE,  1},
        {"{\"bridge\": {\"methods\": [\"\"]}}",                               "a method needs a name",                           ML_EVALUE,  1},
        {"{\"bridge\": {\"methods\": [{\"name\": \"a\", \"userArg\": -1}]}}", "from 0 to 20",                                    ML_EVALUE,  1},
        {"{\"bridge\": {\"methods\": [{\"name\": \"a\", \"userarg\": 1}]}}",  "did you mean \"userArg\"?",                       ML_EVALUE,  1},
        {"{\"billing\": {\"tables\": []}}",                                   "must be an object",                               ML_EVALUE,  1},
        {"{\"billing\": {\"tables\": {\"a\": \"\"}}}",                        "name of a table",                                 ML_EVALUE,  1},
        {"{\"limits\": {\"fileBytes\": 1}}",                                  "from 1024",                                       ML_EVALUE,  1},
        {"{\"tests\": {\"lower\": 1}}",                                       "true or false",                                   ML_EVALUE,  1},
        {"[]",                                                                "an object was expected",                          ML_EVALUE,  1},
        {"",                                                                  "text ends",                                       ML_ESYNTAX, 1},
        {"{",                                                                 "object without end",                              ML_ESYNTAX, 1},
    };
    unsigned wrong = 0;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_config config = {.rule_count = 77};
        ml_error error = {0};
        ml_status status = load(*state, cases[i].text, &config, &error);
        bool untouched = config.rule_count == 77;
        if (status != cases[i].status || error.line != cases[i].line || !strstr(error.text, cases[i].part) ||
            !untouched) {
            print_error("%s: status %d, line %u: %s\n", cases[i].text, (int)status, error.line, error.text);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void test_no_file(void **state)
{
    folder *f = *state;
    ml_config config;
    ml_error error = {0};
    char path[128];

    snprintf(path, sizeof path, "%s/none.json", f->path);
    assert_int_equal(ml_config_load(&config, &f->arena, path, &error), ML_ENOTFOUND);
    assert_string_equal(error.path, path);
    assert_int_equal(ml_config_load(&config, &f->arena, f->path, &error), ML_EIO);
}

static void test_find(void **state)
{
    folder *f = *state;
    ml_config config;
    char deep[96];

    snprintf(deep, sizeof deep, "%s/a", f->path);
    mkdir(deep, 0700);
    snprintf(deep, sizeof deep, "%s/a/b", f->path);
    mkdir(deep, 0700);
    assert_int_equal(ml_config_find(&f->arena, ml_str_of(deep)).len, 0);
    assert_int_equal(load(f, "{}", &config, NULL), ML_OK);
    ml_str found = ml_config_find(&f->arena, ml_str_of(deep));
    ml_str wanted = ml_arena_printf(&f->arena, "%s/meterlint.json", f->path);
    assert_true(ml_str_eq(found, wanted));
    snprintf(deep, sizeof deep, "%s/a/meterlint.json", f->path);
    mkdir(deep, 0700); /* a folder of that name is no configuration */
    snprintf(deep, sizeof deep, "%s/a", f->path);
    assert_true(ml_str_eq(ml_config_find(&f->arena, ml_str_of(deep)), wanted));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test_setup_teardown(test_every_key, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(test_partial_keeps_defaults, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(test_refusals, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(test_no_file, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(test_find, make_folder, drop_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
