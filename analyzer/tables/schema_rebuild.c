/* schema_rebuild.c - a migration for SQLite, which changes no column in place.
 *
 * A table with a wrong column is made anew, filled from the old one and put in its place.
 * That must lose nothing, whoever runs it and however it ends, so:
 *  - everything happens in one transaction, and what has gone well is written down as a row;
 *    before COMMIT the rows are counted, and one too few rolls all of it back. A shell that
 *    goes on after an error commits nothing;
 *  - a view stands in front of each old table and is dropped within the transaction. When the
 *    engine itself rolls back (a full disk), the view is there again and DROP TABLE refuses it;
 *  - the database is asked first whether the table has columns, indexes, triggers or links
 *    that were not seen in the project: they would be gone;
 *  - a number becomes text only if the text says the same in all digits a REAL holds. */
#include "faults.h"
#include "migration.h"

enum { REAL_DIGITS = 15 }; /* decimal digits a REAL keeps whatever the number */

typedef struct change {
    const bill_column *reference;
    const ml_table_column *column;
    const ml_table_names *missing; /* values */
    ml_str type;                   /* empty: stays */
    bool to_text, not_null;
} change;

typedef struct plan {
    const ml_table *table;
    ML_VEC(change) changes;
    ML_VEC(const ml_schema_gap *) missing;
    bool restricts, keyed[3], needed;
    table_elements elements;
    const char *why; /* it is not rebuilt, NULL: it can be */
} plan;

static const ml_schema_fault_kind key_kinds[] = {ML_FAULT_REQUEST_KEY, ML_FAULT_USAGE_KEY, ML_FAULT_SUMMARY_KEY};

typedef struct rebuild {
    migration *m;
    ML_VEC(plan) plans;
    uint32_t steps;
} rebuild;

/* ---- what is to be done ---- */

static plan *plan_named(rebuild *r, ml_str name)
{
    for (uint32_t i = 0; i < r->plans.count; i++)
        if (ml_str_eq(r->plans.items[i].table->name, name))
            return &r->plans.items[i];
    return NULL;
}

static change *change_of(rebuild *r, plan *p, const bill_column *reference, const ml_table_column *column)
{
    for (uint32_t i = 0; i < p->changes.count; i++)
        if (p->changes.items[i].reference == reference)
            return &p->changes.items[i];
    change fresh = {.reference = reference, .column = column};
    ml_vec_push(r->m->arena, &p->changes, fresh);
    return &p->changes.items[p->changes.count - 1];
}

/* The reference column that the declared one stands for. */
static const bill_column *reference_of(const ml_table *table, ml_str column)
{
    for (size_t i = 0; i < table->reference->column_count; i++)
        for (uint32_t d = 0; d < table->declarations.count; d++) {
            const ml_table_column *own =
                ml_declaration_column(table->declarations.items[d], table->reference->columns[i].name);
            if (own && ml_str_eq(own->name, column))
                return &table->reference->columns[i];
        }
    return NULL;
}

/* A REAL is no amount and becomes the reference's text; a DECIMAL gets digits, its values stay. */
static void plan_type(rebuild *r, plan *p, change *c, ml_schema_fault_kind kind)
{
    ml_str digits = ml_arena_printf(r->m->arena, "DECIMAL(%d,%d)", c->reference->precision_reference,
                                    c->reference->scale_reference);
    c->to_text = kind == ML_FAULT_FLOAT_MONEY;
    c->type = c->to_text ? migration_type(migration_definition(r->m, p->table->reference, c->reference->name))
                         : migration_widened(r->m, digits, c->reference, c->column);
}

