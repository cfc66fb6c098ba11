/* serve_test.c - `billing serve` from outside, over real sockets: what it
 * answers, and that neither callers at once, slow readers, a busy or lost
 * store nor its own end lose or double anything.
 *
 *   billing_serve_test ENGINE      every test on one store */
#include "site.h"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- what the specification prints ---- */

static void one_price(bench *b, const char *model, bill_billing_type type, bill_price_dimension dimension,
                      const char *price, int64_t per)
{
    bill_price p;
    bill_price_init(&p, type, "USD");
    p.from = instant("2025-01-01");
    MUST(b, bill_price_add(&p, dimension, "", BILL_AMOUNT_ZERO, amount(price), per));
    MUST(b, bill_ledger_price_add(b->ledger, model, "", &p, false, &b->error));
}

/* 15.50 = 10.00 + 5.00 + 0.50, with its counts and quantities. */
static void the_example_bill(void **state)
{
    site *s = site_open();
    (void)state;
    one_price(s->bench, "chat", BILL_TYPE_TOKEN, BILL_DIM_INPUT, "0.00001", 1);
    one_price(s->bench, "film", BILL_TYPE_SECOND, BILL_DIM_SECOND, "1", 30);
    record_many(s->bench, 100, chat("x", 123, 10000, 0), "chat", "t");
    record_many(s->bench, 5, video("x", 123, "30"), "film", "v");
    record_many(s->bench, 50, image("x", 123, 1), "dall-e-3", "i");
    expect(s, "GET", BASE "/user/123/bill?cycle=2025-01", s->user, NULL, 200,
           "{\"success\":true,\"data\":{\"userId\":123,\"billingCycle\":\"2025-01\",\"totalCost\":15.5,"
           "\"totalCostExact\":\"15.5\",");
    expect(s, "GET", BASE "/user/123/bill?cycle=2025-01", s->user, NULL, 200,
           "\"currency\":\"USD\",\"breakdown\":{\"token\":{\"count\":100,\"cost\":10,\"costExact\":\"10\",\"quantity\":"
           "1000000},\"character\":{\"count\":0,\"cost\":0,\"costExact\":\"0\",\"quantity\":0},\"count\":{\"count\":50,"
           "\"cost\":0.5,\"costExact\":\"0.5\",\"quantity\":50},\"second\":{\"count\":5,\"cost\":5,\"costExact\":\"5\","
           "\"quantity\":150}}");
    expect(s, "GET", BASE "/user/123/bill?limit=5", s->user, NULL, 200, ",\"nextAfter\":5}}\n"); /* this month */
    expect(s, "GET", BASE "/user/123/bill?cycle=2025-01&after=154", s->user, NULL, 200, "\"records\":[{\"id\":155,");
    expect(s, "GET", BASE "/user/123/bill?cycle=2024-12", s->user, NULL, 200, "\"totalCost\":0,");
    site_close(s);
}

