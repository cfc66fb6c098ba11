/* models.c - Sequelize models: X.init({ attributes }, { options }), and
 * sequelize.define('name', { attributes }, { options }).
 *
 * Also super.init and this.init within a static method of the class. A call is taken
 * for a model when its options name a table, a model or a connection, so that init
 * methods of other libraries are none. Attributes that cannot be seen make the
 * declaration open. */
#include "declare.h"

typedef struct model {
    declarer *d;
    ml_declaration *declaration;
    const ml_facts *facts; /* of the options; NULL when they are not known */
    ml_node_id options;
    ml_table_place place;
    bool underscored;
} model;

static ml_table_place place_of(const ml_facts *facts, ml_node_id node)
{
    const ml_node *at = ml_node_at(facts, node);
    return (ml_table_place){facts->path, &facts->lines, at->start, at->end};
}

static ml_str option_string(const model *m, const char *name)
{
    const ml_facts *facts = m->facts;
    ml_node_id node = m->options;
    return facts && written_property(m->d, &facts, &node, name) ? written_string(m->d, facts, node) : ML_STR_NONE;
}

static written_truth option_bool(const model *m, const char *name)
{
    return m->facts ? written_bool(m->d, m->facts, m->options, name) : WRITTEN_UNKNOWN;
}

static bool has_option(const model *m, const char *name)
{
    const ml_facts *facts = m->facts;
    ml_node_id node = m->options;
    return facts && written_property(m->d, &facts, &node, name);
}

/* ---- columns ---- */

static void add_attribute(model *m, ml_str property, const ml_facts *facts, ml_node_id member, ml_node_id value)
{
    ml_table_column column = declare_blank();
    column.property = property;
    column.place = place_of(facts, member);
    if (!attribute_column(m->d, &column, facts, value))
        return;
    if (!column.name.len)
        column.name = m->underscored ? ml_snake_case(m->d->arena, property) : property;
    declare_column(m->d, m->declaration, column);
}

/* An object of attributes, spreads followed; depth counts down whatever the input. */
static void add_attributes(model *m, const ml_facts *facts, ml_node_id object, int depth)
{
    for (ml_node_id at = ml_child(facts, object, ML_ROLE_MEMBER); at; at = ml_next_child(facts, at)) {
        ml_node_id value = ml_child(facts, at, ML_ROLE_VALUE);
        if (!written_step(m->d)) {
            m->declaration->open = true;
            return;
        }
        if (ml_kind_of(facts, at) == ML_NODE_SPREAD) {
            const ml_facts *in = facts;
            ml_node_id inner = value;
            if (depth > 0 && inner && written_locate(m->d, &in, &inner) && ml_kind_of(in, inner) == ML_NODE_OBJECT)
                add_attributes(m, in, inner, depth - 1);
            else
                m->declaration->open = true;
            continue;
        }
        ml_node_id key = ml_child(facts, at, ML_ROLE_KEY);
        ml_str name = key ? written_string(m->d, facts, key) : ml_text_of(facts, at);
        if (ml_kind_of(facts, at) != ML_NODE_PROPERTY || !name.len || !value)
            m->declaration->open = true;
        else
            add_attribute(m, name, facts, at, value);
    }
}

static ml_table_column *by_property(const model *m, ml_str property)
{
    for (uint32_t i = 0; i < m->declaration->columns.count; i++)
        if (ml_str_eq(m->declaration->columns.items[i].property, property))
            return &m->declaration->columns.items[i];
    return NULL;
}

static void add_implied(model *m, ml_str property, const char *type)
{
    ml_table_column column = declare_blank();
    if (by_property(m, property))
        return;
    column.property = property;
    column.name = m->underscored ? ml_snake_case(m->d->arena, property) : property;
    declare_type(&column, ml_str_of(type), -1, -1);
    column.implied = true;
    column.nullable = false;
    column.place = m->place;
    declare_column(m->d, m->declaration, column);
}

