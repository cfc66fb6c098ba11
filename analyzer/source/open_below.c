/* Where the system can refuse links by itself (openat2), one call does it; elsewhere the
 * path is walked part by part, each opened without following. */
#include "open_below.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

/* A FIFO must not make us wait, a terminal not become ours. */
static int with_common(int flags)
{
    return flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NOCTTY | O_NONBLOCK);
}

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
    struct open_how how = {.flags = (unsigned)with_common(flags), .resolve = RESOLVE_NO_SYMLINKS};
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

/* O_PATH opens even a link; nobody here wants one. */
static int refuse_link(int file)
{
    struct stat info;

    if (file < 0 || fstat(file, &info) != 0 || !S_ISLNK(info.st_mode))
        return file;
    close(file);
    errno = ELOOP;
    return -1;
}

/* A link where a folder was wanted is said to be no folder; say that it is a link. */
static int why_not(int folder, const char *name, int why)
{
    struct stat info;
    bool is_link = why == ENOTDIR && fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
    return is_link ? ELOOP : why;
}

/* Opens part after part; path is cut up on the way. */
static int open_by_parts(int folder, char *path, int flags)
{
    int at = folder;

    for (;;) {
        char *slash = strchr(path, '/');
        if (slash)
            *slash = '\0';
        int how = slash ? O_RDONLY | O_DIRECTORY : flags;
        int next = *path ? openat(at, path, with_common(how | O_NOFOLLOW)) : fcntl(at, F_DUPFD_CLOEXEC, 0);
        int why = next < 0 ? why_not(at, path, errno) : 0;
        if (at != folder)
            close(at);
        errno = why;
        if (next < 0 || !slash)
            return refuse_link(next);
        at = next;
        path = slash + 1;
    }
}

/* From the root on, which may be reached over links: the user named it. */
static int open_from_root(char *whole, size_t lead, int flags, bool strict)
{
    char first = whole[lead];

    whole[lead] = '\0';
    int folder = open(whole, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return -1;
    whole[lead] = first;
    int file = strict ? open_strict(folder, whole + lead, flags) : open_by_parts(folder, whole + lead, flags);
    int why = errno;
    close(folder);
    errno = why;
    return file;
}

int ml_open_below(ml_str root, ml_str path, int flags)
{
    char whole[PATH_MAX];
    bool ends_in_slash = root.len && root.data[root.len - 1] == '/';

    if (!stays_below(path)) {
        errno = EXDEV;
        return -1;
    }
    if (root.len + path.len + 2 > sizeof whole) {
        errno = ENAMETOOLONG;
        return -1;
    }
    size_t lead = root.len + !ends_in_slash;
    memcpy(whole, root.data, root.len);
    whole[lead - 1] = '/';
    memcpy(whole + lead, path.data, path.len);
    whole[lead + path.len] = '\0';
    int file = open_strict(AT_FDCWD, whole, flags);
    if (file < 0 && errno == ELOOP)
        return open_from_root(whole, lead, flags, true);
    /* EPERM: how some containers say that they do not know the call. */
    if (file < 0 && (errno == ENOSYS || errno == EPERM))
        return open_from_root(whole, lead, flags, false);
    return file;
}
