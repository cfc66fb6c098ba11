/* Staged texts: read from real repositories made for the test, also from ones that try to
 * make git run something. Skipped where git is not installed. */
#include "repository.h"

#include "ml/git.h"

#include <errno.h>
#include <pthread.h>

/* All texts of the files, by a reader of their own. */
static ml_status read_texts(ml_str *texts, ml_arena *arena, const char *root, const ml_staged_files *files, size_t max,
                            ml_error *error)
{
    ml_git_reader *reader;
    ml_str *objects = ML_NEW_ARRAY(arena, ml_str, files->count + 1u);
    ml_status status = ml_git_reader_open(&reader, ml_str_of(root), max, error);

    if (status != ML_OK)
        return status;
    for (uint32_t i = 0; i < files->count; i++)
        objects[i] = files->items[i].object;
    status = ml_git_reader_read(reader, texts, arena, objects, files->count, error);
    ml_git_reader_close(reader);
    return status;
}

/* "path" a changed, "(path)" an unchanged file, each with "=text" behind it. */
static void print_index(ml_buf *out, const char *root, size_t max)
{
    ml_arena arena = {0};
    ml_staged_files files = {0};
    ml_error error = {0};

    ml_buf_cstr(out, "");
    if (list_index(&files, &arena, root, &error) != ML_OK)
        fail_msg("%s: %s", error.path, error.text);
    ml_str *texts = ML_NEW_ARRAY(&arena, ml_str, files.count + 1u);
    if (read_texts(texts, &arena, root, &files, max, &error) != ML_OK)
        fail_msg("%s: %s", error.path, error.text);
    for (uint32_t i = 0; i < files.count; i++) {
        ml_buf_printf(out, files.items[i].changed ? "%.*s" : "(%.*s)", ML_STR_ARG(files.items[i].path));
        if (texts[i].data)
            assert_int_equal(texts[i].data[texts[i].len], '\0');
        ml_buf_printf(out, texts[i].data ? "=%.*s;" : "=NULL%.*s;", ML_STR_ARG(texts[i]));
    }
    ml_arena_finish(&arena);
}

static void expect(const char *root, const char *expected)
{
    ml_buf out = {0};

    print_index(&out, root, 1000);
    assert_string_equal(out.data, expected);
    ml_buf_finish(&out);
}

static void everything_is_new_before_the_first_commit(void **state)
{
    test_tree tree = new_repository();

    (void)state;
    expect(tree.root, "");
    tree_file(&tree, "a.ts", "one");
    tree_file(&tree, "untracked.ts", "x");
    run(&tree, "", "git add a.ts");
    expect(tree.root, "a.ts=one;");
    tree_free(&tree);
}

static void reads_the_index_not_the_working_tree(void **state)
{
    test_tree tree = new_repository();

    (void)state;
    tree_file(&tree, "same.ts", "same");
    tree_file(&tree, "edited.ts", "old");
    tree_file(&tree, "removed.ts", "gone");
    tree_file(&tree, "moved.ts", "moved");
    run(&tree, "", "git add . && git commit -qm first");
    expect(tree.root, "(edited.ts)=old;(moved.ts)=moved;(removed.ts)=gone;(same.ts)=same;");
    tree_file(&tree, "edited.ts", "staged");
    tree_file(&tree, "added.ts", "");
    run(&tree, "", "git add . && git rm -q removed.ts && git mv moved.ts target.ts");
    tree_file(&tree, "edited.ts", "working tree");
    tree_file(&tree, "same.ts", "working tree");
    assert_int_equal(unlink(tree_path(&tree, "added.ts")), 0);
    expect(tree.root, "added.ts=;edited.ts=staged;(same.ts)=same;target.ts=moved;");
    tree_free(&tree);
}

static void counts_paths_from_the_project(void **state)
{
    test_tree tree = new_repository();
    char root[PATH_MAX];

    (void)state;
    tree_file(&tree, "packages/a/x.ts", "1");
    tree_file(&tree, "packages/a/sub/y.ts", "2");
    tree_file(&tree, "packages/ab/x.ts", "3");
    tree_file(&tree, "x.ts", "4");
    run(&tree, "", "git add x.ts packages/a/x.ts && git commit -qm first && git add .");
    snprintf(root, sizeof root, "%s", tree_path(&tree, "packages/a"));
    expect(root, "sub/y.ts=2;(x.ts)=1;");
    snprintf(root, sizeof root, "%s", tree_path(&tree, "packages/a/"));
    expect(root, "sub/y.ts=2;(x.ts)=1;");
    tree_free(&tree);
}

