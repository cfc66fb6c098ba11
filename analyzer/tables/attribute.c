/* attribute.c - one attribute of a Sequelize model as a column.
 *
 *   amount: DataTypes.DECIMAL(28, 12)
 *   amount: { type: DataTypes.DECIMAL(28, 12), allowNull: false, field: 'amount_exact' }
 *
 * The data type is read by its last known word, whatever it is imported as. */
#include "declare.h"
#include "migrations.h"

typedef struct data_type {
    ml_str name; /* "DECIMAL" */
    const ml_facts *facts;
    ml_node_id call; /* with the arguments, or 0 */
    bool is_unsigned, binary;
} data_type;

static bool is_type_name(ml_str name)
{
    static const char *const others[] = {"VIRTUAL", "ARRAY", "RANGE",   "GEOMETRY", "GEOGRAPHY", "HSTORE",
                                         "INET",    "CIDR",  "MACADDR", "NOW",      "ABSTRACT",  "TSVECTOR"};
    ml_table_column probe = declare_blank();
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] >= 'a' && name.data[i] <= 'z')
            return false; /* data types are constants: STRING, not string */
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (ml_str_eq_c(name, others[i]))
            return true;
    declare_type(&probe, name, -1, -1);
    return probe.type != ML_TYPE_UNKNOWN;
}

static void note_option(data_type *out, ml_str name)
{
    out->is_unsigned = out->is_unsigned || ml_str_eq_c(name, "UNSIGNED") || ml_str_eq_c(name, "ZEROFILL");
    out->binary = out->binary || ml_str_eq_c(name, "BINARY");
}

static bool is_option(ml_str name)
{
    return ml_str_eq_c(name, "UNSIGNED") || ml_str_eq_c(name, "ZEROFILL") || ml_str_eq_c(name, "BINARY");
}

/* DataTypes.INTEGER(11).UNSIGNED, new DataTypes.DECIMAL(10, 2), STRING: from the outside in.
 * False when no known type is named. */
static bool read_data_type(declarer *d, data_type *out, const ml_facts *facts, ml_node_id node)
{
    out->facts = facts;
    for (int hops = 0; node && hops < 16; hops++) {
        ml_node_kind kind = ml_kind_of(out->facts, node);
        ml_str name = ml_text_of(out->facts, node);
        if (kind == ML_NODE_CALL || kind == ML_NODE_NEW) {
            out->call = node;
            node = ml_child(out->facts, node, ML_ROLE_CALLEE);
        } else if (kind == ML_NODE_MEMBER && is_option(name) &&
                   ml_kind_of(out->facts, ml_child(out->facts, node, ML_ROLE_OBJECT)) != ML_NODE_IDENT) {
            note_option(out, name);
            node = ml_child(out->facts, node, ML_ROLE_OBJECT);
        } else if ((kind == ML_NODE_MEMBER || kind == ML_NODE_IDENT) && is_type_name(name)) {
            out->name = name;
            return true;
        } else {
            /* A constant of one's own: const MONEY = DataTypes.DECIMAL(28, 12). It is no
             * literal, so follow the binding by hand. */
            ml_binding_id id = kind == ML_NODE_IDENT ? ml_node_at(out->facts, node)->ref : 0;
            const ml_binding *binding = id ? &out->facts->bindings[id] : NULL;
            ml_node_id next = binding && binding->kind == ML_BIND_VAR && binding->is_const &&
                                      ml_child(out->facts, binding->decl, ML_ROLE_TARGET) == binding->target
                                  ? ml_child(out->facts, binding->decl, ML_ROLE_VALUE)
                                  : 0;
            if (!next &&
                (!d->options->locate || !written_step(d) || !d->options->locate(d->options->data, &out->facts, &node)))
                return false;
            node = next ? next : node;
        }
    }
    return false;
}

int32_t written_number(declarer *d, const ml_facts *facts, ml_node_id node)
{
    if (!node || !written_locate(d, &facts, &node) || ml_kind_of(facts, node) != ML_NODE_NUMBER)
        return -1;
    ml_str text = ml_text_of(facts, node);
    int32_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || value > 100000)
            return -1;
        value = value * 10 + (text.data[i] - '0');
    }
    return text.len ? value : -1;
}

