/* prisma.c - a Prisma schema read line by line: blocks, fields, attributes. */
#include "ml/prisma.h"
#include <string.h>

enum { MODELS_MAX = 4096, FIELDS_MAX = 1600, NAMES_MAX = 64 };

typedef struct prisma_enum {
    ml_str name;
    ml_sql_names values;
} prisma_enum;

typedef struct reader {
    ml_arena *arena;
    ml_sql_script *out;
    ml_str text;
    uint32_t at;
    ML_VEC(prisma_enum) enums;
} reader;

/* ---- words ---- */

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static ml_str word_at(ml_str s, size_t at)
{
    size_t end = at;
    while (end < s.len && is_word_char(s.data[end]))
        end++;
    return ml_str_slice(s, at, end);
}

static size_t skip_blank(ml_str s, size_t at)
{
    while (at < s.len && (s.data[at] == ' ' || s.data[at] == '\t' || s.data[at] == '\r'))
        at++;
    return at;
}

/* The rest of a line without its comment; a // within quotes is none. */
static ml_str without_comment(ml_str line)
{
    bool quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        char c = line.data[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '/' && i + 1 < line.len && line.data[i + 1] == '/')
            return ml_str_slice(line, 0, i);
    }
    return line;
}

/* The next line with its offset; an open parenthesis goes on over lines. False at the end. */
static bool next_line(reader *r, ml_str *line, uint32_t *start)
{
    int depth = 0;
    uint32_t begin = r->at;
    if (r->at >= r->text.len)
        return false;
    for (;;) {
        ml_str rest = ml_str_from(r->text, r->at);
        size_t end = ml_str_find_char(rest, '\n');
        ml_str one = end == ML_NOT_FOUND ? rest : ml_str_slice(rest, 0, end);
        ml_str code = without_comment(one);
        for (size_t i = 0; i < code.len; i++)
            depth += code.data[i] == '(' ? 1 : code.data[i] == ')' ? -1 : 0;
        r->at += (uint32_t)one.len + (end == ML_NOT_FOUND ? 0 : 1);
        if (depth <= 0 || r->at >= r->text.len || r->at - begin > 8192) {
            *line = begin + one.len >= r->at - 1 ? code : ml_str_slice(r->text, begin, r->at);
            *start = begin;
            return true;
        }
    }
}

/* ---- attributes ---- */

/* The text between the parentheses of an attribute "@map(...)"; empty parentheses and none are the same.
 * False when the line has no such attribute. */
static bool attribute(ml_str line, const char *name, ml_str *args)
{
    ml_str wanted = ml_str_of(name);
    bool quoted = false;
    *args = ML_STR("");
    for (size_t i = 0; i < line.len; i++) {
        char c = line.data[i];
        if (quoted && c == '\\') {
            i++;
            continue;
        }
        if (c == '"')
            quoted = !quoted;
        if (quoted || c != '@')
            continue;
        ml_str rest = ml_str_from(line, i);
        if (!ml_str_starts(rest, wanted) || (rest.len > wanted.len && is_word_char(rest.data[wanted.len])))
            continue;
        if (i && line.data[i - 1] == '@')
            continue;
        if (rest.len > wanted.len && rest.data[wanted.len] == '.')
            continue;
        if (rest.len == wanted.len || rest.data[wanted.len] != '(')
            return true;
        int depth = 0;
        bool inside = false;
        for (size_t j = wanted.len; j < rest.len; j++) {
            char k = rest.data[j];
            if (k == '"')
                inside = !inside;
            if (inside)
                continue;
            depth += k == '(' ? 1 : k == ')' ? -1 : 0;
            if (depth == 0) {
                *args = ml_str_slice(rest, wanted.len + 1, j);
                break;
            }
        }
        return true;
    }
    return false;
}

static ml_str quoted_in(ml_str args)
{
    size_t first = ml_str_find_char(args, '"');
    if (first == ML_NOT_FOUND)
        return ML_STR_NONE;
    ml_str rest = ml_str_from(args, first + 1);
    size_t end = ml_str_find_char(rest, '"');
    return end == ML_NOT_FOUND ? ML_STR_NONE : ml_str_slice(rest, 0, end);
}

