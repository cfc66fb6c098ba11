/* lexer_internal.h - what the files of the lexer share. */
#ifndef ML_LEXER_INTERNAL_H
#define ML_LEXER_INTERNAL_H
#include "ml/lexer.h"

/* Does the text that begins at this quote follow from, import, require(, …? */
bool ml_lex_follows_loader(ml_str text, size_t quote);
/* Index of the first range that ends behind the byte; their number when none does. */
uint32_t ml_lex_first_behind(const ml_lex_ranges *ranges, uint32_t at);
void ml_lex_all_specifiers(ml_specifiers *out, ml_arena *arena, ml_str text);

#endif
