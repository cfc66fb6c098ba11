/* Hosts that are no text as they stand: put together of texts side by side, decoded from base64, or begun in
 * a text that ends in their middle. */
#include "traces.h"

#include "ml/digits.h"

enum { BASE64_MIN = 12, MADE_MAX = 256 };

/* What base64 says, if all of its beginning is plain text; most texts are none after a few bytes. */
static size_t decode(ml_str text, char *out)
{
    uint32_t bits = 0, count = 0;
    size_t len = 0;

    for (size_t i = 0; i < text.len && len < MADE_MAX; i++) {
        int value = ml_base64_digit(text.data[i]);
        if (value < 0)
            return text.data[i] == '=' ? len : 0;
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        out[len] = (char)(bits >> count & 0xff);
        if (out[len] < ' ' || out[len] > '~')
            return 0;
        len++;
    }
    return len;
}

static bool decodes_to_address(const ml_scan *scan, ml_str text)
{
    char decoded[MADE_MAX];
    ml_str plain = {decoded, text.len >= BASE64_MIN ? decode(text, decoded) : 0};

    return plain.len && (ml_str_contains(plain, ML_STR("://")) || ml_trace_holds_host(scan, plain));
}

/* Between two texts: the operator that joins them, `,` in a list, or NUL. */
static char joint(ml_str text, uint32_t end, uint32_t start)
{
    char found = '\0';

    for (uint32_t at = end + 1; at + 1 < start; at++) {
        char c = text.data[at];
        if (isspace((unsigned char)c))
            continue;
        if ((c != '+' && c != ',') || found)
            return '\0';
        found = c;
    }
    return found;
}

static bool is_host_part(ml_str part)
{
    for (size_t i = 0; i < part.len; i++)
        if (!ml_trace_is_label_byte(part.data[i]) && !strchr(".:/", part.data[i]))
            return false;
    return part.len > 0;
}

/* "api.open" + "ai.com", ["api", "openai", "com"]: the texts from this one on, as they may be joined. */
static bool joins_to_host(const ml_scan *scan, ml_str text, const ml_lex_ranges *texts, uint32_t first, uint32_t *last)
{
    char made[2][MADE_MAX], both[2 * MADE_MAX + 1]; /* one with dots between them */
    size_t len[2] = {0, 0};
    char by = '\0';
    uint32_t i = first;

    for (bool goes_on = true; goes_on; i++) {
        const ml_lex_range *range = &texts->items[i];
        ml_str part = ml_str_slice(text, range->start, range->end);
        if (!is_host_part(part) || len[1] + part.len + 1 > MADE_MAX)
            break;
        for (int k = 0; k < 2; k++) {
            memcpy(made[k] + len[k], part.data, part.len);
            len[k] += part.len;
        }
        char next = i + 1 < texts->count ? joint(text, range->end, texts->items[i + 1].start) : '\0';
        goes_on = next && (!by || next == by);
        by = goes_on ? next : by;
        if (goes_on)
            made[1][len[1]++] = '.';
    }
    *last = i > first ? i - 1 : first;
    if (*last == first)
        return false;
    ml_str plain = {made[0], len[0]};
    if (decodes_to_address(scan, plain))
        return true;
    if (by != ',')
        return ml_trace_holds_host(scan, plain);
    /* Both in one look, as two texts of their own. */
    memcpy(both, made[0], len[0]);
    both[len[0]] = '"';
    memcpy(both + len[0] + 1, made[1], len[1]);
    return ml_trace_holds_host(scan, (ml_str){both, len[0] + 1 + len[1]});
}

/* "api.", `//api.${…}`, "curl api.": the text ends in the middle of a host. */
static bool ends_in_host(const ml_scan *scan, ml_str inside)
{
    size_t start = inside.len;

    if (ml_str_find_char(inside, '.') == ML_NOT_FOUND) /* most texts */
        return false;
    while (start && inside.len - start < ML_TRACE_HOST_MAX && ml_trace_is_host_byte(inside.data[start - 1]))
        start--;
    ml_str host = ml_str_from(inside, start);
    if (start && inside.data[start - 1] != '/' && inside.data[start - 1] != '@' &&
        !ml_str_starts(inside, ML_STR("curl")))
        return false; /* the last word of a sentence */
    return ml_str_find_char(host, '.') != ML_NOT_FOUND && !ml_str_eq_c(host, "www.") &&
           ml_trace_begins_host(scan, host);
}

bool ml_trace_is_made(const ml_scan *scan, ml_str text)
{
    return decodes_to_address(scan, text) || ends_in_host(scan, text);
}

void ml_scan_add_made_hosts(ml_scan *scan, ml_slot *slot, ml_arena *arena, ml_str text, const ml_lexed *lexed)
{
    for (uint32_t i = 0; !lexed->unsure && scan->host_words && i < lexed->texts.count; i++) {
        const ml_lex_range *range = &lexed->texts.items[i];
        uint32_t last = i;
        ml_str inside = ml_str_slice(text, range->start, range->end);
        bool joined = i + 1 < lexed->texts.count && joint(text, range->end, range[1].start);
        if (ml_trace_is_made(scan, inside) || (joined && joins_to_host(scan, text, &lexed->texts, i, &last)))
            ml_vec_push(arena, &slot->traces, range->start);
        i = last;
    }
}
