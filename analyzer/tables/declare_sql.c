/* declare_sql.c - SQL statements folded, in order, into declarations.
 *
 * A table that is created twice keeps its first definitions and gains the columns it
 * had not: schema files and migrations of one project tell the same story, and so do
 * the same tables for two engines. A table that is altered, but created nowhere, is open. */
#include "declare.h"
#include <stdio.h>

typedef struct holder {
    ml_declaration *declaration; /* NULL after DROP TABLE */
} holder;

ml_declaration *fold_find(const declarer *d, ml_str name)
{
    char lower[128];
    if (name.len > sizeof lower)
        return NULL;
    for (size_t i = 0; i < name.len; i++)
        lower[i] = (char)(name.data[i] >= 'A' && name.data[i] <= 'Z' ? name.data[i] + 32 : name.data[i]);
    holder *at = ml_strmap_get(&d->sql_tables, (ml_str){lower, name.len});
    return at ? at->declaration : NULL;
}

static void hold(declarer *d, ml_str name, ml_declaration *declaration)
{
    ml_str key = ml_arena_lower(d->arena, name);
    holder *at = ml_strmap_get(&d->sql_tables, key);
    if (!at) {
        at = ML_NEW(d->arena, holder);
        ml_strmap_put(d->arena, &d->sql_tables, key, at);
    }
    at->declaration = declaration;
}

/* Where the statements stand: a file of them, or a text within a script. */
typedef struct origin {
    ml_str path;
    const ml_lines *lines;
    uint32_t base, end;
    bool start_only;
    ml_str text;
    ml_database dialect;
    ml_table_form form;
} origin;

static ml_table_place place(const origin *source, uint32_t start, uint32_t end)
{
    if (source->start_only)
        return (ml_table_place){source->path, source->lines, source->base, source->end};
    return (ml_table_place){source->path, source->lines, source->base + start, source->base + end};
}

ml_declaration *fold_create(declarer *d, ml_str table, ml_table_place at, ml_table_form form)
{
    ml_declaration *declaration = ML_NEW(d->arena, ml_declaration);
    *declaration = (ml_declaration){.origin = ML_TABLE_SQL, .form = form, .table = table, .place = at};
    hold(d, table, declaration);
    ml_vec_push(d->arena, &d->all, declaration);
    return declaration;
}

ml_declaration *fold_known(declarer *d, ml_str table, ml_table_place at, ml_table_form form)
{
    ml_declaration *known = fold_find(d, table);
    if (known)
        return known;
    known = fold_create(d, table, at, form);
    known->open = true;
    return known;
}

static ml_declaration *create(declarer *d, const origin *source, const ml_sql_statement *statement, bool open)
{
    ml_declaration *declaration =
        fold_create(d, statement->table, place(source, statement->start, statement->head_end), source->form);
    declaration->open = open;
    declaration->dialect = source->dialect;
    return declaration;
}

static ml_table_names some_names(declarer *d, const ml_str *items, uint32_t count, uint32_t max)
{
    ml_table_names out = {0};
    for (uint32_t i = 0; i < count && i < max; i++)
        ml_vec_push(d->arena, &out, items[i]);
    return out;
}

static ml_table_names names(declarer *d, const ml_sql_names *from)
{
    return some_names(d, from->items, from->count, UINT32_MAX);
}

static ml_table_names key_names(declarer *d, const ml_sql_names *from)
{
    return some_names(d, from->items, from->count, DECLARE_KEY_COLUMNS_MAX);
}

static bool is_binary(ml_str collation)
{
    return ml_str_ends(collation, ML_STR("_bin")) || ml_str_eq_nocase(collation, ML_STR("binary")) ||
           ml_str_eq_c(collation, "C") || ml_str_eq_c(collation, "POSIX");
}

static ml_table_column column_of(declarer *d, const origin *source, const ml_sql_column *from)
{
    ml_table_column column = declare_blank();
    declare_type(&column, from->type, from->precision, from->scale);
    column.name = from->name;
    column.is_unsigned = from->is_unsigned;
    column.nullable = !from->not_null && !from->primary_key;
    column.unique = from->unique;
    column.primary_key = from->primary_key;
    column.auto_increment = from->auto_increment;
    column.generated = from->generated;
    column.has_default = from->has_default;
    column.default_text = from->default_text;
    column.collation = from->collation;
    column.binary = is_binary(from->collation);
    column.has_values = from->values.count > 0;
    column.values = names(d, &from->values);
    column.references_table = from->references_table;
    column.references_column = from->references_column;
    column.on_delete = from->on_delete;
    column.place = place(source, from->start, from->end);
    return column;
}

