/* The index read without git's lists: where that is done, and that it says what git would say. Skipped
 * where git is not installed. */
#include "repository.h"

/* ---- what git is asked ---- */

/* Puts a git in front of git that writes down which of its commands are run. */
static void listen_to_git(const test_tree *tree)
{
    char script[PATH_MAX * 2], path[PATH_MAX + 32];

    snprintf(script, sizeof script,
             "#!/bin/sh\nfor word; do case $word in cat-file|ls-files|diff-index|rev-parse) "
             "echo $word >>'%s/asked' ;; esac; done\nPATH=/usr/local/bin:/usr/bin:/bin exec git \"$@\"\n",
             tree->root);
    tree_file(tree, "bin/git", script);
    assert_int_equal(chmod(tree_path(tree, "bin/git"), 0755), 0);
    snprintf(path, sizeof path, "%s:/usr/local/bin:/usr/bin:/bin", tree_path(tree, "bin"));
    setenv("PATH", path, 1);
}

static bool was_asked(const test_tree *tree, const char *command)
{
    char line[64];
    bool found = false;
    FILE *file = fopen(tree_path(tree, "asked"), "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        found |= strcmp(line, command) == 0;
    }
    fclose(file);
    return found;
}

/* "src/a.ts" is committed and staged anew, "src/b.ts" committed, in whatever kind of repository; where we
 * know the kind, git is asked for objects alone. */
static void asks_for_lists_only_where_it_must(void **state)
{
    static const struct {
        const char *name, *init, *setup;
        bool list, changes; /* is git asked for them? */
    } cases[] = {
        {"version 2",                                    "git init -q .",                        "git update-index --index-version 2",                false, false},
        {"version 3",                                    "git init -q .",                        "git update-index --skip-worktree src/b.ts",         false, false},
        {"version 4",                                    "git init -q .",                        "git update-index --index-version 4",                false, false},
        {"SHA-256",                                      "git init -q --object-format=sha256 .", "true",                                              false, false},
        {"SHA-256, packed",                              "git init -q --object-format=sha256 .", "git update-index --index-version 4 && git gc -q",
         false,                                                                                                                                              false},
        {"packed",                                       "git init -q .",                        "git gc -q",                                         false, false},
        {"no known trees",                               "git init -q .",
         "git ls-files -s >../list && git read-tree --empty && git "
         "update-index --index-info <../list",                                                                                                        false, false},
        {"an untracked cache",                           "git init -q .",                        "git update-index --untracked-cache; git status",    false, false},
        {"further settings",                             "git init -q .",                        "git config extensions.worktreeConfig true",         false, false},
        {"a split index",                                "git init -q .",                        "git update-index --split-index",                    true,  true },
        {"a sparse index",                               "git init -q .",                        "git sparse-checkout set --cone --sparse-index src", true,  true },
        {"intent to add",                                "git init -q .",                        "touch src/c.js && git add -N src/c.js",             true,  true },
        {"files elsewhere",                              "git init -q .",                        "git config core.worktree \"$PWD\"",                 true,  true },
        {"a linked index",                               "git init -q .",                        "mv .git/index .git/real && ln -s real .git/index",  true,  true },
        {"files elsewhere, in the work tree's settings", "git init -q .",
         "git config extensions.worktreeConfig true && git config --worktree core.worktree \"$PWD\"",                                                 true,  true },
    };
    char *kept = strdup(getenv("PATH"));

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_tree tree = tree_new();
        ml_arena arena = {0};
        ml_staged_files files = {0};
        ml_error error = {0};
        char root[PATH_MAX], *found = NULL;
        size_t size;
        tree_file(&tree, "project/src/a.ts", "old");
        tree_file(&tree, "project/src/b.ts", "b");
        tree_file(&tree, "project/lib/b.ts", "b");
        run(&tree, "project", "%s && git add . && git commit -qm first", cases[i].init);
        tree_file(&tree, "project/src/a.ts", "new");
        run(&tree, "project", "git add . && %s", cases[i].setup);
        listen_to_git(&tree);
        snprintf(root, sizeof root, "%s", tree_path(&tree, "project"));
        if (list_index(&files, &arena, root, &error) != ML_OK)
            fail_msg("%s: %s", cases[i].name, error.text);
        setenv("PATH", kept, 1);
        FILE *out = open_memstream(&found, &size);
        for (uint32_t k = 0; k < files.count; k++)
            if (ml_str_ends(files.items[k].path, ML_STR(".ts")))
                fprintf(out, files.items[k].changed ? "%.*s " : "(%.*s) ", ML_STR_ARG(files.items[k].path));
        fclose(out);
        if (strcmp(found, "(lib/b.ts) src/a.ts (src/b.ts) ") != 0 || !was_asked(&tree, "cat-file") ||
            was_asked(&tree, "ls-files") != cases[i].list || was_asked(&tree, "diff-index") != cases[i].changes)
            fail_msg("%s: %s", cases[i].name, found);
        free(found);
        ml_arena_finish(&arena);
        tree_free(&tree);
    }
    free(kept);
}