/* 500.00 over 1000 records, 900 of them paid, which cost 450.00. */
static void the_example_statistics(void **state)
{
    site *s = site_open();
    char *body = NULL;
    size_t length;
    FILE *out = open_memstream(&body, &length);
    (void)state;
    assert_non_null(out);
    one_price(s->bench, "chat", BILL_TYPE_TOKEN, BILL_DIM_INPUT, "0.00004", 1);
    one_price(s->bench, "film", BILL_TYPE_SECOND, BILL_DIM_SECOND, "0.04", 1);
    one_price(s->bench, "picture", BILL_TYPE_COUNT, BILL_DIM_IMAGE, "0.2", 1);
    record_many(s->bench, 800, chat("x", 1, 12500, 0), "chat", "t");
    record_many(s->bench, 100, video("x", 2, "20"), "film", "v");
    record_many(s->bench, 100, image("x", 3, 1), "picture", "i");
    fprintf(out, "{\"status\":\"paid\",\"reference\":\"batch-1\",\"ids\":[1");
    for (int id = 2; id <= 1000; id++)
        if (id <= 850 || (id > 900 && id <= 950))
            fprintf(out, ",%d", id);
    fprintf(out, "]}");
    assert_int_equal(fclose(out), 0);
    expect(s, "POST", BASE "/records/status", s->admin, body, 200, "{\"billingId\":950,\"ok\":true,\"text\":\"done\"}");
    expect(s, "POST", BASE "/records/status", s->admin, body, 200, "{\"billingId\":1,\"ok\":true,\"text\":\"done\"}");
    expect(s, "GET", BASE "/statistics?startDate=2025-01-01&endDate=2025-01-31", s->admin, NULL, 200,
           "{\"success\":true,\"data\":{\"totalRecords\":1000,\"totalCost\":500,\"totalCostExact\":\"500\",");
    expect(s, "GET", BASE "/statistics?startDate=2025-01-01&endDate=2025-01-31", s->admin, NULL, 200,
           "\"byType\":{\"token\":{\"count\":800,\"cost\":400,\"costExact\":\"400\",\"quantity\":10000000},");
    expect(
        s, "GET", BASE "/statistics?startDate=2025-01-01&endDate=2025-01-31", s->admin, NULL, 200,
        "\"byStatus\":{\"pending\":{\"count\":100,\"cost\":50,\"costExact\":\"50\"},\"paid\":{\"count\":900,\"cost\":"
        "450,\"costExact\":\"450\"}}");
    expect(s, "GET", BASE "/statistics?startDate=2025-01-21&endDate=2025-01-21", s->admin, NULL, 200,
           "\"totalRecords\":1000,"); /* the last day is included */
    expect(s, "GET", BASE "/statistics?startDate=2025-01-22&endDate=2025-01-31", s->admin, NULL, 200,
           "\"totalRecords\":0,");
    expect(s, "GET", BASE "/statistics?startDate=2025-01-01&endDate=2025-01-31&userId=3", s->admin, NULL, 200,
           "\"totalRecords\":100,");
    free(body);
    site_close(s);
}

static void the_example_export(void **state)
{
    site *s = site_open();
    http_reply r;
    (void)state;
    expect(
        s, "POST", BASE "/usage", s->service,
        "{\"requestId\":\"c1\",\"userId\":123,\"model\":\"doubao-seed-1-6\",\"inputTokens\":1000,\"outputTokens\":0}",
        201, "\"billingId\":1,");
    expect(s, "POST", BASE "/records/1/status", s->admin,
           "{\"status\":\"paid\",\"paymentTime\":\"2025-01-21T02:00:00Z\",\"reference\":\"p1\"}", 200,
           "{\"success\":true,\"data\":{\"billingId\":1,\"billingStatus\":\"paid\"}}");
    http_request(&r, &s->server, "GET", BASE "/user/123/export?cycle=2025-01&format=csv", s->user, NULL);
    assert_int_equal(r.status, 200);
    assert_false(r.cut);
    assert_non_null(strstr(r.headers, "Content-Type: text/csv; charset=utf-8\r\n"));
    assert_non_null(strstr(r.headers, "filename=\"bill_123_2025-01.csv\""));
    assert_string_equal(r.body,
                        "日期,模型,类型,数量,单位,单价,总费用,状态\r\n"
                        "2025-01-21 10:00:00,doubao-seed-1-6,按Token计费,1000,token,0.0000005,0.0005,已支付\r\n");
    http_free(&r);
    expect(s, "GET", BASE "/user/123/export?cycle=2025-01&bom=true&prices=true&lang=en", s->user, NULL, 200,
           "\xef\xbb\xbf"
           "date,model,type,quantity,unit,unit price,total cost,status,input price,output price\r\n");
    expect(s, "GET", BASE "/user/123/export?cycle=2024-12", s->user, NULL, 200, "总费用,状态\r\n");
    http_request(&r, &s->server, "HEAD", BASE "/user/123/export?cycle=2025-01", s->user, NULL);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.length, 0);
    http_free(&r);
    site_close(s);
}