void fold_name_key(declarer *d, ml_str name, ml_declaration *declaration)
{
    ml_strmap_put(d->arena, &d->sql_keys, ml_arena_lower(d->arena, name), declaration);
}

static void add_keys(declarer *d, const origin *source, ml_declaration *to, const ml_sql_statement *statement)
{
    for (uint32_t i = 0; i < statement->keys.count; i++) {
        const ml_sql_key *from = &statement->keys.items[i];
        ml_table_key key = {from->name,
                            from->primary,
                            from->unique,
                            from->partial,
                            key_names(d, &from->columns),
                            place(source, from->start, from->end)};
        declare_key(d, to, key);
        if (key.name.len)
            fold_name_key(d, key.name, to);
    }
}

static void add_foreign_keys(declarer *d, const origin *source, ml_declaration *to, const ml_sql_statement *statement)
{
    for (uint32_t i = 0; i < statement->foreign_keys.count; i++) {
        const ml_sql_foreign_key *from = &statement->foreign_keys.items[i];
        ml_table_foreign_key key = {
            from->name,      key_names(d, &from->columns),          from->table,    key_names(d, &from->target_columns),
            from->on_delete, place(source, from->start, from->end), from->on_update};
        declare_foreign_key(d, to, key);
    }
}

static void add_checks(declarer *d, ml_declaration *to, const ml_sql_statement *statement)
{
    for (uint32_t i = 0; i < statement->checks.count && i < DECLARE_KEYS_MAX; i++) {
        ml_table_column *column = declare_find(to, statement->checks.items[i].column);
        if (!column)
            continue;
        column->has_values = true;
        column->values = names(d, &statement->checks.items[i].values);
    }
}

/* LIKE copies columns and keys; neither engine copies foreign keys. */
static void copy_like(declarer *d, ml_declaration *to, ml_str from_name)
{
    const ml_declaration *from = fold_find(d, from_name);
    if (!from || from->open)
        to->open = true;
    if (!from || from == to)
        return;
    for (uint32_t i = 0; i < from->columns.count; i++) {
        if (d->copies++ >= DECLARE_COPIES_MAX) {
            to->open = d->cut_short = true;
            return;
        }
        ml_table_column column = from->columns.items[i];
        column.references_table = column.references_column = column.on_delete = ML_STR_NONE;
        if (!declare_find(to, column.name))
            declare_column(d, to, column);
    }
    for (uint32_t i = 0; i < from->keys.count; i++) {
        ml_table_key key = from->keys.items[i];
        key.columns = some_names(d, key.columns.items, key.columns.count, DECLARE_KEY_COLUMNS_MAX);
        declare_key(d, to, key);
    }
}

/* DEFAULT COLLATE=utf8mb4_bin behind the columns. */
static bool compares_bytes(const origin *source, const ml_sql_statement *statement)
{
    uint32_t from =
        statement->columns.count ? statement->columns.items[statement->columns.count - 1].end : statement->head_end;
    ml_str tail = ml_str_slice(source->text, from, statement->end);
    size_t collate = ml_str_find_nocase(tail, ML_STR("collate"));
    return collate != ML_NOT_FOUND && ml_str_find_nocase(ml_str_from(tail, collate), ML_STR("_bin")) != ML_NOT_FOUND;
}

static void create_table(declarer *d, const origin *source, const ml_sql_statement *statement)
{
    ml_declaration *to = fold_find(d, statement->table);
    if (!to)
        to = create(d, source, statement, statement->open);
    else if (statement->open)
        to->open = true;
    to->binary = to->binary || compares_bytes(source, statement);
    if (statement->like_table.len)
        copy_like(d, to, statement->like_table);
    for (uint32_t i = 0; i < statement->columns.count && to->columns.count < DECLARE_COLUMNS_MAX; i++)
        if (!declare_find(to, statement->columns.items[i].name))
            declare_column(d, to, column_of(d, source, &statement->columns.items[i]));
    if (to->columns.count >= DECLARE_COLUMNS_MAX)
        to->open = true;
    add_keys(d, source, to, statement);
    add_foreign_keys(d, source, to, statement);
    add_checks(d, to, statement);
}

