/* Keeping a cache within its bound: the entries that were written or used longest ago go first, and what
 * killed processes left. Files that are not ours are neither counted nor touched. */
#include "store.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ABANDONED_SECONDS = 60 * 60 };

typedef struct kept {
    char name[STORE_NAME_LEN + 1];
    uint64_t bytes;
    int64_t used; /* seconds */
} kept;

typedef struct listing {
    kept *items;
    size_t count, cap;
    uint64_t bytes;
} listing;

bool store_is_entry(const char *name)
{
    return (name[0] == 'f' || name[0] == 'r') && strlen(name) == STORE_NAME_LEN &&
           strspn(name + 1, "0123456789abcdef") == STORE_NAME_LEN - 1;
}

bool store_is_temporary(const char *name)
{
    return strncmp(name, "tmp-", 4) == 0;
}

/* What it takes on the disk, also of a file system that says so only later. */
static uint64_t bytes_of(const struct stat *info)
{
    uint64_t blocks = (uint64_t)info->st_blocks * 512, size = (uint64_t)info->st_size;

    return blocks > size ? blocks : size;
}

static void add(listing *list, const char *name, const struct stat *info)
{
    if (list->count == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 256;
        list->items = ml_xrealloc(list->items, list->cap * sizeof *list->items);
    }
    kept *item = &list->items[list->count++];
    memcpy(item->name, name, sizeof item->name);
    item->bytes = bytes_of(info);
    item->used = info->st_mtim.tv_sec;
    list->bytes += item->bytes;
}

static void look_at(const ml_cache *cache, listing *list, const char *name)
{
    struct stat info;
    bool temporary = store_is_temporary(name);

    if ((!temporary && !store_is_entry(name)) || fstatat(cache->folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(info.st_mode))
        return;
    if (!temporary)
        add(list, name, &info);
    else if (time(NULL) - info.st_mtim.tv_sec > ABANDONED_SECONDS)
        unlinkat(cache->folder, name, 0);
}

static int oldest_first(const void *left, const void *right)
{
    const kept *a = left, *b = right;

    if (a->used != b->used)
        return a->used < b->used ? -1 : 1;
    return memcmp(a->name, b->name, sizeof a->name);
}

void store_prune(const ml_cache *cache)
{
    listing list = {0};
    int copy = openat(cache->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;

    if (!folder) {
        if (copy >= 0)
            close(copy);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));)
        look_at(cache, &list, entry->d_name);
    closedir(folder);
    if (list.bytes > cache->bytes_max && list.count)
        qsort(list.items, list.count, sizeof *list.items, oldest_first);
    for (size_t i = 0; i < list.count && list.bytes > cache->bytes_max; i++) {
        if (unlinkat(cache->folder, list.items[i].name, 0) == 0)
            list.bytes -= list.items[i].bytes;
    }
    free(list.items);
}
