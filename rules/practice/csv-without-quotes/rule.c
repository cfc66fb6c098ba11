/* practice/csv-without-quotes - free text goes into a CSV row as it is.
 *
 * Reports  [..., r.modelName, ...].join(",") and templates with commas between their
 *          values, in files that speak of CSV, when a name or text stands in them bare.
 * Silent   about labels, numbers and dates, about values that pass through any function,
 *          about rows of constants, and about rows written while debugging. */
#include "practice.h"
#include "pricing.h"

static bool is_free_text(const ml_facts *facts, ml_node_id node)
{
    ml_node_kind kind = ml_kind_of(facts, node);

    if (kind == ML_NODE_BINARY &&
        (ml_node_at(facts, node)->op == ML_OP_NULLISH || ml_node_at(facts, node)->op == ML_OP_OR))
        return is_free_text(facts, rule_meaning(facts, ml_child(facts, node, ML_ROLE_LEFT)));
    if (kind != ML_NODE_MEMBER && kind != ML_NODE_IDENT)
        return false;
    return rule_name_is(ml_text_of(facts, node),
                        "model modelName model_name name userName user_name username nickname email "
                        "error errorMessage message remark note notes description title prompt "
                        "comment company customer displayName content text");
}

static ml_node_id free_text_in(const ml_facts *facts, ml_node_id holder, ml_role role)
{
    for (ml_node_id e = ml_child(facts, holder, role); e; e = ml_next_child(facts, e)) {
        ml_node_id meaning = rule_meaning(facts, e); /* const name = escapeCsv(p.name) */
        if (is_free_text(facts, e) && (meaning == e || is_free_text(facts, meaning)))
            return e;
    }
    return 0;
}

static void report(ml_ctx *ctx, ml_node_id at, ml_node_id field)
{
    if (rule_text_has(rule_text_around(ml_ctx_facts(ctx), at), "debug"))
        return; /* nobody opens it but who wrote it */
    ml_finding_set(ctx, ml_ctx_report(ctx, at), "field", ml_source_of(ml_ctx_facts(ctx), field));
}

static void judge_join(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id row = rule_method_call(facts, call, "join"), comma = ml_child(facts, call, ML_ROLE_ARG);
    ml_str between = ml_text_of(facts, comma);

    if (!row || (comma && (ml_kind_of(facts, comma) != ML_NODE_STRING || !rule_name_is(between, ", ; \t"))))
        return;
    row = rule_meaning(facts, row);
    ml_node_id field = ml_kind_of(facts, row) == ML_NODE_ARRAY ? free_text_in(facts, row, ML_ROLE_ELEMENT) : 0;
    if (field)
        report(ctx, call, field);
}

/* `${a},${b},${c}`: at least two commas right between values. */
static void judge_template(ml_ctx *ctx, const ml_facts *facts, ml_node_id node)
{
    int commas = 0;

    for (ml_node_id p = ml_child(facts, node, ML_ROLE_PART); p; p = ml_next_child(facts, p))
        commas += ml_kind_of(facts, p) == ML_NODE_STRING && ml_str_eq_c(ml_text_of(facts, p), ",");
    ml_node_id field = commas >= 2 ? free_text_in(facts, node, ML_ROLE_PART) : 0;
    if (field)
        report(ctx, node, field);
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_concerns(ctx) ||
        (!rule_text_has(facts->lines.text, "csv") && !rule_text_has(facts->path, "csv export")))
        return;
    for (uint32_t i = 0; i < facts->call_count; i++)
        judge_join(ctx, facts, facts->calls[i]);
    for (ml_node_id node = 1; node < facts->node_count; node++)
        if (ml_kind_of(facts, node) == ML_NODE_TEMPLATE)
            judge_template(ctx, facts, node);
}

/* A call of join, or a comma between two values of a template. */
static bool may_join(ml_str name, ml_str behind)
{
    return (ml_str_eq_c(name, "join") && rule_may_be_called(behind)) || ml_str_contains(name, ML_STR("},${"));
}

static const char *const joins[] = {"join", "},${", NULL}, *const csvs[] = {"csv", NULL},
                         *const folders[] = {"csv", "export", NULL};
static const ml_rule_need join_need = {.words = joins, .fits = may_join},
                          csv_need = {.words = csvs, .any_case = true, .path_words = folders};
static const ml_rule_need *const needs[] = {&ml_pricing_need, &join_need, &csv_need, NULL};

extern const ml_rule ml_rule_practice_csv_without_quotes;
const ml_rule ml_rule_practice_csv_without_quotes = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
