/* Globs and paths: the first line is the pattern, the rest the path. */
#include "fuzz.h"
#include "ml/str.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ml_arena arena = {0};
    ml_str path = {size ? (const char *)data : "", size};
    ml_str pattern = ml_str_split(&path, '\n');

    if (pattern.len <= 256 && path.len <= 1024)
        ml_glob_match(pattern, path);
    ml_str joined = ml_path_join(&arena, pattern, path);
    assert(ml_path_name(joined).len + ml_path_folder(joined).len <= joined.len);
    ml_arena_finish(&arena);
    return 0;
}
