/* simulate_test.c - random histories against an oracle in exact rationals.
 *
 * A seed decides everything: calls, repeats, late and early ones, months that
 * turn in zones with summer time, price changes, payments, refunds, closings,
 * archiving. After every step the touched bill is compared with the oracle
 * (GMP fractions and the C library's time zones) and reconciled; every 500
 * steps and at the end everything is. A failure prints the seed; give it as
 * the first word to run it again, the number of steps as the second. */
#include "bench.h"

#include "billing/query.h"

#include <gmp.h>
#include <time.h>

#define MODELS       4
#define VERSIONS_MAX 64
#define USERS        5

typedef struct version {
    bill_time from;
    mpq_t first, second; /* prices: input and output, or the unit's */
} version;

typedef struct model {
    bill_operation operation;
    bill_price_dimension dimension;
    version versions[VERSIONS_MAX]; /* by time; the last one is open */
    size_t count;
} model;

typedef struct call {
    bill_usage usage;
    int64_t record_id;
    bill_billing_status status;
    mpq_t cost, refunded;
    char cycle[BILL_CYCLE_TEXT];
    unsigned refunds;
} call;

typedef struct simulation {
    bench *b;
    uint64_t seed, state;
    const char *zone;
    unsigned step, steps;
    model models[MODELS];
    call *calls;
    size_t count, touched; /* touched: SIZE_MAX for none */
    char next_to_close[BILL_CYCLE_TEXT];
} simulation;

static uint64_t next_random(simulation *s)
{
    s->state ^= s->state << 13;
    s->state ^= s->state >> 7;
    s->state ^= s->state << 17;
    return s->state * UINT64_C(2685821657736338717);
}

static uint64_t below(simulation *s, uint64_t limit)
{
    return (next_random(s) >> 11) % limit;
}

#define DISAGREE(s, ...)                                                                                               \
    do {                                                                                                               \
        print_error("seed %llu, step %u: ", (unsigned long long)(s)->seed, (s)->step);                                 \
        print_error(__VA_ARGS__);                                                                                      \
        fail_msg(" -- run again with the words %llu %u", (unsigned long long)(s)->seed, (s)->steps);                   \
    } while (0)

/* ---- the oracle ---- */

/* The C library's own zones, for the month of a call. */
static void oracle_cycle(char out[BILL_CYCLE_TEXT], bill_time at)
{
    time_t seconds = (time_t)(at / BILL_SECOND);
    struct tm local;
    (void)localtime_r(&seconds, &local);
    (void)snprintf(out, BILL_CYCLE_TEXT, "%04u-%02u", (unsigned)(local.tm_year + 1900) % 10000u,
                   (unsigned)(local.tm_mon + 1) % 100u);
}

static const version *oracle_version(const model *m, bill_time at)
{
    for (size_t i = m->count; i > 0; i--)
        if (m->versions[i - 1].from <= at)
            return &m->versions[i - 1];
    return NULL;
}

/* To 12 decimals, half away from zero; costs are never negative. */
static void round_12(mpq_t value)
{
    mpz_t n, unit;
    mpz_init(n);
    mpz_init_set_ui(unit, 1000000000000UL);
    mpz_mul(n, mpq_numref(value), unit);
    mpz_mul_2exp(n, n, 1);
    mpz_add(n, n, mpq_denref(value)); /* (2xn + d) / 2d is the rounding */
    mpz_t d;
    mpz_init(d);
    mpz_mul_2exp(d, mpq_denref(value), 1);
    mpz_fdiv_q(n, n, d);
    mpq_set_num(value, n);
    mpq_set_den(value, unit);
    mpq_canonicalize(value);
    mpz_clears(n, d, unit, NULL);
}

static void set_amount(mpq_t out, bill_amount a)
{
    char text[BILL_AMOUNT_TEXT_MAX], fraction[BILL_AMOUNT_TEXT_MAX + 16];
    (void)bill_amount_print_scale(text, a, 12, BILL_ROUND_EXACT);
    char *point = strchr(text, '.');
    memmove(point, point + 1, strlen(point));
    (void)snprintf(fraction, sizeof fraction, "%s/1000000000000", text);
    assert_int_equal(mpq_set_str(out, fraction, 10), 0);
    mpq_canonicalize(out);
}

static void add_product(mpq_t sum, int64_t count, const mpq_t price)
{
    mpq_t part;
    mpq_init(part);
    mpq_set_si(part, count, 1);
    mpq_mul(part, part, price);
    round_12(part);
    mpq_add(sum, sum, part);
    mpq_clear(part);
}

