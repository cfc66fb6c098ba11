/* repository.h - the folder of the repository around a project (private). */
#ifndef ML_SOURCE_REPOSITORY_H
#define ML_SOURCE_REPOSITORY_H
#include "ml/str.h"

/* root without the part that prefix (ml_source_repository_prefix of it) says again, and
 * without a slash at its end; a view of root. */
ml_str ml_repository_top(ml_str root, ml_str prefix);

#endif
