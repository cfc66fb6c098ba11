/* pricing/decimal-concatenated - `+` on DECIMAL columns of billing rows.
 *
 * Reports  `a + row.totalCost` and `total += row.totalCost`, where the row comes from a
 *          query of a billing model (a loop over it, a callback of reduce, map or forEach,
 *          the result itself) or is typed as one.
 * Silent   when a conversion stands around the column, when a subtraction or product
 *          turns it into a number, about templates, where the origin of the row is not seen,
 *          and about a type in a file that has nothing to do with a database. */
#include "pricing.h"

static bool is_amount_column(ml_str name)
{
    static const char *const names[] = {"totalCost",      "total_cost",   "refundedAmount", "refunded_amount",
                                        "inputPrice",     "outputPrice",  "unitPrice",      "unit_price",
                                        "input_price",    "output_price", "cost",           "totalQuantity",
                                        "total_quantity", "amount"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ml_str_eq_c(name, names[i]))
            return true;
    return false;
}

static bool names_model(const ml_facts *facts, ml_node_id node)
{
    return ml_pricing_is_model(ml_str_slice(ml_source_of(facts, node), 0, 200));
}

static ml_node_id unwrap(const ml_facts *facts, ml_node_id node)
{
    while (ml_kind_of(facts, node) == ML_NODE_AWAIT)
        node = ml_child(facts, node, ML_ROLE_VALUE);
    return node;
}

/* AIBillingRecord.findAll(...), await repo.find() of a typed repository */
static bool is_query(const ml_facts *facts, ml_node_id node)
{
    node = unwrap(facts, node);
    ml_node_id callee = ml_child(facts, node, ML_ROLE_CALLEE);
    if (ml_kind_of(facts, node) != ML_NODE_CALL || ml_kind_of(facts, callee) != ML_NODE_MEMBER)
        return false;
    ml_str verb = ml_text_of(facts, callee);
    bool finds = ml_str_starts(verb, ML_STR("find")) || ml_str_eq_c(verb, "getMany") || ml_str_eq_c(verb, "select");
    /* raw queries may convert; options that change what a driver gives are project-wide and not looked for */
    return finds && names_model(facts, ml_child(facts, callee, ML_ROLE_OBJECT));
}

static bool is_row(const ml_facts *facts, ml_node_id node, int depth);

/* A row of a model, and not of an interface that is declared here or of what a page fetched. */
static bool is_row_type(const ml_facts *facts, ml_str type)
{
    static const char *const words[] = {"findAll", "findMany",  "findOne", "sequelize",
                                        "typeorm", "epository", "knex",    "queryRunner"};
    ml_str text = facts->lines.text;
    bool database = false;

    if (!ml_pricing_is_model(type) || ml_str_find_char(type, '{') != ML_NOT_FOUND)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        database |= ml_str_contains(text, ml_str_of(words[i]));
    while (type.len && (type.data[type.len - 1] == ']' || type.data[type.len - 1] == '['))
        type.len--;
    for (size_t at = 0; type.len && at < text.len;) {
        size_t found = ml_str_find(ml_str_from(text, at), ML_STR("interface "));
        if (found == ML_NOT_FOUND)
            break;
        at += found + 10;
        ml_str rest = ml_str_from(text, at);
        if (ml_str_starts(rest, type) &&
            (rest.len == type.len || rest.data[type.len] == ' ' || rest.data[type.len] == '{'))
            return false;
    }
    return database;
}

