/* Proof that the table is complete for expressions: the cost a function returns is read
 * back as a formula, through its constants, calls and roundings. */
#include "facts_testing.h"

static int strength(const ml_facts *f, ml_node_id id)
{
    if (ml_kind_of(f, id) == ML_NODE_CONDITIONAL)
        return 1;
    if (ml_kind_of(f, id) != ML_NODE_BINARY)
        return 9;
    switch (ml_node_at(f, id)->op) {
    case ML_OP_MUL:
    case ML_OP_DIV: return 4;
    case ML_OP_ADD:
    case ML_OP_SUB: return 3;
    default: return 2;
    }
}

/* What a constant stands for, else the node itself. */
static ml_node_id meaning(const ml_facts *f, ml_node_id id)
{
    while (ml_kind_of(f, id) == ML_NODE_IDENT) {
        const ml_binding *b = &f->bindings[ml_node_at(f, id)->ref];
        bool constant = ml_node_at(f, id)->ref && b->kind == ML_BIND_VAR && b->is_const;
        ml_node_id value = constant ? ml_child(f, b->decl, ML_ROLE_VALUE) : 0;
        if (!value || ml_kind_of(f, ml_child(f, b->decl, ML_ROLE_TARGET)) != ML_NODE_IDENT)
            break;
        id = value;
    }
    return id;
}

static void print(ml_buf *out, const ml_facts *f, ml_node_id id);

static void print_operand(ml_buf *out, const ml_facts *f, ml_node_id id, int outer)
{
    bool weaker = strength(f, meaning(f, id)) < outer;

    ml_buf_cstr(out, weaker ? "(" : "");
    print(out, f, id);
    ml_buf_cstr(out, weaker ? ")" : "");
}

static void print_binary(ml_buf *out, const ml_facts *f, ml_node_id id)
{
    static const char *const signs[] = {[ML_OP_ADD] = " + ", [ML_OP_SUB] = " - ",      [ML_OP_MUL] = " * ",
                                        [ML_OP_DIV] = " / ", [ML_OP_NULLISH] = " ?? ", [ML_OP_OR] = " || "};
    uint8_t op = ml_node_at(f, id)->op;
    int own = strength(f, id), right = op == ML_OP_SUB || op == ML_OP_DIV ? own + 1 : own;

    print_operand(out, f, ml_child(f, id, ML_ROLE_LEFT), own);
    ml_buf_cstr(out, signs[op]);
    print_operand(out, f, ml_child(f, id, ML_ROLE_RIGHT), right);
}

static void print_call(ml_buf *out, const ml_facts *f, ml_node_id id)
{
    ml_node_id callee = ml_child(f, id, ML_ROLE_CALLEE), arg = ml_child(f, id, ML_ROLE_ARG);
    bool method = ml_kind_of(f, callee) == ML_NODE_MEMBER, first = true;

    if (ml_str_eq_c(ml_text_of(f, callee), "Number") && arg) {
        print(out, f, arg);
        return;
    }
    ml_buf_str(out, ml_text_of(f, callee));
    ml_buf_char(out, '(');
    if (method && !ml_str_eq_c(ml_text_of(f, ml_child(f, callee, ML_ROLE_OBJECT)), "Math")) {
        print(out, f, ml_child(f, callee, ML_ROLE_OBJECT));
        first = false;
    }
    for (; arg; arg = ml_next_child(f, arg), first = false) {
        ml_buf_cstr(out, first ? "" : ", ");
        print(out, f, arg);
    }
    ml_buf_char(out, ')');
}

static void print(ml_buf *out, const ml_facts *f, ml_node_id id)
{
    id = meaning(f, id);
    switch (ml_kind_of(f, id)) {
    case ML_NODE_BINARY: print_binary(out, f, id); break;
    case ML_NODE_CALL: print_call(out, f, id); break;
    case ML_NODE_CONDITIONAL:
        print_operand(out, f, ml_child(f, id, ML_ROLE_TEST), 2);
        ml_buf_cstr(out, " ? ");
        print(out, f, ml_child(f, id, ML_ROLE_THEN));
        ml_buf_cstr(out, " : ");
        print(out, f, ml_child(f, id, ML_ROLE_ELSE));
        break;
    default: /* a name, a member, a number: its last word */ ml_buf_str(out, ml_text_of(f, id));
    }
}

static void test_formulas(void **state)
{
    static const struct {
        const char *name, *body, *formula;
    } cases[] = {
        {"two terms through constants",
         "const input = usage.inputTokens * price.inputPrice;\n"
         "const output = usage.outputTokens * price.outputPrice;\n"
         "return input + output;",                                                                                  "inputTokens * inputPrice + outputTokens * outputPrice"},
        {"a divisor over both terms",
         "const UNIT = 1000; const sum = (u.in as number) * p.in! + u.out * p.out; return sum / UNIT;",             "(in * in + out * out) / 1000"                         },
        {"rounding",                               "return Number(((a.tokens / 1_000_000) * a.price).toFixed(2));",
         "toFixed(tokens / 1_000_000 * price, 2)"                                                                                                                          },
        {"an operand that must keep its brackets", "return a / (b * c) - (d - e);",                                 "a / (b * c) - (d - e)"                                },
        {"a default price",                        "return usage.seconds * (price?.unitPrice ?? 0);",               "seconds * (unitPrice ?? 0)"                           },
        {"a branch",                               "return cached ? n * low : n * high;",                           "cached ? n * low : n * high"                          },
        {"library rounding",                       "return Math.round(n * p);",                                     "round(n * p)"                                         },
    };
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char source[512];
        ml_buf out = {0};
        snprintf(source, sizeof source, "function cost(usage, price) { %s }", cases[i].body);
        lowered l = lower_source("a.ts", source);
        const ml_function *cost = &l.facts->functions[1];
        print(&out, l.facts, ml_child(l.facts, l.facts->returns[cost->return_first], ML_ROLE_VALUE));
        if (!ml_str_eq_c(ml_buf_view(&out), cases[i].formula)) {
            print_error("%s: %.*s\n", cases[i].name, ML_STR_ARG(ml_buf_view(&out)));
            failures++;
        }
        ml_buf_finish(&out);
        lowered_finish(&l);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_formulas)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
