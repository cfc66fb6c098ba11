/* What GitHub demands of SARIF and golden files do not show: the cap on results and
 * what is kept under it, the form of ids, places and hashes. */
#include "fixture.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define MAX 25000u

static json_t *written(const ml_report *report, const char *name)
{
    ml_buf out = {0};
    json_error_t error;

    ml_report_format_find(ml_str_of(name))->write(&out, report, &(ml_report_options){0});
    json_t *root = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        print_error("line %d: %s\n", error.line, error.text);
    assert_non_null(root);
    ml_buf_finish(&out);
    return root;
}

static json_t *at(json_t *from, const char *key, size_t index)
{
    json_t *array = json_object_get(from, key);

    assert_true(json_array_size(array) > index);
    return json_array_get(array, index);
}

static const char *text(json_t *from, const char *key)
{
    const char *value = json_string_value(json_object_get(from, key));

    assert_non_null(value);
    return value;
}

/* n findings of low level with one high one at the very end. */
static ml_finding *many(uint32_t n)
{
    ml_finding *list = calloc(n, sizeof *list);

    assert_non_null(list);
    for (uint32_t i = 0; i < n; i++) {
        list[i] = findings[2];
        list[i].level = i + 1 < n ? ML_LEVEL_LOW : ML_LEVEL_HIGH;
        list[i].span.line = list[i].span.end_line = i + 1;
    }
    return list;
}

static void results_are_capped_and_the_worst_kept(void **state)
{
    static const uint32_t sizes[] = {MAX, MAX + 1, MAX + 7};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        ml_report report = single_report;
        report.findings.items = many(sizes[i]);
        report.findings.count = sizes[i];
        json_t *root = written(&report, "sarif"), *run = at(root, "runs", 0);
        json_t *notes = json_object_get(at(run, "invocations", 0), "toolExecutionNotifications");
        assert_int_equal(json_array_size(json_object_get(run, "results")), MAX);
        assert_string_equal(text(at(run, "results", 0), "level"), "error");
        assert_int_equal(json_array_size(notes), sizes[i] > MAX);
        if (sizes[i] > MAX) {
            char expected[32];
            snprintf(expected, sizeof expected, "%u findings", sizes[i] - MAX);
            const char *says = text(json_object_get(json_array_get(notes, 0), "message"), "text");
            assert_ptr_equal(strstr(says, expected), says);
        }
        json_decref(root);
        free(report.findings.items);
    }
}

static void results_name_their_rule(void **state)
{
    json_t *root = written(&findings_report, "sarif"), *run = at(root, "runs", 0), *result;
    json_t *declared = json_object_get(json_object_get(json_object_get(run, "tool"), "driver"), "rules");
    size_t i;

    (void)state;
    assert_int_equal(json_array_size(json_object_get(run, "results")), COUNT(findings));
    json_array_foreach(json_object_get(run, "results"), i, result)
    {
        size_t index = (size_t)json_integer_value(json_object_get(result, "ruleIndex"));
        assert_string_equal(text(json_array_get(declared, index), "id"), text(result, "ruleId"));
    }
    json_decref(root);
}

/* A span an engine should never make must not become a file GitHub refuses. */
static void regions_are_in_order(void **state)
{
    static const struct {
        ml_span span;
        int start[2], end[2];
    } cases[] = {
        {{0, 0, 0, 0, 0, 0}, {1, 1}, {1, 1}},
        {{5, 9, 4, 2, 0, 0}, {5, 9}, {5, 9}},
        {{5, 9, 5, 2, 0, 0}, {5, 9}, {5, 9}},
        {{5, 9, 6, 0, 0, 0}, {5, 9}, {6, 1}},
        {{5, 9, 6, 2, 0, 0}, {5, 9}, {6, 2}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ml_finding finding = findings[2];
        ml_report report = single_report;
        finding.span = cases[i].span;
        report.findings.items = &finding;
        json_t *root = written(&report, "sarif"), *result = at(at(root, "runs", 0), "results", 0);
        json_t *region = json_object_get(json_object_get(at(result, "locations", 0), "physicalLocation"), "region");
        assert_int_equal(json_integer_value(json_object_get(region, "startLine")), cases[i].start[0]);
        assert_int_equal(json_integer_value(json_object_get(region, "startColumn")), cases[i].start[1]);
        assert_int_equal(json_integer_value(json_object_get(region, "endLine")), cases[i].end[0]);
        assert_int_equal(json_integer_value(json_object_get(region, "endColumn")), cases[i].end[1]);
        json_decref(root);
    }
}

static void hash_is_written_when_there_is_one(void **state)
{
    ml_finding finding = findings[2];
    ml_report report = single_report;

    (void)state;
    report.findings.items = &finding;
    finding.code.line_hash = 0xc129715d7a2bc9a3;
    finding.code.line_hash_ordinal = 3;
    json_t *root = written(&report, "sarif");
    json_t *hashes = json_object_get(at(at(root, "runs", 0), "results", 0), "partialFingerprints");
    assert_string_equal(text(hashes, "primaryLocationLineHash"), "c129715d7a2bc9a3:3");
    json_decref(root);
    finding.code.line_hash_ordinal = 0;
    root = written(&report, "sarif");
    assert_null(json_object_get(at(at(root, "runs", 0), "results", 0), "partialFingerprints"));
    json_decref(root);
}

/* The path closes at the finding: added when the evidence stops before it, not twice. */
static void flow_ends_at_the_finding(void **state)
{
    ml_step last = {findings[1].path, findings[1].span, TEXT("the request", "请求"), S("")};
    ml_step closed[] = {chat_steps[0], last};
    ml_finding finding = findings[1];
    ml_report report = single_report;

    (void)state;
    report.findings.items = &finding;
    for (int pass = 0; pass < 2; pass++) {
        if (pass)
            finding.steps = (ml_steps)LIST(closed);
        json_t *root = written(&report, "sarif");
        json_t *flow = at(at(at(at(root, "runs", 0), "results", 0), "codeFlows", 0), "threadFlows", 0);
        size_t count = json_array_size(json_object_get(flow, "locations"));
        assert_int_equal(count, pass ? 2 : 3);
        json_t *place =
            json_object_get(json_object_get(at(flow, "locations", count - 1), "location"), "physicalLocation");
        assert_int_equal(json_integer_value(json_object_get(json_object_get(place, "region"), "startColumn")), 28);
        json_decref(root);
    }
}

static void no_report_names_the_machine(void **state)
{
    (void)state;
    for (uint32_t f = 0; f < ml_format_table_count; f++) {
        ml_buf out = {0};
        ml_format_table[f]->write(&out, &findings_report, &(ml_report_options){0});
        assert_false(ml_str_contains(ml_buf_view(&out), findings_report.root));
        ml_buf_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_capped_and_the_worst_kept),
        cmocka_unit_test(results_name_their_rule),
        cmocka_unit_test(regions_are_in_order),
        cmocka_unit_test(hash_is_written_when_there_is_one),
        cmocka_unit_test(flow_ends_at_the_finding),
        cmocka_unit_test(no_report_names_the_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
