/* run_git.h - starting git, with all that a repository could make it run switched off (private). */
#ifndef ML_SOURCE_RUN_GIT_H
#define ML_SOURCE_RUN_GIT_H
#include "ml/error.h"
#include "ml/str.h"

/* What git writes, piece by piece; false stops it. */
typedef bool (*ml_git_sink)(void *data, const char *bytes, size_t len);

typedef struct ml_git_run {
    ml_str top;              /* the repository's folder */
    const char *const *args; /* after "git" and the switches, NULL-terminated */
    ml_str input;            /* given to git as standard input */
    ml_git_sink sink;
    void *data;
} ml_git_run;

/* Runs to the end. *code is git's exit code, and what it said on standard error is in
 * said (cut). Fails when git cannot be started, stops answering, or the sink refused
 * (ML_ELIMIT). */
ml_status ml_git_call(int *code, char said[256], const ml_git_run *run, ml_error *error);

#endif
