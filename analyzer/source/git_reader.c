/* Texts of the index, asked of one `git cat-file --batch`. Questions go through a socket and
 * answers come through a pipe, both at a time: a process that waits for its answers to be read
 * reads no further questions. */
#include "ml/git.h"

#include "git_reader.h"
#include "repository.h"
#include "run_git.h"
#include "utf16.h"

#include "ml/buf.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER_BYTES_MAX = 256, TREE_BYTES_MAX = 64 * 1024 * 1024 };

struct ml_git_reader {
    pthread_mutex_t lock; /* guards all below: one question at a time */
    ml_arena arena;
    ml_str top, prefix;
    size_t max;
    ml_git_process git;
    char said[ML_GIT_SAID_BYTES];
    ml_status status; /* of the question that failed first, with error */
    ml_error error;
};

/* ---- answers ---- */

/* Reads "<object> <kind> <size>\n<bytes>\n" over and over, from pieces cut anywhere. */
struct answers {
    const char *kind;
    bool is_text;
    ml_str *texts;
    ml_str *names; /* NULL, or where the objects' names go */
    uint32_t count, done;
    ml_arena *arena;
    size_t max;
    char header[HEADER_BYTES_MAX];
    size_t header_len;
    bool in_body, kept;
    char *body;
    size_t size, have;
    const char *trouble;
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

static bool begin_body(struct answers *answers)
{
    ml_str rest = {answers->header, answers->header_len};
    ml_str name = ml_str_split(&rest, ' '), kind = ml_str_split(&rest, ' ');

    if (ml_str_eq_c(kind, "missing"))
        answers->trouble = "a text of the index is missing from the repository";
    if (answers->done == answers->count || !ml_str_eq_c(kind, answers->kind) || !parse_size(&answers->size, rest))
        return false;
    if (answers->names)
        answers->names[answers->done] = ml_arena_copy(answers->arena, name);
    answers->header_len = 0;
    answers->in_body = true;
    answers->have = 0;
    answers->kept = answers->size <= answers->max;
    answers->body = answers->kept ? ml_arena_bytes(answers->arena, answers->size + 1) : NULL;
    return true;
}

static void end_body(struct answers *answers)
{
    ml_str text = ML_STR_NONE;

    if (answers->kept) {
        answers->body[answers->size] = '\0';
        text = (ml_str){answers->body, answers->size};
        if (answers->is_text && !ml_text_decode(&text, answers->arena))
            text = ML_STR_NONE;
    }
    answers->texts[answers->done++] = text;
    answers->in_body = false;
}

static size_t take_body(struct answers *answers, const char *bytes, size_t len)
{
    size_t left = answers->size - answers->have, taken = len < left ? len : left;

    if (answers->kept && taken)
        memcpy(answers->body + answers->have, bytes, taken);
    answers->have += taken;
    if (taken == len)
        return taken;
    end_body(answers);
    return taken + 1; /* with its line end */
}

static bool take_answers(struct answers *answers, const char *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        if (answers->in_body) {
            at += take_body(answers, bytes + at, len - at);
            continue;
        }
        char c = bytes[at++];
        if (c == '\n' && !begin_body(answers))
            return false;
        if (c == '\n')
            continue;
        if (answers->header_len == HEADER_BYTES_MAX)
            return false;
        answers->header[answers->header_len++] = c;
    }
    return true;
}

/* ---- questions ---- */

