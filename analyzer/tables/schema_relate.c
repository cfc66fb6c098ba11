/* schema_relate.c - faults that lie between declarations: tables nobody declares, keys that
 * delete bills, values one side refuses, programs that rewrite tables. */
#include "faults.h"
#include "ml/buf.h"
#include "ml/schema_check.h"

static bool declares_any(const ml_tables *tables)
{
    for (uint32_t i = 0; i < tables->count; i++)
        if (tables->items[i].reference)
            return true;
    return false;
}

/* ---- missing tables ---- */

/* The nearest place: a declared table, the bridge, package.json. */
static bool nearest(const ml_tables *tables, ml_table_place *place)
{
    static const char *const order[] = {"ai_billing_records", "ai_model_usage", "ai_model_billing"};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        const ml_table *table = ml_tables_for(tables, bill_schema_find_table(order[i], strlen(order[i])));
        if (table) {
            *place = table->place;
            return true;
        }
    }
    for (uint32_t i = 0; i < tables->count; i++)
        if (tables->items[i].reference) {
            *place = tables->items[i].place;
            return true;
        }
    *place = tables->bridge.path.len ? tables->bridge : tables->manifest;
    return place->path.len > 0;
}

void fault_missing_tables(judging *j)
{
    bool any = declares_any(j->tables);
    ml_buf en = {0}, zh = {0};
    ml_schema_fault fault = {.kind = j->kind, .level = ML_LEVEL_NONE, .specified = true};
    const bill_table *reference;
    if ((!any && !j->tables->bridge.path.len) || j->tables->cut_short || !nearest(j->tables, &fault.place))
        return;
    for (size_t i = 0; (reference = bill_schema_table(i)) != NULL; i++) {
        ml_level level = ml_schema_level(reference->required_by, reference->if_missing);
        if (level < ML_LEVEL_MEDIUM || ml_tables_for(j->tables, reference))
            continue;
        ml_buf_printf(&en, "%s%s", en.len ? ", " : "", reference->name);
        ml_buf_printf(&zh, "%s%s", zh.len ? "、" : "", reference->name);
        fault.level = level > fault.level ? level : fault.level;
    }
    fault.detail = (ml_text){
        {[ML_LANG_EN] = ml_arena_copy(j->arena, ml_buf_view(&en)),
         [ML_LANG_ZH] = ml_arena_copy(j->arena, ml_buf_view(&zh))}
    };
    if (!any && fault.level > ML_LEVEL_MEDIUM) { /* they may be declared in another repository */
        fault.level = ML_LEVEL_MEDIUM;
        fault.unproven = true;
    }
    if (fault.level != ML_LEVEL_NONE)
        ml_vec_push(j->arena, j->out, fault);
    ml_buf_finish(&en);
    ml_buf_finish(&zh);
}

/* ---- cascades ---- */

static bool holds_bills(const ml_table *table)
{
    return table->reference && (strcmp(table->reference->name, "ai_billing_records") == 0 ||
                                strcmp(table->reference->name, "ai_billing_journal") == 0);
}

static bool deletes(ml_str on_delete)
{
    return ml_str_eq_c(on_delete, "cascade") || ml_str_eq_c(on_delete, "set null") ||
           ml_str_eq_c(on_delete, "set default");
}

static void cascade(judging *j, const ml_table *table, ml_str column, ml_str parent, const ml_table_place *place)
{
    for (uint32_t i = 0; i < j->out->count; i++) /* once a column */
        if (ml_str_eq(j->out->items[i].table, table->name) && ml_str_eq_nocase(j->out->items[i].column, column))
            return;
    ml_schema_fault *fault = fault_push(j, table, NULL, place, ML_LEVEL_MEDIUM);
    fault->column = column;
    parent = parent.len ? parent : ML_STR("parent");
    fault_detail(j, fault, parent, parent);
}

/* A foreign key is named by its column, and by its attribute. */
static const ml_table_column *key_column(const ml_declaration *declaration, ml_str name)
{
    for (uint32_t i = 0; name.len && i < declaration->columns.count; i++) {
        const ml_table_column *column = &declaration->columns.items[i];
        if (ml_str_eq_nocase(column->name, name) || ml_str_eq_nocase(column->property, name) ||
            ml_str_eq_nocase(column->snake, name))
            return column;
    }
    return NULL;
}

