/* prints.h - where in a text one of many words could stand, by three bytes of it: a part of
 * the word search, apart so that both ways to search are tested against each other.
 *
 * Words are put into 16 groups. A group knows, for each of the three bytes, which halves of
 * bytes its words have there; a place is marked when all three bytes fit one group. That is
 * wrong about a place in thirty and misses none, and takes a few instructions for 32 places
 * where the processor can look up 32 halves at once. */
#ifndef ML_TRIGGER_PRINTS_H
#define ML_TRIGGER_PRINTS_H
#include "ml/str.h"

enum {
    ML_PRINT_BYTES = 3,   /* of a word, in a row; of a word of two bytes both, and any third */
    ML_PRINT_PLACES = 32, /* to a block, the unit of a search */
    ML_PRINT_BLOCKS_MAX = 128,
    ML_PRINT_ROOM = ML_PRINT_BLOCKS_MAX * ML_PRINT_PLACES + 4
};

typedef struct ml_prints {
    /* Groups by the half of a byte, a bit each: of byte i those of the lower eight, then of the upper. */
    uint8_t low[ML_PRINT_BYTES][2][16], high[ML_PRINT_BYTES][2][16];
    uint16_t of_byte[ML_PRINT_BYTES][256]; /* both halves together, for the plain search */
} ml_prints;

/* Finds a group for each word and says at which byte of it its three bytes begin. */
void ml_prints_build(ml_prints *prints, uint32_t *offsets, const ml_str *words, const bool *nocase, size_t count);

/* The marked places of so many blocks, in their order; returns how many. There is room for all
 * places and four more. Reads ML_PRINT_BYTES - 1 bytes behind the last block. */
size_t ml_prints_find(uint16_t *places, const ml_prints *prints, const char *text, size_t blocks);
/* For processors without the instructions, and to test the other by. */
size_t ml_prints_find_plain(uint16_t *places, const ml_prints *prints, const char *text, size_t blocks);

#endif