/* Sends what there is room for; nothing is left when git takes no more, which its answers then show. */
static void ask(int socket, ml_str *questions)
{
    ssize_t put = send(socket, questions->data, questions->len, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (put >= 0)
        *questions = ml_str_from(*questions, (size_t)put);
    else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
        *questions = ML_STR_NONE;
}

/* NULL, or why no further answer can be had. */
static const char *hear(int pipe, struct answers *answers)
{
    char bytes[64 * 1024];
    ssize_t got = read(pipe, bytes, sizeof bytes);

    if (got < 0 && errno == EINTR)
        return NULL;
    if (got <= 0)
        return "git ended before it had answered";
    if (take_answers(answers, bytes, (size_t)got))
        return NULL;
    return answers->trouble ? answers->trouble : "git's answer cannot be understood";
}

/* What it complains of; false when it closed the pipe. */
static bool overhear(ml_git_reader *reader)
{
    char bytes[1024];
    ssize_t got = read(reader->git.err, bytes, sizeof bytes);

    if (got > 0)
        ml_git_keep_said(reader->said, bytes, (size_t)got);
    return got > 0 || (got < 0 && errno == EINTR);
}

/* Asks, and listens until everything is answered. NULL, or what went wrong. */
static const char *talk(ml_git_reader *reader, ml_str questions, struct answers *answers)
{
    struct pollfd waiting[3] = {
        {.fd = reader->git.in,  .events = POLLOUT},
        {.fd = reader->git.out, .events = POLLIN },
        {.fd = reader->git.err, .events = POLLIN }
    };
    const char *trouble = NULL;

    while (!trouble && (answers->done < answers->count || answers->in_body)) {
        if (!questions.len)
            waiting[0].fd = -1;
        int ready = poll(waiting, 3, ML_GIT_SILENCE_MS_MAX);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return "git does not answer";
        if (waiting[0].fd >= 0 && waiting[0].revents)
            ask(reader->git.in, &questions);
        if (waiting[2].fd >= 0 && waiting[2].revents && !overhear(reader))
            waiting[2].fd = -1;
        if (waiting[1].revents)
            trouble = hear(reader->git.out, answers);
    }
    return trouble;
}

static ml_status keep_trouble(ml_git_reader *reader, const char *trouble)
{
    ml_git_stop(&reader->git);
    reader->said[strcspn(reader->said, "\n")] = '\0';
    if (reader->said[0])
        return reader->status = ml_git_failed(&reader->error, reader->top, reader->said);
    return reader->status = ml_fail(&reader->error, ML_EIO, NULL, 0, "%s", trouble);
}

static ml_status start(ml_git_reader *reader)
{
    static const char *const args[] = {"cat-file", "--batch", NULL};

    if (reader->status == ML_OK && reader->git.pid < 0)
        reader->status = ml_git_start(&reader->git, reader->top, args, &reader->error);
    return reader->status;
}

/* NULL, or what went wrong. */
static const char *ask_for(ml_git_reader *reader, struct answers *answers, const ml_str *objects)
{
    ml_buf questions = {0};

    for (uint32_t i = 0; i < answers->count; i++) {
        ml_buf_str(&questions, objects[i]);
        ml_buf_char(&questions, '\n');
    }
    const char *trouble = talk(reader, ml_buf_view(&questions), answers);
    ml_buf_finish(&questions);
    return trouble;
}

/* ---- the reader ---- */

ml_status ml_git_reader_open(ml_git_reader **out, ml_str root, size_t max, ml_error *error)
{
    ml_arena arena = {0};
    ml_str top, prefix;
    ml_status status = ml_repository_find(&top, &prefix, &arena, root, error);

    if (status != ML_OK) {
        ml_arena_finish(&arena);
        return status;
    }
    ml_git_reader *reader = ml_xmalloc(sizeof *reader);
    *reader = (ml_git_reader){
        .arena = arena, .max = max, .git = {-1, -1, -1, -1}
    };
    reader->top = ml_arena_copy(&reader->arena, top);
    reader->prefix = ml_arena_copy(&reader->arena, prefix);
    pthread_mutex_init(&reader->lock, NULL);
    *out = reader;
    return ML_OK;
}

ml_status ml_git_reader_read(ml_git_reader *reader, ml_str *texts, ml_arena *arena, const ml_str *objects,
                             uint32_t count, ml_error *error)
{
    struct answers answers = {
        .kind = "blob", .is_text = true, .texts = texts, .count = count, .arena = arena, .max = reader->max};

    pthread_mutex_lock(&reader->lock);
    ml_status status = count ? start(reader) : reader->status;
    const char *trouble = count && status == ML_OK ? ask_for(reader, &answers, objects) : NULL;
    if (trouble)
        status = keep_trouble(reader, trouble);
    if (status != ML_OK && error)
        *error = reader->error;
    pthread_mutex_unlock(&reader->lock);
    return status;
}

bool ml_git_reader_trees(ml_git_reader *reader, ml_str *trees, ml_str *names, ml_arena *arena, const ml_str *objects,
                         uint32_t count)
{
    struct answers answers = {
        .kind = "tree", .texts = trees, .names = names, .count = count, .arena = arena, .max = TREE_BYTES_MAX};

    pthread_mutex_lock(&reader->lock);
    const char *trouble = start(reader) == ML_OK ? ask_for(reader, &answers, objects) : "git did not start";
    for (uint32_t i = 0; i < count && !trouble; i++)
        if (!trees[i].data)
            trouble = "too large";
    if (trouble) { /* who asks next starts anew */
        ml_git_stop(&reader->git);
        reader->said[0] = '\0';
        reader->status = ML_OK;
    }
    pthread_mutex_unlock(&reader->lock);
    return !trouble;
}

void ml_git_reader_place(const ml_git_reader *reader, ml_str *top, ml_str *prefix)
{
    *top = reader->top;
    *prefix = reader->prefix;
}

ml_status ml_git_reader_trouble(ml_git_reader *reader, ml_error *error)
{
    return ml_git_reader_read(reader, NULL, NULL, NULL, 0, error);
}

void ml_git_reader_close(ml_git_reader *reader)
{
    if (!reader)
        return;
    ml_git_stop(&reader->git);
    pthread_mutex_destroy(&reader->lock);
    ml_arena_finish(&reader->arena);
    free(reader);
}
