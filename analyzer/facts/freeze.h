/* freeze.h - from the grown table to the facts: names resolved, indexes derived. */
#ifndef ML_FACTS_FREEZE_H
#define ML_FACTS_FREEZE_H
#include "builder.h"

/* Fills ref of every IDENT and counts uses. */
void resolve_names(builder *b);
/* module.exports = v, exports.a = v and their kin, from the writes and calls of facts. */
void common_js_exports(builder *b, const ml_facts *facts);
/* Fills varies of every node, which are those of facts; the indexes of facts are complete. */
void mark_varying(ml_facts *facts, ml_node *nodes);

#endif
