/* words.h - what names mean: roles from the words of a name and of what it belongs to. */
#ifndef ML_FORMULA_WORDS_H
#define ML_FORMULA_WORDS_H
#include "ml/formula.h"

/* A name cut into lower-case words: "inputPricePer1k" -> input price per1k. */
enum { WORDS_MAX = 16, WORD_BYTES_MAX = 24 };
typedef struct ml_words {
    char word[WORDS_MAX][WORD_BYTES_MAX];
    uint32_t count;
} ml_words;

void ml_words_add(ml_words *words, ml_str name);
bool ml_words_have(const ml_words *words, const char *list); /* any of "a b c" */

/* Role of the last name given the words of what it is a member of. */
ml_formula_role ml_words_role(ml_str name, const ml_words *around);
/* 1000 of "per1k", 60 of "perMinute" (of seconds), 0 when it says nothing. */
int64_t ml_words_scale(ml_str name);

#endif
