/* schema_migrate.c - from gaps and faults to statements, one table at a time. */
#include "ml/schema_migrate.h"
#include "migration.h"

static bill_status append(void *context, const char *text, size_t length)
{
    ml_buf_bytes(context, text, length);
    return BILL_OK;
}

static ml_str ddl_of(ml_arena *arena, bill_dialect dialect, uint32_t mask)
{
    ml_buf text = {0};
    bill_schema_ddl(dialect, mask, append, &text);
    ml_str copy = ml_arena_copy(arena, ml_buf_view(&text));
    ml_buf_finish(&text);
    return copy;
}

static bool is_plain(ml_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return name.len > 0;
}

ml_str migration_quoted(const migration *m, ml_str name)
{
    if (is_plain(name))
        return name;
    ml_buf text = {0};
    char mark = m->dialect == BILL_MARIADB ? '`' : '"';
    ml_buf_char(&text, mark);
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] == mark)
            ml_buf_char(&text, mark);
        ml_buf_char(&text, name.data[i]);
    }
    ml_buf_char(&text, mark);
    ml_str copy = ml_arena_copy(m->arena, ml_buf_view(&text));
    ml_buf_finish(&text);
    return copy;
}

/* ---- the reference column ---- */

ml_str migration_definition(const migration *m, const bill_table *table, const char *name)
{
    ml_sql_script script;
    ml_str text = ddl_of(m->arena, m->dialect, bill_schema_mask(table->name));
    ml_sql_parse(&script, m->arena, text);
    for (uint32_t s = 0; s < script.statements.count; s++)
        for (uint32_t c = 0; c < script.statements.items[s].columns.count; c++) {
            const ml_sql_column *column = &script.statements.items[s].columns.items[c];
            if (!ml_str_eq_c(column->name, name))
                continue;
            ml_str whole = ml_str_from(ml_str_slice(text, column->start, column->end), column->name.len + 1);
            size_t check = ml_str_find(whole, ML_STR(" CHECK ("));
            whole = check == ML_NOT_FOUND ? whole : ml_str_slice(whole, 0, check);
            size_t key = ml_str_find(whole, ML_STR(" PRIMARY KEY"));
            return key == ML_NOT_FOUND ? whole : ml_str_slice(whole, 0, key);
        }
    return ML_STR_NONE;
}

ml_str migration_widened(const migration *m, ml_str text, const bill_column *reference, const ml_table_column *declared)
{
    size_t open = ml_str_find_char(text, '('), close = ml_str_find_char(text, ')');
    if (reference->type_class != BILL_CLASS_DECIMAL || open == ML_NOT_FOUND || close == ML_NOT_FOUND ||
        declared->type != ML_TYPE_DECIMAL || declared->precision < 0)
        return text;
    int scale = reference->scale_reference, whole = reference->precision_reference - scale;
    int declared_scale = declared->scale < 0 ? 0 : declared->scale;
    if (declared_scale > scale && declared_scale <= 30)
        scale = declared_scale;
    if (declared->precision - declared_scale > whole)
        whole = declared->precision - declared_scale;
    if (whole + scale > 65)
        return text;
    return ml_arena_printf(m->arena, "%.*s(%d,%d)%.*s", (int)open, text.data, whole + scale, scale,
                           ML_STR_ARG(ml_str_from(text, close + 1)));
}

ml_str migration_type(ml_str text)
{
    static const char *const ends[] = {" NOT NULL", " NULL", " DEFAULT", " COLLATE", " GENERATED"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t at = ml_str_find(text, ml_str_of(ends[i]));
        if (at != ML_NOT_FOUND)
            text = ml_str_slice(text, 0, at);
    }
    return text;
}

/* ---- what is missing ---- */

