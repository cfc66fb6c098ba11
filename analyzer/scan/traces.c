/* What in a text speaks of an AI provider: traces, by which taint.c knows the few files that
 * could lead to one.
 *
 * A request is a finding when its address has a provider's host, a model server's port or
 * a provider's variable in it, or when path or body are those of a model API. Each of these
 * is written somewhere: a host with its registered domain in one text, or in texts that
 * stand side by side, backwards, in base64, with escapes; or its beginning is, an address
 * whose host does not end in its text (`https://api.${…}`). Not seen is a host whose domain is
 * cut in pieces that are declared apart and put together without its beginning in one of
 * them. Too many traces cost time, too few a finding. */
#include "traces.h"

#include "ml/digits.h"
#include "ml/model_api.h"

#include <stdlib.h>

enum {
    TRACE_HOST = 0 << 8,
    TRACE_BACKWARDS = 1 << 8, /* a host in reverse */
    TRACE_ADDRESS = 2 << 8,   /* "://" */
    TRACE_PORT = 3 << 8,
    TRACE_VARIABLE = 4 << 8, /* an environment variable, or the beginning of one */
    TRACE_VENDOR = 5 << 8,   /* such a beginning, as a text of its own */
    TRACE_TAIL = 6 << 8,     /* the end of one */
    TRACE_KNOWN = 7 << 8,    /* one whose value is known */
    TRACE_PATH = 8 << 8,     /* the last part of a path */
    TRACE_METHOD = 9 << 8,   /* what stands behind a colon in one */
    TRACE_BODY = 10 << 8,    /* a property of a body for a model */
    TRACE_ESCAPE = 11 << 8,
    TRACE_NUMBERS = 12 << 8, /* makes texts of numbers */
    TRACE_CODE_IN_TEXT = 13 << 8
};

static void add(ml_scan *scan, ml_word_list *words, const char *word, ml_trigger_bits bits)
{
    ml_scan_add_word(scan, words, ml_str_of(word), WORD_TRACE | bits);
}

/* ---- words ---- */

/* "openai.com" of "api.openai.com", "amazonaws.com.cn" of "bedrock.*.amazonaws.com.cn": what nobody but
 * the provider, or its cloud, has. */
static ml_str registered_domain(ml_str pattern)
{
    static const char *const shared[] = {"com", "net", "org", "co", "ac"};
    size_t star = ml_str_rfind_char(pattern, '*');
    ml_str fixed = star == ML_NOT_FOUND ? pattern : ml_str_from(pattern, star + 1);
    size_t top = ml_str_rfind_char(fixed, '.');
    size_t second = top == ML_NOT_FOUND ? top : ml_str_rfind_char(ml_str_slice(fixed, 0, top), '.');

    if (second != ML_NOT_FOUND && ML_STR_IS_ONE_OF(ml_str_slice(fixed, second + 1, top), shared))
        second = ml_str_rfind_char(ml_str_slice(fixed, 0, second), '.');
    return second == ML_NOT_FOUND ? fixed : ml_str_from(fixed, second + 1);
}

static ml_str reversed(ml_arena *arena, ml_str word)
{
    char *bytes = ml_arena_bytes(arena, word.len + 1);

    for (size_t i = 0; i < word.len; i++)
        bytes[i] = word.data[word.len - 1 - i];
    return (ml_str){bytes, word.len};
}

static void add_hosts(ml_scan *scan, ml_word_list *words, const ml_provider *provider)
{
    for (uint32_t i = 0; i < provider->host_count; i++) {
        ml_str domain = registered_domain(provider->hosts[i].pattern);
        ml_str back = reversed(&scan->run, domain);
        ml_vec_push(&scan->run, words, ((ml_trigger_word){domain, WORD_TRACE | TRACE_HOST, true}));
        ml_vec_push(&scan->run, words, ((ml_trigger_word){back, WORD_TRACE | TRACE_BACKWARDS | WORD_WHOLE, true}));
    }
    for (uint32_t i = 0; i < provider->port_count; i++)
        add(scan, words, ml_arena_cstr(&scan->run, ml_arena_printf(&scan->run, "%u", provider->ports[i])),
            TRACE_PORT | WORD_WHOLE);
}

