/* schema.h - the reference tables, read-only, and the DDL made from them.
 *
 * Everything here is constant data from reference.def and enums.def: nothing
 * is allocated, and nothing can fail but the sink. A checker compares a
 * project's tables with it; the library makes its own database from it.
 * Tables and columns marked BILL_REQUIRED_INTERNAL are this library's own
 * book-keeping: no other project has to have them. */
#ifndef BILLING_SCHEMA_H
#define BILLING_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "billing/status.h"

/* One C enum per word list: bill_billing_type { BILL_TYPE_TOKEN, ... }. */
#define BILL_ENUM_BEGIN(name)                                                                                          \
    typedef enum bill_##name                                                                                           \
    {
#define BILL_ENUM_VALUE(constant, text) constant,
#define BILL_ENUM_END(name)                                                                                            \
    }                                                                                                                  \
    bill_##name;
#include "billing/enums.def"

/* bill_values_billing_type[BILL_TYPE_TOKEN] is "token"; each ends with NULL. */
#define BILL_ENUM_BEGIN(name) extern const char *const bill_values_##name[];
#define BILL_ENUM_VALUE(constant, text)
#define BILL_ENUM_END(name)
#include "billing/enums.def"

/* Position of a word in such a list, or -1. */
int bill_value_find(const char *const *values, const char *word, size_t length);

/* The word list called `name` ("billing_type"), or NULL. */
const char *const *bill_values_named(const char *name);

/* "token" is accepted under its old spelling "token_based" too. -1 if unknown. */
int bill_billing_type_find(const char *word, size_t length);

typedef enum bill_type_class {
    BILL_CLASS_ID, /* whole number, primary key */
    BILL_CLASS_INT,
    BILL_CLASS_DECIMAL,
    BILL_CLASS_STRING, /* bounded text */
    BILL_CLASS_TEXT,   /* unbounded text */
    BILL_CLASS_ENUM,
    BILL_CLASS_BOOL,
    BILL_CLASS_TIMESTAMP /* UTC, microseconds */
} bill_type_class;

typedef enum bill_required {
    BILL_REQUIRED_SPEC,        /* the specification names it */
    BILL_REQUIRED_CORRECTNESS, /* right bills need it */
    BILL_REQUIRED_INTERNAL     /* this library needs it, others do not */
} bill_required;

typedef enum bill_severity {
    BILL_SEVERITY_NONE,
    BILL_SEVERITY_NOTE,
    BILL_SEVERITY_WARNING,
    BILL_SEVERITY_ERROR
} bill_severity;

typedef enum bill_role {
    BILL_ROLE_NONE,
    BILL_ROLE_MONEY,   /* never float, double, real, 32-bit or text (SQLite excepted) */
    BILL_ROLE_PRICE,   /* as money */
    BILL_ROLE_QUANTITY /* never float or real */
} bill_role;

/* One column. A number that is 0 says nothing. */
typedef struct bill_column {
    const char *name;
    bill_type_class type_class;
    bill_required required_by;
    bill_severity if_missing, if_wrong;
    bill_role role;
    bool nullable, primary_key, fixed_length, binary_collation, signed_value;
    bool beyond_ascii;         /* of a binary collation: names people choose */
    bool values_are_reference; /* the specification names no values: further ones are fine */
    int bits_min, bits_reference;
    int length_min, length_reference;
    int precision_min, precision_reference;
    int scale_min, scale_warn_below, scale_reference, integer_digits_min;
    const char *const *values; /* of an enum, NULL-terminated */
    const char *values_min[8]; /* the least a project must have, if less than values */
    const char *const *hints;  /* words usual in a string column */
    const char *default_value; /* NULL: none */
    const char *check;         /* ">= 0", "> 0" */
    const char *pattern;       /* a regular expression the text matches */
    const char *reason, *note; /* why it is so; NULL where it needs no words */
} bill_column;

typedef enum bill_key_kind { BILL_KEY_UNIQUE, BILL_KEY_INDEX } bill_key_kind;

typedef struct bill_key {
    bill_key_kind kind;
    bill_required required_by;
    bill_severity if_missing;
    const char *columns[6]; /* NULL-terminated */
    const char *reason;
} bill_key;

typedef struct bill_foreign_key {
    bill_required required_by;
    bill_severity if_missing, if_cascade;
    const char *columns[3]; /* NULL-terminated */
    const char *references, *referenced_column, *on_delete;
    const char *reason;
} bill_foreign_key;

typedef struct bill_check {
    const char *name, *sql;
    const char *sqlite; /* where text decimals need another wording; else NULL */
} bill_check;

typedef struct bill_table {
    const char *name;
    bill_required required_by;
    bill_severity if_missing;
    const char *mutability; /* append_only, append_only_versions, status_only, derived, queue */
    const char *aliases[5]; /* other usual names, NULL-terminated */
    bool id_given;          /* ids come from elsewhere: no auto increment */
    const bill_column *columns;
    size_t column_count;
    const bill_key *keys; /* unique keys and indexes */
    size_t key_count;
    const bill_foreign_key *foreign_keys;
    size_t foreign_key_count;
    const bill_check *checks;
    size_t check_count;
} bill_table;

/* All tables, internal ones last. */
size_t bill_schema_table_count(void);
const bill_table *bill_schema_table(size_t index); /* NULL past the end */

/* By name or alias, letter case ignored; NULL if unknown. */
const bill_table *bill_schema_find_table(const char *name, size_t length);
const bill_column *bill_schema_find_column(const bill_table *table, const char *name, size_t length);

/* ---- DDL ---- */

typedef enum bill_dialect { BILL_SQLITE, BILL_MARIADB, BILL_POSTGRES } bill_dialect;

/* "sqlite", "mariadb" (or "mysql"), "postgres"; -1 if unknown. */
int bill_dialect_find(const char *name, size_t length);

/* Takes text piece by piece; anything but BILL_OK stops the printing and is returned. */
typedef bill_status (*bill_sink)(void *context, const char *text, size_t length);

#define BILL_TABLES_ALL UINT32_MAX

/* Bit i of a mask stands for bill_schema_table(i). 0 if the table is unknown. */
uint32_t bill_schema_mask(const char *table_name);

/* Prints CREATE TABLE and CREATE INDEX statements, each ended by ";\n", in an
 * order in which they can be executed. A foreign key to a table outside of the
 * mask is printed nevertheless. */
bill_status bill_schema_ddl(bill_dialect dialect, uint32_t tables, bill_sink sink, void *context);

#endif
