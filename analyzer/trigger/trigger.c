/* Every word is filed under three of its bytes (both, of a word of two). A text is read
 * once: prints.h marks, 32 places at a time, where three bytes could be those of a word;
 * at these, about one place in nine, they are hashed into a small bit table, and only
 * where the bit is set are the words filed under them compared. */
#include "ml/trigger.h"

#include "ml/map.h"
#include "ml/prints.h"
#include "ml/vec.h"

#include <assert.h>

enum {
    FILTER_LOG2 = 17, /* 16 KiB of bits: stays in the innermost cache */
    BUCKETS_LOG2 = 12,
    GRAM_MAX = ML_PRINT_BYTES
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
struct ml_trigger_set {
    ml_prints prints;
    bool folds; /* grams are without case, as some word is */
    uint32_t filter[1 << (FILTER_LOG2 - 5)];
    uint32_t first[(1 << BUCKETS_LOG2) + 1];
    filed_word *filed;
};

/* ---- grams ---- */

/* The bytes at this place as a number, with their count above them. One bit set in every byte
 * makes upper case lower, and leaves a few other bytes confused, which the comparison sorts out. */
static uint32_t gram_at(const ml_trigger_set *set, const char *at, unsigned size)
{
    const unsigned char *bytes = (const unsigned char *)at;
    uint32_t gram = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (size == GRAM_MAX ? (uint32_t)bytes[2] << 16 : 0);

    return (gram | (set->folds ? 0x202020u : 0)) | size << 24;
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

/* 1 or 0, a number so that no branch is made of it. */
static uint32_t in_filter(const ml_trigger_set *set, uint32_t hash)
{
    uint32_t bit = hash >> (32 - FILTER_LOG2);
    return set->filter[bit >> 5] >> (bit & 31) & 1;
}

/* ---- building ---- */

static void file_words(ml_trigger_set *set, ml_arena *arena, const filed_word *words, size_t count)
{
    set->filed = ML_NEW_ARRAY(arena, filed_word, count);
    for (size_t i = 0; i < count; i++) {
        uint32_t hash = hash_of(words[i].gram), bit = hash >> (32 - FILTER_LOG2);
        set->filter[bit >> 5] |= 1u << (bit & 31);
        set->first[bucket_of(hash) + 1]++;
    }
    for (uint32_t b = 0; b < 1u << BUCKETS_LOG2; b++)
        set->first[b + 1] += set->first[b];
    /* Filling moves each start to its end, so the starts are the ends shifted by one. */
    for (size_t i = count; i-- > 0;) {
        uint32_t bucket = bucket_of(hash_of(words[i].gram));
        set->filed[--set->first[bucket + 1]] = words[i];
    }
    memmove(set->first, set->first + 1, (1u << BUCKETS_LOG2) * sizeof *set->first);
    set->first[1 << BUCKETS_LOG2] = (uint32_t)count;
}

/* Without those that say again what an earlier one says. */
static size_t distinct(ml_trigger_word *out, ml_arena *scratch, const ml_trigger_word *words, size_t count)
{
    ml_strmap last = {0}; /* by word: the last of its kind in `out` */
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const ml_trigger_word *known = ml_strmap_get(&last, words[i].word);
        if (known && known->bits == words[i].bits && known->nocase == words[i].nocase)
            continue;
        out[kept] = words[i];
        ml_strmap_put(scratch, &last, words[i].word, &out[kept++]);
    }
    return kept;
}

ml_trigger_set *ml_trigger_build(ml_arena *arena, const ml_trigger_word *all, size_t count)
{
    ml_trigger_set *set = ML_NEW(arena, ml_trigger_set);
    ml_arena scratch = {0};
    ml_trigger_word *words = ML_NEW_ARRAY(&scratch, ml_trigger_word, count);
    count = distinct(words, &scratch, all, count);
    filed_word *filed = ML_NEW_ARRAY(&scratch, filed_word, count);
    ml_str *texts = ML_NEW_ARRAY(&scratch, ml_str, count);
    bool *nocase = ML_NEW_ARRAY(&scratch, bool, count);
    uint32_t *offsets = ML_NEW_ARRAY(&scratch, uint32_t, count);

    for (size_t i = 0; i < count; i++) {
        assert(words[i].word.len >= 2);
        nocase[i] = words[i].nocase;
        texts[i] = nocase[i] ? ml_arena_lower(arena, words[i].word) : ml_arena_copy(arena, words[i].word);
        set->folds |= nocase[i];
    }
    ml_prints_build(&set->prints, offsets, texts, nocase, count);
    for (size_t i = 0; i < count; i++) {
        unsigned size = texts[i].len < GRAM_MAX ? (unsigned)texts[i].len : GRAM_MAX;
        uint32_t gram = gram_at(set, texts[i].data + offsets[i], size);
        filed[i] = (filed_word){gram, words[i].bits, offsets[i], texts[i], nocase[i]};
    }
    file_words(set, arena, filed, count);
    ml_arena_finish(&scratch);
    return set;
}

/* ---- scanning ---- */

/* Many words share their gram: most differ at once, at one end or the other. */
static bool stands_at(const filed_word *filed, ml_str text, size_t at)
{
    if (at < filed->offset || text.len - (at - filed->offset) < filed->word.len)
        return false;
    ml_str here = {text.data + at - filed->offset, filed->word.len}, word = filed->word;
    unsigned ends =
        (unsigned)(here.data[0] ^ word.data[0]) | (unsigned)(here.data[here.len - 1] ^ word.data[word.len - 1]);
    if (filed->nocase)
        return !(ends & 0xdf) && ml_str_eq_nocase(here, word); /* letters differ in one bit, a few others too */
    return !(ends & 0xff) && ml_str_eq(here, word);
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

/* The words that have this gram at this place. */
static void words_at(search *s, size_t at, uint32_t gram)
{
    const ml_trigger_set *set = s->set;

    for (uint32_t bucket = bucket_of(hash_of(gram)), i = set->first[bucket]; i < set->first[bucket + 1]; i++) {
        const filed_word *filed = &set->filed[i];
        if (filed->gram != gram || (!s->hits && !(filed->bits & ~s->seen)) || !stands_at(filed, s->text, at))
            continue;
        s->seen |= filed->bits;
        if (s->hits)
            note_hit(s, filed, at);
    }
}

/* Keeps of the places, which count from `text`, those whose bytes some word is filed under: few. */
static size_t keep_filed(const ml_trigger_set *set, uint16_t *places, size_t count, const char *text)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const char *at = text + places[i];
        uint32_t of_three = in_filter(set, hash_of(gram_at(set, at, GRAM_MAX)));
        places[kept] = places[i];
        kept += of_three | in_filter(set, hash_of(gram_at(set, at, 2)));
    }
    return kept;
}

