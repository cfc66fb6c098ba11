/* vec.h - typed growing arrays that live in an arena.
 *
 *     ML_VEC(int) numbers = {0};
 *     ml_vec_push(arena, &numbers, 7);
 *     for (uint32_t i = 0; i < numbers.count; i++) use(numbers.items[i]);
 *
 * Growing leaves the old copy in the arena; capacity doubles, so at most as much
 * again is lost. */
#ifndef ML_VEC_H
#define ML_VEC_H
#include "ml/arena.h"
#include <stdint.h>

#define ML_VEC(type)                                                                                                   \
    struct {                                                                                                           \
        type *items;                                                                                                   \
        uint32_t count, cap;                                                                                           \
    }

void *ml_vec_grow(ml_arena *arena, void *items, uint32_t count, uint32_t *cap, size_t size);

#define ml_vec_push(arena, vec, item)                                                                                  \
    do {                                                                                                               \
        if ((vec)->count == (vec)->cap)                                                                                \
            (vec)->items = ml_vec_grow((arena), (vec)->items, (vec)->count, &(vec)->cap, sizeof *(vec)->items);        \
        (vec)->items[(vec)->count++] = (item);                                                                         \
    } while (0)

#endif
