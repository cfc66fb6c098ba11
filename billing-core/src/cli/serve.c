/* serve.c - the command that answers HTTP requests: its options and its secret. */
#include "cli/cli.h"

#ifdef BILLING_SERVE

#include "serve/serve.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef struct serving {
    session clock; /* holds --now; no store */
    bill_token_key key;
    const invocation *in;
} serving;

/* Ranges stand in the help. */
static bool number_option(unsigned *out, const invocation *in, option_id id, int64_t least, int64_t most)
{
    int64_t value;
    if (!in->given[id])
        return true;
    if (!number_of(&value, in, in->values[id], in->values[id]))
        return false;
    if (value < least || value > most)
        return wrong(in, "the number is out of range", in->values[id]) == EXIT_DONE;
    *out = (unsigned)value;
    return true;
}

static bool take_secret(bill_token_key *out, const invocation *in, const char *text, size_t length)
{
    if (length < BILL_TOKEN_SECRET_MIN || length > BILL_TOKEN_SECRET_MAX)
        return wrong(in, "a secret has 32 to 512 bytes", "") == EXIT_DONE;
    memcpy(out->secret, text, length);
    out->length = length;
    return true;
}

/* A file ends with a newline more often than a secret does. */
static bool read_secret(bill_token_key *out, invocation *in)
{
    const char *name = in->values[OPT_SECRET_ENV] ? in->values[OPT_SECRET_ENV] : "BILLING_JWT_SECRET";
    const char *path = in->values[OPT_SECRET_FILE], *text = getenv(name);
    size_t length;
    if (path && in->given[OPT_SECRET_ENV])
        return wrong(in, "--secret-file or --secret-env, not both", "") == EXIT_DONE;
    if (!path && !text)
        return wrong(in, "no secret for the tokens: --secret-file, or the variable", name) == EXIT_DONE;
    if (!path)
        return take_secret(out, in, text, strlen(text));
    char *file = read_input(&length, in, path);
    if (!file)
        return false;
    while (length > 0 && (file[length - 1] == '\n' || file[length - 1] == '\r'))
        length--;
    bool taken = take_secret(out, in, file, length);
    explicit_bzero(file, length);
    free(file);
    return taken;
}

static void print_ready(void *context, unsigned port)
{
    const serving *s = context;
    const char *address = s->in->values[OPT_LISTEN] ? s->in->values[OPT_LISTEN] : "127.0.0.1";
    printf(strchr(address, ':') ? "listening on http://[%s]:%u\n" : "listening on http://%s:%u\n", address, port);
    (void)fflush(stdout);
}

static void print_notice(void *context, const char *text)
{
    const serving *s = context;
    fprintf(stderr, "%s: %s\n", s->in->program, text);
}

int run_serve(invocation *in)
{
    static serving s;
    s.in = in;
    s.clock.now = BILL_TIME_NONE;
    bill_serve_options options = {.store = store_address(in),
                                  .address = in->values[OPT_LISTEN] ? in->values[OPT_LISTEN] : "127.0.0.1",
                                  .port = 8080,
                                  .workers = 4,
                                  .connections = 256,
                                  .timeout_ms = 10,
                                  .key = &s.key,
                                  .clock = session_clock,
                                  .clock_context = &s.clock,
                                  .ready = print_ready,
                                  .notice = print_notice,
                                  .context = &s};
    if (in->word_count)
        return wrong(in, "serve takes no words", in->words[0]);
    if (in->values[OPT_NOW] && !time_of(&s.clock.now, in, in->values[OPT_NOW], "--now"))
        return EXIT_USAGE;
    if (!number_option(&options.port, in, OPT_PORT, 0, 65535) ||
        !number_option(&options.workers, in, OPT_WORKERS, 1, BILL_SERVE_WORKERS_MAX) ||
        !number_option(&options.connections, in, OPT_CONNECTIONS, 1, BILL_SERVE_CONNECTIONS_MAX) ||
        !number_option(&options.timeout_ms, in, OPT_TIMEOUT, 1, 600) || !read_secret(&s.key, in))
        return EXIT_USAGE;
    options.timeout_ms *= 1000;
    s.key.issuer = in->values[OPT_ISSUER];
    s.key.audience = in->values[OPT_AUDIENCE];
    (void)signal(SIGPIPE, SIG_IGN); /* a client that goes is no reason to */
    bill_status status = bill_serve(&options, &in->error);
    return status == BILL_OK ? EXIT_DONE : failed(in, status);
}

#else

int run_serve(invocation *in)
{
    return wrong(in, "this build has no server: libmicrohttpd or OpenSSL was missing", "");
}

#endif
