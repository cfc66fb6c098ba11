/* Properties and elements of values. */
#include "link_internal.h"

enum { HANDED_MAX = 16 };

static ml_values unknown_field(ml_eval *eval, ml_str name, ml_place place)
{
    return ml_unknown(eval, ML_HOLE_FIELD, name, place);
}

/* ---- objects ---- */

static bool is_definite(ml_values values)
{
    for (uint32_t i = 0; i < values.count; i++)
        if (ml_value_may_be_missing(&values.items[i]))
            return false;
    return values.count > 0;
}

static bool is_only_undefined(ml_values values)
{
    return values.count == 1 && values.items[0].kind == ML_V_UNDEFINED;
}

static ml_values property_value(ml_eval *eval, ml_file_id file, ml_node_id member, const ml_frame *frame,
                                const ml_value *owner)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_node_id value = ml_child(facts, member, ML_ROLE_VALUE);

    if (ml_kind_of(facts, member) != ML_NODE_METHOD)
        return ml_eval_in(eval, file, value, frame);
    ml_value *self = ML_NEW(&eval->arena, ml_value);
    *self = *owner;
    ml_value function = {
        .kind = ML_V_FUNCTION, .place = {file, value},
             .frame = frame, .self = self
    };
    if (ml_node_at(facts, member)->flags & ML_NF_GET)
        return ml_call_value(eval, &function, file, 0, NULL);
    return ml_one(eval, function);
}

/* Does a computed key name the property? Unknown keys may. */
static bool key_may_be(ml_eval *eval, ml_file_id file, ml_node_id key, const ml_frame *frame, ml_str name, bool *surely)
{
    ml_values keys = ml_eval_in(eval, file, key, frame);
    ml_str text;
    bool may = false;

    *surely = keys.count == 1;
    for (uint32_t i = 0; i < keys.count; i++) {
        if (!ml_value_literal(eval, &keys.items[i], &text)) {
            *surely = false;
            may = true;
        } else if (ml_str_eq(text, name)) {
            may = true;
        }
    }
    return may;
}

/* Of a member of an object: it has the name, a computed one, or is a spread. */
static bool may_be_named(const ml_facts *facts, ml_node_id member, ml_str name)
{
    const ml_node *node = ml_node_at(facts, member);

    if (node->kind == ML_NODE_SPREAD)
        return true;
    return !(node->flags & ML_NF_SET) &&
           (ml_child(facts, member, ML_ROLE_KEY) || ml_str_eq(ml_text_of(facts, member), name));
}

static ml_values object_property(ml_eval *eval, const ml_value *object, ml_str name, ml_place place)
{
    ml_file_id file = object->place.file;
    const ml_facts *facts = ml_facts_in(eval, file);
    ML_VEC(ml_node_id) members = {0};
    ml_set set = {.eval = eval};
    bool open = false;

    for (ml_node_id m = ml_node_at(facts, object->place.node)->first; m; m = ml_node_at(facts, m)->next)
        if (may_be_named(facts, m, name))
            ml_vec_push(&eval->arena, &members, m);
    for (uint32_t i = members.count; i-- > 0;) {
        ml_node_id member = members.items[i], key = ml_child(facts, member, ML_ROLE_KEY);
        if (ml_kind_of(facts, member) == ML_NODE_SPREAD) {
            ml_values spread = ml_eval_in(eval, file, ml_child(facts, member, ML_ROLE_VALUE), object->frame);
            ml_values values = ml_members_of(eval, spread, name, place);
            for (uint32_t k = 0; k < values.count; k++) {
                open |= values.items[k].kind != ML_V_UNDEFINED && ml_value_may_be_missing(&values.items[k]);
                if (values.items[k].kind != ML_V_UNDEFINED) /* then the properties before it count */
                    ml_set_add(&set, &values.items[k]);
            }
            if (is_definite(values))
                return ml_set_done(&set);
            continue;
        }
        bool surely = true;
        if (key && !key_may_be(eval, file, key, object->frame, name, &surely))
            continue;
        ml_set_add_all(&set, property_value(eval, file, member, object->frame, object));
        if (surely)
            return ml_set_done(&set);
    }
    if (!open) {
        ml_value undefined = ml_plain(ML_V_UNDEFINED, place);
        ml_set_add(&set, &undefined);
    }
    return ml_set_done(&set);
}

