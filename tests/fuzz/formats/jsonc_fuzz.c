/* JSON with comments: any bytes give a document or an error with a line. */
#include "fuzz.h"
#include "ml/jsonc.h"

#include <assert.h>

/* Walks without recursion: the depth of the document is the reader's limit, not ours. */
static void check_spans(const ml_json *root, size_t size)
{
    for (const ml_json *value = root->first; value; value = value->next) {
        assert(value->start <= value->end && value->end <= size);
        ml_json_string(value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ml_str text = {size ? (const char *)data : "", size};
    for (int strict = 0; strict < 2; strict++) {
        ml_arena arena = {0};
        ml_error error = {0};
        const ml_json *root = NULL;
        if (ml_json_parse(&root, &arena, text, strict, "input", &error) == ML_OK) {
            assert(root);
            check_spans(root, size);
        }
        ml_arena_finish(&arena);
    }
    return 0;
}
