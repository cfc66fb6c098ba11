/* Script blocks of markup, and the text as the grammar takes it: spans lie inside, and
 * no byte moves. The first byte chooses the markup. */
#include "fuzz.h"
#include "ml/syntax.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    ml_arena arena = {0};
    ml_scripts scripts = {0};
    ml_str text = {(const char *)data + 1, size - 1};
    ml_scripts_of(&scripts, &arena, (ml_markup)(data[0] % 3), text);
    uint32_t at = 0;
    for (uint32_t i = 0; i < scripts.count; i++) {
        assert(scripts.items[i].start >= at && scripts.items[i].start <= scripts.items[i].end);
        at = scripts.items[i].end;
        assert(at <= text.len);
    }
    assert(ml_normalise(&arena, text).len == text.len);
    ml_arena_finish(&arena);
    return 0;
}
