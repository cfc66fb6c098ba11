/* The lexical pass, clauses, export lists and statements of any bytes. */
#include "fuzz.h"
#include "ml/lexer.h"

#include <assert.h>

static void check_ranges(const ml_lex_ranges *ranges, size_t size)
{
    for (uint32_t i = 0; i < ranges->count; i++) {
        assert(ranges->items[i].start <= ranges->items[i].end && ranges->items[i].end <= size);
        assert(i == 0 || ranges->items[i - 1].end <= ranges->items[i].start);
    }
}

/* One behind the other, without a gap. */
static void check_statements(ml_arena *arena, ml_str text, const ml_lexed *lexed)
{
    ml_lex_statements statements;
    uint32_t at = 0;

    ml_lex_statements_of(&statements, arena, text, lexed);
    for (uint32_t i = 0; i < statements.count; i++) {
        assert(statements.items[i].start == at && statements.items[i].end > at);
        at = statements.items[i].end;
    }
    assert(at == text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > UINT32_MAX / 2)
        return 0;
    ml_arena arena = {0};
    ml_str text = {size ? (const char *)data : "", size};
    ml_lex_exports exports;
    for (int markup = 0; markup < 2; markup++) {
        ml_lexed lexed;
        ml_lex(&lexed, &arena, text, markup);
        check_ranges(&lexed.comments, size);
        check_ranges(&lexed.texts, size);
        check_ranges(&lexed.patterns, size);
        check_statements(&arena, text, &lexed);
        for (uint32_t i = 0; i < lexed.specifiers.count; i++) {
            ml_lex_names names;
            ml_lex_names_of(&names, &arena, text, lexed.specifiers.items[i]);
            assert(names.kind == ML_LEX_IMPORT || names.kind == ML_LEX_EXPORT || !names.names.count);
        }
    }
    ml_lex_exports_of(&exports, &arena, text);
    ml_lex_is_made_specifier(text, size / 2);
    ml_arena_finish(&arena);
    return 0;
}
