/* utf16.h - UTF-16 files as UTF-8 (private). */
#ifndef ML_SOURCE_UTF16_H
#define ML_SOURCE_UTF16_H
#include "ml/str.h"

typedef enum ml_text_form { ML_TEXT_BYTES, ML_TEXT_UTF16LE, ML_TEXT_UTF16BE, ML_TEXT_UTF32 } ml_text_form;

/* By the byte order mark; ML_TEXT_BYTES for everything without one. */
ml_text_form ml_text_form_of(ml_str text);
/* Without the mark; halves of pairs and an odd last byte become U+FFFD. NUL-terminated. */
ml_str ml_utf16_to_utf8(ml_arena *arena, ml_str text, ml_text_form form);
/* Makes *text UTF-8 where its mark says UTF-16; false for UTF-32, which no compiler reads. */
bool ml_text_decode(ml_str *text, ml_arena *arena);

#endif