static void plan_fault(rebuild *r, const ml_schema_fault *fault)
{
    plan *p = plan_named(r, fault->table);
    const bill_column *reference = p ? reference_of(p->table, fault->column) : NULL;
    const ml_table_column *column = reference ? ml_table_column_named(p->table, reference->name) : NULL;
    if (!column)
        return;
    for (uint32_t d = 0; d < p->table->declarations.count; d++) { /* the one the fault is about */
        const ml_table_column *own = ml_declaration_column(p->table->declarations.items[d], reference->name);
        if (own && own->place.start == fault->place.start && ml_str_eq(own->place.path, fault->place.path))
            column = own;
    }
    change *c = change_of(r, p, reference, column);
    if (fault->kind == ML_FAULT_NULLABLE)
        c->not_null = true;
    else if (!c->to_text)
        plan_type(r, p, c, fault->kind);
}

static void plan_faults(rebuild *r)
{
    static const ml_schema_fault_kind kinds[] = {ML_FAULT_NO_SCALE, ML_FAULT_SMALL_SCALE, ML_FAULT_FEW_DIGITS,
                                                 ML_FAULT_FLOAT_MONEY, ML_FAULT_NULLABLE};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        ml_schema_faults faults = {0};
        ml_schema_faults_of(&faults, r->m->arena, r->m->tables, kinds[k]);
        for (uint32_t i = 0; i < faults.count; i++)
            plan_fault(r, &faults.items[i]);
    }
    for (size_t k = 0; k < sizeof key_kinds / sizeof key_kinds[0]; k++) {
        ml_schema_faults faults = {0};
        ml_schema_faults_of(&faults, r->m->arena, r->m->tables, key_kinds[k]);
        for (uint32_t i = 0; i < faults.count; i++) {
            plan *p = plan_named(r, faults.items[i].table);
            if (p)
                p->keyed[k] = true;
        }
    }
}

/* The database takes every text: the values are the program's alone. */
static bool takes_all(const ml_table *table, const bill_column *reference)
{
    for (uint32_t d = 0; d < table->declarations.count; d++) {
        const ml_table_column *own = ml_declaration_column(table->declarations.items[d], reference->name);
        if (table->declarations.items[d]->origin == ML_TABLE_SQL && own && !own->has_values)
            return true;
    }
    return false;
}

static void plan_values(rebuild *r)
{
    ml_schema_type_gaps *gaps = ML_NEW(r->m->arena, ml_schema_type_gaps);
    *gaps = (ml_schema_type_gaps){0};
    ml_schema_type_gaps_of(gaps, r->m->arena, r->m->tables);
    for (uint32_t i = 0; i < gaps->count; i++) {
        plan *p = plan_named(r, gaps->items[i].declared->name);
        const bill_column *reference = p ? reference_of(p->table, gaps->items[i].column->name) : NULL;
        if (reference && !takes_all(p->table, reference))
            change_of(r, p, reference, gaps->items[i].column)->missing = &gaps->items[i].missing;
    }
}

static bool cascades(const ml_table *table)
{
    bool found = false;
    for (uint32_t d = 0; d < table->declarations.count && migration_holds_bills(table); d++) {
        const ml_declaration *declaration = table->declarations.items[d];
        for (uint32_t i = 0; i < declaration->foreign_keys.count; i++)
            found = found || migration_deletes(declaration->foreign_keys.items[i].on_delete);
        for (uint32_t i = 0; i < declaration->columns.count; i++)
            found = found || migration_deletes(declaration->columns.items[i].on_delete);
    }
    return found;
}

/* ALTER TABLE ADD COLUMN takes no NOT NULL without a default. */
static bool needs_strict(const ml_schema_gap *gap)
{
    return fault_must_be_there(gap->column) && !gap->column->default_value;
}

static void make_plans(rebuild *r, const ml_schema_gaps *gaps)
{
    for (uint32_t i = 0; i < r->m->tables->count; i++) {
        const ml_table *table = &r->m->tables->items[i];
        plan p = {.table = table};
        if (!table->reference)
            continue;
        p.restricts = cascades(table);
        for (uint32_t g = 0; g < gaps->count; g++)
            if (gaps->items[g].column && gaps->items[g].declared == table)
                ml_vec_push(r->m->arena, &p.missing, &gaps->items[g]);
        ml_vec_push(r->m->arena, &r->plans, p);
    }
    plan_faults(r);
    plan_values(r);
    for (uint32_t i = 0; i < r->plans.count; i++) {
        plan *p = &r->plans.items[i];
        p->needed = p->changes.count || p->restricts;
        for (uint32_t g = 0; g < p->missing.count; g++)
            p->needed = p->needed || needs_strict(p->missing.items[g]);
    }
}

