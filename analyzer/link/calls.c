/* Calls: arguments, frames, results. */
#include "link_internal.h"

/* ---- arguments ---- */

/* The n-th argument, counted behind a spread whose items are known. */
static ml_values spread_arg(ml_eval *eval, ml_file_id file, ml_node_id call, uint32_t n, const ml_frame *frame)
{
    ml_place place = {file, call};
    ml_item_list list = {0};
    ml_set set = {.eval = eval};

    if (ml_list_args(eval, file, call, frame, &list))
        return n < list.count ? list.items[n] : ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
    for (uint32_t i = 0; i < list.count; i++)
        ml_set_add_all(&set, list.items[i]);
    ml_values unknown = ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place);
    ml_set_add_all(&set, unknown);
    return n ? unknown : ml_set_done(&set);
}

ml_values ml_arg(ml_eval *eval, ml_file_id file, ml_node_id call, uint32_t n, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    const ml_stand_in *stand_in = eval->stand_in;
    ml_place place = {file, call};
    uint32_t at = 0;

    if (stand_in && stand_in->call.file == file && stand_in->call.node == call)
        return n < stand_in->count ? stand_in->args[n] : ml_one(eval, ml_plain(ML_V_UNDEFINED, place));
    if (ml_kind_of(facts, call) == ML_NODE_TAGGED)
        return n ? ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place)
                 : ml_eval_in(eval, file, ml_child(facts, call, ML_ROLE_VALUE), frame);
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg), at++) {
        if (ml_kind_of(facts, arg) == ML_NODE_SPREAD)
            return spread_arg(eval, file, call, n, frame);
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
                        .call = ml_place_at(file, call),
                        .caller = caller,
                        .self = function->self,
                        .depth = depth};
    const ml_stand_in *bound = ml_stand_in_of(eval, function, file, call, caller);
    if (bound) {
        frame->args = bound->args ? bound->args : ML_NEW(&eval->arena, ml_values);
        frame->arg_count = bound->count;
    }
    return frame;
}

/* What a generator yields, in no known order. */
static ml_values yielded(ml_eval *eval, const ml_frame *frame, ml_node_id function)
{
    const ml_facts *facts = ml_facts_in(eval, frame->file);
    ml_set set = {.eval = eval};

    for (ml_node_id n = ml_walk(facts, function, function); n; n = ml_kind_of(facts, n) == ML_NODE_FUNCTION
                                                                       ? ml_walk_past(facts, function, n)
                                                                       : ml_walk(facts, function, n)) {
        if (ml_kind_of(facts, n) != ML_NODE_YIELD)
            continue;
        ml_values values = ml_eval_in(eval, frame->file, ml_child(facts, n, ML_ROLE_VALUE), frame);
        bool delegates = ml_node_at(facts, n)->flags & ML_NF_DELEGATE;
        for (uint32_t i = 0; i < values.count; i++)
            ml_set_add_all(&set, delegates ? ml_any_item(eval, &values.items[i], values.items[i].place)
                                           : (ml_values){&values.items[i], 1});
    }
    return ml_array_of_set(eval, ml_set_done(&set), (ml_place){frame->file, function});
}

ml_values ml_function_result(ml_eval *eval, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, frame->file);
    const ml_function *function = &facts->functions[frame->function];
    const ml_node *node = ml_node_at(facts, function->node);
    ml_node_id body = ml_child(facts, function->node, ML_ROLE_BODY);
    ml_place place = {frame->file, function->node};
    ml_set set = {.eval = eval};

    if (body && (node->flags & ML_NF_GENERATOR))
        return yielded(eval, frame, function->node);
    if (!body)
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
        const ml_stand_in *outside = eval->stand_in, *bound = ml_stand_in_of(eval, callee, file, call, frame);
        eval->stand_in = bound ? bound : outside;
        ml_values base = ml_url_place_values(eval, &factory->base, file, call, frame);
        eval->stand_in = outside;
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

static bool is_environment(const ml_facts *facts, ml_node_id node)
{
    return ml_kind_of(facts, node) == ML_NODE_MEMBER &&
           (ml_str_eq(ml_source_of(facts, node), ML_STR("process.env")) ||
            ml_str_eq(ml_source_of(facts, node), ML_STR("import.meta.env")));
}

/* z.object({ … }).parse(process.env), cleanEnv(process.env, …): a checked copy of the environment. */
static bool takes_environment(const ml_facts *facts, ml_node_id call)
{
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg)) {
        if (is_environment(facts, arg))
            return true;
        for (ml_node_id m = ml_child(facts, arg, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m))
            if (ml_str_starts(ml_text_of(facts, m), ML_STR("runtimeEnv")) &&
                is_environment(facts, ml_child(facts, m, ML_ROLE_VALUE)))
                return true;
    }
    return false;
}

