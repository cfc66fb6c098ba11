/* utf8.h - one character of bytes that may be anything (private to this module). */
#ifndef ML_SOURCE_UTF8_H
#define ML_SOURCE_UTF8_H
#include <stddef.h>
#include <stdint.h>

typedef struct ml_utf8_char {
    uint32_t code;  /* 0xfffd for what is no character */
    uint32_t bytes; /* taken: of a broken sequence its longest valid beginning, at least 1 */
    uint32_t units; /* UTF-16 units of code */
    uint32_t valid; /* 1 or 0 */
} ml_utf8_char;

/* The character at data[0]; len is at least 1. */
static inline ml_utf8_char ml_utf8_next(const unsigned char *data, size_t len)
{
    unsigned char first = data[0], low = 0x80, high = 0xbf;
    uint32_t need, code;

    if (first < 0x80)
        return (ml_utf8_char){first, 1, 1, 1};
    if (first >= 0xc2 && first <= 0xdf) {
        need = 1, code = first & 0x1fu;
    } else if (first >= 0xe0 && first <= 0xef) {
        need = 2, code = first & 0x0fu;
        low = first == 0xe0 ? 0xa0 : low;
        high = first == 0xed ? 0x9f : high; /* no surrogates */
    } else if (first >= 0xf0 && first <= 0xf4) {
        need = 3, code = first & 0x07u;
        low = first == 0xf0 ? 0x90 : low;
        high = first == 0xf4 ? 0x8f : high;
    } else {
        return (ml_utf8_char){0xfffd, 1, 1, 0};
    }
    for (uint32_t i = 1; i <= need; i++) {
        if (i >= len || data[i] < low || data[i] > high)
            return (ml_utf8_char){0xfffd, i, 1, 0};
        code = code << 6 | (data[i] & 0x3fu);
        low = 0x80, high = 0xbf;
    }
    return (ml_utf8_char){code, need + 1, code > 0xffff ? 2 : 1, 1};
}

#endif
