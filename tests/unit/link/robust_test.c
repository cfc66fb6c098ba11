/* Hostile shapes: deep nesting, long chains, rings, on a thread with an 8 MiB stack.
 * Each case must end by itself, and doubling its size must not make it much more than
 * twice as dear: quadratic work hides well until a generated file comes along. */
#include "project.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

/* head, then `open` n times, middle, `close` n times, tail. "#" in open or close is the number. */
typedef struct shape {
    const char *name, *head, *open, *middle, *close, *tail;
    uint32_t n;
} shape;

static const shape shapes[] = {
    {"parentheses", "probe(", "(", "'x'", ")", ");", 300000},
    {"chained sum", "probe('x'", " + 'y'", "", "", ");", 50000},
    {"chained sum in a let", "let a = ''; a = a", " + b#", "", "", "; probe(a);", 20000},
    {"nested calls", "probe(", "f(", "'x'", ")", ");", 20000},
    {"chained calls", "probe(f", "()", "", "", ");", 5000},
    {"chained methods", "probe(a", ".b(1)", "", "", ");", 5000},
    {"builder of methods on this", "class C { m() { return this; } } probe(new C()", ".m()", "", "", ");", 2000},
    {"nested objects", "const o = ", "{ a: ", "'x'", " }", "; probe(o.a.a.a);", 20000},
    {"nested arrays", "const o = ", "[", "'x'", "]", "; probe(o[0][0]);", 20000},
    {"nested arrows", "probe(", "() => ", "'x'", "", ");", 20000},
    {"nested functions", "", "function f() { fetch('x'); ", "probe('x');", " }", "", 3000},
    {"nested ternaries", "probe(", "c ? 'a#' : ", "'x'", "", ");", 20000},
    {"nested templates", "probe(", "`a${", "'x'", "}`", ");", 5000},
    {"member chain", "probe(a", ".b", "", "", ");", 20000},
    {"member chain of a client", "probe(axios", ".b", "", "", ");", 20000},
    {"member chain of a global", "probe(globalThis", ".b", "", "", ");", 20000},
    {"index chain", "probe(a", "[0]", "", "", ");", 20000},
    {"or chain", "probe(a", " || b#", "", "", ");", 20000},
    {"assignment chain", "let a; probe(", "a = ", "'x'", "", ");", 20000},
    {"await chain", "async function f() { probe(", "await ", "'x'", "", "); }", 20000},
    {"spread chain", "probe({ a: 'x', ", "...{ b: 1, ", "", "}", "}.a);", 5000},
    {"curried call", "const f = a => f; probe(f", "('x')", "", "", ");", 2000},
    {"comma", "probe((0", ", 'a'", "", "", "));", 20000},
    {"long array", "const l = [", "'a#', ", "", "", "]; probe(l[3]); probe(l.join('/'));", 20000},
    {"long object", "const o = {", "a#: 'x', ", "", "", "}; probe(o.a3);", 20000},
    {"many writes", "let u = 'x';", " u = 'y#';", "", "", " probe(u);", 3000},
    {"many writes in branches", "let u = 'x';", " if (c#) u = u + '/y';", "", "", " probe(u);", 300},
    {"many plus-assigns", "let u = 'x';", " u += 'y';", "", "", " probe(u);", 3000},
    {"writes and uses", "let u = 'x';", " u = 'y#'; probe(u);", "", "", "", 1500},
    {"many member writes", "const o = {};", " o.a# = 'x';", "", "", " probe(o.a1);", 5000},
    {"nested blocks with writes", "let u = 'x';", "{ u = 'y#'; ", "probe(u);", "}", "", 2000},
    {"nested loops", "let u = 'x';", "for (;;) { u = u + 'y'; ", "probe(u);", "}", "", 1000},
    {"nested classes", "", "class C# { m() { ", "probe(this.a);", "} }", "", 2000},
    {"class of many fields", "class C {", " a# = 'x';", "", "", " m() { return probe(this.a1); } }", 5000},
    {"many calls of one wrapper", "function w(u) { return fetch(u); }", " w('x#');", "", "", "", 1000},
    {"many calls in one function", "function f(u) {", " g(u);", "", "", " fetch(u); } f('x'); function g(u) {}", 1500},
    {"many parameters", "function f(", "a#, ", "z", "", ") { probe(a3); }", 5000},
    {"many returns", "function f(c) {", " if (c) return 'x#';", "", "", " } probe(f(1));", 3000},
};

static void repeat(ml_buf *out, const char *text, uint32_t n)
{
    for (uint32_t i = 0; i < n && *text; i++)
        for (const char *c = text; *c; c++)
            if (*c == '#')
                ml_buf_printf(out, "%u", i);
            else
                ml_buf_char(out, *c);
}

