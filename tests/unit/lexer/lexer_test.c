/* The lexical pass: tables of texts with the comments, specifiers and texts in them, the
 * vector search against the plain one, and clauses. */
#include "ml/buf.h"
#include "ml/lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* 1 when the printed is not the expected, which is said; empties it. */
static int differs(ml_buf *printed, const char *text, const char *expected)
{
    ml_str got = printed->len ? ml_buf_view(printed) : ML_STR("");
    bool same = ml_str_eq_c(got, expected);

    if (!same)
        print_error("%s: expected [%s] got [%.*s]\n", text, expected, ML_STR_ARG(got));
    ml_buf_finish(printed);
    return !same;
}

/* What was found, as "c:… s:… t:…": each comment, specifier and text in brackets. */
static void print_lexed(ml_buf *out, ml_str text, bool markup)
{
    ml_arena arena = {0};
    ml_lexed lexed;

    ml_lex(&lexed, &arena, text, markup);
    for (uint32_t i = 0; i < lexed.comments.count; i++)
        ml_buf_printf(out, "c[%.*s]", ML_STR_ARG(ml_str_slice(text, lexed.comments.items[i].start, lexed.comments.items[i].end)));
    for (uint32_t i = 0; i < lexed.specifiers.count; i++)
        ml_buf_printf(out, "s[%.*s]", ML_STR_ARG(lexed.specifiers.items[i]));
    for (uint32_t i = 0; i < lexed.texts.count && !lexed.unsure; i++)
        if (lexed.texts.items[i].end - lexed.texts.items[i].start >= 3)
            ml_buf_printf(out, "t[%.*s]", ML_STR_ARG(ml_str_slice(text, lexed.texts.items[i].start, lexed.texts.items[i].end)));
    if (lexed.unsure)
        ml_buf_printf(out, "?");
    ml_arena_finish(&arena);
}

static const struct {
    const char *name, *text, *expected;
    bool markup;
} cases[] = {
    {"nothing",                     "a = b + c",                            "",                              false},
    {"empty",                       "",                                     "",                              false},
    {"line comment",                "a // fetch(\"x\")\nb",                 "c[// fetch(\"x\")]",            false},
    {"line comment at the end",     "a // b",                               "c[// b]",                       false},
    {"block comment",               "a /* \"x */ b 'yes'",                  "c[/* \"x */]t[yes]",            false},
    {"stars in a comment",          "/***/a/* * **/",                       "c[/***/]c[/* * **/]",           false},
    {"comment that never ends",     "a /* b 'abc'",                         "?",                             false},
    {"slashes in a text",           "a = \"https://x.y\" // z",             "c[// z]t[https://x.y]",         false},
    {"quotes in a text",            "a = \"it's\"; b = 'say \"no\"'",       "t[it's]t[say \"no\"]",          false},
    {"escaped quote",               "'a\\'b' + 'cde'",                      "t[a\\'b]t[cde]",                false},
    {"text ends with its line",     "x = 'abc\ny = 'def'",                  "t[abc]t[def]",                  false},
    {"text joined over lines",      "x = 'abc\\\ndef'",                     "t[abc\\\ndef]",                 false},
    {"two texts",                "f('ab', \"abc\")",                     "t[abc]",                        false},
    {"import",                      "import a from 'm'",                    "s[m]",                          false},
    {"import without a blank",      "import{a}from\"mod\"",                 "s[mod]t[mod]",                  false},
    {"bare import",                 "import './x.css';",                    "s[./x.css]t[./x.css]",          false},
    {"require",                     "const a = require( 'mod' )",           "s[mod]t[mod]",                  false},
    {"dynamic import",              "await import(`mod`)",                  "s[mod]t[mod]",                  false},
    {"import with a comment",       "import(/* @vite-ignore */ 'mod')",     "c[/* @vite-ignore */]s[mod]t[mod]", false},
    {"import in a comment",         "// import a from 'mod'\n1",            "c[// import a from 'mod']",     false},
    {"import in a text",            "x = \"import a from 'mod'\"",          "t[import a from 'mod']",        false},
    {"no loader",                   "perform('mod')",                       "t[mod]",                        false},
    {"template",                    "`abc ${d} efg`",                       "t[abc ]t[ efg]",                false},
    {"template in a template",      "`a ${`b${c}def`} // ghi`",             "t[def]t[ // ghi]",              false},
    {"braces in a substitution",    "`${{a: {b: 1}}['abc']}`+'def'",        "t[abc]t[def]",                  false},
    {"comment in a substitution",   "`${a /* } */}xyz`",                    "c[/* } */]t[xyz]",              false},
    {"template that never ends",    "x = `abc\nimport 'm'",                 "s[m]?",                         false},
    {"substitution never ends",     "x = `abc${ b",                         "?",                             false},
    {"regex with a quote",          "x = /[\"']/.test(y) // z",             "c[// z]",                       false},
    {"regex with a slash in class", "x = /[/'\"]+/g; 'abc'",                "t[abc]",                        false},
    {"regex with a backtick",       "s.replace(/`/g, 'abc')",               "t[abc]",                        false},
    {"regex after return",          "return /'/ // c",                      "c[// c]",                       false},
    {"regex behind a comment",      "[ // c d\n  /'/, 'abc']",              "c[// c d]t[abc]",               false},
    {"behind two comments",         "x = /* c */ // d\n /'/; 'abc'",        "c[/* c */]c[// d]t[abc]",       false},
    {"division behind a comment",   "a /* ( */ / b; 'abc' /* / */",         "c[/* ( */]c[/* / */]t[abc]",    false},
    {"regex that begins with >",    "x = /> ['\"]/; 'abc'",                 "t[abc]",                        false},
    {"end of a tag",                "<a b={c} /> <b c='abc' />",            "t[abc]",                        false},
    {"division",                    "a / b / c // 'abc'",                   "c[// 'abc']",                   false},
    {"division after a bracket",    "(a) / 2 + 'abc' / 1",                  "t[abc]",                        false},
    {"division after a text",       "'abc' / 2 // d",                       "c[// d]t[abc]",                 false},
    {"tags",                        "<a href='abc'>x</a>; 'def'",           "t[abc]t[def]",                  false},
    {"an empty tag",                "<br/> // c",                           "c[// c]",                       false},
    {"apostrophe between tags",     "<p>Don't</p>; f('abc')",               "t[abc]",                        false},
    {"address between tags",        "<p>https://x.y {f('abc')}</p>",        "t[abc]",                        false},
    {"keyword before a quote",      "return'abc'",                          "t[abc]",                        false},
    {"markup believes no comment",  "<!-- it's --> // import a from 'mod'", "s[mod]?",                       true },
    {"a mark as the last byte",     "a = '",                                "",                              false},
    {"escape as the last byte",     "a = 'abc\\",                           "t[abc\\]",                      false},
};

