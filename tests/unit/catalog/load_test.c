/* --catalog DIR: additions, replacements, and what is wrong in DIR. */
#include "ml/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct folder {
    char path[64];
} folder;

static int make_folder(void **state)
{
    folder *f = calloc(1, sizeof *f);
    char part[96];

    snprintf(f->path, sizeof f->path, "/tmp/ml-catalog-XXXXXX");
    if (!f || !mkdtemp(f->path))
        return -1;
    snprintf(part, sizeof part, "%s/providers", f->path);
    mkdir(part, 0700);
    snprintf(part, sizeof part, "%s/clients", f->path);
    mkdir(part, 0700);
    *state = f;
    return 0;
}

static int drop_folder(void **state)
{
    folder *f = *state;
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", f->path);
    int code = system(command);
    free(f);
    return code;
}

static void put(const folder *f, const char *name, const char *text)
{
    char path[160];

    snprintf(path, sizeof path, "%s/%s", f->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_adds_and_replaces(void **state)
{
    const folder *f = *state;
    ml_arena arena = {0};
    ml_error error = {0};
    const ml_catalog *catalog;

    put(f, "providers/our-llm.json",
        "{\"id\": \"our-llm\", \"name\": \"Ours\", \"hosts\": [\"llm.ours.example\"], \"sources\": []}");
    put(f, "providers/openai.json",
        "{\"id\": \"openai\", \"name\": \"O\", \"hosts\": [\"api.openai.com\"], \"sources\": []} // less");
    put(f, "clients/our-client.json",
        "{\"id\": \"our-client\", \"name\": \"Ours\", \"transport\": \"http\", \"entries\": [{\"import\": "
        "\"@ours/http\"}],"
        " \"requests\": [{\"at\": \"send\", \"url\": 0}], \"sources\": []}");
    put(f, "providers/README.md", "not JSON");
    assert_int_equal(ml_catalog_load(&catalog, &arena, f->path, &error), ML_OK);
    assert_int_equal(ml_catalog_count(catalog).providers, ml_catalog_count(ml_catalog_builtin()).providers + 1);
    assert_int_equal(ml_catalog_count(catalog).clients, ml_catalog_count(ml_catalog_builtin()).clients + 1);
    assert_non_null(ml_catalog_match_host(catalog, ML_STR("llm.ours.example"), ML_STR("/")).provider);
    assert_null(ml_catalog_match_host(ml_catalog_builtin(), ML_STR("llm.ours.example"), ML_STR("/")).provider);
    assert_non_null(ml_catalog_match_host(catalog, ML_STR("api.openai.com"), ML_STR("/")).provider);
    assert_non_null(ml_catalog_match_host(catalog, ML_STR("api.anthropic.com"), ML_STR("/")).provider);
    assert_null(ml_catalog_match_package(catalog, ML_STR("openai")).provider);
    assert_non_null(ml_catalog_client_import(catalog, ML_STR("@ours/http"), ML_STR("send"), 0).client);
    ml_arena_finish(&arena);
}

static void test_faults(void **state)
{
    const folder *f = *state;
    ml_arena arena = {0};
    ml_error error = {0};
    const ml_catalog *catalog = NULL;

    assert_int_equal(ml_catalog_load(&catalog, &arena, f->path, &error), ML_ENOTFOUND);
    put(f, "providers/bad.json", "{\n\"id\": \"bad\",\n\"nmae\": \"x\"}");
    assert_int_equal(ml_catalog_load(&catalog, &arena, f->path, &error), ML_EVALUE);
    assert_int_equal(error.line, 3);
    assert_non_null(strstr(error.path, "providers/bad.json"));
    assert_non_null(strstr(error.text, "did you mean \"name\"?"));
    put(f, "providers/bad.json",
        "{\"id\": \"bad\", \"name\": \"x\", \"hosts\": [\"api.openai.com\"], \"sources\": []}");
    assert_int_equal(ml_catalog_load(&catalog, &arena, f->path, &error), ML_EVALUE);
    assert_non_null(strstr(error.text, "api.openai.com"));
    assert_null(catalog);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_adds_and_replaces, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(test_faults, make_folder, drop_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