static uint64_t cpu_microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Asks everything the engine asks of every call of every file. */
static uint32_t judge_all(project *p)
{
    ml_eval *eval = ml_eval_new(p->link, (ml_eval_options){.depth = ML_DEPTH_DEFAULT});
    uint32_t cuts = 0;

    for (ml_file_id file = 1; file <= p->files.count; file++) {
        const ml_facts *facts = ml_link_facts(p->link, file);
        for (uint32_t i = 0; facts && i < facts->call_count; i++) {
            ml_eval_begin(eval);
            ml_eval_requests(eval, file, facts->calls[i]);
            ml_eval_bridge_call(eval, file, facts->calls[i]);
            ml_node_id arg = ml_child(facts, facts->calls[i], ML_ROLE_ARG);
            if (arg)
                ml_eval_node(eval, file, arg);
            cuts += ml_eval_was_cut(eval);
        }
    }
    ml_eval_free(eval);
    return cuts;
}

static uint64_t cost_of(project *p, uint32_t *cuts)
{
    for (ml_file_id file = 1; file <= p->files.count; file++)
        ml_link_facts(p->link, file); /* parsing is not what is measured here */
    uint64_t before = cpu_microseconds();
    *cuts = judge_all(p);
    return cpu_microseconds() - before;
}

static uint64_t cost_of_shape(const shape *s, uint32_t n, uint32_t *cuts)
{
    ml_buf code = {0};
    project p;

    repeat(&code, s->head, 1);
    repeat(&code, s->open, n);
    repeat(&code, s->middle, 1);
    repeat(&code, s->close, n);
    repeat(&code, s->tail, 1);
    ml_buf_char(&code, '\n');
    project_begin(&p);
    project_add(&p, ML_STR("src/main.ts"), ml_buf_view(&code));
    project_join(&p);
    uint64_t cost = cost_of(&p, cuts);
    project_close(&p);
    ml_buf_finish(&code);
    return cost;
}

/* ---- what takes more than a repeated text ---- */

typedef void (*builder)(project *p, uint32_t n);

static void add_printed(project *p, ml_str text, const char *path)
{
    project_add(p, ml_arena_copy(&p->arena, ml_str_of(path)), text);
}

static void chain_of_functions(project *p, uint32_t n)
{
    ml_buf code = {0};

    for (uint32_t i = 0; i < n; i++)
        ml_buf_printf(&code, "function f%u(u) { return f%u(u); }\n", i, i + 1);
    ml_buf_printf(&code, "function f%u(u) { return fetch(u); }\nf0('https://x.com');\n", n);
    add_printed(p, ml_buf_view(&code), "src/main.ts");
    ml_buf_finish(&code);
}

static void chain_to_nowhere(project *p, uint32_t n)
{
    ml_buf code = {0};

    for (uint32_t i = 0; i < n; i++)
        ml_buf_printf(&code, "function f%u(u) { return f%u(u); }\n", i, i + 1);
    ml_buf_printf(&code, "function f%u(u) { return u; }\nf0('x');\n", n);
    add_printed(p, ml_buf_view(&code), "src/main.ts");
    ml_buf_finish(&code);
}

static void constants_of_constants(project *p, uint32_t n)
{
    ml_buf code = {0};

    ml_buf_cstr(&code, "const a0 = 'x';\n");
    for (uint32_t i = 0; i < n; i++)
        ml_buf_printf(&code, "const a%u = a%u;\n", i + 1, i);
    ml_buf_printf(&code, "probe(a%u);\n", n);
    add_printed(p, ml_buf_view(&code), "src/main.ts");
    ml_buf_finish(&code);
}

static void doubled_constants(project *p, uint32_t n)
{
    ml_buf code = {0};

    ml_buf_cstr(&code, "const a0 = 'x';\n");
    for (uint32_t i = 0; i < n; i++)
        ml_buf_printf(&code, "const a%u = a%u + a%u;\n", i + 1, i, i);
    ml_buf_printf(&code, "probe(a%u);\n", n);
    add_printed(p, ml_buf_view(&code), "src/main.ts");
    ml_buf_finish(&code);
}

/* Every function calls two others: what is followed grows as two to the depth. */
static void tree_of_calls(project *p, uint32_t n)
{
    ml_buf code = {0};

    for (uint32_t i = 0; i < n; i++)
        ml_buf_printf(&code, "function f%u(u) { f%u(u + 'a'); f%u(u + 'b'); }\n", i, (2 * i + 1) % n, (2 * i + 2) % n);
    ml_buf_cstr(&code, "function g(u) { fetch(u); f0(u); }\nf0('x');\n");
    add_printed(p, ml_buf_view(&code), "src/main.ts");
    ml_buf_finish(&code);
}

/* Grows with the fourth power of n, until the step budget of a query holds it: n stays small. */
static void all_call_all(project *p, uint32_t n)
{
    ml_buf code = {0};

    for (uint32_t i = 0; i < n; i++) {
        ml_buf_printf(&code, "function f%u(u) { fetch(u);", i);
        for (uint32_t k = 0; k < n; k++)
            ml_buf_printf(&code, " f%u(u);", k);
        ml_buf_cstr(&code, " }\n");
    }
    add_printed(p, ml_buf_view(&code), "src/main.ts");
    ml_buf_finish(&code);
}

