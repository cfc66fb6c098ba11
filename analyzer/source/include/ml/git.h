/* git.h - the index and its texts, through git itself (R14, R15).
 *
 * The only place that starts processes. Hooks, file system monitor, pager, and
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

/* Objects of the repository, from one git that is started with the first question and answers until
 * the reader is closed. Safe from any thread: questions wait for each other. */
typedef struct ml_git_reader ml_git_reader;

/* Texts larger than max are not read. Starts nothing yet; ML_ENOTFOUND when root (absolute) is
 * outside a repository. */
ml_status ml_git_reader_open(ml_git_reader **out, ml_str root, size_t max, ml_error *error);
/* Every regular file of the index below root, by path. GIT_INDEX_FILE, by which git names the index
 * of a partial commit to a hook, is honoured. The index is read here; where it is not of the plain
 * kind, git is asked for the list. What of it changed is found meanwhile, in a thread of its own. */
typedef struct ml_git_index ml_git_index;
ml_status ml_git_index_open(ml_git_index **out, ml_staged_files *files, ml_arena *arena, ml_git_reader *reader,
                            ml_error *error);
/* Waits, and marks the changed ones of files, the list that open gave: all of them before the first
 * commit. To be called once. */
ml_status ml_git_index_changed(ml_git_index *index, ml_staged_files *files, ml_error *error);
/* Waits, too. Accepts NULL; the list stays. */
void ml_git_index_close(ml_git_index *index);

/* Texts of the objects, in order, NUL-terminated in arena and as ml_source_read would give them;
 * texts[i].data is NULL where the blob is larger than max or UTF-32. Fails when git cannot be
 * started, ends early, is silent for a minute, or has not got the object; every later question
 * then fails in the same way. */
ml_status ml_git_reader_read(ml_git_reader *reader, ml_str *texts, ml_arena *arena, const ml_str *objects,
                             uint32_t count, ml_error *error);
/* What the first question that failed, failed of; ML_OK when none did. */
ml_status ml_git_reader_trouble(ml_git_reader *reader, ml_error *error);
/* Ends git and waits until it is gone. Accepts NULL. */
void ml_git_reader_close(ml_git_reader *reader);

#endif
