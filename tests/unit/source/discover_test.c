/* The walk over a project: what is listed, in which order, what is skipped unless it is
 * asked for, and that no tree, however odd, makes it fail or loop. */
#include "tree.h"

#include "ml/buf.h"
#include "ml/source.h"

#include <errno.h>

enum { PATHS_MAX = 4 };

/* One tree for the table. */
static const char *const files[] = {
    "package.json",
    "src/a.ts",
    "src/a-b.ts",
    "src/a/x.ts",
    "src/a.test.ts",
    "src/api.stories.tsx",
    "src/types.d.ts",
    "src/build/page.ts",
    "src/dist/kept.ts",
    "src/generated/g.ts",
    "src/latest/l.ts",
    "src/readme.md",
    "test/t.ts",
    "e2e/deep/t.ts",
    "public/vendor.min.js",
    "public/dist/lib.js",
    "dist/main.js",
    "dist/sub/more.js",
    "build/main.js",
    "out/main.js",
    "coverage/report.html",
    "node_modules/pkg/index.js",
    "node_modules/pkg/node_modules/inner/index.js",
    ".next/server.js",
    ".git/hooks/evil.ts",
    ".github/scripts/run.ts",
    ".env",
    ".env.example",
    "packages/p/package.json",
    "packages/p/build/main.js",
    "packages/p/lib/build/kept.ts",
    "ignored/i.ts",
    "ignored/sub/j.ts",
    "pictures/cat.png",
};

#define ALL_SRC                                                                                                        \
    "src/a-b.ts src/a.test.ts(test) src/a.ts src/a/x.ts src/api.stories.tsx(test) src/build/page.ts "                  \
    "src/dist/kept.ts src/generated/g.ts src/latest/l.ts "

/* clang-format off */
static const struct {
    const char *name;
    const char *paths[PATHS_MAX];
    const char *ignore[PATHS_MAX];
    bool declarations, outside; /* outside: print files out of scope, too */
    const char *expected;
} cases[] = {
    {"all of it", {NULL}, {NULL}, false, true,
     ".env .github/scripts/run.ts e2e/deep/t.ts(test) package.json packages/p/lib/build/kept.ts "
     "packages/p/package.json public/vendor.min.js " ALL_SRC "test/t.ts(test) "},
    {"the root by a dot", {"."}, {"src/**", "**/package.json", ".*"}, false, true,
     "e2e/deep/t.ts(test) packages/p/lib/build/kept.ts public/vendor.min.js test/t.ts(test) "},
    {"one folder; the rest only for imports", {"src/a"}, {"src/*.ts", "src/b*/**"}, false, true,
     ".env- .github/scripts/run.ts- e2e/deep/t.ts-(test) package.json- packages/p/lib/build/kept.ts- "
     "packages/p/package.json- public/vendor.min.js- src/a/x.ts src/api.stories.tsx-(test) src/dist/kept.ts- "
     "src/generated/g.ts- src/latest/l.ts- test/t.ts-(test) "},
    {"one folder", {"src"}, {NULL}, false, false, ALL_SRC},
    {"one folder, written oddly", {"./src//../src/"}, {NULL}, false, false, ALL_SRC},
    {"two", {"test", "src/a"}, {NULL}, false, false, "src/a/x.ts test/t.ts(test) "},
    {"a file", {"src/a.ts"}, {NULL}, false, false, "src/a.ts "},
    {"a file and the folder it is in", {"src/a/x.ts", "src/a"}, {NULL}, false, false, "src/a/x.ts "},
    {"a declaration asked for", {"src/types.d.ts"}, {NULL}, false, false, "src/types.d.ts "},
    {"declarations wanted", {"src"}, {"src/*.ts", "!x"}, true, false,
     "src/a/x.ts src/api.stories.tsx(test) src/build/page.ts src/dist/kept.ts src/generated/g.ts src/latest/l.ts "},
    {"all declarations", {"src"}, {"src/a*", "src/*/**"}, true, false, "src/types.d.ts "},
    {"build output asked for", {"dist"}, {NULL}, false, false, "dist/main.js dist/sub/more.js "},
    {"a folder inside build output", {"dist/sub"}, {NULL}, false, false, "dist/sub/more.js "},
    {"a file in build output leaves its neighbours out", {"build/main.js"}, {NULL}, false, false, "build/main.js "},
    {"a package asked for", {"node_modules/pkg"}, {NULL}, false, false, "node_modules/pkg/index.js "},
    {"a file gitignore hides", {"ignored/i.ts"}, {NULL}, false, false, "ignored/i.ts "},
    {"a folder gitignore hides", {"ignored"}, {NULL}, false, false, "ignored/i.ts ignored/sub/j.ts "},
    {"a file the configuration hides", {"src/a.ts"}, {"src/**"}, false, false, "src/a.ts "},
    {"a folder the configuration hides", {"src/a"}, {"src/**"}, false, false, "src/a/x.ts "},
    {"a folder the configuration names", {"src/a"}, {"src/a"}, false, false, "src/a/x.ts "},
    {"repository data never", {".git"}, {NULL}, false, false, ""},
    {"a file of no kind we know", {"src/readme.md"}, {NULL}, false, false, ""},
    {"configuration: a folder by slash", {"src"}, {"src/generated/", "latest/"}, false, false,
     "src/a-b.ts src/a.test.ts(test) src/a.ts src/a/x.ts src/api.stories.tsx(test) src/build/page.ts "
     "src/dist/kept.ts "},
    {"configuration: names", {"src"}, {"*.test.ts", "./src/{a,build}/**", "g.ts", "l.ts"}, false, false,
     "src/a-b.ts src/a.ts src/api.stories.tsx(test) src/dist/kept.ts "},
};
/* clang-format on */

