/* map.h - hash maps in an arena: text to pointer, and 64-bit key to pointer.
 *
 * Insert and lookup only. Keys of an ml_strmap are views and must live as long as
 * the map. Iterate over the slots for "all entries", in no useful order. */
#ifndef ML_MAP_H
#define ML_MAP_H
#include "ml/str.h"

typedef struct ml_strmap_slot {
    ml_str key;
    void *value; /* NULL: the slot is free */
} ml_strmap_slot;
typedef struct ml_strmap {
    ml_strmap_slot *slots;
    uint32_t count, cap; /* cap is zero or a power of two */
} ml_strmap;

void *ml_strmap_get(const ml_strmap *map, ml_str key);
/* value must not be NULL; an earlier value under the same key is replaced. */
void ml_strmap_put(ml_arena *arena, ml_strmap *map, ml_str key, void *value);

typedef struct ml_intmap_slot {
    uint64_t key;
    void *value;
} ml_intmap_slot;
typedef struct ml_intmap {
    ml_intmap_slot *slots;
    uint32_t count, cap;
} ml_intmap;

void *ml_intmap_get(const ml_intmap *map, uint64_t key);
/* Where the value of key is, NULL there when it is new: it must be set before the map is used again. */
void **ml_intmap_at(ml_arena *arena, ml_intmap *map, uint64_t key);
void ml_intmap_put(ml_arena *arena, ml_intmap *map, uint64_t key, void *value);

#endif
