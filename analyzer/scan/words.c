/* The words by which a file is chosen to be parsed, and the look at one file by them. */
#include "shapes.h"
#include "traces.h"

#include "ml/formula.h"

void ml_scan_add_word(ml_scan *scan, ml_word_list *words, ml_str word, ml_trigger_bits bits)
{
    if (word.len >= 2)
        ml_vec_push(&scan->run, words, ((ml_trigger_word){word, bits, false}));
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
static void add_short_global(ml_scan *scan, ml_word_list *words, ml_str word)
{
    static const char *const behind[] = {".", "[", "?."};

    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
        ml_scan_add_word(scan, words, ml_arena_concat(&scan->run, word, ml_str_of(behind[i])),
                         ML_WHY_CLIENT | WORD_WHOLE);
    ml_scan_add_word(scan, words, ml_arena_concat(&scan->run, ML_STR("= "), word),
                     ML_WHY_CLIENT | WORD_WHOLE | WORD_OBJECT);
}

static void add_global(ml_scan *scan, ml_word_list *words, const ml_client *client, const ml_client_entry *entry)
{
    ml_str word = global_word(entry->name);
    ml_trigger_bits why = ML_WHY_CLIENT;

    if (word.len < 4) {
        add_short_global(scan, words, word);
        return;
    }
    ml_trigger_bits shape = WORD_VALUE;
    if (client->transport == ML_TRANSPORT_CODE) {
        shape = WORD_CODE;
        why = ML_WHY_PACKAGE;
    } else if (word.len < entry->name.len) { /* navigator.sendBeacon: a member as it is */
        shape = 0;
    } else if (entry->at.len) { /* a maker of what a client is given; as a type its name is everywhere */
        shape = WORD_CALLED;
    }
    ml_scan_add_word(scan, words, word, why | WORD_WHOLE | shape);
}

static void add_client_words(ml_scan *scan, ml_word_list *words)
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
                ml_scan_add_word(scan, words, entry->name, ML_WHY_CLIENT | WORD_WHOLE);
        }
    /* A global by a name that is put together: globalThis["fe" + "tch"]. */
    static const char *const indexed[] = {"window[", "self[", "global["};
    for (size_t i = 0; i < sizeof indexed / sizeof *indexed; i++)
        ml_scan_add_word(scan, words, ml_str_of(indexed[i]), ML_WHY_CLIENT | WORD_WHOLE);
    ml_scan_add_word(scan, words, ML_STR("globalThis"), ML_WHY_CLIENT | WORD_WHOLE | WORD_OBJECT);
    static const char *const objects[] = {"window", "self", "global", "globalThis", "parent", "frames"};
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        ml_scan_add_word(scan, words, ml_str_of(objects[i]), WORD_GLOBAL | WORD_WHOLE);
    ml_scan_add_word(scan, words, ML_STR("extends "), WORD_EXTENDS);
    /* Names may be written with escapes. */
    ml_scan_add_word(scan, words, ML_STR("\\u"), ML_WHY_CLIENT | WORD_ESCAPE);
    /* Servers that pass requests on, by settings alone. */
    ml_scan_add_word(scan, words, ML_STR("proxy"), ML_WHY_CLIENT | WORD_WHOLE | WORD_SETTING);
    ml_scan_add_word(scan, words, ML_STR("rewrites"), ML_WHY_CLIENT | WORD_WHOLE | WORD_SETTING);
    /* A directive that silences nothing is a finding of its own. */
    ml_scan_add_word(scan, words, ML_STR("meterlint-"), ML_WHY_DIRECTIVE | WORD_ANYWHERE);
    static const char *const loaders[] = {"require(", "require (", "import(", "import (", "require/*", "import/*"};
    for (size_t i = 0; i < sizeof loaders / sizeof *loaders; i++)
        ml_scan_add_word(scan, words, ml_str_of(loaders[i]), ML_WHY_PACKAGE | WORD_LOADER);
}

/* ---- the bridge, tables, costs ---- */

