/* http.c - sockets, tokens and the program for the tests of billing serve. */
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- tokens ---- */

static void append(http_token out, const char *text)
{
    size_t used = strlen(out);
    (void)snprintf(out + used, sizeof(http_token) - used, "%s", text);
}

static void encode(http_token out, const unsigned char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t used = strlen(out);
    unsigned held = 0, bits = 0;
    for (size_t i = 0; i < length; i++) {
        bits = bits << 8 | bytes[i];
        for (held += 8; held >= 6; held -= 6)
            out[used++] = digits[bits >> (held - 6) & 63];
        bits &= 63;
    }
    if (held)
        out[used++] = digits[bits << (6 - held) & 63];
    out[used] = '\0';
}

void http_sign(http_token out, const char *header, const char *claims, const char *secret)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    out[0] = '\0';
    encode(out, (const unsigned char *)header, strlen(header));
    append(out, ".");
    encode(out, (const unsigned char *)claims, strlen(claims));
    assert_non_null(
        HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)out, strlen(out), hash, &length));
    append(out, ".");
    encode(out, hash, length);
}

void http_token_for(http_token out, const char *subject, const char *role)
{
    char claims[256];
    (void)snprintf(claims, sizeof claims, "{\"sub\":\"%s\",\"exp\":%lld%s%s%s}", subject, (long long)time(NULL) + 3600,
                   role ? ",\"role\":\"" : "", role ? role : "", role ? "\"" : "");
    http_sign(out, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, HTTP_SECRET);
}

/* ---- the program ---- */

static void run(const char *store, const char *const *options, int out)
{
    const char *words[32] = {BILLING_PROGRAM, "serve", "--port", "0", "--db", store};
    size_t count = 6;
    for (; options && *options && count < 31; options++)
        words[count++] = *options;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
    (void)setenv("BILLING_JWT_SECRET", HTTP_SECRET, 1);
    (void)dup2(out, STDOUT_FILENO);
    execv(BILLING_PROGRAM, (char *const *)(uintptr_t)words);
    _exit(127);
}

http_server http_start(const char *store, const char *const *options)
{
    http_server server = {0};
    int ends[2];
    char line[128];
    assert_int_equal(pipe(ends), 0);
    server.process = fork();
    assert_true(server.process >= 0);
    if (server.process == 0) {
        (void)close(ends[0]);
        run(store, options, ends[1]);
    }
    (void)close(ends[1]);
    FILE *said = fdopen(ends[0], "r");
    assert_non_null(said);
    if (!fgets(line, sizeof line, said) || sscanf(line, "listening on http://127.0.0.1:%d", &server.port) != 1)
        fail_msg("billing serve does not start");
    (void)fclose(said);
    return server;
}

int http_wait(const http_server *server)
{
    int status;
    assert_int_equal(waitpid(server->process, &status, 0), server->process);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int http_stop(const http_server *server)
{
    assert_int_equal(kill(server->process, SIGTERM), 0);
    return http_wait(server);
}

/* ---- the client ---- */

int http_connect(const http_server *server)
{
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)server->port)};
    struct timeval patience = {30, 0}; /* a server that never answers fails, and does not hang */
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(s >= 0);
    (void)setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(s, (struct sockaddr *)&where, sizeof where) == 0)
        return s;
    (void)close(s);
    return -1;
}

void http_send(int socket, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        length -= (size_t)sent;
    }
}

/* Joins chunks in place; false if the last one, of size 0, is missing. */
static bool join_chunks(http_reply *r)
{
    char *from = r->body, *to = r->body, *end = r->body + r->length;
    for (;;) {
        char *data;
        unsigned long size = strtoul(from, &data, 16);
        if (data == from || strncmp(data, "\r\n", 2) != 0)
            break;
        data += 2;
        if (size == 0 || (size_t)(end - data) < size)
            break;
        memmove(to, data, size);
        to += size;
        from = data + size;
        if (strncmp(from, "\r\n", 2) != 0)
            break;
        from += 2;
    }
    bool whole = strncmp(from, "0\r\n", 3) == 0;
    *to = '\0';
    r->length = (size_t)(to - r->body);
    return whole;
}

void http_receive(http_reply *out, int socket)
{
    size_t room = 65536, used = 0;
    char *bytes = malloc(room);
    ssize_t got;
    memset(out, 0, sizeof *out);
    assert_non_null(bytes);
    while ((got = recv(socket, bytes + used, room - used - 1, 0)) > 0) {
        used += (size_t)got;
        if (used == room - 1)
            assert_non_null(bytes = realloc(bytes, room *= 2));
    }
    if (got < 0 && errno != ECONNRESET)
        fail_msg("no answer: %s", strerror(errno));
    (void)close(socket);
    bytes[used] = '\0';
    out->headers = bytes;
    char *end = strstr(bytes, "\r\n\r\n");
    while (end && strncmp(bytes, "HTTP/1.1 100", 12) == 0) { /* an interim one */
        memmove(bytes, end + 4, used - (size_t)(end + 4 - bytes) + 1);
        used -= (size_t)(end + 4 - bytes);
        end = strstr(bytes, "\r\n\r\n");
    }
    if (!end || sscanf(bytes, "HTTP/1.1 %d", &out->status) != 1)
        return;
    end[2] = '\0';
    out->body = end + 4;
    out->length = used - (size_t)(out->body - bytes);
    if (strcasestr(bytes, "Transfer-Encoding: chunked"))
        out->cut = !join_chunks(out);
}

void http_free(http_reply *reply)
{
    free(reply->headers);
    memset(reply, 0, sizeof *reply);
}

void http_request(http_reply *out, const http_server *server, const char *method, const char *path, const char *token,
                  const char *body)
{
    int socket = http_connect(server);
    size_t room = strlen(path) + (token ? strlen(token) : 0) + (body ? strlen(body) : 0) + 512;
    char *text = malloc(room);
    assert_true(socket >= 0);
    assert_non_null(text);
    int length = snprintf(text, room, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s%s", method, path,
                          token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "");
    if (body)
        length += snprintf(text + length, room - (size_t)length,
                           "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    else
        length += snprintf(text + length, room - (size_t)length, "\r\n");
    http_send(socket, text, (size_t)length);
    free(text);
    http_receive(out, socket);
}
