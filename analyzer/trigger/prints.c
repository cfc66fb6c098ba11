/* The groups are made one word after the other, each put where it adds least to what is marked,
 * by the frequencies of single bytes in source code. */
#include "ml/prints.h"

#include "rarity.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { GROUPS = 16, HALVES = 16, OFFSETS_TRIED = 3 };

/* ---- building ---- */

typedef struct group {
    uint16_t low[ML_PRINT_BYTES], high[ML_PRINT_BYTES]; /* halves its words have there, a bit each */
    uint64_t share[ML_PRINT_BYTES];                     /* of a text's bytes that fit, in the units of weight */
} group;

typedef struct builder {
    const ml_rarity *rarity;
    uint64_t weight[HALVES][HALVES]; /* of the byte with this upper and lower half */
    group groups[GROUPS];
} builder;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What fits is a sum over all pairs of halves: it grows by the pairs the new half makes. */
static void add_low(const builder *b, group *g, unsigned at, unsigned half)
{
    if (g->low[at] >> half & 1)
        return;
    g->low[at] |= (uint16_t)(1u << half);
    for (unsigned high = g->high[at]; high; high &= high - 1)
        g->share[at] += b->weight[__builtin_ctz(high)][half];
}

static void add_high(const builder *b, group *g, unsigned at, unsigned half)
{
    if (g->high[at] >> half & 1)
        return;
    g->high[at] |= (uint16_t)(1u << half);
    for (unsigned low = g->low[at]; low; low &= low - 1)
        g->share[at] += b->weight[half][__builtin_ctz(low)];
}

static void add_byte(const builder *b, group *g, unsigned at, char c, bool nocase)
{
    unsigned byte = (unsigned char)c;

    add_low(b, g, at, byte & 15);
    add_high(b, g, at, byte >> 4);
    if (nocase && is_letter(c)) /* the other case differs in the upper half alone */
        add_high(b, g, at, (byte ^ 0x20) >> 4);
}

static void add_any_byte(const builder *b, group *g, unsigned at)
{
    for (unsigned half = 0; half < HALVES; half++) {
        add_low(b, g, at, half);
        add_high(b, g, at, half);
    }
}

static uint64_t commonness(const group *g)
{
    uint64_t product = 1;

    for (unsigned i = 0; i < ML_PRINT_BYTES; i++)
        product *= g->share[i];
    return product;
}

/* What stands at the word's start is added to the group. True when that marks less than `least` more, which is the
 * least then; that it does not is seen early: each byte that is added only makes it more. */
static bool add_word(group *after, uint64_t *least, const builder *b, const group *before, ml_str word, bool nocase)
{
    uint64_t common = commonness(before);

    *after = *before;
    for (unsigned i = 0; i < ML_PRINT_BYTES; i++) {
        if (i < word.len)
            add_byte(b, after, i, word.data[i], nocase);
        else
            add_any_byte(b, after, i);
        if (commonness(after) - common >= *least)
            return false;
    }
    *least = commonness(after) - common;
    return true;
}

/* The offsets whose bytes are rarest, best first. */
static uint32_t rare_offsets(uint32_t *out, const ml_rarity *rarity, ml_str word)
{
    uint64_t of[OFFSETS_TRIED];
    uint32_t count = 0;

    for (uint32_t offset = 0; offset + ML_PRINT_BYTES <= word.len; offset++) {
        uint64_t common = ml_rarity_commonness(rarity, word.data + offset, ML_PRINT_BYTES);
        uint32_t at = count < OFFSETS_TRIED ? count++ : OFFSETS_TRIED;
        for (; at && common < of[at - 1]; at--)
            if (at < OFFSETS_TRIED) {
                of[at] = of[at - 1];
                out[at] = out[at - 1];
            }
        if (at < OFFSETS_TRIED) {
            of[at] = common;
            out[at] = offset;
        }
    }
    if (!count)
        out[count++] = 0;
    return count;
}

/* Where it adds least to what is marked. */
static uint32_t place(builder *b, ml_str word, bool nocase)
{
    uint32_t offsets[OFFSETS_TRIED], count = rare_offsets(offsets, b->rarity, word), best_offset = 0;
    uint64_t least = UINT64_MAX;
    group *chosen = NULL, best = {0};

    for (uint32_t i = 0; i < count && least; i++)
        for (unsigned g = 0; g < GROUPS && least; g++) {
            group after;
            if (!add_word(&after, &least, b, &b->groups[g], ml_str_from(word, offsets[i]), nocase))
                continue;
            chosen = &b->groups[g];
            best = after;
            best_offset = offsets[i];
        }
    *chosen = best;
    return best_offset;
}

static void write_tables(ml_prints *prints, const builder *b)
{
    memset(prints, 0, sizeof *prints);
    for (unsigned i = 0; i < ML_PRINT_BYTES; i++) {
        for (unsigned g = 0; g < GROUPS; g++)
            for (unsigned half = 0; half < HALVES; half++) {
                uint8_t bit = (uint8_t)(1u << g % 8);
                prints->low[i][g / 8][half] |= b->groups[g].low[i] >> half & 1 ? bit : 0;
                prints->high[i][g / 8][half] |= b->groups[g].high[i] >> half & 1 ? bit : 0;
            }
        for (unsigned byte = 0; byte < 256; byte++) {
            unsigned lower = prints->low[i][0][byte & 15] & prints->high[i][0][byte >> 4];
            unsigned upper = prints->low[i][1][byte & 15] & prints->high[i][1][byte >> 4];
            prints->of_byte[i][byte] = (uint16_t)(lower | upper << 8);
        }
    }
}