static ml_values layered_property(ml_eval *eval, ml_values layers, ml_str name, ml_place place)
{
    ml_set set = {.eval = eval};

    for (uint32_t i = layers.count; i-- > 0;) {
        ml_values values = ml_member_of(eval, &layers.items[i], name, place);
        if (is_only_undefined(values))
            continue;
        ml_set_add_all(&set, values);
        if (is_definite(values))
            return ml_set_done(&set);
    }
    if (!set.count)
        return ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
    return ml_set_done(&set);
}

/* conf.base = "…" anywhere after: assignments to a member of the binding that holds the value. */
static void add_member_writes(ml_eval *eval, ml_set *set, const ml_value *holder, ml_str name)
{
    const ml_facts *facts = holder->holder ? ml_facts_in(eval, holder->holder_file) : NULL;

    if (!facts)
        return;
    const ml_binding *binding = &facts->bindings[holder->holder];
    for (uint32_t i = 0; i < binding->write_count; i++) {
        const ml_write *write = &facts->writes[facts->writes_by_binding[binding->write_first + i]];
        ml_node_id object = ml_child(facts, write->target, ML_ROLE_OBJECT);
        if (!object || ml_kind_of(facts, object) != ML_NODE_IDENT || !write->value)
            continue;
        bool named = ml_kind_of(facts, write->target) == ML_NODE_MEMBER;
        ml_node_id key = ml_child(facts, write->target, ML_ROLE_KEY);
        if (!named && ml_kind_of(facts, key) != ML_NODE_STRING)
            continue;
        if (ml_str_eq(named ? ml_text_of(facts, write->target) : ml_text_of(facts, key), name))
            ml_set_add_all(set, ml_eval_in(eval, holder->holder_file, write->value, holder->frame));
    }
}

/* What function `callee` assigns to the member `name` of its n-th parameter. */
static void add_writes_through(ml_eval *eval, ml_set *set, const ml_value *callee, uint32_t n, ml_str name,
                               ml_file_id file, ml_node_id call)
{
    const ml_facts *facts = ml_facts_in(eval, callee->place.file);
    ml_node_id param = ml_child_at(facts, callee->place.node, ML_ROLE_PARAM, n);
    ml_node_id target = param ? ml_child(facts, param, ML_ROLE_TARGET) : 0;
    const ml_frame *frame = target ? ml_frame_for(eval, callee, file, call, NULL) : NULL;

    if (!frame || ml_kind_of(facts, target) != ML_NODE_IDENT || !ml_node_at(facts, target)->ref)
        return;
    ml_value as_holder = {.kind = ML_V_OBJECT,
                          .holder_file = callee->place.file,
                          .holder = ml_node_at(facts, target)->ref,
                          .frame = frame};
    add_member_writes(eval, set, &as_holder, name);
}

/* setup(options): an object handed to a function of the project may get the member there. */
static void add_writes_by_callees(ml_eval *eval, ml_set *set, const ml_value *object, ml_str name)
{
    const ml_facts *facts = object->holder ? ml_facts_in(eval, object->holder_file) : NULL;
    uint32_t looked = 0;

    for (uint32_t i = 0; facts && i < facts->call_count && looked < HANDED_MAX; i++) {
        uint32_t n = 0;
        for (ml_node_id arg = ml_child(facts, facts->calls[i], ML_ROLE_ARG); arg;
             arg = ml_next_child(facts, arg), n++) {
            if (ml_kind_of(facts, arg) != ML_NODE_IDENT || ml_node_at(facts, arg)->ref != object->holder)
                continue;
            looked++;
            ml_values callees =
                ml_eval_in(eval, object->holder_file, ml_child(facts, facts->calls[i], ML_ROLE_CALLEE), NULL);
            for (uint32_t k = 0; k < callees.count; k++)
                if (callees.items[k].kind == ML_V_FUNCTION)
                    add_writes_through(eval, set, &callees.items[k], n, name, object->holder_file, facts->calls[i]);
        }
    }
}

