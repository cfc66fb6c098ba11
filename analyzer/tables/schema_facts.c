/* schema_facts.c - the elements of a table declared in code, written out from what the reading kept.
 *
 * What a database made from it may have on top (defaults, links) is listed, for the migration
 * to look at before it touches anything. */
#include "elements.h"

static ml_str sqlite_type(ml_arena *arena, const ml_table_column *column)
{
    switch (column->type) {
    case ML_TYPE_INT: return ML_STR("INTEGER");
    case ML_TYPE_BIGINT: return column->primary_key ? ML_STR("INTEGER") : ML_STR("BIGINT");
    case ML_TYPE_DECIMAL:
        if (column->precision < 0 || column->unsized)
            return ML_STR("DECIMAL");
        return ml_arena_printf(arena, "DECIMAL(%d,%d)", column->precision, column->scale < 0 ? 0 : column->scale);
    case ML_TYPE_FLOAT: return ML_STR("REAL");
    case ML_TYPE_STRING: return ml_arena_printf(arena, "VARCHAR(%d)", column->length < 0 ? 255 : column->length);
    case ML_TYPE_TEXT:
    case ML_TYPE_ENUM: return ML_STR("TEXT");
    case ML_TYPE_DATETIME: return ML_STR("DATETIME");
    case ML_TYPE_DATE: return ML_STR("DATE");
    case ML_TYPE_TIME: return ML_STR("TIME");
    case ML_TYPE_JSON: return ML_STR("JSON");
    case ML_TYPE_BOOL: return ML_STR("BOOLEAN");
    case ML_TYPE_UUID: return ML_STR("CHAR(36)");
    case ML_TYPE_BINARY: return ML_STR("BLOB");
    case ML_TYPE_UNKNOWN: break;
    }
    return ML_STR_NONE;
}

/* A default the database has; one the program makes (NOW, UUIDV4) is none. */
static ml_str sqlite_default(ml_arena *arena, const ml_table_column *column)
{
    ml_str value = ml_str_trim(column->default_text);
    if (!column->has_default || !value.len || column->auto_increment)
        return ML_STR_NONE;
    char first = value.data[0], last = value.data[value.len - 1];
    ml_buf out = {0};
    if (value.len >= 2 && (first == '\'' || first == '"') && first == last)
        migration_put_text(&out, ml_str_slice(value, 1, value.len - 1));
    else if ((first >= '0' && first <= '9') || first == '-')
        ml_buf_str(&out, value);
    else if (ml_str_eq_nocase(value, ML_STR("true")) || ml_str_eq_nocase(value, ML_STR("false")))
        ml_buf_char(&out, ml_str_eq_nocase(value, ML_STR("true")) ? '1' : '0');
    else if (ml_str_eq_c(value, "now()") || ml_str_find_nocase(value, ML_STR("current_timestamp")) != ML_NOT_FOUND ||
             ml_str_contains(value, ML_STR("fn.now")))
        ml_buf_cstr(&out, "CURRENT_TIMESTAMP");
    else if (column->type == ML_TYPE_ENUM || column->type == ML_TYPE_STRING || column->type == ML_TYPE_TEXT) {
        for (uint32_t i = 0; i < column->values.count; i++) /* the word alone: an enumeration of Prisma */
            if (ml_str_eq(column->values.items[i], value))
                migration_put_text(&out, value);
    }
    return element_taken(arena, &out);
}

static void put_values(ml_buf *out, ml_arena *arena, const ml_table_column *column)
{
    ml_buf_printf(out, " CHECK (%.*s IN (", ML_STR_ARG(element_quoted(arena, column->name)));
    for (uint32_t i = 0; i < column->values.count; i++) {
        ml_buf_cstr(out, i ? ", " : "");
        migration_put_text(out, column->values.items[i]);
    }
    ml_buf_cstr(out, "))");
}