void migration_add_tables(migration *m, const ml_schema_gaps *gaps)
{
    uint32_t mask = 0;
    bool any = false;
    const bill_table *table;
    for (uint32_t i = 0; i < gaps->count; i++)
        if (!gaps->items[i].column)
            mask |= bill_schema_mask(gaps->items[i].table->name);
    for (uint32_t i = 0; i < m->tables->count; i++)
        any = any || m->tables->items[i].reference;
    for (size_t i = 0; !any && (table = bill_schema_table(i)) != NULL; i++)
        if (ml_schema_level(table->required_by, table->if_missing) != ML_LEVEL_NONE)
            mask |= bill_schema_mask(table->name);
    if (mask)
        ml_buf_str(&m->out, ddl_of(m->arena, m->dialect, mask));
}

void migration_add_column(migration *m, const ml_schema_gap *gap)
{
    ml_str text = migration_definition(m, gap->table, gap->column->name);
    bool moment =
        gap->column->type_class == BILL_CLASS_TIMESTAMP && !gap->column->nullable && !gap->column->default_value;
    size_t strict = ml_str_find(text, ML_STR(" NOT NULL"));
    if (m->dialect == BILL_SQLITE && strict != ML_NOT_FOUND && !gap->column->default_value)
        text = ml_arena_concat(m->arena, ml_str_slice(text, 0, strict), ml_str_from(text, strict + 9));
    ml_buf_printf(&m->out, "ALTER TABLE %.*s ADD COLUMN %s %.*s", ML_STR_ARG(migration_quoted(m, gap->declared->name)),
                  gap->column->name, ML_STR_ARG(text));
    if (moment && m->dialect == BILL_MARIADB)
        ml_buf_cstr(&m->out, " DEFAULT CURRENT_TIMESTAMP(6)");
    else if (moment && m->dialect == BILL_POSTGRES)
        ml_buf_cstr(&m->out, " DEFAULT CURRENT_TIMESTAMP");
    ml_buf_cstr(&m->out, ";\n");
}

/* ---- what is wrong ---- */

static bool first_change(migration *m, const ml_table_column *column)
{
    for (uint32_t i = 0; i < m->changed.count; i++)
        if (m->changed.items[i] == column)
            return false;
    ml_vec_push(m->arena, &m->changed, column);
    return true;
}

void migration_put_text(ml_buf *out, ml_str value)
{
    ml_buf_char(out, '\'');
    for (size_t c = 0; c < value.len; c++) {
        if (value.data[c] == '\'')
            ml_buf_char(out, '\'');
        ml_buf_char(out, value.data[c]);
    }
    ml_buf_char(out, '\'');
}

/* The values the column has, and those it lacks behind them: stored rows keep their meaning. */
static void put_values(ml_buf *out, const ml_table_column *column, const ml_table_names *missing)
{
    for (uint32_t i = 0; i < column->values.count + (missing ? missing->count : 0); i++) {
        ml_buf_cstr(out, i ? ", " : "");
        migration_put_text(out, i < column->values.count ? column->values.items[i]
                                                         : missing->items[i - column->values.count]);
    }
}

static void keep_default(migration *m, const ml_table_column *column, ml_str text)
{
    ml_str value = column->default_text;
    bool simple = value.len && (value.data[0] == '\'' || (value.data[0] >= '0' && value.data[0] <= '9'));
    if (column->has_default && simple && ml_str_find(text, ML_STR(" DEFAULT")) == ML_NOT_FOUND)
        ml_buf_printf(&m->out, " DEFAULT %.*s", ML_STR_ARG(value));
}