/* config.get("ai.url", fallback): the fallback, or what is configured under that name. */
static ml_values configured(ml_eval *eval, ml_file_id file, ml_node_id call, const ml_frame *frame)
{
    ml_values names = ml_arg(eval, file, call, 0, frame), fallback = ml_arg(eval, file, call, 1, frame);
    ml_value environment = {.kind = ML_V_GLOBAL, .name = ML_STR("process.env")};
    ml_place place = {file, call};
    ml_set set = {.eval = eval};
    ml_str name;

    for (uint32_t i = 0; i < names.count; i++)
        if (ml_value_literal(eval, &names.items[i], &name) && !ml_configured_value(eval, &set, name, place))
            ml_set_add_all(&set, ml_member_of(eval, &environment, name, place));
    for (uint32_t i = 0; i < fallback.count; i++)
        if (fallback.items[i].kind != ML_V_UNDEFINED && fallback.items[i].kind != ML_V_OBJECT)
            ml_set_add(&set, &fallback.items[i]);
    if (!set.count)
        return ml_unknown_settled(eval, ML_HOLE_CALL, ML_STR("get"), place);
    return ml_set_done(&set);
}

/* inject(HttpClient): what a parameter of that type would be. */
static bool injected(ml_eval *eval, ml_set *out, ml_file_id file, ml_node_id call)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG);

    if (ml_kind_of(facts, arg) != ML_NODE_IDENT)
        return false;
    ml_set_add_all(out, ml_eval_type_name(eval, file, arg, (ml_place){file, call}));
    return out->count > 0;
}

static ml_values call_external(ml_eval *eval, const ml_value *callee, ml_file_id file, ml_node_id call, bool construct,
                               const ml_frame *frame)
{
    ml_value value = *callee;

    if (!construct && (ml_str_eq(callee->name, ML_STR("ConfigService.get")) ||
                       ml_str_eq(callee->name, ML_STR("ConfigService.getOrThrow"))))
        return configured(eval, file, call, frame);
    ml_set found = {.eval = eval};
    if (!construct && ml_str_eq(callee->name, ML_STR("registerAs()")) && ml_registered_value(eval, &found, callee))
        return ml_set_done(&found);
    if (!construct && ml_str_eq(callee->text, ML_STR("@angular/core")) && ml_str_eq(callee->name, ML_STR("inject")) &&
        injected(eval, &found, file, call))
        return ml_set_done(&found);
    if (!construct && ml_str_ends(callee->name, ML_STR("promisify")) &&
        (ml_str_eq(callee->text, ML_STR("util")) || ml_str_eq(callee->text, ML_STR("node:util"))))
        return ml_arg(eval, file, call, 0, frame); /* the same function, with a promise */
    ml_values stored;
    if (!construct && ml_store_call(eval, &stored, callee, (ml_place){file, call}, frame))
        return stored;
    if (!construct && takes_environment(ml_facts_in(eval, file), call))
        return ml_one(eval,
                      (ml_value){.kind = ML_V_GLOBAL, .name = ML_STR("process.env"), .place = ml_place_at(file, call)});

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
        *args = (ml_frame){.call = ml_place_at(file, call), .caller = frame, .depth = frame ? frame->depth + 1 : 1};
        instance.frame = args;
        return ml_one(eval, instance);
    }
    case ML_V_CLIENT: return call_client(eval, callee, file, call, construct, frame);
    case ML_V_EXTERNAL: return call_external(eval, callee, file, call, construct, frame);
    case ML_V_BRIDGE:
        if (construct && ml_str_eq(callee->name, ML_BRIDGE_CLASS))
            return ml_one(eval, (ml_value){.kind = ML_V_BRIDGE, .place = ml_place_at(file, call)});
        break;
    case ML_V_GLOBAL:
        if (ml_builtin_function(eval, &values, callee->name, file, call, frame))
            return values;
        return ml_unknown_settled(eval, ML_HOLE_CALL, callee->name, (ml_place){file, call});
    case ML_V_UNKNOWN:
        return ml_unknown_from(eval, callee, ML_HOLE_CALL, callee->pieces[0].text, (ml_place){file, call});
    default: break;
    }
    return unknown_call(eval, ML_STR_NONE, file, call);
}

static void set_self(ml_eval *eval, ml_value *function, ml_values self)
{
    (void)eval;
    if (function->kind == ML_V_FUNCTION && self.count == 1)
        function->self = &self.items[0];
}

