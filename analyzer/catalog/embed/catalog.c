/* The catalogue as constant data: one array per list of a record, then the records,
 * then the indexes, all ready to be searched. */
#include "embed.h"

#include "ml/catalog_read.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

typedef struct emitter {
    ml_buf *out;
    uint32_t next; /* number of the next anonymous array */
} emitter;

static const char *trust_name(ml_trust trust)
{
    return trust == ML_TRUST_DOUBTFUL ? "ML_TRUST_DOUBTFUL" : "ML_TRUST_FULL";
}

static const char *bool_name(bool value)
{
    return value ? "true" : "false";
}

/* Opens a static array and returns its number; "a7" is then its name. */
static uint32_t begin_array(emitter *e, const char *type)
{
    ml_buf_printf(e->out, "static const %s a%u[] = {", type, e->next);
    return e->next++;
}

static void end_array(emitter *e)
{
    ml_buf_cstr(e->out, "};\n");
}

enum { NO_ARRAY = UINT32_MAX };

static void name_array(emitter *e, uint32_t array)
{
    if (array == NO_ARRAY)
        ml_buf_cstr(e->out, "NULL");
    else
        ml_buf_printf(e->out, "a%u", array);
}

static uint32_t emit_strs(emitter *e, const ml_str *items, uint32_t count)
{
    if (!count)
        return NO_ARRAY;
    uint32_t array = begin_array(e, "ml_str");
    for (uint32_t i = 0; i < count; i++) {
        embed_str(e->out, items[i]);
        ml_buf_char(e->out, ',');
    }
    end_array(e);
    return array;
}

static void emit_list(emitter *e, uint32_t array, uint32_t count)
{
    name_array(e, array);
    ml_buf_printf(e->out, ", %u, ", count);
}

/* ---- providers ---- */

static uint32_t emit_hosts(emitter *e, const ml_provider *provider)
{
    if (!provider->host_count)
        return NO_ARRAY;
    uint32_t array = begin_array(e, "ml_host");
    for (uint32_t i = 0; i < provider->host_count; i++) {
        ml_buf_char(e->out, '{');
        embed_str(e->out, provider->hosts[i].pattern);
        ml_buf_char(e->out, ',');
        embed_str(e->out, provider->hosts[i].path_prefix);
        ml_buf_printf(e->out, ", %s},", trust_name(provider->hosts[i].trust));
    }
    end_array(e);
    return array;
}

static const char *kind_name(ml_package_kind kind)
{
    static const char *const names[] = {"ML_PACKAGE_SDK", "ML_PACKAGE_WRAPPER", "ML_PACKAGE_FRAMEWORK",
                                        "ML_PACKAGE_UI",  "ML_PACKAGE_CLI",     "ML_PACKAGE_OTHER"};
    return names[kind];
}

static uint32_t emit_packages(emitter *e, const ml_provider *provider, ml_arena *arena)
{
    if (!provider->package_count)
        return NO_ARRAY;
    uint32_t *clients = ML_NEW_ARRAY(arena, uint32_t, provider->package_count);
    for (uint32_t i = 0; i < provider->package_count; i++)
        clients[i] = emit_strs(e, provider->packages[i].clients, provider->packages[i].client_count);
    uint32_t array = begin_array(e, "ml_package");
    for (uint32_t i = 0; i < provider->package_count; i++) {
        const ml_package *package = &provider->packages[i];
        ml_buf_char(e->out, '{');
        embed_str(e->out, package->name);
        ml_buf_printf(e->out, ", %s, %s, ", kind_name(package->kind), bool_name(package->type_only));
        emit_list(e, clients[i], package->client_count);
        ml_buf_printf(e->out, "%s},", trust_name(package->trust));
    }
    end_array(e);
    return array;
}

