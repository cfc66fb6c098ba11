/* Which files are parsed, and why.
 *
 * A request needs a client. A client is a global or a type, whose name then stands in
 * the file, or comes from a package, which then is imported by the file or by one it
 * imports. So a file is parsed if it names a client, imports one, or imports (over any
 * number of files) a file that does; bridge methods, reference tables and possible
 * keys are further reasons, each by its own words. --no-trigger must find the same. */
#include "scan_internal.h"
#include "ml/formula.h"

typedef ML_VEC(ml_trigger_word) word_list;

static void add_word(ml_scan *scan, word_list *words, ml_str word, ml_trigger_bits bits)
{
    if (word.len >= 2)
        ml_vec_push(&scan->run, words, ((ml_trigger_word){word, bits}));
}

/* Of a dotted global the part that must stand in a file that uses it. */
static ml_str global_word(ml_str name)
{
    size_t dot = ml_str_rfind_char(name, '.');
    ml_str last = dot == ML_NOT_FOUND ? name : ml_str_from(name, dot + 1);

    return last.len >= 5 ? last : name;
}

/* `tt` stands in every "https"; as an object it is followed by a dot, or destructured. */
static void add_global_word(ml_scan *scan, word_list *words, ml_str name)
{
    ml_str word = global_word(name);

    if (word.len >= 4) {
        add_word(scan, words, word, ML_WHY_CLIENT);
        return;
    }
    add_word(scan, words, ml_arena_concat(&scan->run, word, ML_STR(".")), ML_WHY_CLIENT);
    add_word(scan, words, ml_arena_concat(&scan->run, word, ML_STR("[")), ML_WHY_CLIENT);
    add_word(scan, words, ml_arena_concat(&scan->run, word, ML_STR("?.")), ML_WHY_CLIENT);
    add_word(scan, words, ml_arena_concat(&scan->run, ML_STR("= "), word), ML_WHY_CLIENT);
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
            else
                add_global_word(scan, words, entry->name);
        }
    /* A global by a name that is put together: globalThis["fe" + "tch"]. */
    static const char *const indexed[] = {"globalThis", "window[", "self[", "global["};
    for (size_t i = 0; i < sizeof indexed / sizeof *indexed; i++)
        add_word(scan, words, ml_str_of(indexed[i]), ML_WHY_CLIENT);
    /* Names may be written with escapes. */
    add_word(scan, words, ML_STR("\\u"), ML_WHY_CLIENT);
    /* Servers that pass requests on, by settings alone. */
    add_word(scan, words, ML_STR("proxy"), ML_WHY_CLIENT);
    add_word(scan, words, ML_STR("rewrites"), ML_WHY_CLIENT);
    /* A directive that silences nothing is a finding of its own. */
    add_word(scan, words, ML_STR("meterlint-"), ML_WHY_CLIENT);
}

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
    add_word(scan, words, ML_STR("DataTypes"), ML_WHY_TABLE);
    /* What makes a database follow its models names none of them. */
    add_word(scan, words, ML_STR("synchronize"), ML_WHY_TABLE);
    add_word(scan, words, ML_STR(".sync("), ML_WHY_TABLE);
    add_word(scan, words, ML_STR("sync:"), ML_WHY_TABLE);
    add_word(scan, words, ML_STR("enum BillingStatus"), ML_WHY_TABLE);
    add_word(scan, words, ML_STR("enum BillingType"), ML_WHY_TABLE);
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
    for (uint32_t i = 0; i < ml_formula_word_count; i++)
        add_word(scan, &words, ml_str_of(ml_formula_words[i]), ML_WHY_TABLE);
    scan->words = ml_trigger_build(&scan->run, words.items, words.count, false);
    add_provider_words(scan, &blind);
    add_bridge_words(scan, &blind);
    for (size_t i = 0; i < bill_schema_table_count(); i++)
        add_word(scan, &blind, ml_str_of(bill_schema_table(i)->name), 1);
    scan->blind_words = ml_trigger_build(&scan->run, blind.items, blind.count, false);
}

