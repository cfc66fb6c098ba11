/* pool.c - the workers: a queue, and threads that each own a store.
 *
 * A store that failed is closed and opened again before the next request; what
 * only reads is asked a second time at once, since a server that was restarted
 * leaves each worker one dead connection to stumble over. */
#include "serve/server.h"

#include <stdlib.h>
#include <string.h>

struct pool {
    const bill_serve_options *options;
    pthread_mutex_t lock;
    pthread_cond_t work;
    exchange *first, **end;
    bool stopped;
    size_t count;
    pthread_t threads[BILL_SERVE_WORKERS_MAX];
};

typedef struct worker {
    const bill_serve_options *options;
    bill_store *store;
    bill_ledger *ledger;
} worker;

static void disconnect(worker *w)
{
    bill_ledger_close(w->ledger);
    bill_store_close(w->store);
    w->ledger = NULL;
    w->store = NULL;
}

/* Waiting for a lock inside of the engine must not outlast a client's patience,
 * and several connections share what memory one would take. */
static bill_status set_limits(bill_store *store, bill_error *error)
{
    switch (store->engine->dialect) {
    case BILL_SQLITE:
        return store->engine->script(store, "PRAGMA busy_timeout = 1000; PRAGMA cache_size = -4096;", error);
    case BILL_MARIADB: return store->engine->script(store, "SET SESSION innodb_lock_wait_timeout = 1;\n", error);
    case BILL_POSTGRES: return store->engine->script(store, "SET lock_timeout = '1s';\n", error);
    default: return BILL_OK;
    }
}

static bill_status connect_worker(worker *w, bill_error *error)
{
    bill_ledger_options options = {
        .actor = "serve", .clock = w->options->clock, .clock_context = w->options->clock_context};
    if (w->ledger)
        return BILL_OK;
    bill_status status = bill_store_open(&w->store, w->options->store, error);
    if (status == BILL_OK)
        status = set_limits(w->store, error);
    if (status == BILL_OK)
        status = bill_ledger_open(&w->ledger, w->store, &options, error);
    if (status == BILL_OK)
        bill_ledger_patience(w->ledger, w->options->timeout_ms);
    else
        disconnect(w);
    return status;
}

static bool is_lost(bill_status status)
{
    return status == BILL_EIO || status == BILL_EBUSY;
}

static bill_status attempt(worker *w, exchange *x)
{
    bill_error error = {0};
    bill_status status = connect_worker(w, &error);
    if (status != BILL_OK)
        return bill_refuse_status(x, status == BILL_ENOMEM ? status : BILL_EIO, "", &error);
    (void)bill_ledger_act_as(w->ledger, x->caller.kind ? x->caller.subject : "serve");
    return x->export.waiting ? bill_export_piece(x, w->ledger) : x->route->handle(x, w->ledger);
}

static void forget_reply(exchange *x)
{
    free(x->reply);
    x->reply = NULL;
    x->reply_length = 0;
    x->status = 0;
    x->retry_after = 0;
    x->export.failed = false;
}

static void serve_one(worker *w, exchange *x)
{
    bool again = x->export.waiting;
    bill_status status = attempt(w, x);
    if (!is_lost(status))
        return;
    disconnect(w);
    if (again || strcmp(x->route->method, "GET") != 0)
        return;
    forget_reply(x);
    if (is_lost(attempt(w, x)))
        disconnect(w);
}

static exchange *take(pool *p)
{
    (void)pthread_mutex_lock(&p->lock);
    while (!p->first && !p->stopped)
        (void)pthread_cond_wait(&p->work, &p->lock);
    exchange *x = p->first;
    if (x && !(p->first = x->next))
        p->end = &p->first;
    (void)pthread_mutex_unlock(&p->lock);
    return x;
}

static bool is_stopped(pool *p)
{
    (void)pthread_mutex_lock(&p->lock);
    bool stopped = p->stopped;
    (void)pthread_mutex_unlock(&p->lock);
    return stopped;
}

static void *work(void *context)
{
    pool *p = context;
    worker w = {.options = p->options};
    exchange *x;
    while ((x = take(p))) {
        struct MHD_Connection *connection = x->connection;
        if (!is_stopped(p))
            serve_one(&w, x);
        else if (x->export.waiting)
            x->export.failed = true;
        else
            (void)bill_refuse_status(x, BILL_EBUSY, "", NULL);
        x->export.waiting = false;
        x->phase = PHASE_DONE;
        MHD_resume_connection(connection);
    }
    disconnect(&w);
    return NULL;
}

bill_status bill_pool_start(pool **out, const bill_serve_options *options, bill_error *error)
{
    worker probe = {.options = options};
    bill_status status = connect_worker(&probe, error); /* what cannot work is said before anybody connects */
    disconnect(&probe);
    if (status != BILL_OK)
        return status;
    pool *p = calloc(1, sizeof *p);
    if (!p)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    p->options = options;
    p->end = &p->first;
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->work, NULL);
    while (p->count < options->workers && p->count < BILL_SERVE_WORKERS_MAX) {
        if (pthread_create(&p->threads[p->count], NULL, work, p) != 0) {
            bill_pool_stop(p);
            bill_pool_free(p);
            return bill_error_set(error, BILL_ENOMEM, "cannot start a thread");
        }
        p->count++;
    }
    *out = p;
    return BILL_OK;
}

bool bill_pool_submit(pool *p, exchange *x)
{
    (void)pthread_mutex_lock(&p->lock);
    bool taken = !p->stopped;
    if (taken) {
        x->next = NULL;
        *p->end = x;
        p->end = &x->next;
        (void)pthread_cond_signal(&p->work);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return taken;
}

void bill_pool_stop(pool *p)
{
    (void)pthread_mutex_lock(&p->lock);
    p->stopped = true;
    (void)pthread_cond_broadcast(&p->work);
    (void)pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->count; i++)
        (void)pthread_join(p->threads[i], NULL);
    p->count = 0;
}

void bill_pool_free(pool *p)
{
    if (!p)
        return;
    (void)pthread_cond_destroy(&p->work);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}
