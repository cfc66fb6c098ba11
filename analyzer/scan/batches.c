/* The project cut into batches that import nothing of each other. What was parsed for one is asked for by
 * no other, so it goes when the batch is judged, and memory is that of the largest batch.
 *
 * A part is what hangs together by imports; a batch is one part, or several small ones. */
#include "scan_internal.h"

enum { BATCH_BYTES = 2 * 1024 * 1024 }; /* text that may be parsed; its facts take six times as much */

typedef ML_VEC(ml_file_id) file_list;

typedef struct part {
    ml_file_id of;            /* another file of the part, or itself: the one that stands for it */
    uint32_t importers, near; /* of the whole part, as is the rest */
    uint32_t batch;           /* + 1 */
    uint64_t bytes;
} part;

/* ---- what is near ---- */

static void find_near(ml_scan *scan, ml_arena *scratch)
{
    file_list open = {0};

    for (ml_file_id file = 1; file <= scan->files.count; file++)
        if (scan->slots[file - 1].tainted)
            ml_vec_push(scratch, &open, file);
    while (open.count) {
        const ml_slot *slot = &scan->slots[open.items[--open.count] - 1];
        for (uint32_t i = 0; i < slot->imports.count; i++) {
            ml_slot *imported = &scan->slots[slot->imports.items[i].target - 1];
            if (imported->near)
                continue;
            imported->near = true;
            ml_vec_push(scratch, &open, slot->imports.items[i].target);
        }
    }
}

/* ---- parts ---- */

bool ml_scan_only_imports(const ml_slot *slot)
{
    return slot->tainted && !(slot->why & ML_WHY_FLOW) && slot->imports.count;
}

static ml_file_id part_of(part *parts, ml_file_id file)
{
    while (parts[file - 1].of != file) {
        parts[file - 1].of = parts[parts[file - 1].of - 1].of;
        file = parts[file - 1].of;
    }
    return file;
}

static part *find_parts(const ml_scan *scan, ml_arena *scratch)
{
    part *parts = ML_NEW_ARRAY(scratch, part, scan->files.count);

    for (ml_file_id file = 1; file <= scan->files.count; file++)
        parts[file - 1].of = file;
    for (ml_file_id file = 1; file <= scan->files.count; file++)
        for (uint32_t i = 0; i < scan->slots[file - 1].imports.count; i++)
            parts[part_of(parts, file) - 1].of = part_of(parts, scan->slots[file - 1].imports.items[i].target);
    for (ml_file_id file = 1; file <= scan->files.count; file++) {
        const ml_slot *slot = &scan->slots[file - 1];
        part *whole = &parts[part_of(parts, file) - 1];
        whole->importers += ml_scan_only_imports(slot);
        whole->near += slot->near;
        if (slot->near || slot->tainted || ml_scan_is_chosen(scan, file))
            whole->bytes += slot->bytes;
    }
    return parts;
}

/* ---- batches ---- */

/* Numbers the parts' batches in the order of their first files; how many there are. */
static uint32_t number_batches(part *parts, uint32_t files)
{
    uint32_t batch = 1;
    uint64_t bytes = 0;

    for (ml_file_id file = 1; file <= files; file++) {
        part *whole = &parts[part_of(parts, file) - 1];
        if (whole->batch)
            continue;
        if (bytes && bytes + whole->bytes > BATCH_BYTES) {
            batch++;
            bytes = 0;
        }
        whole->batch = batch;
        bytes += whole->bytes;
    }
    return batch;
}

ml_batches ml_scan_cut(ml_scan *scan, ml_arena *arena)
{
    ml_arena scratch = {0};
    uint32_t files = scan->files.count;
    ml_batches out = {0};

    find_near(scan, &scratch);
    part *parts = find_parts(scan, &scratch);
    out.count = number_batches(parts, files);
    out.items = ML_NEW_ARRAY(arena, ml_batch, out.count);
    for (ml_file_id file = 1; file <= files; file++)
        out.items[parts[part_of(parts, file) - 1].batch - 1].count++;
    for (uint32_t i = 0; i < out.count; i++) {
        out.items[i].files = ML_NEW_ARRAY(arena, ml_file_id, out.items[i].count);
        out.items[i].count = 0;
    }
    for (ml_file_id file = 1; file <= files; file++) {
        const part *whole = &parts[part_of(parts, file) - 1];
        ml_batch *batch = &out.items[whole->batch - 1];
        batch->files[batch->count++] = file;
        scan->slots[file - 1].in_quiet_part = whole->importers <= whole->near / 4;
    }
    ml_arena_finish(&scratch);
    return out;
}
