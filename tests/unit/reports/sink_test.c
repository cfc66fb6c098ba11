/* Each escaping helper, by table: what goes in, what may come out. */
#include "ml/report_sink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define S(literal)                                                                                                     \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }
#define BAD "\xef\xbf\xbd" /* U+FFFD */

typedef void (*sink)(ml_buf *out, ml_str s);

/* clang-format off */
static const struct {
    const char *name;
    sink sink;
    ml_str in;
    const char *out;
} cases[] = {
    {"json: plain", ml_sink_json, S("a/b"), "\"a/b\""},
    {"json: empty", ml_sink_json, S(""), "\"\""},
    {"json: quote, back-slash, controls", ml_sink_json, S("\"\\\n\r\t\b\x7f"), "\"\\\"\\\\\\n\\r\\t\\u0008\\u007f\""},
    {"json: NUL inside", ml_sink_json, S("a\0b"), "\"a\\u0000b\""},
    {"json: C1, bidi, line separator", ml_sink_json, S("\xc2\x9b\u202e\u2066\u2028\ufeff"),
     "\"\\u009b\\u202e\\u2066\\u2028\\ufeff\""},
    {"json: tag character as a pair", ml_sink_json, S("\U000e0041"), "\"\\udb40\\udc41\""},
    {"json: Chinese and emoji stay", ml_sink_json, S("高危🔴"), "\"高危🔴\""},

    {"utf-8: lone continuation", ml_sink_terminal, S("a\x80z"), "a" BAD "z"},
    {"utf-8: one mark for a cut character", ml_sink_terminal, S("\xf0\x9f\x94z"), BAD "z"},
    {"utf-8: cut at the end", ml_sink_terminal, S("\xe9\xab"), BAD},
    {"utf-8: overlong", ml_sink_terminal, S("\xc0\xaf"), BAD BAD},
    {"utf-8: overlong of three", ml_sink_terminal, S("\xe0\x80\xaf"), BAD BAD BAD},
    {"utf-8: surrogate", ml_sink_terminal, S("\xed\xa0\x80"), BAD BAD BAD},
    {"utf-8: past the last plane", ml_sink_terminal, S("\xf4\x90\x80\x80"), BAD BAD BAD BAD},
    {"utf-8: never a lead", ml_sink_terminal, S("\xff\xfe"), BAD BAD},
    {"utf-8: first and last of each length", ml_sink_terminal,
     S("\u0100\u07ff\u0800\ud7ff\ue000\U00010000\U0010fffd"), "\u0100\u07ff\u0800\ud7ff\ue000\U00010000\U0010fffd"},

    {"terminal: escape code", ml_sink_terminal, S("\033[31mred"), "\\u{1b}[31mred"},
    {"terminal: line ends", ml_sink_terminal, S("a\nb\rc"), "a\\nb\\rc"},
    {"terminal: tab", ml_sink_terminal, S("\ta"), "    a"},
    {"terminal: eight-bit escape", ml_sink_terminal, S("\xc2\x9b""31m"), "\\u{9b}31m"},
    {"terminal: text turned round", ml_sink_terminal, S("\u202egnp.exe"), "\\u{202e}gnp.exe"},
    {"terminal: invisible", ml_sink_terminal, S("a\u200bb\u2060c\u00add"), "a\\u{200b}b\\u{2060}c\\u{ad}d"},
    {"terminal: joiner of an emoji stays", ml_sink_terminal, S("👩\u200d💻"), "👩\u200d💻"},

    {"xml: the five", ml_sink_xml, S("<&>\"'"), "&lt;&amp;&gt;&quot;&#39;"},
    {"xml: end of CDATA", ml_sink_xml, S("]]>"), "]]&gt;"},
    {"xml: white space in attributes", ml_sink_xml, S("a\n\tb"), "a&#10;&#9;b"},
    {"xml: what XML cannot hold", ml_sink_xml, S("\0\x01\x1f\ufffe\uffff"), "\\u{0}\\u{1}\\u{1f}\\u{fffe}\\u{ffff}"},
    {"html: script", ml_sink_html, S("<script>"), "&lt;script&gt;"},
    {"html: out of an attribute", ml_sink_html, S("\" onload='x"), "&quot; onload=&#39;x"},
    {"html: lines of code stay lines", ml_sink_html, S("a\n\tb\r\n"), "a\n\tb\\r\n"},

    {"markdown: link", ml_sink_markdown, S("[x](javascript:1)"), "\\[x\\](javascript\\:1)"},
    {"markdown: autolink", ml_sink_markdown, S("https://x.y"), "https\\://x\\.y"},
    {"markdown: address without scheme", ml_sink_markdown, S("www.x.y a-b"), "www\\.x\\.y a-b"},
    {"markdown: html", ml_sink_markdown, S("<b>&lt;"), "&lt;b&gt;&amp;lt;"},
    {"markdown: mention and reference", ml_sink_markdown, S("@a #1"), "\\@<!-- -->a \\#<!-- -->1"},
    {"markdown: cell and line", ml_sink_markdown, S("a|b\nc"), "a\\|b c"},
    {"markdown: NUL", ml_sink_markdown, S("\0"), "\\u{0}"},
    {"code span: plain", ml_sink_markdown_code, S("a*b"), "`a*b`"},
    {"code span: with back-quotes", ml_sink_markdown_code, S("`a``b"), "``` `a``b ```"},
    {"code span: empty", ml_sink_markdown_code, S(""), "`  `"},
    {"code span: stays on its line", ml_sink_markdown_code, S("a\n\n# b"), "`a  # b`"},

    {"github message: second command", ml_sink_github_message, S("a\n::error::b\r"), "a%0A::error::b%0D"},
    {"github message: percent first", ml_sink_github_message, S("%0A"), "%250A"},
    {"github message: older form", ml_sink_github_message, S("##[error]x"), "## [error]x"},
    {"github property: end of property", ml_sink_github_property, S("a,line=1::b"), "a%2Cline=1%3A%3Ab"},

    {"uri: plain", ml_sink_uri, S("src/a-b_c.d~1.ts"), "src/a-b_c.d~1.ts"},
    {"uri: blank, percent, query, fragment", ml_sink_uri, S("a b%?#"), "a%20b%25%3F%23"},
    {"uri: no scheme", ml_sink_uri, S("javascript:x"), "javascript%3Ax"},
    {"uri: Chinese", ml_sink_uri, S("图.ts"), "%E5%9B%BE.ts"},
    {"uri: bytes that are no text", ml_sink_uri, S("\xff\n\\"), "%FF%0A%5C"},

    {"sarif: brackets without a link stay", ml_sink_sarif_message, S("a[0]"), "\"a[0]\""},
    {"sarif: link defused", ml_sink_sarif_message, S("[x](1)\\"), "\"\\\\[x\\\\](1)\\\\\\\\\""},
    {"sarif: back-slash without a link stays", ml_sink_sarif_message, S("a\\b"), "\"a\\\\b\""},
};
/* clang-format on */

