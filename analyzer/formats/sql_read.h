/* sql_read.h - a cursor over the tokens of one statement, and the parts of a table
 * definition read with it. Private to the SQL reader. */
#ifndef ML_SQL_READ_H
#define ML_SQL_READ_H
#include "ml/sql.h"
#include "sql_lex.h"

typedef struct sql_reader {
    sql_lexer lexer;
    ml_arena *arena;
    sql_tokens tokens;
    uint32_t i; /* the token to be read next */
} sql_reader;

/* Past the end every token is SQL_END. */
const sql_token *sql_peek(const sql_reader *r, uint32_t ahead);
bool sql_is_word(const sql_reader *r, uint32_t ahead, const char *word);
bool sql_is_punct(const sql_reader *r, uint32_t ahead, char punct);
bool sql_is_name(const sql_reader *r, uint32_t ahead); /* a word or a quoted name */
bool sql_accept(sql_reader *r, const char *word);
bool sql_accept_punct(sql_reader *r, char punct);
/* Skips one token, or a whole group when it opens with a parenthesis. */
void sql_skip(sql_reader *r);
/* Stops at a comma, at a closing parenthesis of an outer group, or at the end. */
void sql_skip_to_comma(sql_reader *r);
bool sql_at_comma_or_close(const sql_reader *r);
uint32_t sql_end_before(const sql_reader *r); /* last byte of what was read, plus one */
void sql_if_not_exists(sql_reader *r);        /* also IF EXISTS, ONLY */

/* a, a.b, a.b.c: the last part. Empty when no name stands there. */
ml_str sql_name(sql_reader *r);

/* name type attributes, up to the comma. False when no name stands there. */
bool sql_read_column(sql_reader *r, ml_sql_column *column);
/* A column or a constraint; appended to the statement. False: neither. */
bool sql_read_element(sql_reader *r, ml_sql_statement *statement);
bool sql_is_constraint(const sql_reader *r);
/* (a, b(10) DESC, lower(c)) */
void sql_read_key_columns(sql_reader *r, ml_sql_names *names);
void sql_read_column_type(sql_reader *r, ml_sql_column *column);
ml_str sql_read_default(sql_reader *r);
/* The group of CHECK; at most one entry for each column. */
void sql_read_check(sql_reader *r, ml_sql_checks *checks);

#endif
