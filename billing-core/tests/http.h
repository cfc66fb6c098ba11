/* http.h - a client over plain sockets, tokens, and the program under test:
 * what the tests of billing serve share. */
#ifndef BILLING_TESTS_HTTP_H
#define BILLING_TESTS_HTTP_H

#include "check.h"

#include <stdbool.h>
#include <sys/types.h>

#define HTTP_SECRET "0123456789abcdef0123456789abcdef" /* of every server and token here */

/* A token of a header and claims, both as JSON, signed with HS256. */
typedef char http_token[8192];
void http_sign(http_token out, const char *header, const char *claims, const char *secret);

/* An honest one: expires in an hour. The role may be NULL. */
void http_token_for(http_token out, const char *subject, const char *role);

/* ---- the program ---- */

typedef struct http_server {
    pid_t process;
    int port;
} http_server;

/* Starts `billing serve` on the store with further options, and waits until it listens. */
http_server http_start(const char *store, const char *const *options);

/* SIGTERM, and the exit code. */
int http_stop(const http_server *server);
int http_wait(const http_server *server);

/* ---- the client ---- */

typedef struct http_reply {
    int status; /* 0: the connection was closed without an answer */
    char *headers, *body;
    size_t length;
    bool cut; /* a chunked body without its end */
} http_reply;

int http_connect(const http_server *server);
void http_send(int socket, const char *bytes, size_t length); /* a peer that went away is no fault */
/* Reads up to the end of the connection, closes it. */
void http_receive(http_reply *out, int socket);
void http_free(http_reply *reply);

/* One request on a connection of its own. Token and body may be NULL. */
void http_request(http_reply *out, const http_server *server, const char *method, const char *path, const char *token,
                  const char *body);

#endif
