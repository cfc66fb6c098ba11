/* The word search: small tables of words and texts, and random words and texts against a
 * search that looks for one word after the other. */
#include "ml/buf.h"
#include "ml/trigger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { WORDS_MAX = 6 };

static const struct {
    const char *name;
    const char *words[WORDS_MAX]; /* word i has bit i */
    bool nocase;
    const char *text;
    ml_trigger_bits expected;
} cases[] = {
    {"no words",                        {NULL},                       false, "anything",                   0},
    {"empty text",                      {"openai"},                   false, "",                           0},
    {"text shorter than the word",      {"openai"},                   false, "opena",                      0},
    {"the text is the word",            {"openai"},                   false, "openai",                     1},
    {"at the start",                    {"openai", "groq"},           false, "openai.com",                 1},
    {"at the end",                      {"openai", "groq"},           false, "x groq",                     2},
    {"both",                            {"openai", "groq"},           false, "groq openai",                3},
    {"one inside the other",            {"api.openai.com", "openai"}, false, "https://api.openai.com/v1",  3},
    {"overlapping",                     {"abcd", "cdef"},             false, "abcdef",                     3},
    {"one is the start of the other",   {"openai", "openai-edge"},    false, "openai-edg",                 1},
    {"nearly",                          {"openai"},                   false, "opena openi openAi 0penai",  0},
    {"two bytes",                       {"ws", "ky"},                 false, "a ky b",                     2},
    {"three bytes",                     {"got", "axi"},               false, "gxt axios",                  2},
    {"two bytes at the very end",       {"ws"},                       false, "w ws",                       1},
    {"short and long together",         {"ky", "fetch"},              false, "fetch(ky)",                  3},
    {"case matters",                    {"openai"},                   false, "OpenAI",                     0},
    {"case does not matter",            {"openai", "GROQ"},           true,  "OPENAI groq",                3},
    {"case folding is of letters only", {"a@bcd", "x[yz]"},           true,  "a`bcd x{yz}",                0},
    {"short words without case",        {"WS"},                       true,  "a wS b",                     1},
    {"bytes above 127",                 {"\xe4\xbd\xa0\xe5\xa5\xbd"}, false, "x\xe4\xbd\xa0\xe5\xa5\xbd.", 1},
    {"same word twice",                 {"openai", "openai"},         false, "openai",                     3},
};

static ml_trigger_bits search(const char *const *words, bool nocase, ml_str text, ml_trigger_bits enough)
{
    ml_arena arena = {0};
    ml_trigger_word list[WORDS_MAX];
    size_t count = 0;

    for (; count < WORDS_MAX && words[count]; count++)
        list[count] = (ml_trigger_word){ml_str_of(words[count]), 1u << count, nocase};
    ml_trigger_bits found = ml_trigger_scan(ml_trigger_build(&arena, list, count), text, enough);
    ml_arena_finish(&arena);
    return found;
}

static void finds_what_is_there(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_trigger_bits found = search(cases[i].words, cases[i].nocase, ml_str_of(cases[i].text), 0);
        if (found != cases[i].expected) {
            print_error("%s: expected %x got %x\n", cases[i].name, cases[i].expected, found);
            failures++;
        }
    }
    assert_int_equal(failures, 0);
}

/* Every place in a text, so also where the steps of the search begin and end. */
static void finds_at_every_place(void **state)
{
    static const char *const words[WORDS_MAX] = {"openai", "ky"};

    (void)state;
    for (size_t len = 6; len < 60; len++)
        for (size_t at = 0; at + 6 <= len; at++) {
            char *text = malloc(len); /* of its exact size, so that a sanitizer sees a byte too far */
            memset(text, '.', len);
            memcpy(text + at, "openai", 6);
            assert_int_equal(search(words, false, (ml_str){text, len}, 0), 1);
            memset(text, '.', len);
            memcpy(text + at, "ky", 2);
            assert_int_equal(search(words, false, (ml_str){text, len}, 0), 2);
            free(text);
        }
}

/* NUL is a byte like others. */
static void passes_over_nul(void **state)
{
    static const char *const words[WORDS_MAX] = {"groq"};
    static const char text[] = "a\0b\0groq";

    (void)state;
    assert_int_equal(search(words, false, (ml_str){text, sizeof text - 1}, 0), 1);
}

