/* Lines, columns and the source a report shows, of texts both ordinary and odd. Spans are
 * given by marks in the text: what stands between { and } is meant, and the marks are
 * taken out before the text is used. */
#include "ml/buf.h"
#include "ml/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define BOM "\xef\xbb\xbf"
#define LS  "\xe2\x80\xa8"
#define PS  "\xe2\x80\xa9"

static const struct {
    const char *name, *marked;
    uint32_t line, column, end_line, end_column;
} spans[] = {
    {"empty text",                       "{}",                              1, 1, 1, 1},
    {"first word",                       "{const} a",                       1, 1, 1, 6},
    {"second line",                      "a\n b{c}d\n",                     2, 3, 2, 4},
    {"over lines",                       "a{b\nc}d",                        1, 2, 2, 2},
    {"the line end belongs to its line", "ab{\n}c",                         1, 3, 2, 1},
    {"after the last line end",          "a\n{}",                           2, 1, 2, 1},
    {"CRLF",                             "a\r\nb\r\n{c}",                   3, 1, 3, 2},
    {"CR alone",                         "a\rb\r{c}",                       3, 1, 3, 2},
    {"CR CR LF",                         "a\r\r\n{c}",                      3, 1, 3, 2},
    {"U+2028 and U+2029",                "a" LS "b" PS "{c}",               3, 1, 3, 2},
    {"other characters of that block",
     "a\xe2\x80\xa7"
     "b\xe2\x81\xa8{c}",                                                    1, 5, 1, 6},
    {"columns are UTF-16 units",         "\xe4\xbd\xa0\xf0\x9f\x98\x80{x}", 1, 4, 1, 5},
    {"a BOM is no column",               BOM "{x}y",                        1, 1, 1, 2},
    {"a BOM further on is one",          "a\n" BOM "{x}",                   2, 2, 2, 3},
    {"broken bytes count one each",      "\xff\xfe\xe4\xbd{x}",             1, 5, 1, 6},
    {"a cut sequence at the end",        "x\xf0\x9f{}",                     1, 4, 1, 4},
    {"surrogates written as bytes",      "\xed\xa0\x80{x}",                 1, 4, 1, 5},
};

/* The text without the marks, and where they stood. */
static ml_str take_marks(ml_arena *arena, const char *marked, uint32_t *from, uint32_t *to)
{
    ml_str text = ml_arena_copy(arena, ml_str_of(marked));
    char *out = (char *)ml_arena_cstr(arena, text);
    uint32_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '{')
            *from = len;
        else if (text.data[i] == '}')
            *to = len;
        else
            out[len++] = text.data[i];
    }
    return (ml_str){out, len};
}

