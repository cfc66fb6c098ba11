/* Parse and lower: the first byte chooses the kind of file, the rest is its text. */
#include "fuzz.h"
#include "ml/lower.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ml_file_kind kinds[] = {ML_FILE_TS, ML_FILE_TSX, ML_FILE_JS, ML_FILE_VUE, ML_FILE_HTML};
    static ml_parser *parser; /* kept, as a worker keeps its own */
    if (!size)
        return 0;
    if (!parser)
        parser = ml_parser_new(0);

    ml_arena arena = {0};
    ml_file_kind kind = kinds[data[0] % (sizeof kinds / sizeof *kinds)];
    ml_str text = {(const char *)data + 1, size - 1};
    ml_facts *facts = ml_facts_of(&arena, parser, ML_STR("src/input"), kind, text);
    assert(facts);
    ml_parser_drop(parser);
    ml_arena_finish(&arena);
    return 0;
}
