/* server.h - what the files of the server share: a request on its way, the
 * queue of the workers, and the table of routes. Not public. */
#ifndef BILL_SERVE_SERVER_H
#define BILL_SERVE_SERVER_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>

#include "serve/serve.h"

#include "billing/json.h"
#include "billing/query.h"

#define BODY_BYTES_MAX    65536   /* what a request may carry */
#define DISCARD_BYTES_MAX 1048576 /* what is read and thrown away so that a refusal arrives */
#define QUERY_MAX         8
#define EXPORT_RECORDS    500 /* in one piece of an export */
#define GROUP_MAX         100 /* usages in one transaction */

typedef struct exchange exchange;
typedef struct server server;

/* ---- routes ---- */

/* Does what was asked and fills the reply; the status is the store's, for the
 * worker to judge its connection by. */
typedef bill_status handler(exchange *x, bill_ledger *ledger);

enum { CALLER_OWN = 8, CALLER_ANYONE = 16 }; /* besides the kinds of token.h: a user for their own data; no token */

typedef struct route {
    const char *method; /* GET routes answer HEAD too */
    const char *path;   /* ":name" stands for a number, at most one */
    unsigned callers;   /* who may; 0 is nobody */
    handler *handle;
    const char *const *query; /* names of the parameters it takes, NULL-terminated */
} route;

extern const route bill_routes[];
extern const size_t bill_route_count;

/* Finds the route and reads its number; on failure the exchange holds the refusal. */
bool bill_route_find(exchange *x, const char *method, const char *path);

/* ---- one request ---- */

typedef enum phase { PHASE_NEW, PHASE_READING, PHASE_WORKING, PHASE_DONE } phase;

typedef struct query_value {
    const char *name, *value;
} query_value;

/* The rows of an export, handed over piece by piece. */
typedef struct export
{
    bill_filter filter;
    bill_export_options options;
    int64_t after;
    bool active, waiting, failed;
    char *piece;
    size_t length, given;
    char filename[64];
}
export;

typedef struct peer peer;

struct exchange {
    server *server;
    struct MHD_Connection *connection;
    peer *peer;
    phase phase;

    const route *route;
    bill_caller caller;
    int64_t id; /* the number of the path */
    query_value query[QUERY_MAX];
    size_t query_count;
    char *body;
    size_t body_length, discarded;
    bill_json *json;

    unsigned status; /* 0: no reply yet */
    FILE *out;       /* the reply's body while it is written */
    char *reply;
    size_t reply_length;
    char allow[32];
    unsigned retry_after;
    export export;

    exchange *next; /* in the queue */
};

/* Sets the refusal of a request: a code of its own for programs, a sentence
 * for people, and the field it is about (or ""). The first one stands. */
bill_status bill_refuse(exchange *x, unsigned http_status, const char *code, const char *place, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The refusal for a status of the library; gives the status back. */
bill_status bill_refuse_status(exchange *x, bill_status status, const char *place, const bill_error *error);

/* Opens the body of a reply, and ends it. Whoever began ends. */
FILE *bill_reply_begin(exchange *x);
bill_status bill_reply_end(exchange *x, unsigned http_status);

/* Parts of a JSON body. No real number is formed: amounts are their digits. */
void bill_put_json(FILE *out, const char *text);
void bill_put_amount(FILE *out, const char *name, bill_amount amount);  /* "name":1.5,"nameExact":"1.5" */
bill_status bill_to_reply(void *file, const char *text, size_t length); /* a sink */

/* ---- parameters and members ---- */

const char *bill_query_value(const exchange *x, const char *name); /* NULL if not given */

/* The functions below refuse what does not fit, with its name, and return false. */
bool bill_query_number(int64_t *out, exchange *x, const char *name, int64_t least, int64_t most);
bool bill_query_flag(bool *out, exchange *x, const char *name);
bool bill_query_day(bill_time *start, bill_time *end, exchange *x, const char *name, const bill_zone *zone);

/* The body as a JSON object that has no members but these. */
const bill_json_node *bill_body(exchange *x, const char *const *members);
bool bill_member_text(const char **out, exchange *x, const bill_json_node *object, const char *name);
bool bill_member_word(int *out, exchange *x, const bill_json_node *object, const char *name, const char *const *words);
bool bill_member_time(bill_time *out, exchange *x, const bill_json_node *object, const char *name);
bool bill_member_amount(bill_amount *out, bool *given, exchange *x, const bill_json_node *object, const char *name);
bool bill_member_number(int64_t *out, exchange *x, const bill_json_node *object, const char *name);
bool bill_member_flag(bool *out, exchange *x, const bill_json_node *object, const char *name);

/* ---- handlers ---- */

handler bill_handle_bill, bill_handle_export, bill_handle_statistics, bill_handle_prices, bill_handle_health;
handler bill_handle_usage, bill_handle_status, bill_handle_batch, bill_handle_refund, bill_handle_price_add;

/* Records what several requests post, in one transaction if that can be, and
 * fills their replies: each as if it had come alone. The status is the store's. */
bill_status bill_record_group(exchange **group, size_t count, bill_ledger *ledger);

/* The next piece of an export; a failure sets failed. */
bill_status bill_export_piece(exchange *x, bill_ledger *ledger);

/* ---- workers ---- */

typedef struct pool pool;

/* Starts the threads, each with a store and ledger of its own: those that
 * read, and one that writes, since a ledger has one writer at a time anyway. */
bill_status bill_pool_start(pool **out, const bill_serve_options *options, bill_error *error);

/* Hands over an exchange whose connection is suspended; it is resumed when
 * done. False once the pool was stopped, and then nothing happens. */
bool bill_pool_submit(pool *p, exchange *x);

/* Ends the threads after what they are doing; what waits is refused. */
void bill_pool_stop(pool *p);
void bill_pool_free(pool *p);

/* ---- connections ---- */

struct server {
    const bill_serve_options *options;
    struct MHD_Daemon *daemon;
    pool *pool;
    pthread_mutex_t lock; /* of what follows */
    peer *peers;
    size_t under_way; /* requests begun and not ended */
    bool draining;
};

/* Starts to listen. */
bill_status bill_http_start(server *s, bill_error *error);

/* Cuts connections whose time is over. */
void bill_http_watch(server *s);

int64_t bill_clock_ms(void); /* of a clock that only goes forward */

#endif