static void all_call_all_settled(project *p, uint32_t n)
{
    ml_buf code = {0};

    for (uint32_t i = 0; i < n; i++) {
        ml_buf_printf(&code, "function f%u(u) { fetch('https://x.com/' + u);", i);
        for (uint32_t k = 0; k < n; k++)
            ml_buf_printf(&code, " f%u(%u);", k, i + k);
        ml_buf_cstr(&code, " }\n");
    }
    add_printed(p, ml_buf_view(&code), "src/main.ts");
    ml_buf_finish(&code);
}

static void ring_of_files(project *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        ml_str path = ml_arena_printf(&p->arena, "src/m%05u.ts", i);
        project_add(p, path,
                    ml_arena_printf(&p->arena,
                                    "import { a as next, f as g } from './m%05u';\nexport const a = next;\n"
                                    "export function f(u) { return g(u); }\nprobe(next); f('x');\n",
                                    (i + 1) % n));
    }
}

static void ring_of_stars(project *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        ml_str path = ml_arena_printf(&p->arena, "src/m%05u.ts", i);
        project_add(p, path,
                    ml_arena_printf(&p->arena, "export * from './m%05u';\nimport { zz } from './m%05u';\nprobe(zz);\n",
                                    (i + 1) % n, (i + 1) % n));
    }
}

static void chain_of_classes(project *p, uint32_t n)
{
    ml_buf code = {0};

    ml_buf_cstr(&code, "class C0 { constructor(v) { this.a = v; } }\n");
    for (uint32_t i = 0; i < n; i++)
        ml_buf_printf(&code, "class C%u extends C%u { constructor(v) { super(v); } }\n", i + 1, i);
    ml_buf_printf(&code, "probe(new C%u('x').a);\n", n);
    add_printed(p, ml_buf_view(&code), "src/main.ts");
    ml_buf_finish(&code);
}

static const struct {
    const char *name;
    builder build;
    uint32_t n;
} built[] = {
    {"functions calling the next one", chain_of_functions, 5000},
    {"functions calling the next one, no request", chain_to_nowhere, 5000},
    {"constants of constants", constants_of_constants, 5000},
    {"constants that double", doubled_constants, 200},
    {"every function calls two", tree_of_calls, 1000},
    {"every function calls every function", all_call_all, 8},
    {"every function calls every function, hosts known", all_call_all_settled, 40},
    {"ring of files", ring_of_files, 3000},
    {"ring of stars", ring_of_stars, 1500},
    {"classes in a line", chain_of_classes, 3000},
};

static uint64_t cost_of_built(size_t which, uint32_t n, uint32_t *cuts)
{
    project p;

    project_begin(&p);
    built[which].build(&p, n);
    project_join(&p);
    uint64_t cost = cost_of(&p, cuts);
    project_close(&p);
    return cost;
}

/* ---- running them on a small stack ---- */

#ifdef __SANITIZE_THREAD__
enum { SLOWDOWN = 10 }; /* every access is watched */
#else
enum { SLOWDOWN = 1 };
#endif
enum { STACK_BYTES = 8 * 1024 * 1024, NOISE_MICROSECONDS = 200000 * SLOWDOWN };

static int failures;

/* Four times the size may cost eight times as much and a bit, not sixteen. */
static void judge(const char *name, uint32_t n, uint64_t small, uint64_t large, uint32_t cuts)
{
    bool slow = large > 8 * small + NOISE_MICROSECONDS;

    if (getenv("ML_TEST_TIMES") || slow)
        print_message("%-44s n %6u  quarter %7.1f ms  whole %8.1f ms  cut %u%s\n", name, n, (double)small / 1000,
                      (double)large / 1000, cuts, slow ? "  TOO SLOW" : "");
    failures += slow;
}

static void *run_all(void *data)
{
    const char *only = getenv("ML_TEST_ONLY");
    uint32_t cuts;

    (void)data;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (!shapes[i].n || (only && !strstr(shapes[i].name, only)))
            continue;
        uint64_t small = cost_of_shape(&shapes[i], shapes[i].n / 4, &cuts);
        uint64_t large = cost_of_shape(&shapes[i], shapes[i].n, &cuts);
        judge(shapes[i].name, shapes[i].n, small, large, cuts);
    }
    for (size_t i = 0; i < sizeof built / sizeof *built; i++) {
        if (only && !strstr(built[i].name, only))
            continue;
        uint64_t small = cost_of_built(i, built[i].n / 4, &cuts);
        uint64_t large = cost_of_built(i, built[i].n, &cuts);
        judge(built[i].name, built[i].n, small, large, cuts);
    }
    return NULL;
}

static void test_shapes(void **state)
{
    pthread_attr_t attributes;
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstacksize(&attributes, STACK_BYTES), 0);
    assert_int_equal(pthread_create(&thread, &attributes, run_all, NULL), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
