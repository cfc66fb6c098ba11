/* What a CommonJS module hands out, also in the shapes compilers write. */
#include "freeze.h"

enum { CHAIN_MAX = 64 };

static bool is_global(const ml_facts *facts, ml_node_id id, const char *name)
{
    return ml_kind_of(facts, id) == ML_NODE_IDENT && !ml_node_at(facts, id)->ref &&
           ml_str_eq_c(ml_text_of(facts, id), name);
}

static bool is_module_exports(const ml_facts *facts, ml_node_id id)
{
    return ml_kind_of(facts, id) == ML_NODE_MEMBER && ml_str_eq_c(ml_text_of(facts, id), "exports") &&
           is_global(facts, ml_child(facts, id, ML_ROLE_OBJECT), "module");
}

static bool is_exports(const ml_facts *facts, ml_node_id id)
{
    return is_global(facts, id, "exports") || is_module_exports(facts, id);
}

/* exports.a, exports["a"], module.exports ("="): the name, or none. */
static ml_str exported_name(const ml_facts *facts, ml_node_id target)
{
    ml_node_id object = ml_child(facts, target, ML_ROLE_OBJECT), key = ml_child(facts, target, ML_ROLE_KEY);

    if (is_module_exports(facts, target))
        return ML_STR("=");
    if (!object || !is_exports(facts, object))
        return ML_STR_NONE;
    if (ml_kind_of(facts, target) == ML_NODE_MEMBER)
        return ml_text_of(facts, target);
    return ml_kind_of(facts, key) == ML_NODE_STRING ? ml_text_of(facts, key) : ML_STR_NONE;
}

static void add(builder *b, ml_node_id node, ml_str name, ml_node_id value)
{
    builder_export(
        b, &(ml_export){.kind = ML_EXPORT_VALUE, .common_js = true, .name = name, .node = node, .value = value});
}

static void from_write(builder *b, const ml_facts *facts, const ml_write *write)
{
    const ml_node *node = ml_node_at(facts, write->node);
    ml_node_id value = write->value;

    if (node->kind != ML_NODE_ASSIGN || node->op != ML_OP_ASSIGN)
        return;
    ml_str name = exported_name(facts, write->target);
    for (int i = 0; i < CHAIN_MAX && ml_kind_of(facts, value) == ML_NODE_ASSIGN; i++)
        value = ml_child(facts, value, ML_ROLE_VALUE);
    bool is_void = ml_kind_of(facts, value) == ML_NODE_UNARY && ml_node_at(facts, value)->op == ML_OP_VOID;
    if (name.len && !is_void)
        add(b, write->node, name, value);
}

/* What a getter gives back: the value of its first return statement. */
static ml_node_id returned(const builder *b, const ml_facts *facts, ml_node_id function)
{
    uint32_t index = b->scopes.items[ml_node_at(facts, function)->ref].function;
    const ml_function *f = &b->functions.items[index];
    ml_node_id body = ml_child(facts, function, ML_ROLE_BODY);

    if (ml_kind_of(facts, body) != ML_NODE_BLOCK)
        return body;
    return f->return_count ? ml_child(facts, facts->returns[f->return_first], ML_ROLE_VALUE) : 0;
}

/* { value: v } or { get() { return v } } */
static ml_node_id described_value(const builder *b, const ml_facts *facts, ml_node_id descriptor)
{
    for (ml_node_id at = ml_child(facts, descriptor, ML_ROLE_MEMBER); at; at = ml_next_child(facts, at)) {
        ml_node_id value = ml_child(facts, at, ML_ROLE_VALUE);
        if (ml_str_eq_c(ml_text_of(facts, at), "value"))
            return value;
        if (ml_str_eq_c(ml_text_of(facts, at), "get") && ml_kind_of(facts, value) == ML_NODE_FUNCTION)
            return returned(b, facts, value);
    }
    return 0;
}

/* Object.defineProperty(exports, "a", descriptor) */
static void from_define(builder *b, const ml_facts *facts, ml_node_id call)
{
    ml_node_id on = ml_child(facts, call, ML_ROLE_ARG), name = on ? ml_next_child(facts, on) : 0;
    ml_node_id descriptor = name ? ml_next_child(facts, name) : 0;

    if (!descriptor || !is_exports(facts, on) || ml_kind_of(facts, name) != ML_NODE_STRING ||
        ml_str_eq_c(ml_text_of(facts, name), "__esModule"))
        return;
    ml_node_id value = described_value(b, facts, descriptor);
    if (value)
        add(b, call, ml_text_of(facts, name), value);
}

/* __exportStar(require("m"), exports) */
static void from_star(builder *b, const ml_facts *facts, ml_node_id call)
{
    ml_node_id required = ml_child(facts, call, ML_ROLE_ARG);

    if (ml_kind_of(facts, required) != ML_NODE_CALL ||
        !is_global(facts, ml_child(facts, required, ML_ROLE_CALLEE), "require"))
        return;
    ml_node_id literal = ml_child(facts, required, ML_ROLE_ARG);
    if (ml_kind_of(facts, literal) != ML_NODE_STRING)
        return;
    builder_export(b, &(ml_export){.kind = ML_EXPORT_STAR,
                                   .common_js = true,
                                   .node = call,
                                   .specifier = ml_text_of(facts, literal),
                                   .specifier_start = ml_node_at(facts, literal)->start,
                                   .specifier_end = ml_node_at(facts, literal)->end});
}

void common_js_exports(builder *b, const ml_facts *facts)
{
    for (uint32_t i = 0; i < facts->write_count; i++)
        from_write(b, facts, &facts->writes[i]);
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id callee = ml_child(facts, facts->calls[i], ML_ROLE_CALLEE);
        ml_str name = ml_text_of(facts, callee);
        if (ml_str_eq_c(name, "defineProperty") && ml_kind_of(facts, callee) == ML_NODE_MEMBER &&
            is_global(facts, ml_child(facts, callee, ML_ROLE_OBJECT), "Object"))
            from_define(b, facts, facts->calls[i]);
        else if (ml_str_eq_c(name, "__exportStar"))
            from_star(b, facts, facts->calls[i]);
    }
}
