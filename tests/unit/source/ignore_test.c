/* Ignore rules as git reads them: each case is one .gitignore at the root of a tree of
 * empty files, and the files that are left. Verdicts were compared with git's own. */
#include "tree.h"

#include "ml/buf.h"
#include "ml/source.h"

static const char *const files[] = {
    "a.ts",     "b.js",         "#x.ts",     "!y.ts",        "sp ace.ts",
    "s.ts ",    "[a].ts",       "lib/a.ts",  "lib/sub/a.ts", "lib/sub/lib/b.ts",
    "src/a.ts", "src/lib/b.ts", "libx/a.ts",
};

/* clang-format off */
static const struct {
    const char *name, *rules;
    const char *left; /* a space behind each */
} cases[] = {
    {"nothing", "", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"a name at any depth", "a.ts", "!y.ts #x.ts [a].ts b.js lib/sub/lib/b.ts sp_ace.ts src/lib/b.ts "},
    {"a folder at any depth", "lib", "!y.ts #x.ts [a].ts a.ts b.js libx/a.ts sp_ace.ts src/a.ts "},
    {"anchored", "/lib", "!y.ts #x.ts [a].ts a.ts b.js libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"a slash inside anchors", "src/lib", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts "},
    {"folders only: not a file", "a.ts/", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"folders only: a folder", "lib/", "!y.ts #x.ts [a].ts a.ts b.js libx/a.ts sp_ace.ts src/a.ts "},
    {"star", "*.ts", "b.js "},
    {"star stays within a part", "/*.ts", "b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts src/a.ts src/lib/b.ts "},
    {"a star that is a part", "*/a.ts", "!y.ts #x.ts [a].ts a.ts b.js lib/sub/a.ts lib/sub/lib/b.ts sp_ace.ts src/lib/b.ts "},
    {"deep at the start", "**/lib", "!y.ts #x.ts [a].ts a.ts b.js libx/a.ts sp_ace.ts src/a.ts "},
    {"deep at the end", "lib/**", "!y.ts #x.ts [a].ts a.ts b.js libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"deep in the middle", "lib/**/b.ts", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"deep may be nothing", "src/**/a.ts", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/lib/b.ts "},
    {"question mark", "?.js", "!y.ts #x.ts [a].ts a.ts lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"a set", "[ab].*", "!y.ts #x.ts [a].ts sp_ace.ts "},
    {"a range", "/[a-b].[a-z][^x]", "!y.ts #x.ts [a].ts lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"a set turned round", "/[!ab]*.ts", "a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts src/a.ts src/lib/b.ts "},
    {"a class", "/[[:punct:]]*", "a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"an escaped bracket", "\\[a].ts", "!y.ts #x.ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"a set never closed", "[a.ts", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"comment", "#x.ts", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"no comment", "\\#x.ts", "!y.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"taken back", "*.ts\n!y.ts\n!a.ts", "a.ts b.js lib/a.ts lib/sub/a.ts libx/a.ts src/a.ts "},
    {"a name with an exclamation mark", "\\!y.ts", "#x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"the last rule decides", "!a.ts\na.ts", "!y.ts #x.ts [a].ts b.js lib/sub/lib/b.ts sp_ace.ts src/lib/b.ts "},
    {"nothing comes back out of an ignored folder", "lib/\n!lib/a.ts", "!y.ts #x.ts [a].ts a.ts b.js libx/a.ts sp_ace.ts src/a.ts "},
    {"it comes back where the folder is open", "/lib/*\n!/lib/a.ts", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"blanks at the end do not count", "b.js  ", "!y.ts #x.ts [a].ts a.ts lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"blanks inside do", "sp ace.ts", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts src/a.ts src/lib/b.ts "},
    {"CRLF", "b.js\r\n/lib\r\n", "!y.ts #x.ts [a].ts a.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"BOM", "\xef\xbb\xbf" "b.js", "!y.ts #x.ts [a].ts a.ts lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"a backslash at the end matches nothing", "b.js\\", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
    {"everything", "*", ""},
    {"slash alone says nothing", "/\n//\n!\n", "!y.ts #x.ts [a].ts a.ts b.js lib/a.ts lib/sub/a.ts lib/sub/lib/b.ts libx/a.ts sp_ace.ts src/a.ts src/lib/b.ts "},
};
/* clang-format on */

/* Found paths with '_' for blanks. */
static void print_found(ml_buf *out, const char *root)
{
    ml_arena arena = {0};
    ml_source_files found = {0};
    ml_problems problems = {0};
    ml_discovery what = {.root = ml_str_of(root)};

    assert_int_equal(ml_source_discover(&found, &problems, &arena, &what, NULL), ML_OK);
    assert_int_equal(problems.count, 0);
    ml_buf_cstr(out, "");
    for (uint32_t i = 0; i < found.count; i++) {
        for (size_t c = 0; c < found.items[i].path.len; c++)
            ml_buf_char(out, found.items[i].path.data[c] == ' ' ? '_' : found.items[i].path.data[c]);
        ml_buf_char(out, ' ');
    }
    ml_arena_finish(&arena);
}

static void leaves_what_git_leaves(void **state)
{
    test_tree tree = tree_new();
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        tree_file(&tree, files[i], "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_buf out = {0};
        tree_file(&tree, ".gitignore", cases[i].rules);
        print_found(&out, tree.root);
        if (!ml_str_eq_c(ml_buf_view(&out), cases[i].left)) {
            print_error("%s: got %.*s\n", cases[i].name, ML_STR_ARG(ml_buf_view(&out)));
            failures++;
        }
        ml_buf_finish(&out);
    }
    tree_free(&tree);
    assert_int_equal(failures, 0);
}

static void expect(const char *root, const char *expected)
{
    ml_buf out = {0};

    print_found(&out, root);
    assert_string_equal(out.data, expected);
    ml_buf_finish(&out);
}

/* The deeper file decides, and speaks of its own folder alone. */
static void reads_nested_files(void **state)
{
    test_tree tree = tree_new();

    (void)state;
    tree_file(&tree, ".gitignore", "*.js\n/a/b/secret.ts\n");
    tree_file(&tree, "a/.gitignore", "!keep.js\n/x.ts\n");
    tree_file(&tree, "a/b/.gitignore", "!secret.ts\n");
    tree_file(&tree, "a/keep.js", "");
    tree_file(&tree, "a/x.ts", "");
    tree_file(&tree, "a/b/x.ts", "");
    tree_file(&tree, "a/b/secret.ts", "");
    tree_file(&tree, "keep.js", "");
    tree_file(&tree, "x.ts", "");
    expect(tree.root, "a/b/secret.ts a/b/x.ts a/keep.js x.ts ");
    tree_free(&tree);
}

/* From the repository's top down to the project, and .git/info/exclude below them all. */
static void reads_what_stands_above_the_project(void **state)
{
    test_tree tree = tree_new();

    (void)state;
    tree_file(&tree, ".gitignore", "all.ts\n/project.ts\n/packages/a/anchored.ts\n");
    tree_file(&tree, "packages/.gitignore", "/a/near.ts\n!excluded-not.ts\n");
    tree_file(&tree, "packages/a/all.ts", "");
    tree_file(&tree, "packages/a/anchored.ts", "");
    tree_file(&tree, "packages/a/near.ts", "");
    tree_file(&tree, "packages/a/project.ts", "");
    tree_file(&tree, "packages/a/excluded.ts", "");
    tree_file(&tree, "packages/a/excluded-not.ts", "");
    char root[PATH_MAX];
    snprintf(root, sizeof root, "%s", tree_path(&tree, "packages/a"));
    expect(root, "all.ts anchored.ts excluded-not.ts excluded.ts near.ts project.ts ");
    tree_file(&tree, ".git/info/exclude", "excluded*.ts\n");
    expect(root, "excluded-not.ts project.ts ");
    tree_free(&tree);
}

/* In a further work tree .git is a file, and the excludes stand where it leads. */
static void reads_the_excludes_of_a_work_tree(void **state)
{
    test_tree tree = tree_new();

    (void)state;
    tree_file(&tree, "main/.git/info/exclude", "secret.ts\n");
    tree_file(&tree, "main/.git/worktrees/w/commondir", "../..\n");
    tree_file(&tree, "w/.git", "gitdir: ../main/.git/worktrees/w\n");
    tree_file(&tree, "w/secret.ts", "");
    tree_file(&tree, "w/a.ts", "");
    char root[PATH_MAX];
    snprintf(root, sizeof root, "%s", tree_path(&tree, "w"));
    expect(root, "a.ts ");
    tree_free(&tree);
}

/* Who scans a folder the repository ignores wants to see it, and its own rules stand. */
static void looks_into_an_ignored_project(void **state)
{
    test_tree tree = tree_new();

    (void)state;
    tree_folders(&tree, ".git/");
    tree_file(&tree, ".gitignore", "scratch/\n*.js\n");
    tree_file(&tree, "scratch/p/a.js", "");
    tree_file(&tree, "scratch/p/b.ts", "");
    tree_file(&tree, "scratch/p/.gitignore", "b.ts\n");
    char root[PATH_MAX];
    snprintf(root, sizeof root, "%s", tree_path(&tree, "scratch/p"));
    expect(root, "a.js ");
    tree_free(&tree);
}

/* A link to a list of rules is no list of rules: it could lead anywhere. */
static void does_not_follow_a_linked_list(void **state)
{
    test_tree tree = tree_new();

    (void)state;
    tree_file(&tree, "rules", "*.ts\n");
    tree_link(&tree, ".gitignore", "rules");
    tree_file(&tree, "a.ts", "");
    expect(tree.root, "a.ts ");
    tree_free(&tree);
}

/* Patterns made to take long: they end soon all the same. */
static void ends_on_hostile_patterns(void **state)
{
    test_tree tree = tree_new();
    ml_buf rules = {0};
    char name[200];

    (void)state;
    memset(name, 'a', sizeof name);
    memcpy(name + sizeof name - 4, ".ts", 4);
    tree_file(&tree, name, "");
    for (int rule = 0; rule < 200; rule++) {
        for (int i = 0; i < 100; i++)
            ml_buf_cstr(&rules, rule % 2 ? "*a" : "**/");
        ml_buf_cstr(&rules, "b\n");
    }
    tree_file(&tree, ".gitignore", rules.data);
    ml_buf expected = {0};
    ml_buf_printf(&expected, "%s ", name);
    expect(tree.root, expected.data);
    ml_buf_finish(&expected);
    ml_buf_finish(&rules);
    tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_what_git_leaves),
        cmocka_unit_test(reads_nested_files),
        cmocka_unit_test(reads_what_stands_above_the_project),
        cmocka_unit_test(reads_the_excludes_of_a_work_tree),
        cmocka_unit_test(looks_into_an_ignored_project),
        cmocka_unit_test(does_not_follow_a_linked_list),
        cmocka_unit_test(ends_on_hostile_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
