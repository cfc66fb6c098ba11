/* shapes.h - what a word asks of the place it stands at (private to scan). */
#ifndef ML_SCAN_SHAPES_H
#define ML_SCAN_SHAPES_H
#include "scan_internal.h"

/* What a word asks of the place it stands at, beside the reasons to parse. */
enum {
    WORD_TRACE_KIND = 0xf << 8, /* of a WORD_TRACE: which, see traces.c */
    WORD_SETS_UP = 1 << 13,     /* of NestJS: says what settings are */
    WORD_ASKS = 1 << 14,        /* asks for one */
    WORD_TRACE = 1 << 12,       /* may say something of a provider, and nothing else */
    WORD_WHOLE = 1 << 16,       /* no part of a longer name */
    WORD_VALUE = 1 << 17,   /* a name used as a value: no prose, no member of an object that is not the global one */
    WORD_CALLED = 1 << 18,  /* a name that is called */
    WORD_CODE = 1 << 19,    /* a name that is called with what may be a text */
    WORD_LOADER = 1 << 20,  /* a call of a loader whose specifier is no plain literal */
    WORD_GLOBAL = 1 << 21,  /* the global object */
    WORD_MEASURE = 1 << 22, /* what is billed by: only files that name a cost as well are read for it */
    WORD_COST = 1 << 23,
    WORD_ANYWHERE = 1 << 24, /* also in comments */
    WORD_EXTENDS = 1 << 25,
    WORD_SETTING = 1 << 26, /* a property or method of that name is set */
    WORD_OBJECT = 1 << 27,  /* an object that is used other than by a plain member, which would be a word of its own */
    WORD_ESCAPE = 1 << 28,  /* an escape in a name */
    WORD_NEEDED = 1 << 29,  /* the first that some rule needs */
    WHY_MASK = (1 << 8) - 1
};

/* The bits of the word if the place is one that counts for it, else 0. */
ml_trigger_bits ml_shape_of(ml_str text, const ml_lexed *lexed, const ml_trigger_hit *hit);
/* Does a name with WORD_VALUE stand as a member of something that is not the global object? */
bool ml_shape_is_member(ml_str text, const ml_trigger_hit *hit);
/* Could a key stand in one of the file's texts? */
bool ml_shape_may_hold_key(const ml_keys *keys, ml_str text, const ml_lexed *lexed);

#endif
