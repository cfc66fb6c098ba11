/* Hashes of 128 bits, keyed with the folder's secret. */
#include "store.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

extern const char ml_source_digest[];

store_key store_hash(const ml_cache *cache, ml_str bytes)
{
    XXH128_hash_t hash =
        XXH3_128bits_withSecret(bytes.len ? bytes.data : "", bytes.len, cache->secret, sizeof cache->secret);

    return (store_key){hash.low64, hash.high64};
}

/* What the bytes of an entry mean depends on the machine's layout of structs too. */
static uint64_t layout(void)
{
    const uint16_t one = 1;
    unsigned char first;

    memcpy(&first, &one, 1);
    return (uint64_t)first | sizeof(void *) << 8 | sizeof(ml_node) << 16 | sizeof(ml_binding) << 24 |
           sizeof(ml_import) << 32 | sizeof(ml_export) << 40 | sizeof(ml_directive) << 48;
}

store_key store_key_of(const ml_cache *cache, char letter, const store_key *parts, size_t count)
{
    ml_buf all = {0};
    uint64_t words = layout();

    ml_buf_cstr(&all, ml_source_digest);
    ml_buf_char(&all, letter);
    ml_buf_bytes(&all, &words, sizeof words);
    ml_buf_bytes(&all, parts, count * sizeof *parts);
    store_key key = store_hash(cache, ml_buf_view(&all));
    ml_buf_finish(&all);
    return key;
}
