/* serve_refusal_test.c - what `billing serve` does not do: whom it refuses, what
 * it does not understand, and whom it does not wait for. */
#include "site.h"

#include "serve/server.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- whom it refuses ---- */

enum { NO_TOKEN, FORGED, NOBODY, OTHER, USER, SERVICE, ADMIN, CALLERS };

/* A row for each route: whoever adds a route has to say here who may use it. */
/* Aligned by hand: the formatter of Debian 12 fails on this table. */
/* clang-format off */
static const struct {
    const char *method, *path, *body;
    int statuses[CALLERS];
} matrix[] = {
    {"GET",  BASE "/user/123/bill",                                        NULL, {401, 401, 403, 403, 200, 403, 200}},
    {"GET",  BASE "/user/123/export",                                      NULL, {401, 401, 403, 403, 200, 403, 200}},
    {"GET",  BASE "/statistics?startDate=2025-01-01&endDate=2025-01-31",   NULL, {401, 401, 403, 403, 403, 403, 200}},
    {"POST", BASE "/usage",                                                "{}", {401, 401, 403, 403, 403, 400, 400}},
    {"POST", BASE "/records/status",                                       "{}", {401, 401, 403, 403, 403, 403, 400}},
    {"POST", BASE "/records/1/status",                                     "{}", {401, 401, 403, 403, 403, 403, 400}},
    {"POST", BASE "/records/1/refund",                                     "{}", {401, 401, 403, 403, 403, 403, 400}},
    {"GET",  BASE "/prices",                                               NULL, {401, 401, 403, 403, 403, 200, 200}},
    {"POST", BASE "/prices",                                               "{}", {401, 401, 403, 403, 403, 403, 400}},
    {"GET",  BASE "/health",                                               NULL, {200, 200, 200, 200, 200, 200, 200}},
};
/* clang-format on */

static void who_may_do_what(void **state)
{
    site *s = site_open();
    const char *tokens[CALLERS] = {NULL, NULL, s->nobody, s->other, s->user, s->service, s->admin};
    http_token forged;
    (void)state;
    http_sign(forged, "{\"alg\":\"HS256\"}", "{\"sub\":\"123\",\"role\":\"admin\",\"exp\":1737430000}",
              "another secret of some length...");
    tokens[FORGED] = forged;
    assert_int_equal(sizeof matrix / sizeof matrix[0], bill_route_count);
    for (size_t i = 0; i < bill_route_count; i++) {
        size_t fixed = strcspn(bill_routes[i].path, ":");
        assert_string_equal(matrix[i].method, bill_routes[i].method);
        assert_int_equal(strncmp(matrix[i].path, bill_routes[i].path, fixed), 0);
        for (int c = 0; c < CALLERS; c++)
            expect(s, matrix[i].method, matrix[i].path, tokens[c], matrix[i].body, matrix[i].statuses[c], NULL);
    }
    site_close(s);
}

static void how_a_refusal_looks(void **state)
{
    site *s = site_open();
    http_reply r;
    (void)state;
    http_request(&r, &s->server, "GET", BASE "/user/123/bill", NULL, NULL);
    assert_string_equal(r.body,
                        "{\"success\":false,\"error\":{\"code\":\"unauthorized\",\"message\":\"a bearer token is "
                        "wanted\",\"place\":\"Authorization\"}}\n");
    assert_non_null(strstr(r.headers, "WWW-Authenticate: Bearer"));
    assert_non_null(strstr(r.headers, "Cache-Control: no-store"));
    http_free(&r);
    http_request(&r, &s->server, "DELETE", BASE "/prices", s->admin, NULL);
    assert_int_equal(r.status, 405);
    assert_non_null(strstr(r.headers, "Allow: GET, HEAD, POST\r\n"));
    http_free(&r);
    expect(s, "GET", "/", s->admin, NULL, 404, "\"code\":\"not_found\"");
    expect(s, "GET", BASE, s->admin, NULL, 404, NULL);
    expect(s, "GET", BASE "/health/", s->admin, NULL, 404, NULL);
    expect(s, "GET", BASE "/user//bill", s->admin, NULL, 404, NULL);
    expect(s, "GET", BASE "/user/123/bill/more", s->admin, NULL, 404, NULL);
    site_close(s);
}