static void declared_cascades(judging *j, const ml_table *table)
{
    for (uint32_t d = 0; d < table->declarations.count; d++) {
        const ml_declaration *declaration = table->declarations.items[d];
        for (uint32_t i = 0; i < declaration->foreign_keys.count; i++) {
            const ml_table_foreign_key *key = &declaration->foreign_keys.items[i];
            if (deletes(key->on_delete))
                cascade(j, table, key->columns.count ? key->columns.items[0] : key->name, key->table, &key->place);
        }
        for (uint32_t i = 0; i < declaration->columns.count; i++) {
            const ml_table_column *column = &declaration->columns.items[i];
            if (deletes(column->on_delete))
                cascade(j, table, column->name, column->references_table, &column->place);
        }
    }
}

static bool is_model_of(const ml_table *table, ml_str model)
{
    for (uint32_t d = 0; d < table->declarations.count; d++)
        if (table->declarations.items[d]->model.len && ml_str_eq_nocase(table->declarations.items[d]->model, model))
            return true;
    return false;
}

static bool made_by_statements(const ml_table *table)
{
    for (uint32_t d = 0; d < table->declarations.count; d++)
        if (table->declarations.items[d]->origin == ML_TABLE_SQL && !table->declarations.items[d]->open)
            return true;
    return false;
}

/* Does the column's own declaration, or another association over it, say that nothing is deleted? */
static bool is_restricted(const judging *j, const ml_table *table, const ml_table_association *of)
{
    for (uint32_t d = 0; d < table->declarations.count; d++) {
        const ml_table_column *column = key_column(table->declarations.items[d], of->key);
        if (column && column->on_delete.len && !deletes(column->on_delete))
            return true;
    }
    for (uint32_t i = 0; i < j->tables->associations.count; i++) {
        const ml_table_association *other = &j->tables->associations.items[i];
        bool same = ml_str_eq(other->child, of->child) &&
                    (of->key.len ? ml_str_eq_nocase(other->key, of->key) : ml_str_eq(other->parent, of->parent));
        if (same && (other->no_constraint || (other->on_delete.len && !deletes(other->on_delete))))
            return true;
    }
    return false;
}

/* Sequelize cascades, or sets NULL, where nothing is written. */
static void association_cascades(judging *j, const ml_table *table)
{
    for (uint32_t i = 0; i < j->tables->associations.count; i++) {
        const ml_table_association *of = &j->tables->associations.items[i];
        if (of->no_constraint || !is_model_of(table, of->child))
            continue;
        bool written = deletes(of->on_delete);
        if (!written && (of->on_delete.len || made_by_statements(table) || is_restricted(j, table, of)))
            continue;
        cascade(j, table, of->key.len ? of->key : of->parent, of->parent, &of->place);
    }
}

void fault_cascades(judging *j)
{
    for (uint32_t t = 0; t < j->tables->count; t++)
        if (holds_bills(&j->tables->items[t])) {
            declared_cascades(j, &j->tables->items[t]);
            association_cascades(j, &j->tables->items[t]);
        }
}

/* ---- values ---- */

static bool lacks(const ml_table_column *column, ml_str value)
{
    for (uint32_t i = 0; i < column->values.count; i++)
        if (ml_str_eq(column->values.items[i], value))
            return false;
    return true;
}

static bool is_closed(const ml_table_column *column)
{
    return column && column->has_values && !column->values_open && column->values.count;
}

/* What either side lacks of the other's. */
static ml_str difference(judging *j, const ml_table_column *a, const ml_table_column *b, const char *between)
{
    ml_buf text = {0};
    for (uint32_t i = 0; i < a->values.count; i++)
        if (lacks(b, a->values.items[i]))
            ml_buf_printf(&text, "%s%.*s", text.len ? between : "", ML_STR_ARG(a->values.items[i]));
    for (uint32_t i = 0; i < b->values.count; i++)
        if (lacks(a, b->values.items[i]))
            ml_buf_printf(&text, "%s%.*s", text.len ? between : "", ML_STR_ARG(b->values.items[i]));
    ml_str copy = ml_arena_copy(j->arena, ml_buf_view(&text));
    ml_buf_finish(&text);
    return copy;
}

static bool is_type(ml_str value)
{
    for (size_t i = 0; bill_values_billing_type[i]; i++)
        if (ml_str_eq_c(value, bill_values_billing_type[i]))
            return true;
    return false;
}

/* Do they differ in nothing but billing types one of them lacks? That is a fault of its own. */
static bool only_types(const ml_table_column *a, const ml_table_column *b)
{
    for (uint32_t i = 0; i < a->values.count; i++)
        if (lacks(b, a->values.items[i]) && !is_type(a->values.items[i]))
            return false;
    for (uint32_t i = 0; i < b->values.count; i++)
        if (lacks(a, b->values.items[i]) && !is_type(b->values.items[i]))
            return false;
    return true;
}

