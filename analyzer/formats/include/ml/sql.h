/* sql.h - the table declarations of SQL text: CREATE TABLE, ALTER TABLE, CREATE INDEX, DROP.
 *
 * Reads MySQL/MariaDB, PostgreSQL and SQLite spellings without being told which.
 * Statements it does not know are skipped to their semicolon and are no error.
 * Statement by statement in source order; folding is done by analyzer/tables. */
#ifndef ML_SQL_H
#define ML_SQL_H
#include "ml/str.h"
#include "ml/vec.h"

typedef ML_VEC(ml_str) ml_sql_names;

typedef struct ml_sql_column {
    ml_str name;
    ml_str type;             /* lower case, without arguments: "decimal", "int", "bigint", "varchar", "enum", "timestamp" */
    int32_t precision, scale;/* -1 when not written; a single argument is precision (length for text) */
    bool is_unsigned, not_null, primary_key, unique, auto_increment;
    bool has_default;
    ml_str default_text;
    ml_str collation;
    ml_sql_names values;     /* of an enum or set, decoded; of CHECK (col IN (...)) too */
    ml_str references_table; /* inline REFERENCES, empty without */
    ml_str references_column;
    ml_str on_delete;        /* lower case: "cascade", "set null", "restrict"; empty without */
    uint32_t start, end;     /* bytes of the column definition */
} ml_sql_column;
typedef ML_VEC(ml_sql_column) ml_sql_columns;

typedef struct ml_sql_key {
    ml_str name;
    bool primary, unique;    /* neither: a plain index */
    ml_sql_names columns;
    uint32_t start, end;
} ml_sql_key;
typedef ML_VEC(ml_sql_key) ml_sql_keys;

typedef struct ml_sql_foreign_key {
    ml_sql_names columns;
    ml_str table;
    ml_sql_names target_columns;
    ml_str on_delete;
    uint32_t start, end;
} ml_sql_foreign_key;
typedef ML_VEC(ml_sql_foreign_key) ml_sql_foreign_keys;

typedef enum ml_sql_statement_kind {
    ML_SQL_CREATE_TABLE,      /* columns, keys, foreign_keys */
    ML_SQL_CREATE_TABLE_LIKE, /* like_table */
    ML_SQL_ADD_COLUMN,        /* columns */
    ML_SQL_CHANGE_COLUMN,     /* columns[0] is the new form; old_name */
    ML_SQL_RENAME_COLUMN,     /* old_name, new_name */
    ML_SQL_DROP_COLUMN,       /* old_name */
    ML_SQL_RENAME_TABLE,      /* new_name */
    ML_SQL_DROP_TABLE,
    ML_SQL_ADD_KEY,           /* keys; also CREATE [UNIQUE] INDEX */
    ML_SQL_DROP_KEY,          /* old_name */
    ML_SQL_ADD_FOREIGN_KEY    /* foreign_keys */
} ml_sql_statement_kind;

typedef struct ml_sql_statement {
    ml_sql_statement_kind kind;
    ml_str table;             /* unquoted, without schema */
    ml_str like_table, old_name, new_name;
    ml_sql_columns columns;
    ml_sql_keys keys;
    ml_sql_foreign_keys foreign_keys;
    ml_str engine;            /* of CREATE TABLE, lower case */
    uint32_t start, end;
} ml_sql_statement;
typedef ML_VEC(ml_sql_statement) ml_sql_statements;

typedef struct ml_sql_script {
    ml_sql_statements statements;
    uint32_t unread;          /* DDL statements on tables that could not be understood */
    uint32_t unread_first;    /* byte of the first of them */
} ml_sql_script;

void ml_sql_parse(ml_sql_script *out, ml_arena *arena, ml_str text);

#endif