static void oracle_cost(mpq_t out, const model *m, const bill_usage *u)
{
    const version *v = oracle_version(m, u->occurred_at);
    mpq_set_ui(out, 0, 1);
    if (m->operation == BILL_OP_CHAT) {
        add_product(out, u->input_tokens, v->first);
        add_product(out, u->output_tokens, v->second);
    } else if (m->operation == BILL_OP_VIDEO) {
        set_amount(out, u->duration_seconds);
        mpq_mul(out, out, v->first);
        round_12(out);
    } else {
        add_product(out, m->operation == BILL_OP_TTS ? u->character_count : u->image_count, v->first);
    }
}

static bool same(const mpq_t oracle, bill_amount a)
{
    mpq_t mine;
    mpq_init(mine);
    set_amount(mine, a);
    bool equal = mpq_equal(mine, oracle) != 0;
    mpq_clear(mine);
    return equal;
}

/* ---- steps ---- */

static bill_amount random_price(simulation *s)
{
    return (bill_amount){(bill_int128)below(s, UINT64_C(1) << (10 + below(s, 34)))};
}

static void add_version(simulation *s, size_t which, bill_time from)
{
    model *m = &s->models[which];
    char name[16];
    bill_price price;
    bill_amount first = random_price(s), second = random_price(s);
    (void)snprintf(name, sizeof name, "model-%zu", which);
    if (m->count == VERSIONS_MAX)
        return;
    bill_price_init(&price,
                    m->operation == BILL_OP_CHAT    ? BILL_TYPE_TOKEN
                    : m->operation == BILL_OP_TTS   ? BILL_TYPE_CHARACTER
                    : m->operation == BILL_OP_IMAGE ? BILL_TYPE_COUNT
                                                    : BILL_TYPE_SECOND,
                    "USD");
    price.from = from;
    assert_int_equal(bill_price_add(&price, m->dimension, "", BILL_AMOUNT_ZERO, first, 1), BILL_OK);
    if (m->operation == BILL_OP_CHAT)
        assert_int_equal(bill_price_add(&price, BILL_DIM_OUTPUT, "", BILL_AMOUNT_ZERO, second, 1), BILL_OK);
    bill_status status = bill_ledger_price_add(s->b->ledger, name, "", &price, true, &s->b->error);
    if (status == BILL_ESTATE || status == BILL_EOVERLAP)
        return; /* later calls were billed already, or a later version stands */
    if (status != BILL_OK)
        DISAGREE(s, "price: %s", s->b->error.text);
    version *v = &m->versions[m->count++];
    v->from = from;
    mpq_inits(v->first, v->second, NULL);
    set_amount(v->first, first);
    set_amount(v->second, second);
}

static void measure(simulation *s, bill_usage *u)
{
    switch (u->operation) {
    case BILL_OP_CHAT:
        u->input_tokens = (int64_t)below(s, 200000);
        u->output_tokens = (int64_t)below(s, 20000);
        break;
    case BILL_OP_TTS: u->character_count = (int64_t)below(s, 5000); break;
    case BILL_OP_IMAGE: u->image_count = (int64_t)below(s, 10); break;
    default:
        u->duration_seconds.v = (bill_int128)below(s, 600000000) * 1000000;
        u->has_duration = true;
        break;
    }
}

static void new_call(simulation *s)
{
    call *c = &s->calls[s->count];
    size_t which = below(s, MODELS);
    bill_recorded r = {0};
    bill_usage_init(&c->usage, s->models[which].operation);
    (void)snprintf(c->usage.request_id, sizeof c->usage.request_id, "call-%zu", s->count);
    (void)snprintf(c->usage.model, sizeof c->usage.model, "model-%zu", which);
    c->usage.user_id = 1 + (int64_t)below(s, USERS);
    measure(s, &c->usage);
    /* now, a little late, or very late; never before the first price */
    uint64_t kind = below(s, 10);
    uint64_t late = kind < 6 ? 0 : kind < 9 ? below(s, 3600) : below(s, 40 * 86400);
    c->usage.occurred_at = s->b->now - (bill_time)late * BILL_SECOND;
    if (c->usage.occurred_at < s->models[which].versions[0].from)
        c->usage.occurred_at = s->models[which].versions[0].from;
    mpq_inits(c->cost, c->refunded, NULL);
    oracle_cost(c->cost, &s->models[which], &c->usage);
    oracle_cycle(c->cycle, c->usage.occurred_at);
    bill_status status = bill_ledger_record(&r, s->b->ledger, &c->usage, &s->b->error);
    if (status != BILL_OK || r.outcome != BILL_OUTCOME_BILLED || r.repeated)
        DISAGREE(s, "record: %s, outcome %d (%s)", bill_status_text(status), (int)r.outcome, s->b->error.text);
    if (!same(c->cost, r.cost))
        DISAGREE(s, "cost of %s differs", c->usage.request_id);
    c->record_id = r.record_id;
    c->status = BILL_STATUS_PENDING;
    s->touched = s->count++;
}

