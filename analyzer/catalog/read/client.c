/* rules/clients/<id>.json to ml_client. docs/catalogue.md explains the keys to people.
 *
 * The file is terser than the record: "at" may list several paths, and "url" and
 * "base" several places; each combination becomes a call of its own. */
#include "ml/catalog_read.h"
#include "record.h"

#include "ml/json_read.h"

static const char *const client_keys[] = {"id",       "name",      "transport",      "entries",
                                          "requests", "factories", "baseProperties", "joinWithSlash",
                                          "doubtful", "sources",   "note",           NULL};
static const char *const entry_keys[] = {"global", "import", "type", "names", "package", "at", NULL};
static const char *const request_keys[] = {"at", "construct", "url", "base", "body", "note", NULL};
static const char *const factory_keys[] = {"at", "construct", "base", "yields", "note", NULL};
static const char *const place_keys[] = {"arg", "keys", "host", "path", NULL};
static const char *const transports[] = {"http", "websocket", "eventsource", "shell", "proxy", "code", NULL};

enum { ARG_MAX_POSITION = 7 };

typedef struct reader {
    ml_json_source source;
    ml_arena *arena;
} reader;

typedef ML_VEC(ml_client_entry) entry_list;
typedef ML_VEC(ml_client_call) call_list;
typedef ML_VEC(ml_url_place) place_list;

static ml_status read_arg(const reader *r, const ml_json *value, int8_t *out)
{
    if (value && value->kind == ML_JSON_NUMBER && value->text.len == 1 && value->text.data[0] >= '0' &&
        value->text.data[0] <= '0' + ARG_MAX_POSITION) {
        *out = (int8_t)(value->text.data[0] - '0');
        return ML_OK;
    }
    return ml_json_fail(&r->source, value, "an argument is a number from 0 to 7");
}

/* 1, or {"arg": 1, "keys": [...]}, or {"arg": 0, "host": [...], "path": "path"}. */
static ml_status read_place(const reader *r, const ml_json *value, ml_url_place *out)
{
    ml_url_place place = {.arg = -1};
    ml_status status;

    if (value->kind != ML_JSON_OBJECT) {
        if ((status = read_arg(r, value, &place.arg)) != ML_OK)
            return status;
        *out = place;
        return ML_OK;
    }
    if ((status = ml_json_check_keys(&r->source, value, place_keys)) != ML_OK)
        return status;
    if (!ml_json_get(value, "arg"))
        return ml_record_missing(&r->source, value, "arg");
    if ((status = read_arg(r, ml_json_get(value, "arg"), &place.arg)) != ML_OK ||
        (status = ml_json_read_strings(&r->source, r->arena, value, "keys", &place.keys, &place.key_count)) != ML_OK ||
        (status = ml_json_read_strings(&r->source, r->arena, value, "host", &place.host_keys, &place.host_key_count)) !=
            ML_OK ||
        (status = ml_json_read_string(&r->source, value, "path", &place.path_key)) != ML_OK)
        return status;
    if (place.key_count && place.host_key_count)
        return ml_json_fail(&r->source, value, "a place has either \"keys\" or \"host\"");
    *out = place;
    return ML_OK;
}

/* One place, a list of them, or none: then "nowhere" is the only one. */
static ml_status read_places(const reader *r, const ml_json *value, place_list *out)
{
    ml_url_place place = {.arg = -1};
    ml_status status = ML_OK;

    if (!value) {
        ml_vec_push(r->arena, out, place);
        return ML_OK;
    }
    if (value->kind != ML_JSON_ARRAY) {
        if ((status = read_place(r, value, &place)) == ML_OK)
            ml_vec_push(r->arena, out, place);
        return status;
    }
    for (const ml_json *item = value->first; item && status == ML_OK; item = item->next)
        if ((status = read_place(r, item, &place)) == ML_OK)
            ml_vec_push(r->arena, out, place);
    return status == ML_OK && !out->count ? ml_json_fail(&r->source, value, "the list of places is empty") : status;
}

static ml_status read_at(const reader *r, const ml_json *object, const ml_str **paths, uint32_t *count)
{
    static const ml_str root = {"", 0};
    const ml_json *at = ml_json_get(object, "at");

    *paths = &root;
    *count = 1;
    return at ? ml_json_strings_of(&r->source, r->arena, at, paths, count) : ML_OK;
}

/* A call all of whose places are nowhere. */
static ml_client_call no_call(void)
{
    ml_client_call call = {.construct = false};

    call.at = call.yields = ML_STR("");
    call.url.arg = call.base.arg = call.body.arg = -1;
    return call;
}