/* Does a collection hold rows of a billing model? */
static bool is_rows(const ml_facts *facts, ml_node_id node, int depth)
{
    node = unwrap(facts, node);
    if (depth > 4)
        return false;
    if (is_query(facts, node))
        return true;
    if (ml_kind_of(facts, node) == ML_NODE_CALL) { /* rows.filter(...).map? only what keeps rows */
        ml_node_id callee = ml_child(facts, node, ML_ROLE_CALLEE);
        ml_str verb = ml_text_of(facts, callee);
        bool keeps = ml_str_eq_c(verb, "filter") || ml_str_eq_c(verb, "slice") || ml_str_eq_c(verb, "sort");
        return ml_kind_of(facts, callee) == ML_NODE_MEMBER && keeps &&
               is_rows(facts, ml_child(facts, callee, ML_ROLE_OBJECT), depth + 1);
    }
    return ml_kind_of(facts, node) == ML_NODE_IDENT && is_row(facts, node, depth + 1);
}

/* rows.reduce((sum, row) => ...): the collection whose callback has the parameter. */
static ml_node_id collection_of(const ml_facts *facts, const ml_binding *b)
{
    ml_node_id function = ml_node_at(facts, b->decl)->parent;
    ml_node_id call = ml_node_at(facts, function)->parent, callee = ml_child(facts, call, ML_ROLE_CALLEE);

    if (ml_kind_of(facts, call) != ML_NODE_CALL || ml_kind_of(facts, callee) != ML_NODE_MEMBER)
        return 0;
    ml_str verb = ml_text_of(facts, callee);
    bool reduces = ml_str_eq_c(verb, "reduce") || ml_str_eq_c(verb, "reduceRight");
    bool each = ml_str_eq_c(verb, "forEach") || ml_str_eq_c(verb, "map");
    if ((reduces && b->index != 1) || (each && b->index != 0) || (!reduces && !each))
        return 0;
    return ml_child(facts, callee, ML_ROLE_OBJECT);
}

static bool is_row(const ml_facts *facts, ml_node_id node, int depth)
{
    const ml_binding *b = &facts->bindings[ml_node_at(facts, node)->ref];
    ml_node_id type = ml_node_at(facts, node)->ref ? ml_child(facts, b->decl, ML_ROLE_TYPE) : 0;

    if (ml_kind_of(facts, node) != ML_NODE_IDENT || !ml_node_at(facts, node)->ref || depth > 4)
        return false;
    if (type)
        return is_row_type(facts, ml_text_of(facts, type));
    switch (b->kind) {
    case ML_BIND_VAR: return is_rows(facts, ml_child(facts, b->decl, ML_ROLE_VALUE), depth + 1);
    case ML_BIND_FOR: return is_rows(facts, ml_child(facts, b->decl, ML_ROLE_VALUE), depth + 1);
    case ML_BIND_PARAM: {
        ml_node_id rows = collection_of(facts, b);
        return rows && is_rows(facts, rows, depth + 1);
    }
    default: return false;
    }
}

static bool is_decimal(const ml_facts *facts, ml_node_id node)
{
    return ml_kind_of(facts, node) == ML_NODE_MEMBER && is_amount_column(ml_text_of(facts, node)) &&
           is_row(facts, ml_child(facts, node, ML_ROLE_OBJECT), 0);
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_concerns(ctx))
        return;
    for (ml_node_id node = 1; node < facts->node_count; node++) {
        const ml_node *n = ml_node_at(facts, node);
        bool sum = n->kind == ML_NODE_BINARY && n->op == ML_OP_ADD,
             adds = n->kind == ML_NODE_ASSIGN && n->op == ML_OP_ADD;
        if (!sum && !adds)
            continue;
        if (!is_decimal(facts, ml_child(facts, node, adds ? ML_ROLE_VALUE : ML_ROLE_RIGHT)) &&
            !(sum && is_decimal(facts, ml_child(facts, node, ML_ROLE_LEFT))))
            continue;
        ml_finding *finding = ml_ctx_report(ctx, node);
        ml_finding_set(ctx, finding, "code", ml_str_slice(ml_source_of(facts, node), 0, 80));
    }
}

static const ml_rule_need *const needs[] = {&ml_pricing_model_need, &ml_pricing_need, NULL};

extern const ml_rule ml_rule_pricing_decimal_concatenated;
const ml_rule ml_rule_pricing_decimal_concatenated = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