static void add_variables(ml_scan *scan, ml_word_list *words, const ml_provider *provider)
{
    for (uint32_t i = 0; i < provider->env_count; i++)
        ml_scan_add_word(scan, words, provider->env[i], WORD_TRACE | TRACE_VARIABLE);
    for (uint32_t i = 0; i < provider->env_prefix_count; i++) {
        ml_str prefix = provider->env_prefixes[i];
        ml_scan_add_word(scan, words, prefix, WORD_TRACE | TRACE_VARIABLE);
        ml_scan_add_word(scan, words, ml_str_slice(prefix, 0, prefix.len - 1), WORD_TRACE | TRACE_VENDOR | WORD_WHOLE);
    }
}

static int by_text(const void *left, const void *right)
{
    return ml_str_cmp(*(const ml_str *)left, *(const ml_str *)right);
}

static void sort_hosts(ml_scan *scan)
{
    uint32_t count;
    const ml_provider *providers = ml_catalog_providers(scan->catalog, &count);

    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < providers[i].host_count; k++)
            ml_vec_push(&scan->run, &scan->hosts, providers[i].hosts[k].pattern);
    qsort(scan->hosts.items, scan->hosts.count, sizeof *scan->hosts.items, by_text);
}

static void add_provider_words(ml_scan *scan, ml_word_list *words,
                               void (*of_each)(ml_scan *, ml_word_list *, const ml_provider *))
{
    uint32_t count;
    const ml_provider *providers = ml_catalog_providers(scan->catalog, &count);

    for (uint32_t i = 0; i < count; i++)
        of_each(scan, words, &providers[i]);
}

/* Of "/chat/completions" where "completions" begins. */
static size_t last_part(ml_str path)
{
    size_t slash = ml_str_rfind_char(path, '/');
    return slash == ML_NOT_FOUND ? 1 : slash + 1;
}

static void add_paths_and_variables(ml_scan *scan, ml_word_list *words)
{
    add_provider_words(scan, words, add_variables);
    for (size_t i = 0; ml_catalog_address_tails[i]; i++)
        add(scan, words, ml_catalog_address_tails[i], TRACE_TAIL);
    for (size_t i = 0; ml_model_paths[i]; i++) {
        const char *path = ml_model_paths[i];
        add(scan, words, path + last_part(ml_str_of(path)), path[0] == ':' ? TRACE_METHOD : TRACE_PATH);
    }
    add(scan, words, "://", TRACE_ADDRESS);
    add(scan, words, "\\x", TRACE_ESCAPE);
    add(scan, words, "\\u", TRACE_ESCAPE);
}

typedef struct word_sink {
    ml_scan *scan;
    ml_word_list *words;
} word_sink;

/* A variable whose value in a .env file speaks of a provider does so itself. */
static void add_known_variable(void *data, ml_str name, ml_str value)
{
    const word_sink *to = data;

    if (ml_scan_names_provider(to->scan, value))
        ml_scan_add_word(to->scan, to->words, name, WORD_TRACE | TRACE_KNOWN | WORD_WHOLE);
}

