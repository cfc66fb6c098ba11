/* http.c - requests off the wire and replies onto it, in one thread.
 *
 * A request is judged as soon as its headers are there; its body is kept up to
 * a limit; then the connection is suspended until a worker is done. What a
 * client takes its time for is watched per connection: a deadline for the
 * whole of the headers and of the body, not for each byte. */
#include "serve/server.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#define KEEP_MS          15000 /* from a reply to the end of the next request's headers */
#define PIECE_MS         60000 /* a reply, or a piece of one, on its way out */
#define CONNECTION_BYTES 32768 /* of a connection: its headers must fit, else 431 */

struct peer {
    peer *previous, *next;
    int socket;
    int64_t deadline; /* 0: none, it is our turn */
};

int64_t bill_clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- connections ---- */

static void expect(server *s, peer *p, int64_t milliseconds)
{
    (void)pthread_mutex_lock(&s->lock);
    p->deadline = milliseconds ? bill_clock_ms() + milliseconds : 0;
    (void)pthread_mutex_unlock(&s->lock);
}

static void peer_comes(server *s, struct MHD_Connection *connection, void **context)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    peer *p = calloc(1, sizeof *p);
    if (!p) { /* its requests are dropped, see receive() */
        *context = NULL;
        return;
    }
    p->socket = info->connect_fd;
    p->deadline = bill_clock_ms() + s->options->timeout_ms;
    (void)pthread_mutex_lock(&s->lock);
    p->next = s->peers;
    if (p->next)
        p->next->previous = p;
    s->peers = p;
    (void)pthread_mutex_unlock(&s->lock);
    *context = p;
}

static void peer_goes(server *s, peer *p)
{
    if (!p)
        return;
    (void)pthread_mutex_lock(&s->lock);
    if (p->previous)
        p->previous->next = p->next;
    else
        s->peers = p->next;
    if (p->next)
        p->next->previous = p->previous;
    (void)pthread_mutex_unlock(&s->lock);
    free(p);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        peer_comes(context, connection, socket_context);
    else
        peer_goes(context, *socket_context);
}

/* The socket is closed by its own thread, which sees the end of it; a number
 * is not used again before the peer left the list. */
void bill_http_watch(server *s)
{
    int64_t now = bill_clock_ms();
    (void)pthread_mutex_lock(&s->lock);
    for (peer *p = s->peers; p; p = p->next)
        if (p->deadline && now >= p->deadline) {
            (void)shutdown(p->socket, SHUT_RDWR);
            p->deadline = 0;
        }
    (void)pthread_mutex_unlock(&s->lock);
}

/* ---- replies ---- */

static const char challenge[] = "Bearer realm=\"billing\", error=\"invalid_token\"";

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    (void)MHD_add_response_header(response, name, value);
}

static bool is_draining(server *s)
{
    (void)pthread_mutex_lock(&s->lock);
    bool draining = s->draining;
    (void)pthread_mutex_unlock(&s->lock);
    return draining;
}

static void add_headers(struct MHD_Response *response, exchange *x)
{
    char number[16];
    add_header(response, "Cache-Control", "no-store");
    add_header(response, "X-Content-Type-Options", "nosniff");
    if (x->export.active) {
        char value[96];
        (void)snprintf(value, sizeof value, "attachment; filename=\"%s\"", x->export.filename);
        add_header(response, "Content-Type", "text/csv; charset=utf-8");
        add_header(response, "Content-Disposition", value);
    } else {
        add_header(response, "Content-Type", "application/json");
    }
    if (x->status == MHD_HTTP_UNAUTHORIZED)
        add_header(response, "WWW-Authenticate", challenge);
    if (x->status == MHD_HTTP_METHOD_NOT_ALLOWED)
        add_header(response, "Allow", x->allow);
    if (x->retry_after) {
        (void)snprintf(number, sizeof number, "%u", x->retry_after);
        add_header(response, "Retry-After", number);
    }
    if (is_draining(x->server))
        add_header(response, "Connection", "close");
}

