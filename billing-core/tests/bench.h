/* bench.h - fresh databases for tests, on every engine of this build.
 *
 * A server is started once per test program, from Debian's packages, in a
 * temporary folder and on a private socket only; each fresh database is a new
 * one in it. Servers do not wait for their disks here: power cuts are not what these
 * tests are about. Everything is removed at the end. */
#ifndef BILLING_TESTS_BENCH_H
#define BILLING_TESTS_BENCH_H

#include "check.h"

#include "billing/ledger.h"

typedef struct bench {
    char address[256];
    bill_store *store;
    bill_ledger *ledger;
    bill_time now; /* what the ledger's clock says */
    bill_error error;
} bench;

/* Chooses the engine for the rest of the program and starts its server.
 * False if this build or machine does not have it; a server that is there and
 * does not start ends the program with its log and exit code 1. */
bool bench_engine(const char *name);

/* Says that an engine is missing; returns the exit code that fits: 77, skipped,
 * or 1 where the variable BILLING_MUST_RUN names it. */
int bench_missing(const char *name);
void bench_end(void);
const char *bench_engine_name(void);

/* A new empty database's address. */
void bench_address(char out[256]);

/* A new database with the settings of the specification's samples: zone
 * Asia/Shanghai, USD; the clock stands at 2025-01-21 02:00 UTC. */
bench *bench_new(void);
bench *bench_new_in(const char *zone);

/* A further ledger on the same database. */
bench *bench_again(const bench *other);
void bench_free(bench *b);

/* Cuts every connection to the database but the bench's own, as a restart does; an embedded store
 * has none. Their number is returned. */
size_t bench_cut_connections(bench *b);

/* ---- shorthand that fails the test ---- */

bill_time instant(const char *text);
#define MUST(b, call)                                                                                                  \
    do {                                                                                                               \
        bill_status must_status = (call);                                                                              \
        if (must_status != BILL_OK)                                                                                    \
            fail_msg("%s: %s (%s)", #call, bill_status_text(must_status), (b)->error.text);                            \
    } while (0)
#define MUST_BE(b, wanted, call)                                                                                       \
    do {                                                                                                               \
        bill_status must_status = (call);                                                                              \
        if (must_status != (wanted))                                                                                   \
            fail_msg("%s: %s (%s)", #call, bill_status_text(must_status), (b)->error.text);                            \
    } while (0)

/* The specification's four prices, from 2025-01-01 UTC on. */
void bench_prices(bench *b);

/* Usages ready to record. */
bill_usage chat(const char *request, int64_t user, int64_t input, int64_t output);
bill_usage speech(const char *request, int64_t user, int64_t characters);
bill_usage image(const char *request, int64_t user, int64_t images);
bill_usage video(const char *request, int64_t user, const char *seconds);

bill_recorded record(bench *b, const bill_usage *usage);

/* Reconciles and fails with the first violation. */
void reconciled(bench *b);

int64_t count_rows(bench *b, const char *sql);

#endif