static uint32_t take(ml_str *out, const char *const *texts)
{
    uint32_t count = 0;

    for (; count < PATHS_MAX && texts[count]; count++)
        out[count] = ml_str_of(texts[count]);
    return count;
}

static void print_files(ml_buf *out, const ml_source_files *found, bool outside)
{
    ml_buf_cstr(out, "");
    for (uint32_t i = 0; i < found->count; i++) {
        const ml_source_file *file = &found->items[i];
        if (!file->in_scope && !outside)
            continue;
        ml_buf_printf(out, "%.*s%s%s ", ML_STR_ARG(file->path), file->in_scope ? "" : "-",
                      file->is_test ? "(test)" : "");
    }
}

static void lists_what_is_asked_for(void **state)
{
    test_tree tree = tree_new();
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        tree_file(&tree, files[i], "");
    tree_file(&tree, ".gitignore", "/ignored/\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_arena arena = {0};
        ml_str paths[PATHS_MAX], ignore[PATHS_MAX];
        ml_source_files found = {0};
        ml_problems problems = {0};
        ml_error error = {0};
        ml_buf out = {0};
        ml_discovery what = {.root = ml_str_of(tree.root),
                             .paths = paths,
                             .ignore = ignore,
                             .include_declarations = cases[i].declarations};
        what.path_count = take(paths, cases[i].paths);
        what.ignore_count = take(ignore, cases[i].ignore);
        ml_status status = ml_source_discover(&found, &problems, &arena, &what, &error);
        print_files(&out, &found, cases[i].outside);
        if (status != ML_OK || problems.count || !ml_str_eq_c(ml_buf_view(&out), cases[i].expected)) {
            print_error("%s: got %s%.*s\n", cases[i].name, error.text, ML_STR_ARG(ml_buf_view(&out)));
            failures++;
        }
        ml_buf_finish(&out);
        ml_arena_finish(&arena);
    }
    tree_free(&tree);
    assert_int_equal(failures, 0);
}

typedef struct found {
    ml_arena arena;
    ml_source_files files;
    ml_problems problems;
    ml_buf text; /* of all files, as above */
} found;

static found discover(const char *root, const char *path)
{
    found result = {0};
    ml_str asked = ml_str_of(path);
    ml_discovery what = {.root = ml_str_of(root), .paths = &asked, .path_count = path ? 1 : 0};

    assert_int_equal(ml_source_discover(&result.files, &result.problems, &result.arena, &what, NULL), ML_OK);
    ml_problems_sort(&result.problems);
    print_files(&result.text, &result.files, true);
    return result;
}

