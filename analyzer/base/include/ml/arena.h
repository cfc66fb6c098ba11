/* arena.h - memory that is released all at once.
 *
 * Allocation is a pointer bump; nothing is freed singly. A pointer into an arena
 * lives until ml_arena_finish or ml_arena_reset. Out of memory ends the process
 * with a sentence and exit code 3 (see ml_die_no_memory): the analyzer has nothing
 * useful to do then, and half a report would be a lie. Not thread-safe: one arena
 * belongs to one thread at a time. */
#ifndef ML_ARENA_H
#define ML_ARENA_H
#include "ml/checked.h"

#include <stdint.h>
#include <string.h>

typedef struct ml_arena_block ml_arena_block;
typedef struct ml_arena {
    ml_arena_block *blocks; /* newest first */
    char *next, *end;       /* free part of the newest block */
    size_t bytes;           /* handed out, for statistics */
} ml_arena;

enum { ML_ARENA_ALIGN = 16 };

/* A zeroed ml_arena is ready for use; init is for symmetry. */
void ml_arena_init(ml_arena *arena);
void ml_arena_finish(ml_arena *arena);
/* Forget everything, keep one block for the next use. */
void ml_arena_reset(ml_arena *arena);

void *ml_arena_alloc_slowly(ml_arena *arena, size_t count, size_t size);
/* Zeroed memory, aligned for any type. count * size is checked for overflow. Inline, so that a size the
 * compiler knows is zeroed without a call: an evaluation makes millions of small things. */
static inline void *ml_arena_alloc(ml_arena *arena, size_t count, size_t size)
{
    size_t pad = (size_t)(-(uintptr_t)arena->next) & (ML_ARENA_ALIGN - 1), bytes, padded;

    if (!ml_size_mul(&bytes, count, size) || !ml_size_add(&padded, bytes, pad) ||
        padded >= (size_t)(arena->end - arena->next))
        return ml_arena_alloc_slowly(arena, count, size);
    char *memory = arena->next + pad;
    arena->next = memory + bytes;
    arena->bytes += bytes;
    return memset(memory, 0, bytes);
}
/* Not zeroed, byte-aligned: for text. */
char *ml_arena_bytes(ml_arena *arena, size_t size);

#define ML_NEW(arena, type)              ((type *)ml_arena_alloc((arena), 1, sizeof(type)))
#define ML_NEW_ARRAY(arena, type, count) ((type *)ml_arena_alloc((arena), (count), sizeof(type)))

/* malloc that never returns NULL. */
void *ml_xmalloc(size_t size);
void *ml_xrealloc(void *old, size_t size);
_Noreturn void ml_die_no_memory(void);

#endif
