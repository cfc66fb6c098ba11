#include "region.h"

#include "ml/checked.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

#include "ml/arena.h"

enum { GRAIN = 16, SMALL_MAX = REGION_CLASSES * GRAIN, CHUNK_MIN = 256 * 1024, CHUNK_MAX = 4 * 1024 * 1024 };

struct region_chunk {
    region_chunk *older;
    size_t size;
    _Alignas(GRAIN) char data[];
};

/* Stands before every block, so that realloc and free know its size. */
typedef struct block {
    _Alignas(GRAIN) size_t size; /* as rounded up */
} block;

struct region_free {
    region_free *next;
};

struct region_large {
    region_large *newer, *older;
    block head;
};

static _Thread_local region *current;

void region_use(region *r)
{
    current = r;
}

/* Leaves the parse when memory is out; outside of one there is nowhere to go. */
static _Noreturn void give_up(region *r)
{
    if (r->bounded)
        longjmp(r->escape, 1);
    ml_die_no_memory();
}

/* Memory from the system, counted. A walk (not bounded) may overrun the ceiling a
 * little: all it allocates is the cursor's stack. */
static void *take(region *r, size_t size)
{
    size_t total;

    if (!ml_size_add(&total, r->bytes, size) || (r->bounded && total > r->bytes_max))
        give_up(r);
    void *memory = malloc(size);
    if (!memory)
        give_up(r);
    r->bytes = total;
    if (total > r->high)
        r->high = total;
    return memory;
}

static void add_chunk(region *r)
{
    size_t size = r->chunks ? r->chunks->size * 2 : CHUNK_MIN;

    if (size > CHUNK_MAX)
        size = CHUNK_MAX;
    region_chunk *chunk = take(r, sizeof *chunk + size);
    chunk->size = size;
    chunk->older = r->chunks;
    r->chunks = chunk;
    r->next = chunk->data;
    r->end = chunk->data + size;
}

static void *small(region *r, size_t size)
{
    region_free **list = &r->free[size / GRAIN - 1];
    block *head;

    if (*list) {
        region_free *found = *list;
        *list = found->next;
        return found;
    }
    if ((size_t)(r->end - r->next) < sizeof *head + size)
        add_chunk(r);
    head = (block *)(void *)r->next;
    r->next += sizeof *head + size;
    head->size = size;
    return head + 1;
}

static void *large(region *r, size_t size)
{
    size_t total;

    if (!ml_size_add(&total, size, sizeof(region_large)))
        give_up(r);
    region_large *made = take(r, total);
    made->newer = NULL;
    made->older = r->large;
    if (r->large)
        r->large->newer = made;
    r->large = made;
    made->head.size = size;
    return &made->head + 1;
}

static void *region_alloc(size_t size)
{
    region *r = current;

    if (size > SIZE_MAX - GRAIN)
        give_up(r);
    size = size ? (size + GRAIN - 1) & ~(size_t)(GRAIN - 1) : GRAIN;
    return size <= SMALL_MAX ? small(r, size) : large(r, size);
}

static void *region_calloc(size_t count, size_t size)
{
    size_t bytes;

    if (!ml_size_mul(&bytes, count, size))
        give_up(current);
    return memset(region_alloc(bytes), 0, bytes);
}

static void region_release(void *memory)
{
    region *r = current;

    if (!memory)
        return;
    block *head = (block *)memory - 1;
    if (head->size <= SMALL_MAX) {
        region_free *freed = memory, **list = &r->free[head->size / GRAIN - 1];
        freed->next = *list;
        *list = freed;
        return;
    }
    region_large *dead = (region_large *)(void *)((char *)head - offsetof(region_large, head));
    if (dead->newer)
        dead->newer->older = dead->older;
    else
        r->large = dead->older;
    if (dead->older)
        dead->older->newer = dead->newer;
    r->bytes -= head->size + sizeof *dead;
    free(dead);
}

static void *region_realloc(void *old, size_t size)
{
    if (!old)
        return region_alloc(size);
    block *head = (block *)old - 1;
    if (size <= head->size)
        return old;
    void *grown = region_alloc(size);
    memcpy(grown, old, head->size);
    region_release(old);
    return grown;
}

static void install(void)
{
    ts_set_allocator(region_alloc, region_calloc, region_realloc, region_release);
}

void region_install(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, install);
}

void region_reset(region *r)
{
    for (region_large *at = r->large, *older; at; at = older) {
        older = at->older;
        free(at);
    }
    r->large = NULL;
    memset(r->free, 0, sizeof r->free);
    /* The newest chunk is the largest: the one worth keeping. */
    region_chunk *kept = r->chunks;
    for (region_chunk *at = kept ? kept->older : NULL, *older; at; at = older) {
        older = at->older;
        free(at);
    }
    r->bytes = 0;
    r->next = r->end = NULL;
    if (kept) {
        kept->older = NULL;
        r->bytes = sizeof *kept + kept->size;
        r->next = kept->data;
        r->end = kept->data + kept->size;
    }
}

void region_finish(region *r)
{
    region_reset(r);
    free(r->chunks);
    memset(r, 0, sizeof *r);
}
