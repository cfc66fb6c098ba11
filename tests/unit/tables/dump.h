/* dump.h - declared tables in a line each, for the tables of expected results.
 *
 *   ai_billing_records=ai_billing_records ?  a:decimal(28,12) nn uq; UQ k(a,b)
 *
 * name = reference, "?" for open; a column with its class, numbers, values and flags. */
#ifndef TEST_TABLES_DUMP_H
#define TEST_TABLES_DUMP_H
#include "ml/buf.h"
#include "ml/tables.h"

static inline void dump_names(ml_buf *out, const char *open, const ml_table_names *names, const char *close)
{
    ml_buf_cstr(out, open);
    for (uint32_t i = 0; i < names->count; i++)
        ml_buf_printf(out, "%s%.*s", i ? "," : "", ML_STR_ARG(names->items[i]));
    ml_buf_cstr(out, close);
}

static inline void dump_flag(ml_buf *out, bool yes, const char *word)
{
    if (yes)
        ml_buf_printf(out, " %s", word);
}

static inline void dump_column(ml_buf *out, const ml_table_column *column)
{
    ml_buf_printf(out, " %.*s:%s", ML_STR_ARG(column->name), ml_type_class_name(column->type));
    if (column->precision >= 0)
        ml_buf_printf(out, "(%d,%d)", column->precision, column->scale);
    if (column->length >= 0)
        ml_buf_printf(out, "(%d)", column->length);
    if (column->has_values)
        dump_names(out, "{", &column->values, column->values_open ? ",...}" : "}");
    dump_flag(out, column->is_unsigned, "unsigned");
    dump_flag(out, !column->nullable, "nn");
    dump_flag(out, column->primary_key, "pk");
    dump_flag(out, column->unique, "uq");
    dump_flag(out, column->auto_increment, "auto");
    dump_flag(out, column->binary, "bin");
    dump_flag(out, column->implied, "implied");
    if (column->has_default)
        ml_buf_printf(out, " =%.*s", ML_STR_ARG(column->default_text));
    if (column->references_table.len)
        ml_buf_printf(out, " ->%.*s.%.*s/%.*s", ML_STR_ARG(column->references_table),
                      ML_STR_ARG(column->references_column), ML_STR_ARG(column->on_delete));
    ml_buf_char(out, ';');
}

static inline void dump_tables(ml_buf *out, const ml_tables *tables)
{
    for (uint32_t t = 0; t < tables->count; t++) {
        const ml_table *table = &tables->items[t];
        ml_buf_printf(out, "%.*s%s%s%s", ML_STR_ARG(table->name), table->reference ? "=" : "",
                      table->reference ? table->reference->name : "", table->open ? " ?" : "");
        for (uint32_t c = 0; c < table->columns.count; c++)
            dump_column(out, &table->columns.items[c]);
        for (uint32_t d = 0; d < table->declarations.count; d++)
            for (uint32_t k = 0; k < table->declarations.items[d]->keys.count; k++) {
                const ml_table_key *key = &table->declarations.items[d]->keys.items[k];
                ml_buf_printf(out, " %s%s %.*s",
                              key->primary  ? "PK"
                              : key->unique ? "UQ"
                                            : "KEY",
                              key->partial ? "?" : "", ML_STR_ARG(key->name));
                dump_names(out, "(", &key->columns, ")");
            }
        ml_buf_char(out, '\n');
    }
}

#endif
