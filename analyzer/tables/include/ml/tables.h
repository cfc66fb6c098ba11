/* tables.h - the tables a project declares, folded into one form.
 *
 * A declaration is one way a table is written down: a model (Sequelize, TypeORM, Prisma,
 * Drizzle), or the statements and migrations that create and alter it, taken in order of
 * their paths. A table joins
 * the declarations of one name: a column that one of them has exists, and stands at
 * the model's place when the model has it. Every fact carries its place.
 *
 * What cannot be known is said: a declaration is open when it may have further
 * columns, a column's values are open when there may be further ones. A rule stays
 * silent about what an open thing lacks.
 *
 * Everything lives in the arena given to ml_tables_build; texts, facts, scripts and
 * lines of the sources must outlive it. Read-only once built. */
#ifndef ML_TABLES_H
#define ML_TABLES_H
#include "billing/schema.h"
#include "ml/config.h"
#include "ml/link.h"
#include "ml/sql.h"

typedef enum ml_type_class {
    ML_TYPE_UNKNOWN,
    ML_TYPE_INT, /* up to 32 bits; see bits */
    ML_TYPE_BIGINT,
    ML_TYPE_DECIMAL,
    ML_TYPE_FLOAT,
    ML_TYPE_STRING, /* bounded text */
    ML_TYPE_TEXT,
    ML_TYPE_ENUM,
    ML_TYPE_DATETIME,
    ML_TYPE_DATE,
    ML_TYPE_TIME,
    ML_TYPE_JSON,
    ML_TYPE_BOOL,
    ML_TYPE_UUID,
    ML_TYPE_BINARY
} ml_type_class;

const char *ml_type_class_name(ml_type_class type);

/* Where a fact is written. */
typedef struct ml_table_place {
    ml_str path;
    const ml_lines *lines;
    uint32_t start, end; /* bytes */
} ml_table_place;

ml_span ml_table_place_span(const ml_table_place *place);

typedef ML_VEC(ml_str) ml_table_names;

typedef struct ml_table_column {
    ml_str name;     /* in the database */
    ml_str snake;    /* the same in snake_case: names are compared so */
    ml_str property; /* of the model; empty from SQL */
    ml_type_class type;
    ml_str type_name;                 /* as declared, lower case: "decimal", "mediumint" */
    int32_t bits;                     /* of whole numbers, else 0 */
    int32_t precision, scale, length; /* -1 when not written */
    bool is_unsigned, nullable, unique, primary_key, auto_increment, generated;
    bool binary;  /* compared byte by byte, as far as the declaration says so */
    bool unsized; /* the digits are the library's own, nobody wrote any */
    bool implied; /* nobody wrote it: id, createdAt, updatedAt of Sequelize */
    bool has_default;
    ml_str default_text; /* as written */
    ml_str collation;
    bool has_values;  /* an enumeration, or a check or validation against a list */
    bool values_open; /* there may be further values than these */
    ml_table_names values;
    ml_str references_table, references_column;
    ml_str on_delete; /* lower case; empty when not written */
    ml_str on_update; /* the same, as far as code says it; SQL is not asked */
    ml_table_place place;
} ml_table_column;

typedef ML_VEC(ml_table_column) ml_table_columns;

typedef struct ml_table_key {
    ml_str name;
    bool primary, unique, partial;
    ml_table_names columns;
    ml_table_place place;
} ml_table_key;

typedef ML_VEC(ml_table_key) ml_table_keys;

typedef struct ml_table_foreign_key {
    ml_str name;
    ml_table_names columns;
    ml_str table;
    ml_table_names target_columns;
    ml_str on_delete;
    ml_table_place place;
    ml_str on_update; /* of code */
} ml_table_foreign_key;

typedef ML_VEC(ml_table_foreign_key) ml_table_foreign_keys;

/* SQL: what the database is made with, statements or migrations. */
typedef enum ml_table_origin { ML_TABLE_MODEL, ML_TABLE_SQL } ml_table_origin;

typedef enum ml_table_form {
    ML_FORM_SQL,
    ML_FORM_SEQUELIZE,
    ML_FORM_MIGRATION, /* QueryInterface, TypeORM's QueryRunner */
    ML_FORM_KNEX,
    ML_FORM_TYPEORM,
    ML_FORM_PRISMA,
    ML_FORM_DRIZZLE
} ml_table_form;

typedef enum ml_database {
    ML_DATABASE_UNKNOWN,
    ML_DATABASE_MYSQL,
    ML_DATABASE_POSTGRES,
    ML_DATABASE_SQLITE
} ml_database;

