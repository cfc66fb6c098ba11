/* SQL: any bytes give statements, in one pass and without reading past the end. */
#include "fuzz.h"
#include "ml/sql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ml_arena arena = {0};
    ml_sql_script script = {0};
    ml_sql_parse(&script, &arena, (ml_str){size ? (const char *)data : "", size});
    ml_arena_finish(&arena);
    return 0;
}
