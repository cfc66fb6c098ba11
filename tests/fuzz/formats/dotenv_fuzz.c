/* .env files: any bytes give entries whose spans lie inside. */
#include "fuzz.h"
#include "ml/dotenv.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ml_arena arena = {0};
    ml_env_entries entries = {0};
    ml_dotenv_parse(&entries, &arena, (ml_str){size ? (const char *)data : "", size});
    for (uint32_t i = 0; i < entries.count; i++) {
        assert(entries.items[i].start <= entries.items[i].end);
        assert(entries.items[i].end <= size);
    }
    ml_arena_finish(&arena);
    return 0;
}
