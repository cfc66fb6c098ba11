/* Lookups in the sorted indexes: packages, environment, ports, clients, words; and figures. */
#include "ml/catalog_read.h"

const ml_provider *ml_catalog_providers(const ml_catalog *catalog, uint32_t *count)
{
    *count = catalog->provider_count;
    return catalog->providers;
}

const ml_client *ml_catalog_clients(const ml_catalog *catalog, uint32_t *count)
{
    *count = catalog->client_count;
    return catalog->clients;
}

const ml_provider *ml_catalog_provider(const ml_catalog *catalog, ml_str id)
{
    uint32_t low = 0, high = catalog->provider_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = ml_str_cmp(catalog->providers[middle].id, id);
        if (!order)
            return &catalog->providers[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const ml_name_slot *find_name(const ml_name_slot *slots, uint32_t count, ml_str name)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = ml_str_cmp(slots[middle].name, name);
        if (!order)
            return &slots[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

ml_package_match ml_catalog_match_package(const ml_catalog *catalog, ml_str specifier)
{
    /* Node's own modules are nobody's packages. */
    ml_str name = ml_str_starts(specifier, ML_STR("node:")) ? ML_STR_NONE : ml_package_name_of(specifier);
    const ml_name_slot *slot = name.len ? find_name(catalog->packages, catalog->package_count, name) : NULL;

    if (!slot)
        return (ml_package_match){0};
    const ml_provider *provider = &catalog->providers[slot->provider];
    return (ml_package_match){provider, &provider->packages[slot->item]};
}

/* What bundlers demand before a variable that reaches the browser. */
static ml_str without_bundler(ml_str name)
{
    static const ml_str leads[] = {
        {"VITE_",        5 },
        {"NEXT_PUBLIC_", 12},
        {"REACT_APP_",   10},
        {"NUXT_PUBLIC_", 12},
        {"NUXT_",        5 },
        {"VUE_APP_",     8 },
        {"EXPO_PUBLIC_", 12},
        {"GATSBY_",      7 },
        {"PUBLIC_",      7 },
        {"TARO_APP_",    9 },
        {"UMI_APP_",     8 }
    };

    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (ml_str_starts(name, leads[i]))
            return ml_str_from(name, leads[i].len);
    return name;
}

const char *const ml_catalog_address_tails[] = {"_URL",      "_URI",       "_HOST",   "_BASE", "_BASEURL",
                                                "_ENDPOINT", "_BASE_PATH", "_SERVER", NULL};

bool ml_catalog_is_address_env(ml_str name)
{
    for (size_t i = 0; ml_catalog_address_tails[i]; i++)
        if (ml_str_ends(name, ml_str_of(ml_catalog_address_tails[i])))
            return true;
    return false;
}

/* OPENAI_PROXY_URL begins with "OPENAI_": the longest prefix that ends on a word border wins. */
static const ml_name_slot *find_prefix(const ml_catalog *catalog, ml_str name)
{
    for (size_t i = name.len; i-- > 1;) {
        const ml_name_slot *slot = name.data[i] == '_' ? find_name(catalog->env_prefixes, catalog->env_prefix_count,
                                                                   ml_str_slice(name, 0, i + 1))
                                                       : NULL;
        if (slot)
            return slot;
    }
    return NULL;
}

const ml_provider *ml_catalog_match_env(const ml_catalog *catalog, ml_str name)
{
    ml_str bare = without_bundler(name);
    const ml_name_slot *slot = find_name(catalog->env, catalog->env_count, bare);

    if (!slot && ml_catalog_is_address_env(bare))
        slot = find_prefix(catalog, bare);
    return slot ? &catalog->providers[slot->provider] : NULL;
}

const ml_provider *ml_catalog_match_local(const ml_catalog *catalog, ml_str host, uint16_t port)
{
    static const ml_str names[] = {
        {"localhost",            9 },
        {"127.0.0.1",            9 },
        {"[::1]",                5 },
        {"::1",                  3 },
        {"0.0.0.0",              7 },
        {"host.docker.internal", 20}
    };
    bool local = false;

    for (size_t i = 0; i < sizeof names / sizeof *names && !local; i++)
        local = ml_str_eq(host, names[i]);
    for (uint32_t i = 0; local && i < catalog->port_count; i++)
        if (catalog->ports[i].port == port)
            return &catalog->providers[catalog->ports[i].provider];
    return NULL;
}

/* ---- clients ---- */

static int compare_key(const ml_entry_slot *slot, ml_str package, ml_str name)
{
    int order = ml_str_cmp(slot->package, package);
    return order ? order : ml_str_cmp(slot->name, name);
}

/* The run of slots with this key; its length. */
static uint32_t find_entries(const ml_entry_slot *slots, uint32_t count, ml_str package, ml_str name, uint32_t *first)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_key(&slots[middle], package, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (low < count && compare_key(&slots[low], package, name) == 0)
        low++;
    return low - *first;
}

static ml_client_ref ref_of(const ml_catalog *catalog, const ml_entry_slot *slot)
{
    const ml_client *client = &catalog->clients[slot->client];
    const ml_client_entry *entry = &client->entries[slot->entry];

    return (ml_client_ref){client, entry->at, entry->kind == ML_ENTRY_TYPE ? entry->package : ML_STR_NONE};
}

static bool is_at_or_below(ml_str path, ml_str at)
{
    return ml_str_starts(path, at) && (path.len == at.len || path.data[at.len] == '.');
}

/* Is there a call at this member path or below it? */
static bool leads_on(const ml_client *client, ml_str at)
{
    for (uint32_t i = 0; i < client->request_count; i++)
        if (is_at_or_below(client->requests[i].at, at))
            return true;
    for (uint32_t i = 0; i < client->factory_count; i++)
        if (is_at_or_below(client->factories[i].at, at))
            return true;
    return false;
}

/* Of the entries with this key those at the root whose client knows member; the index-th of them. */
static ml_client_ref below_root(const ml_catalog *catalog, const ml_entry_slot *slots, uint32_t count, ml_str package,
                                ml_str name, ml_str member, uint32_t index)
{
    uint32_t first, found = find_entries(slots, count, package, name, &first);

    for (uint32_t i = 0; i < found; i++) {
        ml_client_ref ref = ref_of(catalog, &slots[first + i]);
        if (ref.at.len || !leads_on(ref.client, member) || index-- > 0)
            continue;
        ref.at = member;
        return ref;
    }
    return (ml_client_ref){0};
}

static ml_str without_global_object(ml_str name)
{
    static const ml_str objects[] = {
        {"globalThis.", 11},
        {"window.",     7 },
        {"self.",       5 },
        {"global.",     7 }
    };

    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        if (ml_str_starts(name, objects[i]))
            return ml_str_from(name, objects[i].len);
    return name;
}

ml_client_ref ml_catalog_client_global(const ml_catalog *catalog, ml_str name, uint32_t index)
{
    ml_str bare = without_global_object(name);
    uint32_t first, found = find_entries(catalog->globals, catalog->global_count, ML_STR_NONE, bare, &first);

    if (found)
        return index < found ? ref_of(catalog, &catalog->globals[first + index]) : (ml_client_ref){0};
    for (size_t dot = ml_str_rfind_char(bare, '.'); dot != ML_NOT_FOUND;
         dot = ml_str_rfind_char(ml_str_slice(bare, 0, dot), '.')) {
        ml_client_ref ref = below_root(catalog, catalog->globals, catalog->global_count, ML_STR_NONE,
                                       ml_str_slice(bare, 0, dot), ml_str_from(bare, dot + 1), index);
        if (ref.client)
            return ref;
    }
    return (ml_client_ref){0};
}

ml_client_ref ml_catalog_client_import(const ml_catalog *catalog, ml_str package, ml_str name, uint32_t index)
{
    if (ml_str_starts(package, ML_STR("node:")))
        package = ml_str_from(package, 5);
    uint32_t first, found = find_entries(catalog->imports, catalog->import_count, package, name, &first);

    if (found)
        return index < found ? ref_of(catalog, &catalog->imports[first + index]) : (ml_client_ref){0};
    if (ml_str_eq(name, ML_STR("default")) || ml_str_eq(name, ML_STR("*")) || ml_str_eq(name, ML_STR("=")))
        return (ml_client_ref){0};
    return below_root(catalog, catalog->imports, catalog->import_count, package, ML_STR("*"), name, index);
}

ml_client_ref ml_catalog_client_type(const ml_catalog *catalog, ml_str type, uint32_t index)
{
    uint32_t first, found = find_entries(catalog->types, catalog->type_count, ML_STR_NONE, type, &first);

    return index < found ? ref_of(catalog, &catalog->types[first + index]) : (ml_client_ref){0};
}

void ml_catalog_words(const ml_catalog *catalog, ml_catalog_word each, void *data)
{
    for (uint32_t i = 0; i < catalog->word_count; i++)
        each(data, catalog->words[i].word, catalog->words[i].kind);
}

/* ---- figures ---- */

static void count_provider(const ml_provider *provider, ml_catalog_counts *counts)
{
    counts->longtail += provider->longtail;
    counts->local += provider->local;
    counts->optional += provider->optional;
    counts->hosts += provider->host_count;
    counts->packages += provider->package_count;
    counts->endpoints += provider->endpoint_count;
    counts->keys += provider->key_count;
    for (uint32_t i = 0; i < provider->host_count; i++) {
        counts->doubtful_hosts += provider->hosts[i].trust == ML_TRUST_DOUBTFUL;
        counts->hosts_with_path += provider->hosts[i].path_prefix.len > 0;
    }
    for (uint32_t i = 0; i < provider->package_count; i++)
        counts->doubtful_packages += provider->packages[i].trust == ML_TRUST_DOUBTFUL;
    for (uint32_t i = 0; i < provider->endpoint_count; i++)
        counts->doubtful_endpoints += provider->endpoints[i].trust == ML_TRUST_DOUBTFUL;
    for (uint32_t i = 0; i < provider->key_count; i++)
        counts->doubtful_keys += provider->keys[i].trust == ML_TRUST_DOUBTFUL;
}

ml_catalog_counts ml_catalog_count(const ml_catalog *catalog)
{
    ml_catalog_counts counts = {.providers = catalog->provider_count, .clients = catalog->client_count};

    for (uint32_t i = 0; i < catalog->provider_count; i++)
        count_provider(&catalog->providers[i], &counts);
    for (uint32_t i = 0; i < catalog->client_count; i++) {
        counts.doubtful_clients += catalog->clients[i].trust == ML_TRUST_DOUBTFUL;
        counts.requests += catalog->clients[i].request_count;
        counts.factories += catalog->clients[i].factory_count;
    }
    return counts;
}
