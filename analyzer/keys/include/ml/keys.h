/* keys.h - provider keys in text: finding them, judging them, masking them.
 *
 * Patterns come from the catalogue and are matched on small windows only, with match
 * and depth limits, so that no text can make them slow. A built set is read-only; each
 * thread matches with a scratch of its own. */
#ifndef ML_KEYS_H
#define ML_KEYS_H
#include "ml/catalog.h"

typedef struct ml_keys ml_keys;

enum { ML_KEY_WINDOW_MAX = 2048, ML_KEY_BYTES_MIN = 16 };

/* Compiles the catalogue's key patterns; one that does not compile is left out and counted. */
ml_keys *ml_keys_new(const ml_catalog *catalog, uint32_t *bad_patterns);
void ml_keys_free(ml_keys *keys); /* accepts NULL */

typedef struct ml_key_match {
    const ml_provider *provider; /* NULL: none found */
    ml_trust trust;
    uint32_t start, end; /* the key itself, bytes in the text */
    bool shared;         /* the pattern fits keys of several providers */
} ml_key_match;

/* The first key in text (cut to the window) that is no placeholder. The text may begin with the
 * name it is assigned to, "ARK_API_KEY=…", since some patterns demand one. */
ml_key_match ml_keys_find(const ml_keys *keys, ml_str text);

/* Could any key stand in the text? Says no, cheaply, where no pattern could match but on a placeholder:
 * every key has a long run of letters and digits that are well mixed. */
bool ml_key_may_be_in(ml_str text);

/* Could ml_keys_find find a key in the text once its name, which stands somewhere in `before`, is put
 * in front of it? */
bool ml_keys_may_find(const ml_keys *keys, ml_str before, ml_str text);

/* Does it look made up: "sk-xxxx", "your-api-key", one character repeated, too little entropy? */
bool ml_key_is_placeholder(ml_str key);

/* A copy in which every key is masked: its first four characters stay, the rest of its bytes is '*'. */
ml_str ml_keys_mask(ml_arena *arena, const ml_keys *keys, ml_str text);

#endif
