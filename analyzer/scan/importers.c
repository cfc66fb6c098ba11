/* Who imports what by which name: the way on which both what a file hands on (spread.c) and
 * what it says of providers (taint.c) reach other files. */
#include "scan_internal.h"

#include <stdlib.h>

ml_name_hash ml_name_hash_of(ml_str name)
{
    ml_name_hash hash = (ml_name_hash)ml_str_hash(name);
    return hash ? hash : 1;
}

static int by_key(const void *left, const void *right)
{
    const ml_pair *a = left, *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->value < b->value ? -1 : a->value > b->value;
}

void ml_pairs_sort(ml_pair *pairs, uint32_t count)
{
    if (count > 1)
        qsort(pairs, count, sizeof *pairs, by_key);
}

uint32_t ml_pairs_first(const ml_pair *pairs, uint32_t count, uint32_t key)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (pairs[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void ml_scan_find_importers(ml_scan *scan, ml_arena *arena)
{
    scan->importers = ML_NEW_ARRAY(arena, ml_importer *, scan->files.count);
    for (ml_file_id file = 1; file <= scan->files.count; file++)
        for (uint32_t i = 0; i < scan->slots[file - 1].imports.count; i++) {
            const ml_scan_import *import = &scan->slots[file - 1].imports.items[i];
            ml_importer *one = ML_NEW(arena, ml_importer);
            *one = (ml_importer){file, import, scan->importers[import->target - 1]};
            scan->importers[import->target - 1] = one;
        }
}

static void reach_by(const ml_importer *one, const ml_pair *in, ml_name_hash name, ml_reached *tell, void *data)
{
    if (one->import->clause == ML_LEX_IMPORT)
        tell(data, one, ML_REACH_USED, in->value);
    else if (in->value)
        tell(data, one, ML_REACH_PASSED_ON, in->value);
    else if (name != ml_name_hash_of(ML_STR("default")))
        tell(data, one, ML_REACH_PASSED_ON, name);
}

static void reach_named(const ml_importer *one, ml_name_hash asked, ml_name_hash name, ml_reached *tell, void *data)
{
    const ml_scan_import *import = one->import;

    for (uint32_t i = ml_pairs_first(import->names, import->name_count, asked);
         i < import->name_count && import->names[i].key == asked; i++)
        reach_by(one, &import->names[i], name, tell, data);
}

void ml_scan_reach(const ml_importer *importers, ml_name_hash name, ml_reached *tell, void *data)
{
    ml_name_hash all = ml_name_hash_of(ML_STR("*")), any = ml_name_hash_of(ML_STR("="));

    for (const ml_importer *one = importers; one; one = one->next) {
        if (one->import->clause == ML_LEX_ANY) {
            tell(data, one, ML_REACH_ANY, 0);
        } else if (name == any) { /* `module.exports =` is whatever an importer asks for */
            for (uint32_t i = 0; i < one->import->name_count; i++)
                reach_by(one, &one->import->names[i], name, tell, data);
        } else {
            reach_named(one, name, name, tell, data);
            reach_named(one, all, name, tell, data);
        }
    }
}
