/* crash_test.c - processes that die, at named places and at random moments.
 *
 * A worker records, pays and refunds, and tells its parent through a pipe what
 * was acknowledged. It is killed; the database is opened again. Nothing that
 * was acknowledged may be lost, nothing doubled, and everything must reconcile.
 * Then the faults the specification teaches are built on purpose, and the same
 * checks must catch them. */
#include "base/failpoint.h"
#include "bench.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 2
#define IDS_MAX 200000

static bool *acknowledged; /* by worker and number */

static void request_name(char *out, size_t size, int worker, int n)
{
    (void)snprintf(out, size, "w%d-%d", worker, n);
}

/* One call recorded, paid, and partly given back. */
static void one_round(bench *b, int worker, int n)
{
    char name[32], reference[40];
    bill_recorded r = {0};
    bill_amount part = amount("0.01"), given;
    bill_change pay = {BILL_STATUS_PAID, reference, NULL, BILL_TIME_NONE};
    request_name(name, sizeof name, worker, n);
    (void)snprintf(reference, sizeof reference, "ref-%s", name);
    bill_usage u = image(name, 1 + n % 3, 5);
    u.occurred_at = b->now;
    if (bill_ledger_record(&r, b->ledger, &u, &b->error) != BILL_OK)
        _exit(3);
    if (n % 2 == 0 && bill_ledger_change(b->ledger, r.record_id, &pay, &b->error) != BILL_OK)
        _exit(4);
    if (n % 4 == 0 && bill_ledger_refund(&given, b->ledger, r.record_id, &part, reference, NULL, &b->error) != BILL_OK)
        _exit(5);
}

/* Works from `first` on until it is killed; each number goes to the pipe when
 * the ledger has answered. Repeating the last one is part of the game. */
static void worker_loop(const bench *parent, int worker, int first, int out)
{
    bench *b = bench_again(parent);
    for (int n = first; n < IDS_MAX; n++) {
        one_round(b, worker, n);
        if (write(out, &n, sizeof n) != (ssize_t)sizeof n)
            _exit(6);
    }
    _exit(0);
}

static int drain(int in, int worker)
{
    int n, last = -1;
    while (read(in, &n, sizeof n) == (ssize_t)sizeof n) {
        acknowledged[worker * IDS_MAX + n] = true;
        last = n;
    }
    return last;
}

static void detach(bench *b)
{
    bill_ledger_close(b->ledger); /* connections do not survive fork */
    bill_store_close(b->store);
    b->ledger = NULL;
    b->store = NULL;
}

static void check_acknowledged(bench *b, const int *next)
{
    for (int w = 0; w < WORKERS; w++)
        for (int n = 0; n < next[w]; n++) {
            char name[32];
            if (!acknowledged[w * IDS_MAX + n])
                continue;
            request_name(name, sizeof name, w, n);
            bill_value key = bill_str(name);
            int64_t found = 0;
            MUST(b,
                 bill_store_int(&found, b->store,
                                "SELECT COUNT(*) FROM ai_model_usage u JOIN ai_billing_records r ON r.usage_id = u.id "
                                "WHERE u.request_id = ?",
                                &key, 1, &b->error));
            if (found != 1)
                fail_msg("%s was acknowledged and stands %lld times", name, (long long)found);
        }
}

/* Until a worker has been answered: on a busy machine they may need seconds to begin. */
static void wait_for_work(int pipes[WORKERS][2])
{
    struct pollfd ready[WORKERS];
    for (int w = 0; w < WORKERS; w++)
        ready[w] = (struct pollfd){.fd = pipes[w][0], .events = POLLIN};
    assert_true(poll(ready, WORKERS, 60000) > 0);
}

static int kills = 15;

static void killed_at_random(void **state)
{
    bench *b = bench_new();
    int next[WORKERS] = {0};
    unsigned seed = 7;
    (void)state;
    bench_prices(b);
    detach(b);
    acknowledged = calloc(WORKERS * IDS_MAX, sizeof *acknowledged);
    assert_non_null(acknowledged);
    for (int round = 0; round < kills; round++) {
        pid_t workers[WORKERS];
        int pipes[WORKERS][2];
        for (int w = 0; w < WORKERS; w++) {
            assert_int_equal(pipe(pipes[w]), 0);
            if ((workers[w] = fork()) == 0)
                worker_loop(b, w, next[w], pipes[w][1]);
            (void)close(pipes[w][1]);
        }
        if (round % 4 != 0) /* the others may die while they open */
            wait_for_work(pipes);
        seed = seed * 1103515245 + 12345;
        struct timespec wait = {0, 20000000L + (long)(seed >> 8) % 80000000L};
        (void)nanosleep(&wait, NULL);
        for (int w = 0; w < WORKERS; w++) {
            int status;
            (void)kill(workers[w], SIGKILL);
            int last = drain(pipes[w][0], w);
            (void)close(pipes[w][0]);
            assert_int_equal(waitpid(workers[w], &status, 0), workers[w]);
            if (WIFEXITED(status))
                fail_msg("worker %d ended by itself with %d", w, WEXITSTATUS(status));
            if (last >= 0)
                next[w] = last + 1; /* the one cut off is begun again */
        }
    }
    bench *after = bench_again(b);
    check_acknowledged(after, next);
    reconciled(after);
    print_message("%d kills, %d and %d rounds acknowledged\n", kills, next[0], next[1]);
    assert_true(next[0] + next[1] > kills / 2);
    bench_free(after);
    free(acknowledged);
    free(b);
}

