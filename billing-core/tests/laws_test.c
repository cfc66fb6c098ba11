/* laws_test.c - what holds for any history: exports add up to the bill (13), the
 * same input twice is the same state (14), the order of independent events does
 * not matter (15), and a call split into parts costs the same under a flat
 * price (16). The store is SQLite, or the engine named on the command line. */
#include "bench.h"

#include "billing/query.h"

#define CALLS 96

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * UINT64_C(2685821657736338717);
}

/* Call n of a history: all four kinds, three users, three months. */
static bill_usage nth_call(int n)
{
    char name[16];
    (void)snprintf(name, sizeof name, "law-%d", n);
    bill_usage u = n % 4 == 0   ? chat(name, 1 + n % 3, 1000 + n * 7, 3 * n)
                   : n % 4 == 1 ? speech(name, 1 + n % 3, 11 * n)
                   : n % 4 == 2 ? image(name, 1 + n % 3, 1 + n % 5)
                                : video(name, 1 + n % 3, "7.25");
    u.occurred_at = instant("2025-01-05 00:00:00") + (int64_t)n * BILL_SECOND * 86400 * 3 / 4;
    return u;
}

/* Records a call and what becomes of it: every third is paid, every sixth of
 * those partly given back; every fifth of the others is cancelled. */
static void play(bench *b, int n)
{
    bill_usage u = nth_call(n);
    char reference[32];
    bill_amount part = amount("0.000001"), given;
    bill_recorded r = record(b, &u);
    (void)snprintf(reference, sizeof reference, "ref-%d", n);
    bill_change paid = {BILL_STATUS_PAID, reference, NULL, BILL_TIME_NONE};
    bill_change off = {BILL_STATUS_CANCELLED, reference, NULL, BILL_TIME_NONE};
    if (n % 3 == 0)
        MUST(b, bill_ledger_change(b->ledger, r.record_id, &paid, &b->error));
    else if (n % 5 == 0)
        MUST(b, bill_ledger_change(b->ledger, r.record_id, &off, &b->error));
    if (n % 6 == 0)
        MUST(b, bill_ledger_refund(&given, b->ledger, r.record_id, &part, reference, NULL, &b->error));
}

static bench *new_bench(void)
{
    bench *b = bench_new();
    bench_prices(b);
    b->now = instant("2025-06-01 00:00:00");
    return b;
}

static bill_statement totals_of(bench *b, int64_t user, const char *cycle)
{
    bill_filter filter;
    bill_statement out;
    bill_filter_init(&filter);
    filter.user_id = user;
    (void)snprintf(filter.cycle, sizeof filter.cycle, "%s", cycle);
    MUST(b, bill_query_totals(&out, b->ledger, &filter, &b->error));
    return out;
}

static bool same_part(const bill_type_total *a, const bill_type_total *b)
{
    return a->count == b->count && a->cost.v == b->cost.v && a->quantity.v == b->quantity.v;
}

static bool same_totals(const bill_statement *a, const bill_statement *b)
{
    if (a->currency_count != 1 || b->currency_count != 1)
        return a->currency_count == b->currency_count && a->currency_count == 0;
    const bill_totals *x = &a->currencies[0], *y = &b->currencies[0];
    bool same = x->count == y->count && x->gross.v == y->gross.v && x->refunded.v == y->refunded.v &&
                x->net.v == y->net.v && strcmp(x->currency, y->currency) == 0;
    for (int i = 0; i < 4; i++)
        same = same && same_part(&x->by_type[i], &y->by_type[i]);
    for (int i = 0; i < 6; i++)
        same = same && same_part(&x->by_status[i], &y->by_status[i]);
    return same;
}

/* ---- 13 ---- */

static bill_status is_thirteen(void *context, const bill_violation *v)
{
    *(bool *)context = v->invariant == 13;
    return BILL_OK;
}

static int64_t differences(bench *b, int64_t user, const char *cycle)
{
    bill_filter filter;
    int64_t count = -1;
    bool thirteen = true;
    bill_filter_init(&filter);
    filter.user_id = user;
    (void)snprintf(filter.cycle, sizeof filter.cycle, "%s", cycle);
    MUST(b, bill_export_verify(&count, b->ledger, &filter, is_thirteen, &thirteen, &b->error));
    assert_true(thirteen);
    return count;
}

static void exports_add_up(void **state)
{
    bench *b = new_bench();
    bill_price yuan;
    bill_usage u = speech("yuan", 1, 3);
    (void)state;
    bill_price_init(&yuan, BILL_TYPE_CHARACTER, "CNY");
    yuan.from = instant("2025-01-01");
    assert_int_equal(bill_price_add(&yuan, BILL_DIM_CHARACTER, "", BILL_AMOUNT_ZERO, amount("0.000123456789"), 1),
                     BILL_OK);
    MUST(b, bill_ledger_price_add(b->ledger, "=voice, \"new\"", "", &yuan, false, &b->error));
    (void)snprintf(u.model, sizeof u.model, "=voice, \"new\"");
    u.occurred_at = instant("2025-01-06");
    assert_string_equal(record(b, &u).currency, "CNY");
    for (int n = 0; n < CALLS; n++)
        play(b, n);
    assert_int_equal(differences(b, 0, ""), 0);
    for (int64_t user = 1; user <= 4; user++) /* the fourth has no bill */
        assert_int_equal(differences(b, user, "2025-01"), 0);
    MUST(b, bill_store_run(b->store,
                           "UPDATE ai_billing_records SET refunded_amount = '0.000001000000' WHERE id IN (SELECT "
                           "MIN(id) FROM ai_billing_records WHERE billing_status = 'cancelled')",
                           NULL, 0, NULL, NULL, &b->error));
    assert_int_equal(differences(b, 0, ""), 1);
    bench_free(b);
}