static void found_free(found *result)
{
    ml_buf_finish(&result->text);
    ml_arena_finish(&result->arena);
}

static void assert_problem(const found *result, uint32_t i, const char *path, const char *reason)
{
    assert_true(i < result->problems.count);
    const ml_problem *problem = &result->problems.items[i];
    if (!ml_str_eq_c(problem->path, path) || !ml_str_eq_c(problem->reason.in[ML_LANG_EN], reason))
        fail_msg("got %.*s: %.*s", ML_STR_ARG(problem->path), ML_STR_ARG(problem->reason.in[ML_LANG_EN]));
    assert_int_equal(problem->kind, ML_PROBLEM_UNREAD);
    assert_true(problem->reason.in[ML_LANG_ZH].len > 0);
}

static const struct {
    const char *path;
    ml_status status;
    const char *reason;
} refused[] = {
    {"nowhere",        ML_ENOTFOUND, "no such file or folder"                                    },
    {"src/nowhere.ts", ML_ENOTFOUND, "no such file or folder"                                    },
    {"src/a.ts/x",     ML_ENOTFOUND, "no such file or folder"                                    },
    {"../other",       ML_EUSAGE,    "outside the project"                                       },
    {"/etc",           ML_EUSAGE,    "outside the project"                                       },
    {"link",           ML_ENOTFOUND, "reached over a symbolic link, which a scan does not follow"},
    {"link/a.ts",      ML_ENOTFOUND, "reached over a symbolic link, which a scan does not follow"},
};

static void refuses_wrong_paths(void **state)
{
    test_tree tree = tree_new();

    (void)state;
    tree_file(&tree, "src/a.ts", "");
    tree_link(&tree, "link", "src");
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        ml_arena arena = {0};
        ml_source_files files_found = {0};
        ml_problems problems = {0};
        ml_error error = {0};
        ml_str path = ml_str_of(refused[i].path);
        ml_discovery what = {.root = ml_str_of(tree.root), .paths = &path, .path_count = 1};
        ml_status status = ml_source_discover(&files_found, &problems, &arena, &what, &error);
        if (status != refused[i].status || strcmp(error.text, refused[i].reason) != 0 ||
            strcmp(error.path, refused[i].path) != 0)
            fail_msg("%s: got %d %s: %s", refused[i].path, (int)status, error.path, error.text);
        ml_arena_finish(&arena);
    }
    ml_arena arena = {0};
    ml_source_files files_found = {0};
    ml_problems problems = {0};
    ml_discovery what = {.root = ML_STR("/nowhere/at/all")};
    assert_int_equal(ml_source_discover(&files_found, &problems, &arena, &what, NULL), ML_ENOTFOUND);
    ml_arena_finish(&arena);
    tree_free(&tree);
}

/* Links are not entered, so loops end nothing; a linked file is reported unless what it
 * leads to is scanned under its own name. */
static void does_not_follow_links(void **state)
{
    test_tree tree = tree_new();

    (void)state;
    tree_file(&tree, "src/a.ts", "");
    tree_file(&tree, "src/hidden.txt", "fetch('x')");
    tree_link(&tree, "src/loop", ".");
    tree_link(&tree, "src/up", "../..");
    tree_link(&tree, "src/self.ts", "self.ts");
    tree_link(&tree, "src/same.ts", "a.ts");
    tree_link(&tree, "lib/same.ts", "../src/a.ts");
    tree_link(&tree, "src/hidden.ts", "hidden.txt");
    tree_link(&tree, "src/outside.ts", "../../elsewhere.ts");
    tree_link(&tree, "src/passwd.ts", "/etc/passwd");
    tree_link(&tree, "src/tsconfig.json", "/etc/passwd");
    tree_link(&tree, ".env", "/etc/passwd");
    found result = discover(tree.root, NULL);
    assert_string_equal(result.text.data, "src/a.ts ");
    assert_int_equal(result.problems.count, 4);
    assert_problem(&result, 0, "src/hidden.ts", "a symbolic link, not followed");
    assert_problem(&result, 1, "src/outside.ts", "a symbolic link, not followed");
    assert_problem(&result, 2, "src/passwd.ts", "a symbolic link, not followed");
    assert_problem(&result, 3, "src/self.ts", "a symbolic link, not followed");
    found_free(&result);
    tree_free(&tree);
}

