/* schema_fault.c - declared columns against what the reference asks of them. */
#include "ml/schema_fault.h"
#include "faults.h"
#include "ml/buf.h"
#include "ml/schema_check.h"

/* ---- which declarations count ---- */

bool fault_counts(const ml_table *table, const ml_declaration *declaration, const char *column)
{
    if (declaration->origin == ML_TABLE_SQL)
        return true;
    for (uint32_t i = 0; i < table->declarations.count; i++)
        if (table->declarations.items[i]->origin == ML_TABLE_SQL &&
            ml_declaration_column(table->declarations.items[i], column))
            return false;
    return true;
}

ml_database fault_dialect(const ml_tables *tables, const ml_declaration *declaration)
{
    return declaration->dialect != ML_DATABASE_UNKNOWN ? declaration->dialect : tables->dialect;
}

ml_schema_fault *fault_push(judging *j, const ml_table *table, const char *column, const ml_table_place *place,
                            ml_level level)
{
    ml_schema_fault fault = {.kind = j->kind, .table = table->name, .place = *place, .level = level};
    if (level == ML_LEVEL_NONE)
        return NULL;
    fault.column = column ? ml_str_of(column) : ML_STR_NONE;
    ml_vec_push(j->arena, j->out, fault);
    return &j->out->items[j->out->count - 1];
}

void fault_detail(judging *j, ml_schema_fault *fault, ml_str en, ml_str zh)
{
    (void)j;
    if (fault)
        fault->detail = (ml_text){
            {[ML_LANG_EN] = en, [ML_LANG_ZH] = zh}
        };
}

/* ---- a column at a time ---- */

typedef struct column_case {
    const ml_table *table;
    const ml_declaration *declaration;
    const ml_table_column *column;
    const bill_column *reference;
    ml_database dialect;
} column_case;

static bool is_money(const bill_column *reference)
{
    return reference->role == BILL_ROLE_MONEY || reference->role == BILL_ROLE_PRICE;
}

static ml_schema_fault *at_column(judging *j, const column_case *c, bill_severity severity)
{
    ml_schema_fault *fault =
        fault_push(j, c->table, NULL, &c->column->place, ml_schema_level(c->reference->required_by, severity));
    if (fault) {
        fault->column = c->column->name;
        fault->specified = c->reference->required_by == BILL_REQUIRED_SPEC;
    }
    return fault;
}

static void no_scale(judging *j, const column_case *c)
{
    const ml_table_column *column = c->column;
    if (!is_money(c->reference) || column->type != ML_TYPE_DECIMAL || ml_str_eq_c(column->type_name, "number"))
        return;
    bool bare = column->precision < 0;
    bool knex_default = column->unsized;
    if (bare && (c->dialect == ML_DATABASE_POSTGRES || c->dialect == ML_DATABASE_SQLITE))
        return;
    if (!bare && column->scale > 0 && !knex_default)
        return;
    if (!bare && column->scale == 0 && c->declaration->form == ML_FORM_SQL)
        return; /* written as such: the scale is too small */
    ml_schema_fault *fault = at_column(j, c, c->reference->if_wrong);
    ml_str means = knex_default ? ML_STR("DECIMAL(8,2)")
                   : bare       ? ML_STR("DECIMAL(10,0)")
                                : ml_arena_printf(j->arena, "DECIMAL(%d,0)", column->precision);
    fault_detail(j, fault, means, means);
    if (fault && bare && c->dialect == ML_DATABASE_UNKNOWN && fault->level == ML_LEVEL_HIGH) {
        fault->level = ML_LEVEL_MEDIUM;
        fault->unproven = true;
    }
}

/* Digits that prices for a thousand or a million need less; 0 when nothing says what they are for. */
static int digits_spared(const column_case *c)
{
    const ml_table_column *per = ml_table_column_named(c->table, "price_per");
    if (c->reference->role != BILL_ROLE_PRICE || !per || !per->has_default)
        return 0;
    ml_str text = per->default_text;
    int zeros = 0;
    for (size_t i = 0; i < text.len; i++)
        zeros += text.data[i] == '0';
    return zeros < 6 ? (zeros < 3 ? 0 : 3) : 6;
}