/* The column as the reference has it, with its own name and, of an enumeration, its own values. */
static void change_column(migration *m, const ml_table *table, const ml_table_column *column,
                          const bill_column *reference, const ml_table_names *missing)
{
    ml_str text = migration_widened(m, migration_definition(m, table->reference, reference->name), reference, column);
    ml_str name = migration_quoted(m, column->name), of = migration_quoted(m, table->name);
    bool values = column->has_values && !column->values_open && column->values.count;
    if (!first_change(m, column))
        return;
    if (m->dialect == BILL_MARIADB) {
        ml_buf_printf(&m->out, "ALTER TABLE %.*s MODIFY COLUMN %.*s ", ML_STR_ARG(of), ML_STR_ARG(name));
        if (values && column->type == ML_TYPE_ENUM) {
            ml_buf_cstr(&m->out, "ENUM(");
            put_values(&m->out, column, missing);
            ml_buf_cstr(&m->out, reference->nullable ? ") NULL" : ") NOT NULL");
        } else {
            ml_buf_str(&m->out, text);
        }
        keep_default(m, column, text);
        ml_buf_cstr(&m->out, ";\n");
        return;
    }
    if (missing && column->type == ML_TYPE_ENUM && !ml_str_eq_c(column->type_name, "enum")) {
        for (uint32_t i = 0; i < missing->count; i++) {
            ml_buf_printf(&m->out, "ALTER TYPE %.*s ADD VALUE IF NOT EXISTS ", ML_STR_ARG(column->type_name));
            migration_put_text(&m->out, missing->items[i]);
            ml_buf_cstr(&m->out, ";\n");
        }
    } else if (missing) {
        ml_str check = migration_quoted(
            m, ml_arena_printf(m->arena, "%.*s_%.*s_check", ML_STR_ARG(table->name), ML_STR_ARG(column->name)));
        ml_buf_printf(&m->out, "ALTER TABLE %.*s DROP CONSTRAINT IF EXISTS %.*s;\n", ML_STR_ARG(of), ML_STR_ARG(check));
        ml_buf_printf(&m->out, "ALTER TABLE %.*s ADD CONSTRAINT %.*s CHECK (%.*s IN (", ML_STR_ARG(of),
                      ML_STR_ARG(check), ML_STR_ARG(name));
        put_values(&m->out, column, missing);
        ml_buf_cstr(&m->out, "));\n");
    } else if (!values) {
        ml_buf_printf(&m->out, "ALTER TABLE %.*s ALTER COLUMN %.*s TYPE %.*s;\n", ML_STR_ARG(of), ML_STR_ARG(name),
                      ML_STR_ARG(migration_type(text)));
    }
    if (column->nullable && !reference->nullable)
        ml_buf_printf(&m->out, "ALTER TABLE %.*s ALTER COLUMN %.*s SET NOT NULL;\n", ML_STR_ARG(of), ML_STR_ARG(name));
}

static const ml_table *table_named(const migration *m, ml_str name)
{
    for (uint32_t i = 0; i < m->tables->count; i++)
        if (ml_str_eq(m->tables->items[i].name, name) && m->tables->items[i].reference)
            return &m->tables->items[i];
    return NULL;
}

/* The declared column at the fault's place, with the reference column it stands for. */
static const ml_table_column *column_at(const ml_table *table, const ml_schema_fault *fault,
                                        const bill_column **reference)
{
    for (uint32_t d = 0; d < table->declarations.count; d++)
        for (size_t i = 0; i < table->reference->column_count; i++) {
            *reference = &table->reference->columns[i];
            const ml_table_column *column = ml_declaration_column(table->declarations.items[d], (*reference)->name);
            if (column && ml_str_eq(column->name, fault->column) && column->place.start == fault->place.start &&
                ml_str_eq(column->place.path, fault->place.path))
                return column;
        }
    return NULL;
}

static void change_faulty(migration *m, ml_schema_fault_kind kind)
{
    ml_schema_faults faults = {0};
    ml_schema_faults_of(&faults, m->arena, m->tables, kind);
    for (uint32_t i = 0; i < faults.count; i++) {
        const ml_table *table = table_named(m, faults.items[i].table);
        const bill_column *reference = NULL;
        const ml_table_column *column = table ? column_at(table, &faults.items[i], &reference) : NULL;
        if (column)
            change_column(m, table, column, reference, NULL);
    }
}

