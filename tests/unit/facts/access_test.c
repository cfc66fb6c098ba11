/* Asking the fact table: children, walks, what lies around a node, members, offsets. */
#include "facts_testing.h"

static const char source[] = "import { Base } from 'b';\n"
                             "export class Chat extends Base {\n"
                             "  static model = 'gpt';\n"
                             "  model = 'local';\n"
                             "  constructor(private readonly key: string) { super(); }\n"
                             "  ask(q: string): void;\n"
                             "  ask(q: any) { return [1, 2].map(n => fetch(q, n)); }\n"
                             "  later = async () => { await save(); };\n"
                             "}\n"
                             "const helper = () => log();\n"
                             "run();\n";

static void test_children(void **state)
{
    lowered l = lower_source("a.ts", source);
    const ml_facts *f = l.facts;
    ml_node_id call = find_node(f, ML_NODE_IDENT, "fetch");

    (void)state;
    call = ml_node_at(f, call)->parent;
    assert_int_equal(ml_child_count(f, call, ML_ROLE_ARG), 2);
    assert_string_equal(ml_arena_cstr(&l.arena, ml_text_of(f, ml_child_at(f, call, ML_ROLE_ARG, 1))), "n");
    assert_int_equal(ml_child_at(f, call, ML_ROLE_ARG, 2), 0);
    assert_int_equal(ml_child(f, call, ML_ROLE_TEST), 0);
    assert_true(ml_str_eq_c(ml_source_of(f, call), "fetch(q, n)"));
    ml_span span = ml_span_of(f, call);
    assert_int_equal(span.line, 7);
    assert_int_equal(span.column, 40);
    lowered_finish(&l);
}

static void test_walks(void **state)
{
    lowered l = lower_source("a.ts", "f(a, g(b)); h();");
    const ml_facts *f = l.facts;
    ml_node_id outer = find_node(f, ML_NODE_CALL, NULL), inner = ml_child_at(f, outer, ML_ROLE_ARG, 1);
    uint32_t all = 0, past = 0;

    (void)state;
    for (ml_node_id n = outer; n; n = ml_walk(f, outer, n))
        all++;
    for (ml_node_id n = outer; n; n = n == inner ? ml_walk_past(f, outer, n) : ml_walk(f, outer, n))
        past++;
    assert_int_equal(all, 6);  /* f(), f, a, g(), g, b */
    assert_int_equal(past, 4); /* without g and b */
    assert_true(ml_is_within(f, inner, outer));
    assert_true(ml_is_within(f, outer, outer));
    assert_false(ml_is_within(f, outer, inner));
    assert_false(ml_is_within(f, f->calls[2], outer));
    lowered_finish(&l);
}

static void test_order(void **state)
{
    lowered l = lower_source("a.ts", source);
    const ml_facts *f = l.facts;
    ml_node_id expected = 1;

    (void)state;
    /* Ids run in preorder: a walk meets every node, one after the other. */
    for (ml_node_id n = 1; n; n = ml_walk(f, 1, n))
        assert_int_equal(n, expected++);
    assert_int_equal(expected, f->node_count);
    for (ml_node_id n = 2; n < f->node_count; n++) {
        const ml_node *node = ml_node_at(f, n), *parent = ml_node_at(f, node->parent);
        assert_true(node->parent < n);
        assert_true(node->start >= parent->start && node->end <= parent->end);
    }
    lowered_finish(&l);
}

static void test_around(void **state)
{
    static const struct {
        const char *name, *scope;
        uint32_t class_index;
        bool in_function;
    } cases[] = {
        {"fetch", "Chat.ask",   1, true },
        {"save",  "Chat.later", 1, true },
        {"log",   "helper",     0, true },
        {"run",   "",           0, false},
    };
    lowered l = lower_source("a.ts", source);
    const ml_facts *f = l.facts;
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_node_id id = find_node(f, ML_NODE_IDENT, cases[i].name);
        ml_str scope = ml_scope_name(&l.arena, f, id);
        bool good = ml_str_eq_c(scope, cases[i].scope) && ml_class_around(f, id) == cases[i].class_index &&
                    (ml_function_around(f, id) != 0) == cases[i].in_function;
        if (!good)
            print_error("%s: scope %.*s class %u function %u\n", cases[i].name, ML_STR_ARG(scope),
                        ml_class_around(f, id), ml_function_around(f, id));
        failures += !good;
    }
    ml_node_id arrow = f->functions[ml_function_around(f, find_node(f, ML_NODE_IDENT, "fetch"))].node;
    assert_true(ml_node_at(f, arrow)->flags & ML_NF_ARROW);
    assert_int_equal(ml_function_of_node(f, arrow), ml_function_around(f, find_node(f, ML_NODE_IDENT, "fetch")));
    assert_int_equal(ml_function_of_node(f, find_node(f, ML_NODE_CLASS, NULL)), 0);
    lowered_finish(&l);
    assert_int_equal(failures, 0);
}

