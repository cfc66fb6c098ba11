/* decorated.c - tables written as classes with decorators.
 *
 *   @Table({ tableName: 'ai_billing_records' })           sequelize-typescript, Sequelize 7
 *   class AIBillingRecord extends Model {
 *     @Column({ type: DataType.DECIMAL(28, 12), allowNull: false }) declare totalCost: string;
 *
 *   @Entity('ai_billing_records')                          TypeORM
 *   class AIBillingRecord {
 *     @Column({ name: 'total_cost', type: 'decimal', precision: 28, scale: 12 }) totalCost: string;
 *
 * Which library it is, the class's own decorator says. A class that extends anything but
 * Model may have columns of its parent: its declaration is open. */
#include "declare.h"
#include "migrations.h"

enum { DECORATORS_MAX = 16 };

typedef struct decorator {
    ml_str name;
    ml_node_id call; /* 0 without parentheses */
    ml_node_id node;
} decorator;

typedef struct decorators {
    decorator items[DECORATORS_MAX];
    uint32_t count;
} decorators;

typedef struct entity {
    declarer *d;
    const ml_facts *facts;
    ml_declaration *declaration;
    bool underscored, typeorm;
} entity;

static decorators decorators_of(const ml_facts *facts, ml_node_id of)
{
    decorators found = {0};
    for (ml_node_id n = ml_child(facts, of, ML_ROLE_DECORATOR); n && found.count < DECORATORS_MAX;
         n = ml_next_child(facts, n)) {
        ml_node_id value = ml_child(facts, n, ML_ROLE_VALUE);
        bool call = value && ml_kind_of(facts, value) == ML_NODE_CALL;
        ml_node_id name = call ? ml_child(facts, value, ML_ROLE_CALLEE) : value;
        if (name)
            found.items[found.count++] = (decorator){ml_text_of(facts, name), call ? value : 0, n};
    }
    return found;
}

static const decorator *named(const decorators *list, const char *name)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (ml_str_eq_c(list->items[i].name, name))
            return &list->items[i];
    return NULL;
}

static ml_node_id arg(const ml_facts *facts, const decorator *of, uint32_t n)
{
    return of && of->call ? ml_child_at(facts, of->call, ML_ROLE_ARG, n) : 0;
}

static bool as_object(declarer *d, const ml_facts **facts, ml_node_id *node)
{
    return *node && written_locate(d, facts, node) && ml_kind_of(*facts, *node) == ML_NODE_OBJECT;
}

/* The options object of a decorator: its last argument that is one. */
static bool options_of(const entity *e, const decorator *of, const ml_facts **facts, ml_node_id *node)
{
    for (uint32_t n = 3; n-- > 0;) {
        *facts = e->facts;
        *node = arg(e->facts, of, n);
        if (as_object(e->d, facts, node))
            return true;
    }
    return false;
}

static ml_str text_option(const entity *e, const decorator *of, const char *name)
{
    const ml_facts *facts;
    ml_node_id node;
    if (!options_of(e, of, &facts, &node) || !written_property(e->d, &facts, &node, name))
        return ML_STR_NONE;
    return written_string(e->d, facts, node);
}

static written_truth truth_option(const entity *e, const decorator *of, const char *name)
{
    const ml_facts *facts;
    ml_node_id node;
    return options_of(e, of, &facts, &node) ? written_bool(e->d, facts, node, name) : WRITTEN_UNKNOWN;
}

static ml_str first_text(const entity *e, const decorator *of)
{
    ml_node_id node = arg(e->facts, of, 0);
    return node ? written_string(e->d, e->facts, node) : ML_STR_NONE;
}

static ml_str property_column(const entity *e, ml_str property)
{
    for (uint32_t i = 0; i < e->declaration->columns.count; i++)
        if (ml_str_eq(e->declaration->columns.items[i].property, property))
            return e->declaration->columns.items[i].name;
    return property;
}

/* ---- keys ---- */