static void widen_types(migration *m)
{
    ml_schema_type_gaps gaps = {0};
    ml_schema_type_gaps_of(&gaps, m->arena, m->tables);
    for (uint32_t i = 0; i < gaps.count; i++) {
        const bill_column *reference = bill_schema_find_column(gaps.items[i].table, "billing_type", 12);
        if (reference)
            change_column(m, gaps.items[i].declared, gaps.items[i].column, reference, &gaps.items[i].missing);
    }
}

/* A text that is to be unique is compared byte by byte. */
static void make_exact(migration *m, const ml_table *table, const char *name)
{
    const ml_table_column *column = ml_table_column_named(table, name);
    const bill_column *reference = bill_schema_find_column(table->reference, name, strlen(name));
    if (m->dialect == BILL_MARIADB && column && reference && reference->binary_collation && !column->binary &&
        column->type == ML_TYPE_STRING && column->length <= reference->length_reference && column->length != 36)
        change_column(m, table, column, reference, NULL);
}

ml_str migration_key_name(const migration *m, const ml_table *table, const char *column)
{
    return ml_arena_printf(m->arena, "uq_%.*s_%s", ML_STR_ARG(table->name), column);
}

const char *const *migration_key_columns(ml_schema_fault_kind kind)
{
    static const char *const request[] = {"request_id", NULL}, *const usage[] = {"usage_id", NULL};
    static const char *const summary[] = {"user_id", "billing_cycle", "billing_type", "currency", NULL};
    return kind == ML_FAULT_REQUEST_KEY ? request : kind == ML_FAULT_USAGE_KEY ? usage : summary;
}

void migration_add_key(migration *m, const ml_table *table, ml_schema_fault_kind kind)
{
    const char *const *columns = migration_key_columns(kind);
    make_exact(m, table, columns[0]);
    ml_buf_printf(&m->out, "CREATE UNIQUE INDEX %.*s ON %.*s (",
                  ML_STR_ARG(migration_quoted(m, migration_key_name(m, table, columns[0]))),
                  ML_STR_ARG(migration_quoted(m, table->name)));
    for (size_t c = 0; columns[c]; c++) {
        const ml_table_column *column = ml_table_column_named(table, columns[c]);
        ml_str name = column ? migration_quoted(m, column->name) : ml_str_of(columns[c]);
        ml_buf_printf(&m->out, "%s%.*s", c ? ", " : "", ML_STR_ARG(name));
    }
    ml_buf_cstr(&m->out, ");\n");
}

static void add_keys(migration *m, ml_schema_fault_kind kind)
{
    ml_schema_faults faults = {0};
    ml_schema_faults_of(&faults, m->arena, m->tables, kind);
    for (uint32_t i = 0; i < faults.count; i++) {
        const ml_table *table = table_named(m, faults.items[i].table);
        if (table)
            migration_add_key(m, table, kind);
    }
}

/* ---- foreign keys ---- */

bool migration_deletes(ml_str on_delete)
{
    return ml_str_eq_c(on_delete, "cascade") || ml_str_eq_c(on_delete, "set null") ||
           ml_str_eq_c(on_delete, "set default");
}

static void restrict_key(migration *m, const ml_table *table, ml_str name, ml_str column, ml_str parent,
                         ml_str parent_column, uint32_t unnamed)
{
    ml_str of = migration_quoted(m, table->name);
    if (!name.len && m->dialect == BILL_MARIADB)
        name = ml_arena_printf(m->arena, "%.*s_ibfk_%u", ML_STR_ARG(table->name), unnamed);
    if (!name.len)
        name = ml_arena_printf(m->arena, "%.*s_%.*s_fkey", ML_STR_ARG(table->name), ML_STR_ARG(column));
    ml_buf_printf(&m->out, "ALTER TABLE %.*s DROP %s %.*s;\n", ML_STR_ARG(of),
                  m->dialect == BILL_MARIADB ? "FOREIGN KEY" : "CONSTRAINT", ML_STR_ARG(migration_quoted(m, name)));
    ml_buf_printf(
        &m->out, "ALTER TABLE %.*s ADD CONSTRAINT %.*s FOREIGN KEY (%.*s) REFERENCES %.*s (%.*s) ON DELETE RESTRICT;\n",
        ML_STR_ARG(of), ML_STR_ARG(migration_quoted(m, name)), ML_STR_ARG(migration_quoted(m, column)),
        ML_STR_ARG(migration_quoted(m, parent)), ML_STR_ARG(migration_quoted(m, parent_column)));
}