static void small_scale(judging *j, const column_case *c)
{
    const ml_table_column *column = c->column;
    if (!is_money(c->reference) || column->type != ML_TYPE_DECIMAL || column->precision < 0 || column->scale < 0)
        return;
    if (column->scale == 0 && c->declaration->form != ML_FORM_SQL)
        return; /* no scale was written */
    if (column->unsized)
        return;
    int spared = digits_spared(c);
    bill_severity severity = BILL_SEVERITY_NONE;
    if (column->scale < c->reference->scale_min - spared)
        severity = c->reference->if_wrong;
    else if (column->scale < c->reference->scale_warn_below - spared)
        severity = BILL_SEVERITY_WARNING;
    ml_schema_fault *fault = severity == BILL_SEVERITY_NONE ? NULL : at_column(j, c, severity);
    ml_str digits = ml_arena_printf(j->arena, "%d", column->scale);
    fault_detail(j, fault, digits, digits);
}

static void few_digits(judging *j, const column_case *c)
{
    const ml_table_column *column = c->column;
    if (column->type != ML_TYPE_DECIMAL || column->precision < 0 || column->scale < 0 ||
        column->precision - column->scale >= c->reference->integer_digits_min)
        return;
    if (column->unsized)
        return;
    ml_schema_fault *fault = at_column(j, c, BILL_SEVERITY_WARNING);
    int whole = column->precision - column->scale;
    ml_str digits = ml_arena_printf(j->arena, "%d", whole < 0 ? 0 : whole);
    fault_detail(j, fault, digits, digits);
}

static void float_money(judging *j, const column_case *c)
{
    if (!is_money(c->reference) || c->column->type != ML_TYPE_FLOAT)
        return;
    ml_schema_fault *fault = at_column(j, c, c->reference->if_wrong);
    ml_str type = ml_str_eq_c(c->column->type_name, "decimal") ? ML_STR("number") : c->column->type_name;
    fault_detail(j, fault, type, type);
}

/* Counts of one call fit; keys and sums run out. */
static void narrow(judging *j, const column_case *c)
{
    const ml_table_column *column = c->column;
    bool sum = strncmp(c->reference->name, "total_", 6) == 0;
    bool key = c->reference->primary_key || c->reference->type_class == BILL_CLASS_ID;
    if (column->type != ML_TYPE_INT || column->bits >= 64 || column->bits == 0 || c->reference->bits_reference < 64)
        return;
    if (!key && !(sum && c->reference->type_class == BILL_CLASS_INT))
        return;
    if (c->dialect == ML_DATABASE_SQLITE)
        return; /* INTEGER has 64 bits there */
    ml_schema_fault *fault = fault_push(j, c->table, NULL, &column->place,
                                        column->bits < c->reference->bits_min ? ML_LEVEL_MEDIUM : ML_LEVEL_LOW);
    if (fault)
        fault->column = column->name;
}

bool fault_must_be_there(const bill_column *reference)
{
    static const char *const names[] = {"billing_type", "billing_cycle", "currency", "user_id", "total_cost"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(reference->name, names[i]) == 0)
            return !reference->nullable;
    return false;
}

static void nullable(judging *j, const column_case *c)
{
    if (fault_must_be_there(c->reference) && c->column->nullable && !c->column->primary_key && !c->column->generated)
        at_column(j, c, BILL_SEVERITY_WARNING);
}

static void no_length(judging *j, const column_case *c)
{
    bool varchar = ml_str_eq_c(c->column->type_name, "varchar") || ml_str_eq_c(c->column->type_name, "nvarchar");
    if (c->declaration->form == ML_FORM_SQL && c->dialect == ML_DATABASE_MYSQL && varchar && c->column->length < 0) {
        ml_schema_fault *fault = fault_push(j, c->table, NULL, &c->column->place, ML_LEVEL_MEDIUM);
        if (fault)
            fault->column = c->column->name;
    }
}

static bool has_unique(const ml_table *table, ml_str column);

