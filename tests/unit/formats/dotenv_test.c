/* The .env reader: each case is a file and what is read from it, one "line name=[value]"
 * an assignment, with control characters written as \n and \r. */
#include "ml/buf.h"
#include "ml/dotenv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static const struct {
    const char *name, *text, *expected;
} cases[] = {
    {"nothing",                           "",                                    ""                             },
    {"plain",                             "A=1\nB=two words\n",                  "1 A=[1];2 B=[two words];"     },
    {"no line end at the end",            "A=1",                                 "1 A=[1];"                     },
    {"blanks around",                     "  A = 1 \t\n",                        "1 A=[1];"                     },
    {"empty value",                       "A=\nB=1",                             "1 A=[];2 B=[1];"              },
    {"export",                            "export A=1\nexport\tB=2\nexport=3\n", "1 A=[1];2 B=[2];3 export=[3];"},
    {"colon and blank",                   "A: 1\nB:2\n",                         "1 A=[1];"                     },
    {"comment lines",                     "# A=1\n  # B=2\nC=3\n",               "3 C=[3];"                     },
    {"comment behind a value",            "A=1 # one\nB=https://h/#x\n",         "1 A=[1];2 B=[https://h/];"    },
    {"hash inside quotes",                "A=\"a#b\" # c\nB='#'\n",              "1 A=[a#b];2 B=[#];"           },
    {"single quotes keep escapes",        "A='a\\nb'\n",                         "1 A=[a\\nb];"                 },
    {"back quotes",                       "A=`it's \"so\"`\n",                   "1 A=[it's \"so\"];"           },
    {"double quotes decode",              "A=\"a\\nb\\\\\\\"\\$c\\d\"\n",        "1 A=[a<LF>b\\\"$c\\d];"       },
    {"double quotes over lines",          "A=\"one\ntwo\"\nB=3\n",               "1 A=[one<LF>two];3 B=[3];"    },
    {"single quotes over lines",          "A='one\r\ntwo'\r\nB=3\r\n",           "1 A=[one<CR><LF>two];3 B=[3];"},
    {"CRLF",                              "A=1\r\nB=\"2\"\r\n\r\nC=3\r\n",       "1 A=[1];2 B=[2];4 C=[3];"     },
    {"CR alone",                          "A=1\rB=2\r",                          "1 A=[1];2 B=[2];"             },
    {"BOM",
     "\xef\xbb\xbf"
     "A=1\n",                                                                    "1 A=[1];"                     },
    {"references stay",                   "A=${HOST}/v1\n",                      "1 A=[${HOST}/v1];"            },
    {"equals inside",                     "A=b=c==\n",                           "1 A=[b=c==];"                 },
    {"no name",                           "=1\n?=2\nA B=3\n",                    ""                             },
    {"names with dots and dashes",        "a.b-c=1\n",                           "1 a.b-c=[1];"                 },
    {"a quote never closed is none",      "A=\"x\nB=2\n",                        "1 A=[\"x];2 B=[2];"           },
    {"text behind a quote makes it none", "A=\"x\" y\nB=2\n",                    "1 A=[\"x\" y];2 B=[2];"       },
    {"escaped quote does not close",      "A=\"x\\\"\nB=2\n",                    "1 A=[\"x\\\"];2 B=[2];"       },
    {"twice: both",                       "A=1\nA=2\n",                          "1 A=[1];2 A=[2];"             },
};

static void put_visible(ml_buf *out, ml_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] == '\n')
            ml_buf_cstr(out, "<LF>");
        else if (s.data[i] == '\r')
            ml_buf_cstr(out, "<CR>");
        else
            ml_buf_char(out, s.data[i]);
    }
}

static void reads_as_loaders_do(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_arena arena = {0};
        ml_buf out = {0};
        ml_env_entries entries = {0};
        ml_dotenv_parse(&entries, &arena, ml_str_of(cases[i].text));
        ml_buf_cstr(&out, "");
        for (uint32_t e = 0; e < entries.count; e++) {
            ml_buf_printf(&out, "%u %.*s=[", entries.items[e].line, ML_STR_ARG(entries.items[e].name));
            put_visible(&out, entries.items[e].value);
            ml_buf_cstr(&out, "];");
        }
        if (!ml_str_eq_c(ml_buf_view(&out), cases[i].expected)) {
            print_error("%s: expected %s got %.*s\n", cases[i].name, cases[i].expected, ML_STR_ARG(ml_buf_view(&out)));
            failures++;
        }
        ml_buf_finish(&out);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

/* start and end cover the whole assignment, so that a report can mark it. */
static void knows_the_place(void **state)
{
    static const char text[] = "# c\n export A=\"x y\" # d\nB=2 # e\n";
    ml_arena arena = {0};
    ml_env_entries entries = {0};

    (void)state;
    ml_dotenv_parse(&entries, &arena, ml_str_of(text));
    assert_int_equal(entries.count, 2);
    ml_str first = ml_str_slice(ml_str_of(text), entries.items[0].start, entries.items[0].end);
    ml_str second = ml_str_slice(ml_str_of(text), entries.items[1].start, entries.items[1].end);
    assert_true(ml_str_eq_c(first, "export A=\"x y\""));
    assert_true(ml_str_eq_c(second, "B=2"));
    ml_arena_finish(&arena);
}

/* Quotes that close nowhere, or only after much text, must not make it quadratic. */
static void stays_linear(void **state)
{
    static const char *const pieces[] = {"A=\"", "A=\"x\n", "A='\nB=\"\nC=`\n", "A=\"\\\"\n", "export ", "A=\"\" x\n"};

    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        ml_arena arena = {0};
        ml_buf text = {0};
        ml_env_entries entries = {0};
        while (text.len < 2 * 1024 * 1024)
            ml_buf_cstr(&text, pieces[i]);
        clock_t begin = clock();
        ml_dotenv_parse(&entries, &arena, ml_buf_view(&text));
        double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (seconds > 5)
            fail_msg("\"%s\" repeated took %.1f s", pieces[i], seconds);
        ml_buf_finish(&text);
        ml_arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_loaders_do),
        cmocka_unit_test(knows_the_place),
        cmocka_unit_test(stays_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
