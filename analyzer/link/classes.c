/* Instances: fields with the constructor's arguments put in, inheritance, injected types. */
#include "link_internal.h"

enum { SUPERS_MAX = 8 };

ml_class_ref ml_class_of(const ml_eval *eval, const ml_value *value)
{
    const ml_facts *facts = value->place.node ? ml_facts_in(eval, value->place.file) : NULL;

    if (!facts || ml_kind_of(facts, value->place.node) != ML_NODE_CLASS)
        return (ml_class_ref){0, 0};
    return (ml_class_ref){value->place.file, ml_node_at(facts, value->place.node)->ref};
}

ml_class_ref ml_super_of(ml_eval *eval, ml_class_ref class_ref)
{
    const ml_facts *facts = ml_facts_in(eval, class_ref.file);
    ml_node_id super = facts->classes[class_ref.index].super;
    ml_values values = super ? ml_eval_in(eval, class_ref.file, super, NULL) : ml_nothing();

    for (uint32_t i = 0; i < values.count; i++)
        if (values.items[i].kind == ML_V_CLASS)
            return ml_class_of(eval, &values.items[i]);
    return (ml_class_ref){0, 0};
}

/* A frame in which only `this` is known: for field initialisers and for methods nobody called. */
static const ml_frame *this_frame(ml_eval *eval, ml_class_ref class_ref, const ml_value *self)
{
    ml_frame *frame = ML_NEW(&eval->arena, ml_frame);

    *frame = (ml_frame){.file = class_ref.file, .self = self};
    return frame;
}

static ml_node_id super_call(const ml_facts *facts, ml_node_id constructor)
{
    for (ml_node_id n = constructor; n; n = ml_walk(facts, constructor, n))
        if (ml_kind_of(facts, n) == ML_NODE_CALL &&
            ml_kind_of(facts, ml_child(facts, n, ML_ROLE_CALLEE)) == ML_NODE_SUPER)
            return n;
    return 0;
}

/* The frame of the constructor of `wanted`, an ancestor of the instance's class or that class:
 * follows super(...) from class to class. NULL when the arguments are unknown. */
static const ml_frame *constructor_frame(ml_eval *eval, const ml_value *instance, ml_class_ref wanted)
{
    ml_class_ref at = ml_class_of(eval, instance);
    const ml_frame *args = instance->frame;

    if (!args &&
        (at.file != wanted.file || at.index != wanted.index)) { /* what super(…) passes may be known all the same */
        ml_frame *unknown = ML_NEW(&eval->arena, ml_frame);
        *unknown = (ml_frame){.depth = 1};
        args = unknown;
    }
    for (int level = 0; args && at.index && level < SUPERS_MAX; level++) {
        const ml_facts *facts = ml_facts_in(eval, at.file);
        ml_node_id constructor = facts->classes[at.index].constructor;
        if (constructor) {
            ml_frame *frame = ML_NEW(&eval->arena, ml_frame);
            *frame = *args;
            frame->file = at.file;
            frame->function = ml_function_of_node(facts, ml_child(facts, constructor, ML_ROLE_VALUE));
            frame->self = instance;
            frame->outer = NULL;
            args = frame;
        }
        if (at.file == wanted.file && at.index == wanted.index)
            return constructor ? args : NULL;
        ml_node_id call = constructor ? super_call(facts, constructor) : 0;
        if (call) {
            ml_frame *next = ML_NEW(&eval->arena, ml_frame);
            *next = (ml_frame){
                .file = at.file, .call = ml_place_at(at.file, call), .caller = args, .depth = args->depth + 1};
            args = next;
        }
        at = ml_super_of(eval, at);
    }
    return NULL;
}

