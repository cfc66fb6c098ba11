/* schema_prisma.c - the reference tables as models of a Prisma schema.
 *
 * Prisma has no CHECK and no collation, so a schema pushed with it holds less than the DDL;
 * the head says so. On SQLite it has neither enumerations that every version takes nor exact
 * decimals: both are texts there, as in the DDL. */
#include "prisma_print.h"
#include <stdio.h>

/* ---- names ---- */

ml_str prisma_name(ml_arena *arena, const char *snake, bool model)
{
    ml_buf out = {0};
    bool up = model;
    for (const char *c = snake; *c; c++) {
        if (*c == '_') {
            up = true;
            continue;
        }
        ml_buf_char(&out, up && *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c);
        up = false;
    }
    ml_str name = ml_arena_copy(arena, ml_buf_view(&out));
    ml_buf_finish(&out);
    return name;
}

static const struct {
    const char *name;
    const char *const *values;
} value_lists[] = {
#define BILL_ENUM_BEGIN(name) {#name, bill_values_##name},
#define BILL_ENUM_VALUE(constant, text)
#define BILL_ENUM_END(name)
#include "billing/enums.def"
};

static const char *list_name(const char *const *values)
{
    for (size_t i = 0; i < sizeof value_lists / sizeof value_lists[0]; i++)
        if (value_lists[i].values == values)
            return value_lists[i].name;
    return "value";
}

static ml_str enum_name(const prisma_printer *p, const char *const *values)
{
    return ml_arena_printf(p->arena, "%s%.*s", p->enum_prefix,
                           ML_STR_ARG(prisma_name(p->arena, list_name(values), true)));
}

/* ---- fields ---- */

static const bill_foreign_key *link_of(const prisma_printer *p, const bill_table *table, const char *column)
{
    for (size_t i = 0; i < table->foreign_key_count; i++)
        if (strcmp(table->foreign_keys[i].columns[0], column) == 0 && !table->foreign_keys[i].columns[1] &&
            (p->mask & bill_schema_mask(table->foreign_keys[i].references)))
            return &table->foreign_keys[i];
    return NULL;
}

/* The number a column of an id has: SQLite counts up in an Int alone, and both sides of a relation are one type. */
static const char *whole_number(const prisma_printer *p, const bill_table *table, const bill_column *column)
{
    bool id = column->type_class == BILL_CLASS_ID || link_of(p, table, column->name);
    if (p->dialect == BILL_SQLITE && id)
        return "Int";
    return id || column->bits_reference > 32 ? "BigInt" : "Int";
}

ml_str prisma_type(const prisma_printer *p, const bill_table *table, const bill_column *column, ml_str *native)
{
    bool sqlite = p->dialect == BILL_SQLITE, mysql = p->dialect == BILL_MARIADB;
    *native = ML_STR_NONE;
    switch (column->type_class) {
    case BILL_CLASS_ID:
    case BILL_CLASS_INT: return ml_str_of(whole_number(p, table, column));
    case BILL_CLASS_BOOL: return ML_STR("Boolean");
    case BILL_CLASS_DECIMAL:
        if (sqlite)
            return ML_STR("String");
        *native =
            ml_arena_printf(p->arena, "@db.Decimal(%d, %d)", column->precision_reference, column->scale_reference);
        return ML_STR("Decimal");
    case BILL_CLASS_STRING:
        if (!sqlite)
            *native = ml_arena_printf(p->arena, "@db.%s(%d)", column->fixed_length ? "Char" : "VarChar",
                                      column->length_reference);
        return ML_STR("String");
    case BILL_CLASS_TEXT:
        *native = sqlite ? ML_STR_NONE : mysql ? ML_STR("@db.LongText") : ML_STR("@db.Text");
        return ML_STR("String");
    case BILL_CLASS_ENUM: return sqlite ? ML_STR("String") : enum_name(p, column->values);
    case BILL_CLASS_TIMESTAMP:
        *native = sqlite ? ML_STR_NONE : mysql ? ML_STR("@db.DateTime(6)") : ML_STR("@db.Timestamp(6)");
        return ML_STR("DateTime");
    }
    return ML_STR("String");
}

static void put_default(const prisma_printer *p, const bill_column *column)
{
    const char *value = column->default_value;
    bool text = column->type_class == BILL_CLASS_STRING || column->type_class == BILL_CLASS_TEXT ||
                (column->type_class == BILL_CLASS_ENUM && p->dialect == BILL_SQLITE);
    if (!value)
        return;
    if (column->type_class == BILL_CLASS_BOOL)
        ml_buf_printf(p->out, " @default(%s)", strcmp(value, "0") == 0 ? "false" : "true");
    else if (column->type_class == BILL_CLASS_DECIMAL && p->dialect == BILL_SQLITE)
        ml_buf_printf(p->out, " @default(\"%s.%.*s\")", value, column->scale_reference, "000000000000");
    else
        ml_buf_printf(p->out, text ? " @default(\"%s\")" : " @default(%s)", value);
}

