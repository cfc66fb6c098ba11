/* What the practice rules share. */
#include "practice.h"

#include "ml/formula.h"
#include "pricing.h"

#include <string.h>

/* ---- words ---- */

static bool next_word(ml_str *list, ml_str *word)
{
    while (list->len && list->data[0] == ' ')
        *list = ml_str_from(*list, 1);
    *word = ml_str_split(list, ' ');
    return word->len > 0;
}

bool rule_text_has(ml_str text, const char *words)
{
    ml_str list = ml_str_of(words), word;

    while (next_word(&list, &word))
        if (ml_str_find_nocase(text, word) != ML_NOT_FOUND)
            return true;
    return false;
}

bool rule_name_is(ml_str name, const char *words)
{
    ml_str list = ml_str_of(words), word;

    while (next_word(&list, &word))
        if (ml_str_eq(name, word))
            return true;
    return false;
}

#define BILL_WORDS  "billingrecord", "billing_record", "billrecord", "bill_record"
#define USAGE_WORDS "modelusage", "model_usage", "usagerecord", "usage_record", "aiusage"

static const char *const bill_words[] = {BILL_WORDS, NULL}, *const usage_words[] = {USAGE_WORDS, NULL};
/* AIBill is a model by the whole of its name alone. */
static const char *const bill_name_words[] = {BILL_WORDS, "aibill", NULL};
static const char *const row_words[] = {BILL_WORDS, "aibill", USAGE_WORDS, NULL};
static const char *const request_words[] = {"req.", "request.", "ctx.", NULL};
const ml_rule_need rule_need_bill = {.words = bill_name_words, .any_case = true};
const ml_rule_need rule_need_usage = {.words = usage_words, .any_case = true};
const ml_rule_need rule_need_row = {.words = row_words, .any_case = true};
const ml_rule_need rule_need_request = {.words = request_words};

static bool has_any(ml_str text, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (ml_str_find_nocase(text, ml_str_of(words[i])) != ML_NOT_FOUND)
            return true;
    return false;
}

static ml_str without_blanks(ml_str text)
{
    while (text.len && (unsigned char)text.data[0] <= ' ')
        text = ml_str_from(text, 1);
    return text;
}

bool rule_may_be_called(ml_str behind)
{
    behind = without_blanks(behind);
    return behind.len && (strchr("(<!", behind.data[0]) || ml_str_starts(behind, ML_STR("?.")) ||
                          ml_str_starts(behind, ML_STR("/*")) || ml_str_starts(behind, ML_STR("//")));
}

bool rule_is_bill_model(ml_str name)
{
    return has_any(name, bill_words) || rule_name_is(name, "AIBill AIBills");
}

bool rule_is_usage_model(ml_str name)
{
    return has_any(name, usage_words);
}

/* ---- calls ---- */

ml_node_id rule_method_call(const ml_facts *facts, ml_node_id call, const char *verbs)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);

    if (ml_kind_of(facts, call) != ML_NODE_CALL || ml_kind_of(facts, callee) != ML_NODE_MEMBER ||
        !rule_name_is(ml_text_of(facts, callee), verbs))
        return 0;
    return ml_child(facts, callee, ML_ROLE_OBJECT);
}

/* The last name of the object: `this.models.AIBillingRecord`. */
static ml_str model_name(const ml_facts *facts, ml_node_id object)
{
    ml_node_kind kind = ml_kind_of(facts, object);
    return kind == ML_NODE_IDENT || kind == ML_NODE_MEMBER ? ml_text_of(facts, object) : ML_STR_NONE;
}

/* Only classes: `billingRecord.update` is one row. */
static bool is_class_name(ml_str name)
{
    return name.len && ((name.data[0] >= 'A' && name.data[0] <= 'Z') || ml_str_ends(name, ML_STR("Model")) ||
                        ml_str_ends(name, ML_STR("Repository")) || ml_str_ends(name, ML_STR("Repo")));
}

bool rule_on_bills(const ml_facts *facts, ml_node_id call, const char *verbs)
{
    ml_str name = model_name(facts, rule_method_call(facts, call, verbs));
    return is_class_name(name) && rule_is_bill_model(name);
}

bool rule_on_usages(const ml_facts *facts, ml_node_id call, const char *verbs)
{
    ml_str name = model_name(facts, rule_method_call(facts, call, verbs));
    return is_class_name(name) && rule_is_usage_model(name);
}

/* ---- objects ---- */

