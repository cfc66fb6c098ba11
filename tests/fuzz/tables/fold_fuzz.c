/* Declared tables: any SQL beside any TypeScript folds within its bounds, and what is
 * suggested for the result can be read back. */
#include "fuzz.h"
#include "ml/lower.h"
#include "ml/schema_check.h"

/* The text up to a NUL is SQL, the rest TypeScript. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ml_table_options options = {0};
    ml_arena arena = {0};
    ml_parser *parser = ml_parser_new(0);
    ml_str text = {size ? (const char *)data : "", size};
    ml_str sql = ml_str_split(&text, '\0');
    if (!text.data)
        text = ML_STR("");
    ml_sql_script script, again;
    ml_tables tables;
    ml_checks checks = {0};

    ml_sql_parse(&script, &arena, sql);
    ml_lines lines = ml_lines_of(&arena, sql);
    const ml_table_source sources[] = {
        {.path = ML_STR("a.sql"), .sql = &script, .lines = &lines},
        {.path = ML_STR("a.ts"), .facts = ml_facts_of(&arena, parser, ML_STR("a.ts"), ML_FILE_TS, text)},
    };
    ml_tables_build(&tables, &arena, sources, 2, &options);
    ml_schema_checks(&checks, &arena, &tables);
    ml_str suggestion = ml_schema_suggestion(&arena, &tables, true);
    ml_sql_parse(&again, &arena, suggestion);
    ml_parser_free(parser);
    ml_arena_finish(&arena);
    return 0;
}