/* ---- what is malformed ---- */

/* Aligned by hand: the formatter of Debian 12 fails on this table. */
/* clang-format off */
static const struct {
    const char *name, *path;
    int status;
    const char *place;
} addresses[] = {
    {"month 13",                 "/user/1/bill?cycle=2025-13",                                 400, "cycle"    },
    {"month 0",                  "/user/1/bill?cycle=2025-00",                                 400, "cycle"    },
    {"one digit",                "/user/1/bill?cycle=2025-1",                                  400, "cycle"    },
    {"empty",                    "/user/1/bill?cycle=",                                        400, "cycle"    },
    {"no value",                 "/user/1/bill?cycle",                                         400, "cycle"    },
    {"full-width digits",        "/user/1/bill?cycle=%EF%BC%92%EF%BC%90%EF%BC%92%EF%BC%95-01", 400, "cycle"    },
    {"NUL behind it",            "/user/1/bill?cycle=2025-01%00",                              400, "cycle"    },
    {"blank behind it",          "/user/1/bill?cycle=2025-01+",                                400, "cycle"    },
    {"half an escape",           "/user/1/bill?cycle=2025-0%3",                                400, "cycle"    },
    {"given twice",              "/user/1/bill?cycle=2025-01&cycle=2025-02",                   400, "cycle"    },
    {"array",                    "/user/1/bill?cycle[]=2025-01",                               400, "cycle[]"  },
    {"misspelt",                 "/user/1/bill?cylce=2025-01",                                 400, "cylce"    },
    {"quotes",                   "/user/1/bill?cycle=2025-01%27%20OR%201=1--",                 400, "cycle"    },
    {"escaped, which is fine",   "/user/1/bill?cycle=2025%2D01",                               200, NULL       },
    {"limit 0",                  "/user/1/bill?limit=0",                                       400, "limit"    },
    {"limit 1001",               "/user/1/bill?limit=1001",                                    400, "limit"    },
    {"limit 1000, which is fine", "/user/1/bill?limit=1000",                                   200, NULL       },
    {"after negative",           "/user/1/bill?after=-1",                                      400, "after"    },
    {"after too large",          "/user/1/bill?after=9223372036854775808",                     400, "after"    },
    {"user 0",                   "/user/0/bill",                                               400, "userId"   },
    {"user negative",            "/user/-1/bill",                                              400, "userId"   },
    {"user with a sign",         "/user/+1/bill",                                              400, "userId"   },
    {"user with a zero",         "/user/01/bill",                                              400, "userId"   },
    {"user in hexadecimal",      "/user/0x1/bill",                                             400, "userId"   },
    {"user too large",           "/user/9223372036854775808/bill",                             400, "userId"   },
    {"user and NUL",             "/user/1%00/bill",                                            400, "userId"   },
    {"format of another kind",   "/user/1/export?format=xlsx",                                 400, "format"   },
    {"language",                 "/user/1/export?lang=fr",                                     400, "lang"     },
    {"flag",                     "/user/1/export?bom=1",                                       400, "bom"      },
    {"no days",                  "/statistics",                                                400, "startDate"},
    {"no last day",              "/statistics?startDate=2025-01-01",                           400, "endDate"  },
    {"30 February",              "/statistics?startDate=2025-02-30&endDate=2025-03-01",        400, "startDate"},
    {"29 February in 2025",      "/statistics?startDate=2025-02-29&endDate=2025-03-01",        400, "startDate"},
    {"29 February in 2024",      "/statistics?startDate=2024-02-29&endDate=2024-03-01",        200, NULL       },
    {"time of day",              "/statistics?startDate=2025-01-01T00:00&endDate=2025-01-02",  400, "startDate"},
    {"backwards",                "/statistics?startDate=2025-01-02&endDate=2025-01-01",        400, "endDate"  },
    {"366 days",                 "/statistics?startDate=2025-01-01&endDate=2026-01-01",        200, NULL       },
    {"367 days",                 "/statistics?startDate=2025-01-01&endDate=2026-01-02",        400, "endDate"  },
    {"user of the statistics",   "/statistics?startDate=2025-01-01&endDate=2025-01-02&userId=0", 400, "userId" },
};
/* clang-format on */

