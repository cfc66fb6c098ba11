/* The folder of a cache. It holds
 *
 *   cache            a mark and the secret its hashes are keyed with
 *   .gitignore       "*", so that nobody commits it
 *   f… r…            entries: facts, reports; the name is a letter and the key
 *   tmp-…            entries that are being written, or whose writer was killed
 *
 * An entry is a head and a payload. Nothing is synced: after a crash of the machine an entry may be
 * cut off or hold zeros, and the checksum says so. No link in the folder is followed. */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { REFRESH_SECONDS = 24 * 60 * 60 };

static const char mark_name[] = "cache";
static const char mark[16] = "meterlint-cache";
static const char entry_mark[8] = "MLCACHE";

typedef struct entry_head {
    char mark[8];
    uint64_t len; /* of the payload */
    store_key key, checksum;
} entry_head;

/* ---- bytes ---- */

static bool read_all(int file, void *to, size_t len)
{
    for (char *at = to; len;) {
        ssize_t got = read(file, at, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        len -= (size_t)got;
    }
    return true;
}

static bool write_all(int file, const void *from, size_t len)
{
    for (const char *at = from; len;) {
        ssize_t wrote = write(file, at, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        at += wrote;
        len -= (size_t)wrote;
    }
    return true;
}

/* A regular file of the folder; -1 for a link or whatever else stands there. */
static int open_to_read(int folder, const char *name, struct stat *info)
{
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (file >= 0 && (fstat(file, info) != 0 || !S_ISREG(info->st_mode) || info->st_size < 0)) {
        close(file);
        return -1;
    }
    return file;
}

static int open_to_write(int folder, const char *name)
{
    return openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static bool random_bytes(void *to, size_t len)
{
    return getrandom(to, len, 0) == (ssize_t)len; /* up to 256 are never interrupted */
}

/* ---- opening ---- */

static bool read_secret(ml_cache *cache)
{
    char head[sizeof mark];
    struct stat info;
    int file = open_to_read(cache->folder, mark_name, &info);
    bool ok = file >= 0 && read_all(file, head, sizeof head) && memcmp(head, mark, sizeof head) == 0 &&
              read_all(file, cache->secret, sizeof cache->secret);

    if (file >= 0)
        close(file);
    return ok;
}

static void temporary_name(ml_cache *cache, char *name, size_t size)
{
    uint64_t number = atomic_fetch_add_explicit(&cache->temporary, 1, memory_order_relaxed);

    snprintf(name, size, "tmp-%016" PRIx64 "-%" PRIu64, cache->run, number);
}

static bool put_file(ml_cache *cache, const char *name, ml_str a, ml_str b)
{
    int file = open_to_write(cache->folder, name);
    bool ok = file >= 0 && write_all(file, a.data, a.len) && write_all(file, b.data, b.len);
    int why = errno;

    if (file >= 0)
        close(file);
    errno = why;
    return ok;
}

/* Linked into place, not renamed: of two that make the folder at once, one secret stays. Renamed only over a mark
 * that stood there and could not be read. */
static bool make_secret(ml_cache *cache, bool instead)
{
    unsigned char secret[STORE_SECRET_BYTES];
    char name[64];

    if (!random_bytes(secret, sizeof secret))
        return false;
    temporary_name(cache, name, sizeof name);
    bool made = put_file(cache, name, (ml_str){mark, sizeof mark}, (ml_str){(const char *)secret, sizeof secret}) &&
                (instead ? renameat(cache->folder, name, cache->folder, mark_name) == 0
                         : linkat(cache->folder, name, cache->folder, mark_name, 0) == 0 || errno == EEXIST);
    int why = errno;
    unlinkat(cache->folder, name, 0);
    errno = why;
    return made && read_secret(cache);
}

/* Is there anything in it that no cache would hold? */
static bool is_foreign(int folder)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
    bool foreign = false;

    if (!list) {
        if (copy >= 0)
            close(copy);
        return true;
    }
    for (struct dirent *entry; !foreign && (entry = readdir(list));)
        foreign = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
                  strcmp(entry->d_name, ".gitignore") != 0 && strcmp(entry->d_name, mark_name) != 0 &&
                  !store_is_temporary(entry->d_name) && !store_is_entry(entry->d_name);
    closedir(list);
    return foreign;
}

static ml_status set_up(ml_cache *cache, const char *folder, ml_error *error)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return ml_fail(error, ML_EIO, folder, 0, "the cache cannot be made: %s", strerror(errno));
    cache->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cache->path = cache->folder >= 0 ? realpath(folder, NULL) : NULL;
    if (!cache->path || !random_bytes(&cache->run, sizeof cache->run))
        return ml_fail(error, ML_EIO, folder, 0, "the cache cannot be opened: %s", strerror(errno));
    struct stat info;
    bool has_mark = fstatat(cache->folder, mark_name, &info, AT_SYMLINK_NOFOLLOW) == 0; /* before it is read */
    if (read_secret(cache))
        return ML_OK;
    if (is_foreign(cache->folder))
        return ml_fail(error, ML_EUSAGE, folder, 0, "is no cache of meterlint, and not empty; nothing is cached");
    if (!make_secret(cache, has_mark))
        return ml_fail(error, ML_EIO, folder, 0, "the cache cannot be written: %s", strerror(errno));
    put_file(cache, ".gitignore", ML_STR("*\n"), ML_STR_NONE);
    return ML_OK;
}

ml_status ml_cache_open(ml_cache **out, const char *folder, uint64_t bytes_max, ml_error *error)
{
    ml_cache *cache = ml_xmalloc(sizeof *cache);

    memset(cache, 0, sizeof *cache);
    cache->folder = -1;
    cache->bytes_max = bytes_max;
    ml_status status = set_up(cache, folder, error);
    if (status != ML_OK) {
        ml_cache_close(cache);
        return status;
    }
    *out = cache;
    return ML_OK;
}

void ml_cache_close(ml_cache *cache)
{
    if (!cache)
        return;
    if (atomic_load(&cache->wrote))
        store_prune(cache);
    if (cache->folder >= 0)
        close(cache->folder);
    free(cache->path);
    free(cache);
}

bool ml_cache_trouble(const ml_cache *cache, ml_error *error)
{
    int why = atomic_load(&cache->why);

    if (why)
        ml_fail(error, ML_EIO, cache->path, 0, "the cache cannot be written: %s", strerror(why));
    return why != 0;
}

ml_str ml_cache_folder(const ml_cache *cache)
{
    return ml_str_of(cache->path);
}

/* ---- entries ---- */

static void entry_name(char name[STORE_NAME_LEN + 1], char letter, store_key key)
{
    snprintf(name, STORE_NAME_LEN + 1, "%c%016" PRIx64 "%016" PRIx64, letter, key.high, key.low);
}

/* What is used stays young, at one call a day. */
static void refresh(int file, const struct stat *info)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_NOW}};

    if (time(NULL) - info->st_mtim.tv_sec > REFRESH_SECONDS)
        (void)futimens(file, times);
}

