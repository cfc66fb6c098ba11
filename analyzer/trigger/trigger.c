/* Every word is filed under four of its bytes (two for shorter words), chosen where they
 * are rarest in source code. A text is read once: at each place its next four bytes are
 * hashed into a small bit table, and only where the bit is set are the words filed under
 * them compared. Places do not depend on one another, which an automaton's states would,
 * so the processor works on several at a time. */
#include "ml/trigger.h"

#include "rarity.h"

#include "ml/vec.h"

#include <assert.h>

enum {
    FILTER_LOG2 = 17, /* 16 KiB of bits: stays in the innermost cache */
    BUCKETS_LOG2 = 12
};
static const uint32_t spread = 0x9e3779b1u;

typedef struct filed_word {
    uint32_t gram;
    ml_trigger_bits bits;
    uint32_t offset; /* of the gram in the word */
    ml_str word;     /* in lower case when case does not matter */
} filed_word;

/* Words by gram. The words of bucket b are filed[first[b]] up to filed[first[b + 1]]. */
typedef struct word_file {
    uint32_t filter[1 << (FILTER_LOG2 - 5)];
    uint32_t first[(1 << BUCKETS_LOG2) + 1];
    filed_word *filed;
    uint32_t count;
} word_file;

struct ml_trigger_set {
    word_file *by_four, *by_two; /* NULL: no word of that length */
    bool nocase;
};

/* ---- grams ---- */

static uint32_t load(const char *at, unsigned size)
{
    uint32_t four;
    uint16_t two;

    if (size == 4) {
        memcpy(&four, at, 4);
        return four;
    }
    memcpy(&two, at, 2);
    return two;
}

/* One bit set in every byte makes upper case lower, and leaves a few other bytes
 * confused, which the comparison sorts out. */
static uint32_t folding(const ml_trigger_set *set)
{
    return set->nocase ? 0x20202020u : 0;
}

static uint32_t gram_at(const ml_trigger_set *set, const char *at, unsigned size)
{
    uint32_t fold = size == 4 ? folding(set) : folding(set) & 0xffff;
    return load(at, size) | fold;
}

static uint32_t hash_of(uint32_t gram)
{
    return gram * spread;
}

static uint32_t bucket_of(uint32_t hash)
{
    /* Not the top bits alone: they chose the bit of the filter. */
    return (hash >> 9 ^ hash >> 20) & ((1u << BUCKETS_LOG2) - 1);
}

static bool in_filter(const word_file *file, uint32_t hash)
{
    uint32_t bit = hash >> (32 - FILTER_LOG2);
    return file->filter[bit >> 5] >> (bit & 31) & 1;
}

/* ---- building ---- */

typedef ML_VEC(filed_word) filed_words;

static uint32_t choose_offset(const ml_rarity *rarity, ml_str word, unsigned size)
{
    uint64_t best = UINT64_MAX;
    uint32_t offset = 0;

    for (uint32_t i = 0; i + size <= word.len; i++) {
        uint64_t common = ml_rarity_commonness(rarity, word.data + i, size);
        if (common < best) {
            best = common;
            offset = i;
        }
    }
    return offset;
}

static word_file *file_words(ml_arena *arena, const filed_words *words)
{
    if (!words->count)
        return NULL;
    word_file *file = ML_NEW(arena, word_file);
    file->filed = ML_NEW_ARRAY(arena, filed_word, words->count);
    file->count = words->count;
    for (uint32_t i = 0; i < words->count; i++) {
        uint32_t hash = hash_of(words->items[i].gram), bit = hash >> (32 - FILTER_LOG2);
        file->filter[bit >> 5] |= 1u << (bit & 31);
        file->first[bucket_of(hash) + 1]++;
    }
    for (uint32_t b = 0; b < 1u << BUCKETS_LOG2; b++)
        file->first[b + 1] += file->first[b];
    /* Filling moves each start to its end, so the starts are the ends shifted by one. */
    for (uint32_t i = words->count; i-- > 0;) {
        uint32_t bucket = bucket_of(hash_of(words->items[i].gram));
        file->filed[--file->first[bucket + 1]] = words->items[i];
    }
    memmove(file->first, file->first + 1, (1u << BUCKETS_LOG2) * sizeof *file->first);
    file->first[1 << BUCKETS_LOG2] = words->count;
    return file;
}

