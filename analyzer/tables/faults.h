/* faults.h - between the judges of a schema. Private to tables. */
#ifndef ML_TABLES_FAULTS_H
#define ML_TABLES_FAULTS_H
#include "ml/schema_fault.h"

typedef struct judging {
    ml_schema_faults *out;
    ml_arena *arena;
    const ml_tables *tables;
    ml_schema_fault_kind kind;
} judging;

/* Does what the declaration says of the column count? A model's does not where the database's side writes it. */
bool fault_counts(const ml_table *table, const ml_declaration *declaration, const char *column);
ml_database fault_dialect(const ml_tables *tables, const ml_declaration *declaration);
/* Valid until the next one is pushed; NULL for level NONE. */
ml_schema_fault *fault_push(judging *j, const ml_table *table, const char *column, const ml_table_place *place,
                            ml_level level);
void fault_detail(judging *j, ml_schema_fault *fault, ml_str en, ml_str zh); /* accepts NULL */

/* A column without which a row cannot be billed: NULL in it is a fault. */
bool fault_must_be_there(const bill_column *reference);

void fault_missing_tables(judging *j);
void fault_cascades(judging *j);
void fault_values(judging *j);
void fault_events(judging *j);

#endif
