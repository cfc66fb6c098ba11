/* What a file is by its name, and which of them hold code. */
#include "ml/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *path;
    ml_file_kind kind;
} cases[] = {
    {"a.ts",                    ML_FILE_TS    },
    {"src/a.mts",               ML_FILE_TS    },
    {"a.cts",                   ML_FILE_TS    },
    {"a.d.ts",                  ML_FILE_TS    },
    {"a.test.tsx",              ML_FILE_TSX   },
    {"a.js",                    ML_FILE_JS    },
    {"a.jsx",                   ML_FILE_JS    },
    {"a.mjs",                   ML_FILE_JS    },
    {"vendor.min.js",           ML_FILE_JS    },
    {".eslintrc.cjs",           ML_FILE_JS    },
    {"A.TS",                    ML_FILE_TS    },
    {"App.vue",                 ML_FILE_VUE   },
    {"App.svelte",              ML_FILE_SVELTE},
    {"index.html",              ML_FILE_HTML  },
    {"index.htm",               ML_FILE_HTML  },
    {"001.sql",                 ML_FILE_SQL   },
    {"schema.prisma",           ML_FILE_PRISMA},
    {"package.json",            ML_FILE_JSON  },
    {"tsconfig.app.json",       ML_FILE_JSON  },
    {".env",                    ML_FILE_ENV   },
    {"server/.env.local",       ML_FILE_ENV   },
    {".env.production",         ML_FILE_ENV   },
    {".env.production.local",   ML_FILE_ENV   },
    {".env.example",            ML_FILE_OTHER },
    {".env.sample",             ML_FILE_OTHER },
    {".env.template",           ML_FILE_OTHER },
    {".env.dist",               ML_FILE_OTHER },
    {".env.production.EXAMPLE", ML_FILE_OTHER },
    {".env.",                   ML_FILE_OTHER },
    {".environment.ts",         ML_FILE_TS    },
    {".envrc",                  ML_FILE_OTHER },
    {"a.tsv",                   ML_FILE_OTHER },
    {"a.ts.bak",                ML_FILE_OTHER },
    {"ts",                      ML_FILE_OTHER },
    {".ts",                     ML_FILE_OTHER },
    {"a.ts/readme",             ML_FILE_OTHER },
    {"",                        ML_FILE_OTHER },
};

static void knows_files_by_name(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (ml_file_kind_of(ml_str_of(cases[i].path)) != cases[i].kind) {
            print_error("%s: got kind %d\n", cases[i].path, (int)ml_file_kind_of(ml_str_of(cases[i].path)));
            failures++;
        }
    assert_int_equal(failures, 0);
}

static void knows_what_holds_code(void **state)
{
    (void)state;
    assert_true(ml_file_kind_is_script(ML_FILE_TS));
    assert_true(ml_file_kind_is_script(ML_FILE_JS));
    assert_true(ml_file_kind_is_script(ML_FILE_HTML));
    assert_false(ml_file_kind_is_script(ML_FILE_SQL));
    assert_false(ml_file_kind_is_script(ML_FILE_ENV));
    assert_false(ml_file_kind_is_script(ML_FILE_OTHER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_files_by_name),
        cmocka_unit_test(knows_what_holds_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
