#include "ml/map.h"

static uint32_t wider_cap(uint32_t cap)
{
    if (cap > UINT32_MAX / 4)
        ml_die_no_memory();
    return cap ? cap * 2 : 16;
}

static ml_strmap_slot *str_slot(ml_strmap_slot *slots, uint32_t cap, ml_str key)
{
    uint32_t at = (uint32_t)ml_str_hash(key) & (cap - 1);

    while (slots[at].value && !ml_str_eq(slots[at].key, key))
        at = (at + 1) & (cap - 1);
    return &slots[at];
}

void *ml_strmap_get(const ml_strmap *map, ml_str key)
{
    return map->cap ? str_slot(map->slots, map->cap, key)->value : NULL;
}

void ml_strmap_put(ml_arena *arena, ml_strmap *map, ml_str key, void *value)
{
    if (map->count * 4 >= map->cap * 3) {
        uint32_t cap = wider_cap(map->cap);
        ml_strmap_slot *slots = ML_NEW_ARRAY(arena, ml_strmap_slot, cap);
        for (uint32_t i = 0; i < map->cap; i++)
            if (map->slots[i].value)
                *str_slot(slots, cap, map->slots[i].key) = map->slots[i];
        map->slots = slots;
        map->cap = cap;
    }
    ml_strmap_slot *slot = str_slot(map->slots, map->cap, key);
    if (!slot->value)
        map->count++;
    *slot = (ml_strmap_slot){key, value};
}

enum { INTS_AT_FIRST = 64 };

static ml_intmap_slot *int_slot(ml_intmap_slot *slots, uint32_t cap, uint64_t key)
{
    uint32_t at = (uint32_t)(((key ^ key >> 32) * 0x9e3779b97f4a7c15ULL) >> 32) & (cap - 1);

    while (slots[at].value && slots[at].key != key)
        at = (at + 1) & (cap - 1);
    return &slots[at];
}

void *ml_intmap_get(const ml_intmap *map, uint64_t key)
{
    return map->cap ? int_slot(map->slots, map->cap, key)->value : NULL;
}

static void widen(ml_arena *arena, ml_intmap *map)
{
    uint32_t cap = map->cap ? wider_cap(map->cap) : INTS_AT_FIRST;
    ml_intmap_slot *slots = ML_NEW_ARRAY(arena, ml_intmap_slot, cap);

    for (uint32_t i = 0; i < map->cap; i++)
        if (map->slots[i].value)
            *int_slot(slots, cap, map->slots[i].key) = map->slots[i];
    map->slots = slots;
    map->cap = cap;
}

void **ml_intmap_at(ml_arena *arena, ml_intmap *map, uint64_t key)
{
    if (map->count * 4 >= map->cap * 3)
        widen(arena, map);
    ml_intmap_slot *slot = int_slot(map->slots, map->cap, key);
    if (!slot->value)
        map->count++;
    slot->key = key;
    return &slot->value;
}

void ml_intmap_put(ml_arena *arena, ml_intmap *map, uint64_t key, void *value)
{
    *ml_intmap_at(arena, map, key) = value;
}