static ml_str column_text(table_elements *of, ml_arena *arena, const ml_table_column *column)
{
    ml_buf out = {0};
    ml_str value = sqlite_default(arena, column);
    ml_buf_printf(&out, "%.*s %.*s", ML_STR_ARG(element_quoted(arena, column->name)),
                  ML_STR_ARG(sqlite_type(arena, column)));
    if (!column->nullable && !(column->primary_key && column->auto_increment))
        ml_buf_cstr(&out, " NOT NULL");
    if (column->primary_key)
        ml_buf_cstr(&out, column->auto_increment ? " PRIMARY KEY AUTOINCREMENT" : " PRIMARY KEY");
    if (column->unique)
        ml_buf_cstr(&out, " UNIQUE");
    if (value.len) {
        ml_str name = ml_arena_lower(arena, column->name);
        ml_buf_printf(&out, " DEFAULT %.*s", ML_STR_ARG(value));
        ml_vec_push(arena, &of->defaults, name);
    }
    if (column->type == ML_TYPE_ENUM && column->has_values && !column->values_open && column->values.count) {
        put_values(&out, arena, column);
        of->checks = true;
    }
    return element_taken(arena, &out);
}

static ml_str name_list(ml_arena *arena, const ml_declaration *base, const ml_table_names *names)
{
    ml_buf out = {0};
    for (uint32_t i = 0; i < names->count; i++) {
        ml_str name = base ? element_stored_name(base, names->items[i]) : names->items[i];
        ml_buf_printf(&out, "%s%.*s", i ? ", " : "", ML_STR_ARG(element_quoted(arena, name)));
    }
    return element_taken(arena, &out);
}

/* Sequelize and Prisma follow a change of the parent's key unless told otherwise. */
static ml_str on_update_of(const ml_declaration *base, ml_str written)
{
    if (written.len)
        return written;
    bool follows = base->form == ML_FORM_SEQUELIZE || base->form == ML_FORM_PRISMA;
    return follows ? ML_STR("cascade") : ML_STR("no action");
}

/* Code points at a model by its name; the database knows its table. */
static const ml_table *parent_of(const ml_tables *tables, ml_str name)
{
    for (uint32_t i = 0; i < tables->count; i++)
        if (ml_str_eq_nocase(tables->items[i].name, name))
            return &tables->items[i];
    for (uint32_t i = 0; i < tables->count; i++)
        for (uint32_t d = 0; d < tables->items[i].declarations.count; d++)
            if (ml_str_eq_nocase(tables->items[i].declarations.items[d]->model, name))
                return &tables->items[i];
    return NULL;
}

/* The parent's columns by their names in the database; its key when none is written. */
static ml_table_names targets_of(ml_arena *arena, const ml_table *parent, const ml_table_foreign_key *key)
{
    ml_table_names out = {0};
    if (!key->target_columns.count)
        ml_vec_push(arena, &out, ML_STR("id"));
    for (uint32_t i = 0; i < key->target_columns.count; i++) {
        ml_str name = key->target_columns.items[i];
        for (uint32_t c = 0; parent && c < parent->columns.count; c++)
            if (ml_str_eq(parent->columns.items[c].property, name)) {
                name = parent->columns.items[c].name;
                break;
            }
        ml_vec_push(arena, &out, name);
    }
    return out;
}

static void push_link(table_elements *out, ml_arena *arena, const ml_declaration *base, const ml_table_foreign_key *key)
{
    const ml_table *parent = parent_of(out->tables, key->table);
    ml_str table = parent ? parent->name : key->table;
    ml_table_names target = targets_of(arena, parent, key);
    ml_str on_update = on_update_of(base, key->on_update);
    table_element one = {
        .text =
            ml_arena_printf(arena, "FOREIGN KEY (%.*s) REFERENCES %.*s (%.*s)%s%.*s ON UPDATE %.*s",
                            ML_STR_ARG(name_list(arena, base, &key->columns)), ML_STR_ARG(element_quoted(arena, table)),
                            ML_STR_ARG(name_list(arena, NULL, &target)), key->on_delete.len ? " ON DELETE " : "",
                            ML_STR_ARG(key->on_delete), ML_STR_ARG(on_update))};
    ml_vec_push(arena, &out->items, one);
    for (uint32_t i = 0; i < key->columns.count; i++) {
        ml_str link =
            ml_arena_lower(arena, ml_arena_printf(arena, "%.*s>%.*s>%.*s",
                                                  ML_STR_ARG(element_stored_name(base, key->columns.items[i])),
                                                  ML_STR_ARG(table), ML_STR_ARG(on_update)));
        ml_vec_push(arena, &out->links, link);
    }
}

