/* conformance_test.c - what a ledger promises, on whichever store is named.
 *
 * The program takes an engine's name and runs every test on fresh databases of
 * it. A machine without that server skips (77); a build without it, too. */
#include "base/failpoint.h"
#include "bench.h"

#include "billing/record.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static bool same(bill_amount a, const char *text)
{
    return bill_amount_cmp(a, amount(text)) == 0;
}

/* ---- recording ---- */

static void the_four_kinds(void **state)
{
    bench *b = bench_new();
    (void)state;
    bench_prices(b);
    const struct {
        bill_usage usage;
        const char *cost;
    } cases[] = {
        {chat("r-chat", 7,    1000,          500),  "0.00125"},
        {speech("r-speech",             7, 500), "0.0005" },
        {image("r-image",             7,   1),   "0.01"  },
        {video("r-video",             7,   "30"),   "0.03"}
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bill_recorded first = record(b, &cases[i].usage), again = record(b, &cases[i].usage);
        CHECK_CASE(cases[i].usage.request_id, first.outcome == BILL_OUTCOME_BILLED && !first.repeated);
        CHECK_CASE(cases[i].usage.request_id, same(first.cost, cases[i].cost));
        CHECK_CASE(cases[i].usage.request_id, strcmp(first.cycle, "2025-01") == 0);
        CHECK_CASE(cases[i].usage.request_id, again.repeated && again.record_id == first.record_id &&
                                                  bill_amount_cmp(again.cost, first.cost) == 0);
    }
    bill_usage other = chat("r-chat", 7, 1000, 501);
    bill_recorded kept = {.usage_id = -5};
    MUST_BE(b, BILL_ECONFLICT, bill_ledger_record(&kept, b->ledger, &other, &b->error));
    assert_int_equal(kept.usage_id, -5);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_model_usage"), 4);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records"), 4);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_record_lines"), 5);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_journal"), 4);
    reconciled(b);
    bench_free(b);
}

static void request_ids_are_exact(void **state)
{
    bench *b = bench_new();
    bill_usage lower = chat("req_abc", 7, 1, 1), upper = chat("req_aBc", 7, 1, 1);
    (void)state;
    bench_prices(b);
    assert_false(record(b, &lower).repeated);
    assert_false(record(b, &upper).repeated);
    bench_free(b);
}

static void what_is_not_billed(void **state)
{
    bench *b = bench_new();
    bill_usage unknown = chat("u1", 7, 10, 10), failed = chat("f1", 7, 10, 0), odd = chat("o1", 7, 10, 10);
    bill_usage silent = chat("s1", 7, 10, 10), bad = chat("", 7, 1, 1), partial = chat("p1", 7, 100, 3);
    bill_recorded got;
    (void)state;
    bench_prices(b);
    (void)snprintf(unknown.model, sizeof unknown.model, "nobody-knows-it");
    failed.status = BILL_USAGE_FAILED;
    odd.cached_input_tokens = 11; /* more than the input */
    silent.input_tokens = silent.output_tokens = BILL_COUNT_NONE;
    partial.status = BILL_USAGE_PARTIAL;
    assert_int_equal(record(b, &unknown).outcome, BILL_OUTCOME_UNPRICED);
    assert_int_equal(record(b, &unknown).outcome, BILL_OUTCOME_UNPRICED);
    assert_int_equal(record(b, &failed).outcome, BILL_OUTCOME_NOT_BILLABLE);
    assert_int_equal(record(b, &odd).outcome, BILL_OUTCOME_REVIEW);
    assert_int_equal(record(b, &silent).outcome, BILL_OUTCOME_REVIEW);
    assert_int_equal(record(b, &partial).outcome, BILL_OUTCOME_BILLED);
    MUST_BE(b, BILL_EINVAL, bill_ledger_record(&got, b->ledger, &bad, &b->error));
    bad = chat("n1", 7, -1, 0);
    MUST_BE(b, BILL_EINVAL, bill_ledger_record(&got, b->ledger, &bad, &b->error));
    bad = chat("n2", 0, 1, 0);
    MUST_BE(b, BILL_EINVAL, bill_ledger_record(&got, b->ledger, &bad, &b->error));
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records"), 1);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_outbox WHERE last_error = 'unpriced'"), 1);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_outbox"), 3);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_model_usage WHERE cost IS NULL"), 3);
    reconciled(b);
    bench_free(b);
}

