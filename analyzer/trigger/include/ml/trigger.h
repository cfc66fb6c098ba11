/* trigger.h - which of many words a text contains, in one pass.
 *
 * Words come in as plain data, each with a set of bits; the answer is the union of
 * the bits of the words found. Matching is by bytes, of some words without regard to
 * ASCII case. Building costs time and memory linear in the words; scanning looks at every
 * byte once and compares a word only where rare bytes of it stand. A built set is
 * read-only and may be shared by threads. */
#ifndef ML_TRIGGER_H
#define ML_TRIGGER_H
#include "ml/str.h"
#include "ml/vec.h"

typedef uint32_t ml_trigger_bits;

typedef struct ml_trigger_word {
    ml_str word; /* at least 2 bytes */
    ml_trigger_bits bits;
    bool nocase; /* found in any case */
} ml_trigger_word;

typedef struct ml_trigger_set ml_trigger_set;

ml_trigger_set *ml_trigger_build(ml_arena *arena, const ml_trigger_word *words, size_t count);

/* Where a word stands. */
typedef struct ml_trigger_hit {
    uint32_t start, end;
    ml_trigger_bits bits; /* of the word */
} ml_trigger_hit;

typedef ML_VEC(ml_trigger_hit) ml_trigger_hits;

/* Every place of every word, about in the order of the text, which is below 4 GiB. */
void ml_trigger_find(ml_trigger_hits *out, ml_arena *arena, const ml_trigger_set *set, ml_str text);
/* Stops early once all bits of `enough` are seen (0: never stops early). */
ml_trigger_bits ml_trigger_scan(const ml_trigger_set *set, ml_str text, ml_trigger_bits enough);

#endif