static ml_status read_request(const reader *r, const ml_json *value, call_list *out)
{
    ml_client_call call = no_call();
    place_list urls = {0};
    const ml_str *paths;
    uint32_t path_count;
    const ml_json *base = ml_json_get(value, "base"), *body = ml_json_get(value, "body");
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, value, request_keys)) != ML_OK ||
        (status = read_at(r, value, &paths, &path_count)) != ML_OK ||
        (status = ml_json_read_bool(&r->source, value, "construct", &call.construct)) != ML_OK ||
        (status = read_places(r, ml_json_get(value, "url"), &urls)) != ML_OK ||
        (base && (status = read_place(r, base, &call.base)) != ML_OK) ||
        (body && (status = read_place(r, body, &call.body)) != ML_OK))
        return status;
    for (uint32_t i = 0; i < path_count; i++)
        for (uint32_t k = 0; k < urls.count; k++) {
            call.at = paths[i];
            call.url = urls.items[k];
            ml_vec_push(r->arena, out, call);
        }
    return ML_OK;
}

static ml_status read_factory(const reader *r, const ml_json *value, call_list *out)
{
    ml_client_call call = no_call();
    place_list bases = {0};
    const ml_str *paths;
    uint32_t path_count;
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, value, factory_keys)) != ML_OK ||
        (status = read_at(r, value, &paths, &path_count)) != ML_OK ||
        (status = ml_json_read_bool(&r->source, value, "construct", &call.construct)) != ML_OK ||
        (status = ml_json_read_string(&r->source, value, "yields", &call.yields)) != ML_OK ||
        (status = read_places(r, ml_json_get(value, "base"), &bases)) != ML_OK)
        return status;
    for (uint32_t i = 0; i < path_count; i++)
        for (uint32_t k = 0; k < bases.count; k++) {
            call.at = paths[i];
            call.base = bases.items[k];
            ml_vec_push(r->arena, out, call);
        }
    return ML_OK;
}

typedef ml_status (*call_reader)(const reader *r, const ml_json *value, call_list *out);

static ml_status read_calls(const reader *r, const ml_json *root, const char *key, call_reader read,
                            const ml_client_call **out, uint32_t *count)
{
    const ml_json *list = ml_json_get(root, key);
    call_list calls = {0};
    ml_status status;

    if (list && (status = ml_json_expect(&r->source, list, ML_JSON_ARRAY)) != ML_OK)
        return status;
    for (const ml_json *item = list ? list->first : NULL; item; item = item->next)
        if ((status = read(r, item, &calls)) != ML_OK)
            return status;
    *out = calls.items;
    *count = calls.count;
    return ML_OK;
}

static void add_imports(const reader *r, ml_client_entry entry, const ml_str *packages, uint32_t package_count,
                        const ml_str *names, uint32_t name_count, entry_list *out)
{
    for (uint32_t i = 0; i < package_count; i++)
        for (uint32_t k = 0; k < name_count; k++) {
            entry.package = ml_str_starts(packages[i], ML_STR("node:")) ? ml_str_from(packages[i], 5) : packages[i];
            entry.name = names[k];
            ml_vec_push(r->arena, out, entry);
        }
}

static ml_status read_entry(const reader *r, const ml_json *value, entry_list *out)
{
    static const ml_str whole[] = {
        {"default", 7},
        {"*",       1},
        {"=",       1}
    }; /* what an import without names is */
    ml_client_entry entry = {
        .at = {"", 0}
    };
    const ml_json *global = ml_json_get(value, "global"), *import = ml_json_get(value, "import"),
                  *type = ml_json_get(value, "type");
    const ml_str *names = whole, *roots;
    uint32_t name_count = sizeof whole / sizeof *whole, root_count;
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, value, entry_keys)) != ML_OK ||
        (status = ml_json_read_strings(&r->source, r->arena, value, "names", &names, &name_count)) != ML_OK ||
        (status = ml_json_read_string(&r->source, value, "package", &entry.package)) != ML_OK ||
        (status = ml_json_read_string(&r->source, value, "at", &entry.at)) != ML_OK)
        return status;
    if (!!global + !!import + !!type != 1)
        return ml_json_fail(&r->source, value, "an entry has exactly one of \"global\", \"import\" and \"type\"");
    if ((ml_json_get(value, "names") && !import) || (entry.package.len && !type))
        return ml_json_fail(&r->source, value, "\"names\" belongs to \"import\", \"package\" to \"type\"");
    if ((status = ml_json_strings_of(&r->source, r->arena,
                                     global   ? global
                                     : import ? import
                                              : type,
                                     &roots, &root_count)) != ML_OK)
        return status;
    entry.kind = global ? ML_ENTRY_GLOBAL : import ? ML_ENTRY_IMPORT : ML_ENTRY_TYPE;
    if (import) {
        add_imports(r, entry, roots, root_count, names, name_count, out);
        return ML_OK;
    }
    for (uint32_t i = 0; i < root_count; i++) {
        entry.name = roots[i];
        ml_vec_push(r->arena, out, entry);
    }
    return ML_OK;
}

