/* request.c - what the rules about requests share. */
#include "request.h"

#include "ml/model_api.h"

bool rule_call_supplies(const ml_ctx *ctx, const ml_request *request, const ml_targets *alone, const ml_target *target)
{
    if (request->wrapped && ml_eval_was_cut(ml_ctx_eval(ctx)))
        return false;
    for (uint32_t i = 0; i < alone->count; i++) {
        if (alone->items[i].kind == target->kind && alone->items[i].provider == target->provider)
            return false;
        /* More values than a set holds: the provider may be among those left out. */
        if (alone->items[i].url.hole.hole == ML_HOLE_CUT)
            return false;
    }
    return true;
}

static ml_str shown_host(ml_ctx *ctx, const ml_target *target)
{
    ml_arena *arena = ml_ctx_arena(ctx);
    ml_str host = target->url.host;
    size_t hole = ml_str_find_char(host, 1);

    if (!host.len)
        return target->url.hole.text.len ? target->url.hole.text : ML_STR("?");
    if (hole == ML_NOT_FOUND)
        return ml_arena_copy(arena, host);
    ml_str head = ml_arena_concat(arena, ml_str_slice(host, 0, hole), ML_STR("*"));
    return ml_arena_concat(arena, head, ml_str_from(host, hole + 1));
}

static void add_evidence(ml_ctx *ctx, ml_finding *finding, ml_node_id call, const ml_request *request,
                         const ml_target *target)
{
    ml_place here = {ml_ctx_file(ctx), call};
    bool elsewhere =
        target->url.place.file != here.file || !ml_is_within(ml_ctx_facts(ctx), target->url.place.node, call);

    if (elsewhere)
        ml_finding_step(ctx, finding, target->url.place, "the host comes from here", "主机来自此处");
    if (!elsewhere && !request->wrapped)
        return;
    ml_finding_step(ctx, finding, here, request->wrapped ? "this call hands it on" : "and is requested here",
                    request->wrapped ? "此调用将其传入" : "并在此处发出请求");
    for (uint32_t i = 0; i < request->via_count; i++)
        ml_finding_step(ctx, finding, request->via[i], "through this call", "经过此调用");
    if (request->wrapped)
        ml_finding_step(ctx, finding, request->at, "to the request", "最终在此发出请求");
}

bool rule_is_dead_code(const ml_facts *facts, ml_node_id node)
{
    for (ml_node_id at = node; at; at = ml_node_at(facts, at)->parent) {
        const ml_node *n = ml_node_at(facts, at);
        if (ml_kind_of(facts, n->parent) == ML_NODE_IF && n->role == ML_ROLE_THEN &&
            ml_kind_of(facts, ml_child(facts, n->parent, ML_ROLE_TEST)) == ML_NODE_FALSE)
            return true;
    }
    return false;
}

ml_finding *rule_report_request(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_target *target)
{
    ml_finding *finding = ml_ctx_report(ctx, call);

    if (!finding)
        return NULL;
    ml_finding_provider(ctx, finding, target->provider);
    ml_finding_set(ctx, finding, "host", shown_host(ctx, target));
    ml_finding_sink(ctx, finding, request->callee);
    if (target->kind == ML_TARGET_PROVIDER && target->trust != ML_TRUST_FULL)
        ml_finding_cap(ctx, finding, ML_LEVEL_MEDIUM, "the catalogue's entry for this host is not confirmed",
                       "目录中该主机条目尚未核实");
    if (rule_is_dead_code(ml_ctx_facts(ctx), call))
        ml_finding_cap(ctx, finding, ML_LEVEL_LOW, "this code cannot run", "此代码不会执行");
    add_evidence(ctx, finding, call, request, target);
    return finding;
}

static bool is_url_end(char c)
{
    return (unsigned char)c <= ' ' || strchr("\"'`\\|;<>()", c) != NULL;
}

