/* What stands in the index and what of it changed. The index is read here, and the commit's trees
 * are asked of the git that will be asked for texts anyway. Where the index or the repository is not
 * of the plain kind, two commands are run whose output is made for programs, ls-files --stage and
 * diff-index --cached, side by side: each reads the whole index. */
#include "ml/git.h"

#include "ml/digits.h"
#include "git_reader.h"
#include "run_git.h"

#include "ml/buf.h"
#include "ml/index_file.h"
#include "ml/map.h"

#include <pthread.h>
#include <stdlib.h>

enum { LIST_BYTES_MAX = 512 * 1024 * 1024, CONFIG_BYTES_MAX = 1024 * 1024 };
enum { MODE_KIND = 0170000, MODE_FILE = 0100000 };

static bool keep_all(void *data, const char *bytes, size_t len)
{
    ml_buf *buf = data;

    if (buf->len + len > LIST_BYTES_MAX)
        return false;
    ml_buf_bytes(buf, bytes, len);
    return true;
}

/* One command and what came of it; finished by the caller also after a failure. */
struct listing {
    ml_str top;
    const char *const *args;
    ml_buf out;
    char said[ML_GIT_SAID_BYTES];
    int code;
    ml_status status;
    ml_error error;
};

static void *list(void *data)
{
    struct listing *listing = data;
    ml_git_run run = {.top = listing->top, .args = listing->args, .sink = keep_all, .data = &listing->out};

    listing->status = ml_git_call(&listing->code, listing->said, &run, &listing->error);
    return NULL;
}

static ml_status pass_on(ml_error *error, const struct listing *listing)
{
    if (listing->status != ML_OK && error)
        *error = listing->error;
    return listing->status;
}

/* "100644 <object> 0\t<path>": regular files that are merged. */
static bool parse_staged(ml_staged_file *file, ml_str line)
{
    ml_str rest = line;
    ml_str mode = ml_str_split(&rest, ' '), object = ml_str_split(&rest, ' '), stage = ml_str_split(&rest, '\t');

    if (!ml_str_starts(mode, ML_STR("100")) || !ml_str_eq_c(stage, "0") || !object.len || !rest.len)
        return false;
    *file = (ml_staged_file){.path = rest, .object = object};
    return true;
}

static void mark_changed(ml_staged_files *files, ml_arena *scratch, ml_str names, ml_str prefix)
{
    ml_strmap changed = {0};

    while (names.len) {
        ml_str name = ml_str_split(&names, '\0');
        if (name.len > prefix.len && ml_str_starts(name, prefix))
            ml_strmap_put(scratch, &changed, ml_str_from(name, prefix.len), files);
    }
    for (uint32_t i = 0; i < files->count; i++)
        files->items[i].changed = ml_strmap_get(&changed, files->items[i].path) != NULL;
}

static ml_status read_files(ml_staged_files *files, ml_arena *arena, const struct listing *listing, ml_str prefix,
                            ml_error *error)
{
    if (listing->status != ML_OK)
        return pass_on(error, listing);
    if (listing->code != 0)
        return ml_git_failed(error, listing->top, listing->said);
    for (ml_str rest = ml_buf_view(&listing->out); rest.len;) {
        ml_staged_file file;
        if (!parse_staged(&file, ml_str_split(&rest, '\0')) || !ml_str_starts(file.path, prefix))
            continue;
        file.path = ml_arena_copy(arena, ml_str_from(file.path, prefix.len));
        file.object = ml_arena_copy(arena, file.object);
        ml_vec_push(arena, files, file);
    }
    return ML_OK;
}

/* Before the first commit there is no HEAD to differ from. */
static bool is_unborn(ml_str top)
{
    static const char *const args[] = {"rev-parse", "--quiet", "--verify", "HEAD^{commit}", NULL};
    struct listing commit = {.top = top, .args = args};

    list(&commit);
    ml_buf_finish(&commit.out);
    return commit.status == ML_OK && commit.code == 1;
}

static ml_status read_changed(ml_staged_files *files, const struct listing *listing, ml_str prefix, ml_error *error)
{
    ml_arena scratch = {0};

    if (listing->status != ML_OK)
        return pass_on(error, listing);
    if (listing->code == 0) {
        mark_changed(files, &scratch, ml_buf_view(&listing->out), prefix);
        ml_arena_finish(&scratch);
        return ML_OK;
    }
    if (!is_unborn(listing->top))
        return ml_git_failed(error, listing->top, listing->said);
    for (uint32_t i = 0; i < files->count; i++)
        files->items[i].changed = true;
    return ML_OK;
}

