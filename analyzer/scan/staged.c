/* --staged: the index instead of the disk, read as little as the staged files need.
 *
 * The index is listed whole, because imports resolve in it. Read at once are the manifests, and the
 * changed files in scope as soon as it is known which they are; any other text is fetched when a value
 * leads there, together with what it hands on by `export *`, or all of them together when somebody is
 * about to look through the project. */
#include "scan_internal.h"

#include <stdlib.h>

struct ml_staged_text {
    ml_str path, object;
    ml_str text, late_text; /* without data when it could not be kept */
    ml_file_kind kind;
    bool is_first;       /* text is read before the passes */
    bool is_read;        /* text is what it will be, even nothing */
    bool is_wanted;      /* under the lock: late_text is read, or about to be */
    atomic_bool is_late; /* late_text was read together with others, meanwhile */
};

/* ---- finding ---- */

static bool is_manifest(const ml_source_file *file)
{
    static const char *const names[] = {"package.json", "tsconfig.json", "jsconfig.json"};

    return file->kind == ML_FILE_ENV || ML_STR_IS_ONE_OF(ml_path_name(file->path), names);
}

/* Of those that are to be read first, the ones that were not. */
static ml_status read_first(ml_scan *scan, ml_error *error)
{
    ml_staged *staged = &scan->staged;
    ml_staged_text **wanted = ML_NEW_ARRAY(&scan->run, ml_staged_text *, staged->texts.count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < staged->texts.count; i++)
        if (staged->texts.items[i]->is_first && !staged->texts.items[i]->is_read)
            wanted[count++] = staged->texts.items[i];
    if (!count)
        return ML_OK; /* without a wait for who asks the reader now */
    ml_str *objects = ML_NEW_ARRAY(&scan->run, ml_str, count);
    ml_str *texts = ML_NEW_ARRAY(&scan->run, ml_str, count);
    for (uint32_t i = 0; i < count; i++)
        objects[i] = wanted[i]->object;
    ml_status status = ml_git_reader_read(staged->reader, texts, &staged->arena, objects, count, error);
    for (uint32_t i = 0; status == ML_OK && i < count; i++) {
        wanted[i]->text = texts[i];
        wanted[i]->is_read = true;
    }
    return status;
}

static void add_files(ml_scan *scan)
{
    ml_staged *staged = &scan->staged;
    uint32_t count = staged->files.count;
    ml_staged_text *texts = ML_NEW_ARRAY(&scan->run, ml_staged_text, count);
    ml_source_folder folder = {0};

    staged->places = ML_NEW_ARRAY(&scan->run, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        ml_source_file found;
        if (!ml_source_classify(&found, staged->files.items[i].path, &folder) || ml_scan_is_ignored(scan, found.path))
            continue;
        ml_staged_text *text = &texts[scan->files.count];
        *text = (ml_staged_text){.path = found.path,
                                 .object = staged->files.items[i].object,
                                 .kind = found.kind,
                                 .is_first = is_manifest(&found)};
        staged->places[scan->files.count] = i;
        ml_vec_push(&scan->run, &scan->files, found);
        ml_vec_push(&scan->run, &staged->texts, text);
    }
}

ml_status ml_scan_find_staged(ml_scan *scan, const ml_str *below, ml_error *error)
{
    ml_staged *staged = &scan->staged;
    ml_status status = ml_git_reader_open(&staged->reader, scan->root, scan->config.file_bytes_max, error);

    if (status == ML_OK)
        status = ml_git_index_open(&staged->index, &staged->files, &scan->run, staged->reader, error);
    if (status != ML_OK)
        return status;
    staged->below = below;
    add_files(scan);
    return read_first(scan, error);
}

typedef struct sized_file {
    size_t bytes;
    ml_file_id file;
} sized_file;

static int by_size(const void *left, const void *right)
{
    const sized_file *a = left, *b = right;
    int larger = (a->bytes < b->bytes) - (a->bytes > b->bytes);

    return larger ? larger : (a->file > b->file) - (a->file < b->file);
}