static void cycles_follow_the_zone(void **state)
{
    bench *b = bench_new();
    bill_usage last = chat("z1", 7, 1, 1), first = chat("z2", 7, 1, 1);
    (void)state;
    bench_prices(b);
    last.occurred_at = instant("2025-01-31 15:59:59.999999");
    first.occurred_at = instant("2025-01-31 16:00:00"); /* midnight in Shanghai */
    assert_string_equal(record(b, &last).cycle, "2025-01");
    assert_string_equal(record(b, &first).cycle, "2025-02");
    reconciled(b);
    bill_settings other = {"Europe/Berlin", NULL};
    MUST_BE(b, BILL_ESTATE, bill_ledger_init(b->store, &other, &b->error));
    MUST(b, bill_ledger_init(b->store, NULL, &b->error)); /* again is fine */
    bench_free(b);
}

/* ---- prices ---- */

static void prices_hold_in_time(void **state)
{
    bench *b = bench_new();
    bill_price next, again;
    bill_usage before = chat("t1", 7, 1000, 0), after = chat("t2", 7, 1000, 0), early = chat("t3", 7, 1000, 0);
    (void)state;
    bench_prices(b);
    bill_price_init(&next, BILL_TYPE_TOKEN, "USD");
    next.from = instant("2025-02-01");
    assert_int_equal(bill_price_add(&next, BILL_DIM_INPUT, "", BILL_AMOUNT_ZERO, amount("0.5"), 1000000), BILL_OK);
    again = next;
    MUST_BE(b, BILL_EOVERLAP, bill_ledger_price_add(b->ledger, "doubao-seed-1-6", "", &next, false, &b->error));
    MUST(b, bill_ledger_price_add(b->ledger, "doubao-seed-1-6", "", &next, true, &b->error));
    MUST(b, bill_ledger_price_add(b->ledger, "doubao-seed-1-6", "", &again, true, &b->error));
    assert_int_equal(next.id, again.id);
    before.occurred_at = instant("2025-01-31 23:59:59.999999");
    after.occurred_at = instant("2025-02-01");
    early.occurred_at = instant("2024-12-31");
    assert_true(same(record(b, &before).cost, "0.0005"));
    after.input_tokens = 3;
    assert_true(same(record(b, &after).cost, "0.0000015"));
    assert_int_equal(record(b, &early).outcome, BILL_OUTCOME_UNPRICED);
    /* history stays: a version that billed later calls cannot be cut short */
    bill_price_init(&again, BILL_TYPE_TOKEN, "USD");
    again.from = instant("2025-01-31 23:00:00");
    again.to = instant("2025-02-01");
    assert_int_equal(bill_price_add(&again, BILL_DIM_INPUT, "", BILL_AMOUNT_ZERO, amount("1"), 1), BILL_OK);
    MUST_BE(b, BILL_EOVERLAP, bill_ledger_price_add(b->ledger, "doubao-seed-1-6", "", &again, true, &b->error));
    reconciled(b);
    bench_free(b);
}

/* Another process's price change is seen by the next call. */
static void prices_are_not_stale(void **state)
{
    bench *b = bench_new(), *other = bench_again(b);
    bill_usage u = chat("s1", 7, 10, 0);
    bill_price p;
    (void)state;
    assert_int_equal(record(b, &u).outcome, BILL_OUTCOME_UNPRICED);
    bench_prices(other);
    u = chat("s2", 7, 10, 0);
    assert_int_equal(record(b, &u).outcome, BILL_OUTCOME_BILLED);
    MUST(b, bill_ledger_price_find(&p, b->ledger, "doubao-seed-1-6", BILL_OP_CHAT, b->now, &b->error));
    assert_int_equal(p.component_count, 2);
    MUST_BE(b, BILL_EUNPRICED,
            bill_ledger_price_find(&p, b->ledger, "doubao-seed-1-6", BILL_OP_CHAT, instant("2020-01-01"), &b->error));
    bench_free(other);
    bench_free(b);
}

