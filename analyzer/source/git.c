/* The index and its texts. Three git commands whose output is made for programs:
 * ls-files --stage, diff-index --cached, cat-file --batch. */
#include "ml/git.h"

#include "repository.h"
#include "run_git.h"
#include "utf16.h"

#include "ml/buf.h"
#include "ml/map.h"

#include <unistd.h>

enum { LIST_BYTES_MAX = 512 * 1024 * 1024, HEADER_BYTES_MAX = 256 };

static bool keep_all(void *data, const char *bytes, size_t len)
{
    ml_buf *buf = data;

    if (buf->len + len > LIST_BYTES_MAX)
        return false;
    ml_buf_bytes(buf, bytes, len);
    return true;
}

/* ---- lists ---- */

static ml_status find_top(ml_str *top, ml_str *prefix, ml_arena *arena, ml_str root, ml_error *error)
{
    *prefix = ml_source_repository_prefix(arena, root);
    *top = ml_repository_top(root, *prefix);
    /* Without a repository the prefix is empty, too. */
    if (access(ml_path_join(arena, *top, ML_STR(".git")).data, F_OK) != 0)
        return ml_fail(error, ML_ENOTFOUND, ml_arena_cstr(arena, root), 0, "not in a git repository");
    return ML_OK;
}

/* Runs one listing; its output, which must be finished by the caller also after a failure. */
static ml_status list(ml_buf *out, int *code, char said[256], ml_str top, const char *const *args, ml_error *error)
{
    ml_git_run run = {.top = top, .args = args, .sink = keep_all, .data = out};
    return ml_git_call(code, said, &run, error);
}

static ml_status fail_said(ml_error *error, ml_str top, const char *said)
{
    char path[512];

    ml_str cut = ml_str_slice(top, 0, sizeof path - 1);
    memcpy(path, cut.data, cut.len);
    path[cut.len] = '\0';
    return ml_fail(error, ML_EIO, path, 0, "git failed: %s", *said ? said : "no reason given");
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

static ml_status list_files(ml_staged_files *files, ml_arena *arena, ml_str top, ml_str prefix, ml_error *error)
{
    static const char *const args[] = {"ls-files", "--stage", "-z", NULL};
    ml_buf out = {0};
    char said[256];
    int code;
    ml_status status = list(&out, &code, said, top, args, error);

    if (status == ML_OK && code != 0)
        status = fail_said(error, top, said);
    for (ml_str rest = ml_buf_view(&out); status == ML_OK && rest.len;) {
        ml_staged_file file;
        if (!parse_staged(&file, ml_str_split(&rest, '\0')) || !ml_str_starts(file.path, prefix))
            continue;
        file.path = ml_arena_copy(arena, ml_str_from(file.path, prefix.len));
        file.object = ml_arena_copy(arena, file.object);
        ml_vec_push(arena, files, file);
    }
    ml_buf_finish(&out);
    return status;
}

/* Before the first commit there is no HEAD to differ from. */
static bool is_unborn(ml_str top)
{
    static const char *const args[] = {"rev-parse", "--quiet", "--verify", "HEAD^{commit}", NULL};
    ml_buf out = {0};
    char said[256];
    int code = -1;
    ml_status status = list(&out, &code, said, top, args, NULL);

    ml_buf_finish(&out);
    return status == ML_OK && code == 1;
}

static ml_status find_changed(ml_staged_files *files, ml_str top, ml_str prefix, ml_error *error)
{
    static const char *const args[] = {
        "diff-index", "--cached", "--name-only", "--no-renames", "--ignore-submodules=all", "-z", "HEAD", "--", NULL};
    ml_buf out = {0};
    ml_arena scratch = {0};
    char said[256];
    int code;
    ml_status status = list(&out, &code, said, top, args, error);

    if (status == ML_OK && code == 0) {
        mark_changed(files, &scratch, ml_buf_view(&out), prefix);
    } else if (status == ML_OK && is_unborn(top)) {
        for (uint32_t i = 0; i < files->count; i++)
            files->items[i].changed = true;
    } else if (status == ML_OK) {
        status = fail_said(error, top, said);
    }
    ml_arena_finish(&scratch);
    ml_buf_finish(&out);
    return status;
}

ml_status ml_git_index(ml_staged_files *out, ml_arena *arena, ml_str root, ml_error *error)
{
    ml_staged_files files = {0};
    ml_str top, prefix;
    ml_status status = find_top(&top, &prefix, arena, root, error);

    if (status == ML_OK)
        status = list_files(&files, arena, top, prefix, error);
    if (status == ML_OK)
        status = find_changed(&files, top, prefix, error);
    if (status == ML_OK)
        *out = files;
    return status;
}

/* ---- texts ---- */

/* Reads "<object> blob <size>\n<bytes>\n" over and over, from pieces cut anywhere. */
struct blobs {
    ml_str *texts;
    uint32_t count, done;
    ml_arena *arena;
    size_t max;
    char header[HEADER_BYTES_MAX];
    size_t header_len;
    bool in_body, kept;
    char *body;
    size_t size, have; /* have runs to size + 1: the line end after the bytes */
};

static bool parse_size(size_t *size, ml_str digits)
{
    *size = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9' || *size > SIZE_MAX / 16)
            return false;
        *size = *size * 10 + (size_t)(digits.data[i] - '0');
    }
    return digits.len > 0;
}