static ml_values parameter_property(ml_eval *eval, const ml_value *instance, ml_class_ref owner, ml_node_id param)
{
    const ml_facts *facts = ml_facts_in(eval, owner.file);
    ml_node_id name = ml_child(facts, param, ML_ROLE_TARGET);
    const ml_frame *frame = constructor_frame(eval, instance, owner);

    if (ml_kind_of(facts, name) == ML_NODE_PATTERN_ITEM)
        name = ml_child(facts, name, ML_ROLE_TARGET);
    return ml_eval_in(eval, owner.file, name, frame);
}

/* this.x = v in any method; the constructor's are seen with its arguments. */
static void add_this_writes(ml_eval *eval, ml_set *set, const ml_value *instance, ml_class_ref owner, ml_str name)
{
    const ml_facts *facts = ml_facts_in(eval, owner.file);
    const ml_class *class_facts = &facts->classes[owner.index];

    for (uint32_t i = 0; i < class_facts->this_write_count; i++) {
        const ml_write *write = &facts->this_writes[class_facts->this_write_first + i];
        ml_node_id object = ml_child(facts, write->target, ML_ROLE_OBJECT);
        if (!write->value || ml_kind_of(facts, object) != ML_NODE_THIS ||
            !ml_str_eq(ml_property_name(eval, facts, write->target), name))
            continue;
        bool in_constructor = class_facts->constructor && ml_is_within(facts, write->node, class_facts->constructor);
        const ml_frame *frame = in_constructor ? constructor_frame(eval, instance, owner) : NULL;
        if (!frame)
            frame = this_frame(eval, owner, instance);
        ml_set_add_all(set, ml_eval_in(eval, owner.file, write->value, frame));
    }
}

static void add_static_writes(ml_eval *eval, ml_set *set, ml_class_ref owner, ml_str name)
{
    const ml_facts *facts = ml_facts_in(eval, owner.file);

    for (uint32_t i = 0; i < facts->write_count; i++) {
        const ml_write *write = &facts->writes[i];
        ml_node_id object = ml_child(facts, write->target, ML_ROLE_OBJECT);
        bool ours = write->root && facts->bindings[write->root].decl == facts->classes[owner.index].node &&
                    ml_kind_of(facts, object) == ML_NODE_IDENT;
        if (ours && write->value && ml_str_eq(ml_property_name(eval, facts, write->target), name))
            ml_set_add_all(set, ml_eval_in(eval, owner.file, write->value, NULL));
    }
}

static ml_values method_value(ml_eval *eval, const ml_value *self, ml_class_ref owner, ml_node_id member)
{
    const ml_facts *facts = ml_facts_in(eval, owner.file);
    ml_value function = {
        .kind = ML_V_FUNCTION, .place = {owner.file, ml_child(facts, member, ML_ROLE_VALUE)},
             .self = self
    };

    if (ml_node_at(facts, member)->flags & ML_NF_GET)
        return ml_call_value(eval, &function, owner.file, 0, NULL);
    return ml_one(eval, function);
}

static bool is_abstract_method(const ml_facts *facts, ml_node_id member)
{
    ml_node_id function = ml_child(facts, member, ML_ROLE_VALUE);
    return ml_kind_of(facts, member) == ML_NODE_METHOD && !ml_child(facts, function, ML_ROLE_BODY);
}

/* The member as class `owner` itself declares or assigns it; false if it does not. */
static bool own_member(ml_eval *eval, const ml_value *instance, ml_class_ref owner, ml_str name, bool is_static,
                       ml_set *set)
{
    const ml_facts *facts = ml_facts_in(eval, owner.file);
    ml_node_id member = ml_class_member(facts, owner.index, name, is_static);
    ml_node_id value = member ? ml_child(facts, member, ML_ROLE_VALUE) : 0;

    if (member && ml_kind_of(facts, member) == ML_NODE_METHOD) {
        if (is_abstract_method(facts, member))
            return false;
        ml_set_add_all(set, method_value(eval, instance, owner, member));
        return true;
    }
    if (is_static)
        add_static_writes(eval, set, owner, name);
    else
        add_this_writes(eval, set, instance, owner, name);
    if (member && ml_kind_of(facts, member) == ML_NODE_PARAM)
        ml_set_add_all(set, parameter_property(eval, instance, owner, member));
    else if (value)
        ml_set_add_all(set, ml_eval_in(eval, owner.file, value, this_frame(eval, owner, instance)));
    else if (member && !set->count && ml_child(facts, member, ML_ROLE_TYPE) &&
             !(ml_node_at(facts, member)->flags & ML_NF_ABSTRACT))
        ml_set_add_all(set, ml_eval_type_name(eval, owner.file, ml_child(facts, member, ML_ROLE_TYPE),
                                              (ml_place){owner.file, member}));
    return set->count > 0;
}