/* ---- named places ---- */

/* Everything the ledger does, once. Keys make it repeatable after a crash. */
static void whole_story(const bench *parent)
{
    bench *b = bench_again(parent);
    int64_t moved;
    bill_backfill_counts counts;
    b->now = instant("2025-01-21");
    for (int n = 0; n < 6; n++)
        one_round(b, 0, n);
    bill_usage unpriced = image("story-unpriced", 7, 1);
    bill_recorded r;
    (void)snprintf(unpriced.model, sizeof unpriced.model, "later");
    unpriced.occurred_at = b->now;
    bill_price price;
    bill_price_init(&price, BILL_TYPE_COUNT, "USD");
    price.from = instant("2025-01-01");
    bool bad =
        bill_price_add(&price, BILL_DIM_IMAGE, "", BILL_AMOUNT_ZERO, amount("0.5"), 1) != BILL_OK ||
        bill_ledger_record(&r, b->ledger, &unpriced, &b->error) != BILL_OK ||
        bill_ledger_price_add(b->ledger, "later", "", &price, false, &b->error) != BILL_OK ||
        bill_ledger_backfill(&counts, b->ledger, instant("2025-01-01"), instant("2025-02-01"), &b->error) != BILL_OK;
    b->now = instant("2025-06-01");
    bad = bad || bill_ledger_close_cycle(b->ledger, "2025-01", false, &b->error) != BILL_OK ||
          bill_ledger_archive(&moved, b->ledger, instant("2025-05-01"), &b->error) != BILL_OK;
    if (bad)
        fprintf(stderr, "story: %s\n", b->error.text);
    bench_free(b);
    _exit(bad);
}

/* Runs the story in a child; true if it was killed. */
static bool story_dies(const bench *b, const char *failpoint)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        if (failpoint)
            (void)setenv("BILL_FAILPOINT", failpoint, 1);
        bill_failpoint_reset();
        whole_story(b);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        fail_msg("the story failed at %s", failpoint ? failpoint : "its end");
    return WIFSIGNALED(status);
}

static void killed_at_named_places(void **state)
{
    static const char *const places[] = {"after_usage_insert",  "after_record_insert", "after_journal_insert",
                                         "after_record_update", "before_commit",       "after_commit",
                                         "in_backfill",         "after_closing",       "in_close",
                                         "after_copy",          "in_archive"};
    static const int passings[] = {1, 2, 3, 5, 8, 13, 21, 34};
    unsigned deaths = 0;
    (void)state;
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
        bool died = true;
        for (size_t n = 0; n < sizeof passings / sizeof passings[0] && died; n++) {
            char failpoint[64];
            bench *b = bench_new();
            bench_prices(b);
            detach(b);
            (void)snprintf(failpoint, sizeof failpoint, "%s:%d", places[p], passings[n]);
            died = story_dies(b, failpoint);
            CHECK_CASE(failpoint, died || n > 0);
            deaths += died;
            bench *after = bench_again(b);
            reconciled(after); /* whole at once, before anybody repairs */
            bench_free(after);
            if (died)
                assert_false(story_dies(b, NULL)); /* and the story can be told to its end */
            after = bench_again(b);
            reconciled(after);
            assert_int_equal(count_rows(after, "SELECT COUNT(*) FROM ai_model_usage"), 7);
            assert_int_equal(count_rows(after, "SELECT (SELECT COUNT(*) FROM ai_billing_records) + (SELECT COUNT(*) "
                                               "FROM ai_billing_records_archive)"),
                             7);
            assert_int_equal(count_rows(after, "SELECT COUNT(*) FROM ai_billing_records_archive"), 3);
            bench_free(after);
            free(b);
        }
    }
    print_message("%u deaths at named places\n", deaths);
    assert_true(deaths > 25);
}

/* ---- the faults the specification teaches ---- */

static bill_status collect_invariant(void *context, const bill_violation *v)
{
    *(unsigned *)context |= 1u << v->invariant;
    return BILL_OK;
}

static unsigned violated(bench *b)
{
    unsigned seen = 0;
    int64_t count;
    MUST(b, bill_ledger_reconcile(&count, b->ledger, collect_invariant, &seen, &b->error));
    return seen;
}

static void run_sql(bench *b, const char *sql)
{
    MUST(b, b->store->engine->script(b->store, sql, &b->error));
}

