/* Proof that the table is complete for literal structures: in a Sequelize query, an
 * include with `required: false` and `where: { id: null }` says "rows without a partner",
 * and each of those operands has to be there to be read, with its place. */
#include "facts_testing.h"

static ml_node_id property(const ml_facts *f, ml_node_id object, const char *name)
{
    for (ml_node_id at = ml_child(f, object, ML_ROLE_MEMBER); at; at = ml_next_child(f, at))
        if (ml_kind_of(f, at) == ML_NODE_PROPERTY && ml_str_eq_c(ml_text_of(f, at), name))
            return ml_child(f, at, ML_ROLE_VALUE);
    return 0;
}

/* The include of the query that asks for rows without a partner, or 0. */
static ml_node_id anti_join(const ml_facts *f, ml_node_id query)
{
    ml_node_id include = property(f, query, "include");

    for (ml_node_id at = ml_child(f, include, ML_ROLE_ELEMENT); at; at = ml_next_child(f, at)) {
        ml_node_id required = property(f, at, "required"), id = property(f, property(f, at, "where"), "id");
        if (ml_kind_of(f, required) == ML_NODE_FALSE && ml_kind_of(f, id) == ML_NODE_NULL)
            return at;
    }
    return 0;
}

static void test_operands(void **state)
{
    lowered l = lower_source("a.ts", "import { AiModelUsage, AiBillingRecord } from './models';\n"
                                     "const missing = await AiModelUsage.findAll({\n"
                                     "  where: { createdAt: { [Op.lt]: before } },\n"
                                     "  include: [{ model: User }, {\n"
                                     "    model: AiBillingRecord, as: 'billing',\n"
                                     "    required: false, where: { id: null },\n"
                                     "  }],\n"
                                     "  limit: 100,\n"
                                     "} as FindOptions);\n");
    const ml_facts *f = l.facts;
    ml_node_id call = f->calls[0], query = ml_child(f, call, ML_ROLE_ARG), found = anti_join(f, query);

    (void)state;
    assert_true(found);
    ml_node_id model = property(f, found, "model"), callee = ml_child(f, call, ML_ROLE_CALLEE);
    assert_true(ml_str_eq_c(ml_text_of(f, model), "AiBillingRecord"));
    const ml_binding *binding = &f->bindings[ml_node_at(f, model)->ref];
    assert_int_equal(binding->kind, ML_BIND_IMPORT);
    assert_true(ml_str_eq_c(f->imports[binding->index].specifier, "./models"));
    assert_true(ml_str_eq_c(ml_text_of(f, callee), "findAll"));
    assert_true(ml_str_eq_c(ml_text_of(f, ml_child(f, callee, ML_ROLE_OBJECT)), "AiModelUsage"));
    assert_int_equal(ml_span_of(f, property(f, found, "required")).line, 6);
    assert_true(ml_str_eq_c(ml_text_of(f, property(f, query, "limit")), "100"));
    /* A computed key has no name, but its expression. */
    ml_node_id range = property(f, property(f, query, "where"), "createdAt"), at = ml_child(f, range, ML_ROLE_MEMBER);
    assert_int_equal(ml_node_at(f, at)->text, 0);
    assert_true(ml_str_eq_c(ml_source_of(f, ml_child(f, at, ML_ROLE_KEY)), "Op.lt"));
    lowered_finish(&l);
}

static void test_near_misses(void **state)
{
    static const char *const includes[] = {
        "{ model: B, required: true, where: { id: null } }",
        "{ model: B, required: false, where: { id: 0 } }",
        "{ model: B, required: false }",
        "{ model: B, where: { id: null } }",
        "{ model: B, required: false, where: { 'x': null } }",
    };

    (void)state;
    for (size_t i = 0; i < sizeof includes / sizeof *includes; i++) {
        char source[256];
        snprintf(source, sizeof source, "A.findAll({ include: [%s] })", includes[i]);
        lowered l = lower_source("a.ts", source);
        assert_int_equal(anti_join(l.facts, ml_child(l.facts, l.facts->calls[0], ML_ROLE_ARG)), 0);
        lowered_finish(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_operands), cmocka_unit_test(test_near_misses)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
