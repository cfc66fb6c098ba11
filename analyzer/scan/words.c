/* The words by which a file is chosen to be parsed, and what must stand around them.
 *
 * A word is looked for in the whole text at once; most of what is met is then dropped
 * for what stands around it: part of a longer name, in a comment, a type where only a
 * call would count. What is dropped here could not have led to a finding; what could
 * is kept even when it hardly ever does. */
#include "scan_internal.h"
#include "ml/formula.h"
#include "ml/keys.h"

#include <ctype.h>

/* What a word asks of the place it stands at, beside the reasons to parse. */
enum {
    WORD_WHOLE = 1 << 16,    /* no part of a longer name */
    WORD_VALUE = 1 << 17,    /* a name used as a value: no prose, no member of an object that is not the global one */
    WORD_CALLED = 1 << 18,   /* a name that is called */
    WORD_CODE = 1 << 19,     /* a name that is called with what may be a text */
    WORD_LOADER = 1 << 20,   /* a call of a loader whose specifier is no plain literal */
    WORD_GLOBAL = 1 << 21,   /* the global object */
    WORD_MEASURE = 1 << 22,  /* what is billed by: only files that name a cost as well are read for it */
    WORD_COST = 1 << 23,
    WORD_ANYWHERE = 1 << 24, /* also in comments */
    WORD_EXTENDS = 1 << 25,
    WORD_SETTING = 1 << 26,  /* a property or method of that name is set */
    WORD_OBJECT = 1 << 27,   /* an object that is used other than by a plain member, which would be a word of its own */
    WORD_ESCAPE = 1 << 28,   /* an escape in a name */
    WORD_ALSO = 1 << 29,     /* and the bits above it: of a rule that asks for a second word */
    WHY_MASK = WORD_WHOLE - 1
};

typedef ML_VEC(ml_trigger_word) word_list;

static void add_word(ml_scan *scan, word_list *words, ml_str word, ml_trigger_bits bits)
{
    if (word.len >= 2)
        ml_vec_push(&scan->run, words, ((ml_trigger_word){word, bits}));
}

/* ---- clients ---- */

/* Of a dotted global the part that must stand in a file that uses it. */
static ml_str global_word(ml_str name)
{
    size_t dot = ml_str_rfind_char(name, '.');
    ml_str last = dot == ML_NOT_FOUND ? name : ml_str_from(name, dot + 1);

    return last.len >= 5 ? last : name;
}

/* `tt` as an object is followed by a dot, or destructured. */
static void add_short_global(ml_scan *scan, word_list *words, ml_str word)
{
    static const char *const behind[] = {".", "[", "?."};

    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
        add_word(scan, words, ml_arena_concat(&scan->run, word, ml_str_of(behind[i])), ML_WHY_CLIENT | WORD_WHOLE);
    add_word(scan, words, ml_arena_concat(&scan->run, ML_STR("= "), word), ML_WHY_CLIENT | WORD_WHOLE | WORD_OBJECT);
}

static void add_global(ml_scan *scan, word_list *words, const ml_client *client, const ml_client_entry *entry)
{
    ml_str word = global_word(entry->name);

    if (word.len < 4) {
        add_short_global(scan, words, word);
        return;
    }
    ml_trigger_bits shape = WORD_VALUE;
    if (client->transport == ML_TRANSPORT_CODE)
        shape = WORD_CODE;
    else if (entry->at.len) /* a maker of what a client is given; as a type its name is everywhere */
        shape = WORD_CALLED;
    add_word(scan, words, word, ML_WHY_CLIENT | WORD_WHOLE | shape);
}