static ml_values object_member(ml_eval *eval, const ml_value *object, ml_str name, ml_place place)
{
    ml_set written = {.eval = eval};
    ml_values values = object->items.count  ? layered_property(eval, object->items, name, place)
                       : object->place.node ? object_property(eval, object, name, place)
                                            : ml_one(eval, ml_plain(ML_V_UNDEFINED, place));

    add_member_writes(eval, &written, object, name);
    if (!written.count && is_only_undefined(values))
        add_writes_by_callees(eval, &written, object, name);
    if (!written.count)
        return values;
    for (uint32_t i = 0; i < values.count; i++)
        if (values.items[i].kind != ML_V_UNDEFINED)
            ml_set_add(&written, &values.items[i]);
    return ml_set_done(&written);
}

/* ---- JSON, enums, URLs ---- */

static ml_values json_value(ml_eval *eval, const ml_json *json, ml_file_id file, ml_place place)
{
    if (!json)
        return ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
    ml_value value = ml_string_value(eval, json->text, (ml_place){file, 0});
    switch (json->kind) {
    case ML_JSON_STRING: return ml_one(eval, value);
    case ML_JSON_NUMBER: value.kind = ML_V_NUMBER; return ml_one(eval, value);
    case ML_JSON_NULL: return ml_one(eval, ml_plain(ML_V_NULL, place));
    case ML_JSON_TRUE:
    case ML_JSON_FALSE: return ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place);
    case ML_JSON_ARRAY:
    case ML_JSON_OBJECT: break;
    }
    return ml_one(eval, (ml_value){.kind = ML_V_JSON, .json = json, .json_file = file, .place = ml_place_at(file, 0)});
}

