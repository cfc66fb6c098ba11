/* schema_check.c - what the declared tables lack. */
#include "ml/schema_check.h"

ml_level ml_schema_level(bill_required required_by, bill_severity if_missing)
{
    ml_level level = ML_LEVEL_NONE;
    switch (if_missing) {
    case BILL_SEVERITY_NONE: return ML_LEVEL_NONE;
    case BILL_SEVERITY_NOTE: level = ML_LEVEL_LOW; break;
    case BILL_SEVERITY_WARNING: level = ML_LEVEL_MEDIUM; break;
    case BILL_SEVERITY_ERROR: level = ML_LEVEL_HIGH; break;
    }
    switch (required_by) {
    case BILL_REQUIRED_SPEC: return level;
    case BILL_REQUIRED_CORRECTNESS: return level == ML_LEVEL_LOW ? ML_LEVEL_NONE : ml_level_lower(level);
    case BILL_REQUIRED_INTERNAL: break;
    }
    return ML_LEVEL_NONE;
}

static bool declares_any(const ml_tables *tables)
{
    for (uint32_t i = 0; i < tables->count; i++)
        if (tables->items[i].reference)
            return true;
    return false;
}

static void column_gaps(ml_schema_gaps *out, ml_arena *arena, const bill_table *reference, const ml_table *declared)
{
    for (size_t i = 0; i < reference->column_count && !declared->open; i++) {
        const bill_column *column = &reference->columns[i];
        ml_level level = ml_schema_level(column->required_by, column->if_missing);
        if (level == ML_LEVEL_NONE || ml_table_column_named(declared, column->name))
            continue;
        ml_schema_gap gap = {reference, column, declared, level};
        ml_vec_push(arena, out, gap);
    }
}

void ml_schema_gaps_of(ml_schema_gaps *out, ml_arena *arena, const ml_tables *tables)
{
    bool any = declares_any(tables);
    const bill_table *reference;
    for (size_t i = 0; (reference = bill_schema_table(i)) != NULL; i++) {
        const ml_table *declared = ml_tables_for(tables, reference);
        ml_level level = ml_schema_level(reference->required_by, reference->if_missing);
        if (declared) {
            column_gaps(out, arena, reference, declared);
        } else if (any && !tables->cut_short && level != ML_LEVEL_NONE) {
            ml_schema_gap gap = {reference, NULL, NULL, level};
            ml_vec_push(arena, out, gap);
        }
    }
}

static bool takes(const ml_table_column *column, int type)
{
    for (uint32_t i = 0; i < column->values.count; i++) {
        char lower[16];
        ml_str value = column->values.items[i];
        if (value.len > sizeof lower)
            continue;
        for (size_t c = 0; c < value.len; c++)
            lower[c] = (char)(value.data[c] >= 'A' && value.data[c] <= 'Z' ? value.data[c] + 32 : value.data[c]);
        if (bill_billing_type_find(lower, value.len) == type)
            return true;
    }
    return false;
}

/* Does the reference hold the column to the billing types? */
static bool is_type_column(const bill_column *column)
{
    return column->type_class == BILL_CLASS_ENUM && column->values == bill_values_billing_type;
}

static bool type_gap(ml_schema_type_gap *gap, ml_arena *arena, const ml_table_column *column)
{
    if (!column || !column->has_values || column->values_open)
        return false;
    for (int type = 0; bill_values_billing_type[type]; type++)
        if (!takes(column, type))
            ml_vec_push(arena, &gap->missing, ml_str_of(bill_values_billing_type[type]));
    gap->column = column;
    return gap->missing.count > 0;
}

static void table_type_gap(ml_schema_type_gaps *out, ml_arena *arena, const ml_table *table, const char *name)
{
    for (uint32_t d = 0; d < table->declarations.count; d++) {
        ml_schema_type_gap gap = {.table = table->reference, .declared = table};
        if (type_gap(&gap, arena, ml_declaration_column(table->declarations.items[d], name))) {
            ml_vec_push(arena, out, gap);
            return;
        }
    }
}

void ml_schema_type_gaps_of(ml_schema_type_gaps *out, ml_arena *arena, const ml_tables *tables)
{
    for (uint32_t i = 0; i < tables->count; i++) {
        const ml_table *table = &tables->items[i];
        for (size_t c = 0; table->reference && c < table->reference->column_count; c++)
            if (is_type_column(&table->reference->columns[c]))
                table_type_gap(out, arena, table, table->reference->columns[c].name);
    }
}