static void tiers_and_parts(void **state)
{
    bench *b = bench_new();
    bill_price p;
    bill_usage u = chat("c1", 7, 1000, 300);
    (void)state;
    bill_price_init(&p, BILL_TYPE_TOKEN, "USD");
    p.from = instant("2025-01-01");
    p.tier_mode = BILL_TIER_VOLUME;
    bill_price_add(&p, BILL_DIM_INPUT, "", BILL_AMOUNT_ZERO, amount("1"), 1000000);
    bill_price_add(&p, BILL_DIM_INPUT, "", amount("200001"), amount("2"), 1000000);
    bill_price_add(&p, BILL_DIM_INPUT, "batch", BILL_AMOUNT_ZERO, amount("0.5"), 1000000);
    bill_price_add(&p, BILL_DIM_OUTPUT, "", BILL_AMOUNT_ZERO, amount("4"), 1000000);
    bill_price_add(&p, BILL_DIM_CACHED_INPUT, "", BILL_AMOUNT_ZERO, amount("0.1"), 1000000);
    bill_price_add(&p, BILL_DIM_AUDIO_INPUT, "", BILL_AMOUNT_ZERO, amount("10"), 1000000);
    MUST(b, bill_ledger_price_add(b->ledger, "doubao-seed-1-6", "volc", &p, false, &b->error));
    u.cached_input_tokens = 400;
    u.audio_input_tokens = 100;
    u.reasoning_tokens = 200;                         /* no price of its own: paid as output */
    assert_true(same(record(b, &u).cost, "0.00274")); /* 500*1 + 400*.1 + 100*10 + 300*4, per million */
    u = chat("c2", 7, 200000, 0);
    assert_true(same(record(b, &u).cost, "0.2"));
    u = chat("c3", 7, 200001, 0);
    assert_true(same(record(b, &u).cost, "0.400002"));
    u = chat("c4", 7, 1000, 0);
    (void)snprintf(u.qualifier, sizeof u.qualifier, "batch");
    assert_true(same(record(b, &u).cost, "0.0005"));
    reconciled(b);
    bench_free(b);
}

static void price_lists(void **state)
{
    static const char json[] =
        "[{\"model\":\"m1\",\"provider\":\"a\",\"currency\":\"USD\",\"input_per_token\":\"0.000001\","
        "\"output_per_token\":2e-6,\"tiers\":[{\"above_input_tokens\":\"1000\",\"input_per_token\":\"0.000003\"}]},"
        "{\"model\":\"m1\",\"provider\":\"b\",\"currency\":\"USD\",\"input_per_token\":\"0.000005\"},"
        "{\"model\":\"tts\",\"provider\":\"a\",\"currency\":\"CNY\",\"per_character\":\"0.0001\"},"
        "{\"model\":\"odd\",\"provider\":\"a\",\"currency\":\"USD\",\"per_query\":\"0.1\"}]";
    static const char csv[] = "model,provider,currency,per_second,note\r\n"
                              "film,v,USD,0.05,\"a, \"\"b\"\"\"\r\n";
    static const char broken[] =
        "[{\"model\":\"good\",\"input_per_token\":\"1\"},{\"model\":\"bad\",\"input_per_token\":\"x\"}]";
    bench *b = bench_new();
    bill_import_counts counts;
    bill_usage u = chat("i1", 7, 1001, 1);
    (void)state;
    MUST(b, bill_ledger_price_import(&counts, b->ledger, json, strlen(json), false, instant("2025-01-01"), true, NULL,
                                     NULL, &b->error));
    assert_int_equal(counts.added, 3);
    assert_int_equal(counts.skipped, 1);
    MUST(b, bill_ledger_price_import(&counts, b->ledger, json, strlen(json), false, instant("2025-01-01"), true, NULL,
                                     NULL, &b->error));
    assert_int_equal(counts.added, 0);
    assert_int_equal(counts.unchanged, 3);
    MUST(b, bill_ledger_price_import(&counts, b->ledger, csv, strlen(csv), true, instant("2025-01-01"), false, NULL,
                                     NULL, &b->error));
    assert_int_equal(counts.added, 1);
    MUST_BE(b, BILL_EINVAL,
            bill_ledger_price_import(&counts, b->ledger, broken, strlen(broken), false, instant("2025-01-01"), false,
                                     NULL, NULL, &b->error));
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_models WHERE name = 'good'"), 0);
    (void)snprintf(u.model, sizeof u.model, "m1");
    assert_true(same(record(b, &u).cost, "0.003005"));
    u = speech("i2", 7, 10);
    (void)snprintf(u.model, sizeof u.model, "tts");
    bill_recorded made = record(b, &u);
    assert_string_equal(made.currency, "CNY");
    assert_true(same(made.cost, "0.001"));
    reconciled(b);
    bench_free(b);
}

/* ---- changing ---- */

static void change(bench *b, int64_t id, bill_billing_status to, bill_status wanted)
{
    bill_change c = {to, NULL, NULL, BILL_TIME_NONE};
    MUST_BE(b, wanted, bill_ledger_change(b->ledger, id, &c, &b->error));
}

