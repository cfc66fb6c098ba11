/* memory.c - the one allocator hook. */
#include "billing/memory.h"

#include <stdlib.h>
#include <string.h>

static bill_realloc_fn current;

void bill_memory_hook(bill_realloc_fn hook)
{
    current = hook;
}

static void *reallocate(void *block, size_t size)
{
    if (current)
        return current(block, size);
    if (size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, size);
}

void *bill_alloc(size_t size)
{
    void *block = reallocate(NULL, size ? size : 1);
    if (block)
        memset(block, 0, size);
    return block;
}

void *bill_resize(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes == 0)
        return NULL;
    return reallocate(block, bytes);
}

void bill_free(void *block)
{
    if (block)
        (void)reallocate(block, 0);
}
