/* prisma.h - the models of a Prisma schema, as the CREATE TABLE statements they stand for.
 *
 * Each model is one ML_SQL_CREATE_TABLE: the table named by @@map or the model, columns by
 * @map or the field, types by their native attribute or what Prisma takes without one. Enums
 * are the columns' values. A relation is a foreign key with Prisma's own default: a relation
 * that may be absent is set to NULL, any other restricts. Lists and the other side of a
 * relation are no columns. What is no model, enum or datasource is passed over.
 * Linear in the length of the text but for names of enums; no recursion. */
#ifndef ML_PRISMA_H
#define ML_PRISMA_H
#include "ml/sql.h"

void ml_prisma_parse(ml_sql_script *out, ml_arena *arena, ml_str text);

#endif
