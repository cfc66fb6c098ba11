/* sql_table.c - columns and constraints of a table definition. */
#include "sql_read.h"

const sql_token *sql_peek(const sql_reader *r, uint32_t ahead)
{
    static const sql_token end = {.kind = SQL_END};
    bool inside = r->i < r->tokens.count && ahead < r->tokens.count - r->i;
    return inside ? &r->tokens.items[r->i + ahead] : &end;
}

static ml_str source(const sql_reader *r, const sql_token *token)
{
    return ml_str_slice(r->lexer.text, token->start, token->end);
}

bool sql_is_word(const sql_reader *r, uint32_t ahead, const char *word)
{
    const sql_token *token = sql_peek(r, ahead);
    return token->kind == SQL_WORD && ml_str_eq_nocase(source(r, token), ml_str_of(word));
}

bool sql_is_punct(const sql_reader *r, uint32_t ahead, char punct)
{
    const sql_token *token = sql_peek(r, ahead);
    return token->kind == SQL_PUNCT && token->punct == punct;
}

bool sql_is_name(const sql_reader *r, uint32_t ahead)
{
    const sql_token *token = sql_peek(r, ahead);
    return token->kind == SQL_WORD || token->kind == SQL_QUOTED;
}

bool sql_accept(sql_reader *r, const char *word)
{
    bool is = sql_is_word(r, 0, word);
    r->i += is;
    return is;
}

bool sql_accept_punct(sql_reader *r, char punct)
{
    bool is = sql_is_punct(r, 0, punct);
    r->i += is;
    return is;
}

void sql_skip(sql_reader *r)
{
    int depth = 0;
    do {
        const sql_token *token = sql_peek(r, 0);
        if (token->kind == SQL_END)
            return;
        if (token->kind == SQL_PUNCT)
            depth += (token->punct == '(' || token->punct == '[') - (token->punct == ')' || token->punct == ']');
        r->i++;
    } while (depth > 0);
}

bool sql_at_comma_or_close(const sql_reader *r)
{
    return sql_peek(r, 0)->kind == SQL_END || sql_is_punct(r, 0, ',') || sql_is_punct(r, 0, ')');
}

void sql_skip_to_comma(sql_reader *r)
{
    while (!sql_at_comma_or_close(r))
        sql_skip(r);
}

uint32_t sql_end_before(const sql_reader *r)
{
    uint32_t read = r->i < r->tokens.count ? r->i : r->tokens.count;
    return read > 0 ? r->tokens.items[read - 1].end : 0;
}

void sql_if_not_exists(sql_reader *r)
{
    if (sql_accept(r, "if")) {
        sql_accept(r, "not");
        sql_accept(r, "exists");
    }
    sql_accept(r, "only");
}

ml_str sql_name(sql_reader *r)
{
    ml_str name = ML_STR_NONE;
    while (sql_is_name(r, 0)) {
        name = sql_decode(&r->lexer, r->arena, sql_peek(r, 0));
        r->i++;
        if (!sql_is_punct(r, 0, '.') || !sql_is_name(r, 1))
            break;
        r->i++;
    }
    return name;
}

/* ---- types ---- */

static void read_type_argument(sql_reader *r, ml_sql_column *column, int32_t **next)
{
    const sql_token *token = sql_peek(r, 0);
    if (token->kind == SQL_NUMBER && *next) {
        long value = 0;
        for (uint32_t i = token->start; i < token->end && value < 1000000; i++) {
            char digit = r->lexer.text.data[i];
            if (digit < '0' || digit > '9')
                break;
            value = value * 10 + (digit - '0');
        }
        **next = (int32_t)value;
        *next = *next == &column->precision ? &column->scale : NULL;
    } else if (token->kind == SQL_STRING || token->kind == SQL_QUOTED) {
        ml_vec_push(r->arena, &column->values, sql_decode(&r->lexer, r->arena, token));
    }
    sql_skip(r);
}

static void read_type_arguments(sql_reader *r, ml_sql_column *column)
{
    int32_t *next = &column->precision;
    if (!sql_accept_punct(r, '('))
        return;
    while (!sql_is_punct(r, 0, ')') && sql_peek(r, 0)->kind != SQL_END)
        read_type_argument(r, column, &next);
    sql_accept_punct(r, ')');
}

