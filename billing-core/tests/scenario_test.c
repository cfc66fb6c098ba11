/* scenario_test.c - runs every .scenario file of fixtures/billing.
 *
 * One event a line, and after "=>" what it must answer. A line that answers
 * otherwise is printed with its file, number, and both answers. Rows of a CSV
 * follow their event, each after "| ". The store is SQLite, or the engine
 * named on the command line. */
#include "bench.h"

#include "billing/mapping.h"
#include "billing/query.h"
#include "billing/utf8.h"

#include <dirent.h>

#define WORDS_MAX 24

typedef struct scenario {
    const char *path;
    unsigned line;
    bench *bench;
    char zone[65];
    char *words[WORDS_MAX];
    size_t count;
    char answer[4096];
    int wrong;
} scenario;

static const char *status_word(bill_status status)
{
    static const char *const words[] = {"ok",       "invalid",  "range",   "inexact",  "no memory",
                                        "notfound", "conflict", "state",   "unpriced", "overlap",
                                        "busy",     "io",       "corrupt", "closed",   "unsupported"};
    return words[status];
}

static void answer(scenario *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void answer(scenario *s, const char *format, ...)
{
    size_t used = strlen(s->answer);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(s->answer + used, sizeof s->answer - used, format, args);
    va_end(args);
}

/* Value of "name=value", or NULL. */
static const char *option(const scenario *s, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 1; i < s->count; i++)
        if (strncmp(s->words[i], name, length) == 0 && s->words[i][length] == '=')
            return s->words[i] + length + 1;
    return NULL;
}

static bool flag(const scenario *s, const char *name)
{
    for (size_t i = 1; i < s->count; i++)
        if (strcmp(s->words[i], name) == 0)
            return true;
    return false;
}

static int64_t number(const scenario *s, const char *name, int64_t fallback)
{
    const char *text = option(s, name);
    return text ? strtoll(text, NULL, 10) : fallback;
}

static const char *word(const scenario *s, size_t i)
{
    if (i >= s->count)
        fail_msg("%s:%u: too few words", s->path, s->line);
    return s->words[i];
}

static bench *the_bench(scenario *s)
{
    if (!s->bench)
        s->bench = bench_new_in(s->zone[0] ? s->zone : "Asia/Shanghai");
    return s->bench;
}

static const char *plain(char out[BILL_AMOUNT_TEXT_MAX], bill_amount a)
{
    (void)bill_amount_print(out, a);
    return out;
}

/* ---- prices and calls ---- */

/* "input=0.1" or, with the tier's start, "input@100001=0.05". */
static bill_status price_part(bill_price *price, const char *text, int64_t per)
{
    size_t name = strcspn(text, "@=");
    int dimension = bill_value_find(bill_values_price_dimension, text, name);
    const char *value = strchr(text, '=');
    bill_amount start = BILL_AMOUNT_ZERO, at;
    if (dimension < 0 || !value)
        return BILL_OK; /* an option, not a price */
    if (text[name] == '@' && bill_amount_parse(&start, text + name + 1, (size_t)(value - text) - name - 1) != BILL_OK)
        return BILL_EINVAL;
    bill_status status = bill_amount_parse(&at, value + 1, strlen(value + 1));
    return status == BILL_OK ? bill_price_add(price, (bill_price_dimension)dimension, "", start, at, per) : status;
}

static void do_price(scenario *s)
{
    bench *b = the_bench(s);
    bill_price price;
    int type = bill_billing_type_find(word(s, 2), strlen(word(s, 2)));
    const char *mode = option(s, "mode");
    bill_status status = BILL_OK;
    assert_true(type >= 0);
    bill_price_init(&price, (bill_billing_type)type, option(s, "currency") ? option(s, "currency") : "USD");
    price.from = instant(option(s, "from"));
    if (option(s, "to"))
        price.to = instant(option(s, "to"));
    if (mode)
        price.tier_mode = (bill_tier_mode)bill_value_find(bill_values_tier_mode, mode, strlen(mode));
    for (size_t i = 3; i < s->count && status == BILL_OK; i++)
        status = price_part(&price, s->words[i], number(s, "per", 1));
    if (status == BILL_OK)
        status = bill_ledger_price_add(b->ledger, word(s, 1), "", &price, flag(s, "close"), &b->error);
    answer(s, "%s", status_word(status));
}

