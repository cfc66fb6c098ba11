/* Where a project and its repository begin. */
#include "repository.h"

#include "ml/source.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool has(ml_str folder, const char *name, bool any_kind)
{
    char path[PATH_MAX];
    struct stat info;
    int len = snprintf(path, sizeof path, "%.*s/%s", ML_STR_ARG(folder), name);

    return len > 0 && (size_t)len < sizeof path && stat(path, &info) == 0 && (any_kind || S_ISREG(info.st_mode));
}

static ml_str parent_of(ml_str folder)
{
    return folder.len <= 1 ? ML_STR_NONE : ml_path_folder(folder);
}

ml_status ml_source_project_root(ml_str *out, ml_arena *arena, ml_str path, ml_error *error)
{
    const char *typed = ml_arena_cstr(arena, path.len ? path : ML_STR("."));
    char real[PATH_MAX];
    struct stat info;

    if (!realpath(typed, real) || stat(real, &info) != 0)
        return ml_fail(error, errno == ENOENT || errno == ENOTDIR ? ML_ENOTFOUND : ML_EIO, typed, 0, "%s",
                       errno == ENOENT || errno == ENOTDIR ? "no such file or folder" : strerror(errno));
    ml_str begin = ml_arena_copy(arena, ml_str_of(real));
    if (!S_ISDIR(info.st_mode))
        begin = ml_path_folder(begin);
    *out = ml_arena_copy(arena, begin);
    for (ml_str folder = begin; folder.len; folder = parent_of(folder))
        if (has(folder, "meterlint.json", false) || has(folder, "package.json", false)) {
            *out = ml_arena_copy(arena, folder);
            break;
        }
    return ML_OK;
}

static ml_str without_slash(ml_str folder)
{
    while (folder.len > 1 && folder.data[folder.len - 1] == '/')
        folder.len--;
    return folder;
}

ml_str ml_repository_top(ml_str root, ml_str prefix)
{
    root = without_slash(root);
    /* The prefix ends with a slash, the root does not. */
    return prefix.len ? without_slash(ml_str_slice(root, 0, root.len + 1 - prefix.len)) : root;
}

ml_str ml_source_repository_prefix(ml_arena *arena, ml_str root)
{
    root = without_slash(root);
    for (ml_str folder = root; folder.len; folder = parent_of(folder)) {
        if (!has(folder, ".git", true))
            continue;
        ml_str below = ml_str_from(root, folder.len);
        if (below.len && below.data[0] == '/')
            below = ml_str_from(below, 1);
        return below.len ? ml_arena_concat(arena, below, ML_STR("/")) : ML_STR("");
    }
    return ML_STR("");
}

ml_status ml_repository_find(ml_str *top, ml_str *prefix, ml_arena *arena, ml_str root, ml_error *error)
{
    *prefix = ml_source_repository_prefix(arena, root);
    *top = ml_repository_top(root, *prefix);
    /* Without a repository the prefix is empty, too. */
    if (!has(*top, ".git", true))
        return ml_fail(error, ML_ENOTFOUND, ml_arena_cstr(arena, root), 0, "not in a git repository");
    return ML_OK;
}
