/* drizzle.c - Drizzle tables.
 *
 *   export const records = mysqlTable('ai_billing_records', {
 *     totalCost: decimal('total_cost', { precision: 28, scale: 12 }).notNull(),
 *   }, (t) => [uniqueIndex('uq').on(t.usageId)])
 *
 * The column builders are known by their names, whatever they are imported as; one that
 * is not known makes a column of unknown type. */
#include "declare.h"
#include "migrations.h"

typedef struct drizzle {
    declarer *d;
    const ml_facts *facts;
    ml_declaration *to;
} drizzle;

static ml_node_id link_arg(const drizzle *z, const written_link *link, uint32_t n)
{
    return link->call ? ml_child_at(z->facts, link->call, ML_ROLE_ARG, n) : 0;
}

static bool is(const written_link *link, const char *name)
{
    return ml_str_eq_c(link->name, name);
}

static ml_database table_function(ml_str name)
{
    if (ml_str_eq_c(name, "mysqlTable"))
        return ML_DATABASE_MYSQL;
    if (ml_str_eq_c(name, "pgTable"))
        return ML_DATABASE_POSTGRES;
    return ml_str_eq_c(name, "sqliteTable") ? ML_DATABASE_SQLITE : ML_DATABASE_UNKNOWN;
}

/* The options of a builder: its first argument that is an object. */
static bool options_of(const drizzle *z, const written_link *link, const ml_facts **facts, ml_node_id *node)
{
    for (uint32_t n = 0; n < 2; n++) {
        *facts = z->facts;
        *node = link_arg(z, link, n);
        if (*node && written_locate(z->d, facts, node) && ml_kind_of(*facts, *node) == ML_NODE_OBJECT)
            return true;
    }
    return false;
}

static int32_t number_option(const drizzle *z, const written_link *link, const char *name)
{
    const ml_facts *facts;
    ml_node_id node;
    return options_of(z, link, &facts, &node) && written_property(z->d, &facts, &node, name)
               ? written_number(z->d, facts, node)
               : -1;
}

static ml_str text_option(const drizzle *z, const written_link *link, const char *name)
{
    const ml_facts *facts;
    ml_node_id node;
    return options_of(z, link, &facts, &node) && written_property(z->d, &facts, &node, name)
               ? written_string(z->d, facts, node)
               : ML_STR_NONE;
}

static void read_values(const drizzle *z, ml_table_column *column, ml_node_id node)
{
    column->type = ML_TYPE_ENUM;
    column->has_values = true;
    column->values_open = !node;
    if (node)
        written_strings(z->d, &column->values, &column->values_open, z->facts, node);
}

/* const billingType = pgEnum('billing_type', [...]): the list behind the name. */
static ml_node_id enum_values(const drizzle *z, ml_node_id callee)
{
    ml_binding_id id = callee && ml_kind_of(z->facts, callee) == ML_NODE_IDENT ? ml_node_at(z->facts, callee)->ref : 0;
    const ml_binding *binding = id ? &z->facts->bindings[id] : NULL;
    if (!binding || binding->kind != ML_BIND_VAR)
        return 0;
    ml_node_id value = ml_child(z->facts, binding->decl, ML_ROLE_VALUE);
    ml_node_id made =
        value && ml_kind_of(z->facts, value) == ML_NODE_CALL ? ml_child(z->facts, value, ML_ROLE_CALLEE) : 0;
    return made && ml_str_eq_c(ml_text_of(z->facts, made), "pgEnum") ? ml_child_at(z->facts, value, ML_ROLE_ARG, 1) : 0;
}