/* Behind "name:" of an argument list, or empty. */
static ml_str argument(ml_str args, const char *name)
{
    ml_str wanted = ml_str_of(name);
    for (size_t i = 0; i + wanted.len < args.len; i++) {
        if (!ml_str_starts(ml_str_from(args, i), wanted) || (i && is_word_char(args.data[i - 1])))
            continue;
        size_t after = skip_blank(args, i + wanted.len);
        if (after < args.len && args.data[after] == ':')
            return ml_str_from(args, skip_blank(args, after + 1));
    }
    return ML_STR_NONE;
}

/* The names between the first brackets. */
static ml_sql_names list_in(reader *r, ml_str args)
{
    ml_sql_names names = {0};
    size_t open = ml_str_find_char(args, '['), end;
    if (open == ML_NOT_FOUND || (end = ml_str_find_char(ml_str_from(args, open), ']')) == ML_NOT_FOUND)
        return names;
    ml_str inside = ml_str_slice(args, open + 1, open + end);
    for (size_t i = 0; i < inside.len && names.count < NAMES_MAX;) {
        ml_str word = word_at(inside, i);
        if (!word.len) {
            /* sort: Desc and the like stand in parentheses behind a name */
            if (inside.data[i] == '(')
                while (i < inside.len && inside.data[i] != ')')
                    i++;
            i++;
            continue;
        }
        ml_vec_push(r->arena, &names, word);
        i += word.len;
    }
    return names;
}

/* ---- types ---- */

static const prisma_enum *find_enum(const reader *r, ml_str name)
{
    for (uint32_t i = 0; i < r->enums.count; i++)
        if (ml_str_eq(r->enums.items[i].name, name))
            return &r->enums.items[i];
    return NULL;
}

static int32_t number_at(ml_str s, size_t *at)
{
    int32_t value = -1;
    while (*at < s.len && (s.data[*at] < '0' || s.data[*at] > '9'))
        (*at)++;
    for (; *at < s.len && s.data[*at] >= '0' && s.data[*at] <= '9' && value < 100000; (*at)++)
        value = (value < 0 ? 0 : value * 10) + (s.data[*at] - '0');
    return value;
}

/* @db.Decimal(28, 12): the native type, whatever the datasource is called. */
static bool native_type(reader *r, ml_sql_column *column, ml_str line)
{
    for (size_t i = 0; i + 1 < line.len; i++) {
        if (line.data[i] != '@' || line.data[i + 1] == '@')
            continue;
        ml_str source = word_at(line, i + 1);
        size_t dot = i + 1 + source.len;
        if (!source.len || dot >= line.len || line.data[dot] != '.')
            continue;
        ml_str name = word_at(line, dot + 1);
        size_t open = dot + 1 + name.len;
        ml_str lower = ml_arena_lower(r->arena, name);
        if (ml_str_starts(lower, ML_STR("unsigned"))) {
            column->is_unsigned = true;
            lower = ml_str_from(lower, 8);
        }
        if (ml_str_eq_c(lower, "doubleprecision"))
            lower = ML_STR("double");
        column->type = lower;
        column->precision = column->scale = -1;
        if (open < line.len && line.data[open] == '(') {
            size_t close = ml_str_find_char(ml_str_from(line, open), ')'), at = 0;
            ml_str args = ml_str_slice(line, open, close == ML_NOT_FOUND ? line.len : open + close);
            column->precision = number_at(args, &at);
            column->scale = number_at(args, &at);
            if (ml_str_eq_c(lower, "decimal") && column->precision >= 0 && column->scale < 0)
                column->scale = 0;
        }
        return true;
    }
    return false;
}

