/* Whole scans of small projects on disk: what makes a scan incomplete, and that triggers
 * are sound, which is: parsing everything finds the same. */
#include "ml/buf.h"
#include "ml/scan.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- projects on disk ---- */

typedef struct folder {
    ml_arena arena;
    ml_str path;
} folder;

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind, (void)where;
    return remove(path);
}

static void close_folder(folder *f)
{
    nftw(ml_arena_cstr(&f->arena, f->path), remove_one, 16, FTW_DEPTH | FTW_PHYS);
    ml_arena_finish(&f->arena);
}

static void write_file(folder *f, ml_str path, ml_str text)
{
    for (size_t i = 0; i < path.len; i++)
        if (path.data[i] == '/') {
            ml_str parent = ml_path_join(&f->arena, f->path, ml_str_slice(path, 0, i));
            if (mkdir(ml_arena_cstr(&f->arena, parent), 0777) != 0 && errno != EEXIST)
                fail_msg("%s: %s", parent.data, strerror(errno));
        }
    FILE *out = fopen(ml_arena_cstr(&f->arena, ml_path_join(&f->arena, f->path, path)), "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(text.data ? text.data : "", 1, text.len, out), text.len);
    assert_int_equal(fclose(out), 0);
}

/* "@@ path" lines begin files; package.json makes the folder a project. */
static void open_folder(folder *f, const char *files)
{
    char name[] = "/tmp/meterlint-scan-XXXXXX";
    ml_str all = ml_str_of(files), path = ML_STR_NONE;
    ml_buf text = {0};

    memset(f, 0, sizeof *f);
    assert_non_null(mkdtemp(name));
    f->path = ml_arena_copy(&f->arena, ml_str_of(name));
    write_file(f, ML_STR("package.json"), ML_STR("{}"));
    while (all.len) {
        ml_str line = ml_str_split(&all, '\n');
        if (ml_str_starts(line, ML_STR("@@ "))) {
            if (path.len)
                write_file(f, path, ml_buf_view(&text));
            ml_buf_clear(&text);
            path = ml_str_from(line, 3);
            continue;
        }
        ml_buf_str(&text, line);
        ml_buf_char(&text, '\n');
    }
    if (path.len)
        write_file(f, path, ml_buf_view(&text));
    ml_buf_finish(&text);
}

static ml_scan *scan_folder(const folder *f, ml_scan_options options)
{
    ml_scan *scan = NULL;
    ml_error error = {.line = 0};

    options.paths = &f->path;
    options.path_count = 1;
    options.depth = UINT32_MAX;
    options.time_is_utc = true;
    if (ml_scan_run(&scan, &options, &error) != ML_OK)
        fail_msg("%s: %s", error.path, error.text);
    return scan;
}

static void describe(ml_buf *out, const ml_report *report)
{
    for (uint32_t i = 0; i < report->findings.count; i++) {
        const ml_finding *f = &report->findings.items[i];
        ml_buf_printf(out, "%.*s:%u:%u %.*s %s %.*s\n", ML_STR_ARG(f->path), f->span.line, f->span.column,
                      ML_STR_ARG(f->rule->id), ml_level_name(f->level), ML_STR_ARG(f->message.in[ML_LANG_EN]));
    }
}

/* ---- triggers ---- */

/* `word` must stand in what is found, or the project proves nothing. */
static const struct {
    const char *name, *files, *word;
} projects[] = {
    {"direct", "@@ src/a.ts\nfetch('https://api.openai.com/v1');\n", "src/a.ts:1:1 bypass/direct-http"},
    {"host behind an import", "@@ src/a.ts\nimport { H } from './h';\nfetch(H + '/v1');\n@@ src/h.ts\nexport const H = 'https://api.openai.com';\n", "src/a.ts:2:1 bypass/direct-http"},
    {"wrapper behind an import", "@@ src/a.ts\nimport { w } from './w';\nw('https://api.openai.com/v1');\n@@ src/w.ts\nexport const w = (u) => fetch(u);\n", "src/a.ts:2:1 bypass/direct-http"},
    {"wrapper over three files", "@@ src/a.ts\nimport { w } from './b';\nw('https://api.openai.com/v1');\n@@ src/b.ts\nexport { w } from './c';\n@@ src/c.ts\nexport * from './d';\n@@ src/d.ts\nimport axios from 'axios';\nexport const w = (u) => axios.post(u, {});\n", "src/a.ts:2:1 bypass/direct-http"},
    {"client handed over by a member", "@@ src/a.ts\nimport { api } from './api';\napi.http.post('/v1/chat');\n@@ src/api.ts\nimport axios from 'axios';\nexport const api = { http: axios.create({ baseURL: 'https://api.openai.com' }) };\n", "src/a.ts:2:1 bypass/direct-http"},
    {"base class elsewhere", "@@ src/a.ts\nimport { Base } from './base';\nclass A extends Base { ask() { return this.post('https://api.openai.com/v1'); } }\n@@ src/base.ts\nexport class Base { post(u) { return fetch(u); } }\n", "src/a.ts:2"},
    {"require", "@@ src/a.js\nconst w = require('./w');\nw.ask('https://api.openai.com/v1');\n@@ src/w.js\nexports.ask = (u) => fetch(u);\n", "src/a.js:2:1 bypass/direct-http"},
    {"dynamic import", "@@ src/a.ts\nasync function f() { const { w } = await import('./w'); w('https://api.openai.com/v1'); }\n@@ src/w.ts\nexport const w = (u) => fetch(u);\n", "src/a.ts:1"},
    {"alias of a path", "@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"]}}}\n@@ src/a.ts\nimport { w } from '@/w';\nw('https://api.openai.com/v1');\n@@ src/w.ts\nexport const w = (u) => fetch(u);\n", "src/a.ts:2:1 bypass/direct-http"},
    {"workspace", "@@ packages/w/package.json\n{\"name\":\"@o/w\",\"main\":\"src/index.ts\"}\n@@ packages/w/src/index.ts\nexport const w = (u) => fetch(u);\n@@ app/a.ts\nimport { w } from '@o/w';\nw('https://api.openai.com/v1');\n", "app/a.ts:2:1 bypass/direct-http"},
    {"SDK", "@@ src/a.ts\nimport OpenAI from 'openai';\nnew OpenAI();\n", "src/a.ts:1"},
    {"SDK under an alias", "@@ package.json\n{\"dependencies\":{\"ai-kit\":\"npm:openai@4\"}}\n@@ src/a.ts\nimport OpenAI from 'ai-kit';\nnew OpenAI();\n", "src/a.ts:1"},
    {"SDK by require over lines", "@@ src/a.js\nconst OpenAI = require(\n  'openai'\n);\nnew OpenAI();\n", "src/a.js"},
    {"name with an escape", "@@ src/a.ts\n\\u0066etch('https://api.openai.com/v1');\n", "src/a.ts:1:1 bypass/direct-http"},
    {"global by a text key", "@@ src/a.ts\nglobalThis['fe' + 'tch']('https://api.openai.com/v1');\n", "src/a.ts:1:1 bypass/direct-http"},
    {"specifier in parts", "@@ src/a.js\nconst O = require('open' + 'ai');\nnew O();\n", "src/a.js:1"},
    {"import by a comment", "@@ src/a.ts\nimport(/* webpackChunkName: 'x' */ 'openai').then((o) => new o.default());\n", "src/a.ts:1"},
    {"specifier in parts, by import", "@@ src/a.js\nimport(/* x */ `open${'ai'}`).then((o) => new o.default());\n", "src/a.js:1"},
    {"host in base64", "@@ src/a.ts\nfetch(atob('aHR0cHM6Ly9hcGkub3BlbmFpLmNvbS92MQ=='));\n", "src/a.ts:1:1 bypass/direct-http"},
    {"Vue", "@@ src/A.vue\n<template><b/></template>\n<script setup lang=\"ts\">\nfetch('https://api.openai.com/v1');\n</script>\n", "src/A.vue:3:1 bypass/direct-http"},
    {"key", "@@ src/a.ts\nexport const k = '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';\n", "src/a.ts:1"},
    {"bridge without a user", "@@ src/a.ts\nimport { aiBridgeService } from '@/services/ai/bridge/ai-bridge.service';\naiBridgeService.generateChatCompletion({});\n", "src/a.ts:2"},
    {"bridge held by another module", "@@ src/a.ts\nimport { b } from './b';\nb.generateChatCompletion({});\n@@ src/b.ts\nimport { aiBridgeService } from '@/services/ai/bridge/ai-bridge.service';\nexport const b = aiBridgeService;\n", "src/a.ts:2"},
    {"directive that silences nothing", "@@ src/a.ts\n// meterlint-disable-next-line bypass/direct-http -- why\nconst a = 1;\n", "src/a.ts:1:1 suppression/unused"},
};

