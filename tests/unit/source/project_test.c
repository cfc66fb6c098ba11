/* Where a project begins, and how far below its repository. */
#include "tree.h"

#include "ml/source.h"

#include <errno.h>

static const struct {
    const char *name, *path, *root; /* below the tree; "" is the tree itself */
} roots[] = {
    {"package.json above",             "pkg/src/deep",             "pkg"      },
    {"a file",                         "pkg/src/deep/a.ts",        "pkg"      },
    {"the folder itself",              "pkg",                      "pkg"      },
    {"the nearest one",                "pkg/inner/src",            "pkg/inner"},
    {"meterlint.json counts",          "conf/src",                 "conf"     },
    {"a folder of that name does not", "fake/src",                 "fake/src" },
    {"none: the folder",               "bare/src",                 "bare/src" },
    {"none: the file's folder",        "bare/src/a.ts",            "bare/src" },
    {"over a link",                    "link/src",                 "pkg"      },
    {"dots",                           "pkg/src/../../conf/./src", "conf"     },
};

static void fill(const test_tree *tree)
{
    tree_file(tree, "pkg/package.json", "{}");
    tree_file(tree, "pkg/src/deep/a.ts", "");
    tree_file(tree, "pkg/inner/package.json", "{}");
    tree_file(tree, "pkg/inner/src/a.ts", "");
    tree_file(tree, "conf/meterlint.json", "{}");
    tree_file(tree, "conf/src/a.ts", "");
    tree_folders(tree, "fake/package.json/");
    tree_file(tree, "fake/src/a.ts", "");
    tree_file(tree, "bare/src/a.ts", "");
    tree_link(tree, "link", "pkg");
}

static void finds_the_root(void **state)
{
    test_tree tree = tree_new();
    int failures = 0;

    (void)state;
    fill(&tree);
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        ml_arena arena = {0};
        ml_error error = {0};
        ml_str root = ML_STR_NONE;
        ml_str path = ml_arena_copy(&arena, ml_str_of(tree_path(&tree, roots[i].path)));
        ml_status status = ml_source_project_root(&root, &arena, path, &error);
        if (status != ML_OK || !ml_str_eq_c(root, tree_path(&tree, roots[i].root))) {
            print_error("%s: got %.*s %s\n", roots[i].name, ML_STR_ARG(root), error.text);
            failures++;
        }
        ml_arena_finish(&arena);
    }
    tree_free(&tree);
    assert_int_equal(failures, 0);
}

static void takes_relative_paths(void **state)
{
    test_tree tree = tree_new();
    ml_arena arena = {0};
    ml_str root;
    char before[PATH_MAX];

    (void)state;
    fill(&tree);
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(tree_path(&tree, "pkg/src")), 0);
    assert_int_equal(ml_source_project_root(&root, &arena, ML_STR("."), NULL), ML_OK);
    assert_true(ml_str_eq_c(root, tree_path(&tree, "pkg")));
    assert_int_equal(ml_source_project_root(&root, &arena, ML_STR(""), NULL), ML_OK);
    assert_true(ml_str_eq_c(root, tree_path(&tree, "pkg")));
    assert_int_equal(chdir(before), 0);
    ml_arena_finish(&arena);
    tree_free(&tree);
}

static void says_what_is_missing(void **state)
{
    test_tree tree = tree_new();
    ml_arena arena = {0};
    ml_error error = {0};
    ml_str root = ML_STR("untouched");

    (void)state;
    ml_str path = ml_arena_copy(&arena, ml_str_of(tree_path(&tree, "nowhere/a.ts")));
    assert_int_equal(ml_source_project_root(&root, &arena, path, &error), ML_ENOTFOUND);
    assert_string_equal(error.text, "no such file or folder");
    assert_true(ml_str_eq_c(ml_str_of(error.path), path.data));
    assert_true(ml_str_eq_c(root, "untouched"));
    ml_arena_finish(&arena);
    tree_free(&tree);
}

static const struct {
    const char *root, *prefix;
} prefixes[] = {
    {"repo",            ""    },
    {"repo/",           ""    },
    {"repo/a",          "a/"  },
    {"repo/a/b",        "a/b/"},
    {"repo/worktree/x", "x/"  },
    {"other",           ""    },
};

static void knows_its_place_in_the_repository(void **state)
{
    test_tree tree = tree_new();

    (void)state;
    tree_folders(&tree, "repo/.git/");
    tree_folders(&tree, "repo/a/b/");
    tree_file(&tree, "repo/worktree/.git", "gitdir: ../.git/worktrees/x");
    tree_folders(&tree, "repo/worktree/x/");
    tree_folders(&tree, "other/");
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        ml_arena arena = {0};
        ml_str root = ml_arena_copy(&arena, ml_str_of(tree_path(&tree, prefixes[i].root)));
        ml_str prefix = ml_source_repository_prefix(&arena, root);
        if (!ml_str_eq_c(prefix, prefixes[i].prefix))
            fail_msg("%s: got %.*s", prefixes[i].root, ML_STR_ARG(prefix));
        ml_arena_finish(&arena);
    }
    tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_root),
        cmocka_unit_test(takes_relative_paths),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(knows_its_place_in_the_repository),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
