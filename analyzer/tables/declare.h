/* declare.h - building declarations. Private to tables. */
#ifndef ML_TABLES_DECLARE_H
#define ML_TABLES_DECLARE_H
#include "ml/map.h"
#include "ml/tables.h"

enum {
    DECLARE_COLUMNS_MAX = 1600, /* more than any of the three engines takes in practice */
    DECLARE_KEYS_MAX = 128,
    DECLARE_KEY_COLUMNS_MAX = 32,
    DECLARE_STEPS_MAX = 200000, /* names followed in one file */
    DECLARE_ASSOCIATIONS_MAX = 2048,
    DECLARE_COPIES_MAX = 100000 /* columns copied by CREATE TABLE LIKE in one project */
};

typedef struct declarer {
    ml_arena *arena;
    const ml_table_options *options;
    ml_declarations all;
    ml_strmap sql_tables; /* lower-case name -> holder */
    ml_strmap sql_types;  /* lower-case name of an enumeration -> ml_table_names */
    ml_strmap sql_keys;   /* lower-case name of a key -> ml_declaration */
    ml_table_associations associations;
    ml_table_events events;
    ml_table_enums enums;
    uint32_t copies;
    uint32_t steps; /* left for following names in the current file */
    bool cut_short;
} declarer;

/* Class, bits and length from the type's name and numbers. Unknown names stay unknown. */
void declare_type(ml_table_column *column, ml_str name, int32_t first, int32_t second);
/* A column with nothing known yet. */
ml_table_column declare_blank(void);

ml_table_column *declare_find(const ml_declaration *declaration, ml_str name);
/* Adds the column, or replaces the one of its name. At the limit the declaration is open instead. */
void declare_column(declarer *d, ml_declaration *declaration, ml_table_column column);
void declare_key(declarer *d, ml_declaration *declaration, ml_table_key key);
void declare_foreign_key(declarer *d, ml_declaration *declaration, ml_table_foreign_key key);
bool declare_remove_column(ml_declaration *declaration, ml_str name);

/* Of SQL: what its own words show. */
ml_database declare_dialect(ml_str sql);

/* "mysql", "mariadb", "mysql2", "pg", "postgresql", "better-sqlite3" and the like. */
ml_database declare_provider(ml_str name);

/* ---- what the database is made with, folded in order ---- */
ml_declaration *fold_find(const declarer *d, ml_str table);
/* Found, or made: `open` when it was created elsewhere. */
ml_declaration *fold_known(declarer *d, ml_str table, ml_table_place place, ml_table_form form);
ml_declaration *fold_create(declarer *d, ml_str table, ml_table_place place, ml_table_form form);
void fold_drop_table(declarer *d, ml_declaration *declaration);
void fold_rename_table(declarer *d, ml_declaration *declaration, ml_str name);
void fold_rename_column(declarer *d, ml_declaration *to, ml_str old_name, ml_str new_name);
/* The column is written anew; its keys and references stay. */
void fold_change_column(declarer *d, ml_declaration *to, ml_str old_name, ml_table_column column);
void fold_drop_key(ml_declaration *from, ml_str name);
void fold_name_key(declarer *d, ml_str name, ml_declaration *declaration);

/* A text with DDL that stands in a script: offset `at` of it is byte `start + at` of the file,
 * or all of it is at [start, end) when `start_only`. */
typedef struct fold_text {
    ml_str path;
    const ml_lines *lines;
    uint32_t start, end;
    bool start_only;
} fold_text;
void fold_sql_text(declarer *d, const fold_text *where, ml_str text);

void declare_sql(declarer *d, const ml_table_source *source);
void declare_sql_finish(declarer *d); /* after the last file: names of enumerations become values */
void declare_prisma(declarer *d, const ml_table_source *source);
void declare_models(declarer *d, const ml_facts *facts);
void declare_decorated(declarer *d, const ml_facts *facts); /* sequelize-typescript, Sequelize 7, TypeORM */
void declare_drizzle(declarer *d, const ml_facts *facts);
void declare_migrations(declarer *d, const ml_facts *facts); /* QueryInterface, QueryRunner, Knex, SQL in strings */
void declare_usage(declarer *d, const ml_facts *facts);      /* associations, sync */

/* ---- values within scripts ---- */

/* Takes a step; false when none is left. */
bool written_step(declarer *d);
/* Follows names, members and wrappers to the node that says what the expression is. */
bool written_locate(declarer *d, const ml_facts **facts, ml_node_id *node);
/* The strings the expression stands for, a list's items included. *open: there may be more. */
void written_strings(declarer *d, ml_table_names *out, bool *open, const ml_facts *facts, ml_node_id node);
/* The one string it is, or empty. */
ml_str written_string(declarer *d, const ml_facts *facts, ml_node_id node);
/* Property of an OBJECT node, spreads followed, the last one winning; false: none.
 * *facts and *node then say where its value stands. */
bool written_property(declarer *d, const ml_facts **facts, ml_node_id *node, const char *name);
typedef enum written_truth { WRITTEN_UNKNOWN, WRITTEN_FALSE, WRITTEN_TRUE } written_truth;
written_truth written_bool(declarer *d, const ml_facts *facts, ml_node_id object, const char *name);

/* Arguments and the words of a chain: a.b(1).c(2) is a, b(1), c(2). */
typedef struct written_link {
    ml_str name;
    ml_node_id call; /* with the arguments, or 0 */
    ml_node_id node;
} written_link;
enum { WRITTEN_CHAIN_MAX = 16 };
/* The links from the left; 0 when the expression is none. */
uint32_t written_chain(written_link *out, const ml_facts *facts, ml_node_id node);
/* An association, its options read; nothing when they cannot be seen. */
void usage_association(declarer *d, const ml_facts *facts, ml_node_id at, ml_str child, ml_str parent,
                       ml_node_id options);
int32_t written_number(declarer *d, const ml_facts *facts, ml_node_id node);
ml_table_place written_place(const ml_facts *facts, ml_node_id node);
/* Does the node lie in a method or function that takes back what a migration does? */
bool written_is_down(const ml_facts *facts, ml_node_id node);

/* One attribute of a model. False: it has no column (VIRTUAL). */
bool attribute_column(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id value);

#endif