/* Words that may stand where a type may be left out (SQLite). */
static bool is_attribute(const sql_reader *r)
{
    static const char *const words[] = {"not",        "null",    "default",    "primary",   "unique", "check",
                                        "references", "collate", "constraint", "generated", "as",     "autoincrement"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (sql_is_word(r, 0, words[i]))
            return true;
    return false;
}

void sql_read_column_type(sql_reader *r, ml_sql_column *column)
{
    if (!sql_is_name(r, 0) || is_attribute(r))
        return;
    sql_accept(r, "national");
    ml_str type = ml_arena_lower(r->arena, sql_name(r));
    if (sql_accept(r, "varying"))
        type = ML_STR("varchar");
    sql_accept(r, "precision"); /* double precision */
    read_type_arguments(r, column);
    if (sql_is_word(r, 0, "with") || sql_is_word(r, 0, "without")) { /* [local] time zone */
        type = sql_is_word(r, 0, "with") ? ml_arena_printf(r->arena, "%.*stz", ML_STR_ARG(type)) : type;
        while (sql_accept(r, "with") || sql_accept(r, "without") || sql_accept(r, "local") || sql_accept(r, "time") ||
               sql_accept(r, "zone"))
            ;
    }
    if (sql_accept_punct(r, '[')) {
        while (sql_peek(r, 0)->kind != SQL_END && !sql_accept_punct(r, ']'))
            r->i++;
        type = ml_arena_printf(r->arena, "%.*s[]", ML_STR_ARG(type));
    }
    column->type = type;
    if (ml_str_contains(type, ML_STR("serial")))
        column->auto_increment = column->not_null = true;
}

/* ---- attributes ---- */

static ml_str read_action(sql_reader *r)
{
    if (sql_accept(r, "set"))
        return sql_accept(r, "null") ? ML_STR("set null") : (r->i++, ML_STR("set default"));
    if (sql_accept(r, "no"))
        return r->i++, ML_STR("no action");
    ml_str action = ml_arena_lower(r->arena, source(r, sql_peek(r, 0)));
    r->i += sql_peek(r, 0)->kind != SQL_END;
    return action;
}

static void read_references(sql_reader *r, ml_str *table, ml_sql_names *columns, ml_str *on_delete)
{
    *table = sql_name(r);
    if (sql_is_punct(r, 0, '('))
        sql_read_key_columns(r, columns);
    for (;;) {
        if (sql_is_word(r, 0, "on") && sql_is_word(r, 1, "delete")) {
            r->i += 2;
            *on_delete = read_action(r);
        } else if (sql_is_word(r, 0, "on") && sql_is_word(r, 1, "update")) {
            r->i += 2;
            read_action(r);
        } else if (sql_is_word(r, 0, "match")) {
            r->i += 2;
        } else if (!sql_accept(r, "deferrable") && !sql_accept(r, "initially") && !sql_accept(r, "deferred") &&
                   !sql_accept(r, "immediate")) {
            return;
        }
    }
}

ml_str sql_read_default(sql_reader *r)
{
    uint32_t start = sql_peek(r, 0)->start;
    if (sql_at_comma_or_close(r))
        return ML_STR_NONE;
    if (sql_is_punct(r, 0, '-') || sql_is_punct(r, 0, '+'))
        r->i++;
    sql_skip(r);
    for (;;) { /* f(x), a.b, 'x'::type(3) */
        if (sql_is_punct(r, 0, '(') || sql_is_punct(r, 0, '[')) {
            sql_skip(r);
        } else if (sql_accept_punct(r, ':') || sql_accept_punct(r, '.')) {
            sql_name(r);
            sql_accept(r, "varying");
        } else {
            break;
        }
    }
    return ml_str_slice(r->lexer.text, start, sql_end_before(r));
}

static void read_generated(sql_reader *r, ml_sql_column *column)
{
    sql_accept(r, "always");
    if (sql_accept(r, "by"))
        sql_accept(r, "default");
    if (!sql_accept(r, "as"))
        return;
    if (sql_accept(r, "identity"))
        column->auto_increment = column->not_null = true;
    else
        column->generated = true;
    if (sql_is_punct(r, 0, '('))
        sql_skip(r);
}

static void read_inline_check(sql_reader *r, ml_sql_column *column)
{
    ml_sql_checks checks = {0};
    sql_read_check(r, &checks);
    for (uint32_t i = 0; i < checks.count; i++)
        if (ml_str_eq_nocase(checks.items[i].column, column->name))
            column->values = checks.items[i].values;
}

static void read_inline_references(sql_reader *r, ml_sql_column *column)
{
    ml_sql_names targets = {0};
    read_references(r, &column->references_table, &targets, &column->on_delete);
    if (targets.count)
        column->references_column = targets.items[0];
}

static void read_key_attribute(sql_reader *r, ml_sql_column *column)
{
    if (sql_accept(r, "unique")) {
        column->unique = true;
        sql_accept(r, "key");
    } else {
        sql_accept(r, "primary");
        sql_accept(r, "key");
        column->primary_key = true;
    }
}

static void read_collation(sql_reader *r, ml_sql_column *column)
{
    sql_accept_punct(r, '=');
    column->collation = sql_name(r);
}

/* One attribute; what is not known costs one token. */
static void read_attribute(sql_reader *r, ml_sql_column *column)
{
    if (sql_is_word(r, 0, "not") && sql_is_word(r, 1, "null")) {
        r->i += 2;
        column->not_null = true;
    } else if (sql_accept(r, "unsigned") || sql_accept(r, "zerofill")) {
        column->is_unsigned = true;
    } else if (sql_accept(r, "default")) {
        column->has_default = true;
        column->default_text = sql_read_default(r);
    } else if (sql_accept(r, "auto_increment") || sql_accept(r, "autoincrement") || sql_accept(r, "identity")) {
        column->auto_increment = true;
    } else if (sql_is_word(r, 0, "primary") || sql_is_word(r, 0, "unique") || sql_is_word(r, 0, "key")) {
        read_key_attribute(r, column);
    } else if (sql_accept(r, "check")) {
        read_inline_check(r, column);
    } else if (sql_accept(r, "references")) {
        read_inline_references(r, column);
    } else if (sql_accept(r, "collate")) {
        read_collation(r, column);
    } else if (sql_accept(r, "binary")) {
        column->collation = column->collation.len ? column->collation : ML_STR("binary");
    } else if (sql_accept(r, "generated")) {
        read_generated(r, column);
    } else if (sql_is_word(r, 0, "as") && sql_is_punct(r, 1, '(')) {
        read_generated(r, column);
    } else if (sql_accept(r, "constraint") || sql_accept(r, "comment") || sql_accept(r, "charset") ||
               sql_accept(r, "after") || sql_accept(r, "using")) {
        sql_skip(r); /* its operand, which might look like an attribute */
    } else if (sql_is_word(r, 0, "on") && sql_is_word(r, 1, "update")) {
        r->i += 2;
        sql_read_default(r);
    } else {
        sql_skip(r);
    }
}

bool sql_read_column(sql_reader *r, ml_sql_column *column)
{
    *column = (ml_sql_column){.precision = -1, .scale = -1, .start = sql_peek(r, 0)->start};
    if (!sql_is_name(r, 0))
        return false;
    column->name = sql_decode(&r->lexer, r->arena, sql_peek(r, 0));
    r->i++;
    sql_read_column_type(r, column);
    while (!sql_at_comma_or_close(r))
        read_attribute(r, column);
    column->end = sql_end_before(r);
    return true;
}

/* ---- constraints ---- */

void sql_read_key_columns(sql_reader *r, ml_sql_names *names)
{
    if (!sql_accept_punct(r, '('))
        return;
    while (!sql_is_punct(r, 0, ')') && sql_peek(r, 0)->kind != SQL_END) {
        uint32_t start = sql_peek(r, 0)->start;
        bool plain = sql_is_name(r, 0) && (!sql_is_punct(r, 1, '(') || sql_peek(r, 2)->kind == SQL_NUMBER);
        ml_str name = plain ? sql_name(r) : ML_STR_NONE;
        sql_skip_to_comma(r);
        ml_str written = plain ? name : ml_str_slice(r->lexer.text, start, sql_end_before(r));
        ml_vec_push(r->arena, names, written);
        sql_accept_punct(r, ',');
    }
    sql_accept_punct(r, ')');
}

/* KEY and INDEX are names of columns too: "key TEXT", "index VARCHAR(10)". */
static bool is_plain_key(const sql_reader *r)
{
    if (!sql_is_word(r, 0, "key") && !sql_is_word(r, 0, "index"))
        return false;
    uint32_t at = 1;
    if (sql_is_name(r, 1) && !sql_is_word(r, 1, "using"))
        at = 2;
    if (sql_is_word(r, at, "using"))
        at += 2;
    return sql_is_punct(r, at, '(') && sql_peek(r, at + 1)->kind != SQL_NUMBER;
}

bool sql_is_constraint(const sql_reader *r)
{
    static const char *const words[] = {"constraint", "primary",  "unique",  "foreign", "check",
                                        "exclude",    "fulltext", "spatial", "like",    "period"};
    if (is_plain_key(r))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (sql_is_word(r, 0, words[i]))
            return true;
    return false;
}

static void read_key(sql_reader *r, ml_sql_statement *statement, ml_str name, uint32_t start)
{
    ml_sql_key key = {.name = name, .start = start};
    key.primary = sql_accept(r, "primary");
    key.unique = sql_accept(r, "unique");
    while (sql_accept(r, "fulltext") || sql_accept(r, "spatial") || sql_accept(r, "key") || sql_accept(r, "index") ||
           sql_accept(r, "clustered") || sql_accept(r, "nonclustered"))
        ;
    if (sql_is_name(r, 0) && !sql_is_word(r, 0, "using") && !sql_is_word(r, 0, "nulls"))
        key.name = sql_name(r);
    while (!sql_at_comma_or_close(r) && !sql_is_punct(r, 0, '('))
        r->i++; /* USING BTREE, NULLS NOT DISTINCT */
    sql_read_key_columns(r, &key.columns);
    sql_skip_to_comma(r);
    key.end = sql_end_before(r);
    if (key.columns.count)
        ml_vec_push(r->arena, &statement->keys, key);
}

static void read_foreign_key(sql_reader *r, ml_sql_statement *statement, ml_str name, uint32_t start)
{
    ml_sql_foreign_key key = {.name = name, .start = start};
    sql_accept(r, "key");
    if (sql_is_name(r, 0))
        key.name = sql_name(r);
    sql_read_key_columns(r, &key.columns);
    if (sql_accept(r, "references"))
        read_references(r, &key.table, &key.target_columns, &key.on_delete);
    sql_skip_to_comma(r);
    key.end = sql_end_before(r);
    ml_vec_push(r->arena, &statement->foreign_keys, key);
}

static void read_table_check(sql_reader *r, ml_sql_statement *statement, ml_str name, uint32_t start)
{
    uint32_t first = statement->checks.count;
    sql_read_check(r, &statement->checks);
    sql_skip_to_comma(r);
    for (uint32_t i = first; i < statement->checks.count; i++) {
        statement->checks.items[i].name = name;
        statement->checks.items[i].start = start;
        statement->checks.items[i].end = sql_end_before(r);
    }
}

static bool read_constraint(sql_reader *r, ml_sql_statement *statement)
{
    uint32_t start = sql_peek(r, 0)->start;
    ml_str name = ML_STR_NONE;
    if (sql_accept(r, "constraint") && !sql_is_word(r, 0, "primary") && !sql_is_word(r, 0, "unique") &&
        !sql_is_word(r, 0, "foreign") && !sql_is_word(r, 0, "check"))
        name = sql_name(r);
    if (sql_accept(r, "foreign"))
        read_foreign_key(r, statement, name, start);
    else if (sql_accept(r, "check"))
        read_table_check(r, statement, name, start);
    else if (sql_accept(r, "like"))
        statement->like_table = sql_name(r);
    else if (sql_is_word(r, 0, "exclude") || sql_is_word(r, 0, "period"))
        sql_skip_to_comma(r);
    else
        read_key(r, statement, name, start);
    sql_skip_to_comma(r);
    return true;
}

bool sql_read_element(sql_reader *r, ml_sql_statement *statement)
{
    ml_sql_column column;
    if (sql_is_constraint(r))
        return read_constraint(r, statement);
    if (!sql_read_column(r, &column))
        return false;
    ml_vec_push(r->arena, &statement->columns, column);
    return true;
}
