/* schema_migrate.h - the statements that bring what is declared to what the reference asks.
 *
 * Adds and widens, never loses a table, a column or a row: a key that rows violate, or a
 * column that holds NULL, makes its statement fail and is for a person to decide. SQLite
 * changes no column in place: there a table is made anew, filled and put in place of the old
 * one, in a transaction that ends with nothing changed unless all of it went well. Where not
 * all of the old table is known it stays, and a comment says why. */
#ifndef ML_SCHEMA_MIGRATE_H
#define ML_SCHEMA_MIGRATE_H
#include "ml/tables.h"

/* Statements, each ended by ";\n"; empty when nothing is missing. Tables of the specification
 * in full when none is declared. */
ml_str ml_schema_migration(ml_arena *arena, const ml_tables *tables, bill_dialect dialect);
/* The complete reference: the tables of the specification and those right bills need. */
ml_str ml_schema_reference(ml_arena *arena, bill_dialect dialect);
/* The same as a Prisma schema. */
ml_str ml_schema_prisma(ml_arena *arena, bill_dialect dialect);
/* The project's Prisma files as they should be, each after a comment with its path; empty when
 * its models lack nothing. The dialect is the datasource's where it says one. Complete models,
 * after a comment with the reason, where there is no one model a table. */
ml_str ml_schema_prisma_migration(ml_arena *arena, const ml_tables *tables, bill_dialect dialect);
/* A line for each difference, as people read it; empty when there is none. */
ml_str ml_schema_difference(ml_arena *arena, const ml_tables *tables);

#endif
