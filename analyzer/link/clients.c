/* Which client a value is, which of its calls send a request, and to which URL. */
#include "link_internal.h"

bool ml_client_request(const ml_client *client, ml_str at, bool construct, uint32_t nth, const ml_client_call **out)
{
    for (uint32_t i = 0; i < client->request_count; i++) {
        const ml_client_call *request = &client->requests[i];
        if (request->construct == construct && ml_str_eq(request->at, at) && nth-- == 0) {
            *out = request;
            return true;
        }
    }
    return false;
}

bool ml_client_factory(const ml_client *client, ml_str at, bool construct, const ml_client_call **out)
{
    for (uint32_t i = 0; i < client->factory_count; i++) {
        const ml_client_call *factory = &client->factories[i];
        if (factory->construct == construct && ml_str_eq(factory->at, at)) {
            *out = factory;
            return true;
        }
    }
    return false;
}

static void add_client(ml_eval *eval, ml_set *out, ml_client_ref ref, ml_str rest, ml_place place)
{
    ml_str at = ref.at;

    if (rest.len)
        at = ml_dotted(eval, at, rest);
    ml_value value = {.kind = ML_V_CLIENT, .client = ref.client, .name = at, .place = place};
    ml_set_add(out, &value);
}

void ml_clients_of_global(ml_eval *eval, ml_set *out, ml_str path, ml_place place)
{
    const ml_catalog *catalog = eval->link->host.catalog;
    ml_client_ref ref;

    for (uint32_t i = 0; (ref = ml_catalog_client_global(catalog, path, i)).client; i++)
        add_client(eval, out, ref, ML_STR_NONE, place);
}

void ml_clients_of_external(ml_eval *eval, ml_set *out, ml_str package, ml_str member, ml_place place)
{
    const ml_catalog *catalog = eval->link->host.catalog;
    ml_str rest = member, name = ml_str_split(&rest, '.');
    ml_client_ref ref;

    for (uint32_t i = 0; (ref = ml_catalog_client_import(catalog, package, name, i)).client; i++)
        add_client(eval, out, ref, rest, place);
    if (out->count ||
        !(ml_str_eq(name, ML_STR("=")) || ml_str_eq(name, ML_STR("*")) || ml_str_eq(name, ML_STR("default"))))
        return;
    /* A whole module, however it came in, can be the default export or carry the named ones. */
    if (!ml_str_eq(name, ML_STR("default")) || rest.len) {
        ml_str below = rest, export = ml_str_split(&below, '.');
        if (export.len)
            for (uint32_t i = 0; (ref = ml_catalog_client_import(catalog, package, export, i)).client; i++)
                add_client(eval, out, ref, below, place);
    }
    static const char *const wholes[] = {"default", "*"};
    for (size_t w = 0; w < 2 && !out->count; w++)
        for (uint32_t i = 0; (ref = ml_catalog_client_import(catalog, package, ml_str_of(wholes[w]), i)).client; i++)
            add_client(eval, out, ref, rest, place);
}

/* Property by dotted path. */
static ml_values property(ml_eval *eval, ml_values of, ml_str path, ml_place place)
{
    while (path.len)
        of = ml_members_of(eval, of, ml_str_split(&path, '.'), place);
    return of;
}

static bool is_known(ml_values values)
{
    for (uint32_t i = 0; i < values.count; i++)
        if (values.items[i].kind != ML_V_UNDEFINED && values.items[i].kind != ML_V_NULL)
            return true;
    return false;
}

static bool is_plain_unknown(ml_values values)
{
    for (uint32_t i = 0; i < values.count; i++)
        if (values.items[i].kind != ML_V_UNKNOWN)
            return false;
    return true;
}

/* A client root handed over where a URL is wanted carries its URL as base: new Request(url). */
static ml_values unwrap_carriers(ml_eval *eval, ml_values values)
{
    ml_set set = {.eval = eval};

    for (uint32_t i = 0; i < values.count; i++) {
        if (values.items[i].kind == ML_V_CLIENT)
            ml_set_add_all(&set, values.items[i].base);
        else
            ml_set_add(&set, &values.items[i]);
    }
    return ml_set_done(&set);
}

static ml_values first_property(ml_eval *eval, ml_values of, const ml_str *keys, uint32_t count, ml_place place)
{
    for (uint32_t i = 0; i < count; i++) {
        ml_values values = property(eval, of, keys[i], place);
        if (is_known(values))
            return values;
    }
    return ml_nothing();
}

/* https.request({ hostname, path }): the pieces of a URL in properties of their own. */
static ml_values from_host_options(ml_eval *eval, const ml_url_place *where, ml_values options, ml_place place)
{
    ml_values host = first_property(eval, options, where->host_keys, where->host_key_count, place);

    if (!host.count)
        return host;
    ml_values path = where->path_key.len ? property(eval, options, where->path_key, place) : ml_nothing();
    ml_values url = ml_concat(eval, ml_one(eval, ml_string_value(eval, ML_STR("https://"), place)), host, place);
    ml_values port = property(eval, options, ML_STR("port"), place);
    if (is_known(port) && !is_plain_unknown(port))
        url = ml_concat(eval, ml_concat(eval, url, ml_one(eval, ml_string_value(eval, ML_STR(":"), place)), place),
                        port, place);
    return is_known(path) ? ml_concat(eval, url, path, place) : url;
}

static bool is_text_like(const ml_value *value)
{
    return ml_value_is_text(value) || value->kind == ML_V_CLIENT;
}

