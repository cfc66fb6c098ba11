/* From a call to the requests it leads to.
 *
 * A function's edges list the calls inside it: those that may send a request
 * whose host a caller decides, and those that go to functions of the project. They are found without a
 * calling context, each call with a budget of its own, and kept for the life of the
 * evaluator, so they are the same whoever asks first. Whether a function leads to a
 * request at all is reachability over the edges. At a call of a known function the
 * edges that lead to a request are followed with the arguments put in. */
#include "link_internal.h"

enum { EDGE_STEPS = 4000, FATE_STEPS = 6000, EDGE_CALLS_MAX = 600, REQUESTS_MAX = 64, REACH_MAX = 20000 };

typedef struct function_ref {
    ml_file_id file;
    uint32_t function;
} function_ref;

typedef enum edge_fate { FATE_UNSEEN, FATE_OPEN, FATE_SETTLED, FATE_SETTLED_BY_THIS } edge_fate;

typedef enum lead { LEADS_UNKNOWN, LEADS_NOWHERE, LEADS_TO_REQUEST } lead;

/* What a walk over the edges looks for. */
typedef enum aim {
    AIM_ANY,      /* a request or callee that a caller decides */
    AIM_SUBCLASS, /* the same for a subclass's instance: also what depends on `this` */
    AIM_REQUEST,  /* a request alone, by a caller or a subclass */
    AIM_COUNT
} aim;

typedef struct edge {
    ml_node_id call;
    bool direct;     /* a request whose host, or a callee that a caller decides */
    bool sends;      /* the first of them: a request */
    bool is_virtual; /* a request whose URL depends on `this`: a subclass may decide it */
    ML_VEC(function_ref) targets;
    edge_fate fate, outward; /* see fate_of */
    lead leads[AIM_COUNT];   /* once known: through one of the targets */
} edge;

struct ml_summary {
    ML_VEC(edge) edges;
    lead leads[AIM_COUNT];
    uint32_t visit;          /* the last reachability walk that met it, */
    struct ml_summary *from; /* and from where */
};

/* ---- edges ---- */

/* Does a call inside nested function `inner` run when the function around it is called?
 * It does if every function between is handed to a call or called in place. */
static bool runs_within(const ml_facts *facts, uint32_t inner, uint32_t outer)
{
    while (inner != outer) {
        if (!inner)
            return false;
        const ml_node *node = ml_node_at(facts, facts->functions[inner].node);
        ml_node_kind parent = ml_kind_of(facts, node->parent);
        bool handed_on = (parent == ML_NODE_CALL || parent == ML_NODE_NEW) &&
                         (node->role == ML_ROLE_ARG || node->role == ML_ROLE_CALLEE);
        if (!handed_on)
            return false;
        inner = ml_function_around(facts, node->parent);
    }
    return true;
}

/* The leftmost expression of a callee: of a.b().c it is a. */
static ml_node_id callee_root(const ml_facts *facts, ml_node_id node)
{
    for (;;) {
        ml_node_id next = 0;
        switch (ml_kind_of(facts, node)) {
        case ML_NODE_MEMBER:
        case ML_NODE_INDEX: next = ml_child(facts, node, ML_ROLE_OBJECT); break;
        case ML_NODE_CALL: next = ml_child(facts, node, ML_ROLE_CALLEE); break;
        case ML_NODE_AWAIT: next = ml_child(facts, node, ML_ROLE_VALUE); break;
        default: break;
        }
        if (!next)
            return node;
        node = next;
    }
}

static bool is_inert(const ml_facts *facts, ml_node_id callee)
{
    ml_node_id root = callee_root(facts, callee);

    switch (ml_kind_of(facts, root)) {
    case ML_NODE_IDENT: return !ml_node_at(facts, root)->ref && ml_builtin_is_inert(ml_text_of(facts, root));
    case ML_NODE_STRING:
    case ML_NODE_TEMPLATE:
    case ML_NODE_REGEX:
    case ML_NODE_NUMBER: return true;
    case ML_NODE_ARRAY: /* ["…"].map(fetch) */
        return ml_kind_of(facts, ml_child(facts, ml_node_at(facts, callee)->parent, ML_ROLE_ARG)) == ML_NODE_FUNCTION;
    case ML_NODE_SUPER: return root == callee;
    default: return false;
    }
}