ml_node_id rule_meaning(const ml_facts *facts, ml_node_id node)
{
    for (int i = 0; i < 8 && ml_kind_of(facts, node) == ML_NODE_IDENT && ml_node_at(facts, node)->ref; i++) {
        const ml_binding *b = &facts->bindings[ml_node_at(facts, node)->ref];
        ml_node_id value = b->kind == ML_BIND_VAR ? ml_child(facts, b->decl, ML_ROLE_VALUE) : 0;
        if (!value || b->write_count || ml_kind_of(facts, ml_child(facts, b->decl, ML_ROLE_TARGET)) != ML_NODE_IDENT)
            break;
        node = value;
    }
    return node;
}

static ml_node_id value_of_member(const ml_facts *facts, ml_node_id member)
{
    return ml_kind_of(facts, member) == ML_NODE_PROPERTY ? ml_child(facts, member, ML_ROLE_VALUE) : 0;
}

ml_node_id rule_property(const ml_facts *facts, ml_node_id object, const char *name)
{
    object = rule_meaning(facts, object);
    if (ml_kind_of(facts, object) != ML_NODE_OBJECT)
        return 0;
    for (ml_node_id m = ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m))
        if (ml_str_eq_c(ml_text_of(facts, m), name) && ml_kind_of(facts, m) == ML_NODE_PROPERTY)
            return rule_meaning(facts, value_of_member(facts, m));
    return 0;
}

bool rule_has_key(const ml_facts *facts, ml_node_id object, const char *names, bool *open)
{
    bool found = false;

    object = rule_meaning(facts, object);
    *open = ml_kind_of(facts, object) != ML_NODE_OBJECT;
    for (ml_node_id m = *open ? 0 : ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        ml_node_id key = ml_child(facts, m, ML_ROLE_KEY);
        found |= rule_name_is(ml_text_of(facts, key ? key : m), names);
        *open |= ml_kind_of(facts, m) == ML_NODE_SPREAD;
    }
    return found;
}

/* ---- around ---- */

ml_node_id rule_function_around(const ml_facts *facts, ml_node_id node)
{
    uint32_t index = ml_function_around(facts, node);
    return index ? facts->functions[index].node : 0;
}

ml_str rule_text_around(const ml_facts *facts, ml_node_id node)
{
    ml_node_id function = rule_function_around(facts, node);
    return function ? ml_source_of(facts, function) : facts->lines.text;
}

bool rule_is_below_call(const ml_facts *facts, ml_node_id node, const char *callee)
{
    for (ml_node_id at = ml_node_at(facts, node)->parent; at; at = ml_node_at(facts, at)->parent)
        if (ml_kind_of(facts, at) == ML_NODE_CALL &&
            ml_str_eq_c(ml_text_of(facts, ml_child(facts, at, ML_ROLE_CALLEE)), callee))
            return true;
    return false;
}

ml_node_id rule_loop_over(const ml_facts *facts, ml_node_id node)
{
    for (ml_node_id at = ml_node_at(facts, node)->parent; at; at = ml_node_at(facts, at)->parent) {
        ml_node_id over = 0;
        if (ml_kind_of(facts, at) == ML_NODE_FOR_IN)
            return ml_child(facts, at, ML_ROLE_VALUE);
        if (ml_kind_of(facts, at) == ML_NODE_CALL && (over = rule_method_call(facts, at, "forEach map")) &&
            ml_is_within(facts, node, ml_child(facts, at, ML_ROLE_ARG)))
            return over;
    }
    return 0;
}

/* ---- requests ---- */

static bool is_request_value(const ml_facts *facts, ml_node_id node)
{
    ml_node_id object = ml_child(facts, node, ML_ROLE_OBJECT);

    if (ml_kind_of(facts, node) != ML_NODE_MEMBER)
        return false;
    ml_str text = ml_source_of(facts, node);
    if (!rule_name_is(ml_text_of(facts, object), "query params body") &&
        !rule_name_is(ml_text_of(facts, node), "query params body"))
        return false;
    return ml_str_starts(text, ML_STR("req.")) || ml_str_starts(text, ML_STR("request.")) ||
           ml_str_starts(text, ML_STR("ctx.")) || ml_str_starts(text, ML_STR("this.ctx."));
}

/* A name bound to (a part of) a request's value. */
static bool is_bound_to_request(const ml_facts *facts, ml_node_id node)
{
    const ml_binding *b = &facts->bindings[ml_node_at(facts, node)->ref];

    if (ml_kind_of(facts, node) != ML_NODE_IDENT || !ml_node_at(facts, node)->ref || b->kind != ML_BIND_VAR)
        return false;
    ml_node_id value = ml_child(facts, b->decl, ML_ROLE_VALUE);
    return is_request_value(facts, value);
}