ml_values ml_url_place_values(ml_eval *eval, const ml_url_place *where, ml_file_id file, ml_node_id call,
                              const ml_frame *frame)
{
    if (where->arg < 0)
        return ml_nothing();
    ml_place place = {file, call};
    ml_values arg = ml_arg(eval, file, call, (uint32_t)where->arg, frame);
    ml_set set = {.eval = eval};

    if (!where->key_count && !where->host_key_count)
        return unwrap_carriers(eval, arg);
    for (uint32_t i = 0; i < arg.count; i++) {
        ml_values one = {&arg.items[i], 1};
        if (is_text_like(&arg.items[i]))
            continue; /* a string where options are meant: another form of the call says so */
        ml_values found = where->key_count ? first_property(eval, one, where->keys, where->key_count, place)
                                           : from_host_options(eval, where, one, place);
        if (!is_plain_unknown(one) || !is_plain_unknown(found))
            ml_set_add_all(&set, unwrap_carriers(eval, found));
    }
    return ml_set_done(&set);
}

/* Bases set later: axios.defaults.baseURL = "…" on the binding that holds the client. */
static void add_written_bases(ml_eval *eval, ml_set *out, const ml_value *client)
{
    const ml_facts *facts = client->holder ? ml_facts_in(eval, client->holder_file) : NULL;

    if (!facts || !client->client->base_property_count)
        return;
    const ml_binding *binding = &facts->bindings[client->holder];
    for (uint32_t i = 0; i < binding->write_count; i++) {
        const ml_write *write = &facts->writes[facts->writes_by_binding[binding->write_first + i]];
        ml_str written = ml_source_of(facts, write->target);
        for (uint32_t k = 0; k < client->client->base_property_count; k++) {
            ml_str wanted = client->client->base_properties[k];
            if (write->value && ml_str_ends(written, wanted) && written.len > wanted.len &&
                written.data[written.len - wanted.len - 1] == '.')
                ml_set_add_all(out, ml_eval_in(eval, client->holder_file, write->value, NULL));
        }
    }
}

static void add_absolute(ml_eval *eval, ml_set *out, ml_values values)
{
    for (uint32_t i = 0; i < values.count; i++)
        if (values.items[i].piece_count &&
            ml_url_of(&eval->arena, values.items[i].pieces, values.items[i].piece_count).kind == ML_URL_ABSOLUTE)
            ml_set_add(out, &values.items[i]);
}

/* What an interceptor's function sets as base: config.baseURL = "…" on its parameter. */
static void add_function_bases(ml_eval *eval, ml_set *out, const ml_value *function)
{
    const ml_facts *facts = ml_facts_in(eval, function->place.file);
    ml_node_id param = ml_child(facts, function->place.node, ML_ROLE_PARAM);
    ml_node_id target = param ? ml_child(facts, param, ML_ROLE_TARGET) : 0;

    if (!target || ml_kind_of(facts, target) != ML_NODE_IDENT || !ml_node_at(facts, target)->ref)
        return;
    const ml_binding *binding = &facts->bindings[ml_node_at(facts, target)->ref];
    for (uint32_t i = 0; i < binding->write_count; i++) {
        const ml_write *write = &facts->writes[facts->writes_by_binding[binding->write_first + i]];
        if (!write->value || ml_kind_of(facts, write->target) != ML_NODE_MEMBER)
            continue;
        ml_values values = ml_eval_in(eval, function->place.file, write->value, NULL);
        if (ml_str_eq(ml_text_of(facts, write->target), ML_STR("baseURL")))
            ml_set_add_all(out, values);
        else if (ml_str_eq(ml_text_of(facts, write->target), ML_STR("url")))
            add_absolute(eval, out, values);
    }
    /* (config) => ({ ...config, baseURL: "…" }) */
    ml_values given = ml_unknown(eval, ML_HOLE_OTHER, ML_STR("config"), function->place);
    ml_values made = ml_call_with(eval, function, &given, 1, NULL, function->place);
    for (uint32_t i = 0; i < made.count; i++)
        if (made.items[i].kind == ML_V_OBJECT)
            add_absolute(eval, out, ml_member_of(eval, &made.items[i], ML_STR("baseURL"), function->place));
}

/* api.interceptors.request.use(fn) on the binding that holds the client. */
static void add_intercepted_bases(ml_eval *eval, ml_set *out, const ml_value *client)
{
    const ml_facts *facts = client->holder ? ml_facts_in(eval, client->holder_file) : NULL;

    for (uint32_t i = 0; facts && i < facts->call_count; i++) {
        ml_node_id callee = ml_child(facts, facts->calls[i], ML_ROLE_CALLEE), root = callee;
        if (ml_kind_of(facts, callee) != ML_NODE_MEMBER || !ml_str_eq(ml_text_of(facts, callee), ML_STR("use")))
            continue;
        while (ml_kind_of(facts, root) == ML_NODE_MEMBER)
            root = ml_child(facts, root, ML_ROLE_OBJECT);
        if (ml_kind_of(facts, root) != ML_NODE_IDENT || ml_node_at(facts, root)->ref != client->holder ||
            !ml_str_ends(ml_source_of(facts, callee), ML_STR("interceptors.request.use")))
            continue;
        ml_values functions = ml_arg(eval, client->holder_file, facts->calls[i], 0, NULL);
        for (uint32_t k = 0; k < functions.count; k++)
            if (functions.items[k].kind == ML_V_FUNCTION)
                add_function_bases(eval, out, &functions.items[k]);
    }
}

ml_values ml_client_base(ml_eval *eval, const ml_value *client)
{
    ml_set set = {.eval = eval};

    ml_set_add_all(&set, client->base);
    if (!set.count)
        add_written_bases(eval, &set, client);
    add_intercepted_bases(eval, &set, client);
    return ml_set_done(&set);
}