/* Usage first, bill second, and a crash between. */
static void two_step_recording_is_caught(void **state)
{
    bench *b = bench_new();
    (void)state;
    bench_prices(b);
    run_sql(
        b,
        "INSERT INTO ai_model_usage (user_id, model_id, request_id, usage_type, input_tokens, output_tokens, status, "
        "created_at, operation, usage_source, model_name, payload_hash, occurred_at, price_qualifier) VALUES (7, 1, "
        "'two-step', 'text', 10, 10, 'success', '2025-01-20 00:00:00.000000', 'chat', 'provider', 'doubao-seed-1-6', "
        "'h', '2025-01-20 00:00:00.000000', '');\n");
    assert_int_equal(violated(b), 1u << 1);
    bench_free(b);
}

/* The null test inside the join finds every usage; what it would bill again
 * the unique key refuses, and the outer test finds the one that is missing. */
static void the_backfill_query_is_caught(void **state)
{
    bench *b = bench_new();
    (void)state;
    bench_prices(b);
    for (int n = 0; n < 3; n++) {
        char name[16];
        (void)snprintf(name, sizeof name, "b%d", n);
        bill_usage u = image(name, 7, 1);
        (void)record(b, &u);
    }
    run_sql(b,
            "DELETE FROM ai_billing_record_lines WHERE record_id = 1;\nDELETE FROM ai_billing_records WHERE id = 1;\n");
    assert_int_equal(count_rows(b,
                                "SELECT COUNT(*) FROM ai_model_usage u LEFT JOIN ai_billing_records r ON r.usage_id = "
                                "u.id AND r.id IS NULL"),
                     3);
    assert_int_equal(count_rows(b,
                                "SELECT COUNT(*) FROM ai_model_usage u LEFT JOIN ai_billing_records r ON r.usage_id = "
                                "u.id WHERE r.id IS NULL"),
                     1);
    bill_status status = b->store->engine->script(
        b->store,
        "INSERT INTO ai_billing_records (user_id, model_id, usage_id, billing_type, quantity, unit, image_count, "
        "total_cost, "
        "currency, billing_status, billing_time, billing_cycle, created_at, idempotency_key, refunded_amount, "
        "model_name, "
        "updated_at) SELECT user_id, model_id, usage_id, billing_type, quantity, unit, image_count, total_cost, "
        "currency, "
        "'pending', billing_time, billing_cycle, created_at, 'again', refunded_amount, model_name, updated_at FROM "
        "ai_billing_records WHERE id = 2;\n",
        &b->error);
    assert_int_equal(status, BILL_ECONFLICT);
    bench_free(b);
}

/* NOW() read twice: what came of age between copy and deletion is gone. */
static void the_archive_script_is_caught(void **state)
{
    bench *b = bench_new();
    (void)state;
    bench_prices(b);
    for (int n = 0; n < 10; n++) {
        char name[16];
        (void)snprintf(name, sizeof name, "a%d", n);
        bill_usage u = image(name, 7, 1);
        b->now += BILL_SECOND;
        (void)record(b, &u);
    }
#define ALL                                                                                                            \
    "id, user_id, model_id, usage_id, billing_type, quantity, unit, image_count, unit_price, total_cost, currency, "   \
    "billing_status, billing_time, billing_cycle, created_at, idempotency_key, price_version_id, price_per, "          \
    "refunded_amount, model_name, status_version, updated_at"
    run_sql(
        b,
        "INSERT INTO ai_billing_records_archive (" ALL ", archived_at, archive_batch_id) SELECT " ALL
        ", created_at, 1 FROM ai_billing_records WHERE created_at < '2025-01-21 02:00:05.000000';\n"
        "INSERT INTO ai_billing_record_lines_archive SELECT * FROM ai_billing_record_lines WHERE record_id IN (SELECT "
        "id FROM ai_billing_records_archive);\n"
        "DELETE FROM ai_billing_record_lines WHERE record_id IN (SELECT id FROM ai_billing_records WHERE created_at < "
        "'2025-01-21 02:00:08.000000');\n"
        "DELETE FROM ai_billing_records WHERE created_at < '2025-01-21 02:00:08.000000';\n");
    assert_true((violated(b) & (1u << 1 | 1u << 2)) == (1u << 1 | 1u << 2));
    bench_free(b);
}

/* Killed between its two statements it leaves rows in both tables. */
static void the_archive_script_cut_off_is_caught(void **state)
{
    bench *b = bench_new();
    bill_usage u = image("both", 7, 1);
    (void)state;
    bench_prices(b);
    (void)record(b, &u);
    run_sql(b, "INSERT INTO ai_billing_records_archive (" ALL ", archived_at, archive_batch_id) SELECT " ALL
               ", created_at, 1 FROM ai_billing_records;\n");
    assert_true(violated(b) & 1u << 9);
    bench_free(b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_random),
        cmocka_unit_test(killed_at_named_places),
        cmocka_unit_test(two_step_recording_is_caught),
        cmocka_unit_test(the_backfill_query_is_caught),
        cmocka_unit_test(the_archive_script_is_caught),
        cmocka_unit_test(the_archive_script_cut_off_is_caught),
    };
    if (argc > 1)
        kills = (int)strtol(argv[1], NULL, 10);
    if (!bench_engine(argc > 2 ? argv[2] : "sqlite"))
        return 77;
    int failures = cmocka_run_group_tests_name("billing crash", tests, NULL, NULL);
    bench_end();
    return failures;
}