static void add_client_words(ml_scan *scan, word_list *words)
{
    uint32_t count;
    const ml_client *clients = ml_catalog_clients(scan->catalog, &count);

    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < clients[i].entry_count; k++) {
            const ml_client_entry *entry = &clients[i].entries[k];
            if (entry->kind == ML_ENTRY_IMPORT)
                ml_strmap_put(&scan->run, &scan->client_packages, entry->package, (void *)(uintptr_t)&clients[i]);
            else if (entry->kind == ML_ENTRY_GLOBAL)
                add_global(scan, words, &clients[i], entry);
            else
                add_word(scan, words, entry->name, ML_WHY_CLIENT | WORD_WHOLE);
        }
    /* A global by a name that is put together: globalThis["fe" + "tch"]. */
    static const char *const indexed[] = {"window[", "self[", "global["};
    for (size_t i = 0; i < sizeof indexed / sizeof *indexed; i++)
        add_word(scan, words, ml_str_of(indexed[i]), ML_WHY_CLIENT | WORD_WHOLE);
    add_word(scan, words, ML_STR("globalThis"), ML_WHY_CLIENT | WORD_WHOLE | WORD_OBJECT);
    static const char *const objects[] = {"window", "self", "global", "globalThis", "parent", "frames"};
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        add_word(scan, words, ml_str_of(objects[i]), WORD_GLOBAL | WORD_WHOLE);
    add_word(scan, words, ML_STR("extends "), WORD_EXTENDS);
    /* Names may be written with escapes. */
    add_word(scan, words, ML_STR("\\u"), ML_WHY_CLIENT | WORD_ESCAPE);
    /* Servers that pass requests on, by settings alone. */
    add_word(scan, words, ML_STR("proxy"), ML_WHY_CLIENT | WORD_WHOLE | WORD_SETTING);
    add_word(scan, words, ML_STR("rewrites"), ML_WHY_CLIENT | WORD_WHOLE | WORD_SETTING);
    /* A directive that silences nothing is a finding of its own. */
    add_word(scan, words, ML_STR("meterlint-"), ML_WHY_CLIENT | WORD_ANYWHERE);
    static const char *const loaders[] = {"require(", "require (", "import(", "import (", "require/*", "import/*"};
    for (size_t i = 0; i < sizeof loaders / sizeof *loaders; i++)
        add_word(scan, words, ml_str_of(loaders[i]), ML_WHY_PACKAGE | WORD_LOADER);
}

/* ---- the bridge, tables, costs ---- */

static void add_bridge_words(ml_scan *scan, word_list *words)
{
    const ml_bridge_config *bridge = &scan->config.bridge;

    for (uint32_t i = 0; i < bridge->method_count; i++)
        add_word(scan, words, bridge->methods[i].name, ML_WHY_BRIDGE);
    /* What records usage: of "AIModelUsage.create" the part that must stand in a file that calls it. */
    for (uint32_t i = 0; i < bridge->sinks.count; i++) {
        size_t dot = ml_str_find_char(bridge->sinks.items[i], '.');
        add_word(scan, words, dot == ML_NOT_FOUND ? bridge->sinks.items[i] : ml_str_slice(bridge->sinks.items[i], 0, dot), ML_WHY_BRIDGE);
    }
}

static void add_table_words(ml_scan *scan, word_list *words)
{
    for (size_t i = 0; i < bill_schema_table_count(); i++) {
        const bill_table *table = bill_schema_table(i);
        add_word(scan, words, ml_str_of(table->name), ML_WHY_TABLE);
        for (size_t k = 0; k < sizeof table->aliases / sizeof *table->aliases && table->aliases[k]; k++)
            add_word(scan, words, ml_str_of(table->aliases[k]), ML_WHY_TABLE);
    }
    for (uint32_t i = 0; i < scan->config.table_count; i++)
        add_word(scan, words, scan->config.tables[i].project, ML_WHY_TABLE);
    /* A model's table may be named by its class alone, in any spelling. */
    add_word(scan, words, ML_STR("DataTypes"), ML_WHY_TABLE | WORD_WHOLE | WORD_VALUE);
    /* What makes a database follow its models names none of them. */
    add_word(scan, words, ML_STR("synchronize"), ML_WHY_TABLE | WORD_WHOLE | WORD_SETTING);
    add_word(scan, words, ML_STR(".sync("), ML_WHY_TABLE);
    add_word(scan, words, ML_STR("sync:"), ML_WHY_TABLE | WORD_WHOLE);
    add_word(scan, words, ML_STR("enum BillingStatus"), ML_WHY_TABLE);
    add_word(scan, words, ML_STR("enum BillingType"), ML_WHY_TABLE);
}

static void add_cost_words(ml_scan *scan, word_list *words)
{
    for (uint32_t i = 0; i < ml_formula_word_count; i++)
        add_word(scan, words, ml_str_of(ml_formula_words[i]), WORD_MEASURE | WORD_ANYWHERE);
    for (uint32_t i = 0; i < ml_formula_cost_word_count; i++)
        add_word(scan, words, ml_str_of(ml_formula_cost_words[i]), WORD_COST);
}

