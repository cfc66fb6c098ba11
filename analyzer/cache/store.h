/* store.h - the folder of a cache: named entries with a checksum. */
#ifndef ML_CACHE_STORE_H
#define ML_CACHE_STORE_H
#include "ml/buf.h"
#include "ml/cache.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    STORE_SECRET_BYTES = 192,
    STORE_ENTRY_BYTES_MAX = 256 * 1024 * 1024, /* what is larger is neither kept nor read */
    STORE_NAME_LEN = 33                        /* one letter, 32 digits */
};

typedef struct store_key {
    uint64_t low, high;
} store_key;

struct ml_cache {
    int folder; /* descriptor */
    char *path; /* absolute */
    uint64_t bytes_max;
    unsigned char secret[STORE_SECRET_BYTES];
    uint64_t run; /* tells temporary names of processes apart */
    atomic_uint_fast64_t temporary;
    atomic_bool wrote;
    atomic_int why; /* errno of the first write that failed, or 0 */
};

/* hash.c */
store_key store_hash(const ml_cache *cache, ml_str bytes);
/* The key of an entry: hashes of its parts, under the digest of our sources. */
store_key store_key_of(const ml_cache *cache, char letter, const store_key *parts, size_t count);

/* store.c. An entry's payload, in the arena at an address that suits any type; false: a miss. */
bool store_read(ml_cache *cache, char letter, store_key key, ml_arena *arena, char **payload, size_t *len);
void store_write(ml_cache *cache, char letter, store_key key, ml_str payload);

/* prune.c */
void store_prune(const ml_cache *cache);
/* Is it the name of an entry, or of one that never became one? */
bool store_is_entry(const char *name);
bool store_is_temporary(const char *name);

#endif
