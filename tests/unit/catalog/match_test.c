/* Matching where a table of whole lines is not enough: unknown parts of a host, which
 * of several patterns wins, trust, clients and their places, words. */
#include "ml/catalog_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOLE "\x01"

static ml_str id_of(const ml_provider *provider)
{
    return provider ? provider->id : ML_STR("none");
}

static void test_holes(void **state)
{
    (void)state;
    static const struct {
        const char *host, *path, *id;
    } cases[] = {
        {HOLE ".openai.azure.com",                   "/openai",                                   "azure-openai"         },
        {HOLE "-" HOLE ".openai.azure.com",          "",                                          "azure-openai"         },
        {"a." HOLE ".openai.azure.com",              "",                                          "azure-openai"         },
        {"bedrock-runtime." HOLE ".amazonaws.com",   "/model/x/invoke",                           "aws-bedrock"          },
        {"bedrock-runtime." HOLE "-1.amazonaws.com", "",                                          "aws-bedrock"          },
        {HOLE "-aiplatform.googleapis.com",          "",                                          "google-vertex"        },
        {"nls-gateway-" HOLE ".aliyuncs.com",        "",                                          "aliyun-nls"           },
        {HOLE,                                       "/v1/chat/completions",                      "none"                 },
        {HOLE ".com",                                "",                                          "none"                 },
        {HOLE ".openai.com",                         "/v1",                                       "none"                 },
        {"api." HOLE ".com",                         "/v1",                                       "none"                 },
        {"api.openai." HOLE,                         "/v1",                                       "none"                 },
        {HOLE "api.openai.com",                      "/v1",                                       "none"                 },
        {"api.openai.com" HOLE,                      "/v1",                                       "none"                 },
        {HOLE ".amazonaws.com",                      "/model/x/invoke",                           "none"                 },
        {HOLE ".us-east-1.amazonaws.com",            "/model/x/invoke",                           "none"                 },
        {"bedrock-runtime." HOLE,                    "",                                          "none"                 },
        {HOLE "openai.azure.com",                    "",                                          "none"                 },
        {"openai.azure.com",                         "",                                          "none"                 },
        {".openai.azure.com",                        "",                                          "none"                 },
        {"api.openai.com.",                          "/v1",                                       "none"                 },
        {"",                                         "/v1",                                       "none"                 },
        {".",                                        "",                                          "none"                 },
        {"api.cloudflare.com",                       "/client/v4/accounts/" HOLE "/ai/run/" HOLE, "cloudflare-workers-ai"},
        {"api.cloudflare.com",                       "/client/v4/accounts/" HOLE,                 "none"                 },
        {"api.cloudflare.com",                       "/client/v4/accounts//ai/run",               "none"                 },
        {"api.cloudflare.com",                       "",                                          "none"                 },
        {"openrouter.ai",                            "/api",                                      "openrouter"           },
        {"openrouter.ai",                            "/api?x",                                    "openrouter"           },
        {"openrouter.ai",                            "/api" HOLE,                                 "openrouter"           },
        {"openrouter.ai",                            HOLE,                                        "openrouter"           },
        {"openrouter.ai",                            "/" HOLE,                                    "none"                 },
        {"openrouter.ai",                            "",                                          "none"                 },
    };
    unsigned wrong = 0;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_host_match match =
            ml_catalog_match_host(ml_catalog_builtin(), ml_str_of(cases[i].host), ml_str_of(cases[i].path));
        if (!ml_str_eq_c(id_of(match.provider), cases[i].id) || !match.provider != !match.host) {
            print_error("case %zu: expected %s, got %.*s\n", i, cases[i].id, ML_STR_ARG(id_of(match.provider)));
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void add(ml_arena *arena, ml_provider_list *list, const char *id, const char *rest)
{
    ml_provider provider;
    ml_error error = {0};
    ml_str text = ml_arena_printf(arena, "{\"id\": \"%s\", \"name\": \"X\", \"sources\": []%s}", id, rest);
    const char *path = ml_arena_printf(arena, "%s.json", id).data;

    ml_status status = ml_provider_read(&provider, arena, text, path, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, ML_OK);
    ml_vec_push(arena, list, provider);
}

static void test_which_pattern_wins(void **state)
{
    (void)state;
    ml_arena arena = {0};
    ml_provider_list list = {0};
    ml_client_list none = {0};
    ml_catalog catalog;

    add(&arena, &list, "all", ", \"hosts\": [\"*.x.com\"], \"websiteHosts\": [\"www.x.com\", \"chat.x.com\"]");
    add(&arena, &list, "deep", ", \"hosts\": [\"*.api.x.com\"]");
    add(&arena, &list, "exact", ", \"hosts\": [\"one.api.x.com\"]");
    add(&arena, &list, "path",
        ", \"hosts\": [{\"pattern\": \"*.x.com\", \"path\": \"/ai\"}], \"sharesHostWith\": [\"all\"]");
    add(&arena, &list, "page", ", \"hosts\": [{\"pattern\": \"chat.x.com\", \"path\": \"/api\"}]");
    add(&arena, &list, "stars", ", \"hosts\": [\"a-*-b.*.y.com\", {\"pattern\": \"p.y.com\", \"path\": \"/v/*/ai\"}]");
    assert_int_equal(ml_catalog_build(&catalog, &arena, &list, &none, NULL), ML_OK);
    static const struct {
        const char *host, *path, *id;
    } cases[] = {
        {"two.x.com",         "/",             "all"  },
        {"a.b.x.com",         "/",             "all"  },
        {"two.api.x.com",     "/",             "deep" },
        {"one.api.x.com",     "/",             "exact"},
        {"two.x.com",         "/ai/x",         "path" },
        {"one.api.x.com",     "/ai",           "path" },
        {"x.com",             "/",             "none" },
        {"www.x.com",         "/",             "none" },
        {"www.x.com",         "/ai",           "none" },
        {"chat.x.com",        "/",             "none" },
        {"chat.x.com",        "/api/v1",       "page" },
        {"a-1-b.z.y.com",     "",              "stars"},
        {"a-1-b-b.z.q.y.com", "",              "stars"},
        {"a--b.z.y.com",      "",              "none" },
        {"a-1-b.y.com",       "",              "none" },
        {"p.y.com",           "/v/1/ai",       "stars"},
        {"p.y.com",           "/v/1/2/3/ai/x", "stars"},
        {"p.y.com",           "/v/ai",         "none" },
        {"p.y.com",           "/v/1/aid/ai",   "stars"},
        {"p.y.com",           "/v/1/aid",      "none" },
        {"p.y.com",           "/w/1/ai",       "none" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_host_match match = ml_catalog_match_host(&catalog, ml_str_of(cases[i].host), ml_str_of(cases[i].path));
        if (!ml_str_eq_c(id_of(match.provider), cases[i].id))
            fail_msg("%s%s: expected %s, got %.*s", cases[i].host, cases[i].path, cases[i].id,
                     ML_STR_ARG(id_of(match.provider)));
    }
    ml_arena_finish(&arena);
}

static void test_trust(void **state)
{
    (void)state;
    const ml_catalog *catalog = ml_catalog_builtin();
    ml_host_match full = ml_catalog_match_host(catalog, ML_STR("api.openai.com"), ML_STR("/v1"));
    ml_host_match doubtful = ml_catalog_match_host(catalog, ML_STR("eu.api.openai.com"), ML_STR("/v1"));
    ml_package_match sdk = ml_catalog_match_package(catalog, ML_STR("openai"));
    ml_package_match types = ml_catalog_match_package(catalog, ML_STR("@azure/openai"));
    ml_package_match cloud = ml_catalog_match_package(catalog, ML_STR("aws-sdk"));
    ml_package_match framework = ml_catalog_match_package(catalog, ML_STR("ai"));

    assert_int_equal(full.host->trust, ML_TRUST_FULL);
    assert_int_equal(doubtful.host->trust, ML_TRUST_DOUBTFUL);
    assert_int_equal(sdk.package->kind, ML_PACKAGE_SDK);
    assert_true(types.package->type_only && types.package->client_count == 1);
    assert_int_equal(cloud.package->kind, ML_PACKAGE_OTHER);
    assert_int_equal(framework.package->kind, ML_PACKAGE_FRAMEWORK);
    assert_true(ml_str_eq(framework.provider->id, ML_STR("vercel-ai-sdk")));
}

static const ml_client *client(const char *id)
{
    uint32_t count;
    const ml_client *clients = ml_catalog_clients(ml_catalog_builtin(), &count);

    for (uint32_t i = 0; i < count; i++)
        if (ml_str_eq_c(clients[i].id, id))
            return &clients[i];
    fail_msg("no client %s", id);
    return NULL;
}

static const ml_client_call *nth_request(const char *id, const char *at, unsigned nth)
{
    const ml_client *c = client(id);

    for (uint32_t i = 0; i < c->request_count; i++)
        if (ml_str_eq_c(c->requests[i].at, at) && nth-- == 0)
            return &c->requests[i];
    return NULL;
}

static void test_places(void **state)
{
    (void)state;
    const ml_client_call *url = nth_request("axios", "", 0), *config = nth_request("axios", "", 1);
    const ml_client_call *post = nth_request("axios", "post", 0);
    const ml_client_call *options = nth_request("node-http", "request", 1);

    assert_int_equal(url->url.arg, 0);
    assert_int_equal(url->url.key_count, 0);
    assert_true(ml_str_eq(config->url.keys[0], ML_STR("url")));
    assert_true(ml_str_eq(config->base.keys[0], ML_STR("baseURL")));
    assert_null(nth_request("axios", "", 2));
    assert_int_equal(post->body.arg, 1);
    assert_int_equal(post->base.arg, 2);
    assert_int_equal(options->url.host_key_count, 2);
    assert_true(ml_str_eq(options->url.host_keys[0], ML_STR("hostname")));
    assert_true(ml_str_eq(options->url.path_key, ML_STR("path")));
    assert_int_equal(nth_request("needle", "", 0)->url.arg, 1);
    assert_int_equal(nth_request("graphql-request", "#client.request", 0)->url.arg, -1);
    assert_int_equal(nth_request("fetch", "", 0)->base.arg, -1);
    assert_true(client("axios")->join_with_slash);
    assert_false(client("fetch")->join_with_slash);
    assert_int_equal(client("ws")->transport, ML_TRANSPORT_WEBSOCKET);
    assert_int_equal(client("child-process")->transport, ML_TRANSPORT_SHELL);
    assert_int_equal(client("eval")->transport, ML_TRANSPORT_CODE);
    assert_int_equal(client("express-http-proxy")->transport, ML_TRANSPORT_PROXY);
    assert_int_equal(client("fetch-event-source")->transport, ML_TRANSPORT_EVENTSOURCE);
}

static void test_refs(void **state)
{
    (void)state;
    const ml_catalog *catalog = ml_catalog_builtin();
    ml_client_ref http = ml_catalog_client_type(catalog, ML_STR("HttpClient"), 0);
    ml_client_ref nest = ml_catalog_client_type(catalog, ML_STR("HttpService"), 0);

    assert_true(ml_str_eq(http.package, ML_STR("@angular/common/http")));
    assert_null(ml_catalog_client_type(catalog, ML_STR("HttpClient"), 1).client);
    assert_non_null(nest.client);
    assert_non_null(ml_catalog_client_type(catalog, ML_STR("HttpService"), 1).client);
    assert_null(ml_catalog_client_type(catalog, ML_STR("HttpService"), 2).client);
    assert_null(ml_catalog_client_global(catalog, ML_STR("fetch"), 1).client);
    assert_null(ml_catalog_client_global(catalog, ML_STR("app.fetch"), 0).client);
    assert_null(ml_catalog_client_global(catalog, ML_STR(""), 0).client);
    assert_null(ml_catalog_client_import(catalog, ML_STR("express"), ML_STR("default"), 0).client);
    ml_client_ref named = ml_catalog_client_import(catalog, ML_STR("undici"), ML_STR("request"), 0);
    assert_true(ml_str_eq(named.at, ML_STR("request")));
}

/* All nearest spellings of an id to lead to itself, and lists sorted as halving needs. */
static void test_sorted(void **state)
{
    (void)state;
    uint32_t count;
    const ml_provider *providers = ml_catalog_providers(ml_catalog_builtin(), &count);

    assert_int_equal(count, ml_catalog_count(ml_catalog_builtin()).providers);
    for (uint32_t i = 0; i < count; i++) {
        assert_ptr_equal(ml_catalog_provider(ml_catalog_builtin(), providers[i].id), &providers[i]);
        if (i)
            assert_true(ml_str_cmp(providers[i - 1].id, providers[i].id) < 0);
    }
    assert_null(ml_catalog_provider(ml_catalog_builtin(), ML_STR("nobody")));
}

typedef struct tally {
    uint32_t count, hosts;
    size_t shortest;
    bool fetch, openai, port, ai;
} tally;

static void count_word(void *data, ml_str word, ml_word_kind kind)
{
    tally *t = data;

    t->count++;
    t->hosts += kind == ML_WORD_HOST;
    t->shortest = word.len < t->shortest ? word.len : t->shortest;
    t->fetch |= kind == ML_WORD_CLIENT && ml_str_eq(word, ML_STR("fetch"));
    t->openai |= kind == ML_WORD_HOST && ml_str_eq(word, ML_STR("api.openai.com"));
    t->port |= kind == ML_WORD_HOST && ml_str_eq(word, ML_STR("11434"));
    t->ai |= kind == ML_WORD_PACKAGE && ml_str_eq(word, ML_STR("'ai'"));
}

static void test_words(void **state)
{
    (void)state;
    tally t = {.shortest = SIZE_MAX};

    ml_catalog_words(ml_catalog_builtin(), count_word, &t);
    assert_true(t.fetch && t.openai && t.port && t.ai);
    assert_true(t.hosts > 300 && t.count > 1000);
    assert_true(t.shortest >= 4);
}

static void test_counts(void **state)
{
    (void)state;
    ml_catalog_counts c = ml_catalog_count(ml_catalog_builtin());

    print_message(
        "providers %u (longtail %u, local %u, optional %u), hosts %u (doubtful %u, with path %u), packages %u "
        "(doubtful %u), endpoints %u (doubtful %u), keys %u (doubtful %u), clients %u (doubtful %u), requests %u, "
        "factories %u\n",
        c.providers, c.longtail, c.local, c.optional, c.hosts, c.doubtful_hosts, c.hosts_with_path, c.packages,
        c.doubtful_packages, c.endpoints, c.doubtful_endpoints, c.keys, c.doubtful_keys, c.clients, c.doubtful_clients,
        c.requests, c.factories);
    assert_true(c.providers >= 303 && c.clients >= 74);
    assert_true(c.doubtful_hosts > 0 && c.doubtful_hosts < c.hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holes), cmocka_unit_test(test_which_pattern_wins),
        cmocka_unit_test(test_trust), cmocka_unit_test(test_places),
        cmocka_unit_test(test_refs),  cmocka_unit_test(test_sorted),
        cmocka_unit_test(test_words), cmocka_unit_test(test_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