static void guarded_changes(void **state)
{
    bench *b = bench_new();
    bill_usage u = chat("g1", 7, 1000, 500), v = chat("g2", 7, 1000, 500);
    (void)state;
    bench_prices(b);
    int64_t id = record(b, &u).record_id, other = record(b, &v).record_id;
    change(b, id, BILL_STATUS_REFUNDED, BILL_ESTATE);
    change(b, id, BILL_STATUS_FAILED, BILL_ESTATE);
    change(b, id, BILL_STATUS_BILLED, BILL_OK);
    change(b, id, BILL_STATUS_FAILED, BILL_OK);
    change(b, id, BILL_STATUS_BILLED, BILL_OK);
    change(b, id, BILL_STATUS_PAID, BILL_OK);
    change(b, id, BILL_STATUS_CANCELLED, BILL_ESTATE);
    change(b, id, BILL_STATUS_PENDING, BILL_ESTATE);
    change(b, other, BILL_STATUS_CANCELLED, BILL_OK);
    change(b, other, BILL_STATUS_PAID, BILL_ESTATE);
    change(b, 999999, BILL_STATUS_PAID, BILL_ENOTFOUND);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records WHERE payment_time IS NOT NULL"), 1);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_journal"), 7);
    reconciled(b);
    bench_free(b);
}

static void batches(void **state)
{
    bench *b = bench_new();
    int64_t ids[5];
    bill_change_result results[5];
    bill_change pay = {BILL_STATUS_PAID, "bank-77", "January", BILL_TIME_NONE};
    (void)state;
    bench_prices(b);
    for (int i = 0; i < 5; i++) {
        char request[16];
        (void)snprintf(request, sizeof request, "b%d", i);
        bill_usage u = image(request, 7, 1);
        ids[i] = record(b, &u).record_id;
    }
    change(b, ids[3], BILL_STATUS_CANCELLED, BILL_OK);
    MUST_BE(b, BILL_ESTATE, bill_ledger_change_batch(results, b->ledger, ids, 5, &pay, &b->error));
    for (int i = 0; i < 5; i++)
        assert_int_equal(results[i].status, i == 3 ? BILL_ESTATE : BILL_OK);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records WHERE billing_status = 'paid'"), 0);
    MUST(b, bill_ledger_change_batch(results, b->ledger, ids, 3, &pay, &b->error));
    MUST(b, bill_ledger_change_batch(results, b->ledger, ids, 3, &pay, &b->error)); /* same payment again */
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records WHERE billing_status = 'paid'"), 3);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_journal WHERE kind = 'payment'"), 3);
    int64_t twice[] = {ids[4], ids[4]};
    pay.reference = NULL;
    MUST_BE(b, BILL_ESTATE, bill_ledger_change_batch(results, b->ledger, twice, 2, &pay, &b->error));
    reconciled(b);
    bench_free(b);
}

static void refunds(void **state)
{
    bench *b = bench_new();
    bill_usage u = image("x1", 7, 100), v = image("x2", 7, 1);
    bill_amount part = amount("0.4"), more = amount("0.7"), given, none = BILL_AMOUNT_ZERO;
    (void)state;
    bench_prices(b);
    int64_t id = record(b, &u).record_id, other = record(b, &v).record_id;
    MUST_BE(b, BILL_ESTATE, bill_ledger_refund(&given, b->ledger, id, &part, "rf-1", NULL, &b->error));
    change(b, id, BILL_STATUS_PAID, BILL_OK);
    MUST(b, bill_ledger_refund(&given, b->ledger, id, &part, "rf-1", "blurred", &b->error));
    MUST(b, bill_ledger_refund(&given, b->ledger, id, &part, "rf-1", "blurred", &b->error));
    assert_true(same(given, "0.4"));
    MUST_BE(b, BILL_ECONFLICT, bill_ledger_refund(&given, b->ledger, id, &more, "rf-1", NULL, &b->error));
    MUST_BE(b, BILL_ECONFLICT, bill_ledger_refund(&given, b->ledger, other, &part, "rf-1", NULL, &b->error));
    MUST_BE(b, BILL_ERANGE, bill_ledger_refund(&given, b->ledger, id, &more, "rf-2", NULL, &b->error));
    MUST_BE(b, BILL_ERANGE, bill_ledger_refund(&given, b->ledger, id, &none, "rf-2", NULL, &b->error));
    MUST_BE(b, BILL_EINVAL, bill_ledger_refund(&given, b->ledger, id, NULL, "with blank", NULL, &b->error));
    MUST(b, bill_ledger_refund(&given, b->ledger, id, NULL, "rf-3", NULL, &b->error));
    assert_true(same(given, "0.6"));
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records WHERE billing_status = 'refunded'"), 1);
    MUST_BE(b, BILL_ESTATE, bill_ledger_refund(&given, b->ledger, id, NULL, "rf-4", NULL, &b->error));
    reconciled(b);
    bench_free(b);
}

