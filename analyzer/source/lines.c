/* Byte offsets to lines and columns, and the lines a report shows. The line table is
 * one pass over the text; a position costs a binary search and a walk along its line. */
#include "linehash.h"
#include "utf8.h"

#include "ml/source.h"

enum {
    CONTEXT_LINES = 2,
    SPAN_LINES_MAX = 12, /* of a longer span the beginning is shown */
    LINE_BYTES_MAX = 240,
    LEAD_BYTES = 80 /* kept before the finding when its line is cut */
};

/* Length of the line end at text[at], 0 when there is none. */
static uint32_t end_length(ml_str text, size_t at)
{
    unsigned char c = (unsigned char)text.data[at];

    if (c == '\n')
        return 1;
    if (c == '\r')
        return at + 1 < text.len && text.data[at + 1] == '\n' ? 2 : 1;
    if (c != 0xe2 || at + 2 >= text.len || (unsigned char)text.data[at + 1] != 0x80)
        return 0;
    unsigned char last = (unsigned char)text.data[at + 2];
    return last == 0xa8 || last == 0xa9 ? 3 : 0;
}

static bool may_end_line(char c)
{
    return c == '\n' || c == '\r' || c == (char)0xe2;
}

ml_lines ml_lines_of(ml_arena *arena, ml_str text)
{
    ML_VEC(uint32_t) starts = {0};

    if (text.len > UINT32_MAX - 1) /* far above any size cap */
        text.len = UINT32_MAX - 1;
    ml_vec_push(arena, &starts, 0);
    for (size_t at = 0; at < text.len;) {
        uint32_t length = may_end_line(text.data[at]) ? end_length(text, at) : 0;
        at += length ? length : 1;
        if (length)
            ml_vec_push(arena, &starts, (uint32_t)at);
    }
    return (ml_lines){text, starts.items, starts.count};
}

static uint32_t line_of(const ml_lines *lines, uint32_t byte)
{
    uint32_t low = 0, high = lines->count; /* starts[low] <= byte < starts[high] */

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (lines->starts[middle] <= byte)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static size_t bom_length(ml_str text)
{
    return ml_str_starts(text, ML_STR("\xef\xbb\xbf")) ? 3 : 0;
}

static uint32_t column_of(const ml_lines *lines, uint32_t line, uint32_t byte)
{
    const unsigned char *data = (const unsigned char *)lines->text.data;
    size_t at = line == 0 ? bom_length(lines->text) : lines->starts[line];
    uint32_t column = 1;

    while (at < byte) {
        ml_utf8_char c = ml_utf8_next(data + at, lines->text.len - at);
        size_t bytes = c.valid ? c.bytes : 1;
        if (at + bytes > byte) /* inside a character: its own column */
            break;
        at += bytes;
        column += c.units;
    }
    return column;
}

ml_span ml_lines_span(const ml_lines *lines, uint32_t from, uint32_t to)
{
    uint32_t len = (uint32_t)lines->text.len;

    if (from > len)
        from = len;
    if (to > len)
        to = len;
    if (to < from)
        to = from;
    uint32_t line = line_of(lines, from), end_line = line_of(lines, to);
    return (ml_span){
        .line = line + 1,
        .column = column_of(lines, line, from),
        .end_line = end_line + 1,
        .end_column = column_of(lines, end_line, to),
        .byte = from,
        .end_byte = to,
    };
}

ml_str ml_lines_line(const ml_lines *lines, uint32_t line)
{
    if (line == 0 || line > lines->count)
        return ML_STR_NONE;
    size_t from = line == 1 ? bom_length(lines->text) : lines->starts[line - 1];
    if (line == lines->count)
        return ml_str_from(lines->text, from);
    size_t to = lines->starts[line];
    char last = lines->text.data[to - 1];
    if (last == '\n')
        to -= to - 1 > from && lines->text.data[to - 2] == '\r' ? 2 : 1;
    else
        to -= last == '\r' ? 1 : 3;
    return ml_str_slice(lines->text, from, to);
}

/* At most max bytes, not ending inside a character. */
static ml_str cut(ml_str s, size_t max)
{
    if (s.len <= max)
        return s;
    size_t len = max;
    while (len > 0 && max - len < 4 && ((unsigned char)s.data[len] & 0xc0) == 0x80)
        len--;
    if (((unsigned char)s.data[len] & 0xc0) == 0x80) /* no character to keep whole */
        len = max;
    return ml_str_slice(s, 0, len);
}

/* The finding's own line in a few words: of a very long line the part around it. */
static ml_str own_line(const ml_lines *lines, ml_span span)
{
    ml_str line = ml_lines_line(lines, span.line);

    if (line.len <= LINE_BYTES_MAX)
        return ml_str_trim(line);
    size_t start = (size_t)(line.data - lines->text.data);
    size_t at = span.byte > start ? span.byte - start : 0;
    size_t from = at > LEAD_BYTES ? at - LEAD_BYTES : 0;
    for (int i = 0; i < 3 && from < at && ((unsigned char)line.data[from] & 0xc0) == 0x80; i++)
        from++;
    return ml_str_trim(cut(ml_str_from(line, from), LINE_BYTES_MAX));
}

static ml_str joined_lines(ml_arena *arena, const ml_lines *lines, uint32_t first, uint32_t last)
{
    size_t len = 0;

    for (uint32_t line = first; line <= last; line++)
        len += cut(ml_lines_line(lines, line), LINE_BYTES_MAX).len + 1;
    char *out = ml_arena_bytes(arena, len + 1);
    len = 0;
    for (uint32_t line = first; line <= last; line++) {
        ml_str piece = cut(ml_lines_line(lines, line), LINE_BYTES_MAX);
        if (line != first)
            out[len++] = '\n';
        if (piece.len)
            memcpy(out + len, piece.data, piece.len);
        len += piece.len;
    }
    out[len] = '\0';
    return (ml_str){out, len};
}

ml_code ml_lines_code(ml_arena *arena, ml_line_hashes *kept, const ml_lines *lines, ml_span span)
{
    ml_code code = {0};
    uint32_t line = span.line == 0 ? 1 : span.line > lines->count ? lines->count : span.line;
    uint32_t end_line = span.end_line < line ? line : span.end_line;

    if (end_line - line >= SPAN_LINES_MAX)
        end_line = line + SPAN_LINES_MAX - 1;
    span.line = line;
    code.first_line = line > CONTEXT_LINES ? line - CONTEXT_LINES : 1;
    uint32_t last = end_line > lines->count - CONTEXT_LINES || lines->count <= CONTEXT_LINES ? lines->count
                                                                                             : end_line + CONTEXT_LINES;
    code.text = joined_lines(arena, lines, code.first_line, last);
    code.line = ml_arena_copy(arena, own_line(lines, span));
    code.line_hash = ml_line_hash(kept, lines->text, line, &code.line_hash_ordinal);
    return code;
}
