/* knex.c - Knex's schema builder.
 *
 *   knex.schema.createTable('ai_billing_records', (t) => {
 *     t.decimal('total_cost', 28, 12).notNullable();
 *     t.unique(['usage_id']);
 *   })
 *
 * A statement is a chain that begins with the callback's parameter. */
#include "migrations.h"

typedef struct builder {
    declarer *d;
    const ml_facts *facts;
    ml_declaration *to;
    bool altering;
} builder;

static ml_node_id link_arg(const builder *b, const written_link *link, uint32_t n)
{
    return link->call ? ml_child_at(b->facts, link->call, ML_ROLE_ARG, n) : 0;
}

static ml_str link_string(const builder *b, const written_link *link, uint32_t n)
{
    ml_node_id node = link_arg(b, link, n);
    return node ? written_string(b->d, b->facts, node) : ML_STR_NONE;
}

static ml_table_names link_names(const builder *b, const written_link *link, uint32_t n)
{
    ml_table_names names = {0};
    bool open = false;
    ml_node_id node = link_arg(b, link, n);
    if (node)
        written_strings(b->d, &names, &open, b->facts, node);
    if (names.count > DECLARE_KEY_COLUMNS_MAX)
        names.count = DECLARE_KEY_COLUMNS_MAX;
    return names;
}

static bool is(const written_link *link, const char *name)
{
    return ml_str_eq_c(link->name, name);
}

/* Knex's own defaults: decimal(8, 2), string(255). False: no method that makes a column. */
static bool column_type(const builder *b, ml_table_column *column, const written_link *link)
{
    static const struct {
        const char *method, *type;
        int32_t first, second;
    } types[] = {
        {"bigIncrements", "bigint",    -1,  -1},
        {"increments",    "integer",   -1,  -1},
        {"bigInteger",    "bigint",    -1,  -1},
        {"bigint",        "bigint",    -1,  -1},
        {"integer",       "integer",   -1,  -1},
        {"int",           "integer",   -1,  -1},
        {"tinyint",       "tinyint",   -1,  -1},
        {"smallint",      "smallint",  -1,  -1},
        {"mediumint",     "mediumint", -1,  -1},
        {"decimal",       "decimal",   8,   2 },
        {"float",         "float",     -1,  -1},
        {"double",        "double",    -1,  -1},
        {"string",        "varchar",   255, -1},
        {"text",          "text",      -1,  -1},
        {"boolean",       "boolean",   -1,  -1},
        {"date",          "date",      -1,  -1},
        {"datetime",      "datetime",  -1,  -1},
        {"dateTime",      "datetime",  -1,  -1},
        {"timestamp",     "timestamp", -1,  -1},
        {"time",          "time",      -1,  -1},
        {"json",          "json",      -1,  -1},
        {"jsonb",         "jsonb",     -1,  -1},
        {"uuid",          "uuid",      -1,  -1},
        {"binary",        "blob",      -1,  -1}
    };
    if (is(link, "enu") || is(link, "enum")) {
        declare_type(column, ML_STR("enum"), -1, -1);
        column->has_values = true;
        ml_node_id values = link_arg(b, link, 1);
        column->values_open = !values;
        if (values)
            written_strings(b->d, &column->values, &column->values_open, b->facts, values);
        return true;
    }
    if (is(link, "specificType")) {
        attribute_sql_type(b->d, column, link_string(b, link, 1), -1, -1);
        return true;
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!is(link, types[i].method))
            continue;
        ml_node_id one = link_arg(b, link, 1), two = link_arg(b, link, 2);
        int32_t first = one ? written_number(b->d, b->facts, one) : -1;
        int32_t second = two ? written_number(b->d, b->facts, two) : -1;
        bool decimal = is(link, "decimal");
        if (decimal && one && ml_kind_of(b->facts, one) == ML_NODE_NULL) { /* decimal('x', null): as wide as can be */
            declare_type(column, ML_STR("decimal"), 65, 30);
            return true;
        }
        bool takes_length = decimal || is(link, "string");
        declare_type(column, ml_str_of(types[i].type), takes_length ? (first < 0 ? types[i].first : first) : -1,
                     decimal ? (second < 0 ? types[i].second : second) : -1);
        column->unsized = decimal && first < 0;
        if (is(link, "bigIncrements") || is(link, "increments")) {
            column->primary_key = column->auto_increment = true;
            column->nullable = false;
        }
        return true;
    }
    return false;
}