static void passes_over_what_is_no_file(void **state)
{
    test_tree tree = new_repository();

    (void)state;
    tree_file(&tree, "a\nb.ts", "newline");
    tree_file(&tree, "\"q\".ts", "quotes");
    tree_file(&tree, "\xff.ts", "byte");
    tree_link(&tree, "link.ts", "a.ts");
    run(&tree, "",
        "git init -q sub && git -C sub commit -q --allow-empty -m sub && git add . && chmod +x '\"q\".ts' && git add "
        ".");
    expect(tree.root, "\"q\".ts=quotes;a\nb.ts=newline;\xff.ts=byte;");
    tree_free(&tree);
}

static void reads_texts_as_they_are(void **state)
{
    test_tree tree = new_repository();
    ml_arena arena = {0};
    ml_staged_files files = {0};
    ml_str texts[5];

    (void)state;
    tree_bytes(&tree, "a.ts", ML_STR("a\0b\nc"));
    tree_bytes(&tree, "b.ts", ML_STR("\xff\xfe\x60\x4f"));
    tree_bytes(&tree, "c.ts", ML_STR("\xff\xfe\0\0a\0\0\0"));
    tree_file(&tree, "d.ts", "12345678");
    tree_file(&tree, "e.ts", "123456789");
    run(&tree, "", "git add .");
    assert_int_equal(list_index(&files, &arena, tree.root, NULL), ML_OK);
    assert_int_equal(files.count, 5);
    assert_int_equal(read_texts(texts, &arena, tree.root, &files, 8, NULL), ML_OK);
    assert_true(ml_str_eq(texts[0], ML_STR("a\0b\nc")));
    assert_true(ml_str_eq(texts[1], ML_STR("\xe4\xbd\xa0")));
    assert_null(texts[2].data);
    assert_true(ml_str_eq(texts[3], ML_STR("12345678")));
    assert_null(texts[4].data);
    ml_arena_finish(&arena);
    tree_free(&tree);
}

/* More than a pipe holds, in both directions. */
static void reads_many_texts(void **state)
{
    enum { COUNT = 400, BYTES = 5000 };
    test_tree tree = new_repository();
    ml_arena arena = {0};
    ml_staged_files files = {0};
    char name[64], text[BYTES];

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "folder/file-%04d.ts", i);
        memset(text, 'a' + i % 26, sizeof text);
        tree_bytes(&tree, name, (ml_str){text, (size_t)(i * BYTES / COUNT)});
    }
    run(&tree, "", "git add .");
    assert_int_equal(list_index(&files, &arena, tree.root, NULL), ML_OK);
    assert_int_equal(files.count, COUNT);
    ml_str *texts = ML_NEW_ARRAY(&arena, ml_str, COUNT);
    assert_int_equal(read_texts(texts, &arena, tree.root, &files, BYTES, NULL), ML_OK);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(texts[i].len, i * BYTES / COUNT);
        for (size_t at = 0; at < texts[i].len; at++)
            assert_int_equal(texts[i].data[at], 'a' + i % 26);
    }
    ml_arena_finish(&arena);
    tree_free(&tree);
}

/* A commit of some paths gives its hook an index of its own, in GIT_INDEX_FILE. */
static void honours_the_index_of_a_partial_commit(void **state)
{
    test_tree tree = new_repository();

    (void)state;
    tree_file(&tree, "a.ts", "a");
    tree_file(&tree, "b.ts", "b");
    run(&tree, "", "git add . && git commit -qm first");
    tree_file(&tree, "a.ts", "a2");
    tree_file(&tree, "b.ts", "b2");
    run(&tree, "", "git add . && cp .git/index .git/partial && GIT_INDEX_FILE=.git/partial git reset -q -- b.ts");
    expect(tree.root, "a.ts=a2;b.ts=b2;");
    setenv("GIT_INDEX_FILE", ".git/partial", 1); /* from the top, wherever we are */
    expect(tree.root, "a.ts=a2;(b.ts)=b;");
    setenv("GIT_INDEX_FILE", tree_path(&tree, ".git/partial"), 1);
    expect(tree.root, "a.ts=a2;(b.ts)=b;");
    setenv("GIT_DIR", tree_path(&tree, ".git"), 1);
    expect(tree.root, "a.ts=a2;(b.ts)=b;");
    setenv("GIT_DIR", ".git", 1);
    expect(tree.root, "a.ts=a2;(b.ts)=b;");
    unsetenv("GIT_DIR");
    unsetenv("GIT_INDEX_FILE");
    tree_free(&tree);
}

