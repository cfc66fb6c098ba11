#include "ml/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An arena begins small, since many hold little, and grows by doubling. */
enum { FIRST_BLOCK_BYTES = 4 * 1024, BLOCK_BYTES = 64 * 1024, KEPT_BYTES_MAX = 16 * BLOCK_BYTES };

struct ml_arena_block {
    ml_arena_block *older;
    size_t size;
    _Alignas(ML_ARENA_ALIGN) char data[];
};

void ml_die_no_memory(void)
{
    fputs("meterlint: out of memory\n", stderr);
    _Exit(3);
}

void *ml_xmalloc(size_t size)
{
    void *memory = malloc(size ? size : 1);

    if (!memory)
        ml_die_no_memory();
    return memory;
}

void *ml_xrealloc(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);

    if (!memory)
        ml_die_no_memory();
    return memory;
}

void ml_arena_init(ml_arena *arena)
{
    memset(arena, 0, sizeof *arena);
}

void ml_arena_finish(ml_arena *arena)
{
    if (!arena)
        return;
    for (ml_arena_block *block = arena->blocks, *older; block; block = older) {
        older = block->older;
        free(block);
    }
    memset(arena, 0, sizeof *arena);
}

/* The largest block is kept: what is reset holds much again soon. */
void ml_arena_reset(ml_arena *arena)
{
    ml_arena_block *kept = NULL;

    for (ml_arena_block *block = arena->blocks, *older; block; block = older) {
        older = block->older;
        ml_arena_block *let_go = kept && kept->size >= block->size ? block : kept;
        if (let_go != block)
            kept = block;
        free(let_go);
    }
    if (!kept)
        return;
    if (kept->size > KEPT_BYTES_MAX) {
        free(kept);
        memset(arena, 0, sizeof *arena);
        return;
    }
    kept->older = NULL;
    arena->blocks = kept;
    arena->next = kept->data;
    arena->end = kept->data + kept->size;
    arena->bytes = 0;
}

static void add_block(ml_arena *arena, size_t at_least)
{
    size_t size = arena->blocks ? 2 * arena->blocks->size : FIRST_BLOCK_BYTES, total;

    if (size > BLOCK_BYTES)
        size = BLOCK_BYTES;
    if (size < at_least)
        size = at_least;
    if (!ml_size_add(&total, size, sizeof(ml_arena_block)))
        ml_die_no_memory();
    ml_arena_block *block = ml_xmalloc(total);
    block->size = size;
    block->older = arena->blocks;
    arena->blocks = block;
    arena->next = block->data;
    arena->end = block->data + size;
}

void *ml_arena_alloc_slowly(ml_arena *arena, size_t count, size_t size)
{
    size_t bytes;

    if (!ml_size_mul(&bytes, count, size) || bytes > SIZE_MAX / 2)
        ml_die_no_memory();
    add_block(arena, bytes);
    char *memory = arena->next;
    arena->next += bytes;
    arena->bytes += bytes;
    return memset(memory, 0, bytes);
}

char *ml_arena_bytes(ml_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        ml_die_no_memory();
    if (!arena->next || (size_t)(arena->end - arena->next) < size)
        add_block(arena, size);
    char *memory = arena->next;
    arena->next += size;
    arena->bytes += size;
    return memory;
}
