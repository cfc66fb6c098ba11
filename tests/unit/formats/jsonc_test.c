/* JSON with comments: what is accepted, what is refused and on which line, and that
 * places and decoded text are right. */
#include "ml/jsonc.h"

#include "ml/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
    const char *name, *text;
    bool strict;
    ml_status status;
    uint32_t line;
} cases[] = {
    {"an object",                        "{\"a\": 1}",                         true,  ML_OK,      0},
    {"empty containers",                 "{\"a\": {}, \"b\": []}",             true,  ML_OK,      0},
    {"a scalar alone",                   "  true ",                            true,  ML_OK,      0},
    {"numbers",                          "[0, -1, 1.5, 1e9, -2.5E-3]",         true,  ML_OK,      0},
    {"line comment",                     "// x\n{\"a\": 1} // y",              true,  ML_OK,      0},
    {"block comment between all tokens", "/**/{/**/\"a\"/**/:/**/1/**/}/* */", true,  ML_OK,      0},
    {"trailing comma in object",         "{\"a\": 1,}",                        true,  ML_OK,      0},
    {"trailing comma in list",           "[1, 2, // last\n]",                  true,  ML_OK,      0},
    {"byte order mark",                  "\xEF\xBB\xBF{}",                     true,  ML_OK,      0},
    {"comment signs inside a string",    "{\"a\": \"// no /* comment\"}",      true,  ML_OK,      0},
    {"the same key twice, strict",       "{\n\"a\": 1,\n\"a\": 2}",            true,  ML_ESYNTAX, 3},
    {"the same key twice, lenient",      "{\"a\": 1, \"a\": 2}",               false, ML_OK,      0},
    {"the same key twice among many",
     "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":1,\"m\":1,\n\"c\":"
     "2}",                                                                     true,  ML_ESYNTAX, 2},
    {"the same key twice, once escaped", "{\"a\": 1, \"\\u0061\": 2}",         true,  ML_ESYNTAX, 1},
    {"nothing at all",                   "",                                   true,  ML_ESYNTAX, 1},
    {"only a comment",                   "// nothing\n",                       true,  ML_ESYNTAX, 2},
    {"comment without end",              "{}\n/* ",                            true,  ML_ESYNTAX, 2},
    {"string without end",               "{\"a\": \"b\n\"}",                   true,  ML_ESYNTAX, 1},
    {"unknown escape",                   "\"\\x41\"",                          true,  ML_ESYNTAX, 1},
    {"cut escape",                       "\"\\u12",                            true,  ML_ESYNTAX, 1},
    {"lone comma in list",               "[,]",                                true,  ML_ESYNTAX, 1},
    {"lone comma in object",             "{,}",                                true,  ML_ESYNTAX, 1},
    {"two commas",                       "[1,,2]",                             true,  ML_ESYNTAX, 1},
    {"missing comma",                    "{\"a\": 1\n\"b\": 2}",               true,  ML_ESYNTAX, 2},
    {"missing colon",                    "{\"a\" 1}",                          true,  ML_ESYNTAX, 1},
    {"missing value",                    "{\"a\":}",                           true,  ML_ESYNTAX, 1},
    {"key without quotes",               "{a: 1}",                             true,  ML_ESYNTAX, 1},
    {"single quotes",                    "{'a': 1}",                           true,  ML_ESYNTAX, 1},
    {"wrong closing bracket",            "[1}",                                true,  ML_ESYNTAX, 1},
    {"object without end",               "{\"a\": 1,\n",                       true,  ML_ESYNTAX, 2},
    {"more after the value",             "{} {}",                              true,  ML_ESYNTAX, 1},
    {"unknown word",                     "nul",                                true,  ML_ESYNTAX, 1},
    {"number with leading plus",         "+1",                                 true,  ML_ESYNTAX, 1},
    {"number without digits",            "-",                                  true,  ML_ESYNTAX, 1},
    {"number with bare point",           "1.",                                 true,  ML_ESYNTAX, 1},
};