static uint32_t emit_endpoints(emitter *e, const ml_provider *provider)
{
    if (!provider->endpoint_count)
        return NO_ARRAY;
    uint32_t array = begin_array(e, "ml_endpoint");
    for (uint32_t i = 0; i < provider->endpoint_count; i++) {
        const ml_endpoint *endpoint = &provider->endpoints[i];
        ml_buf_char(e->out, '{');
        embed_str(e->out, endpoint->path);
        ml_buf_char(e->out, ',');
        embed_str(e->out, endpoint->call);
        ml_buf_char(e->out, ',');
        embed_str(e->out, endpoint->billing_type);
        ml_buf_char(e->out, ',');
        embed_str(e->out, endpoint->host);
        ml_buf_printf(e->out, ", %s, %s},", bool_name(endpoint->websocket), trust_name(endpoint->trust));
    }
    end_array(e);
    return array;
}

static uint32_t emit_keys(emitter *e, const ml_provider *provider)
{
    if (!provider->key_count)
        return NO_ARRAY;
    uint32_t array = begin_array(e, "ml_key_pattern");
    for (uint32_t i = 0; i < provider->key_count; i++) {
        ml_buf_char(e->out, '{');
        embed_str(e->out, provider->keys[i].pattern);
        ml_buf_printf(e->out, ", %s, %s},", bool_name(provider->keys[i].needs_name),
                      trust_name(provider->keys[i].trust));
    }
    end_array(e);
    return array;
}

static uint32_t emit_ports(emitter *e, const ml_provider *provider)
{
    if (!provider->port_count)
        return NO_ARRAY;
    uint32_t array = begin_array(e, "uint16_t");
    for (uint32_t i = 0; i < provider->port_count; i++)
        ml_buf_printf(e->out, "%u,", provider->ports[i]);
    end_array(e);
    return array;
}

typedef struct provider_arrays {
    uint32_t hosts, websites, shares, packages, env, prefixes, models, endpoints, keys, ports;
} provider_arrays;

static provider_arrays emit_provider_lists(emitter *e, ml_arena *arena, const ml_provider *p)
{
    provider_arrays a;

    a.hosts = emit_hosts(e, p);
    a.websites = emit_strs(e, p->website_hosts, p->website_host_count);
    a.shares = emit_strs(e, p->shares_host_with, p->share_count);
    a.packages = emit_packages(e, p, arena);
    a.env = emit_strs(e, p->env, p->env_count);
    a.prefixes = emit_strs(e, p->env_prefixes, p->env_prefix_count);
    a.models = emit_strs(e, p->models, p->model_count);
    a.endpoints = emit_endpoints(e, p);
    a.keys = emit_keys(e, p);
    a.ports = emit_ports(e, p);
    return a;
}

/* In the order of the struct's members. */
static void emit_provider(emitter *e, const ml_provider *p, provider_arrays a)
{
    ml_buf_char(e->out, '{');
    embed_str(e->out, p->id);
    ml_buf_char(e->out, ',');
    embed_str(e->out, p->name);
    ml_buf_cstr(e->out, ", ");
    emit_list(e, a.hosts, p->host_count);
    emit_list(e, a.websites, p->website_host_count);
    emit_list(e, a.shares, p->share_count);
    emit_list(e, a.packages, p->package_count);
    emit_list(e, a.env, p->env_count);
    emit_list(e, a.prefixes, p->env_prefix_count);
    emit_list(e, a.models, p->model_count);
    emit_list(e, a.endpoints, p->endpoint_count);
    emit_list(e, a.keys, p->key_count);
    ml_buf_printf(e->out, "%s, ", bool_name(p->local));
    emit_list(e, a.ports, p->port_count);
    ml_buf_printf(e->out, "%s, %s},\n", bool_name(p->optional), bool_name(p->longtail));
}