void ml_scan_add_trace_words(ml_scan *scan, ml_word_list *words)
{
    ml_word_list alone = {0};
    word_sink to = {scan, words};

    sort_hosts(scan);
    add_provider_words(scan, &alone, add_hosts);
    scan->host_words = ml_trigger_build(&scan->run, alone.items, alone.count);
    add_paths_and_variables(scan, &alone);
    for (uint32_t i = 0; i < alone.count; i++) {
        ml_vec_push(&scan->run, words, alone.items[i]);
        ml_vec_push(&scan->run, &scan->trace_list, alone.items[i]);
    }
    ml_link_each_env_value(scan->link, add_known_variable, &to);
    add(scan, words, "fromCharCode", TRACE_NUMBERS);
    add(scan, words, "fromCodePoint", TRACE_NUMBERS);
    /* Code in texts, which may load an SDK: see bypass/dynamic-code. */
    add(scan, words, "import(", TRACE_CODE_IN_TEXT);
    add(scan, words, "require(", TRACE_CODE_IN_TEXT);
    add(scan, words, "from '", TRACE_CODE_IN_TEXT);
    add(scan, words, "from \"", TRACE_CODE_IN_TEXT);
    add(scan, words, ML_MODEL_PROPERTY, TRACE_BODY | WORD_WHOLE | WORD_SETTING);
    for (size_t i = 0; ml_model_contents[i]; i++)
        add(scan, words, ml_model_contents[i], TRACE_BODY | WORD_WHOLE | WORD_SETTING);
}

/* ---- what stands around a word ---- */

enum { NAME_MAX_BYTES = 128 }; /* longer ones are none: no text can make a look at one place long */

/* %2Fopenai.com: the byte before is one of an escape. */
static bool is_escaped_before(ml_str text, size_t start)
{
    return start >= 3 && text.data[start - 3] == '%' && isxdigit((unsigned char)text.data[start - 2]) &&
           isxdigit((unsigned char)text.data[start - 1]);
}

/* "openai.com": what something may be put before, as in `https://api.${domain}`. */
static bool ends_some_host(const ml_scan *scan, ml_str tail)
{
    uint32_t count;
    const ml_provider *providers = ml_catalog_providers(scan->catalog, &count);

    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < providers[i].host_count; k++) {
            ml_str pattern = providers[i].hosts[k].pattern;
            if (pattern.len > tail.len && pattern.data[pattern.len - tail.len - 1] == '.' && ml_str_ends(pattern, tail))
                return true;
        }
    return false;
}

static bool is_domain(ml_str text, const ml_trigger_hit *hit)
{
    if (hit->start && ml_trace_is_label_byte(text.data[hit->start - 1]) && !is_escaped_before(text, hit->start))
        return false;
    return hit->end >= text.len || !ml_trace_is_label_byte(text.data[hit->end]);
}

/* When the host stands there whole, it has to be a provider's; where a hole or a dot is before the domain, and
 * where a text begins with it, it may become one. */
static bool is_of_provider(const ml_scan *scan, ml_str text, const ml_trigger_hit *hit)
{
    size_t start = hit->start, end = hit->end;
    char host[2 * ML_TRACE_HOST_MAX + 64];

    while (start && hit->start - start < ML_TRACE_HOST_MAX && ml_trace_is_host_byte(text.data[start - 1]) &&
           !is_escaped_before(text, start))
        start--;
    while (end < text.len && end - hit->end < ML_TRACE_HOST_MAX && ml_trace_is_host_byte(text.data[end]))
        end++;
    bool goes_on = text.data[start] == '.' || (start && text.data[start - 1] == '}');
    if (goes_on || end - start > sizeof host)
        return true;
    for (size_t i = start; i < end; i++)
        host[i - start] = (char)tolower((unsigned char)text.data[i]);
    ml_str whole = {host, end - start};
    while (whole.len && whole.data[whole.len - 1] == '.')
        whole.len--;
    return ml_catalog_match_host(scan->catalog, whole, ML_STR("\1")).provider ||
           ((!start || strchr("\"'`", text.data[start - 1])) && ends_some_host(scan, whole));
}

/* What stands before a number that is a port: "localhost:11434", port: 11434, PORT = 11434. Of most ports the
 * number alone says enough; one is everybody's example of a number. */
