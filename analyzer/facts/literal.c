#include "literal.h"

typedef struct reader {
    ml_str in;
    size_t at;
    char *out; /* decoding never makes a text longer */
    size_t len;
} reader;

static void emit(reader *r, uint32_t code)
{
    char *out = r->out + r->len;

    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    if (code < 0x80) {
        out[0] = (char)code;
        r->len += 1;
    } else if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        r->len += 2;
    } else if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        r->len += 3;
    } else {
        out[0] = (char)(0xF0 | code >> 18);
        out[1] = (char)(0x80 | (code >> 12 & 0x3F));
        out[2] = (char)(0x80 | (code >> 6 & 0x3F));
        out[3] = (char)(0x80 | (code & 0x3F));
        r->len += 4;
    }
}

static char peek(const reader *r, size_t ahead)
{
    return r->at + ahead < r->in.len ? r->in.data[r->at + ahead] : 0;
}

static int digit_of(char c, int base)
{
    int value = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : 99;
    return value < base ? value : -1;
}

/* Reads least to most digits at r->at; false, and nothing read, when there are fewer. */
static bool digits(reader *r, int base, size_t least, size_t most, uint32_t *value)
{
    size_t count = 0;

    *value = 0;
    while (count < most && digit_of(peek(r, count), base) >= 0) {
        uint32_t digit = (uint32_t)digit_of(peek(r, count), base);
        *value = *value > 0x10FFFF ? *value : *value * (uint32_t)base + digit;
        count++;
    }
    if (count < least)
        return false;
    r->at += count;
    return true;
}

/* After `\u`: four digits or braces. */
static bool unicode(reader *r, uint32_t *code)
{
    size_t start = r->at;

    if (peek(r, 0) != '{')
        return digits(r, 16, 4, 4, code);
    r->at++;
    if (digits(r, 16, 1, SIZE_MAX, code) && peek(r, 0) == '}') {
        r->at++;
        return true;
    }
    r->at = start;
    return false;
}

/* After `\u`, where the first of a surrogate pair takes its second along. */
static bool unicode_pair(reader *r, uint32_t *code)
{
    uint32_t low;

    if (!unicode(r, code))
        return false;
    size_t start = r->at;
    if (*code >= 0xD800 && *code <= 0xDBFF && peek(r, 0) == '\\' && peek(r, 1) == 'u') {
        r->at += 2;
        if (unicode(r, &low) && low >= 0xDC00 && low <= 0xDFFF)
            *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
        else
            r->at = start;
    }
    return true;
}

static bool line_separator(const reader *r)
{
    return peek(r, 0) == '\xE2' && peek(r, 1) == '\x80' && (peek(r, 2) == '\xA8' || peek(r, 2) == '\xA9');
}

/* After a backslash. */
static void escape(reader *r)
{
    static const char letters[] = "ntrbvf", means[] = "\n\t\r\b\v\f";
    char c = peek(r, 0);
    const char *letter = c ? strchr(letters, c) : NULL;
    uint32_t code;

    if (letter) {
        r->at++;
        emit(r, (unsigned char)means[letter - letters]);
    } else if (c >= '0' && c <= '7') {
        digits(r, 8, 1, c <= '3' ? 3 : 2, &code);
        emit(r, code);
    } else if (c == 'x' && (r->at++, digits(r, 16, 2, 2, &code))) {
        emit(r, code);
    } else if (c == 'u' && (r->at++, unicode_pair(r, &code))) {
        emit(r, code);
    } else if (c == 'x' || c == 'u') {
        emit(r, (unsigned char)c); /* malformed, and already passed */
    } else if (c == '\r' || c == '\n') {
        r->at += c == '\r' && peek(r, 1) == '\n' ? 2 : 1;
    } else if (line_separator(r)) {
        r->at += 3;
    } else if (r->at < r->in.len) {
        r->out[r->len++] = r->in.data[r->at++];
    }
}

ml_str literal_string(ml_arena *arena, ml_str inside, bool template)
{
    bool returns = template && ml_str_find_char(inside, '\r') != ML_NOT_FOUND;

    if (ml_str_find_char(inside, '\\') == ML_NOT_FOUND && !returns)
        return inside;
    reader r = {.in = inside, .out = ml_arena_bytes(arena, inside.len + 1)};
    while (r.at < inside.len) {
        char c = inside.data[r.at++];
        if (c == '\\') {
            escape(&r);
        } else if (c == '\r' && template) {
            r.at += peek(&r, 0) == '\n';
            r.out[r.len++] = '\n';
        } else {
            r.out[r.len++] = c;
        }
    }
    return (ml_str){r.out, r.len};
}

ml_str literal_name(ml_arena *arena, ml_str written)
{
    uint32_t code;

    if (ml_str_find_char(written, '\\') == ML_NOT_FOUND)
        return written;
    reader r = {.in = written, .out = ml_arena_bytes(arena, written.len + 1)};
    while (r.at < written.len) {
        char c = written.data[r.at++];
        if (c == '\\' && peek(&r, 0) == 'u') {
            r.at++;
            if (unicode_pair(&r, &code)) {
                emit(&r, code);
                continue;
            }
            r.at--;
        }
        r.out[r.len++] = c;
    }
    return (ml_str){r.out, r.len};
}

/* After '&': the character meant, or false and nothing read. */
static bool reference(reader *r, uint32_t *code)
{
    static const struct {
        const char *name;
        uint32_t code;
    } known[] = {
        {"amp;",  '&' },
        {"lt;",   '<' },
        {"gt;",   '>' },
        {"quot;", '"' },
        {"apos;", '\''},
        {"nbsp;", 0xA0}
    };
    size_t start = r->at;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        ml_str name = ml_str_of(known[i].name);
        if (ml_str_starts(ml_str_from(r->in, r->at), name)) {
            r->at += name.len;
            *code = known[i].code;
            return true;
        }
    }
    if (peek(r, 0) != '#')
        return false;
    bool hex = peek(r, 1) == 'x' || peek(r, 1) == 'X';
    r->at += hex ? 2 : 1;
    if (digits(r, hex ? 16 : 10, 1, 7, code) && peek(r, 0) == ';') {
        r->at++;
        return true;
    }
    r->at = start;
    return false;
}

ml_str literal_jsx(ml_arena *arena, ml_str inside)
{
    uint32_t code;

    if (ml_str_find_char(inside, '&') == ML_NOT_FOUND)
        return inside;
    reader r = {.in = inside, .out = ml_arena_bytes(arena, inside.len + 1)};
    while (r.at < inside.len) {
        char c = inside.data[r.at++];
        if (c == '&' && reference(&r, &code))
            emit(&r, code);
        else
            r.out[r.len++] = c;
    }
    return (ml_str){r.out, r.len};
}
