/* Which functions a search has already been in, and with what.
 *
 * Functions that call each other lead to a request over very many paths, but what
 * happens in a function depends only on its arguments, its `this` and its closure.
 * Entered again with the same ones, and no nearer to the call asked about, it can lead
 * to nothing new. */
#include "link_internal.h"

enum { ARGS_LOOKED_AT = 16 };

typedef struct visit {
    uint32_t depth;
} visit;

static uint64_t mix(uint64_t hash, uint64_t part)
{
    hash = (hash ^ part) * 0x9e3779b97f4a7c15ULL;
    return hash ^ hash >> 29;
}

static uint64_t mix_value(uint64_t hash, const ml_value *value)
{
    hash = mix(hash, (uint64_t)value->kind << 1 | value->is_new);
    for (uint32_t i = 0; i < value->piece_count; i++)
        hash = mix(mix(hash, value->pieces[i].hole), ml_str_hash(value->pieces[i].text));
    if (ml_value_is_text(value) || value->kind == ML_V_UNKNOWN)
        return hash;
    hash = mix(mix(hash, (uint64_t)value->place.file << 32 | value->place.node), (uintptr_t)value->frame);
    hash = mix(mix(hash, (uintptr_t)value->self), (uintptr_t)value->items.items);
    hash = mix(mix(hash, (uintptr_t)value->list), value->list_count);
    hash = mix(mix(hash, (uintptr_t)value->json), (uintptr_t)value->client);
    hash = mix(mix(hash, ml_str_hash(value->text)), ml_str_hash(value->name));
    return mix(hash, (uintptr_t)value->base.items);
}

static uint64_t mix_values(uint64_t hash, ml_values values)
{
    hash = mix(hash, values.count);
    for (uint32_t i = 0; i < values.count; i++)
        hash = mix_value(hash, &values.items[i]);
    return hash;
}

bool ml_visit_is_new(ml_eval *eval, ml_intmap *visits, const ml_frame *frame)
{
    uint32_t params = ml_facts_in(eval, frame->file)->functions[frame->function].param_count;
    uint64_t hash = mix(mix(0, (uint64_t)frame->file << 32 | frame->function), (uintptr_t)frame->outer);
    bool known;

    if (params > ARGS_LOOKED_AT)
        return true;
    if (frame->self)
        hash = mix_value(hash, frame->self);
    for (uint32_t i = 0; i < params; i++)
        hash = mix_values(hash, ml_frame_arg(eval, frame, i, &known));
    visit *seen = ml_intmap_get(visits, hash);
    if (seen && seen->depth <= frame->depth)
        return false;
    if (!seen) {
        seen = ML_NEW(&eval->arena, visit);
        ml_intmap_put(&eval->arena, visits, hash, seen);
    }
    seen->depth = frame->depth;
    return true;
}

bool ml_request_is_new(ml_eval *eval, ml_intmap *visits, ml_place at, ml_values urls)
{
    uint64_t hash = mix_values(mix(1, (uint64_t)at.file << 32 | at.node), urls);

    if (ml_intmap_get(visits, hash))
        return false;
    ml_intmap_put(&eval->arena, visits, hash, ML_NEW(&eval->arena, visit));
    return true;
}
