/* practice/last-day-lost - a range of times ends at midnight of its last day.
 *
 * Reports  Op.between and Op.lte on a column of time whose end is new Date(x), x being a
 *          date without time (a literal, or a name like endDate), and BETWEEN with such
 *          literals in SQL texts about bills.
 * Silent   about ends with a time, ends that are moved on (endOf, addDays, setHours), ends
 *          of unknown origin (a period's `end` may well be an instant), columns of dates, and
 *          queries that are not about money or usage. */
#include "practice.h"
#include "pricing.h"

#include <string.h>

static bool is_date_only(ml_str text)
{
    if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (i != 4 && i != 7 && (text.data[i] < '0' || text.data[i] > '9'))
            return false;
    return true;
}

static bool is_end_name(ml_str name)
{
    return rule_name_is(name, "endDate end_date dateTo toDate endDay lastDay end_day dateEnd");
}

/* What only a request's texts make a date: `req.query.end`. */
static bool is_end_word(ml_str name)
{
    return rule_name_is(name, "end to until endAt");
}

static bool is_end(const ml_facts *facts, ml_node_id node)
{
    ml_str name = ml_text_of(facts, node);
    return is_end_name(name) || (is_end_word(name) && rule_is_from_request(facts, node));
}

/* Is the query about money or usage: by its function or the file's name? */
static bool is_about_bills(const ml_facts *facts, ml_node_id node)
{
    return rule_text_has(rule_text_around(facts, node), "bill usage invoice charge payment revenue") ||
           rule_text_has(facts->path, "bill usage invoice charge payment revenue payper");
}

/* new Date(endDate), new Date('2025-01-31'), or those texts themselves */
static bool is_midnight(const ml_facts *facts, ml_node_id end)
{
    end = rule_meaning(facts, end);
    if (ml_kind_of(facts, end) == ML_NODE_NEW &&
        ml_str_eq_c(ml_text_of(facts, ml_child(facts, end, ML_ROLE_CALLEE)), "Date")) {
        ml_node_id arg = ml_child(facts, end, ML_ROLE_ARG);
        if (!arg || ml_next_child(facts, arg))
            return false;
        arg = rule_meaning(facts, arg);
        if (ml_kind_of(facts, arg) == ML_NODE_STRING)
            return is_date_only(ml_text_of(facts, arg));
        return (ml_kind_of(facts, arg) == ML_NODE_IDENT || ml_kind_of(facts, arg) == ML_NODE_MEMBER) &&
               is_end(facts, arg);
    }
    if (ml_kind_of(facts, end) == ML_NODE_STRING)
        return is_date_only(ml_text_of(facts, end));
    /* A parameter `endDate: string` handed on. */
    const ml_binding *b = &facts->bindings[ml_node_at(facts, end)->ref];
    return ml_kind_of(facts, end) == ML_NODE_IDENT && ml_node_at(facts, end)->ref && b->kind == ML_BIND_PARAM &&
           ml_str_eq_c(ml_text_of(facts, end), "endDate") &&
           ml_str_eq_c(ml_text_of(facts, ml_child(facts, b->decl, ML_ROLE_TYPE)), "string");
}

/* The column whose condition the operator stands in. */
static bool is_time_column(const ml_facts *facts, ml_node_id property)
{
    ml_node_id column = ml_node_at(facts, ml_node_at(facts, property)->parent)->parent;
    ml_str name = ml_text_of(facts, column);

    if (ml_kind_of(facts, column) == ML_NODE_ASSIGN)
        name = ml_text_of(facts, ml_child(facts, column, ML_ROLE_TARGET));
    return (ml_str_ends(name, ML_STR("At")) || ml_str_ends(name, ML_STR("_at")) || ml_str_ends(name, ML_STR("Time")) ||
            ml_str_ends(name, ML_STR("_time")) || ml_str_ends(name, ML_STR("timestamp")));
}

/* Is the end moved on somewhere in the function: setHours(23, ...), setDate(+1)? */
static bool is_moved(const ml_facts *facts, ml_node_id node)
{
    return rule_text_has(rule_text_around(facts, node),
                         "endof sethours setutchours setdate adddays 23:59 plusdays .add( nextday dayafter");
}