/* ---- elements as they are to be ---- */

/* Element of the changed column, or NULL: the base does not write it. */
static table_element *element_of(plan *p, const change *c)
{
    for (uint32_t i = 0; i < p->elements.items.count; i++) {
        table_element *one = &p->elements.items.items[i];
        if (one->column && ml_str_eq_nocase(one->column->name, c->column->name))
            return one;
    }
    return NULL;
}

static bool widen_values(migration *m, plan *p, const change *c)
{
    bool found = false;
    for (uint32_t i = 0; i < p->elements.items.count; i++) {
        table_element *one = &p->elements.items.items[i];
        one->text = element_with_values(m->arena, one->text, c->column, c->missing, &found);
    }
    return found;
}

static ml_str default_of(migration *m, const plan *p, const bill_column *reference)
{
    ml_str text = migration_definition(m, p->table->reference, reference->name);
    size_t at = ml_str_find(text, ML_STR(" DEFAULT "));
    return at == ML_NOT_FOUND ? ML_STR_NONE : ml_str_from(text, at + 9);
}

static bool apply(migration *m, plan *p, change *c)
{
    table_element *one = element_of(p, c);
    if (!one) {
        p->why = "the changed column is not in the statement that makes the table";
        return false;
    }
    if (c->type.len)
        one->text = element_with_type(m->arena, one->text, c->type);
    if (c->not_null) {
        one->text = element_not_null(m->arena, one->text);
        ml_str value = default_of(m, p, c->reference);
        if (value.len && !one->column->has_default)
            one->text = ml_arena_printf(m->arena, "%.*s DEFAULT %.*s", ML_STR_ARG(one->text), ML_STR_ARG(value));
    }
    if (c->missing && !widen_values(m, p, c)) {
        p->why = "how the values of a column are checked is not understood";
        return false;
    }
    return true;
}

static void prepare(migration *m, plan *p)
{
    if (!table_elements_of(&p->elements, m->arena, m->tables, p->table, &p->why))
        return;
    p->why = NULL;
    for (uint32_t i = 0; i < p->changes.count; i++)
        if (!apply(m, p, &p->changes.items[i]))
            return;
    for (uint32_t i = 0; migration_holds_bills(p->table) && i < p->elements.items.count; i++)
        p->elements.items.items[i].text = element_restricted(m->arena, p->elements.items.items[i].text);
}

/* ---- printing ---- */

static ml_str name_of(const migration *m, ml_str name)
{
    return element_quoted(m->arena, name);
}

static ml_str literal(const migration *m, ml_str text)
{
    ml_buf out = {0};
    migration_put_text(&out, text);
    ml_str copy = ml_arena_copy(m->arena, ml_buf_view(&out));
    ml_buf_finish(&out);
    return copy;
}

static ml_str new_name(const migration *m, const plan *p)
{
    return name_of(m, ml_arena_printf(m->arena, "%.*s_rebuilt", ML_STR_ARG(p->table->name)));
}

/* A row when the condition holds; when not, the CHECK of the table of steps refuses it. */
static void step(rebuild *r, const char *what, ml_str condition)
{
    ml_buf_printf(&r->m->out, "-- %s\nINSERT INTO temp.migration_step SELECT %.*s;\n", what, ML_STR_ARG(condition));
    r->steps++;
}

static ml_str name_set(const migration *m, const ml_table_names *names)
{
    ml_buf out = {0};
    for (uint32_t i = 0; i < names->count; i++) {
        ml_buf_cstr(&out, i ? ", " : "");
        migration_put_text(&out, names->items[i]);
    }
    ml_str copy = ml_arena_copy(m->arena, ml_buf_view(&out));
    ml_buf_finish(&out);
    return copy;
}