/* @Index(['a', 'b'], { unique: true }), @Unique('name', ['a']), @Index({ fields, unique }) */
static void class_key(const entity *e, const decorator *of)
{
    bool unique = ml_str_eq_c(of->name, "Unique");
    ml_table_key key = {.unique = unique || truth_option(e, of, "unique") == WRITTEN_TRUE};
    key.place = written_place(e->facts, of->node);
    for (uint32_t n = 0; n < 3 && !key.columns.count; n++) {
        const ml_facts *facts = e->facts;
        ml_node_id node = arg(e->facts, of, n);
        bool open = false;
        if (!node || !written_locate(e->d, &facts, &node))
            continue;
        if (ml_kind_of(facts, node) == ML_NODE_FUNCTION) /* (t) => [t.a, t.b] */
            node = ml_child(facts, node, ML_ROLE_BODY);
        if (node && ml_kind_of(facts, node) == ML_NODE_ARRAY) {
            for (ml_node_id item = ml_child(facts, node, ML_ROLE_ELEMENT); item; item = ml_next_child(facts, item)) {
                ml_str name = ml_kind_of(facts, item) == ML_NODE_MEMBER ? ml_text_of(facts, item)
                                                                        : written_string(e->d, facts, item);
                if (key.columns.count < DECLARE_KEY_COLUMNS_MAX)
                    ml_vec_push(e->d->arena, &key.columns, property_column(e, name));
            }
        } else if (node && ml_kind_of(facts, node) == ML_NODE_OBJECT &&
                   written_property(e->d, &facts, &node, "fields")) {
            written_strings(e->d, &key.columns, &open, facts, node);
        }
    }
    key.partial = text_option(e, of, "where").len > 0;
    key.name = text_option(e, of, "name");
    if (!key.name.len && arg(e->facts, of, 0))
        key.name = written_string(e->d, e->facts, arg(e->facts, of, 0));
    if (key.columns.count)
        declare_key(e->d, e->declaration, key);
}

/* ---- Sequelize ---- */

static void inferred_type(ml_table_column *column, ml_str type)
{
    if (ml_str_starts(type, ML_STR("number")))
        declare_type(column, ML_STR("integer"), -1, -1);
    else if (ml_str_starts(type, ML_STR("bigint")))
        declare_type(column, ML_STR("bigint"), -1, -1);
    else if (ml_str_starts(type, ML_STR("string")))
        declare_type(column, ML_STR("varchar"), 255, -1);
    else if (ml_str_starts(type, ML_STR("boolean")))
        declare_type(column, ML_STR("boolean"), -1, -1);
    else if (ml_str_starts(type, ML_STR("Date")))
        declare_type(column, ML_STR("datetime"), -1, -1);
}

static ml_str type_text(const ml_facts *facts, ml_node_id field)
{
    ml_node_id type = ml_child(facts, field, ML_ROLE_TYPE);
    return type ? ml_str_trim(ml_text_of(facts, type)) : ML_STR_NONE;
}

static void sequelize_default(ml_table_column *column, const entity *e, const decorator *given)
{
    ml_node_id value = arg(e->facts, given, 0);
    if (!value)
        return;
    column->has_default = true;
    column->default_text = ml_source_of(e->facts, value);
}

static bool sequelize_column(const entity *e, ml_table_column *column, ml_node_id field, const decorators *list)
{
    const decorator *made = named(list, "Column");
    made = made ? made : named(list, "Attribute");
    if (!made && !named(list, "PrimaryKey") && !named(list, "CreatedAt") && !named(list, "UpdatedAt") &&
        !named(list, "DeletedAt") && !named(list, "ForeignKey"))
        return false;
    ml_node_id value = arg(e->facts, made, 0);
    if (value && !attribute_column(e->d, column, e->facts, value))
        return false;
    if (column->type == ML_TYPE_UNKNOWN && named(list, "CreatedAt"))
        declare_type(column, ML_STR("datetime"), -1, -1);
    if (column->type == ML_TYPE_UNKNOWN)
        inferred_type(column, type_text(e->facts, field));
    const decorator *allow = named(list, "AllowNull");
    ml_node_id allowed = arg(e->facts, allow, 0);
    if (named(list, "NotNull") || (allowed && ml_kind_of(e->facts, allowed) == ML_NODE_FALSE))
        column->nullable = false;
    if (named(list, "PrimaryKey"))
        column->primary_key = true, column->nullable = false;
    column->auto_increment = column->auto_increment || named(list, "AutoIncrement");
    const decorator *unique = named(list, "Unique");
    ml_node_id with = arg(e->facts, unique, 0);
    if (unique && (!with || ml_kind_of(e->facts, with) == ML_NODE_TRUE))
        column->unique = true;
    sequelize_default(column, e, named(list, "Default"));
    ml_str renamed = first_text(e, named(list, "ColumnName"));
    column->name = renamed.len ? renamed : column->name;
    return true;
}