/* What rules ask for by themselves. */
static void add_rule_words(ml_scan *scan, word_list *words)
{
    for (uint32_t i = 0; i < ml_rule_table_count; i++) {
        const ml_rule *rule = ml_rule_table[i].rule;
        ml_trigger_bits bits = ML_WHY_TABLE | WORD_ANYWHERE;
        if (!rule->words || !ml_engine_rule_is_on(scan->engine, i))
            continue;
        if (rule->also_words && scan->also_count < ML_ALSO_MAX) { /* beyond that many, one list is enough */
            bits = (ml_trigger_bits)WORD_ALSO << scan->also_count | WORD_ANYWHERE;
            scan->also[scan->also_count++] = rule->also_words;
        }
        for (uint32_t k = 0; rule->words[k]; k++)
            add_word(scan, words, ml_str_of(rule->words[k]), bits);
    }
}

static void add_provider_words(ml_scan *scan, word_list *words)
{
    uint32_t count;
    const ml_provider *providers = ml_catalog_providers(scan->catalog, &count);

    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < providers[i].host_count; k++)
            if (ml_str_find_char(providers[i].hosts[k].pattern, '*') == ML_NOT_FOUND)
                add_word(scan, words, providers[i].hosts[k].pattern, 1);
}

void ml_scan_build_words(ml_scan *scan)
{
    word_list words = {0}, blind = {0};

    add_client_words(scan, &words);
    add_bridge_words(scan, &words);
    add_table_words(scan, &words);
    add_cost_words(scan, &words);
    add_rule_words(scan, &words);
    scan->words = ml_trigger_build(&scan->run, words.items, words.count, false);
    add_provider_words(scan, &blind);
    add_bridge_words(scan, &blind);
    for (size_t i = 0; i < bill_schema_table_count(); i++)
        add_word(scan, &blind, ml_str_of(bill_schema_table(i)->name), 1);
    scan->blind_words = ml_trigger_build(&scan->run, blind.items, blind.count, false);
}

/* ---- what stands around a word ---- */

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static size_t skip_blanks(ml_str text, size_t at)
{
    while (at < text.len && (text.data[at] == ' ' || text.data[at] == '\t'))
        at++;
    return at;
}

static ml_str name_at(ml_str text, size_t at)
{
    size_t end = at;

    while (end < text.len && is_name(text.data[end]))
        end++;
    return ml_str_slice(text, at, end);
}

static ml_str name_before(ml_str text, size_t end)
{
    size_t start = end;

    while (start && is_name(text.data[start - 1]))
        start--;
    return ml_str_slice(text, start, end);
}

static bool is_whole(ml_str text, const ml_trigger_hit *hit)
{
    bool name_first = is_name(text.data[hit->start]), name_last = is_name(text.data[hit->end - 1]);

    return !(name_first && hit->start && is_name(text.data[hit->start - 1])) &&
           !(name_last && hit->end < text.len && is_name(text.data[hit->end]));
}

/* A member of something: `this.fetch`, but not `window.fetch`. */
static bool is_member(ml_str text, const ml_trigger_hit *hit)
{
    static const char *const global[] = {"window", "self", "global", "globalThis", "parent", "frames", "top"};
    size_t at = hit->start;

    if (!at || text.data[at - 1] != '.' || (at >= 3 && text.data[at - 2] == '.' && text.data[at - 3] == '.')) /* ...fetch */
        return false;
    at -= at >= 2 && text.data[at - 2] == '?' ? 2 : 1;
    return !ML_STR_IS_ONE_OF(name_before(text, at), global);
}

static size_t skip_blanks_back(ml_str text, size_t at)
{
    while (at && isspace((unsigned char)text.data[at - 1]))
        at--;
    return at;
}

/* Not the word of a sentence: what follows a value is no other word, but for an operator. Not the
 * name of a property, whose value speaks for itself. */
static bool is_value(ml_str text, const ml_trigger_hit *hit)
{
    static const char *const operators[] = {"as", "in", "of", "instanceof", "satisfies"};
    size_t at = skip_blanks(text, hit->end), before = skip_blanks_back(text, hit->start);
    ml_str next = name_at(text, at), rest = ml_str_from(text, at);

    if (ml_str_starts(rest, ML_STR("?:")) || (ml_str_starts(rest, ML_STR(":")) && (!before || text.data[before - 1] != '?')))
        return false;
    return at == hit->end || !next.len || ML_STR_IS_ONE_OF(next, operators);
}

