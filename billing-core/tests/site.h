/* site.h - a store, a server on it and a token for each kind of caller: what
 * the tests of billing serve begin with. */
#ifndef BILLING_TESTS_SITE_H
#define BILLING_TESTS_SITE_H

#include "bench.h"
#include "http.h"

#define BASE "/api/ai/billing"

typedef struct site {
    bench *bench;
    http_server server;
    http_token admin, service, user, other, nobody; /* users 123 and 124, and one without a number */
} site;

/* At the specification's example month, with its four prices; the second with
 * a deadline in seconds, where the first has one that no busy machine meets. */
site *site_open(void);
site *site_open_within(const char *seconds);

/* Ends the server, which must succeed, and reconciles the store: it must make
 * sense whatever the test did. */
void site_close(site *s);

/* One request whose answer must have the status and hold the text. */
void expect(const site *s, const char *method, const char *path, const char *token, const char *body, int status,
            const char *holds);

/* Records the usage so many times, for a model by name. */
void record_many(bench *b, int count, bill_usage usage, const char *model, const char *prefix);

void nap(long milliseconds);

#endif
