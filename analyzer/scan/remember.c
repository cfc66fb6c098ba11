/* --cache DIR: the report of an unchanged project is not made again.
 *
 * Files are found on every scan, so .gitignore files and links need no memory of their own: what they
 * decide is the list of files. The report holds for that list and the stamps of its files, for the
 * files of the configuration and the catalogue, for the options that matter, and for the day, on which
 * suppressions may end. Stamps are taken before anything is read. A file that changes later has another
 * stamp, if the clock of its file system has gone on since; so nothing is kept when a file is younger
 * than SETTLED_NS at the begin. Nor is what the clock or a failed read may have changed. */
#include "scan_internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

static const int64_t settled_ns = 2000000000;

static void add64(ml_buf *out, uint64_t value)
{
    ml_buf_bytes(out, &value, sizeof value);
}

static void add_str(ml_buf *out, ml_str s)
{
    add64(out, s.len);
    ml_buf_str(out, s);
}

/* Member by member: what stands between them says nothing. */
static void add_stamp(ml_memory *memory, const ml_file_stamp *stamp)
{
    int64_t youngest = stamp->changed_ns > stamp->written_ns ? stamp->changed_ns : stamp->written_ns;

    add64(&memory->stamp, stamp->bytes);
    add64(&memory->stamp, stamp->inode);
    add64(&memory->stamp, (uint64_t)stamp->written_ns);
    add64(&memory->stamp, (uint64_t)stamp->changed_ns);
    add64(&memory->stamp, stamp->mode);
    if (youngest > memory->youngest_ns)
        memory->youngest_ns = youngest;
}

void ml_scan_open_cache(ml_scan *scan)
{
    ml_memory *memory = &scan->memory;
    struct timespec now;

    if (!scan->options.cache_dir)
        return;
    if (ml_cache_open(&memory->cache, scan->options.cache_dir, ML_CACHE_BYTES_MAX, &memory->why_not) != ML_OK) {
        memory->cache = NULL;
        return;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    memory->begin_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    memory->of_report = scan->options.only_report && !scan->options.staged;
}

void ml_scan_close_cache(ml_scan *scan)
{
    ml_cache_close(scan->memory.cache);
    ml_buf_finish(&scan->memory.place);
    ml_buf_finish(&scan->memory.stamp);
}

bool ml_scan_cache_trouble(const ml_scan *scan, ml_error *error)
{
    const ml_memory *memory = &scan->memory;

    if (memory->cache)
        return ml_cache_trouble(memory->cache, error);
    *error = memory->why_not;
    return scan->options.cache_dir != NULL;
}

ml_str ml_scan_cache_below(ml_scan *scan)
{
    if (!scan->memory.cache)
        return ML_STR_NONE;
    ml_str folder = ml_cache_folder(scan->memory.cache);
    size_t root = scan->root.len > 1 ? scan->root.len : 0; /* "/" */
    bool below = ml_str_starts(folder, scan->root) && folder.len > root + 1 && folder.data[root] == '/';
    return below ? ml_arena_copy(&scan->run, ml_str_from(folder, root + 1)) : ML_STR_NONE;
}

/* ---- what the report depends on ---- */

void ml_scan_note_input(ml_scan *scan, const char *path)
{
    ml_memory *memory = &scan->memory;
    struct stat info;

    if (!memory->of_report)
        return;
    add_str(&memory->stamp, ml_str_of(path));
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
        memory->of_report = false; /* a pipe, say: it tells nothing of its content */
        return;
    }
    ml_file_stamp stamp = ml_file_stamp_of(&info);
    add_stamp(memory, &stamp);
}

static int is_json(const struct dirent *entry)
{
    return ml_str_ends(ml_str_of(entry->d_name), ML_STR(".json"));
}

