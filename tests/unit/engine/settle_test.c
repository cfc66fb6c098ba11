/* What becomes of a rule's findings: suppressions in all their forms, levels, settings,
 * repeats, keys in code frames. One rule of the test's own reports every call of bad();
 * a case is a file and the findings left, one "line:rule level" each, and after "-" how
 * many were silenced. */
#include "ml/engine.h"
#include "ml/lower.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- rules ---- */

static void judge_bad(ml_ctx *ctx, ml_node_id call)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (ml_str_eq_c(ml_source_of(facts, ml_child(facts, call, ML_ROLE_CALLEE)), "bad"))
        ml_ctx_report(ctx, call);
}

/* Says everything twice: at the node, which the engine refuses, and by another road. */
static void judge_twice(ml_ctx *ctx, ml_node_id call)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_span span = ml_span_of(facts, call);

    if (!ml_str_eq_c(ml_source_of(facts, ml_child(facts, call, ML_ROLE_CALLEE)), "twice"))
        return;
    ml_finding *first = ml_ctx_report(ctx, call);
    assert_non_null(first);
    assert_null(ml_ctx_report(ctx, call));
    ml_finding_cap(ctx, NULL, ML_LEVEL_LOW, "x", "x"); /* a NULL finding is accepted everywhere */
    ml_finding_set(ctx, NULL, "x", ML_STR("x"));
    ml_finding_step(ctx, NULL, (ml_place){0}, "x", "x");
    ml_ctx_report_at(ctx, facts->path, facts->lines.text, span.byte, span.end_byte);
}

static void judge_named(ml_ctx *ctx)
{
    if (ml_ctx_facts(ctx)->call_count)
        ml_ctx_check(ctx, ML_SECTION_BRIDGE, ML_CHECK_OK, ml_ctx_text(ctx, "seen", "seen"), ml_ctx_facts(ctx)->path, 1);
}

#define INFO(name, text_level, is_on, catalogue)                                                              \
    {.id = {name, sizeof(name) - 1}, .level = text_level, .on = is_on, .catalogue_ids = {{catalogue, 6}},     \
     .message = {{{"m {rules} {until}", 17}, {"m", 1}}}}

static const ml_rule_info infos[] = {
    INFO("suppression/expired", ML_LEVEL_MEDIUM, true, "MTR901"),
    INFO("suppression/no-reason", ML_LEVEL_LOW, true, "MTR902"),
    INFO("suppression/unknown-rule", ML_LEVEL_LOW, true, "MTR903"),
    INFO("suppression/unused", ML_LEVEL_LOW, true, "MTR904"),
    INFO("test/bad", ML_LEVEL_HIGH, true, "MTR001"),
    INFO("test/quiet", ML_LEVEL_HIGH, false, "MTR002"),
    INFO("test/twice", ML_LEVEL_HIGH, true, "MTR003"),
};
static const ml_rule nothing, bad = {.judge_call = judge_bad, .judge_file = judge_named}, twice = {.judge_call = judge_twice};
static const ml_rule_entry rules[] = {
    {&infos[0], &nothing}, {&infos[1], &nothing}, {&infos[2], &nothing}, {&infos[3], &nothing},
    {&infos[4], &bad},     {&infos[5], &bad},     {&infos[6], &twice},
};
enum { RULE_COUNT = sizeof rules / sizeof *rules };

/* ---- a project of one file ---- */

typedef struct bench {
    ml_arena arena;
    ml_source_file file;
    ml_str text;
    const ml_facts *facts;
    ml_config config;
    ml_rule_setting setting;
    ml_link_host host;
    ml_keys *keys;
    ml_engine *engine;
    ml_worker *worker;
    ml_report report;
} bench;

static const ml_facts *host_facts(void *data, ml_file_id file)
{
    (void)file;
    return ((bench *)data)->facts;
}

static bool host_text(void *data, ml_str path, ml_str *text)
{
    (void)data, (void)path, (void)text;
    return false;
}

static void open_bench(bench *b, const char *path, const char *code)
{
    memset(b, 0, sizeof *b);
    ml_parser *parser = ml_parser_new(0);
    b->text = ml_str_of(code);
    b->file.in_scope = true;
    assert_true(ml_source_classify(&b->file, ml_str_of(path), NULL));
    b->file.in_scope = true;
    b->facts = ml_facts_of(&b->arena, parser, b->file.path, b->file.kind, b->text);
    ml_parser_free(parser);
    ml_config_default(&b->config);
    b->host = (ml_link_host){.data = b, .facts = host_facts, .text = host_text, .files = &b->file, .file_count = 1,
                             .catalog = ml_catalog_builtin(), .config = &b->config};
}

