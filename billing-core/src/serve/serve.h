/* serve.h - the HTTP API over a store: one call that runs until it is told to end.
 *
 * One thread speaks HTTP; workers, each with a store of its own, do what a
 * request asks, several what reads and one what writes. A request never holds a worker while its client is slow. */
#ifndef BILL_SERVE_SERVE_H
#define BILL_SERVE_SERVE_H

#include "serve/token.h"

#include "billing/ledger.h"

typedef struct bill_serve_options {
    const char *store;   /* its address */
    const char *address; /* numeric, IPv4 or IPv6, to listen on */
    unsigned port;       /* 0: one that is free */
    unsigned workers;    /* that read; one more writes */
    unsigned connections;
    unsigned timeout_ms; /* for a client to send headers, and a body; and for a store that is busy */
    const bill_token_key *key;
    bill_time (*clock)(void *context); /* for bills and tokens alike */
    void *clock_context;
    void (*ready)(void *context, unsigned port);     /* told once requests are taken */
    void (*notice)(void *context, const char *text); /* what an operator should see; from any thread */
    void *context;
} bill_serve_options;

#define BILL_SERVE_WORKERS_MAX     64
#define BILL_SERVE_CONNECTIONS_MAX 10000

/* Serves until SIGTERM or SIGINT; then takes no more connections, answers what
 * was begun (30 seconds at most) and returns BILL_OK. Both signals must be
 * blocked in every other thread of the process. */
bill_status bill_serve(const bill_serve_options *options, bill_error *error);

#endif