static void call_usage(bill_usage *u, const scenario *s)
{
    const bill_method *method = bill_method_find(word(s, 1), strlen(word(s, 1)));
    const char *text = option(s, "text"), *seconds = option(s, "seconds"), *status = option(s, "status");
    if (!method)
        fail_msg("%s:%u: no method %s", s->path, s->line, word(s, 1));
    bill_usage_init(u, method->operation);
    (void)snprintf(u->model, sizeof u->model, "%s", option(s, "model"));
    u->user_id = number(s, "user", 0);
    u->input_tokens = number(s, "in", BILL_COUNT_NONE);
    u->output_tokens = number(s, "out", BILL_COUNT_NONE);
    u->cached_input_tokens = number(s, "cached", BILL_COUNT_NONE);
    u->cache_write_tokens = number(s, "written", BILL_COUNT_NONE);
    u->character_count = number(s, "characters", BILL_COUNT_NONE);
    u->image_count = number(s, "images", BILL_COUNT_NONE);
    if (text)
        assert_int_equal(bill_utf8_count(&u->character_count, text, strlen(text), BILL_CHAR_CODE_POINT), BILL_OK);
    if (seconds) {
        u->duration_seconds = amount(seconds);
        u->has_duration = true;
    }
    if (status)
        u->status = (bill_usage_status)bill_value_find(bill_values_usage_status, status, strlen(status));
    if (option(s, "at"))
        u->occurred_at = instant(option(s, "at"));
}

static void describe(scenario *s, bill_status status, const bill_recorded *r)
{
    static const char *const outcomes[] = {"billed", "unpriced", "review", "not billable"};
    char cost[BILL_AMOUNT_TEXT_MAX];
    if (status != BILL_OK)
        answer(s, "%s", status_word(status));
    else if (r->outcome != BILL_OUTCOME_BILLED)
        answer(s, "%s", outcomes[r->outcome]);
    else
        answer(s, "%s %s %s %s", r->repeated ? "again" : "billed", plain(cost, r->cost), r->currency, r->cycle);
}

/* Names of "times=N" calls are NAME-1 to NAME-N. */
static void nth_name(char *out, size_t size, const char *name, int64_t n, int64_t times)
{
    if (times > 1)
        (void)snprintf(out, size, "%s-%lld", name, (long long)n);
    else
        (void)snprintf(out, size, "%s", name);
}

static void do_call(scenario *s)
{
    bench *b = the_bench(s);
    int64_t times = number(s, "times", 1);
    char first[sizeof s->answer] = "";
    for (int64_t n = 1; n <= times; n++) {
        bill_usage u;
        bill_recorded r = {0};
        call_usage(&u, s);
        nth_name(u.request_id, sizeof u.request_id, word(s, 2), n, times);
        s->answer[0] = '\0';
        describe(s, bill_ledger_record(&r, b->ledger, &u, &b->error), &r);
        if (n == 1)
            (void)snprintf(first, sizeof first, "%s", s->answer);
        if (strcmp(first, s->answer) != 0) {
            answer(s, " (call %lld; the first: %s)", (long long)n, first);
            return;
        }
    }
}

static int64_t record_of(scenario *s, const char *request)
{
    bench *b = the_bench(s);
    bill_value params[2] = {bill_str(request), bill_str(request)};
    int64_t id = 0;
    bill_status status = bill_store_int(
        &id, b->store,
        "SELECT r.id FROM ai_billing_records r JOIN ai_model_usage u ON u.id = r.usage_id WHERE u.request_id = ? "
        "UNION ALL SELECT r.id FROM ai_billing_records_archive r JOIN ai_model_usage u ON u.id = r.usage_id "
        "WHERE u.request_id = ?",
        params, 2, &b->error);
    if (status != BILL_OK)
        fail_msg("%s:%u: no bill of %s", s->path, s->line, request);
    return id;
}