static ml_str column_names(const migration *m, const plan *p)
{
    ml_table_names names = {0};
    for (uint32_t i = 0; i < p->elements.items.count; i++) {
        const ml_table_column *column = p->elements.items.items[i].column;
        if (column) {
            ml_str lower = ml_arena_lower(m->arena, column->name);
            ml_vec_push(m->arena, &names, lower);
        }
    }
    return name_set(m, &names);
}

/* Is there anything on the table that the project does not show? */
static void ask_first(rebuild *r, const plan *p)
{
    const migration *m = r->m;
    ml_str of = literal(m, p->table->name);
    step(r, "no column that is not seen in the project",
         ml_arena_printf(m->arena,
                         "NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(%.*s) WHERE lower(name) NOT IN (%.*s))",
                         ML_STR_ARG(of), ML_STR_ARG(column_names(m, p))));
    step(r, "no index that is not seen in the project",
         ml_arena_printf(m->arena,
                         "NOT EXISTS (SELECT 1 FROM main.sqlite_master AS i WHERE i.type = 'index' AND i.sql IS NOT "
                         "NULL AND lower(i.tbl_name) = lower(%.*s) AND coalesce((SELECT group_concat(lower(name)) FROM "
                         "(SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)), '') NOT IN (%.*s))",
                         ML_STR_ARG(of), ML_STR_ARG(name_set(m, &p->elements.indexes))));
    step(r, "no trigger that is not seen in the project",
         ml_arena_printf(m->arena,
                         "NOT EXISTS (SELECT 1 FROM main.sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = "
                         "lower(%.*s) AND name NOT IN (%.*s))",
                         ML_STR_ARG(of), ML_STR_ARG(name_set(m, &p->elements.triggers))));
    if (p->elements.from_text)
        return;
    step(r, "no foreign key that is not seen in the project",
         ml_arena_printf(m->arena,
                         "NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(%.*s) WHERE lower(\"from\" || '>' || "
                         "\"table\" || '>' || on_update) NOT IN (%.*s))",
                         ML_STR_ARG(of), ML_STR_ARG(name_set(m, &p->elements.links))));
    step(r, "no default that is not seen in the project",
         ml_arena_printf(m->arena,
                         "NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(%.*s) WHERE dflt_value IS NOT NULL AND "
                         "lower(name) NOT IN (%.*s))",
                         ML_STR_ARG(of), ML_STR_ARG(name_set(m, &p->elements.defaults))));
    if (!p->elements.checks)
        step(r, "no CHECK that is not seen in the project",
             ml_arena_printf(m->arena,
                             "NOT EXISTS (SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND lower(name) = "
                             "lower(%.*s) AND sql LIKE '%%CHECK%%')",
                             ML_STR_ARG(of)));
}

/* A missing column the reference wants NOT NULL: rows that exist have no value for it. */
static ml_str missing_text(migration *m, const ml_schema_gap *gap)
{
    ml_str text = migration_definition(m, gap->table, gap->column->name);
    size_t strict = ml_str_find(text, ML_STR(" NOT NULL"));
    if (strict != ML_NOT_FOUND && !gap->column->default_value && !fault_must_be_there(gap->column))
        text = ml_arena_concat(m->arena, ml_str_slice(text, 0, strict), ml_str_from(text, strict + 9));
    return ml_arena_printf(m->arena, "%s %.*s", gap->column->name, ML_STR_ARG(text));
}

static void put_create(migration *m, const plan *p)
{
    const table_elements *e = &p->elements;
    bool constraints = false, first = true;
    ml_buf_printf(&m->out, "CREATE TABLE main.%.*s (", ML_STR_ARG(new_name(m, p)));
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < e->items.count; i++) {
            if ((e->items.items[i].column == NULL) != constraints)
                continue;
            ml_buf_printf(&m->out, "%s\n  %.*s", first ? "" : ",", ML_STR_ARG(e->items.items[i].text));
            first = false;
        }
        for (uint32_t g = 0; !constraints && g < p->missing.count; g++)
            ml_buf_printf(&m->out, ",\n  %.*s", ML_STR_ARG(missing_text(m, p->missing.items[g])));
        constraints = true;
    }
    ml_buf_printf(&m->out, "\n)%.*s;\n", ML_STR_ARG(e->options));
}