/* createdAt: false leaves it out, createdAt: 'made' calls it so. */
static void add_timestamp(model *m, const char *name)
{
    ml_str given = option_string(m, name);
    if (option_bool(m, name) != WRITTEN_FALSE)
        add_implied(m, given.len ? given : ml_str_of(name), "datetime");
}

static void add_what_is_implied(model *m)
{
    bool has_key = false;
    for (uint32_t i = 0; i < m->declaration->columns.count; i++)
        has_key = has_key || m->declaration->columns.items[i].primary_key;
    if (!has_key && !m->declaration->open) {
        add_implied(m, ML_STR("id"), "integer");
        ml_table_column *id = by_property(m, ML_STR("id"));
        if (id)
            id->primary_key = id->auto_increment = true;
    }
    if (m->facts && option_bool(m, "timestamps") == WRITTEN_FALSE)
        return;
    if (!m->facts) {
        add_implied(m, ML_STR("createdAt"), "datetime");
        add_implied(m, ML_STR("updatedAt"), "datetime");
        return;
    }
    add_timestamp(m, "createdAt");
    add_timestamp(m, "updatedAt");
    if (option_bool(m, "paranoid") == WRITTEN_TRUE)
        add_timestamp(m, "deletedAt");
}

/* ---- keys ---- */

/* Fields of an index may be named by attribute or by column. */
static ml_str column_name(const model *m, ml_str field)
{
    const ml_table_column *column = by_property(m, field);
    return column ? column->name : field;
}

static void read_fields(model *m, ml_table_key *key, const ml_facts *facts, ml_node_id array)
{
    if (!written_locate(m->d, &facts, &array) || ml_kind_of(facts, array) != ML_NODE_ARRAY)
        return;
    for (ml_node_id e = ml_child(facts, array, ML_ROLE_ELEMENT); e; e = ml_next_child(facts, e)) {
        const ml_facts *in = facts;
        ml_node_id at = e;
        ml_str name = written_string(m->d, facts, e);
        if (!name.len && written_locate(m->d, &in, &at) && ml_kind_of(in, at) == ML_NODE_OBJECT &&
            written_property(m->d, &in, &at, "name"))
            name = written_string(m->d, in, at);
        if (key->columns.count < DECLARE_KEY_COLUMNS_MAX)
            ml_vec_push(m->d->arena, &key->columns, column_name(m, name));
    }
}

static void add_index(model *m, const ml_facts *facts, ml_node_id index)
{
    ml_table_key key = {.place = place_of(facts, index)};
    if (!written_locate(m->d, &facts, &index) || ml_kind_of(facts, index) != ML_NODE_OBJECT)
        return;
    const ml_facts *at = facts;
    ml_node_id node = index;
    key.unique = written_bool(m->d, facts, index, "unique") == WRITTEN_TRUE;
    if (written_property(m->d, &at, &node, "type"))
        key.unique = key.unique || ml_str_eq_nocase(written_string(m->d, at, node), ML_STR("unique"));
    at = facts, node = index;
    key.partial = written_property(m->d, &at, &node, "where");
    at = facts, node = index;
    if (written_property(m->d, &at, &node, "name"))
        key.name = written_string(m->d, at, node);
    at = facts, node = index;
    if (written_property(m->d, &at, &node, "fields"))
        read_fields(m, &key, at, node);
    if (key.columns.count)
        declare_key(m->d, m->declaration, key);
}

static void add_indexes(model *m)
{
    const ml_facts *facts = m->facts;
    ml_node_id node = m->options;
    if (!facts || !written_property(m->d, &facts, &node, "indexes") || !written_locate(m->d, &facts, &node) ||
        ml_kind_of(facts, node) != ML_NODE_ARRAY)
        return;
    for (ml_node_id e = ml_child(facts, node, ML_ROLE_ELEMENT); e; e = ml_next_child(facts, e))
        add_index(m, facts, e);
}