static void run_bench(bench *b)
{
    uint32_t bad_patterns;
    ml_error error;

    b->keys = ml_keys_new(ml_catalog_builtin(), &bad_patterns);
    ml_engine_options options = {.rules = rules, .rule_count = RULE_COUNT, .config = &b->config, .keys = b->keys,
                                 .eval = {.depth = ML_DEPTH_DEFAULT}, .today = ML_STR("2025-06-15")};
    assert_int_equal(ml_engine_new(&b->engine, &b->arena, ml_link_new(&b->arena, &b->host), &options, &error), ML_OK);
    b->worker = ml_worker_new(b->engine);
    ml_worker_judge(b->worker, 1, ML_JUDGE_REQUESTS | ML_JUDGE_REST);
    ml_engine_finish(b->engine, &b->worker, 1, &b->report);
}

static void close_bench(bench *b)
{
    ml_worker_free(b->worker);
    ml_keys_free(b->keys);
    ml_arena_finish(&b->arena);
}

static void describe(char *out, size_t size, const ml_report *report)
{
    size_t at = 0;

    out[0] = 0;
    for (uint32_t i = 0; i < report->findings.count && at < size; i++) {
        const ml_finding *f = &report->findings.items[i];
        ml_str name = ml_rule_name(f->rule);
        at += (size_t)snprintf(out + at, size - at, "%s%u:%.*s %s", i ? ", " : "", f->span.line, ML_STR_ARG(name),
                               ml_level_name(f->level));
    }
    if (report->suppressed)
        snprintf(out + at, size - at, "%s- %u", at ? " " : "", report->suppressed);
}

/* ---- cases ---- */

static const struct {
    const char *name, *code, *expected;
} cases[] = {
    {"no directive", "bad();", "1:bad high"},
    {"next line", "// meterlint-disable-next-line test/bad -- why\nbad();", "- 1"},
    {"next line reaches one line", "// meterlint-disable-next-line test/bad -- why\nbad();\nbad();", "3:bad high - 1"},
    {"next line, both findings of it", "// meterlint-disable-next-line test/bad -- why\nbad(); bad();", "- 2"},
    {"bare name", "// meterlint-disable-next-line bad -- why\nbad();", "- 1"},
    {"catalogue id", "// meterlint-disable-next-line MTR001 -- why\nbad();", "- 1"},
    {"block comment", "/* meterlint-disable-next-line test/bad -- why */\nbad();", "- 1"},
    {"same line", "bad(); // meterlint-disable-line test/bad -- why", "- 1"},
    {"same line, not the next", "bad(); // meterlint-disable-line test/bad -- why\nbad();", "2:bad high - 1"},
    {"stacked directives", "// meterlint-disable-next-line test/bad -- a\n// meterlint-disable-next-line test/twice -- b\nbad(); twice();", "- 2"},
    {"three stacked", "// meterlint-disable-next-line test/bad -- a\n// meterlint-disable-next-line test/twice -- b\n// meterlint-disable-next-line test/bad -- c\nbad(); twice();", "- 2"},
    {"list of rules", "// meterlint-disable-next-line test/bad, test/twice -- why\nbad(); twice();", "- 2"},
    {"region", "// meterlint-disable test/bad -- why\nbad();\nbad();\n// meterlint-enable\nbad();", "5:bad high - 2"},
    {"region to the end", "// meterlint-disable test/bad -- why\nbad();\n\nbad();", "- 2"},
    {"region ended for its rule", "// meterlint-disable test/bad -- why\nbad();\n// meterlint-enable test/bad\nbad();", "4:bad high - 1"},
    {"region ended, with a reason", "// meterlint-disable test/bad -- why\nbad();\n// meterlint-enable -- done\nbad();", "4:bad high - 1"},
    {"region ended for its rule, with a reason", "// meterlint-disable test/bad -- why\nbad();\n// meterlint-enable bad -- done\nbad();", "4:bad high - 1"},
    {"region not ended for another rule", "// meterlint-disable test/bad -- why\nbad();\n// meterlint-enable test/twice\nbad();", "- 2"},
    {"two regions, one ended", "// meterlint-disable test/bad -- a\n// meterlint-disable test/twice -- b\nbad(); twice();\n// meterlint-enable test/bad\nbad(); twice();", "5:bad high - 3"},
    {"enable alone is nothing", "// meterlint-enable test/bad\nbad();", "2:bad high"},
    {"another rule silences nothing", "// meterlint-disable-next-line test/twice -- why\nbad();", "1:unused low, 2:bad high"},
    {"unused", "// meterlint-disable-next-line test/bad -- why\ngood();", "1:unused low"},
    {"no reason", "// meterlint-disable-next-line test/bad\nbad();", "1:no-reason low - 1"},
    {"empty reason", "// meterlint-disable-next-line test/bad --\nbad();", "1:no-reason low - 1"},
    {"misspelt rule", "// meterlint-disable-next-line test/bda -- why\nbad();", "1:unknown-rule low, 2:bad high"},
    {"one of two misspelt", "// meterlint-disable-next-line test/bad, test/bda -- why\nbad();", "1:unknown-rule low - 1"},
    {"no rule named", "// meterlint-disable-next-line -- why\nbad();", "1:unknown-rule low, 2:bad high"},
    {"everything is no rule", "// meterlint-disable-next-line * -- why\nbad();", "1:unknown-rule low, 2:bad high"},
    {"misspelt directive", "// meterlint-disabel-next-line test/bad -- why\nbad();", "1:unknown-rule low, 2:bad high"},
    {"directive glued to a word", "// meterlint-disable-next-lines test/bad -- why\nbad();", "1:unknown-rule low, 2:bad high"},
    {"until tomorrow", "// meterlint-disable-next-line test/bad until=2025-06-16 -- why\nbad();", "- 1"},
    {"until today counts", "// meterlint-disable-next-line test/bad until=2025-06-15 -- why\nbad();", "- 1"},
    {"until yesterday", "// meterlint-disable-next-line test/bad until=2025-06-14 -- why\nbad();", "1:expired medium, 2:bad high"},
    {"until no date", "// meterlint-disable-next-line test/bad until=soon -- why\nbad();", "1:expired medium, 2:bad high"},
    {"until no day of the calendar", "// meterlint-disable-next-line test/bad until=2025-99-99 -- why\nbad();", "1:expired medium, 2:bad high"},
    {"until in short form", "// meterlint-disable-next-line test/bad until=2026-1-1 -- why\nbad();", "1:expired medium, 2:bad high"},
    {"until in the reason is no date", "// meterlint-disable-next-line test/bad -- until=2025-01-01 it stays\nbad();", "- 1"},
    {"expired and another that holds", "// meterlint-disable-next-line test/bad until=2025-01-01 -- a\n// meterlint-disable-next-line test/bad -- b\nbad();", "1:expired medium - 1"},
    {"in a string it is text", "const s = '// meterlint-disable-next-line test/bad -- why';\nbad();", "2:bad high"},
    {"said twice is one finding", "twice();", "1:twice high"},
    {"two calls are two findings", "bad(); bad();", "1:bad high, 1:bad high"},
    {"a rule that is off says nothing", "quiet(); bad();", "1:bad high"},
    {"order is by place", "twice();\nbad();\ntwice();", "1:twice high, 2:bad high, 3:twice high"},
    {"suppressing a suppression is unknown ground", "// meterlint-disable-next-line suppression/unused -- why\ngood();", "1:unused low"},
};

