/* The requests a call leads to. The call asked about is the last one in src/main.ts with
 * the callee the case names; a request is printed as
 *
 *   client: urls            the call itself is the request
 *   client: urls <- alone   the request lies in a function the call leads to; alone is what
 *                           its URL is from the next inner call
 *
 * one a line, sorted; " via n" gives the calls between when there are any. */
#include "project.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

typedef struct request_case {
    const char *name, *callee, *code, *expected;
} request_case;

static const request_case direct[] = {
    {"fetch", "fetch", "fetch('https://x.com/a');", "fetch: https://x.com/a"},
    {"fetch with options", "fetch", "fetch('https://x.com', { method: 'POST' });", "fetch: https://x.com"},
    {"fetch of a URL", "fetch", "fetch(new URL('/a', 'https://x.com'));", "fetch: https://x.com/a"},
    {"window.fetch", "window.fetch", "window.fetch('https://x.com');", "fetch: https://x.com"},
    {"fetch held by a name", "f", "const f = fetch; f('https://x.com');", "fetch: https://x.com"},
    {"fetch with two hosts", "fetch", "fetch(c ? 'https://x.com' : 'https://y.com');", "fetch: https://x.com | https://y.com"},
    {"fetch from the environment", "fetch", "fetch(process.env.X);", "fetch: ${X}"},
    {"own fetch is no request", "fetch", "function fetch(u) { return u; } fetch('https://x.com');", ""},
    {"axios", "axios", "import axios from 'axios'; axios('https://x.com');", "axios: https://x.com"},
    {"axios with an object", "axios", "import axios from 'axios'; axios({ url: '/a', baseURL: 'https://x.com' });", "axios: https://x.com/a"},
    {"axios.post", "axios.post", "import axios from 'axios'; axios.post('https://x.com', {});", "axios: https://x.com"},
    {"axios.post with a base", "axios.post", "import axios from 'axios'; axios.post('/a', {}, { baseURL: 'https://x.com' });", "axios: https://x.com/a"},
    {"axios by require", "axios.get", "const axios = require('axios'); axios.get('https://x.com');", "axios: https://x.com"},
    {"one name of axios", "post", "import { post } from './h'; post('https://x.com');\n@@ src/h.ts\nimport axios from 'axios'; export const post = axios.post;", "axios: https://x.com"},
    {"instance", "http.post", "import axios from 'axios'; const http = axios.create({ baseURL: 'https://x.com' }); http.post('/a');", "axios: https://x.com/a"},
    {"instance, absolute URL", "http.post", "import axios from 'axios'; const http = axios.create({ baseURL: 'https://x.com' }); http.post('https://y.com/a');", "axios: https://y.com/a"},
    {"instance from another file", "http.post", "import { http } from './h'; http.post('/a');\n@@ src/h.ts\nimport axios from 'axios'; export const http = axios.create({ baseURL: 'https://x.com' });", "axios: https://x.com/a"},
    {"base set later", "axios.post", "import axios from 'axios'; axios.defaults.baseURL = 'https://x.com'; axios.post('/a');", "axios: https://x.com/a"},
    {"instance with slashes on both sides", "http.get", "import axios from 'axios'; const http = axios.create({ baseURL: 'https://x.com/' }); http.get('/a');", "axios: https://x.com/a"},
    {"instance in a field", "this.http.post", "import axios from 'axios'; class C { http = axios.create({ baseURL: 'https://x.com' }); m() { return this.http.post('/a'); } }", "axios: https://x.com/a"},
    {"instance by type", "this.http.post", "import { AxiosInstance } from 'axios'; class C { constructor(private http: AxiosInstance) {} m() { return this.http.post('https://x.com'); } }", "axios: https://x.com"},
    {"method by unknown key", "axios[m]", "import axios from 'axios'; declare const m: 'get'; axios[m]('https://x.com');", "axios: https://x.com"},
    {"node https", "https.request", "import https from 'https'; https.request({ hostname: 'x.com', path: '/a' });", "node-http: https://x.com/a"},
    {"socket", "WebSocket", "new WebSocket('wss://x.com');", "websocket: wss://x.com"},
    {"what is no request", "axios.isAxiosError", "import axios from 'axios'; axios.isAxiosError(e);", ""},
    {"console", "console.log", "console.log('https://x.com');", ""},
};

