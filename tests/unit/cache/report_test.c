/* Packed reports: every field comes back, and changed bytes are refused or harmless. */
#include "ml/buf.h"
#include "ml/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const ml_rule_info first =
                              {
                                  .id = {"a/first", 7}
},
                          second = {.id = {"b/second", 8}};
static const ml_rule_info *const rules[] = {&first, &second};

#define TEXT(en, zh)                                                                                                   \
    {                                                                                                                  \
        {                                                                                                              \
            {"" en, sizeof(en) - 1},                                                                                   \
            {                                                                                                          \
                "" zh, sizeof(zh) - 1                                                                                  \
            }                                                                                                          \
        }                                                                                                              \
    }

/* The run's own fields, which are neither kept nor read. */
static ml_report of_run(void)
{
    return (ml_report){.tool_version = ML_STR("v"),
                       .root = ML_STR("/r"),
                       .typed = ML_STR("."),
                       .time = 7,
                       .rules = rules,
                       .rule_count = 2};
}

static ml_report sample(ml_arena *arena)
{
    ml_report report = of_run();
    ml_finding finding = {
        .rule = &second,
        .level = ML_LEVEL_MEDIUM,
        .message = TEXT("says", "说"),
        .level_reason = TEXT("test", "测试"),
        .path = ML_STR("src/a.ts"),
        .span = {3, 4, 5,                6,            7,                  8},
        .provider = ML_STR("openai"),
        .scope = ML_STR("C.m"),
        .sink = ML_STR("fetch"),
        .code = {2, ML_STR("x\ny\nz"),  ML_STR("y"), 0x123456789abcdef0, 2}
    };
    ml_step step = {
        ML_STR("src/b.ts"), {1, 2, 1, 9, 10, 17},
         TEXT("from", "来自"), ML_STR("code")
    };
    ml_problem problem = {ML_PROBLEM_PARSE, ML_STR("src/c.ts"), 9, TEXT("why", "原因")};
    ml_check check = {ML_CHECK_BAD, TEXT("check", "检查"), ML_STR("src/d.ts"), 11};

    ml_vec_push(arena, &finding.steps, step);
    ml_vec_push(arena, &report.findings, finding);
    finding.rule = &first;
    finding.path = ML_STR("src/b.ts");
    finding.level_reason = (ml_text){0};
    finding.steps = (ml_steps){0};
    ml_vec_push(arena, &report.findings, finding);
    ml_vec_push(arena, &report.problems, problem);
    ml_vec_push(arena, &report.bridge, check);
    check.state = ML_CHECK_UNKNOWN;
    ml_vec_push(arena, &report.schema, check);
    report.files_total = 21, report.files_checked = 20, report.files_parsed = 19, report.parse_errors = 18;
    report.suppressed = 17, report.incomplete = true, report.schema_skipped = true;
    report.suggested_ddl = ML_STR("ALTER TABLE x;");
    return report;
}

/* Equal packed bytes mean equal reports: texts and numbers stand in the order in which they are met. */
static void test_comes_back(void **state)
{
    ml_arena arena = {0};
    ml_buf packed = {0}, again = {0};
    ml_report report = sample(&arena), found = of_run();

    (void)state;
    ml_report_pack(&packed, &report);
    assert_true(ml_report_unpack(&found, &arena, ml_buf_view(&packed)));
    ml_report_pack(&again, &found);
    assert_true(ml_str_eq(ml_buf_view(&packed), ml_buf_view(&again)));

    const ml_finding *finding = &found.findings.items[0];
    assert_int_equal(found.findings.count, 2);
    assert_ptr_equal(finding->rule, &second);
    assert_true(ml_str_eq_c(finding->message.in[ML_LANG_ZH], "说"));
    assert_int_equal(finding->span.end_byte, 8);
    assert_true(finding->code.line_hash == 0x123456789abcdef0);
    assert_int_equal(finding->code.line_hash_ordinal, 2);
    assert_true(ml_str_eq_c(finding->steps.items[0].code, "code"));
    assert_null(found.findings.items[1].level_reason.in[ML_LANG_EN].data);
    assert_int_equal(found.problems.items[0].line, 9);
    assert_int_equal(found.schema.items[0].state, ML_CHECK_UNKNOWN);
    assert_int_equal(found.files_parsed, 19);
    assert_true(found.incomplete && found.schema_skipped);
    assert_true(ml_str_eq_c(found.suggested_ddl, "ALTER TABLE x;"));
    assert_true(ml_str_eq_c(found.root, "/r"));
    ml_buf_finish(&packed);
    ml_buf_finish(&again);
    ml_arena_finish(&arena);
}

static void touch(const ml_report *report)
{
    ml_buf out = {0};

    ml_report_pack(&out, report); /* reads all of it */
    for (uint32_t i = 0; i < report->findings.count; i++)
        ml_buf_printf(&out, "%s", ml_level_name(report->findings.items[i].level));
    ml_buf_finish(&out);
}

static void test_changed(void **state)
{
    static const unsigned char values[] = {0, 1, 2, 3, 9, 0x7f, 0x80, 0xff};
    ml_arena arena = {0};
    ml_buf packed = {0};
    ml_report report = sample(&arena);
    uint32_t refused = 0;

    (void)state;
    ml_report_pack(&packed, &report);
    for (size_t at = 0; at < packed.len; at++) {
        ml_arena scratch = {0};
        ml_report found = of_run();
        bool taken = ml_report_unpack(&found, &scratch, (ml_str){packed.data, at});
        if (taken) /* cut off within the texts: only one that nobody needs may be missing */
            touch(&found);
        else
            assert_int_equal(found.findings.count, 0);
        for (size_t i = 0; i < sizeof values; i++) {
            char kept = packed.data[at];
            packed.data[at] = (char)values[i];
            found = of_run();
            if (ml_report_unpack(&found, &scratch, ml_buf_view(&packed)))
                touch(&found);
            else
                refused++;
            packed.data[at] = kept;
        }
        ml_arena_finish(&scratch);
    }
    assert_true(refused > 500);
    ml_buf_finish(&packed);
    ml_arena_finish(&arena);
}

/* A program with other rules, and findings out of order. */
static void test_refused(void **state)
{
    ml_arena arena = {0};
    ml_buf packed = {0};
    ml_report report = sample(&arena), found = of_run();

    (void)state;
    ml_report_pack(&packed, &report);
    found.rule_count = 1;
    assert_false(ml_report_unpack(&found, &arena, ml_buf_view(&packed)));
    ml_buf_clear(&packed);
    report.findings.items[0].path = ML_STR("src/z.ts");
    ml_report_pack(&packed, &report);
    found = of_run();
    assert_false(ml_report_unpack(&found, &arena, ml_buf_view(&packed)));
    ml_buf_finish(&packed);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_back),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
