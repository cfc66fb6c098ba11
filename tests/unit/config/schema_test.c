/* The published schema and the loader must agree: every sample is judged by both. The
 * judge below knows the part of JSON Schema the published file uses, and refuses a
 * schema that uses more. */
#include "ml/config.h"

#include "ml/jsonc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static long long number_of(const ml_json *value)
{
    return strtoll(value->text.data, NULL, 10);
}

static bool is_integer(const ml_json *value)
{
    return value->kind == ML_JSON_NUMBER && ml_str_find_char(value->text, '.') == ML_NOT_FOUND &&
           ml_str_find_char(value->text, 'e') == ML_NOT_FOUND;
}

static bool has_type(const ml_json *value, ml_str type)
{
    if (ml_str_eq(type, ML_STR("object")))
        return value->kind == ML_JSON_OBJECT;
    if (ml_str_eq(type, ML_STR("array")))
        return value->kind == ML_JSON_ARRAY;
    if (ml_str_eq(type, ML_STR("string")))
        return value->kind == ML_JSON_STRING;
    if (ml_str_eq(type, ML_STR("boolean")))
        return value->kind == ML_JSON_TRUE || value->kind == ML_JSON_FALSE;
    assert_true(ml_str_eq(type, ML_STR("integer")));
    return is_integer(value);
}

static bool fits(const ml_json *schema, const ml_json *value);

static bool fits_object(const ml_json *schema, const ml_json *value)
{
    const ml_json *properties = ml_json_get(schema, "properties");
    const ml_json *others = ml_json_get(schema, "additionalProperties");

    for (const ml_json *name = ml_json_get(schema, "required") ? ml_json_get(schema, "required")->first : NULL; name;
         name = name->next)
        if (!ml_json_get_str(value, name->text))
            return false;
    for (const ml_json *member = value->first; member; member = member->next) {
        const ml_json *rule = ml_json_get_str(properties, member->key);
        if (rule ? !fits(rule, member) : others->kind == ML_JSON_FALSE || !fits(others, member))
            return false;
    }
    return true;
}

static bool is_among(const ml_json *list, const ml_json *value)
{
    for (const ml_json *item = list->first; item; item = item->next)
        if (value->kind == ML_JSON_STRING && ml_str_eq(item->text, value->text))
            return true;
    return false;
}

/* Recursion follows the schema, whose depth we know. */
static bool fits(const ml_json *schema, const ml_json *value)
{
    for (const ml_json *key = schema->first; key; key = key->next) {
        bool good = true;
        if (ml_str_eq(key->key, ML_STR("type")))
            good = has_type(value, key->text);
        else if (ml_str_eq(key->key, ML_STR("enum")))
            good = is_among(key, value);
        else if (ml_str_eq(key->key, ML_STR("minLength")))
            good = value->kind != ML_JSON_STRING || value->text.len >= (size_t)number_of(key);
        else if (ml_str_eq(key->key, ML_STR("minimum")))
            good = value->kind != ML_JSON_NUMBER || number_of(value) >= number_of(key);
        else if (ml_str_eq(key->key, ML_STR("maximum")))
            good = value->kind != ML_JSON_NUMBER || number_of(value) <= number_of(key);
        else if (ml_str_eq(key->key, ML_STR("items"))) {
            for (const ml_json *item = value->kind == ML_JSON_ARRAY ? value->first : NULL; item && good;
                 item = item->next)
                good = fits(key, item);
        } else if (ml_str_eq(key->key, ML_STR("anyOf"))) {
            good = false;
            for (const ml_json *choice = key->first; choice && !good; choice = choice->next)
                good = fits(choice, value);
        } else if (ml_str_eq(key->key, ML_STR("properties"))) {
            good = value->kind != ML_JSON_OBJECT || fits_object(schema, value);
        } else if (ml_str_eq(key->key, ML_STR("additionalProperties"))) {
            good = value->kind != ML_JSON_OBJECT || fits_object(schema, value);
        } else if (!ml_str_eq(key->key, ML_STR("title")) && !ml_str_eq(key->key, ML_STR("description")) &&
                   !ml_str_eq(key->key, ML_STR("default")) && !ml_str_eq(key->key, ML_STR("required")) &&
                   !ml_str_eq(key->key, ML_STR("$schema"))) {
            fail_msg("the schema uses \"%.*s\", which this test cannot judge", ML_STR_ARG(key->key));
        }
        if (!good)
            return false;
    }
    return true;
}

