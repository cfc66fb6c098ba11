/* tree.h - folders for one test: made, filled, and removed again with all in them. */
#ifndef TEST_SOURCE_TREE_H
#define TEST_SOURCE_TREE_H
#include "ml/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct test_tree {
    char root[PATH_MAX / 2]; /* absolute, links resolved, below a folder no git repository holds */
} test_tree;

static inline test_tree tree_new(void)
{
    const char *temp = getenv("TMPDIR");
    char pattern[256], real[PATH_MAX];
    test_tree made;

    snprintf(pattern, sizeof pattern, "%s/meterlint-test-XXXXXX", temp && *temp ? temp : "/tmp");
    assert_non_null(mkdtemp(pattern));
    assert_non_null(realpath(pattern, real));
    assert_true(strlen(real) < sizeof made.root);
    snprintf(made.root, sizeof made.root, "%.2047s", real);
    return made;
}

static inline int tree_remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind, (void)where;
    return remove(path);
}

static inline void tree_free(test_tree *tree)
{
    nftw(tree->root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Valid until the next call. */
static inline const char *tree_path(const test_tree *tree, const char *path)
{
    static char whole[PATH_MAX];

    snprintf(whole, sizeof whole, "%s/%s", tree->root, path);
    return whole;
}

/* The folders above path, and path itself when it ends in '/'. */
static inline void tree_folders(const test_tree *tree, const char *path)
{
    char whole[PATH_MAX];

    snprintf(whole, sizeof whole, "%s", tree_path(tree, path));
    for (char *at = whole + strlen(tree->root) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        mkdir(whole, 0777);
        *at = '/';
    }
}

static inline void tree_bytes(const test_tree *tree, const char *path, ml_str text)
{
    tree_folders(tree, path);
    FILE *file = fopen(tree_path(tree, path), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.len ? text.data : "", 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static inline void tree_file(const test_tree *tree, const char *path, const char *text)
{
    tree_bytes(tree, path, ml_str_of(text));
}

static inline void tree_link(const test_tree *tree, const char *path, const char *target)
{
    tree_folders(tree, path);
    assert_int_equal(symlink(target, tree_path(tree, path)), 0);
}

#endif