static void test_cases(void **state)
{
    (void)state;
    unsigned wrong = 0;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_arena arena = {0};
        ml_error error = {0};
        const ml_json *root = NULL;
        ml_status status = ml_json_parse(&root, &arena, ml_str_of(cases[i].text), cases[i].strict, "f.json", &error);
        if (status != cases[i].status || error.line != cases[i].line || (status == ML_OK) != (root != NULL)) {
            print_error("%s: status %d, line %u: %s\n", cases[i].name, (int)status, error.line, error.text);
            wrong++;
        }
        ml_arena_finish(&arena);
    }
    assert_int_equal(wrong, 0);
}

static void test_tree(void **state)
{
    (void)state;
    ml_arena arena = {0};
    ml_str text = ML_STR("{\"a\": [1, \"x\\n\\u00e9\\ud83d\\ude00\\ud800!\"], \"b\": {\"c\": null}}");
    const ml_json *root;

    assert_int_equal(ml_json_parse(&root, &arena, text, true, "f.json", NULL), ML_OK);
    const ml_json *list = ml_json_get(root, "a");
    assert_int_equal(list->kind, ML_JSON_ARRAY);
    assert_true(ml_str_eq(ml_str_slice(text, list->first->start, list->first->end), ML_STR("1")));
    assert_true(ml_str_eq(ml_json_string(list->first->next), ML_STR("x\n\xC3\xA9\xF0\x9F\x98\x80\xEF\xBF\xBD!")));
    assert_null(list->first->next->next);
    const ml_json *b = ml_json_get(root, "b");
    assert_true(ml_str_eq(ml_str_slice(text, b->start, b->end), ML_STR("{\"c\": null}")));
    assert_int_equal(text.data[b->key_start], '"');
    assert_int_equal(ml_json_get(b, "c")->kind, ML_JSON_NULL);
    assert_null(ml_json_get(b, "d"));
    assert_null(ml_json_get(NULL, "d"));
    assert_null(ml_json_get(list, "a"));
    assert_int_equal(ml_json_string(b).len, 0);
    ml_arena_finish(&arena);
}

static void test_last_key_wins(void **state)
{
    (void)state;
    ml_arena arena = {0};
    const ml_json *root;

    assert_int_equal(ml_json_parse(&root, &arena, ML_STR("{\"a\": 1, \"a\": 2}"), false, "f", NULL), ML_OK);
    assert_true(ml_str_eq(ml_json_get(root, "a")->text, ML_STR("2")));
    ml_arena_finish(&arena);
}

static ml_status parse_nested(unsigned depth, bool closed)
{
    ml_arena arena = {0};
    ml_buf text = {0};
    const ml_json *root;

    for (unsigned i = 0; i < depth; i++)
        ml_buf_cstr(&text, "[");
    for (unsigned i = 0; i < depth && closed; i++)
        ml_buf_cstr(&text, "]");
    ml_status status = ml_json_parse(&root, &arena, ml_buf_view(&text), true, "f", NULL);
    ml_buf_finish(&text);
    ml_arena_finish(&arena);
    return status;
}

static void test_depth(void **state)
{
    (void)state;
    assert_int_equal(parse_nested(512, true), ML_OK);
    assert_int_equal(parse_nested(513, true), ML_ELIMIT);
    assert_int_equal(parse_nested(1000000, false), ML_ELIMIT);
    assert_int_equal(parse_nested(512, false), ML_ESYNTAX);
}

/* Every prefix of a document must end in a status, never in a read past the end. */
static void test_prefixes(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": [1.5e3, \"\\u00e9\\n\", true, null], /* c */ \"b\": {\"c\": -2}} // d";

    for (size_t len = 0; len < sizeof text; len++) {
        ml_arena arena = {0};
        const ml_json *root;
        char *copy = ml_xmalloc(len ? len : 1);
        memcpy(copy, text, len);
        ml_status status = ml_json_parse(&root, &arena, (ml_str){copy, len}, true, "f", NULL);
        assert_true(status == ML_OK ? len >= strlen(text) - 5 : status == ML_ESYNTAX);
        ml_arena_finish(&arena);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases), cmocka_unit_test(test_tree),     cmocka_unit_test(test_last_key_wins),
        cmocka_unit_test(test_depth), cmocka_unit_test(test_prefixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
