/* Lowering, against the dumps in cases/: each file there holds cases of the form
 *
 *     ### what is tested | file name | nodes
 *     source
 *     ---
 *     the dump expected
 *
 * The last word of the head chooses the part of the dump: "nodes" the table, "index" the
 * records after it, "all" both. */
#include "facts_testing.h"

#include <dirent.h>
#include <string.h>

typedef struct lower_case {
    ml_str name, file, part, source, expected;
} lower_case;

static ml_str read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    ml_buf buf = {0};
    char block[4096];
    size_t got;

    assert_non_null(file);
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        ml_buf_bytes(&buf, block, got);
    fclose(file);
    return ml_buf_view(&buf);
}

/* Cuts the next case off *rest; false at the end. */
static bool next_case(ml_str *rest, lower_case *out)
{
    size_t start = ml_str_find(*rest, ML_STR("### "));

    if (start == ML_NOT_FOUND)
        return false;
    *rest = ml_str_from(*rest, start + 4);
    size_t end = ml_str_find(*rest, ML_STR("\n### "));
    ml_str body = ml_str_slice(*rest, 0, end), head = ml_str_split(&body, '\n');
    *rest = ml_str_from(*rest, body.len + head.len + 1);
    out->name = ml_str_trim(ml_str_split(&head, '|'));
    out->file = ml_str_trim(ml_str_split(&head, '|'));
    out->part = ml_str_trim(head);
    size_t rule = ml_str_find(body, ML_STR("\n---\n"));
    assert_true(rule != ML_NOT_FOUND);
    out->source = ml_str_slice(body, 0, rule);
    out->expected = ml_str_trim(ml_str_from(body, rule + 5));
    return true;
}

static ml_str part_of(ml_arena *arena, ml_str dump, ml_str part)
{
    ml_buf buf = {0};
    ml_str rest = dump, kept;

    if (ml_str_eq_c(part, "all"))
        return ml_str_trim(dump);
    while (rest.len) {
        ml_str line = ml_str_split(&rest, '\n');
        bool node = ml_str_starts(line, ML_STR("  ")) || ml_str_starts(line, ML_STR("PROGRAM"));
        if (node != ml_str_eq_c(part, "nodes"))
            continue;
        ml_buf_str(&buf, line);
        ml_buf_char(&buf, '\n');
    }
    kept = ml_arena_copy(arena, ml_str_trim(ml_buf_view(&buf)));
    ml_buf_finish(&buf);
    return kept;
}

static bool holds(const char *file, const lower_case *c)
{
    ml_arena names = {0};
    lowered l = lower_text(ml_arena_cstr(&names, c->file), c->source);
    ml_buf dump = {0};

    ml_facts_dump(&dump, l.facts);
    ml_str got = part_of(&names, ml_buf_view(&dump), c->part);
    bool same = ml_str_eq(got, c->expected);
    if (!same)
        print_error("%s: %.*s\nexpected:\n%.*s\ngot:\n%.*s\n", file, ML_STR_ARG(c->name), ML_STR_ARG(c->expected),
                    ML_STR_ARG(got));
    ml_buf_finish(&dump);
    lowered_finish(&l);
    ml_arena_finish(&names);
    return same;
}

static uint32_t failures_in(const char *file, uint32_t *cases)
{
    ml_str whole = read_whole(file), rest = whole;
    uint32_t failures = 0;
    lower_case c;

    for (; next_case(&rest, &c); ++*cases)
        failures += !holds(file, &c);
    free((char *)(uintptr_t)whole.data);
    return failures;
}

static void test_cases(void **state)
{
    const char *folder = MLTEST_SOURCE_DIR "/tests/unit/facts/cases";
    uint32_t failures = 0, cases = 0;
    DIR *dir = opendir(folder);

    (void)state;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        failures += failures_in(path, &cases);
    }
    closedir(dir);
    assert_int_equal(failures, 0);
    assert_true(cases > 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
