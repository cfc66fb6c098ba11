#include "ml/keys.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "ml/trigger.h"

#include <stdlib.h>

typedef struct pattern {
    pcre2_code *code;
    const ml_provider *provider;
    const ml_key_pattern *key;
    ml_str prefix;         /* literal text every match begins with; empty when there is none */
    pcre2_code *name;      /* the names it demands before the key, or NULL */
    ml_trigger_bits heads; /* of the literals one of which begins every match; all bits when there are none */
} pattern;

struct ml_keys {
    ml_arena arena;
    pattern *patterns;
    uint32_t count;
    pcre2_match_context *limits;
    const ml_trigger_set *heads; /* of all patterns: the few that a text could fit are told in one pass */
};

enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 1000, HEAP_LIMIT_KIB = 4096, VISIBLE = 4, HEAD_BITS = 32 };

typedef ML_VEC(ml_trigger_word) head_list;

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static ml_str without_anchor(ml_str source)
{
    return ml_str_from(source, ml_str_starts(source, ML_STR("\\b")) ? 2 : 0);
}

/* The literal characters a pattern begins with, after anchors: "\bsk-ant-" gives "sk-ant-". */
static ml_str literal_prefix(ml_str source)
{
    size_t to = 0;

    source = without_anchor(source);
    while (to < source.len && is_plain(source.data[to]))
        to++;
    /* A quantifier belongs to the character before it. */
    if (to < source.len && strchr("?*+{|", source.data[to]))
        return ML_STR_NONE;
    return ml_str_slice(source, 0, to);
}

/* "(?i:ark|volc)[…" begins with the names it demands: they are its first group. */
static pcre2_code *compile_names(const ml_key_pattern *key)
{
    size_t end = key->needs_name ? ml_str_find_char(key->pattern, ')') : ML_NOT_FOUND;
    int error;
    PCRE2_SIZE offset;

    if (ml_str_starts(key->pattern, ML_STR("(?i)")) && end != ML_NOT_FOUND) {
        size_t rest = ml_str_find_char(ml_str_from(key->pattern, end + 1), ')');
        end = rest == ML_NOT_FOUND ? rest : end + 1 + rest;
    }
    if (end == ML_NOT_FOUND)
        return NULL;
    return pcre2_compile((PCRE2_SPTR)key->pattern.data, end + 1, PCRE2_NEVER_BACKSLASH_C, &error, &offset, NULL);
}

/* ---- heads ---- */

/* Behind the set that begins at `at` ('['), or 0 for what this does not read. */
static size_t behind_set(ml_str source, size_t at)
{
    at += at + 1 < source.len && source.data[at + 1] == '^' ? 2 : 1;
    for (bool first = true; at < source.len && (first || source.data[at] != ']'); first = false) {
        if (source.data[at] == '[') /* a class by its name */
            return 0;
        at += source.data[at] == '\\' ? 2 : 1;
    }
    return at < source.len ? at + 1 : 0;
}

/* Behind the alternative that begins at `at`: at its '|' or ')', or 0 for one with groups, escapes or the like. */
static size_t end_of_alternative(ml_str source, size_t at)
{
    while (at && at < source.len && source.data[at] != '|' && source.data[at] != ')') {
        if (strchr("(\\", source.data[at]))
            return 0;
        at = source.data[at] == '[' ? behind_set(source, at) : at + 1;
    }
    return at < source.len ? at : 0;
}

/* Is a '|' outside of groups and sets in it, or what this cannot tell? */
static bool has_alternatives(ml_str source)
{
    size_t depth = 0;

    for (size_t at = 0; at < source.len;) {
        char c = source.data[at];
        if (c == '|' && !depth)
            return true;
        if (c == '(')
            depth++;
        else if (c == ')' && depth)
            depth--;
        at = c == '\\' ? at + 2 : c == '[' ? behind_set(source, at) : at + 1;
        if (!at)
            return true;
    }
    return false;
}

