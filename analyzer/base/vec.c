#include "ml/vec.h"

#include <string.h>

void *ml_vec_grow(ml_arena *arena, void *items, uint32_t count, uint32_t *cap, size_t size)
{
    if (*cap > UINT32_MAX / 2)
        ml_die_no_memory();
    uint32_t wider = *cap ? *cap * 2 : 4;
    void *grown = ml_arena_alloc(arena, wider, size);

    if (count)
        memcpy(grown, items, count * size);
    *cap = wider;
    return grown;
}