static void finds_what_is_there(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_buf out = {0};
        print_lexed(&out, ml_str_of(cases[i].text), cases[i].markup);
        failures += differs(&out, cases[i].name, cases[i].expected);
    }
    assert_int_equal(failures, 0);
}

/* Random bytes out of those that matter: the vector search and the plain one agree at every place. */
static void vector_and_plain_agree(void **state)
{
    static const char bytes[] = "ab \"'`/{}\n\xff";
    char text[257];
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 200; round++) {
        size_t len = (size_t)round + 56;
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = seed >> 28 ? bytes[(seed >> 8) % 3] : bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        ml_str whole = {text, len};
        for (size_t at = 0; at <= len; at++)
            for (int braces = 0; braces < 2; braces++)
                assert_int_equal(ml_lex_next_mark(whole, at, braces), ml_lex_next_mark_plain(whole, at, braces));
    }
}

/* Whatever the bytes, nothing is read behind the end and every range lies in the text. */
static void ranges_lie_within(void **state)
{
    static const char bytes[] = "a'\"`/*\\\n${} [";
    uint32_t seed = 11;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        ml_arena arena = {0};
        ml_lexed lexed;
        size_t len = (size_t)round % 60;
        char *text = malloc(len + 1); /* of exact size, for the sanitizer */
        assert_non_null(text);
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        ml_lex(&lexed, &arena, (ml_str){text, len}, false);
        for (uint32_t i = 0; i < lexed.texts.count; i++)
            assert_true(lexed.texts.items[i].start <= lexed.texts.items[i].end && lexed.texts.items[i].end <= len);
        for (uint32_t i = 0; i < lexed.comments.count; i++) {
            assert_true(lexed.comments.items[i].start < lexed.comments.items[i].end && lexed.comments.items[i].end <= len);
            assert_true(ml_lexed_in_comment(&lexed, lexed.comments.items[i].start));
            assert_true(ml_lexed_in_comment(&lexed, lexed.comments.items[i].end - 1));
        }
        ml_arena_finish(&arena);
        free(text);
    }
}

