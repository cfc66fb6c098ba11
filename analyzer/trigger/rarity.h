/* rarity.h - how common a few bytes are in source code, roughly (private).
 *
 * Only speed depends on it: a word filed under rare bytes is compared seldom. */
#ifndef ML_TRIGGER_RARITY_H
#define ML_TRIGGER_RARITY_H
#include "ml/str.h"

typedef struct ml_rarity ml_rarity;

ml_rarity *ml_rarity_new(ml_arena *arena);
/* Greater is more common; of use only against the same size. */
uint64_t ml_rarity_commonness(const ml_rarity *rarity, const char *bytes, unsigned size);

#endif
