/* The words by which a file shows that it could matter, collected once per catalogue. */
#include "ml/catalog_read.h"

#include <stdlib.h>

/* A word of fewer bytes stands in every file. Package names stand in quotes, so those
 * can be asked for when the name alone says little: "http", "ai". */
enum { SHORT = 4, SHORT_PACKAGE = 6 };

typedef ML_VEC(ml_word_slot) word_slots;

typedef struct collector {
    ml_arena *arena;
    word_slots words;
} collector;

static void add(collector *c, ml_str word, ml_word_kind kind)
{
    ml_word_slot slot = {word, kind};
    ml_vec_push(c->arena, &c->words, slot);
}

static void add_all(collector *c, const ml_str *words, uint32_t count, ml_word_kind kind)
{
    for (uint32_t i = 0; i < count; i++)
        add(c, words[i], kind);
}

/* The longest run of bytes without '*'. */
static ml_str longest_fixed(ml_str pattern)
{
    ml_str best = ML_STR_NONE;

    while (pattern.len) {
        ml_str part = ml_str_split(&pattern, '*');
        if (part.len > best.len)
            best = part;
    }
    return best;
}

static void add_package(collector *c, ml_str name, ml_word_kind kind)
{
    if (name.len >= SHORT_PACKAGE) {
        add(c, name, kind);
        return;
    }
    for (const char *quote = "'\"`"; *quote; quote++) {
        add(c, ml_arena_printf(c->arena, "%c%.*s%c", *quote, ML_STR_ARG(name), *quote), kind);
        add(c, ml_arena_printf(c->arena, "%c%.*s/", *quote, ML_STR_ARG(name)), kind);
        add(c, ml_arena_printf(c->arena, ":%.*s%c", ML_STR_ARG(name), *quote), kind); /* node:, npm: */
    }
    add(c, ml_arena_printf(c->arena, "/%.*s@", ML_STR_ARG(name)), kind); /* esm.sh/ai@4 */
    add(c, ml_arena_printf(c->arena, ":%.*s@", ML_STR_ARG(name)), kind); /* npm:ai@4 */
}

static void add_provider(collector *c, const ml_provider *provider)
{
    for (uint32_t i = 0; i < provider->host_count; i++)
        add(c, longest_fixed(provider->hosts[i].pattern), ML_WORD_HOST);
    for (uint32_t i = 0; i < provider->port_count; i++)
        add(c, ml_arena_printf(c->arena, "%u", provider->ports[i]), ML_WORD_HOST);
    for (uint32_t i = 0; i < provider->package_count; i++)
        add_package(c, provider->packages[i].name, ML_WORD_PACKAGE);
    add_all(c, provider->env, provider->env_count, ML_WORD_ENV);
    add_all(c, provider->env_prefixes, provider->env_prefix_count, ML_WORD_ENV);
}

/* A dotted global is found by its last part: window.fetch, const { sendBeacon } = navigator. */
static ml_str last_part(ml_str name)
{
    size_t dot = ml_str_rfind_char(name, '.');
    return dot == ML_NOT_FOUND ? name : ml_str_from(name, dot + 1);
}

static void add_global(collector *c, const ml_client *client, ml_str name)
{
    ml_str word = last_part(name);

    if (word.len >= SHORT) {
        add(c, word, ML_WORD_CLIENT);
        return;
    }
    for (uint32_t i = 0; i < client->request_count; i++)
        add(c, ml_arena_printf(c->arena, "%.*s.%.*s", ML_STR_ARG(name), ML_STR_ARG(client->requests[i].at)),
            ML_WORD_CLIENT);
}

static void add_client(collector *c, const ml_client *client)
{
    for (uint32_t i = 0; i < client->entry_count; i++) {
        const ml_client_entry *entry = &client->entries[i];
        if (entry->kind == ML_ENTRY_GLOBAL)
            add_global(c, client, entry->name);
        else if (entry->package.len) /* a type of a package cannot be named without importing it */
            add_package(c, entry->package, ML_WORD_CLIENT);
        else
            add(c, entry->name, ML_WORD_CLIENT);
    }
}

static int by_word(const void *left, const void *right)
{
    const ml_word_slot *a = left, *b = right;
    int order = ml_str_cmp(a->word, b->word);

    return order ? order : (a->kind > b->kind) - (a->kind < b->kind);
}

void ml_catalog_collect_words(ml_catalog *catalog, ml_arena *arena)
{
    collector c = {.arena = arena};
    uint32_t kept = 0;

    for (uint32_t i = 0; i < catalog->provider_count; i++)
        add_provider(&c, &catalog->providers[i]);
    for (uint32_t i = 0; i < catalog->client_count; i++)
        add_client(&c, &catalog->clients[i]);
    if (c.words.count)
        qsort(c.words.items, c.words.count, sizeof *c.words.items, by_word);
    for (uint32_t i = 0; i < c.words.count; i++)
        if (!kept || by_word(&c.words.items[kept - 1], &c.words.items[i]))
            c.words.items[kept++] = c.words.items[i];
    catalog->words = c.words.items;
    catalog->word_count = kept;
}
