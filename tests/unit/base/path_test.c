/* Paths as text: joining with dots resolved, and their parts. */
#include "ml/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *folder, *rest, *expected;
} joins[] = {
    {"",      "",               ""        },
    {"",      "a.ts",           "a.ts"    },
    {"src",   "a.ts",           "src/a.ts"},
    {"src/",  "./a.ts",         "src/a.ts"},
    {"src/x", "../y",           "src/y"   },
    {"src/x", "../../y",        "y"       },
    {"src",   "../../y",        "../y"    },
    {"src",   "../../../y/..",  "../.."   },
    {"..",    "..",             "../.."   },
    {"..",    "a/../..",        "../.."   },
    {"",      "..",             ".."      },
    {"a",     "..",             ""        },
    {"a",     ".",              "a"       },
    {"a//b",  "c///d/",         "a/b/c/d" },
    {"a",     "/b/c",           "/b/c"    },
    {"/",     "a",              "/a"      },
    {"/a",    "..",             "/"       },
    {"/",     "..",             "/"       },
    {"/a",    "../../b",        "/b"      },
    {"",      "./src//../src/", "src"     },
    {"a",     "...",            "a/..."   },
    {"a",     "..b/.c",         "a/..b/.c"},
};

static void joins_and_cleans(void **state)
{
    ml_arena arena = {0};
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        ml_str joined = ml_path_join(&arena, ml_str_of(joins[i].folder), ml_str_of(joins[i].rest));
        if (!ml_str_eq_c(joined, joins[i].expected) || joined.data[joined.len] != '\0') {
            print_error("\"%s\" + \"%s\": got \"%.*s\"\n", joins[i].folder, joins[i].rest, ML_STR_ARG(joined));
            failures++;
        }
    }
    ml_arena_finish(&arena);
    assert_int_equal(failures, 0);
}

static const struct {
    const char *path, *folder, *name, *ext;
} parts[] = {
    {"a/b.ts",     "a",   "b.ts",       ".ts"   },
    {"b.ts",       "",    "b.ts",       ".ts"   },
    {"a/b.d.ts",   "a",   "b.d.ts",     ".ts"   },
    {"a/.env",     "a",   ".env",       ""      },
    {".env.local", "",    ".env.local", ".local"},
    {"a.b/c",      "a.b", "c",          ""      },
    {"/a",         "/",   "a",          ""      },
    {"a/",         "a",   "",           ""      },
    {"",           "",    "",           ""      },
    {"a.",         "",    "a.",         "."     },
    {"/",          "/",   "",           ""      },
};

static void takes_paths_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        ml_str path = ml_str_of(parts[i].path);
        if (!ml_str_eq_c(ml_path_folder(path), parts[i].folder) || !ml_str_eq_c(ml_path_name(path), parts[i].name) ||
            !ml_str_eq_c(ml_path_ext(path), parts[i].ext))
            fail_msg("\"%s\": got \"%.*s\" \"%.*s\" \"%.*s\"", parts[i].path, ML_STR_ARG(ml_path_folder(path)),
                     ML_STR_ARG(ml_path_name(path)), ML_STR_ARG(ml_path_ext(path)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_and_cleans),
        cmocka_unit_test(takes_paths_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