ml_values ml_instance_member(ml_eval *eval, const ml_value *instance, ml_str name, bool is_static, ml_place place)
{
    ml_value *self = ML_NEW(&eval->arena, ml_value);
    ml_class_ref at = ml_class_of(eval, instance);
    ml_set set = {.eval = eval};

    *self = *instance;
    for (int level = 0; at.index && level < SUPERS_MAX; level++) {
        if (own_member(eval, self, at, name, is_static, &set))
            return ml_set_done(&set);
        at = ml_super_of(eval, at);
    }
    return ml_unknown(eval, ML_HOLE_FIELD, name, place);
}

ml_values ml_super_member(ml_eval *eval, ml_file_id file, ml_node_id super, ml_str name, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_values self = ml_this_value(eval, file, super, frame);
    uint32_t around = ml_class_around(facts, super);
    ml_class_ref at = around ? ml_super_of(eval, (ml_class_ref){file, around}) : (ml_class_ref){0, 0};
    ml_set set = {.eval = eval};

    if (self.count == 1 && (self.items[0].kind == ML_V_INSTANCE || self.items[0].kind == ML_V_CLASS))
        for (int level = 0; at.index && level < SUPERS_MAX; level++) {
            if (own_member(eval, &self.items[0], at, name, self.items[0].kind == ML_V_CLASS, &set))
                return ml_set_done(&set);
            at = ml_super_of(eval, at);
        }
    return ml_unknown(eval, ML_HOLE_FIELD, name, (ml_place){file, super});
}

/* The object literal whose method holds the node, 0 if the nearest `this` is another one. */
static ml_node_id object_of_method(const ml_facts *facts, ml_node_id node)
{
    for (ml_node_id at = node; at; at = ml_node_at(facts, at)->parent) {
        const ml_node *n = ml_node_at(facts, at);
        if (n->kind != ML_NODE_FUNCTION || (n->flags & ML_NF_ARROW))
            continue;
        ml_node_kind owner = ml_kind_of(facts, n->parent);
        ml_node_id object = ml_node_at(facts, n->parent)->parent;
        bool member = owner == ML_NODE_METHOD || owner == ML_NODE_PROPERTY;
        return member && ml_kind_of(facts, object) == ML_NODE_OBJECT ? object : 0;
    }
    return 0;
}

static ml_node_id member_named(const ml_facts *facts, ml_node_id object, const char *name)
{
    for (ml_node_id m = ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m))
        if (ml_str_eq_c(ml_text_of(facts, m), name))
            return m;
    return 0;
}

