/* JSON with comments and trailing commas: one pass, an explicit stack of open
 * containers instead of recursion, so that depth is a stated limit and not a crash.
 *
 * Linear in the text; duplicate keys are looked for only when strict. */
#include "ml/jsonc.h"

#include "ml/digits.h"
#include "ml/buf.h"
#include "ml/map.h"

enum { DEPTH_MAX = 512, FEW_MEMBERS = 12 };

typedef struct frame {
    ml_json *container;
    const ml_json **tail; /* where the next child is hung in */
    uint32_t children;
} frame;

typedef struct parser {
    ml_arena *arena;
    ml_str text;
    size_t at;
    bool strict;
    const char *path;
    ml_error *error;
    frame stack[DEPTH_MAX];
    uint32_t depth;
} parser;

static uint32_t line_of(ml_str text, size_t at)
{
    uint32_t line = 1;

    for (size_t i = 0; i < at && i < text.len; i++)
        line += text.data[i] == '\n';
    return line;
}

static ml_status refuse(parser *p, ml_status status, size_t at, const char *what)
{
    return ml_fail(p->error, status, p->path, line_of(p->text, at), "%s", what);
}

static int peek(const parser *p)
{
    return p->at < p->text.len ? (unsigned char)p->text.data[p->at] : -1;
}

/* White space and both kinds of comment. */
static ml_status skip_blank(parser *p)
{
    for (;;) {
        int c = peek(p);
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            p->at++;
            continue;
        }
        ml_str rest = ml_str_from(p->text, p->at);
        if (ml_str_starts(rest, ML_STR("//"))) {
            size_t end = ml_str_find_char(rest, '\n');
            p->at = end == ML_NOT_FOUND ? p->text.len : p->at + end;
        } else if (ml_str_starts(rest, ML_STR("/*"))) {
            size_t end = ml_str_find(ml_str_from(rest, 2), ML_STR("*/"));
            if (end == ML_NOT_FOUND)
                return refuse(p, ML_ESYNTAX, p->at, "comment without end");
            p->at += end + 4;
        } else {
            return ML_OK;
        }
    }
}

