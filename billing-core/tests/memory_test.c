/* memory_test.c - every allocation of libbilling and SQLite fails once.
 *
 * A story is told again and again; in round n the n-th allocation fails. Each
 * call then either did its work or says why not; nothing leaks, and the
 * database reconciles when memory is back. */
#include "bench.h"

#include "billing/memory.h"
#include "billing/meter.h"
#include "billing/query.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

static long left;  /* allocations until the one that fails; 0: never */
static long made;  /* in this round */
static long alive; /* blocks of libbilling not yet released */

static bool fails_now(void)
{
    made++;
    return left > 0 && --left == 0;
}

static void *counting_realloc(void *block, size_t size)
{
    if (size == 0) {
        alive--;
        free(block);
        return NULL;
    }
    if (fails_now())
        return NULL;
    void *out = realloc(block, size);
    alive += !block && out;
    return out;
}

/* ---- SQLite's allocator, wrapped ---- */

static sqlite3_mem_methods plain;

static void *sqlite_malloc(int size)
{
    return fails_now() ? NULL : plain.xMalloc(size);
}

static void *sqlite_realloc(void *block, int size)
{
    return fails_now() ? NULL : plain.xRealloc(block, size);
}

/* ---- the story ---- */

static char template_path[256], work_path[256];

static void copy_database(void)
{
    char buffer[65536];
    int from = open(template_path, O_RDONLY), to = open(work_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t got;
    char side[272];
    assert_true(from >= 0 && to >= 0);
    while ((got = read(from, buffer, sizeof buffer)) > 0)
        assert_int_equal(write(to, buffer, (size_t)got), got);
    (void)close(from);
    (void)close(to);
    (void)snprintf(side, sizeof side, "%s-wal", work_path);
    (void)unlink(side);
    (void)snprintf(side, sizeof side, "%s-shm", work_path);
    (void)unlink(side);
}

static bill_status swallow(void *context, const char *text, size_t length)
{
    (void)text;
    *(size_t *)context += length;
    return BILL_OK;
}

static bill_time fixed_clock(void *context)
{
    return *(const bill_time *)context;
}

#define STEP(call)                                                                                                     \
    if (status == BILL_OK)                                                                                             \
    status = (call)

static bill_status tell(bill_ledger *ledger, bill_time *now, bill_error *error)
{
    static const char list[] =
        "[{\"model\":\"m9\",\"provider\":\"p\",\"currency\":\"USD\",\"input_per_token\":\"0.1\"}]";
    static const char answer[] =
        "data: "
        "{\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n";
    bill_usage u = image("mem-1", 7, 3), v = chat("mem-2", 7, 10, 10), w = chat("mem-3", 7, 1, 1);
    bill_recorded r = {0};
    bill_change pay = {BILL_STATUS_PAID, "ref", NULL, BILL_TIME_NONE};
    bill_change_result result;
    bill_amount given;
    bill_import_counts counts;
    bill_backfill_counts filled;
    bill_filter filter;
    bill_export_options options = {.bom = true};
    bill_meter *meter = NULL;
    size_t written = 0;
    int64_t moved, differences;
    bill_status status = BILL_OK;
    bill_filter_init(&filter);
    filter.user_id = 7;
    (void)snprintf(filter.cycle, sizeof filter.cycle, "2025-01");
    u.occurred_at = v.occurred_at = w.occurred_at = instant("2025-01-10");
    (void)snprintf(w.model, sizeof w.model, "nobody");
    STEP(bill_ledger_price_import(&counts, ledger, list, strlen(list), false, instant("2025-01-01"), true, NULL, NULL,
                                  error));
    STEP(bill_ledger_record(&r, ledger, &u, error));
    STEP(bill_ledger_change_batch(&result, ledger, &r.record_id, 1, &pay, error));
    STEP(bill_ledger_refund(&given, ledger, r.record_id, NULL, "back", NULL, error));
    STEP(bill_meter_new(&meter, BILL_SHAPE_OPENAI, BILL_COUNT_NONE));
    STEP(bill_meter_feed(meter, answer, strlen(answer), error));
    STEP(bill_meter_end(&v, meter, NULL, error));
    bill_meter_free(meter);
    STEP(bill_ledger_group_begin(ledger, error));
    STEP(bill_ledger_record(&r, ledger, &v, error));
    STEP(bill_ledger_record(&r, ledger, &w, error));
    STEP(bill_ledger_group_end(ledger, error));
    bill_ledger_group_abandon(ledger);
    STEP(bill_ledger_backfill(&filled, ledger, instant("2025-01-01"), instant("2025-02-01"), error));
    *now = instant("2025-03-01");
    STEP(bill_ledger_close_cycle(ledger, "2025-01", false, error));
    STEP(bill_ledger_archive(&moved, ledger, instant("2025-02-20"), error));
    STEP(bill_export_csv(swallow, &written, ledger, &filter, &options, error));
    STEP(bill_json_bill(swallow, &written, ledger, 7, "2025-01", 0, 10, error));
    STEP(bill_json_statistics(swallow, &written, ledger, 0, instant("2025-01-01"), instant("2025-02-01"), error));
    STEP(bill_export_verify(&differences, ledger, &filter, NULL, NULL, error));
    return status;
}

static bill_status story(bill_error *error)
{
    bill_time now = instant("2025-01-20");
    bill_store *store = NULL;
    bill_ledger *ledger = NULL;
    bill_ledger_options options = {"memory", fixed_clock, &now};
    bill_status status = bill_store_open(&store, work_path, error);
    STEP(store->engine->script(store, "PRAGMA synchronous = OFF", error));
    STEP(bill_ledger_open(&ledger, store, &options, error));
    STEP(tell(ledger, &now, error));
    bill_ledger_close(ledger);
    bill_store_close(store);
    return status;
}

/* With memory back: nothing contradicts itself, and the story can be ended. */
static void check_database(long round)
{
    bill_error error = {0};
    bill_store *store;
    bill_ledger *ledger;
    int64_t violations = -1;
    assert_int_equal(bill_store_open(&store, work_path, &error), BILL_OK);
    assert_int_equal(bill_ledger_open(&ledger, store, NULL, &error), BILL_OK);
    if (bill_ledger_reconcile(&violations, ledger, NULL, NULL, &error) != BILL_OK || violations != 0)
        fail_msg("round %ld: %lld violations, %s", round, (long long)violations, error.text);
    bill_ledger_close(ledger);
    bill_store_close(store);
    if (story(&error) != BILL_OK)
        fail_msg("round %ld: the story cannot be ended: %s", round, error.text);
}

static long stride = 40;

static void each_allocation_fails_once(void **state)
{
    long total, refused = 0;
    (void)state;
    copy_database();
    made = 0;
    bill_error error = {0};
    if (story(&error) != BILL_OK)
        fail_msg("the story itself: %s", error.text);
    total = made;
    assert_int_equal(alive, 0);
    assert_true(total > 300);
    for (long round = 1; round <= total; round += 1 + (round > 40 ? stride : 0)) {
        copy_database();
        memset(&error, 0, sizeof error);
        left = round;
        bill_status status = story(&error);
        left = 0;
        if (status != BILL_OK && status != BILL_ENOMEM && status != BILL_EIO && status != BILL_EBUSY)
            fail_msg("round %ld: %s (%s)", round, bill_status_text(status), error.text);
        refused += status == BILL_ENOMEM;
        if (alive != 0)
            fail_msg("round %ld: %ld blocks leak", round, alive);
        check_database(round);
    }
    print_message("%ld allocations, %ld refusals seen\n", total, refused);
    assert_true(refused > 20);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_fails_once)};
    sqlite3_mem_methods wrapped;
    if (argc > 1)
        stride = strtol(argv[1], NULL, 10);
    (void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    (void)sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain);
    wrapped = plain;
    wrapped.xMalloc = sqlite_malloc;
    wrapped.xRealloc = sqlite_realloc;
    (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &wrapped);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (!bench_engine("sqlite"))
        return 77;
    bench *b = bench_new();
    bench_prices(b);
    (void)snprintf(template_path, sizeof template_path, "%s", b->address + strlen("sqlite:"));
    (void)snprintf(work_path, sizeof work_path, "%.240s-work", template_path);
    bench_free(b); /* the last connection folds the log into the file */
    bill_memory_hook(counting_realloc);
    int failures = cmocka_run_group_tests_name("billing memory", tests, NULL, NULL);
    bill_memory_hook(NULL);
    bench_end();
    return failures;
}
