/* The line hash against known values of GitHub's, and against its definition computed
 * anew for every line. */
#include "ml/buf.h"
#include "ml/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LOREM   "Lorem ipsum dolor sit amet.\n"
#define LOREM_5 LOREM LOREM LOREM LOREM LOREM

/* clang-format off */
static const struct {
    const char *name, *text, *hashes; /* "hash:ordinal " a line */
} cases[] = {
    {"empty", "", "c129715d7a2bc9a3:1 "},
    {"short lines", " a\nb\n  \t\tc\n d", "271789c17abda88f:1 54703d4cd895b18:1 180aee12dab6264:1 a23a3dc5e078b07b:1 "},
    {"empty lines", " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
     "8b7cf3e952e7aeb2:1 b1ae1287ec4718d9:1 bff680108adb0fcc:1 c6805c5e1288b612:1 b86d3392aea1be30:1 "
     "e6ceba753e1a442:1 "},
    {"all line ends", " hello; \t\r\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
     "e9496ae3ebfced30:1 fb7c023a8b9ccb3f:1 ce8ba1a563dcdaca:1 e20e36e16fcb0cc8:1 b3edc88f2938467e:1 "
     "c8e28b0b4002a3a0:1 c129715d7a2bc9a3:1 "},
    {"repeated lines are numbered", LOREM_5 LOREM_5,
     "a7f2ff13bc495cf2:1 a7f2ff13bc495cf2:2 a7f2ff13bc495cf2:3 a7f2ff13bc495cf2:4 a7f2ff13bc495cf2:5 "
     "a7f2ff13bc495cf2:6 a7f2ff1481e87703:1 a9cf91f7bbf1862b:1 55ec222b86bcae53:1 cc97dc7b1d7d8f7b:1 "
     "c129715d7a2bc9a3:1 "},
};
/* clang-format on */

static ml_code code_of_line(ml_arena *arena, const ml_lines *lines, uint32_t line)
{
    ml_line_hashes kept = {0};
    ml_code code = ml_lines_code(arena, &kept, lines, (ml_span){.line = line, .end_line = line});

    ml_buf_finish(&kept.hashes);
    return code;
}

/* What is kept of one text says nothing about the next, and the same about the same. */
static void keeps_the_hashes_of_one_text(void **state)
{
    ml_arena arena = {0};
    ml_line_hashes kept = {0};
    ml_lines one = ml_lines_of(&arena, ML_STR("a\nb\na\n")), other = ml_lines_of(&arena, ML_STR("c\nd\n"));
    ml_span first = {.line = 1, .end_line = 1}, third = {.line = 3, .end_line = 3};

    (void)state;
    uint64_t before = ml_lines_code(&arena, &kept, &one, first).line_hash;
    assert_true(ml_lines_code(&arena, &kept, &other, first).line_hash == code_of_line(&arena, &other, 1).line_hash);
    assert_true(ml_lines_code(&arena, &kept, &one, first).line_hash == before);
    assert_true(ml_lines_code(&arena, &kept, &one, third).line_hash == code_of_line(&arena, &one, 3).line_hash);
    ml_buf_finish(&kept.hashes);
    ml_arena_finish(&arena);
}

static void gives_the_known_values(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_arena arena = {0};
        ml_buf out = {0};
        ml_lines lines = ml_lines_of(&arena, ml_str_of(cases[i].text));
        for (uint32_t line = 1; line <= lines.count; line++) {
            ml_code code = code_of_line(&arena, &lines, line);
            ml_buf_printf(&out, "%llx:%u ", (unsigned long long)code.line_hash, code.line_hash_ordinal);
        }
        if (!ml_str_eq_c(ml_buf_view(&out), cases[i].hashes)) {
            print_error("%s: got %.*s\n", cases[i].name, ML_STR_ARG(ml_buf_view(&out)));
            failures++;
        }
        ml_buf_finish(&out);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

/* The definition, straight: the first 100 units that count, from the line's start on. */
static uint64_t plain_hash(const uint16_t *units, size_t count, size_t from)
{
    uint64_t hash = 0;
    size_t taken = 0;

    for (size_t i = from; i < count && taken < 100; i++) {
        bool skipped = units[i] == ' ' || units[i] == '\t' || (units[i] == '\n' && i > 0 && units[i - 1] == '\r');
        if (skipped)
            continue;
        hash = hash * 37 + (units[i] == '\r' ? '\n' : units[i]);
        taken++;
    }
    if (taken < 100) {
        hash = hash * 37 + 0xffff;
        taken++;
    }
    for (; taken < 100; taken++)
        hash *= 37;
    return hash;
}

/* Texts of units that are equal in UTF-8 and UTF-16 but for 你 and U+1F600. */
static void agrees_with_the_definition(void **state)
{
    static const struct {
        const char *bytes;
        uint16_t units[2];
        size_t count;
    } pieces[] = {
        {"a",                {'a'},            1},
        {"b",                {'b'},            1},
        {" ",                {' '},            1},
        {"\t",               {'\t'},           1},
        {"\n",               {'\n'},           1},
        {"\r\n",             {'\r', '\n'},     2},
        {"\r",               {'\r'},           1},
        {"\xe4\xbd\xa0",     {0x4f60},         1},
        {"\xf0\x9f\x98\x80", {0xd83d, 0xde00}, 2},
        {"\xff",             {0xfffd},         1},
    };
    unsigned random = 7;

    (void)state;
    for (int round = 0; round < 150; round++) {
        ml_arena arena = {0};
        ml_buf text = {0};
        uint16_t units[1200];
        size_t count = 0, from = 0;
        for (int i = 0; i < round * 4; i++) {
            random = random * 1103515245u + 12345u;
            size_t p = (random >> 16) % (sizeof pieces / sizeof *pieces);
            ml_buf_cstr(&text, pieces[p].bytes);
            for (size_t u = 0; u < pieces[p].count; u++)
                units[count++] = pieces[p].units[u];
        }
        ml_lines lines = ml_lines_of(&arena, text.data ? ml_buf_view(&text) : ML_STR(""));
        for (uint32_t line = 1; line <= lines.count; line++) {
            assert_true(code_of_line(&arena, &lines, line).line_hash == plain_hash(units, count, from));
            while (from < count && units[from] != '\n' && units[from] != '\r')
                from++;
            from += from + 1 < count && units[from] == '\r' && units[from + 1] == '\n' ? 2 : 1;
        }
        ml_buf_finish(&text);
        ml_arena_finish(&arena);
    }
}

/* GitHub takes the mark away before it hashes; it does not know U+2028 as a line end. */
static void reads_marks_as_github_does(void **state)
{
    ml_arena arena = {0};
    ml_lines plain = ml_lines_of(&arena, ML_STR("a\nb\n"));
    ml_lines marked = ml_lines_of(&arena, ML_STR("\xef\xbb\xbf"
                                                 "a\nb\n"));
    ml_lines separated = ml_lines_of(&arena, ML_STR("x\xe2\x80\xa8y\nz"));

    (void)state;
    assert_true(code_of_line(&arena, &plain, 1).line_hash == code_of_line(&arena, &marked, 1).line_hash);
    assert_int_equal(separated.count, 3);
    /* Line 2 of GitHub is "z"; our third line has no counterpart and gets the last hash. */
    assert_true(code_of_line(&arena, &separated, 2).line_hash == code_of_line(&arena, &separated, 3).line_hash);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_known_values), cmocka_unit_test(keeps_the_hashes_of_one_text),
        cmocka_unit_test(agrees_with_the_definition),
        cmocka_unit_test(reads_marks_as_github_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