static void emit_providers(emitter *e, ml_arena *arena, const ml_catalog *catalog)
{
    provider_arrays *arrays = ML_NEW_ARRAY(arena, provider_arrays, catalog->provider_count);

    for (uint32_t i = 0; i < catalog->provider_count; i++)
        arrays[i] = emit_provider_lists(e, arena, &catalog->providers[i]);
    ml_buf_cstr(e->out, "static const ml_provider providers[] = {\n");
    for (uint32_t i = 0; i < catalog->provider_count; i++)
        emit_provider(e, &catalog->providers[i], arrays[i]);
    ml_buf_cstr(e->out, "};\n");
}

/* ---- clients ---- */

typedef struct place_arrays {
    uint32_t keys, hosts;
} place_arrays;

static place_arrays emit_place_lists(emitter *e, const ml_url_place *place)
{
    return (place_arrays){emit_strs(e, place->keys, place->key_count),
                          emit_strs(e, place->host_keys, place->host_key_count)};
}

static void emit_place(emitter *e, const ml_url_place *place, place_arrays a)
{
    ml_buf_printf(e->out, "{%d, ", place->arg);
    emit_list(e, a.keys, place->key_count);
    emit_list(e, a.hosts, place->host_key_count);
    embed_str(e->out, place->path_key);
    ml_buf_cstr(e->out, "},");
}

static uint32_t emit_calls(emitter *e, ml_arena *arena, const ml_client_call *calls, uint32_t count)
{
    place_arrays *arrays = ML_NEW_ARRAY(arena, place_arrays, count ? (size_t)count * 3 : 1);

    if (!count)
        return NO_ARRAY;
    for (uint32_t i = 0; i < count; i++) {
        arrays[i * 3] = emit_place_lists(e, &calls[i].url);
        arrays[i * 3 + 1] = emit_place_lists(e, &calls[i].base);
        arrays[i * 3 + 2] = emit_place_lists(e, &calls[i].body);
    }
    uint32_t array = begin_array(e, "ml_client_call");
    for (uint32_t i = 0; i < count; i++) {
        ml_buf_char(e->out, '{');
        embed_str(e->out, calls[i].at);
        ml_buf_printf(e->out, ", %s,", bool_name(calls[i].construct));
        emit_place(e, &calls[i].url, arrays[i * 3]);
        emit_place(e, &calls[i].base, arrays[i * 3 + 1]);
        emit_place(e, &calls[i].body, arrays[i * 3 + 2]);
        embed_str(e->out, calls[i].yields);
        ml_buf_cstr(e->out, "},");
    }
    end_array(e);
    return array;
}

static uint32_t emit_entries(emitter *e, const ml_client *client)
{
    static const char *const kinds[] = {"ML_ENTRY_GLOBAL", "ML_ENTRY_IMPORT", "ML_ENTRY_TYPE"};
    uint32_t array = begin_array(e, "ml_client_entry");

    for (uint32_t i = 0; i < client->entry_count; i++) {
        const ml_client_entry *entry = &client->entries[i];
        ml_buf_printf(e->out, "{%s,", kinds[entry->kind]);
        embed_str(e->out, entry->package);
        ml_buf_char(e->out, ',');
        embed_str(e->out, entry->name);
        ml_buf_char(e->out, ',');
        embed_str(e->out, entry->at);
        ml_buf_cstr(e->out, "},");
    }
    end_array(e);
    return array;
}

typedef struct client_arrays {
    uint32_t entries, requests, factories, properties;
} client_arrays;

static void emit_client(emitter *e, const ml_client *client, client_arrays a)
{
    static const char *const transports[] = {"ML_TRANSPORT_HTTP",  "ML_TRANSPORT_WEBSOCKET", "ML_TRANSPORT_EVENTSOURCE",
                                             "ML_TRANSPORT_SHELL", "ML_TRANSPORT_PROXY",     "ML_TRANSPORT_CODE"};

    ml_buf_char(e->out, '{');
    embed_str(e->out, client->id);
    ml_buf_char(e->out, ',');
    embed_str(e->out, client->name);
    ml_buf_printf(e->out, ", %s, ", transports[client->transport]);
    emit_list(e, a.entries, client->entry_count);
    emit_list(e, a.requests, client->request_count);
    emit_list(e, a.factories, client->factory_count);
    emit_list(e, a.properties, client->base_property_count);
    ml_buf_printf(e->out, "%s, %s},\n", bool_name(client->join_with_slash), trust_name(client->trust));
}

