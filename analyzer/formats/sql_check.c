/* sql_check.c - what values a CHECK leaves a column.
 *
 * Understands col IN ('a', 'b'), col = ANY (ARRAY['a', 'b']) as PostgreSQL prints it, and
 * col = 'a' OR col = 'b'. An expression that holds for further values (other columns
 * behind OR, NOT, CASE) says nothing about the set and yields nothing. */
#include "sql_read.h"

typedef struct expression {
    ml_str column;      /* the last column named */
    ml_str only_column; /* the one column of the whole expression, while there is but one */
    bool several, has_or, has_and, unclear;
} expression;

static bool is_any_word(const sql_reader *r, uint32_t ahead, const char *const *words)
{
    for (; *words; words++)
        if (sql_is_word(r, ahead, *words))
            return true;
    return false;
}

/* A name that is no keyword, no function and no type behind a cast. */
static bool is_column(const sql_reader *r, bool after_cast)
{
    static const char *const keywords[] = {"in",      "any",  "array",   "is",   "null",  "not",     "or",   "and",
                                           "collate", "like", "between", "true", "false", "varying", "case", NULL};
    if (after_cast || !sql_is_name(r, 0) || is_any_word(r, 0, keywords))
        return false;
    return !sql_is_punct(r, 1, '(');
}

enum { COLUMNS_MAX = 64 }; /* of one expression */

static ml_sql_check *check_of(sql_reader *r, ml_sql_checks *checks, uint32_t first, ml_str column)
{
    if (checks->count - first >= COLUMNS_MAX)
        return NULL;
    for (uint32_t i = first; i < checks->count; i++)
        if (ml_str_eq_nocase(checks->items[i].column, column))
            return &checks->items[i];
    ml_sql_check check = {.column = column};
    ml_vec_push(r->arena, checks, check);
    return &checks->items[checks->count - 1];
}

/* The strings of the group that opens here; false when it holds something else. */
static bool read_strings(sql_reader *r, ml_sql_names *values)
{
    int depth = 0;
    bool after_cast = false;
    do {
        const sql_token *token = sql_peek(r, 0);
        if (token->kind == SQL_END)
            return false;
        if (token->kind == SQL_PUNCT) {
            depth += (token->punct == '(') - (token->punct == ')');
            if (!memchr("(),:[].", token->punct, 7))
                return false;
            after_cast = token->punct == ':' || (after_cast && memchr("[.", token->punct, 2));
        } else if (token->kind == SQL_STRING) {
            ml_vec_push(r->arena, values, sql_decode(&r->lexer, r->arena, token));
        } else if (!after_cast && !sql_is_word(r, 0, "array")) {
            return false;
        }
        r->i++;
    } while (depth > 0);
    return true;
}

static void note_column(sql_reader *r, expression *e)
{
    e->column = sql_decode(&r->lexer, r->arena, sql_peek(r, 0));
    if (!e->only_column.len)
        e->only_column = e->column;
    else if (!ml_str_eq_nocase(e->only_column, e->column))
        e->several = true;
    r->i++;
}

/* At IN, = ANY or = 'text' behind a column: adds its values. False: it is none of these. */
static bool read_set(sql_reader *r, ml_sql_checks *checks, uint32_t first, expression *e)
{
    bool in = sql_is_word(r, 0, "in") && sql_is_punct(r, 1, '(');
    bool any = sql_is_punct(r, 0, '=') && sql_is_word(r, 1, "any") && sql_is_punct(r, 2, '(');
    bool equal = sql_is_punct(r, 0, '=') && sql_peek(r, 1)->kind == SQL_STRING;
    if (!in && !any && !equal)
        return false;
    ml_sql_check *check = check_of(r, checks, first, e->column);
    r->i += any ? 2 : 1;
    if (!check) {
        e->unclear = true;
    } else if (!equal) {
        e->unclear = e->unclear || !read_strings(r, &check->values);
    } else {
        ml_vec_push(r->arena, &check->values, sql_decode(&r->lexer, r->arena, sql_peek(r, 0)));
        r->i++;
    }
    return true;
}

void sql_read_check(sql_reader *r, ml_sql_checks *checks)
{
    uint32_t first = checks->count, start = r->i, end;
    expression e = {0};
    bool after_cast = false;

    if (!sql_is_punct(r, 0, '('))
        return;
    sql_skip(r);
    end = r->i;
    for (r->i = start; r->i < end;) {
        if (e.column.len && read_set(r, checks, first, &e))
            continue;
        if (is_column(r, after_cast)) {
            note_column(r, &e);
            continue;
        }
        e.has_or = e.has_or || sql_is_word(r, 0, "or");
        e.has_and = e.has_and || sql_is_word(r, 0, "and");
        if (sql_is_word(r, 0, "case") || (sql_is_word(r, 0, "not") && !sql_is_word(r, 1, "null")))
            e.unclear = true;
        after_cast =
            sql_is_punct(r, 0, ':') ||
            (after_cast && (sql_is_word(r, 0, "character") || sql_is_punct(r, 1, '.') || sql_is_punct(r, 0, '.')));
        r->i++;
    }
    r->i = end;
    if (e.unclear || (e.has_or && (e.several || e.has_and)))
        checks->count = first;
}
