/* The parser's promises: kinds by name in both dialects, deadline, memory ceiling,
 * and that it can be used again after either. */
#include "ml/pool.h"
#include "ml/syntax.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

/* Walks the whole tree; counts nodes of a kind. */
static uint32_t count_kind(ml_parser *parser, ml_syntax_kind kind)
{
    ml_syntax at;
    uint32_t count = 0, depth = 0;

    if (!ml_cursor_here(parser, &at))
        return 0;
    for (;;) {
        count += at.kind == kind;
        if (ml_cursor_down(parser, &at)) {
            depth++;
            continue;
        }
        while (!ml_cursor_right(parser, &at)) {
            if (depth-- == 0)
                return count;
            ml_cursor_up(parser);
        }
    }
}

static void test_kinds(void **state)
{
    static const struct {
        const char *name, *text;
        ml_dialect dialect;
        ml_syntax_kind kind;
        uint32_t count;
    } cases[] = {
        {"calls",                        "f(g())",                         ML_DIALECT_TS,  ML_SYN_call_expression,  2},
        {"a cast is no element",         "x = <T>y",                       ML_DIALECT_TS,  ML_SYN_type_assertion,   1},
        {"an element is no cast",        "x = <T>y</T>",                   ML_DIALECT_TSX, ML_SYN_jsx_element,      1},
        {"keyword and node of one name", "import a from 'b'; import('c')", ML_DIALECT_TS,  ML_SYN_import,           1},
        {"the token as",                 "import { a as b } from 'c'",     ML_DIALECT_TS,  ML_TOKEN_AS,             1},
        {"operators",                    "a ?\?= b ?? c",                  ML_DIALECT_TS,  ML_TOKEN_NULLISH_ASSIGN, 1},
        {"type tokens",                  "export { type A, type B }",      ML_DIALECT_TS,  ML_TOKEN_TYPE,           2},
        {"types are one kind",           "let a: { b: C }",                ML_DIALECT_TS,  ML_SYN_type_annotation,  2},
        {"errors",                       "let a = ) ;",                    ML_DIALECT_TS,  ML_SYN_ERROR,            1},
        {"no errors",                    "f();",                           ML_DIALECT_TSX, ML_SYN_ERROR,            0},
    };
    ml_parser *parser = ml_parser_new(0);
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_parse_status status = ml_parse(parser, ml_str_of(cases[i].text), cases[i].dialect, 0);
        uint32_t count = count_kind(parser, cases[i].kind);
        if (status != ML_PARSE_OK || count != cases[i].count) {
            print_error("%s: status %d, %u\n", cases[i].name, status, count);
            failures++;
        }
    }
    ml_parser_free(parser);
    assert_int_equal(failures, 0);
}

/* Every kind and field has a name the grammar knows: none is misspelt. */
static void test_fields(void **state)
{
    ml_parser *parser = ml_parser_new(0);
    ml_syntax at;

    (void)state;
    assert_int_equal(ml_parse(parser, ML_STR("a.b"), ML_DIALECT_TS, 0), ML_PARSE_OK);
    assert_true(ml_cursor_down(parser, &at) && ml_cursor_down(parser, &at));
    assert_int_equal(at.kind, ML_SYN_member_expression);
    assert_int_equal(at.start, 0);
    assert_int_equal(at.end, 3);
    assert_true(ml_cursor_down(parser, &at));
    assert_int_equal(at.field, ML_FIELD_object);
    assert_true(ml_cursor_right(parser, &at));
    assert_false(at.named);
    assert_true(ml_cursor_right(parser, &at));
    assert_int_equal(at.field, ML_FIELD_property);
    assert_int_equal(at.kind, ML_SYN_property_identifier);
    assert_false(ml_cursor_right(parser, &at));
    assert_false(ml_cursor_has_error(parser));
    ml_parser_free(parser);
}

static void test_missing(void **state)
{
    ml_parser *parser = ml_parser_new(0);
    ml_syntax at;
    bool missing = false;

    (void)state;
    assert_int_equal(ml_parse(parser, ML_STR("if (a) {"), ML_DIALECT_TS, 0), ML_PARSE_OK);
    assert_true(ml_cursor_has_error(parser));
    while (ml_cursor_down(parser, &at))
        do
            missing = missing || at.missing;
        while (!at.missing && ml_cursor_right(parser, &at));
    assert_true(missing);
    ml_parser_free(parser);
}

static ml_str many(const char *unit, size_t count)
{
    size_t len = strlen(unit);
    char *text = malloc(len * count);

    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * len, unit, len);
    return (ml_str){text, len * count};
}

