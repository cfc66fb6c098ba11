/* The files of a scan: found on disk or in the index, read once, parsed on demand. */
#include "scan_internal.h"

#include <limits.h>
#include <stdlib.h>

void ml_scan_problem(ml_scan *scan, ml_problem_kind kind, ml_str path, uint32_t line, ml_text reason)
{
    ml_problem problem = {kind, path, line, reason};
    ml_vec_push(&scan->run, &scan->report.problems, problem);
}

/* ---- finding ---- */

static ml_status absolute(ml_str *out, ml_arena *arena, ml_str typed, ml_error *error)
{
    const char *path = ml_arena_cstr(arena, typed.len ? typed : ML_STR("."));
    char *real = realpath(path, NULL);

    if (!real)
        return ml_fail(error, ML_ENOTFOUND, path, 0, "no such file or folder");
    *out = ml_arena_copy(arena, ml_str_of(real));
    free(real);
    return ML_OK;
}

/* Paths below the root of the first; one outside it belongs to another project. */
static ml_status place_paths(ml_scan *scan, ml_str **below, ml_error *error)
{
    uint32_t count = scan->options.path_count ? scan->options.path_count : 1;
    ml_str *paths = ML_NEW_ARRAY(&scan->run, ml_str, count);

    for (uint32_t i = 0; i < count; i++) {
        ml_str typed = scan->options.path_count ? scan->options.paths[i] : ML_STR(".");
        ml_status status = absolute(&paths[i], &scan->run, typed, error);
        if (status == ML_OK && i == 0)
            status = ml_source_project_root(&scan->root, &scan->run, paths[0], error);
        if (status != ML_OK)
            return status;
        ml_str rest = ml_str_from(paths[i], scan->root.len);
        if (!ml_str_starts(paths[i], scan->root) || (rest.len && rest.data[0] != '/' && scan->root.len > 1))
            return ml_fail(error, ML_EUSAGE, ml_arena_cstr(&scan->run, typed), 0,
                           "is not below the project %.*s; scan the two projects one after the other",
                           ML_STR_ARG(scan->root));
        while (rest.len && rest.data[0] == '/')
            rest = ml_str_from(rest, 1);
        paths[i] = rest;
    }
    *below = paths;
    scan->below = paths;
    scan->options.path_count = count;
    return ML_OK;
}

bool ml_scan_is_below(const ml_scan *scan, ml_str path, const ml_str *scopes)
{
    for (uint32_t i = 0; i < scan->options.path_count; i++) {
        ml_str scope = scopes[i];
        if (!scope.len || ml_str_eq(path, scope) ||
            (ml_str_starts(path, scope) && path.len > scope.len && path.data[scope.len] == '/'))
            return true;
    }
    return false;
}

bool ml_scan_is_ignored(const ml_scan *scan, ml_str path)
{
    for (uint32_t i = 0; i < scan->config.ignore.count; i++)
        if (ml_glob_match(scan->config.ignore.items[i], path))
            return true;
    return false;
}

static void mark_tests(ml_scan *scan)
{
    for (uint32_t i = 0; i < scan->files.count; i++)
        for (uint32_t k = 0; k < scan->config.tests.count; k++)
            scan->files.items[i].is_test |= ml_glob_match(scan->config.tests.items[k], scan->files.items[i].path);
}

static int by_path(const void *left, const void *right)
{
    const ml_source_file *a = left, *b = right;
    return ml_str_cmp(a->path, b->path);
}

ml_status ml_scan_find_files(ml_scan *scan, ml_error *error)
{
    ml_str *below = NULL;
    ml_status status = place_paths(scan, &below, error);

    if (status != ML_OK)
        return status;
    ml_str config =
        scan->options.config_path ? ml_str_of(scan->options.config_path) : ml_config_find(&scan->run, scan->root);
    ml_config_default(&scan->config);
    if (config.len) {
        ml_scan_note_input(scan, ml_arena_cstr(&scan->run, config));
        status = ml_config_load(&scan->config, &scan->run, ml_arena_cstr(&scan->run, config), error);
    }
    if (status != ML_OK)
        return status;
    if (scan->options.staged) {
        status = ml_scan_find_staged(scan, below, error);
    } else {
        ml_discovery what = {.root = scan->root,
                             .paths = below,
                             .path_count = scan->options.path_count,
                             .ignore = scan->config.ignore.items,
                             .ignore_count = scan->config.ignore.count,
                             .stamps = scan->memory.of_report,
                             .passed_over = ml_scan_cache_below(scan)};
        status = ml_source_discover(&scan->files, &scan->report.problems, &scan->run, &what, error);
    }
    if (status != ML_OK)
        return status;
    mark_tests(scan);
    if (scan->options.staged && scan->files.count > 1) /* what is found on disk comes sorted */
        qsort(scan->files.items, scan->files.count, sizeof *scan->files.items, by_path);
    return ML_OK;
}

void ml_scan_make_slots(ml_scan *scan)
{
    scan->slots = ML_NEW_ARRAY(&scan->run, ml_slot, scan->files.count);
    for (uint32_t i = 0; i < scan->files.count; i++)
        pthread_mutex_init(&scan->slots[i].lock, NULL);
}

