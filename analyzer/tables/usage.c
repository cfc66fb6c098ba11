/* usage.c - what a program does with its models: associations between them, and calls
 * that make the database follow the models, whatever is lost.
 *
 * A call that only runs under a condition on a test or development environment is
 * passed over, so is one whose option is not plainly true. */
#include "declare.h"

static bool contains(ml_str text, const char *word)
{
    return ml_str_find_nocase(text, ml_str_of(word)) != ML_NOT_FOUND;
}

/* Does the condition name an environment that is not production's? */
static bool spares_production(ml_str test, bool holds)
{
    bool differs = contains(test, "!=") || ml_str_starts(test, ML_STR("!"));
    if (contains(test, "prod"))
        return differs == holds;
    return (contains(test, "test") || contains(test, "dev") || contains(test, "local")) && differs != holds;
}

static bool is_guarded(const ml_facts *facts, ml_node_id node)
{
    ml_node_id child = node;
    for (ml_node_id at = ml_node_at(facts, node)->parent; at; child = at, at = ml_node_at(facts, at)->parent) {
        ml_node_kind kind = ml_kind_of(facts, at);
        ml_role role = (ml_role)ml_node_at(facts, child)->role;
        if ((kind == ML_NODE_IF || kind == ML_NODE_CONDITIONAL) && role != ML_ROLE_TEST &&
            spares_production(ml_source_of(facts, ml_child(facts, at, ML_ROLE_TEST)), role == ML_ROLE_THEN))
            return true;
        if (kind == ML_NODE_BINARY && ml_node_at(facts, at)->op == ML_OP_AND && role == ML_ROLE_RIGHT &&
            spares_production(ml_source_of(facts, ml_child(facts, at, ML_ROLE_LEFT)), true))
            return true;
        if (kind != ML_NODE_BLOCK && kind != ML_NODE_PROGRAM)
            continue;
        /* if (NODE_ENV !== 'test') throw ...: what follows is guarded too */
        for (ml_node_id s = ml_child(facts, at, ML_ROLE_BODY); s && s != child; s = ml_next_child(facts, s)) {
            ml_node_id then = ml_kind_of(facts, s) == ML_NODE_IF ? ml_child(facts, s, ML_ROLE_THEN) : 0;
            if (then && ml_kind_of(facts, then) == ML_NODE_BLOCK)
                then = ml_child(facts, then, ML_ROLE_BODY);
            if (then && (ml_kind_of(facts, then) == ML_NODE_THROW || ml_kind_of(facts, then) == ML_NODE_RETURN) &&
                spares_production(ml_source_of(facts, ml_child(facts, s, ML_ROLE_TEST)), false))
                return true;
        }
    }
    return false;
}

static void push_event(declarer *d, ml_table_event_kind kind, ml_str table, const ml_facts *facts, ml_node_id node)
{
    ml_table_event event = {kind, table, written_place(facts, node)};
    ml_vec_push(d->arena, &d->events, event);
}

/* ---- sync ---- */

/* sequelize.sync({ alter: true }), also behind SequelizeModule's sync option */
static void read_sync_options(declarer *d, const ml_facts *facts, ml_node_id options, ml_node_id at)
{
    const ml_facts *in = facts;
    if (!options || !written_locate(d, &in, &options) || ml_kind_of(in, options) != ML_NODE_OBJECT)
        return;
    bool force = written_bool(d, in, options, "force") == WRITTEN_TRUE;
    bool alter = written_bool(d, in, options, "alter") == WRITTEN_TRUE;
    if ((force || alter) && !is_guarded(facts, at))
        push_event(d, force ? ML_TABLE_SYNC_FORCE : ML_TABLE_SYNC_ALTER, ML_STR_NONE, facts, at);
}

/* synchronize: true of a TypeORM data source. */
static void read_synchronize(declarer *d, const ml_facts *facts, ml_node_id property)
{
    ml_node_id object = ml_node_at(facts, property)->parent, value = ml_child(facts, property, ML_ROLE_VALUE);
    bool source = false, sequelize = false;
    if (!object || ml_kind_of(facts, object) != ML_NODE_OBJECT || !value || ml_kind_of(facts, value) != ML_NODE_TRUE)
        return;
    for (ml_node_id m = ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        ml_str name = ml_text_of(facts, m);
        source = source || ml_str_eq_c(name, "entities") || ml_str_eq_c(name, "type") ||
                 ml_str_eq_c(name, "autoLoadEntities");
        sequelize = sequelize || ml_str_eq_c(name, "dialect") || ml_str_eq_c(name, "models");
    }
    if (source && !sequelize && !is_guarded(facts, property))
        push_event(d, ML_TABLE_SYNC_ALTER, ML_STR_NONE, facts, property);
}

/* ---- associations ---- */

