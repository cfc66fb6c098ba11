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

/* The first visit of a function: what it was entered with is looked at when it is entered again. */
typedef struct first_visit {
    const ml_frame *frame; /* NULL once among the visits */
} first_visit;

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

static uint64_t function_of(const ml_frame *frame)
{
    return mix(mix(0, (uint64_t)frame->file << 32 | frame->function), (uintptr_t)frame->outer);
}

/* The function with what it is entered with. */
static uint64_t entry_of(ml_eval *eval, const ml_frame *frame, uint32_t params)
{
    uint64_t hash = mix(function_of(frame), 1);
    bool known;

    if (frame->self)
        hash = mix_value(hash, frame->self);
    for (uint32_t i = 0; i < params; i++)
        hash = mix_values(hash, ml_frame_arg(eval, frame, i, &known));
    return hash;
}

static void remember(ml_eval *eval, ml_intmap *visits, uint64_t entry, uint32_t depth)
{
    visit *seen = ml_intmap_get(visits, entry);

    if (!seen) {
        seen = ML_NEW(&eval->arena, visit);
        ml_intmap_put(&eval->arena, visits, entry, seen);
    }
    seen->depth = depth;
}

bool ml_visit_is_new(ml_eval *eval, ml_intmap *visits, const ml_frame *frame)
{
    uint32_t params = ml_facts_in(eval, frame->file)->functions[frame->function].param_count;
    first_visit *first = ml_intmap_get(visits, function_of(frame));

    if (params > ARGS_LOOKED_AT)
        return true;
    if (!first) {
        first = ML_NEW(&eval->arena, first_visit);
        first->frame = frame;
        ml_intmap_put(&eval->arena, visits, function_of(frame), first);
        return true;
    }
    if (first->frame)
        remember(eval, visits, entry_of(eval, first->frame, params), first->frame->depth);
    first->frame = NULL;
    uint64_t entry = entry_of(eval, frame, params);
    const visit *seen = ml_intmap_get(visits, entry);
    if (seen && seen->depth <= frame->depth)
        return false;
    remember(eval, visits, entry, frame->depth);
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
