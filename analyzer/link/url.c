/* The host of a URL string, as a URL parser would find it: scheme, then authority up
 * to '/', '?', '#' or '\', user info before the last '@', port after the last ':'. */
#include "ml/value.h"

#include "ml/digits.h"
#include "ml/buf.h"

enum { HOLE = 1 };

/* The pieces as one text in which a hole is one byte of its own. */
static void flatten(ml_buf *buf, const ml_piece *pieces, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (pieces[i].hole != ML_HOLE_NONE) {
            ml_buf_char(buf, HOLE);
            continue;
        }
        for (size_t k = 0; k < pieces[i].text.len; k++) {
            char c = pieces[i].text.data[k];
            /* A URL parser drops tabs and line ends; a stray hole byte would be mistaken for a hole. */
            if (c != '\t' && c != '\n' && c != '\r' && c != HOLE)
                ml_buf_char(buf, c);
        }
    }
}

static ml_place place_at(const ml_piece *pieces, uint32_t count, size_t offset)
{
    for (uint32_t i = 0; i < count; i++) {
        size_t len = pieces[i].hole == ML_HOLE_NONE ? pieces[i].text.len : 1;
        if (offset < len)
            return pieces[i].place;
        offset -= len;
    }
    return count ? pieces[count - 1].place : (ml_place){0};
}

