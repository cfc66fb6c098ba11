/* The thread pool: every item once, every worker alone with its number. */
#include "ml/arena.h"
#include "ml/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ITEMS = 20000, WORKERS_MAX = 16 };

struct state {
    atomic_uchar done[ITEMS];
    atomic_int inside[WORKERS_MAX]; /* calls running under this number */
    atomic_int clashes;
    uint64_t sums[WORKERS_MAX]; /* not atomic: a worker's own */
    ml_arena arenas[WORKERS_MAX];
    unsigned workers;
};

static void work(void *data, size_t item, unsigned worker)
{
    struct state *state = data;

    if (worker >= state->workers || atomic_fetch_add(&state->inside[worker], 1) != 0)
        atomic_fetch_add(&state->clashes, 1);
    atomic_fetch_add(&state->done[item], 1);
    state->sums[worker] += item;
    *(size_t *)ml_arena_alloc(&state->arenas[worker], 1, sizeof(size_t)) = item;
    atomic_fetch_sub(&state->inside[worker], 1);
}

static void does_every_item_once(void **unused)
{
    static const unsigned workers[] = {0, 1, 2, 3, 8, WORKERS_MAX};

    (void)unused;
    for (size_t i = 0; i < sizeof workers / sizeof *workers; i++) {
        static struct state state;
        uint64_t sum = 0;
        state = (struct state){.workers = workers[i] ? workers[i] : 1};
        ml_pool_run(workers[i], ITEMS, work, &state);
        for (size_t item = 0; item < ITEMS; item++)
            assert_int_equal(state.done[item], 1);
        for (unsigned w = 0; w < WORKERS_MAX; w++) {
            sum += state.sums[w];
            ml_arena_finish(&state.arenas[w]);
        }
        assert_int_equal(state.clashes, 0);
        assert_true(sum == (uint64_t)ITEMS * (ITEMS - 1) / 2);
    }
}

static void count(void *data, size_t item, unsigned worker)
{
    (void)item, (void)worker;
    atomic_fetch_add((atomic_int *)data, 1);
}

static void takes_few_items_or_none(void **unused)
{
    atomic_int calls = 0;

    (void)unused;
    ml_pool_run(8, 0, count, &calls);
    assert_int_equal(calls, 0);
    ml_pool_run(8, 1, count, &calls);
    assert_int_equal(calls, 1);
    ml_pool_run(8, 3, count, &calls);
    assert_int_equal(calls, 4);
    assert_true(ml_pool_cpus() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_every_item_once),
        cmocka_unit_test(takes_few_items_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