static const struct {
    const char *text, *expected; /* the clause of the text's only specifier */
} clauses[] = {
    {"import a from 'm'",                               "import default=a"                   },
    {"import * as ns from 'm'",                         "import *=ns"                        },
    {"import { a, b as c } from 'm'",                   "import a=a b=c"                     },
    {"import d, { a } from 'm'",                        "import default=d a=a"               },
    {"import d, * as ns from 'm'",                      "import default=d *=ns"              },
    {"import type { T } from 'm'",                      "import T=T"                         },
    {"import { type T, type as t, type } from 'm'",     "import T=T type=t type=type"        },
    {"import type from 'm'",                            "import default=type"                },
    {"import type, { a } from 'm'",                     "import default=type a=a"            },
    {"import {\n  a, // first\n  /* b */ c,\n} from 'm'", "import a=a c=c"                   },
    {"import{a}from'm'",                                "import a=a"                         },
    {"import {} from 'm'",                              "import"                             },
    {"import 'm'",                                      "bare"                               },
    {"export * from 'm'",                               "export *="                          },
    {"export * as ns from 'm'",                         "export *=ns"                        },
    {"export { a as b } from 'm'",                      "export a=b"                         },
    {"export type { T } from 'm'",                      "export T=T"                         },
    {"const { a } = require('m')",                      "any"                                },
    {"const a = await import('m')",                     "any"                                },
    {"import x = require('m')",                         "any"                                },
    {"const important = 1; x; from 'm'",                "any"                                },
    {"import { 'a b' as c } from 'm'",                  "any"                                },
};

