/* marks.h - searches for the few bytes that end a text or a comment: what the lexer does most.
 *
 * Sixteen bytes at a time where the processor can; the plain ones are for the others, and to test
 * these by. Each gives text.len when nothing is found. */
#ifndef ML_LEX_MARKS_H
#define ML_LEX_MARKS_H
#include "ml/str.h"

/* First byte at or behind `at` that is one of the three. */
size_t ml_lex_next_of(ml_str text, size_t at, char a, char b, char c);
size_t ml_lex_next_of_plain(ml_str text, size_t at, char a, char b, char c);

/* First place at or behind `at` where a star and a slash stand. */
size_t ml_lex_next_star_slash(ml_str text, size_t at);
size_t ml_lex_next_star_slash_plain(ml_str text, size_t at);

#endif