static call *some_call(simulation *s)
{
    /* recent ones more often */
    size_t span = below(s, 2) && s->count > 50 ? 50 : s->count;
    s->touched = s->count - 1 - below(s, span);
    return &s->calls[s->touched];
}

static void repeat(simulation *s)
{
    call *c = some_call(s);
    bill_recorded r = {0};
    bill_usage other = c->usage;
    MUST(s->b, bill_ledger_record(&r, s->b->ledger, &c->usage, &s->b->error));
    if (!r.repeated || r.record_id != c->record_id || !same(c->cost, r.cost))
        DISAGREE(s, "a repeat is another answer");
    other.user_id++;
    if (bill_ledger_record(&r, s->b->ledger, &other, &s->b->error) != BILL_ECONFLICT)
        DISAGREE(s, "another content under the same id was taken");
}

static void change(simulation *s)
{
    static const bool allowed[6][6] = {
        [BILL_STATUS_PENDING] =
            {[BILL_STATUS_BILLED] = true, [BILL_STATUS_PAID] = true,   [BILL_STATUS_CANCELLED] = true},
        [BILL_STATUS_BILLED] = {[BILL_STATUS_PAID] = true,   [BILL_STATUS_FAILED] = true, [BILL_STATUS_CANCELLED] = true},
        [BILL_STATUS_FAILED] = {
                                   [BILL_STATUS_BILLED] = true, [BILL_STATUS_PAID] = true,   [BILL_STATUS_CANCELLED] = true}
    };
    call *c = some_call(s);
    bill_change to = {(bill_billing_status)below(s, 6), NULL, NULL, BILL_TIME_NONE};
    bill_status status = bill_ledger_change(s->b->ledger, c->record_id, &to, &s->b->error);
    bool fine = allowed[c->status][to.to];
    if (status != (fine ? BILL_OK : BILL_ESTATE))
        DISAGREE(s, "%s to %s: %s", bill_values_billing_status[c->status], bill_values_billing_status[to.to],
                 bill_status_text(status));
    if (fine)
        c->status = to.to;
}

static void refund(simulation *s)
{
    call *c = some_call(s);
    mpq_t left, give;
    bill_amount amount, given;
    char reference[64];
    mpq_inits(left, give, NULL);
    mpq_sub(left, c->cost, c->refunded);
    amount.v = (bill_int128)below(s, UINT64_C(1) << (1 + below(s, 50)));
    bool all = below(s, 3) == 0;
    if (all)
        mpq_set(give, left);
    else
        set_amount(give, amount);
    bool fine = mpq_sgn(give) > 0 && mpq_cmp(give, left) <= 0;
    (void)snprintf(reference, sizeof reference, "refund-%zu-%u", s->touched, ++c->refunds);
    for (int again = 0; again < 2; again++) {
        bill_status status =
            bill_ledger_refund(&given, s->b->ledger, c->record_id, all ? NULL : &amount, reference, NULL, &s->b->error);
        bill_status wanted = c->status != BILL_STATUS_PAID && !again ? BILL_ESTATE : fine ? BILL_OK : BILL_ERANGE;
        if (status != wanted)
            DISAGREE(s, "refund: %s, not %s", bill_status_text(status), bill_status_text(wanted));
        if (status != BILL_OK)
            break;
        if (!same(give, given))
            DISAGREE(s, "refunded another amount");
        if (again)
            continue;
        mpq_add(c->refunded, c->refunded, give);
        if (mpq_equal(c->refunded, c->cost))
            c->status = BILL_STATUS_REFUNDED;
    }
    mpq_clears(left, give, NULL);
}

/* Closing turns pending bills posted in the month into billed ones; which ones
 * is the ledger's to say, so the oracle reads them and checks nothing else
 * changed. */