/* As the DDL names it: kind, table, the first column and the last of several. */
static ml_str key_name(const prisma_printer *p, const char *kind, const bill_table *table, const char *const *columns)
{
    ml_buf name = {0};
    size_t last = 0;
    ml_buf_printf(&name, "%s_%s", kind, table->name);
    for (size_t i = 0; columns[i]; i++)
        last = i;
    for (size_t i = 0; columns[i]; i++)
        if (i == 0 || i == last)
            ml_buf_printf(&name, "_%s", columns[i]);
    ml_str text = ml_arena_copy(p->arena, ml_buf_view(&name));
    ml_buf_finish(&name);
    return text;
}

static bool is_unique(const bill_table *table, const char *column)
{
    for (size_t i = 0; i < table->key_count; i++)
        if (table->keys[i].kind == BILL_KEY_UNIQUE && strcmp(table->keys[i].columns[0], column) == 0 &&
            !table->keys[i].columns[1])
            return true;
    return false;
}

void prisma_put_field(const prisma_printer *p, const bill_table *table, const bill_column *column, ml_str name,
                      bool optional)
{
    ml_str native, type = prisma_type(p, table, column, &native);
    ml_buf_printf(p->out, "  %.*s %.*s%s", ML_STR_ARG(name), ML_STR_ARG(type), optional ? "?" : "");
    if (column->primary_key)
        ml_buf_printf(p->out, " @id%s", table->id_given ? "" : " @default(autoincrement())");
    put_default(p, column);
    if (!ml_str_eq_c(name, column->name))
        ml_buf_printf(p->out, " @map(\"%s\")", column->name);
    if (native.len)
        ml_buf_printf(p->out, " %.*s", ML_STR_ARG(native));
    if (is_unique(table, column->name)) {
        const char *columns[] = {column->name, NULL};
        ml_buf_printf(p->out, " @unique(map: \"%.*s\")", ML_STR_ARG(key_name(p, "uq", table, columns)));
    }
    if (p->dialect == BILL_SQLITE && column->type_class == BILL_CLASS_DECIMAL)
        ml_buf_printf(p->out, " // decimal text, %d digits behind the point", column->scale_reference);
    if (p->dialect == BILL_SQLITE && column->type_class == BILL_CLASS_ENUM)
        for (size_t i = 0; column->values[i]; i++)
            ml_buf_printf(p->out, "%s%s", i ? ", " : " // ", column->values[i]);
    ml_buf_char(p->out, '\n');
}

/* ---- models ---- */

static ml_str without_id(ml_arena *arena, const char *column)
{
    ml_str name = ml_str_of(column);
    if (ml_str_ends(name, ML_STR("_id")))
        name = ml_str_slice(name, 0, name.len - 3);
    return prisma_name(arena, ml_arena_cstr(arena, name), false);
}

static void put_relations(const prisma_printer *p, const bill_table *table)
{
    for (size_t i = 0; i < table->foreign_key_count; i++) {
        const bill_foreign_key *key = &table->foreign_keys[i];
        const bill_column *column = bill_schema_find_column(table, key->columns[0], strlen(key->columns[0]));
        if (!column || !link_of(p, table, column->name))
            continue;
        ml_buf_printf(
            p->out,
            "  %.*s %.*s%s @relation(fields: [%.*s], references: [%.*s], onDelete: Restrict, onUpdate: Restrict",
            ML_STR_ARG(without_id(p->arena, column->name)), ML_STR_ARG(prisma_name(p->arena, key->references, true)),
            column->nullable ? "?" : "", ML_STR_ARG(prisma_name(p->arena, column->name, false)),
            ML_STR_ARG(prisma_name(p->arena, key->referenced_column, false)));
        if (p->dialect != BILL_SQLITE) /* where a key has no name */
            ml_buf_printf(p->out, ", map: \"%.*s\"", ML_STR_ARG(key_name(p, "fk", table, key->columns)));
        ml_buf_cstr(p->out, ")\n");
    }
}

/* The other side of each relation: Prisma wants both. */
static void put_back_relations(const prisma_printer *p, const bill_table *target)
{
    const bill_table *table;
    for (size_t t = 0; (table = bill_schema_table(t)) != NULL; t++)
        for (size_t i = 0; i < table->foreign_key_count && (p->mask & bill_schema_mask(table->name)); i++) {
            const bill_foreign_key *key = &table->foreign_keys[i];
            if (strcmp(key->references, target->name) == 0 && link_of(p, table, key->columns[0]))
                ml_buf_printf(p->out, "  %.*s %.*s%s\n", ML_STR_ARG(prisma_name(p->arena, table->name, false)),
                              ML_STR_ARG(prisma_name(p->arena, table->name, true)),
                              is_unique(table, key->columns[0]) ? "?" : "[]");
        }
}

