/* migration.h - between the printers of a migration. Private to tables. */
#ifndef ML_TABLES_MIGRATION_H
#define ML_TABLES_MIGRATION_H
#include "ml/buf.h"
#include "ml/schema_check.h"
#include "ml/schema_fault.h"

typedef struct migration {
    ml_buf out;
    ml_arena *arena;
    const ml_tables *tables;
    bill_dialect dialect;
    ML_VEC(const ml_table_column *) changed; /* written once, whatever is wrong with them */
} migration;

/* A name as the dialect quotes it, when it has to be. */
ml_str migration_quoted(const migration *m, ml_str name);
/* "DECIMAL(28,12) NOT NULL" of the reference's own statement, without key and check. */
ml_str migration_definition(const migration *m, const bill_table *table, const char *name);
/* The type alone: what stands before NULL, NOT NULL, DEFAULT and COLLATE. */
ml_str migration_type(ml_str definition);
/* DECIMAL(p,s) with digits enough for the reference and for what the column holds now. */
ml_str migration_widened(const migration *m, ml_str text, const bill_column *reference,
                         const ml_table_column *declared);
/* 'it''s' */
void migration_put_text(ml_buf *out, ml_str value);
/* ADD COLUMN, and the tables that are missing altogether. */
void migration_add_column(migration *m, const ml_schema_gap *gap);
void migration_add_tables(migration *m, const ml_schema_gaps *gaps);
/* Name of the unique key a table lacks. */
ml_str migration_key_name(const migration *m, const ml_table *table, const char *column);
/* Its columns, NULL-terminated. */
const char *const *migration_key_columns(ml_schema_fault_kind kind);
/* CREATE UNIQUE INDEX for one fault of ML_FAULT_REQUEST_KEY, USAGE_KEY or SUMMARY_KEY. */
void migration_add_key(migration *m, const ml_table *table, ml_schema_fault_kind kind);
/* CASCADE, SET NULL, SET DEFAULT: what happens to the parent happens to the row. */
bool migration_deletes(ml_str on_delete);
/* A table whose rows must not go with what they point at. */
bool migration_holds_bills(const ml_table *table);

/* What SQLite cannot change in place is made anew, in one transaction. */
void migration_sqlite(migration *m, const ml_schema_gaps *gaps);

/* ---- a table's statement, element by element (schema_elements.c and behind it) ---- */

typedef struct table_element {
    const ml_table_column *column; /* NULL: a constraint */
    ml_str text;                   /* on one line, without comments */
} table_element;

typedef struct table_elements {
    const ml_tables *tables; /* of the project */
    ML_VEC(table_element) items;
    ml_table_names after;    /* CREATE INDEX and CREATE TRIGGER statements that go with the table */
    ml_table_names made;     /* their names, in lower case */
    ml_table_names indexes;  /* columns of each index, "user_id,created_at" in lower case */
    ml_table_names triggers; /* names */
    ml_table_names links;    /* "usage_id>ai_model_usage>cascade": column, parent, ON UPDATE, of facts only */
    ml_table_names defaults; /* columns with one, of facts only */
    ml_str options;          /* " STRICT" behind the parenthesis */
    bool from_text;          /* nothing of the statement is lost; else what the reading kept of it */
    bool checks;             /* a CHECK is among the elements */
} table_elements;

/* The table as the project has it. False, with the reason, when not all of it is known. */
bool table_elements_of(table_elements *out, ml_arena *arena, const ml_tables *tables, const ml_table *table,
                       const char **why);

/* Edits of an element; each gives the text back when there is nothing to do. */
ml_str element_with_type(ml_arena *arena, ml_str text, ml_str type);
ml_str element_not_null(ml_arena *arena, ml_str text);
ml_str element_restricted(ml_arena *arena, ml_str text);
/* IN ('token') of the column with further values; *found says whether there is one. */
ml_str element_with_values(ml_arena *arena, ml_str text, const ml_table_column *column, const ml_table_names *values,
                           bool *found);
ml_str element_quoted(ml_arena *arena, ml_str name); /* always quoted */

#endif
