/* Calls: arguments, frames, results. */
#include "link_internal.h"

/* ---- arguments ---- */

/* The n-th argument as an expression; a spread before it makes the position unknown
 * unless the spread is an array whose items are all known. */
ml_values ml_arg(ml_eval *eval, ml_file_id file, ml_node_id call, uint32_t n, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_place place = {file, call};
    uint32_t at = 0;

    if (ml_kind_of(facts, call) == ML_NODE_TAGGED)
        return n ? ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place)
                 : ml_eval_in(eval, file, ml_child(facts, call, ML_ROLE_VALUE), frame);
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg), at++) {
        if (ml_kind_of(facts, arg) == ML_NODE_SPREAD) {
            ml_values spread = ml_eval_in(eval, file, arg, frame);
            ml_value index = ml_string_value(eval, ml_arena_printf(&eval->arena, "%u", n - at), place);
            index.kind = ML_V_NUMBER;
            if (spread.count == 1 && spread.items[0].kind == ML_V_ARRAY)
                return ml_element_of(eval, &spread.items[0], ml_one(eval, index), place);
            return ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place);
        }
        if (at == n)
            return ml_eval_in(eval, file, arg, frame);
    }
    return ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
}

ml_values ml_frame_arg(ml_eval *eval, const ml_frame *frame, uint32_t n, bool *known)
{
    *known = true;
    if (frame->args)
        return n < frame->arg_count ? frame->args[n]
                                    : ml_one(eval, ml_plain(ML_V_UNDEFINED, (ml_place){frame->file, 0}));
    if (frame->call.node)
        return ml_arg(eval, frame->call.file, frame->call.node, n, frame->caller);
    *known = false;
    return ml_nothing();
}

/* ---- frames ---- */

static bool is_recursive(const ml_frame *caller, ml_file_id file, uint32_t function)
{
    uint32_t seen = 0;

    for (; caller; caller = caller->caller)
        seen += caller->file == file && caller->function == function;
    return seen > 0;
}

ml_frame *ml_frame_for(ml_eval *eval, const ml_value *function, ml_file_id file, ml_node_id call,
                       const ml_frame *caller)
{
    const ml_facts *facts = ml_facts_in(eval, function->place.file);
    uint32_t index = ml_function_of_node(facts, function->place.node);
    uint32_t depth = caller ? caller->depth + 1 : 1;

    if (!index || depth > eval->options.depth || is_recursive(caller, function->place.file, index))
        return NULL;
    ml_frame *frame = ML_NEW(&eval->arena, ml_frame);
    *frame = (ml_frame){.file = function->place.file,
                        .function = index,
                        .outer = function->frame,
                        .call = {file, call},
                        .caller = caller,
                        .self = function->self,
                        .depth = depth};
    return frame;
}

ml_values ml_function_result(ml_eval *eval, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, frame->file);
    const ml_function *function = &facts->functions[frame->function];
    const ml_node *node = ml_node_at(facts, function->node);
    ml_node_id body = ml_child(facts, function->node, ML_ROLE_BODY);
    ml_place place = {frame->file, function->node};
    ml_set set = {.eval = eval};

    if (!body || (node->flags & ML_NF_GENERATOR))
        return ml_unknown(eval, ML_HOLE_CALL, ml_text_of(facts, function->node), place);
    if (ml_kind_of(facts, body) != ML_NODE_BLOCK)
        return ml_eval_in(eval, frame->file, body, frame);
    for (uint32_t i = 0; i < function->return_count; i++) {
        ml_node_id value = ml_child(facts, facts->returns[function->return_first + i], ML_ROLE_VALUE);
        ml_set_add_all(&set, ml_eval_in(eval, frame->file, value, frame));
    }
    if (!set.count)
        return ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
    return ml_set_done(&set);
}

/* ---- results by kind of callee ---- */

static ml_values unknown_call(ml_eval *eval, ml_str name, ml_file_id file, ml_node_id call)
{
    return ml_unknown(eval, ML_HOLE_CALL, name, (ml_place){file, call});
}

static ml_values call_function(ml_eval *eval, const ml_value *callee, ml_file_id file, ml_node_id call,
                               const ml_frame *frame)
{
    const ml_frame *inner = ml_frame_for(eval, callee, file, call, frame);

    return inner ? ml_function_result(eval, inner) : unknown_call(eval, ML_STR_NONE, file, call);
}

static bool has_requests_below(const ml_client *client, ml_str at)
{
    for (uint32_t i = 0; i < client->request_count; i++)
        if (ml_str_starts(client->requests[i].at, at) && client->requests[i].at.len > at.len)
            return true;
    for (uint32_t i = 0; i < client->factory_count; i++)
        if (ml_str_starts(client->factories[i].at, at) && client->factories[i].at.len > at.len)
            return true;
    return false;
}