static void do_measure(scenario *s)
{
    bench *b = the_bench(s);
    bill_record r;
    char quantity[BILL_AMOUNT_TEXT_MAX];
    MUST(b, bill_query_record(&r, b->ledger, record_of(s, word(s, 1)), &b->error));
    answer(s, "%s unit=%s quantity=%s", bill_values_billing_type[r.type], bill_values_unit[r.unit],
           plain(quantity, r.quantity));
}

/* ---- changes ---- */

static void do_status(scenario *s)
{
    bench *b = the_bench(s);
    int64_t times = number(s, "times", 1), ids[1000];
    bill_change_result results[1000];
    size_t count = 0;
    bill_change change = {.reference = option(s, "ref"),
                          .at = option(s, "at") ? instant(option(s, "at")) : BILL_TIME_NONE};
    int to = bill_value_find(bill_values_billing_status, word(s, 1), strlen(word(s, 1)));
    assert_true(to >= 0);
    change.to = (bill_billing_status)to;
    for (size_t i = 2; i < s->count; i++)
        for (int64_t n = 1; n <= times && !strchr(s->words[i], '='); n++) {
            char name[80];
            nth_name(name, sizeof name, s->words[i], n, times);
            assert_true(count < 1000);
            ids[count++] = record_of(s, name);
        }
    answer(s, "%s", status_word(bill_ledger_change_batch(results, b->ledger, ids, count, &change, &b->error)));
}

static void do_refund(scenario *s)
{
    bench *b = the_bench(s);
    bool all = strcmp(word(s, 2), "all") == 0;
    bill_amount wanted = all ? BILL_AMOUNT_ZERO : amount(word(s, 2)), given;
    char text[BILL_AMOUNT_TEXT_MAX];
    bill_status status = bill_ledger_refund(&given, b->ledger, record_of(s, word(s, 1)), all ? NULL : &wanted,
                                            option(s, "ref"), NULL, &b->error);
    if (status == BILL_OK)
        answer(s, "refunded %s", plain(text, given));
    else
        answer(s, "%s", status_word(status));
}

/* ---- reading ---- */

static void describe_totals(scenario *s, const bill_statement *statement, bool by_status)
{
    char a[3][BILL_AMOUNT_TEXT_MAX];
    for (size_t c = 0; c < statement->currency_count; c++) {
        const bill_totals *t = &statement->currencies[c];
        answer(s, "%sgross=%s refunded=%s net=%s %s", c ? " " : "", plain(a[0], t->gross), plain(a[1], t->refunded),
               plain(a[2], t->net), t->currency);
        for (int i = 0; i < 4; i++)
            answer(s, " %s=%lld/%s/%s", bill_values_billing_type[i], (long long)t->by_type[i].count,
                   plain(a[0], t->by_type[i].quantity), plain(a[1], t->by_type[i].cost));
        for (int i = 0; by_status && i < 6; i++)
            if (t->by_status[i].count)
                answer(s, " %s=%lld/%s", bill_values_billing_status[i], (long long)t->by_status[i].count,
                       plain(a[0], t->by_status[i].cost));
    }
}

static void do_bill(scenario *s)
{
    bench *b = the_bench(s);
    bill_filter filter;
    bill_statement statement;
    bill_filter_init(&filter);
    filter.user_id = strtoll(word(s, 1), NULL, 10);
    (void)snprintf(filter.cycle, sizeof filter.cycle, "%s", word(s, 2));
    MUST(b, bill_query_totals(&statement, b->ledger, &filter, &b->error));
    describe_totals(s, &statement, false);
}

static void do_stats(scenario *s)
{
    bench *b = the_bench(s);
    bill_filter filter;
    bill_statement statement;
    bill_time unused;
    const bill_zone *zone = bill_ledger_zone(b->ledger);
    bill_filter_init(&filter);
    MUST(b, bill_day_range(&filter.from, &unused, zone, word(s, 1), strlen(word(s, 1))));
    MUST(b, bill_day_range(&unused, &filter.to, zone, word(s, 2), strlen(word(s, 2))));
    MUST(b, bill_query_totals(&statement, b->ledger, &filter, &b->error));
    describe_totals(s, &statement, true);
}