/* ---- without commands ---- */

struct ml_git_index {
    ml_arena arena;
    ml_git_reader *reader;
    ml_str top, prefix;
    pthread_t thread;
    bool runs;
    pthread_mutex_t lock;
    pthread_cond_t is_tried;
    bool tried; /* under the lock: own is what it will be */
    ml_index own;
    bool is_own; /* the index was read here */
    bool is_compared;
    struct listing changed; /* from git, where it was not compared here */
};

static ml_str to_hex(ml_arena *arena, ml_str id)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = ml_arena_bytes(arena, id.len * 2 + 1);

    for (size_t i = 0; i < id.len; i++) {
        hex[i * 2] = digits[(unsigned char)id.data[i] >> 4];
        hex[i * 2 + 1] = digits[(unsigned char)id.data[i] & 15u];
    }
    hex[id.len * 2] = '\0';
    return (ml_str){hex, id.len * 2};
}

static ml_str from_hex(ml_arena *arena, ml_str hex)
{
    char *id = ml_arena_bytes(arena, hex.len / 2);

    for (size_t i = 0; i < hex.len / 2; i++)
        id[i] = (char)(ml_hex_digit(hex.data[i * 2]) * 16 + ml_hex_digit(hex.data[i * 2 + 1]));
    return (ml_str){id, hex.len / 2};
}

/* An absent configuration is an empty one. */
static bool read_config(ml_str *text, ml_arena *scratch, ml_str own, const char *name)
{
    ml_error error;
    ml_status status = ml_source_read(text, scratch, own, ml_str_of(name), CONFIG_BYTES_MAX, &error);

    if (status == ML_ENOTFOUND)
        *text = ML_STR_NONE;
    return status == ML_OK || status == ML_ENOTFOUND;
}

/* May it put the files elsewhere (core.worktree)? */
static bool may_move_files(ml_str config)
{
    static const ml_str key = {"worktree", 8};

    for (size_t at; (at = ml_str_find_nocase(config, key)) != ML_NOT_FOUND;) {
        config = ml_str_from(config, at + key.len);
        if (!ml_str_starts(config, ML_STR("Config")))
            return true;
    }
    return false;
}

/* Which names git gives to objects stands in the configuration, if they are not of the first kind. */
static uint32_t id_bytes_of(ml_str config)
{
    return ml_str_find_nocase(config, ML_STR("objectformat")) == ML_NOT_FOUND ? ML_ID_BYTES_SHA1 : ML_ID_BYTES_SHA256;
}

static bool read_index(ml_str *bytes, uint32_t *id_bytes, ml_arena *arena, ml_git_index *index)
{
    ml_error error;
    ml_str own, path, config, further;

    if (!ml_git_find_index(&own, &path, &index->arena, index->top) ||
        !read_config(&config, &index->arena, own, "config") ||
        !read_config(&further, &index->arena, own, "config.worktree") || may_move_files(config) ||
        may_move_files(further))
        return false;
    *id_bytes = id_bytes_of(config);
    return ml_source_read(bytes, arena, ml_path_folder(path), ml_path_name(path), LIST_BYTES_MAX, &error) == ML_OK;
}

static bool fetch(void *data, ml_str *trees, ml_arena *arena, const ml_str *ids, uint32_t count)
{
    ml_str *names = ML_NEW_ARRAY(arena, ml_str, count);

    for (uint32_t i = 0; i < count; i++)
        names[i] = to_hex(arena, ids[i]);
    return ml_git_reader_trees(data, trees, NULL, arena, names, count);
}

/* ---- both together ---- */

static void wait_for_own(ml_git_index *index)
{
    pthread_mutex_lock(&index->lock);
    while (!index->tried)
        pthread_cond_wait(&index->is_tried, &index->lock);
    pthread_mutex_unlock(&index->lock);
}

static void say_tried(ml_git_index *index)
{
    pthread_mutex_lock(&index->lock);
    index->tried = true;
    pthread_cond_signal(&index->is_tried);
    pthread_mutex_unlock(&index->lock);
}

