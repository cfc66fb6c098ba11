/* The pass itself: from mark to mark. */
#include "lexer_internal.h"

#include "ml/marks.h"

enum { NESTING_MAX = 64, SPECIFIER_MAX = 256 };

typedef struct lexer {
    ml_lexed *out;
    ml_arena *arena;
    ml_str text;
    size_t at;
    uint32_t braces[NESTING_MAX]; /* open braces within each template substitution that is open */
    uint32_t nesting;
} lexer;

static char byte_at(const lexer *lx, size_t at)
{
    return at < lx->text.len ? lx->text.data[at] : '\0';
}

static void add_text(lexer *lx, size_t start, size_t end)
{
    if (end > start)
        ml_vec_push(lx->arena, &lx->out->texts, ((ml_lex_range){(uint32_t)start, (uint32_t)end}));
}

static void add_specifier(lexer *lx, size_t quote, size_t end)
{
    if (end > quote + 1 && end - quote < SPECIFIER_MAX && ml_lex_follows_loader(lx->text, quote))
        ml_vec_push(lx->arena, &lx->out->specifiers, ml_str_slice(lx->text, quote + 1, end));
}

/* ---- comments and slashes ---- */

static void add_comment(lexer *lx, size_t end)
{
    ml_vec_push(lx->arena, &lx->out->comments, ((ml_lex_range){(uint32_t)lx->at, (uint32_t)end}));
    lx->at = end;
}

static void line_comment(lexer *lx)
{
    const char *end = memchr(lx->text.data + lx->at, '\n', lx->text.len - lx->at);

    add_comment(lx, end ? (size_t)(end - lx->text.data) : lx->text.len);
}

static void block_comment(lexer *lx)
{
    size_t end = ml_lex_next_star_slash(lx->text, lx->at + 2);

    if (end < lx->text.len) {
        add_comment(lx, end + 2);
        return;
    }
    lx->out->unsure = true;
    lx->at = lx->text.len;
}

/* Where the code before ends: past blanks and comments. */
static size_t end_of_code(const lexer *lx)
{
    size_t end = lx->at;

    for (uint32_t i = lx->out->comments.count;; i--) {
        while (end && (unsigned char)lx->text.data[end - 1] <= ' ')
            end--;
        if (!i || lx->out->comments.items[i - 1].end < end)
            return end;
        end = lx->out->comments.items[i - 1].start;
    }
}

/* Whether the last byte of code before the slash ends a word after which an expression begins. */
static bool begins_expression(const lexer *lx)
{
    static const char *const words[] = {"return", "typeof", "case", "in",   "of",    "delete", "void",
                                        "throw",  "new",    "do",   "else", "await", "yield",  "instanceof"};
    size_t end = end_of_code(lx);

    if (!end)
        return true;
    char last = lx->text.data[end - 1];
    if (strchr(")]\"'`", last))
        return false;
    if (!ml_lex_is_word(last))
        return true;
    size_t start = end;
    while (start && end - start <= sizeof "instanceof" && ml_lex_is_word(lx->text.data[start - 1]))
        start--;
    return ML_STR_IS_ONE_OF(ml_str_slice(lx->text, start, end), words);
}

/* Behind these no tag ends: `= />/`, but not `<a b={c} />`. */
static bool follows_operator(const lexer *lx)
{
    size_t end = end_of_code(lx);
    return end && strchr("=(,[:!&|?", lx->text.data[end - 1]);
}

/* End of the regular expression that begins here, or 0 when none ends on the line. */
static size_t end_of_regex(const lexer *lx)
{
    bool in_class = false;

    for (size_t at = lx->at + 1; at < lx->text.len && lx->text.data[at] != '\n'; at++) {
        char c = lx->text.data[at];
        if (c == '\\')
            at++;
        else if (c == '[')
            in_class = true;
        else if (c == ']')
            in_class = false;
        else if (c == '/' && !in_class)
            return at + 1;
    }
    return 0;
}

static void slash(lexer *lx)
{
    char before = lx->at ? lx->text.data[lx->at - 1] : '\0', after = byte_at(lx, lx->at + 1);

    if (after == '/' && before != ':') { /* "https://" between tags is no comment */
        line_comment(lx);
        return;
    }
    if (after == '*') {
        block_comment(lx);
        return;
    }
    /* </tag> and <tag/> */
    bool is_tag = before == '<' || (after == '>' && !follows_operator(lx));
    size_t end = is_tag || after == '/' || !begins_expression(lx) ? 0 : end_of_regex(lx);
    if (end)
        ml_vec_push(lx->arena, &lx->out->patterns, ((ml_lex_range){(uint32_t)lx->at, (uint32_t)end}));
    lx->at = end ? end : lx->at + 1 + (after == '/');
}