static void column_words(const builder *b, ml_table_column *column, const written_link *links, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const written_link *link = &links[i];
        ml_node_id argument = link_arg(b, link, 0);
        if (is(link, "notNullable"))
            column->nullable = false;
        else if (is(link, "nullable"))
            column->nullable = argument && ml_kind_of(b->facts, argument) == ML_NODE_FALSE ? false : true;
        else if (is(link, "unique"))
            column->unique = true;
        else if (is(link, "primary"))
            column->primary_key = true, column->nullable = false;
        else if (is(link, "unsigned"))
            column->is_unsigned = true;
        else if (is(link, "collate"))
            column->collation = link_string(b, link, 0);
        else if (is(link, "references"))
            column->references_column = link_string(b, link, 0);
        else if (is(link, "inTable"))
            column->references_table = link_string(b, link, 0);
        else if (is(link, "onUpdate"))
            column->on_update = ml_arena_lower(b->d->arena, link_string(b, link, 0));
        else if (is(link, "onDelete"))
            column->on_delete = ml_arena_lower(b->d->arena, link_string(b, link, 0));
        else if (is(link, "defaultTo") && argument) {
            column->has_default = true;
            column->default_text = ml_source_of(b->facts, argument);
        }
    }
    column->binary = ml_str_ends(column->collation, ML_STR("_bin"));
    size_t dot = ml_str_find_char(column->references_column, '.');
    if (dot != ML_NOT_FOUND && !column->references_table.len) { /* references('users.id') */
        column->references_table = ml_str_slice(column->references_column, 0, dot);
        column->references_column = ml_str_from(column->references_column, dot + 1);
    }
}

static void add_key(const builder *b, const written_link *link, bool unique, bool primary)
{
    ml_table_key key = {.unique = unique, .primary = primary, .columns = link_names(b, link, 0)};
    key.place = written_place(b->facts, link->node);
    const ml_facts *facts = b->facts;
    ml_node_id options = link_arg(b, link, 1);
    key.name = link_string(b, link, 1);
    if (!key.name.len && options && written_locate(b->d, &facts, &options) &&
        ml_kind_of(facts, options) == ML_NODE_OBJECT && written_property(b->d, &facts, &options, "indexName"))
        key.name = written_string(b->d, facts, options);
    if (!key.columns.count)
        return;
    declare_key(b->d, b->to, key);
    if (key.name.len)
        fold_name_key(b->d, key.name, b->to);
}

static void drop_unique(const builder *b, const written_link *link)
{
    ml_table_names columns = link_names(b, link, 0);
    ml_str name = link_string(b, link, 1);
    if (name.len)
        fold_drop_key(b->to, name);
    for (uint32_t k = b->to->keys.count; columns.count && k-- > 0;) {
        ml_table_key *key = &b->to->keys.items[k];
        bool same = key->columns.count == columns.count;
        for (uint32_t i = 0; same && i < columns.count; i++)
            same = ml_str_eq_nocase(key->columns.items[i], columns.items[i]);
        if (!same || !key->unique)
            continue;
        memmove(key, key + 1, (b->to->keys.count - k - 1) * sizeof *key);
        b->to->keys.count--;
    }
    ml_table_column *column = columns.count == 1 ? declare_find(b->to, columns.items[0]) : NULL;
    if (column)
        column->unique = false;
}

static void add_foreign(const builder *b, const written_link *links, uint32_t count)
{
    ml_table_column words = declare_blank();
    ml_table_foreign_key key = {.columns = link_names(b, &links[0], 0)};
    column_words(b, &words, links + 1, count - 1);
    key.table = words.references_table;
    key.on_delete = words.on_delete;
    key.on_update = words.on_update;
    key.place = written_place(b->facts, links[count - 1].node);
    if (key.columns.count)
        declare_foreign_key(b->d, b->to, key);
}

static void add_timestamps(const builder *b, const written_link *link)
{
    static const char *const names[] = {"created_at", "updated_at"};
    for (size_t i = 0; i < 2; i++) {
        ml_table_column column = declare_blank();
        declare_type(&column, ML_STR("timestamp"), -1, -1);
        column.name = ml_str_of(names[i]);
        column.place = written_place(b->facts, link->node);
        column.nullable = false;
        declare_column(b->d, b->to, column);
    }
}