static void put_keys(const prisma_printer *p, const bill_table *table)
{
    for (size_t i = 0; i < table->key_count; i++) {
        const bill_key *key = &table->keys[i];
        bool unique = key->kind == BILL_KEY_UNIQUE;
        if (unique && !key->columns[1])
            continue;
        ml_buf_cstr(p->out, unique ? "  @@unique([" : "  @@index([");
        for (size_t c = 0; key->columns[c]; c++)
            ml_buf_printf(p->out, "%s%.*s", c ? ", " : "", ML_STR_ARG(prisma_name(p->arena, key->columns[c], false)));
        ml_buf_printf(p->out, "], map: \"%.*s\")\n",
                      ML_STR_ARG(key_name(p, unique ? "uq" : "ix", table, key->columns)));
    }
}

static void put_model(const prisma_printer *p, const bill_table *table)
{
    ml_buf_printf(p->out, "\nmodel %.*s {\n", ML_STR_ARG(prisma_name(p->arena, table->name, true)));
    for (size_t i = 0; i < table->column_count; i++) {
        const bill_column *column = &table->columns[i];
        prisma_put_field(p, table, column, prisma_name(p->arena, column->name, false), column->nullable);
    }
    put_relations(p, table);
    put_back_relations(p, table);
    ml_buf_char(p->out, '\n');
    put_keys(p, table);
    ml_buf_printf(p->out, "  @@map(\"%s\")\n}\n", table->name);
}

void prisma_put_enums(const prisma_printer *p, prisma_wants *wants, void *data)
{
    for (size_t v = 0; v < sizeof value_lists / sizeof value_lists[0] && p->dialect != BILL_SQLITE; v++) {
        const char *const *values = value_lists[v].values;
        if (!wants(data, values))
            continue;
        ml_buf_printf(p->out, "\nenum %.*s {\n", ML_STR_ARG(enum_name(p, values)));
        for (size_t i = 0; values[i]; i++)
            ml_buf_printf(p->out, "  %s\n", values[i]);
        ml_buf_cstr(p->out, "}\n");
    }
}

bool prisma_has_enum(ml_str schema)
{
    for (size_t v = 0; v < sizeof value_lists / sizeof value_lists[0]; v++) {
        char line[96];
        char name[64];
        size_t len = 0;
        bool up = true;
        for (const char *c = value_lists[v].name; *c && len + 1 < sizeof name; c++) {
            if (*c != '_')
                name[len++] = up && *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
            up = *c == '_';
        }
        name[len] = '\0';
        (void)snprintf(line, sizeof line, "enum %s ", name);
        if (ml_str_contains(schema, ml_str_of(line)))
            return true;
    }
    return false;
}

void prisma_put_models(const prisma_printer *p)
{
    const bill_table *table;
    for (size_t i = 0; (table = bill_schema_table(i)) != NULL; i++)
        if (p->mask & bill_schema_mask(table->name))
            put_model(p, table);
}

bool prisma_uses(uint32_t mask, const char *const *values)
{
    const bill_table *table;
    for (size_t i = 0; (table = bill_schema_table(i)) != NULL; i++)
        for (size_t c = 0; c < table->column_count && (mask & bill_schema_mask(table->name)); c++)
            if (table->columns[c].type_class == BILL_CLASS_ENUM && table->columns[c].values == values)
                return true;
    return false;
}

static bool used_by_models(void *data, const char *const *values)
{
    const prisma_printer *p = data;
    return prisma_uses(p->mask, values);
}

void prisma_put_schema(prisma_printer *p)
{
    ml_buf_printf(p->out,
                  "// What Prisma cannot say stands in the SQL of `meterlint schema print`: checks%s.\n"
                  "datasource db {\n  provider = \"%s\"\n"
                  "  // url = env(\"DATABASE_URL\") // for Prisma 6 and older; 7 has it in prisma.config.ts\n}\n\n"
                  "generator client {\n  provider = \"prisma-client-js\"\n}\n",
                  p->dialect == BILL_MARIADB  ? ", and keys compared byte by byte"
                  : p->dialect == BILL_SQLITE ? ", strict tables"
                                              : "",
                  p->dialect == BILL_MARIADB    ? "mysql"
                  : p->dialect == BILL_POSTGRES ? "postgresql"
                                                : "sqlite");
    prisma_put_enums(p, used_by_models, p);
    prisma_put_models(p);
}
