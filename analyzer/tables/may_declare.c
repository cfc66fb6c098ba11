/* may_declare.c - can a text be passed over when tables are read? Words of every form a declaration
 * has, or a part of one that another file uses; too many rather than too few. */
#include "ml/tables.h"

/* clang-format off */
static const struct {
    const char *word, *also; /* also: where the word alone is everywhere */
} forms[] = {
    /* models, and columns or a base class that a model of another file takes over */
    {"equelize", NULL}, {"DataTypes", NULL}, {"tableName", NULL}, {"modelName", "init("}, {".define(", NULL},
    {"unique", "fields"}, {"@Table", NULL}, {"@Entity", NULL}, {"Column(", NULL}, {"drizzle", NULL},
    {"mysqlTable", NULL}, {"pgTable", NULL}, {"sqliteTable", NULL},
    /* what is done with models and to the database */
    {"belongsTo", NULL}, {"hasOne", NULL}, {"hasMany", NULL}, {"synchronize", NULL}, {".sync(", NULL}, {"sync:", NULL},
    {"createTable", NULL}, {"alterTable", NULL}, {"renameTable", NULL}, {"dropTable", NULL}, {".table(", NULL},
    {"addIndex", NULL}, {"createIndex", NULL}, {"removeIndex", NULL}, {"Constraint(", NULL}, {"createForeignKey", NULL},
};

/* In any case, as SQL is written and as enumerations are named. */
static const struct {
    const char *word, *also;
} spoken[] = {
    {"create table", NULL}, {"alter table", NULL}, {"rename table", NULL}, {"create unique index", NULL},
    {"create type", NULL}, {"drop index", NULL},
    {"billingstatus", "enum"}, {"billing_status", "enum"}, {"billingtype", "enum"}, {"billing_type", "enum"},
};
/* clang-format on */

static bool speaks(ml_str text, const char *word)
{
    return !word || ml_str_find_nocase(text, ml_str_of(word)) != ML_NOT_FOUND;
}

bool ml_tables_may_declare(ml_str text)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (ml_str_contains(text, ml_str_of(forms[i].word)) &&
            (!forms[i].also || ml_str_contains(text, ml_str_of(forms[i].also))))
            return true;
    for (size_t i = 0; i < sizeof spoken / sizeof *spoken; i++)
        if (speaks(text, spoken[i].word) && speaks(text, spoken[i].also))
            return true;
    return false;
}