static void column_type(const drizzle *z, ml_table_column *column, const written_link *link)
{
    static const char *const types[][2] = {
        {"bigint",          "bigint"   },
        {"bigserial",       "bigserial"},
        {"serial",          "serial"   },
        {"int",             "integer"  },
        {"integer",         "integer"  },
        {"smallint",        "smallint" },
        {"mediumint",       "mediumint"},
        {"tinyint",         "tinyint"  },
        {"real",            "real"     },
        {"double",          "double"   },
        {"doublePrecision", "double"   },
        {"float",           "float"    },
        {"boolean",         "boolean"  },
        {"datetime",        "datetime" },
        {"timestamp",       "timestamp"},
        {"date",            "date"     },
        {"time",            "time"     },
        {"json",            "json"     },
        {"jsonb",           "jsonb"    },
        {"uuid",            "uuid"     },
        {"blob",            "blob"     }
    };
    ml_str mode = text_option(z, link, "mode");
    const ml_facts *facts;
    ml_node_id node;
    if (is(link, "decimal") || is(link, "numeric")) {
        int32_t precision = number_option(z, link, "precision"), scale = number_option(z, link, "scale");
        declare_type(column, ML_STR("decimal"), precision, precision >= 0 && scale < 0 ? 0 : scale);
        if (ml_str_eq_c(mode, "number"))
            column->type = ML_TYPE_FLOAT; /* that is what the program computes with */
    } else if (is(link, "varchar") || is(link, "char")) {
        declare_type(column, link->name, number_option(z, link, "length"), -1);
    } else if (is(link, "text")) {
        declare_type(column, ML_STR("text"), -1, -1);
    } else if (is(link, "mysqlEnum")) {
        declare_type(column, ML_STR("enum"), -1, -1);
        ml_node_id second = link_arg(z, link, 1);
        read_values(z, column, second ? second : link_arg(z, link, 0));
    } else {
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
            if (is(link, types[i][0]))
                declare_type(column, ml_str_of(types[i][1]), -1, -1);
        if (is(link, "integer") && z->to->dialect == ML_DATABASE_SQLITE)
            column->type = ML_TYPE_BIGINT, column->bits = 64;
    }
    if (column->type == ML_TYPE_UNKNOWN && link->call) {
        ml_node_id values = enum_values(z, ml_child(z->facts, link->call, ML_ROLE_CALLEE));
        if (values)
            read_values(z, column, values);
    } else if (column->type != ML_TYPE_ENUM && options_of(z, link, &facts, &node) &&
               written_property(z->d, &facts, &node, "enum")) {
        column->has_values = true; /* text('x', { enum: [...] }): held by types only, but the list is what it is */
        written_strings(z->d, &column->values, &column->values_open, facts, node);
    }
}

/* references(() => aiModelUsage.id, { onDelete: 'cascade' }) */
static void read_references(const drizzle *z, ml_table_column *column, const written_link *link)
{
    ml_node_id function = link_arg(z, link, 0);
    ml_node_id body =
        function && ml_kind_of(z->facts, function) == ML_NODE_FUNCTION ? ml_child(z->facts, function, ML_ROLE_BODY) : 0;
    if (body && ml_kind_of(z->facts, body) == ML_NODE_MEMBER) {
        column->references_column = ml_text_of(z->facts, body);
        column->references_table = ml_text_of(z->facts, ml_child(z->facts, body, ML_ROLE_OBJECT));
    }
    column->on_delete = ml_arena_lower(z->d->arena, text_option(z, link, "onDelete"));
    column->on_update = ml_arena_lower(z->d->arena, text_option(z, link, "onUpdate"));
}

static void add_column(const drizzle *z, ml_str property, ml_node_id member, ml_node_id value)
{
    written_link links[WRITTEN_CHAIN_MAX];
    uint32_t count = written_chain(links, z->facts, value), first = 0;
    ml_table_column column = declare_blank();
    if (!count) {
        z->to->open = true;
        return;
    }
    while (first + 1 < count && !links[first].call) /* t.decimal(...) of a callback */
        first++;
    column.property = property;
    column.place = written_place(z->facts, member);
    ml_node_id name = link_arg(z, &links[first], 0);
    column.name = name ? written_string(z->d, z->facts, name) : ML_STR_NONE;
    if (!column.name.len)
        column.name = property;
    column_type(z, &column, &links[first]);
    for (uint32_t i = first + 1; i < count; i++) {
        if (is(&links[i], "notNull"))
            column.nullable = false;
        else if (is(&links[i], "primaryKey"))
            column.primary_key = true, column.nullable = false;
        else if (is(&links[i], "unique"))
            column.unique = true;
        else if (is(&links[i], "autoincrement"))
            column.auto_increment = true;
        else if (is(&links[i], "references"))
            read_references(z, &column, &links[i]);
        else if (is(&links[i], "default") || is(&links[i], "defaultNow") || is(&links[i], "$defaultFn"))
            column.has_default = true;
    }
    declare_column(z->d, z->to, column);
}

