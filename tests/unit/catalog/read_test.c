/* What the readers of provider and client files refuse, on which line, and what a
 * catalogue refuses across files. */
#include "ml/catalog_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define P(rest) "{\"id\": \"x\", \"name\": \"X\", \"sources\": [\"s\"]" rest "}"
#define C(rest) "{\"id\": \"x\", \"name\": \"X\", \"transport\": \"http\", \"sources\": [\"s\"]" rest "}"
#define ENTRY   ", \"entries\": [{\"global\": \"x\"}]"
#define REQUEST ", \"requests\": [{\"url\": 0}]"

typedef struct refusal {
    const char *text, *part; /* of the complaint; NULL: accepted */
    ml_status status;
    uint32_t line;
} refusal;

static const refusal providers[] = {
    {P(""),                                                                                                         NULL,                                            ML_OK,      0},
    {P(", \"hosts\": [\"api.x.com\", {\"pattern\": \"*.x.com\", \"path\": [\"/a\", \"/b\"], \"doubtful\": true}]"),
     NULL,                                                                                                                                                           ML_OK,      0},
    {P(",\n\"host\": []"),                                                                                          "unknown key \"host\"; did you mean \"hosts\"?", ML_EVALUE,  2},
    {P(",\n\n\"id\": \"x\""),                                                                                       "key \"id\" is given twice",                     ML_ESYNTAX, 3},
    {"{\"id\": \"y\", \"name\": \"X\", \"sources\": []}",                                                           "must be named y.json",                          ML_EVALUE,  1},
    {"{\"name\": \"X\", \"sources\": []}",                                                                          "\"id\" is missing",                             ML_EVALUE,  1},
    {"{\"id\": \"x\", \"sources\": []}",                                                                            "\"name\" is missing",                           ML_EVALUE,  1},
    {"{\"id\": \"x\", \"name\": \"X\"}",                                                                            "\"sources\" is missing",                        ML_EVALUE,  1},
    {P(", \"hosts\": [\"API.x.com\"]"),                                                                             "no host pattern",                               ML_EVALUE,  1},
    {P(", \"hosts\": [\"*.com\"]"),                                                                                 "no host pattern",                               ML_EVALUE,  1},
    {P(", \"hosts\": [\"*\"]"),                                                                                     "no host pattern",                               ML_EVALUE,  1},
    {P(", \"hosts\": [\"com\"]"),                                                                                   "no host pattern",                               ML_EVALUE,  1},
    {P(", \"hosts\": [\"api.x.com/v1\"]"),                                                                          "no host pattern",                               ML_EVALUE,  1},
    {P(", \"hosts\": [\"api.x.com:443\"]"),                                                                         "no host pattern",                               ML_EVALUE,  1},
    {P(", \"hosts\": [\".x.com\"]"),                                                                                "no host pattern",                               ML_EVALUE,  1},
    {P(", \"hosts\": [\"x.com.\"]"),                                                                                "no host pattern",                               ML_EVALUE,  1},
    {P(", \"hosts\": [\"x..com\"]"),                                                                                "no host pattern",                               ML_EVALUE,  1},
    {P(", \"hosts\": [\"api.x.*\"]"),                                                                               "no host pattern",                               ML_EVALUE,  1},
    {P(", \"hosts\": [{\"pattern\": \"api.x.com\", \"path\": \"v1\"}]"),                                            "a path begins with '/'",                        ML_EVALUE,  1},
    {P(", \"hosts\": [{\"pattern\": \"api.x.com\", \"path\": \"/\"}]"),                                             "a path begins with '/'",                        ML_EVALUE,  1},
    {P(", \"hosts\": [{\"pattern\": \"api.x.com\", \"pth\": \"/a\"}]"),                                             "did you mean \"path\"?",                        ML_EVALUE,  1},
    {P(", \"websiteHosts\": [\"X.com\"]"),                                                                          "no host pattern",                               ML_EVALUE,  1},
    {P(",\n\"packages\": [\n{\"name\": \"a\", \"kind\": \"skd\"}]"),                                                "did you mean \"sdk\"?",                         ML_EVALUE,  3},
    {P(", \"packages\": [{\"name\": \"a/b\", \"kind\": \"sdk\"}]"),                                                 "no package name",                               ML_EVALUE,  1},
    {P(", \"packages\": [{\"kind\": \"sdk\"}]"),                                                                    "no package name",                               ML_EVALUE,  1},
    {P(", \"packages\": [{\"name\": \"a\"}]"),                                                                      "\"kind\" is missing",                           ML_EVALUE,  1},
    {P(", \"endpoints\": [{\"path\": \"/a\", \"call\": \"talk\", \"billingType\": \"token\"}]"),                    "\"call\" cannot be",
     ML_EVALUE,                                                                                                                                                                  1},
    {P(", \"endpoints\": [{\"path\": \"/a\", \"call\": \"chat\", \"billingType\": \"tokens\"}]"),
     "did you mean \"token\"?",                                                                                                                                      ML_EVALUE,  1},
    {P(", \"endpoints\": [{\"path\": \"a\", \"call\": \"chat\", \"billingType\": \"token\"}]"),                     "path begins with '/'",
     ML_EVALUE,                                                                                                                                                                  1},
    {P(", \"keys\": [{\"doubtful\": true}]"),                                                                       "\"pattern\" is missing",                        ML_EVALUE,  1},
    {P(", \"envPrefixes\": [\"OPENAI\"]"),                                                                          "ends in '_'",                                   ML_EVALUE,  1},
    {P(", \"envPrefixes\": [\"AI_\"]"),                                                                             "three letters",                                 ML_EVALUE,  1},
    {P(", \"ports\": [11434]"),                                                                                     "\"local\": true",                               ML_EVALUE,  1},
    {P(", \"local\": true, \"ports\": [3000]"),                                                                     "proves nothing",                                ML_EVALUE,  1},
    {P(", \"local\": true, \"ports\": [70000]"),                                                                    "from 1 to 65535",                               ML_EVALUE,  1},
    {P(", \"local\": true, \"ports\": [0]"),                                                                        "from 1 to 65535",                               ML_EVALUE,  1},
    {P(", \"local\": \"yes\""),                                                                                     "true or false",                                 ML_EVALUE,  1},
};

