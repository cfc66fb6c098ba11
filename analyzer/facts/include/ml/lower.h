/* lower.h - from source text to facts. */
#ifndef ML_LOWER_H
#define ML_LOWER_H
#include "ml/facts.h"
#include "ml/syntax.h"

/* Parses text (dialect by kind; script blocks of Vue, Svelte and HTML; every block of a
 * file lands in one table) and lowers it into arena. text must outlive the facts.
 * Never fails: what could not be parsed or was cut short is said in errors and cut_short. */
ml_facts *ml_facts_of(ml_arena *arena, ml_parser *parser, ml_str path, ml_file_kind kind, ml_str text);

#endif
