/* What stands in the index and what of it changed. Two git commands whose output is made for
 * programs, ls-files --stage and diff-index --cached, side by side: each reads the whole index. */
#include "ml/git.h"

#include "repository.h"
#include "run_git.h"

#include "ml/buf.h"
#include "ml/map.h"

#include <pthread.h>

enum { LIST_BYTES_MAX = 512 * 1024 * 1024 };

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

static void list_both(struct listing *one, struct listing *other)
{
    pthread_t thread;
    bool apart = pthread_create(&thread, NULL, list, one) == 0;

    if (!apart)
        list(one);
    list(other);
    if (apart)
        pthread_join(thread, NULL);
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

ml_status ml_git_index(ml_staged_files *out, ml_arena *arena, ml_str root, ml_error *error)
{
    static const char *const list_args[] = {"ls-files", "--stage", "-z", NULL};
    static const char *const diff_args[] = {
        "diff-index", "--cached", "--name-only", "--no-renames", "--ignore-submodules=all", "-z", "HEAD", "--", NULL};
    struct listing listed = {.args = list_args}, changed = {.args = diff_args};
    ml_staged_files files = {0};
    ml_str top, prefix;
    ml_status status = ml_repository_find(&top, &prefix, arena, root, error);

    if (status != ML_OK)
        return status;
    listed.top = changed.top = top;
    list_both(&changed, &listed);
    status = read_files(&files, arena, &listed, prefix, error);
    if (status == ML_OK)
        status = read_changed(&files, &changed, prefix, error);
    if (status == ML_OK)
        *out = files;
    ml_buf_finish(&listed.out);
    ml_buf_finish(&changed.out);
    return status;
}
