/* What is asked of a cache: which key, which form. */
#include "store.h"

static store_key facts_key(const ml_cache *cache, ml_file_kind kind, ml_str text)
{
    const store_key parts[] = {
        store_hash(cache, text), {(uint64_t)kind, text.len}
    };

    return store_key_of(cache, 'f', parts, 2);
}

ml_facts *ml_cache_facts(ml_cache *cache, ml_arena *arena, ml_str path, ml_file_kind kind, ml_str text)
{
    char *bytes;
    size_t len;

    if (!store_read(cache, 'f', facts_key(cache, kind, text), arena, &bytes, &len))
        return NULL;
    return ml_facts_unpack(arena, path, kind, text, bytes, len);
}

void ml_cache_keep_facts(ml_cache *cache, const ml_facts *facts)
{
    ml_buf packed = {0};

    if (facts->cut_short)
        return;
    ml_facts_pack(&packed, facts);
    store_write(cache, 'f', facts_key(cache, facts->kind, facts->lines.text), ml_buf_view(&packed));
    ml_buf_finish(&packed);
}

static store_key report_key(const ml_cache *cache, ml_str place)
{
    const store_key part = store_hash(cache, place);

    return store_key_of(cache, 'r', &part, 1);
}

/* A report's payload: the hash of its stamp, then the report. */
bool ml_cache_report(ml_cache *cache, ml_arena *arena, ml_str place, ml_str stamp, ml_report *report)
{
    store_key wanted = store_hash(cache, stamp), found;
    char *bytes;
    size_t len;

    if (!store_read(cache, 'r', report_key(cache, place), arena, &bytes, &len) || len < sizeof found)
        return false;
    memcpy(&found, bytes, sizeof found);
    return found.low == wanted.low && found.high == wanted.high &&
           ml_report_unpack(report, arena, (ml_str){bytes + sizeof found, len - sizeof found});
}

void ml_cache_keep_report(ml_cache *cache, ml_str place, ml_str stamp, const ml_report *report)
{
    store_key hash = store_hash(cache, stamp);
    ml_buf packed = {0};

    ml_buf_bytes(&packed, &hash, sizeof hash);
    ml_report_pack(&packed, report);
    store_write(cache, 'r', report_key(cache, place), ml_buf_view(&packed));
    ml_buf_finish(&packed);
}