static bool is_port(ml_str text, const ml_trigger_hit *hit)
{
    enum { REACH = 128 };
    ml_str before = ml_str_slice(text, hit->start > REACH ? hit->start - REACH : 0, hit->start);

    return !ml_str_eq_c(ml_str_slice(text, hit->start, hit->end), "1234") ||
           (before.len && before.data[before.len - 1] == ':') ||
           ml_str_find_nocase(before, ML_STR("port")) != ML_NOT_FOUND;
}

/* import("openai"), from 'openai': in the text of code, a package of the catalogue. */
static bool loads_package(const ml_scan *scan, ml_str text, const ml_trigger_hit *hit)
{
    size_t start = hit->end;

    while (start < text.len && start - hit->end < NAME_MAX_BYTES && strchr("\\\"'` ", text.data[start]))
        start++;
    size_t end = start;
    while (end < text.len && end - start < NAME_MAX_BYTES && !strchr("\\\"'`\n)", text.data[end]))
        end++;
    return ml_catalog_match_package(scan->catalog, ml_str_slice(text, start, end)).provider != NULL;
}

static bool is_name_byte(char c)
{
    return c == '_' || isalnum((unsigned char)c);
}

/* What the catalogue knows, by the whole name; or a beginning that the code goes on with. */
static bool is_variable(const ml_scan *scan, ml_str text, const ml_trigger_hit *hit)
{
    size_t start = hit->start, end = hit->end;

    while (start && hit->start - start < NAME_MAX_BYTES && is_name_byte(text.data[start - 1]))
        start--;
    while (end < text.len && end - hit->end < NAME_MAX_BYTES && is_name_byte(text.data[end]))
        end++;
    ml_str name = ml_str_slice(text, start, end);
    if (end == hit->end && end < text.len && strchr("\"'`$", text.data[end]) &&
        !ml_catalog_match_env(scan->catalog, name))
        return true;
    return ml_catalog_is_address_env(name) && ml_catalog_match_env(scan->catalog, name);
}

static bool begins_some_variable(const ml_scan *scan, ml_str begun)
{
    uint32_t count;
    const ml_provider *providers = ml_catalog_providers(scan->catalog, &count);

    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < providers[i].env_count; k++)
            if (ml_str_starts(providers[i].env[k], begun))
                return true;
        for (uint32_t k = 0; k < providers[i].env_prefix_count; k++)
            if (ml_str_starts(providers[i].env_prefixes[k], begun))
                return true;
    }
    return false;
}

/* env[`${name}_BASE_URL`], env[name + "_HOST"]: a text that begins with an underscore; what stands before the hole
 * must fit. */
static bool ends_variable(const ml_scan *scan, ml_str text, const ml_lexed *lexed, const ml_trigger_hit *hit)
{
    size_t start = hit->start;

    while (start && hit->start - start < NAME_MAX_BYTES && is_name_byte(text.data[start - 1]))
        start--;
    if (!start || text.data[start] != '_' || !strchr("\"'`}", text.data[start - 1]))
        return false;
    const ml_lex_range *range = text.data[start - 1] == '}' ? ml_lexed_text_at(lexed, hit->start) : NULL;
    if (!range || range == lexed->texts.items || !ml_str_starts(ml_str_from(text, range[-1].end), ML_STR("${")))
        return true; /* nothing before the hole, or another text in it */
    return begins_some_variable(scan, ml_str_slice(text, range[-1].start, range[-1].end));
}

bool ml_trace_begins_host(const ml_scan *scan, ml_str begun)
{
    uint32_t low = 0, high = scan->hosts.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ml_str_cmp(scan->hosts.items[middle], begun) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < scan->hosts.count && ml_str_starts(scan->hosts.items[low], begun);
}

