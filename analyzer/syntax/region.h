/* region.h - the memory of one parse: bounded, and forgotten all at once.
 *
 * The parser library cannot survive an allocation that fails (it aborts), so it gets
 * this allocator instead: when the ceiling is reached during a parse, control jumps out
 * of the library to the place set in `escape`, and the whole region is thrown away with
 * whatever half-built state is in it. Small blocks come from chunks and are recycled by
 * size; large blocks are separate. The region in use is chosen per thread. */
#ifndef ML_REGION_H
#define ML_REGION_H
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

enum { REGION_CLASSES = 64 };

typedef struct region_chunk region_chunk;
typedef struct region_large region_large;
typedef struct region_free region_free;

typedef struct region {
    size_t bytes, bytes_max;
    size_t high;  /* the most it ever held */
    bool bounded; /* set while `escape` may be jumped to */
    jmp_buf escape;
    region_chunk *chunks; /* newest first */
    char *next, *end;
    region_large *large;
    region_free *free[REGION_CLASSES];
} region;

/* Makes the parser library allocate from regions; idempotent, thread-safe. */
void region_install(void);
/* The region this thread's parser calls allocate from. */
void region_use(region *r);
/* Forgets every block. Keeps one chunk for the next parse. */
void region_reset(region *r);
void region_finish(region *r);

#endif