static void malformed_addresses(void **state)
{
    site *s = site_open();
    char path[256], place[64];
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        (void)snprintf(path, sizeof path, BASE "%s", addresses[i].path);
        (void)snprintf(place, sizeof place, "\"place\":\"%s\"", addresses[i].place ? addresses[i].place : "");
        expect(s, "GET", path, s->admin, NULL, addresses[i].status, addresses[i].place ? place : NULL);
    }
    site_close(s);
}

/* Aligned by hand: the formatter of Debian 12 fails on this table. */
/* clang-format off */
static const struct {
    const char *path, *body, *place;
} bodies[] = {
    {"/usage",            "",                                                                                   ""             },
    {"/usage",            "[]",                                                                                 ""             },
    {"/usage",            "null",                                                                               ""             },
    {"/usage",            "{\"requestId\":\"x\"",                                                               ""             },
    {"/usage",            "{\"requestId\":\"\xff\"}",                                                           ""             },
    {"/usage",            "{\"requestId\":\"x\",\"requestId\":\"y\"}",                                          ""             },
    {"/usage",            "{\"requestId\":\"x\",\"request_id\":\"y\"}",                                         "request_id"   },
    {"/usage",            "{\"requestId\":7}",                                                                  "requestId"    },
    {"/usage",            "{\"requestId\":\"\",\"userId\":1,\"model\":\"m\"}",                                  "requestId"    },
    {"/usage",            "{\"requestId\":\"a b\",\"userId\":1,\"model\":\"m\"}",                               "requestId"    },
    {"/usage",            "{\"requestId\":\"x\",\"model\":\"m\",\"inputTokens\":1}",                            "userId"       },
    {"/usage",            "{\"requestId\":\"x\",\"userId\":\"1\",\"model\":\"m\"}",                             "userId"       },
    {"/usage",            "{\"requestId\":\"x\",\"userId\":-1,\"model\":\"m\"}",                                "userId"       },
    {"/usage",            "{\"requestId\":\"x\",\"userId\":1}",                                                 "model"        },
    {"/usage",            "{\"requestId\":\"x\",\"userId\":1,\"model\":\"m\",\"inputTokens\":1.5}",             "inputTokens"  },
    {"/usage",            "{\"requestId\":\"x\",\"userId\":1,\"model\":\"m\",\"inputTokens\":-1}",              "inputTokens"  },
    {"/usage",            "{\"requestId\":\"x\",\"userId\":1,\"model\":\"m\",\"inputTokens\":1e3000}",          "inputTokens"  },
    {"/usage",            "{\"requestId\":\"x\",\"userId\":1,\"model\":\"m\",\"inputTokns\":1}",                "inputTokns"   },
    {"/usage",            "{\"requestId\":\"x\",\"userId\":1,\"model\":\"m\",\"usageType\":\"sound\"}",         "usageType"    },
    {"/usage",            "{\"requestId\":\"x\",\"userId\":1,\"model\":\"m\",\"usageType\":\"audio\",\"operation\":\"chat\"}",
                                                                                                                "usageType"    },
    {"/usage",            "{\"requestId\":\"x\",\"userId\":1,\"model\":\"m\",\"occurredAt\":\"yesterday\"}",    "occurredAt"   },
    {"/records/1/status", "{}",                                                                                 "status"       },
    {"/records/1/status", "{\"status\":\"PAID\"}",                                                              "status"       },
    {"/records/1/status", "{\"status\":\"paid\",\"paymentTime\":\"21.1.2025\"}",                                "paymentTime"  },
    {"/records/1/status", "{\"status\":\"paid\",\"reference\":\"\"}",                                           "reference"    },
    {"/records/1/status", "{\"status\":\"paid\",\"when\":\"now\"}",                                             "when"         },
    {"/records/0/status", "{\"status\":\"paid\"}",                                                              "billingId"    },
    {"/records/status",   "{\"status\":\"paid\"}",                                                              "ids"          },
    {"/records/status",   "{\"status\":\"paid\",\"ids\":[]}",                                                   "ids"          },
    {"/records/status",   "{\"status\":\"paid\",\"ids\":[1,0]}",                                                "ids"          },
    {"/records/status",   "{\"status\":\"paid\",\"ids\":[\"1\"]}",                                              "ids"          },
    {"/records/status",   "{\"status\":\"paid\",\"ids\":1}",                                                    "ids"          },
    {"/records/1/refund", "{}",                                                                                 "reference"    },
    {"/records/1/refund", "{\"reference\":\"r\",\"amount\":-1}",                                                "amount"       },
    {"/records/1/refund", "{\"reference\":\"r\",\"amount\":\"1,5\"}",                                           "amount"       },
    {"/records/1/refund", "{\"reference\":\"r\",\"amount\":0.0000000000001}",                                   "amount"       },
    {"/prices",           "{}",                                                                                 "model"        },
    {"/prices",           "{\"model\":\"m\",\"billingType\":\"word\"}",                                         "billingType"  },
    {"/prices",           "{\"model\":\"m\",\"inputPrice\":-1}",                                                "inputPrice"   },
    {"/prices",           "{\"model\":\"m\",\"currency\":\"DOLLAR\"}",                                          "currency"     },
    {"/prices",           "{\"model\":\"m\",\"effectiveFrom\":\"2025-02-30\"}",                                 "effectiveFrom"},
    {"/prices",           "{\"model\":\"m\",\"components\":{}}",                                                "components"   },
    {"/prices",           "{\"model\":\"m\",\"components\":[{\"dimension\":\"input\"}]}",                       "price"        },
    {"/prices",           "{\"model\":\"m\",\"components\":[{\"price\":1}]}",                                   "dimension"    },
    {"/prices",           "{\"model\":\"m\",\"components\":[{\"dimension\":\"input\",\"price\":1,\"tier\":1}]}", "tier"        },
    {"/prices",           "{\"model\":\"m\",\"inputPrice\":1,\"unitPrices\":1}",                                "unitPrices"   },
    {"/prices",           "{\"model\":\"m\"}",                                                                  ""             },
};
/* clang-format on */

