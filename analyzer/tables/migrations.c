/* migrations.c - what scripts do to the database, folded in the order they are written:
 * Sequelize's QueryInterface, TypeORM's QueryRunner, and SQL in strings. Knex is in knex.c.
 *
 *   await queryInterface.addColumn('ai_billing_records', 'usage_id', { type: Sequelize.BIGINT })
 *   await queryRunner.createTable(new Table({ name, columns: [{ name, type }] }))
 *   await pool.query(`ALTER TABLE ai_billing_records ADD UNIQUE (usage_id)`)
 *
 * Methods are known by their names and arguments, not by what they are called on. What a
 * `down` does is passed over. */
#include "declare.h"
#include "migrations.h"

typedef struct site {
    declarer *d;
    const ml_facts *facts;
    ml_node_id call;
} site;

static ml_node_id arg(const site *s, uint32_t n)
{
    return ml_child_at(s->facts, s->call, ML_ROLE_ARG, n);
}

static ml_str property_string(declarer *d, const ml_facts *facts, ml_node_id object, const char *name)
{
    return written_property(d, &facts, &object, name) ? written_string(d, facts, object) : ML_STR_NONE;
}

static bool is_object(declarer *d, const ml_facts **facts, ml_node_id *node)
{
    return *node && written_locate(d, facts, node) && ml_kind_of(*facts, *node) == ML_NODE_OBJECT;
}

/* 'name', or { tableName: 'name' } */
static ml_str table_of(declarer *d, const ml_facts *facts, ml_node_id node)
{
    ml_str name = node ? written_string(d, facts, node) : ML_STR_NONE;
    if (!name.len && is_object(d, &facts, &node))
        name = property_string(d, facts, node, "tableName");
    size_t dot = ml_str_rfind_char(name, '.');
    return dot == ML_NOT_FOUND ? name : ml_str_from(name, dot + 1);
}

static ml_table_place head(const site *s)
{
    ml_table_place place = written_place(s->facts, s->call);
    ml_node_id first = arg(s, 0);
    if (first)
        place.end = ml_node_at(s->facts, first)->end;
    return place;
}

static ml_declaration *known(const site *s, ml_str table)
{
    return fold_known(s->d, table, head(s), ML_FORM_MIGRATION);
}

static ml_table_names names_of(declarer *d, const ml_facts *facts, ml_node_id node)
{
    ml_table_names names = {0}, all = {0};
    if (!node || !written_locate(d, &facts, &node))
        return names;
    if (ml_kind_of(facts, node) == ML_NODE_STRING) {
        ml_vec_push(d->arena, &all, ml_text_of(facts, node));
        return all;
    }
    if (ml_kind_of(facts, node) != ML_NODE_ARRAY)
        return names;
    for (ml_node_id e = ml_child(facts, node, ML_ROLE_ELEMENT); e; e = ml_next_child(facts, e)) {
        const ml_facts *in = facts;
        ml_node_id at = e;
        ml_str name = written_string(d, facts, e);
        if (!name.len && is_object(d, &in, &at)) {
            name = property_string(d, in, at, "name");
            name = name.len ? name : property_string(d, in, at, "attribute");
        }
        if (all.count < DECLARE_KEY_COLUMNS_MAX)
            ml_vec_push(d->arena, &all, name);
    }
    return all;
}

/* ---- QueryInterface ---- */

static bool attribute_of(const site *s, ml_table_column *column, ml_str name, const ml_facts *facts, ml_node_id member,
                         ml_node_id value)
{
    *column = declare_blank();
    column->place = written_place(facts, member);
    if (!value || !attribute_column(s->d, column, facts, value))
        return false;
    column->name = name;
    return true;
}