/* Started from the hook of one repository on another one. */
static void keeps_repositories_apart(void **state)
{
    test_tree tree = new_repository(), other = new_repository();
    char git_dir[PATH_MAX], index[PATH_MAX];

    (void)state;
    tree_file(&tree, "a.ts", "a");
    tree_file(&other, "other.ts", "o");
    run(&tree, "", "git add .");
    run(&other, "", "git add .");
    snprintf(git_dir, sizeof git_dir, "%s", tree_path(&other, ".git"));
    snprintf(index, sizeof index, "%s", tree_path(&other, ".git/index"));
    setenv("GIT_DIR", git_dir, 1);
    setenv("GIT_WORK_TREE", other.root, 1);
    setenv("GIT_INDEX_FILE", index, 1);
    expect(tree.root, "a.ts=a;");
    unsetenv("GIT_DIR");
    unsetenv("GIT_WORK_TREE");
    unsetenv("GIT_INDEX_FILE");
    tree_free(&tree);
    tree_free(&other);
}

static void reads_a_further_work_tree(void **state)
{
    test_tree tree = tree_new();
    char root[PATH_MAX], git_dir[PATH_MAX];

    (void)state;
    tree_file(&tree, "main/a.ts", "a");
    run(&tree, "main", "git init -q -b main . && git add . && git commit -qm first && git worktree add -q ../second");
    tree_file(&tree, "second/b.ts", "b");
    run(&tree, "second", "git add .");
    snprintf(root, sizeof root, "%s", tree_path(&tree, "second"));
    expect(root, "(a.ts)=a;b.ts=b;");
    snprintf(git_dir, sizeof git_dir, "%s", tree_path(&tree, "main/.git/worktrees/second"));
    setenv("GIT_DIR", git_dir, 1); /* as its hooks have it */
    expect(root, "(a.ts)=a;b.ts=b;");
    unsetenv("GIT_DIR");
    tree_free(&tree);
}

/* What a repository's configuration could start stays unstarted. */
static void runs_nothing_of_the_repository(void **state)
{
    static const char *const keys[] = {"core.fsmonitor", "core.pager",      "diff.external",
                                       "core.editor",    "core.sshCommand", "core.alternateRefsCommand",
                                       "filter.f.clean", "filter.f.smudge", "diff.d.textconv",
                                       "diff.d.command"};
    test_tree tree = new_repository();

    (void)state;
    tree_file(&tree, "a.ts", "old");
    run(&tree, "", "git add . && git commit -qm first");
    tree_file(&tree, "a.ts", "new");
    run(&tree, "", "git add .");
    char command[PATH_MAX];
    snprintf(command, sizeof command, "#!/bin/sh\ntouch '%s/started'\ncat\n", tree.root);
    tree_file(&tree, "evil", command);
    run(&tree, "",
        "chmod +x evil && mkdir hooks && for h in post-index-change pre-commit reference-transaction; do "
        "cp evil hooks/$h; done");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        run(&tree, "", "git config %s '%s/evil'", keys[i], tree.root);
    run(&tree, "", "git config core.hooksPath '%s/hooks'", tree.root);
    tree_file(&tree, ".git/info/attributes", "*.ts filter=f diff=d\n");
    /* The trap is one: without the switches git falls into it. */
    run(&tree, "", "git status");
    assert_int_equal(access(tree_path(&tree, "started"), F_OK), 0);
    assert_int_equal(unlink(tree_path(&tree, "started")), 0);
    expect(tree.root, "a.ts=new;");
    assert_int_equal(access(tree_path(&tree, "started"), F_OK), -1);
    tree_free(&tree);
}

static ml_status index_of(const char *root, ml_error *error)
{
    ml_arena arena = {0};
    ml_staged_files files = {0};
    ml_status status = list_index(&files, &arena, root, error);

    assert_true(status == ML_OK || files.count == 0);
    ml_arena_finish(&arena);
    return status;
}

