/* write.c - where report bytes go: standard output, or a file that appears whole. */
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

bool ml_write_file(const char *path, ml_str text)
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
    if (!ok)
        ml_cli_complain("%s: cannot be written: %s", path, strerror(errno));
    ml_arena_finish(&arena);
    return ok;
}