/* @Unique('name') and @Index({ name, unique }) put fields of one name into one key. */
static void field_key(const entity *e, const decorator *of, ml_str column)
{
    bool unique = ml_str_eq_c(of->name, "Unique") || truth_option(e, of, "unique") == WRITTEN_TRUE;
    ml_str name = first_text(e, of);
    name = name.len ? name : text_option(e, of, "name");
    ml_table_key fresh = {.name = name, .unique = unique, .place = written_place(e->facts, of->node)};
    for (uint32_t i = 0; name.len && i < e->declaration->keys.count; i++) {
        ml_table_key *key = &e->declaration->keys.items[i];
        if (!ml_str_eq(key->name, name) || key->columns.count >= DECLARE_KEY_COLUMNS_MAX)
            continue;
        ml_vec_push(e->d->arena, &key->columns, column);
        return;
    }
    ml_vec_push(e->d->arena, &fresh.columns, column);
    declare_key(e->d, e->declaration, fresh);
}

static void sequelize_association(const entity *e, ml_node_id field, const decorators *list)
{
    static const char *const kinds[] = {"BelongsTo", "HasOne", "HasMany"};
    for (size_t i = 0; i < 3; i++) {
        const decorator *of = named(list, kinds[i]);
        ml_node_id target = arg(e->facts, of, 0);
        if (!target || ml_kind_of(e->facts, target) != ML_NODE_FUNCTION)
            continue;
        ml_node_id body = ml_child(e->facts, target, ML_ROLE_BODY);
        ml_str other = body ? ml_text_of(e->facts, body) : ML_STR_NONE, self = e->declaration->model;
        usage_association(e->d, e->facts, of->node, i == 0 ? self : other, i == 0 ? other : self, arg(e->facts, of, 1));
    }
    (void)field;
}

static void sequelize_implied(const entity *e, const decorator *table, ml_node_id class_node)
{
    static const char *const names[] = {"createdAt", "updatedAt"};
    bool has_key = false;
    for (uint32_t i = 0; i < e->declaration->columns.count; i++)
        has_key = has_key || e->declaration->columns.items[i].primary_key;
    ml_table_column column = declare_blank();
    column.place = written_place(e->facts, class_node);
    column.place.end = e->declaration->place.end;
    column.implied = true;
    column.nullable = false;
    if (!has_key && !declare_find(e->declaration, ML_STR("id"))) {
        declare_type(&column, ML_STR("integer"), -1, -1);
        column.name = column.property = ML_STR("id");
        column.primary_key = column.auto_increment = true;
        declare_column(e->d, e->declaration, column);
        column.primary_key = column.auto_increment = false;
    }
    if (truth_option(e, table, "timestamps") == WRITTEN_FALSE)
        return;
    for (size_t i = 0; i < 2; i++) {
        if (truth_option(e, table, names[i]) == WRITTEN_FALSE)
            continue;
        declare_type(&column, ML_STR("datetime"), -1, -1);
        ml_str given = text_option(e, table, names[i]);
        column.property = given.len ? given : ml_str_of(names[i]);
        column.name = e->underscored ? ml_snake_case(e->d->arena, column.property) : column.property;
        bool known = false;
        for (uint32_t c = 0; c < e->declaration->columns.count; c++)
            known = known || ml_str_eq(e->declaration->columns.items[c].property, column.property);
        if (!known)
            declare_column(e->d, e->declaration, column);
    }
}

/* ---- TypeORM ---- */