/* A component of Vue by options: `this` of its methods has what data() returns, and the methods. */
static bool add_component(ml_eval *eval, ml_set *out, ml_file_id file, ml_node_id literal, ml_node_id node)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_node_id parent = ml_node_at(facts, literal)->parent, options = literal;
    ML_VEC(ml_value) layers = {0};

    if (ml_kind_of(facts, parent) == ML_NODE_PROPERTY && (ml_str_eq(ml_text_of(facts, parent), ML_STR("methods")) ||
                                                          ml_str_eq(ml_text_of(facts, parent), ML_STR("computed")) ||
                                                          ml_str_eq(ml_text_of(facts, parent), ML_STR("watch"))))
        options = ml_node_at(facts, parent)->parent;
    ml_node_id data = member_named(facts, options, "data"), methods = member_named(facts, options, "methods");
    if (!data || ml_is_within(facts, node, data) || eval->nesting >= ML_NESTING_MAX)
        return false;
    ml_values functions = ml_eval_in(eval, file, ml_child(facts, data, ML_ROLE_VALUE), NULL);
    for (uint32_t i = 0; i < functions.count; i++) {
        if (functions.items[i].kind != ML_V_FUNCTION)
            continue;
        ml_values made = ml_call_with(eval, &functions.items[i], NULL, 0, NULL, (ml_place){file, 0});
        for (uint32_t k = 0; k < made.count; k++)
            if (made.items[k].kind == ML_V_OBJECT)
                ml_vec_push(&eval->arena, &layers, made.items[k]);
    }
    ml_values more = methods ? ml_eval_in(eval, file, ml_child(facts, methods, ML_ROLE_VALUE), NULL) : ml_nothing();
    for (uint32_t k = 0; k < more.count; k++)
        ml_vec_push(&eval->arena, &layers, more.items[k]);
    ml_value self = {
        .kind = ML_V_OBJECT, .items = {layers.items, layers.count},
             .place = {file,         0           }
    };
    if (layers.count)
        ml_set_add(out, &self);
    return layers.count > 0;
}

ml_values ml_this_value(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_place place = {file, node};

    for (; frame; frame = frame->outer) {
        bool arrow =
            frame->function && (ml_node_at(facts, facts->functions[frame->function].node)->flags & ML_NF_ARROW);
        if (frame->self)
            return ml_one(eval, *frame->self);
        if (frame->file != file || !arrow)
            break;
    }
    ml_node_id literal = object_of_method(facts, node);
    ml_set component = {.eval = eval};
    if (literal && add_component(eval, &component, file, literal, node))
        return ml_set_done(&component);
    if (literal)
        return ml_one(eval, (ml_value){.kind = ML_V_OBJECT, .place = ml_place_at(file, literal)});
    uint32_t class_index = ml_class_around(facts, node);
    if (!class_index)
        return ml_unknown(eval, ML_HOLE_OTHER, ML_STR("this"), place);
    bool is_static = false;
    for (ml_node_id at = node; at; at = ml_node_at(facts, at)->parent) {
        ml_node_kind kind = ml_kind_of(facts, at);
        if (kind == ML_NODE_METHOD || kind == ML_NODE_FIELD || kind == ML_NODE_STATIC_BLOCK) {
            is_static = kind == ML_NODE_STATIC_BLOCK || (ml_node_at(facts, at)->flags & ML_NF_STATIC);
            break;
        }
    }
    eval->used_this |= !is_static;
    return ml_one(eval, (ml_value){.kind = is_static ? ML_V_CLASS : ML_V_INSTANCE,
                                   .place = ml_place_at(file, facts->classes[class_index].node)});
}

/* ---- types ---- */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

/* "Foo<Bar>" and "Foo | undefined" are Foo; anything else compound has no name. */
static ml_str type_name(ml_str type)
{
    size_t end = 0;

    while (end < type.len && is_name_char(type.data[end]))
        end++;
    ml_str rest = ml_str_trim(ml_str_from(type, end));
    bool plain =
        !rest.len || rest.data[0] == '<' || ml_str_eq(rest, ML_STR("| undefined")) || ml_str_eq(rest, ML_STR("| null"));
    return plain ? ml_str_slice(type, 0, end) : ML_STR_NONE;
}

static ml_binding_id file_binding(const ml_facts *facts, ml_str name)
{
    if (facts->scope_count < 2)
        return 0;
    for (ml_binding_id id = facts->scopes[1].first; id; id = facts->bindings[id].next_in_scope)
        if (ml_str_eq(facts->bindings[id].name, name))
            return id;
    return 0;
}

