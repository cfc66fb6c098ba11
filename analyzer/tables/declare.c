/* declare.c - columns, keys and types of a declaration, whatever it is written in. */
#include "declare.h"

/* clang-format off */
static const struct {
    const char *name;
    ml_type_class type;
    int bits;
} types[] = {
    {"bigint", ML_TYPE_BIGINT, 64},      {"bigserial", ML_TYPE_BIGINT, 64},  {"int8", ML_TYPE_BIGINT, 64},
    {"serial8", ML_TYPE_BIGINT, 64},     {"int", ML_TYPE_INT, 32},           {"integer", ML_TYPE_INT, 32},
    {"int4", ML_TYPE_INT, 32},           {"serial", ML_TYPE_INT, 32},        {"mediumint", ML_TYPE_INT, 24},
    {"smallint", ML_TYPE_INT, 16},       {"int2", ML_TYPE_INT, 16},          {"smallserial", ML_TYPE_INT, 16},
    {"tinyint", ML_TYPE_INT, 8},         {"year", ML_TYPE_INT, 16},          {"decimal", ML_TYPE_DECIMAL, 0},
    {"numeric", ML_TYPE_DECIMAL, 0},     {"dec", ML_TYPE_DECIMAL, 0},        {"fixed", ML_TYPE_DECIMAL, 0},
    {"number", ML_TYPE_DECIMAL, 0},      {"float", ML_TYPE_FLOAT, 0},        {"double", ML_TYPE_FLOAT, 0},
    {"real", ML_TYPE_FLOAT, 0},          {"float4", ML_TYPE_FLOAT, 0},       {"float8", ML_TYPE_FLOAT, 0},
    {"varchar", ML_TYPE_STRING, 0},      {"char", ML_TYPE_STRING, 0},        {"character", ML_TYPE_STRING, 0},
    {"string", ML_TYPE_STRING, 0},       {"nvarchar", ML_TYPE_STRING, 0},    {"nchar", ML_TYPE_STRING, 0},
    {"bpchar", ML_TYPE_STRING, 0},       {"varchar2", ML_TYPE_STRING, 0},    {"text", ML_TYPE_TEXT, 0},
    {"tinytext", ML_TYPE_TEXT, 0},       {"mediumtext", ML_TYPE_TEXT, 0},    {"longtext", ML_TYPE_TEXT, 0},
    {"citext", ML_TYPE_TEXT, 0},         {"clob", ML_TYPE_TEXT, 0},          {"ntext", ML_TYPE_TEXT, 0},
    {"enum", ML_TYPE_ENUM, 0},           {"set", ML_TYPE_ENUM, 0},           {"datetime", ML_TYPE_DATETIME, 0},
    {"timestamp", ML_TYPE_DATETIME, 0},  {"timestamptz", ML_TYPE_DATETIME, 0}, {"datetime2", ML_TYPE_DATETIME, 0},
    {"datetimeoffset", ML_TYPE_DATETIME, 0}, {"date", ML_TYPE_DATE, 0},      {"dateonly", ML_TYPE_DATE, 0},
    {"time", ML_TYPE_TIME, 0},           {"timetz", ML_TYPE_TIME, 0},        {"json", ML_TYPE_JSON, 0},
    {"jsonb", ML_TYPE_JSON, 0},          {"boolean", ML_TYPE_BOOL, 0},       {"bool", ML_TYPE_BOOL, 0},
    {"bit", ML_TYPE_BOOL, 0},            {"uuid", ML_TYPE_UUID, 0},          {"uuidv1", ML_TYPE_UUID, 0},
    {"uuidv4", ML_TYPE_UUID, 0},         {"uniqueidentifier", ML_TYPE_UUID, 0}, {"blob", ML_TYPE_BINARY, 0},
    {"tinyblob", ML_TYPE_BINARY, 0},     {"mediumblob", ML_TYPE_BINARY, 0},  {"longblob", ML_TYPE_BINARY, 0},
    {"binary", ML_TYPE_BINARY, 0},       {"varbinary", ML_TYPE_BINARY, 0},   {"bytea", ML_TYPE_BINARY, 0},
};
/* clang-format on */