static bill_status collect(void *context, const char *text, size_t length)
{
    scenario *s = context;
    answer(s, "%.*s", (int)length, text);
    return BILL_OK;
}

static void do_csv(scenario *s)
{
    bench *b = the_bench(s);
    bill_filter filter;
    bill_export_options options = {.language = BILL_ZH, .prices = flag(s, "prices"), .focus = flag(s, "focus")};
    bill_filter_init(&filter);
    filter.user_id = strtoll(word(s, 1), NULL, 10);
    (void)snprintf(filter.cycle, sizeof filter.cycle, "%s", word(s, 2));
    MUST(b, bill_export_csv(collect, s, b->ledger, &filter, &options, &b->error));
}

/* ---- repair and closing ---- */

static void do_backfill(scenario *s)
{
    bench *b = the_bench(s);
    bill_backfill_counts counts;
    bill_time from, to, unused;
    MUST(b, bill_day_range(&from, &unused, bill_ledger_zone(b->ledger), word(s, 1), strlen(word(s, 1))));
    MUST(b, bill_day_range(&unused, &to, bill_ledger_zone(b->ledger), word(s, 2), strlen(word(s, 2))));
    MUST(b, bill_ledger_backfill(&counts, b->ledger, from, to, &b->error));
    answer(s, "billed=%lld unpriced=%lld review=%lld", (long long)counts.billed, (long long)counts.unpriced,
           (long long)counts.review);
}

static void do_close(scenario *s)
{
    bench *b = the_bench(s);
    answer(s, "%s", status_word(bill_ledger_close_cycle(b->ledger, word(s, 1), flag(s, "early"), &b->error)));
}

static void do_archive(scenario *s)
{
    bench *b = the_bench(s);
    int64_t moved;
    MUST(b, bill_ledger_archive(&moved, b->ledger, instant(word(s, 1)), &b->error));
    answer(s, "%lld", (long long)moved);
}

static bill_status one_summary(void *context, const bill_value *row, size_t count)
{
    scenario *s = context;
    bill_amount a[4];
    char t[4][BILL_AMOUNT_TEXT_MAX];
    int64_t user, calls;
    assert_int_equal(count, 8);
    assert_int_equal(bill_value_count(&user, &row[0]), BILL_OK);
    assert_int_equal(bill_value_count(&calls, &row[2]), BILL_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(bill_value_amount(&a[i], &row[3 + i]), BILL_OK);
        (void)plain(t[i], a[i]);
    }
    answer(s, "%s%lld %s %lld %s %s paid=%s refunded=%s %s", s->answer[0] ? "; " : "", (long long)user, row[1].text,
           (long long)calls, t[0], t[1], t[2], t[3], row[7].text);
    return BILL_OK;
}

static void do_summary(scenario *s)
{
    bench *b = the_bench(s);
    bill_value cycle = bill_str(word(s, 1));
    MUST(b, bill_store_run(
                b->store,
                "SELECT user_id, billing_type, total_count, total_quantity, total_cost, paid_cost, refunded_cost, "
                "currency FROM ai_billing_monthly_summary WHERE billing_cycle = ? ORDER BY user_id, billing_type",
                &cycle, 1, one_summary, s, &b->error));
}

static void do_reconcile(scenario *s)
{
    bench *b = the_bench(s);
    int64_t count;
    MUST(b, bill_ledger_reconcile(&count, b->ledger, NULL, NULL, &b->error));
    answer(s, "%lld", (long long)count);
}

static void do_now(scenario *s)
{
    the_bench(s)->now = instant(word(s, 1));
}

static void do_zone(scenario *s)
{
    (void)snprintf(s->zone, sizeof s->zone, "%s", word(s, 1));
}

static const struct {
    const char *name;
    void (*run)(scenario *s);
} events[] = {
    {"zone",      do_zone     },
    {"now",       do_now      },
    {"price",     do_price    },
    {"call",      do_call     },
    {"measure",   do_measure  },
    {"status",    do_status   },
    {"refund",    do_refund   },
    {"bill",      do_bill     },
    {"stats",     do_stats    },
    {"csv",       do_csv      },
    {"backfill",  do_backfill },
    {"close",     do_close    },
    {"archive",   do_archive  },
    {"summary",   do_summary  },
    {"reconcile", do_reconcile}
};

