/* Assignments as the common loaders read them: quotes of three kinds may run over lines;
 * without quotes a value ends at '#' or with its line. A quote that is never closed, or
 * is followed by more text, is no quote. */
#include "ml/dotenv.h"

typedef struct reader {
    ml_str text;
    size_t at;
    uint32_t line;
} reader;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
}

static size_t skip_blanks(ml_str text, size_t at)
{
    while (at < text.len && is_blank(text.data[at]))
        at++;
    return at;
}

static size_t line_end(ml_str text, size_t at)
{
    while (at < text.len && !is_line_end(text.data[at]))
        at++;
    return at;
}

/* Moves to a place further on, counting the lines on the way. */
static void move_to(reader *in, size_t to)
{
    for (; in->at < to; in->at++) {
        char c = in->text.data[in->at];
        bool pair = c == '\r' && in->at + 1 < in->text.len && in->text.data[in->at + 1] == '\n';
        in->line += is_line_end(c) && !pair;
    }
}

/* "export " before a name; at itself when it is the name. */
static size_t skip_export(ml_str text, size_t at)
{
    if (!ml_str_starts(ml_str_from(text, at), ML_STR("export")))
        return at;
    size_t name = skip_blanks(text, at + 6);
    return name > at + 6 && name < text.len && is_name(text.data[name]) ? name : at;
}

/* Past the '=' or the ": " after the name; ML_NOT_FOUND without one. */
static size_t skip_equals(ml_str text, size_t at)
{
    if (at + 1 < text.len && text.data[at] == ':' && is_blank(text.data[at + 1]))
        return at + 1;
    at = skip_blanks(text, at);
    return at < text.len && text.data[at] == '=' ? at + 1 : ML_NOT_FOUND;
}

/* The closing quote of the one at `at`, if nothing but a comment follows it. */
static size_t closing_quote(ml_str text, size_t at)
{
    char quote = text.data[at];
    size_t end = at + 1;

    while (end < text.len && text.data[end] != quote)
        end += text.data[end] == '\\' ? 2 : 1;
    if (end >= text.len)
        return ML_NOT_FOUND;
    size_t after = skip_blanks(text, end + 1);
    bool clean = after == text.len || is_line_end(text.data[after]) || text.data[after] == '#';
    return clean ? end : ML_NOT_FOUND;
}

static char escaped(char c)
{
    switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '"':
    case '\\':
    case '$': return c;
    default: return '\0';
    }
}

static ml_str decode(ml_arena *arena, ml_str value)
{
    if (ml_str_find_char(value, '\\') == ML_NOT_FOUND)
        return value;
    char *out = ml_arena_bytes(arena, value.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i] == '\\' && i + 1 < value.len ? escaped(value.data[i + 1]) : '\0';
        out[len++] = c ? c : value.data[i];
        i += c != '\0';
    }
    out[len] = '\0';
    return (ml_str){out, len};
}

/* The value that begins at `at`; *end is where the assignment ends. */
static ml_str read_value(ml_arena *arena, ml_str text, size_t at, size_t *end)
{
    at = skip_blanks(text, at);
    char first = at < text.len ? text.data[at] : '\0';
    size_t close = first == '"' || first == '\'' || first == '`' ? closing_quote(text, at) : ML_NOT_FOUND;

    if (close != ML_NOT_FOUND) {
        ml_str value = ml_str_slice(text, at + 1, close);
        *end = close + 1;
        return first == '"' ? decode(arena, value) : value;
    }
    ml_str line = ml_str_slice(text, at, line_end(text, at));
    size_t comment = ml_str_find_char(line, '#');
    ml_str value = ml_str_trim(ml_str_slice(line, 0, comment == ML_NOT_FOUND ? line.len : comment));
    *end = value.len ? (size_t)(value.data - text.data) + value.len : at;
    return value;
}

static bool read_entry(ml_env_entry *entry, ml_arena *arena, const reader *in)
{
    ml_str text = in->text;
    size_t name = skip_export(text, in->at), after = name, end;

    while (after < text.len && is_name(text.data[after]))
        after++;
    size_t value = after > name ? skip_equals(text, after) : ML_NOT_FOUND;
    if (value == ML_NOT_FOUND)
        return false;
    entry->name = ml_str_slice(text, name, after);
    entry->line = in->line;
    entry->value = read_value(arena, text, value, &end);
    entry->start = (uint32_t)in->at;
    entry->end = (uint32_t)end;
    return true;
}

void ml_dotenv_parse(ml_env_entries *out, ml_arena *arena, ml_str text)
{
    reader in = {.text = text, .line = 1};

    if (text.len > UINT32_MAX) /* far above any size cap */
        in.text.len = UINT32_MAX;
    if (ml_str_starts(text, ML_STR("\xef\xbb\xbf")))
        in.at = 3;
    while (in.at < in.text.len) {
        ml_env_entry entry;
        in.at = skip_blanks(in.text, in.at);
        if (read_entry(&entry, arena, &in)) {
            ml_vec_push(arena, out, entry);
            move_to(&in, entry.end);
        }
        size_t end = line_end(in.text, in.at);
        move_to(&in, end < in.text.len ? end + 1 : end);
    }
}