static void note_folder(ml_scan *scan, const char *folder)
{
    struct dirent **names = NULL;
    int count = scandir(folder, &names, is_json, alphasort);

    for (int i = 0; i < count; i++) {
        ml_scan_note_input(scan, ml_arena_printf(&scan->run, "%s/%s", folder, names[i]->d_name).data);
        free(names[i]);
    }
    free(names);
    if (count < 0 && errno != ENOENT)
        scan->memory.of_report = false;
}

void ml_scan_note_catalog(ml_scan *scan)
{
    const char *dir = scan->options.catalog_dir;

    if (!dir || !scan->memory.of_report)
        return;
    note_folder(scan, ml_arena_printf(&scan->run, "%s/providers", dir).data);
    note_folder(scan, ml_arena_printf(&scan->run, "%s/clients", dir).data);
}

static void name_place(ml_scan *scan)
{
    const ml_scan_options *options = &scan->options;
    ml_buf *place = &scan->memory.place;

    add_str(place, scan->root);
    add_str(place, scan->config.path);
    add_str(place, ml_str_of(options->catalog_dir));
    for (uint32_t i = 0; i < options->path_count; i++)
        add_str(place, scan->below[i]);
    add64(place,
          (uint64_t)options->strict | (uint64_t)options->no_trigger << 1 | (uint64_t)options->fail_on_given << 2);
    add64(place, options->steps);
    add64(place, options->depth);
    add64(place, (uint64_t)options->fail_on);
}

static void add_file(ml_memory *memory, const ml_source_file *file)
{
    if (!file->stamp) { /* gone while it was found */
        memory->of_report = false;
        return;
    }
    add_str(&memory->stamp, file->path);
    add64(&memory->stamp, (uint64_t)file->kind | (uint64_t)file->is_test << 8 | (uint64_t)file->in_scope << 9);
    add_stamp(memory, file->stamp);
}

static void add_problem(ml_buf *out, const ml_problem *problem)
{
    add64(out, (uint64_t)problem->kind);
    add_str(out, problem->path);
    for (ml_lang lang = 0; lang < ML_LANG_COUNT; lang++)
        add_str(out, problem->reason.in[lang]);
}

static void describe(ml_scan *scan)
{
    ml_memory *memory = &scan->memory;
    int64_t day = scan->options.time / (24 * 60 * 60);

    name_place(scan);
    add64(&memory->stamp, (uint64_t)day);
    add64(&memory->stamp, scan->files.count);
    for (uint32_t i = 0; i < scan->files.count && memory->of_report; i++)
        add_file(memory, &scan->files.items[i]);
    for (uint32_t i = 0; i < scan->report.problems.count; i++)
        add_problem(&memory->stamp, &scan->report.problems.items[i]);
}

/* ---- the report ---- */

bool ml_scan_recall(ml_scan *scan)
{
    ml_memory *memory = &scan->memory;
    ml_report *report = &scan->report;

    memory->of_report &= !scan->nothing_found;
    if (!memory->of_report)
        return false;
    describe(scan);
    if (!memory->of_report)
        return false;
    const ml_rule_info **rules = ML_NEW_ARRAY(&scan->run, const ml_rule_info *, ml_rule_table_count);
    for (uint32_t i = 0; i < ml_rule_table_count; i++)
        rules[i] = ml_rule_table[i].info;
    report->rules = rules;
    report->rule_count = ml_rule_table_count;
    return ml_cache_report(memory->cache, &scan->run, ml_buf_view(&memory->place), ml_buf_view(&memory->stamp), report);
}

static bool is_cut_short(const ml_scan *scan)
{
    for (uint32_t i = 0; i < scan->files.count; i++)
        if (scan->slots[i].facts && scan->slots[i].facts->cut_short)
            return true;
    return false;
}

void ml_scan_remember(ml_scan *scan)
{
    ml_memory *memory = &scan->memory;

    if (!memory->of_report || atomic_load(&memory->read_failed) || is_cut_short(scan) ||
        memory->youngest_ns > memory->begin_ns - settled_ns)
        return;
    ml_cache_keep_report(memory->cache, ml_buf_view(&memory->place), ml_buf_view(&memory->stamp), &scan->report);
}