static void emit_clients(emitter *e, ml_arena *arena, const ml_catalog *catalog)
{
    client_arrays *arrays = ML_NEW_ARRAY(arena, client_arrays, catalog->client_count);

    for (uint32_t i = 0; i < catalog->client_count; i++) {
        const ml_client *client = &catalog->clients[i];
        arrays[i].entries = emit_entries(e, client);
        arrays[i].requests = emit_calls(e, arena, client->requests, client->request_count);
        arrays[i].factories = emit_calls(e, arena, client->factories, client->factory_count);
        arrays[i].properties = emit_strs(e, client->base_properties, client->base_property_count);
    }
    ml_buf_cstr(e->out, "static const ml_client clients[] = {\n");
    for (uint32_t i = 0; i < catalog->client_count; i++)
        emit_client(e, &catalog->clients[i], arrays[i]);
    ml_buf_cstr(e->out, "};\n");
}

/* ---- indexes ---- */

/* An index without entries still needs an element to be a valid array. */
static void close_index(emitter *e, uint32_t count)
{
    ml_buf_cstr(e->out, count ? "};\n" : "{0}};\n");
}

static void emit_names(emitter *e, const char *name, const ml_name_slot *slots, uint32_t count)
{
    ml_buf_printf(e->out, "static const ml_name_slot %s[] = {\n", name);
    for (uint32_t i = 0; i < count; i++) {
        ml_buf_char(e->out, '{');
        embed_str(e->out, slots[i].name);
        ml_buf_printf(e->out, ", %u, %u},\n", slots[i].provider, slots[i].item);
    }
    close_index(e, count);
}

static void emit_entry_index(emitter *e, const char *name, const ml_entry_slot *slots, uint32_t count)
{
    ml_buf_printf(e->out, "static const ml_entry_slot %s[] = {\n", name);
    for (uint32_t i = 0; i < count; i++) {
        ml_buf_char(e->out, '{');
        embed_str(e->out, slots[i].package);
        ml_buf_char(e->out, ',');
        embed_str(e->out, slots[i].name);
        ml_buf_printf(e->out, ", %u, %u},\n", slots[i].client, slots[i].entry);
    }
    close_index(e, count);
}

static void emit_words(emitter *e, const ml_catalog *c)
{
    static const char *const kinds[] = {"ML_WORD_HOST", "ML_WORD_PACKAGE", "ML_WORD_ENV", "ML_WORD_CLIENT"};

    ml_buf_cstr(e->out, "static const ml_word_slot words[] = {\n");
    for (uint32_t i = 0; i < c->word_count; i++) {
        ml_buf_char(e->out, '{');
        embed_str(e->out, c->words[i].word);
        ml_buf_printf(e->out, ", %s},\n", kinds[c->words[i].kind]);
    }
    close_index(e, c->word_count);
}

