/* Globs: a table of patterns and paths, and that patterns made to take long do not. */
#include "ml/buf.h"
#include "ml/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

static const struct {
    const char *pattern, *path;
    bool matches;
} cases[] = {
    {"a.ts",           "a.ts",                     true },
    {"a.ts",           "src/a.ts",                 true }, /* without '/': the name */
    {"a.ts",           "a.ts/b",                   false},
    {"src/a.ts",       "src/a.ts",                 true },
    {"src/a.ts",       "x/src/a.ts",               false},
    {"*.ts",           "src/a.ts",                 true },
    {"*.ts",           "a.tsx",                    false},
    {"src/*.ts",       "src/a.ts",                 true },
    {"src/*.ts",       "src/x/a.ts",               false},
    {"*",              "a",                        true },
    {"*/",             "a",                        false},
    {"a*c",            "abbc",                     true },
    {"a*b*c",          "aXbXbXc",                  true },
    {"a*b*c",          "aXbXbX",                   false},
    {"**",             "a/b/c",                    true },
    {"**",             "",                         true },
    {"**/a.ts",        "a.ts",                     true },
    {"**/a.ts",        "x/y/a.ts",                 true },
    {"**/a.ts",        "x/ya.ts",                  false},
    {"src/**",         "src/a",                    true },
    {"src/**",         "src/a/b",                  true },
    {"src/**",         "src",                      false},
    {"src/**",         "srcs/a",                   false},
    {"src/**/a.ts",    "src/a.ts",                 true },
    {"src/**/a.ts",    "src/x/y/a.ts",             true },
    {"src/**/*.ts",    "src/x/y/a.ts",             true },
    {"**/x/**/y",      "a/x/b/x/c/y",              true },
    {"**/x/**/y",      "a/x/b/z",                  false},
    {"**/x/*/y",       "x/a/x/b/y",                true },
    {"?.ts",           "a.ts",                     true },
    {"?.ts",           "ab.ts",                    false},
    {"a?b",            "a/b",                      false},
    {"x/a?b",          "x/a/b",                    false},
    {"*.{ts,tsx}",     "a.tsx",                    true },
    {"*.{ts,tsx}",     "a.js",                     false},
    {"{a,b}/{c,d}.ts", "b/c.ts",                   true },
    {"{a,b}/{c,d}.ts", "b/e.ts",                   false},
    {"{a,{b,c}d}/x",   "cd/x",                     true },
    {"{a,}b",          "b",                        true },
    {"{src,lib}/**",   "lib/x/y",                  true },
    {"{a,}b/c?d/**",   "b/cXd/e",                  true },
    {"{a,}b/c?d/**",   "b/cXe/e",                  false},
    {"{a,b}.{ts,js}x", "b.jsx",                    true },
    {"{a,b}.{ts,js}x", "b.js",                     false},
    {"{a,b}{c",        "b{c",                      true },
    {"a{b",            "a{b",                      true },
    {"a}b",            "a}b",                      true },
    {"{}",             "",                         true },
    {"",               "",                         true },
    {"",               "a",                        false},
    {"\xe4\xbd\xa0*",  "\xe4\xbd\xa0\xe5\xa5\xbd", true },
};

static void matches_paths(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (ml_glob_match(ml_str_of(cases[i].pattern), ml_str_of(cases[i].path)) != cases[i].matches) {
            print_error("\"%s\" on \"%s\"\n", cases[i].pattern, cases[i].path);
            failures++;
        }
    assert_int_equal(failures, 0);
}

static const struct {
    const char *piece;
    int times;
    const char *end, *path;
    int path_times;
} slow[] = {
    {"*a",                    200,  "b",  "a",  4000},
    {"**/",                   200,  "b",  "a/", 2000},
    {"**/*a",                 100,  "/b", "a/", 2000},
    {"{a,b,c,d,e,f,g,h,i,j}", 8,    "/x", "z",  1   },
    {"{a,a,a,a,a,a,a,a,a,a}", 8,    "/x", "a",  8   },
    {"{",                     2000, "",   "{",  100 },
};

static void ends_on_hostile_patterns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++) {
        ml_buf pattern = {0}, path = {0};
        for (int n = 0; n < slow[i].times; n++)
            ml_buf_cstr(&pattern, slow[i].piece);
        ml_buf_cstr(&pattern, slow[i].end);
        for (int n = 0; n < slow[i].path_times; n++)
            ml_buf_cstr(&path, slow[i].path);
        clock_t begin = clock();
        assert_false(ml_glob_match(ml_buf_view(&pattern), ml_buf_view(&path)));
        double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (seconds > 2)
            fail_msg("\"%s\" %d times took %.1f s", slow[i].piece, slow[i].times, seconds);
        ml_buf_finish(&pattern);
        ml_buf_finish(&path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_paths),
        cmocka_unit_test(ends_on_hostile_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
