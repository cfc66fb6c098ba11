/* Records to a catalogue: sorted by id, indexed, and checked against each other. */
#include "ml/catalog_read.h"

#include <stdlib.h>

typedef ML_VEC(ml_host_slot) host_slots;
typedef ML_VEC(ml_name_slot) name_slots;
typedef ML_VEC(ml_port_slot) port_slots;
typedef ML_VEC(ml_entry_slot) entry_slots;

typedef struct builder {
    ml_arena *arena;
    ml_error *error;
    const ml_provider *providers;
    uint32_t provider_count;
} builder;

static int by_number(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int by_provider_id(const void *left, const void *right)
{
    return ml_str_cmp(((const ml_provider *)left)->id, ((const ml_provider *)right)->id);
}

static int by_client_id(const void *left, const void *right)
{
    return ml_str_cmp(((const ml_client *)left)->id, ((const ml_client *)right)->id);
}

static int by_tail(const void *left, const void *right)
{
    const ml_host_slot *a = left, *b = right;
    int order = ml_str_cmp(a->tail, b->tail);

    if (!order)
        order = by_number(a->provider, b->provider);
    return order ? order : by_number(a->host, b->host);
}

static int by_name(const void *left, const void *right)
{
    const ml_name_slot *a = left, *b = right;
    int order = ml_str_cmp(a->name, b->name);

    if (!order)
        order = by_number(a->provider, b->provider);
    return order ? order : by_number(a->item, b->item);
}

static int by_port(const void *left, const void *right)
{
    const ml_port_slot *a = left, *b = right;
    int order = by_number(a->port, b->port);

    return order ? order : by_number(a->provider, b->provider);
}

static int by_entry(const void *left, const void *right)
{
    const ml_entry_slot *a = left, *b = right;
    int order = ml_str_cmp(a->package, b->package);

    if (!order)
        order = ml_str_cmp(a->name, b->name);
    if (!order)
        order = by_number(a->client, b->client);
    return order ? order : by_number(a->entry, b->entry);
}

static void sort(void *items, uint32_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

/* The part after the last label with a '*'; all of it without one. */
ml_str ml_host_tail(ml_str pattern)
{
    size_t star = ml_str_rfind_char(pattern, '*');

    if (star == ML_NOT_FOUND)
        return pattern;
    ml_str after = ml_str_from(pattern, star);
    size_t dot = ml_str_find_char(after, '.');
    return dot == ML_NOT_FOUND ? ML_STR_NONE : ml_str_from(after, dot + 1);
}

static ml_status collide(const builder *b, const char *what, ml_str name, ml_str first, ml_str second)
{
    return ml_fail(b->error, ML_EVALUE, NULL, 0, "%s %.*s belongs to two providers: %.*s and %.*s", what,
                   ML_STR_ARG(name), ML_STR_ARG(first), ML_STR_ARG(second));
}

/* Sorted slots: is a name given to two providers, or twice to one? */
static ml_status check_names(const builder *b, const char *what, const name_slots *slots)
{
    for (uint32_t i = 1; i < slots->count; i++)
        if (ml_str_eq(slots->items[i - 1].name, slots->items[i].name))
            return collide(b, what, slots->items[i].name, b->providers[slots->items[i - 1].provider].id,
                           b->providers[slots->items[i].provider].id);
    return ML_OK;
}

static bool declares(const ml_provider *provider, ml_str other)
{
    for (uint32_t i = 0; i < provider->share_count; i++)
        if (ml_str_eq(provider->shares_host_with[i], other))
            return true;
    return false;
}

/* Equal patterns have equal tails, so they stand in one run of the sorted slots. */
static ml_status check_hosts(const builder *b, const host_slots *slots)
{
    for (uint32_t i = 0; i < slots->count; i++)
        for (uint32_t k = i + 1; k < slots->count && ml_str_eq(slots->items[i].tail, slots->items[k].tail); k++) {
            const ml_provider *one = &b->providers[slots->items[i].provider];
            const ml_provider *two = &b->providers[slots->items[k].provider];
            const ml_host *first = &one->hosts[slots->items[i].host];
            const ml_host *second = &two->hosts[slots->items[k].host];
            if (!ml_str_eq(first->pattern, second->pattern))
                continue;
            bool twice = one == two && ml_str_eq(first->path_prefix, second->path_prefix);
            bool undeclared = one != two && !declares(one, two->id) && !declares(two, one->id);
            if (twice || undeclared)
                return collide(b, "without sharesHostWith, host", first->pattern, one->id, two->id);
        }
    return ML_OK;
}

static ml_status check_shares(const builder *b)
{
    for (uint32_t i = 0; i < b->provider_count; i++)
        for (uint32_t k = 0; k < b->providers[i].share_count; k++) {
            ml_str other = b->providers[i].shares_host_with[k];
            bool found = false;
            for (uint32_t p = 0; p < b->provider_count && !found; p++)
                found = ml_str_eq(b->providers[p].id, other);
            if (!found)
                return ml_fail(b->error, ML_EVALUE, NULL, 0, "%.*s: sharesHostWith names %.*s, which nobody is",
                               ML_STR_ARG(b->providers[i].id), ML_STR_ARG(other));
        }
    return ML_OK;
}

static ml_status check_ids(const builder *b, const ml_client_list *clients)
{
    for (uint32_t i = 1; i < b->provider_count; i++)
        if (ml_str_eq(b->providers[i - 1].id, b->providers[i].id))
            return ml_fail(b->error, ML_EVALUE, NULL, 0, "provider %.*s is there twice",
                           ML_STR_ARG(b->providers[i].id));
    for (uint32_t i = 1; i < clients->count; i++)
        if (ml_str_eq(clients->items[i - 1].id, clients->items[i].id))
            return ml_fail(b->error, ML_EVALUE, NULL, 0, "client %.*s is there twice",
                           ML_STR_ARG(clients->items[i].id));
    return b->provider_count < UINT16_MAX && clients->count < UINT16_MAX
               ? ML_OK
               : ml_fail(b->error, ML_ELIMIT, NULL, 0, "more than 65534 providers or clients");
}

static void push_names(const builder *b, name_slots *out, uint32_t provider, const ml_str *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        ml_name_slot slot = {names[i], (uint16_t)provider, (uint16_t)i};
        ml_vec_push(b->arena, out, slot);
    }
}

static ml_status index_hosts(const builder *b, ml_catalog *out)
{
    host_slots hosts = {0};
    name_slots websites = {0};

    for (uint32_t i = 0; i < b->provider_count; i++) {
        const ml_provider *provider = &b->providers[i];
        for (uint32_t k = 0; k < provider->host_count; k++) {
            ml_host_slot slot = {ml_host_tail(provider->hosts[k].pattern), (uint16_t)i, (uint16_t)k};
            ml_vec_push(b->arena, &hosts, slot);
        }
        push_names(b, &websites, i, provider->website_hosts, provider->website_host_count);
    }
    sort(hosts.items, hosts.count, sizeof *hosts.items, by_tail);
    sort(websites.items, websites.count, sizeof *websites.items, by_name);
    out->hosts = hosts.items;
    out->host_count = hosts.count;
    out->websites = websites.items;
    out->website_count = websites.count;
    return check_hosts(b, &hosts);
}

static ml_status index_packages(const builder *b, ml_catalog *out)
{
    name_slots packages = {0};

    for (uint32_t i = 0; i < b->provider_count; i++)
        for (uint32_t k = 0; k < b->providers[i].package_count; k++) {
            ml_name_slot slot = {b->providers[i].packages[k].name, (uint16_t)i, (uint16_t)k};
            ml_vec_push(b->arena, &packages, slot);
        }
    sort(packages.items, packages.count, sizeof *packages.items, by_name);
    out->packages = packages.items;
    out->package_count = packages.count;
    return check_names(b, "package", &packages);
}

static ml_status index_env(const builder *b, ml_catalog *out)
{
    name_slots env = {0}, prefixes = {0};
    ml_status status;

    for (uint32_t i = 0; i < b->provider_count; i++) {
        push_names(b, &env, i, b->providers[i].env, b->providers[i].env_count);
        push_names(b, &prefixes, i, b->providers[i].env_prefixes, b->providers[i].env_prefix_count);
    }
    sort(env.items, env.count, sizeof *env.items, by_name);
    sort(prefixes.items, prefixes.count, sizeof *prefixes.items, by_name);
    out->env = env.items;
    out->env_count = env.count;
    out->env_prefixes = prefixes.items;
    out->env_prefix_count = prefixes.count;
    status = check_names(b, "environment variable", &env);
    return status == ML_OK ? check_names(b, "environment prefix", &prefixes) : status;
}

static ml_status index_ports(const builder *b, ml_catalog *out)
{
    port_slots ports = {0};

    for (uint32_t i = 0; i < b->provider_count; i++)
        for (uint32_t k = 0; k < b->providers[i].port_count; k++) {
            ml_port_slot slot = {b->providers[i].ports[k], (uint16_t)i};
            ml_vec_push(b->arena, &ports, slot);
        }
    sort(ports.items, ports.count, sizeof *ports.items, by_port);
    out->ports = ports.items;
    out->port_count = ports.count;
    for (uint32_t i = 1; i < ports.count; i++)
        if (ports.items[i - 1].port == ports.items[i].port)
            return ml_fail(b->error, ML_EVALUE, NULL, 0, "port %u belongs to two providers: %.*s and %.*s",
                           ports.items[i].port, ML_STR_ARG(b->providers[ports.items[i - 1].provider].id),
                           ML_STR_ARG(b->providers[ports.items[i].provider].id));
    return ML_OK;
}

static void index_entries(const builder *b, const ml_client_list *clients, ml_catalog *out)
{
    entry_slots slots[3] = {{0}};

    for (uint32_t i = 0; i < clients->count; i++)
        for (uint32_t k = 0; k < clients->items[i].entry_count; k++) {
            const ml_client_entry *entry = &clients->items[i].entries[k];
            ml_entry_slot slot = {.name = entry->name, .client = (uint16_t)i, .entry = (uint16_t)k};
            if (entry->kind == ML_ENTRY_IMPORT)
                slot.package = entry->package;
            ml_vec_push(b->arena, &slots[entry->kind], slot);
        }
    for (int i = 0; i < 3; i++)
        sort(slots[i].items, slots[i].count, sizeof *slots[i].items, by_entry);
    out->globals = slots[ML_ENTRY_GLOBAL].items;
    out->global_count = slots[ML_ENTRY_GLOBAL].count;
    out->imports = slots[ML_ENTRY_IMPORT].items;
    out->import_count = slots[ML_ENTRY_IMPORT].count;
    out->types = slots[ML_ENTRY_TYPE].items;
    out->type_count = slots[ML_ENTRY_TYPE].count;
}

ml_status ml_catalog_build(ml_catalog *out, ml_arena *arena, ml_provider_list *providers, ml_client_list *clients,
                           ml_error *error)
{
    ml_catalog catalog = {0};
    builder b = {.arena = arena, .error = error};
    ml_status status;

    sort(providers->items, providers->count, sizeof *providers->items, by_provider_id);
    sort(clients->items, clients->count, sizeof *clients->items, by_client_id);
    b.providers = catalog.providers = providers->items;
    b.provider_count = catalog.provider_count = providers->count;
    catalog.clients = clients->items;
    catalog.client_count = clients->count;
    if ((status = check_ids(&b, clients)) != ML_OK || (status = check_shares(&b)) != ML_OK ||
        (status = index_hosts(&b, &catalog)) != ML_OK || (status = index_packages(&b, &catalog)) != ML_OK ||
        (status = index_env(&b, &catalog)) != ML_OK || (status = index_ports(&b, &catalog)) != ML_OK)
        return status;
    index_entries(&b, clients, &catalog);
    ml_catalog_collect_words(&catalog, arena);
    *out = catalog;
    return ML_OK;
}