static void add_columns(const drizzle *z, ml_node_id object, int depth)
{
    for (ml_node_id m = ml_child(z->facts, object, ML_ROLE_MEMBER); m && written_step(z->d);
         m = ml_next_child(z->facts, m)) {
        ml_node_id value = ml_child(z->facts, m, ML_ROLE_VALUE);
        if (ml_kind_of(z->facts, m) == ML_NODE_PROPERTY && ml_text_of(z->facts, m).len && value) {
            add_column(z, ml_text_of(z->facts, m), m, value);
            continue;
        }
        const ml_facts *facts = z->facts;
        if (ml_kind_of(z->facts, m) == ML_NODE_SPREAD && depth > 0 && value && written_locate(z->d, &facts, &value) &&
            ml_kind_of(facts, value) == ML_NODE_OBJECT) {
            drizzle inner = {z->d, facts, z->to};
            add_columns(&inner, value, depth - 1);
        } else {
            z->to->open = true;
        }
    }
}

static ml_str property_column(const drizzle *z, ml_str property)
{
    for (uint32_t i = 0; i < z->to->columns.count; i++)
        if (ml_str_eq(z->to->columns.items[i].property, property))
            return z->to->columns.items[i].name;
    return property;
}

static ml_table_names columns_of(const drizzle *z, const written_link *link)
{
    ml_table_names names = {0};
    for (uint32_t n = 0; n < DECLARE_KEY_COLUMNS_MAX; n++) {
        ml_node_id node = link_arg(z, link, n);
        if (!node)
            break;
        if (ml_kind_of(z->facts, node) == ML_NODE_MEMBER)
            ml_vec_push(z->d->arena, &names, property_column(z, ml_text_of(z->facts, node)));
    }
    return names;
}

static ml_table_names listed_columns(const drizzle *z, const written_link *link, const char *option)
{
    ml_table_names names = {0};
    const ml_facts *facts;
    ml_node_id node;
    if (!options_of(z, link, &facts, &node) || !written_property(z->d, &facts, &node, option) ||
        ml_kind_of(facts, node) != ML_NODE_ARRAY)
        return names;
    for (ml_node_id e = ml_child(facts, node, ML_ROLE_ELEMENT); e && names.count < DECLARE_KEY_COLUMNS_MAX;
         e = ml_next_child(facts, e))
        ml_vec_push(z->d->arena, &names, property_column(z, ml_text_of(facts, e)));
    return names;
}

/* uniqueIndex('uq').on(t.a, t.b), unique().on(t.a), primaryKey({ columns }), foreignKey({ columns }).onDelete('cascade') */
static void add_extra(const drizzle *z, ml_node_id node)
{
    written_link links[WRITTEN_CHAIN_MAX];
    uint32_t count = written_chain(links, z->facts, node);
    if (!count)
        return;
    ml_table_key key = {.place = written_place(z->facts, node)};
    key.primary = is(&links[0], "primaryKey");
    key.unique = key.primary || is(&links[0], "unique") || is(&links[0], "uniqueIndex");
    if (is(&links[0], "foreignKey")) {
        ml_table_foreign_key foreign = {.columns = listed_columns(z, &links[0], "columns"), .place = key.place};
        for (uint32_t i = 1; i < count; i++)
            if (is(&links[i], "onDelete") && link_arg(z, &links[i], 0))
                foreign.on_delete =
                    ml_arena_lower(z->d->arena, written_string(z->d, z->facts, link_arg(z, &links[i], 0)));
        if (foreign.columns.count)
            declare_foreign_key(z->d, z->to, foreign);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        if (is(&links[i], "on"))
            key.columns = columns_of(z, &links[i]);
        key.partial = key.partial || is(&links[i], "where");
    }
    if (key.primary)
        key.columns = listed_columns(z, &links[0], "columns");
    else if (link_arg(z, &links[0], 0))
        key.name = written_string(z->d, z->facts, link_arg(z, &links[0], 0));
    if (key.columns.count && (key.unique || is(&links[0], "index")))
        declare_key(z->d, z->to, key);
}