void ml_prints_build(ml_prints *prints, uint32_t *offsets, const ml_str *words, const bool *nocase, size_t count)
{
    ml_arena scratch = {0};
    const ml_rarity *rarity = ml_rarity_new(&scratch);
    builder b = {.rarity = rarity};
    size_t longest = 0;

    for (unsigned byte = 0; byte < 256; byte++)
        b.weight[byte >> 4][byte & 15] = ml_rarity_commonness(rarity, (const char[]){(char)byte}, 1);
    for (size_t i = 0; i < count; i++)
        longest = words[i].len > longest ? words[i].len : longest;
    for (size_t len = 0; len <= longest; len++) /* those with the least choice first */
        for (size_t i = 0; i < count; i++)
            if (words[i].len == len)
                offsets[i] = place(&b, words[i], nocase[i]);
    write_tables(prints, &b);
    ml_arena_finish(&scratch);
}

/* ---- searching ---- */

size_t ml_prints_find_plain(uint16_t *places, const ml_prints *prints, const char *text, size_t blocks)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t count = 0;

    for (size_t i = 0; i < blocks * ML_PRINT_PLACES; i++) { /* without a branch, which would be guessed wrong */
        unsigned fits =
            prints->of_byte[0][bytes[i]] & prints->of_byte[1][bytes[i + 1]] & prints->of_byte[2][bytes[i + 2]];
        places[count] = (uint16_t)i;
        count += fits != 0;
    }
    return count;
}

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2,popcnt,bmi")))

WIDE static __m256i twice(const uint8_t table[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

WIDE static __m256i look_up(__m256i low_table, __m256i high_table, __m256i low, __m256i high)
{
    return _mm256_and_si256(_mm256_shuffle_epi8(low_table, low), _mm256_shuffle_epi8(high_table, high));
}

/* The groups of one byte of the three, at 32 places: the lower eight, then the upper. */
typedef struct wide_groups {
    __m256i lower, upper;
} wide_groups;

typedef struct wide_tables {
    __m256i low[2], high[2];
} wide_tables;

WIDE static wide_tables tables_of(const ml_prints *prints, unsigned byte)
{
    return (wide_tables){
        {twice(prints->low[byte][0]),  twice(prints->low[byte][1]) },
        {twice(prints->high[byte][0]), twice(prints->high[byte][1])}
    };
}

WIDE static wide_groups groups_at(const wide_tables *tables, const char *text)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i low = _mm256_and_si256(bytes, half), high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);

    return (wide_groups){look_up(tables->low[0], tables->high[0], low, high),
                         look_up(tables->low[1], tables->high[1], low, high)};
}

/* Writes the places of the bits that are set: four at once, as most blocks have fewer. */
WIDE static size_t write_places(uint16_t *places, uint32_t marked, size_t first)
{
    enum { AT_ONCE = 4 };
    size_t count = (size_t)__builtin_popcount(marked);

    for (size_t i = 0; i < AT_ONCE; i++, marked &= marked - 1)
        places[i] = (uint16_t)(first + (unsigned)__builtin_ctz(marked | 1u << (ML_PRINT_PLACES - 1)));
    for (size_t i = AT_ONCE; i < count; i++, marked &= marked - 1)
        places[i] = (uint16_t)(first + (unsigned)__builtin_ctz(marked));
    return count;
}

/* Written out for the three bytes: a loop would load the tables again for each block. */
WIDE static size_t find_wide(uint16_t *places, const ml_prints *prints, const char *text, size_t blocks)
{
    _Static_assert(ML_PRINT_BYTES == 3, "one table a byte");
    const wide_tables first = tables_of(prints, 0), second = tables_of(prints, 1), third = tables_of(prints, 2);
    size_t count = 0;

    for (size_t at = 0; at < blocks * ML_PRINT_PLACES; at += ML_PRINT_PLACES) {
        wide_groups a = groups_at(&first, text + at), b = groups_at(&second, text + at + 1),
                    c = groups_at(&third, text + at + 2);
        __m256i lower = _mm256_and_si256(_mm256_and_si256(a.lower, b.lower), c.lower);
        __m256i upper = _mm256_and_si256(_mm256_and_si256(a.upper, b.upper), c.upper);
        __m256i none = _mm256_cmpeq_epi8(_mm256_or_si256(lower, upper), _mm256_setzero_si256());
        count += write_places(places + count, ~(uint32_t)_mm256_movemask_epi8(none), at);
    }
    return count;
}

size_t ml_prints_find(uint16_t *places, const ml_prints *prints, const char *text, size_t blocks)
{
    bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
    return wide ? find_wide(places, prints, text, blocks) : ml_prints_find_plain(places, prints, text, blocks);
}
#else
size_t ml_prints_find(uint16_t *places, const ml_prints *prints, const char *text, size_t blocks)
{
    return ml_prints_find_plain(places, prints, text, blocks);
}
#endif
