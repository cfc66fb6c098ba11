#include "ml/pool.h"

#include "ml/arena.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { STACK_BYTES = 8 * 1024 * 1024 };

struct job {
    atomic_size_t next;
    size_t items;
    ml_pool_work work;
    void *data;
};

struct worker {
    struct job *job;
    unsigned index;
    pthread_t thread;
};

unsigned ml_pool_cpus(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    return cpus < 1 ? 1 : cpus > 256 ? 256 : (unsigned)cpus;
}

static void take_items(struct job *job, unsigned index)
{
    for (;;) {
        size_t item = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed);
        if (item >= job->items)
            return;
        job->work(job->data, item, index);
    }
}

static void *thread_main(void *data)
{
    struct worker *self = data;
    take_items(self->job, self->index);
    return NULL;
}

void ml_pool_run(unsigned workers, size_t items, ml_pool_work work, void *data)
{
    struct job job = {.items = items, .work = work, .data = data};

    if (workers > items)
        workers = (unsigned)items;
    if (workers <= 1) {
        take_items(&job, 0);
        return;
    }
    struct worker *others = ml_xmalloc((workers - 1) * sizeof *others);
    unsigned started = 0;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    for (; started < workers - 1; started++) {
        others[started].job = &job;
        others[started].index = started + 1;
        /* Fewer threads than asked for is slower, not wrong. */
        if (pthread_create(&others[started].thread, &attributes, thread_main, &others[started]) != 0)
            break;
    }
    pthread_attr_destroy(&attributes);
    take_items(&job, 0);
    for (unsigned i = 0; i < started; i++)
        pthread_join(others[i].thread, NULL);
    free(others);
}