/* A run of key characters, digits or letters of both cases in it, such as every key has. */
static bool has_key_like_run(ml_str text)
{
    size_t run = 0;
    bool digit = false, lower = false, upper = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool is_digit = c >= '0' && c <= '9', is_lower = c >= 'a' && c <= 'z', is_upper = c >= 'A' && c <= 'Z';
        if (!is_digit && !is_lower && !is_upper && c != '-' && c != '_' && c != '.') {
            run = 0;
            digit = lower = upper = false;
            continue;
        }
        digit |= is_digit;
        lower |= is_lower;
        upper |= is_upper;
        if (++run >= 16 && (digit || (lower && upper)))
            return true;
    }
    return false;
}

void ml_scan_trigger(ml_scan *scan, ml_slot *slot, ml_str text)
{
    slot->why = ml_trigger_scan(scan->words, text, ML_WHY_CLIENT | ML_WHY_BRIDGE | ML_WHY_TABLE);
    if (has_key_like_run(text))
        slot->why |= ML_WHY_KEY;
    ml_specifiers_of(&slot->specifiers, &slot->arena, text);
    if (ml_specifier_is_made(text))
        slot->why |= ML_WHY_PACKAGE;
    if (scan->options.no_trigger)
        slot->why |= ML_WHY_CLIENT;
}

bool ml_scan_wants_parse(const ml_scan *scan, ml_file_id file)
{
    return scan->slots[file - 1].why != 0 || ml_link_in_bridge(scan->link, file);
}

/* ---- over imports ---- */

typedef struct importer {
    ml_file_id file;
    struct importer *next;
} importer;

static bool names_package(const ml_scan *scan, ml_file_id file, ml_str specifier)
{
    ml_str package = ml_link_package_of(scan->link, file, specifier);

    return ml_strmap_get(&scan->client_packages, package) ||
           ml_strmap_get(&scan->client_packages, ml_package_name_of(package)) ||
           ml_catalog_match_package(scan->catalog, package).provider;
}

static importer **gather_importers(ml_scan *scan, ml_arena *scratch)
{
    importer **importers = ML_NEW_ARRAY(scratch, importer *, scan->files.count);

    for (ml_file_id file = 1; file <= scan->files.count; file++) {
        ml_slot *slot = &scan->slots[file - 1];
        for (uint32_t i = 0; i < slot->specifiers.count; i++) {
            ml_file_id target = ml_link_resolve(scan->link, file, slot->specifiers.items[i]);
            if (!target) {
                if (names_package(scan, file, slot->specifiers.items[i]))
                    slot->why |= ML_WHY_PACKAGE;
                continue;
            }
            importer *one = ML_NEW(scratch, importer);
            *one = (importer){file, importers[target - 1]};
            importers[target - 1] = one;
        }
    }
    return importers;
}

void ml_scan_spread(ml_scan *scan)
{
    ml_arena scratch = {0};
    importer **importers = gather_importers(scan, &scratch);
    ML_VEC(ml_file_id) work = {0};

    for (ml_file_id file = 1; file <= scan->files.count; file++)
        if ((scan->slots[file - 1].why & ML_WHY_FLOW) || ml_link_in_bridge(scan->link, file))
            ml_vec_push(&scratch, &work, file);
    for (uint32_t i = 0; i < work.count; i++)
        for (const importer *one = importers[work.items[i] - 1]; one; one = one->next) {
            ml_slot *slot = &scan->slots[one->file - 1];
            if (slot->why & (ML_WHY_FLOW | ML_WHY_IMPORTS))
                continue;
            slot->why |= ML_WHY_IMPORTS;
            ml_vec_push(&scratch, &work, one->file);
        }
    ml_arena_finish(&scratch);
}

bool ml_scan_is_blind(const ml_scan *scan, ml_str range)
{
    ml_arena scratch = {0};
    ml_specifiers specifiers = {0};
    bool blind = ml_trigger_scan(scan->blind_words, range, 1) != 0;

    ml_specifiers_of(&specifiers, &scratch, range);
    for (uint32_t i = 0; i < specifiers.count && !blind; i++)
        blind = ml_catalog_match_package(scan->catalog, specifiers.items[i]).provider != NULL;
    ml_arena_finish(&scratch);
    return blind;
}
