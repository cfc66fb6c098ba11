/* rules/providers/<id>.json to ml_provider. docs/catalogue.md explains the keys to people. */
#include "ml/catalog_read.h"
#include "record.h"

#include "ml/json_read.h"

static const char *const provider_keys[] = {
    "id",        "name", "hosts", "sharesHostWith", "websiteHosts", "packages", "env",     "envPrefixes", "models",
    "endpoints", "keys", "local", "ports",          "optional",     "longtail", "sources", "note",        NULL};
static const char *const host_keys[] = {"pattern", "path", "doubtful", "note", NULL};
static const char *const package_keys[] = {"name",     "kind",     "clients", "clientsDoubtful",
                                           "typeOnly", "doubtful", "note",    NULL};
static const char *const endpoint_keys[] = {"path",   "call",      "billingType", "host", "query",
                                            "header", "websocket", "doubtful",    "note", NULL};
static const char *const key_keys[] = {"pattern", "needsName", "doubtful", "note", NULL};

static const char *const package_kinds[] = {"sdk", "wrapper", "framework", "ui", "cli", "other", NULL};
static const char *const calls[] = {"chat",     "embedding", "image",      "speech", "video", "transcription",
                                    "realtime", "rerank",    "moderation", "other",  NULL};
static const char *const billing_types[] = {"token", "character", "count", "second", NULL};

typedef struct reader {
    ml_json_source source;
    ml_arena *arena;
} reader;

typedef ML_VEC(ml_host) host_list;

static ml_status read_trust(const reader *r, const ml_json *object, ml_trust *out)
{
    bool doubtful = false;
    ml_status status = ml_json_read_bool(&r->source, object, "doubtful", &doubtful);

    *out = doubtful ? ML_TRUST_DOUBTFUL : ML_TRUST_FULL;
    return status;
}