static void restrict_keys(migration *m, const ml_table *table)
{
    for (uint32_t d = 0; d < table->declarations.count; d++) {
        const ml_declaration *declaration = table->declarations.items[d];
        if (declaration->origin != ML_TABLE_SQL)
            continue; /* an association says it in code */
        uint32_t unnamed = 0;
        for (uint32_t i = 0; i < declaration->foreign_keys.count; i++) {
            const ml_table_foreign_key *key = &declaration->foreign_keys.items[i];
            unnamed += key->name.len == 0;
            if (migration_deletes(key->on_delete) && key->columns.count == 1)
                restrict_key(m, table, key->name, key->columns.items[0], key->table,
                             key->target_columns.count ? key->target_columns.items[0] : ML_STR("id"), unnamed);
        }
        for (uint32_t i = 0; i < declaration->columns.count; i++) {
            const ml_table_column *column = &declaration->columns.items[i];
            bool listed = false;
            for (uint32_t k = 0; k < declaration->foreign_keys.count; k++)
                listed =
                    listed || (declaration->foreign_keys.items[k].columns.count &&
                               ml_str_eq_nocase(declaration->foreign_keys.items[k].columns.items[0], column->name));
            if (!listed && migration_deletes(column->on_delete) && column->references_table.len)
                restrict_key(m, table, ML_STR_NONE, column->name, column->references_table,
                             column->references_column.len ? column->references_column : ML_STR("id"), unnamed + 1);
        }
    }
}

bool migration_holds_bills(const ml_table *table)
{
    return table->reference && (strcmp(table->reference->name, "ai_billing_records") == 0 ||
                                strcmp(table->reference->name, "ai_billing_journal") == 0);
}

/* MariaDB and PostgreSQL change a table where it stands. */
static void migrate_in_place(migration *m, const ml_schema_gaps *gaps)
{
    static const ml_schema_fault_kind kinds[] = {ML_FAULT_NO_SCALE,    ML_FAULT_SMALL_SCALE, ML_FAULT_FEW_DIGITS,
                                                 ML_FAULT_FLOAT_MONEY, ML_FAULT_NARROW,      ML_FAULT_NULLABLE,
                                                 ML_FAULT_LOOSE_KEY,   ML_FAULT_NO_LENGTH};
    for (uint32_t i = 0; i < gaps->count; i++)
        if (gaps->items[i].column)
            migration_add_column(m, &gaps->items[i]);
    widen_types(m);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        change_faulty(m, kinds[i]);
    add_keys(m, ML_FAULT_REQUEST_KEY);
    add_keys(m, ML_FAULT_USAGE_KEY);
    add_keys(m, ML_FAULT_SUMMARY_KEY);
    for (uint32_t i = 0; i < m->tables->count; i++)
        if (migration_holds_bills(&m->tables->items[i]))
            restrict_keys(m, &m->tables->items[i]);
    migration_add_tables(m, gaps);
}

ml_str ml_schema_migration(ml_arena *arena, const ml_tables *tables, bill_dialect dialect)
{
    migration m = {.arena = arena, .tables = tables, .dialect = dialect};
    ml_schema_gaps gaps = {0};
    ml_schema_gaps_of(&gaps, arena, tables);
    if (dialect == BILL_SQLITE)
        migration_sqlite(&m, &gaps);
    else
        migrate_in_place(&m, &gaps);
    ml_str text = ml_arena_copy(arena, ml_buf_view(&m.out));
    ml_buf_finish(&m.out);
    return text;
}