/* Conversions that leave only digits or a checked form. */
static bool is_cleaned(ml_str callee)
{
    return rule_text_has(
        callee, "number parse int date valid check schema sanitize escape format safe encode float bigint cast");
}

bool rule_is_from_request(const ml_facts *facts, ml_node_id node)
{
    ml_node_id root = rule_meaning(facts, node);

    for (ml_node_id n = root; n;) {
        if (is_request_value(facts, n) || is_bound_to_request(facts, n))
            return true;
        if (ml_kind_of(facts, n) == ML_NODE_IDENT && n != root) {
            ml_node_id meaning = rule_meaning(facts, n);
            if (meaning != n &&
                (is_request_value(facts, meaning) || (ml_kind_of(facts, meaning) == ML_NODE_BINARY &&
                                                      is_request_value(facts, ml_child(facts, meaning, ML_ROLE_LEFT)))))
                return true;
        }
        bool cleaned =
            ml_kind_of(facts, n) == ML_NODE_CALL && is_cleaned(ml_text_of(facts, ml_child(facts, n, ML_ROLE_CALLEE)));
        bool skip = cleaned || ml_kind_of(facts, n) == ML_NODE_FUNCTION || ml_kind_of(facts, n) == ML_NODE_CONDITIONAL;
        n = skip ? ml_walk_past(facts, root, n) : ml_walk(facts, root, n);
    }
    return false;
}

int64_t rule_whole_number(ml_ctx *ctx, ml_node_id node)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_formula formula;

    ml_formula_read(&formula, ml_ctx_link(ctx), ml_ctx_eval(ctx), ml_ctx_file(ctx), rule_meaning(facts, node));
    if (formula.sum.unknown || formula.sum.count != 1 || formula.sum.terms[0].den != 1)
        return -1;
    for (int i = 0; i < ML_FR_COUNT; i++)
        if (formula.sum.terms[0].power[i])
            return -1;
    return formula.sum.terms[0].num;
}

/* ---- SQL ---- */

/* The statement that begins with the word at or after from; the word must begin a word itself. */
static ml_str statement_from(ml_str text, uint32_t from, const char *word, uint32_t *start)
{
    size_t len = strlen(word);

    for (size_t at = from; at < text.len; at += len) {
        size_t found = ml_str_find_nocase(ml_str_from(text, at), ml_str_of(word));
        if (found == ML_NOT_FOUND)
            break;
        at += found;
        char before = at ? text.data[at - 1] : ' ';
        if (before > ' ' && before != '`' && before != '\'' && before != '"' && before != ';' && before != '(')
            continue;
        size_t end = at;
        while (end < text.len && text.data[end] != ';')
            end++;
        *start = (uint32_t)at;
        return ml_str_slice(text, at, end);
    }
    return ML_STR_NONE;
}

static bool is_copy(ml_str statement)
{
    size_t select = ml_str_find_nocase(statement, ML_STR("select"));

    /* Into the archive: the way back is a repair. */
    return select != ML_NOT_FOUND && rule_text_has(ml_str_slice(statement, 0, select), "archive history backup _old") &&
           rule_text_has(statement, "bill usage");
}

rule_sql rule_archive_of(ml_str text)
{
    rule_sql sql = {0};

    for (uint32_t at = 0; at < text.len;) {
        ml_str copy = statement_from(text, at, "insert into", &sql.copy_start);
        if (!copy.len)
            return sql;
        at = sql.copy_start + (uint32_t)copy.len;
        if (!is_copy(copy))
            continue;
        sql.copy = copy;
        break;
    }
    if (sql.copy.len) {
        ml_str remove = statement_from(text, sql.copy_start + (uint32_t)sql.copy.len, "delete", &sql.remove_start);
        if (rule_text_has(remove, "bill usage"))
            sql.remove = remove;
    }
    return sql;
}

void rule_each_call(ml_ctx *ctx, rule_judge_call *judge)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    for (uint32_t i = 0; ml_pricing_concerns(ctx) && i < facts->call_count; i++)
        judge(ctx, facts, facts->calls[i]);
}

void rule_each_sql(ml_ctx *ctx, rule_judge_sql *judge)
{
    const ml_link_host *host = ml_link_host_of(ml_ctx_link(ctx));
    ml_str text;

    for (uint32_t i = 0; i < host->file_count; i++) {
        if (host->files[i].kind != ML_FILE_SQL || !host->text(host->data, host->files[i].path, &text))
            continue;
        rule_sql sql = rule_archive_of(text);
        if (sql.copy.len)
            judge(ctx, host->files[i].path, text, &sql);
    }
}