static void test_triggers_are_sound(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof projects / sizeof *projects; i++) {
        folder f;
        ml_buf with = {0}, without = {0};
        open_folder(&f, projects[i].files);
        ml_scan *scan = scan_folder(&f, (ml_scan_options){.jobs = 1});
        describe(&with, ml_scan_report(scan));
        ml_scan_free(scan);
        scan = scan_folder(&f, (ml_scan_options){.jobs = 2, .no_trigger = true, .reverse = true});
        describe(&without, ml_scan_report(scan));
        ml_scan_free(scan);
        bool found = ml_str_contains(ml_buf_view(&without), ml_str_of(projects[i].word));
        if (!ml_str_eq(ml_buf_view(&with), ml_buf_view(&without)) || !found) {
            print_error("%s%s\n  with triggers:\n%s  without:\n%s", projects[i].name, found ? "" : " (not found)",
                        with.data ? with.data : "", without.data ? without.data : "");
            failed++;
        }
        ml_buf_finish(&with);
        ml_buf_finish(&without);
        close_folder(&f);
    }
    assert_int_equal(failed, 0);
}

/* Which files are parsed: what cannot reach a provider is not, whatever it sends. */
static const struct {
    const char *name, *files;
    uint32_t parsed;
} parsings[] = {
    {"clients without a provider", "@@ src/a.ts\nimport { w } from './w';\nw('https://a.example.com');\n@@ src/w.ts\nexport const w = (u) => fetch(u);\n", 0},
    {"a provider without a client", "@@ src/a.ts\nexport const a = 'https://api.openai.com';\n", 0},
    {"a provider that a client does not import", "@@ src/a.ts\nimport { own } from './h';\nfetch(own);\n@@ src/h.ts\nexport const own = '/x';\nexport const h = 'https://api.openai.com';\n", 0},
    {"a provider of another group", "@@ src/a.ts\nimport { own } from './h';\nfetch(own());\n@@ src/h.ts\nconst at = '/x';\nexport function own() {\n  return at;\n}\nexport class C {\n  h = 'https://api.openai.com';\n}\n", 0},
    {"a type of that name", "@@ src/a.ts\nimport { own } from './h';\nfetch(own);\n@@ src/h.ts\nexport interface H { h: 'https://api.openai.com' }\nexport const own: H = f();\n", 0},
    {"its web site", "@@ src/a.ts\nfetch('https://openai.com/blog');\n", 0},
    {"a provider in a comment", "@@ src/a.ts\n// https://api.openai.com\nfetch('/x');\n", 0},
    {"a body for a model, taken apart by types", "@@ src/a.ts\ntype B = { model: string; messages: string[] };\nexport const f = (h: string, b: B) => fetch(h, { body: b.model });\n", 0},
    {"a method named import", "@@ src/a.ts\nexport class A {\n  async import(body: string) {\n    return body;\n  }\n}\n", 0},
    {"a module that is computed", "@@ src/a.ts\nexport const a = async (name: string) => await import(name);\n", 1},
    {"a pause", "@@ src/a.ts\nexport const a = (s: number, f: () => void) => setTimeout(s * 1000, f);\n", 0},
    {"a script for a database", "@@ src/a.ts\nexport const a = (r: any, s: string) => r.eval(s, 1);\n", 0},
    {"a handler of one's own", "@@ src/a.ts\nconst w = window;\nexport class A {\n  go = () => 1;\n  a = () => w.setTimeout(this.go, 150);\n}\n", 0},
    {"code of one's own", "@@ src/a.ts\nconst w = window;\nexport class A {\n  go = 'f()';\n  a = () => w.setTimeout(this.go, 150);\n}\n", 1},
    {"code for what may be the global object", "@@ src/a.ts\nconst w = window;\nexport const a = (s: string) => w.eval(s);\n", 1},
    {"code that is computed", "@@ src/a.ts\nexport const a = (s: string) => setTimeout(s + '()', 1);\n", 1},
    {"a provider behind an import", "@@ src/a.ts\nimport { h } from './h';\nfetch(h);\n@@ src/h.ts\nexport const own = '/x';\nexport const h = 'https://api.openai.com';\n", 2},
    {"beside one that is not", "@@ src/a.ts\nimport { h } from './h';\nfetch(h);\n@@ src/b.ts\nimport { own } from './h';\nfetch(own);\n@@ src/h.ts\nexport const own = '/x';\nexport const h = 'https://api.openai.com';\n", 2},
};

