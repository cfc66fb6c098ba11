/* Views of bytes: comparing, searching, cutting, and copies in an arena. */
#include "ml/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MISSING ML_NOT_FOUND

static const struct {
    const char *s, *needle;
    size_t at, nocase_at;
} searches[] = {
    {"",            "",     0,       0      },
    {"abc",         "",     0,       0      },
    {"",            "a",    MISSING, MISSING},
    {"abc",         "abc",  0,       0      },
    {"abc",         "abcd", MISSING, MISSING},
    {"aab",         "ab",   1,       1      },
    {"xABx",        "ab",   MISSING, 1      },
    {"x@[",         "X`{",  MISSING, MISSING},
    {"one two two", "two",  4,       4      },
    {"AxaXab",      "AB",   MISSING, 4      },
    {"aaaB",        "AB",   MISSING, 2      },
    {"1x1Y",        "1y",   MISSING, 2      },
    {"abcaB",       "aB",   3,       0      },
};

static void searches_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) {
        ml_str s = ml_str_of(searches[i].s), needle = ml_str_of(searches[i].needle);
        if (ml_str_find(s, needle) != searches[i].at || ml_str_find_nocase(s, needle) != searches[i].nocase_at ||
            ml_str_contains(s, needle) != (searches[i].at != MISSING))
            fail_msg("\"%s\" in \"%s\"", searches[i].needle, searches[i].s);
    }
    assert_int_equal(ml_str_find_char(ML_STR("a/b/c"), '/'), 1);
    assert_int_equal(ml_str_rfind_char(ML_STR("a/b/c"), '/'), 3);
    assert_int_equal(ml_str_find_char(ML_STR("abc"), '/'), MISSING);
    assert_int_equal(ml_str_rfind_char(ML_STR_NONE, '/'), MISSING);
    assert_int_equal(ml_str_find(ML_STR("a\0b"), ML_STR("\0b")), 1);
}

static const struct {
    const char *a, *b;
    int order; /* -1, 0, 1 */
} orders[] = {
    {"",     "",     0 },
    {"a",    "a",    0 },
    {"a",    "b",    -1},
    {"b",    "a",    1 },
    {"a",    "ab",   -1},
    {"ab",   "a",    1 },
    {"",     "a",    -1},
    {"a.ts", "a/b",  -1},
    {"\x7f", "\x80", -1},
    {"Z",    "a",    -1},
};

static void orders_by_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        ml_str a = ml_str_of(orders[i].a), b = ml_str_of(orders[i].b);
        int order = ml_str_cmp(a, b);
        if ((order > 0) - (order < 0) != orders[i].order || ml_str_eq(a, b) != (orders[i].order == 0) ||
            ml_str_eq_c(a, orders[i].b) != (orders[i].order == 0))
            fail_msg("\"%s\" and \"%s\"", orders[i].a, orders[i].b);
        if (orders[i].order == 0)
            assert_true(ml_str_hash(a) == ml_str_hash(b));
    }
    assert_true(ml_str_eq(ML_STR_NONE, ML_STR("")));
    assert_true(ml_str_eq_nocase(ML_STR("OpenAI"), ML_STR("oPENai")));
    assert_false(ml_str_eq_nocase(ML_STR("a@"), ML_STR("a`")));
    assert_false(ml_str_eq_nocase(ML_STR("a"), ML_STR("ab")));
}

static void cuts_within_bounds(void **state)
{
    ml_str s = ML_STR("abcdef");

    (void)state;
    assert_true(ml_str_eq_c(ml_str_slice(s, 1, 3), "bc"));
    assert_true(ml_str_eq_c(ml_str_slice(s, 4, 99), "ef"));
    assert_true(ml_str_eq_c(ml_str_slice(s, 5, 2), ""));
    assert_true(ml_str_eq_c(ml_str_from(s, 99), ""));
    assert_null(ml_str_slice(ML_STR_NONE, 0, 5).data);
    assert_null(ml_str_of(NULL).data);
    assert_true(ml_str_starts(s, ML_STR("abc")) && !ml_str_starts(s, ML_STR("abd")));
    assert_true(ml_str_ends(s, ML_STR("def")) && !ml_str_ends(s, ML_STR("deg")));
    assert_true(ml_str_starts(s, ML_STR("")) && ml_str_ends(s, ML_STR("")));
    assert_false(ml_str_starts(ML_STR("ab"), ML_STR("abc")) || ml_str_ends(ML_STR("bc"), ML_STR("abc")));
}

static void trims_white_space(void **state)
{
    (void)state;
    assert_true(ml_str_eq_c(ml_str_trim(ML_STR(" \t\r\n\v\fa b \n")), "a b"));
    assert_int_equal(ml_str_trim(ML_STR(" \n ")).len, 0);
    assert_int_equal(ml_str_trim(ML_STR_NONE).len, 0);
    assert_true(ml_str_eq_c(ml_str_trim(ML_STR("\xc2\xa0"
                                               "a")),
                            "\xc2\xa0"
                            "a")); /* ASCII alone */
}

static void splits_at_a_byte(void **state)
{
    static const char *const parts[] = {"a", "", "b", ""};
    ml_str rest = ML_STR("a,,b,");

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(ml_str_eq_c(ml_str_split(&rest, ','), parts[i]));
    assert_int_equal(rest.len, 0);
    assert_int_equal(ml_str_split(&rest, ',').len, 0);
    rest = ML_STR("whole");
    assert_true(ml_str_eq_c(ml_str_split(&rest, ','), "whole"));
    assert_int_equal(rest.len, 0);
}

static void copies_into_an_arena(void **state)
{
    ml_arena arena = {0};
    char text[] = "Text";

    (void)state;
    ml_str copy = ml_arena_copy(&arena, ml_str_of(text));
    const char *terminated = ml_arena_cstr(&arena, (ml_str){text, 2});
    text[0] = 'x';
    assert_string_equal(copy.data, "Text");
    assert_string_equal(terminated, "Te");
    assert_string_equal(ml_arena_copy(&arena, ML_STR_NONE).data, "");
    assert_string_equal(ml_arena_lower(&arena, ML_STR("A\xc3\x84z@[")).data, "a\xc3\x84z@[");
    assert_string_equal(ml_arena_concat(&arena, ML_STR("ab"), ML_STR("cd")).data, "abcd");
    assert_string_equal(ml_arena_concat(&arena, ML_STR_NONE, ML_STR("cd")).data, "cd");
    ml_str printed = ml_arena_printf(&arena, "%.*s:%d", ML_STR_ARG(ML_STR("line")), 12);
    assert_string_equal(printed.data, "line:12");
    assert_int_equal(printed.len, 7);
    assert_int_equal(ml_arena_printf(&arena, "%1000d", 1).len, 1000);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searches_text),     cmocka_unit_test(orders_by_bytes),  cmocka_unit_test(cuts_within_bounds),
        cmocka_unit_test(trims_white_space), cmocka_unit_test(splits_at_a_byte), cmocka_unit_test(copies_into_an_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