/* A word of a closed list; its position in it. */
static ml_status read_word(const reader *r, const ml_json *object, const char *key, const char *const *words,
                           unsigned *out)
{
    ml_str word = ML_STR_NONE;
    ml_status status = ml_json_read_string(&r->source, object, key, &word);

    if (status != ML_OK)
        return status;
    if (!word.len)
        return ml_record_missing(&r->source, object, key);
    for (unsigned i = 0; words[i]; i++)
        if (ml_str_eq_c(word, words[i])) {
            *out = i;
            return ML_OK;
        }
    const char *nearest = ml_nearest_name(word, words);
    return ml_json_fail(&r->source, ml_json_get(object, key), "\"%s\" cannot be \"%.*s\"%s%s%s", key, ML_STR_ARG(word),
                        nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

static bool is_host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '*';
}

/* Two fixed labels at the end at least: a pattern must never swallow a top-level domain. */
static bool is_host_pattern(ml_str pattern)
{
    ml_str rest = pattern;
    unsigned labels = 0, fixed = 0;

    while (rest.len) {
        ml_str label = ml_str_split(&rest, '.');
        bool star = false;
        if (!label.len || label.data[0] == '-' || label.data[label.len - 1] == '-')
            return false;
        for (size_t i = 0; i < label.len; i++) {
            if (!is_host_char(label.data[i]))
                return false;
            star = star || label.data[i] == '*';
        }
        labels++;
        fixed = star ? 0 : fixed + 1;
    }
    return labels >= 2 && fixed >= 2 && pattern.data[pattern.len - 1] != '.';
}

static ml_status check_pattern(const reader *r, const ml_json *at, ml_str pattern)
{
    if (is_host_pattern(pattern))
        return ML_OK;
    return ml_json_fail(&r->source, at, "\"%.*s\" is no host pattern: lower case labels, the last two without '*'",
                        ML_STR_ARG(pattern));
}

static ml_status read_host(const reader *r, const ml_json *value, host_list *out)
{
    ml_host host = {.trust = ML_TRUST_FULL};
    const ml_str *paths = NULL;
    uint32_t path_count = 0;
    ml_status status;

    if (value->kind == ML_JSON_STRING) {
        host.pattern = value->text;
    } else {
        if ((status = ml_json_check_keys(&r->source, value, host_keys)) != ML_OK ||
            (status = ml_json_read_string(&r->source, value, "pattern", &host.pattern)) != ML_OK ||
            (status = read_trust(r, value, &host.trust)) != ML_OK)
            return status;
        const ml_json *path = ml_json_get(value, "path");
        if (path && (status = ml_json_strings_of(&r->source, r->arena, path, &paths, &path_count)) != ML_OK)
            return status;
    }
    if ((status = check_pattern(r, value, host.pattern)) != ML_OK)
        return status;
    if (!path_count)
        ml_vec_push(r->arena, out, host);
    for (uint32_t i = 0; i < path_count; i++) {
        if (!ml_str_starts(paths[i], ML_STR("/")) || paths[i].len < 2)
            return ml_json_fail(&r->source, value, "a path begins with '/' and names at least one part");
        host.path_prefix = paths[i];
        ml_vec_push(r->arena, out, host);
    }
    return ML_OK;
}

/* *list is the array at key, or NULL. */
static ml_status list_at(const reader *r, const ml_json *root, const char *key, const ml_json **list)
{
    *list = ml_json_get(root, key);
    return *list ? ml_json_expect(&r->source, *list, ML_JSON_ARRAY) : ML_OK;
}

static ml_status read_hosts(const reader *r, const ml_json *root, ml_provider *out)
{
    const ml_json *list;
    host_list hosts = {0};
    ml_status status = list_at(r, root, "hosts", &list);

    if (status != ML_OK)
        return status;
    for (const ml_json *item = list ? list->first : NULL; item; item = item->next)
        if ((status = read_host(r, item, &hosts)) != ML_OK)
            return status;
    out->hosts = hosts.items;
    out->host_count = hosts.count;
    if ((status = ml_json_read_strings(&r->source, r->arena, root, "websiteHosts", &out->website_hosts,
                                       &out->website_host_count)) != ML_OK)
        return status;
    for (uint32_t i = 0; i < out->website_host_count; i++)
        if ((status = check_pattern(r, ml_json_get(root, "websiteHosts"), out->website_hosts[i])) != ML_OK)
            return status;
    return ML_OK;
}

static ml_status read_package(const reader *r, const ml_json *value, ml_package *out)
{
    unsigned kind = 0;
    bool clients_doubtful = false;
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, value, package_keys)) != ML_OK ||
        (status = ml_json_read_string(&r->source, value, "name", &out->name)) != ML_OK ||
        (status = read_word(r, value, "kind", package_kinds, &kind)) != ML_OK ||
        (status = ml_json_read_strings(&r->source, r->arena, value, "clients", &out->clients, &out->client_count)) !=
            ML_OK ||
        (status = ml_json_read_bool(&r->source, value, "clientsDoubtful", &clients_doubtful)) != ML_OK ||
        (status = ml_json_read_bool(&r->source, value, "typeOnly", &out->type_only)) != ML_OK ||
        (status = read_trust(r, value, &out->trust)) != ML_OK)
        return status;
    out->kind = (ml_package_kind)kind;
    if (!ml_str_eq(ml_package_name_of(out->name), out->name) || !out->name.len)
        return ml_json_fail(&r->source, value, "\"%.*s\" is no package name", ML_STR_ARG(out->name));
    return ML_OK;
}

static ml_status read_packages(const reader *r, const ml_json *root, ml_provider *out)
{
    const ml_json *list;
    ml_status status = list_at(r, root, "packages", &list);
    uint32_t count = ml_json_count(list), i = 0;
    ml_package *packages = ML_NEW_ARRAY(r->arena, ml_package, count ? count : 1);

    if (status != ML_OK)
        return status;
    for (const ml_json *item = list ? list->first : NULL; item; item = item->next)
        if ((status = read_package(r, item, &packages[i++])) != ML_OK)
            return status;
    out->packages = packages;
    out->package_count = count;
    return ML_OK;
}

