/* The sample projects: exactly the findings that <name>.expect lists, nothing unread, and
 * for the repaired one the text report of the specification, line for line but for time,
 * folder and counts. */
#include "ml/report.h"
#include "ml/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define FOLDER "fixtures/projects/"

static ml_str file_text(ml_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    ml_buf text = {0};
    char piece[4096];
    size_t len;

    if (!file)
        fail_msg("%s cannot be read", path);
    while ((len = fread(piece, 1, sizeof piece, file)) > 0)
        ml_buf_bytes(&text, piece, len);
    fclose(file);
    ml_str copy = ml_arena_copy(arena, ml_buf_view(&text));
    ml_buf_finish(&text);
    return copy;
}

static ml_scan *scan_of(const char *folder)
{
    ml_str path = ml_str_of(folder);
    ml_scan_options options = {
        .paths = &path, .path_count = 1, .depth = UINT32_MAX, .time = 1737424800, .time_is_utc = true};
    ml_scan *scan = NULL;
    ml_error error = {.line = 0};

    if (ml_scan_run(&scan, &options, &error) != ML_OK)
        fail_msg("%s: %s", folder, error.text);
    return scan;
}

/* Prints the lines of a that b lacks, and counts them; a comment is no line. */
static unsigned missing(const char *what, ml_str a, ml_str b)
{
    unsigned count = 0;

    while (a.len) {
        ml_str line = ml_str_trim(ml_str_split(&a, '\n')), rest = b;
        bool found = !line.len || line.data[0] == '#';
        while (!found && rest.len)
            found = ml_str_eq(ml_str_trim(ml_str_split(&rest, '\n')), line);
        if (!found)
            print_error("%s: %.*s\n", what, ML_STR_ARG(line));
        count += !found;
    }
    return count;
}

static ml_str lines_of(ml_arena *arena, const ml_report *report)
{
    ml_buf text = {0};

    for (uint32_t i = 0; i < report->findings.count; i++) {
        const ml_finding *finding = &report->findings.items[i];
        ml_buf_printf(&text, "%.*s:%u %.*s\n", ML_STR_ARG(finding->path), finding->span.line,
                      ML_STR_ARG(finding->rule->id));
    }
    ml_str copy = ml_arena_copy(arena, ml_buf_view(&text));
    ml_buf_finish(&text);
    return copy;
}

static void check_project(const char *folder, const char *expect)
{
    ml_arena arena = {0};
    ml_scan *scan = scan_of(folder);
    const ml_report *report = ml_scan_report(scan);
    ml_str wanted = file_text(&arena, expect), found = lines_of(&arena, report);

    unsigned count = missing("expected, not found", wanted, found) + missing("found, not expected", found, wanted);
    for (uint32_t i = 0; i < report->problems.count; i++)
        print_error("problem: %.*s: %.*s\n", ML_STR_ARG(report->problems.items[i].path),
                    ML_STR_ARG(report->problems.items[i].reason.in[ML_LANG_EN]));
    count += report->problems.count + report->incomplete;
    ml_scan_free(scan);
    ml_arena_finish(&arena);
    assert_int_equal(count, 0);
}

static void damaged(void **state)
{
    (void)state;
    check_project(FOLDER "kindergarten", FOLDER "kindergarten.expect");
}

static void repaired(void **state)
{
    (void)state;
    check_project(FOLDER "kindergarten-repaired", FOLDER "kindergarten-repaired.expect");
}

/* ---- the specification's sample ---- */

/* '0' stands for any digit; a shape without end matches any digits after its own. */
static bool has_shape(ml_str text, const char *shape)
{
    size_t i = 0;

    for (; shape[i] && i < text.len; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (shape[i] == '0' ? !digit : text.data[i] != shape[i])
            return false;
    }
    return !shape[i] && (i == text.len || strspn(text.data + i, "0123456789") >= text.len - i);
}

/* What may differ from the sample, and what it looks like; NULL: anything but nothing. */
static const struct {
    const char *label, *shape;
} free_lines[] = {
    {"检查时间: ",    "0000-00-00 00:00:00"},
    {"检查目录: ",    NULL                 },
    {"总文件数: ",    "0"                  },
    {"已检查文件: ", "0"                  },
};

static bool same_line(ml_str got, ml_str sample)
{
    for (size_t i = 0; i < sizeof free_lines / sizeof *free_lines; i++) {
        ml_str label = ml_str_of(free_lines[i].label);
        if (ml_str_starts(sample, label)) {
            ml_str value = ml_str_from(got, label.len);
            return ml_str_starts(got, label) && value.len &&
                   (!free_lines[i].shape || has_shape(value, free_lines[i].shape));
        }
    }
    return ml_str_eq(got, sample);
}

static void clean_report(void **state)
{
    ml_arena arena = {0};
    ml_scan *scan = scan_of(FOLDER "kindergarten-repaired");
    ml_str sample = file_text(&arena, "tests/golden/projects/clean-report.txt");
    ml_buf text = {0};
    unsigned different = 0;

    (void)state;
    ml_report_format_find(ML_STR("text"))->write(&text, ml_scan_report(scan), &(ml_report_options){0});
    ml_str got = ml_buf_view(&text);
    while (got.len || sample.len) {
        ml_str line = ml_str_split(&got, '\n'), wanted = ml_str_split(&sample, '\n');
        if (same_line(line, wanted))
            continue;
        print_error("wanted: %.*s\n   got: %.*s\n", ML_STR_ARG(wanted), ML_STR_ARG(line));
        different++;
    }
    ml_buf_finish(&text);
    ml_scan_free(scan);
    ml_arena_finish(&arena);
    assert_int_equal(different, 0);
}

/* The comparisons above can fail. */
static void comparing(void **state)
{
    (void)state;
    assert_int_equal(missing("on purpose", ML_STR("# a\na:1 r\nb:2 r\n"), ML_STR("b:2 r\n")), 1);
    assert_true(same_line(ML_STR("总文件数: 7"), ML_STR("总文件数: 150")));
    assert_false(same_line(ML_STR("总文件数: x"), ML_STR("总文件数: 150")));
    assert_false(same_line(ML_STR("总文件数: "), ML_STR("总文件数: 150")));
    assert_false(same_line(ML_STR("检查时间: 2025-1-21 10:00:00"), ML_STR("检查时间: 2025-01-21 10:00:00")));
    assert_false(same_line(ML_STR("📊 总计: 1"), ML_STR("📊 总计: 0")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged),
        cmocka_unit_test(repaired),
        cmocka_unit_test(clean_report),
        cmocka_unit_test(comparing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
