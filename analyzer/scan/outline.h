/* outline.h - which statements of a file share a fate, and by which names other files come to
 * them (private to scan). */
#ifndef ML_SCAN_OUTLINE_H
#define ML_SCAN_OUTLINE_H
#include "scan_internal.h"

/* Statements are one group when one mentions what another declares, in either direction, as code may write
 * to what it mentions. Types are gone at run time and share nothing. A group has the number of one of its
 * statements. */
typedef struct ml_outline {
    bool is_whole;           /* nothing finer is known: one group, which any name is of */
    bool is_common_js;       /* each group may hand out anything */
    uint32_t count;          /* of statements */
    uint32_t *ends;          /* of each */
    uint32_t *group;         /* of each */
    bool *tainted;           /* of each group; at first those that hold a trace, or a body for a model */
    ML_VEC(ml_pair) exports; /* group -> name it hands out; sorted, as the others are */
    ML_VEC(ml_pair) uses;    /* imported name -> group that mentions it */
    ML_VEC(ml_pair) handed;  /* imported name -> as which it is handed on: import { a } from "m"; export { a as b } */
} ml_outline;

/* The outline lives in `kept`. */
void ml_outline_of(ml_outline *out, ml_arena *kept, ml_arena *scratch, const ml_slot *slot, ml_str text, bool markup);
/* The group that a place of the text is in. */
uint32_t ml_outline_group_at(const ml_outline *outline, uint32_t at);

#endif