static ml_status read_endpoint(const reader *r, const ml_json *value, ml_endpoint *out)
{
    unsigned call = 0, billing_type = 0;
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, value, endpoint_keys)) != ML_OK ||
        (status = ml_json_read_string(&r->source, value, "path", &out->path)) != ML_OK ||
        (status = read_word(r, value, "call", calls, &call)) != ML_OK ||
        (status = read_word(r, value, "billingType", billing_types, &billing_type)) != ML_OK ||
        (status = ml_json_read_string(&r->source, value, "host", &out->host)) != ML_OK ||
        (status = ml_json_read_bool(&r->source, value, "websocket", &out->websocket)) != ML_OK ||
        (status = read_trust(r, value, &out->trust)) != ML_OK)
        return status;
    out->call = ml_str_of(calls[call]);
    out->billing_type = ml_str_of(billing_types[billing_type]);
    if (!ml_str_starts(out->path, ML_STR("/")))
        return ml_json_fail(&r->source, value, "an endpoint's path begins with '/'");
    return ML_OK;
}

static ml_status read_endpoints(const reader *r, const ml_json *root, ml_provider *out)
{
    const ml_json *list;
    ml_status status = list_at(r, root, "endpoints", &list);
    uint32_t count = ml_json_count(list), i = 0;
    ml_endpoint *endpoints = ML_NEW_ARRAY(r->arena, ml_endpoint, count ? count : 1);

    if (status != ML_OK)
        return status;
    for (const ml_json *item = list ? list->first : NULL; item; item = item->next)
        if ((status = read_endpoint(r, item, &endpoints[i++])) != ML_OK)
            return status;
    out->endpoints = endpoints;
    out->endpoint_count = count;
    return ML_OK;
}

static ml_status read_key(const reader *r, const ml_json *value, ml_key_pattern *out)
{
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, value, key_keys)) != ML_OK ||
        (status = ml_json_read_string(&r->source, value, "pattern", &out->pattern)) != ML_OK ||
        (status = ml_json_read_bool(&r->source, value, "needsName", &out->needs_name)) != ML_OK ||
        (status = read_trust(r, value, &out->trust)) != ML_OK)
        return status;
    return out->pattern.len ? ML_OK : ml_record_missing(&r->source, value, "pattern");
}

static ml_status read_keys(const reader *r, const ml_json *root, ml_provider *out)
{
    const ml_json *list;
    ml_status status = list_at(r, root, "keys", &list);
    uint32_t count = ml_json_count(list), i = 0;
    ml_key_pattern *keys = ML_NEW_ARRAY(r->arena, ml_key_pattern, count ? count : 1);

    if (status != ML_OK)
        return status;
    for (const ml_json *item = list ? list->first : NULL; item; item = item->next)
        if ((status = read_key(r, item, &keys[i++])) != ML_OK)
            return status;
    out->keys = keys;
    out->key_count = count;
    return ML_OK;
}

/* Ports everybody's own server uses say nothing about AI. */
static bool is_everybodys_port(uint32_t port)
{
    static const uint16_t ports[] = {80, 443, 1337, 3000, 3001, 4000, 5000, 5173, 8000, 8080, 8888, 9000};

    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (ports[i] == port)
            return true;
    return false;
}

