/* sql_lex.c - tokens of SQL in the spellings of MySQL, PostgreSQL and SQLite.
 *
 * The dialects disagree about three bytes, and nobody says which dialect a file is in:
 *   backslash  escapes in a string, unless the file says standard_conforming_strings;
 *   [          opens a name when a plain word follows and stands alone, else is a subscript;
 *   #          opens a comment, but not "#>", an operator.
 * Every scan moves forward only; a quote without end runs to the end of the text. */
#include "sql_lex.h"

enum { SQL_DELIMITER = '\x01' };

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void sql_lexer_init(sql_lexer *lexer, ml_str text)
{
    *lexer = (sql_lexer){.text = text};
    lexer->backslash = !ml_str_contains(text, ML_STR("standard_conforming_strings"));
    if (ml_str_starts(text, ML_STR("\xEF\xBB\xBF")))
        lexer->at = 3;
}

static char byte_at(const sql_lexer *lexer, uint32_t at)
{
    return at < lexer->text.len ? lexer->text.data[at] : '\0';
}

static uint32_t line_end(const sql_lexer *lexer, uint32_t from)
{
    while (from < lexer->text.len && lexer->text.data[from] != '\n')
        from++;
    return from;
}

/* The next place of needle, or the end of the text. Only for needles whose first byte
 * does not come again within them before the last: then this is linear. */
static uint32_t find_from(const sql_lexer *lexer, uint32_t from, ml_str needle)
{
    const char *text = lexer->text.data, *at;
    size_t len = lexer->text.len;
    while (from + needle.len <= len && (at = memchr(text + from, needle.data[0], len - from)) != NULL) {
        from = (uint32_t)(at - text);
        if (needle.len <= len - from && memcmp(at, needle.data, needle.len) == 0)
            return from;
        from++;
    }
    return (uint32_t)len;
}

/* Migration files of one piece say in a comment where the way back begins. */
static void note_marker(sql_lexer *lexer, ml_str comment)
{
    static const char *const downs[] = {"migrate:down", "+goose down", "+migrate down", "down migration"};
    static const char *const ups[] = {"migrate:up", "+goose up", "+migrate up", "up migration"};
    comment = ml_str_trim(comment);
    if (comment.len > 80)
        return;
    for (size_t i = 0; i < sizeof downs / sizeof downs[0]; i++) {
        if (ml_str_find_nocase(comment, ml_str_of(downs[i])) != ML_NOT_FOUND)
            lexer->down = true;
        if (ml_str_find_nocase(comment, ml_str_of(ups[i])) != ML_NOT_FOUND)
            lexer->down = false;
    }
    if (ml_str_eq_nocase(comment, ML_STR("down")))
        lexer->down = true;
    if (ml_str_eq_nocase(comment, ML_STR("up")))
        lexer->down = false;
}

static void unterminated(sql_lexer *lexer, uint32_t start)
{
    if (!lexer->unterminated) {
        lexer->unterminated = true;
        lexer->unterminated_at = start;
    }
    lexer->at = (uint32_t)lexer->text.len;
}

/* One comment at the current place, if there is one. */
static bool skip_comment(sql_lexer *lexer)
{
    uint32_t at = lexer->at;
    char c = byte_at(lexer, at), next = byte_at(lexer, at + 1);

    if ((c == '-' && next == '-') || (c == '#' && next != '>' && next != '-')) {
        uint32_t end = line_end(lexer, at);
        ml_str comment = ml_str_slice(lexer->text, at, end);
        while (comment.len && (comment.data[0] == '-' || comment.data[0] == '#'))
            comment = ml_str_from(comment, 1);
        note_marker(lexer, comment);
        lexer->at = end;
        return true;
    }
    if (lexer->conditional && c == '*' && next == '/') {
        lexer->conditional = false;
        lexer->at = at + 2;
        return true;
    }
    if (c != '/' || next != '*')
        return false;
    uint32_t inside = at + 2 + (byte_at(lexer, at + 2) == 'M');
    if (byte_at(lexer, inside) == '!') {
        for (inside++; is_digit(byte_at(lexer, inside));)
            inside++;
        lexer->conditional = true;
        lexer->at = inside;
        return true;
    }
    uint32_t end = find_from(lexer, at + 2, ML_STR("*/"));
    if (end == lexer->text.len)
        unterminated(lexer, at);
    else
        lexer->at = end + 2;
    return true;
}

static void skip_space(sql_lexer *lexer)
{
    while (lexer->at < lexer->text.len)
        if (is_space(lexer->text.data[lexer->at]))
            lexer->at++;
        else if (!skip_comment(lexer))
            return;
}

/* A quoted thing whose quote stands at `from`; doubled quotes are part of it. */
static sql_token quoted(sql_lexer *lexer, sql_kind kind, uint32_t start, uint32_t from, char quote, bool backslash)
{
    sql_token token = {.kind = (uint8_t)kind, .start = start};
    uint32_t at = from + 1, len = (uint32_t)lexer->text.len;
    while (at < len) {
        char c = lexer->text.data[at];
        if (c == '\\' && backslash && at + 1 < len) {
            token.escaped = true;
            at += 2;
        } else if (c != quote) {
            at++;
        } else if (byte_at(lexer, at + 1) == quote) {
            token.escaped = true;
            at += 2;
        } else {
            lexer->at = token.end = at + 1;
            return token;
        }
    }
    unterminated(lexer, start);
    token.end = len;
    return token;
}

