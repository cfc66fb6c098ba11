/* schema_check.h - the declared tables against the reference schema of billing-core.
 *
 * What the specification demands counts in full: its severity error is high, warning
 * medium, note low. What right bills need on top counts one step less, and its notes
 * not at all. */
#ifndef ML_SCHEMA_CHECK_H
#define ML_SCHEMA_CHECK_H
#include "ml/tables.h"

/* How much it matters that a thing of the reference is missing; NONE: not worth a word. */
ml_level ml_schema_level(bill_required required_by, bill_severity if_missing);

typedef struct ml_schema_gap {
    const bill_table *table;
    const bill_column *column; /* NULL: the whole table */
    const ml_table *declared;  /* NULL when the table is missing */
    ml_level level;
} ml_schema_gap;

typedef ML_VEC(ml_schema_gap) ml_schema_gaps;

/* In the order of the reference schema. A table that is open lacks no column; when no
 * reference table is declared at all, or the tables were cut short, no table is missing. */
void ml_schema_gaps_of(ml_schema_gaps *out, ml_arena *arena, const ml_tables *tables);

/* A column that takes some billing types, but not all. */
typedef struct ml_schema_type_gap {
    const bill_table *table;
    const ml_table *declared;
    const ml_table_column *column;
    ml_table_names missing; /* "character"; in the order of the reference */
} ml_schema_type_gap;

typedef ML_VEC(ml_schema_type_gap) ml_schema_type_gaps;

/* By table; of several declarations of one column the first that lacks a type. */
void ml_schema_type_gaps_of(ml_schema_type_gaps *out, ml_arena *arena, const ml_tables *tables);

/* The lines of the report's schema section. One line that says so when no reference table is declared. */
void ml_schema_checks(ml_checks *out, ml_arena *arena, const ml_tables *tables);

/* MySQL statements that add what ml_schema_gaps_of and ml_schema_type_gaps_of find, and nothing
 * else; the tables of the specification in full when none is declared and `none_declared_too`
 * asks for it. Empty when nothing is missing. */
ml_str ml_schema_suggestion(ml_arena *arena, const ml_tables *tables, bool none_declared_too);

#endif
