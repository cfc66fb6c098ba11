/* schema_fault.h - what is wrong with what is declared: the catalogue's SCH001 and SCH004 to
 * SCH017, each as places with the words they need. schema_check.h has what columns lack.
 *
 * Of a table whose columns a migration or a statement writes, those count, because they
 * are what the database is; else the models. What cannot be seen is no fault. */
#ifndef ML_SCHEMA_FAULT_H
#define ML_SCHEMA_FAULT_H
#include "ml/tables.h"

typedef enum ml_schema_fault_kind {
    ML_FAULT_TABLE_MISSING, /* detail: the tables */
    ML_FAULT_NO_SCALE,      /* detail: what the type means */
    ML_FAULT_SMALL_SCALE,   /* detail: digits behind the point */
    ML_FAULT_FEW_DIGITS,    /* detail: digits before the point */
    ML_FAULT_FLOAT_MONEY,   /* detail: the type */
    ML_FAULT_REQUEST_KEY,
    ML_FAULT_USAGE_KEY,
    ML_FAULT_CASCADE, /* detail: the parent */
    ML_FAULT_NARROW,
    ML_FAULT_SUMMARY_KEY,
    ML_FAULT_NULLABLE,
    ML_FAULT_LOOSE_KEY,
    ML_FAULT_NO_LENGTH,
    ML_FAULT_VALUES_DIFFER, /* detail: the values one side lacks; other: where the other side is */
    ML_FAULT_DESTRUCTIVE    /* detail: what it does */
} ml_schema_fault_kind;

typedef struct ml_schema_fault {
    ml_schema_fault_kind kind;
    ml_str table, column;
    ml_text detail;
    ml_table_place place;
    ml_level level;       /* at most this */
    bool specified;       /* the specification demands it, and not only right bills */
    bool unproven;        /* the level is lower because the database is not known */
    ml_table_place other; /* without path: none */
} ml_schema_fault;

typedef ML_VEC(ml_schema_fault) ml_schema_faults;

/* All faults of the kind, in the order of the tables' names. */
void ml_schema_faults_of(ml_schema_faults *out, ml_arena *arena, const ml_tables *tables, ml_schema_fault_kind kind);

#endif
