/* paths.h - what must have happened when a function ends.
 *
 * A function is followed over branches, loops, switches, try/catch/finally, short
 * circuits and throws. In every moment a path is in one state: nothing paid for yet, a
 * provider's answer not yet written down, a failed call, and so on. What calls do to the
 * state is the caller's to say; what statements do is here.
 *
 * A piece of code becomes a transfer: from each state, the set of (way, state) in which
 * it can end. Transfers compose, so the work is linear in the code. Recursion is over
 * nesting and bounded; past the bound, and at a labelled jump, the answer is "unknown". */
#ifndef ML_PATHS_H
#define ML_PATHS_H
#include "ml/facts.h"

typedef enum ml_path_state {
    ML_PATH_CLEAR,   /* nothing bought */
    ML_PATH_OWING,   /* bought, not written down */
    ML_PATH_FAILED,  /* the purchase failed, nobody has caught that */
    ML_PATH_CAUGHT,  /* it failed and was caught, nothing is written down */
    ML_PATH_SETTLED, /* written down */
    ML_PATH_STATES
} ml_path_state;

typedef enum ml_path_way {
    ML_PATH_FALL, /* goes on behind the code */
    ML_PATH_RETURN,
    ML_PATH_THROW,
    ML_PATH_BREAK,
    ML_PATH_CONTINUE,
    ML_PATH_ABANDON, /* the reader of a generator went away at a yield */
    ML_PATH_WAYS
} ml_path_way;

/* From a state to a set of ML_PATH_BIT(way, state). */
typedef struct ml_transfer {
    uint32_t to[ML_PATH_STATES];
} ml_transfer;

#define ML_PATH_BIT(way, state) (UINT32_C(1) << ((uint32_t)(way)*ML_PATH_STATES + (uint32_t)(state)))

typedef struct ml_paths ml_paths;
struct ml_paths {
    const ml_facts *facts;
    void *data;
    /* What a CALL, NEW, TAGGED or IDENT does once its operands (and functions given to it as
     * arguments) have run. False: nothing. */
    bool (*effect)(const ml_paths *paths, ml_node_id node, ml_transfer *out);
    /* Does the statement throw by itself in a way that is asked about? NULL: only `throw` does. */
    bool (*throws)(const ml_paths *paths, ml_node_id node);
    /* Refines the states that enter a branch of an IF or CONDITIONAL; may be NULL. */
    void (*branch)(const ml_paths *paths, ml_node_id node, bool taken, ml_transfer *out);
    /* Does the handler of this CATCH, or of a `.catch(…)` call, count as a catch of failed calls?
     * NULL: all do. One that does not counts as having written the failure down. */
    bool (*catches)(const ml_paths *paths, ml_node_id node);
    /* Does leaving by this RETURN count (or, for 0, falling off the end)? NULL: all do. */
    bool (*leaves)(const ml_paths *paths, ml_node_id node);
    bool loops_may_skip; /* loops over items may run zero times */
    bool yields_may_end; /* a yield may be the last thing that happens */
    bool *unknown;       /* set when the code cannot be followed; never NULL */
};

ml_transfer ml_transfer_identity(void);
ml_transfer ml_transfer_none(void);                         /* no way out */
ml_transfer ml_transfer_join(ml_transfer a, ml_transfer b); /* either */
ml_transfer ml_transfer_then(ml_transfer a, ml_transfer b); /* b where a falls through */
ml_transfer ml_transfer_all_to(ml_path_state state);        /* every state becomes this one */

/* From entering the function to leaving it, as its caller sees it: RETURN has become FALL. An
 * argument's default values and the body run; what the function's inner functions do, does not. */
ml_transfer ml_paths_function(const ml_paths *paths, ml_node_id function);
/* The same for an expression or statement. */
ml_transfer ml_paths_node(const ml_paths *paths, ml_node_id node);

#endif
