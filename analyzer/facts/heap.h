/* heap.h - growing arrays that live while a file is lowered, freed at its end.
 * (An ml_vec would leave its old copies in the file's arena for good.) */
#ifndef ML_FACTS_HEAP_H
#define ML_FACTS_HEAP_H
#include "ml/arena.h"
#include "ml/checked.h"

#include <stdint.h>
#include <stdlib.h>

#define HEAP(type)                                                                                                     \
    struct {                                                                                                           \
        type *items;                                                                                                   \
        uint32_t count, cap;                                                                                           \
    }

static inline void *heap_grow(void *items, uint32_t *cap, size_t size)
{
    size_t bytes;

    if (*cap > UINT32_MAX / 2)
        ml_die_no_memory();
    *cap = *cap ? *cap * 2 : 64;
    if (!ml_size_mul(&bytes, *cap, size))
        ml_die_no_memory();
    return ml_xrealloc(items, bytes);
}

#define heap_push(heap, item)                                                                                          \
    do {                                                                                                               \
        if ((heap)->count == (heap)->cap)                                                                              \
            (heap)->items = heap_grow((heap)->items, &(heap)->cap, sizeof *(heap)->items);                             \
        (heap)->items[(heap)->count++] = (item);                                                                       \
    } while (0)

#define heap_free(heap) free((heap)->items)

#endif