/* ---- 14 ---- */

static bill_status take_hash(void *context, const bill_value *row, size_t count)
{
    (void)count;
    (void)snprintf(context, 80, "%.*s", (int)row[0].length, row[0].text);
    return BILL_OK;
}

/* The last hash of the journal stands for all that happened: every entry goes
 * into it, with its order, its cycle and its payload. */
static void head_hash(char out[80], bench *b)
{
    out[0] = '\0';
    MUST(b, bill_store_run(b->store, "SELECT last_hash FROM ai_billing_journal_head WHERE id = 1", NULL, 0, take_hash,
                           out, &b->error));
    assert_int_equal(strlen(out), 64);
}

static void again_changes_nothing(void **state)
{
    bench *once = new_bench(), *twice = new_bench();
    char one[80], two[80];
    (void)state;
    for (int n = 0; n < CALLS; n++) {
        bill_usage u = nth_call(n);
        play(once, n);
        play(twice, n);
        if (n % 3 == 0)
            play(twice, n); /* the call, its payment and its refund, each by its key */
        assert_true(record(twice, &u).repeated);
    }
    head_hash(one, once);
    head_hash(two, twice);
    assert_string_equal(one, two);
    bill_statement a = totals_of(once, 0, ""), b = totals_of(twice, 0, "");
    assert_true(same_totals(&a, &b));
    assert_int_equal(count_rows(twice, "SELECT COUNT(*) FROM ai_model_usage"), CALLS);
    reconciled(twice);
    bench_free(once);
    bench_free(twice);
}

/* ---- 15 ---- */

static void order_does_not_matter(void **state)
{
    static const char *const cycles[] = {"", "2025-01", "2025-02", "2025-03"};
    bench *straight = new_bench();
    (void)state;
    for (int n = 0; n < CALLS; n++)
        play(straight, n);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        bench *mixed = new_bench();
        uint64_t random = seed * 7919;
        int order[CALLS];
        for (int n = 0; n < CALLS; n++)
            order[n] = n;
        for (int n = CALLS - 1; n > 0; n--) {
            int other = (int)((next_random(&random) >> 11) % (uint64_t)(n + 1)), kept = order[n];
            order[n] = order[other];
            order[other] = kept;
        }
        for (int n = 0; n < CALLS; n++)
            play(mixed, order[n]);
        for (int64_t user = 0; user <= 3; user++)
            for (size_t c = 0; c < sizeof cycles / sizeof cycles[0]; c++) {
                bill_statement a = totals_of(straight, user, cycles[c]), b = totals_of(mixed, user, cycles[c]);
                if (a.currency_count != 1 || !same_totals(&a, &b))
                    fail_msg("seed %d, user %d, cycle '%s'", (int)seed, (int)user, cycles[c]);
            }
        reconciled(mixed);
        bench_free(mixed);
    }
    bench_free(straight);
}

/* ---- 16 ---- */

static void a_split_call_costs_the_same(void **state)
{
    const struct {
        const char *name;
        bill_usage whole, part;
        int parts;
    } cases[] = {
        {"chat", chat("whole-chat", 1, 12300,      4560),                 chat("",             1,         1230, 456), 10},
        {"speech",    speech("whole-speech",                     1,               7007), speech("", 1, 1001), 7   },
        {"images",     image("whole-image",                      1,                12),   image("",  1,   1),  12},
        {"seconds",    video("whole-video",                     1,              "3.75"),  video("",  1, "1.25"),3 },
    };
    bench *b = new_bench();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bill_usage whole = cases[i].whole;
        bill_amount sum = BILL_AMOUNT_ZERO;
        whole.occurred_at = instant("2025-01-06");
        for (int n = 0; n < cases[i].parts; n++) {
            bill_usage part = cases[i].part;
            (void)snprintf(part.request_id, sizeof part.request_id, "%s-%d", cases[i].name, n);
            part.occurred_at = whole.occurred_at;
            CHECK_CASE(cases[i].name, bill_amount_add(&sum, sum, record(b, &part).cost) == BILL_OK);
        }
        bill_recorded one = record(b, &whole);
        CHECK_CASE(cases[i].name, one.outcome == BILL_OUTCOME_BILLED && one.cost.v > 0);
        CHECK_CASE(cases[i].name, bill_amount_cmp(one.cost, sum) == 0);
    }
    bench_free(b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exports_add_up),
        cmocka_unit_test(again_changes_nothing),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(a_split_call_costs_the_same),
    };
    const char *name = argc > 1 ? argv[1] : "sqlite";
    if (!bench_engine(name))
        return bench_missing(name);
    int failed = cmocka_run_group_tests_name("billing laws", tests, NULL, NULL);
    bench_end();
    return failed;
}