/* The words of so many blocks that begin at `at` and can be read at `from`. */
static void look_at_blocks(search *s, size_t at, const char *from, size_t blocks)
{
    uint16_t places[ML_PRINT_ROOM];
    size_t count = keep_filed(s->set, places, ml_prints_find(places, &s->set->prints, from, blocks), from);

    for (size_t i = 0; i < count; i++) {
        size_t place = at + places[i], rest = place < s->text.len ? s->text.len - place : 0;
        uint32_t three = gram_at(s->set, from + places[i], GRAM_MAX), two = gram_at(s->set, from + places[i], 2);
        if (rest >= GRAM_MAX && in_filter(s->set, hash_of(three)))
            words_at(s, place, three);
        if (rest >= 2 && in_filter(s->set, hash_of(two)))
            words_at(s, place, two);
    }
}

static void scan_all(search *s)
{
    enum { BEHIND = ML_PRINT_BYTES - 1, LAST_BLOCKS = 2 };
    char last[LAST_BLOCKS * ML_PRINT_PLACES + BEHIND] = {0};
    size_t at = 0;

    while (s->text.len - at >= ML_PRINT_PLACES + BEHIND) {
        size_t blocks = (s->text.len - at - BEHIND) / ML_PRINT_PLACES;
        blocks = blocks < ML_PRINT_BLOCKS_MAX ? blocks : ML_PRINT_BLOCKS_MAX;
        look_at_blocks(s, at, s->text.data + at, blocks);
        at += blocks * ML_PRINT_PLACES;
        if (s->enough && (s->seen & s->enough) == s->enough)
            return;
    }
    if (at < s->text.len) /* the rest could not be read whole */
        look_at_blocks(s, at, memcpy(last, s->text.data + at, s->text.len - at), LAST_BLOCKS);
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