/* ---- the file ---- */

static void split(scenario *s, char *text)
{
    s->count = 0;
    static const char blanks[] = " \t\r\n";
    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        if (s->count == WORDS_MAX)
            fail_msg("%s:%u: too many words", s->path, s->line);
        s->words[s->count++] = text;
        text += strcspn(text, blanks);
        if (*text)
            *text++ = '\0';
    }
}

static void run_line(scenario *s, char *text)
{
    split(s, text);
    s->answer[0] = '\0';
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (strcmp(events[i].name, word(s, 0)) == 0) {
            events[i].run(s);
            return;
        }
    fail_msg("%s:%u: no event %s", s->path, s->line, s->words[0]);
}

static void compare(scenario *s, const char *wanted)
{
    if (strcmp(s->answer, wanted) == 0)
        return;
    print_error("%s:%u:\n  wanted %s\n  got    %s (%s)\n", s->path, s->line, wanted, s->answer,
                s->bench ? s->bench->error.text : "");
    s->wrong++;
}

/* Rows of a CSV stand after "| "; together they are the answer. */
static void compare_rows(scenario *s, FILE *file, char *line, size_t size)
{
    char wanted[4096] = "";
    size_t used = 0;
    unsigned at = s->line;
    long back = ftell(file);
    while (fgets(line, (int)size, file) && line[0] == '|') {
        line[strcspn(line, "\n")] = '\0';
        used += (size_t)snprintf(wanted + used, sizeof wanted - used, "%s\r\n", line + 2);
        assert_true(used < sizeof wanted);
        back = ftell(file);
        at++;
    }
    assert_int_equal(fseek(file, back, SEEK_SET), 0);
    compare(s, wanted);
    s->line = at;
}

static void run_file(const char *path)
{
    scenario s = {.path = path};
    char line[2048];
    unsigned expectations = 0;
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    while (fgets(line, sizeof line, file)) {
        s.line++;
        char *arrow = strstr(line, "=>");
        char wanted[1024] = "";
        if (line[0] == '#' || strspn(line, " \t\r\n") == strlen(line))
            continue;
        bool rows = strncmp(line, "csv ", 4) == 0;
        if (arrow) {
            *arrow = '\0';
            arrow += 2 + strspn(arrow + 2, " ");
            arrow[strcspn(arrow, "\r\n")] = '\0';
            (void)snprintf(wanted, sizeof wanted, "%s", arrow);
        }
        run_line(&s, line);
        expectations += arrow || rows;
        if (rows)
            compare_rows(&s, file, line, sizeof line);
        else if (arrow)
            compare(&s, wanted);
    }
    (void)fclose(file);
    bench_free(s.bench);
    assert_true(expectations > 0);
    if (s.wrong)
        fail_msg("%s: %d answers differ", path, s.wrong);
}

static void run_state(void **state)
{
    run_file(*state);
}

int main(int argc, char **argv)
{
    static char paths[64][512];
    struct CMUnitTest tests[64];
    size_t count = 0;
    const char *name = argc > 1 ? argv[1] : "sqlite";
    if (!bench_engine(name))
        return bench_missing(name);
    DIR *folder = opendir(FIXTURE_DIR);
    for (struct dirent *entry; folder && (entry = readdir(folder)) && count < 64;) {
        size_t length = strlen(entry->d_name);
        if (length < 9 || strcmp(entry->d_name + length - 9, ".scenario") != 0)
            continue;
        (void)snprintf(paths[count], sizeof paths[count], "%s/%s", FIXTURE_DIR, entry->d_name);
        tests[count] = (struct CMUnitTest){paths[count] + sizeof FIXTURE_DIR, run_state, NULL, NULL, paths[count]};
        count++;
    }
    if (folder)
        (void)closedir(folder);
    if (count < 5) {
        printf("only %zu scenarios found\n", count);
        return 1;
    }
    int failures = _cmocka_run_group_tests("billing scenarios", tests, count, NULL, NULL);
    bench_end();
    return failures;
}
