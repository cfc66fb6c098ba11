/* sql.h - the table declarations of SQL text: CREATE TABLE, ALTER TABLE, CREATE INDEX, DROP.
 *
 * Reads MySQL/MariaDB, PostgreSQL and SQLite spellings without being told which.
 * Statements it does not know are skipped to their semicolon and are no error; so are
 * temporary tables, and the statements below a "migrate:down", "+goose Down",
 * "+migrate Down" or "Down" comment, which undo what stands above it.
 * Statement by statement in source order; folding is done by analyzer/tables. One
 * ALTER TABLE with several actions gives one statement for each action.
 * Linear in the length of the text; no recursion. */
#ifndef ML_SQL_H
#define ML_SQL_H
#include "ml/str.h"
#include "ml/vec.h"

typedef ML_VEC(ml_str) ml_sql_names;

typedef struct ml_sql_column {
    ml_str name;
    ml_str property; /* of a Prisma model: the field's name; else empty */
    ml_str type;     /* lower case, without arguments: "decimal", "int", "bigint", "varchar", "enum", "timestamp" */
    int32_t precision, scale; /* -1 when not written; a single argument is precision (length for text) */
    bool is_unsigned, not_null, primary_key, unique, auto_increment;
    bool generated; /* computed from other columns */
    bool has_default;
    ml_str default_text;
    ml_str collation;
    ml_sql_names values;     /* of an enum or set, decoded; of an inline CHECK (col IN (...)) too */
    ml_str references_table; /* inline REFERENCES, empty without */
    ml_str references_column;
    ml_str on_delete;    /* lower case: "cascade", "set null", "restrict"; empty without */
    uint32_t start, end; /* bytes of the column definition */
} ml_sql_column;
typedef ML_VEC(ml_sql_column) ml_sql_columns;

typedef struct ml_sql_key {
    ml_str name;
    bool primary, unique; /* neither: a plain index */
    bool partial;         /* an index with WHERE: not every row is in it */
    ml_sql_names columns; /* an expression stands as written */
    uint32_t start, end;
} ml_sql_key;
typedef ML_VEC(ml_sql_key) ml_sql_keys;

typedef struct ml_sql_foreign_key {
    ml_str name;
    ml_sql_names columns;
    ml_str table;
    ml_sql_names target_columns;
    ml_str on_delete, on_update; /* on_update: of Prisma alone */
    uint32_t start, end;
} ml_sql_foreign_key;
typedef ML_VEC(ml_sql_foreign_key) ml_sql_foreign_keys;

/* CHECK (col IN ('a', 'b')) or = ANY (ARRAY[...]) outside of a column's definition. */
typedef struct ml_sql_check {
    ml_str name;
    ml_str column;
    ml_sql_names values;
    uint32_t start, end;
} ml_sql_check;
typedef ML_VEC(ml_sql_check) ml_sql_checks;

typedef enum ml_sql_statement_kind {
    ML_SQL_CREATE_TABLE,      /* columns, keys, foreign_keys, checks; like_table when it starts from another one */
    ML_SQL_CREATE_TABLE_LIKE, /* like_table */
    ML_SQL_ADD_COLUMN,        /* columns */
    ML_SQL_CHANGE_COLUMN,     /* columns[0] is the new form; old_name */
    ML_SQL_ALTER_COLUMN,      /* columns[0] says only what `change` names */
    ML_SQL_RENAME_COLUMN,     /* old_name, new_name */
    ML_SQL_DROP_COLUMN,       /* old_name */
    ML_SQL_RENAME_TABLE,      /* new_name */
    ML_SQL_DROP_TABLE,
    ML_SQL_ADD_KEY,         /* keys; also CREATE [UNIQUE] INDEX */
    ML_SQL_DROP_KEY,        /* old_name: a key, foreign key or check; "PRIMARY"; table may be empty */
    ML_SQL_ADD_FOREIGN_KEY, /* foreign_keys */
    ML_SQL_ADD_CHECK,       /* checks */
    ML_SQL_CREATE_TYPE,     /* table is the type's name; values */
    ML_SQL_ADD_VALUE        /* table is the type's name; values */
} ml_sql_statement_kind;

typedef enum ml_sql_change {
    ML_SQL_TYPE,
    ML_SQL_SET_NOT_NULL,
    ML_SQL_DROP_NOT_NULL,
    ML_SQL_SET_DEFAULT,
    ML_SQL_DROP_DEFAULT
} ml_sql_change;

typedef struct ml_sql_statement {
    ml_sql_statement_kind kind;
    ml_str table; /* unquoted, without schema */
    ml_str like_table, old_name, new_name;
    ml_str model; /* of a Prisma model: its name; else empty */
    ml_sql_change change;
    bool open; /* CREATE TABLE with columns that are not written out: AS SELECT, a placeholder */
    ml_sql_columns columns;
    ml_sql_keys keys;
    ml_sql_foreign_keys foreign_keys;
    ml_sql_checks checks;
    ml_sql_names values;
    ml_str engine;       /* of CREATE TABLE, lower case */
    uint32_t start, end; /* of an ALTER TABLE: of the action */
    uint32_t head_end;   /* of CREATE TABLE: behind the table's name; else end */
} ml_sql_statement;
typedef ML_VEC(ml_sql_statement) ml_sql_statements;

typedef struct ml_sql_script {
    ml_sql_statements statements;
    uint32_t unread;       /* DDL statements on tables that could not be understood, and quotes without end */
    uint32_t unread_first; /* byte of the first of them */
    ml_str provider;       /* of a Prisma schema: "mysql", "postgresql"; else empty */
} ml_sql_script;

void ml_sql_parse(ml_sql_script *out, ml_arena *arena, ml_str text);

#endif
