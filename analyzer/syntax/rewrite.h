/* rewrite.h - a text of which some bytes are to be replaced; copied at the first one. */
#ifndef ML_REWRITE_H
#define ML_REWRITE_H
#include "ml/str.h"

typedef struct rewrite {
    ml_arena *arena;
    ml_str text;
    char *copy; /* NULL while nothing has changed */
} rewrite;

void rewrite_put(rewrite *r, size_t at, char c);
/* Makes valid syntax that the grammar does not know readable to it. */
void rewrite_repair(rewrite *r);

#endif
