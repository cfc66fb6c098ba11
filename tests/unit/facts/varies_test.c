/* What means something else in each call of a function around it: calls of p(…) are asked about, one a source. */
#include "facts_testing.h"

typedef struct varies_case {
    const char *about;
    const char *source;
    bool varies;
} varies_case;

static const varies_case cases[] = {
    {"a literal", "function f(a) { p('x'); }", false},
    {"a global", "function f(a) { p(process.env.URL); }", false},
    {"a name of the module", "const u = 'x'; function f(a) { p(u); }", false},
    {"an import", "import { u } from './u'; function f(a) { p(u); }", false},
    {"a call of the module's function", "function g() { return 'x'; } function f(a) { p(g()); }", false},
    {"a parameter", "function f(a) { p(a); }", true},
    {"a member of one", "function f(a) { p(a.b.c); }", true},
    {"a part of one", "function f({ a: [b] }) { p(b); }", true},
    {"a parameter with a literal as default", "function f(a = 'x') { p(a); }", true},
    {"the rest", "function f(...a) { p(a); }", true},
    {"arguments", "function f() { p(arguments[0]); }", true},
    {"another name of a module that is called arguments", "const args = 1; function f() { p(args); }", false},
    {"an outer function's parameter", "function f(a) { return () => p(a); }", true},
    {"an outer function's parameter, twice out", "function f(a) { return () => () => p(a); }", true},
    {"its own inner function's parameter", "function f(a) { p(b => b + 'x'); }", false},
    {"an inner function that reads an outer one", "function f(a) { p(b => a + b); }", true},
    {"a name made of literals", "function f(a) { const u = 'x' + 1; p(u); }", false},
    {"a name made of a parameter", "function f(a) { const u = a + 'x'; p(u); }", true},
    {"made of what is made of one", "function f(a) { const u = a, v = u, w = v; p(w); }", true},
    {"made of what is declared behind it", "function f(a) { function g() { p(v); } const v = w; var w = a; }", true},
    {"taken apart", "function f(a) { const { u = a } = conf; p(u); }", true},
    {"taken apart, nothing of it a parameter", "function f(a) { const { u = 'x' } = conf; p(u); }", false},
    {"assigned a parameter", "function f(a) { let u = 'x'; u = a; p(u); }", true},
    {"assigned a parameter in a branch behind", "function f(a) { let u = 'x'; for (;;) { p(u); if (a) u = a; } }", true},
    {"assigned another literal", "function f(a) { let u = 'x'; u = 'y'; p(u); }", false},
    {"a name of the module that a function assigns", "let u = 'x'; function f(a) { u = a; p(u); }", true},
    {"assigned in parts", "function f(a) { let u; [u] = a; p(u); }", true},
    {"a member assigned a parameter", "function f(a) { const o = g(); o.u = a; p(o); }", true},
    {"each of a list of literals", "const l = ['x']; function f(a) { for (const u of l) p(u); }", false},
    {"each of a parameter", "function f(a) { for (const u of a) p(u); }", true},
    {"this of a method", "class C { m() { p(this.u); } }", true},
    {"this of a method around an arrow", "class C { m() { return () => p(this.u); } }", true},
    {"this of a field", "class C { u = () => p(this.v); }", true},
    {"super", "class C extends B { m() { p(super.u); } }", true},
    {"this of a module", "p(this.u);", false},
    {"new.target", "function f() { p(new.target); }", true},
    {"import.meta", "function f() { p(import.meta); }", true}, /* taken for new.target's like: no harm */
    {"an object, which may be filled", "function f(a) { p({ u: 'x' }); }", true},
    {"a list, which may be filled", "function f(a) { p(['x']); }", true},
    {"an object of the module", "p({ u: 'x' });", false},
    {"a function of the function that reads nothing", "function f(a) { function g() { return 'x'; } p(g()); }", false},
    {"a function of the function that reads a parameter", "function f(a) { function g() { return a; } p(g()); }", true},
    {"what is caught", "function f(a) { try { g(); } catch (e) { p(e); } }", true},
    {"the parameter of another function", "function g(a) { return a; } function f() { p(g); }", false},
};

static bool varies(const varies_case *c)
{
    lowered l = lower_source("a.ts", c->source);
    ml_node_id callee = find_node(l.facts, ML_NODE_IDENT, "p");
    assert_int_not_equal(callee, 0);
    bool found = ml_node_at(l.facts, ml_node_at(l.facts, callee)->parent)->varies;

    lowered_finish(&l);
    return found;
}

static void test_cases(void **state)
{
    uint32_t failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (varies(&cases[i]) == cases[i].varies)
            continue;
        print_error("%s: %s\n", cases[i].about, cases[i].source);
        failed++;
    }
    assert_int_equal(failed, 0);
}

/* Names that are declared in the reverse of the order in which they are used: more rounds than are made. */
static void test_bound(void **state)
{
    ml_buf source = {0};

    (void)state;
    ml_buf_cstr(&source, "function f(a) { p(v40);\n");
    for (int i = 40; i > 0; i--)
        ml_buf_printf(&source, "let v%d = v%d;\n", i, i - 1);
    ml_buf_cstr(&source, "let v0 = a; }\n");
    lowered l = lower_text("a.ts", ml_buf_view(&source));
    ml_node_id callee = find_node(l.facts, ML_NODE_IDENT, "p");
    assert_true(ml_node_at(l.facts, ml_node_at(l.facts, callee)->parent)->varies);
    lowered_finish(&l);
    ml_buf_finish(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