static void says_what_is_wrong(void **state)
{
    test_tree tree = tree_new();
    ml_error error = {0};
    const char *path = getenv("PATH");

    (void)state;
    assert_int_equal(index_of(tree.root, &error), ML_ENOTFOUND);
    assert_string_equal(error.text, "not in a git repository");
    assert_string_equal(error.path, tree.root);
    tree_folders(&tree, ".git/");
    assert_int_equal(index_of(tree.root, &error), ML_EIO);
    assert_non_null(strstr(error.text, "git failed: fatal: not a git repository"));
    run(&tree, "", "git init -q . && git commit -q --allow-empty -m first && echo broken > .git/index");
    assert_int_equal(index_of(tree.root, &error), ML_EIO);
    assert_non_null(strstr(error.text, "git failed: "));
    char *kept = strdup(path ? path : "");
    setenv("PATH", "/nowhere", 1);
    assert_int_equal(index_of(tree.root, &error), ML_EIO);
    setenv("PATH", kept, 1);
    free(kept);
    assert_string_equal(error.text, "cannot start git: not installed");
    tree_free(&tree);
}

static void says_that_a_text_is_missing(void **state)
{
    test_tree tree = new_repository();
    ml_arena arena = {0};
    ml_error error = {0};
    ml_staged_files files = {0};
    ml_str text;
    ml_staged_file file = {.path = ML_STR("a.ts"), .object = ML_STR("0123456789012345678901234567890123456789")};

    (void)state;
    ml_vec_push(&arena, &files, file);
    assert_int_equal(read_texts(&text, &arena, tree.root, &files, 100, &error), ML_EIO);
    assert_string_equal(error.text, "a text of the index is missing from the repository");
    ml_arena_finish(&arena);
    tree_free(&tree);
}

/* ---- one reader, asked again and again ---- */

enum { FILES = 60, THREADS = 4, ROUNDS = 200 };

typedef struct asked {
    ml_git_reader *reader;
    const ml_staged_files *files;
    uint32_t first;
    int wrong;
} asked;

static test_tree numbered_files(ml_staged_files *files, ml_arena *arena)
{
    test_tree tree = new_repository();
    char name[64], text[64];

    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "%04d.ts", i);
        snprintf(text, sizeof text, "%04d%*s", i, i, "");
        tree_file(&tree, name, text);
    }
    run(&tree, "", "git add .");
    assert_int_equal(list_index(files, arena, tree.root, NULL), ML_OK);
    assert_int_equal(files->count, FILES);
    return tree;
}

/* One text a question, from where this thread begins. */
static void *ask_for_each(void *data)
{
    asked *a = data;
    ml_arena arena = {0};

    for (uint32_t i = 0; i < ROUNDS; i++) {
        const ml_staged_file *file = &a->files->items[(a->first + i) % FILES];
        ml_str text = ML_STR_NONE;
        ml_status status = ml_git_reader_read(a->reader, &text, &arena, &file->object, 1, NULL);
        a->wrong +=
            status != ML_OK || text.len != 4 + (a->first + i) % FILES || memcmp(text.data, file->path.data, 4) != 0;
    }
    ml_arena_finish(&arena);
    return NULL;
}

static void answers_several_threads(void **state)
{
    ml_arena arena = {0};
    ml_staged_files files = {0};
    test_tree tree = numbered_files(&files, &arena);
    asked all[THREADS];
    pthread_t threads[THREADS];
    ml_git_reader *reader;

    (void)state;
    assert_int_equal(ml_git_reader_open(&reader, ml_str_of(tree.root), 1000, NULL), ML_OK);
    for (uint32_t i = 0; i < THREADS; i++) {
        all[i] = (asked){.reader = reader, .files = &files, .first = i * 13};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_for_each, &all[i]), 0);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(all[i].wrong, 0);
    }
    assert_int_equal(ml_git_reader_trouble(reader, NULL), ML_OK);
    ml_git_reader_close(reader);
    ml_arena_finish(&arena);
    tree_free(&tree);
}

/* A program by the name of git, found first. */
static void put_git(const test_tree *tree, const char *script)
{
    char path[PATH_MAX + 32];

    tree_file(tree, "bin/git", script);
    assert_int_equal(chmod(tree_path(tree, "bin/git"), 0755), 0);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", tree_path(tree, "bin"));
    setenv("PATH", path, 1);
}