static ml_values call_client(ml_eval *eval, const ml_value *callee, ml_file_id file, ml_node_id call, bool construct,
                             const ml_frame *frame)
{
    const ml_client_call *factory;
    ml_value value = *callee;

    if (ml_client_factory(callee->client, callee->name, construct, &factory)) {
        ml_values base = ml_url_place_values(eval, &factory->base, file, call, frame);
        ml_values outer = ml_client_base(eval, callee);
        value.name = factory->yields;
        value.place = (ml_place){file, call};
        value.holder = 0;
        value.base = base.count ? ml_join_urls(eval, outer, base, callee->client->join_with_slash, value.place) : outer;
        return ml_one(eval, value);
    }
    value.name = ml_arena_concat(&eval->arena, callee->name, ML_STR("()"));
    if (!construct && has_requests_below(callee->client, value.name))
        return ml_one(eval, value);
    return ml_unknown_settled(eval, ML_HOLE_CALL, callee->name, (ml_place){file, call}); /* a response */
}

/* z.object({ … }).parse(process.env), cleanEnv(process.env, …): a checked copy of the environment. */
static bool takes_environment(const ml_facts *facts, ml_node_id call)
{
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg))
        if (ml_kind_of(facts, arg) == ML_NODE_MEMBER && ml_str_eq(ml_source_of(facts, arg), ML_STR("process.env")))
            return true;
    return false;
}

/* config.get("ai.url", fallback): the fallback, or what is configured under that name. */
static ml_values configured(ml_eval *eval, ml_file_id file, ml_node_id call, const ml_frame *frame)
{
    ml_values names = ml_arg(eval, file, call, 0, frame), fallback = ml_arg(eval, file, call, 1, frame);
    ml_value environment = {.kind = ML_V_GLOBAL, .name = ML_STR("process.env")};
    ml_set set = {.eval = eval};
    ml_str name;

    for (uint32_t i = 0; i < names.count; i++)
        if (ml_value_literal(eval, &names.items[i], &name))
            ml_set_add_all(&set, ml_member_of(eval, &environment, name, (ml_place){file, call}));
    for (uint32_t i = 0; i < fallback.count; i++)
        if (fallback.items[i].kind != ML_V_UNDEFINED && fallback.items[i].kind != ML_V_OBJECT)
            ml_set_add(&set, &fallback.items[i]);
    if (!set.count)
        return ml_unknown_settled(eval, ML_HOLE_CALL, ML_STR("get"), (ml_place){file, call});
    return ml_set_done(&set);
}

static ml_values call_external(ml_eval *eval, const ml_value *callee, ml_file_id file, ml_node_id call, bool construct,
                               const ml_frame *frame)
{
    ml_value value = *callee;

    if (!construct && (ml_str_eq(callee->name, ML_STR("ConfigService.get")) ||
                       ml_str_eq(callee->name, ML_STR("ConfigService.getOrThrow"))))
        return configured(eval, file, call, frame);
    if (!construct && ml_str_ends(callee->name, ML_STR("promisify")) &&
        (ml_str_eq(callee->text, ML_STR("util")) || ml_str_eq(callee->text, ML_STR("node:util"))))
        return ml_arg(eval, file, call, 0, frame); /* the same function, with a promise */
    if (!construct && takes_environment(ml_facts_in(eval, file), call))
        return ml_one(eval, (ml_value){.kind = ML_V_GLOBAL, .name = ML_STR("process.env"), .place = {file, call}});

    value.is_new = true;
    value.place = (ml_place){file, call};
    if (!construct)
        value.name = ml_arena_concat(&eval->arena, callee->name, ML_STR("()"));
    return ml_one(eval, value);
}

/* Is the object made by a method, or for a field, of an object of the same class? Then its arguments are
 * those of an endless row of objects, and it stands for any of them. */
static bool is_made_by_its_kind(const ml_frame *frame, ml_place class_place)
{
    for (; frame; frame = frame->caller)
        for (const ml_frame *at = frame; at; at = at->outer)
            if (at->self && at->self->kind == ML_V_INSTANCE && at->self->place.file == class_place.file &&
                at->self->place.node == class_place.node)
                return true;
    return false;
}

ml_values ml_call_value(ml_eval *eval, const ml_value *callee, ml_file_id file, ml_node_id call, const ml_frame *frame)
{
    bool construct = call && ml_kind_of(ml_facts_in(eval, file), call) == ML_NODE_NEW;
    ml_values values;

    switch (callee->kind) {
    case ML_V_FUNCTION:
        if (construct)
            break;
        return call_function(eval, callee, file, call, frame);
    case ML_V_CLASS: {
        if (!construct)
            break;
        ml_value instance = {.kind = ML_V_INSTANCE, .place = callee->place};
        if ((frame && frame->depth >= eval->options.depth + 1) || is_made_by_its_kind(frame, callee->place))
            return ml_one(eval, instance);
        ml_frame *args = ML_NEW(&eval->arena, ml_frame);
        *args = (ml_frame){.call = {file, call}, .caller = frame, .depth = frame ? frame->depth + 1 : 1};
        instance.frame = args;
        return ml_one(eval, instance);
    }
    case ML_V_CLIENT:
        return call_client(eval, callee, file, call, construct, frame);
    case ML_V_EXTERNAL:
        return call_external(eval, callee, file, call, construct, frame);
    case ML_V_BRIDGE:
        if (construct && ml_str_eq(callee->name, ML_BRIDGE_CLASS))
            return ml_one(eval, (ml_value){.kind = ML_V_BRIDGE, .place = {file, call}});
        break;
    case ML_V_GLOBAL:
        if (ml_builtin_function(eval, &values, callee->name, file, call, frame))
            return values;
        return ml_unknown_settled(eval, ML_HOLE_CALL, callee->name, (ml_place){file, call});
    case ML_V_UNKNOWN:
        return ml_unknown_from(eval, callee, ML_HOLE_CALL, callee->pieces[0].text, (ml_place){file, call});
    default:
        break;
    }
    return unknown_call(eval, ML_STR_NONE, file, call);
}

