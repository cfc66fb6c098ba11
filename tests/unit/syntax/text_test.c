/* Before the parser: script blocks of markup, and texts made readable to the grammar. */
#include "ml/syntax.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

static void test_scripts(void **state)
{
    static const struct {
        const char *name;
        ml_markup markup;
        const char *text;
        const char *bodies; /* each as "ts:" or "x:" and its text, '|' between */
    } cases[] = {
        {"plain",                             ML_MARKUP_HTML,   "<script>a</script>",                                           "x:a"    },
        {"typescript",                        ML_MARKUP_VUE,    "<script setup lang='ts'>a</script>",                           "ts:a"   },
        {"tsx",                               ML_MARKUP_VUE,    "<script lang=\"tsx\">a</script>",                              "x:a"    },
        {"two",                               ML_MARKUP_VUE,    "<script>a</script>\n<script setup>b</script>",                 "x:a|x:b"},
        {"module",                            ML_MARKUP_HTML,   "<script type=module>a</script>",                               "x:a"    },
        {"charset",                           ML_MARKUP_HTML,   "<script type='text/javascript; charset=x'>a</script>",         "x:a"    },
        {"json",                              ML_MARKUP_HTML,   "<script type=\"application/json\">a</script>",                 ""       },
        {"import map",                        ML_MARKUP_HTML,   "<script type=\"importmap\">a</script>",                        ""       },
        {"template",                          ML_MARKUP_HTML,   "<script type='text/x-template'>a</script><script>b</script>",  "x:b"    },
        {"source only",                       ML_MARKUP_HTML,   "<script src='a.js'></script>",                                 ""       },
        {"in a comment",                      ML_MARKUP_HTML,   "<!-- <script>a</script> --><script>b</script>",                "x:b"    },
        {"unclosed comment",                  ML_MARKUP_HTML,   "<!-- <script>a</script>",                                      ""       },
        {"upper case",                        ML_MARKUP_HTML,   "<SCRIPT>a</Script >",                                          "x:a"    },
        {"unclosed script",                   ML_MARKUP_HTML,   "<script>a",                                                    "x:a"    },
        {"a closing tag in a string ends it", ML_MARKUP_HTML,   "<script>'</script>'</script>",                                 "x:'"    },
        {"other names",                       ML_MARKUP_HTML,   "<scripts>a</scripts><script-x>b</script-x>",                   ""       },
        {"a greater sign in an attribute",    ML_MARKUP_HTML,   "<script data-a='>'>a</script>",                                "x:a"    },
        {"in a style",                        ML_MARKUP_HTML,   "<style>/*<script>a</script>*/</style><script>b</script>",      "x:b"    },
        {"vue template",                      ML_MARKUP_VUE,    "<template><template><script>a</script></template></template>", ""       },
        {"vue custom block",                  ML_MARKUP_VUE,    "<docs><script>a</script></docs><script>b</script>",            "x:b"    },
        {"vue, never closed",                 ML_MARKUP_VUE,    "<template><div><script>a</script>",                            "x:a"    },
        {"vue, self closing",                 ML_MARKUP_VUE,    "<template src='a' /><script>a</script>",                       "x:a"    },
        {"svelte, nested",                    ML_MARKUP_SVELTE, "<svelte:head><script>a</script></svelte:head>",                "x:a"    },
        {"less than",                         ML_MARKUP_HTML,   "a < b <script>a</script>",                                     "x:a"    },
        {"ends early",                        ML_MARKUP_HTML,   "<script",                                                      ""       },
    };
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_arena arena = {0};
        ml_scripts scripts = {0};
        ml_str text = ml_str_of(cases[i].text), got = ML_STR_NONE;
        ml_scripts_of(&scripts, &arena, cases[i].markup, text);
        for (uint32_t k = 0; k < scripts.count; k++)
            got = ml_arena_printf(&arena, "%.*s%s%s:%.*s", ML_STR_ARG(got), k ? "|" : "",
                                  scripts.items[k].dialect == ML_DIALECT_TS ? "ts" : "x",
                                  ML_STR_ARG(ml_str_slice(text, scripts.items[k].start, scripts.items[k].end)));
        if (!ml_str_eq_c(got, cases[i].bodies)) {
            print_error("%s: got \"%.*s\"\n", cases[i].name, ML_STR_ARG(got));
            failures++;
        }
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

/* Tags without end, attributes without end: one pass all the same. */
static void test_scripts_linear(void **state)
{
    static const char *const units[] = {"<a>", "<a ", "<script ", "<!--", "</a>", "<a b='", "<template>", "<"};
    enum { COUNT = 200000 };

    (void)state;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        ml_arena arena = {0};
        ml_scripts scripts = {0};
        size_t len = strlen(units[i]);
        char *text = malloc(len * COUNT);
        assert_non_null(text);
        for (size_t k = 0; k < COUNT; k++)
            memcpy(text + k * len, units[i], len);
        uint64_t start = ml_parse_clock();
        ml_scripts_of(&scripts, &arena, ML_MARKUP_VUE, (ml_str){text, len * COUNT});
        assert_true(ml_parse_clock() - start < 5u * 1000000000u);
        free(text);
        ml_arena_finish(&arena);
    }
}