/* Four hexadecimal digits at `at`, or -1. */
static int32_t read_hex4(const parser *p, size_t at)
{
    int32_t value = 0;

    if (p->text.len - at < 4)
        return -1;
    for (size_t i = at; i < at + 4; i++) {
        int digit = ml_hex_digit(p->text.data[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* At the 'u' of an escape; a pair of surrogates is one code point, a lone one becomes U+FFFD. */
static bool read_unicode_escape(parser *p, ml_buf *out)
{
    int32_t high = read_hex4(p, p->at + 1);
    if (high < 0)
        return false;
    p->at += 5;
    if (high >= 0xD800 && high < 0xDC00 && ml_str_starts(ml_str_from(p->text, p->at), ML_STR("\\u"))) {
        int32_t low = read_hex4(p, p->at + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            p->at += 6;
            ml_buf_utf8(out, (uint32_t)(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)));
            return true;
        }
    }
    ml_buf_utf8(out, (uint32_t)high);
    return true;
}

static bool read_escape(parser *p, ml_buf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

    p->at++;
    int c = peek(p);
    if (c == 'u')
        return read_unicode_escape(p, out);
    const char *known = c > 0 ? strchr(from, c) : NULL;
    if (!known)
        return false;
    ml_buf_char(out, to[known - from]);
    p->at++;
    return true;
}

/* The string with escapes, from its first escape on. */
static ml_status read_escaped(parser *p, size_t start, ml_str *out)
{
    ml_buf buf = {0};

    ml_buf_bytes(&buf, p->text.data + start, p->at - start);
    while (peek(p) >= 0 && peek(p) != '"' && peek(p) != '\n') {
        if (peek(p) != '\\') {
            ml_buf_char(&buf, p->text.data[p->at++]);
        } else if (!read_escape(p, &buf)) {
            ml_buf_finish(&buf);
            return refuse(p, ML_ESYNTAX, p->at, "escape sequence that JSON does not know");
        }
    }
    *out = ml_arena_copy(p->arena, ml_buf_view(&buf));
    ml_buf_finish(&buf);
    return ML_OK;
}

static ml_status read_string(parser *p, ml_str *out)
{
    size_t open = p->at, start = ++p->at;
    ml_status status;

    while (peek(p) >= 0 && peek(p) != '"' && peek(p) != '\\' && peek(p) != '\n')
        p->at++;
    if (peek(p) == '\\') {
        if ((status = read_escaped(p, start, out)) != ML_OK)
            return status;
    } else {
        *out = ml_str_slice(p->text, start, p->at);
    }
    if (peek(p) != '"')
        return refuse(p, ML_ESYNTAX, open, "string without end");
    p->at++;
    return ML_OK;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void skip_digits(parser *p)
{
    while (is_digit(peek(p)))
        p->at++;
}

static bool read_number(parser *p)
{
    if (peek(p) == '-')
        p->at++;
    if (!is_digit(peek(p)))
        return false;
    skip_digits(p);
    if (peek(p) == '.') {
        p->at++;
        if (!is_digit(peek(p)))
            return false;
        skip_digits(p);
    }
    if (peek(p) == 'e' || peek(p) == 'E') {
        p->at++;
        if (peek(p) == '+' || peek(p) == '-')
            p->at++;
        if (!is_digit(peek(p)))
            return false;
        skip_digits(p);
    }
    return true;
}

static bool read_word(parser *p, ml_json *value)
{
    static const struct {
        const char *word;
        ml_json_kind kind;
    } words[] = {
        {"null",  ML_JSON_NULL },
        {"false", ML_JSON_FALSE},
        {"true",  ML_JSON_TRUE }
    };
    size_t end = p->at;

    while (end < p->text.len && p->text.data[end] >= 'a' && p->text.data[end] <= 'z')
        end++;
    ml_str word = ml_str_slice(p->text, p->at, end);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (ml_str_eq_c(word, words[i].word)) {
            value->kind = words[i].kind;
            p->at = end;
            return true;
        }
    return false;
}

static ml_status read_scalar(parser *p, ml_json *value)
{
    if (peek(p) == '"') {
        value->kind = ML_JSON_STRING;
        return read_string(p, &value->text);
    }
    if (peek(p) == '-' || is_digit(peek(p))) {
        size_t start = p->at;
        if (!read_number(p))
            return refuse(p, ML_ESYNTAX, start, "number that JSON does not know");
        value->kind = ML_JSON_NUMBER;
        value->text = ml_str_slice(p->text, start, p->at);
        return ML_OK;
    }
    if (!read_word(p, value))
        return refuse(p, ML_ESYNTAX, p->at,
                      peek(p) < 0 ? "text ends where a value was expected" : "a value was expected here");
    return ML_OK;
}

/* Hangs the value below the innermost open container. */
static void attach(parser *p, ml_json *value)
{
    frame *top = &p->stack[p->depth - 1];

    *top->tail = value;
    top->tail = &value->next;
    top->children++;
}

static ml_status read_key(parser *p, ml_json *value)
{
    ml_status status;

    value->key_start = (uint32_t)p->at;
    if (peek(p) != '"')
        return refuse(p, ML_ESYNTAX, p->at, peek(p) < 0 ? "object without end" : "a key in quotes was expected here");
    if ((status = read_string(p, &value->key)) != ML_OK || (status = skip_blank(p)) != ML_OK)
        return status;
    if (peek(p) != ':')
        return refuse(p, ML_ESYNTAX, p->at, "':' was expected after the key");
    p->at++;
    return skip_blank(p);
}

static ml_status refuse_twice(parser *p, const ml_json *again)
{
    return ml_fail(p->error, ML_ESYNTAX, p->path, line_of(p->text, again->key_start), "key \"%.*s\" is given twice",
                   ML_STR_ARG(again->key));
}

static ml_status check_keys(parser *p, const frame *object)
{
    ml_strmap seen = {0};

    for (const ml_json *member = object->container->first; member; member = member->next) {
        if (object->children > FEW_MEMBERS) {
            if (ml_strmap_get(&seen, member->key))
                return refuse_twice(p, member);
            ml_strmap_put(p->arena, &seen, member->key, p);
            continue;
        }
        for (const ml_json *before = object->container->first; before != member; before = before->next)
            if (ml_str_eq(before->key, member->key))
                return refuse_twice(p, member);
    }
    return ML_OK;
}

static ml_status open_container(parser *p, ml_json *value)
{
    if (p->depth == DEPTH_MAX)
        return refuse(p, ML_ELIMIT, p->at, "nested deeper than 512 levels");
    value->kind = peek(p) == '{' ? ML_JSON_OBJECT : ML_JSON_ARRAY;
    p->at++;
    p->stack[p->depth++] = (frame){.container = value, .tail = &value->first};
    return ML_OK;
}

static ml_status close_container(parser *p)
{
    frame *top = &p->stack[p->depth - 1];

    p->at++;
    top->container->end = (uint32_t)p->at;
    p->depth--;
    return p->strict && top->container->kind == ML_JSON_OBJECT ? check_keys(p, top) : ML_OK;
}

/* After a complete value: closes what is closed here, passes one comma. */
static ml_status finish_values(parser *p)
{
    while (p->depth) {
        const frame *top = &p->stack[p->depth - 1];
        int closing = top->container->kind == ML_JSON_OBJECT ? '}' : ']';
        ml_status status = skip_blank(p);
        if (status != ML_OK)
            return status;
        if (peek(p) == ',' && top->children) {
            p->at++;
            if ((status = skip_blank(p)) != ML_OK)
                return status;
            if (peek(p) != closing)
                return ML_OK;
        } else if (peek(p) != closing) {
            if (!top->children)
                return ML_OK;
            return refuse(p, ML_ESYNTAX, p->at,
                          closing == '}' ? "',' or '}' was expected here" : "',' or ']' was expected here");
        }
        if ((status = close_container(p)) != ML_OK)
            return status;
    }
    return ML_OK;
}

static ml_status read_document(parser *p, const ml_json **root)
{
    ml_status status = skip_blank(p);

    do {
        ml_json *value = ML_NEW(p->arena, ml_json);
        if (status != ML_OK)
            return status;
        if (p->depth) {
            if (p->stack[p->depth - 1].container->kind == ML_JSON_OBJECT && (status = read_key(p, value)) != ML_OK)
                return status;
            attach(p, value);
        } else {
            *root = value;
        }
        value->start = (uint32_t)p->at;
        if (peek(p) == '{' || peek(p) == '[')
            status = open_container(p, value);
        else
            status = read_scalar(p, value);
        if (status != ML_OK)
            return status;
        value->end = (uint32_t)p->at;
        status = finish_values(p);
    } while (status == ML_OK && p->depth);
    return status;
}

ml_status ml_json_parse(const ml_json **out, ml_arena *arena, ml_str text, bool strict, const char *path,
                        ml_error *error)
{
    const ml_json *root = NULL;
    ml_status status;

    if (text.len >= UINT32_MAX)
        return ml_fail(error, ML_ELIMIT, path, 0, "larger than 4 GB");
    parser p = {.arena = arena, .text = text, .strict = strict, .path = path, .error = error};
    if (ml_str_starts(text, ML_STR("\xEF\xBB\xBF")))
        p.at = 3;
    if ((status = read_document(&p, &root)) != ML_OK || (status = skip_blank(&p)) != ML_OK)
        return status;
    if (p.at < text.len)
        return refuse(&p, ML_ESYNTAX, p.at, "more text after the value");
    *out = root;
    return ML_OK;
}

const ml_json *ml_json_get_str(const ml_json *object, ml_str key)
{
    const ml_json *found = NULL;

    if (!object || object->kind != ML_JSON_OBJECT)
        return NULL;
    /* As in JavaScript, the last of equal keys counts. */
    for (const ml_json *member = object->first; member; member = member->next)
        if (ml_str_eq(member->key, key))
            found = member;
    return found;
}

const ml_json *ml_json_get(const ml_json *object, const char *key)
{
    return ml_json_get_str(object, ml_str_of(key));
}

ml_str ml_json_string(const ml_json *value)
{
    return value && value->kind == ML_JSON_STRING ? value->text : ML_STR_NONE;
}

uint32_t ml_json_line(ml_str text, uint32_t at)
{
    return line_of(text, at);
}