static void add_bridge_words(ml_scan *scan, ml_word_list *words)
{
    const ml_bridge_config *bridge = &scan->config.bridge;

    for (uint32_t i = 0; i < bridge->method_count; i++)
        ml_scan_add_word(scan, words, bridge->methods[i].name, ML_WHY_BRIDGE);
    /* What records usage: of "AIModelUsage.create" the part that must stand in a file that calls it. */
    for (uint32_t i = 0; i < bridge->sinks.count; i++) {
        size_t dot = ml_str_find_char(bridge->sinks.items[i], '.');
        ml_scan_add_word(scan, words,
                         dot == ML_NOT_FOUND ? bridge->sinks.items[i] : ml_str_slice(bridge->sinks.items[i], 0, dot),
                         ML_WHY_BRIDGE);
    }
}

static void add_table_words(ml_scan *scan, ml_word_list *words)
{
    for (size_t i = 0; i < bill_schema_table_count(); i++) {
        const bill_table *table = bill_schema_table(i);
        ml_scan_add_word(scan, words, ml_str_of(table->name), ML_WHY_TABLE);
        for (size_t k = 0; k < sizeof table->aliases / sizeof *table->aliases && table->aliases[k]; k++)
            ml_scan_add_word(scan, words, ml_str_of(table->aliases[k]), ML_WHY_TABLE);
    }
    for (uint32_t i = 0; i < scan->config.table_count; i++)
        ml_scan_add_word(scan, words, scan->config.tables[i].project, ML_WHY_TABLE);
    /* A model's table may be named by its class alone, in any spelling. */
    ml_scan_add_word(scan, words, ML_STR("DataTypes"), ML_WHY_TABLE | WORD_WHOLE | WORD_VALUE);
    /* What makes a database follow its models names none of them. */
    ml_scan_add_word(scan, words, ML_STR("synchronize"), ML_WHY_TABLE | WORD_WHOLE | WORD_SETTING);
    ml_scan_add_word(scan, words, ML_STR(".sync("), ML_WHY_TABLE);
    ml_scan_add_word(scan, words, ML_STR("sync:"), ML_WHY_TABLE | WORD_WHOLE);
    ml_scan_add_word(scan, words, ML_STR("enum BillingStatus"), ML_WHY_TABLE);
    ml_scan_add_word(scan, words, ML_STR("enum BillingType"), ML_WHY_TABLE);
}

static void add_cost_words(ml_scan *scan, ml_word_list *words)
{
    for (uint32_t i = 0; i < ml_formula_word_count; i++)
        ml_scan_add_word(scan, words, ml_str_of(ml_formula_words[i]), WORD_MEASURE | WORD_ANYWHERE);
    for (uint32_t i = 0; i < ml_formula_cost_word_count; i++)
        ml_scan_add_word(scan, words, ml_str_of(ml_formula_cost_words[i]), WORD_COST);
}

static void add_need(ml_scan *scan, ml_word_list *words, const char *const *need, bool any_case)
{
    for (uint32_t i = 0; need && need[i]; i++)
        ml_vec_push(&scan->run, words, ((ml_trigger_word){ml_str_of(need[i]), WORD_NEEDED | WORD_ANYWHERE, any_case}));
}

static bool is_first_before(const ml_scan *scan, uint32_t rule, const ml_rule_need *first)
{
    for (uint32_t i = 0; i < rule; i++) {
        const ml_rule_need *const *needs = ml_rule_table[i].rule->needs;
        if (needs && needs[0] == first && ml_engine_rule_is_on(scan->engine, i))
            return true;
    }
    return false;
}

/* What rules need by themselves: by the first of it, all of it is looked for. */
static void add_rule_words(ml_scan *scan, ml_word_list *words)
{
    for (uint32_t i = 0; i < ml_rule_table_count; i++) {
        const ml_rule *rule = ml_rule_table[i].rule;
        if (!rule->needs || !ml_engine_rule_is_on(scan->engine, i) || is_first_before(scan, i, rule->needs[0]))
            continue;
        add_need(scan, words, rule->needs[0]->words, rule->needs[0]->any_case);
        add_need(scan, words, rule->needs[0]->more_words, rule->needs[0]->any_case);
    }
}

