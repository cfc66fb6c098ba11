#include "ml/syntax.h"

/* A copy is made at the first change only: most files have none. */
typedef struct edit {
    ml_arena *arena;
    ml_str text;
    char *copy;
} edit;

static void put(edit *e, size_t at, char c)
{
    if (!e->copy) {
        e->copy = ml_arena_bytes(e->arena, e->text.len + 1);
        memcpy(e->copy, e->text.data, e->text.len);
        e->copy[e->text.len] = 0;
    }
    e->copy[at] = c;
}

static bool is_separator(ml_str text, size_t at) /* U+2028 or U+2029 */
{
    return at + 2 < text.len && (unsigned char)text.data[at] == 0xE2 && (unsigned char)text.data[at + 1] == 0x80 &&
           ((unsigned char)text.data[at + 2] & 0xFE) == 0xA8;
}

/* The grammar ends a hashbang at a line feed only, and wants it at byte 0. What stands
 * after another line end, or after a byte order mark, would be lost without an error. */
static void blank_hashbang(edit *e)
{
    size_t at = ml_str_starts(e->text, ML_STR("\xEF\xBB\xBF")) ? 3 : 0;

    if (!ml_str_starts(ml_str_from(e->text, at), ML_STR("#!")))
        return;
    for (; at < e->text.len && e->text.data[at] != '\n' && e->text.data[at] != '\r' && !is_separator(e->text, at); at++)
        put(e, at, ' ');
}

static void end_lines(edit *e)
{
    const char *data = e->text.data, *end = data + e->text.len;

    for (const char *at = data; at < end && (at = memchr(at, '\r', (size_t)(end - at))); at++)
        if (at + 1 == end || at[1] != '\n')
            put(e, (size_t)(at - data), '\n');
}

/* Is the line a conflict marker: seven of c, then a blank or its end? */
static bool is_marker(ml_str line, char c)
{
    if (line.len < 7)
        return false;
    for (size_t i = 0; i < 7; i++)
        if (line.data[i] != c)
            return false;
    return line.len == 7 || line.data[7] == ' ' || line.data[7] == '\r';
}

static void blank_conflicts(edit *e)
{
    size_t at = 0;
    bool inside = false;

    if (!ml_str_contains(e->text, ML_STR("<<<<<<<")) || !ml_str_contains(e->text, ML_STR(">>>>>>>")))
        return;
    while (at < e->text.len) {
        size_t len = ml_str_find_char(ml_str_from(e->text, at), '\n');
        ml_str line = ml_str_slice(e->text, at, len == ML_NOT_FOUND ? e->text.len : at + len);
        bool opens = is_marker(line, '<'), closes = inside && is_marker(line, '>');
        if (opens || closes || (inside && (is_marker(line, '=') || is_marker(line, '|'))))
            for (size_t i = at; i < at + line.len; i++)
                if (e->text.data[i] != '\r')
                    put(e, i, ' ');
        inside = opens || (inside && !closes);
        at += line.len + 1;
    }
}

ml_str ml_normalise(ml_arena *arena, ml_str text)
{
    edit e = {.arena = arena, .text = text};

    blank_hashbang(&e);
    end_lines(&e);
    blank_conflicts(&e);
    return e.copy ? (ml_str){e.copy, text.len} : text;
}