static void add_columns(declarer *d, const origin *source, ml_declaration *to, const ml_sql_statement *statement)
{
    for (uint32_t i = 0; i < statement->columns.count && to->columns.count < DECLARE_COLUMNS_MAX; i++)
        declare_column(d, to, column_of(d, source, &statement->columns.items[i]));
    if (to->columns.count >= DECLARE_COLUMNS_MAX)
        to->open = true;
}

static void rename_in_keys(ml_declaration *to, ml_str old_name, ml_str new_name)
{
    for (uint32_t k = 0; k < to->keys.count; k++)
        for (uint32_t i = 0; i < to->keys.items[k].columns.count; i++)
            if (ml_str_eq_nocase(to->keys.items[k].columns.items[i], old_name))
                to->keys.items[k].columns.items[i] = new_name;
}

void fold_rename_column(declarer *d, ml_declaration *to, ml_str old_name, ml_str new_name)
{
    ml_table_column *column = declare_find(to, old_name);
    if (!column)
        return;
    column->name = new_name;
    column->snake = ml_snake_case(d->arena, new_name);
    rename_in_keys(to, old_name, new_name);
}

/* MODIFY and CHANGE write the column anew, but leave its keys alone. */
void fold_change_column(declarer *d, ml_declaration *to, ml_str old_name, ml_table_column fresh)
{
    ml_table_column *known = declare_find(to, old_name);
    if (known) {
        fresh.unique = fresh.unique || known->unique;
        fresh.primary_key = fresh.primary_key || known->primary_key;
        fresh.references_table = known->references_table;
        fresh.references_column = known->references_column;
        fresh.on_delete = known->on_delete;
        if (!ml_str_eq_nocase(old_name, fresh.name))
            fold_rename_column(d, to, old_name, fresh.name);
    }
    declare_column(d, to, fresh);
}

static void alter_column(declarer *d, const origin *source, ml_declaration *to, const ml_sql_statement *statement)
{
    const ml_sql_column *from = &statement->columns.items[0];
    ml_table_column *column = declare_find(to, statement->old_name);
    if (!column)
        return;
    switch (statement->change) {
    case ML_SQL_TYPE:
        declare_type(column, from->type, from->precision, from->scale);
        column->has_values = from->values.count > 0;
        column->values = names(d, &from->values);
        break;
    case ML_SQL_SET_NOT_NULL: column->nullable = false; break;
    case ML_SQL_DROP_NOT_NULL: column->nullable = true; break;
    case ML_SQL_SET_DEFAULT:
        column->has_default = true;
        column->default_text = from->default_text;
        break;
    case ML_SQL_DROP_DEFAULT: column->has_default = false; break;
    }
    column->place = place(source, from->start, from->end);
}

/* Names the engines give to keys written at a column: t_usage_id_key, t_usage_id_check. */
static bool is_made_name(ml_str key, ml_str table, ml_str column, ml_str end)
{
    if (key.len != table.len + 1 + column.len + end.len || !ml_str_ends(key, end) || key.data[table.len] != '_')
        return false;
    return ml_str_eq_nocase(ml_str_slice(key, 0, table.len), table) &&
           ml_str_eq_nocase(ml_str_slice(key, table.len + 1, table.len + 1 + column.len), column);
}

static bool drop_named(ml_declaration *from, ml_str name)
{
    bool primary = ml_str_eq_nocase(name, ML_STR("PRIMARY"));
    for (uint32_t i = 0; i < from->keys.count; i++) {
        ml_table_key *key = &from->keys.items[i];
        if (!ml_str_eq_nocase(key->name, name) && !(primary && key->primary))
            continue;
        memmove(key, key + 1, (from->keys.count - i - 1) * sizeof *key);
        from->keys.count--;
        return true;
    }
    for (uint32_t i = 0; i < from->foreign_keys.count; i++) {
        ml_table_foreign_key *key = &from->foreign_keys.items[i];
        if (!ml_str_eq_nocase(key->name, name))
            continue;
        ml_table_column *column = key->columns.count ? declare_find(from, key->columns.items[0]) : NULL;
        if (column)
            column->references_table = column->references_column = column->on_delete = ML_STR_NONE;
        memmove(key, key + 1, (from->foreign_keys.count - i - 1) * sizeof *key);
        from->foreign_keys.count--;
        return true;
    }
    return false;
}

static void forget_reference(ml_declaration *from, ml_str column_name)
{
    ml_table_column *column = declare_find(from, column_name);
    if (column)
        column->references_table = column->references_column = column->on_delete = ML_STR_NONE;
}