static ml_str model_name(const ml_facts *facts, ml_node_id node)
{
    ml_node_kind kind = node ? ml_kind_of(facts, node) : ML_NODE_NONE;
    if (kind == ML_NODE_FUNCTION) { /* () => Model */
        node = ml_child(facts, node, ML_ROLE_BODY);
        kind = node ? ml_kind_of(facts, node) : ML_NODE_NONE;
    }
    if (kind == ML_NODE_IDENT || kind == ML_NODE_MEMBER)
        return ml_text_of(facts, node);
    if (kind == ML_NODE_THIS) {
        uint32_t around = ml_class_around(facts, node);
        return around ? facts->classes[around].name : ML_STR_NONE;
    }
    return ML_STR_NONE;
}

void usage_association(declarer *d, const ml_facts *facts, ml_node_id call, ml_str child, ml_str parent,
                       ml_node_id options)
{
    ml_table_association made = {.child = child, .parent = parent, .place = written_place(facts, call)};
    const ml_facts *in = facts;
    if (!child.len || !parent.len || d->associations.count >= DECLARE_ASSOCIATIONS_MAX)
        return;
    if (options) {
        if (!written_locate(d, &in, &options))
            return; /* what cannot be seen may say RESTRICT */
        if (ml_kind_of(in, options) == ML_NODE_STRING) {
            made.key = ml_text_of(in, options);
        } else if (ml_kind_of(in, options) == ML_NODE_OBJECT) {
            const ml_facts *at = in;
            ml_node_id node = options;
            if (written_property(d, &at, &node, "foreignKey")) {
                made.key = written_string(d, at, node);
                if (!made.key.len && written_locate(d, &at, &node) && ml_kind_of(at, node) == ML_NODE_OBJECT &&
                    (written_property(d, &at, &node, "name") || written_property(d, &at, &node, "fieldName")))
                    made.key = written_string(d, at, node);
            }
            at = in, node = options;
            if (written_property(d, &at, &node, "onDelete"))
                made.on_delete = ml_arena_lower(d->arena, written_string(d, at, node));
            made.no_constraint = written_bool(d, in, options, "constraints") == WRITTEN_FALSE;
        }
    }
    ml_vec_push(d->arena, &d->associations, made);
}

static void read_association(declarer *d, const ml_facts *facts, ml_node_id call, ml_node_id callee)
{
    ml_str name = ml_text_of(facts, callee);
    bool belongs = ml_str_eq_c(name, "belongsTo");
    ml_node_id target = ml_child_at(facts, call, ML_ROLE_ARG, 0);
    if (!target || (!belongs && !ml_str_eq_c(name, "hasOne") && !ml_str_eq_c(name, "hasMany")))
        return;
    ml_str self = model_name(facts, ml_child(facts, callee, ML_ROLE_OBJECT)), other = model_name(facts, target);
    usage_association(d, facts, call, belongs ? self : other, belongs ? other : self,
                      ml_child_at(facts, call, ML_ROLE_ARG, 1));
}

/* enum BillingStatus { PAID = 'paid' } */
static void read_enum(declarer *d, const ml_facts *facts, ml_node_id node)
{
    static const char *const columns[] = {"billing_status", "billing_type"};
    ml_str name = ml_snake_case(d->arena, ml_text_of(facts, node));
    for (size_t i = 0; i < 2 && d->enums.count < DECLARE_ASSOCIATIONS_MAX; i++) {
        ml_table_enum made = {.column = ml_str_of(columns[i]), .values = declare_blank()};
        if (!ml_str_ends(name, made.column))
            continue;
        made.values.name = ml_text_of(facts, node);
        made.values.place = written_place(facts, node);
        made.values.place.end = made.values.place.start + (uint32_t)ml_str_find_char(ml_source_of(facts, node), '{');
        made.values.has_values = true;
        written_strings(d, &made.values.values, &made.values.values_open, facts, node);
        ml_vec_push(d->arena, &d->enums, made);
    }
}

void declare_usage(declarer *d, const ml_facts *facts)
{
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id call = facts->calls[i];
        ml_node_id callee = ml_kind_of(facts, call) == ML_NODE_CALL ? ml_child(facts, call, ML_ROLE_CALLEE) : 0;
        if (!callee || ml_kind_of(facts, callee) != ML_NODE_MEMBER)
            continue;
        if (ml_str_eq_c(ml_text_of(facts, callee), "sync"))
            read_sync_options(d, facts, ml_child_at(facts, call, ML_ROLE_ARG, 0), call);
        else
            read_association(d, facts, call, callee);
    }
    for (ml_node_id node = 1; node < facts->node_count; node++)
        if (ml_kind_of(facts, node) == ML_NODE_ENUM) {
            read_enum(d, facts, node);
        } else if (ml_kind_of(facts, node) == ML_NODE_PROPERTY) {
            ml_str name = ml_text_of(facts, node);
            if (ml_str_eq_c(name, "synchronize"))
                read_synchronize(d, facts, node);
            else if (ml_str_eq_c(name, "sync"))
                read_sync_options(d, facts, ml_child(facts, node, ML_ROLE_VALUE), node);
        }
}
