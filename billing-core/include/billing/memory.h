/* memory.h - where libbilling gets its memory.
 *
 * Every allocation goes through one hook, so that an embedder can count them
 * and a test can let each of them fail once. Set the hook before anything
 * else, from one thread. */
#ifndef BILLING_MEMORY_H
#define BILLING_MEMORY_H

#include <stddef.h>

/* As realloc: NULL in, new block out; size 0 frees and returns NULL. */
typedef void *(*bill_realloc_fn)(void *block, size_t size);

/* NULL restores the C library's. */
void bill_memory_hook(bill_realloc_fn hook);

void *bill_alloc(size_t size);                             /* zeroed; NULL when there is none */
void *bill_resize(void *block, size_t count, size_t size); /* count * size, checked */
void bill_free(void *block);                               /* NULL is fine */

#endif