static int32_t number_property(declarer *d, const ml_facts *facts, ml_node_id object, const char *name)
{
    return written_property(d, &facts, &object, name) ? written_number(d, facts, object) : -1;
}

static bool is_object(declarer *d, const ml_facts **facts, ml_node_id *node)
{
    return *node && written_locate(d, facts, node) && ml_kind_of(*facts, *node) == ML_NODE_OBJECT;
}

/* ENUM('a', 'b'), ENUM(...LIST), ENUM(['a', 'b']), ENUM({ values: [...] }) */
static void read_enum(declarer *d, ml_table_column *column, const data_type *type)
{
    ml_node_id arg = type->call ? ml_child(type->facts, type->call, ML_ROLE_ARG) : 0;
    const ml_facts *facts = type->facts;
    ml_node_id object = arg, call = 0;
    column->has_values = true;
    if (!arg) {
        column->values_open = true; /* until the attribute's own values are read */
        return;
    }
    if (ml_kind_of(facts, arg) == ML_NODE_OBJECT ||
        (ml_kind_of(facts, arg) == ML_NODE_IDENT && is_object(d, &facts, &object))) {
        call = object;
        if (written_property(d, &facts, &call, "values"))
            written_strings(d, &column->values, &column->values_open, facts, call);
        else
            column->values_open = true;
        return;
    }
    for (; arg; arg = ml_next_child(type->facts, arg)) {
        bool spread = ml_kind_of(type->facts, arg) == ML_NODE_SPREAD;
        ml_node_id value = spread ? ml_child(type->facts, arg, ML_ROLE_VALUE) : arg;
        written_strings(d, &column->values, &column->values_open, type->facts, value);
    }
}

static void apply_type(declarer *d, ml_table_column *column, const data_type *type)
{
    ml_node_id first = type->call ? ml_child(type->facts, type->call, ML_ROLE_ARG) : 0;
    ml_node_id second = first ? ml_next_child(type->facts, first) : 0;
    const ml_facts *facts = type->facts;
    ml_node_id options = first;
    int32_t a = written_number(d, type->facts, first), b = written_number(d, type->facts, second);

    if (first && a < 0 && is_object(d, &facts, &options)) {
        a = number_property(d, facts, options, "precision");
        b = number_property(d, facts, options, "scale");
        a = a < 0 ? number_property(d, facts, options, "length") : a;
    }
    declare_type(column, ml_arena_lower(d->arena, type->name), a, b);
    if (ml_str_eq_c(type->name, "DATE"))
        column->type = ML_TYPE_DATETIME; /* DATEONLY is the one without a time */
    if (column->type == ML_TYPE_STRING && column->length < 0)
        column->length = 255;
    column->is_unsigned = type->is_unsigned;
    column->binary = type->binary;
    if (column->type == ML_TYPE_STRING && second && ml_kind_of(type->facts, second) == ML_NODE_TRUE)
        column->binary = true; /* STRING(64, true) */
    if (column->type == ML_TYPE_ENUM)
        read_enum(d, column, type);
}

/* type: 'DECIMAL(28,12)' is SQL. */
void attribute_sql_type(declarer *d, ml_table_column *column, ml_str text, int32_t first, int32_t second)
{
    ml_sql_script script;
    ml_str sql = ml_arena_printf(d->arena, "CREATE TABLE t (c %.*s)", ML_STR_ARG(text));
    ml_sql_parse(&script, d->arena, sql);
    if (script.statements.count != 1 || script.statements.items[0].columns.count != 1)
        return;
    const ml_sql_column *from = &script.statements.items[0].columns.items[0];
    declare_type(column, from->type, first < 0 ? from->precision : first, second < 0 ? from->scale : second);
    column->is_unsigned = from->is_unsigned;
    column->has_values = from->values.count > 0;
    column->collation = from->collation;
    column->binary = ml_str_ends(from->collation, ML_STR("_bin"));
    for (uint32_t i = 0; i < from->values.count; i++)
        ml_vec_push(d->arena, &column->values, from->values.items[i]);
}

