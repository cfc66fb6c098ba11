/* prisma_edit.c - the project's Prisma schema as it should be.
 *
 * The project's own file is kept byte for byte but for the edits: fields, keys and models that
 * are missing are put in, types that cannot hold money and fields that may be NULL are changed
 * where they stand. Only the models are judged, not the migrations made from them: it is the
 * models that are printed. Where a table has no single model, the complete models are printed
 * instead, with the reason. */
#include "faults.h"
#include "migration.h"
#include "ml/schema_migrate.h"
#include "prisma_print.h"
#include <stdlib.h>

typedef struct edit {
    ml_str path, file; /* the file's text */
    uint32_t start, end;
    ml_str text;
} edit;

typedef struct editor {
    migration m; /* arena, the tables of the models alone, dialect */
    ml_schema_gaps gaps;
    prisma_printer printer;
    ML_VEC(edit) edits;
} editor;

/* ---- the models alone ---- */

static const ml_declaration *model_of(const ml_table *table, uint32_t *count)
{
    const ml_declaration *found = NULL;
    *count = 0;
    for (uint32_t i = 0; i < table->declarations.count; i++)
        if (table->declarations.items[i]->form == ML_FORM_PRISMA) {
            found = table->declarations.items[i];
            ++*count;
        }
    return found;
}

/* False: some table has several models, or one with fields that cannot be seen. */
static bool models_of(ml_tables *out, ml_arena *arena, const ml_tables *tables)
{
    *out = *tables;
    out->items = ML_NEW_ARRAY(arena, ml_table, tables->count + 1);
    out->count = 0;
    out->associations.count = 0;
    for (uint32_t i = 0; i < tables->count; i++) {
        uint32_t count;
        const ml_table *from = &tables->items[i];
        const ml_declaration *model = model_of(from, &count);
        if (!model)
            continue;
        if (from->reference && (count > 1 || model->open || !model->place.lines))
            return false;
        ml_table *table = &out->items[out->count++];
        *table = *from;
        table->place = model->place;
        table->open = model->open;
        table->columns = model->columns;
        table->declarations = (ml_declarations){0};
        for (uint32_t d = 0; d < from->declarations.count; d++)
            if (from->declarations.items[d] == model)
                ml_vec_push(arena, &table->declarations, from->declarations.items[d]);
    }
    return true;
}

/* ---- edits ---- */

static ml_str taken(editor *e, ml_buf *buf)
{
    ml_str text = ml_arena_copy(e->m.arena, ml_buf_view(buf));
    ml_buf_finish(buf);
    return text;
}

static ml_str written(const ml_table_place *place)
{
    return ml_str_slice(place->lines->text, place->start, place->end);
}

/* The edit at the place, made when there is none: what it says now is edited further. */
static edit *edit_at(editor *e, const ml_table_place *place)
{
    for (uint32_t i = 0; i < e->edits.count; i++)
        if (e->edits.items[i].start == place->start && e->edits.items[i].end == place->end &&
            ml_str_eq(e->edits.items[i].path, place->path))
            return &e->edits.items[i];
    edit fresh = {place->path, place->lines->text, place->start, place->end, written(place)};
    ml_vec_push(e->m.arena, &e->edits, fresh);
    return &e->edits.items[e->edits.count - 1];
}

/* Where the block that begins at `start` closes: the start of the line with its brace. */
static uint32_t block_end(ml_str text, size_t start)
{
    size_t at = start;
    while (at < text.len) {
        ml_str rest = ml_str_from(text, at);
        size_t end = ml_str_find_char(rest, '\n');
        ml_str line = end == ML_NOT_FOUND ? rest : ml_str_slice(rest, 0, end);
        if (at > start && ml_str_starts(ml_str_trim(line), ML_STR("}")))
            return (uint32_t)at;
        at += line.len + 1;
    }
    return 0;
}

