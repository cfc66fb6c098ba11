/* Runs fixtures/catalog/providers.txt and clients.txt line by line against the built-in
 * catalogue, and asks that every provider and client is named there. */
#include "ml/catalog.h"

#include "ml/buf.h"
#include "ml/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static ml_str read_all(ml_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    ml_buf buf = {0};

    assert_non_null(file);
    for (int c; (c = fgetc(file)) != EOF;)
        ml_buf_char(&buf, (char)c);
    fclose(file);
    ml_str text = ml_arena_copy(arena, ml_buf_view(&buf));
    ml_buf_finish(&buf);
    return text;
}

typedef struct line {
    uint32_t number;
    ml_str words[4];
    uint32_t count;
} line;

/* The next line that is neither empty nor a comment. */
static bool next_line(ml_str *rest, line *out)
{
    while (rest->len) {
        ml_str text = ml_str_trim(ml_str_split(rest, '\n'));
        out->number++;
        if (!text.len || text.data[0] == '#')
            continue;
        for (out->count = 0; text.len && out->count < 4; text = ml_str_trim(text))
            out->words[out->count++] = ml_str_split(&text, ' ');
        return true;
    }
    return false;
}

static ml_str host_of(ml_str url, ml_str *path, uint32_t *port)
{
    ml_str rest = ml_str_from(url, ml_str_find(url, ML_STR("://")) + 3);
    size_t slash = ml_str_find_char(rest, '/');
    ml_str host = ml_str_slice(rest, 0, slash);
    size_t colon = ml_str_rfind_char(host, ':');

    *path = slash == ML_NOT_FOUND ? ML_STR_NONE : ml_str_from(rest, slash);
    *port = 0;
    if (colon != ML_NOT_FOUND) {
        *port = (uint32_t)strtoul(host.data + colon + 1, NULL, 10);
        host = ml_str_slice(host, 0, colon);
    }
    return host;
}

static bool is_url(ml_str what)
{
    return ml_str_contains(what, ML_STR("://")) && !ml_catalog_match_package(ml_catalog_builtin(), what).provider;
}

static const ml_provider *find_provider(ml_str what)
{
    const ml_catalog *catalog = ml_catalog_builtin();
    ml_str path;
    uint32_t port;

    if (ml_str_starts(what, ML_STR("env:")))
        return ml_catalog_match_env(catalog, ml_str_from(what, 4));
    if (!is_url(what))
        return ml_catalog_match_package(catalog, what).provider;
    ml_str host = host_of(what, &path, &port);
    const ml_provider *provider = ml_catalog_match_host(catalog, host, path).provider;
    return provider || !port ? provider : ml_catalog_match_local(catalog, host, (uint16_t)port);
}

static void test_providers(void **state)
{
    (void)state;
    ml_arena arena = {0};
    ml_strmap named = {0};
    ml_str rest = read_all(&arena, MLTEST_SOURCE_DIR "/fixtures/catalog/providers.txt");
    line l = {0};
    unsigned wrong = 0, lines = 0;

    while (next_line(&rest, &l)) {
        bool wanted = ml_str_eq(l.words[2], ML_STR("match"));
        const ml_provider *found = find_provider(l.words[1]);
        bool got = found && ml_str_eq(found->id, l.words[0]);
        bool valid = l.count == 3 && (wanted || ml_str_eq(l.words[2], ML_STR("none"))) &&
                     ml_catalog_provider(ml_catalog_builtin(), l.words[0]);
        lines++;
        ml_strmap_put(&arena, &named, l.words[0], &l);
        if (!valid || got != wanted) {
            wrong++;
            print_error("providers.txt:%u: %.*s %.*s: expected %.*s, got %.*s\n", l.number, ML_STR_ARG(l.words[0]),
                        ML_STR_ARG(l.words[1]), ML_STR_ARG(l.words[2]), found ? (int)found->id.len : 4,
                        found ? found->id.data : "none");
        }
    }
    uint32_t count;
    const ml_provider *providers = ml_catalog_providers(ml_catalog_builtin(), &count);
    for (uint32_t i = 0; i < count; i++)
        if (!ml_strmap_get(&named, providers[i].id)) {
            wrong++;
            print_error("no line of providers.txt names %.*s\n", ML_STR_ARG(providers[i].id));
        }
    ml_arena_finish(&arena);
    assert_true(lines > 1000);
    assert_int_equal(wrong, 0);
}

