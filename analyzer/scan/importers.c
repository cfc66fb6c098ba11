/* Who imports what by which name: the way on which both what a file hands on (spread.c) and
 * what it says of providers (taint.c) reach other files. */
#include "scan_internal.h"

ml_name_hash ml_name_hash_of(ml_str name)
{
    ml_name_hash hash = (ml_name_hash)ml_str_hash(name);
    return hash ? hash : 1;
}

ml_importer **ml_scan_importers(ml_scan *scan, ml_arena *arena)
{
    ml_importer **importers = ML_NEW_ARRAY(arena, ml_importer *, scan->files.count);

    for (ml_file_id file = 1; file <= scan->files.count; file++)
        for (uint32_t i = 0; i < scan->slots[file - 1].imports.count; i++) {
            const ml_scan_import *import = &scan->slots[file - 1].imports.items[i];
            ml_importer *one = ML_NEW(arena, ml_importer);
            *one = (ml_importer){file, import, importers[import->target - 1]};
            importers[import->target - 1] = one;
        }
    return importers;
}

static void reach_by_name(const ml_importer *one, const ml_scan_name *in, ml_name_hash name, ml_reached *tell, void *data)
{
    ml_name_hash all = ml_name_hash_of(ML_STR("*")), any = ml_name_hash_of(ML_STR("="));

    /* `module.exports =` is whatever an importer asks for. */
    if (in->name != name && in->name != all && name != any)
        return;
    if (one->import->clause == ML_LEX_IMPORT)
        tell(data, one, ML_REACH_USED, in->as);
    else if (in->as)
        tell(data, one, ML_REACH_PASSED_ON, in->as);
    else if (name != ml_name_hash_of(ML_STR("default")))
        tell(data, one, ML_REACH_PASSED_ON, name);
}

void ml_scan_reach(const ml_importer *importers, ml_name_hash name, ml_reached *tell, void *data)
{
    for (const ml_importer *one = importers; one; one = one->next) {
        if (one->import->clause == ML_LEX_ANY)
            tell(data, one, ML_REACH_ANY, 0);
        for (uint32_t i = 0; i < one->import->name_count; i++)
            reach_by_name(one, &one->import->names[i], name, tell, data);
    }
}
