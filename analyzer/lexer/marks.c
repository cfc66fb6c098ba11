/* The searches for the next byte that means anything to the lexer, sixteen at a time where
 * the processor can: they decide the speed of the whole pass. */
#include "ml/marks.h"

#include "ml/lexer.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool is_mark(char c, bool braces)
{
    return c == '"' || c == '\'' || c == '`' || c == '/' || (braces && (c == '{' || c == '}'));
}

size_t ml_lex_next_mark_plain(ml_str text, size_t at, bool braces)
{
    while (at < text.len && !is_mark(text.data[at], braces))
        at++;
    return at;
}

size_t ml_lex_next_of_plain(ml_str text, size_t at, char a, char b, char c)
{
    while (at < text.len && text.data[at] != a && text.data[at] != b && text.data[at] != c)
        at++;
    return at < text.len ? at : text.len;
}

size_t ml_lex_next_star_slash_plain(ml_str text, size_t at)
{
    while (at + 1 < text.len && !(text.data[at] == '*' && text.data[at + 1] == '/'))
        at++;
    return at + 1 < text.len ? at : text.len;
}

#ifdef __SSE2__
enum { BLOCK = 16 };

static __m128i load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static __m128i any_of(__m128i bytes, char a, char b)
{
    return _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b)));
}

size_t ml_lex_next_mark(ml_str text, size_t at, bool braces)
{
    for (; at + BLOCK <= text.len; at += BLOCK) {
        __m128i bytes = load(text.data + at);
        __m128i marks = _mm_or_si128(any_of(bytes, '"', '\''), any_of(bytes, '`', '/'));
        if (braces)
            marks = _mm_or_si128(marks, any_of(bytes, '{', '}'));
        int found = _mm_movemask_epi8(marks);
        if (found)
            return at + (size_t)__builtin_ctz((unsigned)found);
    }
    return ml_lex_next_mark_plain(text, at, braces);
}

size_t ml_lex_next_of(ml_str text, size_t at, char a, char b, char c)
{
    for (; at + BLOCK <= text.len; at += BLOCK) {
        __m128i bytes = load(text.data + at);
        int found = _mm_movemask_epi8(_mm_or_si128(any_of(bytes, a, b), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c))));
        if (found)
            return at + (size_t)__builtin_ctz((unsigned)found);
    }
    return ml_lex_next_of_plain(text, at, a, b, c);
}

size_t ml_lex_next_star_slash(ml_str text, size_t at)
{
    for (; at + BLOCK + 1 <= text.len; at += BLOCK) {
        __m128i stars = _mm_cmpeq_epi8(load(text.data + at), _mm_set1_epi8('*'));
        __m128i slashes = _mm_cmpeq_epi8(load(text.data + at + 1), _mm_set1_epi8('/'));
        int found = _mm_movemask_epi8(_mm_and_si128(stars, slashes));
        if (found)
            return at + (size_t)__builtin_ctz((unsigned)found);
    }
    return ml_lex_next_star_slash_plain(text, at);
}
#else
size_t ml_lex_next_mark(ml_str text, size_t at, bool braces)
{
    return ml_lex_next_mark_plain(text, at, braces);
}

size_t ml_lex_next_of(ml_str text, size_t at, char a, char b, char c)
{
    return ml_lex_next_of_plain(text, at, a, b, c);
}

size_t ml_lex_next_star_slash(ml_str text, size_t at)
{
    return ml_lex_next_star_slash_plain(text, at);
}
#endif