const char *ml_type_class_name(ml_type_class type)
{
    static const char *const names[] = {"unknown",  "int",  "bigint", "decimal", "float", "string", "text",  "enum",
                                        "datetime", "date", "time",   "json",    "bool",  "uuid",   "binary"};
    return names[type];
}

ml_span ml_table_place_span(const ml_table_place *place)
{
    return ml_lines_span(place->lines, place->start, place->end);
}

ml_table_column declare_blank(void)
{
    return (ml_table_column){.precision = -1, .scale = -1, .length = -1, .nullable = true};
}

void declare_type(ml_table_column *column, ml_str name, int32_t first, int32_t second)
{
    column->type = ML_TYPE_UNKNOWN;
    column->type_name = name;
    column->bits = 0;
    column->precision = column->scale = column->length = -1;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (ml_str_eq_nocase(name, ml_str_of(types[i].name))) {
            column->type = types[i].type;
            column->bits = types[i].bits;
        }
    if (column->type == ML_TYPE_INT && column->bits == 8 && first == 1)
        column->type = ML_TYPE_BOOL; /* TINYINT(1) is how MySQL spells a truth value */
    if (column->type == ML_TYPE_STRING || column->type == ML_TYPE_BINARY) {
        column->length = first;
    } else {
        column->precision = first;
        column->scale = second;
    }
}

static bool same(ml_str a, ml_str b)
{
    return ml_str_eq_nocase(a, b);
}

ml_table_column *declare_find(const ml_declaration *declaration, ml_str name)
{
    for (uint32_t i = 0; i < declaration->columns.count; i++)
        if (same(declaration->columns.items[i].name, name))
            return &declaration->columns.items[i];
    return NULL;
}

void declare_column(declarer *d, ml_declaration *declaration, ml_table_column column)
{
    if (declaration->columns.count >= DECLARE_COLUMNS_MAX) {
        declaration->open = true;
        return;
    }
    column.snake = ml_snake_case(d->arena, column.name);
    if (ml_str_eq_c(column.snake, "_id"))
        column.snake = ML_STR("id"); /* MongoDB's key is one */
    ml_table_column *known = declare_find(declaration, column.name);
    if (known)
        *known = column;
    else
        ml_vec_push(d->arena, &declaration->columns, column);
}

void declare_key(declarer *d, ml_declaration *declaration, ml_table_key key)
{
    if (declaration->keys.count >= DECLARE_KEYS_MAX)
        return;
    ml_vec_push(d->arena, &declaration->keys, key);
    for (uint32_t i = 0; key.primary && i < key.columns.count && i < DECLARE_KEYS_MAX; i++) {
        ml_table_column *column = declare_find(declaration, key.columns.items[i]);
        if (column) {
            column->primary_key = key.columns.count == 1;
            column->nullable = false;
        }
    }
}

void declare_foreign_key(declarer *d, ml_declaration *declaration, ml_table_foreign_key key)
{
    if (declaration->foreign_keys.count >= DECLARE_KEYS_MAX)
        return;
    ml_vec_push(d->arena, &declaration->foreign_keys, key);
    ml_table_column *column = key.columns.count == 1 ? declare_find(declaration, key.columns.items[0]) : NULL;
    if (column) {
        column->references_table = key.table;
        column->references_column = key.target_columns.count ? key.target_columns.items[0] : ML_STR("id");
        column->on_delete = key.on_delete;
        column->on_update = key.on_update;
    }
}

static bool key_has(const ml_table_key *key, ml_str name)
{
    for (uint32_t i = 0; i < key->columns.count; i++)
        if (same(key->columns.items[i], name))
            return true;
    return false;
}

bool declare_remove_column(ml_declaration *declaration, ml_str name)
{
    ml_table_column *column = declare_find(declaration, name);
    uint32_t kept = 0;
    if (!column)
        return false;
    size_t index = (size_t)(column - declaration->columns.items);
    memmove(column, column + 1, (declaration->columns.count - index - 1) * sizeof *column);
    declaration->columns.count--;
    for (uint32_t i = 0; i < declaration->keys.count; i++)
        if (!key_has(&declaration->keys.items[i], name))
            declaration->keys.items[kept++] = declaration->keys.items[i];
    declaration->keys.count = kept;
    return true;
}