/* proxy: …, "proxy": …, proxy(…), { proxy }, x.proxy = … */
static bool is_set(ml_str text, const ml_trigger_hit *hit)
{
    size_t at = hit->end + (hit->end < text.len && strchr("\"'`", text.data[hit->end]));

    at = skip_blanks(text, at);
    return at < text.len && strchr(":(,}=[\n", text.data[at]);
}

/* In `const { x } = uni;` and `const g = globalThis`, not in `globalThis.x`, where x is the word. */
static bool is_object(ml_str text, const ml_trigger_hit *hit)
{
    size_t at = skip_blanks(text, hit->end);

    return at >= text.len || !(text.data[at] == '.' || text.data[at] == '{' || ml_str_starts(ml_str_from(text, at), ML_STR("?.")));
}

/* An escape between tags or in a name; those in texts are decoded where the text matters. */
static bool is_escaped_name(ml_str text, const ml_lexed *lexed, const ml_trigger_hit *hit)
{
    const ml_lex_range *range = ml_lexed_text_at(lexed, hit->start);

    for (uint32_t i = 0; range && i < lexed->specifiers.count; i++)
        if (lexed->specifiers.items[i].data == text.data + range->start)
            return true;
    return !range;
}

/* Words of code stand in a text only when they are all of it: globalThis["fetch"]. */
static bool is_lost_in_text(const ml_lexed *lexed, const ml_trigger_hit *hit)
{
    const ml_lex_range *range = ml_lexed_text_at(lexed, hit->start);

    return range && (range->start != hit->start || range->end != hit->end);
}

static bool is_called(ml_str text, const ml_trigger_hit *hit)
{
    size_t at = skip_blanks(text, hit->end);

    return at < text.len && (text.data[at] == '(' || text.data[at] == '.' || text.data[at] == '[' ||
                             ml_str_starts(ml_str_from(text, at), ML_STR("?.")));
}

/* Is the name ever given a text, as far as can be seen without a tree? */
static bool is_given_text(ml_str text, ml_str name)
{
    for (size_t from = 0, found; (found = ml_str_find(ml_str_from(text, from), name)) != ML_NOT_FOUND;) {
        size_t at = from + found, end = at + name.len;
        from = end;
        if ((at && is_name(text.data[at - 1])) || (end < text.len && is_name(text.data[end])))
            continue;
        end = skip_blanks(text, end);
        if (end < text.len && (text.data[end] == '+' || text.data[end] == ':'))
            end++;
        if (end >= text.len || text.data[end] != '=')
            continue;
        end = skip_blanks(text, end + 1);
        while (end < text.len && isspace((unsigned char)text.data[end]))
            end++;
        if (end < text.len && strchr("\"'`[", text.data[end]))
            return true;
    }
    return false;
}

/* setTimeout(() => …) and setTimeout(resolve) run functions, setTimeout("…") runs a text. */
static bool may_run_text(ml_str text, const ml_trigger_hit *hit)
{
    size_t at = skip_blanks(text, hit->end);

    if (at >= text.len || text.data[at] != '(') {
        static const char *const callers[] = {"call", "apply", "bind"};
        size_t before = skip_blanks_back(text, hit->start);
        bool called = at < text.len && text.data[at] == '.' && ML_STR_IS_ONE_OF(name_at(text, at + 1), callers);
        return called || ml_str_starts(ml_str_from(text, at), ML_STR("?.(")) || (before && text.data[before - 1] == '=');
    }
    do
        at++;
    while (at < text.len && isspace((unsigned char)text.data[at]));
    ml_str name = name_at(text, at);
    if (!name.len)
        return at < text.len && text.data[at] != '(' && text.data[at] != ')';
    if (ml_str_eq_c(name, "function") || ml_str_eq_c(name, "async"))
        return false;
    size_t behind = skip_blanks(text, at + name.len);
    if (behind < text.len && strchr(",)", text.data[behind]))
        return is_given_text(text, name);
    return behind >= text.len || text.data[behind] != '='; /* x => … */
}

/* ---- costs ---- */

enum { VALUE_REACH = 4096 };

/* Does an expression that begins here compute anything, or is it a name, a literal, a type? Looks as
 * far as the expression may go, so it rather says yes. */
