/* schema_elements.c - a SQLite table as the project has it, element by element: from the text of its
 * statement where there is one, else from what was read of code. */
#include "elements.h"

const ml_table_column *element_column(const ml_declaration *base, ml_str name)
{
    for (uint32_t i = 0; i < base->columns.count; i++)
        if (ml_str_eq_nocase(base->columns.items[i].name, name))
            return &base->columns.items[i];
    return NULL;
}

void element_after(table_elements *out, ml_arena *arena, ml_str name, ml_str statement)
{
    ml_str lower = ml_arena_lower(arena, name);
    for (uint32_t i = 0; i < out->made.count; i++)
        if (ml_str_eq(out->made.items[i], lower))
            return;
    ml_vec_push(arena, &out->made, lower);
    ml_vec_push(arena, &out->after, statement);
}

ml_str element_stored_name(const ml_declaration *base, ml_str name)
{
    for (uint32_t i = 0; !element_column(base, name) && i < base->columns.count; i++)
        if (ml_str_eq(base->columns.items[i].property, name))
            return base->columns.items[i].name;
    return name;
}

void element_index(table_elements *out, ml_arena *arena, const ml_declaration *base, const ml_table_key *key)
{
    ml_buf names = {0};
    for (uint32_t i = 0; i < key->columns.count; i++)
        ml_buf_printf(&names, "%s%.*s", i ? "," : "", ML_STR_ARG(element_stored_name(base, key->columns.items[i])));
    ml_str text = ml_arena_lower(arena, element_taken(arena, &names));
    ml_vec_push(arena, &out->indexes, text);
}

/* ---- which declaration ---- */

static const ml_declaration *only_of(const ml_table *table, ml_table_origin origin, uint32_t *count)
{
    const ml_declaration *found = NULL;
    *count = 0;
    for (uint32_t i = 0; i < table->declarations.count; i++)
        if (table->declarations.items[i]->origin == origin) {
            found = table->declarations.items[i];
            ++*count;
        }
    return found;
}

/* What the database is made with before the model; of several it is not known which holds. */
static const ml_declaration *base_of(const ml_table *table, const char **why)
{
    uint32_t count;
    const ml_declaration *base = only_of(table, ML_TABLE_SQL, &count);
    if (!base)
        base = only_of(table, ML_TABLE_MODEL, &count);
    *why = count > 1 ? "it is declared in several places" : "not all of its columns can be seen";
    return base && count == 1 && !base->open && base->columns.count ? base : NULL;
}

bool table_elements_of(table_elements *out, ml_arena *arena, const ml_tables *tables, const ml_table *table,
                       const char **why)
{
    *out = (table_elements){.tables = tables};
    const ml_declaration *base = base_of(table, why);
    if (!base)
        return false;
    return base->form == ML_FORM_SQL ? elements_from_text(out, arena, base, why)
                                     : elements_from_facts(out, arena, base, why);
}
