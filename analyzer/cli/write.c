/* write.c - where report bytes go: standard output, a file that appears whole, or what stands there and
 * is no file, as a pipe or /dev/null. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int fd, ml_str text)
{
    while (text.len) {
        ssize_t wrote = write(fd, text.data, text.len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        text = ml_str_from(text, (size_t)wrote);
    }
    return true;
}

/* Not a regular file, so nothing may be put in its place. */
static bool is_device(const char *path)
{
    struct stat found;

    return stat(path, &found) == 0 && !S_ISREG(found.st_mode);
}

static bool write_device(const char *path, ml_str text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write_all(fd, text);

    return fd >= 0 && close(fd) == 0 && ok;
}

static bool write_whole(const char *path, ml_str text)
{
    ml_arena arena = {0};
    ml_str temporary = ml_arena_printf(&arena, "%s.%ld.tmp", path, (long)getpid());
    /* O_EXCL: a link planted under that name is not followed. */
    int fd = open(temporary.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool ok = fd >= 0;

    if (ok) {
        ok = write_all(fd, text) && fsync(fd) == 0;
        ok = close(fd) == 0 && ok;
        ok = ok && rename(temporary.data, path) == 0;
        if (!ok)
            unlink(temporary.data);
    }
    ml_arena_finish(&arena);
    return ok;
}

bool ml_write_file(const char *path, ml_str text)
{
    bool ok = is_device(path) ? write_device(path, text) : write_whole(path, text);

    if (!ok)
        ml_cli_complain("%s: cannot be written: %s", path, strerror(errno));
    return ok;
}