/* Puts a text in front of the model's closing brace. */
static void put_in(editor *e, const ml_table_place *block, ml_str text)
{
    uint32_t at = block_end(block->lines->text, block->start);
    ml_table_place end = {block->path, block->lines, at, at};
    if (!at)
        return;
    edit *one = edit_at(e, &end);
    one->text = ml_arena_concat(e->m.arena, one->text, text);
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "totalCost  Float? @map(…)" in its parts. */
typedef struct field {
    ml_str head, type, rest; /* head: the name with its space */
    bool optional;
} field;

static field field_of(ml_str text)
{
    size_t at = 0;
    while (at < text.len && is_word_char(text.data[at]))
        at++;
    while (at < text.len && !is_word_char(text.data[at]))
        at++;
    size_t end = at;
    while (end < text.len && is_word_char(text.data[end]))
        end++;
    field f = {ml_str_slice(text, 0, at), ml_str_slice(text, at, end), ml_str_from(text, end), false};
    f.optional = ml_str_starts(f.rest, ML_STR("?"));
    if (f.optional)
        f.rest = ml_str_from(f.rest, 1);
    return f;
}

static ml_str field_text(editor *e, const field *f)
{
    return ml_arena_printf(e->m.arena, "%.*s%.*s%s%.*s", ML_STR_ARG(f->head), ML_STR_ARG(f->type),
                           f->optional ? "?" : "", ML_STR_ARG(f->rest));
}

/* The attributes without "@db.Decimal(10, 2)". */
static ml_str without_native(editor *e, ml_str rest)
{
    for (size_t i = 0; i + 1 < rest.len; i++) {
        size_t dot = i + 1;
        while (dot < rest.len && is_word_char(rest.data[dot]))
            dot++;
        if (rest.data[i] != '@' || dot == i + 1 || dot >= rest.len || rest.data[dot] != '.')
            continue;
        size_t end = dot + 1;
        while (end < rest.len && is_word_char(rest.data[end]))
            end++;
        size_t close = end < rest.len && rest.data[end] == '(' ? ml_str_find_char(ml_str_from(rest, end), ')') : 0;
        end += close == ML_NOT_FOUND || !close ? 0 : close + 1;
        size_t begin = i && rest.data[i - 1] == ' ' ? i - 1 : i;
        return ml_arena_concat(e->m.arena, ml_str_slice(rest, 0, begin), ml_str_from(rest, end));
    }
    return rest;
}

/* @default(0) of a field that has become text is @default("0"). */
static ml_str quoted_default(editor *e, ml_str rest)
{
    size_t at = ml_str_find(rest, ML_STR("@default("));
    if (at == ML_NOT_FOUND)
        return rest;
    ml_str value = ml_str_from(rest, at + 9);
    size_t end = ml_str_find_char(value, ')');
    if (end == ML_NOT_FOUND || !end || value.data[0] < '0' || value.data[0] > '9')
        return rest;
    return ml_arena_printf(e->m.arena, "%.*s\"%.*s\"%.*s", (int)(at + 9), rest.data, (int)end, value.data,
                           ML_STR_ARG(ml_str_from(value, end)));
}

static void retype(editor *e, const ml_table *table, const ml_table_column *column, const bill_column *reference)
{
    edit *one = edit_at(e, &column->place);
    field f = field_of(one->text);
    ml_str native;
    f.type = prisma_type(&e->printer, table->reference, reference, &native);
    f.rest = without_native(e, f.rest);
    if (ml_str_eq_c(f.type, "String"))
        f.rest = quoted_default(e, f.rest);
    if (native.len && reference->type_class == BILL_CLASS_DECIMAL)
        native = migration_widened(&e->m, native, reference, column);
    if (native.len)
        f.rest = ml_arena_printf(e->m.arena, "%.*s %.*s", ML_STR_ARG(f.rest), ML_STR_ARG(native));
    one->text = field_text(e, &f);
}

static void require(editor *e, const ml_table_place *place)
{
    edit *one = edit_at(e, place);
    field f = field_of(one->text);
    f.optional = false;
    one->text = field_text(e, &f);
}

static bool has_field(const ml_declaration *model, ml_str name)
{
    for (uint32_t i = 0; i < model->columns.count; i++)
        if (ml_str_eq(model->columns.items[i].property, name))
            return true;
    return false;
}

/* A key that grows takes the fields with it that point at it: both sides are of one type. */
static void follow_key(editor *e, const ml_table *table, const ml_table_column *key)
{
    ml_str type = field_of(edit_at(e, &key->place)->text).type;
    for (uint32_t t = 0; t < e->m.tables->count; t++) {
        const ml_declaration *model = e->m.tables->items[t].declarations.items[0];
        for (uint32_t i = 0; i < model->foreign_keys.count; i++) {
            const ml_table_foreign_key *link = &model->foreign_keys.items[i];
            bool one = link->columns.count == 1 && link->target_columns.count == 1;
            if (!one || !ml_str_eq(link->table, table->name) || !ml_str_eq(link->target_columns.items[0], key->name))
                continue;
            for (uint32_t c = 0; c < model->columns.count; c++)
                if (ml_str_eq(model->columns.items[c].name, link->columns.items[0])) {
                    edit *at = edit_at(e, &model->columns.items[c].place);
                    field f = field_of(at->text);
                    f.type = type;
                    f.rest = without_native(e, f.rest);
                    at->text = field_text(e, &f);
                }
        }
    }
}

/* ---- gaps and faults ---- */

static void put_missing(editor *e, const ml_schema_gap *gap)
{
    ml_buf line = {0};
    const ml_declaration *model = gap->declared->declarations.items[0];
    ml_str name = prisma_name(e->m.arena, gap->column->name, false);
    bool optional = gap->column->nullable || (!gap->column->default_value && !fault_must_be_there(gap->column));
    if (has_field(model, name)) /* of a column with another name */
        name = ml_arena_printf(e->m.arena, "%.*sColumn", ML_STR_ARG(name));
    prisma_printer printer = e->printer;
    printer.out = &line;
    prisma_put_field(&printer, gap->table, gap->column, name, optional);
    put_in(e, &gap->declared->place, taken(e, &line));
}

static void restrict_link(editor *e, const ml_table_foreign_key *key)
{
    static const char *const words[] = {"Cascade", "SetNull", "SetDefault"};
    edit *one = edit_at(e, &key->place);
    size_t at = ml_str_find(one->text, ML_STR("onDelete"));
    size_t open = ml_str_find(one->text, ML_STR("@relation("));
    if (at == ML_NOT_FOUND && open != ML_NOT_FOUND) { /* what is not written is SetNull */
        one->text = ml_arena_printf(e->m.arena, "%.*sonDelete: Restrict, %.*s", (int)(open + 10), one->text.data,
                                    ML_STR_ARG(ml_str_from(one->text, open + 10)));
        return;
    }
    for (size_t i = 0; i < 3 && at != ML_NOT_FOUND; i++) {
        size_t word = ml_str_find(ml_str_from(one->text, at), ml_str_of(words[i]));
        if (word == ML_NOT_FOUND)
            continue;
        one->text = ml_arena_printf(e->m.arena, "%.*sRestrict%.*s", (int)(at + word), one->text.data,
                                    ML_STR_ARG(ml_str_from(one->text, at + word + strlen(words[i]))));
        return;
    }
}

/* A field that must be there makes the relation over it one that must be there. */
static void require_links(editor *e, const ml_declaration *model, ml_str column)
{
    for (uint32_t i = 0; i < model->foreign_keys.count; i++)
        for (uint32_t c = 0; c < model->foreign_keys.items[i].columns.count; c++)
            if (ml_str_eq(model->foreign_keys.items[i].columns.items[c], column))
                require(e, &model->foreign_keys.items[i].place);
}

static const ml_table *table_called(const editor *e, ml_str name)
{
    for (uint32_t i = 0; i < e->m.tables->count; i++)
        if (ml_str_eq(e->m.tables->items[i].name, name) && e->m.tables->items[i].reference)
            return &e->m.tables->items[i];
    return NULL;
}

static const bill_column *reference_of(const ml_table *table, ml_str column)
{
    for (size_t i = 0; i < table->reference->column_count; i++) {
        const ml_table_column *own = ml_table_column_named(table, table->reference->columns[i].name);
        if (own && ml_str_eq(own->name, column))
            return &table->reference->columns[i];
    }
    return NULL;
}

static void put_key(editor *e, const ml_table *table, ml_schema_fault_kind kind)
{
    ml_buf line = {0};
    const char *const *columns = migration_key_columns(kind);
    ml_buf_cstr(&line, "  @@unique([");
    for (size_t c = 0; columns[c]; c++) {
        const ml_table_column *column = ml_table_column_named(table, columns[c]);
        ml_str name = column ? column->property : prisma_name(e->m.arena, columns[c], false);
        ml_buf_printf(&line, "%s%.*s", c ? ", " : "", ML_STR_ARG(name));
    }
    ml_buf_printf(&line, "], map: \"%.*s\")\n", ML_STR_ARG(migration_key_name(&e->m, table, columns[0])));
    put_in(e, &table->place, taken(e, &line));
}

static void mend(editor *e, ml_schema_fault_kind kind, const ml_schema_fault *fault)
{
    const ml_table *table = table_called(e, fault->table);
    if (!table)
        return;
    if (kind == ML_FAULT_REQUEST_KEY || kind == ML_FAULT_USAGE_KEY || kind == ML_FAULT_SUMMARY_KEY) {
        put_key(e, table, kind);
        return;
    }
    const ml_declaration *model = table->declarations.items[0];
    if (kind == ML_FAULT_CASCADE) {
        for (uint32_t i = 0; i < model->foreign_keys.count; i++)
            if (migration_deletes(model->foreign_keys.items[i].on_delete))
                restrict_link(e, &model->foreign_keys.items[i]);
        return;
    }
    const bill_column *reference = reference_of(table, fault->column);
    const ml_table_column *column = reference ? ml_table_column_named(table, reference->name) : NULL;
    if (!column)
        return;
    if (kind != ML_FAULT_NULLABLE) {
        retype(e, table, column, reference);
        if (kind == ML_FAULT_NARROW && column->primary_key)
            follow_key(e, table, column);
        return;
    }
    require(e, &column->place);
    require_links(e, model, column->name);
}

static void mend_all(editor *e)
{
    static const ml_schema_fault_kind kinds[] = {
        ML_FAULT_NO_SCALE, ML_FAULT_SMALL_SCALE, ML_FAULT_FEW_DIGITS, ML_FAULT_FLOAT_MONEY, ML_FAULT_NULLABLE,
        ML_FAULT_NARROW,   ML_FAULT_REQUEST_KEY, ML_FAULT_USAGE_KEY,  ML_FAULT_SUMMARY_KEY, ML_FAULT_CASCADE};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        ml_schema_faults faults = {0};
        ml_schema_faults_of(&faults, e->m.arena, e->m.tables, kinds[k]);
        ml_str last = ML_STR_NONE;
        for (uint32_t i = 0; i < faults.count; i++) {
            if (kinds[k] == ML_FAULT_CASCADE && ml_str_eq(last, faults.items[i].table))
                continue; /* all of a table at once */
            last = faults.items[i].table;
            mend(e, kinds[k], &faults.items[i]);
        }
    }
}