static uint32_t small_number(ml_str text)
{
    uint32_t number = 0;

    for (size_t i = 0; i < text.len && text.len < 9 && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        number = number * 10 + (uint32_t)(text.data[i] - '0');
    return number;
}

static ml_values enum_member(ml_eval *eval, const ml_value *of, ml_str name, ml_place place)
{
    const ml_facts *facts = ml_facts_in(eval, of->place.file);
    uint32_t next = 0;

    for (ml_node_id m = ml_child(facts, of->place.node, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m), next++) {
        ml_node_id value = ml_child(facts, m, ML_ROLE_VALUE);
        if (value && ml_kind_of(facts, value) == ML_NODE_NUMBER) /* counting goes on from it */
            next = small_number(ml_text_of(facts, value));
        if (!ml_str_eq(ml_text_of(facts, m), name))
            continue;
        bool sibling = ml_kind_of(facts, value) == ML_NODE_IDENT && !ml_node_at(facts, value)->ref &&
                       !ml_str_eq(ml_text_of(facts, value), name);
        if (sibling && eval->nesting < ML_NESTING_MAX) /* B = A */
            return ml_member_of(eval, of, ml_text_of(facts, value), place);
        if (value)
            return ml_eval_in(eval, of->place.file, value, NULL);
        ml_value number =
            ml_string_value(eval, ml_arena_printf(&eval->arena, "%u", next), (ml_place){of->place.file, m});
        number.kind = ML_V_NUMBER;
        return ml_one(eval, number);
    }
    return ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
}

/* The URL with a part assigned later: u.host = "…". */
static ml_values url_after_writes(ml_eval *eval, const ml_value *url, ml_place place)
{
    static const char *const hosts[] = {"host", "hostname", "href"};
    ml_set set = {.eval = eval};

    for (size_t i = 0; i < 3; i++) {
        ml_set written = {.eval = eval};
        add_member_writes(eval, &written, url, ml_str_of(hosts[i]));
        if (!written.count)
            continue;
        ml_values values = ml_set_done(&written);
        if (i < 2) {
            ml_values scheme = ml_one(eval, ml_string_value(eval, ML_STR("https://"), place));
            ml_url parts = ml_url_of(&eval->arena, url->pieces, url->piece_count);
            values = ml_concat(eval, scheme, values, place);
            values = ml_concat(eval, values, ml_one(eval, ml_string_value(eval, parts.path, place)), place);
        }
        ml_set_add_all(&set, values);
    }
    if (!set.count)
        ml_set_add(&set, url);
    return ml_to_string(eval, ml_set_done(&set), place);
}

static ml_values url_member(ml_eval *eval, const ml_value *url, ml_str name, ml_place place)
{
    if (ml_str_eq(name, ML_STR("href")))
        return url_after_writes(eval, url, place);
    ml_url parts = ml_url_of(&eval->arena, url->pieces, url->piece_count);
    ml_str text = ML_STR_NONE;
    bool holes = ml_str_find_char(parts.host, 1) != ML_NOT_FOUND || ml_str_find_char(parts.path, 1) != ML_NOT_FOUND;
    if (parts.kind != ML_URL_ABSOLUTE || holes)
        return unknown_field(eval, name, place);
    if (ml_str_eq(name, ML_STR("hostname")) || ml_str_eq(name, ML_STR("host")))
        text = parts.host;
    else if (ml_str_eq(name, ML_STR("origin")))
        text = ml_arena_printf(&eval->arena, "%.*s://%.*s", ML_STR_ARG(parts.scheme), ML_STR_ARG(parts.host));
    else if (ml_str_eq(name, ML_STR("pathname")))
        text = parts.path.len ? parts.path : ML_STR("/");
    else if (ml_str_eq(name, ML_STR("protocol")))
        text = ml_arena_concat(&eval->arena, parts.scheme, ML_STR(":"));
    else
        return unknown_field(eval, name, place);
    return ml_one(eval, ml_string_value(eval, text, parts.place.node ? parts.place : place));
}

/* ---- environment, globals, modules ---- */

enum { EXPANSIONS_MAX = 4 };

static bool is_env_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* ${OTHER} in the value of a .env file: what that variable has, or a hole that says its name. */
static ml_values expanded(ml_eval *eval, ml_str value, uint32_t level, ml_place place)
{
    ml_values text = ml_one(eval, ml_string_value(eval, ML_STR(""), place));

    for (;;) {
        size_t at = ml_str_find(value, ML_STR("${"));
        size_t end = at == ML_NOT_FOUND ? at : at + 2;
        while (end < value.len && is_env_char(value.data[end]))
            end++;
        if (at == ML_NOT_FOUND || end >= value.len)
            break;
        ml_str name = ml_str_slice(value, at + 2, end);
        const ml_env_values *known = level < EXPANSIONS_MAX ? ml_strmap_get(&eval->link->env, name) : NULL;
        ml_values inner = known && known->count ? expanded(eval, known->items[0].value, level + 1, place)
                                                : ml_unknown(eval, ML_HOLE_ENV, name, place);
        size_t close = ml_str_find_char(ml_str_from(value, end), '}');
        text = ml_concat(eval, text, ml_one(eval, ml_string_value(eval, ml_str_slice(value, 0, at), place)), place);
        text = ml_concat(eval, text, inner, place);
        value = ml_str_from(value, close == ML_NOT_FOUND ? value.len : end + close + 1);
    }
    return ml_concat(eval, text, ml_one(eval, ml_string_value(eval, value, place)), place);
}

static ml_values environment(ml_eval *eval, ml_str name, ml_place place)
{
    const ml_link *link = eval->link;
    const ml_env_values *known = ml_strmap_get(&link->env, name);
    ml_set set = {.eval = eval};

    /* The bridge's own variables stay names, whatever a .env file says. */
    for (uint32_t i = 0; known && i < known->count && !ml_strs_have(&link->host.config->bridge.env, name); i++) {
        ml_value value = ml_string_value(eval, known->items[i].value, place);
        if (ml_str_contains(known->items[i].value, ML_STR("${")))
            ml_set_add_all(&set, expanded(eval, known->items[i].value, 0, place));
        else if (known->items[i].value.len)
            ml_set_add(&set, &value);
    }
    if (!set.count)
        return ml_unknown(eval, ML_HOLE_ENV, name, place);
    return ml_set_done(&set);
}

static ml_values global_member(ml_eval *eval, const ml_value *of, ml_str name, ml_place place)
{
    static const char *const environments[] = {"process.env", "import.meta.env", "Bun.env"};
    ml_set set = {.eval = eval};

    for (size_t i = 0; i < sizeof environments / sizeof *environments; i++)
        if (ml_str_eq_c(of->name, environments[i]))
            return environment(eval, name, place);
    ml_str path = ml_dotted(eval, of->name, name);
    ml_clients_of_global(eval, &set, path, place);
    if (!set.count) {
        ml_value value = {.kind = ML_V_GLOBAL, .name = path, .place = place};
        ml_set_add(&set, &value);
    }
    return ml_set_done(&set);
}

static ml_values external_member(ml_eval *eval, const ml_value *of, ml_str name, ml_place place)
{
    ml_set set = {.eval = eval};
    bool whole = ml_str_eq(of->name, ML_STR("*"));
    ml_str path = whole ? name : ml_dotted(eval, of->name, name);

    if (!of->is_new && ml_is_bridge_module(eval, of->place.file, of->text) &&
        ml_strs_have(&eval->link->host.config->bridge.values, name))
        return ml_one(eval, (ml_value){.kind = ML_V_BRIDGE, .place = place});
    if (!of->is_new)
        ml_clients_of_external(eval, &set, of->text, path, place);
    if (!set.count) {
        ml_value value = *of;
        value.name = path;
        ml_set_add(&set, &value);
    }
    return ml_set_done(&set);
}

static ml_values client_member(ml_eval *eval, const ml_value *of, ml_str name)
{
    ml_value value = *of;

    if (ml_str_eq(name, ML_STR("default")) && !of->name.len)
        return ml_one(eval, value);
    if (ml_str_eq(name, ML_STR("env")) && !of->name.len && of->place.node) { /* Deno.env, Bun.env */
        const ml_facts *facts = ml_facts_in(eval, of->place.file);
        ml_str global =
            ml_kind_of(facts, of->place.node) == ML_NODE_IDENT ? ml_text_of(facts, of->place.node) : ML_STR_NONE;
        if (ml_str_eq(global, ML_STR("Deno")) || ml_str_eq(global, ML_STR("Bun")))
            return ml_one(eval, (ml_value){.kind = ML_V_GLOBAL,
                                           .name = ml_arena_concat(&eval->arena, global, ML_STR(".env")),
                                           .place = of->place});
    }
    value.name = ml_dotted(eval, of->name, name);
    return ml_one(eval, value);
}

/* A name declared in `namespace N { … }`. */
static ml_values namespace_member(ml_eval *eval, const ml_value *of, ml_str name, ml_place place)
{
    const ml_facts *facts = ml_facts_in(eval, of->place.file);

    for (uint32_t i = 1; i < facts->scope_count; i++) {
        if (facts->scopes[i].node != of->place.node)
            continue;
        for (ml_binding_id id = facts->scopes[i].first; id; id = facts->bindings[id].next_in_scope)
            if (ml_str_eq(facts->bindings[id].name, name))
                return ml_eval_binding(eval, of->place.file, id, NULL, 0);
    }
    return unknown_field(eval, name, place);
}

static ml_values member_of(ml_eval *eval, const ml_value *of, ml_str name, ml_place place)
{
    switch (of->kind) {
    case ML_V_OBJECT: return object_member(eval, of, name, place);
    case ML_V_JSON: return json_value(eval, ml_json_get_str(of->json, name), of->json_file, place);
    case ML_V_NAMESPACE:
        return of->place.node ? namespace_member(eval, of, name, place) : ml_eval_export(eval, of->place.file, name);
    case ML_V_CLASS: return ml_instance_member(eval, of, name, true, place);
    case ML_V_INSTANCE: return ml_instance_member(eval, of, name, false, place);
    case ML_V_ENUM: return enum_member(eval, of, name, place);
    case ML_V_EXTERNAL: return external_member(eval, of, name, place);
    case ML_V_GLOBAL: return global_member(eval, of, name, place);
    case ML_V_CLIENT: return client_member(eval, of, name);
    case ML_V_URL: return url_member(eval, of, name, place);
    case ML_V_BRIDGE: {
        ml_value value = *of;
        value.name = name;
        return ml_one(eval, value);
    }
    case ML_V_UNDEFINED:
    case ML_V_NULL: return ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
    default: return ml_unknown_from(eval, of, ML_HOLE_FIELD, name, place);
    }
}

/* Frames of field initialisers are made anew each time one is looked at; what counts is `this`. */
static bool is_same_frame(const ml_frame *a, const ml_frame *b)
{
    if (a == b)
        return true;
    return a && b && !a->function && !b->function && a->self && b->self && a->self->kind == b->self->kind &&
           a->self->place.file == b->self->place.file && a->self->place.node == b->self->place.node &&
           a->self->frame == b->self->frame;
}

static bool is_same_object(const ml_value *a, const ml_value *b)
{
    return a->kind == b->kind && a->place.file == b->place.file && a->place.node == b->place.node &&
           is_same_frame(a->frame, b->frame) && a->items.items == b->items.items;
}

/* options = { ...options, model }: looking into an object can lead back to it. */
static bool is_being_looked_up(const ml_eval *eval, const ml_value *of, ml_str name)
{
    for (const ml_member_chain *link = eval->members; link; link = link->outer)
        if (is_same_object(link->of, of) && ml_str_eq(link->name, name))
            return true;
    return false;
}

ml_values ml_member_of(ml_eval *eval, const ml_value *of, ml_str name, ml_place place)
{
    if (!eval->steps_left || eval->nesting >= ML_NESTING_MAX) {
        eval->cut = true;
        return ml_unknown(eval, ML_HOLE_CUT, name, place);
    }
    eval->steps_left--;
    if (of->kind != ML_V_OBJECT && of->kind != ML_V_INSTANCE && of->kind != ML_V_CLASS)
        return member_of(eval, of, name, place);
    if (is_being_looked_up(eval, of, name)) {
        return ml_unknown(eval, ML_HOLE_CUT, name, place);
    }
    ml_member_chain chain = {of, name, eval->members};
    eval->members = &chain;
    eval->nesting++;
    ml_values values = member_of(eval, of, name, place);
    eval->nesting--;
    eval->members = chain.outer;
    return values;
}

ml_values ml_members_of(ml_eval *eval, ml_values of, ml_str name, ml_place place)
{
    ml_set set = {.eval = eval};

    if (of.count == 1)
        return ml_member_of(eval, &of.items[0], name, place);
    for (uint32_t i = 0; i < of.count; i++) {
        bool absent = of.items[i].kind == ML_V_UNDEFINED || of.items[i].kind == ML_V_NULL;
        if (!absent) /* reading a property of it throws, so it is not what arrives here */
            ml_set_add_all(&set, ml_member_of(eval, &of.items[i], name, place));
    }
    if (!set.count)
        return unknown_field(eval, name, place);
    return ml_set_done(&set);
}

/* ---- elements by key ---- */

static ml_values array_element(ml_eval *eval, const ml_value *array, ml_values key, ml_place place)
{
    ml_item_list list = {0};
    ml_set all = {.eval = eval};
    ml_str text;

    if (eval->nesting >= ML_NESTING_MAX)
        return unknown_field(eval, ML_STR_NONE, place);
    eval->nesting++;
    bool fixed = ml_list_items(eval, array, &list);
    eval->nesting--;
    if (fixed && key.count == 1 && ml_value_literal(eval, &key.items[0], &text) && text.len && text.len < 9) {
        uint32_t wanted = 0;
        for (size_t i = 0; i < text.len; i++)
            wanted = text.data[i] >= '0' && text.data[i] <= '9' ? wanted * 10 + (uint32_t)(text.data[i] - '0')
                                                                : UINT32_MAX / 11;
        if (wanted < list.count)
            return list.items[wanted];
        if (array->place.node && list.count && wanted < UINT32_MAX / 12)
            return ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
    }
    for (uint32_t i = 0; i < list.count; i++)
        ml_set_add_all(&all, list.items[i]);
    if (!all.count)
        return unknown_field(eval, ML_STR_NONE, place);
    return ml_set_done(&all);
}

/* table[unknown]: every value of the table. */
static ml_values any_member(ml_eval *eval, const ml_value *of, ml_place place)
{
    ml_set set = {.eval = eval};
    const ml_facts *facts = of->place.node ? ml_facts_in(eval, of->place.file) : NULL;

    if (of->kind == ML_V_JSON) {
        for (const ml_json *child = of->json->first; child; child = child->next)
            ml_set_add_all(&set, json_value(eval, child, of->json_file, place));
        return ml_set_done(&set);
    }
    for (uint32_t i = 0; i < of->items.count && eval->nesting < ML_NESTING_MAX; i++) {
        eval->nesting++;
        ml_set_add_all(&set, any_member(eval, &of->items.items[i], place));
        eval->nesting--;
    }
    for (ml_node_id m = facts ? ml_node_at(facts, of->place.node)->first : 0; m; m = ml_node_at(facts, m)->next) {
        ml_node_kind kind = ml_kind_of(facts, m);
        if (kind == ML_NODE_PROPERTY || kind == ML_NODE_METHOD)
            ml_set_add_all(&set, property_value(eval, of->place.file, m, of->frame, of));
        else if (kind == ML_NODE_ENUM_MEMBER)
            ml_set_add_all(&set, ml_member_of(eval, of, ml_text_of(facts, m), place));
        else if (kind == ML_NODE_SPREAD) {
            ml_values spread = ml_eval_in(eval, of->place.file, ml_child(facts, m, ML_ROLE_VALUE), of->frame);
            for (uint32_t i = 0; i < spread.count && eval->nesting < ML_NESTING_MAX; i++)
                if (spread.items[i].kind == ML_V_OBJECT) {
                    eval->nesting++;
                    ml_set_add_all(&set, any_member(eval, &spread.items[i], place));
                    eval->nesting--;
                }
        }
    }
    if (!set.count)
        return unknown_field(eval, ML_STR_NONE, place);
    return ml_set_done(&set);
}

static ml_values json_item(ml_eval *eval, const ml_value *of, ml_str index, ml_place place)
{
    uint32_t n = small_number(index);
    const ml_json *child = of->json->first;

    for (uint32_t i = 0; child && i < n; i++)
        child = child->next;
    return json_value(eval, child, of->json_file, place);
}

/* axios[method](url): a verb nobody knows; they take their URL alike. */
static void add_any_verb(ml_eval *eval, ml_set *set, const ml_value *client)
{
    static const char *const verbs[] = {"get", "post"};

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        ml_set_add_all(set, client_member(eval, client, ml_str_of(verbs[i])));
}

ml_values ml_element_of(ml_eval *eval, const ml_value *of, ml_values key, ml_place place)
{
    ml_set set = {.eval = eval};
    ml_str name;

    if (of->kind == ML_V_ARRAY)
        return array_element(eval, of, key, place);
    if (of->kind == ML_V_MAP)
        return ml_any_item(eval, of, place);
    for (uint32_t i = 0; i < key.count; i++) {
        if (of->kind == ML_V_JSON && of->json->kind == ML_JSON_ARRAY && ml_value_literal(eval, &key.items[i], &name))
            ml_set_add_all(&set, json_item(eval, of, name, place));
        else if (of->kind == ML_V_CLIENT && !ml_value_literal(eval, &key.items[i], &name))
            add_any_verb(eval, &set, of);
        else if (ml_value_literal(eval, &key.items[i], &name))
            ml_set_add_all(&set, ml_member_of(eval, of, name, place));
        else if (of->kind == ML_V_OBJECT || of->kind == ML_V_ENUM || of->kind == ML_V_JSON)
            ml_set_add_all(&set, any_member(eval, of, place));
        else
            ml_set_add_all(&set, ml_unknown_from(eval, of, ML_HOLE_FIELD, ML_STR_NONE, place));
    }
    return ml_set_done(&set);
}