static const change *change_at(const plan *p, const ml_table_column *column)
{
    for (uint32_t i = 0; i < p->changes.count; i++)
        if (ml_str_eq_nocase(p->changes.items[i].column->name, column->name))
            return &p->changes.items[i];
    return NULL;
}

/* The old value as the new column takes it. */
static ml_str value_of(migration *m, const plan *p, const ml_table_column *column)
{
    const change *c = change_at(p, column);
    ml_str value = ml_arena_printf(m->arena, "o.%.*s", ML_STR_ARG(name_of(m, column->name)));
    if (c && c->to_text) {
        int scale = c->reference->scale_reference;
        value = ml_arena_printf(m->arena,
                                "CASE typeof(%.*s) WHEN 'integer' THEN %.*s || '.%.*s' WHEN 'real' THEN "
                                "printf('%%.%df', %.*s) ELSE %.*s END",
                                ML_STR_ARG(value), ML_STR_ARG(value), scale, "000000000000000000000000000000", scale,
                                ML_STR_ARG(value), ML_STR_ARG(value));
    }
    ml_str instead = c && c->not_null ? default_of(m, p, c->reference) : ML_STR_NONE;
    return instead.len ? ml_arena_printf(m->arena, "coalesce(%.*s, %.*s)", ML_STR_ARG(value), ML_STR_ARG(instead))
                       : value;
}

static void put_copy(migration *m, const plan *p)
{
    const table_elements *e = &p->elements;
    for (uint32_t pass = 0; pass < 2; pass++) {
        bool first = true;
        if (pass == 0)
            ml_buf_printf(&m->out, "INSERT INTO main.%.*s (", ML_STR_ARG(new_name(m, p)));
        else
            ml_buf_cstr(&m->out, ")\n  SELECT ");
        for (uint32_t i = 0; i < e->items.count; i++) {
            const ml_table_column *column = e->items.items[i].column;
            if (!column || column->generated)
                continue;
            ml_str text = pass ? value_of(m, p, column) : name_of(m, column->name);
            ml_buf_printf(&m->out, "%s%.*s", first ? "" : ", ", ML_STR_ARG(text));
            first = false;
        }
    }
    ml_buf_printf(&m->out, "\n  FROM main.%.*s AS o;\n", ML_STR_ARG(name_of(m, p->table->name)));
}

static void ask_digits(rebuild *r, const plan *p)
{
    const migration *m = r->m;
    for (uint32_t i = 0; i < p->changes.count; i++) {
        const change *c = &p->changes.items[i];
        ml_str name = name_of(m, c->column->name);
        if (!c->to_text)
            continue;
        step(r, "no number whose digits the text would not hold",
             ml_arena_printf(m->arena,
                             "NOT EXISTS (SELECT 1 FROM main.%.*s AS o WHERE typeof(o.%.*s) = 'real' AND "
                             "printf('%%.%dg', CAST(printf('%%.%df', o.%.*s) AS REAL)) <> printf('%%.%dg', o.%.*s))",
                             ML_STR_ARG(name_of(m, p->table->name)), ML_STR_ARG(name), REAL_DIGITS,
                             c->reference->scale_reference, ML_STR_ARG(name), REAL_DIGITS, ML_STR_ARG(name)));
    }
}

static bool counts_up(const plan *p)
{
    for (uint32_t i = 0; i < p->elements.items.count; i++)
        if (ml_str_find_nocase(p->elements.items.items[i].text, ML_STR("autoincrement")) != ML_NOT_FOUND)
            return true;
    return false;
}