static void test_normalise(void **state)
{
    static const struct {
        const char *name, *text, *expected; /* NULL: unchanged, and not copied */
    } cases[] = {
        {"nothing to do",                    "#!/bin/x\nfetch()\r\n// a\n",                                              NULL                                      },
        {"carriage return",                  "a\rb\r\nc\r",                                                              "a\nb\r\nc\n"                             },
        {"hashbang and carriage return",     "#!x\ry",                                                                   "#!x\ny"                                  },
        {"hashbang and line separator",      "#!x\u2028y",                                                               "   \u2028y"                              },
        {"hashbang after a byte order mark", "\uFEFF#!x\ny",                                                             "\uFEFF   \ny"                            },
        {"conflict",                         "<<<<<<< a\nx\n=======\r\ny\n>>>>>>> b\nz",                                 "         \nx\n       \r\ny\n         \nz"},
        {"no conflict",                      "<<<<<<< a\nx\n=======\n",                                                  NULL                                      },
        {"shift",                            "a <<<<<<< b >>>>>>> c\n<<<<<<<<\n>>>>>>>",                                 NULL                                      },
        {"using",                            "using a = b",                                                              "const a = b"                             },
        {"await using",                      "{ await using a = b }",                                                    "{       const a = b }"                   },
        {"for using",                        "for (using a of b)",                                                       "for (const a of b)"                      },
        {"using is a name",                  "using = 1; using(a); using\na = b; using of = c",
         "_sing = 1; _sing(a); _sing\na = b; _sing of = c"                                                                                                         },
        {"using compared",                   "using a == b",                                                             "_sing a == b"                            },
        {"import type",                      "a: import(\"m\").T<U>",                                                    "a: ___________.T<U>"                     },
        {"import call",                      "import('m').then<T>(f); import('m').x; import(a).b<c",                     NULL                                      },
        {"accessor",                         "static accessor a",                                                        "static          a"                       },
        {"accessor alone",                   "accessor a; x.accessor = static_accessor",                                 NULL                                      },
        {"export type star",                 "export type * from 'a'",                                                   "export      * from 'a'"                  },
        {"export type names",                "export type { A }; export type A = B",                                     NULL                                      },
        {"export import",                    "export import a = require('b')",                                           "       import a = require('b')"          },
        {"export import alias",              "export import a = b.c",                                                    NULL                                      },
        {"defer",                            "import defer * as a from 'b'",                                             "import       * as a from 'b'"            },
        {"source",                           "import source a from 'b'",                                                 "import        a from 'b'"                },
        {"names, no phases",                 "import defer from 'b'; import source from 'c'; import { defer } from 'd'", NULL                                      },
        {"variance",                         "<in T, out U, in out V>",                                                  "<   T,     U,        V>"                 },
        {"no variance",                      "for (const a in b) {}; a < out; f(a, out, b)",                             NULL                                      },
        {"static index",                     "static [a: string]: T",                                                    "       [a: string]: T"                   },
        {"static computed",                  "static [a]: T = 1",                                                        NULL                                      },
    };
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_arena arena = {0};
        ml_str text = ml_str_of(cases[i].text), got = ml_normalise(&arena, text);
        bool good = cases[i].expected ? ml_str_eq_c(got, cases[i].expected) : got.data == text.data;
        if (!good || got.len != text.len) {
            print_error("%s: \"%.*s\"\n", cases[i].name, ML_STR_ARG(got));
            failures++;
        }
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_scripts_linear),
        cmocka_unit_test(test_normalise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