/* ---- the same as git's own comparison ---- */

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Few names, some of them the begin of others, so that files and folders change places often. */
static void random_path(char path[PATH_MAX], uint32_t *random)
{
    static const char *const names[] = {"a", "a-b", "a.ts", "ab", "b", "B", "0"};
    uint32_t depth = next_random(random) % 4;
    int len = 0;

    for (uint32_t i = 0; i <= depth; i++)
        len += snprintf(path + len, PATH_MAX - (size_t)len, "%s%s", i ? "/" : "",
                        names[next_random(random) % (sizeof names / sizeof *names)]);
}

static void add_changes(ml_buf *script, uint32_t *random, int count)
{
    char path[PATH_MAX];

    for (int i = 0; i < count; i++) {
        random_path(path, random);
        switch (next_random(random) % 4) {
        case 0: ml_buf_printf(script, "git rm -qrf --ignore-unmatch -- '%s'\n", path); break;
        case 1:
            ml_buf_printf(script, "[ ! -f '%s' ] || { chmod +x '%s'; git add -- '%s'; }\n", path, path, path);
            break;
        default:
            /* What is in the way goes first, as it must in an index. */
            ml_buf_printf(script, "put '%s' %u\n", path, next_random(random) % 3);
        }
    }
}

static const char put_function[] = "put() {\n"
                                   "    above=$1\n"
                                   "    while [ \"$above\" != \"${above%/*}\" ]; do\n"
                                   "        above=${above%/*}\n"
                                   "        [ ! -f \"$above\" ] || git rm -qf -- \"$above\"\n"
                                   "    done\n"
                                   "    [ ! -d \"$1\" ] || { git rm -qrf -- \"$1\"; rm -rf \"$1\"; }\n"
                                   "    mkdir -p \"$(dirname \"$1\")\" && echo $2 >\"$1\" && git add -- \"$1\"\n"
                                   "}\n";

static void marks_what_git_marks(void **state)
{
    enum { ROUNDS_OF_CHANGES = 12 };
    uint32_t random = 20;

    (void)state;
    for (int round = 0; round < ROUNDS_OF_CHANGES; round++) {
        test_tree tree = tree_new();
        ml_arena arena = {0};
        ml_staged_files files = {0};
        ml_error error = {0};
        ml_buf script = {0}, ours = {0};
        char root[PATH_MAX];
        ml_buf_cstr(&script, put_function);
        ml_buf_cstr(&script, "git init -q .\n");
        add_changes(&script, &random, 40);
        ml_buf_cstr(&script, "git commit -q --allow-empty -m first\n");
        add_changes(&script, &random, 1 + round);
        if (round % 2) /* trees git knows, and none of them the commit's */
            ml_buf_cstr(&script, "git commit -q --allow-empty -m second && git reset -q --soft HEAD~1\n");
        ml_buf_cstr(&script, "git ls-files >../listed\n"
                             "git diff-index --cached --no-renames --name-only --diff-filter=d HEAD >../changed\n");
        tree_bytes(&tree, "script", ml_buf_view(&script));
        tree_folders(&tree, "project/");
        run(&tree, "project", "sh ../script");
        snprintf(root, sizeof root, "%s", tree_path(&tree, "project"));
        if (list_index(&files, &arena, root, &error) != ML_OK)
            fail_msg("round %d: %s", round, error.text);
        ml_buf_cstr(&ours, "");
        for (uint32_t i = 0; i < files.count; i++)
            ml_buf_printf(&ours, "%.*s\n", ML_STR_ARG(files.items[i].path));
        tree_bytes(&tree, "ours", ml_buf_view(&ours));
        run(&tree, "", "cmp ours listed");
        ours.len = 0;
        for (uint32_t i = 0; i < files.count; i++)
            if (files.items[i].changed)
                ml_buf_printf(&ours, "%.*s\n", ML_STR_ARG(files.items[i].path));
        tree_bytes(&tree, "ours", ml_buf_view(&ours));
        run(&tree, "", "cmp ours changed");
        ml_buf_finish(&script);
        ml_buf_finish(&ours);
        ml_arena_finish(&arena);
        tree_free(&tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_for_lists_only_where_it_must),
        cmocka_unit_test(marks_what_git_marks),
    };

    forget_the_machine();
    if (!has_git()) {
        print_message("git is not installed: nothing tested\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