static void test_members(void **state)
{
    lowered l = lower_source("a.ts", source);
    const ml_facts *f = l.facts;
    ml_node_id ask = ml_class_member(f, 1, ML_STR("ask"), false), model = ml_class_member(f, 1, ML_STR("model"), false);

    (void)state;
    assert_int_equal(ml_kind_of(f, ask), ML_NODE_METHOD);
    assert_true(ml_child(f, ml_child(f, ask, ML_ROLE_VALUE), ML_ROLE_BODY)); /* the implementation, not the overload */
    assert_true(ml_str_eq_c(ml_text_of(f, ml_child(f, model, ML_ROLE_VALUE)), "local"));
    model = ml_class_member(f, 1, ML_STR("model"), true);
    assert_true(ml_str_eq_c(ml_text_of(f, ml_child(f, model, ML_ROLE_VALUE)), "gpt"));
    assert_int_equal(ml_kind_of(f, ml_class_member(f, 1, ML_STR("key"), false)), ML_NODE_PARAM);
    assert_int_equal(ml_class_member(f, 1, ML_STR("key"), true), 0);
    assert_int_equal(ml_class_member(f, 1, ML_STR("nothing"), false), 0);
    assert_true(ml_str_eq_c(ml_text_of(f, f->classes[1].super), "Base"));
    lowered_finish(&l);
}

static void test_returns_are_the_functions_own(void **state)
{
    lowered l = lower_source("a.ts", "function f() { if (a) return 1; const g = () => { return 2 }; return 3 }");
    const ml_facts *f = l.facts;

    (void)state;
    assert_int_equal(f->functions[1].return_count, 2);
    assert_int_equal(f->functions[2].return_count, 1);
    ml_node_id last = f->returns[f->functions[1].return_first + 1];
    assert_true(ml_str_eq_c(ml_text_of(f, ml_child(f, last, ML_ROLE_VALUE)), "3"));
    lowered_finish(&l);
}

static void test_writes_by_binding(void **state)
{
    lowered l = lower_source("a.ts", "let a, b; a = 1; b = 2; a.x = 3; c = 4;");
    const ml_facts *f = l.facts;
    const ml_binding *a = &f->bindings[1];

    (void)state;
    assert_int_equal(a->write_count, 2);
    const ml_write *second = &f->writes[f->writes_by_binding[a->write_first + 1]];
    assert_true(ml_str_eq_c(ml_source_of(f, second->target), "a.x"));
    assert_true(ml_str_eq_c(ml_text_of(f, second->value), "3"));
    assert_int_equal(f->bindings[2].write_count, 1);
    lowered_finish(&l);
}

static void test_offsets_in_markup(void **state)
{
    lowered l = lower_source("a.vue", "<template>\n<b/>\n</template>\n<script>\n  fetch('u')\n</script>\n");
    ml_span span = ml_span_of(l.facts, l.facts->calls[0]);

    (void)state;
    assert_int_equal(span.line, 5);
    assert_int_equal(span.column, 3);
    assert_true(ml_str_eq_c(ml_source_of(l.facts, l.facts->calls[0]), "fetch('u')"));
    lowered_finish(&l);
}

static void test_specifier_offsets(void **state)
{
    lowered l = lower_source("a.ts", "import a from 'openai'; export * from \"b\";");
    const ml_import *import = &l.facts->imports[0];
    const ml_export *export = &l.facts->exports[0];

    (void)state;
    ml_str text = l.facts->lines.text;
    assert_true(ml_str_eq_c(ml_str_slice(text, import->specifier_start, import->specifier_end), "'openai'"));
    assert_true(ml_str_eq_c(ml_str_slice(text, export->specifier_start, export->specifier_end), "\"b\""));
    assert_int_equal(l.facts->bindings[import->local].index, 0);
    lowered_finish(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_children),
        cmocka_unit_test(test_walks),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_around),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_returns_are_the_functions_own),
        cmocka_unit_test(test_writes_by_binding),
        cmocka_unit_test(test_offsets_in_markup),
        cmocka_unit_test(test_specifier_offsets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