static bool compare(judging *j, const ml_table *table, const ml_table_column *a, const ml_table_column *b,
                    ml_level level, bool specified)
{
    ml_str en = difference(j, a, b, ", ");
    if (!en.len || only_types(a, b))
        return false;
    ml_schema_fault *fault = fault_push(j, table, NULL, &b->place, level);
    if (!fault)
        return true;
    fault->column = b->name;
    fault->specified = specified;
    fault->other = a->place;
    fault_detail(j, fault, en, difference(j, a, b, "、"));
    return true;
}

/* A model and the migration that makes its table; the fault stands at the later one. */
static void values_within(judging *j, const ml_table *table, const bill_column *reference)
{
    const ml_table_column *first = NULL;
    for (uint32_t d = 0; d < table->declarations.count; d++) {
        const ml_table_column *column = ml_declaration_column(table->declarations.items[d], reference->name);
        if (!is_closed(column))
            continue;
        if (first && compare(j, table, first, column, ml_schema_level(reference->required_by, BILL_SEVERITY_WARNING),
                             reference->required_by == BILL_REQUIRED_SPEC))
            return;
        first = first ? first : column;
    }
}

/* billing_type and billing_status of other tables hold what bills hold. */
static void values_between(judging *j, const ml_table *table, const char *name)
{
    const ml_table *bills = ml_tables_for(j->tables, bill_schema_find_table("ai_billing_records", 18));
    const ml_table_column *theirs = bills ? ml_table_column_named(bills, name) : NULL;
    const ml_table_column *ours = ml_table_column_named(table, name);
    bool refuses = false;
    for (uint32_t i = 0; bills != table && is_closed(theirs) && is_closed(ours) && i < theirs->values.count; i++)
        refuses = refuses || lacks(ours, theirs->values.items[i]);
    if (refuses) /* further values do no harm */
        compare(j, table, theirs, ours, ML_LEVEL_MEDIUM, true);
}

/* What the code may write must be what the column takes; a column may take more. */
static void values_of_code(judging *j)
{
    const ml_table *bills = ml_tables_for(j->tables, bill_schema_find_table("ai_billing_records", 18));
    for (uint32_t i = 0; bills && i < j->tables->enums.count; i++) {
        const ml_table_enum *of = &j->tables->enums.items[i];
        const ml_table_column *column = ml_table_column_named(bills, of->column.data);
        bool refused = false;
        for (uint32_t v = 0; is_closed(column) && is_closed(&of->values) && v < of->values.values.count; v++)
            refused = refused || lacks(column, of->values.values.items[v]);
        if (refused)
            compare(j, bills, column, &of->values, ML_LEVEL_LOW, false);
    }
}

void fault_values(judging *j)
{
    values_of_code(j);
    for (uint32_t t = 0; t < j->tables->count; t++) {
        const ml_table *table = &j->tables->items[t];
        for (size_t i = 0; table->reference && i < table->reference->column_count; i++)
            if (table->reference->columns[i].type_class == BILL_CLASS_ENUM)
                values_within(j, table, &table->reference->columns[i]);
        if (table->reference) {
            values_between(j, table, "billing_type");
            values_between(j, table, "billing_status");
        }
    }
}

/* ---- programs that rewrite tables ---- */

static bool is_reference(const ml_tables *tables, ml_str name)
{
    const bill_table *found = name.len ? bill_schema_find_table(name.data, name.len) : NULL;
    for (uint32_t i = 0; i < tables->count; i++)
        if (tables->items[i].reference && ml_str_eq_nocase(tables->items[i].name, name))
            return true;
    return found && found->required_by != BILL_REQUIRED_INTERNAL;
}

void fault_events(judging *j)
{
    static const char *const en[] = {"drops and makes every table again", "changes tables until they match the models",
                                     "drops the table"};
    static const char *const zh[] = {"会删除并重建所有表", "会改写表结构直到与模型一致", "会删除该表"};
    ml_table none = {0};
    bool any = declares_any(j->tables);
    for (uint32_t i = 0; i < j->tables->events.count; i++) {
        const ml_table_event *event = &j->tables->events.items[i];
        if (event->kind == ML_TABLE_DROPPED ? !is_reference(j->tables, event->table) : !any)
            continue;
        none.name = event->table;
        ml_schema_fault *fault = fault_push(j, &none, NULL, &event->place, ML_LEVEL_MEDIUM);
        fault_detail(j, fault, ml_str_of(en[event->kind]), ml_str_of(zh[event->kind]));
    }
}
