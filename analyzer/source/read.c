/* Reading one file into memory of our own: a mapped file that shrinks would end the
 * process, and a copy costs less than a mapping for small files. */
#include "open_below.h"
#include "utf16.h"

#include "ml/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static ml_status fail(ml_error *error, ml_status status, ml_str path, const char *text)
{
    char name[512];

    snprintf(name, sizeof name, "%.*s", ML_STR_ARG(path));
    return ml_fail(error, status, name, 0, "%s", text);
}

static ml_status fail_open(ml_error *error, ml_str path)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR: return fail(error, ML_ENOTFOUND, path, "no such file");
    case ELOOP: return fail(error, ML_EIO, path, "a symbolic link, not followed");
    case EXDEV: return fail(error, ML_EIO, path, "outside the project");
    default: return fail(error, ML_EIO, path, strerror(errno));
    }
}

static ml_status fail_size(ml_error *error, ml_str path, size_t max)
{
    char text[96];

    snprintf(text, sizeof text, "larger than the limit of %zu bytes", max);
    return fail(error, ML_ELIMIT, path, text);
}

static ssize_t read_some(int file, char *to, size_t room)
{
    ssize_t got;

    do
        got = read(file, to, room);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Reads to the end, whatever fstat said: the file may grow or shrink meanwhile. Where one byte more was
 * asked for than it said and just that came, the end is reached. */
static ml_status read_all(ml_str *out, ml_arena *arena, int file, size_t expected, size_t max, ml_str path,
                          ml_error *error)
{
    size_t cap = expected + 1, len = 0;
    char *data = ml_arena_bytes(arena, cap + 1);

    for (;;) {
        ssize_t got = read_some(file, data + len, cap - len);
        if (got < 0)
            return fail(error, ML_EIO, path, strerror(errno));
        len += (size_t)got;
        if (len > max)
            return fail_size(error, path, max);
        if (got == 0 || (len == expected && expected))
            break;
        if (len == cap) { /* it grew */
            size_t wider = cap < max / 2 ? cap * 2 + 4096 : max + 1;
            char *grown = ml_arena_bytes(arena, wider + 1);
            memcpy(grown, data, len);
            data = grown;
            cap = wider;
        }
    }
    data[len] = '\0';
    *out = (ml_str){data, len};
    return ML_OK;
}

ml_status ml_source_read(ml_str *out, ml_arena *arena, ml_str root, ml_str path, size_t max, ml_error *error)
{
    struct stat info;
    ml_str text;
    ml_status status;

    if (max > SIZE_MAX / 4)
        max = SIZE_MAX / 4;
    int file = ml_open_below(root, path, O_RDONLY | O_NOFOLLOW);
    if (file < 0)
        return fail_open(error, path);
    if (fstat(file, &info) != 0)
        status = fail(error, ML_EIO, path, strerror(errno));
    else if (!S_ISREG(info.st_mode))
        status = fail(error, ML_EIO, path, "not a regular file");
    else if ((uintmax_t)info.st_size > max)
        status = fail_size(error, path, max);
    else
        status = read_all(&text, arena, file, (size_t)info.st_size, max, path, error);
    close(file);
    if (status == ML_OK && !ml_text_decode(&text, arena))
        status = fail(error, ML_EVALUE, path, "UTF-32 text cannot be read");
    if (status == ML_OK)
        *out = text;
    return status;
}