static bool same_key(store_key a, store_key b)
{
    return a.low == b.low && a.high == b.high;
}

static bool read_entry(ml_cache *cache, int file, const struct stat *info, store_key key, ml_arena *arena,
                       char **payload, size_t *len)
{
    entry_head head;
    uintmax_t size = (uintmax_t)info->st_size;

    if (size < sizeof head || size > sizeof head + STORE_ENTRY_BYTES_MAX || !read_all(file, &head, sizeof head))
        return false;
    if (memcmp(head.mark, entry_mark, sizeof entry_mark) != 0 || !same_key(head.key, key) ||
        head.len != size - sizeof head)
        return false;
    *len = (size_t)head.len;
    *payload = ml_arena_alloc(arena, 1, *len);
    return read_all(file, *payload, *len) && same_key(store_hash(cache, (ml_str){*payload, *len}), head.checksum);
}

bool store_read(ml_cache *cache, char letter, store_key key, ml_arena *arena, char **payload, size_t *len)
{
    char name[STORE_NAME_LEN + 1];
    struct stat info;

    entry_name(name, letter, key);
    int file = open_to_read(cache->folder, name, &info);
    if (file < 0)
        return false;
    bool found = read_entry(cache, file, &info, key, arena, payload, len);
    if (found)
        refresh(file, &info);
    close(file);
    return found;
}

void store_write(ml_cache *cache, char letter, store_key key, ml_str payload)
{
    entry_head head = {.len = payload.len, .key = key};
    char temporary[64], name[STORE_NAME_LEN + 1];

    /* A disk that is full now will hardly be less so for the next file. */
    if (payload.len > STORE_ENTRY_BYTES_MAX || atomic_load_explicit(&cache->why, memory_order_relaxed))
        return;
    memcpy(head.mark, entry_mark, sizeof entry_mark);
    head.checksum = store_hash(cache, payload);
    entry_name(name, letter, key);
    temporary_name(cache, temporary, sizeof temporary);
    if (put_file(cache, temporary, (ml_str){(const char *)&head, sizeof head}, payload) &&
        renameat(cache->folder, temporary, cache->folder, name) == 0) {
        atomic_store_explicit(&cache->wrote, true, memory_order_relaxed);
        return;
    }
    int why = errno;
    unlinkat(cache->folder, temporary, 0);
    atomic_store_explicit(&cache->why, why ? why : EIO, memory_order_relaxed);
}
