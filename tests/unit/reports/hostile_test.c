/* Whatever bytes a tree holds, every format stays valid UTF-8 without a control or
 * invisible character, keeps its line structure, and the JSON ones stay JSON. */
#include "fixture.h"

#include "ml/report_sink.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define ROUNDS 300

/* A small generator of its own: the same bytes on every machine. */
static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Pieces that mean something to some sink, mixed with bytes that mean nothing. */
static ml_str random_text(uint64_t *seed, char *space, size_t cap)
{
    static const char *const pieces[] = {
        "\033[2J", "::error::", "##[error]", "](",     "```",    "<script>", "]]>", "&",   "\"", "\\", "\n",
        "\r\n",    "\t",        "\u202e",    "\u200b", "\u2028", "高",       "🔴",   "%0A", "|",  "'",  "--"};
    size_t len = 0;

    for (uint32_t n = next_random(seed) % 12; n; n--) {
        uint32_t pick = next_random(seed) % (2 * COUNT(pieces));
        const char *piece = pick < COUNT(pieces) ? pieces[pick] : NULL;
        size_t more = piece ? strlen(piece) : 1;
        if (len + more > cap)
            break;
        if (piece)
            memcpy(space + len, piece, more);
        else
            space[len] = (char)next_random(seed);
        len += more;
    }
    return (ml_str){space, len};
}

/* 0 when the output is clean, else the 1-based offset of the first fault. */
static size_t first_fault(ml_str out)
{
    for (size_t at = 0; at < out.len;) {
        size_t start = at;
        uint32_t c = ml_utf8_next(out, &at);
        bool replaced = c == 0xfffd && !ml_str_eq(ml_str_slice(out, start, at), ML_STR("\xef\xbf\xbd"));
        bool control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
        bool invisible = c == 0x200b || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
        if (replaced || control || invisible)
            return start + 1;
    }
    return 0;
}

static size_t count_char(ml_str s, char c)
{
    size_t count = 0;

    for (size_t i = 0; i < s.len; i++)
        count += s.data[i] == c;
    return count;
}

static unsigned check_format(const ml_report_format *format, const ml_report *report)
{
    ml_buf out = {0};
    json_error_t error;
    unsigned wrong = 0;

    format->write(&out, report, &(ml_report_options){0});
    size_t fault = first_fault(ml_buf_view(&out));
    if (fault) {
        print_error("%s: fault at byte %zu\n", format->name, fault - 1);
        wrong++;
    }
    if (strcmp(format->name, "json") == 0 || strcmp(format->name, "sarif") == 0 ||
        strcmp(format->name, "gitlab") == 0) {
        json_t *root = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
        if (!root) {
            print_error("%s: line %d: %s\n", format->name, error.line, error.text);
            wrong++;
        }
        json_decref(root);
    }
    ml_buf_finish(&out);
    return wrong;
}

static void any_bytes_leave_reports_well_formed(void **state)
{
    char space[12][256];
    uint64_t seed = 1;
    unsigned wrong = 0;

    (void)state;
    for (uint32_t round = 0; round < ROUNDS && !wrong; round++) {
        ml_str t[12];
        for (size_t i = 0; i < COUNT(t); i++)
            t[i] = random_text(&seed, space[i], sizeof space[i]);
        ml_span span = {
            next_random(&seed) % 4, next_random(&seed) % 9, next_random(&seed) % 6, next_random(&seed) % 9, 0, 0};
        ml_step step = {t[0], span, {{t[1], t[2]}}, t[3]};
        ml_finding finding = {
            .rule = &rule_http,
            .level = ML_LEVEL_HIGH,
            .message = {{t[4], t[5]}},
            .path = t[6],
            .span = span,
            .code = { next_random(&seed) % 4, t[7], t[8], round, 1},
            .steps = {   &step,                        1, 1},
            .provider = t[9],
            .scope = t[10],
            .sink = t[11],
        };
        ml_problem problem = {ML_PROBLEM_UNREAD, t[6], span.line, {{t[1], t[2]}}};
        ml_check check = {ML_CHECK_BAD, {{t[3], t[4]}}, t[5], span.line};
        ml_report report = {
            COMMON,
            .typed = t[0],
            .uri_prefix = t[1],
            .findings = {&finding, 1, 1},
            .problems = {&problem, 1, 1},
            .bridge = {&check,   1, 1},
            .schema = {&check,   1, 1},
            .suggested_ddl = t[2],
        };
        for (uint32_t f = 0; f < ml_format_table_count; f++)
            wrong += check_format(ml_format_table[f], &report);
    }
    assert_int_equal(wrong, 0);
}

/* A line end in a path or message must not begin a line of the report. */
static void line_ends_do_not_add_lines(void **state)
{
    static const char *const formats[] = {"text", "pretty", "github", "markdown", "junit"};
    ml_finding calm = findings[2], nasty = findings[2];

    (void)state;
    calm.path = (ml_str)S("a b");
    calm.message = (ml_text)TEXT("a b", "a b");
    nasty.path = (ml_str)S("a\nb");
    nasty.message = (ml_text)TEXT("a\nb", "a\nb");
    ml_report a = single_report, b = single_report;
    a.findings.items = &calm;
    b.findings.items = &nasty;
    for (size_t i = 0; i < COUNT(formats); i++) {
        const ml_report_format *format = ml_report_format_find(ml_str_of(formats[i]));
        ml_buf x = {0}, y = {0};
        if (!format)
            continue;
        format->write(&x, &a, NULL);
        format->write(&y, &b, NULL);
        assert_int_equal(count_char(ml_buf_view(&x), '\n'), count_char(ml_buf_view(&y), '\n'));
        ml_buf_finish(&x);
        ml_buf_finish(&y);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_leave_reports_well_formed),
        cmocka_unit_test(line_ends_do_not_add_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