/* The callee, and a function handed by name to a method that calls it. */
static ml_values callees_of(ml_eval *eval, ml_file_id file, ml_node_id call, const ml_frame *frame)
{
    ml_values values = ml_eval_callee(eval, file, call, frame);
    ml_set set = {.eval = eval};

    ml_add_handed(eval, &set, file, call, frame);
    if (!set.count)
        return values;
    ml_set_add_all(&set, values);
    return ml_set_done(&set);
}

/* Names of what callers hand over to be told of things, and of methods that send nothing. */
static bool is_no_sender(ml_str name)
{
    /* clang-format off */
    static const char *const names[] = {
        "resolve", "reject", "next", "done", "then", "catch", "finally", "json", "text", "blob", "arrayBuffer",
        "clone", "push", "pop", "shift", "map", "forEach", "filter", "find", "some", "every", "reduce", "join",
        "split", "slice", "concat", "replace", "replaceAll", "trim", "includes", "indexOf", "startsWith",
        "endsWith", "match", "test", "toString", "toLowerCase", "toUpperCase", "keys", "values", "entries",
        "has", "add", "clear", "sort", "log", "warn", "error", "info", "debug", "emit", "dispatch", "abort",
        "close", "write", "read", "getReader", "decode", "encode", "preventDefault", "stopPropagation",
        "callback", "cb", "hasOwnProperty", "charAt", "substring"};
    /* clang-format on */

    if (name.len > 2 && (ml_str_starts(name, ML_STR("on")) || ml_str_starts(name, ML_STR("set")))) {
        char c = name.data[name.data[0] == 'o' ? 2 : 3 < name.len ? 3 : 2];
        if (c >= 'A' && c <= 'Z')
            return true;
    }
    return ML_STR_IS_ONE_OF(name, names);
}

/* Is the callee something a caller decides: a parameter, a member of one, of this? */
static bool is_left_to_caller(const ml_facts *facts, ml_node_id callee)
{
    ml_node_id root = callee_root(facts, callee);
    const ml_node *node = ml_node_at(facts, root);

    if (is_no_sender(ml_text_of(facts, callee)))
        return false;
    if (node->kind == ML_NODE_THIS)
        return true;
    return node->kind == ML_NODE_IDENT && node->ref && facts->bindings[node->ref].kind == ML_BIND_PARAM;
}

static ml_values request_urls(ml_eval *eval, const ml_value *client, const ml_client_call *request, ml_place at,
                              const ml_frame *frame);

/* May a caller decide which host the URL has? */
static bool is_open_url(ml_eval *eval, const ml_value *value)
{
    if (!value->piece_count)
        return false;
    ml_url url = ml_url_of(&eval->arena, value->pieces, value->piece_count);
    if (url.kind == ML_URL_UNKNOWN)
        return !url.hole.settled;
    return url.kind == ML_URL_ABSOLUTE && ml_str_find_char(url.host, 1) != ML_NOT_FOUND;
}

/* A request whose URL, seen without a caller, leaves the host to one. Other requests are
 * judged where they stand, and nobody who calls their function changes them. */
static bool is_open_request(ml_eval *eval, const ml_value *client, ml_place at, bool *is_virtual)
{
    bool construct = ml_kind_of(ml_facts_in(eval, at.file), at.node) == ML_NODE_NEW;
    const ml_client_call *form;
    bool open = false;

    for (uint32_t i = 0; ml_client_request(client->client, client->name, construct, i, &form); i++) {
        ml_values urls = request_urls(eval, client, form, at, NULL);
        *is_virtual |= eval->used_this;
        for (uint32_t k = 0; k < urls.count; k++)
            open |= is_open_url(eval, &urls.items[k]);
    }
    return open || eval->cut;
}

/* Where a call goes, as far as the callee is known without a caller. Evaluated in a state of
 * its own, so that it does not depend on the query it happens in. */