/* ---- groups ---- */

static void groups(void **state)
{
    bench *b = bench_new();
    bill_usage u[3] = {chat("k1", 7, 1, 1), chat("k2", 7, 1, 1), chat("k1", 7, 9, 9)};
    bill_recorded got;
    (void)state;
    bench_prices(b);
    MUST(b, bill_ledger_group_begin(b->ledger, &b->error));
    (void)record(b, &u[0]);
    bill_ledger_group_abandon(b->ledger);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_model_usage"), 0);
    MUST(b, bill_ledger_group_begin(b->ledger, &b->error));
    (void)record(b, &u[0]);
    MUST_BE(b, BILL_ECONFLICT, bill_ledger_record(&got, b->ledger, &u[2], &b->error)); /* refused, nothing written */
    (void)record(b, &u[1]);
    MUST(b, bill_ledger_group_end(b->ledger, &b->error));
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records"), 2);
    reconciled(b);
    bench_free(b);
}

/* ---- backfill ---- */

static const char lone_usage[] =
    "INSERT INTO ai_model_usage (user_id, model_id, request_id, usage_type, input_tokens, output_tokens, image_count, "
    "status, created_at, operation, usage_source, model_name, payload_hash, occurred_at, price_qualifier) VALUES (";

/* `values` has one place for the model's id: engines number as they like. */
static void add_lone(bench *b, int64_t model, const char *values)
{
    char sql[1024], row[512];
    const char *place = strstr(values, "%lld");
    assert_non_null(place);
    (void)snprintf(row, sizeof row, "%.*s%lld%s", (int)(place - values), values, (long long)model, place + 4);
    (void)snprintf(sql, sizeof sql, "%s%s)", lone_usage, row);
    MUST(b, bill_store_run(b->store, sql, NULL, 0, NULL, NULL, &b->error));
}

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

static void backfill(void **state)
{
    bench *b = bench_new();
    bill_backfill_counts counts;
    bill_usage u = chat("a1", 7, 10, 10);
    (void)state;
    bench_prices(b);
    (void)record(b, &u);
    /* written by somebody else, without bills */
    int64_t text = count_rows(b, "SELECT id FROM ai_billing_models WHERE name = 'doubao-seed-1-6'");
    int64_t picture = count_rows(b, "SELECT id FROM ai_billing_models WHERE name = 'dall-e-3'");
    add_lone(b, text,
             "7, %lld, 'l1', 'text', 1000, 500, NULL, 'success', '2025-01-20 00:00:00.000000', 'chat', 'provider', "
             "'doubao-seed-1-6', 'h', '2025-01-20 00:00:00.000000', ''");
    add_lone(b, text,
             "7, %lld, 'l2', 'text', 1000, 500, NULL, 'failed', '2025-01-20 00:00:00.000000', 'chat', 'provider', "
             "'doubao-seed-1-6', 'h', '2025-01-20 00:00:00.000000', ''");
    add_lone(b, picture,
             "7, %lld, 'l3', 'image', NULL, NULL, 2, 'partial', '2025-01-20 00:00:00.000000', 'image', 'provider', "
             "'dall-e-3', 'h', '2025-01-20 00:00:00.000000', ''");
    add_lone(b, 99,
             "7, %lld, 'l4', 'text', 1, 1, NULL, 'success', '2025-01-20 00:00:00.000000', 'chat', 'provider', "
             "'unknown', 'h', '2025-01-20 00:00:00.000000', ''");
    add_lone(b, text,
             "7, %lld, 'l5', 'text', 1, 1, NULL, 'success', '2025-01-20 00:00:00.000000', 'chat', 'provider', "
             "'doubao-seed-1-6', 'h', '2025-03-20 00:00:00.000000', ''");
    assert_int_equal(violated(b), 1u << 1);
    MUST(b, bill_ledger_backfill(&counts, b->ledger, instant("2025-01-01"), instant("2025-02-01"), &b->error));
    assert_int_equal(counts.seen, 3);
    assert_int_equal(counts.billed, 2);
    assert_int_equal(counts.unpriced, 1);
    MUST(b, bill_ledger_backfill(&counts, b->ledger, instant("2025-01-01"), instant("2025-02-01"), &b->error));
    assert_int_equal(counts.billed, 0);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records"), 3);
    MUST(b, bill_ledger_backfill(&counts, b->ledger, instant("2025-01-01"), instant("2026-02-01"), &b->error));
    assert_int_equal(counts.billed, 1);
    reconciled(b);
    bench_free(b);
}

