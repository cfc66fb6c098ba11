/* catalog_read.h - how a catalogue is made: JSON files to records, records to indexes.
 *
 * For the catalogue's own library and for the build-time program that turns the
 * result into constant data; everybody else sees catalog.h. Indexes are sorted
 * arrays, searched by halving, so that the built-in ones need no work at start-up. */
#ifndef ML_CATALOG_READ_H
#define ML_CATALOG_READ_H
#include "ml/catalog.h"
#include "ml/vec.h"

/* Pattern filed under its longest fixed tail that begins on a label border:
 * "bedrock-runtime.*.amazonaws.com" under "amazonaws.com". */
typedef struct ml_host_slot {
    ml_str tail;
    uint16_t provider, host;
} ml_host_slot;

typedef struct ml_name_slot {
    ml_str name;
    uint16_t provider, item;
} ml_name_slot;

typedef struct ml_port_slot {
    uint16_t port, provider;
} ml_port_slot;

typedef struct ml_entry_slot {
    ml_str package, name; /* package empty for globals and types */
    uint16_t client, entry;
} ml_entry_slot;

typedef struct ml_word_slot {
    ml_str word;
    ml_word_kind kind;
} ml_word_slot;

struct ml_catalog {
    const ml_provider *providers;
    const ml_client *clients;
    const ml_host_slot *hosts;        /* by tail, provider, host */
    const ml_name_slot *websites;     /* by name */
    const ml_name_slot *packages;     /* by name */
    const ml_name_slot *env;          /* by name */
    const ml_name_slot *env_prefixes; /* by name */
    const ml_port_slot *ports;        /* by port */
    const ml_entry_slot *globals;     /* by name, client, entry */
    const ml_entry_slot *imports;     /* by package, name, client, entry */
    const ml_entry_slot *types;       /* by name, client, entry */
    const ml_word_slot *words;        /* by word, kind; each once */
    uint32_t provider_count, client_count, host_count, website_count, package_count, env_count, env_prefix_count,
        port_count, global_count, import_count, type_count, word_count;
};

typedef ML_VEC(ml_provider) ml_provider_list;
typedef ML_VEC(ml_client) ml_client_list;

/* One file to one record, strict: unknown and duplicate keys, wrong types and words
 * outside the closed lists are errors with line. The id must be the file's name. */
ml_status ml_provider_read(ml_provider *out, ml_arena *arena, ml_str text, const char *path, ml_error *error);
ml_status ml_client_read(ml_client *out, ml_arena *arena, ml_str text, const char *path, ml_error *error);

/* All records to a catalogue; sorts them by id. Checks across records: ids, hosts (a
 * pattern of two providers must be declared as shared by one), packages, environment
 * names and ports belong to one provider each. */
ml_status ml_catalog_build(ml_catalog *out, ml_arena *arena, ml_provider_list *providers, ml_client_list *clients,
                           ml_error *error);

ml_str ml_host_tail(ml_str pattern);
void ml_catalog_collect_words(ml_catalog *catalog, ml_arena *arena);

#endif