static bool find_edge(ml_eval *eval, ml_file_id file, ml_node_id call, edge *out)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);

    if (!callee || is_inert(facts, callee))
        return false;
    ml_eval inner = {.link = eval->link, .shared = eval->shared, .options = eval->options, .steps_left = EDGE_STEPS};
    ml_values values = callees_of(&inner, file, call, NULL);
    *out = (edge){.call = call};
    for (uint32_t i = 0; i < values.count; i++) {
        const ml_value *value = &values.items[i];
        out->sends |=
            value->kind == ML_V_CLIENT && is_open_request(&inner, value, (ml_place){file, call}, &out->is_virtual);
        out->direct |= value->kind == ML_V_UNKNOWN && is_left_to_caller(facts, callee);
        if (value->kind != ML_V_FUNCTION)
            continue;
        function_ref target = {value->place.file,
                               ml_function_of_node(ml_facts_in(eval, value->place.file), value->place.node)};
        if (target.function)
            ml_vec_push(&eval->summary_arena, &out->targets, target);
    }
    out->direct |= out->sends;
    ml_arena_finish(&inner.arena);
    return out->direct || out->is_virtual || out->targets.count;
}

/* Index of the first call at or behind the node. */
static uint32_t first_call(const ml_facts *facts, ml_node_id node)
{
    uint32_t low = 0, high = facts->call_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (facts->calls[middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static ml_summary *summary_of(ml_eval *eval, function_ref at)
{
    uint64_t key = (uint64_t)at.file << 32 | at.function;
    ml_summary *summary = ml_intmap_get(&eval->summaries, key);

    if (summary)
        return summary;
    summary = ML_NEW(&eval->summary_arena, ml_summary);
    ml_intmap_put(&eval->summary_arena, &eval->summaries, key, summary);
    const ml_facts *facts = ml_facts_in(eval, at.file);
    ml_node_id node = facts->functions[at.function].node;
    uint32_t seen = 0;
    for (uint32_t i = first_call(facts, node); i < facts->call_count && seen < EDGE_CALLS_MAX; i++, seen++) {
        ml_node_id call = facts->calls[i];
        edge found;
        if (ml_node_at(facts, call)->start >= ml_node_at(facts, node)->end)
            break;
        if (ml_is_within(facts, call, node) && runs_within(facts, ml_function_around(facts, call), at.function) &&
            find_edge(eval, at.file, call, &found))
            ml_vec_push(&eval->summary_arena, &summary->edges, found);
    }
    return summary;
}

/* ---- reachability ---- */

typedef ML_VEC(ml_summary *) summary_list;

static bool is_end(const edge *out, aim of)
{
    return (of == AIM_REQUEST ? out->sends : out->direct) || (of != AIM_ANY && out->is_virtual);
}

/* Everything on the way to a request leads to it. */
static bool mark_way(ml_summary *summary, aim of)
{
    for (; summary; summary = summary->from)
        summary->leads[of] = LEADS_TO_REQUEST;
    return true;
}

/* Looks at what can be reached from start; true at the first request. */
static bool reaches_request(ml_eval *eval, ml_summary *start, aim of, summary_list *met)
{
    uint32_t walk = ++eval->summary_walks;

    start->visit = walk;
    start->from = NULL;
    ml_vec_push(&eval->arena, met, start);
    for (uint32_t at = 0; at < met->count; at++) {
        ml_summary *summary = met->items[at];
        if (summary->leads[of] == LEADS_TO_REQUEST || met->count > REACH_MAX)
            return mark_way(summary, of);
        if (summary->leads[of] == LEADS_NOWHERE)
            continue;
        for (uint32_t e = 0; e < summary->edges.count; e++) {
            const edge *out = &summary->edges.items[e];
            if (is_end(out, of))
                return mark_way(summary, of);
            for (uint32_t t = 0; t < out->targets.count; t++) {
                ml_summary *next = summary_of(eval, out->targets.items[t]);
                if (next->visit == walk)
                    continue;
                next->visit = walk;
                next->from = summary;
                ml_vec_push(&eval->arena, met, next);
            }
        }
    }
    return false;
}

static bool leads_to_request(ml_eval *eval, function_ref at, aim of)
{
    ml_summary *summary = summary_of(eval, at);
    summary_list met = {0};

    if (summary->leads[of] != LEADS_UNKNOWN)
        return summary->leads[of] == LEADS_TO_REQUEST;
    if (reaches_request(eval, summary, of, &met))
        return true;
    for (uint32_t i = 0; i < met.count; i++) /* nothing reachable from any of them */
        met.items[i]->leads[of] = LEADS_NOWHERE;
    return false;
}

static bool edge_leads(ml_eval *eval, edge *out, aim of)
{
    bool leads = is_end(out, of);

    if (leads || out->leads[of] != LEADS_UNKNOWN)
        return leads || out->leads[of] == LEADS_TO_REQUEST;
    for (uint32_t t = 0; t < out->targets.count && !leads; t++)
        leads = leads_to_request(eval, out->targets.items[t], of);
    out->leads[of] = leads ? LEADS_TO_REQUEST : LEADS_NOWHERE;
    return leads;
}

/* Does the frame run a method on an instance of a class below the method's own? */
static bool is_inherited(const ml_eval *eval, const ml_frame *frame)
{
    if (!frame->self || frame->self->kind != ML_V_INSTANCE)
        return false;
    const ml_facts *facts = ml_facts_in(eval, frame->file);
    ml_class_ref self = ml_class_of(eval, frame->self);
    return self.file != frame->file || self.index != ml_class_around(facts, facts->functions[frame->function].node);
}

/* ---- requests ---- */

typedef ML_VEC(ml_request) request_list;

typedef struct search {
    ml_eval *eval;
    request_list *out;
    ml_place via[ML_DEPTH_DEFAULT + 3];
    uint32_t via_count;
    bool is_probe;    /* asked by fate_of, */
    bool outward;     /* for which only requests count, */
    bool is_open;     /* which has seen enough: a caller can decide a host */
    bool met_unknown; /* a callee on the way that only a caller can tell */
    ml_intmap visits;
} search;

static ml_values text_only(ml_eval *eval, ml_values values)
{
    ml_set set = {.eval = eval};

    for (uint32_t i = 0; i < values.count; i++)
        if (ml_value_is_text(&values.items[i]) || values.items[i].kind == ML_V_UNKNOWN)
            ml_set_add(&set, &values.items[i]);
    return ml_set_done(&set);
}

/* A URL object given to a client may have had its parts assigned since. */
static ml_values settled(ml_eval *eval, ml_values values, ml_place place)
{
    ml_set set = {.eval = eval};

    for (uint32_t i = 0; i < values.count; i++) {
        if (values.items[i].kind == ML_V_URL)
            ml_set_add_all(&set, ml_member_of(eval, &values.items[i], ML_STR("href"), place));
        else
            ml_set_add(&set, &values.items[i]);
    }
    return ml_set_done(&set);
}

static ml_values request_urls(ml_eval *eval, const ml_value *client, const ml_client_call *request, ml_place at,
                              const ml_frame *frame)
{
    ml_values url = ml_url_place_values(eval, &request->url, at.file, at.node, frame);
    ml_values base = ml_url_place_values(eval, &request->base, at.file, at.node, frame);

    url = text_only(eval, settled(eval, url, at));
    base = text_only(eval, base);
    if (!base.count)
        base = text_only(eval, ml_client_base(eval, client));
    if (!url.count)
        return base;
    return ml_join_urls(eval, base, url, client->client->join_with_slash, at);
}

static ml_str squeezed(ml_eval *eval, ml_str text)
{
    char *out = ml_arena_bytes(&eval->arena, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len && len < 60; i++)
        if ((unsigned char)text.data[i] > ' ')
            out[len++] = text.data[i];
    return (ml_str){out, len};
}

static void add_request(search *s, const ml_value *client, ml_place at, const ml_frame *frame)
{
    ml_eval *eval = s->eval;
    const ml_facts *facts = ml_facts_in(eval, at.file);
    bool construct = ml_kind_of(facts, at.node) == ML_NODE_NEW;
    const ml_client_call *form;
    ml_set urls = {.eval = eval}, body = {.eval = eval};
    bool any = false;

    const ml_stand_in *outside = eval->stand_in, *bound = ml_stand_in_of(eval, client, at.file, at.node, frame);
    eval->stand_in = bound ? bound : outside;
    for (uint32_t i = 0; ml_client_request(client->client, client->name, construct, i, &form); i++) {
        any = true;
        ml_set_add_all(&urls, request_urls(eval, client, form, at, frame));
        ml_set_add_all(&body, ml_url_place_values(eval, &form->body, at.file, at.node, frame));
    }
    eval->stand_in = outside;
    for (uint32_t i = 0; s->is_probe && i < urls.count; i++)
        s->is_open |= is_open_url(eval, &urls.items[i]);
    if (!any || !ml_request_is_new(eval, &s->visits, at, ml_set_done(&urls)))
        return;
    ml_request request = {.client = client->client,
                          .transport = client->client->transport,
                          .at = at,
                          .urls = ml_set_done(&urls),
                          .body = ml_set_done(&body),
                          .wrapped = frame != NULL,
                          .callee = squeezed(eval, ml_source_of(facts, ml_child(facts, at.node, ML_ROLE_CALLEE)))};
    if (s->via_count) {
        ml_place *via = ML_NEW_ARRAY(&eval->arena, ml_place, s->via_count);
        memcpy(via, s->via, s->via_count * sizeof *via);
        request.via = via;
        request.via_count = s->via_count;
    }
    ml_vec_push(&eval->arena, s->out, request);
}

static void search_call(search *s, ml_place at, const ml_frame *frame);

/* Are the hosts of all requests behind a call settled by the call itself, so that nobody
 * who calls the function around it can change them? Asked once an edge, in a state of its
 * own; the search it makes does not ask it again. Outward, a callee that only a caller can
 * tell is no doubt. */
static edge_fate fate_of(ml_eval *eval, ml_file_id file, const edge *out, bool outward)
{
    ml_eval inner = *eval;
    request_list found = {0};

    inner.arena = (ml_arena){0};
    inner.memo = (ml_intmap){0};
    inner.exports = NULL;
    inner.members = NULL;
    inner.lists = NULL;
    inner.stand_in = NULL;
    inner.steps_left = FATE_STEPS;
    inner.nesting = 0;
    inner.cut = inner.used_this = false;
    search s = {.eval = &inner, .out = &found, .is_probe = true, .outward = outward};
    search_call(&s, (ml_place){file, out->call}, NULL);
    eval->summaries = inner.summaries;
    eval->summary_arena = inner.summary_arena;
    eval->summary_walks = inner.summary_walks;
    ml_arena_finish(&inner.arena);
    if (s.is_open || inner.cut || (s.met_unknown && !outward))
        return FATE_OPEN;
    return inner.used_this ? FATE_SETTLED_BY_THIS : FATE_SETTLED;
}

static bool edge_is_settled(ml_eval *eval, ml_file_id file, edge *out, bool subclass)
{
    if (out->direct)
        return false;
    if (out->fate == FATE_UNSEEN)
        out->fate = fate_of(eval, file, out, false);
    return out->fate == FATE_SETTLED || (out->fate == FATE_SETTLED_BY_THIS && !subclass);
}

/* The requests of a function, seen in its frame. */
static void search_frame(search *s, const ml_frame *frame)
{
    ml_eval *eval = s->eval;

    if (!ml_visit_is_new(eval, &s->visits, frame))
        return;
    ml_summary *summary = summary_of(eval, (function_ref){frame->file, frame->function});
    bool subclass = is_inherited(eval, frame);
    aim of = s->outward ? AIM_REQUEST : subclass ? AIM_SUBCLASS : AIM_ANY;
    for (uint32_t i = 0; i < summary->edges.count; i++)
        if (edge_leads(eval, &summary->edges.items[i], of) &&
            (s->is_probe || !edge_is_settled(eval, frame->file, &summary->edges.items[i], subclass)))
            search_call(s, (ml_place){frame->file, summary->edges.items[i].call}, frame);
}

static void search_function(search *s, const ml_value *function, ml_place call, const ml_frame *caller)
{
    const ml_frame *frame = ml_frame_for(s->eval, function, call.file, call.node, caller);

    if (frame)
        search_frame(s, frame);
}

/* useSWR(key, fetcher) calls its fetcher with the key. */
static void search_fetcher(search *s, const ml_value *hook, ml_place call, const ml_frame *frame)
{
    ml_eval *eval = s->eval;

    if (!ml_str_eq(ml_package_name_of(hook->text), ML_STR("swr")) || hook->is_new)
        return;
    ml_values fetchers = ml_arg(eval, call.file, call.node, 1, frame);
    for (uint32_t i = 0; i < fetchers.count; i++) {
        if (fetchers.items[i].kind != ML_V_FUNCTION)
            continue;
        ml_frame *inner = ml_frame_for(eval, &fetchers.items[i], call.file, call.node, frame);
        if (!inner)
            continue;
        ml_values *key = ML_NEW(&eval->arena, ml_values);
        *key = ml_arg(eval, call.file, call.node, 0, frame);
        inner->args = key;
        inner->arg_count = 1;
        search_frame(s, inner);
    }
}

static void search_value(search *s, const ml_value *value, ml_place call, const ml_frame *frame)
{
    bool construct = ml_kind_of(ml_facts_in(s->eval, call.file), call.node) == ML_NODE_NEW;

    if (value->kind == ML_V_CLIENT)
        add_request(s, value, call, frame);
    else if (value->kind == ML_V_FUNCTION && !construct)
        search_function(s, value, call, frame);
    else if (value->kind == ML_V_EXTERNAL && !frame)
        search_fetcher(s, value, call, frame);
}

static void search_call(search *s, ml_place at, const ml_frame *frame)
{
    ml_eval *eval = s->eval;
    const ml_facts *facts = ml_facts_in(eval, at.file);
    ml_node_id callee = ml_child(facts, at.node, ML_ROLE_CALLEE);
    bool counted = frame && s->via_count < sizeof s->via / sizeof *s->via;

    if (!callee || is_inert(facts, callee) || eval->nesting >= ML_NESTING_MAX)
        return;
    if (s->out->count >= REQUESTS_MAX) { /* not in silence */
        eval->cut = true;
        return;
    }
    if (s->is_probe && (s->is_open || (s->met_unknown && !s->outward) || eval->cut)) /* the answer is known */
        return;
    ml_values values = callees_of(eval, at.file, at.node, frame);
    for (uint32_t i = 0; i < values.count; i++)
        s->met_unknown |= values.items[i].kind == ML_V_UNKNOWN && !values.items[i].pieces[0].settled &&
                          !is_no_sender(ml_text_of(facts, callee));
    if (counted)
        s->via[s->via_count++] = at;
    eval->nesting++;
    for (uint32_t i = 0; i < values.count; i++) {
        if (values.items[i].kind == ML_V_CLIENT && counted)
            s->via_count--; /* the request itself is no step between */
        search_value(s, &values.items[i], at, frame);
        if (values.items[i].kind == ML_V_CLIENT && counted)
            s->via_count++;
    }
    eval->nesting--;
    if (counted)
        s->via_count--;
}

/* ---- the same request without the outermost call ---- */

/* Follows one known path of calls, ending at the request, from its first call on its own. */
static void follow_path(search *s, const ml_place *path, uint32_t count, const ml_frame *frame)
{
    ml_eval *eval = s->eval;
    ml_place at = path[0];
    ml_values values = callees_of(eval, at.file, at.node, frame);

    if (eval->nesting >= ML_NESTING_MAX)
        return;
    eval->nesting++;
    for (uint32_t i = 0; i < values.count; i++) {
        const ml_value *value = &values.items[i];
        if (count == 1 && value->kind == ML_V_CLIENT)
            add_request(s, value, at, frame);
        bool leads_on = count > 1 && value->kind == ML_V_FUNCTION && value->place.file == path[1].file &&
                        ml_is_within(ml_facts_in(eval, path[1].file), path[1].node, value->place.node);
        const ml_frame *inner = leads_on ? ml_frame_for(eval, value, at.file, at.node, frame) : NULL;
        if (inner)
            follow_path(s, path + 1, count - 1, inner);
    }
    eval->nesting--;
}

static void add_alone(ml_eval *eval, request_list *requests)
{
    for (uint32_t i = 0; i < requests->count; i++) {
        ml_request *request = &requests->items[i];
        ml_place path[ML_DEPTH_DEFAULT + 4];
        uint32_t count = request->via_count;
        if (!request->wrapped)
            continue;
        if (count)
            memcpy(path, request->via, count * sizeof *path);
        path[count++] = request->at;
        request_list alone = {0};
        search s = {.eval = eval, .out = &alone};
        /* From every inner call on: run(() => send()) leads to the request through a function that stands
         * in its own arguments, where the inner call is judged by itself. */
        for (uint32_t from = 0; from < count; from++)
            follow_path(&s, path + from, count - from, NULL);
        ml_set urls = {.eval = eval};
        for (uint32_t k = 0; k < alone.count; k++)
            ml_set_add_all(&urls, alone.items[k].urls);
        request->urls_alone = ml_set_done(&urls);
    }
}

ml_requests ml_eval_requests(ml_eval *eval, ml_file_id file, ml_node_id call)
{
    request_list list = {0};
    search s = {.eval = eval, .out = &list};

    search_call(&s, (ml_place){file, call}, NULL);
    add_alone(eval, &list);
    return (ml_requests){list.items, list.count};
}

ml_carry ml_function_carry(ml_eval *eval, ml_file_id file, uint32_t function)
{
    ml_summary *summary = summary_of(eval, (function_ref){file, function});
    ml_carry carry = ML_CARRY_NOTHING;

    for (uint32_t i = 0; i < summary->edges.count; i++) {
        edge *out = &summary->edges.items[i];
        if (out->sends)
            return ML_CARRY_TO_CALLERS;
        if (out->is_virtual)
            carry = ML_CARRY_TO_SUBCLASSES;
        if (!edge_leads(eval, out, AIM_REQUEST))
            continue;
        if (out->outward == FATE_UNSEEN)
            out->outward = fate_of(eval, file, out, true);
        if (out->outward == FATE_OPEN)
            return ML_CARRY_TO_CALLERS;
        if (out->outward == FATE_SETTLED_BY_THIS)
            carry = ML_CARRY_TO_SUBCLASSES;
    }
    return carry;
}

ml_values ml_captured_callees(ml_eval *eval, ml_file_id file, uint32_t function, const ml_frame *closure)
{
    const ml_summary *summary = summary_of(eval, (function_ref){file, function});
    ml_set set = {.eval = eval};

    for (uint32_t i = 0; i < summary->edges.count; i++) {
        const edge *out = &summary->edges.items[i];
        ml_node_id callee = ml_child(ml_facts_in(eval, file), out->call, ML_ROLE_CALLEE);
        if (out->direct && !out->sends)
            ml_set_add_all(&set, ml_eval_in(eval, file, callee, closure));
    }
    return ml_set_done(&set);
}

uint32_t ml_eval_callees(ml_eval *eval, ml_file_id file, ml_node_id call, ml_place *out, uint32_t max)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    uint32_t count = 0;

    if (!callee || is_inert(facts, callee))
        return 0;
    ml_values values = ml_eval_in(eval, file, callee, NULL);
    for (uint32_t i = 0; i < values.count && count < max; i++)
        if (values.items[i].kind == ML_V_FUNCTION)
            out[count++] = values.items[i].place;
    return count;
}

/* ---- the bridge ---- */

static const ml_bridge_method *method_named(const ml_config *config, ml_str name)
{
    for (uint32_t i = 0; i < config->bridge.method_count; i++)
        if (ml_str_eq(config->bridge.methods[i].name, name))
            return &config->bridge.methods[i];
    return NULL;
}

/* A method of the bridge's class in the bridge's own files, however it was reached. */
static const ml_bridge_method *method_of_class(ml_eval *eval, const ml_value *value)
{
    const ml_link *link = eval->link;

    if (value->kind != ML_V_FUNCTION || !ml_link_in_bridge(link, value->place.file))
        return NULL;
    const ml_facts *facts = ml_facts_in(eval, value->place.file);
    ml_node_id member = ml_node_at(facts, value->place.node)->parent;
    uint32_t class_index = ml_class_around(facts, value->place.node);
    if (ml_kind_of(facts, member) != ML_NODE_METHOD || !class_index ||
        !ml_strs_have(&link->host.config->bridge.classes, facts->classes[class_index].name))
        return NULL;
    return method_named(link->host.config, ml_text_of(facts, member));
}

ml_bridge_call ml_eval_bridge_call(ml_eval *eval, ml_file_id file, ml_node_id call)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    const ml_config *config = eval->link->host.config;
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    ml_node_kind kind = ml_kind_of(facts, callee);
    const ml_bridge_method *method = NULL;

    if (ml_kind_of(facts, call) != ML_NODE_CALL ||
        (kind == ML_NODE_MEMBER && !method_named(config, ml_text_of(facts, callee))) ||
        (kind != ML_NODE_MEMBER && kind != ML_NODE_IDENT && kind != ML_NODE_INDEX))
        return (ml_bridge_call){NULL};
    ml_values values = ml_eval_in(eval, file, callee, NULL);
    for (uint32_t i = 0; i < values.count && !method; i++)
        method = values.items[i].kind == ML_V_BRIDGE ? method_named(config, values.items[i].name)
                                                     : method_of_class(eval, &values.items[i]);
    return (ml_bridge_call){method};
}
