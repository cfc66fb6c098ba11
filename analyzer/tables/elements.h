/* elements.h - between the readers of a table's elements. Private to tables. */
#ifndef ML_TABLES_ELEMENTS_H
#define ML_TABLES_ELEMENTS_H
#include "migration.h"

/* ---- words of SQL text (schema_edit.c) ---- */

typedef struct sql_word {
    ml_str text;
    bool spaced; /* space or a comment stood before it */
    int depth;   /* of parentheses, outside of its own */
} sql_word;

typedef ML_VEC(sql_word) sql_words;

/* Up to the first `stop` outside of parentheses; 0: to the end. */
sql_words sql_words_of(ml_arena *arena, ml_str text, char stop);
/* False past the end. */
bool sql_word_is(const sql_words *t, uint32_t at, const char *word);
bool sql_word_char(char c);
/* On one line, without comments. */
ml_str sql_words_joined(ml_arena *arena, const sql_words *t, uint32_t from, uint32_t to);
/* A name without its quotes; doubled ones are rare enough to be left. */
ml_str sql_word_bare(ml_str name);
/* The buffer's text; the buffer is finished. */
ml_str element_taken(ml_arena *arena, ml_buf *buf);

/* ---- elements (schema_elements.c) ---- */

/* By its name in the database; NULL: none. */
const ml_table_column *element_column(const ml_declaration *base, ml_str name);
/* Code may name a column by its attribute: its name in the database. */
ml_str element_stored_name(const ml_declaration *base, ml_str name);
/* A statement to be run again when the table is there; once, however often it is written. */
void element_after(table_elements *out, ml_arena *arena, ml_str name, ml_str statement);
/* Notes the columns of an index. */
void element_index(table_elements *out, ml_arena *arena, const ml_declaration *base, const ml_table_key *key);

/* Both: false, with the reason, when not all is known. */
bool elements_from_text(table_elements *out, ml_arena *arena, const ml_declaration *base, const char **why);
bool elements_from_facts(table_elements *out, ml_arena *arena, const ml_declaration *base, const char **why);

#endif