/* A foreign key without a name has one all the same: t_usage_id_fkey, and t_ibfk_1 for the first. */
static void drop_made_foreign_key(ml_declaration *from, ml_str name)
{
    uint32_t unnamed = 0;
    for (uint32_t i = 0; i < from->foreign_keys.count; i++) {
        ml_table_foreign_key *key = &from->foreign_keys.items[i];
        char number[24];
        if (key->name.len || !key->columns.count)
            continue;
        snprintf(number, sizeof number, "_ibfk_%u", ++unnamed);
        bool counted = name.len == from->table.len + strlen(number) && ml_str_ends(name, ml_str_of(number));
        if (!counted && !is_made_name(name, from->table, key->columns.items[0], ML_STR("_fkey")))
            continue;
        forget_reference(from, key->columns.items[0]);
        memmove(key, key + 1, (from->foreign_keys.count - i - 1) * sizeof *key);
        from->foreign_keys.count--;
        return;
    }
    for (uint32_t i = 0; i < from->columns.count; i++)
        if (is_made_name(name, from->table, from->columns.items[i].name, ML_STR("_fkey")))
            forget_reference(from, from->columns.items[i].name);
}

void fold_drop_key(ml_declaration *from, ml_str name)
{
    if (drop_named(from, name))
        return;
    bool primary = ml_str_eq_nocase(name, ML_STR("PRIMARY"));
    drop_made_foreign_key(from, name);
    for (uint32_t i = 0; i < from->columns.count; i++) {
        ml_table_column *column = &from->columns.items[i];
        if (primary)
            column->primary_key = false;
        else if (column->unique && (ml_str_eq_nocase(name, column->name) || /* MySQL */
                                    is_made_name(name, from->table, column->name, ML_STR("_key"))))
            column->unique = false;
        else if (column->has_values && column->type != ML_TYPE_ENUM &&
                 is_made_name(name, from->table, column->name, ML_STR("_check")))
            column->has_values = false;
    }
}

void fold_drop_table(declarer *d, ml_declaration *declaration)
{
    hold(d, declaration->table, NULL);
    declaration->table = ML_STR_NONE; /* left out when the tables are joined */
}

/* A table that takes the name of another takes its place: the other one was dropped before, though
 * a program that drops tables is not believed elsewhere. So SQLite's tables are made anew. */
void fold_rename_table(declarer *d, ml_declaration *declaration, ml_str name)
{
    ml_declaration *before = fold_find(d, name);
    if (before && before != declaration)
        fold_drop_table(d, before);
    hold(d, declaration->table, NULL);
    declaration->table = name;
    hold(d, name, declaration);
}

static void remember_type(declarer *d, const ml_sql_statement *statement)
{
    ml_str key = ml_arena_lower(d->arena, statement->table);
    ml_table_names *known = ml_strmap_get(&d->sql_types, key);
    if (!known) {
        known = ML_NEW(d->arena, ml_table_names);
        ml_strmap_put(d->arena, &d->sql_types, key, known);
    } else if (statement->kind == ML_SQL_CREATE_TYPE) {
        known->count = 0;
    }
    for (uint32_t i = 0; i < statement->values.count; i++)
        ml_vec_push(d->arena, known, statement->values.items[i]);
}

static void alter(declarer *d, const origin *source, const ml_sql_statement *statement, ml_declaration *to)
{
    switch (statement->kind) {
    case ML_SQL_ADD_COLUMN: add_columns(d, source, to, statement); break;
    case ML_SQL_CHANGE_COLUMN:
        fold_change_column(d, to, statement->old_name, column_of(d, source, &statement->columns.items[0]));
        break;
    case ML_SQL_ALTER_COLUMN: alter_column(d, source, to, statement); break;
    case ML_SQL_RENAME_COLUMN: fold_rename_column(d, to, statement->old_name, statement->new_name); break;
    case ML_SQL_DROP_COLUMN: declare_remove_column(to, statement->old_name); break;
    case ML_SQL_RENAME_TABLE: fold_rename_table(d, to, statement->new_name); break;
    case ML_SQL_ADD_KEY: add_keys(d, source, to, statement); break;
    case ML_SQL_DROP_KEY: fold_drop_key(to, statement->old_name); break;
    case ML_SQL_ADD_FOREIGN_KEY: add_foreign_keys(d, source, to, statement); break;
    case ML_SQL_ADD_CHECK: add_checks(d, to, statement); break;
    case ML_SQL_CREATE_TABLE:
    case ML_SQL_CREATE_TABLE_LIKE:
    case ML_SQL_DROP_TABLE:
    case ML_SQL_CREATE_TYPE:
    case ML_SQL_ADD_VALUE: break;
    }
}