/* What Prisma makes of a type without a native one. False: no scalar. */
static bool scalar_type(const reader *r, ml_sql_column *column, ml_str type)
{
    static const char *const types[][2] = {
        {"Boolean",     "boolean"    },
        {"Int",         "integer"    },
        {"BigInt",      "bigint"     },
        {"Float",       "double"     },
        {"DateTime",    "timestamp"  },
        {"Json",        "json"       },
        {"Bytes",       "blob"       },
        {"Unsupported", "unsupported"}
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (ml_str_eq_c(type, types[i][0])) {
            column->type = ml_str_of(types[i][1]);
            return true;
        }
    if (ml_str_eq_c(type, "Decimal")) {
        column->type = ML_STR("decimal");
        column->precision = 65;
        column->scale = 30;
        return true;
    }
    if (ml_str_eq_c(type, "String")) {
        bool mysql = ml_str_eq_c(r->out->provider, "mysql");
        column->type = mysql ? ML_STR("varchar") : ML_STR("text");
        column->precision = mysql ? 191 : -1;
        return true;
    }
    return false;
}

/* ---- blocks ---- */

static void push_foreign_key(reader *r, ml_sql_statement *table, ml_str args, bool optional, uint32_t start,
                             uint32_t end, ml_str target)
{
    ml_sql_foreign_key key = {.table = target, .start = start, .end = end};
    key.columns = list_in(r, argument(args, "fields"));
    key.target_columns = list_in(r, argument(args, "references"));
    if (!key.columns.count)
        return;
    ml_str on_delete = word_at(argument(args, "onDelete"), 0);
    key.on_delete = ml_str_eq_c(on_delete, "Cascade")      ? ML_STR("cascade")
                    : ml_str_eq_c(on_delete, "SetNull")    ? ML_STR("set null")
                    : ml_str_eq_c(on_delete, "SetDefault") ? ML_STR("set default")
                    : ml_str_eq_c(on_delete, "NoAction")   ? ML_STR("no action")
                    : on_delete.len || !optional           ? ML_STR("restrict")
                                                           : ML_STR("set null");
    ml_str on_update = word_at(argument(args, "onUpdate"), 0);
    key.on_update = ml_str_eq_c(on_update, "Restrict")     ? ML_STR("restrict")
                    : ml_str_eq_c(on_update, "NoAction")   ? ML_STR("no action")
                    : ml_str_eq_c(on_update, "SetNull")    ? ML_STR("set null")
                    : ml_str_eq_c(on_update, "SetDefault") ? ML_STR("set default")
                                                           : ML_STR("cascade");
    ml_vec_push(r->arena, &table->foreign_keys, key);
}

static void read_field(reader *r, ml_sql_statement *table, ml_str line, uint32_t start)
{
    size_t at = skip_blank(line, 0);
    ml_str name = word_at(line, at), args;
    size_t type_at = skip_blank(line, at + name.len);
    ml_str type = word_at(line, type_at);
    if (!name.len || !type.len || table->columns.count >= FIELDS_MAX)
        return;
    size_t after = type_at + type.len;
    if (ml_str_eq_c(type, "Unsupported"))
        while (after < line.len && line.data[after] != ')')
            after++;
    after += ml_str_eq_c(type, "Unsupported") && after < line.len ? 1 : 0;
    bool optional = after < line.len && line.data[after] == '?';
    bool list = after < line.len && line.data[after] == '[';
    ml_str trimmed = ml_str_trim(ml_str_from(line, at));
    uint32_t first = start + (uint32_t)at, end = first + (uint32_t)trimmed.len;
    ml_sql_column column = {.name = name, .property = name, .precision = -1, .scale = -1, .start = first, .end = end};

    const prisma_enum *values = find_enum(r, type);
    if (values) {
        column.type = ML_STR("enum");
        column.values = values->values;
    } else if (!scalar_type(r, &column, type)) {
        if (attribute(line, "@relation", &args))
            push_foreign_key(r, table, args, optional, first, end, type);
        return;
    }
    if (list) {
        column.type = ML_STR("array");
        column.values = (ml_sql_names){0};
    }
    native_type(r, &column, line);
    if (attribute(line, "@map", &args) && quoted_in(args).len)
        column.name = quoted_in(args);
    column.primary_key = attribute(line, "@id", &args);
    column.unique = attribute(line, "@unique", &args);
    column.has_default = attribute(line, "@default", &args) || attribute(line, "@updatedAt", &args);
    if (attribute(line, "@default", &args)) {
        column.default_text = args;
        column.auto_increment = ml_str_starts(args, ML_STR("autoincrement"));
    }
    column.not_null = !optional;
    ml_vec_push(r->arena, &table->columns, column);
}

static void read_block_attribute(reader *r, ml_sql_statement *table, ml_str line, uint32_t start)
{
    size_t at = skip_blank(line, 0);
    ml_str word = word_at(line, at + 2);
    ml_str args = ml_str_from(line, at + 2 + word.len);
    ml_sql_key key = {.start = start + (uint32_t)at, .end = start + (uint32_t)(at + ml_str_trim(line).len)};
    if (ml_str_eq_c(word, "map") && quoted_in(args).len) {
        table->table = quoted_in(args);
        return;
    }
    key.primary = ml_str_eq_c(word, "id");
    key.unique = key.primary || ml_str_eq_c(word, "unique");
    if (!key.unique && !ml_str_eq_c(word, "index"))
        return;
    ml_str fields = argument(args, "fields");
    key.columns = list_in(r, fields.len ? fields : args);
    key.name = quoted_in(argument(args, "map"));
    if (key.columns.count)
        ml_vec_push(r->arena, &table->keys, key);
}

static void names_to_columns(const ml_sql_statement *table, ml_sql_names *names)
{
    for (uint32_t i = 0; i < names->count; i++)
        for (uint32_t c = 0; c < table->columns.count; c++)
            if (ml_str_eq(table->columns.items[c].property, names->items[i])) {
                names->items[i] = table->columns.items[c].name;
                break;
            }
}

static void read_model(reader *r, ml_str name, uint32_t start, uint32_t head_end)
{
    ml_sql_statement table = {.kind = ML_SQL_CREATE_TABLE, .table = name, .model = name, .start = start};
    ml_str line;
    uint32_t at;
    table.head_end = head_end;
    while (next_line(r, &line, &at)) {
        ml_str code = ml_str_trim(line);
        if (ml_str_starts(code, ML_STR("}")))
            break;
        if (ml_str_starts(code, ML_STR("@@")))
            read_block_attribute(r, &table, line, at);
        else
            read_field(r, &table, line, at);
    }
    table.end = r->at;
    for (uint32_t i = 0; i < table.keys.count; i++)
        names_to_columns(&table, &table.keys.items[i].columns);
    for (uint32_t i = 0; i < table.foreign_keys.count; i++)
        names_to_columns(&table, &table.foreign_keys.items[i].columns);
    if (r->out->statements.count < MODELS_MAX)
        ml_vec_push(r->arena, &r->out->statements, table);
}

static void read_enum(reader *r, ml_str name)
{
    prisma_enum made = {.name = name};
    ml_str line, args;
    uint32_t at;
    while (next_line(r, &line, &at)) {
        ml_str code = ml_str_trim(line);
        if (ml_str_starts(code, ML_STR("}")))
            break;
        ml_str value = word_at(code, 0);
        if (value.len && made.values.count < 256)
            ml_vec_push(r->arena, &made.values, attribute(line, "@map", &args) ? quoted_in(args) : value);
    }
    if (r->enums.count < 1024)
        ml_vec_push(r->arena, &r->enums, made);
}

static void read_datasource(reader *r)
{
    ml_str line;
    uint32_t at;
    while (next_line(r, &line, &at)) {
        ml_str code = ml_str_trim(line);
        if (ml_str_starts(code, ML_STR("}")))
            return;
        if (ml_str_eq_c(word_at(code, 0), "provider"))
            r->out->provider = quoted_in(code);
    }
}

/* Enums and the datasource may stand behind the models that need them: a pass for each. */
static void pass(reader *r, bool models)
{
    ml_str line;
    uint32_t start;
    r->at = 0;
    while (next_line(r, &line, &start)) {
        size_t at = skip_blank(line, 0);
        ml_str word = word_at(line, at);
        size_t name_at = skip_blank(line, at + word.len);
        ml_str name = word_at(line, name_at);
        if (!name.len || ml_str_find_char(line, '{') == ML_NOT_FOUND)
            continue;
        if (models && ml_str_eq_c(word, "model"))
            read_model(r, name, start + (uint32_t)at, start + (uint32_t)(name_at + name.len));
        else if (!models && ml_str_eq_c(word, "enum"))
            read_enum(r, name);
        else if (!models && ml_str_eq_c(word, "datasource"))
            read_datasource(r);
    }
}

void ml_prisma_parse(ml_sql_script *out, ml_arena *arena, ml_str text)
{
    reader r = {.arena = arena, .out = out, .text = text};
    *out = (ml_sql_script){0};
    if (text.len >= UINT32_MAX - 16) {
        out->unread = 1;
        return;
    }
    pass(&r, false);
    pass(&r, true);
    for (uint32_t i = 0; i < out->statements.count; i++) /* models refer to models, tables to tables */
        for (uint32_t k = 0; k < out->statements.items[i].foreign_keys.count; k++) {
            ml_sql_foreign_key *key = &out->statements.items[i].foreign_keys.items[k];
            for (uint32_t t = 0; t < out->statements.count; t++)
                if (ml_str_eq(out->statements.items[t].model, key->table)) {
                    key->table = out->statements.items[t].table;
                    names_to_columns(&out->statements.items[t], &key->target_columns);
                    break;
                }
        }
}