/* Values an enumeration lacks, where it stands: in the file of the model. */
static void widen_enums(editor *e)
{
    ml_schema_type_gaps gaps = {0};
    ml_schema_type_gaps_of(&gaps, e->m.arena, e->m.tables);
    for (uint32_t i = 0; i < gaps.count; i++) {
        const ml_table_place *place = &gaps.items[i].column->place;
        field f = field_of(written(place));
        ml_str head = ml_arena_printf(e->m.arena, "enum %.*s ", ML_STR_ARG(f.type));
        size_t at = ml_str_find(place->lines->text, head);
        uint32_t end = at == ML_NOT_FOUND ? 0 : block_end(place->lines->text, at);
        ml_table_place block = {place->path, place->lines, end, end};
        bool done = false;
        for (uint32_t k = 0; k < e->edits.count; k++) /* two columns of one enumeration */
            done = done || (e->edits.items[k].start == end && e->edits.items[k].end == end &&
                            ml_str_eq(e->edits.items[k].path, place->path));
        if (!end || done)
            continue;
        edit *one = edit_at(e, &block);
        for (uint32_t v = 0; v < gaps.items[i].missing.count; v++)
            one->text =
                ml_arena_concat(e->m.arena, one->text,
                                ml_arena_printf(e->m.arena, "  %.*s\n", ML_STR_ARG(gaps.items[i].missing.items[v])));
    }
}

