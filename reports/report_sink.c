#include "ml/report_sink.h"

#include <stdio.h>

#define REPLACEMENT 0xfffdu

/* How many bytes follow the first one, and what the second may be (Unicode table 3-7). */
static unsigned following(unsigned char first, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (first >= 0xc2 && first <= 0xdf)
        return 1;
    if (first >= 0xe0 && first <= 0xef) {
        if (first == 0xe0)
            *low = 0xa0;
        if (first == 0xed)
            *high = 0x9f;
        return 2;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (first == 0xf0)
            *low = 0x90;
        if (first == 0xf4)
            *high = 0x8f;
        return 3;
    }
    return 0;
}

uint32_t ml_utf8_next(ml_str s, size_t *at)
{
    unsigned char first = (unsigned char)s.data[(*at)++], low, high;

    if (first < 0x80)
        return first;
    unsigned more = following(first, &low, &high);
    if (!more)
        return REPLACEMENT;
    uint32_t c = first & (0x3fu >> more);
    for (; more; more--) {
        unsigned char next = *at < s.len ? (unsigned char)s.data[*at] : 0;
        if (next < low || next > high)
            return REPLACEMENT;
        c = c << 6 | (next & 0x3fu);
        low = 0x80;
        high = 0xbf;
        ++*at;
    }
    return c;
}

typedef struct range {
    uint32_t from, to;
} range;

static bool among(const range *ranges, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count && ranges[i].from <= c; i++)
        if (c <= ranges[i].to)
            return true;
    return false;
}

#define AMONG(ranges, c) among((ranges), sizeof(ranges) / sizeof *(ranges), (c))

/* Joiners (U+200C, U+200D) stay: scripts and emoji need them. */
static bool is_hostile(uint32_t c)
{
    /* clang-format off */
    static const range ranges[] = {
        {0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x180e, 0x180e},
        {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff},
        {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe007f},
    };
    /* clang-format on */
    return AMONG(ranges, c);
}

static int show(char text[16], uint32_t c)
{
    if (c == '\n' || c == '\r')
        return snprintf(text, 16, c == '\n' ? "\\n" : "\\r");
    return snprintf(text, 16, "\\u{%x}", (unsigned)c);
}

/* The loop all sinks share: what `special` does not take over is shown when it is
 * hostile and copied when it is not. */
static void pass(ml_buf *out, ml_str s, bool (*special)(ml_buf *out, uint32_t c))
{
    char text[16];

    for (size_t at = 0; at < s.len;) {
        uint32_t c = ml_utf8_next(s, &at);
        if (special && special(out, c))
            continue;
        if (is_hostile(c)) {
            show(text, c);
            ml_buf_cstr(out, text);
        } else {
            ml_buf_utf8(out, c);
        }
    }
}

/* JSON ------------------------------------------------------------------------ */

static bool json_special(ml_buf *out, uint32_t c)
{
    if (c == '"' || c == '\\')
        ml_buf_printf(out, "\\%c", (char)c);
    else if (c == '\n')
        ml_buf_cstr(out, "\\n");
    else if (c == '\t')
        ml_buf_cstr(out, "\\t");
    else if (c == '\r')
        ml_buf_cstr(out, "\\r");
    else if (is_hostile(c) && c >= 0x10000)
        ml_buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xd7c0 + (c >> 10)), (unsigned)(0xdc00 | (c & 0x3ff)));
    else if (is_hostile(c))
        ml_buf_printf(out, "\\u%04x", (unsigned)c);
    else
        return false;
    return true;
}

void ml_sink_json(ml_buf *out, ml_str s)
{
    ml_buf_char(out, '"');
    pass(out, s, json_special);
    ml_buf_char(out, '"');
}

static bool sarif_special(ml_buf *out, uint32_t c)
{
    if (c != '[' && c != ']' && c != '\\')
        return json_special(out, c);
    ml_buf_printf(out, c == '\\' ? "\\\\\\\\" : "\\\\%c", (char)c);
    return true;
}

void ml_sink_sarif_message(ml_buf *out, ml_str s)
{
    ml_buf_char(out, '"');
    /* Only text with a link in it needs the back-slashes; viewers that do not know
     * them would show them for every array index. */
    pass(out, s, ml_str_contains(s, ML_STR("](")) ? sarif_special : json_special);
    ml_buf_char(out, '"');
}

/* Terminal ---------------------------------------------------------------------- */