static const request_case wrapped[] = {
    {"wrapper", "w", "function w(u) { return fetch(u); } w('https://x.com');", "fetch: https://x.com <- ${u}"},
    {"arrow wrapper", "w", "const w = u => fetch(u); w('https://x.com');", "fetch: https://x.com <- ${u}"},
    {"async wrapper", "w", "async function w(u) { return await fetch(u); } w('https://x.com');", "fetch: https://x.com <- ${u}"},
    {"wrapper with a path", "w", "function w(p) { return fetch(`https://x.com${p}`); } w('/a');", ""},
    {"wrapper with an options object", "w", "function w(o) { return fetch(o.base + o.path); } w({ base: 'https://x.com', path: '/a' });", "fetch: https://x.com/a <- ${base}${path}"},
    {"wrapper with destructuring", "w", "function w({ base, path = '/d' }) { return fetch(base + path); } w({ base: 'https://x.com' });", "fetch: https://x.com/d <- ${base}${path} | ${base}/d"},
    {"wrapper in another file", "w", "import { w } from './w'; w('https://x.com');\n@@ src/w.ts\nexport function w(u) { return fetch(u); }", "fetch: https://x.com <- ${u}"},
    {"two deep", "v", "function w(u) { return fetch(u); } function v(u) { return w(u); } v('https://x.com');", "fetch: https://x.com <- ${u} via 1"},
    {"three deep over files", "a", "import { a } from './a'; a('https://x.com');\n@@ src/a.ts\nimport { b } from './b'; export const a = u => b(u + '/1');\n@@ src/b.ts\nimport { c } from './c'; export const b = u => c(u + '/2');\n@@ src/c.ts\nexport const c = u => fetch(u + '/3');", "fetch: https://x.com/1/2/3 <- ${u}/1/2/3 | ${u}/2/3 | ${u}/3 via 2"},
    {"wrapper of two requests", "w", "function w(u, v) { fetch(u); fetch(v); } w('https://x.com', 'https://y.com');", "fetch: https://x.com <- ${u}\nfetch: https://y.com <- ${v}"},
    {"wrapper in a branch", "w", "function w(u) { if (c) { return fetch(u); } } w('https://x.com');", "fetch: https://x.com <- ${u}"},
    {"request in a callback", "w", "function w(u) { return retry(() => fetch(u)); } w('https://x.com');", "fetch: https://x.com <- ${u}"},
    {"request in a promise", "w", "function w(u) { return new Promise(r => { fetch(u).then(r); }); } w('https://x.com');", "fetch: https://x.com <- ${u}"},
    {"request in a function that is only made", "w", "function w(u) { return { go: () => fetch(u) }; } w('https://x.com');", ""},
    {"made function, called", "w('https://x.com').go", "function w(u) { return { go: () => fetch(u) }; } w('https://x.com').go();", "fetch: https://x.com <- ${u}"},
    {"curried", "w('https://x.com')", "const w = u => p => fetch(u + p); w('https://x.com')('/a');", "fetch: https://x.com/a <- ${u}${p}"},
    {"callback handed in", "w", "function w(f) { return f('https://x.com'); } w(fetch);", "fetch: https://x.com <- "},
    {"method of an instance", "c.ask", "class C { constructor(private base: string) {} ask(p) { return fetch(this.base + p); } } const c = new C('https://x.com'); c.ask('/a');", "fetch: https://x.com/a <- ${base}${p}"},
    {"method that calls another", "c.ask", "class C { constructor(private base: string) {} ask(p) { return this.send(p); } send(p) { return fetch(this.base + p); } } const c = new C('https://x.com'); c.ask('/a');", "fetch: https://x.com/a <- ${base}${p} via 1"},
    {"inherited method", "c.ask", "class B { ask(p) { return fetch(this.base + p); } } class C extends B { base = 'https://x.com'; } const c = new C(); c.ask('/a');", "fetch: https://x.com/a <- ${base}${p}"},
    {"static method", "C.ask", "class C { static ask(u) { return fetch(u); } } C.ask('https://x.com');", "fetch: https://x.com <- ${u}"},
    {"method of an object", "o.ask", "const o = { ask(u) { return fetch(u); } }; o.ask('https://x.com');", "fetch: https://x.com <- ${u}"},
    {"bound method", "b", "class C { constructor(public base) {} ask(p) { return fetch(this.base + p); } } const c = new C('https://x.com'); const b = c.ask.bind(c); b('/a');", "fetch: https://x.com/a <- ${base}${p}"},
    {"recursion ends", "w", "function w(u, n) { if (n) return w(u, n - 1); return fetch(u); } w('https://x.com', 3);", "fetch: https://x.com <- ${u}"},
    {"two functions in a ring", "w", "function w(u) { v(u); return fetch(u); } function v(u) { w(u); } w('https://x.com');", "fetch: https://x.com <- ${u}"},
    {"function without request", "w", "function w(u) { return u; } w('https://x.com');", ""},
    {"import ring", "a", "import { a } from './a'; a('https://x.com');\n@@ src/a.ts\nimport { b } from './b'; export function a(u) { return b(u); }\n@@ src/b.ts\nimport { a } from './a'; export function b(u) { if (u) a(u); return fetch(u); }", "fetch: https://x.com <- ${u} via 1"},
};