/* Numbers once given are not given again, even when their rows are gone. */
static void keep_sequence(migration *m, const plan *p)
{
    ml_str fresh = literal(m, ml_arena_printf(m->arena, "%.*s_rebuilt", ML_STR_ARG(p->table->name)));
    ml_buf_printf(&m->out, "DELETE FROM main.sqlite_sequence WHERE name = %.*s;\n", ML_STR_ARG(fresh));
    ml_buf_printf(
        &m->out,
        "INSERT INTO main.sqlite_sequence (name, seq) SELECT %.*s, seq FROM main.sqlite_sequence WHERE name = "
        "%.*s;\n",
        ML_STR_ARG(fresh), ML_STR_ARG(literal(m, p->table->name)));
}

static void put_rebuild(rebuild *r, const plan *p)
{
    migration *m = r->m;
    ml_str name = name_of(m, p->table->name);
    ask_first(r, p);
    ask_digits(r, p);
    put_create(m, p);
    put_copy(m, p);
    step(r, "every row is there",
         ml_arena_printf(m->arena, "(SELECT count(*) FROM main.%.*s) = (SELECT count(*) FROM main.%.*s)",
                         ML_STR_ARG(new_name(m, p)), ML_STR_ARG(name)));
    if (counts_up(p))
        keep_sequence(m, p);
    ml_buf_printf(&m->out, "DROP TABLE %.*s;\nALTER TABLE %.*s RENAME TO %.*s;\n", ML_STR_ARG(name),
                  ML_STR_ARG(new_name(m, p)), ML_STR_ARG(name));
    for (uint32_t i = 0; i < p->elements.after.count; i++)
        ml_buf_printf(&m->out, "%.*s;\n", ML_STR_ARG(p->elements.after.items[i]));
    if (p->elements.made.count)
        step(r, "its indexes and triggers are there",
             ml_arena_printf(m->arena,
                             "(SELECT count(*) FROM main.sqlite_master WHERE type IN ('index', 'trigger') AND "
                             "lower(tbl_name) = lower(%.*s) AND lower(name) IN (%.*s)) = %u",
                             ML_STR_ARG(literal(m, p->table->name)), ML_STR_ARG(name_set(m, &p->elements.made)),
                             p->elements.made.count));
}

/* What a person should know of the rows before the statements run. */
static void put_notes(migration *m, const plan *p)
{
    for (uint32_t i = 0; i < p->changes.count; i++) {
        const change *c = &p->changes.items[i];
        if (c->not_null && !default_of(m, p, c->reference).len)
            ml_buf_printf(&m->out,
                          "-- %.*s.%.*s becomes NOT NULL: rows that hold NULL stop the migration, and nothing is "
                          "changed;\n-- what stands in for it is known to nobody but you\n",
                          ML_STR_ARG(p->table->name), ML_STR_ARG(c->column->name));
    }
    for (uint32_t g = 0; g < p->missing.count; g++)
        if (needs_strict(p->missing.items[g]))
            ml_buf_printf(&m->out,
                          "-- %.*s.%s is new and NOT NULL: rows that exist have no value for it and stop the migration;"
                          "\n-- add and fill the column first, then print the migration again\n",
                          ML_STR_ARG(p->table->name), p->missing.items[g]->column->name);
}

static void put_refused(migration *m, const plan *p)
{
    for (uint32_t i = 0; i < p->changes.count; i++)
        ml_buf_printf(&m->out, "-- %.*s.%.*s: SQLite changes no column, and the table is not rebuilt here: %s\n",
                      ML_STR_ARG(p->table->name), ML_STR_ARG(p->changes.items[i].column->name), p->why);
    if (p->restricts)
        ml_buf_printf(&m->out, "-- %.*s: ON DELETE RESTRICT needs a rebuild, which is not made here: %s\n",
                      ML_STR_ARG(p->table->name), p->why);
    for (uint32_t g = 0; g < p->missing.count; g++)
        if (needs_strict(p->missing.items[g]))
            ml_buf_printf(&m->out, "-- %.*s.%s may be NULL until the table is rebuilt, which is not done here: %s\n",
                          ML_STR_ARG(p->table->name), p->missing.items[g]->column->name, p->why);
}

