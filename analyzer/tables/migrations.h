/* migrations.h - between the readers of migrations. Private to tables. */
#ifndef ML_TABLES_MIGRATIONS_H
#define ML_TABLES_MIGRATIONS_H
#include "declare.h"

/* A call of Knex's schema builder, read when it is one. */
bool knex_call(declarer *d, const ml_facts *facts, ml_node_id call, ml_str method);

/* A column's type written as SQL, "decimal" or "decimal(28,12)"; numbers beside it are -1 when not given. */
void attribute_sql_type(declarer *d, ml_table_column *column, ml_str text, int32_t first, int32_t second);

#endif