/* An address whose host goes on behind the text: `https://api.${…}` */
static bool is_open_address(const ml_scan *scan, ml_str text, const ml_trigger_hit *hit)
{
    size_t end = hit->end;

    while (end < text.len && end - hit->end < ML_TRACE_HOST_MAX && ml_trace_is_host_byte(text.data[end]))
        end++;
    ml_str host = ml_str_slice(text, hit->end, end);
    return ml_str_find_char(host, '.') != ML_NOT_FOUND && end < text.len && strchr("\"'`$", text.data[end]) &&
           ml_trace_begins_host(scan, host);
}

bool ml_trace_is_host_escape(ml_str text, const ml_trigger_hit *hit)
{
    size_t at = hit->end;
    int code = 0, digits = 0;

    if (hit->start && text.data[hit->start - 1] == '\\')
        return false;
    at += at < text.len && text.data[at] == '{';
    int most = text.data[hit->end - 1] == 'x' ? 2 : 4;
    for (; digits < most && at < text.len && ml_hex_digit(text.data[at]) >= 0; at++, digits++)
        code = code * 16 + ml_hex_digit(text.data[at]);
    return digits && code < 0x80 && (isalnum(code) || code == '.');
}

/* "/v1/chat/completions", `:generateContent?key=${…}`, or the last part alone. */
static bool is_path_end(ml_str text, const ml_lexed *lexed, const ml_trigger_hit *hit)
{
    const ml_lex_range *range = ml_lexed_text_at(lexed, hit->start);
    char behind = hit->end < text.len ? text.data[hit->end] : '\0';
    char before = hit->start ? text.data[hit->start - 1] : '\0';

    return (range || lexed->unsure) && strchr("\"'`?#$", behind) && strchr("\"'`/:}", before);
}

static bool is_whole_text(const ml_lexed *lexed, const ml_trigger_hit *hit)
{
    const ml_lex_range *range = ml_lexed_text_at(lexed, hit->start);

    return range && range->start == hit->start && range->end == hit->end;
}

/* "completions" alone says something only in a file with the beginning of such a path: "chat/". */
static bool find_path_beginning(ml_str text)
{
    for (size_t i = 0; ml_model_paths[i]; i++) {
        ml_str path = ml_str_of(ml_model_paths[i]);
        if (path.data[0] == '/' && ml_str_contains(text, ml_str_slice(path, 1, last_part(path))))
            return true;
    }
    return false;
}

/* A row of numbers that could be the characters of a host, anywhere. */
static bool find_numbers(ml_str text)
{
    enum { ROW = 6 };
    uint32_t row = 0, number = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (isdigit((unsigned char)c) && number < 1000) {
            number = number * 10 + (uint32_t)(c - '0');
        } else if (c == ',' || c == ']' || c == ')') {
            row = number >= '-' && number <= 'z' ? row + 1 : 0;
            number = 0;
            if (row >= ROW)
                return true;
        } else if (!isspace((unsigned char)c)) {
            number = 0;
            row = c == '[' || c == '(' ? 0 : row;
        }
    }
    return false;
}

static bool find_replace(ml_str text)
{
    return ml_str_contains(text, ML_STR(".replace"));
}

/* What is asked of the whole text is found once a file. */
static bool once(ml_once *answer, ml_str text, bool (*find)(ml_str text))
{
    if (*answer == ML_ONCE_OPEN)
        *answer = find(text) ? ML_ONCE_YES : ML_ONCE_NO;
    return *answer == ML_ONCE_YES;
}

static bool fits_file(const ml_scan *scan, ml_slot *slot, ml_str text, const ml_trigger_hit *hit)
{
    switch (hit->bits & WORD_TRACE_KIND) {
    case TRACE_HOST: /* what replaces a part of a host may make it a provider's */
        return is_of_provider(scan, text, hit) || once(&slot->replaces, text, find_replace);
    case TRACE_NUMBERS: return once(&slot->holds_numbers, text, find_numbers);
    case TRACE_PATH:
        return (hit->start && text.data[hit->start - 1] == '/') || once(&slot->begins_path, text, find_path_beginning);
    default: return true;
    }
}