static const refusal clients[] = {
    {C(ENTRY REQUEST),                                                                                       NULL,                       ML_OK,     0},
    {C(ENTRY ", \"requests\": [{\"at\": [\"a\", \"b\"], \"url\": [0, {\"arg\": 1, \"keys\": [\"url\"]}]}]"), NULL,
     ML_OK,                                                                                                                                         0},
    {C(REQUEST),                                                                                             "\"entries\" is missing",   ML_EVALUE, 1},
    {C(ENTRY),                                                                                               "\"requests\" is missing",  ML_EVALUE, 1},
    {C(", \"entries\": []" REQUEST),                                                                         "nothing leads to",         ML_EVALUE, 1},
    {C(",\n\"entries\": [{\"globl\": \"x\"}]" REQUEST),                                                      "did you mean \"global\"?", ML_EVALUE, 2},
    {C(", \"entries\": [{\"global\": \"x\", \"import\": \"y\"}]" REQUEST),                                   "exactly one of",           ML_EVALUE, 1},
    {C(", \"entries\": [{\"at\": \"x\"}]" REQUEST),                                                          "exactly one of",           ML_EVALUE, 1},
    {C(", \"entries\": [{\"global\": \"x\", \"names\": [\"a\"]}]" REQUEST),                                  "belongs to",               ML_EVALUE, 1},
    {C(ENTRY ", \"requests\": [{\"url\": 9}]"),                                                              "from 0 to 7",              ML_EVALUE, 1},
    {C(ENTRY ", \"requests\": [{\"url\": []}]"),                                                             "is empty",                 ML_EVALUE, 1},
    {C(ENTRY ", \"requests\": [{\"url\": {\"keys\": [\"url\"]}}]"),                                          "\"arg\" is missing",       ML_EVALUE, 1},
    {C(ENTRY ", \"requests\": [{\"url\": {\"arg\": 0, \"keys\": [\"a\"], \"host\": [\"b\"]}}]"),             "either",                   ML_EVALUE,
     1                                                                                                                                               },
    {C(ENTRY ", \"requests\": [{\"ulr\": 0}]"),                                                              "did you mean \"url\"?",    ML_EVALUE, 1},
    {C(ENTRY REQUEST ", \"factories\": [{\"at\": \"make\", \"yields\": \"#nothing\"}]"),                     "nothing lies below",
     ML_EVALUE,                                                                                                                                     1},
    {"{\"id\": \"x\", \"name\": \"X\", \"transport\": \"smoke\", \"sources\": []" ENTRY REQUEST "}",
     "\"transport\" must be",                                                                                                            ML_EVALUE, 1},
};