/* $$ ... $$ or $tag$ ... $tag$; false if none begins here. */
static bool dollar_quoted(sql_lexer *lexer, sql_token *token)
{
    uint32_t start = lexer->at, at = start + 1;
    if (lexer->delimiter.len || is_digit(byte_at(lexer, at)))
        return false;
    while (is_word_byte(byte_at(lexer, at)) && byte_at(lexer, at) != '$')
        at++;
    if (byte_at(lexer, at) != '$')
        return false;
    ml_str tag = ml_str_slice(lexer->text, start, at + 1);
    uint32_t end = find_from(lexer, at + 1, tag);
    *token = (sql_token){.kind = SQL_STRING, .start = start};
    if (end == lexer->text.len)
        unterminated(lexer, start);
    else
        lexer->at = end + (uint32_t)tag.len;
    token->end = lexer->at;
    return true;
}

enum { BRACKET_NAME_MAX = 128 };

/* [name]: not a[1], not ARRAY['x']. */
static bool bracket_name(sql_lexer *lexer, sql_token *token)
{
    uint32_t start = lexer->at, at = start + 1;
    if (start > 0) {
        char before = lexer->text.data[start - 1];
        if (is_word_byte(before) || before == '"' || before == '`' || before == ')' || before == ']')
            return false;
    }
    if (!is_word_byte(byte_at(lexer, at)) || is_digit(byte_at(lexer, at)))
        return false;
    while ((is_word_byte(byte_at(lexer, at)) || byte_at(lexer, at) == ' ') && at - start < BRACKET_NAME_MAX)
        at++;
    if (byte_at(lexer, at) != ']')
        return false;
    *token = (sql_token){.kind = SQL_QUOTED, .start = start, .end = at + 1};
    lexer->at = at + 1;
    return true;
}

static sql_token number_or_word(sql_lexer *lexer)
{
    uint32_t start = lexer->at, at = start;
    bool digits = true;
    for (; is_word_byte(byte_at(lexer, at)); at++)
        digits = digits && is_digit(lexer->text.data[at]);
    if (digits && byte_at(lexer, at) == '.' && is_digit(byte_at(lexer, at + 1)))
        for (at++; is_digit(byte_at(lexer, at));)
            at++;
    lexer->at = at;
    return (sql_token){.kind = (uint8_t)(digits ? SQL_NUMBER : SQL_WORD), .start = start, .end = at};
}

/* E'..', N'..', X'..', B'..' and _utf8'..': a word that belongs to the string after it. */
static bool is_string_prefix(ml_str word)
{
    if (word.len == 1)
        return memchr("eEnNxXbB", word.data[0], 8) != NULL;
    return word.len > 1 && word.data[0] == '_';
}

static sql_token next_token(sql_lexer *lexer)
{
    sql_token token = {0};
    skip_space(lexer);
    uint32_t start = lexer->at;
    if (start >= lexer->text.len)
        return token;
    char c = lexer->text.data[start];

    if (lexer->delimiter.len && ml_str_starts(ml_str_from(lexer->text, start), lexer->delimiter)) {
        lexer->at += (uint32_t)lexer->delimiter.len;
        return (sql_token){.kind = SQL_PUNCT, .punct = SQL_DELIMITER, .start = start, .end = lexer->at};
    }
    if (c == '\'')
        return quoted(lexer, SQL_STRING, start, start, c, lexer->backslash);
    if (c == '"' || c == '`')
        return quoted(lexer, SQL_QUOTED, start, start, c, c == '"' && lexer->backslash);
    if (c == '$' && dollar_quoted(lexer, &token))
        return token;
    if (c == '[' && bracket_name(lexer, &token))
        return token;
    if (is_word_byte(c)) {
        token = number_or_word(lexer);
        ml_str word = ml_str_slice(lexer->text, token.start, token.end);
        if (byte_at(lexer, lexer->at) == '\'' && is_string_prefix(word))
            return quoted(lexer, SQL_STRING, start, lexer->at, '\'', lexer->backslash || (c | 32) == 'e');
        return token;
    }
    lexer->at = start + 1 + (c == ':' && byte_at(lexer, start + 1) == ':');
    return (sql_token){.kind = SQL_PUNCT, .punct = c, .start = start, .end = lexer->at};
}

static bool is_word(const sql_lexer *lexer, const sql_token *token, const char *word)
{
    return token->kind == SQL_WORD &&
           ml_str_eq_nocase(ml_str_slice(lexer->text, token->start, token->end), ml_str_of(word));
}

static bool ends_statement(const sql_lexer *lexer, const sql_token *token)
{
    if (token->kind == SQL_END)
        return true;
    return token->kind == SQL_PUNCT && token->punct == (lexer->delimiter.len ? SQL_DELIMITER : ';');
}