static void add_provider_words(ml_scan *scan, ml_word_list *words)
{
    uint32_t count;
    const ml_provider *providers = ml_catalog_providers(scan->catalog, &count);

    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < providers[i].host_count; k++)
            if (ml_str_find_char(providers[i].hosts[k].pattern, '*') == ML_NOT_FOUND)
                ml_scan_add_word(scan, words, providers[i].hosts[k].pattern, 1);
}

static bool is_rule_on_but(const ml_scan *scan, const char *const *families, size_t count)
{
    for (uint32_t i = 0; i < ml_rule_table_count; i++) {
        bool other = true;
        for (size_t k = 0; k < count; k++)
            other &= !ml_str_eq_c(ml_rule_family(ml_rule_table[i].info), families[k]);
        if (other && ml_engine_rule_is_on(scan->engine, i))
            return true;
    }
    return false;
}

/* Rules of these families speak of what is sent and what is written, all others of what is billed. */
static void find_what_is_asked(ml_scan *scan)
{
    static const char *const unbilled[] = {"bypass", "secrets", "suppression"};

    scan->asks_for_tables = scan->options.tables || is_rule_on_but(scan, unbilled, sizeof unbilled / sizeof *unbilled);
    for (uint32_t i = 0; i < ml_rule_table_count; i++)
        scan->asks_for_keys |=
            ml_str_eq_c(ml_rule_family(ml_rule_table[i].info), "secrets") && ml_engine_rule_is_on(scan->engine, i);
}

void ml_scan_build_words(ml_scan *scan)
{
    ml_word_list words = {0};

    find_what_is_asked(scan);
    add_client_words(scan, &words);
    add_bridge_words(scan, &words);
    if (scan->asks_for_tables) {
        add_table_words(scan, &words);
        add_cost_words(scan, &words);
    }
    add_rule_words(scan, &words);
    if (!scan->options.staged) /* taint is assumed */
        ml_scan_add_trace_words(scan, &words);
    for (size_t i = 0; ml_settings_words[i]; i++)
        ml_scan_add_word(scan, &words, ml_str_of(ml_settings_words[i]), WORD_SETS_UP);
    ml_scan_add_word(scan, &words, ML_STR(ML_SETTINGS_PACKAGE), WORD_ASKS);
    scan->words = ml_trigger_build(&scan->run, words.items, words.count);
}

/* ---- a file ---- */

static ml_trigger_bits why_package(const ml_scan *scan, ml_file_id file, ml_str specifier)
{
    ml_str package = ml_link_package_of(scan->link, file, specifier);
    const ml_client *client = ml_strmap_get(&scan->client_packages, package);

    if (!client)
        client = ml_strmap_get(&scan->client_packages, ml_package_name_of(package));
    if (ml_catalog_match_package(scan->catalog, package).provider || (client && client->transport == ML_TRANSPORT_CODE))
        return ML_WHY_PACKAGE;
    return client ? ML_WHY_CLIENT : 0;
}

static ml_scan_import import_of(ml_scan *scan, ml_file_id target, ml_str text, ml_str specifier, unsigned worker)
{
    ml_lex_names clause;
    ml_arena *kept = &scan->kept[worker];

    ml_lex_names_of(&clause, &scan->scratch[worker], text, specifier);
    ml_pair *names = ML_NEW_ARRAY(kept, ml_pair, clause.names.count);
    for (uint32_t i = 0; i < clause.names.count; i++) {
        const ml_lex_name *one = &clause.names.items[i];
        names[i] = (ml_pair){ml_name_hash_of(one->name), one->as.len ? ml_name_hash_of(one->as) : 0};
    }
    ml_pairs_sort(names, clause.names.count);
    return (ml_scan_import){target, (uint32_t)(specifier.data - text.data), clause.kind, clause.names.count, names};
}