/* (t) => [ ... ], or (t) => ({ name: ... }) */
static void add_extras(const drizzle *z, ml_node_id function)
{
    ml_node_id body =
        function && ml_kind_of(z->facts, function) == ML_NODE_FUNCTION ? ml_child(z->facts, function, ML_ROLE_BODY) : 0;
    if (body && ml_kind_of(z->facts, body) == ML_NODE_BLOCK) {
        body = ml_child(z->facts, body, ML_ROLE_BODY);
        body = body && ml_kind_of(z->facts, body) == ML_NODE_RETURN ? ml_child(z->facts, body, ML_ROLE_VALUE) : 0;
    }
    ml_node_kind kind = body ? ml_kind_of(z->facts, body) : ML_NODE_NONE;
    if (kind == ML_NODE_ARRAY)
        for (ml_node_id e = ml_child(z->facts, body, ML_ROLE_ELEMENT); e; e = ml_next_child(z->facts, e))
            add_extra(z, e);
    else if (kind == ML_NODE_OBJECT)
        for (ml_node_id m = ml_child(z->facts, body, ML_ROLE_MEMBER); m; m = ml_next_child(z->facts, m))
            if (ml_child(z->facts, m, ML_ROLE_VALUE))
                add_extra(z, ml_child(z->facts, m, ML_ROLE_VALUE));
}

static void read_table(declarer *d, const ml_facts *facts, ml_node_id call, ml_database dialect)
{
    ml_node_id first = ml_child_at(facts, call, ML_ROLE_ARG, 0), columns = ml_child_at(facts, call, ML_ROLE_ARG, 1);
    ml_str table = first ? written_string(d, facts, first) : ML_STR_NONE;
    if (!table.len || !columns)
        return;
    drizzle z = {d, facts, ML_NEW(d->arena, ml_declaration)};
    *z.to = (ml_declaration){.origin = ML_TABLE_MODEL,
                             .form = ML_FORM_DRIZZLE,
                             .dialect = dialect,
                             .table = table,
                             .place = written_place(facts, call)};
    z.to->place.end = ml_node_at(facts, first)->end;
    ml_node_id parent = ml_node_at(facts, call)->parent;
    if (ml_kind_of(facts, parent) == ML_NODE_DECLARATOR)
        z.to->model = ml_text_of(facts, ml_child(facts, parent, ML_ROLE_TARGET));
    if (ml_kind_of(facts, columns) == ML_NODE_FUNCTION) /* (t) => ({ ... }) */
        columns = ml_child(facts, columns, ML_ROLE_BODY);
    const ml_facts *in = facts;
    if (columns && written_locate(d, &in, &columns) && ml_kind_of(in, columns) == ML_NODE_OBJECT) {
        drizzle inner = {d, in, z.to};
        add_columns(&inner, columns, 3);
    } else {
        z.to->open = true;
    }
    add_extras(&z, ml_child_at(facts, call, ML_ROLE_ARG, 2));
    ml_vec_push(d->arena, &d->all, z.to);
}

void declare_drizzle(declarer *d, const ml_facts *facts)
{
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id call = facts->calls[i];
        ml_node_id callee = ml_kind_of(facts, call) == ML_NODE_CALL ? ml_child(facts, call, ML_ROLE_CALLEE) : 0;
        ml_database dialect = callee ? table_function(ml_text_of(facts, callee)) : ML_DATABASE_UNKNOWN;
        if (dialect != ML_DATABASE_UNKNOWN)
            read_table(d, facts, call, dialect);
    }
}