static void test_what_is_parsed(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof parsings / sizeof *parsings; i++) {
        folder f;
        open_folder(&f, parsings[i].files);
        ml_scan *scan = scan_folder(&f, (ml_scan_options){.jobs = 1});
        uint32_t parsed = ml_scan_report(scan)->files_parsed;
        if (parsed != parsings[i].parsed) {
            print_error("%s: %u files parsed, not %u\n", parsings[i].name, parsed, parsings[i].parsed);
            failed++;
        }
        ml_scan_free(scan);
        close_folder(&f);
    }
    assert_int_equal(failed, 0);
}

/* ---- what makes a scan incomplete ---- */

static const ml_problem *problem_of(const ml_report *report, const char *path)
{
    for (uint32_t i = 0; i < report->problems.count; i++)
        if (ml_str_eq_c(report->problems.items[i].path, path))
            return &report->problems.items[i];
    return NULL;
}

static void test_clean(void **state)
{
    folder f;

    (void)state;
    open_folder(&f, "@@ src/a.ts\nexport const a = 1;\n@@ src/b.sql\nSELECT 1;\n");
    ml_scan *scan = scan_folder(&f, (ml_scan_options){.jobs = 1});
    const ml_report *report = ml_scan_report(scan);
    assert_false(report->incomplete);
    assert_int_equal(report->findings.count, 0);
    assert_int_equal(report->problems.count, 0);
    assert_true(report->files_total >= 2);
    assert_int_equal(report->files_checked, report->files_total);
    ml_scan_free(scan);
    close_folder(&f);
}

