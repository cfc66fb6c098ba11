/* Frequencies of single bytes, multiplied, are a fair guess, but for sequences that are
 * everywhere in TypeScript although their bytes are not: those are listed. */
#include "rarity.h"

enum { MARKS_LOG2 = 12 };

struct ml_rarity {
    uint64_t of_byte[256];
    uint32_t marks[1 << (MARKS_LOG2 - 5)]; /* hashes of the listed sequences: spares most comparisons */
};

static const char everywhere[][5] = {
    "http", "ttps", "tps:", "ps:/", "s://", "impo", "mpor", "port", "from", "cons", "onst", "requ", "equi", "quir",
    "uire", "func", "unct", "ncti", "ctio", "tion", "retu", "etur", "turn", "type", "awai", "wait", "asyn", "sync",
    "this", "clas", "lass", ".com", "name", "data", "valu", "alue", "fetc", "etch", "exec", "stri", "trin", "ring",
    "mode", "odel", "mess", "essa", "ssag", "sage", "able", "ment", "clie", "lien", "ient", "serv", "ervi", "rvic",
    "vice", "prom", "rovi", "vide", "conf", "onfi", "nfig", "ndex", "-sdk", "open", ".pro", "/pro", "/com", "plic",
};
enum { EVERYWHERE = sizeof everywhere / sizeof *everywhere };

static uint32_t mark_of(const char *gram)
{
    uint32_t four;

    memcpy(&four, gram, 4);
    return four * 0x9e3779b1u >> (32 - MARKS_LOG2);
}

ml_rarity *ml_rarity_new(ml_arena *arena)
{
    static const char by_rank[] = "etaoinsrlcdpumhgfyvbkwxjqz", signs[] = "().,;:'\"/={}", blanks[] = " \t\n";
    ml_rarity *rarity = ML_NEW(arena, ml_rarity);

    for (unsigned c = 0; c < 256; c++)
        rarity->of_byte[c] = c >= 'A' && c <= 'Z' ? 6 : 4;
    for (unsigned i = 0; by_rank[i]; i++)
        rarity->of_byte[(unsigned char)by_rank[i]] = 62 - 2 * i;
    for (unsigned i = 0; signs[i]; i++)
        rarity->of_byte[(unsigned char)signs[i]] = 12;
    for (unsigned i = 0; blanks[i]; i++)
        rarity->of_byte[(unsigned char)blanks[i]] = 100;
    for (unsigned i = 0; i < EVERYWHERE; i++)
        rarity->marks[mark_of(everywhere[i]) >> 5] |= 1u << (mark_of(everywhere[i]) & 31);
    return rarity;
}

static bool is_everywhere(const ml_rarity *rarity, const char *gram)
{
    uint32_t mark = mark_of(gram);

    if (!(rarity->marks[mark >> 5] >> (mark & 31) & 1))
        return false;
    for (unsigned i = 0; i < EVERYWHERE; i++)
        if (memcmp(everywhere[i], gram, 4) == 0)
            return true;
    return false;
}

uint64_t ml_rarity_commonness(const ml_rarity *rarity, const char *bytes, unsigned size)
{
    uint64_t product = 1;

    for (unsigned i = 0; i < size; i++)
        product *= rarity->of_byte[(unsigned char)bytes[i]];
    return size == 4 && is_everywhere(rarity, bytes) ? product * 100 : product;
}