/* The literals with which the alternatives of a group begin: "ark|volc)…" gives both. False when one has no two,
 * when the group may be left out, and for what this does not read. */
static bool add_alternatives(head_list *heads, ml_arena *arena, ml_str group, ml_trigger_bits bits, bool nocase)
{
    for (size_t at = 0, end;; at = end + 1) {
        size_t to = at;
        while (to < group.len && is_plain(group.data[to]))
            to++;
        if (to > at && to < group.len && strchr("?*+{", group.data[to])) /* it belongs to the character before it */
            to--;
        if (to < at + 2 || !(end = end_of_alternative(group, to)))
            return false;
        ml_vec_push(arena, heads, ((ml_trigger_word){ml_str_slice(group, at, to), bits, nocase}));
        if (group.data[end] == '|')
            continue;
        ml_str rest = ml_str_from(group, end + 1);
        return !(rest.len && strchr("?*+{", rest.data[0])) && !has_alternatives(rest);
    }
}

/* Literals one of which begins every match: a prefix, or those of a group that stands first. */
static bool add_heads(head_list *heads, ml_arena *arena, ml_str source, ml_str prefix, ml_trigger_bits bits)
{
    ml_str rest = without_anchor(source);
    bool nocase = ml_str_starts(rest, ML_STR("(?i)"));

    if (prefix.len >= 2) {
        ml_vec_push(arena, heads, ((ml_trigger_word){prefix, bits, false}));
        return true;
    }
    rest = ml_str_from(rest, nocase ? 4 : 0);
    if (ml_str_starts(rest, ML_STR("(?i:")))
        return add_alternatives(heads, arena, ml_str_from(rest, 4), bits, true);
    return ml_str_starts(rest, ML_STR("(?:")) && add_alternatives(heads, arena, ml_str_from(rest, 3), bits, nocase);
}

static void find_heads(ml_keys *keys)
{
    ml_arena scratch = {0};
    head_list heads = {0};

    for (uint32_t i = 0; i < keys->count; i++) {
        pattern *p = &keys->patterns[i];
        uint32_t before = heads.count;
        p->heads = (ml_trigger_bits)1 << i % HEAD_BITS;
        if (add_heads(&heads, &scratch, p->key->pattern, p->prefix, p->heads))
            continue;
        heads.count = before;
        p->heads = UINT32_MAX;
    }
    keys->heads = ml_trigger_build(&keys->arena, heads.items, heads.count);
    ml_arena_finish(&scratch);
}

static ml_trigger_bits heads_in(const ml_keys *keys, ml_str text)
{
    return ml_trigger_scan(keys->heads, text, 0);
}

/* heads: those in the text. Several patterns share a bit. */
static bool may_match(const pattern *p, ml_str text, ml_trigger_bits heads)
{
    return (p->heads == UINT32_MAX || (p->heads & heads)) && (p->prefix.len < 2 || ml_str_contains(text, p->prefix));
}

static bool compile(pattern *out, const ml_provider *provider, const ml_key_pattern *key)
{
    int error;
    PCRE2_SIZE offset;

    out->code =
        pcre2_compile((PCRE2_SPTR)key->pattern.data, key->pattern.len, PCRE2_NEVER_BACKSLASH_C, &error, &offset, NULL);
    out->provider = provider;
    out->key = key;
    out->prefix = literal_prefix(key->pattern);
    out->name = compile_names(key);
    return out->code != NULL;
}