static void assert_usable(ml_parser *parser)
{
    assert_int_equal(ml_parse(parser, ML_STR("f(1)"), ML_DIALECT_TS, 0), ML_PARSE_OK);
    assert_int_equal(count_kind(parser, ML_SYN_call_expression), 1);
}

static void test_deadline(void **state)
{
    ml_parser *parser = ml_parser_new(0);
    ml_str text = many("/*a", 20000);
    ml_syntax at;

    (void)state;
    uint64_t start = ml_parse_clock();
    assert_int_equal(ml_parse(parser, text, ML_DIALECT_TS, start + 50 * 1000000u), ML_PARSE_TOO_LATE);
    assert_true(ml_parse_clock() - start < 10u * 1000000000u);
    assert_false(ml_cursor_here(parser, &at));
    assert_false(ml_cursor_down(parser, &at));
    assert_usable(parser);
    ml_parser_free(parser);
    free((char *)(uintptr_t)text.data);
}

/* At every ceiling the parse either fits or is broken off cleanly. */
static void test_ceilings(void **state)
{
    ml_str text = many("const a = { b: [c, d(e)] };\n", 2000);
    uint32_t broken = 0, whole = 0;

    (void)state;
    for (size_t kib = 300; kib < 12000; kib += 300) {
        ml_parser *parser = ml_parser_new(kib * 1024);
        ml_parse_status status = ml_parse(parser, text, ML_DIALECT_TS, ml_parse_clock() + 60u * 1000000000u);
        assert_true(ml_parser_bytes(parser) <= kib * 1024);
        if (status == ML_PARSE_OK) {
            assert_int_equal(count_kind(parser, ML_SYN_call_expression), 2000);
            whole++;
        } else {
            assert_int_equal(status, ML_PARSE_TOO_LARGE);
            broken++;
        }
        assert_usable(parser);
        ml_parser_free(parser);
    }
    assert_true(broken > 3);
    assert_true(whole > 3);
    free((char *)(uintptr_t)text.data);
}

static void test_parsers_side_by_side(void **state)
{
    ml_parser *a = ml_parser_new(0), *b = ml_parser_new(0);
    ml_syntax at;

    (void)state;
    assert_int_equal(ml_parse(a, ML_STR("f(g(h()))"), ML_DIALECT_TS, 0), ML_PARSE_OK);
    assert_int_equal(ml_parse(b, ML_STR("k()"), ML_DIALECT_TSX, 0), ML_PARSE_OK);
    assert_true(ml_cursor_down(a, &at));
    ml_parser_free(b);
    assert_true(ml_cursor_up(a));
    assert_int_equal(count_kind(a, ML_SYN_call_expression), 3);
    ml_parser_free(a);
}

static void test_drop(void **state)
{
    ml_parser *parser = ml_parser_new(0);
    ml_syntax at;

    (void)state;
    assert_false(ml_cursor_here(parser, &at));
    assert_int_equal(ml_parse(parser, ML_STR_NONE, ML_DIALECT_TS, 0), ML_PARSE_OK);
    assert_true(ml_cursor_here(parser, &at));
    assert_int_equal(at.kind, ML_SYN_program);
    ml_parser_drop(parser);
    assert_false(ml_cursor_here(parser, &at));
    assert_false(ml_cursor_has_error(parser));
    ml_parser_free(parser);
    ml_parser_free(NULL);
}

enum { WORKERS = 4 };

typedef struct shared {
    ml_parser *parsers[WORKERS];
    uint32_t calls[64];
} shared;

static void parse_item(void *data, size_t item, unsigned worker)
{
    shared *s = data;

    if (ml_parse(s->parsers[worker], ML_STR("f(g(h(1)))"), item % 2 ? ML_DIALECT_TS : ML_DIALECT_TSX, 0) == ML_PARSE_OK)
        s->calls[item] = count_kind(s->parsers[worker], ML_SYN_call_expression);
}

static void test_threads(void **state)
{
    shared s = {0};

    (void)state;
    for (int i = 0; i < WORKERS; i++)
        s.parsers[i] = ml_parser_new(0);
    ml_pool_run(WORKERS, 64, parse_item, &s);
    for (int i = 0; i < 64; i++)
        assert_int_equal(s.calls[i], 3);
    for (int i = 0; i < WORKERS; i++)
        ml_parser_free(s.parsers[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),    cmocka_unit_test(test_fields),   cmocka_unit_test(test_missing),
        cmocka_unit_test(test_deadline), cmocka_unit_test(test_ceilings), cmocka_unit_test(test_parsers_side_by_side),
        cmocka_unit_test(test_drop),     cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