static void emit_indexes(emitter *e, const ml_catalog *c)
{
    ml_buf_cstr(e->out, "static const ml_host_slot hosts[] = {\n");
    for (uint32_t i = 0; i < c->host_count; i++) {
        ml_buf_char(e->out, '{');
        embed_str(e->out, c->hosts[i].tail);
        ml_buf_printf(e->out, ", %u, %u},\n", c->hosts[i].provider, c->hosts[i].host);
    }
    close_index(e, c->host_count);
    ml_buf_cstr(e->out, "static const ml_port_slot ports[] = {\n");
    for (uint32_t i = 0; i < c->port_count; i++)
        ml_buf_printf(e->out, "{%u, %u},\n", c->ports[i].port, c->ports[i].provider);
    close_index(e, c->port_count);
    emit_names(e, "websites", c->websites, c->website_count);
    emit_names(e, "packages", c->packages, c->package_count);
    emit_names(e, "env", c->env, c->env_count);
    emit_names(e, "env_prefixes", c->env_prefixes, c->env_prefix_count);
    emit_entry_index(e, "globals", c->globals, c->global_count);
    emit_entry_index(e, "imports", c->imports, c->import_count);
    emit_entry_index(e, "types", c->types, c->type_count);
    emit_words(e, c);
    ml_buf_printf(
        e->out,
        "static const ml_catalog catalog = {\n"
        "    providers, clients, hosts, websites, packages, env, env_prefixes, ports, globals, imports, types,\n"
        "    words, %u, %u, %u, %u, %u, %u, %u, %u, %u, %u, %u, %u};\n\n"
        "const ml_catalog *ml_catalog_builtin(void)\n{\n    return &catalog;\n}\n",
        c->provider_count, c->client_count, c->host_count, c->website_count, c->package_count, c->env_count,
        c->env_prefix_count, c->port_count, c->global_count, c->import_count, c->type_count, c->word_count);
}

/* ---- reading ---- */

/* A key pattern that does not compile would silence the secrets rule. */
static ml_status check_keys(const ml_provider *provider, const char *path, ml_error *error)
{
    for (uint32_t i = 0; i < provider->key_count; i++) {
        int code;
        PCRE2_SIZE offset;
        PCRE2_UCHAR text[160];
        ml_str pattern = provider->keys[i].pattern;
        pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern.data, pattern.len, PCRE2_UTF, &code, &offset, NULL);
        if (!compiled) {
            pcre2_get_error_message(code, text, sizeof text);
            return ml_fail(error, ML_EVALUE, path, 0, "key pattern %u: %s at offset %zu", i + 1, (char *)text,
                           (size_t)offset);
        }
        pcre2_code_free(compiled);
    }
    return ML_OK;
}

static ml_status read_record(ml_arena *arena, const char *path, ml_provider_list *providers, ml_client_list *clients,
                             ml_error *error)
{
    ml_str folder = ml_path_name(ml_path_folder(ml_str_of(path))), text;
    ml_provider provider;
    ml_client client;
    ml_status status = embed_read(arena, path, &text, error);

    if (status != ML_OK)
        return status;
    if (ml_str_eq_c(folder, "clients")) {
        if ((status = ml_client_read(&client, arena, text, path, error)) == ML_OK)
            ml_vec_push(arena, clients, client);
        return status;
    }
    if (!ml_str_eq_c(folder, "providers"))
        return ml_fail(error, ML_EVALUE, path, 0, "lies in neither providers nor clients");
    if ((status = ml_provider_read(&provider, arena, text, path, error)) != ML_OK ||
        (status = check_keys(&provider, path, error)) != ML_OK)
        return status;
    ml_vec_push(arena, providers, provider);
    return ML_OK;
}

ml_status embed_catalog(ml_buf *out, ml_arena *arena, char **paths, int count, ml_error *error)
{
    ml_provider_list providers = {0};
    ml_client_list clients = {0};
    ml_catalog catalog;
    emitter e = {.out = out};
    ml_status status;

    for (int i = 0; i < count; i++)
        if ((status = read_record(arena, paths[i], &providers, &clients, error)) != ML_OK)
            return status;
    if (!providers.count || !clients.count)
        return ml_fail(error, ML_EVALUE, NULL, 0, "no provider or no client was given");
    if ((status = ml_catalog_build(&catalog, arena, &providers, &clients, error)) != ML_OK)
        return status;
    ml_buf_cstr(out, "#include \"ml/catalog_read.h\"\n\n");
    emit_providers(&e, arena, &catalog);
    emit_clients(&e, arena, &catalog);
    emit_indexes(&e, &catalog);
    return ML_OK;
}