/* f.bind(self, a): the function with another `this` and its first arguments given. */
static bool rebound(ml_eval *eval, ml_set *out, const ml_value *receiver, ml_str name, ml_file_id file, ml_node_id call,
                    const ml_frame *frame)
{
    ml_item_list args = {0}, given = {0};

    if ((receiver->kind != ML_V_FUNCTION && receiver->kind != ML_V_CLIENT) || !ml_str_eq(name, ML_STR("bind")) ||
        !ml_list_args(eval, file, call, frame, &args))
        return false;
    for (uint32_t i = 1; i < args.count; i++)
        ml_vec_push(&eval->arena, &given, args.items[i]);
    ml_value bound = given.count ? ml_bound_to(eval, receiver, given, false) : *receiver;
    set_self(eval, &bound, args.count ? args.items[0] : ml_nothing());
    ml_set_add(out, &bound);
    return true;
}

/* f.call(self, a), f.apply(self, list), Reflect.apply(f, self, list): f, with all its arguments. */
static bool add_applied(ml_eval *eval, ml_set *out, ml_file_id file, ml_node_id call, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    ml_item_list args = {0}, given = {0};
    uint32_t first = 1;

    if (ml_kind_of(facts, callee) != ML_NODE_MEMBER || ml_kind_of(facts, call) != ML_NODE_CALL)
        return false;
    ml_str name = ml_text_of(facts, callee);
    bool is_call = ml_str_eq(name, ML_STR("call")), is_apply = ml_str_eq(name, ML_STR("apply"));
    if (!is_call && !is_apply)
        return false;
    ml_values functions = ml_eval_in(eval, file, ml_child(facts, callee, ML_ROLE_OBJECT), frame);
    if (functions.count == 1 && functions.items[0].kind == ML_V_GLOBAL && is_apply &&
        ml_str_eq(functions.items[0].name, ML_STR("Reflect"))) {
        functions = ml_arg(eval, file, call, 0, frame);
        first = 2;
    }
    bool any = false;
    for (uint32_t i = 0; i < functions.count; i++)
        any |= functions.items[i].kind == ML_V_FUNCTION || functions.items[i].kind == ML_V_CLIENT;
    if (!any)
        return false;
    ml_list_args(eval, file, call, frame, &args);
    for (uint32_t i = first; is_call && i < args.count; i++)
        ml_vec_push(&eval->arena, &given, args.items[i]);
    if (is_apply && first < args.count && args.items[first].count == 1)
        ml_list_items(eval, &args.items[first].items[0], &given);
    for (uint32_t i = 0; i < functions.count; i++) {
        if (functions.items[i].kind != ML_V_FUNCTION && functions.items[i].kind != ML_V_CLIENT)
            continue;
        ml_value applied = ml_bound_to(eval, &functions.items[i], given, true);
        set_self(eval, &applied, first <= args.count ? args.items[first - 1] : ml_nothing());
        ml_set_add(out, &applied);
    }
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

/* A module that is called whole. */
static bool is_module(const ml_value *value)
{
    return value->kind == ML_V_EXTERNAL && !value->is_new && ml_str_eq(value->name, ML_STR("="));
}

ml_values ml_eval_callee(ml_eval *eval, ml_file_id file, ml_node_id call, const ml_frame *frame)
{
    ml_set set = {.eval = eval};
    bool any = false;

    if (add_applied(eval, &set, file, call, frame))
        return ml_set_done(&set);
    ml_values values = ml_eval_in(eval, file, ml_child(ml_facts_in(eval, file), call, ML_ROLE_CALLEE), frame);

    for (uint32_t i = 0; i < values.count; i++)
        any |= is_module(&values.items[i]);
    if (!any)
        return values;
    for (uint32_t i = 0; i < values.count; i++) {
        const ml_value *value = &values.items[i];
        uint32_t before = set.count;
        if (is_module(value))
            ml_clients_of_external(eval, &set, ml_link_package_of(eval->link, file, value->text), value->name,
                                   value->place);
        if (set.count == before)
            ml_set_add(&set, value);
    }
    return ml_set_done(&set);
}

ml_values ml_eval_call(ml_eval *eval, ml_file_id file, ml_node_id node, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_node_id callee = ml_child(facts, node, ML_ROLE_CALLEE);
    ml_node_id object = ml_kind_of(facts, callee) == ML_NODE_MEMBER ? ml_child(facts, callee, ML_ROLE_OBJECT) : 0;
    ml_set set = {.eval = eval}, applied = {.eval = eval};

    if (add_applied(eval, &applied, file, node, frame)) {
        for (uint32_t i = 0; i < applied.count; i++)
            ml_set_add_all(&set, ml_call_value(eval, &applied.items[i], file, node, frame));
    } else if (object && ml_kind_of(facts, node) == ML_NODE_CALL && ml_kind_of(facts, object) != ML_NODE_SUPER) {
        ml_values receivers = ml_eval_in(eval, file, object, frame);
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
