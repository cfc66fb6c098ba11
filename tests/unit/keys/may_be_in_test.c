/* The cheap no before a key is looked for: it answers as the plain walk over every character does, from
 * which it differs by what it does not read. */
#include "ml/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_body_char(char c)
{
    return is_digit(c) || is_capital(c) || (c >= 'a' && c <= 'z');
}

static bool is_key_char(char c)
{
    return is_body_char(c) || (c && strchr("-_.+/", c));
}

/* Letters and digits in a row that could be what is secret of a key. */
static bool is_body(ml_str row, bool behind_mark)
{
    size_t digits = 0, capitals = 0;

    for (size_t i = 0; i < row.len; i++) {
        digits += is_digit(row.data[i]);
        capitals += is_capital(row.data[i]);
    }
    if (row.len < (behind_mark ? 12 : 17))
        return false;
    return digits >= 2 ? row.len - digits >= 2 : behind_mark && row.len >= 34 && capitals >= 5;
}

static bool may_be_in_plain(ml_str text)
{
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        bool has_body = false;
        for (end = at; end < text.len && is_key_char(text.data[end]);)
            end++;
        for (size_t from = at, to; from < end; from = to + 1) {
            for (to = from; to < end && is_body_char(text.data[to]);)
                to++;
            has_body |= is_body(ml_str_slice(text, from, to), from > at);
        }
        if (has_body && end - at >= ML_KEY_BYTES_MIN)
            return true;
    }
    return false;
}

static uint32_t random_state = 1;

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

static void answers_as_the_plain_walk(void **state)
{
    static const char *const alphabets[] = {"abcdefgh0",
                                            "aB0",
                                            "ABCDEFGHabcdefgh",
                                            "abcdefghijklmnopqrstuvw12-",
                                            "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789_. ",
                                            "\xe4\xbd\xa0z9"};
    uint32_t yes = 0, rounds = 60000;

    (void)state;
    for (uint32_t round = 0; round < rounds; round++) {
        const char *alphabet = alphabets[draw(6)];
        char text[100];
        size_t len = draw(sizeof text);
        for (size_t i = 0; i < len; i++)
            text[i] = alphabet[draw((uint32_t)strlen(alphabet))];
        bool expected = may_be_in_plain((ml_str){text, len});
        if (ml_key_may_be_in((ml_str){text, len}) != expected)
            fail_msg("\"%.*s\": expected %d", (int)len, text, expected);
        yes += expected;
    }
    assert_in_range(yes, rounds / 10, rounds - rounds / 10); /* else the rounds proved little */
}

static void sees_the_shortest(void **state)
{
    (void)state;
    assert_true(ml_key_may_be_in(ML_STR("abcdefghijklmno12"))); /* alone */
    assert_false(ml_key_may_be_in(ML_STR("abcdefghijklmn12"))); /* one letter less */
    assert_true(ml_key_may_be_in(ML_STR("sk--abcdefghij12")));  /* behind a mark */
    assert_false(ml_key_may_be_in(ML_STR("skk--abcdefghi12")));
    assert_false(ml_key_may_be_in(ML_STR("s--abcdefghij12")));  /* too short as a whole */
    assert_false(ml_key_may_be_in(ML_STR("sk--123456789012"))); /* digits alone */
    assert_false(ml_key_may_be_in(ML_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_as_the_plain_walk),
        cmocka_unit_test(sees_the_shortest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