static ml_status read_entries(const reader *r, const ml_json *root, ml_client *out)
{
    const ml_json *list = ml_json_get(root, "entries");
    entry_list entries = {0};
    ml_status status;

    if (!list)
        return ml_record_missing(&r->source, root, "entries");
    if ((status = ml_json_expect(&r->source, list, ML_JSON_ARRAY)) != ML_OK)
        return status;
    for (const ml_json *item = list->first; item; item = item->next)
        if ((status = read_entry(r, item, &entries)) != ML_OK)
            return status;
    if (!entries.count)
        return ml_json_fail(&r->source, list, "a client that nothing leads to is of no use");
    out->entries = entries.items;
    out->entry_count = entries.count;
    return ML_OK;
}

static ml_status read_transport(const reader *r, const ml_json *root, ml_transport *out)
{
    ml_str word = ML_STR_NONE;
    ml_status status = ml_json_read_string(&r->source, root, "transport", &word);

    if (status != ML_OK)
        return status;
    for (unsigned i = 0; transports[i]; i++)
        if (ml_str_eq_c(word, transports[i])) {
            *out = (ml_transport)i;
            return ML_OK;
        }
    return ml_json_fail(&r->source, root, "\"transport\" must be http, websocket, eventsource, shell, proxy or code");
}

/* Instances that factories yield must be of use: something must lie below their path. */
static ml_status check_yields(const reader *r, const ml_json *root, const ml_client *client)
{
    for (uint32_t i = 0; i < client->factory_count; i++) {
        ml_str yields = client->factories[i].yields;
        bool used = !yields.len || client->factories[i].base.arg >= 0;
        for (uint32_t k = 0; k < client->request_count && !used; k++)
            used = ml_str_starts(client->requests[k].at, yields);
        if (!used)
            return ml_json_fail(&r->source, ml_json_get(root, "factories"), "nothing lies below \"%.*s\"",
                                ML_STR_ARG(yields));
    }
    return ML_OK;
}

ml_status ml_client_read(ml_client *out, ml_arena *arena, ml_str text, const char *path, ml_error *error)
{
    const ml_json *root;
    ml_client client = {0};
    reader r = {
        .source = {text, path, error},
          .arena = arena
    };
    bool doubtful = false;
    const ml_str *sources = NULL;
    uint32_t source_count = 0;
    ml_status status;

    if ((status = ml_json_parse(&root, arena, text, true, path, error)) != ML_OK ||
        (status = ml_json_check_keys(&r.source, root, client_keys)) != ML_OK ||
        (status = ml_json_read_string(&r.source, root, "id", &client.id)) != ML_OK ||
        (status = ml_record_check_id(&r.source, root, client.id)) != ML_OK ||
        (status = ml_json_read_string(&r.source, root, "name", &client.name)) != ML_OK ||
        (status = read_transport(&r, root, &client.transport)) != ML_OK ||
        (status = read_entries(&r, root, &client)) != ML_OK ||
        (status = read_calls(&r, root, "requests", read_request, &client.requests, &client.request_count)) != ML_OK ||
        (status = read_calls(&r, root, "factories", read_factory, &client.factories, &client.factory_count)) != ML_OK ||
        (status = ml_json_read_strings(&r.source, arena, root, "baseProperties", &client.base_properties,
                                       &client.base_property_count)) != ML_OK ||
        (status = ml_json_read_bool(&r.source, root, "joinWithSlash", &client.join_with_slash)) != ML_OK ||
        (status = ml_json_read_bool(&r.source, root, "doubtful", &doubtful)) != ML_OK ||
        (status = ml_json_read_strings(&r.source, arena, root, "sources", &sources, &source_count)) != ML_OK ||
        (status = check_yields(&r, root, &client)) != ML_OK)
        return status;
    if (!client.name.len)
        return ml_record_missing(&r.source, root, "name");
    if (!ml_json_get(root, "sources"))
        return ml_record_missing(&r.source, root, "sources");
    if (!client.request_count)
        return ml_record_missing(&r.source, root, "requests");
    client.trust = doubtful ? ML_TRUST_DOUBTFUL : ML_TRUST_FULL;
    *out = client;
    return ML_OK;
}
