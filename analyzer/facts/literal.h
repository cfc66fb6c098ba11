/* literal.h - what a literal or name means, from how it is written.
 *
 * Each returns a view of its argument when nothing is escaped, else a decoded copy in
 * the arena. What is not well formed decodes to U+FFFD or to itself, never fails. */
#ifndef ML_FACTS_LITERAL_H
#define ML_FACTS_LITERAL_H
#include "ml/str.h"

/* The text between the quotes; in templates, CR and CRLF read as LF. */
ml_str literal_string(ml_arena *arena, ml_str inside, bool template);
/* An identifier: \uNNNN and \u{N}. */
ml_str literal_name(ml_arena *arena, ml_str written);
/* A JSX attribute's string: character references, no backslashes. */
ml_str literal_jsx(ml_arena *arena, ml_str inside);

#endif