static ml_table_key *key_named(ml_declaration *declaration, ml_str name)
{
    for (uint32_t i = 0; i < declaration->keys.count; i++)
        if (ml_str_eq(declaration->keys.items[i].name, name))
            return &declaration->keys.items[i];
    return NULL;
}

/* unique: 'name' or { name } puts the attributes of one name into one key. */
static void add_named_unique(model *m, const ml_facts *facts, ml_node_id member, ml_str property)
{
    const ml_facts *in = facts;
    ml_node_id node = ml_child(facts, member, ML_ROLE_VALUE);
    if (!node || !written_locate(m->d, &in, &node) || ml_kind_of(in, node) != ML_NODE_OBJECT ||
        !written_property(m->d, &in, &node, "unique"))
        return;
    ml_str name = written_string(m->d, in, node);
    if (!name.len && written_locate(m->d, &in, &node) && ml_kind_of(in, node) == ML_NODE_OBJECT &&
        written_property(m->d, &in, &node, "name"))
        name = written_string(m->d, in, node);
    if (!name.len)
        return;
    ml_table_key *key = key_named(m->declaration, name);
    if (!key) {
        ml_table_key fresh = {.name = name, .unique = true, .place = place_of(facts, member)};
        declare_key(m->d, m->declaration, fresh);
        key = key_named(m->declaration, name);
    }
    if (key && key->columns.count < DECLARE_KEY_COLUMNS_MAX)
        ml_vec_push(m->d->arena, &key->columns, column_name(m, property));
}

static void add_named_uniques(model *m, const ml_facts *facts, ml_node_id object)
{
    for (ml_node_id at = ml_child(facts, object, ML_ROLE_MEMBER); at && written_step(m->d);
         at = ml_next_child(facts, at))
        if (ml_kind_of(facts, at) == ML_NODE_PROPERTY && ml_text_of(facts, at).len)
            add_named_unique(m, facts, at, ml_text_of(facts, at));
}

/* ---- the call ---- */

static ml_str class_name(const ml_facts *facts, ml_node_id callee_object, ml_node_id call)
{
    ml_node_kind kind = ml_kind_of(facts, callee_object);
    if (kind == ML_NODE_IDENT || kind == ML_NODE_MEMBER)
        return ml_text_of(facts, callee_object);
    uint32_t around = ml_class_around(facts, call);
    return (kind == ML_NODE_THIS || kind == ML_NODE_SUPER) && around ? facts->classes[around].name : ML_STR_NONE;
}

static ml_str table_name(const model *m, ml_str model_name)
{
    const ml_facts *facts = m->facts;
    ml_node_id node = m->options;
    ml_str given = ML_STR_NONE;
    if (facts && written_property(m->d, &facts, &node, "tableName")) {
        given = written_string(m->d, facts, node);
        if (!given.len)
            return ML_STR_NONE; /* named, but by what cannot be seen */
    }
    if (given.len || !model_name.len)
        return given;
    bool frozen = facts && option_bool(m, "freezeTableName") == WRITTEN_TRUE;
    ml_str name = frozen ? model_name : ml_plural(m->d->arena, model_name);
    return m->underscored && !frozen ? ml_snake_case(m->d->arena, name) : name;
}

/* The call's callee object when it is a call of init with two arguments, else 0. */
static ml_node_id init_object(const ml_facts *facts, ml_node_id call)
{
    if (ml_kind_of(facts, call) != ML_NODE_CALL)
        return 0;
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    if (!callee || ml_kind_of(facts, callee) != ML_NODE_MEMBER || !ml_str_eq_c(ml_text_of(facts, callee), "init"))
        return 0;
    return ml_child_at(facts, call, ML_ROLE_ARG, 1) ? ml_child(facts, callee, ML_ROLE_OBJECT) : 0;
}

static bool is_model(const model *m)
{
    return has_option(m, "sequelize") || has_option(m, "tableName") || has_option(m, "modelName");
}

