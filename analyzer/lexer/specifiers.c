/* Specifiers: the texts behind from, import, require and their like. */
#include "lexer_internal.h"

enum { SPECIFIER_MAX = 256 };

const bool ml_lex_word_bytes[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
    ['_'] = true,         ['$'] = true,         [0x80 ... 0xff] = true,
};

static bool is_before_specifier(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '(';
}

static bool ends_loader(char c)
{
    return c == 'm' || c == 't' || c == 'e' || c == 'd';
}

bool ml_lex_follows_loader(ml_str text, size_t quote)
{
    static const char *const loaders[] = {"from", "import", "require", "resolve", "load"};
    size_t end = quote;

    while (end && is_before_specifier(text.data[end - 1]))
        end--;
    if (end >= 2 && text.data[end - 1] == '/' &&
        text.data[end - 2] == '*') /* a comment before the specifier of import() */
        return true;
    if (!end || !ends_loader(text.data[end - 1])) /* most texts */
        return false;
    size_t start = end;
    while (start && end - start <= sizeof "require" && ml_lex_is_word(text.data[start - 1]))
        start--;
    return ML_STR_IS_ONE_OF(ml_str_slice(text, start, end), loaders);
}

/* Every quote is tried, whatever it stands in. */
void ml_lex_all_specifiers(ml_specifiers *out, ml_arena *arena, ml_str text)
{
    for (size_t i = ml_lex_next_mark(text, 0, false); i < text.len; i = ml_lex_next_mark(text, i + 1, false)) {
        char quote = text.data[i];
        if (quote == '/' || !ml_lex_follows_loader(text, i))
            continue;
        size_t end = i + 1;
        while (end < text.len && end - i < SPECIFIER_MAX && text.data[end] != quote && text.data[end] != '\n')
            end++;
        if (end >= text.len || text.data[end] != quote || end == i + 1)
            continue;
        ml_vec_push(arena, out, ml_str_slice(text, i + 1, end));
        i = end;
    }
}

/* Past white space and comments. */
static size_t skip_blank(ml_str text, size_t at)
{
    while (at < text.len) {
        if ((unsigned char)text.data[at] <= ' ') {
            at++;
        } else if (ml_str_starts(ml_str_from(text, at), ML_STR("/*"))) {
            size_t end = ml_str_find(ml_str_from(text, at + 2), ML_STR("*/"));
            at = end == ML_NOT_FOUND ? text.len : at + 2 + end + 2;
        } else {
            break;
        }
    }
    return at;
}

/* Is what stands behind the opening bracket one literal and no more? */
static bool is_one_literal(ml_str text, size_t at)
{
    at = skip_blank(text, at);
    char quote = at < text.len ? text.data[at] : 0;
    if (quote != '"' && quote != '\'' && quote != '`')
        return false;
    for (at++; at < text.len && text.data[at] != quote; at++)
        if (text.data[at] == '\\' || text.data[at] == '\n' || (quote == '`' && text.data[at] == '$'))
            return false;
    at = skip_blank(text, at + 1);
    return at < text.len && (text.data[at] == ')' || text.data[at] == ',');
}

bool ml_lex_is_made_specifier(ml_str text, size_t after)
{
    size_t at = skip_blank(text, after);

    return at < text.len && text.data[at] == '(' && !is_one_literal(text, at + 1);
}