static unsigned check(const refusal *refusals, size_t count, bool is_provider)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < count; i++) {
        ml_arena arena = {0};
        ml_error error = {0};
        ml_provider provider;
        ml_client client;
        ml_str text = ml_str_of(refusals[i].text);
        ml_status status = is_provider ? ml_provider_read(&provider, &arena, text, "d/x.json", &error)
                                       : ml_client_read(&client, &arena, text, "d/x.json", &error);
        if (status != refusals[i].status || error.line != refusals[i].line ||
            (refusals[i].part && !strstr(error.text, refusals[i].part)) ||
            (refusals[i].part && strcmp(error.path, "d/x.json"))) {
            print_error("%s\n  status %d, line %u: %s\n", refusals[i].text, (int)status, error.line, error.text);
            wrong++;
        }
        ml_arena_finish(&arena);
    }
    return wrong;
}

static void test_providers(void **state)
{
    (void)state;
    assert_int_equal(check(providers, sizeof providers / sizeof *providers, true), 0);
}

static void test_clients(void **state)
{
    (void)state;
    assert_int_equal(check(clients, sizeof clients / sizeof *clients, false), 0);
}

/* Two providers a and b with these keys; what building says. */
static const char *together(const char *a, const char *b)
{
    static char text[512];
    ml_arena arena = {0};
    ml_error error = {0};
    ml_provider_list list = {0};
    ml_client_list none = {0};
    ml_catalog catalog;
    const char *rest[] = {a, b};

    for (int i = 0; i < 2; i++) {
        ml_provider provider;
        ml_str file = ml_arena_printf(&arena, "{\"id\": \"%c\", \"name\": \"X\", \"sources\": []%s}", 'a' + i, rest[i]);
        const char *path = i ? "b.json" : "a.json";
        assert_int_equal(ml_provider_read(&provider, &arena, file, path, &error), ML_OK);
        ml_vec_push(&arena, &list, provider);
    }
    ml_catalog_build(&catalog, &arena, &list, &none, &error);
    snprintf(text, sizeof text, "%s", error.text);
    ml_arena_finish(&arena);
    return text;
}

static void test_across_files(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b, *complaint;
    } cases[] = {
        {"",                                                       "",                                                          ""                                           },
        {", \"hosts\": [\"api.x.com\"]",                           ", \"hosts\": [\"api.x.com\"]",
         "without sharesHostWith, host api.x.com belongs to two providers: a and b"                                                                                          },
        {", \"hosts\": [\"api.x.com\"]",                           ", \"hosts\": [\"api.x.com\"], \"sharesHostWith\": [\"a\"]", ""                                           },
        {", \"hosts\": [\"api.x.com\"]",                           ", \"hosts\": [\"api2.x.com\", \"*.x.com\"]",                ""                                           },
        {"",                                                       ", \"sharesHostWith\": [\"c\"]",                             "b: sharesHostWith names c, which nobody is" },
        {", \"packages\": [{\"name\": \"p\", \"kind\": \"sdk\"}]",
         ", \"packages\": [{\"name\": \"p\", \"kind\": \"ui\"}]",                                                               "package p belongs to two providers: a and b"},
        {", \"env\": [\"X_KEY\"]",                                 ", \"env\": [\"X_KEY\"]",
         "environment variable X_KEY belongs to two providers: a and b"                                                                                                      },
        {", \"envPrefixes\": [\"XXX_\"]",                          ", \"envPrefixes\": [\"XXX_\"]",
         "environment prefix XXX_ belongs to two providers: a and b"                                                                                                         },
        {", \"local\": true, \"ports\": [11434]",                  ", \"local\": true, \"ports\": [11434]",
         "port 11434 belongs to two providers: a and b"                                                                                                                      },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(together(cases[i].a, cases[i].b), cases[i].complaint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_providers), cmocka_unit_test(test_clients),
                                       cmocka_unit_test(test_across_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