static void reports_what_is_no_file(void **state)
{
    test_tree tree = tree_new();

    (void)state;
    tree_file(&tree, "a.ts", "");
    assert_int_equal(mkfifo(tree_path(&tree, "pipe.ts"), 0666), 0);
    assert_int_equal(mkfifo(tree_path(&tree, "pipe"), 0666), 0);
    tree_folders(&tree, "folder.ts/");
    tree_file(&tree, "folder.ts/b.ts", "");
    found result = discover(tree.root, NULL);
    assert_string_equal(result.text.data, "a.ts folder.ts/b.ts ");
    assert_int_equal(result.problems.count, 1);
    assert_problem(&result, 0, "pipe.ts", "not a regular file");
    found_free(&result);
    tree_free(&tree);
}

static void reports_an_unreadable_folder(void **state)
{
    (void)state;
    if (geteuid() == 0) /* who may read everything */
        skip();
    test_tree tree = tree_new();
    tree_file(&tree, "a.ts", "");
    tree_file(&tree, "shut/b.ts", "");
    assert_int_equal(chmod(tree_path(&tree, "shut"), 0), 0);
    found result = discover(tree.root, NULL);
    chmod(tree_path(&tree, "shut"), 0700);
    assert_string_equal(result.text.data, "a.ts ");
    assert_int_equal(result.problems.count, 1);
    assert_problem(&result, 0, "shut", "the folder cannot be opened: Permission denied");
    found_free(&result);
    tree_free(&tree);
}

/* Names are bytes, and order is by bytes. */
static void takes_odd_names(void **state)
{
    static const char *const names[] = {"\x01.ts", "\n.ts", " .ts",        "-x.ts",  "a\\b.ts",
                                        "B.ts",    "b.ts",  "\xc3\xa9.ts", "\xff.ts"};
    test_tree tree = tree_new();
    enum { COUNT = sizeof names / sizeof *names };

    (void)state;
    for (size_t i = COUNT; i-- > 0;)
        tree_file(&tree, names[i], names[i]);
    found result = discover(tree.root, NULL);
    assert_int_equal(result.files.count, COUNT);
    for (uint32_t i = 1; i < COUNT; i++)
        assert_true(ml_str_cmp(result.files.items[i - 1].path, result.files.items[i].path) < 0);
    for (uint32_t i = 0; i < COUNT; i++) {
        ml_str path = result.files.items[i].path, text;
        assert_int_equal(ml_source_read(&text, &result.arena, ml_str_of(tree.root), path, 100, NULL), ML_OK);
        assert_true(ml_str_eq(text, path));
    }
    found_free(&result);
    tree_free(&tree);
}

/* Folders in folders until no path reaches them: the walk ends there, and says so. */
static void walks_very_deep(void **state)
{
    enum { DEPTH = 1500 };
    test_tree tree = tree_new();
    int at = open(tree.root, O_RDONLY | O_DIRECTORY), made = 0;

    (void)state;
    for (; made < DEPTH; made++) {
        int file = openat(at, "a.ts", O_WRONLY | O_CREAT, 0666);
        assert_true(file >= 0);
        close(file);
        assert_int_equal(mkdirat(at, "dd", 0777), 0);
        int next = openat(at, "dd", O_RDONLY | O_DIRECTORY);
        assert_true(next >= 0);
        close(at);
        at = next;
    }
    close(at);
    found result = discover(tree.root, NULL);
    assert_true(result.files.count > PATH_MAX / 4);
    assert_int_equal(result.problems.count, 1);
    assert_true(ml_str_contains(result.problems.items[0].reason.in[ML_LANG_EN], ML_STR("name too long")));
    ml_str deepest = result.files.items[0].path, text; /* of those a path name still reaches */
    for (uint32_t i = 1; i < result.files.count; i++) {
        ml_str path = result.files.items[i].path;
        if (path.len > deepest.len && strlen(tree.root) + path.len + 2 <= PATH_MAX)
            deepest = path;
    }
    assert_true(deepest.len > PATH_MAX - 100);
    assert_int_equal(ml_source_read(&text, &result.arena, ml_str_of(tree.root), deepest, 10, NULL), ML_OK);
    found_free(&result);
    /* The tree is deeper than path names reach: taken down by moving up what lies below. */
    for (int i = 0; i < DEPTH; i++) {
        int top = open(tree.root, O_RDONLY | O_DIRECTORY), below = openat(top, "dd", O_RDONLY | O_DIRECTORY);
        unlinkat(top, "a.ts", 0);
        renameat(below, "dd", top, "next");
        renameat(below, "a.ts", top, "a.ts");
        unlinkat(top, "dd", AT_REMOVEDIR);
        renameat(top, "next", top, "dd");
        close(below);
        close(top);
    }
    tree_free(&tree);
}