/* ---- models that are missing ---- */

static bool used_by_missing(void *data, const char *const *values)
{
    const editor *e = data;
    bool used = prisma_uses(e->printer.mask, values);
    for (uint32_t i = 0; i < e->gaps.count; i++)
        used = used || (e->gaps.items[i].column && e->gaps.items[i].column->type_class == BILL_CLASS_ENUM &&
                        e->gaps.items[i].column->values == values);
    return used;
}

static void append_models(editor *e, const ml_table *beside)
{
    ml_buf out = {0};
    e->printer.out = &out;
    prisma_put_enums(&e->printer, used_by_missing, e);
    prisma_put_models(&e->printer);
    ml_str text = taken(e, &out), file = beside->place.lines->text;
    ml_table_place end = {beside->place.path, beside->place.lines, (uint32_t)file.len, (uint32_t)file.len};
    if (!text.len)
        return;
    if (file.len && file.data[file.len - 1] != '\n')
        text = ml_arena_concat(e->m.arena, ML_STR("\n"), text);
    edit_at(e, &end)->text = text;
}

static bool clashes(const ml_tables *models)
{
    for (uint32_t i = 0; i < models->count; i++)
        if (models->items[i].place.lines && prisma_has_enum(models->items[i].place.lines->text))
            return true;
    return false;
}