static ml_status read_ports(const reader *r, const ml_json *root, ml_provider *out)
{
    const ml_json *list;
    ml_status status = list_at(r, root, "ports", &list);
    uint32_t count = ml_json_count(list), i = 0;
    uint16_t *ports = ML_NEW_ARRAY(r->arena, uint16_t, count ? count : 1);

    if (status != ML_OK)
        return status;
    for (const ml_json *item = list ? list->first : NULL; item; item = item->next) {
        uint32_t port = 0;
        for (size_t k = 0; k < item->text.len && port <= UINT16_MAX; k++) {
            char c = item->text.data[k];
            port = c >= '0' && c <= '9' ? port * 10 + (uint32_t)(c - '0') : UINT16_MAX + 1;
        }
        if (item->kind != ML_JSON_NUMBER || port == 0 || port > UINT16_MAX)
            return ml_json_fail(&r->source, item, "a port is a whole number from 1 to 65535");
        if (is_everybodys_port(port))
            return ml_json_fail(&r->source, item, "port %u is used by all kinds of servers and proves nothing", port);
        ports[i++] = (uint16_t)port;
    }
    if (count && !out->local)
        return ml_json_fail(&r->source, list, "\"ports\" are for providers with \"local\": true");
    out->ports = ports;
    out->port_count = count;
    return ML_OK;
}

static ml_status read_flags(const reader *r, const ml_json *root, ml_provider *out)
{
    ml_status status;

    if ((status = ml_json_read_bool(&r->source, root, "local", &out->local)) != ML_OK ||
        (status = ml_json_read_bool(&r->source, root, "optional", &out->optional)) != ML_OK)
        return status;
    return ml_json_read_bool(&r->source, root, "longtail", &out->longtail);
}

static ml_status read_names(const reader *r, const ml_json *root, ml_provider *out)
{
    const ml_str *sources = NULL;
    uint32_t source_count = 0;
    ml_status status;

    if ((status = ml_json_read_strings(&r->source, r->arena, root, "env", &out->env, &out->env_count)) != ML_OK ||
        (status = ml_json_read_strings(&r->source, r->arena, root, "envPrefixes", &out->env_prefixes,
                                       &out->env_prefix_count)) != ML_OK ||
        (status = ml_json_read_strings(&r->source, r->arena, root, "models", &out->models, &out->model_count)) != ML_OK)
        return status;
    for (uint32_t i = 0; i < out->env_prefix_count; i++)
        if (out->env_prefixes[i].len < 4 || !ml_str_ends(out->env_prefixes[i], ML_STR("_")))
            return ml_json_fail(&r->source, ml_json_get(root, "envPrefixes"),
                                "a prefix has three letters or more and ends in '_'");
    return ml_json_read_strings(&r->source, r->arena, root, "sources", &sources, &source_count);
}

ml_status ml_provider_read(ml_provider *out, ml_arena *arena, ml_str text, const char *path, ml_error *error)
{
    const ml_json *root;
    ml_provider provider = {0};
    reader r = {
        .source = {text, path, error},
          .arena = arena
    };
    ml_status status;

    if ((status = ml_json_parse(&root, arena, text, true, path, error)) != ML_OK ||
        (status = ml_json_check_keys(&r.source, root, provider_keys)) != ML_OK ||
        (status = ml_json_read_string(&r.source, root, "id", &provider.id)) != ML_OK ||
        (status = ml_record_check_id(&r.source, root, provider.id)) != ML_OK ||
        (status = ml_json_read_string(&r.source, root, "name", &provider.name)) != ML_OK ||
        (status = read_flags(&r, root, &provider)) != ML_OK || (status = read_hosts(&r, root, &provider)) != ML_OK ||
        (status = ml_json_read_strings(&r.source, arena, root, "sharesHostWith", &provider.shares_host_with,
                                       &provider.share_count)) != ML_OK ||
        (status = read_packages(&r, root, &provider)) != ML_OK || (status = read_names(&r, root, &provider)) != ML_OK ||
        (status = read_endpoints(&r, root, &provider)) != ML_OK || (status = read_keys(&r, root, &provider)) != ML_OK ||
        (status = read_ports(&r, root, &provider)) != ML_OK)
        return status;
    if (!provider.name.len)
        return ml_record_missing(&r.source, root, "name");
    if (!ml_json_get(root, "sources"))
        return ml_record_missing(&r.source, root, "sources");
    *out = provider;
    return ML_OK;
}