static void add_attributes(const site *s, ml_declaration *to, const ml_facts *facts, ml_node_id object, int depth)
{
    for (ml_node_id m = ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        ml_node_id value = ml_child(facts, m, ML_ROLE_VALUE), key = ml_child(facts, m, ML_ROLE_KEY);
        const ml_facts *in = facts;
        ml_node_id inner = value;
        ml_table_column column;
        if (!written_step(s->d)) {
            to->open = true;
            return;
        }
        if (ml_kind_of(facts, m) == ML_NODE_SPREAD) {
            if (depth > 0 && is_object(s->d, &in, &inner))
                add_attributes(s, to, in, inner, depth - 1);
            else
                to->open = true;
            continue;
        }
        ml_str name = key ? written_string(s->d, facts, key) : ml_text_of(facts, m);
        if (!name.len || ml_kind_of(facts, m) != ML_NODE_PROPERTY)
            to->open = true;
        else if (!declare_find(to, name) && attribute_of(s, &column, name, facts, m, value))
            declare_column(s->d, to, column);
    }
}

static void add_unique_keys(const site *s, ml_declaration *to)
{
    const ml_facts *facts = s->facts;
    ml_node_id keys = arg(s, 2);
    if (!is_object(s->d, &facts, &keys) || !written_property(s->d, &facts, &keys, "uniqueKeys") ||
        !is_object(s->d, &facts, &keys))
        return;
    for (ml_node_id m = ml_child(facts, keys, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        ml_table_key key = {.name = ml_text_of(facts, m), .unique = true, .place = written_place(facts, m)};
        const ml_facts *in = facts;
        ml_node_id value = ml_child(facts, m, ML_ROLE_VALUE);
        if (is_object(s->d, &in, &value) && written_property(s->d, &in, &value, "fields"))
            key.columns = names_of(s->d, in, value);
        if (key.columns.count)
            declare_key(s->d, to, key);
    }
}

static void create_table(const site *s, ml_str table)
{
    const ml_facts *facts = s->facts;
    ml_node_id attributes = arg(s, 1);
    ml_declaration *to = fold_find(s->d, table);
    if (!attributes)
        return;
    if (!to)
        to = fold_create(s->d, table, head(s), ML_FORM_MIGRATION);
    if (is_object(s->d, &facts, &attributes))
        add_attributes(s, to, facts, attributes, 4);
    else
        to->open = true;
    add_unique_keys(s, to);
}

static void put_column(const site *s, ml_str table, bool change)
{
    ml_str name = written_string(s->d, s->facts, arg(s, 1));
    ml_table_column column;
    ml_declaration *to = known(s, table);
    if (!name.len)
        to->open = true;
    else if (attribute_of(s, &column, name, s->facts, s->call, arg(s, 2))) {
        const ml_facts *in = s->facts;
        ml_node_id object = arg(s, 2);
        const ml_table_column *was = declare_find(to, name);
        /* changeColumn without a type of its own changes the rest only */
        if (change && was && is_object(s->d, &in, &object) && column.type == ML_TYPE_UNKNOWN)
            return;
        if (change)
            fold_change_column(s->d, to, name, column);
        else
            declare_column(s->d, to, column);
    }
}

static bool is_kind(ml_str type, const char *kind)
{
    return ml_str_eq_nocase(type, ml_str_of(kind));
}

/* addIndex and addConstraint: ('t', ['a'], { type }) or ('t', { fields: ['a'], type }) */
static void add_key(const site *s, ml_str table, bool constraint)
{
    const ml_facts *facts = s->facts, *at;
    ml_node_id options = arg(s, 1), node;
    ml_table_key key = {.place = written_place(s->facts, s->call)};
    ml_str type = ML_STR_NONE;
    if (!is_object(s->d, &facts, &options)) {
        key.columns = names_of(s->d, s->facts, arg(s, 1));
        facts = s->facts, options = arg(s, 2);
        if (!is_object(s->d, &facts, &options))
            options = 0;
    }
    if (options) {
        at = facts, node = options;
        if (!key.columns.count && written_property(s->d, &at, &node, "fields"))
            key.columns = names_of(s->d, at, node);
        key.name = property_string(s->d, facts, options, "name");
        key.unique = written_bool(s->d, facts, options, "unique") == WRITTEN_TRUE;
        type = property_string(s->d, facts, options, "type");
        at = facts, node = options;
        key.partial = written_property(s->d, &at, &node, "where");
    }
    key.primary = constraint && is_kind(type, "primary key");
    key.unique = key.unique || key.primary || is_kind(type, "unique");
    if (!key.columns.count)
        return;
    ml_declaration *to = known(s, table);
    if (constraint && is_kind(type, "foreign key")) {
        ml_table_foreign_key foreign = {.name = key.name, .columns = key.columns, .place = key.place};
        foreign.on_delete = ml_arena_lower(s->d->arena, property_string(s->d, facts, options, "onDelete"));
        foreign.on_update = ml_arena_lower(s->d->arena, property_string(s->d, facts, options, "onUpdate"));
        at = facts, node = options;
        if (written_property(s->d, &at, &node, "references") && is_object(s->d, &at, &node)) {
            const ml_facts *in = at;
            ml_node_id target = node;
            if (written_property(s->d, &in, &target, "table"))
                foreign.table = table_of(s->d, in, target);
        }
        declare_foreign_key(s->d, to, foreign);
        return;
    }
    if (constraint && is_kind(type, "check")) /* its values are not read: the column may be held to any */
        return;
    declare_key(s->d, to, key);
    if (key.name.len)
        fold_name_key(s->d, key.name, to);
}

static bool same_names(const ml_table_names *a, const ml_table_names *b)
{
    for (uint32_t i = 0; i < a->count && a->count == b->count; i++)
        if (!ml_str_eq_nocase(a->items[i], b->items[i]))
            return false;
    return a->count == b->count;
}

/* removeIndex('t', 'name' or ['fields']), removeConstraint('t', 'name') */
static void remove_key(const site *s, ml_str table)
{
    ml_declaration *from = fold_find(s->d, table);
    ml_str name = written_string(s->d, s->facts, arg(s, 1));
    if (!from)
        return;
    if (name.len) {
        fold_drop_key(from, name);
        return;
    }
    ml_table_names fields = names_of(s->d, s->facts, arg(s, 1));
    for (uint32_t i = 0; fields.count && i < from->keys.count; i++)
        if (same_names(&from->keys.items[i].columns, &fields)) {
            memmove(&from->keys.items[i], &from->keys.items[i + 1],
                    (from->keys.count - i - 1) * sizeof from->keys.items[0]);
            from->keys.count--;
            return;
        }
}

static void drop_table(const site *s, ml_str table)
{
    ml_declaration *from = fold_find(s->d, table);
    ml_table_event event = {ML_TABLE_DROPPED, table, written_place(s->facts, s->call)};
    ml_vec_push(s->d->arena, &s->d->events, event);
    if (from)
        fold_drop_table(s->d, from);
}

/* ---- QueryRunner ---- */

/* { name, type, isNullable, isPrimary, isUnique, length, precision, scale, enum } */
static bool runner_column(const site *s, ml_table_column *column, const ml_facts *facts, ml_node_id node)
{
    const ml_facts *at;
    ml_node_id value;
    if (ml_kind_of(facts, node) == ML_NODE_NEW)
        node = ml_child(facts, node, ML_ROLE_ARG);
    if (!is_object(s->d, &facts, &node))
        return false;
    *column = declare_blank();
    column->place = written_place(facts, node);
    column->name = property_string(s->d, facts, node, "name");
    ml_str type = property_string(s->d, facts, node, "type");
    int32_t first = -1, second = -1;
    static const char *const numbers[] = {"precision", "scale", "length"};
    for (size_t i = 0; i < 3; i++) {
        at = facts, value = node;
        if (!written_property(s->d, &at, &value, numbers[i]))
            continue;
        int32_t number = written_number(s->d, at, value);
        if (number < 0) {
            ml_str text = written_string(s->d, at, value);
            for (size_t c = 0; c < text.len && text.data[c] >= '0' && text.data[c] <= '9' && number < 100000; c++)
                number = (number < 0 ? 0 : number * 10) + (text.data[c] - '0');
        }
        if (i == 1)
            second = number;
        else
            first = number;
    }
    attribute_sql_type(s->d, column, type, first, second);
    at = facts, value = node;
    if (written_property(s->d, &at, &value, "enum")) {
        column->type = ML_TYPE_ENUM;
        column->has_values = true;
        written_strings(s->d, &column->values, &column->values_open, at, value);
    }
    column->nullable = written_bool(s->d, facts, node, "isNullable") == WRITTEN_TRUE;
    column->primary_key = written_bool(s->d, facts, node, "isPrimary") == WRITTEN_TRUE;
    column->unique = written_bool(s->d, facts, node, "isUnique") == WRITTEN_TRUE;
    column->auto_increment = written_bool(s->d, facts, node, "isGenerated") == WRITTEN_TRUE;
    return column->name.len > 0;
}

static void runner_key(const site *s, ml_declaration *to, const ml_facts *facts, ml_node_id node, bool unique)
{
    ml_table_key key = {.place = written_place(facts, node)};
    if (ml_kind_of(facts, node) == ML_NODE_NEW)
        node = ml_child(facts, node, ML_ROLE_ARG);
    if (!is_object(s->d, &facts, &node))
        return;
    key.name = property_string(s->d, facts, node, "name");
    key.unique = unique || written_bool(s->d, facts, node, "isUnique") == WRITTEN_TRUE;
    const ml_facts *at = facts;
    ml_node_id names = node;
    if (written_property(s->d, &at, &names, "columnNames"))
        key.columns = names_of(s->d, at, names);
    if (!key.columns.count)
        return;
    declare_key(s->d, to, key);
    if (key.name.len)
        fold_name_key(s->d, key.name, to);
}

static void runner_foreign_key(const site *s, ml_declaration *to, const ml_facts *facts, ml_node_id node)
{
    ml_table_foreign_key key = {.place = written_place(facts, node)};
    if (ml_kind_of(facts, node) == ML_NODE_NEW)
        node = ml_child(facts, node, ML_ROLE_ARG);
    if (!is_object(s->d, &facts, &node))
        return;
    key.name = property_string(s->d, facts, node, "name");
    key.table = property_string(s->d, facts, node, "referencedTableName");
    key.on_delete = ml_arena_lower(s->d->arena, property_string(s->d, facts, node, "onDelete"));
    key.on_update = ml_arena_lower(s->d->arena, property_string(s->d, facts, node, "onUpdate"));
    const ml_facts *at = facts;
    ml_node_id names = node;
    if (written_property(s->d, &at, &names, "columnNames"))
        key.columns = names_of(s->d, at, names);
    if (key.columns.count)
        declare_foreign_key(s->d, to, key);
}

typedef enum runner_list { RUNNER_COLUMNS, RUNNER_UNIQUES, RUNNER_INDICES, RUNNER_FOREIGN_KEYS } runner_list;

static void runner_list_of(const site *s, ml_declaration *to, const ml_facts *facts, ml_node_id object,
                           runner_list kind)
{
    static const char *const names[] = {"columns", "uniques", "indices", "foreignKeys"};
    if (!written_property(s->d, &facts, &object, names[kind]))
        return;
    if (!written_locate(s->d, &facts, &object) || ml_kind_of(facts, object) != ML_NODE_ARRAY) {
        to->open = to->open || kind == RUNNER_COLUMNS;
        return;
    }
    for (ml_node_id e = ml_child(facts, object, ML_ROLE_ELEMENT); e; e = ml_next_child(facts, e)) {
        ml_table_column column;
        if (kind == RUNNER_FOREIGN_KEYS)
            runner_foreign_key(s, to, facts, e);
        else if (kind != RUNNER_COLUMNS)
            runner_key(s, to, facts, e, kind == RUNNER_UNIQUES);
        else if (!runner_column(s, &column, facts, e))
            to->open = true;
        else if (!declare_find(to, column.name))
            declare_column(s->d, to, column);
    }
}

/* createTable(new Table({ name, columns })) */
static void runner_create(const site *s, ml_node_id made)
{
    const ml_facts *facts = s->facts;
    ml_node_id object = ml_child(s->facts, made, ML_ROLE_ARG);
    if (!is_object(s->d, &facts, &object))
        return;
    ml_str table = property_string(s->d, facts, object, "name");
    if (!table.len)
        return;
    ml_declaration *to = fold_find(s->d, table);
    if (!to)
        to = fold_create(s->d, table, written_place(s->facts, s->call), ML_FORM_MIGRATION);
    to->place.end = ml_node_at(s->facts, ml_child(s->facts, s->call, ML_ROLE_CALLEE))->end;
    for (int kind = RUNNER_COLUMNS; kind <= RUNNER_FOREIGN_KEYS; kind++)
        runner_list_of(s, to, facts, object, (runner_list)kind);
}

static void runner_add(const site *s, ml_str method, ml_str table, ml_node_id made)
{
    ml_table_column column;
    ml_declaration *to = known(s, table);
    if (ml_str_eq_c(method, "createForeignKey"))
        runner_foreign_key(s, to, s->facts, made);
    else if (ml_str_eq_c(method, "createIndex") || ml_str_eq_c(method, "createUniqueConstraint"))
        runner_key(s, to, s->facts, made, ml_str_eq_c(method, "createUniqueConstraint"));
    else if (runner_column(s, &column, s->facts, made))
        declare_column(s->d, to, column);
}

/* ---- SQL in strings ---- */

static bool has_ddl(ml_str text)
{
    static const char *const words[] = {"create table", "alter table", "create unique index",
                                        "rename table", "create type", "drop index"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ml_str_find_nocase(text, ml_str_of(words[i])) != ML_NOT_FOUND)
            return true;
    return false;
}

/* Given to a call that may send it to a database, or kept for later: not logged, not compared. */
static bool may_be_sent(const ml_facts *facts, ml_node_id node)
{
    /* clang-format off */
    static const char *const calls[] = {
        "query", "raw", "execute", "exec", "run", "prepare", "unsafe", "sql", "$executeRawUnsafe", "$queryRawUnsafe",
        "$executeRaw", "$queryRaw", "batch", "executeSql", "execMultiple", "executeMultiple", "multi", "any", "none",
        "addSql"};
    /* clang-format on */
    ml_node_id parent = ml_node_at(facts, node)->parent;
    ml_node_kind kind = ml_kind_of(facts, parent);
    if (kind == ML_NODE_EXPR_STMT || kind == ML_NODE_BINARY)
        return false;
    if (kind != ML_NODE_CALL && kind != ML_NODE_TAGGED)
        return true;
    ml_node_id callee = ml_child(facts, parent, ML_ROLE_CALLEE);
    for (size_t i = 0; callee && i < sizeof calls / sizeof calls[0]; i++)
        if (ml_str_eq_c(ml_text_of(facts, callee), calls[i]))
            return true;
    return false;
}

/* The text between the quotes with every byte in its place: an escape becomes blank, or the quote it stands for. */
static ml_str level_text(declarer *d, ml_str source)
{
    char *copy = ml_arena_bytes(d->arena, source.len + 1);
    memcpy(copy, source.data, source.len);
    copy[source.len] = '\0';
    for (size_t i = 0; i + 1 < source.len; i++)
        if (copy[i] == '\\') {
            char next = copy[i + 1];
            copy[i] = ' ';
            if (next == 'n' || next == 't' || next == 'r' || next == '\n')
                copy[i + 1] = ' ';
            i++;
        }
    return (ml_str){copy, source.len};
}

/* A template with holes: what they are when that is known, else a name nobody has. */
static ml_str filled_text(declarer *d, const ml_facts *facts, ml_node_id template)
{
    ml_str text = ML_STR("");
    for (ml_node_id part = ml_child(facts, template, ML_ROLE_PART); part; part = ml_next_child(facts, part)) {
        ml_str piece = written_string(d, facts, part);
        text = ml_arena_concat(d->arena, text,
                               piece.len || ml_kind_of(facts, part) == ML_NODE_STRING ? piece
                                                                                      : ML_STR("meterlint_unknown"));
    }
    return text;
}

static bool has_holes(const ml_facts *facts, ml_node_id template)
{
    for (ml_node_id part = ml_child(facts, template, ML_ROLE_PART); part; part = ml_next_child(facts, part))
        if (ml_kind_of(facts, part) != ML_NODE_STRING)
            return true;
    return false;
}

static void read_text(declarer *d, const ml_facts *facts, ml_node_id node)
{
    const ml_node *at = ml_node_at(facts, node);
    ml_str source = ml_source_of(facts, node);
    if (source.len < 16 || !has_ddl(source) || !may_be_sent(facts, node) || written_is_down(facts, node))
        return;
    fold_text where = {facts->path, &facts->lines, at->start + 1, at->end, false};
    if (ml_kind_of(facts, node) == ML_NODE_TEMPLATE && has_holes(facts, node)) {
        where.start = at->start;
        where.start_only = true;
        fold_sql_text(d, &where, filled_text(d, facts, node));
    } else {
        fold_sql_text(d, &where, level_text(d, ml_str_slice(source, 1, source.len - 1)));
    }
}

/* ---- the calls ---- */

static void read_call(const site *s, ml_str method)
{
    ml_node_id first = arg(s, 0), second = arg(s, 1);
    ml_node_kind first_kind = first ? ml_kind_of(s->facts, first) : ML_NODE_NONE;
    ml_node_kind second_kind = second ? ml_kind_of(s->facts, second) : ML_NODE_NONE;
    static const char *const mine[] = {
        "createTable", "addColumn",     "changeColumn",     "renameColumn",           "removeColumn",
        "addIndex",    "addConstraint", "removeIndex",      "removeConstraint",       "dropTable",
        "renameTable", "createIndex",   "createForeignKey", "createUniqueConstraint", "dropColumn"};
    bool is_mine = false;
    for (size_t i = 0; i < sizeof mine / sizeof mine[0]; i++)
        is_mine = is_mine || ml_str_eq_c(method, mine[i]);
    if (!is_mine || !first || written_is_down(s->facts, s->call))
        return;
    if (ml_str_eq_c(method, "createTable") && first_kind == ML_NODE_NEW) {
        runner_create(s, first);
        return;
    }
    ml_str table = table_of(s->d, s->facts, first);
    if (!table.len)
        return;
    if (second_kind == ML_NODE_NEW)
        runner_add(s, method, table, second);
    else if (ml_str_eq_c(method, "createTable"))
        create_table(s, table);
    else if (ml_str_eq_c(method, "addColumn") || ml_str_eq_c(method, "changeColumn"))
        put_column(s, table, ml_str_eq_c(method, "changeColumn"));
    else if (ml_str_eq_c(method, "renameColumn"))
        fold_rename_column(s->d, known(s, table), written_string(s->d, s->facts, second),
                           written_string(s->d, s->facts, arg(s, 2)));
    else if (ml_str_eq_c(method, "removeColumn") || (ml_str_eq_c(method, "dropColumn") && second))
        declare_remove_column(known(s, table), written_string(s->d, s->facts, second));
    else if (ml_str_eq_c(method, "addIndex") || ml_str_eq_c(method, "addConstraint"))
        add_key(s, table, ml_str_eq_c(method, "addConstraint"));
    else if (ml_str_eq_c(method, "removeIndex") || ml_str_eq_c(method, "removeConstraint"))
        remove_key(s, table);
    else if (ml_str_eq_c(method, "dropTable"))
        drop_table(s, table);
    else if (ml_str_eq_c(method, "renameTable") && fold_find(s->d, table))
        fold_rename_table(s->d, fold_find(s->d, table), written_string(s->d, s->facts, second));
}

void declare_migrations(declarer *d, const ml_facts *facts)
{
    for (ml_node_id node = 1; node < facts->node_count; node++) {
        ml_node_kind kind = ml_kind_of(facts, node);
        if (kind == ML_NODE_STRING || kind == ML_NODE_TEMPLATE) {
            if (ml_kind_of(facts, ml_node_at(facts, node)->parent) != ML_NODE_TEMPLATE)
                read_text(d, facts, node);
            continue;
        }
        ml_node_id callee = kind == ML_NODE_CALL ? ml_child(facts, node, ML_ROLE_CALLEE) : 0;
        if (!callee || ml_kind_of(facts, callee) != ML_NODE_MEMBER)
            continue;
        site s = {d, facts, node};
        if (!knex_call(d, facts, node, ml_text_of(facts, callee)))
            read_call(&s, ml_text_of(facts, callee));
    }
}
