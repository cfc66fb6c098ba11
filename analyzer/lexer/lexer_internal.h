/* lexer_internal.h - what the files of the lexer share. */
#ifndef ML_LEXER_INTERNAL_H
#define ML_LEXER_INTERNAL_H
#include "ml/lexer.h"

/* Does the text that begins at this quote follow from, import, require(, …? */
bool ml_lex_follows_loader(ml_str text, size_t quote);
void ml_lex_all_specifiers(ml_specifiers *out, ml_arena *arena, ml_str text);

#endif