static void the_four_kinds(void **state)
{
    /* Aligned by hand: the formatter of Debian 12 fails on this table. */
    /* clang-format off */
    static const struct {
        const char *body, *holds;
    } rows[] = {
        {"{\"requestId\":\"a\",\"userId\":123,\"model\":\"doubao-seed-1-6\",\"usageType\":\"text\",\"inputTokens\":1000,"
         "\"outputTokens\":500}",
         "{\"success\":true,\"data\":{\"requestId\":\"a\",\"outcome\":\"billed\",\"usageId\":1,\"billingId\":1,"
         "\"billingCycle\":\"2025-01\",\"totalCost\":0.00125,\"totalCostExact\":\"0.00125\",\"currency\":\"USD\"}}"       },
        {"{\"requestId\":\"b\",\"userId\":123,\"model\":\"tts-1\",\"usageType\":\"audio\",\"characterCount\":500}",
         "\"totalCost\":0.0005,"                                                                                          },
        {"{\"request_id\":\"c\",\"user_id\":123,\"model\":\"dall-e-3\",\"method\":\"generateImage\",\"image_count\":1}",
         "\"totalCost\":0.01,"                                                                                            },
        {"{\"requestId\":\"d\",\"userId\":123,\"model\":\"video-gen-1\",\"usageType\":\"video\",\"durationSeconds\":30}",
         "\"totalCost\":0.03,"                                                                                            },
        {"{\"requestId\":\"e\",\"userId\":123,\"model\":\"video-gen-1\",\"operation\":\"video\",\"usageType\":\"video\","
         "\"durationSeconds\":\"0.000001\"}",
         "\"totalCostExact\":\"0.000000001\""                                                                             },
        {"{\"requestId\":\"f\",\"userId\":123,\"model\":\"unheard-of\",\"inputTokens\":1,\"outputTokens\":1}",
         "\"outcome\":\"unpriced\",\"usageId\":6}}"                                                                       },
        {"{\"requestId\":\"g\",\"userId\":123,\"model\":\"doubao-seed-1-6\",\"inputTokens\":1,\"outputTokens\":0,"
         "\"status\":\"failed\"}",
         "\"outcome\":\"not_billable\""                                                                                   },
        {"{\"requestId\":\"h\",\"userId\":123,\"model\":\"doubao-seed-1-6\",\"inputTokens\":1,\"outputTokens\":0,"
         "\"cachedInputTokens\":2}",
         "\"outcome\":\"review\""                                                                                         },
    };
    /* clang-format on */
    site *s = site_open();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect(s, "POST", BASE "/usage", s->service, rows[i].body, 201, rows[i].holds);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) /* again: the same answer, and nothing new */
        expect(s, "POST", BASE "/usage", s->service, rows[i].body, 200, rows[i].holds);
    assert_int_equal(count_rows(s->bench, "SELECT COUNT(*) FROM ai_model_usage"), 8);
    assert_int_equal(count_rows(s->bench, "SELECT COUNT(*) FROM ai_billing_records"), 5);
    assert_int_equal(count_rows(s->bench, "SELECT COUNT(*) FROM ai_billing_journal WHERE actor = 'bridge'"), 5);
    site_close(s);
}