/* An unpriced usage is billed by backfill once its price is known. */
static void unpriced_then_priced(void **state)
{
    bench *b = bench_new();
    bill_backfill_counts counts;
    bill_usage u = chat("q1", 7, 1000, 500);
    (void)state;
    assert_int_equal(record(b, &u).outcome, BILL_OUTCOME_UNPRICED);
    bench_prices(b);
    MUST(b, bill_ledger_backfill(&counts, b->ledger, instant("2025-01-01"), instant("2025-02-01"), &b->error));
    assert_int_equal(counts.billed, 1);
    bill_recorded again = record(b, &u);
    assert_true(again.repeated && again.outcome == BILL_OUTCOME_BILLED && same(again.cost, "0.00125"));
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_outbox WHERE state = 'done'"), 1);
    reconciled(b);
    bench_free(b);
}

/* ---- closing and archive ---- */

static void closing(void **state)
{
    bench *b = bench_new();
    bill_usage jan = image("j1", 7, 3), late = image("j2", 7, 1), feb = image("f1", 8, 1);
    bill_amount given;
    int64_t differences;
    (void)state;
    bench_prices(b);
    jan.occurred_at = late.occurred_at = instant("2025-01-15");
    int64_t id = record(b, &jan).record_id;
    MUST_BE(b, BILL_ESTATE, bill_ledger_close_cycle(b->ledger, "2025-01", false, &b->error));
    MUST_BE(b, BILL_EINVAL, bill_ledger_close_cycle(b->ledger, "2025-13", false, &b->error));
    b->now = instant("2025-02-03");
    MUST(b, bill_ledger_close_cycle(b->ledger, "2025-01", false, &b->error));
    MUST(b, bill_ledger_close_cycle(b->ledger, "2025-01", false, &b->error));
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records WHERE billing_status = 'billed'"), 1);
    assert_int_equal(count_rows(b, "SELECT total_count FROM ai_billing_monthly_summary WHERE user_id = 7"), 1);
    /* late: the cycle stays January, the posting goes to February */
    assert_string_equal(record(b, &late).cycle, "2025-01");
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_journal WHERE record_cycle = '2025-01' AND "
                                   "posting_cycle = '2025-02' AND kind = 'charge'"),
                     1);
    feb.occurred_at = instant("2025-02-02");
    (void)record(b, &feb);
    change(b, id, BILL_STATUS_PAID, BILL_OK);
    MUST(b, bill_ledger_refund(&given, b->ledger, id, NULL, "late-refund", NULL, &b->error));
    MUST(b, bill_ledger_summary_verify(&differences, b->ledger, "2025-01", &b->error));
    assert_int_equal(differences, 0);
    MUST(b, bill_ledger_summarise(b->ledger, "2025-02", &b->error));
    MUST(b, bill_ledger_summary_verify(&differences, b->ledger, "2025-02", &b->error));
    assert_int_equal(differences, 0);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_monthly_summary WHERE billing_cycle = '2025-02'"),
                     2);
    reconciled(b);
    MUST(b, bill_store_run(
                b->store,
                "UPDATE ai_billing_monthly_summary SET total_count = total_count + 1 WHERE billing_cycle = '2025-01'",
                NULL, 0, NULL, NULL, &b->error));
    assert_int_equal(violated(b), 1u << 8);
    bench_free(b);
}

static void archive(void **state)
{
    bench *b = bench_new();
    bill_backfill_counts counts;
    bill_amount part = amount("0.01"), given;
    int64_t moved, first = 0;
    (void)state;
    bench_prices(b);
    for (int i = 0; i < 450; i++) {
        char request[16];
        (void)snprintf(request, sizeof request, "v%d", i);
        bill_usage u = image(request, 7, 2);
        int64_t id = record(b, &u).record_id;
        first = first ? first : id;
        if (i % 9 != 0)
            change(b, id, i % 2 ? BILL_STATUS_PAID : BILL_STATUS_CANCELLED, BILL_OK);
    }
    change(b, first, BILL_STATUS_PAID, BILL_OK);
    MUST(b, bill_ledger_archive(&moved, b->ledger, instant("2025-04-01"), &b->error));
    assert_int_equal(moved, 0); /* the month is still open */
    b->now = instant("2025-05-01");
    MUST(b, bill_ledger_close_cycle(b->ledger, "2025-01", false, &b->error));
    MUST(b, bill_ledger_archive(&moved, b->ledger, instant("2025-04-01"), &b->error));
    assert_int_equal(moved, 401);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records"), 49);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records_archive"), 401);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_record_lines_archive"), 401);
    MUST(b, bill_ledger_archive(&moved, b->ledger, instant("2025-04-01"), &b->error));
    assert_int_equal(moved, 0);
    reconciled(b);
    MUST(b, bill_ledger_backfill(&counts, b->ledger, instant("2025-01-01"), instant("2025-06-01"), &b->error));
    assert_int_equal(counts.seen, 0);
    MUST(b, bill_ledger_refund(&given, b->ledger, first, &part, "rf-archived", NULL, &b->error));
    bill_usage again = image("v0", 7, 2);
    assert_int_equal(record(b, &again).record_id, first);
    reconciled(b);
    bench_free(b);
}