/* Where a type of that name comes from: empty for this file, else the module. */
static ml_str type_origin(const ml_facts *facts, ml_str name)
{
    ml_binding_id id = file_binding(facts, name);

    if (!id || facts->bindings[id].kind != ML_BIND_IMPORT)
        return ML_STR_NONE;
    return facts->imports[facts->bindings[id].index].specifier;
}

/* ConfigType<typeof aiConfig>: what the function given to registerAs returns. */
static bool add_config_type(ml_eval *eval, ml_set *out, ml_file_id file, ml_str type)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    size_t at = ml_str_find(type, ML_STR("typeof "));
    ml_str rest = at == ML_NOT_FOUND ? ML_STR_NONE : ml_str_trim(ml_str_from(type, at + 7));
    size_t end = 0;

    while (end < rest.len && is_name_char(rest.data[end]))
        end++;
    ml_binding_id id = end ? file_binding(facts, ml_str_slice(rest, 0, end)) : 0;
    ml_values values = id ? ml_eval_binding(eval, file, id, NULL, 0) : ml_nothing();
    for (uint32_t i = 0; i < values.count; i++)
        ml_registered_value(eval, out, &values.items[i]);
    return out->count > 0;
}

/* What a receiver declared with a type is: an injected class of the project, the bridge,
 * a client known by its type's name. */
ml_values ml_eval_type_name(ml_eval *eval, ml_file_id file, ml_node_id type, ml_place place)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_str name = type_name(ml_text_of(facts, type));
    ml_values unknown = ml_unknown(eval, ML_HOLE_PARAM, ml_text_of(facts, place.node), place);
    ml_client_ref ref;
    ml_value external = {.kind = ML_V_UNKNOWN};
    ml_set set = {.eval = eval};

    if (!name.len)
        return unknown;
    if (ml_str_eq(name, ML_STR("ConfigType")) && add_config_type(eval, &set, file, ml_text_of(facts, type)))
        return ml_set_done(&set);
    ml_binding_id id = file_binding(facts, name);
    ml_str origin = type_origin(facts, name);
    bool local = !origin.len && id;
    /* import { AIBridgeService as Bridge }: the class goes by its own name. */
    ml_str own_name =
        id && facts->bindings[id].kind == ML_BIND_IMPORT ? facts->imports[facts->bindings[id].index].name : name;
    if (ml_strs_have(&eval->link->host.config->bridge.classes, own_name) && !local)
        return ml_one(eval, (ml_value){.kind = ML_V_BRIDGE, .place = place});
    if (id) {
        ml_values values = ml_eval_binding(eval, file, id, NULL, 0);
        for (uint32_t i = 0; i < values.count; i++)
            if (values.items[i].kind == ML_V_CLASS) {
                ml_value instance = {.kind = ML_V_INSTANCE, .place = values.items[i].place};
                return ml_one(eval, instance);
            } else if (values.items[i].kind == ML_V_EXTERNAL) {
                external = values.items[i];
                external.is_new = true;
            }
    }
    bool relative = origin.len && (origin.data[0] == '.' || ml_link_resolve(eval->link, file, origin));
    for (uint32_t i = 0;
         !local && !relative && (ref = ml_catalog_client_type(eval->link->host.catalog, name, i)).client; i++) {
        ml_value client = {.kind = ML_V_CLIENT, .client = ref.client, .name = ref.at, .place = place};
        bool other = origin.len && ref.package.len &&
                     !ml_str_eq(ml_package_name_of(ref.package),
                                ml_package_name_of(ml_link_package_of(eval->link, file, origin)));
        if (!other)
            ml_set_add(&set, &client);
    }
    if (!set.count && external.kind == ML_V_EXTERNAL)
        return ml_one(eval, external); /* an SDK's client, handed in */
    return set.count ? ml_set_done(&set) : unknown;
}
