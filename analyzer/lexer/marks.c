/* The search for the next byte that means anything to the lexer, sixteen at a time where
 * the processor can: it decides the speed of the whole pass. */
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

#ifdef __SSE2__
enum { BLOCK = 16 };

static __m128i any_of(__m128i bytes, char a, char b)
{
    return _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b)));
}

size_t ml_lex_next_mark(ml_str text, size_t at, bool braces)
{
    for (; at + BLOCK <= text.len; at += BLOCK) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text.data + at));
        __m128i marks = _mm_or_si128(any_of(bytes, '"', '\''), any_of(bytes, '`', '/'));
        if (braces)
            marks = _mm_or_si128(marks, any_of(bytes, '{', '}'));
        int found = _mm_movemask_epi8(marks);
        if (found)
            return at + (size_t)__builtin_ctz((unsigned)found);
    }
    return ml_lex_next_mark_plain(text, at, braces);
}
#else
size_t ml_lex_next_mark(ml_str text, size_t at, bool braces)
{
    return ml_lex_next_mark_plain(text, at, braces);
}
#endif