static void sinks_escape(void **state)
{
    unsigned wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ml_buf out = {0};
        cases[i].sink(&out, cases[i].in);
        if (!ml_str_eq_c(ml_buf_view(&out), cases[i].out)) {
            print_error("%s: got %.*s, expected %s\n", cases[i].name, ML_STR_ARG(ml_buf_view(&out)), cases[i].out);
            wrong++;
        }
        ml_buf_finish(&out);
    }
    assert_int_equal(wrong, 0);
}

/* clang-format off */
static const struct {
    const char *name;
    ml_str in;
    size_t width;
} widths[] = {
    {"ascii", S("abc"), 3},          {"empty", S(""), 0},
    {"tab", S("\ta"), 5},            {"latin", S("é"), 1},
    {"combining", S("e\u0301"), 1},  {"Chinese", S("高危"), 4},
    {"full-width mark", S("，"), 2}, {"kana, hangul", S("かカ한"), 6},
    {"half-width kana", S("ｶ"), 1},  {"emoji", S("🔴✅"), 4},
    {"box line", S("─═"), 2},        {"rare ideograph", S("𠀀"), 2},
    {"shown control", S("\033"), 6}, {"ill-formed", S("\xff"), 1},
};
/* clang-format on */

static void widths_are_those_of_a_terminal(void **state)
{
    unsigned wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(widths); i++) {
        size_t width = ml_sink_width(widths[i].in);
        if (width != widths[i].width) {
            print_error("%s: width %zu, expected %zu\n", widths[i].name, width, widths[i].width);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* clang-format off */
static const struct {
    const char *name;
    ml_str in;
    size_t skip, width;
    const char *out;
} cuts[] = {
    {"fits", S("abcd"), 0, 4, "abcd"},
    {"one too many", S("abcde"), 0, 4, "abc…"},
    {"skips", S("abcdef"), 2, 4, "cdef"},
    {"skips and cuts", S("abcdefg"), 2, 4, "cde…"},
    {"skips everything", S("ab"), 2, 4, ""},
    {"wide character at the right edge", S("高危高危"), 0, 6, "高危…"},
    {"wide character at the left edge", S("高危z"), 1, 6, " 危z"},
    {"empty", S(""), 0, 4, ""},
    {"escape counted as shown", S("\033abc"), 0, 7, "\\u{1b}…"},
};
/* clang-format on */

static void cuts_keep_columns(void **state)
{
    unsigned wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(cuts); i++) {
        ml_buf out = {0};
        ml_sink_terminal_cut(&out, cuts[i].in, cuts[i].skip, cuts[i].width);
        if (!ml_str_eq_c(ml_buf_view(&out), cuts[i].out)) {
            print_error("%s: got '%.*s', expected '%s'\n", cuts[i].name, ML_STR_ARG(ml_buf_view(&out)), cuts[i].out);
            wrong++;
        }
        ml_buf_finish(&out);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sinks_escape),
        cmocka_unit_test(widths_are_those_of_a_terminal),
        cmocka_unit_test(cuts_keep_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