static void paying_and_giving_back(void **state)
{
    site *s = site_open();
    (void)state;
    record_many(s->bench, 3, image("x", 123, 1), "dall-e-3", "i");
    expect(s, "POST", BASE "/records/1/refund", s->admin, "{\"reference\":\"r\"}", 409, "\"code\":\"wrong_state\"");
    expect(s, "POST", BASE "/records/status", s->admin, "{\"ids\":[1,2,9],\"status\":\"paid\",\"reference\":\"p\"}",
           409, "\"code\":\"batch_refused\"");
    expect(s, "POST", BASE "/records/status", s->admin, "{\"ids\":[1,2,9],\"status\":\"paid\",\"reference\":\"p\"}",
           409, "{\"billingId\":2,\"ok\":true,\"text\":\"could be\"},{\"billingId\":9,\"ok\":false,");
    assert_int_equal(count_rows(s->bench, "SELECT COUNT(*) FROM ai_billing_records WHERE billing_status = 'paid'"), 0);
    expect(s, "POST", BASE "/records/status", s->admin, "{\"ids\":[1,2],\"status\":\"paid\",\"reference\":\"p\"}", 200,
           "\"results\":[{\"billingId\":1,\"ok\":true,\"text\":\"done\"}");
    expect(s, "POST", BASE "/records/1/refund", s->admin, "{\"amount\":\"0.004\",\"reference\":\"r1\"}", 200,
           "{\"success\":true,\"data\":{\"billingId\":1,\"reference\":\"r1\",\"refundedAmount\":0.004,"
           "\"refundedAmountExact\":\"0.004\",\"currency\":\"USD\"}}");
    expect(s, "POST", BASE "/records/1/refund", s->admin, "{\"amount\":0.004,\"reference\":\"r1\"}", 200,
           "\"refundedAmount\":0.004,"); /* the same again */
    expect(s, "POST", BASE "/records/1/refund", s->admin, "{\"amount\":0.003,\"reference\":\"r1\"}", 409,
           "\"place\":\"reference\"");
    expect(s, "POST", BASE "/records/1/refund", s->admin, "{\"amount\":0.007,\"reference\":\"r2\"}", 422,
           "\"place\":\"amount\"");
    expect(s, "POST", BASE "/records/1/refund", s->admin, "{\"reference\":\"r3\"}", 200, "\"refundedAmount\":0.006,");
    expect(s, "GET", BASE "/user/123/bill", s->user, NULL, 200,
           "\"totalCost\":0.03,\"totalCostExact\":\"0.03\",\"refundedCost\":0.01,\"refundedCostExact\":\"0.01\","
           "\"netCost\":0.02,");
    expect(s, "POST", BASE "/records/1/status", s->admin, "{\"status\":\"paid\"}", 409, "\"place\":\"status\"");
    expect(s, "POST", BASE "/records/9/status", s->admin, "{\"status\":\"paid\"}", 404, "\"place\":\"billingId\"");
    expect(s, "POST", BASE "/records/9/refund", s->admin, "{\"reference\":\"r9\"}", 404, "\"place\":\"billingId\"");
    expect(s, "POST", BASE "/records/3/status", s->admin, "{\"status\":\"cancelled\",\"reason\":\"误\"}", 200, NULL);
    site_close(s);
}

