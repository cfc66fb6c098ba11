/* What is held in memory of the files that were read and parsed. Work on many files goes in stretches. Between two
 * of them no worker runs, and when too much is held, what nobody asked for lately goes: facts follow from the text
 * alone, so whoever asks again gets the same. */
#include "scan_internal.h"

#include <stdlib.h>

enum {
    HELD_MIB = 64,   /* between two stretches, unless --memory says otherwise */
    STRETCHES = 128, /* the text of a stretch, for each worker, is this part of what is held */
    AGE_MAX = 16
};

typedef struct sized {
    ml_file_id file;
    uint32_t bytes;
} sized;

typedef struct stretch {
    const ml_scan *scan;
    ML_VEC(sized) files;
    ml_file_work *work;
    void *data;
} stretch;

void ml_scan_hold(ml_scan *scan, ml_file_id file)
{
    pthread_mutex_lock(&scan->held.lock);
    ml_vec_push(&scan->held.arena, &scan->held.files, file);
    pthread_mutex_unlock(&scan->held.lock);
}

/* Tables are read from facts when all is judged; errors and directives are spoken of at the end. */
static bool is_still_needed(const ml_scan *scan, const ml_slot *slot)
{
    const ml_facts *facts = slot->facts;

    if (!facts)
        return !slot->readable;
    return facts->error_count || facts->cut_short || facts->directive_count ||
           (scan->has_tables && (slot->why & ML_WHY_TABLE));
}

static void let_go(ml_scan *scan, ml_file_id file)
{
    ml_slot *slot = &scan->slots[file - 1];

    ml_arena_finish(&slot->arena);
    slot->text = ML_STR_NONE;
    slot->facts = NULL;
    slot->read = false;
    atomic_store_explicit(&slot->parsed, false, memory_order_relaxed);
}

static uint64_t most_bytes(const ml_scan *scan)
{
    return (uint64_t)(scan->options.held_mib ? scan->options.held_mib : HELD_MIB) * 1024 * 1024;
}

static uint64_t bytes_held(const ml_scan *scan)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < scan->held.files.count; i++)
        bytes += scan->slots[scan->held.files.items[i] - 1].arena.bytes;
    return bytes;
}

static uint32_t age_of(const ml_scan *scan, ml_file_id file)
{
    if (!scan->importers[file - 1]) /* it was judged, and hardly anybody else asks */
        return UINT32_MAX;
    return scan->held.stretch - atomic_load_explicit(&scan->slots[file - 1].asked, memory_order_relaxed);
}

/* Lets go what was not asked for in so many stretches. */
static void let_older_go(ml_scan *scan, uint32_t age)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < scan->held.files.count; i++) {
        ml_file_id file = scan->held.files.items[i];
        if (age_of(scan, file) < age || is_still_needed(scan, &scan->slots[file - 1]))
            scan->held.files.items[kept++] = file;
        else
            let_go(scan, file);
    }
    scan->held.files.count = kept;
}

static void end_stretch(ml_scan *scan, bool is_last)
{
    if (scan->options.no_trigger) /* everything is asked for again */
        return;
    for (uint32_t i = 0; i < scan->held.files.count; i++) /* so that the next who asks comes here */
        ml_link_forget_facts(scan->link, scan->held.files.items[i]);
    let_older_go(scan, is_last ? 0 : UINT32_MAX);
    for (uint32_t age = AGE_MAX; age && bytes_held(scan) > most_bytes(scan); age /= 2)
        let_older_go(scan, age);
    for (unsigned i = 0; i < scan->jobs; i++)
        ml_worker_forget_text(scan->workers[i]);
    scan->held.stretch++;
}

/* The largest first, so that none is waited for in the end. */
static int by_size(const void *left, const void *right)
{
    const sized *a = left, *b = right;

    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? 1 : -1;
    return (a->file > b->file) - (a->file < b->file);
}

static void work_on(void *data, size_t item, unsigned worker)
{
    const stretch *s = data;
    s->work(s->data, s->files.items[s->scan->options.reverse ? s->files.count - 1 - item : item].file, worker);
}

void ml_scan_each(ml_scan *scan, const ml_file_id *files, uint32_t count, ml_file_work *work, void *data)
{
    stretch s = {.scan = scan, .work = work, .data = data};
    uint64_t bytes = 0, enough = most_bytes(scan) / STRETCHES * scan->jobs;
    ml_arena scratch = {0};

    for (uint32_t i = 0; i < count; i++) {
        sized one = {files[i], scan->slots[files[i] - 1].bytes};
        if (ml_scan_is_chosen(scan, one.file)) {
            ml_vec_push(&scratch, &s.files, one);
            bytes += one.bytes;
        }
        if (!s.files.count || (i + 1 < count && bytes < enough))
            continue;
        qsort(s.files.items, s.files.count, sizeof *s.files.items, by_size);
        ml_pool_run(scan->jobs, s.files.count, work_on, &s);
        end_stretch(scan, false);
        s.files.count = 0;
        bytes = 0;
    }
    ml_arena_finish(&scratch);
}

void ml_scan_let_all_go(ml_scan *scan)
{
    end_stretch(scan, true);
    for (unsigned i = 0; i < scan->jobs; i++)
        ml_eval_forget(ml_worker_eval(scan->workers[i]));
}