static void test_unreadable(void **state)
{
    folder f;

    (void)state;
    if (geteuid() == 0)
        skip(); /* root reads everything */
    open_folder(&f, "@@ src/a.ts\nexport const a = 1;\n@@ src/b.ts\nfetch('https://api.openai.com');\n");
    assert_int_equal(chmod(ml_arena_cstr(&f.arena, ml_path_join(&f.arena, f.path, ML_STR("src/b.ts"))), 0), 0);
    ml_scan *scan = scan_folder(&f, (ml_scan_options){.jobs = 1});
    const ml_problem *problem = problem_of(ml_scan_report(scan), "src/b.ts");
    assert_non_null(problem);
    assert_int_equal(problem->kind, ML_PROBLEM_UNREAD);
    assert_true(ml_scan_report(scan)->incomplete);
    assert_int_equal(ml_scan_report(scan)->files_checked + 1, ml_scan_report(scan)->files_total);
    ml_scan_free(scan);
    close_folder(&f);
}

static void test_oversized(void **state)
{
    folder f;

    (void)state;
    open_folder(&f, "@@ meterlint.json\n{\"limits\":{\"fileBytes\":1024}}\n@@ src/a.ts\nexport const a = 1;\n");
    char *big = ml_arena_bytes(&f.arena, 2000);
    memset(big, ' ', 2000);
    write_file(&f, ML_STR("src/big.ts"), (ml_str){big, 2000});
    write_file(&f, ML_STR("src/edge.ts"), (ml_str){big, 1024});
    ml_scan *scan = scan_folder(&f, (ml_scan_options){.jobs = 1});
    const ml_problem *problem = problem_of(ml_scan_report(scan), "src/big.ts");
    assert_non_null(problem);
    assert_int_equal(problem->kind, ML_PROBLEM_UNREAD);
    assert_null(problem_of(ml_scan_report(scan), "src/edge.ts"));
    assert_true(ml_scan_report(scan)->incomplete);
    ml_scan_free(scan);
    close_folder(&f);
}

