/* Reading records: the nearest known name, and errors that name key and line. */
#include "ml/json_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const known[] = {"bridge", "ownHosts", "ignore", "failOn", NULL};

static void test_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *name, *nearest;
    } cases[] = {
        {"brdge",                                                                    "bridge"  },
        {"Bridge",                                                                   "bridge"  },
        {"ownhost",                                                                  "ownHosts"},
        {"ignored",                                                                  "ignore"  },
        {"fail_on",                                                                  "failOn"  },
        {"zzzzzz",                                                                   NULL      },
        {"",                                                                         NULL      },
        {"x",                                                                        NULL      },
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL      },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *nearest = ml_nearest_name(ml_str_of(cases[i].name), known);
        if (cases[i].nearest)
            assert_string_equal(nearest, cases[i].nearest);
        else
            assert_null(nearest);
    }
}

/* Reads {"bridge": ..., ...} with every reader; what the first complaint is. */
static const char *complaint(const char *text, uint32_t *line)
{
    static char copy[512];
    ml_arena arena = {0};
    ml_error error = {0};
    ml_json_source source = {ml_str_of(text), "f.json", &error};
    const ml_json *root;
    ml_str string = ML_STR_NONE;
    const ml_str *items = NULL;
    uint32_t number = 7, count = 0;
    bool flag = false;

    assert_int_equal(ml_json_parse(&root, &arena, source.text, true, "f.json", &error), ML_OK);
    ml_status status = ml_json_check_keys(&source, root, known);
    if (status == ML_OK)
        status = ml_json_read_string(&source, root, "bridge", &string);
    if (status == ML_OK)
        status = ml_json_read_strings(&source, &arena, root, "ownHosts", &items, &count);
    if (status == ML_OK)
        status = ml_json_read_bool(&source, root, "ignore", &flag);
    if (status == ML_OK)
        status = ml_json_read_number(&source, root, "failOn", 5, 100, &number);
    assert_int_equal(status, error.text[0] ? ML_EVALUE : ML_OK);
    snprintf(copy, sizeof copy, "%s", error.text);
    *line = error.line;
    ml_arena_finish(&arena);
    return copy;
}

static void test_complaints(void **state)
{
    (void)state;
    static const struct {
        const char *text, *complaint;
        uint32_t line;
    } cases[] = {
        {"{}",                                                                          "",                                                0},
        {"{\"bridge\": \"x\", \"ownHosts\": [\"a\"], \"ignore\": true, \"failOn\": 5}", "",                                                0},
        {"{\n\"brige\": 1}",                                                            "unknown key \"brige\"; did you mean \"bridge\"?", 2},
        {"{\"zzzzzz\": 1}",                                                             "unknown key \"zzzzzz\"",                          1},
        {"[]",                                                                          "an object was expected here",                     1},
        {"{\"bridge\":\n\n1}",                                                          "\"bridge\" must be a string",                     3},
        {"{\"bridge\": \"\"}",                                                          "\"bridge\" must not be empty",                    1},
        {"{\"ownHosts\": \"a\"}",                                                       "\"ownHosts\" must be a list",                     1},
        {"{\"ownHosts\": [1]}",                                                         "a string was expected here",                      1},
        {"{\"ownHosts\": [\"\"]}",                                                      "\"ownHosts\" must not hold an empty string",      1},
        {"{\"ignore\": 1}",                                                             "\"ignore\" must be true or false",                1},
        {"{\"failOn\": 4}",                                                             "\"failOn\" must be a whole number from 5 to 100", 1},
        {"{\"failOn\": 101}",                                                           "\"failOn\" must be a whole number from 5 to 100", 1},
        {"{\"failOn\": 5.5}",                                                           "\"failOn\" must be a whole number from 5 to 100", 1},
        {"{\"failOn\": -5}",                                                            "\"failOn\" must be a whole number from 5 to 100", 1},
        {"{\"failOn\": 99999999999999999999999999}",                                    "\"failOn\" must be a whole number from 5 to 100", 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t line;
        assert_string_equal(complaint(cases[i].text, &line), cases[i].complaint);
        assert_int_equal(line, cases[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nearest), cmocka_unit_test(test_complaints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