static void test_suppressions(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench b;
        char got[1000];
        open_bench(&b, "src/a.ts", cases[i].code);
        run_bench(&b);
        describe(got, sizeof got, &b.report);
        if (strcmp(got, cases[i].expected) != 0) {
            print_error("%s\n  code      %s\n  expected  %s\n  got       %s\n", cases[i].name, cases[i].code,
                        cases[i].expected, got);
            failed++;
        }
        close_bench(&b);
    }
    assert_int_equal(failed, 0);
}

static const struct {
    const char *name, *path, *rule;
    bool off;
    ml_level level;
    bool tests_lower;
    const char *expected;
} levels[] = {
    {"as the rule has it", "src/a.ts", "", false, ML_LEVEL_NONE, true, "1:bad high"},
    {"lower in a test", "src/a.test.ts", "", false, ML_LEVEL_NONE, true, "1:bad medium"},
    {"lower in a folder of tests", "tests/a.ts", "", false, ML_LEVEL_NONE, true, "1:bad medium"},
    {"not lower when that is off", "src/a.test.ts", "", false, ML_LEVEL_NONE, false, "1:bad high"},
    {"set by id", "src/a.ts", "test/bad", false, ML_LEVEL_LOW, true, "1:bad low"},
    {"set by bare name", "src/a.ts", "bad", false, ML_LEVEL_MEDIUM, true, "1:bad medium"},
    {"set by catalogue id", "src/a.ts", "MTR001", false, ML_LEVEL_MEDIUM, true, "1:bad medium"},
    {"set, and lower in a test", "src/a.test.ts", "test/bad", false, ML_LEVEL_MEDIUM, true, "1:bad low"},
    {"low stays low in a test", "src/a.test.ts", "test/bad", false, ML_LEVEL_LOW, true, "1:bad low"},
    {"off", "src/a.ts", "test/bad", true, ML_LEVEL_NONE, true, ""},
    {"on without a level has its own", "src/a.ts", "test/quiet", false, ML_LEVEL_NONE, true, "1:bad high, 1:quiet high"},
};

