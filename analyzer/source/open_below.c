/* Where the system can refuse links by itself (openat2), one call does it; elsewhere the
 * path is walked part by part, each opened without following. */
#include "open_below.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

enum { COMMON_FLAGS = O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

static bool stays_below(ml_str path)
{
    if (!path.len || path.data[0] == '/' || memchr(path.data, '\0', path.len))
        return false;
    for (ml_str rest = path; rest.len;)
        if (ml_str_eq_c(ml_str_split(&rest, '/'), ".."))
            return false;
    return true;
}

#ifdef SYS_openat2
static int open_strict(int folder, const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)(flags | COMMON_FLAGS), .resolve = RESOLVE_NO_SYMLINKS};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}
#else
static int open_strict(int folder, const char *path, int flags)
{
    (void)folder, (void)path, (void)flags;
    errno = ENOSYS;
    return -1;
}
#endif

/* Opens part after part; path is cut up on the way. */
static int open_by_parts(int folder, char *path, int flags)
{
    int at = folder;

    for (;;) {
        char *slash = strchr(path, '/');
        if (slash)
            *slash = '\0';
        int how = slash ? O_RDONLY | O_DIRECTORY : flags;
        int next = *path ? openat(at, path, how | O_NOFOLLOW | COMMON_FLAGS) : fcntl(at, F_DUPFD_CLOEXEC, 0);
        int why = errno;
        if (at != folder)
            close(at);
        errno = why;
        if (next < 0 || !slash)
            return next;
        at = next;
        path = slash + 1;
    }
}

int ml_open_below(ml_str root, ml_str path, int flags)
{
    char whole[2 * PATH_MAX];
    bool ends_in_slash = root.len && root.data[root.len - 1] == '/';

    if (!stays_below(path)) {
        errno = EXDEV;
        return -1;
    }
    if (root.len + path.len + 2 > sizeof whole) {
        errno = ENAMETOOLONG;
        return -1;
    }
    size_t lead = (size_t)snprintf(whole, sizeof whole, "%.*s%s", ML_STR_ARG(root), ends_in_slash ? "" : "/");
    memcpy(whole + lead, path.data, path.len);
    whole[lead + path.len] = '\0';
    int file = open_strict(AT_FDCWD, whole, flags);
    bool unsupported = file < 0 && (errno == ENOSYS || errno == EPERM || errno == EINVAL);
    if (file >= 0 || (errno != ELOOP && errno != ENAMETOOLONG && !unsupported))
        return file;
    /* The link may stand in the root, which the user named: ask again from there. */
    whole[lead] = '\0';
    int folder = open(whole, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return -1;
    whole[lead] = path.data[0];
    file = unsupported ? -1 : open_strict(folder, whole + lead, flags);
    if (unsupported || (file < 0 && errno == ENAMETOOLONG))
        file = open_by_parts(folder, whole + lead, flags);
    int why = errno;
    close(folder);
    errno = why;
    return file;
}