static void close_month(simulation *s)
{
    bill_status status = bill_ledger_close_cycle(s->b->ledger, s->next_to_close, false, &s->b->error);
    char next[BILL_CYCLE_TEXT];
    if (status == BILL_ESTATE)
        return; /* has not ended */
    if (status != BILL_OK)
        DISAGREE(s, "close %s: %s", s->next_to_close, s->b->error.text);
    for (size_t i = 0; i < s->count; i++) {
        call *c = &s->calls[i];
        bill_record r;
        if (c->status != BILL_STATUS_PENDING || strcmp(c->cycle, s->next_to_close) > 0)
            continue;
        MUST(s->b, bill_query_record(&r, s->b->ledger, c->record_id, &s->b->error));
        if (r.status != BILL_STATUS_BILLED)
            DISAGREE(s, "bill %lld stayed pending", (long long)c->record_id);
        c->status = BILL_STATUS_BILLED;
    }
    MUST(s->b, bill_cycle_next(next, s->next_to_close));
    memcpy(s->next_to_close, next, sizeof next);
}

static void archive(simulation *s)
{
    int64_t moved;
    MUST(s->b, bill_ledger_archive(&moved, s->b->ledger, s->b->now - 30 * 86400 * BILL_SECOND, &s->b->error));
}

static void backfill_nothing(simulation *s)
{
    bill_backfill_counts counts;
    MUST(s->b, bill_ledger_backfill(&counts, s->b->ledger, s->b->now - 10 * 86400 * BILL_SECOND, s->b->now + 1,
                                    &s->b->error));
    if (counts.seen)
        DISAGREE(s, "backfill saw %lld unbilled calls", (long long)counts.seen);
}

/* Minutes to hours; now and then to the edge of a month or of an hour of
 * summer time; sometimes the clock steps back. */
static void move_clock(simulation *s)
{
    bill_time end, start;
    char cycle[BILL_CYCLE_TEXT];
    uint64_t kind = below(s, 60);
    if (kind == 0) {
        MUST(s->b, bill_cycle_of(cycle, bill_ledger_zone(s->b->ledger), s->b->now));
        MUST(s->b, bill_cycle_range(&start, &end, bill_ledger_zone(s->b->ledger), cycle));
        s->b->now = end - 3 * BILL_SECOND + (bill_time)below(s, 3000000);
    } else if (kind == 1) {
        s->b->now -= (bill_time)below(s, 3600) * BILL_SECOND;
    } else {
        s->b->now += (bill_time)below(s, 3 * 3600) * BILL_SECOND + (bill_time)below(s, 1000000);
    }
}

/* ---- comparing ---- */

static bill_status print_violation(void *context, const bill_violation *v)
{
    simulation *s = context;
    print_error("seed %llu, step %u: I%d at %lld: %s\n", (unsigned long long)s->seed, s->step, v->invariant,
                (long long)v->id, v->text);
    return BILL_OK;
}

static void compare_call(simulation *s, const call *c)
{
    bill_record r;
    int64_t violations;
    MUST(s->b, bill_query_record(&r, s->b->ledger, c->record_id, &s->b->error));
    if (r.status != c->status || strcmp(r.cycle, c->cycle) != 0 || !same(c->cost, r.total_cost) ||
        !same(c->refunded, r.refunded_amount) || r.user_id != c->usage.user_id)
        DISAGREE(s, "bill %lld is %s in %s, the oracle says %s in %s", (long long)r.id,
                 bill_values_billing_status[r.status], r.cycle, bill_values_billing_status[c->status], c->cycle);
    MUST(s->b, bill_ledger_reconcile_record(&violations, s->b->ledger, c->record_id, print_violation, s, &s->b->error));
    if (violations)
        DISAGREE(s, "the touched bill does not reconcile");
}

static void compare_user(simulation *s, int64_t user)
{
    bill_filter filter;
    bill_statement statement;
    mpq_t gross, refunded;
    mpq_inits(gross, refunded, NULL);
    bill_filter_init(&filter);
    filter.user_id = user;
    MUST(s->b, bill_query_totals(&statement, s->b->ledger, &filter, &s->b->error));
    for (size_t i = 0; i < s->count; i++)
        if (s->calls[i].usage.user_id == user && s->calls[i].status != BILL_STATUS_CANCELLED) {
            mpq_add(gross, gross, s->calls[i].cost);
            mpq_add(refunded, refunded, s->calls[i].refunded);
        }
    if (statement.currency_count > 1 ||
        (statement.currency_count == 1 &&
         (!same(gross, statement.currencies[0].gross) || !same(refunded, statement.currencies[0].refunded))))
        DISAGREE(s, "totals of user %lld differ", (long long)user);
    mpq_clears(gross, refunded, NULL);
}

