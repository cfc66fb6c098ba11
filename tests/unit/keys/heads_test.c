/* A pattern is tried only where a literal stands that every match of it begins with. These patterns begin
 * in every way a catalogue may write them: a key that fits is found whatever the pattern begins with. */
#include "ml/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define BODY "q7vLp2ZxW9mKe4RbN8sYc6Hd"
#define ANY  "[A-Za-z0-9]{24}"

static const struct {
    const char *pattern, *text;
    bool found;
} cases[] = {
    {"abc_" ANY,                     "abc_" BODY,     true },
    {"abc_" ANY,                     "abd_" BODY,     false},
    {"\\\\babc_" ANY,                "x = abc_" BODY, true },
    {"abc?_" ANY,                    "ab_" BODY,      true },
    {"(?:abc|def)_" ANY,             "def_" BODY,     true },
    {"(?:abc|def)_" ANY,             "ghi_" BODY,     false},
    {"(?:abc|def)_" ANY,             "DEF_" BODY,     false},
    {"(?:abc|def)?_" ANY,            "_" BODY,        true },
    {"(?:abc|def){0,1}_" ANY,        "_" BODY,        true },
    {"(?:abc|)_" ANY,                "_" BODY,        true },
    {"(?:|abc)_" ANY,                "_" BODY,        true },
    {"(?:abc|d)_" ANY,               "d_" BODY,       true },
    {"(?:abc|de?)_" ANY,             "d_" BODY,       true },
    {"(?:abc|de*)_" ANY,             "d_" BODY,       true },
    {"(?:abc|[xy]z)_" ANY,           "yz_" BODY,      true },
    {"(?:ab[)|]c|def)_" ANY,         "ab|c_" BODY,    true },
    {"(?:ab[)|]c|def)_" ANY,         "def_" BODY,     true },
    {"(?:ab[])|]c|def)_" ANY,        "ab]c_" BODY,    true },
    {"(?:ab[])|]c|def)_" ANY,        "def_" BODY,     true },
    {"(?:ab\\\\)c|def)_" ANY,        "ab)c_" BODY,    true },
    {"(?:ab\\\\)c|def)_" ANY,        "def_" BODY,     true },
    {"(?:ab(?:x|y)c|def)_" ANY,      "def_" BODY,     true },
    {"(?:abc|def)_" ANY "|ghi_" ANY, "ghi_" BODY,     true },
    {"(?:abc|def)_[|)]" ANY,         "abc_)" BODY,    true },
    {"(?i:abc|def)_" ANY,            "aBc_" BODY,     true },
    {"(?i)(?:abc|def)_" ANY,         "DEF_" BODY,     true },
    {"(?i)(?:abc|def)_" ANY,         "DEG_" BODY,     false},
    {"(?i:abc[_.-]?k|def)_" ANY,     "ABCK_" BODY,    true },
    {"(?:A3T[A-Z]|AKIA)" ANY,        "A3TX" BODY,     true },
    {"[a-c]{3}_" ANY,                "cab_" BODY,     true },
};

static void write_provider(const char *folder, const char *pattern)
{
    char path[256];

    snprintf(path, sizeof path, "%s/providers", folder);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/providers/made-up.json", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file,
            "{\"id\": \"made-up\", \"name\": \"Made up\", \"keys\": [{\"pattern\": \"%s\"}], \"sources\": [\"none\"]}",
            pattern);
    fclose(file);
}

static void remove_provider(const char *folder)
{
    char path[256];

    snprintf(path, sizeof path, "%s/providers/made-up.json", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/providers", folder);
    rmdir(path);
    rmdir(folder);
}

static bool finds(const char *folder, const char *text)
{
    ml_arena arena = {0};
    ml_error error;
    const ml_catalog *catalog;
    uint32_t bad;

    if (ml_catalog_load(&catalog, &arena, folder, &error) != ML_OK)
        fail_msg("%s", error.text);
    ml_keys *keys = ml_keys_new(catalog, &bad);
    assert_int_equal(bad, 0);
    ml_key_match match = ml_keys_find(keys, ml_str_of(text));
    bool found = match.provider && ml_str_eq_c(match.provider->id, "made-up");
    /* The three ways to ask agree. */
    assert_int_equal(ml_keys_may_find(keys, ML_STR_NONE, ml_str_of(text)), found);
    assert_int_equal(ml_str_contains(ml_keys_mask(&arena, keys, ml_str_of(text)), ML_STR("****")), found);
    ml_keys_free(keys);
    ml_arena_finish(&arena);
    return found;
}

static void finds_whatever_a_pattern_begins_with(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char folder[] = "/tmp/meterlint-keys-XXXXXX";
        assert_non_null(mkdtemp(folder));
        write_provider(folder, cases[i].pattern);
        if (finds(folder, cases[i].text) != cases[i].found) {
            print_error("%s in %s: expected %d\n", cases[i].pattern, cases[i].text, cases[i].found);
            failed++;
        }
        remove_provider(folder);
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_whatever_a_pattern_begins_with)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
