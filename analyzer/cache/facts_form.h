/* facts_form.h - the parts of packed facts, and whether they may be believed.
 *
 * Packed facts are a head and then the arrays of ml_facts as they stand in memory, each from a
 * multiple of 8 bytes on, so that reading them back is one read. Only an ml_str is not itself: it says
 * where its bytes are, in the file's text or behind the arrays. */
#ifndef ML_CACHE_FACTS_FORM_H
#define ML_CACHE_FACTS_FORM_H
#include "ml/cache.h"

typedef enum facts_part {
    PART_NODES,
    PART_SCOPE_OF,
    PART_TEXTS,
    PART_BINDINGS,
    PART_SCOPES,
    PART_IMPORTS,
    PART_EXPORTS,
    PART_FUNCTIONS,
    PART_CLASSES,
    PART_CALLS,
    PART_RETURNS,
    PART_WRITES,
    PART_WRITES_BY_BINDING,
    PART_THIS_WRITES,
    PART_DIRECTIVES,
    PART_ERRORS,
    PART_COUNT
} facts_part;

/* Those lists of ml_facts whose lengths it does not say. */
typedef struct facts_counts {
    uint32_t of[PART_COUNT];
} facts_counts;

/* Do all numbers of the facts stay within what they count? Texts have been checked before. */
bool facts_are_sound(const ml_facts *facts, const facts_counts *counts);

#endif