/* ---- reconcile sees ---- */

static void reconcile_sees(void **state)
{
    static const struct {
        const char *name, *sql;
        int invariant;
    } cases[] = {
        {"a bill is gone",
         "DELETE FROM ai_billing_record_lines WHERE record_id = 1; DELETE FROM ai_billing_records WHERE id = 1",     1 },
        {"cost raised",            "UPDATE ai_billing_records SET total_cost = '0.020000000000' WHERE id = 1",       3 },
        {"line lowered",           "UPDATE ai_billing_record_lines SET cost = '0.001000000000' WHERE record_id = 1", 4 },
        {"refund without entry",   "UPDATE ai_billing_records SET refunded_amount = '0.001000000000' WHERE id = 1",  5 },
        {"paid by hand",
         "UPDATE ai_billing_records SET billing_status = 'paid', payment_time = '2025-01-21 03:00:00.000000' WHERE id "
         "= 1",                                                                                                      7 },
        {"currency swapped",       "UPDATE ai_billing_records SET currency = 'CNY' WHERE id = 1",                    10},
        {"moved to another month", "UPDATE ai_billing_records SET billing_cycle = '2025-02' WHERE id = 1",           11},
        {"entry changed",          "UPDATE ai_billing_journal SET reason = 'x' WHERE id = 1",                        12},
        {"entry removed",          "DELETE FROM ai_billing_journal WHERE id = 2",                                    12},
        {"last entry removed",     "DELETE FROM ai_billing_journal WHERE id = 3",                                    12},
        {"measures changed",       "UPDATE ai_model_usage SET image_count = 5 WHERE id = 1",                         3 },
        {"usage cost differs",     "UPDATE ai_model_usage SET cost = '0.500000000000' WHERE id = 1",                 3 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench *b = bench_new();
        bench_prices(b);
        for (int n = 0; n < 3; n++) {
            char request[16];
            (void)snprintf(request, sizeof request, "m%d", n);
            bill_usage u = image(request, 7, 1);
            (void)record(b, &u);
        }
        assert_int_equal(violated(b), 0);
        char sql[512];
        (void)snprintf(sql, sizeof sql, "%s;\n", cases[i].sql);
        char *second = strstr(sql, "; DELETE"); /* statements of a script end their line */
        if (second)
            second[1] = '\n';
        MUST(b, b->store->engine->script(b->store, sql, &b->error));
        CHECK_CASE(cases[i].name, violated(b) & 1u << cases[i].invariant);
        bench_free(b);
    }
}

/* ---- many at once ---- */

/* Records the same ids as its siblings; exit status 1 on any error. */
static void insert_all(const bench *parent, int count)
{
    bench *b = bench_again(parent);
    int failures = 0;
    for (int i = 0; i < count; i++) {
        char request[32];
        bill_recorded got;
        (void)snprintf(request, sizeof request, "same-%d", i);
        bill_usage u = chat(request, 1 + i % 5, 100, 50);
        u.occurred_at = b->now;
        failures += bill_ledger_record(&got, b->ledger, &u, &b->error) != BILL_OK;
    }
    if (failures)
        fprintf(stderr, "%d failures, the last: %s\n", failures, b->error.text);
    _exit(failures > 0);
}

static void four_writers(void **state)
{
    const int count = getenv("BILLING_WRITER_ROWS") ? (int)strtol(getenv("BILLING_WRITER_ROWS"), NULL, 10) : 200;
    bench *b = bench_new();
    pid_t writers[4];
    int failed = 0;
    (void)state;
    bench_prices(b);
    bill_ledger_close(b->ledger); /* a connection does not survive fork */
    bill_store_close(b->store);
    b->ledger = NULL;
    b->store = NULL;
    for (int i = 0; i < 4; i++)
        if ((writers[i] = fork()) == 0)
            insert_all(b, count);
    for (int i = 0; i < 4; i++) {
        int status = 0;
        assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
        failed += status != 0;
    }
    assert_int_equal(failed, 0);
    bench *after = bench_again(b);
    assert_int_equal(count_rows(after, "SELECT COUNT(*) FROM ai_billing_records"), count);
    assert_int_equal(count_rows(after, "SELECT COUNT(*) FROM ai_model_usage"), count);
    reconciled(after);
    bench_free(after);
    free(b);
}

/* Threads of one program, each with its own store: nothing else is shared. */
static void *record_beside(void *context)
{
    bench *b = context;
    intptr_t failures = 0;
    for (int i = 0; i < 60; i++) {
        char request[32];
        bill_recorded got;
        (void)snprintf(request, sizeof request, "thread-%d", i);
        bill_usage u = chat(request, 1 + i % 5, 100, 50);
        u.occurred_at = b->now;
        failures += bill_ledger_record(&got, b->ledger, &u, &b->error) != BILL_OK;
    }
    return (void *)failures;
}

static void two_threads(void **state)
{
    bench *b = bench_new(), *other = bench_again(b);
    pthread_t thread;
    void *failures = NULL;
    (void)state;
    bench_prices(b);
    bill_failpoint_reset(); /* what a process looks up once, both look up first */
    assert_int_equal(pthread_create(&thread, NULL, record_beside, other), 0);
    assert_null(record_beside(b));
    assert_int_equal(pthread_join(thread, &failures), 0);
    assert_null(failures);
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM ai_billing_records"), 60);
    reconciled(b);
    bench_free(other);
    bench_free(b);
}

/* What is left of a transaction is not done on a new connection, not even when the loss itself went
 * unheard, as a question for the last id does. */
static void a_lost_transaction(void **state)
{
    bench *b = bench_new(), *other = bench_again(b);
    bill_store *store = other->store;
    (void)state;
    MUST(b, b->store->engine->script(b->store, "CREATE TABLE lost_rows (id INTEGER)", &b->error));
    MUST(other, store->engine->begin(store, &other->error));
    MUST(other, bill_store_run(store, "INSERT INTO lost_rows (id) VALUES (1)", NULL, 0, NULL, NULL, &other->error));
    if (bench_cut_connections(b) > 0) {
        (void)store->engine->last_id(store);
        for (int again = 0; again < 3; again++)
            MUST_BE(other, BILL_EBUSY,
                    bill_store_run(store, "INSERT INTO lost_rows (id) VALUES (2)", NULL, 0, NULL, NULL, &other->error));
        MUST_BE(other, BILL_EBUSY, store->engine->commit(store, &other->error));
        store->engine->rollback(store);
        assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM lost_rows"), 0);
        MUST(other, store->engine->begin(store, &other->error));
        MUST(other, bill_store_run(store, "INSERT INTO lost_rows (id) VALUES (3)", NULL, 0, NULL, NULL, &other->error));
    }
    MUST(other, store->engine->commit(store, &other->error));
    assert_int_equal(count_rows(b, "SELECT COUNT(*) FROM lost_rows"), 1);
    bench_free(other);
    bench_free(b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_four_kinds),
        cmocka_unit_test(request_ids_are_exact),
        cmocka_unit_test(what_is_not_billed),
        cmocka_unit_test(cycles_follow_the_zone),
        cmocka_unit_test(prices_hold_in_time),
        cmocka_unit_test(prices_are_not_stale),
        cmocka_unit_test(tiers_and_parts),
        cmocka_unit_test(price_lists),
        cmocka_unit_test(guarded_changes),
        cmocka_unit_test(batches),
        cmocka_unit_test(refunds),
        cmocka_unit_test(groups),
        cmocka_unit_test(backfill),
        cmocka_unit_test(unpriced_then_priced),
        cmocka_unit_test(closing),
        cmocka_unit_test(archive),
        cmocka_unit_test(reconcile_sees),
        cmocka_unit_test(four_writers),
        cmocka_unit_test(two_threads),
        cmocka_unit_test(a_lost_transaction),
    };
    const char *name = argc > 1 ? argv[1] : "sqlite";
    char title[64];
    if (!bench_engine(name))
        return bench_missing(name);
    (void)snprintf(title, sizeof title, "billing conformance on %s", name);
    if (argc > 2)
        cmocka_set_test_filter(argv[2]);
    int failed = cmocka_run_group_tests_name(title, tests, NULL, NULL);
    bench_end();
    return failed;
}