static void sort_in_scope(ml_scan *scan)
{
    ml_staged *staged = &scan->staged;
    uint32_t count = staged->in_scope.count;
    sized_file *sized = ML_NEW_ARRAY(&scan->run, sized_file, count);

    for (uint32_t i = 0; i < count; i++) {
        ml_file_id file = staged->in_scope.items[i];
        sized[i] = (sized_file){staged->texts.items[file - 1]->text.len, file};
    }
    if (count > 1)
        qsort(sized, count, sizeof *sized, by_size);
    for (uint32_t i = 0; i < count; i++)
        staged->in_scope.items[i] = sized[scan->options.reverse ? count - 1 - i : i].file;
}

ml_status ml_scan_settle_staged(ml_scan *scan, ml_error *error)
{
    ml_staged *staged = &scan->staged;
    ml_status status = ml_git_index_changed(staged->index, &staged->files, error);

    if (status != ML_OK)
        return status;
    for (uint32_t i = 0; i < scan->files.count; i++) {
        ml_source_file *file = &scan->files.items[i];
        file->in_scope =
            staged->files.items[staged->places[i]].changed && ml_scan_is_below(scan, file->path, staged->below);
        staged->texts.items[i]->is_first |= file->in_scope;
        if (file->in_scope)
            ml_vec_push(&scan->run, &staged->in_scope, i + 1);
    }
    scan->nothing_staged = !staged->in_scope.count;
    status = read_first(scan, error);
    if (status == ML_OK)
        sort_in_scope(scan);
    return status;
}

/* To start a thread and to wait for it takes as long as the first look at this many bytes. */
enum { THREAD_BYTES = 128 * 1024 };

unsigned ml_scan_staged_jobs(const ml_scan *scan)
{
    size_t bytes = 0;

    for (uint32_t i = 0; i < scan->staged.in_scope.count; i++)
        bytes += scan->staged.texts.items[scan->staged.in_scope.items[i] - 1]->text.len;
    return bytes / THREAD_BYTES < scan->jobs ? (unsigned)(bytes / THREAD_BYTES) + 1 : scan->jobs;
}

void ml_scan_close_staged(ml_scan *scan)
{
    ml_git_index_close(scan->staged.index);
    ml_git_reader_close(scan->staged.reader);
    ml_arena_finish(&scan->staged.arena);
}

/* ---- texts that are read together ---- */