/* Test folders count below the project only. */
static void does_not_look_above_the_project(void **state)
{
    test_tree tree = tree_new();
    char root[PATH_MAX];

    (void)state;
    tree_file(&tree, "fixtures/projects/p/src/a.ts", "");
    tree_file(&tree, "fixtures/projects/p/src/__tests__/a.ts", "");
    snprintf(root, sizeof root, "%s", tree_path(&tree, "fixtures/projects/p"));
    found result = discover(root, NULL);
    assert_string_equal(result.text.data, "src/__tests__/a.ts(test) src/a.ts ");
    found_free(&result);
    tree_free(&tree);
}

static void needs_few_descriptors(void **state)
{
    test_tree tree = tree_new();
    char path[64];
    int before = open("/dev/null", O_RDONLY);

    (void)state;
    close(before);
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "a%d/b%d/c%d.ts", i % 10, i % 30, i);
        tree_file(&tree, path, "");
    }
    found result = discover(tree.root, NULL);
    assert_int_equal(result.files.count, 300);
    int after = open("/dev/null", O_RDONLY);
    close(after);
    assert_int_equal(after, before); /* none left open */
    found_free(&result);
    tree_free(&tree);
}

/* Stamps only where they are wanted, and a folder that is passed over, but not its namesakes. */
static void stamps_and_passes_over(void **state)
{
    test_tree tree = tree_new();
    ml_arena arena = {0};
    ml_source_files plain = {0}, stamped = {0};
    ml_problems problems = {0};
    ml_error error;
    struct stat info;

    (void)state;
    tree_file(&tree, "src/kept/a.ts", "let a;");
    tree_file(&tree, "src/kept-too/b.ts", "");
    tree_file(&tree, "kept/c.ts", "");
    ml_discovery what = {.root = ml_str_of(tree.root), .passed_over = ML_STR("kept")};
    assert_int_equal(ml_source_discover(&plain, &problems, &arena, &what, &error), ML_OK);
    assert_int_equal(plain.count, 2);
    assert_null(plain.items[0].stamp);
    what.stamps = true;
    assert_int_equal(ml_source_discover(&stamped, &problems, &arena, &what, &error), ML_OK);
    assert_true(ml_str_eq_c(stamped.items[1].path, "src/kept/a.ts"));
    assert_int_equal(stat(tree_path(&tree, "src/kept/a.ts"), &info), 0);
    ml_file_stamp expected = ml_file_stamp_of(&info);
    assert_memory_equal(stamped.items[1].stamp, &expected, offsetof(ml_file_stamp, mode) + sizeof expected.mode);
    assert_int_equal(expected.bytes, 6);
    ml_arena_finish(&arena);
    tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stamps_and_passes_over),
        cmocka_unit_test(lists_what_is_asked_for),
        cmocka_unit_test(refuses_wrong_paths),
        cmocka_unit_test(does_not_follow_links),
        cmocka_unit_test(reports_what_is_no_file),
        cmocka_unit_test(reports_an_unreadable_folder),
        cmocka_unit_test(takes_odd_names),
        cmocka_unit_test(walks_very_deep),
        cmocka_unit_test(does_not_look_above_the_project),
        cmocka_unit_test(needs_few_descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