static void judge_operator(ml_ctx *ctx, const ml_facts *facts, ml_node_id property)
{
    ml_node_id key = ml_child(facts, property, ML_ROLE_KEY),
               value = rule_meaning(facts, ml_child(facts, property, ML_ROLE_VALUE));
    ml_str name = key ? ml_text_of(facts, key) : ml_text_of(facts, property);
    ml_node_id end = 0;

    if (rule_name_is(name, "between $between") && ml_kind_of(facts, value) == ML_NODE_ARRAY)
        end = ml_child_at(facts, value, ML_ROLE_ELEMENT, 1);
    else if (rule_name_is(name, "lte $lte"))
        end = value;
    if (!end || !is_time_column(facts, property) || !is_midnight(facts, end) || is_moved(facts, property) ||
        !is_about_bills(facts, property))
        return;
    ml_finding_set(ctx, ml_ctx_report(ctx, property), "end", ml_str_slice(ml_source_of(facts, end), 0, 60));
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_concerns(ctx))
        return;
    for (ml_node_id node = 1; node < facts->node_count; node++)
        if (ml_kind_of(facts, node) == ML_NODE_PROPERTY)
            judge_operator(ctx, facts, node);
}

/* ... created_at BETWEEN '2025-01-01' AND '2025-01-31' */
static void judge_text(ml_ctx *ctx, ml_node_id node)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_str text = ml_source_of(facts, node);
    size_t between = ml_str_find_nocase(text, ML_STR("between "));

    if (between == ML_NOT_FOUND || !rule_text_has(text, "ai_bill ai_model_usage billing_record") ||
        !rule_text_has(ml_str_slice(text, between > 20 ? between - 20 : 0, between), "_at _time"))
        return;
    ml_str rest = ml_str_from(text, between);
    size_t and_at = ml_str_find_nocase(rest, ML_STR(" and "));
    if (and_at == ML_NOT_FOUND)
        return;
    ml_str end = ml_str_trim(ml_str_from(rest, and_at + 5));
    if (end.len > 11 && (end.data[0] == '\'' || end.data[0] == '"') && is_date_only(ml_str_slice(end, 1, 11)) &&
        end.data[11] == end.data[0])
        ml_finding_set(ctx, ml_ctx_report(ctx, node), "end", ml_str_slice(end, 1, 11));
}

/* BETWEEN … AND '2025-01-31' */
static bool ends_with_date(ml_str behind)
{
    enum { REACH = 4096 };
    ml_str near = ml_str_slice(behind, 0, REACH);
    size_t and_at = ml_str_find_nocase(near, ML_STR(" and "));

    if (and_at == ML_NOT_FOUND)
        return false;
    ml_str end = ml_str_trim(ml_str_from(behind, and_at + 5));
    return end.len > 11 && is_date_only(ml_str_slice(end, 1, 11));
}

/* The key of an operator, or BETWEEN of SQL. */
static bool may_end(ml_str name, ml_str behind)
{
    if (ml_str_eq_nocase(name, ML_STR("between")) && ml_str_starts(behind, ML_STR(" ")) && ends_with_date(behind))
        return true;
    while (behind.len && ((unsigned char)behind.data[0] <= ' ' || strchr("\"'`]", behind.data[0])))
        behind = ml_str_from(behind, 1);
    return rule_name_is(name, "between $between lte $lte") && behind.len &&
           (behind.data[0] == ':' || behind.data[0] == '/');
}

static const char *const ends[] = {"between", "lte", NULL}, *const tables[] = {"ai_model_usage", NULL};
static const ml_rule_need end_need = {.words = ends, .any_case = true, .fits = may_end};
/* A text about a table needs no other word, in whatever case SQL is written. */
static const ml_rule_need bill_need = {.words = ml_formula_words, .more_words = tables, .any_case = true};
static const ml_rule_need *const needs[] = {&bill_need, &end_need, NULL};

extern const ml_rule ml_rule_practice_last_day_lost;
const ml_rule ml_rule_practice_last_day_lost = {
    .needs = needs, .judge_file = judge_file, .judge_text = judge_text, .in_bridge = true};
