#include "ml/str.h"

#include <stdarg.h>
#include <stdio.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

ml_str ml_str_of(const char *terminated)
{
    return terminated ? (ml_str){terminated, strlen(terminated)} : ML_STR_NONE;
}

bool ml_str_eq_c(ml_str a, const char *b)
{
    for (size_t i = 0; i < a.len; i++) /* most words differ in their first letter */
        if (!b[i] || b[i] != a.data[i])
            return false;
    return !b[a.len];
}

bool ml_str_is_one_of(ml_str s, const char *const *words, size_t count)
{
    char first = s.len ? s.data[0] : '\0'; /* where most words differ already */

    for (size_t i = 0; i < count; i++)
        if (words[i][0] == first && ml_str_eq_c(s, words[i]))
            return true;
    return false;
}

bool ml_str_eq_nocase(ml_str a, ml_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

int ml_str_cmp(ml_str a, ml_str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.data, b.data, common) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool ml_str_starts(ml_str s, ml_str prefix)
{
    return s.len >= prefix.len && ml_str_eq(ml_str_slice(s, 0, prefix.len), prefix);
}

bool ml_str_ends(ml_str s, ml_str suffix)
{
    return s.len >= suffix.len && ml_str_eq(ml_str_from(s, s.len - suffix.len), suffix);
}

size_t ml_str_find(ml_str s, ml_str needle)
{
    if (!needle.len)
        return 0;
    const char *at = s.len >= needle.len ? memmem(s.data, s.len, needle.data, needle.len) : NULL;
    return at ? (size_t)(at - s.data) : ML_NOT_FOUND;
}

/* The next c at or behind `at` where something of `len` bytes still fits, or NULL. */
static const char *next_of(ml_str s, const char *at, char c, size_t len)
{
    const char *end = s.data + s.len - len + 1;
    return at < end ? memchr(at, c, (size_t)(end - at)) : NULL;
}

/* From one place with the first letter, small or capital, to the next. */
size_t ml_str_find_nocase(ml_str s, ml_str needle)
{
    if (needle.len > s.len)
        return ML_NOT_FOUND;
    if (!needle.len)
        return 0;
    char first = lower(needle.data[0]), capital = first >= 'a' && first <= 'z' ? (char)(first - 'a' + 'A') : first;
    const char *small = next_of(s, s.data, first, needle.len);
    const char *large = capital == first ? NULL : next_of(s, s.data, capital, needle.len);

    while (small || large) {
        bool is_small = small && (!large || small < large);
        const char *at = is_small ? small : large;
        if (ml_str_eq_nocase((ml_str){at, needle.len}, needle))
            return (size_t)(at - s.data);
        *(is_small ? &small : &large) = next_of(s, at + 1, is_small ? first : capital, needle.len);
    }
    return ML_NOT_FOUND;
}

size_t ml_str_find_char(ml_str s, char c)
{
    const char *at = s.len ? memchr(s.data, c, s.len) : NULL;
    return at ? (size_t)(at - s.data) : ML_NOT_FOUND;
}

size_t ml_str_rfind_char(ml_str s, char c)
{
    const char *at = s.len ? memrchr(s.data, c, s.len) : NULL;
    return at ? (size_t)(at - s.data) : ML_NOT_FOUND;
}

bool ml_str_contains(ml_str s, ml_str needle)
{
    return ml_str_find(s, needle) != ML_NOT_FOUND;
}

ml_str ml_str_slice(ml_str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return s.data ? (ml_str){s.data + from, to - from} : ML_STR_NONE;
}

ml_str ml_str_from(ml_str s, size_t from)
{
    return ml_str_slice(s, from, s.len);
}

ml_str ml_str_trim(ml_str s)
{
    while (s.len && is_space(s.data[0]))
        s.data++, s.len--;
    while (s.len && is_space(s.data[s.len - 1]))
        s.len--;
    return s;
}

ml_str ml_str_split(ml_str *rest, char c)
{
    size_t at = ml_str_find_char(*rest, c);
    ml_str part = ml_str_slice(*rest, 0, at == ML_NOT_FOUND ? rest->len : at);

    *rest = at == ML_NOT_FOUND ? ML_STR_NONE : ml_str_from(*rest, at + 1);
    return part;
}

/* Eight bytes a step: paths are long, and looked up by the hundred thousand. */
uint64_t ml_str_hash(ml_str s)
{
    uint64_t hash = 0x9e3779b97f4a7c15ULL ^ s.len, word;
    size_t i = 0;

    for (; i + 8 <= s.len; i += 8) {
        memcpy(&word, s.data + i, 8);
        hash = (hash ^ word) * 0xff51afd7ed558ccdULL;
        hash ^= hash >> 32;
    }
    for (word = 0; i < s.len; i++)
        word = word << 8 | (unsigned char)s.data[i];
    hash = (hash ^ word) * 0xc4ceb9fe1a85ec53ULL;
    return hash ^ (hash >> 29);
}

ml_str ml_arena_copy(ml_arena *arena, ml_str s)
{
    char *copy = ml_arena_bytes(arena, s.len + 1);

    if (s.len)
        memcpy(copy, s.data, s.len);
    copy[s.len] = '\0';
    return (ml_str){copy, s.len};
}

const char *ml_arena_cstr(ml_arena *arena, ml_str s)
{
    return ml_arena_copy(arena, s).data;
}

ml_str ml_arena_lower(ml_arena *arena, ml_str s)
{
    char *copy = ml_arena_bytes(arena, s.len + 1);

    for (size_t i = 0; i < s.len; i++)
        copy[i] = lower(s.data[i]);
    copy[s.len] = '\0';
    return (ml_str){copy, s.len};
}

ml_str ml_arena_concat(ml_arena *arena, ml_str a, ml_str b)
{
    char *copy = ml_arena_bytes(arena, a.len + b.len + 1);

    if (a.len)
        memcpy(copy, a.data, a.len);
    if (b.len)
        memcpy(copy + a.len, b.data, b.len);
    copy[a.len + b.len] = '\0';
    return (ml_str){copy, a.len + b.len};
}

ml_str ml_arena_printf(ml_arena *arena, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        va_end(again);
        return ML_STR_NONE;
    }
    char *text = ml_arena_bytes(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return (ml_str){text, (size_t)len};
}
