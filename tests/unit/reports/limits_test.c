/* Formats whose readers show only so much: the worst is shown, the rest is counted. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static uint32_t occurrences(ml_str text, const char *word)
{
    uint32_t count = 0;

    for (size_t at; (at = ml_str_find(text, ml_str_of(word))) != ML_NOT_FOUND; count++)
        text = ml_str_from(text, at + strlen(word));
    return count;
}

/* `low` findings of low level, then one of high level. */
static ml_buf written(const char *format, uint32_t low, ml_lang lang)
{
    ml_finding *list = calloc(low + 1, sizeof *list);
    ml_report report = single_report;
    ml_buf out = {0};

    assert_non_null(list);
    for (uint32_t i = 0; i <= low; i++) {
        list[i] = findings[2];
        list[i].level = i < low ? ML_LEVEL_LOW : ML_LEVEL_HIGH;
    }
    report.findings.items = list;
    report.findings.count = low + 1;
    ml_report_format_find(ml_str_of(format))
        ->write(&out, &report, &(ml_report_options){.lang = lang, .lang_given = true});
    free(list);
    return out;
}

static void github_annotates_ten_of_a_kind(void **state)
{
    static const struct {
        uint32_t low, annotated;
        const char *says;
    } cases[] = {
        {10, 10, NULL                            },
        {11, 10, "; 1 findings only in this log" },
        {25, 10, "; 15 findings only in this log"}
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ml_buf out = written("github", cases[i].low, ML_LANG_EN);
        ml_str text = ml_buf_view(&out);
        assert_true(ml_str_starts(text, ML_STR("::error ")));
        assert_int_equal(occurrences(text, "::notice "), cases[i].annotated);
        assert_int_equal(occurrences(text, "\n- low: "), cases[i].low - cases[i].annotated);
        assert_int_equal(occurrences(text, "only in this log"), cases[i].says != NULL);
        if (cases[i].says)
            assert_int_equal(occurrences(text, cases[i].says), 1);
        ml_buf_finish(&out);
    }
}

static void html_keeps_the_worst_five_thousand(void **state)
{
    (void)state;
    for (uint32_t extra = 0; extra < 2; extra++) {
        ml_buf out = written("html", 4999 + 7 * extra, ML_LANG_EN);
        ml_str text = ml_buf_view(&out);
        assert_int_equal(occurrences(text, "<details "), 5000);
        assert_int_equal(occurrences(text, "<details class=\"high\" open>"), 1);
        assert_int_equal(occurrences(text, "left out of this page: 7<"), extra);
        ml_buf_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(github_annotates_ten_of_a_kind),
        cmocka_unit_test(html_keeps_the_worst_five_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
