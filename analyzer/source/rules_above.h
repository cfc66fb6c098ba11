/* rules_above.h - the ignore rules that reach into a project from its repository (private). */
#ifndef ML_SOURCE_RULES_ABOVE_H
#define ML_SOURCE_RULES_ABOVE_H
#include "ignore.h"

/* .git/info/exclude and the .gitignore files from the repository's top down to the folder
 * above root; paths in their terms begin with prefix (ml_source_repository_prefix). NULL
 * without any, and where they ignore the root itself: who scans it wants to see it. */
const ml_ignore_list *ml_ignore_rules_above(ml_arena *arena, ml_str root, ml_str prefix);

#endif