/* They are in the index's order, which is that of ml_str_cmp. */
static ml_staged_text *find_text(const ml_staged *staged, ml_str path)
{
    uint32_t low = 0, high = staged->texts.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = ml_str_cmp(staged->texts.items[middle]->path, path);
        if (order == 0)
            return staged->texts.items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

typedef ML_VEC(ml_staged_text *) text_list;

enum { BEHIND_STARS_MAX = 512 };

/* Under the lock, as all of this section. */
static void want(ml_staged *staged, text_list *wanted, ml_staged_text *text)
{
    if (text->is_read || text->is_wanted)
        return;
    text->is_wanted = true;
    ml_vec_push(&staged->arena, wanted, text);
}

/* When it fails, no text can be read later either, and the scan ends with what went wrong. */
static void read_late(ml_staged *staged, const text_list *wanted)
{
    ml_str *objects = ML_NEW_ARRAY(&staged->arena, ml_str, wanted->count);
    ml_str *texts = ML_NEW_ARRAY(&staged->arena, ml_str, wanted->count);

    for (uint32_t i = 0; i < wanted->count; i++)
        objects[i] = wanted->items[i]->object;
    if (ml_git_reader_read(staged->reader, texts, &staged->arena, objects, wanted->count, NULL) != ML_OK)
        return;
    for (uint32_t i = 0; i < wanted->count; i++) {
        wanted->items[i]->late_text = texts[i];
        atomic_store_explicit(&wanted->items[i]->is_late, true, memory_order_release);
    }
}

/* The specifier in quotes at the begin of the rest of a line, or nothing. */
static ml_str quoted(ml_str rest)
{
    ml_str line = ml_str_trim(ml_str_split(&rest, '\n'));

    if (line.len < 2 || (line.data[0] != '"' && line.data[0] != '\''))
        return ML_STR_NONE;
    size_t end = ml_str_find_char(ml_str_from(line, 1), line.data[0]);
    return end == ML_NOT_FOUND ? ML_STR_NONE : ml_str_slice(line, 1, 1 + end);
}

static void want_behind_stars(ml_scan *scan, text_list *wanted, ml_str path, ml_str text)
{
    static const ml_str star = {"export * from", sizeof "export * from" - 1};
    ml_file_id file = ml_link_file(scan->link, path);
    size_t found;

    while (wanted->count < BEHIND_STARS_MAX && (found = ml_str_find(text, star)) != ML_NOT_FOUND) {
        text = ml_str_from(text, found + star.len);
        ml_file_id target = ml_link_resolve(scan->link, file, quoted(text));
        ml_staged_text *behind = target ? find_text(&scan->staged, ml_link_path(scan->link, target)) : NULL;
        if (behind)
            want(&scan->staged, wanted, behind);
    }
}

/* Who looks for a name in a module that hands on others looks into them one after the other:
 * they are read ahead, with what they hand on. */
static void read_behind_stars(ml_scan *scan, ml_str path, ml_str text)
{
    ml_staged *staged = &scan->staged;
    text_list front = {0};
    uint32_t total = 0;

    pthread_mutex_lock(&staged->lock);
    want_behind_stars(scan, &front, path, text);
    while (front.count && total < BEHIND_STARS_MAX) {
        text_list next = {0};
        read_late(staged, &front);
        for (uint32_t i = 0; i < front.count; i++)
            if (front.items[i]->late_text.data)
                want_behind_stars(scan, &next, front.items[i]->path, front.items[i]->late_text);
        total += front.count;
        front = next;
    }
    pthread_mutex_unlock(&staged->lock);
}

/* ---- texts ---- */

static ml_status keep(ml_str *text, ml_str found, ml_error *error)
{
    *text = found;
    return found.data ? ML_OK : ml_fail(error, ML_EVALUE, NULL, 0, "larger than the size limit");
}

ml_status ml_scan_staged_text(ml_scan *scan, ml_str path, ml_arena *arena, ml_str *text, ml_error *error)
{
    ml_staged *staged = &scan->staged;
    const ml_staged_text *known = find_text(staged, path);
    ml_str found = ML_STR_NONE;

    if (!known || !staged->reader)
        return ml_fail(error, ML_EVALUE, NULL, 0, "not asked for");
    if (known->is_read)
        return keep(text, known->text, error);
    if (atomic_load_explicit(&known->is_late, memory_order_acquire))
        return keep(text, known->late_text, error);
    ml_status status = ml_git_reader_read(staged->reader, &found, arena, &known->object, 1, error);
    if (status != ML_OK)
        return status;
    if (found.data && scan->link)
        read_behind_stars(scan, path, found);
    return keep(text, found, error);
}

void ml_scan_expect_all(ml_scan *scan)
{
    ml_staged *staged = &scan->staged;
    text_list wanted = {0};

    if (!staged->reader || atomic_load_explicit(&staged->has_all, memory_order_acquire))
        return;
    pthread_mutex_lock(&staged->lock);
    /* JSON files are many and large in some projects, and nobody who looks through a project wants them. */
    for (uint32_t i = 0; i < staged->texts.count; i++)
        if (staged->texts.items[i]->kind != ML_FILE_JSON)
            want(staged, &wanted, staged->texts.items[i]);
    read_late(staged, &wanted);
    atomic_store_explicit(&staged->has_all, true, memory_order_release);
    pthread_mutex_unlock(&staged->lock);
}

/* ---- what has to be looked at ---- */

void ml_scan_choose_staged(ml_scan *scan)
{
    for (ml_file_id file = 1; file <= scan->files.count; file++)
        if (scan->slots[file - 1].imports.count)
            scan->slots[file - 1].why |= ML_WHY_IMPORTS;
}

static bool concerns_project(ml_scan *scan, ml_file_id file)
{
    const ml_source_file *source = &scan->files.items[file - 1];
    ml_str text;

    if (!source->in_scope)
        return false;
    if (!ml_file_kind_is_script(source->kind))
        return source->kind == ML_FILE_SQL || source->kind == ML_FILE_PRISMA ||
               ml_str_eq_c(ml_path_name(source->path), "package.json");
    return ml_link_in_bridge(scan->link, file) || (ml_scan_text(scan, file, &text) && ml_tables_may_declare(text));
}

bool ml_scan_stages_tables(ml_scan *scan)
{
    for (ml_file_id file = 1; file <= scan->files.count; file++)
        if (concerns_project(scan, file))
            return true;
    return false;
}