static bool typeorm_kind(const decorators *list, const decorator **made)
{
    static const char *const kinds[] = {"Column",           "PrimaryGeneratedColumn", "PrimaryColumn",
                                        "CreateDateColumn", "UpdateDateColumn",       "DeleteDateColumn",
                                        "VersionColumn"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if ((*made = named(list, kinds[i])) != NULL)
            return true;
    return false;
}

static int32_t number_option(const entity *e, const decorator *of, const char *name)
{
    const ml_facts *facts;
    ml_node_id node;
    if (!options_of(e, of, &facts, &node) || !written_property(e->d, &facts, &node, name))
        return -1;
    int32_t number = written_number(e->d, facts, node);
    ml_str text = number < 0 ? written_string(e->d, facts, node) : ML_STR_NONE;
    for (size_t i = 0; i < text.len && text.data[i] >= '0' && text.data[i] <= '9' && number < 100000; i++)
        number = (number < 0 ? 0 : number * 10) + (text.data[i] - '0');
    return number;
}

static void typeorm_type(const entity *e, ml_table_column *column, ml_node_id field, const decorator *made)
{
    bool generated = ml_str_eq_c(made->name, "PrimaryGeneratedColumn");
    bool date = ml_str_ends(made->name, ML_STR("DateColumn"));
    ml_str type = first_text(e, made);
    type = type.len ? type : text_option(e, made, "type");
    int32_t length = number_option(e, made, "length"), precision = number_option(e, made, "precision");
    int32_t scale = number_option(e, made, "scale");
    if (generated && (!type.len || ml_str_eq_c(type, "increment") || ml_str_eq_c(type, "rowid")))
        type = ML_STR("integer");
    if (generated && ml_str_eq_c(type, "uuid"))
        type = ML_STR("uuid");
    if (date && !type.len)
        type = ML_STR("timestamp");
    if (type.len)
        attribute_sql_type(e->d, column, type, precision < 0 ? length : precision, scale);
    else if (ml_str_starts(type_text(e->facts, field), ML_STR("string")))
        declare_type(column, ML_STR("varchar"), length < 0 ? 255 : length, -1);
    else
        inferred_type(column, type_text(e->facts, field));
    if (column->type == ML_TYPE_STRING && column->length < 0)
        column->length = 255;
    const ml_facts *facts;
    ml_node_id node;
    if (options_of(e, made, &facts, &node) && written_property(e->d, &facts, &node, "enum")) {
        declare_type(column, ML_STR("enum"), -1, -1);
        column->has_values = true;
        written_strings(e->d, &column->values, &column->values_open, facts, node);
    }
}

static bool typeorm_column(const entity *e, ml_table_column *column, ml_node_id field, const decorators *list)
{
    const decorator *made;
    const ml_facts *facts;
    ml_node_id node;
    if (!typeorm_kind(list, &made))
        return false;
    typeorm_type(e, column, field, made);
    column->name = text_option(e, made, "name");
    column->nullable = truth_option(e, made, "nullable") == WRITTEN_TRUE;
    column->unique = truth_option(e, made, "unique") == WRITTEN_TRUE;
    column->is_unsigned = column->is_unsigned || truth_option(e, made, "unsigned") == WRITTEN_TRUE;
    column->primary_key =
        ml_str_starts(made->name, ML_STR("Primary")) || truth_option(e, made, "primary") == WRITTEN_TRUE;
    column->auto_increment = ml_str_eq_c(made->name, "PrimaryGeneratedColumn");
    column->collation = text_option(e, made, "collation");
    column->binary = ml_str_ends(column->collation, ML_STR("_bin"));
    if (options_of(e, made, &facts, &node) && written_property(e->d, &facts, &node, "default")) {
        column->has_default = true;
        column->default_text = ml_source_of(facts, node);
    } else if (ml_str_eq_c(made->name, "CreateDateColumn") || ml_str_eq_c(made->name, "UpdateDateColumn")) {
        column->has_default = true; /* the library writes one into the database */
        column->default_text = ML_STR("now()");
    }
    const decorator *index = named(list, "Index");
    if (index && truth_option(e, index, "unique") == WRITTEN_TRUE)
        column->unique = true;
    return true;
}

/* @ManyToOne(() => X, ...) @JoinColumn({ name: 'usage_id' }): a foreign key, of one to one a unique one. */
static void typeorm_relation(const entity *e, ml_node_id field, const decorators *list)
{
    const decorator *one = named(list, "OneToOne"), *many = named(list, "ManyToOne"), *join = named(list, "JoinColumn");
    const decorator *relation = one ? one : many;
    if (!relation || (one && !join))
        return;
    ml_str name = text_option(e, join, "name");
    if (!name.len)
        name = ml_arena_concat(e->d->arena, ml_text_of(e->facts, field), ML_STR("Id"));
    ml_str on_delete = ml_arena_lower(e->d->arena, text_option(e, relation, "onDelete"));
    ml_table_foreign_key key = {.on_delete = on_delete, .place = written_place(e->facts, relation->node)};
    key.on_update = ml_arena_lower(e->d->arena, text_option(e, relation, "onUpdate"));
    ml_vec_push(e->d->arena, &key.columns, name);
    ml_table_column *column = declare_find(e->declaration, name);
    if (!column) {
        ml_table_column fresh = declare_blank();
        fresh.name = name;
        fresh.place = key.place;
        fresh.nullable = truth_option(e, relation, "nullable") != WRITTEN_FALSE;
        declare_type(&fresh, ML_STR("bigint"), -1, -1);
        fresh.type = ML_TYPE_UNKNOWN;
        declare_column(e->d, e->declaration, fresh);
    }
    ml_node_id target = arg(e->facts, relation, 0);
    if (target && ml_kind_of(e->facts, target) == ML_NODE_FUNCTION)
        target = ml_child(e->facts, target, ML_ROLE_BODY);
    key.table = target ? ml_text_of(e->facts, target) : ML_STR_NONE;
    declare_foreign_key(e->d, e->declaration, key);
    if (one) {
        ml_table_key unique = {.unique = true, .place = key.place};
        ml_vec_push(e->d->arena, &unique.columns, name);
        declare_key(e->d, e->declaration, unique);
    }
}

/* ---- the class ---- */

static void read_fields(entity *e, ml_node_id class_node)
{
    for (ml_node_id field = ml_child(e->facts, class_node, ML_ROLE_MEMBER); field;
         field = ml_next_child(e->facts, field)) {
        ml_table_column column = declare_blank();
        if (ml_kind_of(e->facts, field) != ML_NODE_FIELD || !written_step(e->d))
            continue;
        decorators list = decorators_of(e->facts, field);
        column.place = written_place(e->facts, field);
        column.property = ml_text_of(e->facts, field);
        if (!list.count ||
            !(e->typeorm ? typeorm_column(e, &column, field, &list) : sequelize_column(e, &column, field, &list)))
            continue;
        if (!column.name.len)
            column.name = e->underscored ? ml_snake_case(e->d->arena, column.property) : column.property;
        declare_column(e->d, e->declaration, column);
        for (uint32_t i = 0; i < list.count && !e->typeorm; i++)
            if ((ml_str_eq_c(list.items[i].name, "Index") && list.items[i].call) ||
                (ml_str_eq_c(list.items[i].name, "Unique") && first_text(e, &list.items[i]).len))
                field_key(e, &list.items[i], column.name);
    }
    for (ml_node_id field = ml_child(e->facts, class_node, ML_ROLE_MEMBER); field;
         field = ml_next_child(e->facts, field)) {
        if (ml_kind_of(e->facts, field) != ML_NODE_FIELD)
            continue;
        decorators list = decorators_of(e->facts, field);
        if (list.count && e->typeorm)
            typeorm_relation(e, field, &list);
        else if (list.count)
            sequelize_association(e, field, &list);
    }
}

static ml_str table_name(const entity *e, const decorator *table, ml_str class_name)
{
    ml_str given = text_option(e, table, e->typeorm ? "name" : "tableName");
    if (!given.len && e->typeorm)
        given = first_text(e, table);
    if (given.len)
        return given;
    ml_str model = text_option(e, table, "modelName");
    model = model.len ? model : class_name;
    if (e->typeorm)
        return ml_snake_case(e->d->arena, model);
    if (truth_option(e, table, "freezeTableName") == WRITTEN_TRUE)
        return model;
    ml_str plural = ml_plural(e->d->arena, model);
    return e->underscored ? ml_snake_case(e->d->arena, plural) : plural;
}

static bool extends_more(const ml_facts *facts, ml_node_id class_node)
{
    ml_node_id super = ml_child(facts, class_node, ML_ROLE_SUPER);
    if (!super)
        return false;
    if (ml_kind_of(facts, super) == ML_NODE_CALL)
        super = ml_child(facts, super, ML_ROLE_CALLEE);
    ml_str name = ml_text_of(facts, super);
    return !ml_str_eq_c(name, "Model") && !ml_str_eq_c(name, "BaseEntity");
}

static void read_class(declarer *d, const ml_facts *facts, ml_node_id class_node)
{
    entity e = {.d = d, .facts = facts};
    decorators list = decorators_of(facts, class_node);
    const decorator *table = named(&list, "Table");
    const decorator *made = table ? table : named(&list, "Entity");
    ml_str name = ml_text_of(facts, class_node);
    if (!made || (!name.len && !made->call))
        return;
    e.typeorm = !table;
    e.underscored = truth_option(&e, made, "underscored") == WRITTEN_TRUE;
    e.declaration = ML_NEW(d->arena, ml_declaration);
    *e.declaration = (ml_declaration){.origin = ML_TABLE_MODEL,
                                      .form = e.typeorm ? ML_FORM_TYPEORM : ML_FORM_SEQUELIZE,
                                      .model = name,
                                      .open = extends_more(facts, class_node),
                                      .place = written_place(facts, made->node)};
    e.declaration->table = table_name(&e, made, name);
    if (!e.declaration->table.len)
        return;
    read_fields(&e, class_node);
    if (!e.declaration->columns.count)
        return;
    if (!e.typeorm)
        sequelize_implied(&e, made, class_node);
    for (uint32_t i = 0; i < list.count; i++)
        if (ml_str_eq_c(list.items[i].name, "Index") || ml_str_eq_c(list.items[i].name, "Unique"))
            class_key(&e, &list.items[i]);
    ml_vec_push(d->arena, &d->all, e.declaration);
}

void declare_decorated(declarer *d, const ml_facts *facts)
{
    for (uint32_t i = 1; i < facts->class_count; i++)
        if (ml_child(facts, facts->classes[i].node, ML_ROLE_DECORATOR))
            read_class(d, facts, facts->classes[i].node);
}