ml_trigger_set *ml_trigger_build(ml_arena *arena, const ml_trigger_word *words, size_t count, bool nocase)
{
    ml_trigger_set *set = ML_NEW(arena, ml_trigger_set);
    filed_words four = {0}, two = {0};
    ml_arena scratch = {0};
    ml_rarity *rarity = ml_rarity_new(&scratch);

    set->nocase = nocase;
    for (size_t i = 0; i < count; i++) {
        assert(words[i].word.len >= 2);
        ml_str word = nocase ? ml_arena_lower(arena, words[i].word) : ml_arena_copy(arena, words[i].word);
        unsigned size = word.len >= 4 ? 4 : 2;
        uint32_t offset = choose_offset(rarity, word, size);
        filed_word filed = {gram_at(set, word.data + offset, size), words[i].bits, offset, word};
        if (size == 4)
            ml_vec_push(&scratch, &four, filed);
        else
            ml_vec_push(&scratch, &two, filed);
    }
    set->by_four = file_words(arena, &four);
    set->by_two = file_words(arena, &two);
    ml_arena_finish(&scratch);
    return set;
}

/* ---- scanning ---- */

static bool stands_at(const ml_trigger_set *set, const filed_word *filed, ml_str text, size_t at)
{
    if (at < filed->offset || text.len - (at - filed->offset) < filed->word.len)
        return false;
    ml_str here = {text.data + at - filed->offset, filed->word.len};
    return set->nocase ? ml_str_eq_nocase(here, filed->word) : ml_str_eq(here, filed->word);
}

/* The bits of the words that have their gram at this place, but for those already seen. */
static ml_trigger_bits words_at(const ml_trigger_set *set, const word_file *file, ml_str text, size_t at, uint32_t gram,
                                ml_trigger_bits seen)
{
    uint32_t bucket = bucket_of(hash_of(gram));

    for (uint32_t i = file->first[bucket]; i < file->first[bucket + 1]; i++) {
        const filed_word *filed = &file->filed[i];
        if (filed->gram == gram && (filed->bits & ~seen) && stands_at(set, filed, text, at))
            seen |= filed->bits;
    }
    return seen;
}

/* One loop for both sizes; size and fold are constants where it is expanded. */
static inline __attribute__((always_inline)) ml_trigger_bits scan(const ml_trigger_set *set, const word_file *file,
                                                                  ml_str text, ml_trigger_bits enough,
                                                                  ml_trigger_bits seen, unsigned size, uint32_t fold)
{
    enum { STEP = 8 };
    const char *data = text.data;
    size_t at = 0;

    if (text.len < size)
        return seen;
    size_t places = text.len - size + 1;
    for (; at + STEP <= places; at += STEP) {
        bool any = false;
        for (unsigned i = 0; i < STEP; i++)
            any |= in_filter(file, hash_of(load(data + at + i, size) | fold));
        if (__builtin_expect(!any, 1))
            continue;
        for (unsigned i = 0; i < STEP; i++) {
            uint32_t gram = load(data + at + i, size) | fold;
            if (in_filter(file, hash_of(gram)))
                seen = words_at(set, file, text, at + i, gram, seen);
        }
        if (enough && (seen & enough) == enough)
            return seen;
    }
    for (; at < places; at++) {
        uint32_t gram = load(data + at, size) | fold;
        if (in_filter(file, hash_of(gram)))
            seen = words_at(set, file, text, at, gram, seen);
    }
    return seen;
}

ml_trigger_bits ml_trigger_scan(const ml_trigger_set *set, ml_str text, ml_trigger_bits enough)
{
    ml_trigger_bits seen = 0;

    if (set->by_four)
        seen = set->nocase ? scan(set, set->by_four, text, enough, seen, 4, 0x20202020u)
                           : scan(set, set->by_four, text, enough, seen, 4, 0);
    if (!set->by_two || (enough && (seen & enough) == enough))
        return seen;
    return set->nocase ? scan(set, set->by_two, text, enough, seen, 2, 0x2020u)
                       : scan(set, set->by_two, text, enough, seen, 2, 0);
}