/* Does it, as far as can be told without regard to the rest of the file? */
static bool counts(const ml_scan *scan, ml_str text, const ml_lexed *lexed, const ml_trigger_hit *hit)
{
    switch (hit->bits & WORD_TRACE_KIND) {
    case TRACE_HOST: return is_domain(text, hit);
    case TRACE_PORT: return is_port(text, hit);
    case TRACE_VARIABLE: return is_variable(scan, text, hit);
    case TRACE_TAIL: return ends_variable(scan, text, lexed, hit);
    case TRACE_ADDRESS: /* of a text that is known as one ml_scan_add_made_hosts knows where it ends */
        return !ml_lexed_text_at(lexed, hit->start) && is_open_address(scan, text, hit);
    case TRACE_PATH:
    case TRACE_METHOD: return is_path_end(text, lexed, hit);
    case TRACE_CODE_IN_TEXT: return ml_lexed_text_at(lexed, hit->start) && loads_package(scan, text, hit);
    case TRACE_VENDOR: return is_whole_text(lexed, hit);
    case TRACE_ESCAPE:
        return ml_trace_is_host_escape(text, hit) && (lexed->unsure || ml_lexed_text_at(lexed, hit->start));
    default: return true;
    }
}

void ml_scan_add_trace(ml_scan *scan, ml_slot *slot, ml_arena *arena, ml_str text, const ml_lexed *lexed,
                       const ml_trigger_hit *hit)
{
    ml_trigger_bits kind = hit->bits & WORD_TRACE_KIND;

    if (!counts(scan, text, lexed, hit) || !ml_shape_of(text, lexed, hit) || !fits_file(scan, slot, text, hit))
        return;
    if (kind == TRACE_BODY)
        slot->body_words |= ml_body_word_of(ml_str_slice(text, hit->start, hit->end));
    else
        ml_vec_push(arena, &slot->traces, hit->start);
}

unsigned ml_body_word_of(ml_str name)
{
    if (ml_str_eq_c(name, ML_MODEL_PROPERTY))
        return ML_BODY_MODEL;
    for (size_t i = 0; ml_model_contents[i]; i++)
        if (ml_str_eq_c(name, ml_model_contents[i]))
            return ML_BODY_CONTENT;
    return 0;
}

bool ml_trace_holds_host(const ml_scan *scan, ml_str text)
{
    ml_arena scratch = {0};
    ml_trigger_hits hits = {0};
    ml_lexed no_code = {.unsure = true};
    bool holds = false;

    ml_trigger_find(&hits, &scratch, scan->host_words, text);
    for (uint32_t i = 0; i < hits.count && !holds; i++)
        holds = ml_shape_of(text, &no_code, &hits.items[i]) && counts(scan, text, &no_code, &hits.items[i]) &&
                ((hits.items[i].bits & WORD_TRACE_KIND) != TRACE_HOST || is_of_provider(scan, text, &hits.items[i]));
    ml_arena_finish(&scratch);
    return holds;
}

bool ml_scan_names_provider(ml_scan *scan, ml_str text)
{
    ml_arena scratch = {0};
    ml_trigger_hits hits = {0};
    ml_slot *slot = ML_NEW(&scratch, ml_slot);
    ml_lexed lexed;

    if (!scan->trace_words)
        scan->trace_words = ml_trigger_build(&scan->run, scan->trace_list.items, scan->trace_list.count);
    ml_lex(&lexed, &scratch, text, false);
    ml_trigger_find(&hits, &scratch, scan->trace_words, text);
    for (uint32_t i = 0; i < hits.count && !slot->traces.count; i++)
        ml_scan_add_trace(scan, slot, &scratch, text, &lexed, &hits.items[i]);
    ml_scan_add_made_hosts(scan, slot, &scratch, text, &lexed);
    bool names = slot->traces.count || ml_trace_is_made(scan, text);
    ml_arena_finish(&scratch);
    return names;
}