static void prices(void **state)
{
    site *s = site_open();
    (void)state;
    expect(s, "GET", BASE "/prices?model=tts-1", s->service, NULL, 200,
           "{\"success\":true,\"data\":{\"prices\":[{\"model\":\"tts-1\",\"modelId\":2,\"priceVersionId\":2,"
           "\"billingType\":\"character\",\"tierMode\":\"flat\",\"currency\":\"USD\",\"effectiveFrom\":"
           "\"2025-01-01T00:00:00.000Z\",\"effectiveTo\":null,\"components\":[{\"dimension\":\"character\","
           "\"qualifier\":\"\",\"tierStart\":0,\"price\":0.000001,\"priceExact\":\"0.000001\",\"per\":1}]}]}}");
    expect(s, "GET", BASE "/prices", s->service, NULL, 200, "\"model\":\"video-gen-1\"");
    expect(
        s, "POST", BASE "/prices", s->admin,
        "{\"model\":\"new\",\"billingType\":\"token_based\",\"inputPrice\":0.5,\"outputPrice\":\"1.5\",\"per\":1000000,"
        "\"effectiveFrom\":\"2025-01-01\"}",
        201, "{\"success\":true,\"data\":{\"model\":\"new\",\"modelId\":5,\"priceVersionId\":5}}");
    expect(s, "POST", BASE "/usage", s->service,
           "{\"requestId\":\"n\",\"userId\":1,\"model\":\"new\",\"inputTokens\":1000,\"outputTokens\":1}", 201,
           "\"totalCostExact\":\"0.0005015\"");
    expect(s, "POST", BASE "/prices", s->admin, "{\"model\":\"new\",\"inputPrice\":1,\"effectiveFrom\":\"2025-06-01\"}",
           409, "\"code\":\"overlap\"");
    expect(s, "POST", BASE "/prices", s->admin,
           "{\"model\":\"new\",\"inputPrice\":1,\"outputPrice\":1,\"effectiveFrom\":\"2025-06-01\",\"closePrevious\":"
           "true}",
           201, NULL);
    expect(
        s, "POST", BASE "/prices", s->admin,
        "{\"model\":\"steps\",\"tierMode\":\"graduated\",\"effectiveFrom\":\"2025-01-01\",\"components\":["
        "{\"dimension\":\"input\",\"price\":\"0.002\"},{\"dimension\":\"input\",\"tierStart\":11,\"price\":\"0.001\"},"
        "{\"dimension\":\"output\",\"price\":0}]}",
        201, NULL);
    expect(s, "POST", BASE "/usage", s->service,
           "{\"requestId\":\"t\",\"userId\":1,\"model\":\"steps\",\"inputTokens\":12,\"outputTokens\":5}", 201,
           "\"totalCostExact\":\"0.022\"");
    site_close(s);
}

/* ---- readers ---- */

#define MANY_RECORDS 3000

/* Exports that nobody reads hold no worker: more of them than there are. */
static void slow_readers(void **state)
{
    site *s = site_open();
    char head[9000];
    int readers[12];
    http_reply whole;
    (void)state;
    record_many(s->bench, MANY_RECORDS, image("x", 123, 1), "dall-e-3", "i");
    (void)snprintf(head, sizeof head,
                   "GET " BASE "/user/123/export?cycle=2025-01 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                   "Authorization: Bearer %s\r\n\r\n",
                   s->user);
    for (size_t i = 0; i < 12; i++) {
        readers[i] = http_connect(&s->server);
        http_send(readers[i], head, strlen(head));
    }
    for (int i = 0; i < 20; i++)
        expect(s, "GET", BASE "/health", NULL, NULL, 200, NULL);
    for (size_t i = 0; i < 6; i++)
        (void)close(readers[i]); /* some leave in the middle */
    http_request(&whole, &s->server, "GET", BASE "/user/123/export?cycle=2025-01", s->user, NULL);
    assert_false(whole.cut);
    size_t rows = 0;
    for (const char *at = whole.body; (at = strstr(at, "\r\n")); at += 2)
        rows++;
    assert_int_equal(rows, MANY_RECORDS + 1);
    for (size_t i = 6; i < 12; i++) {
        http_reply late;
        http_receive(&late, readers[i]);
        assert_int_equal(late.status, 200);
        assert_false(late.cut);
        assert_string_equal(late.body, whole.body);
        http_free(&late);
    }
    http_free(&whole);
    site_close(s);
}

/* ---- at once ---- */

#define THREADS 8
#define TURNS   20

typedef struct poster {
    const site *site;
    pthread_t thread;
    int created, repeated, conflicts, others, number;
    char first[TURNS][512];
} poster;