static bool begin_body(struct blobs *blobs)
{
    ml_str rest = {blobs->header, blobs->header_len};

    ml_str_split(&rest, ' ');
    if (blobs->done == blobs->count || !ml_str_eq_c(ml_str_split(&rest, ' '), "blob") ||
        !parse_size(&blobs->size, rest))
        return false;
    blobs->header_len = 0;
    blobs->in_body = true;
    blobs->have = 0;
    blobs->kept = blobs->size <= blobs->max;
    blobs->body = blobs->kept ? ml_arena_bytes(blobs->arena, blobs->size + 1) : NULL;
    return true;
}

static void end_body(struct blobs *blobs)
{
    ml_str text = ML_STR_NONE;

    if (blobs->kept) {
        blobs->body[blobs->size] = '\0';
        text = (ml_str){blobs->body, blobs->size};
        if (!ml_text_decode(&text, blobs->arena))
            text = ML_STR_NONE;
    }
    blobs->texts[blobs->done++] = text;
    blobs->in_body = false;
}

static size_t take_body(struct blobs *blobs, const char *bytes, size_t len)
{
    size_t left = blobs->size - blobs->have, taken = len < left ? len : left;

    if (blobs->kept && taken)
        memcpy(blobs->body + blobs->have, bytes, taken);
    blobs->have += taken;
    if (taken == len)
        return taken;
    end_body(blobs);
    return taken + 1; /* with its line end */
}

static bool take_blobs(void *data, const char *bytes, size_t len)
{
    struct blobs *blobs = data;

    for (size_t at = 0; at < len;) {
        if (blobs->in_body) {
            at += take_body(blobs, bytes + at, len - at);
            continue;
        }
        char c = bytes[at++];
        if (c == '\n' && !begin_body(blobs))
            return false;
        if (c == '\n')
            continue;
        if (blobs->header_len == HEADER_BYTES_MAX)
            return false;
        blobs->header[blobs->header_len++] = c;
    }
    return true;
}

ml_status ml_git_blobs(ml_str *texts, ml_arena *arena, ml_str root, const ml_staged_files *files, size_t max,
                       ml_error *error)
{
    static const char *const args[] = {"cat-file", "--batch", NULL};
    struct blobs blobs = {.texts = texts, .count = files->count, .arena = arena, .max = max};
    ml_str top, prefix;
    ml_buf input = {0};
    char said[256];
    int code = 0;
    ml_status status = find_top(&top, &prefix, arena, root, error);

    if (status != ML_OK || !files->count)
        return status;
    for (uint32_t i = 0; i < files->count; i++) {
        ml_buf_str(&input, files->items[i].object);
        ml_buf_char(&input, '\n');
    }
    ml_git_run run = {.top = top, .args = args, .input = ml_buf_view(&input), .sink = take_blobs, .data = &blobs};
    status = ml_git_call(&code, said, &run, error);
    if (status == ML_OK && (code != 0 || blobs.done != blobs.count))
        status = fail_said(error, top, said);
    ml_buf_finish(&input);
    return status;
}