ml_keys *ml_keys_new(const ml_catalog *catalog, uint32_t *bad_patterns)
{
    uint32_t count, total = 0;
    const ml_provider *providers = ml_catalog_providers(catalog, &count);
    ml_keys *keys = ml_xmalloc(sizeof *keys);

    for (uint32_t i = 0; i < count; i++)
        total += providers[i].key_count;
    *keys = (ml_keys){.patterns = ml_xmalloc((total + 1) * sizeof *keys->patterns),
                      .limits = pcre2_match_context_create(NULL)};
    if (!keys->limits)
        ml_die_no_memory();
    pcre2_set_match_limit(keys->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(keys->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(keys->limits, HEAP_LIMIT_KIB);
    *bad_patterns = 0;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < providers[i].key_count; k++) {
            if (compile(&keys->patterns[keys->count], &providers[i], &providers[i].keys[k]))
                keys->count++;
            else
                ++*bad_patterns;
        }
    find_heads(keys);
    return keys;
}

void ml_keys_free(ml_keys *keys)
{
    if (!keys)
        return;
    for (uint32_t i = 0; i < keys->count; i++) {
        pcre2_code_free(keys->patterns[i].code);
        pcre2_code_free(keys->patterns[i].name);
    }
    pcre2_match_context_free(keys->limits);
    free(keys->patterns);
    ml_arena_finish(&keys->arena);
    free(keys);
}

/* ---- placeholders ---- */

static bool has_word(ml_str key, const char *word)
{
    return ml_str_find_nocase(key, ml_str_of(word)) != ML_NOT_FOUND;
}

bool ml_key_is_placeholder(ml_str key)
{
    static const char *const words[] = {
        "xxxx",       "your",     "example",  "placeholder", "changeme", "dummy",   "sample", "test", "fake",
        "insert",     "replace",  "redacted", "secret_key",  "api-key",  "api_key", "apikey", "....", "****",
        "1234567890", "abcdefgh", "<",        "${",          "demo",     "mock",    "0000000"};
    bool seen[256] = {false};
    uint32_t distinct = 0, digits = 0, capitals = 0;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has_word(key, words[i]))
            return true;
    for (size_t i = 0; i < key.len; i++) {
        unsigned char c = (unsigned char)key.data[i];
        distinct += !seen[c];
        seen[c] = true;
        digits += c >= '0' && c <= '9';
        capitals += c >= 'A' && c <= 'Z';
    }
    /* A random body of 16 characters or more has over nine distinct ones and some digit among them, or,
     * where the vendor's alphabet is letters, both cases well mixed; prose and repeated patterns do not. */
    bool mixed = capitals >= 5 && distinct >= 14;
    return key.len < 16 || distinct < 10 || (digits == 0 && !mixed);
}

/* ---- a cheap no ---- */

/* The shortest bodies there are: alone (AKID…), and behind a mark (the last group of a UUID). */
enum {
    BODY_ALONE_MIN = 17,
    BODY_BEHIND_MARK_MIN = 12,
    BODY_DIGITS_MIN = 2,
    BODY_LETTERS_MIN = 2,
    LETTERS_CAPITALS_MIN = 5
};

typedef struct run {
    size_t len;
    uint32_t digits, capitals;
} run;

static bool is_body(const run *r, bool behind_mark)
{
    if (r->len < (behind_mark ? BODY_BEHIND_MARK_MIN : BODY_ALONE_MIN))
        return false;
    if (r->digits >= BODY_DIGITS_MIN)
        return r->len - r->digits >= BODY_LETTERS_MIN;
    return behind_mark && r->len >= 2 * BODY_ALONE_MIN &&
           r->capitals >= LETTERS_CAPITALS_MIN; /* hf_… is letters alone */
}

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '+' || c == '/';
}

static bool is_of_body(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10;
}

/* Is there a body at all, of whatever digits and letters? Nearly all texts end here, so it looks at every
 * twelfth character and on from there only to where the run it lies in begins. */
static bool has_long_run(ml_str text)
{
    for (size_t from = 0; text.len - from >= BODY_BEHIND_MARK_MIN;) {
        size_t end = from + BODY_BEHIND_MARK_MIN, at = end;
        while (at > from && is_of_body(text.data[at - 1]))
            at--;
        if (at > from) { /* a run that reaches back to `from` is as long */
            from = at;
            continue;
        }
        uint32_t digits = 0;
        for (at = from; at < text.len && is_of_body(text.data[at]); at++)
            digits += text.data[at] <= '9';
        if (digits >= BODY_DIGITS_MIN || at - from >= 2 * BODY_ALONE_MIN)
            return true;
        from = at;
    }
    return false;
}