bool rule_provider_in_text(ml_ctx *ctx, ml_str text, ml_place place, ml_target *found)
{
    ml_arena *arena = ml_eval_arena(ml_ctx_eval(ctx));

    for (size_t at = 0; at + 4 < text.len; at++) {
        ml_str rest = ml_str_from(text, at);
        if (!ml_str_starts(rest, ML_STR("http://")) && !ml_str_starts(rest, ML_STR("https://")))
            continue;
        size_t end = 0;
        while (end < rest.len && !is_url_end(rest.data[end]))
            end++;
        ml_piece *piece = ML_NEW(arena, ml_piece);
        *piece = (ml_piece){.text = ml_str_slice(rest, 0, end), .place = place};
        ml_value *url = ML_NEW(arena, ml_value);
        *url = (ml_value){.kind = ML_V_STRING, .pieces = piece, .piece_count = 1};
        *found = ml_ctx_target(ctx, url);
        if (found->kind == ML_TARGET_PROVIDER && !found->provider->optional)
            return true;
        at += end;
    }
    return false;
}

enum { SPREADS_MAX = 3 };

/* body.messages = …: assigned later to the name that holds the object. */
static bool is_assigned_later(const ml_ctx *ctx, const ml_value *object, ml_str name)
{
    const ml_facts *facts = object->holder ? ml_link_facts(ml_ctx_link(ctx), object->holder_file) : NULL;
    const ml_binding *binding = facts ? &facts->bindings[object->holder] : NULL;

    for (uint32_t i = 0; binding && i < binding->write_count; i++) {
        const ml_write *write = &facts->writes[facts->writes_by_binding[binding->write_first + i]];
        if (ml_kind_of(facts, write->target) == ML_NODE_MEMBER && ml_str_eq(ml_text_of(facts, write->target), name))
            return true;
    }
    return false;
}

/* Is the property written in the object, or in one that is spread into it? What may stand behind
 * an unknown spread proves nothing. */
static bool writes_property(ml_ctx *ctx, const ml_value *object, ml_str name, int depth)
{
    const ml_facts *facts = object->place.node ? ml_link_facts(ml_ctx_link(ctx), object->place.file) : NULL;

    if (is_assigned_later(ctx, object, name))
        return true;
    for (uint32_t i = 0; i < object->items.count && depth < SPREADS_MAX; i++)
        if (object->items.items[i].kind == ML_V_OBJECT &&
            writes_property(ctx, &object->items.items[i], name, depth + 1))
            return true;
    for (ml_node_id m = facts ? ml_node_at(facts, object->place.node)->first : 0; m; m = ml_node_at(facts, m)->next) {
        if (ml_kind_of(facts, m) != ML_NODE_SPREAD) {
            if (ml_str_eq(ml_text_of(facts, m), name))
                return true;
            continue;
        }
        ml_values spread = ml_eval_node(ml_ctx_eval(ctx), object->place.file, ml_child(facts, m, ML_ROLE_VALUE));
        for (uint32_t i = 0; i < spread.count && depth < SPREADS_MAX; i++)
            if (spread.items[i].kind == ML_V_OBJECT && writes_property(ctx, &spread.items[i], name, depth + 1))
                return true;
    }
    return false;
}

static bool has_property(ml_ctx *ctx, ml_values body, const char *name)
{
    for (uint32_t i = 0; i < body.count; i++)
        if (writes_property(ctx, &body.items[i], ml_str_of(name), 0))
            return true;
    return false;
}

bool rule_body_is_ai_shaped(ml_ctx *ctx, ml_values body)
{
    bool content = false, knob = false, messages;
    ml_value *objects = ML_NEW_ARRAY(ml_eval_arena(ml_ctx_eval(ctx)), ml_value, body.count);
    ml_values known = {objects, 0};

    for (uint32_t i = 0; i < body.count; i++)
        if (body.items[i].kind == ML_V_OBJECT)
            objects[known.count++] = body.items[i];
    if (!known.count || !has_property(ctx, known, ML_MODEL_PROPERTY))
        return false;
    messages = has_property(ctx, known, "messages");
    for (size_t i = 0; ml_model_contents[i]; i++)
        content |= has_property(ctx, known, ml_model_contents[i]);
    for (size_t i = 0; ml_model_knobs[i]; i++)
        knob |= has_property(ctx, known, ml_model_knobs[i]);
    /* `model` and `input` alone are anybody's; messages make it a chat. */
    return content && (messages || knob);
}