/* Gives what is there of an export, or has the next piece made. */
static ssize_t give_export(void *context, uint64_t position, char *out, size_t room)
{
    exchange *x = context;
    export *e = &x->export;
    (void)position;
    if (e->failed)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (e->given < e->length) {
        size_t count = e->length - e->given < room ? e->length - e->given : room;
        memcpy(out, e->piece + e->given, count);
        e->given += count;
        expect(x->server, x->peer, PIECE_MS);
        return (ssize_t)count;
    }
    if (e->after == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    expect(x->server, x->peer, 0);
    e->waiting = true;
    MHD_suspend_connection(x->connection);
    if (!bill_pool_submit(x->server->pool, x)) {
        e->failed = true;
        MHD_resume_connection(x->connection);
    }
    return 0;
}

static enum MHD_Result answer(exchange *x)
{
    struct MHD_Response *response;
    if (x->export.active) {
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 32768, give_export, x, NULL);
    } else {
        response = MHD_create_response_from_buffer(x->reply_length, x->reply ? x->reply : (char[]){""},
                                                   x->reply ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_MUST_COPY);
        if (response)
            x->reply = NULL;
    }
    if (!response)
        return MHD_NO;
    add_headers(response, x);
    expect(x->server, x->peer, PIECE_MS);
    enum MHD_Result result = MHD_queue_response(x->connection, x->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- requests ---- */

typedef struct header_count {
    const char *name, *value;
    unsigned count;
} header_count;

static enum MHD_Result count_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    header_count *in = context;
    (void)kind;
    if (strcasecmp(name, in->name) == 0) {
        in->count++;
        in->value = value;
    }
    return MHD_YES;
}

static header_count header(exchange *x, const char *name)
{
    header_count out = {.name = name};
    (void)MHD_get_connection_values(x->connection, MHD_HEADER_KIND, count_header, &out);
    return out;
}

static enum MHD_Result take_query(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    exchange *x = context;
    const char *const *known = x->route->query;
    (void)kind;
    while (*known && strcmp(*known, name) != 0)
        known++;
    if (!*known)
        (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", name, "no such parameter");
    else if (bill_query_value(x, name))
        (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", name, "given twice");
    else if (!value || x->query_count == QUERY_MAX)
        (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", name, "a value is wanted");
    else
        x->query[x->query_count++] = (query_value){*known, value};
    return x->status ? MHD_NO : MHD_YES;
}

static void authenticate(exchange *x)
{
    const bill_serve_options *o = x->server->options;
    header_count given = header(x, "Authorization");
    const char *why = "a bearer token is wanted";
    bill_time now = o->clock ? o->clock(o->clock_context) : bill_time_now();
    if (given.count == 1 && given.value && strncasecmp(given.value, "Bearer ", 7) == 0 &&
        bill_token_check(&x->caller, &why, o->key, given.value + 7, strlen(given.value + 7), now))
        return;
    (void)bill_refuse(x, MHD_HTTP_UNAUTHORIZED, "unauthorized", "Authorization", "%s", why);
}

static void authorize(exchange *x)
{
    unsigned allowed = x->route->callers;
    bool own = (allowed & CALLER_OWN) && x->caller.kind == BILL_CALLER_USER && x->caller.user_id == x->id;
    if (!own && !(allowed & x->caller.kind))
        (void)bill_refuse(x, MHD_HTTP_FORBIDDEN, "forbidden", "", "this token may not do that");
}

/* What frames a message must be said once and in one way: two parties that
 * read it differently would see different requests. */
static void judge_framing(exchange *x)
{
    header_count length = header(x, "Content-Length"), coding = header(x, "Transfer-Encoding");
    if (length.count + coding.count > 1)
        (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", "Content-Length", "the length is said twice");
}

static void judge_type(exchange *x)
{
    header_count type = header(x, "Content-Type");
    size_t length = type.count == 1 && type.value ? strcspn(type.value, "; \t") : 0;
    if (length != strlen("application/json") || strncasecmp(type.value, "application/json", length) != 0)
        (void)bill_refuse(x, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Content-Type",
                          "application/json is wanted");
}

static void refuse_size(exchange *x)
{
    (void)bill_refuse(x, MHD_HTTP_CONTENT_TOO_LARGE, "too_large", "", "a body has at most %d bytes", BODY_BYTES_MAX);
}

/* The length said, or 0; absurd ones become the largest. */
static int64_t content_length(exchange *x)
{
    const char *text = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Content-Length");
    int64_t length = 0;
    if (text && strcmp(text, "0") != 0 && !bill_id_parse(&length, text, strlen(text)))
        return INT64_MAX;
    return length;
}

/* Everything that can be said before the body; the first reason stands. */
static void judge(exchange *x, const char *method, const char *path)
{
    judge_framing(x);
    if (x->status || !bill_route_find(x, method, path))
        return;
    if (!(x->route->callers & CALLER_ANYONE)) {
        authenticate(x);
        if (!x->status)
            authorize(x);
    }
    if (!x->status && strcmp(x->route->method, "POST") == 0)
        judge_type(x);
    if (!x->status && content_length(x) > BODY_BYTES_MAX)
        refuse_size(x);
    if (!x->status)
        (void)MHD_get_connection_values(x->connection, MHD_GET_ARGUMENT_KIND, take_query, x);
}

static exchange *begin(server *s, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    exchange *x = info && info->socket_context ? calloc(1, sizeof *x) : NULL;
    if (!x)
        return NULL;
    x->server = s;
    x->connection = connection;
    x->peer = info->socket_context;
    (void)pthread_mutex_lock(&s->lock);
    s->under_way++;
    (void)pthread_mutex_unlock(&s->lock);
    return x;
}

static void on_end(void *context, struct MHD_Connection *connection, void **request,
                   enum MHD_RequestTerminationCode code)
{
    server *s = context;
    exchange *x = *request;
    (void)connection;
    (void)code;
    *request = NULL;
    if (!x)
        return;
    (void)pthread_mutex_lock(&s->lock);
    s->under_way--;
    x->peer->deadline = bill_clock_ms() + KEEP_MS;
    (void)pthread_mutex_unlock(&s->lock);
    if (x->out)
        (void)fclose(x->out);
    bill_json_free(x->json);
    free(x->reply);
    free(x->body);
    free(x->export.piece);
    free(x);
}

static bool keep_body(exchange *x, const char *data, size_t length)
{
    if (!x->status && x->body_length + length > BODY_BYTES_MAX)
        refuse_size(x);
    if (x->status) {
        x->discarded += length;
        return x->discarded <= DISCARD_BYTES_MAX;
    }
    char *grown = realloc(x->body, x->body_length + length + 1);
    if (!grown)
        return false;
    x->body = grown;
    memcpy(x->body + x->body_length, data, length);
    x->body_length += length;
    x->body[x->body_length] = '\0';
    return true;
}

static enum MHD_Result hand_over(exchange *x)
{
    expect(x->server, x->peer, 0);
    x->phase = PHASE_WORKING;
    MHD_suspend_connection(x->connection);
    if (bill_pool_submit(x->server->pool, x))
        return MHD_YES;
    (void)bill_refuse_status(x, BILL_EBUSY, "", NULL);
    x->phase = PHASE_DONE;
    MHD_resume_connection(x->connection);
    return MHD_YES;
}

/* The headers are there. A refusal waits for a body of bearable size, since a
 * client that is still sending may never read it. */
static enum MHD_Result start(exchange *x, const char *method, const char *path)
{
    judge(x, method, path);
    x->phase = PHASE_READING;
    bool asks = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Expect") != NULL;
    if (x->status && (asks || content_length(x) > DISCARD_BYTES_MAX))
        return answer(x);
    expect(x->server, x->peer, x->server->options->timeout_ms);
    return MHD_YES;
}

static enum MHD_Result receive(void *context, struct MHD_Connection *connection, const char *path, const char *method,
                               const char *version, const char *data, size_t *length, void **request)
{
    exchange *x = *request;
    (void)version;
    if (!x) {
        x = *request = begin(context, connection);
        return x ? start(x, method, path) : MHD_NO;
    }
    if (*length > 0) {
        bool kept = keep_body(x, data, *length);
        *length = 0;
        return kept ? MHD_YES : MHD_NO;
    }
    if (x->status || x->phase == PHASE_DONE)
        return answer(x);
    return hand_over(x);
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Decodes %XX in place. What is no code, or would end the text, becomes a byte
 * that nothing here is spelled with. */
static size_t unescape(void *context, struct MHD_Connection *connection, char *text)
{
    char *out = text;
    (void)context;
    (void)connection;
    for (const char *in = text; *in; in++) {
        int high = *in == '%' ? hex(in[1]) : -1, low = high < 0 ? -1 : hex(in[2]), code = high * 16 + low;
        if (*in != '%') {
            *out++ = *in;
            continue;
        }
        *out++ = low < 0 || code == 0 ? '\x7f' : (char)code;
        in += low < 0 ? 0 : 2;
    }
    *out = '\0';
    return (size_t)(out - text);
}

static struct addrinfo *resolve(const bill_serve_options *o)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char port[16];
    (void)snprintf(port, sizeof port, "%u", o->port);
    return getaddrinfo(o->address, port, &hints, &found) == 0 ? found : NULL;
}

bill_status bill_http_start(server *s, bill_error *error)
{
    const bill_serve_options *o = s->options;
    struct addrinfo *where = resolve(o);
    if (!where)
        return bill_error_set(error, BILL_EINVAL, "no numeric address: %.100s", o->address);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME;
    if (where->ai_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    s->daemon = MHD_start_daemon(flags, (uint16_t)o->port, NULL, NULL, receive, s, MHD_OPTION_SOCK_ADDR, where->ai_addr,
                                 MHD_OPTION_CONNECTION_LIMIT, o->connections, MHD_OPTION_CONNECTION_TIMEOUT,
                                 (unsigned)(PIECE_MS / 1000), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                 (size_t)CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
                                 MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, on_end, s,
                                 MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_END);
    freeaddrinfo(where);
    if (!s->daemon)
        return bill_error_set(error, BILL_EIO, "cannot listen on %.100s port %u: %s", o->address, o->port,
                              strerror(errno));
    return BILL_OK;
}