static void add_imports(ml_scan *scan, ml_file_id file, ml_str text, const ml_specifiers *specifiers, unsigned worker)
{
    ml_slot *slot = &scan->slots[file - 1];

    for (uint32_t i = 0; i < specifiers->count; i++) {
        ml_str specifier = specifiers->items[i];
        ml_file_id target = ml_link_resolve(scan->link, file, specifier);
        if (target)
            ml_vec_push(&scan->kept[worker], &slot->imports, import_of(scan, target, text, specifier, worker));
        else
            slot->why |= why_package(scan, file, specifier);
    }
}

void ml_scan_trigger(ml_scan *scan, ml_file_id file, ml_str text, unsigned worker)
{
    ml_slot *slot = &scan->slots[file - 1];
    ml_arena *scratch = &scan->scratch[worker];
    ml_lexed lexed;
    ml_trigger_hits hits = {0};
    ml_trigger_bits seen = 0, of_members = 0; /* of `x.fetch`, `x.eval`: a global's if x is the global object */
    bool spelled = false;                     /* by an escape */

    ml_lex(&lexed, scratch, text, ml_file_kind_is_markup(scan->files.items[file - 1].kind));
    ml_trigger_find(&hits, scratch, scan->words, text);
    for (uint32_t i = 0; i < hits.count; i++) {
        const ml_trigger_hit *hit = &hits.items[i];
        if (hit->bits & WORD_TRACE) {
            ml_scan_add_trace(scan, slot, &scan->kept[worker], text, &lexed, hit);
            continue;
        }
        spelled |= (hit->bits & WORD_ESCAPE) && ml_trace_is_host_escape(text, hit);
        if (!(hit->bits & ~seen)) /* says nothing new */
            continue;
        ml_trigger_bits found = ml_shape_of(text, &lexed, hit);
        if ((found & (WORD_VALUE | WORD_CODE)) && ml_shape_is_member(text, hit))
            of_members |= found;
        else
            seen |= found;
    }
    slot->why |= (seen | (seen & WORD_GLOBAL ? of_members : 0)) & WHY_MASK;
    slot->extends = seen & WORD_EXTENDS;
    slot->sets_up = seen & WORD_SETS_UP;
    slot->asks = seen & WORD_ASKS;
    if (spelled || (seen & ML_WHY_BRIDGE))
        atomic_store_explicit(&scan->names_bridge, true, memory_order_relaxed);
    if ((seen & WORD_MEASURE) && (seen & WORD_COST))
        slot->why |= ML_WHY_TABLE;
    if ((seen & WORD_NEEDED) && ml_engine_needs_file(scan->engine, scan->files.items[file - 1].path, text))
        slot->why |= ML_WHY_RULE;
    if (scan->asks_for_keys && ml_shape_may_hold_key(scan->keys, text, &lexed))
        slot->why |= ML_WHY_KEY;
    ml_scan_add_made_hosts(scan, slot, &scan->kept[worker], text, &lexed);
    add_imports(scan, file, text, &lexed.specifiers, worker);
}

static const ml_trigger_set *blind_words(ml_scan *scan)
{
    ml_word_list words = {0};

    if (scan->blind_words)
        return scan->blind_words;
    add_provider_words(scan, &words);
    add_bridge_words(scan, &words);
    for (size_t i = 0; i < bill_schema_table_count(); i++)
        ml_scan_add_word(scan, &words, ml_str_of(bill_schema_table(i)->name), 1);
    scan->blind_words = ml_trigger_build(&scan->run, words.items, words.count);
    return scan->blind_words;
}

bool ml_scan_is_blind(ml_scan *scan, ml_str range)
{
    ml_arena scratch = {0};
    ml_lexed lexed;
    bool blind = ml_trigger_scan(blind_words(scan), range, 1) != 0;

    ml_lex(&lexed, &scratch, range, true);
    for (uint32_t i = 0; i < lexed.specifiers.count && !blind; i++)
        blind = ml_catalog_match_package(scan->catalog, lexed.specifiers.items[i]).provider != NULL;
    ml_arena_finish(&scratch);
    return blind;
}