typedef struct ml_declaration {
    ml_table_origin origin;
    ml_table_form form;
    ml_database dialect; /* as far as the declaration shows it */
    bool binary;         /* texts of the table are compared byte by byte unless their column says otherwise */
    ml_str table;
    ml_str model;         /* name of the model; empty from SQL */
    ml_table_place place; /* `X.init`, or CREATE TABLE with the name */
    bool open;            /* may have columns that are not listed */
    ml_table_columns columns;
    ml_table_keys keys; /* inline UNIQUE and PRIMARY KEY are in the columns only */
    ml_table_foreign_keys foreign_keys;
} ml_declaration;

typedef ML_VEC(ml_declaration *) ml_declarations;

typedef struct ml_table {
    ml_str name, model;
    ml_table_place place;
    bool open;
    const bill_table *reference; /* the reference table it stands for, or NULL; never an internal one */
    ml_table_columns columns;
    ml_declarations declarations; /* models first, then SQL; by path */
} ml_table;

/* hasOne, hasMany, belongsTo between models: a foreign key of the child's table. */
typedef struct ml_table_association {
    ml_str child, parent; /* names of the models */
    ml_str key;           /* the attribute; empty when not written */
    ml_str on_delete;     /* lower case; empty: the library's default */
    bool no_constraint;
    ml_table_place place;
} ml_table_association;

typedef ML_VEC(ml_table_association) ml_table_associations;

typedef enum ml_table_event_kind { ML_TABLE_SYNC_FORCE, ML_TABLE_SYNC_ALTER, ML_TABLE_DROPPED } ml_table_event_kind;

/* What the program does to tables as wholes. */
typedef struct ml_table_event {
    ml_table_event_kind kind;
    ml_str table; /* of a dropped one, else empty */
    ml_table_place place;
} ml_table_event;

typedef ML_VEC(ml_table_event) ml_table_events;

/* An enumeration of the code by the name of a billing column: enum BillingStatus. */
typedef struct ml_table_enum {
    ml_str column; /* "billing_status" */
    ml_table_column values;
} ml_table_enum;

typedef ML_VEC(ml_table_enum) ml_table_enums;

typedef struct ml_tables {
    ml_table *items; /* by name */
    uint32_t count;
    ml_table_associations associations;
    ml_table_events events;
    ml_table_enums enums;
    ml_database dialect;     /* of the project, where a declaration does not show its own */
    ml_table_place bridge;   /* the bridge's implementation, or without path */
    ml_table_place manifest; /* package.json, or without path */
    bool cut_short;          /* a bound was reached: what is missing then is not known to be missing */
} ml_tables;

/* One file: facts of a script file, or the statements of an SQL file. */
typedef struct ml_table_source {
    ml_str path;
    const ml_facts *facts;
    const ml_sql_script *sql;
    const ml_lines *lines; /* of an SQL file */
    bool is_model;         /* `sql` was read from a Prisma schema */
    bool is_test;          /* left out: a test's schema is not the project's */
} ml_table_source;

typedef struct ml_table_options {
    /* Moves *facts and *node to where the value of the expression is written: the literal,
     * the enum, the class. False when that is not known. NULL: within the file only. */
    bool (*locate)(void *data, const ml_facts **facts, ml_node_id *node);
    void *data;
    const ml_table_mapping *mapping; /* project tables that stand for reference tables */
    uint32_t mapping_count;
    ml_database dialect; /* of the project, if anything says it */
    ml_table_place bridge, manifest;
} ml_table_options;

/* What a package.json says by its database clients; unknown when there are several. */
ml_database ml_database_of_manifest(ml_str text);

/* A locate that asks the link: names are followed into other files. The evaluator belongs to the
 * calling thread, and its query under way ends. */
typedef struct ml_table_locator {
    const ml_link *link;
    ml_eval *eval;
} ml_table_locator;
bool ml_table_locate(void *locator, const ml_facts **facts, ml_node_id *node);

/* Could the text of a script hold a declaration, a part of one that another file uses, or a place
 * that a rule about tables speaks of? False is certain, true is a guess by words. */
bool ml_tables_may_declare(ml_str text);

/* The order of sources does not matter. */
void ml_tables_build(ml_tables *out, ml_arena *arena, const ml_table_source *sources, uint32_t count,
                     const ml_table_options *options);

/* The table that stands for the reference table: one of its own name before an alias. NULL: none. */
const ml_table *ml_tables_for(const ml_tables *tables, const bill_table *reference);
/* By name of the reference schema, in any spelling; NULL: the table has none. */
const ml_table_column *ml_table_column_named(const ml_table *table, const char *name);
const ml_table_column *ml_declaration_column(const ml_declaration *declaration, const char *name);

/* "AIBillingRecord" is "ai_billing_record", "userId" is "user_id". */
ml_str ml_snake_case(ml_arena *arena, ml_str name);
/* Plural of an English noun as Sequelize makes it, for the usual endings. */
ml_str ml_plural(ml_arena *arena, ml_str name);

#endif