/* The links behind the parameter. */
static void read_statement(const builder *b, const written_link *links, uint32_t count, ml_node_id whole)
{
    const written_link *first = &links[0];
    ml_table_column column = declare_blank();
    column.place = written_place(b->facts, whole);
    if (is(first, "unique") || is(first, "primary")) {
        add_key(b, first, true, is(first, "primary"));
    } else if (is(first, "index")) {
        add_key(b, first, false, false);
    } else if (is(first, "foreign")) {
        add_foreign(b, links, count);
    } else if (is(first, "dropUnique")) {
        drop_unique(b, first);
    } else if (is(first, "dropPrimary")) {
        fold_drop_key(b->to, ML_STR("PRIMARY"));
    } else if (is(first, "timestamps")) {
        add_timestamps(b, first);
    } else if (is(first, "dropColumn") || is(first, "dropColumns")) {
        ml_table_names names = link_names(b, first, 0);
        for (uint32_t i = 0; i < names.count; i++)
            declare_remove_column(b->to, names.items[i]);
    } else if (is(first, "renameColumn")) {
        fold_rename_column(b->d, b->to, link_string(b, first, 0), link_string(b, first, 1));
    } else if (is(first, "setNullable") || is(first, "dropNullable")) {
        ml_table_column *known = declare_find(b->to, link_string(b, first, 0));
        if (known)
            known->nullable = is(first, "setNullable");
    } else if (column_type(b, &column, first)) {
        bool alters = false;
        column.name = link_string(b, first, 0);
        if (!column.name.len && column.auto_increment)
            column.name = ML_STR("id");
        column_words(b, &column, links + 1, count - 1);
        for (uint32_t i = 1; i < count; i++)
            alters = alters || is(&links[i], "alter");
        if (!column.name.len)
            b->to->open = true;
        else if (alters)
            fold_change_column(b->d, b->to, column.name, column);
        else if (b->altering || !declare_find(b->to, column.name))
            declare_column(b->d, b->to, column);
    }
}

static void read_callback(const builder *b, ml_node_id function)
{
    ml_node_id param = ml_child(b->facts, function, ML_ROLE_PARAM);
    ml_node_id target = param ? ml_child(b->facts, param, ML_ROLE_TARGET) : 0;
    ml_str name = target ? ml_text_of(b->facts, target) : ML_STR_NONE;
    for (ml_node_id at = function; at && name.len; at = ml_walk(b->facts, function, at)) {
        written_link links[WRITTEN_CHAIN_MAX];
        if (ml_kind_of(b->facts, at) != ML_NODE_CALL ||
            ml_kind_of(b->facts, ml_node_at(b->facts, at)->parent) == ML_NODE_MEMBER)
            continue;
        uint32_t count = written_chain(links, b->facts, at);
        if (count >= 2 && ml_str_eq(links[0].name, name) && links[1].call && written_step(b->d))
            read_statement(b, links + 1, count - 1, at);
    }
}

bool knex_call(declarer *d, const ml_facts *facts, ml_node_id call, ml_str method)
{
    bool create = ml_str_eq_c(method, "createTable") || ml_str_eq_c(method, "createTableIfNotExists");
    bool alter = ml_str_eq_c(method, "alterTable") || ml_str_eq_c(method, "table");
    ml_node_id function = create || alter ? ml_child_at(facts, call, ML_ROLE_ARG, 1) : 0;
    if (!function || ml_kind_of(facts, function) != ML_NODE_FUNCTION)
        return false;
    ml_node_id first = ml_child_at(facts, call, ML_ROLE_ARG, 0);
    ml_str table = written_string(d, facts, first);
    if (!table.len || written_is_down(facts, call))
        return true;
    ml_table_place place = written_place(facts, first);
    builder b = {.d = d, .facts = facts, .altering = alter};
    b.to = create ? fold_find(d, table) : fold_known(d, table, place, ML_FORM_KNEX);
    if (!b.to)
        b.to = fold_create(d, table, place, ML_FORM_KNEX);
    read_callback(&b, function);
    return true;
}
