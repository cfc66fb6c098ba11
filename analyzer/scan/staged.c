/* --staged: the index instead of the disk, read as little as the staged files need.
 *
 * The index is listed whole, because imports resolve in it. Read at once are the changed files in
 * scope and the manifests; any other text is fetched when a value leads there, or all of them
 * together when somebody is about to look through the project. */
#include "scan_internal.h"

struct ml_staged_text {
    ml_str object, text, late_text; /* a text has no data when it could not be kept */
    ml_file_kind kind;
    bool is_first; /* text was read before the passes */
    bool is_late;  /* late_text was read with all others: look at it only when has_all is set */
};

/* ---- finding ---- */

static bool is_manifest(const ml_source_file *file)
{
    static const char *const names[] = {"package.json", "tsconfig.json", "jsconfig.json"};

    return file->kind == ML_FILE_ENV || ML_STR_IS_ONE_OF(ml_path_name(file->path), names);
}

static ml_status read_first(ml_scan *scan, ml_error *error)
{
    ml_staged *staged = &scan->staged;
    ml_str *objects = ML_NEW_ARRAY(&scan->run, ml_str, staged->texts.count);
    ml_str *texts = ML_NEW_ARRAY(&scan->run, ml_str, staged->texts.count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < staged->texts.count; i++)
        if (staged->texts.items[i]->is_first)
            objects[count++] = staged->texts.items[i]->object;
    ml_status status = ml_git_reader_read(staged->reader, texts, &staged->arena, objects, count, error);
    count = 0;
    for (uint32_t i = 0; status == ML_OK && i < staged->texts.count; i++)
        if (staged->texts.items[i]->is_first)
            staged->texts.items[i]->text = texts[count++];
    return status;
}

static void add_file(ml_scan *scan, const ml_source_file *file, ml_str object)
{
    ml_staged_text *text = ML_NEW(&scan->run, ml_staged_text);

    *text = (ml_staged_text){.object = object, .kind = file->kind, .is_first = file->in_scope || is_manifest(file)};
    ml_vec_push(&scan->run, &scan->files, *file);
    ml_vec_push(&scan->run, &scan->staged.texts, text);
    ml_strmap_put(&scan->run, &scan->staged.by_path, file->path, text);
}

ml_status ml_scan_find_staged(ml_scan *scan, const ml_str *below, ml_error *error)
{
    ml_staged_files files = {0};
    ml_status status = ml_git_index(&files, &scan->run, scan->root, error);
    bool any = false;

    if (status != ML_OK)
        return status;
    for (uint32_t i = 0; i < files.count; i++) {
        const ml_staged_file *file = &files.items[i];
        ml_source_file found;
        if (!ml_source_classify(&found, file->path) || ml_scan_is_ignored(scan, file->path))
            continue;
        found.in_scope = file->changed && ml_scan_is_below(scan, file->path, below);
        any |= found.in_scope;
        add_file(scan, &found, file->object);
    }
    scan->nothing_staged = !any;
    if (!any && !scan->options.tables)
        return ML_OK;
    status = ml_git_reader_open(&scan->staged.reader, scan->root, scan->config.file_bytes_max, error);
    return status == ML_OK ? read_first(scan, error) : status;
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
    const ml_staged_text *known = ml_strmap_get(&staged->by_path, path);
    ml_str found = ML_STR_NONE;

    if (!known || !staged->reader)
        return ml_fail(error, ML_EVALUE, NULL, 0, "not asked for");
    if (known->is_first)
        return keep(text, known->text, error);
    if (atomic_load_explicit(&staged->has_all, memory_order_acquire) && known->is_late)
        return keep(text, known->late_text, error);
    ml_status status = ml_git_reader_read(staged->reader, &found, arena, &known->object, 1, error);
    return status == ML_OK ? keep(text, found, error) : status;
}

/* JSON files are many and large in some projects, and nobody who looks through a project wants them. */
static bool is_for_all(const ml_staged_text *text)
{
    return !text->is_first && text->kind != ML_FILE_JSON;
}

/* When it fails, no text can be read later either, and the scan ends with what went wrong. */
static void read_all(ml_staged *staged)
{
    ml_str *objects = ML_NEW_ARRAY(&staged->arena, ml_str, staged->texts.count);
    ml_str *texts = ML_NEW_ARRAY(&staged->arena, ml_str, staged->texts.count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < staged->texts.count; i++)
        if (is_for_all(staged->texts.items[i]))
            objects[count++] = staged->texts.items[i]->object;
    if (ml_git_reader_read(staged->reader, texts, &staged->arena, objects, count, NULL) != ML_OK)
        return;
    count = 0;
    for (uint32_t i = 0; i < staged->texts.count; i++) {
        ml_staged_text *text = staged->texts.items[i];
        if (!is_for_all(text))
            continue;
        text->late_text = texts[count++];
        text->is_late = true;
    }
}

void ml_scan_expect_all(ml_scan *scan)
{
    ml_staged *staged = &scan->staged;

    if (!staged->reader || atomic_load_explicit(&staged->has_all, memory_order_acquire))
        return;
    pthread_mutex_lock(&staged->lock);
    if (!atomic_load_explicit(&staged->has_all, memory_order_relaxed)) {
        read_all(staged);
        atomic_store_explicit(&staged->has_all, true, memory_order_release);
    }
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