static bool listed(const ml_declaration *base, ml_str column)
{
    for (uint32_t i = 0; i < base->foreign_keys.count; i++)
        if (base->foreign_keys.items[i].columns.count &&
            ml_str_eq_nocase(base->foreign_keys.items[i].columns.items[0], column))
            return true;
    return false;
}

static void push_links(table_elements *out, ml_arena *arena, const ml_declaration *base)
{
    for (uint32_t i = 0; i < base->foreign_keys.count; i++)
        if (base->foreign_keys.items[i].columns.count && base->foreign_keys.items[i].table.len)
            push_link(out, arena, base, &base->foreign_keys.items[i]);
    for (uint32_t i = 0; i < base->columns.count; i++) {
        const ml_table_column *column = &base->columns.items[i];
        ml_table_foreign_key key = {
            .table = column->references_table, .on_delete = column->on_delete, .on_update = column->on_update};
        if (!column->references_table.len || listed(base, column->name))
            continue;
        ml_vec_push(arena, &key.columns, column->name);
        if (column->references_column.len)
            ml_vec_push(arena, &key.target_columns, column->references_column);
        push_link(out, arena, base, &key);
    }
}

static bool is_linked(const table_elements *out, ml_arena *arena, ml_str column)
{
    ml_str start = ml_arena_concat(arena, ml_arena_lower(arena, column), ML_STR(">"));
    for (uint32_t i = 0; i < out->links.count; i++)
        if (ml_str_starts(out->links.items[i], start))
            return true;
    return false;
}

/* belongsTo and hasMany of Sequelize make a foreign key too. Without ON DELETE of its own a field that may be
 * NULL is set to NULL; any other keeps its parent. */
static void push_associations(table_elements *out, ml_arena *arena, const ml_declaration *base)
{
    for (uint32_t i = 0; i < out->tables->associations.count; i++) {
        const ml_table_association *from = &out->tables->associations.items[i];
        if (!base->model.len || !from->key.len || from->no_constraint || !ml_str_eq_nocase(from->child, base->model))
            continue;
        const ml_table_column *column = element_column(base, element_stored_name(base, from->key));
        ml_table_foreign_key key = {.table = from->parent, .on_delete = from->on_delete};
        if (!column || is_linked(out, arena, column->name))
            continue;
        if (!key.on_delete.len && column->nullable)
            key.on_delete = ML_STR("set null");
        ml_vec_push(arena, &key.columns, column->name);
        push_link(out, arena, base, &key);
    }
}

static bool push_keys(table_elements *out, ml_arena *arena, const ml_declaration *base)
{
    for (uint32_t i = 0; i < base->keys.count; i++) {
        const ml_table_key *key = &base->keys.items[i];
        ml_str names = name_list(arena, base, &key->columns);
        if (key->partial)
            return false;
        if (key->primary && key->columns.count > 1) {
            table_element one = {.text = ml_arena_printf(arena, "PRIMARY KEY (%.*s)", ML_STR_ARG(names))};
            ml_vec_push(arena, &out->items, one);
        }
        if (key->primary)
            continue;
        ml_str name = key->name.len ? key->name
                                    : ml_arena_printf(arena, "%s_%.*s_%u", key->unique ? "uq" : "ix",
                                                      ML_STR_ARG(base->table), i + 1);
        ml_str statement = ml_arena_printf(arena, "CREATE %sINDEX %.*s ON %.*s (%.*s)", key->unique ? "UNIQUE " : "",
                                           ML_STR_ARG(element_quoted(arena, name)),
                                           ML_STR_ARG(element_quoted(arena, base->table)), ML_STR_ARG(names));
        element_after(out, arena, name, statement);
        element_index(out, arena, base, key);
    }
    return true;
}

bool elements_from_facts(table_elements *out, ml_arena *arena, const ml_declaration *base, const char **why)
{
    for (uint32_t i = 0; i < base->columns.count; i++) {
        const ml_table_column *column = &base->columns.items[i];
        *why = "the type of a column is not known";
        if (!sqlite_type(arena, column).len)
            return false;
        *why = "how a column is computed is not known";
        if (column->generated)
            return false;
        table_element one = {column, column_text(out, arena, column)};
        ml_vec_push(arena, &out->items, one);
    }
    *why = "the condition of an index is not known";
    push_links(out, arena, base);
    push_associations(out, arena, base);
    return push_keys(out, arena, base);
}
