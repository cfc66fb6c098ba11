/* serve.c - from start to a clean end: listens, watches the clock, and on a
 * signal stops accepting, answers what was begun, and goes. */
#include "serve/server.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS  100
#define DRAIN_MS 30000

/* Waits a tick; true if a signal to end came. */
static bool told_to_end(const sigset_t *signals)
{
    struct timespec tick = {0, TICK_MS * 1000000L};
    return sigtimedwait(signals, NULL, &tick) > 0;
}

static size_t under_way(server *s)
{
    (void)pthread_mutex_lock(&s->lock);
    size_t count = s->under_way;
    (void)pthread_mutex_unlock(&s->lock);
    return count;
}

/* A second signal cuts it short. */
static void drain(server *s, const sigset_t *signals)
{
    int64_t end = bill_clock_ms() + DRAIN_MS;
    MHD_socket listening = MHD_quiesce_daemon(s->daemon);
    if (listening != MHD_INVALID_SOCKET)
        (void)close(listening);
    (void)pthread_mutex_lock(&s->lock);
    s->draining = true;
    (void)pthread_mutex_unlock(&s->lock);
    while (under_way(s) > 0 && bill_clock_ms() < end && !told_to_end(signals))
        bill_http_watch(s);
}

static void announce(const server *s)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    if (s->options->ready)
        s->options->ready(s->options->context, info ? info->port : s->options->port);
}

/* The workers end first: nothing is suspended when the daemon goes. */
static void stop(server *s)
{
    if (s->pool)
        bill_pool_stop(s->pool);
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    bill_pool_free(s->pool);
}

bill_status bill_serve(const bill_serve_options *options, bill_error *error)
{
    server s = {.options = options};
    sigset_t signals, before;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &signals, &before); /* the threads below inherit it */
    (void)pthread_mutex_init(&s.lock, NULL);
    bill_status status = bill_pool_start(&s.pool, options, error);
    if (status == BILL_OK)
        status = bill_http_start(&s, error);
    if (status == BILL_OK) {
        announce(&s);
        while (!told_to_end(&signals))
            bill_http_watch(&s);
        drain(&s, &signals);
    }
    stop(&s);
    (void)pthread_mutex_destroy(&s.lock);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}