static void *post(void *context)
{
    poster *p = context;
    for (int i = 0; i < TURNS; i++) {
        http_reply r;
        char body[256];
        (void)snprintf(body, sizeof body,
                       "{\"requestId\":\"same-%d\",\"userId\":123,\"model\":\"doubao-seed-1-6\",\"inputTokens\":%d,"
                       "\"outputTokens\":1}",
                       i, p->number == 0 ? 2 : 1);
        http_request(&r, &p->site->server, "POST", BASE "/usage", p->site->service, body);
        for (int again = 0; r.status == 503 && again < 50; again++) { /* as the header says, only sooner */
            http_free(&r);
            nap(20);
            http_request(&r, &p->site->server, "POST", BASE "/usage", p->site->service, body);
        }
        p->created += r.status == 201;
        p->repeated += r.status == 200;
        p->conflicts += r.status == 409;
        if (r.status != 201 && r.status != 200 && r.status != 409) {
            p->others++;
            print_error("turn %d: status %d %s\n", i, r.status, r.body ? r.body : "");
        }
        (void)snprintf(p->first[i], sizeof p->first[i], "%d %s", r.status == 409, r.body ? r.body : "");
        http_free(&r);
    }
    return NULL;
}

static poster *start_posters(const site *s)
{
    poster *posters = calloc(THREADS, sizeof *posters);
    assert_non_null(posters);
    for (int i = 0; i < THREADS; i++) {
        posters[i].site = s;
        posters[i].number = i;
        assert_int_equal(pthread_create(&posters[i].thread, NULL, post, &posters[i]), 0);
    }
    return posters;
}

/* Joins them; each request is there once, and each answer is one of three. The
 * number of answers that say it was new is returned. */
static int end_posters(const site *s, poster *posters)
{
    int created = 0, answered = 0, others = 0;
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(posters[i].thread, NULL), 0);
        created += posters[i].created;
        answered += posters[i].created + posters[i].repeated + posters[i].conflicts;
        others += posters[i].others;
    }
    for (int turn = 0; turn < TURNS; turn++) /* those who say the same hear the same */
        for (int i = 2; i < THREADS; i++)
            assert_string_equal(posters[i].first[turn], posters[1].first[turn]);
    free(posters);
    assert_int_equal(others, 0);
    assert_int_equal(answered, THREADS * TURNS);
    assert_int_equal(count_rows(s->bench, "SELECT COUNT(*) FROM ai_model_usage"), TURNS);
    assert_int_equal(count_rows(s->bench, "SELECT COUNT(*) FROM ai_billing_records"), TURNS);
    return created;
}

/* One of the eight says something else; whoever comes first decides which is the conflict. */
static void the_same_request_at_once(void **state)
{
    site *s = site_open();
    (void)state;
    assert_int_equal(end_posters(s, start_posters(s)), TURNS);
    expect(s, "POST", BASE "/usage", s->service,
           "{\"requestId\":\"same-0\",\"userId\":9,\"model\":\"doubao-seed-1-6\",\"inputTokens\":1,\"outputTokens\":1}",
           409, "\"place\":\"requestId\"");
    site_close(s);
}

/* ---- the store ---- */

/* Another writer holds the ledger for longer than a request waits. */
static void a_busy_store(void **state)
{
    static const char body[] = "{\"requestId\":\"b\",\"userId\":1,\"model\":\"dall-e-3\",\"usageType\":\"image\","
                               "\"imageCount\":1}";
    site *s = site_open_within("1");
    http_reply r;
    bench *b = s->bench;
    (void)state;
    MUST(b, bill_ledger_group_begin(b->ledger, &b->error));
    http_request(&r, &s->server, "POST", BASE "/usage", s->service, body);
    assert_int_equal(r.status, 503);
    assert_non_null(strstr(r.headers, "Retry-After: 1\r\n"));
    assert_non_null(strstr(r.body, "\"code\":\"busy\""));
    http_free(&r);
    expect(s, "GET", BASE "/user/1/bill", s->admin, NULL, 200, "\"records\":[]"); /* readers do not wait */
    bill_ledger_group_abandon(b->ledger);
    expect(s, "POST", BASE "/usage", s->service, body, 201, NULL);
    site_close(s);
}

