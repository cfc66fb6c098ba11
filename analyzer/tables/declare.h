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
    DECLARE_COPIES_MAX = 100000 /* columns copied by CREATE TABLE LIKE in one project */
};

typedef struct declarer {
    ml_arena *arena;
    const ml_table_options *options;
    ml_declarations all;
    ml_strmap sql_tables; /* lower-case name -> holder */
    ml_strmap sql_types;  /* lower-case name of an enumeration -> ml_table_names */
    ml_strmap sql_keys;   /* lower-case name of a key -> ml_declaration */
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

void declare_sql(declarer *d, const ml_table_source *source);
void declare_sql_finish(declarer *d); /* after the last file: names of enumerations become values */
void declare_models(declarer *d, const ml_facts *facts);

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

/* One attribute of a model. False: it has no column (VIRTUAL). */
bool attribute_column(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id value);

#endif