static void put_keys(rebuild *r, const plan *p)
{
    static const char *const first[] = {"request_id", "usage_id", "user_id"};
    for (size_t k = 0; k < 3; k++) {
        if (!p->keyed[k])
            continue;
        migration_add_key(r->m, p->table, key_kinds[k]);
        step(r, "no two rows with the same key",
             ml_arena_printf(r->m->arena,
                             "EXISTS (SELECT 1 FROM main.sqlite_master WHERE type = 'index' AND name = %.*s)",
                             ML_STR_ARG(literal(r->m, migration_key_name(r->m, p->table, first[k])))));
    }
}

static void put_plan(rebuild *r, plan *p)
{
    if (p->needed && !p->why)
        put_rebuild(r, p);
    else
        for (uint32_t g = 0; g < p->missing.count; g++)
            migration_add_column(r->m, p->missing.items[g]);
    put_keys(r, p);
}

/* Nothing but what SQLite does in place, a statement at a time. */
static bool is_simple(const rebuild *r)
{
    for (uint32_t i = 0; i < r->plans.count; i++) {
        const plan *p = &r->plans.items[i];
        if ((p->needed && !p->why) || p->keyed[0] || p->keyed[1] || p->keyed[2])
            return false;
    }
    return true;
}

static void put_head(rebuild *r)
{
    ml_buf *out = &r->m->out;
    ml_buf_cstr(out,
                "-- One transaction: a statement that fails leaves the database as it was. Not to be run within\n"
                "-- another transaction. Needs SQLite 3.26; keep a copy of the file all the same.\n"
                "PRAGMA foreign_keys = OFF;\nPRAGMA legacy_alter_table = ON;\n"
                "CREATE TEMP TABLE migration_step (done INTEGER NOT NULL CHECK (done));\n"
                "CREATE TEMP TABLE migration_before AS SELECT count(*) AS broken FROM pragma_foreign_key_check;\n");
    for (uint32_t i = 0; i < r->plans.count; i++)
        if (r->plans.items[i].needed && !r->plans.items[i].why) {
            ml_str name = name_of(r->m, r->plans.items[i].table->name);
            ml_buf_printf(out, "CREATE TEMP VIEW %.*s AS SELECT * FROM main.%.*s;\n", ML_STR_ARG(name),
                          ML_STR_ARG(name));
        }
    ml_buf_cstr(out, "BEGIN;\n");
    for (uint32_t i = 0; i < r->plans.count; i++)
        if (r->plans.items[i].needed && !r->plans.items[i].why)
            ml_buf_printf(out, "DROP VIEW temp.%.*s;\n", ML_STR_ARG(name_of(r->m, r->plans.items[i].table->name)));
}

static void put_foot(rebuild *r)
{
    step(r, "no link is broken that was whole",
         ML_STR("(SELECT count(*) FROM pragma_foreign_key_check) <= (SELECT broken FROM temp.migration_before)"));
    ml_buf_printf(&r->m->out,
                  "-- all of it went well, or none of it happened\n"
                  "INSERT OR ROLLBACK INTO temp.migration_step SELECT count(*) = %u FROM temp.migration_step;\n"
                  "COMMIT;\n"
                  "DROP TABLE temp.migration_before;\nDROP TABLE temp.migration_step;\n"
                  "PRAGMA legacy_alter_table = OFF;\nPRAGMA foreign_keys = ON;\n",
                  r->steps);
}

void migration_sqlite(migration *m, const ml_schema_gaps *gaps)
{
    rebuild r = {.m = m};
    make_plans(&r, gaps);
    for (uint32_t i = 0; i < r.plans.count; i++) {
        plan *p = &r.plans.items[i];
        if (!p->needed)
            continue;
        prepare(m, p);
        if (p->why)
            put_refused(m, p);
        else
            put_notes(m, p);
    }
    bool simple = is_simple(&r);
    if (!simple)
        put_head(&r);
    for (uint32_t i = 0; i < r.plans.count; i++)
        put_plan(&r, &r.plans.items[i]);
    migration_add_tables(m, gaps);
    if (!simple)
        put_foot(&r);
}