static void says_line_and_column(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        ml_arena arena = {0};
        uint32_t from = 0, to = 0;
        ml_lines lines = ml_lines_of(&arena, take_marks(&arena, spans[i].marked, &from, &to));
        ml_span span = ml_lines_span(&lines, from, to);
        if (span.line != spans[i].line || span.column != spans[i].column || span.end_line != spans[i].end_line ||
            span.end_column != spans[i].end_column || span.byte != from || span.end_byte != to) {
            print_error("%s: got %u:%u-%u:%u\n", spans[i].name, span.line, span.column, span.end_line, span.end_column);
            failures++;
        }
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

/* Inside a character: the column of that character. Past the end, or backwards: clamped. */
static void survives_odd_offsets(void **state)
{
    ml_arena arena = {0};
    ml_lines lines = ml_lines_of(&arena, ML_STR("a\xe4\xbd\xa0z"));

    (void)state;
    assert_int_equal(ml_lines_span(&lines, 2, 3).column, 2);
    assert_int_equal(ml_lines_span(&lines, 4, 5).column, 3);
    ml_span span = ml_lines_span(&lines, 900, UINT32_MAX);
    assert_int_equal(span.column, 4);
    assert_int_equal(span.byte, 5);
    span = ml_lines_span(&lines, 4, 1);
    assert_int_equal(span.end_column, span.column);
    ml_arena_finish(&arena);
}

static void gives_lines_without_their_ends(void **state)
{
    static const char *const expected[] = {"a", "b ", "", "c", "d", "e", ""};
    ml_arena arena = {0};
    ml_lines lines = ml_lines_of(&arena, ML_STR(BOM "a\r\nb \n\nc\rd" LS "e\n"));

    (void)state;
    assert_int_equal(lines.count, 7);
    for (uint32_t i = 0; i < lines.count; i++)
        if (!ml_str_eq_c(ml_lines_line(&lines, i + 1), expected[i]))
            fail_msg("line %u is [%.*s]", i + 1, ML_STR_ARG(ml_lines_line(&lines, i + 1)));
    assert_int_equal(ml_lines_line(&lines, 0).len, 0);
    assert_int_equal(ml_lines_line(&lines, 8).len, 0);
    ml_arena_finish(&arena);
}

static const struct {
    const char *name, *marked;
    uint32_t first_line;
    const char *text, *line;
} codes[] = {
    {"two before, two after",     "1\n2\n3\n  {four} \n5\n6\n7\n", 2, "2\n3\n  four \n5\n6", "four"},
    {"at the start",              "{1}\n2\n3\n4",                  1, "1\n2\n3",             "1"   },
    {"at the end",                "1\n2\n3\n{4}",                  2, "2\n3\n4",             "4"   },
    {"the empty line at the end", "1\n2\n{}",                      1, "1\n2\n",              ""    },
    {"a span over lines",         "1\n2\n3\n{4\n5}\n6\n7\n8",      2, "2\n3\n4\n5\n6\n7",    "4"   },
    {"one line",                  "{only}",                        1, "only",                "only"},
    {"line ends become LF",       "1\r\n{2}\r3",                   1, "1\n2\n3",             "2"   },
    {"empty text",                "{}",                            1, "",                    ""    },
};

static ml_code code_of(ml_arena *arena, const ml_lines *lines, ml_span span)
{
    ml_line_hashes kept = {0};
    ml_code code = ml_lines_code(arena, &kept, lines, span);

    ml_buf_finish(&kept.hashes);
    return code;
}

static void shows_the_lines_around(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        ml_arena arena = {0};
        uint32_t from = 0, to = 0;
        ml_lines lines = ml_lines_of(&arena, take_marks(&arena, codes[i].marked, &from, &to));
        ml_code code = code_of(&arena, &lines, ml_lines_span(&lines, from, to));
        if (code.first_line != codes[i].first_line || !ml_str_eq_c(code.text, codes[i].text) ||
            !ml_str_eq_c(code.line, codes[i].line)) {
            print_error("%s: got %u [%.*s] [%.*s]\n", codes[i].name, code.first_line, ML_STR_ARG(code.text),
                        ML_STR_ARG(code.line));
            failures++;
        }
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

/* A line of megabytes is cut, never inside a character, and its own line shows the finding. */
static void cuts_long_lines(void **state)
{
    ml_arena arena = {0};
    ml_buf text = {0};

    (void)state;
    for (int i = 0; i < 100000; i++)
        ml_buf_cstr(&text, "\xe4\xbd\xa0");
    uint32_t at = (uint32_t)text.len;
    ml_buf_cstr(&text, "fetch(url)");
    for (int i = 0; i < 100000; i++)
        ml_buf_cstr(&text, "\xe4\xbd\xa0");
    ml_lines lines = ml_lines_of(&arena, ml_buf_view(&text));
    ml_code code = code_of(&arena, &lines, ml_lines_span(&lines, at, at + 5));
    assert_int_equal(code.text.len, 240);
    assert_true(code.line.len <= 240);
    assert_true(ml_str_contains(code.line, ML_STR("fetch(url)")));
    assert_true(ml_str_starts(code.line, ML_STR("\xe4\xbd\xa0")));
    assert_int_equal(code.line.len % 3, 1); /* whole characters and the ten bytes of the call */
    ml_buf_finish(&text);
    ml_arena_finish(&arena);
}

/* A span of a thousand lines shows its beginning. */
static void bounds_long_spans(void **state)
{
    ml_arena arena = {0};
    ml_buf text = {0};

    (void)state;
    for (int i = 0; i < 1000; i++)
        ml_buf_cstr(&text, "x\n");
    ml_lines lines = ml_lines_of(&arena, ml_buf_view(&text));
    ml_code code = code_of(&arena, &lines, ml_lines_span(&lines, 0, (uint32_t)text.len));
    assert_true(code.text.len >= 10 && code.text.len < 40);
    ml_buf_finish(&text);
    ml_arena_finish(&arena);
}

/* Bytes that are no text at all still have lines. */
static void takes_any_bytes(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed < 200; seed++) {
        ml_arena arena = {0};
        char text[97];
        unsigned random = seed;
        for (size_t i = 0; i < sizeof text; i++) {
            random = random * 1103515245u + 12345u;
            text[i] = "\r\n\xe2\x80\xa8\xff\xf0\x9f\x98\xc0 a"[(random >> 16) % 11];
        }
        ml_lines lines = ml_lines_of(&arena, (ml_str){text, sizeof text});
        uint32_t last_line = 1, last_column = 0;
        for (uint32_t at = 0; at <= sizeof text; at++) {
            ml_span span = ml_lines_span(&lines, at, at);
            assert_true(span.line >= last_line && span.line <= lines.count);
            assert_true(span.line > last_line || span.column >= last_column);
            last_line = span.line;
            last_column = span.column;
        }
        assert_int_equal(last_line, lines.count);
        ml_arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_line_and_column),
        cmocka_unit_test(survives_odd_offsets),
        cmocka_unit_test(gives_lines_without_their_ends),
        cmocka_unit_test(shows_the_lines_around),
        cmocka_unit_test(cuts_long_lines),
        cmocka_unit_test(bounds_long_spans),
        cmocka_unit_test(takes_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