/* ---- texts ---- */

/* Don't: between tags, an apostrophe in a word. */
static bool is_apostrophe(const lexer *lx)
{
    static const char *const words[] = {"return",  "case",  "from",  "import", "in", "of",      "typeof", "else",
                                        "default", "await", "throw", "yield",  "as", "extends", "keyof",  "is"};
    size_t start = lx->at;

    while (start && lx->at - start <= sizeof "default" && ml_lex_is_word(lx->text.data[start - 1]))
        start--;
    return start < lx->at && !ML_STR_IS_ONE_OF(ml_str_slice(lx->text, start, lx->at), words);
}

static void string(lexer *lx, char quote)
{
    size_t start = lx->at;

    if (quote == '\'' && is_apostrophe(lx)) {
        lx->at++;
        return;
    }
    size_t at = start + 1;
    while (byte_at(lx, at = ml_lex_next_of(lx->text, at, quote, '\n', '\\')) == '\\')
        at += 2;
    add_text(lx, start + 1, at);
    if (byte_at(lx, at) == quote) {
        add_specifier(lx, start, at);
        at++;
    }
    lx->at = at;
}

/* A template's literal piece, from behind its backtick or closing brace. */
static void template_piece(lexer *lx, size_t backtick)
{
    size_t start = lx->at, at = start;

    while ((at = ml_lex_next_of(lx->text, at, '`', '$', '\\')) < lx->text.len) {
        char c = lx->text.data[at];
        if (c == '\\') {
            at += 2;
            continue;
        }
        if (c == '`') {
            add_text(lx, start, at);
            if (backtick != ML_NOT_FOUND)
                add_specifier(lx, backtick, at);
            lx->at = at + 1;
            return;
        }
        if (c == '$' && byte_at(lx, at + 1) == '{') {
            add_text(lx, start, at);
            if (lx->nesting == NESTING_MAX)
                break;
            lx->braces[lx->nesting++] = 0;
            lx->at = at + 2;
            return;
        }
        at++;
    }
    lx->out->unsure = true;
    lx->at = lx->text.len;
}

static void brace(lexer *lx, char c)
{
    uint32_t *open = &lx->braces[lx->nesting - 1];

    lx->at++;
    if (c == '{') {
        ++*open;
    } else if (*open) {
        --*open;
    } else {
        lx->nesting--;
        template_piece(lx, ML_NOT_FOUND);
    }
}

static void step(lexer *lx)
{
    char c = lx->text.data[lx->at];

    switch (c) {
    case '"':
    case '\'': string(lx, c); break;
    case '`':
        lx->at++;
        template_piece(lx, lx->at - 1);
        break;
    case '/': slash(lx); break;
    default: brace(lx, c); break;
    }
}

void ml_lex(ml_lexed *out, ml_arena *arena, ml_str text, bool markup)
{
    lexer lx = {.out = out, .arena = arena, .text = text};

    *out = (ml_lexed){.unsure = markup};
    if (ml_str_starts(text, ML_STR("\xef\xbb\xbf"))) /* a mark of the encoding says as little as a comment */
        add_comment(&lx, 3);
    while (!out->unsure && (lx.at = ml_lex_next_mark(text, lx.at, lx.nesting > 0)) < text.len)
        step(&lx);
    out->unsure |= lx.nesting > 0;
    if (!out->unsure)
        return;
    *out = (ml_lexed){.unsure = true};
    ml_lex_all_specifiers(&out->specifiers, arena, text);
    add_text(&lx, 0, text.len);
}

static const ml_lex_range *range_at(const ml_lex_ranges *ranges, uint32_t at)
{
    uint32_t first = ml_lex_first_behind(ranges, at);
    return first < ranges->count && ranges->items[first].start <= at ? &ranges->items[first] : NULL;
}

bool ml_lexed_in_comment(const ml_lexed *lexed, uint32_t at)
{
    return range_at(&lexed->comments, at) != NULL;
}

const ml_lex_range *ml_lexed_text_at(const ml_lexed *lexed, uint32_t at)
{
    return lexed->unsure ? NULL : range_at(&lexed->texts, at);
}