/* It may stop once all that is asked for is seen, and must not stop before. */
static void stops_when_it_knows_enough(void **state)
{
    static const char *const words[WORDS_MAX] = {"first", "second", "third"};
    ml_buf text = {0};

    (void)state;
    ml_buf_cstr(&text, "first");
    for (int i = 0; i < 1000; i++)
        ml_buf_cstr(&text, "........");
    ml_buf_cstr(&text, "second third");
    assert_int_equal(search(words, false, ml_buf_view(&text), 1), 1);
    assert_int_equal(search(words, false, ml_buf_view(&text), 2) & 3, 3);
    assert_int_equal(search(words, false, ml_buf_view(&text), 7), 7);
    assert_int_equal(search(words, false, ml_buf_view(&text), 8), 7);
    ml_buf_finish(&text);
}

static uint32_t random_state = 1;

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

static ml_str random_text(ml_arena *arena, size_t len, const char *alphabet)
{
    char *text = ml_arena_bytes(arena, len + 1);

    for (size_t i = 0; i < len; i++)
        text[i] = alphabet[draw((uint32_t)strlen(alphabet))];
    return (ml_str){text, len};
}

static ml_trigger_bits search_one_by_one(const ml_trigger_word *words, size_t count, ml_str text)
{
    ml_trigger_bits found = 0;

    for (size_t i = 0; i < count; i++) {
        size_t at = words[i].nocase ? ml_str_find_nocase(text, words[i].word) : ml_str_find(text, words[i].word);
        found |= at == ML_NOT_FOUND ? 0 : words[i].bits;
    }
    return found;
}

/* Small alphabets make many words and near words, shared beginnings and full buckets. */
static void agrees_with_the_plain_search(void **state)
{
    static const char *const alphabets[] = {"ab", "aAbB@`", "abcdefghijklmnopqrstuvwxyz./-", "ht:p/"};
    uint64_t hits = 0;

    (void)state;
    for (int round = 0; round < 400; round++) {
        ml_arena arena = {0};
        const char *alphabet = alphabets[draw(4)];
        uint32_t without = draw(3); /* of no word, of some, of all: without case */
        size_t count = 1 + draw(60);
        ml_trigger_word *words = ML_NEW_ARRAY(&arena, ml_trigger_word, count);
        for (size_t i = 0; i < count; i++)
            words[i] = (ml_trigger_word){random_text(&arena, 2 + draw(9), alphabet), 1u << draw(32), draw(2) < without};
        const ml_trigger_set *set = ml_trigger_build(&arena, words, count);
        for (int t = 0; t < 10; t++) {
            ml_str text = random_text(&arena, draw(200), alphabet);
            ml_trigger_bits expected = search_one_by_one(words, count, text);
            assert_int_equal(ml_trigger_scan(set, text, 0), expected);
            hits += expected != 0;
        }
        ml_arena_finish(&arena);
    }
    assert_true(hits > 1000); /* else the rounds proved little */
}

/* As many words as the catalogue has, all filed under bytes of their own. */
static void holds_thousands_of_words(void **state)
{
    enum { COUNT = 5000 };
    ml_arena arena = {0};
    ml_trigger_word *words = ML_NEW_ARRAY(&arena, ml_trigger_word, COUNT);

    (void)state;
    for (uint32_t i = 0; i < COUNT; i++)
        words[i] = (ml_trigger_word){ml_arena_printf(&arena, "word-%u.example", i), 1u << (i % 31), false};
    const ml_trigger_set *set = ml_trigger_build(&arena, words, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        ml_str text = ml_arena_printf(&arena, "fetch('https://word-%u.example/v1')", i);
        assert_int_equal(ml_trigger_scan(set, text, 0), 1u << (i % 31));
    }
    assert_int_equal(ml_trigger_scan(set, ML_STR("https://word-5000.example"), 0), 0);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_there),
        cmocka_unit_test(finds_at_every_place),
        cmocka_unit_test(passes_over_nul),
        cmocka_unit_test(stops_when_it_knows_enough),
        cmocka_unit_test(agrees_with_the_plain_search),
        cmocka_unit_test(holds_thousands_of_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
