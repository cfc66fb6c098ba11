/* prisma_print.h - printing models of the reference tables. Private to tables. */
#ifndef ML_TABLES_PRISMA_PRINT_H
#define ML_TABLES_PRISMA_PRINT_H
#include "ml/buf.h"
#include "ml/tables.h"

typedef struct prisma_printer {
    ml_buf *out;
    ml_arena *arena;
    bill_dialect dialect;
    uint32_t mask;           /* tables printed as models; relations lie between these alone */
    const char *enum_prefix; /* before the names of enumerations: "" unless the project has one called so */
} prisma_printer;

/* "ai_model_usage" is the model AiModelUsage, "user_id" the field userId. */
ml_str prisma_name(ml_arena *arena, const char *snake, bool model);
/* The column's type; *native is "@db.Decimal(28, 12)" or empty. */
ml_str prisma_type(const prisma_printer *p, const bill_table *table, const bill_column *column, ml_str *native);
/* A line with everything the field needs. */
void prisma_put_field(const prisma_printer *p, const bill_table *table, const bill_column *column, ml_str name,
                      bool optional);
void prisma_put_models(const prisma_printer *p);
/* The enumerations whose values `wants` takes; none on SQLite. */
typedef bool prisma_wants(void *data, const char *const *values);
void prisma_put_enums(const prisma_printer *p, prisma_wants *wants, void *data);
/* Does a table of the mask have a column of these values? */
bool prisma_uses(uint32_t mask, const char *const *values);
/* Does the schema have an enumeration by the name of one that would be printed? */
bool prisma_has_enum(ml_str schema);
/* Datasource, generator, enumerations, models. */
void prisma_put_schema(prisma_printer *p);

#endif
