/* schema.c - C tables made from reference.def and enums.def.
 *
 * The list is read once per kind of row, each time into one array per table;
 * the last pass joins them. A closing empty row lets an array be empty. */
#include "billing/schema.h"

#include <string.h>

#define BILL_ENUM_BEGIN(name)           const char *const bill_values_##name[] = {
#define BILL_ENUM_VALUE(constant, text) text,
#define BILL_ENUM_END(name)                                                                                            \
    NULL                                                                                                               \
    }                                                                                                                  \
    ;
#include "billing/enums.def"

/* For the rows a pass does not want. */
#define NOTHING(...)

#define BILL_TABLE(table, ...) static const bill_column columns_##table[] = {
#define BILL_COLUMN(table, title, class, required, missing, wrong, ...)                                                \
    {.name = #title,                                                                                                   \
     .type_class = BILL_CLASS_##class,                                                                                 \
     .required_by = BILL_REQUIRED_##required,                                                                          \
     .if_missing = BILL_SEVERITY_##missing,                                                                            \
     .if_wrong = BILL_SEVERITY_##wrong,                                                                                \
     __VA_ARGS__},
#define BILL_KEY         NOTHING
#define BILL_FOREIGN_KEY NOTHING
#define BILL_CHECK       NOTHING
#define BILL_TABLE_END(table)                                                                                          \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }                                                                                                                  \
    }                                                                                                                  \
    ;
#include "billing/reference.def"

#define BILL_TABLE(table, ...) static const bill_key keys_##table[] = {
#define BILL_COLUMN            NOTHING
#define BILL_KEY(table, what, required, missing, ...)                                                                  \
    {.kind = BILL_KEY_##what,                                                                                          \
     .required_by = BILL_REQUIRED_##required,                                                                          \
     .if_missing = BILL_SEVERITY_##missing,                                                                            \
     __VA_ARGS__},
#define BILL_FOREIGN_KEY NOTHING
#define BILL_CHECK       NOTHING
#define BILL_TABLE_END(table)                                                                                          \
    {                                                                                                                  \
        .columns = { NULL }                                                                                            \
    }                                                                                                                  \
    }                                                                                                                  \
    ;
#include "billing/reference.def"

#define BILL_TABLE(table, ...) static const bill_foreign_key links_##table[] = {
#define BILL_COLUMN            NOTHING
#define BILL_KEY               NOTHING
#define BILL_FOREIGN_KEY(table, required, missing, ...)                                                                \
    {.required_by = BILL_REQUIRED_##required, .if_missing = BILL_SEVERITY_##missing, __VA_ARGS__},
#define BILL_CHECK NOTHING
#define BILL_TABLE_END(table)                                                                                          \
    {                                                                                                                  \
        .columns = { NULL }                                                                                            \
    }                                                                                                                  \
    }                                                                                                                  \
    ;
#include "billing/reference.def"

#define BILL_TABLE(table, ...)        static const bill_check checks_##table[] = {
#define BILL_COLUMN                   NOTHING
#define BILL_KEY                      NOTHING
#define BILL_FOREIGN_KEY              NOTHING
#define BILL_CHECK(table, title, ...) {.name = title, __VA_ARGS__},
#define BILL_TABLE_END(table)                                                                                          \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }                                                                                                                  \
    }                                                                                                                  \
    ;
#include "billing/reference.def"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]) - 1)

static const bill_table tables[] = {
#define BILL_TABLE(table, required, missing, mutable, ...)                                                             \
    {.name = #table,                                                                                                   \
     .required_by = BILL_REQUIRED_##required,                                                                          \
     .if_missing = BILL_SEVERITY_##missing,                                                                            \
     .mutability = mutable,                                                                                            \
     .columns = columns_##table,                                                                                       \
     .column_count = ROWS(columns_##table),                                                                            \
     .keys = keys_##table,                                                                                             \
     .key_count = ROWS(keys_##table),                                                                                  \
     .foreign_keys = links_##table,                                                                                    \
     .foreign_key_count = ROWS(links_##table),                                                                         \
     .checks = checks_##table,                                                                                         \
     .check_count = ROWS(checks_##table),                                                                              \
     __VA_ARGS__},
#define BILL_COLUMN      NOTHING
#define BILL_KEY         NOTHING
#define BILL_FOREIGN_KEY NOTHING
#define BILL_CHECK       NOTHING
#define BILL_TABLE_END   NOTHING
#include "billing/reference.def"
};

#define TABLE_COUNT (sizeof tables / sizeof tables[0])
_Static_assert(TABLE_COUNT <= 32, "a mask of tables has 32 bits");

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *known, const char *name, size_t length)
{
    if (strlen(known) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(known[i]) != lower(name[i]))
            return false;
    return true;
}

int bill_value_find(const char *const *values, const char *word, size_t length)
{
    for (int i = 0; values[i]; i++)
        if (strlen(values[i]) == length && memcmp(values[i], word, length) == 0)
            return i;
    return -1;
}

int bill_billing_type_find(const char *word, size_t length)
{
    static const char old_spelling[] = "token_based";
    if (length == sizeof old_spelling - 1 && memcmp(word, old_spelling, length) == 0)
        return BILL_TYPE_TOKEN;
    return bill_value_find(bill_values_billing_type, word, length);
}

const char *const *bill_values_named(const char *name)
{
    static const struct {
        const char *name;
        const char *const *values;
    } lists[] = {
#define BILL_ENUM_BEGIN(name) {#name, bill_values_##name},
#define BILL_ENUM_VALUE       NOTHING
#define BILL_ENUM_END         NOTHING
#include "billing/enums.def"
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (strcmp(lists[i].name, name) == 0)
            return lists[i].values;
    return NULL;
}

size_t bill_schema_table_count(void)
{
    return TABLE_COUNT;
}

const bill_table *bill_schema_table(size_t index)
{
    return index < TABLE_COUNT ? &tables[index] : NULL;
}

const bill_table *bill_schema_find_table(const char *name, size_t length)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (same_name(tables[i].name, name, length))
            return &tables[i];
        for (size_t a = 0; tables[i].aliases[a]; a++)
            if (same_name(tables[i].aliases[a], name, length))
                return &tables[i];
    }
    return NULL;
}

const bill_column *bill_schema_find_column(const bill_table *table, const char *name, size_t length)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (same_name(table->columns[i].name, name, length))
            return &table->columns[i];
    return NULL;
}

uint32_t bill_schema_mask(const char *table_name)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (strcmp(tables[i].name, table_name) == 0)
            return UINT32_C(1) << i;
    return 0;
}