/* f.call(self, a), f.apply(self, list), f.bind(self): the function with another `this`. */
static bool rebound(ml_eval *eval, ml_set *out, const ml_value *receiver, ml_str name, ml_file_id file, ml_node_id call,
                    const ml_frame *frame)
{
    bool is_bind = ml_str_eq(name, ML_STR("bind")), is_call = ml_str_eq(name, ML_STR("call"));

    if ((receiver->kind != ML_V_FUNCTION && receiver->kind != ML_V_CLIENT) || !(is_bind || is_call))
        return false;
    uint32_t args = ml_child_count(ml_facts_in(eval, file), call, ML_ROLE_ARG);
    if (is_bind && (receiver->kind == ML_V_CLIENT || args <= 1)) {
        if (receiver->kind == ML_V_CLIENT && args > 1)
            return false;
        ml_value bound = *receiver;
        ml_values self = ml_arg(eval, file, call, 0, frame);
        if (receiver->kind == ML_V_FUNCTION && self.count == 1)
            bound.self = &self.items[0];
        ml_set_add(out, &bound);
        return true;
    }
    if (!is_call || receiver->kind != ML_V_FUNCTION)
        return false;
    ml_frame *inner = ml_frame_for(eval, receiver, file, call, frame);
    if (!inner)
        return false;
    ml_values *shifted = ML_NEW_ARRAY(&eval->arena, ml_values, args);
    for (uint32_t i = 1; i < args; i++)
        shifted[i - 1] = ml_arg(eval, file, call, i, frame);
    ml_values self = args ? ml_arg(eval, file, call, 0, frame) : ml_nothing();
    if (self.count == 1)
        inner->self = &self.items[0];
    inner->args = shifted;
    inner->arg_count = args ? args - 1 : 0;
    ml_set_add_all(out, ml_function_result(eval, inner));
    return true;
}

static void call_member(ml_eval *eval, ml_set *out, const ml_value *receiver, ml_str name, ml_file_id file,
                        ml_node_id call, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_values values;

    if (ml_builtin_method(eval, &values, receiver, name, file, call, frame)) {
        ml_set_add_all(out, values);
        return;
    }
    if (rebound(eval, out, receiver, name, file, call, frame))
        return;
    ml_values members = ml_member_of(eval, receiver, name, (ml_place){file, ml_child(facts, call, ML_ROLE_CALLEE)});
    for (uint32_t i = 0; i < members.count; i++)
        ml_set_add_all(out, ml_call_value(eval, &members.items[i], file, call, frame));
}

ml_values ml_eval_callee(ml_eval *eval, ml_file_id file, ml_node_id call, const ml_frame *frame)
{
    ml_values values = ml_eval_in(eval, file, ml_child(ml_facts_in(eval, file), call, ML_ROLE_CALLEE), frame);
    ml_set set = {.eval = eval};
    bool any = false;

    for (uint32_t i = 0; i < values.count; i++) {
        const ml_value *value = &values.items[i];
        uint32_t before = set.count;
        if (value->kind == ML_V_EXTERNAL && !value->is_new && ml_str_eq(value->name, ML_STR("=")))
            ml_clients_of_external(eval, &set, ml_link_package_of(eval->link, file, value->text), value->name, value->place);
        any |= set.count > before;
        if (set.count == before)
            ml_set_add(&set, value);
    }
    return any ? ml_set_done(&set) : values;
}

ml_values ml_eval_call(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_node_id callee = ml_child(facts, node, ML_ROLE_CALLEE);
    ml_set set = {.eval = eval};

    if (ml_kind_of(facts, callee) == ML_NODE_MEMBER && ml_kind_of(facts, node) == ML_NODE_CALL) {
        ml_values receivers = ml_eval_in(eval, file, ml_child(facts, callee, ML_ROLE_OBJECT), frame);
        for (uint32_t i = 0; i < receivers.count; i++)
            call_member(eval, &set, &receivers.items[i], ml_property_name(eval, facts, callee), file, node, frame);
    } else {
        ml_values callees = ml_eval_callee(eval, file, node, frame);
        for (uint32_t i = 0; i < callees.count; i++)
            ml_set_add_all(&set, ml_call_value(eval, &callees.items[i], file, node, frame));
    }
    if (!set.count)
        return unknown_call(eval, ML_STR_NONE, file, node);
    return ml_set_done(&set);
}