/* Only white space before it on its line. */
static bool begins_line(const sql_lexer *lexer, uint32_t at)
{
    while (at > 0 && (lexer->text.data[at - 1] == ' ' || lexer->text.data[at - 1] == '\t'))
        at--;
    return at == 0 || lexer->text.data[at - 1] == '\n';
}

/* Scripts without semicolons: a line GO, or the next CREATE. The look back over
 * a line's indent is bounded by the white space that was skipped to get here. */
static bool begins_anew(const sql_lexer *lexer, const sql_token *token, int depth)
{
    if (depth != 0 || (!is_word(lexer, token, "create") && !is_word(lexer, token, "go")))
        return false;
    return begins_line(lexer, token->start);
}

static void skip_statement(sql_lexer *lexer, bool copies)
{
    bool from = false, data = false;
    int depth = 0;
    for (;;) {
        uint32_t before = lexer->at;
        sql_token token = next_token(lexer);
        if (ends_statement(lexer, &token))
            break;
        if (token.kind == SQL_PUNCT)
            depth += (token.punct == '(') - (token.punct == ')');
        if (begins_anew(lexer, &token, depth)) {
            lexer->at = before;
            return;
        }
        data = data || (from && is_word(lexer, &token, "stdin"));
        from = is_word(lexer, &token, "from");
    }
    /* COPY ... FROM stdin; is followed by lines of data and a line "\." */
    while (copies && data && lexer->at < lexer->text.len) {
        uint32_t start = lexer->at, end = line_end(lexer, start);
        lexer->at = end < lexer->text.len ? end + 1 : end;
        if (ml_str_starts(ml_str_slice(lexer->text, start, end), ML_STR("\\.")))
            break;
    }
}

static void read_delimiter(sql_lexer *lexer)
{
    uint32_t end = line_end(lexer, lexer->at);
    ml_str word = ml_str_trim(ml_str_slice(lexer->text, lexer->at, end));
    lexer->delimiter = ml_str_eq(word, ML_STR(";")) ? ML_STR_NONE : word;
    lexer->at = end;
}

static bool is_ddl(const sql_lexer *lexer, const sql_token *token)
{
    return is_word(lexer, token, "create") || is_word(lexer, token, "alter") || is_word(lexer, token, "drop") ||
           is_word(lexer, token, "rename");
}

bool sql_next_statement(sql_lexer *lexer, ml_arena *arena, sql_tokens *tokens)
{
    sql_token token;
    int depth = 0;

    tokens->count = 0;
    for (;;) {
        token = next_token(lexer);
        if (token.kind == SQL_END)
            return false;
        if (is_word(lexer, &token, "delimiter"))
            read_delimiter(lexer);
        else if (token.kind == SQL_PUNCT && token.punct == '\\')
            lexer->at = line_end(lexer, lexer->at); /* a command of psql */
        else if (ends_statement(lexer, &token) || is_word(lexer, &token, "go"))
            continue;
        else if (!is_ddl(lexer, &token) || lexer->down)
            skip_statement(lexer, is_word(lexer, &token, "copy"));
        else
            break;
    }
    do {
        uint32_t before;
        ml_vec_push(arena, tokens, token);
        if (token.kind == SQL_PUNCT)
            depth += (token.punct == '(') - (token.punct == ')');
        before = lexer->at;
        token = next_token(lexer);
        if (begins_anew(lexer, &token, depth)) {
            lexer->at = before;
            return true;
        }
    } while (!ends_statement(lexer, &token));
    return true;
}

static char unescape(char c)
{
    switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case '0': return '\0';
    default: return c;
    }
}

ml_str sql_decode(const sql_lexer *lexer, ml_arena *arena, const sql_token *token)
{
    ml_str raw = ml_str_slice(lexer->text, token->start, token->end);
    if (token->kind != SQL_STRING && token->kind != SQL_QUOTED)
        return raw;
    char open = raw.data[0];
    if (open == '$') {
        size_t tag = ml_str_find_char(ml_str_from(raw, 1), '$') + 2;
        return raw.len >= 2 * tag ? ml_str_slice(raw, tag, raw.len - tag) : ml_str_from(raw, tag);
    }
    size_t from = token->kind == SQL_STRING ? ml_str_find_char(raw, '\'') : 0; /* behind E, N, _utf8 */
    char quote = raw.data[from];
    bool backslash = quote != '`' && (lexer->backslash || open == 'e' || open == 'E');
    size_t to = raw.len > from + 1 ? raw.len - 1 : raw.len;
    ml_str inside = ml_str_slice(raw, from + 1, to);
    if (!token->escaped)
        return inside;
    char *copy = ml_arena_bytes(arena, inside.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < inside.len; i++) {
        char c = inside.data[i];
        if (c == '\\' && backslash && i + 1 < inside.len)
            c = unescape(inside.data[++i]);
        else if (c == quote && i + 1 < inside.len && inside.data[i + 1] == quote)
            i++;
        copy[len++] = c;
    }
    copy[len] = '\0';
    return (ml_str){copy, len};
}