bool ml_key_may_be_in(ml_str text)
{
    run part = {0};
    size_t whole = 0;
    bool has_body = false;

    if (!has_long_run(text))
        return false;
    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? text.data[i] : ' ';
        bool digit = c >= '0' && c <= '9', capital = c >= 'A' && c <= 'Z';
        if (digit || capital || (c >= 'a' && c <= 'z')) {
            part.len++;
            part.digits += digit;
            part.capitals += capital;
            whole++;
            /* What comes cannot take it back; a long run, such as an image in a text, need not be read. */
            if (part.len % 16 == 0 && whole >= ML_KEY_BYTES_MIN && is_body(&part, part.len < whole))
                return true;
            continue;
        }
        has_body |= is_body(&part, part.len < whole);
        part = (run){0};
        if (is_key_char(c)) {
            whole++;
            continue;
        }
        if (has_body && whole >= ML_KEY_BYTES_MIN)
            return true;
        whole = 0;
        has_body = false;
    }
    return false;
}

/* ---- matching ---- */

static bool match_at(const ml_keys *keys, const pcre2_code *code, ml_str text, size_t from, size_t *start, size_t *end)
{
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);

    if (!data)
        ml_die_no_memory();
    int groups = pcre2_match(code, (PCRE2_SPTR)text.data, text.len, from, 0, data, keys->limits);
    if (groups > 0) {
        const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(data);
        int group = groups > 1 && offsets[2] != PCRE2_UNSET ? 1 : 0;
        *start = offsets[2 * group];
        *end = offsets[2 * group + 1];
    }
    pcre2_match_data_free(data);
    return groups > 0 && *end > *start;
}

static bool find_with(const ml_keys *keys, const pattern *p, ml_str text, ml_key_match *out)
{
    size_t from = 0, start, end;

    while (from < text.len && match_at(keys, p->code, text, from, &start, &end)) {
        if (!ml_key_is_placeholder(ml_str_slice(text, start, end))) {
            *out = (ml_key_match){p->provider, p->key->trust, (uint32_t)start, (uint32_t)end, false};
            return true;
        }
        from = end;
    }
    return false;
}

/* Where a key could stand whose name stands before the text: near its start, and no longer than keys are. */
enum { NAMED_REACH = 64, NAMED_BYTES_MAX = 300, NAMES_TRIED_MAX = 8 };

static bool may_be_named(ml_str text)
{
    for (size_t at = 0, end; at < text.len && at < NAMED_REACH; at = end + 1) {
        for (end = at; end < text.len && is_key_char(text.data[end]);)
            end++;
        if (end - at <= NAMED_BYTES_MAX && ml_key_may_be_in(ml_str_slice(text, at, end)))
            return true;
    }
    return false;
}

/* The name that stands at `at`, as far as its bytes go. */
static ml_str name_around(ml_str text, size_t start, size_t end, bool wide)
{
    while (start && (is_plain(text.data[start - 1]) || text.data[start - 1] == '$'))
        start--;
    while (end < text.len && (is_plain(text.data[end]) || strchr(wide ? "$. " : "$", text.data[end])))
        end++;
    while (end > start && text.data[end - 1] == ' ')
        end--;
    return ml_str_slice(text, start, end);
}

static bool fits_named(const ml_keys *keys, const pattern *p, ml_str name, ml_str text)
{
    enum { LINE_MAX_BYTES = 512 };
    char line[LINE_MAX_BYTES];
    size_t start, end, len = name.len + sizeof " = \"" - 1 + text.len + 1;

    if (len > sizeof line)
        return true;
    memcpy(line, name.data, name.len);
    memcpy(line + name.len, " = \"", 4);
    memcpy(line + name.len + 4, text.data, text.len);
    line[len - 1] = '"';
    return match_at(keys, p->code, (ml_str){line, len}, 0, &start, &end);
}