static ml_client_ref entry_ref(ml_str entry, uint32_t index)
{
    const ml_catalog *catalog = ml_catalog_builtin();
    ml_str name = entry, kind = ml_str_split(&name, ':');

    if (ml_str_eq(kind, ML_STR("global")))
        return ml_catalog_client_global(catalog, name, index);
    if (ml_str_eq(kind, ML_STR("type")))
        return ml_catalog_client_type(catalog, name, index);
    size_t hash = ml_str_rfind_char(name, '#');
    return ml_catalog_client_import(catalog, ml_str_slice(name, 0, hash), ml_str_from(name, hash + 1), index);
}

static bool has_call(const ml_client_call *calls, uint32_t count, ml_str at, bool construct)
{
    for (uint32_t i = 0; i < count; i++)
        if (ml_str_eq(calls[i].at, at) && calls[i].construct == construct)
            return true;
    return false;
}

static bool client_answers(ml_arena *arena, ml_str id, ml_str entry, ml_str path)
{
    bool construct = ml_str_starts(path, ML_STR("new:"));
    ml_str below = construct ? ml_str_from(path, 4) : path;
    ml_client_ref ref;

    if (ml_str_eq(below, ML_STR(".")))
        below = ML_STR_NONE;
    for (uint32_t i = 0; (ref = entry_ref(entry, i)).client; i++) {
        bool instance = ml_str_starts(below, ML_STR("#"));
        ml_str at = instance || !ref.at.len ? below
                    : below.len             ? ml_arena_printf(arena, "%.*s.%.*s", ML_STR_ARG(ref.at), ML_STR_ARG(below))
                                            : ref.at;
        if (ml_str_eq(ref.client->id, id) &&
            (has_call(ref.client->requests, ref.client->request_count, at, construct) ||
             has_call(ref.client->factories, ref.client->factory_count, at, construct)))
            return true;
    }
    return false;
}

static bool is_client(ml_str id)
{
    uint32_t count;
    const ml_client *clients = ml_catalog_clients(ml_catalog_builtin(), &count);

    for (uint32_t i = 0; i < count; i++)
        if (ml_str_eq(clients[i].id, id))
            return true;
    return false;
}

static void test_clients(void **state)
{
    (void)state;
    ml_arena arena = {0};
    ml_strmap named = {0};
    ml_str rest = read_all(&arena, MLTEST_SOURCE_DIR "/fixtures/catalog/clients.txt");
    line l = {0};
    unsigned wrong = 0, lines = 0;

    while (next_line(&rest, &l)) {
        bool wanted = ml_str_eq(l.words[3], ML_STR("match"));
        bool valid = l.count == 4 && (wanted || ml_str_eq(l.words[3], ML_STR("none"))) && is_client(l.words[0]);
        lines++;
        ml_strmap_put(&arena, &named, l.words[0], &l);
        if (!valid || client_answers(&arena, l.words[0], l.words[1], l.words[2]) != wanted) {
            wrong++;
            print_error("clients.txt:%u: %.*s %.*s %.*s: expected %.*s\n", l.number, ML_STR_ARG(l.words[0]),
                        ML_STR_ARG(l.words[1]), ML_STR_ARG(l.words[2]), ML_STR_ARG(l.words[3]));
        }
    }
    uint32_t count;
    const ml_client *clients = ml_catalog_clients(ml_catalog_builtin(), &count);
    for (uint32_t i = 0; i < count; i++)
        if (!ml_strmap_get(&named, clients[i].id)) {
            wrong++;
            print_error("no line of clients.txt names %.*s\n", ML_STR_ARG(clients[i].id));
        }
    ml_arena_finish(&arena);
    assert_true(lines > 200);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_providers), cmocka_unit_test(test_clients)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