static void test_levels(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        bench b;
        char got[1000];
        open_bench(&b, levels[i].path, "bad();");
        b.setting = (ml_rule_setting){.rule = ml_str_of(levels[i].rule), .off = levels[i].off, .level = levels[i].level};
        b.config.rules = &b.setting;
        b.config.rule_count = levels[i].rule[0] != 0;
        b.config.tests_lower = levels[i].tests_lower;
        run_bench(&b);
        describe(got, sizeof got, &b.report);
        if (strcmp(got, levels[i].expected) != 0) {
            print_error("%s: expected %s, got %s\n", levels[i].name, levels[i].expected, got);
            failed++;
        }
        if (b.report.findings.count && (b.report.findings.items[0].level_reason.in[ML_LANG_EN].len > 0) !=
                                           (strstr(levels[i].name, "lower in") && b.file.is_test)) {
            print_error("%s: the reason for a lower level is missing or too much\n", levels[i].name);
            failed++;
        }
        close_bench(&b);
    }
    assert_int_equal(failed, 0);
}

static void test_unknown_rule_in_settings(void **state)
{
    bench b;
    ml_error error;
    ml_engine *engine = NULL;

    (void)state;
    open_bench(&b, "src/a.ts", "bad();");
    b.setting = (ml_rule_setting){.rule = ML_STR("test/bda"), .line = 7};
    b.config.path = ML_STR("/p/meterlint.json");
    b.config.rules = &b.setting;
    b.config.rule_count = 1;
    ml_engine_options options = {.rules = rules, .rule_count = RULE_COUNT, .config = &b.config};
    assert_int_equal(ml_engine_new(&engine, &b.arena, ml_link_new(&b.arena, &b.host), &options, &error), ML_EVALUE);
    assert_null(engine);
    assert_int_equal(error.line, 7);
    assert_non_null(strstr(error.text, "test/bda"));
    close_bench(&b);
}

/* A key near a finding shows in the code frame, unless it is masked. */
static void test_keys_in_code_frames(void **state)
{
    static const char code[] = "const k = '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';\n"
                               "bad('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');\n";
    bench b;

    (void)state;
    open_bench(&b, "src/a.ts", code);
    run_bench(&b);
    assert_int_equal(b.report.findings.count, 1);
    const ml_code *shown = &b.report.findings.items[0].code;
    assert_true(ml_str_contains(shown->text, ML_STR("gsk_****")));
    assert_true(ml_str_contains(shown->line, ML_STR("gsk_****")));
    assert_false(ml_str_contains(shown->text, ML_STR("RbN8sYc6H")));
    assert_false(ml_str_contains(shown->line, ML_STR("RbN8sYc6H")));
    assert_int_equal(shown->first_line, 1);
    close_bench(&b);
}

/* Out of scope: its facts count, its findings do not. */
static void test_scope(void **state)
{
    bench b;

    (void)state;
    open_bench(&b, "src/a.ts", "bad();");
    b.file.in_scope = false;
    run_bench(&b);
    assert_int_equal(b.report.findings.count, 0);
    assert_int_equal(b.report.bridge.count, 1); /* a check is no finding */
    close_bench(&b);
}

/* A rule that does not ask for the bridge's files is not called for them. */
static void test_bridge_files_are_spared(void **state)
{
    bench b;

    (void)state;
    open_bench(&b, "services/ai/bridge/a.ts", "bad();");
    run_bench(&b);
    assert_int_equal(b.report.findings.count, 0);
    close_bench(&b);
}

/* A budget that runs out is said, with the place. */
static void test_budget(void **state)
{
    bench b;
    ml_error error;

    (void)state;
    open_bench(&b, "src/a.ts", "const a = 'x';\n\nfetch(a + a + a + a + a + a + a + a);\n");
    ml_engine_options options = {.rules = rules, .rule_count = RULE_COUNT, .config = &b.config, .eval = {.steps = 4, .depth = 5},
                                 .today = ML_STR("2025-06-15")};
    assert_int_equal(ml_engine_new(&b.engine, &b.arena, ml_link_new(&b.arena, &b.host), &options, &error), ML_OK);
    b.worker = ml_worker_new(b.engine);
    ml_worker_judge(b.worker, 1, ML_JUDGE_REQUESTS | ML_JUDGE_REST);
    ml_engine_finish(b.engine, &b.worker, 1, &b.report);
    assert_int_equal(b.report.problems.count, 1);
    assert_int_equal(b.report.problems.items[0].kind, ML_PROBLEM_UNANALYSED);
    assert_int_equal(b.report.problems.items[0].line, 3);
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suppressions),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_unknown_rule_in_settings),
        cmocka_unit_test(test_keys_in_code_frames),
        cmocka_unit_test(test_scope),
        cmocka_unit_test(test_bridge_files_are_spared),
        cmocka_unit_test(test_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
