/* Hosts to providers. A host is looked up by each of its tails; what is filed under a
 * tail is then matched label by label. Of several patterns the most telling one wins. */
#include "ml/catalog_read.h"

enum { HOLE = 1 };

/* Bytes of one label against one label of a pattern; '*' in it takes one or more bytes. */
static bool label_fits(ml_str pattern, ml_str label)
{
    size_t p = 0, l = 0, star = SIZE_MAX, resume = 0;

    while (l < label.len) {
        if (p < pattern.len && pattern.data[p] == '*') {
            star = p++;
            resume = ++l;
        } else if (p < pattern.len && pattern.data[p] == label.data[l]) {
            p++;
            l++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            l = ++resume;
        } else {
            return false;
        }
    }
    return p == pattern.len;
}

/* The last label of *rest, cut off it. */
static ml_str cut_last(ml_str *rest)
{
    size_t dot = ml_str_rfind_char(*rest, '.');
    ml_str last = dot == ML_NOT_FOUND ? *rest : ml_str_from(*rest, dot + 1);

    rest->len = dot == ML_NOT_FOUND ? 0 : dot;
    return last;
}

/* From the right, so that the registered domain decides first. A label '*' takes one
 * label and, when what is left does not fit, one more. */
static bool pattern_fits(ml_str pattern, ml_str host)
{
    ml_str retry_pattern = ML_STR_NONE, retry_host = ML_STR_NONE;
    bool can_retry = false;

    while (pattern.len || host.len) {
        ml_str p = cut_last(&pattern), h = cut_last(&host);
        bool star = ml_str_eq(p, ML_STR("*"));
        if (h.len && p.len && (star || label_fits(p, h))) {
            if (star) {
                retry_pattern = pattern;
                retry_host = host;
                can_retry = true;
            }
            continue;
        }
        if (!can_retry || !retry_host.len)
            return false;
        cut_last(&retry_host);
        pattern = retry_pattern;
        host = retry_host;
    }
    return true;
}

static bool ends_part(char c)
{
    return c == '/' || c == '?' || c == '#' || c == ':' || c == HOLE;
}

/* Does path begin with prefix, on a border? A part '*' takes one or more parts, each not empty. */
static bool path_begins(ml_str prefix, ml_str path)
{
    ml_str retry_prefix = ML_STR_NONE, retry_path = ML_STR_NONE;

    for (;;) {
        ml_str rest = prefix, part = ml_str_split(&rest, '*');
        bool star = part.len < prefix.len;
        bool border = star || path.len == part.len || (part.len && part.data[part.len - 1] == '/') ||
                      (path.len > part.len && ends_part(path.data[part.len]));
        if (ml_str_starts(path, part) && border) {
            if (!star)
                return true;
            path = ml_str_from(path, part.len);
            prefix = rest;
            size_t slash = ml_str_find_char(path, '/');
            if (!path.len || slash == 0)
                return false;
            path = slash == ML_NOT_FOUND ? ml_str_from(path, path.len) : ml_str_from(path, slash);
            retry_prefix = prefix;
            retry_path = path;
            continue;
        }
        if (retry_path.len < 2)
            return false;
        size_t slash = ml_str_find_char(ml_str_from(retry_path, 1), '/');
        if (slash == ML_NOT_FOUND)
            return false;
        retry_path = ml_str_from(retry_path, slash + 1);
        prefix = retry_prefix;
        path = retry_path;
    }
}

static uint32_t first_slot(const ml_catalog *catalog, ml_str tail)
{
    uint32_t low = 0, high = catalog->host_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ml_str_cmp(catalog->hosts[middle].tail, tail) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_website(const ml_catalog *catalog, ml_str host)
{
    uint32_t low = 0, high = catalog->website_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = ml_str_cmp(catalog->websites[middle].name, host);
        if (!order)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static size_t fixed_bytes(ml_str pattern)
{
    size_t count = 0;

    for (size_t i = 0; i < pattern.len; i++)
        count += pattern.data[i] != '*';
    return count;
}

/* Is a the better explanation than b? Path, then fixed bytes, then trust, then not optional. */
static bool tells_more(ml_host_match a, ml_host_match b)
{
    if (!b.provider)
        return true;
    if (a.host->path_prefix.len != b.host->path_prefix.len)
        return a.host->path_prefix.len > b.host->path_prefix.len;
    size_t fixed_a = fixed_bytes(a.host->pattern), fixed_b = fixed_bytes(b.host->pattern);
    if (fixed_a != fixed_b)
        return fixed_a > fixed_b;
    if (a.host->trust != b.host->trust)
        return a.host->trust == ML_TRUST_FULL;
    return !a.provider->optional && b.provider->optional;
}

static bool host_fits(const ml_host *entry, ml_str host, ml_str path, bool website)
{
    bool exact = ml_str_find_char(entry->pattern, '*') == ML_NOT_FOUND;

    if (website && !(exact && entry->path_prefix.len))
        return false;
    bool path_unknown = path.len && path.data[0] == HOLE;
    if (entry->path_prefix.len && !path_unknown && !path_begins(entry->path_prefix, path))
        return false;
    return exact ? ml_str_eq(entry->pattern, host) : pattern_fits(entry->pattern, host);
}

ml_host_match ml_catalog_match_host(const ml_catalog *catalog, ml_str host, ml_str path)
{
    ml_host_match best = {0};
    bool website = is_website(catalog, host);

    for (ml_str tail = host; tail.len;) {
        for (uint32_t i = first_slot(catalog, tail); i < catalog->host_count; i++) {
            const ml_host_slot *slot = &catalog->hosts[i];
            if (!ml_str_eq(slot->tail, tail))
                break;
            const ml_provider *provider = &catalog->providers[slot->provider];
            ml_host_match match = {provider, &provider->hosts[slot->host]};
            if (host_fits(match.host, host, path, website) && tells_more(match, best))
                best = match;
        }
        size_t dot = ml_str_find_char(tail, '.');
        tail = dot == ML_NOT_FOUND ? ML_STR_NONE : ml_str_from(tail, dot + 1);
    }
    return best;
}
