/* git.h - staged texts, read from the index through git itself (R14, R15).
 *
 * The only place that starts a process. Hooks, file system monitor, pager, and
 * external diff of the repository are disabled on the command line. */
#ifndef ML_GIT_H
#define ML_GIT_H
#include "ml/error.h"
#include "ml/source.h"

typedef struct ml_staged_file {
    ml_str path;   /* relative to the project root */
    bool changed;  /* differs from HEAD: its findings are wanted */
    ml_str object; /* hex object id of the staged blob */
} ml_staged_file;

typedef ML_VEC(ml_staged_file) ml_staged_files;

/* Every regular file of the index below root (absolute), with the changed ones marked:
 * all of them before the first commit. GIT_INDEX_FILE, by which git names the index of a
 * partial commit to a hook, is honoured. */
ml_status ml_git_index(ml_staged_files *out, ml_arena *arena, ml_str root, ml_error *error);
/* Texts of the given files, in order, NUL-terminated and as ml_source_read would give
 * them; texts[i].data is NULL where the blob is larger than max or UTF-32. */
ml_status ml_git_blobs(ml_str *texts, ml_arena *arena, ml_str root, const ml_staged_files *files, size_t max,
                       ml_error *error);

#endif
