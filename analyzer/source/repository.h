/* repository.h - the folder of the repository around a project (private). */
#ifndef ML_SOURCE_REPOSITORY_H
#define ML_SOURCE_REPOSITORY_H
#include "ml/arena.h"
#include "ml/error.h"
#include "ml/str.h"

/* root without the part that prefix (ml_source_repository_prefix of it) says again, and
 * without a slash at its end; a view of root. */
ml_str ml_repository_top(ml_str root, ml_str prefix);
/* The same for git: *prefix is the way from top down to root. ML_ENOTFOUND outside a repository. */
ml_status ml_repository_find(ml_str *top, ml_str *prefix, ml_arena *arena, ml_str root, ml_error *error);

#endif