static void describe(ml_buf *out, project *p, const ml_request *request)
{
    ml_buf_printf(out, "%.*s: ", ML_STR_ARG(request->client->id));
    values_words(out, &p->arena, p->link, request->urls);
    if (!request->wrapped)
        return;
    ml_buf_cstr(out, " <- ");
    if (request->urls_alone.count)
        values_words(out, &p->arena, p->link, request->urls_alone);
    if (request->via_count)
        ml_buf_printf(out, " via %u", request->via_count);
}

static int check(const request_case *c)
{
    project p;
    ml_str lines[64];
    ml_buf got = {0};
    int failed = 0;

    project_open(&p, c->code);
    ml_file_id file = project_file(&p, "src/main.ts");
    ml_node_id call = 0, next;
    for (uint32_t nth = 0; (next = project_call(&p, file, c->callee, nth)); nth++)
        call = next;
    ml_eval *eval = ml_eval_new(p.link, (ml_eval_options){.depth = ML_DEPTH_DEFAULT});
    ml_requests requests = ml_eval_requests(eval, file, call);
    uint32_t count = requests.count < 64 ? requests.count : 64;
    for (uint32_t i = 0; i < count; i++) {
        ml_buf line = {0};
        describe(&line, &p, &requests.items[i]);
        lines[i] = ml_arena_copy(&p.arena, ml_buf_view(&line));
        ml_buf_finish(&line);
    }
    qsort(lines, count, sizeof *lines, compare_words);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            ml_buf_char(&got, '\n');
        ml_buf_str(&got, lines[i]);
    }
    if (!call || !ml_str_eq_c(ml_buf_view(&got), c->expected)) {
        print_error("%s%s\n  code      %s\n  expected  %s\n  got       %s\n", c->name, call ? "" : " (no such call)",
                    c->code, c->expected, got.data ? got.data : "");
        failed = 1;
    }
    ml_buf_finish(&got);
    ml_eval_free(eval);
    project_close(&p);
    return failed;
}

static void test_direct(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof direct / sizeof *direct; i++)
        failed += check(&direct[i]);
    assert_int_equal(failed, 0);
}

static void test_wrapped(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof wrapped / sizeof *wrapped; i++)
        failed += check(&wrapped[i]);
    assert_int_equal(failed, 0);
}

/* What a call leads to must not depend on what was asked before it. */
static void test_order_does_not_matter(void **state)
{
    static const char code[] = "function a(u) { b(u); return fetch(u); } function b(u) { c(u); a(u); } function c(u) { b(u); fetch(u + '/c'); }\n"
                               "a('https://x.com'); b('https://y.com'); c('https://z.com');\n";
    ml_buf answers[2] = {{0}};

    (void)state;
    for (int reversed = 0; reversed < 2; reversed++) {
        project p;
        project_open(&p, code);
        ml_file_id file = project_file(&p, "src/main.ts");
        const ml_facts *facts = ml_link_facts(p.link, file);
        ml_eval *eval = ml_eval_new(p.link, (ml_eval_options){.depth = ML_DEPTH_DEFAULT});
        ml_str *lines = ML_NEW_ARRAY(&p.arena, ml_str, facts->call_count);
        for (uint32_t i = 0; i < facts->call_count; i++) {
            uint32_t at = reversed ? facts->call_count - 1 - i : i;
            ml_buf line = {0};
            ml_eval_begin(eval);
            ml_requests requests = ml_eval_requests(eval, file, facts->calls[at]);
            ml_buf_printf(&line, "call %u:", at);
            for (uint32_t k = 0; k < requests.count; k++) {
                ml_buf_cstr(&line, " {");
                describe(&line, &p, &requests.items[k]);
                ml_buf_char(&line, '}');
            }
            lines[at] = ml_arena_copy(&p.arena, ml_buf_view(&line));
            ml_buf_finish(&line);
        }
        for (uint32_t i = 0; i < facts->call_count; i++) {
            ml_buf_str(&answers[reversed], lines[i]);
            ml_buf_char(&answers[reversed], '\n');
        }
        ml_eval_free(eval);
        project_close(&p);
    }
    assert_true(answers[0].len > 100);
    assert_string_equal(answers[0].data, answers[1].data);
    ml_buf_finish(&answers[0]);
    ml_buf_finish(&answers[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_direct),
        cmocka_unit_test(test_wrapped),
        cmocka_unit_test(test_order_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