/* Nobody hears of it. */
static void lost_connections(void **state)
{
    site *s = site_open();
    (void)state;
    for (int i = 0; i < 16; i++)
        expect(s, "GET", BASE "/health", NULL, NULL, 200, NULL);
    expect(s, "POST", BASE "/records/1/refund", s->admin, "{\"reference\":\"r\"}", 404, NULL);
    assert_true(bench_cut_connections(s->bench) > 0 || s->bench->store->engine->dialect == BILL_SQLITE);
    for (int i = 0; i < 8; i++) {
        char body[128];
        (void)snprintf(body, sizeof body,
                       "{\"requestId\":\"l%d\",\"userId\":1,\"model\":\"dall-e-3\",\"method\":\"generateImage\","
                       "\"imageCount\":1}",
                       i);
        expect(s, "GET", BASE "/user/1/bill", s->admin, NULL, 200, NULL);
        expect(s, "POST", BASE "/usage", s->service, body, 201, NULL);
    }
    site_close(s);
}

/* In the middle of commits some callers may be told to come again; what was
 * committed without an answer is found by its key, so it may not be new twice. */
static void lost_while_recording(void **state)
{
    site *s = site_open();
    (void)state;
    poster *posters = start_posters(s);
    for (int i = 0; i < 10; i++) {
        nap(20);
        (void)bench_cut_connections(s->bench);
    }
    assert_true(end_posters(s, posters) <= TURNS);
    site_close(s);
}

/* ---- the end ---- */

static void draining(void **state)
{
    static const char body[] = "{\"requestId\":\"d\",\"userId\":1,\"model\":\"dall-e-3\",\"usageType\":\"image\","
                               "\"imageCount\":1}";
    bench *b = bench_new();
    http_server running;
    http_token token;
    http_reply r;
    char head[9000];
    (void)state;
    bench_prices(b);
    running = http_start(b->address, NULL);
    http_token_for(token, "bridge", "service");
    (void)snprintf(head, sizeof head,
                   "POST " BASE "/usage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: "
                   "application/json\r\nExpect: 100-continue\r\nContent-Length: %zu\r\n\r\n",
                   token, sizeof body - 1);
    int begun = http_connect(&running), idle = http_connect(&running), late = 0;
    http_send(begun, head, strlen(head));
    assert_int_equal(recv(begun, head, 25, MSG_WAITALL), 25); /* its headers are read: it is told to go on */
    assert_memory_equal(head, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    http_send(begun, body, 20);
    assert_int_equal(kill(running.process, SIGTERM), 0);
    for (int i = 0; i < 100 && late >= 0; i++) { /* soon nobody listens */
        nap(50);
        if ((late = http_connect(&running)) >= 0)
            (void)close(late);
    }
    assert_true(late < 0);
    http_send(begun, body + 20, sizeof body - 1 - 20);
    http_receive(&r, begun);
    assert_int_equal(r.status, 201);
    assert_non_null(strstr(r.headers, "Connection: close\r\n"));
    http_free(&r);
    assert_int_equal(http_wait(&running), 0);
    (void)close(idle);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records"), 1);
    reconciled(b);
    bench_free(b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_bill),       cmocka_unit_test(the_example_statistics),
        cmocka_unit_test(the_example_export),     cmocka_unit_test(the_four_kinds),
        cmocka_unit_test(paying_and_giving_back), cmocka_unit_test(prices),
        cmocka_unit_test(slow_readers),           cmocka_unit_test(the_same_request_at_once),
        cmocka_unit_test(a_busy_store),           cmocka_unit_test(lost_connections),
        cmocka_unit_test(lost_while_recording),   cmocka_unit_test(draining),
    };
    const char *engine = argc > 1 ? argv[1] : "sqlite";
    if (!bench_engine(engine))
        return bench_missing(engine);
    int failures = cmocka_run_group_tests_name("billing serve", tests, NULL, NULL);
    bench_end();
    return failures;
}
