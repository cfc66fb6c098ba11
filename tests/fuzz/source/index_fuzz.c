/* Git's index from any bytes, compared with trees that are any bytes, too: those at the end. */
#include "fuzz.h"
#include "ml/index_file.h"

#include <assert.h>

static bool fetch(void *data, ml_str *trees, ml_arena *arena, const ml_str *ids, uint32_t count)
{
    const ml_str *bytes = data;

    (void)arena;
    for (uint32_t i = 0; i < count; i++)
        trees[i] = ml_str_from(*bytes, (unsigned char)ids[i].data[0]);
    return true;
}

static void read_and_compare(ml_str bytes, uint32_t id_bytes)
{
    ml_arena arena = {0};
    ml_index index;

    if (ml_index_read(&index, &arena, bytes, id_bytes)) {
        for (uint32_t i = 0; i < index.entry_count; i++) {
            assert(index.entries[i].path.len && index.entries[i].id.len == id_bytes);
            assert(!i || ml_str_cmp(index.entries[i - 1].path, index.entries[i].path) <= 0);
        }
        for (uint32_t i = 0; i < index.folders.count; i++) {
            assert(index.folders.items[i].first_child < index.folders.count);
            assert(index.folders.items[i].next_sibling < index.folders.count);
        }
        ml_index_compare(&index, ml_str_slice(bytes, 0, id_bytes), fetch, &bytes);
    }
    ml_arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ml_str bytes = {size ? (const char *)data : "", size};

    read_and_compare(bytes, ML_ID_BYTES_SHA1);
    read_and_compare(bytes, ML_ID_BYTES_SHA256);
    return 0;
}
