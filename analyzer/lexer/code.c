/* Code without comments, texts and regular expressions: a walk that jumps over their ranges. */
#include "lexer_internal.h"

uint32_t ml_lex_first_behind(const ml_lex_ranges *ranges, uint32_t at)
{
    uint32_t low = 0, high = ranges->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ranges->items[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

ml_lex_code ml_lex_code_from(const ml_lexed *lexed, uint32_t start, uint32_t end)
{
    return (ml_lex_code){.lexed = lexed,
                         .at = start,
                         .end = end,
                         .comment = ml_lex_first_behind(&lexed->comments, start),
                         .text = ml_lex_first_behind(&lexed->texts, start),
                         .pattern = ml_lex_first_behind(&lexed->patterns, start)};
}

/* Past the range of the list that holds `at`, if one does. */
static bool skip_range(ml_lex_code *code, const ml_lex_ranges *ranges, uint32_t *next)
{
    while (*next < ranges->count && ranges->items[*next].end <= code->at)
        ++*next;
    if (*next >= ranges->count || ranges->items[*next].start > code->at)
        return false;
    code->at = ranges->items[*next].end;
    return true;
}

static uint32_t next_start(const ml_lex_ranges *ranges, uint32_t next, uint32_t end)
{
    return next < ranges->count && ranges->items[next].start < end ? ranges->items[next].start : end;
}

bool ml_lex_code_skip(ml_lex_code *code)
{
    const ml_lexed *lexed = code->lexed;

    while (code->at < code->end &&
           (skip_range(code, &lexed->comments, &code->comment) || skip_range(code, &lexed->texts, &code->text) ||
            skip_range(code, &lexed->patterns, &code->pattern)))
        ;
    code->clear = next_start(&lexed->comments, code->comment, code->end);
    code->clear = next_start(&lexed->texts, code->text, code->clear);
    code->clear = next_start(&lexed->patterns, code->pattern, code->clear);
    return code->at < code->end;
}

ml_str ml_lex_code_word(ml_lex_code *code, ml_str text)
{
    uint32_t start = code->at;

    while (code->at < code->end && ml_lex_is_word(text.data[code->at]))
        code->at++;
    return ml_str_slice(text, start, code->at);
}
