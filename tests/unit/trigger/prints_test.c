/* The marks at which words are looked for: none is missed, most places are not marked, and the
 * processor's way to find them gives what the plain one gives. */
#include "ml/prints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { WORDS = 60, TEXT_BYTES = 5 * ML_PRINT_PLACES + ML_PRINT_BYTES - 1, BLOCKS = 5 };

static uint32_t random_state = 1;

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

static ml_str random_text(ml_arena *arena, size_t len, uint32_t first, uint32_t count)
{
    char *text = ml_arena_bytes(arena, len);

    for (size_t i = 0; i < len; i++)
        text[i] = (char)(first + draw(count));
    return (ml_str){text, len};
}

static bool has_place(const uint16_t *places, size_t count, size_t place)
{
    for (size_t i = 0; i < count; i++)
        if (places[i] == place)
            return true;
    return false;
}

typedef struct sample {
    ml_arena arena;
    ml_prints prints;
    ml_str words[WORDS];
    bool nocase[WORDS];
    uint32_t offsets[WORDS];
} sample;

static void build(sample *s, uint32_t first, uint32_t count)
{
    *s = (sample){0};
    for (size_t i = 0; i < WORDS; i++) {
        s->words[i] = random_text(&s->arena, 2 + draw(9), first, count);
        s->nocase[i] = draw(2);
    }
    ml_prints_build(&s->prints, s->offsets, s->words, s->nocase, WORDS);
}

/* Letters alone, all of ASCII, all bytes. */
static const struct {
    uint32_t first, count;
} alphabets[] = {
    {'a', 26 },
    {' ', 95 },
    {0,   256},
};

static void both_ways_agree(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 60; round++) {
        sample s;
        build(&s, alphabets[round % 3].first, alphabets[round % 3].count);
        for (int t = 0; t < 20; t++) {
            uint16_t wide[ML_PRINT_ROOM], plain[ML_PRINT_ROOM];
            ml_str text = random_text(&s.arena, TEXT_BYTES, alphabets[t % 3].first, alphabets[t % 3].count);
            size_t count = ml_prints_find(wide, &s.prints, text.data, BLOCKS);
            assert_int_equal(count, ml_prints_find_plain(plain, &s.prints, text.data, BLOCKS));
            assert_memory_equal(wide, plain, count * sizeof *wide);
        }
        ml_arena_finish(&s.arena);
    }
}

/* Each word at each place of a text of its exact size, so that a sanitizer sees a byte too far. */
static void misses_no_word(void **state)
{
    sample s;

    (void)state;
    build(&s, ' ', 95);
    for (size_t i = 0; i < WORDS; i++)
        for (size_t place = 0; place < BLOCKS * ML_PRINT_PLACES; place++) {
            uint16_t places[ML_PRINT_ROOM];
            size_t size = s.words[i].len < ML_PRINT_BYTES ? s.words[i].len : ML_PRINT_BYTES;
            char *text = memset(malloc(TEXT_BYTES), '.', TEXT_BYTES);
            memcpy(text + place, s.words[i].data + s.offsets[i], size);
            assert_true(has_place(places, ml_prints_find(places, &s.prints, text, BLOCKS), place));
            for (size_t k = 0; k < size && s.nocase[i]; k++) /* the other case of each letter */
                if ((text[place + k] | 0x20) >= 'a' && (text[place + k] | 0x20) <= 'z')
                    text[place + k] = (char)(text[place + k] ^ 0x20);
            assert_true(has_place(places, ml_prints_find(places, &s.prints, text, BLOCKS), place));
            free(text);
        }
    ml_arena_finish(&s.arena);
}

/* What the search is for: few places of a source are marked for words that are not in it. */
static void marks_few_places(void **state)
{
    static const char source[] = "import { readFile } from 'node:fs/promises';\n\n"
                                 "export async function load(path: string): Promise<Settings> {\n"
                                 "    const text = await readFile(path, 'utf8');\n"
                                 "    return JSON.parse(text) as Settings; // checked by the caller\n}\n";
    const ml_str words[] = {ML_STR("api.openai.com"), ML_STR("XMLHttpRequest"), ML_STR("billing_queue"), ML_STR("$.")};
    const bool nocase[] = {true, false, false, false};
    uint32_t offsets[4];
    ml_prints prints;
    uint16_t places[ML_PRINT_ROOM];
    size_t blocks = (sizeof source - ML_PRINT_BYTES) / ML_PRINT_PLACES;

    (void)state;
    ml_prints_build(&prints, offsets, words, nocase, 4);
    assert_true(ml_prints_find(places, &prints, source, blocks) < blocks * ML_PRINT_PLACES / 20);
}

static void no_words_no_marks(void **state)
{
    static const char text[ML_PRINT_PLACES + ML_PRINT_BYTES] = "a";
    ml_prints prints;
    uint16_t places[ML_PRINT_ROOM];

    (void)state;
    ml_prints_build(&prints, NULL, NULL, NULL, 0);
    assert_int_equal(ml_prints_find(places, &prints, text, 1), 0);
    assert_int_equal(ml_prints_find_plain(places, &prints, text, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_agree),
        cmocka_unit_test(misses_no_word),
        cmocka_unit_test(marks_few_places),
        cmocka_unit_test(no_words_no_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
