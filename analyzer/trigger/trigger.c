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
    bool nocase;
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
    bool folds;                  /* grams are without case, as some word is */
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
    return set->folds ? 0x20202020u : 0;
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

ml_trigger_set *ml_trigger_build(ml_arena *arena, const ml_trigger_word *words, size_t count)
{
    ml_trigger_set *set = ML_NEW(arena, ml_trigger_set);
    filed_words four = {0}, two = {0};
    ml_arena scratch = {0};
    ml_rarity *rarity = ml_rarity_new(&scratch);

    for (size_t i = 0; i < count; i++)
        set->folds |= words[i].nocase;
    for (size_t i = 0; i < count; i++) {
        assert(words[i].word.len >= 2);
        ml_str word = words[i].nocase ? ml_arena_lower(arena, words[i].word) : ml_arena_copy(arena, words[i].word);
        unsigned size = word.len >= 4 ? 4 : 2;
        uint32_t offset = choose_offset(rarity, word, size);
        filed_word filed = {gram_at(set, word.data + offset, size), words[i].bits, offset, word, words[i].nocase};
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

static bool stands_at(const filed_word *filed, ml_str text, size_t at)
{
    if (at < filed->offset || text.len - (at - filed->offset) < filed->word.len)
        return false;
    ml_str here = {text.data + at - filed->offset, filed->word.len};
    return filed->nocase ? ml_str_eq_nocase(here, filed->word) : ml_str_eq(here, filed->word);
}

/* What a search does with the words it meets: adds their bits, or notes each place. */
typedef struct search {
    const ml_trigger_set *set;
    ml_str text;
    ml_trigger_bits enough, seen;
    ml_arena *arena;
    ml_trigger_hits *hits; /* NULL: the bits alone */
} search;

static void note_hit(search *s, const filed_word *filed, size_t at)
{
    uint32_t start = (uint32_t)(at - filed->offset);
    ml_trigger_hit hit = {start, start + (uint32_t)filed->word.len, filed->bits};

    ml_vec_push(s->arena, s->hits, hit);
}

/* The words that have their gram at this place. */
static void words_at(search *s, const word_file *file, size_t at, uint32_t gram)
{
    uint32_t bucket = bucket_of(hash_of(gram));

    for (uint32_t i = file->first[bucket]; i < file->first[bucket + 1]; i++) {
        const filed_word *filed = &file->filed[i];
        if (filed->gram != gram || (!s->hits && !(filed->bits & ~s->seen)) || !stands_at(filed, s->text, at))
            continue;
        s->seen |= filed->bits;
        if (s->hits)
            note_hit(s, filed, at);
    }
}

/* One loop for both sizes; size and fold are constants where it is expanded. */
static inline __attribute__((always_inline)) void scan(search *s, const word_file *file, unsigned size, uint32_t fold)
{
    enum { STEP = 8 };
    const char *data = s->text.data;
    size_t at = 0;

    if (s->text.len < size)
        return;
    size_t places = s->text.len - size + 1;
    for (; at + STEP <= places; at += STEP) {
        bool any = false;
        for (unsigned i = 0; i < STEP; i++)
            any |= in_filter(file, hash_of(load(data + at + i, size) | fold));
        if (__builtin_expect(!any, 1))
            continue;
        for (unsigned i = 0; i < STEP; i++) {
            uint32_t gram = load(data + at + i, size) | fold;
            if (in_filter(file, hash_of(gram)))
                words_at(s, file, at + i, gram);
        }
        if (s->enough && (s->seen & s->enough) == s->enough)
            return;
    }
    for (; at < places; at++) {
        uint32_t gram = load(data + at, size) | fold;
        if (in_filter(file, hash_of(gram)))
            words_at(s, file, at, gram);
    }
}

static void scan_all(search *s)
{
    const ml_trigger_set *set = s->set;

    if (set->by_four && set->folds)
        scan(s, set->by_four, 4, 0x20202020u);
    else if (set->by_four)
        scan(s, set->by_four, 4, 0);
    if (!set->by_two || (s->enough && (s->seen & s->enough) == s->enough))
        return;
    if (set->folds)
        scan(s, set->by_two, 2, 0x2020u);
    else
        scan(s, set->by_two, 2, 0);
}

ml_trigger_bits ml_trigger_scan(const ml_trigger_set *set, ml_str text, ml_trigger_bits enough)
{
    search s = {.set = set, .text = text, .enough = enough};

    scan_all(&s);
    return s.seen;
}

void ml_trigger_find(ml_trigger_hits *out, ml_arena *arena, const ml_trigger_set *set, ml_str text)
{
    search s = {.set = set, .text = text, .arena = arena, .hits = out};

    scan_all(&s);
}
