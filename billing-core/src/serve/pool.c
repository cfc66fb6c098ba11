/* pool.c - the workers: threads that each own a store, and two queues.
 *
 * Requests that read are shared by several threads. What writes goes through
 * one: usages that wait while it commits share the next commit, and writers of
 * this server never wait for each other's locks.
 *
 * A store that failed is closed and opened again before the next request; what
 * only reads is asked a second time at once, since a server that was restarted
 * leaves each worker one dead connection to stumble over. */
#include "serve/server.h"

#include <stdlib.h>
#include <string.h>

typedef struct lane {
    pthread_cond_t work;
    exchange *first, **end;
} lane;

struct pool {
    const bill_serve_options *options;
    pthread_mutex_t lock;
    lane reading, writing;
    bool stopped;
    size_t count;
    pthread_t threads[BILL_SERVE_WORKERS_MAX + 1];
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
    if (!is_lost(attempt(w, x)))
        return;
    disconnect(w);
    if (strcmp(x->route->method, "GET") != 0)
        return;
    forget_reply(x);
    if (is_lost(attempt(w, x)))
        disconnect(w);
}

/* Waits for work and takes it: one request or, of usages, what is there up to
 * the room. 0 once the pool is stopped and nothing is left. */
static size_t take(exchange **out, size_t room, pool *p, lane *l, bool *stopped)
{
    size_t count = 0;
    (void)pthread_mutex_lock(&p->lock);
    while (!l->first && !p->stopped)
        (void)pthread_cond_wait(&l->work, &p->lock);
    while (l->first && count < room) {
        exchange *x = l->first;
        bool joins = x->route->handle == bill_handle_usage;
        if (count > 0 && !joins)
            break;
        out[count++] = x;
        if (!(l->first = x->next))
            l->end = &l->first;
        if (!joins)
            break;
    }
    *stopped = p->stopped;
    (void)pthread_mutex_unlock(&p->lock);
    return count;
}

static void serve_group(worker *w, exchange **group, size_t count)
{
    bill_error error = {0};
    bill_status status = connect_worker(w, &error);
    if (status == BILL_OK)
        status = bill_record_group(group, count, w->ledger);
    else
        for (size_t i = 0; i < count; i++)
            (void)bill_refuse_status(group[i], BILL_EIO, "", &error);
    if (is_lost(status))
        disconnect(w);
}

static void refuse_late(exchange *x)
{
    if (x->export.waiting)
        x->export.failed = true;
    else
        (void)bill_refuse_status(x, BILL_EBUSY, "", NULL);
}

static void run(pool *p, lane *l)
{
    worker w = {.options = p->options};
    exchange *group[GROUP_MAX];
    bool stopped;
    for (size_t count; (count = take(group, GROUP_MAX, p, l, &stopped)) > 0;) {
        if (!stopped && count == 1)
            serve_one(&w, group[0]);
        else if (!stopped)
            serve_group(&w, group, count);
        for (size_t i = 0; i < count; i++) {
            exchange *x = group[i];
            if (stopped)
                refuse_late(x);
            x->export.waiting = false;
            x->phase = PHASE_DONE;
            MHD_resume_connection(x->connection);
        }
    }
    disconnect(&w);
}

static void *read_requests(void *context)
{
    pool *p = context;
    run(p, &p->reading);
    return NULL;
}

static void *write_requests(void *context)
{
    pool *p = context;
    run(p, &p->writing);
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
    p->reading.end = &p->reading.first;
    p->writing.end = &p->writing.first;
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->reading.work, NULL);
    (void)pthread_cond_init(&p->writing.work, NULL);
    while (p->count <= options->workers && p->count <= BILL_SERVE_WORKERS_MAX) {
        if (pthread_create(&p->threads[p->count], NULL, p->count ? read_requests : write_requests, p) != 0) {
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
    lane *l = strcmp(x->route->method, "POST") == 0 ? &p->writing : &p->reading;
    bool taken = !p->stopped;
    if (taken) {
        x->next = NULL;
        *l->end = x;
        l->end = &x->next;
        (void)pthread_cond_signal(&l->work);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return taken;
}

void bill_pool_stop(pool *p)
{
    (void)pthread_mutex_lock(&p->lock);
    p->stopped = true;
    (void)pthread_cond_broadcast(&p->reading.work);
    (void)pthread_cond_broadcast(&p->writing.work);
    (void)pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->count; i++)
        (void)pthread_join(p->threads[i], NULL);
    p->count = 0;
}

void bill_pool_free(pool *p)
{
    if (!p)
        return;
    (void)pthread_cond_destroy(&p->reading.work);
    (void)pthread_cond_destroy(&p->writing.work);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}