static bool read_type(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id node)
{
    data_type type = {0};
    if (read_data_type(d, &type, facts, node)) {
        if (ml_str_eq_c(type.name, "VIRTUAL"))
            return false;
        apply_type(d, column, &type);
        return true;
    }
    ml_str text = written_string(d, facts, node);
    if (text.len)
        attribute_sql_type(d, column, text, -1, -1);
    return true;
}

/* unique: true, or the name of a key (which the model groups). */
static void read_unique(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id node)
{
    if (written_locate(d, &facts, &node))
        column->unique = ml_kind_of(facts, node) == ML_NODE_TRUE;
}

/* references: { model: Users | 'users' | { tableName }, key } */
static void read_references(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id node)
{
    const ml_facts *in = facts;
    ml_node_id object = node, model;
    if (!is_object(d, &in, &object)) {
        column->references_table = written_string(d, facts, node);
        return;
    }
    const ml_facts *model_in = in;
    model = object;
    if (written_property(d, &model_in, &model, "model")) {
        ml_str name = written_string(d, model_in, model);
        const ml_facts *table_in = model_in;
        ml_node_id table = model;
        if (!name.len && is_object(d, &table_in, &table) && written_property(d, &table_in, &table, "tableName"))
            name = written_string(d, table_in, table);
        column->references_table = name.len ? name : ml_text_of(model_in, model);
    }
    column->references_column = ML_STR("id");
    if (written_property(d, &in, &object, "key")) {
        ml_str key = written_string(d, in, object);
        column->references_column = key.len ? key : column->references_column;
    }
}

/* validate: { isIn: [['a', 'b']] } holds a string column to a list. */
static void read_validation(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id node)
{
    if (column->has_values || !is_object(d, &facts, &node) || !written_property(d, &facts, &node, "isIn"))
        return;
    column->has_values = true;
    written_strings(d, &column->values, &column->values_open, facts, node);
}

typedef void reader(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id node);

static void read_values(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id node)
{
    if (column->type != ML_TYPE_ENUM || column->values.count)
        return;
    column->values_open = false;
    written_strings(d, &column->values, &column->values_open, facts, node);
}

static void read_on_delete(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id node)
{
    column->on_delete = ml_arena_lower(d->arena, written_string(d, facts, node));
}

static void read_on_update(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id node)
{
    column->on_update = ml_arena_lower(d->arena, written_string(d, facts, node));
}

static void read_field(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id node)
{
    column->name = written_string(d, facts, node);
}

static void read_default(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id node)
{
    (void)d;
    column->has_default = true;
    column->default_text = ml_source_of(facts, node);
}

bool attribute_column(declarer *d, ml_table_column *column, const ml_facts *facts, ml_node_id value)
{
    static const struct {
        const char *name;
        reader *read;
    } readers[] = {
        {"field",        read_field     },
        {"unique",       read_unique    },
        {"references",   read_references},
        {"values",       read_values    },
        {"onDelete",     read_on_delete },
        {"onUpdate",     read_on_update },
        {"defaultValue", read_default   },
        {"validate",     read_validation},
    };
    const ml_facts *in = facts;
    ml_node_id object = value;

    if (!is_object(d, &in, &object))
        return read_type(d, column, facts, value);
    const ml_facts *type_in = in;
    ml_node_id type = object;
    if (written_property(d, &type_in, &type, "type") && !read_type(d, column, type_in, type))
        return false;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        const ml_facts *at = in;
        ml_node_id node = object;
        if (written_property(d, &at, &node, readers[i].name))
            readers[i].read(d, column, at, node);
    }
    column->nullable = written_bool(d, in, object, "allowNull") != WRITTEN_FALSE;
    column->primary_key = written_bool(d, in, object, "primaryKey") == WRITTEN_TRUE;
    column->auto_increment = written_bool(d, in, object, "autoIncrement") == WRITTEN_TRUE;
    if (column->primary_key)
        column->nullable = false;
    return true;
}