static const struct {
    const char *text;
    bool good;
} samples[] = {
    {"{}",                                                                                               true },
    {"{\"$schema\": \"x\"}",                                                                             true },
    {"{\"$schema\": 1}",                                                                                 false},
    {"[]",                                                                                               false},
    {"{\"bridge\": {}}",                                                                                 true },
    {"{\"bridge\": {\"files\": [\"a\"], \"module\": \"b\", \"values\": [], \"classes\": [\"c\"], \"hosts\": [\"d\"], "
     "\"env\": [\"E\"], \"sinks\": [\"f.g\"], \"methods\": [\"h\", {\"name\": \"i\"}, {\"name\": \"j\", \"userArg\": "
     "20}]}}",                                                                                      true },
    {"{\"bridge\": {\"file\": [\"a\"]}}",                                                                false},
    {"{\"bridge\": {\"files\": \"a\"}}",                                                                 false},
    {"{\"bridge\": {\"files\": [\"\"]}}",                                                                false},
    {"{\"bridge\": {\"module\": \"\"}}",                                                                 false},
    {"{\"bridge\": {\"module\": [\"a\"]}}",                                                              false},
    {"{\"bridge\": {\"methods\": [1]}}",                                                                 false},
    {"{\"bridge\": {\"methods\": [\"\"]}}",                                                              false},
    {"{\"bridge\": {\"methods\": [{}]}}",                                                                false},
    {"{\"bridge\": {\"methods\": [{\"name\": \"a\", \"userArg\": 21}]}}",                                false},
    {"{\"bridge\": {\"methods\": [{\"name\": \"a\", \"user\": 1}]}}",                                    false},
    {"{\"bridge\": true}",                                                                               false},
    {"{\"ownHosts\": [\"*.x\"], \"ignore\": [\"y/**\"]}",                                                true },
    {"{\"ownHosts\": [1]}",                                                                              false},
    {"{\"ignore\": {}}",                                                                                 false},
    {"{\"tests\": {\"files\": [\"a\"], \"lower\": false}}",                                              true },
    {"{\"tests\": {\"lower\": \"no\"}}",                                                                 false},
    {"{\"tests\": [\"a\"]}",                                                                             false},
    {"{\"billing\": {\"timeZone\": \"UTC\", \"tables\": {\"a\": \"b\"}}}",                               true },
    {"{\"billing\": {\"timeZone\": \"\"}}",                                                              false},
    {"{\"billing\": {\"tables\": {\"a\": 1}}}",                                                          false},
    {"{\"billing\": {\"tables\": {\"a\": \"\"}}}",                                                       false},
    {"{\"billing\": {\"timezone\": \"UTC\"}}",                                                           false},
    {"{\"rules\": {\"a\": \"off\", \"b\": \"on\", \"c\": \"low\", \"d\": \"medium\", \"e\": \"high\"}}", true },
    {"{\"rules\": {\"a\": \"none\"}}",                                                                   false},
    {"{\"rules\": {\"a\": true}}",                                                                       false},
    {"{\"failOn\": \"none\"}",                                                                           true },
    {"{\"failOn\": \"off\"}",                                                                            false},
    {"{\"limits\": {\"fileBytes\": 1024, \"steps\": 1, \"parseMs\": 600000}}",                           true },
    {"{\"limits\": {\"fileBytes\": 1023}}",                                                              false},
    {"{\"limits\": {\"fileBytes\": 1073741825}}",                                                        false},
    {"{\"limits\": {\"steps\": 0}}",                                                                     false},
    {"{\"limits\": {\"steps\": 1.5}}",                                                                   false},
    {"{\"limits\": {\"parseMs\": \"1\"}}",                                                               false},
    {"{\"limits\": {\"time\": 1}}",                                                                      false},
    {"{\"bridgeModule\": \"x\"}",                                                                        false},
};

static bool loader_takes(ml_arena *arena, const char *text)
{
    char path[] = "/tmp/ml-schema-XXXXXX";
    int fd = mkstemp(path);
    ml_config config;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    ml_status status = ml_config_load(&config, arena, path, NULL);
    unlink(path);
    return status == ML_OK;
}

static void test_agreement(void **state)
{
    (void)state;
    ml_arena arena = {0};
    const ml_json *schema, *value;
    unsigned wrong = 0;

    assert_int_equal(ml_json_parse(&schema, &arena, ml_config_schema(), true, "schema", NULL), ML_OK);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        assert_int_equal(ml_json_parse(&value, &arena, ml_str_of(samples[i].text), true, "sample", NULL), ML_OK);
        bool by_schema = fits(schema, value), by_loader = loader_takes(&arena, samples[i].text);
        if (by_schema != samples[i].good || by_loader != samples[i].good) {
            print_error("%s: schema %d, loader %d, expected %d\n", samples[i].text, by_schema, by_loader,
                        samples[i].good);
            wrong++;
        }
    }
    ml_arena_finish(&arena);
    assert_int_equal(wrong, 0);
}

/* What the schema calls default is what the loader starts from. */
static void test_defaults(void **state)
{
    (void)state;
    ml_arena arena = {0};
    ml_config config;
    const ml_json *schema;

    ml_config_default(&config);
    assert_int_equal(ml_json_parse(&schema, &arena, ml_config_schema(), true, "schema", NULL), ML_OK);
    const ml_json *all = ml_json_get(schema, "properties");
    const ml_json *bridge = ml_json_get(ml_json_get(all, "bridge"), "properties");
    const ml_json *limits = ml_json_get(ml_json_get(all, "limits"), "properties");
    const struct {
        const char *key;
        const ml_strs *strs;
    } lists[] = {
        {"files",   &config.bridge.files  },
        {"values",  &config.bridge.values },
        {"classes", &config.bridge.classes},
        {"hosts",   &config.bridge.hosts  },
        {"env",     &config.bridge.env    },
        {"sinks",   &config.bridge.sinks  }
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const ml_json *item = ml_json_get(ml_json_get(bridge, lists[i].key), "default")->first;
        for (uint32_t k = 0; k < lists[i].strs->count; k++, item = item->next)
            assert_true(item && ml_str_eq(item->text, lists[i].strs->items[k]));
        assert_null(item);
    }
    const ml_json *method = ml_json_get(ml_json_get(bridge, "methods"), "default")->first;
    for (uint32_t k = 0; k < config.bridge.method_count; k++, method = method->next)
        assert_true(ml_str_eq(method->text, config.bridge.methods[k].name));
    assert_true(ml_str_eq(ml_json_get(ml_json_get(bridge, "module"), "default")->text, config.bridge.module));
    assert_int_equal(number_of(ml_json_get(ml_json_get(limits, "fileBytes"), "default")), config.file_bytes_max);
    assert_int_equal(number_of(ml_json_get(ml_json_get(limits, "steps"), "default")), config.step_budget);
    assert_int_equal(number_of(ml_json_get(ml_json_get(limits, "parseMs"), "default")), config.deadline_ms);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_agreement), cmocka_unit_test(test_defaults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