ml_str ml_schema_reference(ml_arena *arena, bill_dialect dialect)
{
    uint32_t mask = 0;
    const bill_table *table;
    for (size_t i = 0; (table = bill_schema_table(i)) != NULL; i++)
        if (table->required_by != BILL_REQUIRED_INTERNAL)
            mask |= bill_schema_mask(table->name);
    return ddl_of(arena, dialect, mask);
}

/* ---- the difference ---- */

static void put_line(ml_buf *out, ml_str table, ml_str column, const char *what, ml_str detail,
                     const ml_table_place *place)
{
    ml_str name = column.len ? column : ML_STR("");
    ml_buf_printf(out, "%-28.*s %-20.*s %s%s%.*s", ML_STR_ARG(table), ML_STR_ARG(name), what, detail.len ? ": " : "",
                  ML_STR_ARG(detail));
    if (place && place->path.len)
        ml_buf_printf(out, "  (%.*s:%u)", ML_STR_ARG(place->path), ml_table_place_span(place).line);
    ml_buf_char(out, '\n');
}

ml_str ml_schema_difference(ml_arena *arena, const ml_tables *tables)
{
    static const struct {
        ml_schema_fault_kind kind;
        const char *what;
    } kinds[] = {
        {ML_FAULT_NO_SCALE,      "no scale"                                         },
        {ML_FAULT_SMALL_SCALE,   "decimals, too few"                                },
        {ML_FAULT_FEW_DIGITS,    "digits before the point, too few"                 },
        {ML_FAULT_FLOAT_MONEY,   "floating point"                                   },
        {ML_FAULT_REQUEST_KEY,   "no unique key"                                    },
        {ML_FAULT_USAGE_KEY,     "no unique key"                                    },
        {ML_FAULT_SUMMARY_KEY,   "no unique key over user, cycle, type and currency"},
        {ML_FAULT_CASCADE,       "bills deleted with"                               },
        {ML_FAULT_NARROW,        "32 bits"                                          },
        {ML_FAULT_NULLABLE,      "may be NULL"                                      },
        {ML_FAULT_LOOSE_KEY,     "compared without regard to case"                  },
        {ML_FAULT_NO_LENGTH,     "VARCHAR without length"                           },
        {ML_FAULT_VALUES_DIFFER, "values differ from another declaration"           }
    };
    ml_buf out = {0};
    ml_schema_gaps gaps = {0};
    ml_schema_type_gaps types = {0};
    ml_schema_gaps_of(&gaps, arena, tables);
    for (uint32_t i = 0; i < gaps.count; i++) {
        const ml_schema_gap *gap = &gaps.items[i];
        bool table = !gap->column;
        put_line(&out, table ? ml_str_of(gap->table->name) : gap->declared->name,
                 table ? ML_STR_NONE : ml_str_of(gap->column->name), "missing", ML_STR_NONE,
                 table ? NULL : &gap->declared->place);
    }
    ml_schema_type_gaps_of(&types, arena, tables);
    for (uint32_t i = 0; i < types.count; i++)
        for (uint32_t k = 0; k < types.items[i].missing.count; k++)
            put_line(&out, types.items[i].declared->name, types.items[i].column->name, "billing type missing",
                     types.items[i].missing.items[k], &types.items[i].column->place);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        ml_schema_faults faults = {0};
        ml_schema_faults_of(&faults, arena, tables, kinds[k].kind);
        for (uint32_t i = 0; i < faults.count; i++)
            put_line(&out, faults.items[i].table, faults.items[i].column, kinds[k].what,
                     faults.items[i].detail.in[ML_LANG_EN], &faults.items[i].place);
    }
    ml_str text = ml_arena_copy(arena, ml_buf_view(&out));
    ml_buf_finish(&out);
    return text;
}