static void reads_clauses(void **state)
{
    static const char *const kinds[] = {"any", "bare", "import", "export"};
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
        ml_arena arena = {0};
        ml_lexed lexed;
        ml_lex_names names;
        ml_buf out = {0};
        ml_str text = ml_str_of(clauses[i].text);
        ml_lex(&lexed, &arena, text, false);
        assert_int_equal(lexed.specifiers.count, 1);
        ml_lex_names_of(&names, &arena, text, lexed.specifiers.items[0]);
        ml_buf_printf(&out, "%s", kinds[names.kind]);
        for (uint32_t k = 0; k < names.names.count; k++)
            ml_buf_printf(&out, " %.*s=%.*s", ML_STR_ARG(names.names.items[k].name), ML_STR_ARG(names.names.items[k].as));
        failures += differs(&out, clauses[i].text, clauses[i].expected);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

static void tells_made_specifiers(void **state)
{
    static const struct {
        const char *text;
        bool made;
    } made[] = {
        {"('m')", false}, {"( \"m\" )", false}, {"(`m`)", false}, {"(/* c */ 'm')", false}, {"('m', x)", false},
        {"(name)", true}, {"(`m${x}`)", true},  {"('a' + b)", true}, {"('a\\u0062')", true}, {" (x)", true},
        {".resolve", false}, {"", false}, {"('m'", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (ml_lex_is_made_specifier(ml_str_of(made[i].text), 0) != made[i].made)
            fail_msg("%s", made[i].text);
}

static const struct {
    const char *text, *expected; /* the names, and "open" */
} exports[] = {
    {"const a = 1;",                                   ""                  },
    {"export const a = 1;",                            " a"                },
    {"export const a = f(1, 2), b = 3;",               " a b"              },
    {"export const a = { x: 1,\n y: 2 };\nb, c",       " a"                },
    {"export const { a, b } = c;",                     " open"             },
    {"export const enum E { A }",                      " E"                },
    {"export let a: Map<string, number> = f();",       " a number"         },
    {"export function f(a, b) {}",                     " f"                },
    {"export async function* f() {}",                  " f"                },
    {"export default class C {}",                      " default"          },
    {"export abstract class C {}",                     " C"                },
    {"export declare const a: string;",                " a"                },
    {"export type T = U;",                             " T"                },
    {"export interface I {}",                          " I"                },
    {"export { a, b as c, type T };",                  " a b as c type T"  },
    {"export { a as default } from './x'",             " a as default"     },
    {"export type { T } from './x'",                   " T"                },
    {"export * from './x'",                            " open"             },
    {"export = f;",                                    " open"             },
    {"export import a = b.c;",                         " open"             },
    {"export @d class C {}",                           " open"             },
    {"module.exports = { a };",                        " open"             },
    {"exports.a = 1;",                                 " open"             },
    {"reexport(a); x.export = 1; exporter()",          ""                  },
    {"export const \\u0061 = 1;",                      " open"             },
    {"export const a = 1\nexport const b = () => {\n  return 2\n}\nexport let c", " a b c"},
    {"export const a = [1, 2], b = 2;\nconst d = 3;", " a b"},
    {"export const a = 1,\n  // then\n  b = 2", " a b"},
    {"export const a = 1\n  , b = 2;", " a b"},
    {"export const a =\n  f(1),\n  b = 2;", " a b"},
    {"export const a = 'x, (y', b = `z, [${1}`, c = \"}\";", " a b c"},
    {"export const a = 1, // don't\n  b = 2;", " a b"},
    {"export const a: Record<string, number> = {};\nexport const b = 1;", " a number b"},
    {"export const a = 1, [b] = f();", " a open"},
    {"// batch exports of all\nexport const a = '\\u0061'; // exports.", " a open"},
    {"// batch exports of all\nexport const a = '\\u0061'; // all exports", " a"},
    {"f(function (exports) {})", " open"},
    {"if (typeof exports === 'object') f();", " open"},
    {"export { \\u0061 }", " open"},
    {"export { a as b\\u0061 }", " a as b open"},
    {"export class A\\u0061 {}", " A open"},
    {"export const a = `x ${ f(`(${ {} }`) } {`, b = `${'`'}`, c = 1;", " a b c"},
    {"export const a = /[(]/, b = 2;\nexport const c = 1;", " a open"},
    {"export const a = () => {\n  const s = ')';\n}\nfoo, bar\nexport { b }", " a bar b"},
    {"export const a = x.replace(/\\)/, ''), b = 2;", " a open"},
    {"// how to export data, and to export all\n/* for export of */ export const a = 1;\n * export x", " a"},
    {"/*\n export what may be\n*/", " open"},
    {"const q = 'batch-export-queue';\nexport const a = 1;", " a"},
    {"f(); export const a = 1; { } export const b = 2;", " a b"},
    {"@sealed export class A {}\n@ns.sealed() export class B {}", " A B"},
};

static void lists_exports(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof exports / sizeof *exports; i++) {
        ml_arena arena = {0};
        ml_lex_exports found;
        ml_buf out = {0};
        ml_lex_exports_of(&found, &arena, ml_str_of(exports[i].text));
        for (uint32_t k = 0; k < found.names.count; k++)
            if (found.names.items[k].len)
                ml_buf_printf(&out, " %.*s", ML_STR_ARG(found.names.items[k]));
        if (found.open)
            ml_buf_cstr(&out, " open");
        failures += differs(&out, exports[i].text, exports[i].expected);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

/* Each statement in brackets: < brings in, { is a list, : a type, = is exported, d as default; then its names. */
static const struct {
    const char *text, *expected;
} statements[] = {
    {"const a = 1; let b",                                  "[ a][ b]"                          },
    {"const a = 1\nlet b = a\nf(b)",                        "[ a][ b]"                          },
    {"const a = 1, b = f(c, d), [e, { g: h }] = i;",        "[ a b e g h]"                      },
    {"const { a, b: c = { d } } = e;",                      "[ a b c d]"                        },
    {"const a =\n  async () => {}\nconst b = 1",            "[ a][ b]"                          },
    {"const a = b ??\n  function () {}\nexport default a",  "[ a][d]"                           },
    {"const f = () =>\n  class {}\nconst b",                "[ f][ b]"                          },
    {"export const a = { x: 1,\nconst: 2 }\nexport let c",  "[= a][= c]"                        },
    {"export async function* f(a) { const b = 1 }\nclass C { d = 1 }", "[= f][ C]"             },
    {"export default class D {}\nexport default f",         "[d D][d]"                          },
    {"export const enum E { A }\nexport type T = U\nexport interface I { a: b }", "[= E][:= T][:= I]"},
    {"type A = B | C\ntype = 1\ntype.a = 2; interface D {}", "[: A][][][: D]"                  },
    {"interface A<T = { x: 1 }> extends B<{}> { f(): void }\ng(a)",    "[: A][]"                 },
    {"export type A =\n  | 'b'\n  | { c: D }\nf()\ntype E<T> = T extends F\n  ? G\n  : H; i()", "[:= A][][: E][]"},
    {"type A = (b: C) =>\n  void\n[1].map(a)",                "[: A][]"                           },
    {"type A = Map<\n  string,\n  B\n>\nlet c: D",         "[: A][ c]"                         },
    {"interface A {} const b = 1; interface C {} interface D {} f()", "[: A][ b][: C][: D][]"     },
    {"import a from 'm'\nf(a)\nimport 'n'\n(async () => {})()\nimport b from \"o\" with { type: 'json' }\ng()", "[<][][<][][<][]"},
    {"export * from 'm'\nf()\nexport { a }\ng()\nexport { b } from 'n'\nh()\nexport {}\ni()", "[<][][{ a][][<][][{][]"},
    {"import { 'a b' as c } from 'm'\nf(c)",                 "[<][]"                             },
    {"const a = /^x$/\nexport const b = 1\nconst c = n++\nexport const d = e!\nconst f = 1", "[ a][= b][ c][= d][ f]"},
    {"function a() {} export const b = 1\nfunction c(){}export{c as d}", "[ a][= b][ c][{ c>d]" },
    {"const a = 1\n  , b = /x/\nlet c = f.new\nlet d",        "[ a b c][ d]"                      },
    {"declare function f(a): void\nexport const b = 1",      "[ f][= b]"                         },
    {"\xef\xbb\xbf" "export const a = 1",                   "[= a]"                             },
    {"a.b['c'].d = 1\nconst e = 2\nf.g()\nh == 1\ni => 1",  "[ a][ e]"                          },
    {"type F = typeof x.new\nf(g)",                          "[: F][]"                           },
    {"interface A",                                          "[ A]"                              },
    {"export { a, b as c, type d };",                       "[{ a b>c type d]"                  },
    {"export { a } from 'm'\nexport * from 'n'\nexport type { T } from 'o'", "[<][<][<]"          },
    {"import a from 'm'\nimport type { b } from 'n'\nimport 'o'\nimport c = require('p')", "[<][<][<][ c]"},
    {"import.meta.env.X; import('m')",                      "[][]"                              },
    {"@a({ b: 1 })\nexport class C {}\n@d.e\nclass F {}",   "[= C][ F]"                         },
    {"if (a) { var b = 1 }\nfor (var c of d) {}",           "[ b][ c]"                          },
    {"const a = '{'; const b = /[{]/; const c = `${'}'}{`; // {\nlet d /* ( */", "[ a][ b][ c][ d]"},
    {"export = a; export import b = c.d",                   "[=][= b]"                          },
    {"declare module 'm' { export const a: string }\nabstract class B {}", "[][ B]"              },
    {"f(function () {\n  const a = 1\n  export\n})",        "[]"                                },
    {"const a = { ;",                                       "?[]"                               },
    {"const a = 1 }; const b = (",                          "?[]"                               },
    {"const \\u0061 = 1; let b",                            "?[]"                               },
    {"",                                                    ""                                  },
};

static void print_statement(ml_buf *out, const ml_lex_statement *s)
{
    static const char *const kinds[] = {"", ":", "<", "{"};

    ml_buf_printf(out, "[%s%s%s", kinds[s->kind], s->exported ? "=" : "", s->is_default ? "d" : "");
    for (uint32_t i = 0; i < s->names.count && s->kind != ML_LEX_BRING; i++) {
        ml_buf_printf(out, " %.*s", ML_STR_ARG(s->names.items[i].name));
        if (!ml_str_eq(s->names.items[i].name, s->names.items[i].as))
            ml_buf_printf(out, ">%.*s", ML_STR_ARG(s->names.items[i].as));
    }
    ml_buf_cstr(out, "]");
}

static void splits_into_statements(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        ml_arena arena = {0};
        ml_lexed lexed;
        ml_lex_statements found;
        ml_buf out = {0};
        ml_str text = ml_str_of(statements[i].text);
        ml_lex(&lexed, &arena, text, false);
        if (!ml_lex_statements_of(&found, &arena, text, &lexed))
            ml_buf_cstr(&out, "?");
        for (uint32_t k = 0; k < found.count; k++)
            print_statement(&out, &found.items[k]);
        failures += differs(&out, statements[i].text, statements[i].expected);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_there), cmocka_unit_test(vector_and_plain_agree),
        cmocka_unit_test(ranges_lie_within),   cmocka_unit_test(reads_clauses),
        cmocka_unit_test(tells_made_specifiers), cmocka_unit_test(lists_exports),
        cmocka_unit_test(splits_into_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
