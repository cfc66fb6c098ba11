/* The searches for what ends a text or a comment: the processor's way gives what the plain one gives,
 * at every place and for every length, and reads no byte too far. */
#include "ml/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LEN_MAX = 70 };

/* Copies of their exact size, so that a sanitizer sees a byte too far. */
static char *text_of(size_t len, char fill)
{
    char *text = malloc(len ? len : 1);

    assert_non_null(text);
    memset(text, fill, len);
    return text;
}

static void finds_each_of_three(void **state)
{
    static const char marks[] = "\"\n\\";

    (void)state;
    for (size_t len = 0; len < LEN_MAX; len++)
        for (size_t place = 0; place < len; place++)
            for (size_t m = 0; m < 3; m++) {
                char *data = text_of(len, '\'');
                ml_str text = {data, len};
                data[place] = marks[m];
                data[len - 1] = marks[(m + 1) % 3]; /* of two the first */
                for (size_t at = 0; at <= len + 2; at++) {
                    size_t expected = at <= place ? (place < len - 1 ? place : len - 1) : at < len ? len - 1 : len;
                    assert_int_equal(ml_lex_next_of(text, at, '"', '\n', '\\'), expected);
                    assert_int_equal(ml_lex_next_of_plain(text, at, '"', '\n', '\\'), expected);
                }
                free(data);
            }
}

static void finds_the_end_of_a_comment(void **state)
{
    (void)state;
    for (size_t len = 2; len < LEN_MAX; len++)
        for (size_t place = 0; place + 1 < len; place++) {
            char *data = text_of(len, '*'); /* stars alone end nothing */
            ml_str text = {data, len};
            assert_int_equal(ml_lex_next_star_slash(text, 0), len);
            data[place + 1] = '/';
            for (size_t at = 0; at <= len + 2; at++) {
                size_t expected = at <= place ? place : len;
                assert_int_equal(ml_lex_next_star_slash(text, at), expected);
                assert_int_equal(ml_lex_next_star_slash_plain(text, at), expected);
            }
            free(data);
        }
}

static void a_slash_before_a_star_ends_nothing(void **state)
{
    (void)state;
    assert_int_equal(ml_lex_next_star_slash(ML_STR("/*/* a / b * c /"), 2), 16);
    assert_int_equal(ml_lex_next_star_slash(ML_STR("a bit longer than a block: / * /*"), 0), 33);
    assert_int_equal(ml_lex_next_star_slash(ML_STR("*"), 0), 1);
    assert_int_equal(ml_lex_next_star_slash(ML_STR(""), 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_of_three),
        cmocka_unit_test(finds_the_end_of_a_comment),
        cmocka_unit_test(a_slash_before_a_star_ends_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
