/* Lines, columns and code frames of any bytes. */
#include "fuzz.h"
#include "ml/source.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > UINT32_MAX / 2)
        return 0;
    ml_arena arena = {0};
    ml_str text = {size ? (const char *)data : "", size};
    ml_lines lines = ml_lines_of(&arena, text);
    assert(lines.count > 0);
    uint32_t from = size ? data[0] % (uint32_t)size : 0;
    ml_span span = ml_lines_span(&lines, from, (uint32_t)size);
    ml_line_hashes kept = {0};
    ml_lines_code(&arena, &kept, &lines, span);
    ml_buf_finish(&kept.hashes);
    for (uint32_t line = 1; line <= lines.count; line++)
        assert(ml_lines_line(&lines, line).len <= size);
    ml_arena_finish(&arena);
    return 0;
}