static void loose_key(judging *j, const column_case *c)
{
    const ml_table_column *column = c->column;
    bool key = strcmp(c->reference->name, "request_id") == 0 || strcmp(c->reference->name, "idempotency_key") == 0;
    if (!key || column->type != ML_TYPE_STRING || column->binary || c->declaration->binary ||
        c->dialect != ML_DATABASE_MYSQL || c->declaration->form == ML_FORM_PRISMA)
        return;
    if (column->length == 36 || column->length == 32)
        return; /* a UUID, written in one case */
    ml_str text = ml_str_slice(column->place.lines ? column->place.lines->text : ML_STR_NONE, column->place.start,
                               column->place.end);
    if (ml_str_find_nocase(text, ML_STR("_bin")) != ML_NOT_FOUND ||
        ml_str_find_nocase(text, ML_STR("binary")) != ML_NOT_FOUND || !has_unique(c->table, column->snake))
        return;
    ml_schema_fault *fault = at_column(j, c, BILL_SEVERITY_WARNING);
    if (fault)
        fault->level = ML_LEVEL_LOW; /* only keys that differ in case alone are hurt */
}

typedef void column_judge(judging *j, const column_case *c);

/* Once a column: of several declarations that count the first with the fault. */
static void each_column(judging *j, column_judge *judge)
{
    for (uint32_t t = 0; t < j->tables->count; t++) {
        const ml_table *table = &j->tables->items[t];
        for (size_t i = 0; table->reference && i < table->reference->column_count; i++) {
            const bill_column *reference = &table->reference->columns[i];
            uint32_t before = j->out->count;
            for (uint32_t d = 0; d < table->declarations.count && j->out->count == before; d++) {
                const ml_declaration *declaration = table->declarations.items[d];
                const ml_table_column *column = ml_declaration_column(declaration, reference->name);
                column_case c = {table, declaration, column, reference, fault_dialect(j->tables, declaration)};
                if (column && reference->required_by != BILL_REQUIRED_INTERNAL &&
                    fault_counts(table, declaration, reference->name))
                    judge(j, &c);
            }
        }
    }
}

/* ---- keys ---- */

static bool is_snake(ml_str name, const char *wanted)
{
    char lower[64];
    size_t len = 0;
    for (size_t i = 0; i < name.len && len + 2 < sizeof lower; i++) {
        char c = name.data[i];
        if (c >= 'A' && c <= 'Z') {
            if (len && lower[len - 1] != '_')
                lower[len++] = '_';
            c = (char)(c + 32);
        }
        lower[len++] = c;
    }
    return ml_str_eq_c((ml_str){lower, len}, wanted) || ml_str_eq_nocase(name, ml_str_of(wanted));
}

static bool is_one_of(ml_str name, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        if (is_snake(name, names[i]))
            return true;
    return false;
}

/* A unique key with the column in which nothing stands but it and what `with` names. */
static bool has_key(const ml_table *table, const char *name, const char *const *with)
{
    for (uint32_t d = 0; d < table->declarations.count; d++) {
        const ml_declaration *declaration = table->declarations.items[d];
        const ml_table_column *column = ml_declaration_column(declaration, name);
        if (column && (column->unique || column->primary_key))
            return true;
        for (uint32_t k = 0; k < declaration->keys.count; k++) {
            const ml_table_key *key = &declaration->keys.items[k];
            bool found = false, others = true;
            for (uint32_t i = 0; i < key->columns.count; i++) {
                bool it = is_snake(key->columns.items[i], name);
                found = found || it;
                others = others && (it || is_one_of(key->columns.items[i], with));
            }
            if ((key->unique || key->primary) && found && others)
                return true;
        }
    }
    return false;
}

static bool has_unique(const ml_table *table, ml_str column)
{
    static const char *const none[] = {"user_id", NULL};
    char name[64];
    if (column.len >= sizeof name)
        return false;
    memcpy(name, column.data, column.len);
    name[column.len] = '\0';
    return has_key(table, name, none);
}

