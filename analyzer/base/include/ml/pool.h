/* pool.h - run the same work on many items, on several threads.
 *
 * Items are taken in order from one atomic counter. The callback gets the index of
 * its worker, so that every worker can keep arenas of its own. */
#ifndef ML_POOL_H
#define ML_POOL_H
#include <stddef.h>

typedef void (*ml_pool_work)(void *data, size_t item, unsigned worker);

/* Processors this process may use, at least 1. */
unsigned ml_pool_cpus(void);
/* Calls work(data, i, worker) once for each i < items; returns when all are done.
 * workers 0 or 1 runs on the calling thread. */
void ml_pool_run(unsigned workers, size_t items, ml_pool_work work, void *data);

#endif
