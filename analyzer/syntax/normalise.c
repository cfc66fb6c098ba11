/* normalise.c - the text as the grammar can take it, every byte at its place. */
#include "ml/syntax.h"

#include "rewrite.h"

void rewrite_put(rewrite *r, size_t at, char c)
{
    if (!r->copy) {
        r->copy = ml_arena_bytes(r->arena, r->text.len + 1);
        memcpy(r->copy, r->text.data, r->text.len);
        r->copy[r->text.len] = 0;
    }
    r->copy[at] = c;
}

static bool is_separator(ml_str text, size_t at) /* U+2028 or U+2029 */
{
    return at + 2 < text.len && (unsigned char)text.data[at] == 0xE2 && (unsigned char)text.data[at + 1] == 0x80 &&
           ((unsigned char)text.data[at + 2] & 0xFE) == 0xA8;
}

/* The grammar ends a hashbang at a line feed only, and wants it at byte 0. What stands
 * after a line separator, or all of the line after a byte order mark, would be lost or
 * misread. (A carriage return becomes a line feed anyway.) */
static void blank_hashbang(rewrite *r)
{
    size_t mark = ml_str_starts(r->text, ML_STR("\xEF\xBB\xBF")) ? 3 : 0, end = mark;

    if (!ml_str_starts(ml_str_from(r->text, mark), ML_STR("#!")))
        return;
    while (end < r->text.len && !memchr("\r\n", r->text.data[end], 2) && !is_separator(r->text, end))
        end++;
    if (!mark && !is_separator(r->text, end))
        return;
    for (size_t i = mark; i < end; i++)
        rewrite_put(r, i, ' ');
}

static void end_lines(rewrite *r)
{
    const char *data = r->text.data, *end = r->text.len ? data + r->text.len : data;

    for (const char *at = data; at < end && (at = memchr(at, '\r', (size_t)(end - at))); at++)
        if (at + 1 == end || at[1] != '\n')
            rewrite_put(r, (size_t)(at - data), '\n');
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

static void blank_conflicts(rewrite *r)
{
    size_t at = 0;
    bool inside = false;

    if (!ml_str_contains(r->text, ML_STR("<<<<<<<")) || !ml_str_contains(r->text, ML_STR(">>>>>>>")))
        return;
    while (at < r->text.len) {
        size_t len = ml_str_find_char(ml_str_from(r->text, at), '\n');
        ml_str line = ml_str_slice(r->text, at, len == ML_NOT_FOUND ? r->text.len : at + len);
        bool opens = is_marker(line, '<'), closes = inside && is_marker(line, '>');
        if (opens || closes || (inside && (is_marker(line, '=') || is_marker(line, '|'))))
            for (size_t i = at; i < at + line.len; i++)
                if (r->text.data[i] != '\r')
                    rewrite_put(r, i, ' ');
        inside = opens || (inside && !closes);
        at += line.len + 1;
    }
}

ml_str ml_normalise(ml_arena *arena, ml_str text)
{
    rewrite r = {.arena = arena, .text = text};

    blank_hashbang(&r);
    end_lines(&r);
    blank_conflicts(&r);
    rewrite_repair(&r);
    return r.copy ? (ml_str){r.copy, text.len} : text;
}
