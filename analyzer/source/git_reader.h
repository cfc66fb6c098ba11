/* git_reader.h - what the list of the index asks the reader of its texts (private). */
#ifndef ML_SOURCE_GIT_READER_H
#define ML_SOURCE_GIT_READER_H
#include "ml/git.h"

/* The repository's folder, and the way from there down to the project. */
void ml_git_reader_place(const ml_git_reader *reader, ml_str *top, ml_str *prefix);
/* Trees as they are stored, in order; names[i] is the hex name of what objects[i] stands for, unless
 * names is NULL. False when one cannot be had: nothing is remembered of that. */
bool ml_git_reader_trees(ml_git_reader *reader, ml_str *trees, ml_str *names, ml_arena *arena, const ml_str *objects,
                         uint32_t count);

#endif
