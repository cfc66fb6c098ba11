/* repository.h - git repositories for one test, made by git itself. */
#ifndef TEST_SOURCE_REPOSITORY_H
#define TEST_SOURCE_REPOSITORY_H
#include "tree.h"

#include "ml/buf.h"
#include "ml/git.h"

/* A shell command in a folder of the tree, which must succeed. */
__attribute__((format(printf, 3, 4))) static inline void run(const test_tree *tree, const char *folder,
                                                             const char *format, ...)
{
    ml_buf command = {0};
    va_list args;

    ml_buf_printf(&command, "cd '%s' && exec >/dev/null 2>&1; ", tree_path(tree, folder));
    va_start(args, format);
    ml_buf_vprintf(&command, format, args);
    va_end(args);
    if (system(command.data) != 0)
        fail_msg("failed: %s", command.data);
    ml_buf_finish(&command);
}

static inline test_tree new_repository(void)
{
    test_tree tree = tree_new();

    run(&tree, "", "git init -q -b main .");
    return tree;
}

static inline bool has_git(void)
{
    return system("git --version >/dev/null 2>&1") == 0;
}

/* Neither the machine's configuration nor a hook we may run in has a say. */
static inline void forget_the_machine(void)
{
    unsetenv("GIT_DIR");
    unsetenv("GIT_WORK_TREE");
    unsetenv("GIT_INDEX_FILE");
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_AUTHOR_NAME", "test", 1);
    setenv("GIT_AUTHOR_EMAIL", "test@example.com", 1);
    setenv("GIT_COMMITTER_NAME", "test", 1);
    setenv("GIT_COMMITTER_EMAIL", "test@example.com", 1);
}

/* The index with its changed files marked, by a reader of its own. */
static inline ml_status list_index(ml_staged_files *files, ml_arena *arena, const char *root, ml_error *error)
{
    ml_git_reader *reader;
    ml_git_index *index = NULL;
    ml_staged_files found = {0};
    ml_status status = ml_git_reader_open(&reader, ml_str_of(root), 1000, error);

    if (status != ML_OK)
        return status;
    status = ml_git_index_open(&index, &found, arena, reader, error);
    if (status == ML_OK)
        status = ml_git_index_changed(index, &found, error);
    ml_git_index_close(index);
    ml_git_reader_close(reader);
    if (status == ML_OK)
        *files = found;
    return status;
}

#endif
