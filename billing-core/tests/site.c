/* site.c - the server, its store and callers for the tests of billing serve. */
#include "site.h"

#include <time.h>

/* Tokens are judged by the server's clock, which these tests set. */
static void token_in_january(http_token out, const char *subject, const char *role)
{
    char claims[128];
    (void)snprintf(claims, sizeof claims, "{\"sub\":\"%s\",\"role\":\"%s\",\"exp\":1737430000}", subject, role);
    http_sign(out, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, HTTP_SECRET);
}

site *site_open_within(const char *seconds)
{
    const char *const january[] = {"--now", "2025-01-21T02:00:00Z", "--timeout", seconds, NULL};
    site *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->bench = bench_new();
    bench_prices(s->bench);
    token_in_january(s->admin, "boss", "admin");
    token_in_january(s->service, "bridge", "service");
    token_in_january(s->user, "123", "user");
    token_in_january(s->other, "124", "user");
    token_in_january(s->nobody, "somebody", "user");
    s->server = http_start(s->bench->address, january);
    return s;
}

site *site_open(void)
{
    return site_open_within("20");
}

void site_close(site *s)
{
    int code = http_stop(&s->server);
    reconciled(s->bench);
    bench_free(s->bench);
    free(s);
    assert_int_equal(code, 0);
}

void expect(const site *s, const char *method, const char *path, const char *token, const char *body, int status,
            const char *holds)
{
    http_reply r;
    http_request(&r, &s->server, method, path, token, body);
    if (r.status != status || (holds && (!r.body || !strstr(r.body, holds))))
        fail_msg("%s %s %s: %d\n%.2000s\nwanted %d, %s", method, path, body ? body : "", r.status, r.body ? r.body : "",
                 status, holds ? holds : "anything");
    http_free(&r);
}

void record_many(bench *b, int count, bill_usage usage, const char *model, const char *prefix)
{
    (void)snprintf(usage.model, sizeof usage.model, "%s", model);
    MUST(b, bill_ledger_group_begin(b->ledger, &b->error));
    for (int i = 0; i < count; i++) {
        (void)snprintf(usage.request_id, sizeof usage.request_id, "%s-%d", prefix, i);
        (void)record(b, &usage);
    }
    MUST(b, bill_ledger_group_end(b->ledger, &b->error));
}

void nap(long milliseconds)
{
    struct timespec wait = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    (void)nanosleep(&wait, NULL);
}