static bool is_computed(ml_str text, size_t at)
{
    size_t end = at + VALUE_REACH < text.len ? at + VALUE_REACH : text.len;
    bool begun = false;

    for (; at < end; at++) {
        char c = text.data[at];
        if (strchr("*/%+-(?", c))
            return true;
        if (strchr(",;)]}", c))
            return false;
        if (c != '\n') {
            begun |= !isspace((unsigned char)c);
            continue;
        }
        size_t next = at;
        while (next < text.len && isspace((unsigned char)text.data[next]))
            next++;
        if (begun && next < text.len && (is_name(text.data[next]) || strchr("\"'`@}", text.data[next])))
            return false;
        at = next - 1;
    }
    return at < text.len; /* too far to tell */
}

/* Behind the `=` that ends a type on its line, or the end of the text. */
static size_t behind_type(ml_str text, size_t at)
{
    while (at < text.len && !strchr("=;\n", text.data[at]))
        at++;
    return at < text.len && text.data[at] == '=' ? at + 1 : text.len;
}

/* cost = …, cost += …, cost: …, ["cost"] = …, function cost(…), addCost(…): where a cost may be computed. */
static bool may_compute_cost(ml_str text, const ml_trigger_hit *hit)
{
    size_t start = hit->start, end = hit->end;

    while (start && is_name(text.data[start - 1]))
        start--;
    while (end < text.len && is_name(text.data[end]))
        end++;
    if (!ml_formula_is_cost_name(ml_str_slice(text, start, end)))
        return false;
    while (end < text.len && strchr("\"'`]?!", text.data[end]))
        end++;
    end = skip_blanks(text, end);
    if (end >= text.len)
        return false;
    switch (text.data[end]) {
    case '(':
    case '<':
        return true;
    case '+':
        return end + 1 < text.len && text.data[end + 1] == '=';
    case '=':
        return end + 1 < text.len && text.data[end + 1] != '=' && is_computed(text, end + 1);
    case ':': /* of a property, or before a type that ends at the value */
        return is_computed(text, end + 1) || is_computed(text, behind_type(text, end + 1));
    default:
        return false;
    }
}

/* The reasons a word at this place is, or 0. */
static ml_trigger_bits reasons(ml_str text, const ml_lexed *lexed, const ml_trigger_hit *hit)
{
    ml_trigger_bits bits = hit->bits;

    if ((bits & WORD_WHOLE) && !is_whole(text, hit))
        return 0;
    if ((bits & WORD_CALLED) && !is_called(text, hit))
        return 0;
    if ((bits & WORD_VALUE) && !is_value(text, hit))
        return 0;
    if ((bits & WORD_SETTING) && !is_set(text, hit))
        return 0;
    if ((bits & WORD_OBJECT) && !is_object(text, hit))
        return 0;
    if ((bits & WORD_ESCAPE) ? !is_escaped_name(text, lexed, hit)
                             : (bits & ML_WHY_CLIENT) && !(bits & WORD_ANYWHERE) && is_lost_in_text(lexed, hit))
        return 0;
    if ((bits & WORD_CODE) && !may_run_text(text, hit))
        return 0;
    if ((bits & WORD_LOADER) && ((hit->start && is_name(text.data[hit->start - 1])) ||
                                 !ml_lex_is_made_specifier(text, hit->end - 1 - (text.data[hit->end - 1] == '*'))))
        return 0;
    if ((bits & WORD_COST) && !may_compute_cost(text, hit))
        return 0;
    if (!(bits & WORD_ANYWHERE) && ml_lexed_in_comment(lexed, hit->start))
        return 0;
    return bits;
}

/* ---- keys ---- */

enum { NAME_REACH = 160, HEAD_BYTES_MAX = 16 };

/* Is the text in quotes put together with others, or decoded: "sk-" + "…", atob("…")? */
static bool is_made(ml_str text, const ml_lex_range *range)
{
    size_t before = range->start ? skip_blanks_back(text, range->start - 1) : 0, after = range->end + 1;
    char last = before ? text.data[before - 1] : '\0';

    while (after < text.len && isspace((unsigned char)text.data[after]))
        after++;
    if (after < text.len && text.data[after] == '+')
        return true;
    if (last == '(')
        return ml_str_eq_c(name_before(text, before - 1), "atob") || ml_str_eq_c(name_before(text, before - 1), "from");
    if (last != '+' && last != ',')
        return false;
    size_t quote = skip_blanks_back(text, before - 1);
    if (last == '+' || !quote || !strchr("\"'`", text.data[quote - 1]))
        return last == '+';
    ml_str head = ml_str_slice(text, quote > HEAD_BYTES_MAX ? quote - HEAD_BYTES_MAX : 0, quote - 1);
    return ml_str_rfind_char(head, text.data[quote - 1]) != ML_NOT_FOUND; /* a short text, as "sk-" is */
}

