/* Every format prints every hand-built report as the expected file says, byte for byte.
 *
 * A format without expected files fails, so adding one means reading its output once.
 * ML_UPDATE_GOLDEN=1 rewrites the files; read the difference before committing it. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

static const struct {
    const char *name;
    const ml_report *report;
    ml_report_options options;
    const char *only; /* one format; NULL for all */
} cases[] = {
    {"clean",           &clean_report,      {0},                                      NULL    },
    {"findings",        &findings_report,   {0},                                      NULL    },
    {"findings.zh",     &findings_report,   {.lang = ML_LANG_ZH, .lang_given = true}, NULL    },
    {"findings.en",     &findings_report,   {.lang = ML_LANG_EN, .lang_given = true}, "text"  },
    {"findings.colour", &findings_report,   {.colour = true},                         "pretty"},
    {"single",          &single_report,     {0},                                      NULL    },
    {"incomplete",      &incomplete_report, {0},                                      NULL    },
    {"noted",           &noted_report,      {0},                                      NULL    },
    {"hostile",         &evil_report,       {0},                                      NULL    },
};

static void golden_path(char path[512], const char *test, const ml_report_format *format)
{
    snprintf(path, 512, "%s/tests/golden/reports/%s.%s", MLTEST_SOURCE_DIR, test, format->name);
}

static void update(const char *path, const ml_buf *got)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(got->data, 1, got->len, file), got->len);
    assert_int_equal(fclose(file), 0);
}

static bool read_file(ml_buf *out, const char *path)
{
    FILE *file = fopen(path, "rb");
    char piece[4096];
    size_t len;

    if (!file)
        return false;
    while ((len = fread(piece, 1, sizeof piece, file)) > 0)
        ml_buf_bytes(out, piece, len);
    fclose(file);
    return true;
}

static unsigned first_different_line(ml_str a, ml_str b)
{
    unsigned line = 1;

    for (size_t i = 0; i < a.len && i < b.len && a.data[i] == b.data[i]; i++)
        line += a.data[i] == '\n';
    return line;
}

static unsigned compare(const char *test, const ml_report_format *format, const ml_buf *got)
{
    char path[512];
    ml_buf expected = {0};
    unsigned wrong = 0;

    golden_path(path, test, format);
    if (getenv("ML_UPDATE_GOLDEN"))
        update(path, got);
    if (!read_file(&expected, path)) {
        print_error("%s: no such file\n", path);
        wrong = 1;
    } else if (!ml_str_eq(ml_buf_view(&expected), ml_buf_view(got))) {
        unsigned line = first_different_line(ml_buf_view(&expected), ml_buf_view(got));
        print_error("%s:%u: output differs\n", path, line);
        wrong = 1;
    }
    ml_buf_finish(&expected);
    return wrong;
}

static void formats_print_what_is_expected(void **state)
{
    unsigned wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (uint32_t f = 0; f < ml_format_table_count; f++) {
            const ml_report_format *format = ml_format_table[f];
            ml_buf out = {0};
            if (cases[i].only && strcmp(cases[i].only, format->name) != 0)
                continue;
            format->write(&out, cases[i].report, &cases[i].options);
            wrong += compare(cases[i].name, format, &out);
            ml_buf_finish(&out);
        }
    assert_int_equal(wrong, 0);
}

/* A language that is asked for and is the default anyway changes nothing. */
static void default_language_is_the_given_one(void **state)
{
    (void)state;
    for (uint32_t f = 0; f < ml_format_table_count; f++) {
        const ml_report_format *format = ml_format_table[f];
        ml_lang usual = strcmp(format->name, "text") == 0 ? ML_LANG_ZH : ML_LANG_EN;
        ml_report_options given = {.lang = usual, .lang_given = true}, none = {0};
        ml_buf a = {0}, b = {0};
        format->write(&a, &findings_report, &given);
        format->write(&b, &findings_report, &none);
        assert_true(ml_str_eq(ml_buf_view(&a), ml_buf_view(&b)));
        ml_buf_finish(&a);
        ml_buf_finish(&b);
    }
}

/* The text report shows the zone of the reader, unless the moment was given from outside. */
static void text_shows_local_time_or_utc(void **state)
{
    static const char *const expected[] = {"检查时间: 2025-01-21 18:00:00\n", "检查时间: 2025-01-21 10:00:00\n"};

    (void)state;
    setenv("TZ", "EIGHT-8", 1);
    tzset();
    for (int utc = 0; utc < 2; utc++) {
        ml_report report = clean_report;
        ml_buf out = {0};
        report.time_is_utc = utc;
        ml_report_format_find(ML_STR("text"))->write(&out, &report, NULL);
        assert_true(ml_str_contains(ml_buf_view(&out), ml_str_of(expected[utc])));
        ml_buf_finish(&out);
    }
}

static void table_is_by_name_and_found(void **state)
{
    (void)state;
    assert_true(ml_format_table_count >= 4);
    for (uint32_t f = 0; f < ml_format_table_count; f++) {
        assert_ptr_equal(ml_report_format_find(ml_str_of(ml_format_table[f]->name)), ml_format_table[f]);
        if (f)
            assert_true(strcmp(ml_format_table[f - 1]->name, ml_format_table[f]->name) < 0);
    }
    assert_null(ml_report_format_find(ML_STR("jso")));
    assert_null(ml_report_format_find(ML_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_print_what_is_expected),
        cmocka_unit_test(default_language_is_the_given_one),
        cmocka_unit_test(text_shows_local_time_or_utc),
        cmocka_unit_test(table_is_by_name_and_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