/* Does the pattern fit once a name that stands before the text is put in front of it? Each name that the pattern may
 * demand is tried, as far as its letters go and as far as a name in quotes would. */
static bool fits_behind_name(const ml_keys *keys, const pattern *p, ml_str before, ml_str text)
{
    size_t from = 0, start, end;
    int tried = 0;

    text = ml_str_slice(text, 0, NAMED_REACH + NAMED_BYTES_MAX);
    for (; from < before.len && match_at(keys, p->name, before, from, &start, &end); from = start + 1)
        if (++tried > NAMES_TRIED_MAX || fits_named(keys, p, name_around(before, start, end, false), text) ||
            fits_named(keys, p, name_around(before, start, end, true), text))
            return true;
    return false;
}

bool ml_keys_may_find(const ml_keys *keys, ml_str before, ml_str text)
{
    size_t start, end;

    text = ml_str_slice(text, 0, ML_KEY_WINDOW_MAX);
    bool named = may_be_named(text);
    ml_trigger_bits heads = heads_in(keys, text), heads_before = named ? heads_in(keys, before) : 0;
    for (uint32_t i = 0; i < keys->count; i++) {
        const pattern *p = &keys->patterns[i];
        if (named && p->key->needs_name &&
            (!p->name || (may_match(p, before, heads_before) && fits_behind_name(keys, p, before, text))))
            return true;
        if (may_match(p, text, heads) && match_at(keys, p->code, text, 0, &start, &end))
            return true;
    }
    return false;
}

/* Of two patterns that fit, the one that says more decides: a longer literal beginning, a longer
 * key, a name. */
static int says_more(const pattern *a, const ml_key_match *am, const pattern *b, const ml_key_match *bm)
{
    uint32_t a_len = am->end - am->start, b_len = bm->end - bm->start;

    if (a->prefix.len != b->prefix.len)
        return a->prefix.len > b->prefix.len ? 1 : -1;
    if (a_len != b_len)
        return a_len > b_len ? 1 : -1;
    return (int)a->key->needs_name - (int)b->key->needs_name;
}

ml_key_match ml_keys_find(const ml_keys *keys, ml_str text)
{
    ml_key_match best = {.provider = NULL}, found;
    const pattern *chosen = NULL;

    text = ml_str_slice(text, 0, ML_KEY_WINDOW_MAX);
    ml_trigger_bits heads = heads_in(keys, text);
    for (uint32_t i = 0; i < keys->count; i++) {
        const pattern *p = &keys->patterns[i];
        if (!may_match(p, text, heads) || !find_with(keys, p, text, &found))
            continue;
        int order = chosen ? says_more(p, &found, chosen, &best) : 1;
        if (order == 0 && found.provider != best.provider)
            best.shared = true;
        if (order <= 0)
            continue;
        chosen = p;
        best = found;
    }
    return best;
}

ml_str ml_keys_mask(ml_arena *arena, const ml_keys *keys, ml_str text)
{
    char *out = NULL;

    for (size_t window = 0; window < text.len; window += ML_KEY_WINDOW_MAX / 2) {
        ml_str part = ml_str_slice(text, window, window + ML_KEY_WINDOW_MAX);
        ml_trigger_bits heads = heads_in(keys, part);
        for (uint32_t i = 0; i < keys->count; i++) {
            size_t from = 0, start, end;
            const pattern *p = &keys->patterns[i];
            while (from < part.len && may_match(p, part, heads) && match_at(keys, p->code, part, from, &start, &end)) {
                from = end;
                if (ml_key_is_placeholder(ml_str_slice(part, start, end)))
                    continue;
                if (!out)
                    out = memcpy(ml_arena_bytes(arena, text.len + 1), text.data, text.len);
                for (size_t k = start + VISIBLE; k < end; k++)
                    if (part.data[k] != '\n')
                        out[window + k] = '*';
            }
        }
    }
    return out ? (ml_str){out, text.len} : text;
}