static bool may_hold_key(const ml_scan *scan, ml_str text, const ml_lexed *lexed)
{
    for (uint32_t i = 0; i < lexed->texts.count; i++) {
        const ml_lex_range *range = &lexed->texts.items[i];
        ml_str inside = ml_str_slice(text, range->start, range->end);
        if (inside.len < ML_KEY_BYTES_MIN)
            continue;
        size_t reach = range->start > NAME_REACH ? range->start - NAME_REACH : 0;
        if (ml_key_may_be_in(inside) &&
            (is_made(text, range) || ml_keys_may_find(scan->keys, ml_str_slice(text, reach, range->start), inside)))
            return true;
    }
    return false;
}

/* ---- a file ---- */

static bool is_markup(ml_file_kind kind)
{
    return kind == ML_FILE_VUE || kind == ML_FILE_SVELTE || kind == ML_FILE_HTML;
}

static bool holds_second_word(const ml_scan *scan, ml_str text, ml_trigger_bits seen)
{
    for (uint32_t i = 0; i < scan->also_count; i++)
        for (uint32_t k = 0; (seen & (ml_trigger_bits)WORD_ALSO << i) && scan->also[i][k]; k++)
            if (ml_str_contains(text, ml_str_of(scan->also[i][k])))
                return true;
    return false;
}

static bool names_package(const ml_scan *scan, ml_file_id file, ml_str specifier)
{
    ml_str package = ml_link_package_of(scan->link, file, specifier);

    return ml_strmap_get(&scan->client_packages, package) ||
           ml_strmap_get(&scan->client_packages, ml_package_name_of(package)) ||
           ml_catalog_match_package(scan->catalog, package).provider;
}

static void add_imports(ml_scan *scan, ml_file_id file, ml_str text, const ml_specifiers *specifiers, unsigned worker)
{
    ml_slot *slot = &scan->slots[file - 1];

    for (uint32_t i = 0; i < specifiers->count; i++) {
        ml_str specifier = specifiers->items[i];
        ml_scan_import import = {ml_link_resolve(scan->link, file, specifier), (uint32_t)(specifier.data - text.data),
                                 (uint32_t)specifier.len};
        if (import.target)
            ml_vec_push(&scan->kept[worker], &slot->imports, import);
        else if (names_package(scan, file, specifier))
            slot->why |= ML_WHY_PACKAGE;
    }
}

void ml_scan_trigger(ml_scan *scan, ml_file_id file, ml_str text, unsigned worker)
{
    ml_slot *slot = &scan->slots[file - 1];
    ml_arena *scratch = &scan->scratch[worker];
    ml_lexed lexed;
    ml_trigger_hits hits = {0};
    ml_trigger_bits seen = 0;
    bool member = false;

    ml_lex(&lexed, scratch, text, is_markup(scan->files.items[file - 1].kind));
    ml_trigger_find(&hits, scratch, scan->words, text);
    for (uint32_t i = 0; i < hits.count; i++) {
        const ml_trigger_hit *hit = &hits.items[i];
        if (!(hit->bits & ~seen)) /* says nothing new */
            continue;
        ml_trigger_bits found = reasons(text, &lexed, hit);
        if ((found & WORD_VALUE) && is_member(text, hit)) {
            member = true;
            continue;
        }
        seen |= found;
    }
    slot->why |= seen & WHY_MASK;
    slot->extends = seen & WORD_EXTENDS;
    if (member && (seen & WORD_GLOBAL))
        slot->why |= ML_WHY_CLIENT;
    if (((seen & WORD_MEASURE) && (seen & WORD_COST)) || holds_second_word(scan, text, seen))
        slot->why |= ML_WHY_TABLE;
    if (may_hold_key(scan, text, &lexed))
        slot->why |= ML_WHY_KEY;
    add_imports(scan, file, text, &lexed.specifiers, worker);
}

bool ml_scan_is_blind(const ml_scan *scan, ml_str range)
{
    ml_arena scratch = {0};
    ml_lexed lexed;
    bool blind = ml_trigger_scan(scan->blind_words, range, 1) != 0;

    ml_lex(&lexed, &scratch, range, true);
    for (uint32_t i = 0; i < lexed.specifiers.count && !blind; i++)
        blind = ml_catalog_match_package(scan->catalog, lexed.specifiers.items[i]).provider != NULL;
    ml_arena_finish(&scratch);
    return blind;
}