/* ---- the whole ---- */

static int edit_cmp(const void *a, const void *b)
{
    const edit *x = a, *y = b;
    int order = ml_str_cmp(x->path, y->path);
    if (order)
        return order;
    return x->start < y->start ? -1 : x->start > y->start;
}

static ml_str apply_all(editor *e)
{
    ml_buf out = {0};
    if (e->edits.count)
        qsort(e->edits.items, e->edits.count, sizeof *e->edits.items, edit_cmp);
    for (uint32_t i = 0, next; i < e->edits.count; i = next) {
        ml_str file = e->edits.items[i].file, path = e->edits.items[i].path;
        size_t at = 0;
        ml_buf_printf(&out, "%s// %.*s\n", i ? "\n" : "", ML_STR_ARG(path));
        for (next = i; next < e->edits.count && ml_str_eq(e->edits.items[next].path, path); next++) {
            const edit *one = &e->edits.items[next];
            ml_buf_str(&out, ml_str_slice(file, at, one->start));
            ml_buf_str(&out, one->text);
            at = one->end;
        }
        ml_buf_str(&out, ml_str_from(file, at));
    }
    return taken(e, &out);
}

ml_str ml_schema_prisma(ml_arena *arena, bill_dialect dialect)
{
    ml_buf out = {0};
    prisma_printer printer = {.out = &out, .arena = arena, .dialect = dialect, .enum_prefix = ""};
    const bill_table *table;
    for (size_t i = 0; (table = bill_schema_table(i)) != NULL; i++)
        if (table->required_by != BILL_REQUIRED_INTERNAL)
            printer.mask |= bill_schema_mask(table->name);
    prisma_put_schema(&printer);
    ml_str text = ml_arena_copy(arena, ml_buf_view(&out));
    ml_buf_finish(&out);
    return text;
}

static ml_str complete(ml_arena *arena, bill_dialect dialect, const char *why)
{
    return ml_arena_concat(arena, ml_arena_printf(arena, "// The complete models: %s.\n", why),
                           ml_schema_prisma(arena, dialect));
}

ml_str ml_schema_prisma_migration(ml_arena *arena, const ml_tables *tables, bill_dialect dialect)
{
    ml_tables models;
    const ml_table *beside = NULL;
    if (!models_of(&models, arena, tables))
        return complete(arena, dialect, "a table has several models, or one whose fields cannot all be seen");
    for (uint32_t i = 0; i < models.count && !beside; i++)
        if (models.items[i].reference)
            beside = &models.items[i];
    if (!beside)
        return complete(arena, dialect, "no model of the project stands for a table of the reference");
    ml_database database = beside->declarations.items[0]->dialect;
    if (database != ML_DATABASE_UNKNOWN)
        dialect = database == ML_DATABASE_MYSQL      ? BILL_MARIADB
                  : database == ML_DATABASE_POSTGRES ? BILL_POSTGRES
                                                     : BILL_SQLITE;
    editor e = {
        .m = {.arena = arena, .tables = &models,  .dialect = dialect                                },
        .printer = {.arena = arena, .dialect = dialect, .enum_prefix = clashes(&models) ? "Reference" : ""}
    };
    ml_schema_gaps_of(&e.gaps, arena, &models);
    for (uint32_t i = 0; i < e.gaps.count; i++)
        if (!e.gaps.items[i].column)
            e.printer.mask |= bill_schema_mask(e.gaps.items[i].table->name);
    for (uint32_t i = 0; i < e.gaps.count; i++)
        if (e.gaps.items[i].column)
            put_missing(&e, &e.gaps.items[i]);
    widen_enums(&e);
    mend_all(&e);
    append_models(&e, beside);
    return apply_all(&e);
}