/* The column, where the database's side writes it. */
static const ml_table_column *written_column(const ml_table *table, const char *name)
{
    const ml_table_column *found = NULL;
    for (uint32_t d = 0; d < table->declarations.count; d++) {
        const ml_table_column *column = ml_declaration_column(table->declarations.items[d], name);
        if (column && (!found || fault_counts(table, table->declarations.items[d], name)) &&
            !(found && fault_counts(table, table->declarations.items[0], name)))
            found = column;
    }
    return found;
}

static void missing_key(judging *j, const char *reference, const char *name, const char *const *with, ml_level level,
                        bool specified)
{
    const bill_table *wanted = bill_schema_find_table(reference, strlen(reference));
    const ml_table *table = ml_tables_for(j->tables, wanted);
    const ml_table_column *column = table ? written_column(table, name) : NULL;
    if (!table || table->open || !column || has_key(table, name, with))
        return;
    ml_schema_fault *fault = fault_push(j, table, name, &column->place, level);
    if (fault) {
        fault->column = column->name;
        fault->specified = specified;
    }
}

static void summary_key(judging *j)
{
    static const char *const with[] = {"billing_cycle", "cycle", "billing_type", "currency",
                                       "billing_month", "month", "id",           NULL};
    const bill_table *wanted = bill_schema_find_table("ai_billing_monthly_summary", 26);
    const ml_table *table = ml_tables_for(j->tables, wanted);
    if (!table || table->open || !ml_table_column_named(table, "user_id") ||
        !ml_table_column_named(table, "billing_cycle"))
        return;
    for (uint32_t d = 0; d < table->declarations.count; d++)
        for (uint32_t k = 0; k < table->declarations.items[d]->keys.count; k++) {
            const ml_table_key *key = &table->declarations.items[d]->keys.items[k];
            bool user = false, cycle = false, others = true;
            for (uint32_t i = 0; i < key->columns.count; i++) {
                user = user || is_snake(key->columns.items[i], "user_id");
                cycle = cycle || is_snake(key->columns.items[i], "billing_cycle");
                others =
                    others && (is_snake(key->columns.items[i], "user_id") || is_one_of(key->columns.items[i], with));
            }
            if ((key->unique || key->primary) && user && cycle && others)
                return;
        }
    fault_push(j, table, NULL, &table->place, ML_LEVEL_MEDIUM);
}

/* ---- the kinds ---- */

void ml_schema_faults_of(ml_schema_faults *out, ml_arena *arena, const ml_tables *tables, ml_schema_fault_kind kind)
{
    static const char *const request_with[] = {"user_id", "tenant_id", "app_id", NULL};
    static const char *const usage_with[] = {"line",         "line_no",   "line_number", "seq",
                                             "billing_type", "dimension", "component",   "part",
                                             "kind",         "attempt",   NULL};
    judging j = {.out = out, .arena = arena, .tables = tables, .kind = kind};
    switch (kind) {
    case ML_FAULT_TABLE_MISSING: fault_missing_tables(&j); break;
    case ML_FAULT_NO_SCALE: each_column(&j, no_scale); break;
    case ML_FAULT_SMALL_SCALE: each_column(&j, small_scale); break;
    case ML_FAULT_FEW_DIGITS: each_column(&j, few_digits); break;
    case ML_FAULT_FLOAT_MONEY: each_column(&j, float_money); break;
    case ML_FAULT_REQUEST_KEY:
        missing_key(&j, "ai_model_usage", "request_id", request_with, ML_LEVEL_HIGH, true);
        break;
    case ML_FAULT_USAGE_KEY:
        missing_key(&j, "ai_billing_records", "usage_id", usage_with, ML_LEVEL_MEDIUM, false);
        break;
    case ML_FAULT_CASCADE: fault_cascades(&j); break;
    case ML_FAULT_NARROW: each_column(&j, narrow); break;
    case ML_FAULT_SUMMARY_KEY: summary_key(&j); break;
    case ML_FAULT_NULLABLE: each_column(&j, nullable); break;
    case ML_FAULT_LOOSE_KEY: each_column(&j, loose_key); break;
    case ML_FAULT_NO_LENGTH: each_column(&j, no_length); break;
    case ML_FAULT_VALUES_DIFFER: fault_values(&j); break;
    case ML_FAULT_DESTRUCTIVE: fault_events(&j); break;
    }
}
