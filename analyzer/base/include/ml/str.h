/* str.h - a view of bytes: pointer and length, not terminated, not owned. */
#ifndef ML_STR_H
#define ML_STR_H
#include "ml/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct ml_str {
    const char *data;
    size_t len;
} ml_str;

#define ML_STR(literal) ((ml_str){"" literal, sizeof(literal) - 1})
#define ML_STR_NONE     ((ml_str){NULL, 0})
/* For printf: printf("%.*s", ML_STR_ARG(s)). */
#define ML_STR_ARG(s)   (int)(s).len, ((s).data ? (s).data : "")

#define ML_NOT_FOUND    SIZE_MAX

ml_str ml_str_of(const char *terminated); /* NULL gives an empty view */
static inline bool ml_str_eq(ml_str a, ml_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
bool ml_str_eq_c(ml_str a, const char *b);
bool ml_str_is_one_of(ml_str s, const char *const *words, size_t count);
#define ML_STR_IS_ONE_OF(s, words) ml_str_is_one_of((s), (words), sizeof(words) / sizeof *(words))
bool ml_str_eq_nocase(ml_str a, ml_str b); /* ASCII letters only */
int ml_str_cmp(ml_str a, ml_str b);        /* by bytes, then by length */
bool ml_str_starts(ml_str s, ml_str prefix);
bool ml_str_ends(ml_str s, ml_str suffix);
size_t ml_str_find(ml_str s, ml_str needle);        /* offset or ML_NOT_FOUND */
size_t ml_str_find_nocase(ml_str s, ml_str needle); /* ASCII letters only */
size_t ml_str_find_char(ml_str s, char c);
size_t ml_str_rfind_char(ml_str s, char c);
bool ml_str_contains(ml_str s, ml_str needle);
ml_str ml_str_slice(ml_str s, size_t from, size_t to); /* clamped to s */
ml_str ml_str_from(ml_str s, size_t from);             /* the rest, clamped */
ml_str ml_str_trim(ml_str s);                          /* ASCII white space */
/* Cuts the part before the first c off *rest and returns it; without c, all of it. */
ml_str ml_str_split(ml_str *rest, char c);
uint64_t ml_str_hash(ml_str s);

ml_str ml_arena_copy(ml_arena *arena, ml_str s);      /* also terminates the copy */
const char *ml_arena_cstr(ml_arena *arena, ml_str s); /* terminated copy */
ml_str ml_arena_lower(ml_arena *arena, ml_str s);     /* ASCII letters */
ml_str ml_arena_concat(ml_arena *arena, ml_str a, ml_str b);
__attribute__((format(printf, 2, 3))) ml_str ml_arena_printf(ml_arena *arena, const char *format, ...);

/* A path joined and cleaned of "." and ".." parts: ml_path_join(a, "src/x", "../y") is "src/y".
 * ".." above the start is kept. An absolute second part wins. */
ml_str ml_path_join(ml_arena *arena, ml_str folder, ml_str rest);
ml_str ml_path_folder(ml_str path); /* "a/b.ts" -> "a"; "b.ts" -> "" */
ml_str ml_path_name(ml_str path);   /* "a/b.ts" -> "b.ts" */
ml_str ml_path_ext(ml_str path);    /* "a/b.d.ts" -> ".ts"; none -> "" */

/* Glob over a relative path with '/': '*' within one part, '**' over any parts,
 * '?' one byte, '{a,b}' alternatives. A pattern without '/' matches the name. */
bool ml_glob_match(ml_str pattern, ml_str path);

#endif