/* Every way in which git may stop to answer is an error with a sentence, and stays one. */
static void says_that_git_is_gone(void **state)
{
    static const struct {
        const char *name, *script, *text;
    } cases[] = {
        {"ends at once",       "#!/bin/sh\nexit 0\n",                                                 "git ended before it had answered" },
        {"is killed",          "#!/bin/sh\nkill -9 $$\n",                                             "git ended before it had answered" },
        {"complains",          "#!/bin/sh\necho 'fatal: no memory' >&2\nexit 128\n",                  "git failed: fatal: no memory"     },
        {"ends in the middle", "#!/bin/sh\nread line; printf '%s blob 9\\nabc' $line\n",
         "git ended before it had answered"                                                                                              },
        {"answers nonsense",   "#!/bin/sh\necho hello\nexec sleep 20\n",                              "git's answer cannot be understood"},
        {"answers too much",   "#!/bin/sh\nprintf 'x blob 1\\na\\nx blob 1\\na\\n'\nexec sleep 20\n",
         "git's answer cannot be understood"                                                                                             },
        {"has not got it",     "#!/bin/sh\necho 'x missing'\nexec sleep 20\n",
         "a text of the index is missing from the repository"                                                                            },
    };
    test_tree tree = new_repository();
    char *kept = strdup(getenv("PATH"));

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_arena arena = {0};
        ml_error error = {0}, again = {0};
        ml_git_reader *reader;
        ml_str text = ML_STR_NONE, object = ML_STR("0123456789012345678901234567890123456789");
        put_git(&tree, cases[i].script);
        assert_int_equal(ml_git_reader_open(&reader, ml_str_of(tree.root), 100, NULL), ML_OK);
        ml_status status = ml_git_reader_read(reader, &text, &arena, &object, 1, &error);
        if (status != ML_EIO || !strstr(error.text, cases[i].text))
            fail_msg("%s: status %d, \"%s\"", cases[i].name, (int)status, error.text);
        assert_int_equal(ml_git_reader_read(reader, &text, &arena, &object, 1, &again), ML_EIO);
        assert_string_equal(again.text, error.text);
        assert_int_equal(ml_git_reader_trouble(reader, &again), ML_EIO);
        ml_git_reader_close(reader);
        ml_arena_finish(&arena);
    }
    setenv("PATH", kept, 1);
    free(kept);
    tree_free(&tree);
}

/* Neither opening nor closing a reader needs git. */
static void starts_nothing_before_it_is_asked(void **state)
{
    test_tree tree = new_repository();
    char *kept = strdup(getenv("PATH"));
    ml_git_reader *reader;
    ml_error error = {0};

    (void)state;
    setenv("PATH", "/nowhere", 1);
    assert_int_equal(ml_git_reader_open(&reader, ml_str_of(tree.root), 100, NULL), ML_OK);
    assert_int_equal(ml_git_reader_trouble(reader, NULL), ML_OK);
    ml_git_reader_close(reader);
    ml_git_reader_close(NULL);
    assert_int_equal(ml_git_reader_open(&reader, ml_str_of("/"), 100, &error), ML_ENOTFOUND);
    assert_string_equal(error.text, "not in a git repository");
    setenv("PATH", kept, 1);
    free(kept);
    tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_new_before_the_first_commit),
        cmocka_unit_test(reads_the_index_not_the_working_tree),
        cmocka_unit_test(counts_paths_from_the_project),
        cmocka_unit_test(passes_over_what_is_no_file),
        cmocka_unit_test(reads_texts_as_they_are),
        cmocka_unit_test(reads_many_texts),
        cmocka_unit_test(honours_the_index_of_a_partial_commit),
        cmocka_unit_test(keeps_repositories_apart),
        cmocka_unit_test(reads_a_further_work_tree),
        cmocka_unit_test(runs_nothing_of_the_repository),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(says_that_a_text_is_missing),
        cmocka_unit_test(answers_several_threads),
        cmocka_unit_test(says_that_git_is_gone),
        cmocka_unit_test(starts_nothing_before_it_is_asked),
    };

    forget_the_machine();
    if (!has_git()) {
        print_message("git is not installed: nothing tested\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