/* The declaration, named and filled. Nothing when its table's name cannot be seen. */
static void read_model(model *m, ml_str name, const ml_facts *in, ml_node_id attributes)
{
    declarer *d = m->d;
    m->underscored = option_bool(m, "underscored") == WRITTEN_TRUE;
    m->declaration = ML_NEW(d->arena, ml_declaration);
    *m->declaration = (ml_declaration){.origin = ML_TABLE_MODEL,
                                       .form = ML_FORM_SEQUELIZE,
                                       .table = table_name(m, name),
                                       .model = name,
                                       .place = m->place};
    if (!m->declaration->table.len)
        return;
    if (written_locate(d, &in, &attributes) && ml_kind_of(in, attributes) == ML_NODE_OBJECT) {
        add_attributes(m, in, attributes, 4);
        add_what_is_implied(m);
        add_indexes(m);
        add_named_uniques(m, in, attributes);
    } else {
        m->declaration->open = true;
    }
    ml_vec_push(d->arena, &d->all, m->declaration);
}

static bool locate_options(model *m)
{
    return m->options && written_locate(m->d, &m->facts, &m->options) &&
           ml_kind_of(m->facts, m->options) == ML_NODE_OBJECT;
}

static void read_init(declarer *d, const ml_facts *facts, ml_node_id call, ml_node_id object)
{
    model m = {.d = d, .facts = facts, .options = ml_child_at(facts, call, ML_ROLE_ARG, 1)};

    m.place = place_of(facts, ml_child(facts, call, ML_ROLE_CALLEE));
    if (!locate_options(&m) || !is_model(&m))
        return;
    ml_str given = option_string(&m, "modelName");
    read_model(&m, given.len ? given : class_name(facts, object, call), facts,
               ml_child_at(facts, call, ML_ROLE_ARG, 0));
}

/* Does any attribute of the object have a data type? What other libraries define has none. */
static bool has_types(declarer *d, const ml_facts *facts, ml_node_id object)
{
    if (!written_locate(d, &facts, &object) || ml_kind_of(facts, object) != ML_NODE_OBJECT)
        return false;
    for (ml_node_id at = ml_child(facts, object, ML_ROLE_MEMBER); at; at = ml_next_child(facts, at)) {
        ml_table_column column = declare_blank();
        ml_node_id value = ml_child(facts, at, ML_ROLE_VALUE);
        if (value && ml_kind_of(facts, at) == ML_NODE_PROPERTY && attribute_column(d, &column, facts, value) &&
            column.type != ML_TYPE_UNKNOWN)
            return true;
    }
    return false;
}

/* sequelize.define('name', { attributes }, { options }) */
static void read_define(declarer *d, const ml_facts *facts, ml_node_id call)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    ml_node_id attributes = ml_child_at(facts, call, ML_ROLE_ARG, 1);
    model m = {.d = d, .facts = facts, .options = ml_child_at(facts, call, ML_ROLE_ARG, 2)};

    if (!callee || ml_kind_of(facts, callee) != ML_NODE_MEMBER || !ml_str_eq_c(ml_text_of(facts, callee), "define") ||
        !attributes)
        return;
    ml_str name = written_string(d, facts, ml_child_at(facts, call, ML_ROLE_ARG, 0));
    bool open = m.options && !locate_options(&m);
    if (!m.options || open)
        m.facts = NULL;
    if (!name.len || !has_types(d, facts, attributes))
        return;
    m.place = place_of(facts, call);
    m.place.end = ml_node_at(facts, ml_child_at(facts, call, ML_ROLE_ARG, 0))->end;
    read_model(&m, name, facts, attributes);
    m.declaration->open = m.declaration->open || open;
}

void declare_models(declarer *d, const ml_facts *facts)
{
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id call = facts->calls[i];
        ml_node_id object = init_object(facts, call);
        if (object)
            read_init(d, facts, call, object);
        else if (ml_kind_of(facts, call) == ML_NODE_CALL)
            read_define(d, facts, call);
    }
}
