/* sql_lex.h - SQL text as tokens, one statement at a time. Private to the SQL reader. */
#ifndef ML_SQL_LEX_H
#define ML_SQL_LEX_H
#include "ml/str.h"
#include "ml/vec.h"

typedef enum sql_kind {
    SQL_END,
    SQL_WORD,   /* unquoted name or keyword */
    SQL_QUOTED, /* `a`, "a", [a] */
    SQL_STRING,
    SQL_NUMBER,
    SQL_PUNCT /* one byte, in punct; two colons are one token, punct ':' */
} sql_kind;

typedef struct sql_token {
    uint8_t kind;
    char punct;
    bool escaped;        /* quoted text that differs from its source */
    uint32_t start, end; /* quotes included */
} sql_token;

typedef ML_VEC(sql_token) sql_tokens;

typedef struct sql_lexer {
    ml_str text;
    uint32_t at;
    bool backslash;    /* '\'' is one quote, as in MySQL, not a string that ends */
    bool conditional;  /* inside of MySQL's conditional comment, whose text counts */
    bool down;         /* below a marker that says the statements undo a migration */
    ml_str delimiter;  /* of a DELIMITER command; empty means the semicolon */
    bool unterminated; /* a quote ran to the end of the text */
    uint32_t unterminated_at;
} sql_lexer;

void sql_lexer_init(sql_lexer *lexer, ml_str text);

/* Replaces *tokens by those of the next statement, without its end mark. Statements
 * that do not begin with CREATE, ALTER, DROP or RENAME are passed over. False at the
 * end of the text. */
bool sql_next_statement(sql_lexer *lexer, ml_arena *arena, sql_tokens *tokens);

/* What a name or string says: quotes off, escapes decoded. */
ml_str sql_decode(const sql_lexer *lexer, ml_arena *arena, const sql_token *token);

#endif