/* Git starts and finds the commit while the index is read. */
static bool compare(ml_git_index *index)
{
    static const ml_str head = {"HEAD^{tree}", 11};
    ml_arena scratch = {0};
    ml_str tree, name;
    bool known = ml_git_reader_trees(index->reader, &tree, &name, &scratch, &head, 1);

    wait_for_own(index);
    known = known && index->is_own && name.len == 2 * (size_t)index->own.id_bytes &&
            ml_index_compare(&index->own, from_hex(&scratch, name), fetch, index->reader);
    ml_arena_finish(&scratch);
    return known;
}

static void *find_changed(void *data)
{
    static const char *const args[] = {
        "diff-index", "--cached", "--name-only", "--no-renames", "--ignore-submodules=all", "-z", "HEAD", "--", NULL};
    ml_git_index *index = data;

    index->is_compared = compare(index);
    if (!index->is_compared) {
        index->changed.args = args;
        list(&index->changed);
    }
    return NULL;
}

static void wait_for_changed(ml_git_index *index)
{
    if (index->runs)
        pthread_join(index->thread, NULL);
    index->runs = false;
}

static bool is_listed(const ml_index_entry *entry, ml_str prefix)
{
    return entry->merged && (entry->mode & MODE_KIND) == MODE_FILE && ml_str_starts(entry->path, prefix);
}

static void list_own(ml_staged_files *files, ml_arena *arena, const ml_git_index *index)
{
    files->items = ML_NEW_ARRAY(arena, ml_staged_file, index->own.entry_count);
    files->cap = index->own.entry_count;
    for (uint32_t i = 0; i < index->own.entry_count; i++) {
        const ml_index_entry *entry = &index->own.entries[i];
        if (!is_listed(entry, index->prefix))
            continue;
        ml_staged_file file = {.path = ml_str_from(entry->path, index->prefix.len), .object = to_hex(arena, entry->id)};
        files->items[files->count++] = file;
    }
}

static ml_status ask_for_list(ml_staged_files *files, ml_arena *arena, const ml_git_index *index, ml_error *error)
{
    static const char *const args[] = {"ls-files", "--stage", "-z", NULL};
    struct listing listed = {.top = index->top, .args = args};

    list(&listed);
    ml_status status = read_files(files, arena, &listed, index->prefix, error);
    ml_buf_finish(&listed.out);
    return status;
}

static void try_own(ml_git_index *index, ml_arena *arena)
{
    ml_str bytes;
    uint32_t id_bytes;

    index->is_own = read_index(&bytes, &id_bytes, arena, index) && ml_index_read(&index->own, arena, bytes, id_bytes);
    say_tried(index);
}

ml_status ml_git_index_open(ml_git_index **out, ml_staged_files *files, ml_arena *arena, ml_git_reader *reader,
                            ml_error *error)
{
    ml_git_index *index = ml_xmalloc(sizeof *index);
    ml_staged_files found = {0};
    ml_status status = ML_OK;

    *index = (ml_git_index){.reader = reader};
    ml_git_reader_place(reader, &index->top, &index->prefix);
    index->changed.top = index->top;
    pthread_mutex_init(&index->lock, NULL);
    pthread_cond_init(&index->is_tried, NULL);
    index->runs = pthread_create(&index->thread, NULL, find_changed, index) == 0;
    try_own(index, arena);
    if (!index->runs)
        find_changed(index);
    if (index->is_own)
        list_own(&found, arena, index);
    else
        status = ask_for_list(&found, arena, index, error);
    if (status != ML_OK) {
        ml_git_index_close(index);
        return status;
    }
    *files = found;
    *out = index;
    return ML_OK;
}

ml_status ml_git_index_changed(ml_git_index *index, ml_staged_files *files, ml_error *error)
{
    uint32_t at = 0;

    wait_for_changed(index);
    if (!index->is_compared)
        return read_changed(files, &index->changed, index->prefix, error);
    for (uint32_t i = 0; i < index->own.entry_count; i++)
        if (is_listed(&index->own.entries[i], index->prefix))
            files->items[at++].changed = index->own.entries[i].changed;
    return ML_OK;
}

void ml_git_index_close(ml_git_index *index)
{
    if (!index)
        return;
    wait_for_changed(index);
    ml_buf_finish(&index->changed.out);
    pthread_cond_destroy(&index->is_tried);
    pthread_mutex_destroy(&index->lock);
    ml_arena_finish(&index->arena);
    free(index);
}