static void malformed_bodies(void **state)
{
    site *s = site_open();
    char path[128], place[64];
    (void)state;
    record_many(s->bench, 1, image("x", 123, 1), "dall-e-3", "i");
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        (void)snprintf(path, sizeof path, BASE "%s", bodies[i].path);
        (void)snprintf(place, sizeof place, "\"place\":\"%s\"", bodies[i].place);
        expect(s, "POST", path, s->admin, bodies[i].body, 400, place);
    }
    assert_int_equal(count_rows(s->bench, "SELECT COUNT(*) FROM ai_model_usage"), 1);
    site_close(s);
}

/* What is sent as it stands, with the admin's token where %s is. */
/* Aligned by hand: the formatter of Debian 12 fails on this table. */
/* clang-format off */
static const struct {
    const char *name, *text;
    int status; /* 0: closed without a word */
    const char *holds;
} raw[] = {
    {"no HTTP",                 "hello\r\n\r\n",                                                                    0, NULL},
    {"no host",                 "GET " BASE "/health HTTP/1.1\r\n\r\n",                                             400, NULL},
    {"an old client",           "GET " BASE "/health HTTP/1.0\r\n\r\n",                                             200, NULL},
    {"token given twice",       "GET " BASE "/prices HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s%s\r\n",         401, NULL},
    {"basic authorization",     "GET " BASE "/prices HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic YTpi\r\n\r\n", 401, NULL},
    {"no content type",         "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Length: 2\r\n\r\n{}", 415, NULL},
    {"a form",                  "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n\r\n{}", 415, NULL},
    {"nearly JSON",             "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: application/jsonp\r\nContent-Length: 2\r\n\r\n{}", 415, NULL},
    {"JSON with a charset",     "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}", 400, NULL},
    {"length and chunks",       "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "said twice"},
    {"two lengths",             "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400, "said twice"},
    {"a length of words",       "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: application/json\r\nContent-Length: two\r\n\r\n{}", 400, NULL},
    {"chunks of a small body",  "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400, NULL},
    {"chunks of nonsense",      "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", 400, NULL},
    {"announced too large",     "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n", 413, NULL},
    {"asks before it sends",    "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 70000\r\n\r\n", 413, NULL},
};
/* clang-format on */

static void malformed_requests(void **state)
{
    site *s = site_open();
    char header[8300], text[20000];
    (void)state;
    (void)snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", s->admin);
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        http_reply r;
        size_t used = 0;
        for (const char *c = raw[i].text; *c; c++)
            if (strncmp(c, "%s", 2) == 0) {
                used += (size_t)snprintf(text + used, sizeof text - used, "%s", header);
                c++;
            } else {
                text[used++] = *c;
            }
        int socket = http_connect(&s->server);
        http_send(socket, text, used);
        (void)shutdown(socket, SHUT_WR);
        http_receive(&r, socket);
        if (r.status != raw[i].status || (raw[i].holds && !strstr(r.body, raw[i].holds)))
            fail_msg("%s: %d\n%.500s", raw[i].name, r.status, r.headers);
        http_free(&r);
    }
    expect(s, "GET", BASE "/health", NULL, NULL, 200, "\"status\":\"ok\"");
    site_close(s);
}

static char *filled(size_t length, const char *front)
{
    char *text = malloc(length + 1);
    assert_non_null(text);
    memset(text, ' ', length);
    memcpy(text, front, strlen(front));
    text[length] = '\0';
    return text;
}

static void sizes(void **state)
{
    site *s = site_open();
    char *largest = filled(65536, "{}"), *larger = filled(65537, "{}"), *huge = filled(8 << 20, "{}"), *header;
    char start[16384];
    http_reply r;
    (void)state;
    expect(s, "POST", BASE "/usage", s->admin, largest, 400, "\"place\":\"requestId\"");
    expect(s, "POST", BASE "/usage", s->admin, larger, 413, "\"code\":\"too_large\"");
    expect(s, "POST", BASE "/usage", s->nobody, larger, 403, NULL); /* who may not is told that first */
    int length = snprintf(start, sizeof start,
                          "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                          "%s\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n",
                          s->admin);
    int socket = http_connect(&s->server);
    http_send(socket, start, (size_t)length);
    http_send(socket, larger, 65537); /* whose length is not said before */
    http_send(socket, "\r\n0\r\n\r\n", 7);
    http_receive(&r, socket);
    assert_int_equal(r.status, 413);
    http_free(&r);
    length = snprintf(start, sizeof start,
                      "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: "
                      "application/json\r\nTransfer-Encoding: chunked\r\n\r\n800000\r\n",
                      s->admin);
    socket = http_connect(&s->server);
    http_send(socket, start, (size_t)length);
    http_send(socket, huge, 8 << 20); /* never ends: cut off after a bearable part */
    http_receive(&r, socket);
    assert_int_equal(r.status, 0);
    http_free(&r);
    header = filled(60000, "/x?");
    memset(header + 3, 'x', 60000 - 3);
    http_request(&r, &s->server, "GET", header, NULL, NULL);
    assert_true(r.status == 414 || r.status == 431);
    http_free(&r);
    free(header);
    free(largest);
    free(larger);
    free(huge);
    expect(s, "GET", BASE "/health", NULL, NULL, 200, NULL);
    site_close(s);
}

/* ---- time ---- */

static int64_t ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool closed(int socket)
{
    char byte;
    return recv(socket, &byte, 1, MSG_DONTWAIT) == 0;
}

/* A byte now and then does not win more time: the whole has a deadline, of two seconds here. */
static void slow_clients(void **state)
{
    site *s = site_open_within("2");
    char head[9000];
    int silent = http_connect(&s->server), headers = http_connect(&s->server), body = http_connect(&s->server);
    int64_t began = ms();
    (void)state;
    (void)snprintf(head, sizeof head,
                   "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: "
                   "application/json\r\nContent-Length: 1000\r\n\r\n",
                   s->admin);
    http_send(body, head, strlen(head));
    http_send(headers, "GET /x HTTP/1.1\r\nX: ", 20);
    while (!(closed(silent) && closed(headers) && closed(body))) {
        if (ms() - began > 20000)
            fail_msg("open: %s%s%s", closed(silent) ? "" : "silent ", closed(headers) ? "" : "headers ",
                     closed(body) ? "" : "body");
        http_send(headers, "x", 1);
        http_send(body, "{", 1);
        expect(s, "GET", BASE "/health", NULL, NULL, 200, NULL); /* the others are served */
        nap(50);
    }
    assert_true(ms() - began >= 1900);
    (void)close(silent);
    (void)close(headers);
    (void)close(body);
    site_close(s);
}

/* Starts that cannot succeed say so. */
static void wrong_starts(void **state)
{
    static const struct {
        const char *name, *arguments;
        int code;
    } rows[] = {
        {"no tables",          "--db nothing.db --secret-file secret --port 0",          2},
        {"no secret",          "--db nothing.db --port 0",                               2},
        {"secret too short",   "--db nothing.db --secret-file short --port 0",           2},
        {"two secrets",        "--db nothing.db --secret-file secret --secret-env HOME", 2},
        {"secret not there",   "--db nothing.db --secret-file nowhere",                  2},
        {"port too large",     "--secret-file secret --port 65536",                      2},
        {"no workers",         "--secret-file secret --workers 0",                       2},
        {"a word",             "now --secret-file secret",                               2},
        {"a name, no address", "--db t.db --secret-file secret --listen localhost",      2},
    };
    char folder[] = "/tmp/billing-serve-XXXXXX", line[512];
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(line, sizeof line,
                   "cd %s && echo 0123456789abcdef0123456789abcdef >secret && echo short >short && " BILLING_PROGRAM
                   " init --db t.db >/dev/null",
                   folder);
    assert_int_equal(system(line), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        (void)snprintf(line, sizeof line, "cd %s && unset BILLING_JWT_SECRET && " BILLING_PROGRAM " serve %s 2>errors",
                       folder, rows[i].arguments);
        int status = system(line);
        CHECK_CASE(rows[i].name, WIFEXITED(status) && WEXITSTATUS(status) == rows[i].code);
        (void)snprintf(line, sizeof line, "test -s %s/errors", folder);
        CHECK_CASE(rows[i].name, system(line) == 0);
    }
    (void)snprintf(line, sizeof line, "rm -r %s", folder);
    assert_int_equal(system(line), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_do_what),     cmocka_unit_test(how_a_refusal_looks),
        cmocka_unit_test(malformed_addresses), cmocka_unit_test(malformed_bodies),
        cmocka_unit_test(malformed_requests),  cmocka_unit_test(sizes),
        cmocka_unit_test(slow_clients),        cmocka_unit_test(wrong_starts),
    };
    if (!bench_engine("sqlite"))
        return bench_missing("sqlite");
    int failures = cmocka_run_group_tests_name("billing serve, refusals", tests, NULL, NULL);
    bench_end();
    return failures;
}