static bool is_scheme_char(char c, bool first)
{
    bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
    return letter || (!first && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'));
}

static size_t scheme_length(ml_str text)
{
    size_t len = 0;

    while (len < text.len && is_scheme_char(text.data[len], len == 0))
        len++;
    return len && len < text.len && text.data[len] == ':' ? len : 0;
}

/* "http<hole>:": the scheme's letters with a hole among them. */
static size_t open_scheme_length(ml_str text)
{
    size_t len = 0;

    while (len < text.len && (is_scheme_char(text.data[len], len == 0) || (len && text.data[len] == HOLE)))
        len++;
    return len && ml_str_starts(ml_str_from(text, len), ML_STR("://")) ? len : 0;
}

/* Schemes after which a URL parser takes any slashes, either way round, for the start of a host. */
static bool is_special(ml_str scheme)
{
    static const char *const special[] = {"http", "https", "ws", "wss", "ftp"};

    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (ml_str_eq_nocase(scheme, ml_str_of(special[i])))
            return true;
    return false;
}

static size_t slashes(ml_str text)
{
    size_t count = 0;

    while (count < text.len && (text.data[count] == '/' || text.data[count] == '\\'))
        count++;
    return count;
}

/* Where the host begins, 0 when there is none. */
static size_t host_start(ml_str text, size_t scheme)
{
    size_t after = scheme ? scheme + 1 : 0, count = slashes(ml_str_from(text, after));

    if (scheme && is_special(ml_str_slice(text, 0, scheme)))
        return after + count;
    if (scheme)
        return ml_str_starts(ml_str_from(text, after), ML_STR("//")) ? after + 2 : 0;
    return count >= 2 ? 2 : 0;
}

/* A host may be written with %XX. */
static ml_str unescaped(ml_arena *arena, ml_str host)
{
    if (ml_str_find_char(host, '%') == ML_NOT_FOUND)
        return host;
    char *out = ml_arena_bytes(arena, host.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < host.len; i++) {
        int high = host.data[i] == '%' && i + 2 < host.len ? ml_hex_digit(host.data[i + 1]) : -1;
        int low = high >= 0 ? ml_hex_digit(host.data[i + 2]) : -1;
        int code = low >= 0 ? high * 16 + low : 0;
        if (code > ' ' && code < 127) {
            out[len++] = (char)code;
            i += 2;
        } else {
            out[len++] = host.data[i];
        }
    }
    return (ml_str){out, len};
}

static size_t authority_end(ml_str text)
{
    size_t i = 0;

    while (i < text.len && !strchr("/?#\\", text.data[i]))
        i++;
    return i;
}

/* "https://api.openai.com<hole>": what follows a host that ends on a whole label is, in every
 * program that works, the rest of the URL: a path, or nothing. */
static bool ends_in_rest(ml_str authority)
{
    if (authority.len < 2 || authority.data[authority.len - 1] != HOLE)
        return false;
    char before = authority.data[authority.len - 2];
    bool labelled =
        (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') || (before >= '0' && before <= '9');
    ml_str head = ml_str_slice(authority, 0, authority.len - 1);
    return labelled && ml_str_find_char(head, HOLE) == ML_NOT_FOUND && ml_str_find_char(head, '.') != ML_NOT_FOUND;
}

static void read_authority(ml_arena *arena, ml_url *url, ml_str authority)
{
    size_t at = ml_str_rfind_char(authority, '@');
    if (at != ML_NOT_FOUND)
        authority = ml_str_from(authority, at + 1);
    size_t colon = ml_str_rfind_char(authority, ':');
    size_t bracket = ml_str_rfind_char(authority, ']');
    if (colon != ML_NOT_FOUND && (bracket == ML_NOT_FOUND || colon > bracket)) {
        for (size_t i = colon + 1; i < authority.len && url->port < 65536; i++)
            if (authority.data[i] >= '0' && authority.data[i] <= '9')
                url->port = url->port * 10 + (uint32_t)(authority.data[i] - '0');
        authority = ml_str_slice(authority, 0, colon);
    }
    while (authority.len && authority.data[authority.len - 1] == '.')
        authority.len--;
    url->host = ml_arena_lower(arena, unescaped(arena, authority));
}

static ml_str path_of(ml_arena *arena, ml_str rest)
{
    size_t end = 0;

    while (end < rest.len && rest.data[end] != '?' && rest.data[end] != '#')
        end++;
    return ml_arena_copy(arena, ml_str_slice(rest, 0, end));
}

/* Nothing but a hole where the host should be: "https://<hole>/v1". */
static bool is_bare_hole(ml_str host)
{
    return host.len == 1 && host.data[0] == HOLE;
}

static const ml_piece *first_hole(const ml_piece *pieces, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (pieces[i].hole != ML_HOLE_NONE)
            return &pieces[i];
    return NULL;
}

ml_url ml_url_of(ml_arena *arena, const ml_piece *pieces, uint32_t count)
{
    ml_buf buf = {0};
    ml_url url = {.kind = ML_URL_RELATIVE};

    flatten(&buf, pieces, count);
    ml_str text = ml_buf_view(&buf), all = text;
    while (text.len && (unsigned char)text.data[0] <= ' ' && text.data[0] != HOLE)
        text = ml_str_from(text, 1);
    size_t scheme = scheme_length(text), open_scheme = scheme ? 0 : open_scheme_length(text);
    size_t host = open_scheme ? open_scheme + 3 : host_start(text, scheme);
    if (host) {
        ml_str rest = ml_str_from(text, host);
        size_t end = authority_end(rest);
        if (ends_in_rest(ml_str_slice(rest, 0, end)))
            end--;
        url.kind = ML_URL_ABSOLUTE;
        url.scheme = ml_arena_lower(arena, ml_str_slice(text, 0, scheme));
        read_authority(arena, &url, ml_str_slice(rest, 0, end));
        url.path = path_of(arena, ml_str_from(rest, end));
        url.place = place_at(pieces, count, (size_t)(rest.data - all.data));
        if (is_bare_hole(url.host))
            url.kind = ML_URL_UNKNOWN;
    } else if (text.len && text.data[0] == HOLE) {
        ml_str rest = ml_str_from(text, 1);
        /* "<hole>://api.openai.com": only the scheme is unknown. */
        if (ml_str_starts(rest, ML_STR("://"))) {
            rest = ml_str_from(rest, 3);
            size_t end = authority_end(rest);
            url.kind = ML_URL_ABSOLUTE;
            read_authority(arena, &url, ml_str_slice(rest, 0, end));
            url.path = path_of(arena, ml_str_from(rest, end));
            url.place = place_at(pieces, count, (size_t)(rest.data - all.data));
        } else if (rest.len && rest.data[0] == '.' &&
                   ml_str_find_char(ml_str_from(rest, 1), '.') < authority_end(rest)) {
            /* "<hole>.openai.azure.com/…": scheme and first label are unknown, the domain is not. */
            size_t end = authority_end(text);
            url.kind = ML_URL_ABSOLUTE;
            read_authority(arena, &url, ml_str_slice(text, 0, end));
            url.path = path_of(arena, ml_str_from(text, end));
            url.place = place_at(pieces, count, (size_t)(rest.data - all.data));
        } else {
            url.kind = ML_URL_UNKNOWN;
            url.path = path_of(arena, ml_str_from(rest, authority_end(rest)));
        }
    } else {
        url.path = path_of(arena, text);
    }
    const ml_piece *hole = first_hole(pieces, count);
    if (url.kind == ML_URL_UNKNOWN && hole) {
        url.hole = *hole;
        url.place = hole->place;
    }
    ml_buf_finish(&buf);
    return url;
}