/* ---- dialects ---- */

static bool any_word(ml_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ml_str_find_nocase(text, ml_str_of(words[i])) != ML_NOT_FOUND)
            return true;
    return false;
}

ml_database declare_dialect(ml_str sql)
{
    static const char *const mysql[] = {
        "auto_increment", "engine=",   "engine =", " unsigned", "on update current_timestamp",
        "unique key ",    "tinyint(1)"};
    static const char *const postgres[] = {"bigserial",   " serial", "timestamptz", "jsonb", "create type",
                                           "as identity", "::text",  "plpgsql",     "bytea", "with time zone"};
    static const char *const sqlite[] = {"autoincrement",  "without rowid", "pragma ", ") strict",
                                         "datetime('now'", "strftime(",     "sqlite"};
    if (any_word(sql, mysql, sizeof mysql / sizeof *mysql))
        return ML_DATABASE_MYSQL;
    if (any_word(sql, postgres, sizeof postgres / sizeof *postgres))
        return ML_DATABASE_POSTGRES;
    return any_word(sql, sqlite, sizeof sqlite / sizeof *sqlite) ? ML_DATABASE_SQLITE : ML_DATABASE_UNKNOWN;
}

ml_database declare_provider(ml_str name)
{
    static const struct {
        const char *name;
        ml_database dialect;
    } providers[] = {
        {"mysql",       ML_DATABASE_MYSQL   },
        {"mariadb",     ML_DATABASE_MYSQL   },
        {"mysql2",      ML_DATABASE_MYSQL   },
        {"postgres",    ML_DATABASE_POSTGRES},
        {"postgresql",  ML_DATABASE_POSTGRES},
        {"pg",          ML_DATABASE_POSTGRES},
        {"cockroachdb", ML_DATABASE_POSTGRES},
        {"sqlite",      ML_DATABASE_SQLITE  },
        {"sqlite3",     ML_DATABASE_SQLITE  }
    };
    for (size_t i = 0; i < sizeof providers / sizeof providers[0]; i++)
        if (ml_str_eq_nocase(name, ml_str_of(providers[i].name)))
            return providers[i].dialect;
    return ML_DATABASE_UNKNOWN;
}

static bool depends_on(ml_str text, const char *const *packages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = ml_str_find(text, ml_str_of(packages[i]));
        if (at == ML_NOT_FOUND)
            continue;
        ml_str after = ml_str_trim(ml_str_from(text, at + strlen(packages[i])));
        if (after.len && after.data[0] == ':')
            return true;
    }
    return false;
}

ml_database ml_database_of_manifest(ml_str text)
{
    static const char *const mysql[] = {"\"mysql2\"",
                                        "\"mysql\"",
                                        "\"mariadb\"",
                                        "\"@sequelize/mysql\"",
                                        "\"@sequelize/mariadb\"",
                                        "\"@planetscale/database\""};
    static const char *const postgres[] = {"\"pg\"", "\"postgres\"", "\"@sequelize/postgres\"",
                                           "\"@neondatabase/serverless\"", "\"@vercel/postgres\""};
    static const char *const sqlite[] = {"\"sqlite3\"", "\"better-sqlite3\"", "\"@libsql/client\"",
                                         "\"@sequelize/sqlite3\""};
    bool my = depends_on(text, mysql, sizeof mysql / sizeof *mysql);
    bool post = depends_on(text, postgres, sizeof postgres / sizeof *postgres);
    if (my || post) /* SQLite beside them serves tests */
        return my && post ? ML_DATABASE_UNKNOWN : my ? ML_DATABASE_MYSQL : ML_DATABASE_POSTGRES;
    return depends_on(text, sqlite, sizeof sqlite / sizeof *sqlite) ? ML_DATABASE_SQLITE : ML_DATABASE_UNKNOWN;
}