/* ---- reading and parsing ---- */

static ml_status read_text(ml_scan *scan, ml_file_id file, ml_arena *arena, ml_str *text, ml_error *error)
{
    ml_str path = scan->files.items[file - 1].path;

    if (scan->options.staged)
        return ml_scan_staged_text(scan, path, arena, text, error);
    ml_status status = ml_source_read(text, arena, scan->root, path, scan->config.file_bytes_max, error);
    if (status == ML_EIO || status == ML_ENOTFOUND) /* not for what the file holds: another time it may be read */
        atomic_store_explicit(&scan->memory.read_failed, true, memory_order_relaxed);
    return status;
}

static void note_read(ml_slot *slot, ml_arena *arena, ml_status status, const ml_error *error)
{
    slot->readable = status == ML_OK;
    if (status != ML_OK && !slot->checked)
        slot->unread_reason = ml_arena_cstr(arena, ml_str_of(error->text));
    slot->checked = true;
}

static void read_slot(ml_scan *scan, ml_file_id file, ml_slot *slot)
{
    ml_error error;
    ml_status status = read_text(scan, file, &slot->arena, &slot->text, &error);

    slot->read = true;
    note_read(slot, &slot->arena, status, &error);
    slot->holds_nul = slot->readable && memchr(slot->text.data, '\0', slot->text.len);
    if (ml_file_kind_is_script(scan->files.items[file - 1].kind)) /* others are not let go */
        ml_scan_hold(scan, file);
}

void ml_scan_look(ml_scan *scan, ml_file_id file, unsigned worker)
{
    ml_slot *slot = &scan->slots[file - 1];
    ml_arena *scratch = &scan->scratch[worker];
    ml_error error;
    ml_str text;
    ml_status status = read_text(scan, file, scratch, &text, &error);

    note_read(slot, &scan->kept[worker], status, &error);
    if (status == ML_OK) {
        slot->holds_nul = memchr(text.data, '\0', text.len) != NULL;
        slot->bytes = (uint32_t)text.len;
        ml_scan_trigger(scan, file, text, worker);
    }
    ml_arena_reset(scratch);
}

bool ml_scan_text(ml_scan *scan, ml_file_id file, ml_str *text)
{
    ml_slot *slot = &scan->slots[file - 1];

    atomic_store_explicit(&slot->asked, scan->held.stretch, memory_order_relaxed);
    pthread_mutex_lock(&slot->lock);
    if (!slot->read)
        read_slot(scan, file, slot);
    *text = slot->text;
    bool readable = slot->readable;
    pthread_mutex_unlock(&slot->lock);
    return readable;
}

bool ml_scan_read_again(ml_scan *scan, ml_file_id file, ml_arena *arena, ml_str *text)
{
    ml_error error;

    return read_text(scan, file, arena, text, &error) == ML_OK;
}

/* One parser a thread, kept for its life. */
static pthread_key_t parser_key;
static pthread_once_t parser_once = PTHREAD_ONCE_INIT;

static void free_parser(void *parser)
{
    ml_parser_free(parser);
}

static void make_key(void)
{
    pthread_key_create(&parser_key, free_parser);
}

static ml_parser *thread_parser(const ml_scan *scan)
{
    pthread_once(&parser_once, make_key);
    ml_parser *parser = pthread_getspecific(parser_key);
    if (!parser) {
        parser = ml_parser_new(0);
        pthread_setspecific(parser_key, parser);
    }
    ml_parser_set_patience(parser, scan->config.deadline_ms);
    return parser;
}

static const ml_facts *facts_of(const ml_scan *scan, const ml_source_file *source, ml_slot *slot)
{
    ml_cache *cache = scan->memory.cache;
    ml_facts *facts = cache ? ml_cache_facts(cache, &slot->arena, source->path, source->kind, slot->text) : NULL;

    if (facts)
        return facts;
    facts = ml_facts_of(&slot->arena, thread_parser(scan), source->path, source->kind, slot->text);
    if (cache)
        ml_cache_keep_facts(cache, facts);
    return facts;
}

const ml_facts *ml_scan_facts(ml_scan *scan, ml_file_id file)
{
    const ml_source_file *source = &scan->files.items[file - 1];
    ml_slot *slot = &scan->slots[file - 1];

    if (!ml_file_kind_is_script(source->kind))
        return NULL;
    atomic_store_explicit(&slot->asked, scan->held.stretch, memory_order_relaxed);
    if (atomic_load_explicit(&slot->parsed, memory_order_acquire)) /* nearly always */
        return slot->facts;
    pthread_mutex_lock(&slot->lock);
    if (!slot->read)
        read_slot(scan, file, slot);
    if (!slot->parsed && slot->readable)
        slot->facts = facts_of(scan, source, slot);
    slot->was_parsed |= slot->facts != NULL;
    atomic_store_explicit(&slot->parsed, true, memory_order_release);
    pthread_mutex_unlock(&slot->lock);
    return slot->facts;
}