static void fold(declarer *d, const origin *source, const ml_sql_statement *statement)
{
    ml_declaration *known = NULL;
    switch (statement->kind) {
    case ML_SQL_CREATE_TABLE:
    case ML_SQL_CREATE_TABLE_LIKE: create_table(d, source, statement); return;
    case ML_SQL_CREATE_TYPE:
    case ML_SQL_ADD_VALUE: remember_type(d, statement); return;
    case ML_SQL_DROP_TABLE:
        known = fold_find(d, statement->table);
        if (known)
            fold_drop_table(d, known);
        return;
    case ML_SQL_DROP_KEY:
        if (!statement->table.len) { /* PostgreSQL and SQLite name the index alone */
            known = ml_strmap_get(&d->sql_keys, ml_arena_lower(d->arena, statement->old_name));
            if (known)
                drop_named(known, statement->old_name);
            return;
        }
        break;
    default: break;
    }
    known = fold_find(d, statement->table);
    alter(d, source, statement, known ? known : create(d, source, statement, true));
}

void declare_sql(declarer *d, const ml_table_source *source)
{
    ml_str text = source->lines ? source->lines->text : ML_STR_NONE;
    origin from = {.path = source->path, .lines = source->lines, .text = text, .dialect = declare_dialect(text)};
    for (uint32_t i = 0; i < source->sql->statements.count; i++)
        fold(d, &from, &source->sql->statements.items[i]);
}

void fold_sql_text(declarer *d, const fold_text *where, ml_str text)
{
    ml_sql_script script;
    origin from = {.path = where->path,
                   .lines = where->lines,
                   .base = where->start,
                   .end = where->end,
                   .start_only = where->start_only,
                   .text = text,
                   .dialect = declare_dialect(text)};
    ml_sql_parse(&script, d->arena, text);
    /* A program that drops tables is as likely one that clears a test's database. */
    for (uint32_t i = 0; i < script.statements.count; i++)
        if (script.statements.items[i].kind != ML_SQL_DROP_TABLE)
            fold(d, &from, &script.statements.items[i]);
}

/* A model as the database is made with: its own declaration, never folded. */
void declare_prisma(declarer *d, const ml_table_source *source)
{
    origin from = {.path = source->path,
                   .lines = source->lines,
                   .text = source->lines->text,
                   .dialect = declare_provider(source->sql->provider),
                   .form = ML_FORM_PRISMA};
    for (uint32_t i = 0; i < source->sql->statements.count; i++) {
        const ml_sql_statement *statement = &source->sql->statements.items[i];
        ml_declaration *declaration = ML_NEW(d->arena, ml_declaration);
        *declaration = (ml_declaration){.origin = ML_TABLE_MODEL,
                                        .form = ML_FORM_PRISMA,
                                        .dialect = from.dialect,
                                        .table = statement->table,
                                        .model = statement->model,
                                        .open = statement->open,
                                        .place = place(&from, statement->start, statement->head_end)};
        for (uint32_t c = 0; c < statement->columns.count; c++) {
            ml_table_column column = column_of(d, &from, &statement->columns.items[c]);
            column.property = statement->columns.items[c].property;
            declare_column(d, declaration, column);
        }
        add_keys(d, &from, declaration, statement);
        add_foreign_keys(d, &from, declaration, statement);
        ml_vec_push(d->arena, &d->all, declaration);
    }
}

void declare_sql_finish(declarer *d)
{
    if (!d->sql_types.count)
        return;
    for (uint32_t i = 0; i < d->all.count; i++) {
        ml_declaration *declaration = d->all.items[i];
        for (uint32_t c = 0; declaration->origin == ML_TABLE_SQL && c < declaration->columns.count; c++) {
            ml_table_column *column = &declaration->columns.items[c];
            if (column->type != ML_TYPE_UNKNOWN)
                continue;
            const ml_table_names *values = ml_strmap_get(&d->sql_types, ml_arena_lower(d->arena, column->type_name));
            if (!values)
                continue;
            column->type = ML_TYPE_ENUM;
            column->has_values = true;
            column->values = *values;
        }
    }
}