static void compare_all(simulation *s)
{
    int64_t violations;
    MUST(s->b, bill_ledger_reconcile(&violations, s->b->ledger, print_violation, s, &s->b->error));
    if (violations)
        DISAGREE(s, "%lld violations", (long long)violations);
    for (int64_t user = 1; user <= USERS; user++)
        compare_user(s, user);
}

/* ---- a run ---- */

static void one_step(simulation *s)
{
    uint64_t kind = below(s, 1000);
    s->touched = SIZE_MAX;
    move_clock(s);
    if (kind < 550 || s->count == 0)
        new_call(s);
    else if (kind < 650)
        repeat(s);
    else if (kind < 850)
        change(s);
    else if (kind < 970)
        refund(s);
    else if (kind < 980)
        add_version(s, below(s, MODELS), s->b->now + (bill_time)below(s, 86400) * BILL_SECOND);
    else if (kind < 992)
        close_month(s);
    else if (kind < 997)
        archive(s);
    else
        backfill_nothing(s);
    if (s->touched != SIZE_MAX)
        compare_call(s, &s->calls[s->touched]);
    if (s->step % 500 == 0)
        compare_all(s);
}

static void start(simulation *s, uint64_t seed, unsigned steps)
{
    static const char *const zones[] = {"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"};
    static const bill_operation operations[MODELS] = {BILL_OP_CHAT, BILL_OP_TTS, BILL_OP_IMAGE, BILL_OP_VIDEO};
    static const bill_price_dimension dimensions[MODELS] = {BILL_DIM_INPUT, BILL_DIM_CHARACTER, BILL_DIM_IMAGE,
                                                            BILL_DIM_SECOND};
    memset(s, 0, sizeof *s);
    s->seed = seed;
    s->state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    s->steps = steps;
    s->zone = zones[seed % 4];
    (void)setenv("TZ", s->zone, 1);
    tzset();
    s->b = bench_new_in(s->zone);
    s->b->now = instant("2024-01-10");
    (void)snprintf(s->next_to_close, sizeof s->next_to_close, "2023-12");
    s->calls = calloc(steps + 1, sizeof *s->calls);
    assert_non_null(s->calls);
    if (s->b->store->engine->dialect == BILL_SQLITE) /* durability is another test's matter */
        MUST(s->b, s->b->store->engine->script(s->b->store, "PRAGMA synchronous = OFF", &s->b->error));
    for (size_t i = 0; i < MODELS; i++) {
        s->models[i].operation = operations[i];
        s->models[i].dimension = dimensions[i];
        add_version(s, i, instant("2023-12-01"));
    }
}

static void finish(simulation *s)
{
    for (size_t i = 0; i < s->count; i++)
        mpq_clears(s->calls[i].cost, s->calls[i].refunded, NULL);
    for (size_t m = 0; m < MODELS; m++)
        for (size_t v = 0; v < s->models[m].count; v++)
            mpq_clears(s->models[m].versions[v].first, s->models[m].versions[v].second, NULL);
    free(s->calls);
    bench_free(s->b);
}

static uint64_t first_seed = 1, seeds = 4;
static unsigned steps = 1500;

static void random_histories(void **state)
{
    (void)state;
    for (uint64_t seed = first_seed; seed < first_seed + seeds; seed++) {
        simulation s;
        start(&s, seed, steps);
        for (s.step = 1; s.step <= steps; s.step++)
            one_step(&s);
        compare_all(&s);
        print_message("seed %llu, %s: %zu calls, %lld journal entries, %lld archived, closed before %s\n",
                      (unsigned long long)seed, s.zone, s.count,
                      (long long)count_rows(s.b, "SELECT COUNT(*) FROM ai_billing_journal"),
                      (long long)count_rows(s.b, "SELECT COUNT(*) FROM ai_billing_records_archive"), s.next_to_close);
        finish(&s);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_histories)};
    if (argc > 1) {
        first_seed = strtoull(argv[1], NULL, 10);
        seeds = 1;
    }
    if (argc > 2)
        steps = (unsigned)strtoul(argv[2], NULL, 10);
    if (argc > 3)
        seeds = strtoull(argv[3], NULL, 10);
    if (!bench_engine(argc > 4 ? argv[4] : "sqlite"))
        return 77;
    int failures = cmocka_run_group_tests_name("billing simulation", tests, NULL, NULL);
    bench_end();
    return failures;
}
