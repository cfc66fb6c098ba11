/* run_git.h - starting git, with all that a repository could make it run switched off (private). */
#ifndef ML_SOURCE_RUN_GIT_H
#define ML_SOURCE_RUN_GIT_H
#include "ml/error.h"
#include "ml/str.h"

#include <sys/types.h>

enum { ML_GIT_SILENCE_MS_MAX = 60 * 1000, ML_GIT_SAID_BYTES = 256 };

/* The folder of the repository at top, and the file a git started there would take for its index.
 * False when it cannot be told. */
bool ml_git_find_index(ml_str *own, ml_str *index, ml_arena *arena, ml_str top);

/* What git writes, piece by piece; false stops it. */
typedef bool (*ml_git_sink)(void *data, const char *bytes, size_t len);

typedef struct ml_git_run {
    ml_str top;              /* the repository's folder */
    const char *const *args; /* after "git" and the switches, NULL-terminated */
    ml_git_sink sink;
    void *data;
} ml_git_run;

/* Runs to the end, without input. *code is git's exit code, and what it said on standard error
 * is in said (cut). Fails when git cannot be started, stops answering, or the sink refused
 * (ML_ELIMIT). Several may run at a time, each in a thread of its own. */
ml_status ml_git_call(int *code, char said[ML_GIT_SAID_BYTES], const ml_git_run *run, ml_error *error);

/* A git that is asked and answers until it is stopped. */
typedef struct ml_git_process {
    pid_t pid;
    int in;       /* a socket: send with MSG_NOSIGNAL, so that a git that has ended is an error and no signal */
    int out, err; /* its standard output and standard error */
} ml_git_process;

/* On failure nothing runs, and all of *out is -1. */
ml_status ml_git_start(ml_git_process *out, ml_str top, const char *const *args, ml_error *error);
/* Ends it, whatever it does, and returns when it is gone. For commands that only read. */
void ml_git_stop(ml_git_process *process);

/* Adds to what git said on standard error, as much as there is room for. */
void ml_git_keep_said(char said[ML_GIT_SAID_BYTES], const char *bytes, size_t len);
/* ML_EIO with the first line of what git said. */
ml_status ml_git_failed(ml_error *error, ml_str top, const char *said);

#endif