static size_t cells(uint32_t c)
{
    /* clang-format off */
    static const range none[] = {
        {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
        {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200c, 0x200d},
        {0x20d0, 0x20ff}, {0x302a, 0x302d}, {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
        {0xe0100, 0xe01ef},
    };
    static const range wide[] = {
        {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x25fd, 0x25fe},   {0x2614, 0x2615},
        {0x2648, 0x2653},   {0x26a1, 0x26a1},   {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x26c4, 0x26c5},
        {0x26ce, 0x26ce},   {0x26d4, 0x26d4},   {0x26ea, 0x26ea},   {0x26f2, 0x26f5},   {0x26fa, 0x26fd},
        {0x2705, 0x2705},   {0x270a, 0x270b},   {0x2728, 0x2728},   {0x274c, 0x274e},   {0x2753, 0x2757},
        {0x2795, 0x2797},   {0x27b0, 0x27bf},   {0x2b1b, 0x2b1c},   {0x2b50, 0x2b55},   {0x2e80, 0x303e},
        {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},
        {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18aff},
        {0x1b000, 0x1b2ff}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f19a}, {0x1f200, 0x1f320},
        {0x1f32d, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
    };
    /* clang-format on */
    char text[16];

    if (c == '\t')
        return 4;
    if (is_hostile(c))
        return (size_t)show(text, c);
    if (c < 0x300)
        return 1;
    return AMONG(none, c) ? 0 : AMONG(wide, c) ? 2 : 1;
}

static bool terminal_special(ml_buf *out, uint32_t c)
{
    if (c != '\t')
        return false;
    ml_buf_cstr(out, "    ");
    return true;
}

void ml_sink_terminal(ml_buf *out, ml_str s)
{
    pass(out, s, terminal_special);
}

size_t ml_sink_width(ml_str s)
{
    size_t width = 0;

    for (size_t at = 0; at < s.len;)
        width += cells(ml_utf8_next(s, &at));
    return width;
}

void ml_sink_terminal_cut(ml_buf *out, ml_str s, size_t skip, size_t width)
{
    size_t column = 0, from = s.len, to = s.len, padding = 0;

    for (size_t at = 0; at < s.len;) {
        size_t start = at;
        size_t next = column + cells(ml_utf8_next(s, &at));
        /* A character that straddles the left edge is blanked, to keep columns true. */
        if (from == s.len && column >= skip) {
            from = start;
            padding = column - skip;
        }
        /* The last column is kept for the ellipsis unless the line ends here. */
        if (from < s.len && next + (at < s.len) > skip + width) {
            to = start;
            break;
        }
        column = next;
    }
    for (; padding; padding--)
        ml_buf_char(out, ' ');
    ml_sink_terminal(out, ml_str_slice(s, from, to));
    if (to < s.len)
        ml_buf_cstr(out, "…");
}

/* Markup -------------------------------------------------------------------------- */

static bool html_special(ml_buf *out, uint32_t c)
{
    /* clang-format off */
    switch (c) {
    case '&': ml_buf_cstr(out, "&amp;"); return true;
    case '<': ml_buf_cstr(out, "&lt;"); return true;
    case '>': ml_buf_cstr(out, "&gt;"); return true;
    case '"': ml_buf_cstr(out, "&quot;"); return true;
    case '\'': ml_buf_cstr(out, "&#39;"); return true;
    case '\n':
    case '\t': ml_buf_char(out, (char)c); return true;
    default: return false;
    }
    /* clang-format on */
}

void ml_sink_html(ml_buf *out, ml_str s)
{
    pass(out, s, html_special);
}

static bool xml_special(ml_buf *out, uint32_t c)
{
    if (c != '\n' && c != '\t')
        return html_special(out, c);
    ml_buf_printf(out, "&#%u;", (unsigned)c); /* an attribute would turn it into a blank */
    return true;
}

void ml_sink_xml(ml_buf *out, ml_str s)
{
    pass(out, s, xml_special);
}

static bool markdown_special(ml_buf *out, uint32_t c)
{
    if (c == '\n' || c == '\r' || c == '\t')
        ml_buf_char(out, ' ');
    else if (c == '<' || c == '>' || c == '&')
        return html_special(out, c);
    else if (c == '@' || c == '#')
        /* Mentions and references are looked for after escapes are gone; an empty
         * comment keeps the two halves apart. */
        ml_buf_printf(out, "\\%c<!-- -->", (char)c);
    else if (c < 0x80 && c && /* '.' and ':' too, or a bare address becomes a link */
             strchr("\\`*_[]|~.:$", (int)c))
        ml_buf_printf(out, "\\%c", (char)c);
    else
        return false;
    return true;
}

void ml_sink_markdown(ml_buf *out, ml_str s)
{
    pass(out, s, markdown_special);
}

static bool code_special(ml_buf *out, uint32_t c)
{
    if (c != '\n' && c != '\r' && c != '\t')
        return false;
    ml_buf_char(out, ' ');
    return true;
}

void ml_sink_markdown_code(ml_buf *out, ml_str s)
{
    size_t longest = 0, run = 0;

    for (size_t i = 0; i < s.len; i++) {
        run = s.data[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    bool blanks = !s.len || s.data[0] == '`' || s.data[s.len - 1] == '`';
    for (size_t i = 0; i <= longest; i++)
        ml_buf_char(out, '`');
    ml_buf_cstr(out, blanks ? " " : "");
    pass(out, s, code_special);
    ml_buf_cstr(out, blanks ? " " : "");
    for (size_t i = 0; i <= longest; i++)
        ml_buf_char(out, '`');
}

/* GitHub workflow commands ---------------------------------------------------------- */

static bool github_message_special(ml_buf *out, uint32_t c)
{
    if (c == '%' || c == '\r' || c == '\n')
        ml_buf_printf(out, "%%%02X", (unsigned)c);
    else if (c == '[')
        /* The runner also knows an older form, "##[error]", anywhere in a line. */
        ml_buf_cstr(out, out->len >= 2 && !memcmp(out->data + out->len - 2, "##", 2) ? " [" : "[");
    else
        return false;
    return true;
}

void ml_sink_github_message(ml_buf *out, ml_str s)
{
    pass(out, s, github_message_special);
}

static bool github_property_special(ml_buf *out, uint32_t c)
{
    if (c != ':' && c != ',')
        return github_message_special(out, c);
    ml_buf_printf(out, "%%%02X", (unsigned)c);
    return true;
}

void ml_sink_github_property(ml_buf *out, ml_str s)
{
    pass(out, s, github_property_special);
}

/* URI ------------------------------------------------------------------------------- */

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void ml_sink_uri(ml_buf *out, ml_str path)
{
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.data[i];
        if (is_unreserved(c) || c == '/')
            ml_buf_char(out, (char)c);
        else
            ml_buf_printf(out, "%%%02X", c);
    }
}