static void test_nul_bytes(void **state)
{
    folder f;

    (void)state;
    open_folder(&f, "@@ src/a.ts\nexport const a = 1;\n");
    write_file(&f, ML_STR("src/b.ts"), (ml_str){"const a = 1;\0fetch('x');", 24});
    ml_scan *scan = scan_folder(&f, (ml_scan_options){.jobs = 1});
    const ml_problem *problem = problem_of(ml_scan_report(scan), "src/b.ts");
    assert_non_null(problem);
    assert_int_equal(problem->kind, ML_PROBLEM_UNREAD);
    assert_true(ml_scan_report(scan)->incomplete);
    ml_scan_free(scan);
    close_folder(&f);
}

static const struct {
    const char *name, *text;
    bool strict, incomplete;
} broken[] = {
    {"plain mistake", "const a = = = 1; const b = fetch('/v1/chat/completions');\n", false, false},
    {"plain mistake, strict", "const a = = = 1; const b = fetch('/v1/chat/completions');\n", true, true},
    {"names a provider", "fetch(%%% 'https://api.openai.com' %%%;\n", false, true},
};

static void test_what_does_not_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        folder f;
        open_folder(&f, "@@ src/x.ts\nexport const a = 1;\n");
        write_file(&f, ML_STR("src/a.ts"), ml_str_of(broken[i].text));
        ml_scan *scan = scan_folder(&f, (ml_scan_options){.jobs = 1, .strict = broken[i].strict});
        const ml_report *report = ml_scan_report(scan);
        bool found_high = false;
        for (uint32_t k = 0; k < report->findings.count; k++)
            found_high |= report->findings.items[k].level == ML_LEVEL_HIGH;
        /* Blind, unless a finding on the same lines says as much. */
        if (report->parse_errors != 1 || (report->incomplete != broken[i].incomplete && !found_high))
            fail_msg("%s: %u parse errors, incomplete %d", broken[i].name, report->parse_errors, report->incomplete);
        ml_scan_free(scan);
        close_folder(&f);
    }
}

static void test_refusals(void **state)
{
    folder f;
    ml_scan *scan = NULL;
    ml_error error = {.line = 0};
    ml_str missing = ML_STR("/nonexistent/meterlint/project");

    (void)state;
    ml_scan_options options = {.paths = &missing, .path_count = 1, .jobs = 1};
    assert_int_equal(ml_scan_run(&scan, &options, &error), ML_ENOTFOUND);
    open_folder(&f, "@@ meterlint.json\n{\"rules\":{\"bypass/direct-htp\":\"off\"}}\n@@ src/a.ts\nexport const a = 1;\n");
    options.paths = &f.path;
    assert_int_equal(ml_scan_run(&scan, &options, &error), ML_EVALUE);
    assert_non_null(strstr(error.text, "direct-htp"));
    write_file(&f, ML_STR("meterlint.json"), ML_STR("{\"fail_on\": 1}"));
    assert_int_not_equal(ml_scan_run(&scan, &options, &error), ML_OK);
    write_file(&f, ML_STR("meterlint.json"), ML_STR("{"));
    assert_int_equal(ml_scan_run(&scan, &options, &error), ML_ESYNTAX);
    assert_null(scan);
    ml_scan_free(NULL);
    close_folder(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_triggers_are_sound), cmocka_unit_test(test_what_is_parsed), cmocka_unit_test(test_clean),
        cmocka_unit_test(test_unreadable),         cmocka_unit_test(test_oversized),
        cmocka_unit_test(test_nul_bytes),          cmocka_unit_test(test_what_does_not_parse),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
