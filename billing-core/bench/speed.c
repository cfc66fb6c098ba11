/* speed.c - what recording, pricing, billing and exporting cost, as ratios.
 *
 *   billing_speed [PAIRS [RECORDS]]     default 20000 100000
 *
 * Recording in groups is compared with raw prepared inserts of the same rows
 * into the same tables, pricing with the same sum in floating point. What is
 * compared runs in turns, in one process; CPU time and medians, because a
 * machine has other things to do. Files go to a temporary folder. */
#include "speed.h"

#include "billing/ledger.h"
#include "billing/query.h"
#include "ledger/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GROUP 100
#define TURNS 9

static int64_t read_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* What other programs of the machine use does not count. */
static int64_t cpu_ns(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static int64_t wall_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int64_t median(int64_t *values, size_t count)
{
    qsort(values, count, sizeof *values, by_size);
    return values[count / 2];
}

static bill_error error;

static void must(bill_status status)
{
    if (status == BILL_OK)
        return;
    fprintf(stderr, "%s\n", error.text[0] ? error.text : bill_status_text(status));
    exit(1);
}

static bill_amount amount(const char *text)
{
    bill_amount out;
    must(bill_amount_parse(&out, text, strlen(text)));
    return out;
}

static void remove_database(const char *path)
{
    char side[256];
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        (void)snprintf(side, sizeof side, "%s%s", path, ends[i]);
        (void)unlink(side);
    }
}

static bill_ledger *open_ledger(bill_store **store, const char *path)
{
    bill_ledger *ledger;
    bill_price price;
    must(bill_store_open(store, path, &error));
    must(bill_ledger_init(*store, NULL, &error));
    must(bill_ledger_open(&ledger, *store, NULL, &error));
    bill_price_init(&price, BILL_TYPE_TOKEN, "USD");
    must(bill_price_add(&price, BILL_DIM_INPUT, "", BILL_AMOUNT_ZERO, amount("0.0000005"), 1));
    must(bill_price_add(&price, BILL_DIM_OUTPUT, "", BILL_AMOUNT_ZERO, amount("0.0000015"), 1));
    price.from = 0;
    must(bill_ledger_price_add(ledger, "doubao-seed-1-6", "ark", &price, false, &error));
    return ledger;
}

static void make_usage(bill_usage *u, long n, long users)
{
    bill_usage_init(u, BILL_OP_CHAT);
    (void)snprintf(u->request_id, sizeof u->request_id, "req-%032ld", n);
    (void)snprintf(u->model, sizeof u->model, "doubao-seed-1-6");
    u->user_id = 1 + n % users;
    u->input_tokens = 1000 + n % 977;
    u->output_tokens = 500 + n % 131;
    u->occurred_at = INT64_C(1737424800000000) + n;
}

static void record_many(bill_ledger *ledger, long first, long count, long users)
{
    for (long n = first; n < first + count; n++) {
        bill_usage u;
        bill_recorded r;
        if ((n - first) % GROUP == 0)
            must(bill_ledger_group_begin(ledger, &error));
        make_usage(&u, n, users);
        must(bill_ledger_record(&r, ledger, &u, &error));
        if ((n - first) % GROUP == GROUP - 1 || n == first + count - 1)
            must(bill_ledger_group_end(ledger, &error));
    }
}

/* ---- recording ---- */

static void empty_database(const char *path)
{
    bill_store *store;
    remove_database(path);
    bill_ledger *ledger = open_ledger(&store, path);
    bill_ledger_close(ledger);
    bill_store_close(store);
}

static void ours_many(const char *path, long pairs)
{
    bill_store *store;
    bill_ledger *ledger;
    must(bill_store_open(&store, path, &error));
    must(bill_ledger_open(&ledger, store, NULL, &error));
    record_many(ledger, 0, pairs, 1000);
    bill_ledger_close(ledger);
    bill_store_close(store);
}

typedef struct series {
    int64_t cpu[TURNS], wall[TURNS];
} series;

static void take_turn(series *out, int turn, bool raw, long pairs)
{
    empty_database("speed.db");
    int64_t cpu = cpu_ns(), wall = wall_ns();
    if (raw)
        speed_raw("speed.db", pairs, GROUP);
    else
        ours_many("speed.db", pairs);
    out->cpu[turn] = cpu_ns() - cpu;
    out->wall[turn] = wall_ns() - wall;
}

static long long per_second(long count, int64_t ns)
{
    return ns > 0 ? (long long)count * 1000000000 / ns : 0;
}

/* Turns alternate, so that a busy machine hurts both; the ratio is the median
 * of the ratios of neighbours. Returns our CPU time of a pair in ns. */
static int64_t recording(long pairs)
{
    series ours, raw;
    int64_t ratio_cpu[TURNS], ratio_wall[TURNS];
    for (int turn = 0; turn < TURNS; turn++) {
        take_turn(turn % 2 ? &ours : &raw, turn, turn % 2 == 0, pairs);
        take_turn(turn % 2 ? &raw : &ours, turn, turn % 2 != 0, pairs);
        ratio_cpu[turn] = raw.cpu[turn] * 1000 / ours.cpu[turn];
        ratio_wall[turn] = raw.wall[turn] * 1000 / ours.wall[turn];
    }
    remove_database("speed.db");
    int64_t cpu = median(ours.cpu, TURNS);
    printf("recording, %d turns of %ld pairs in groups of %d, medians:\n", TURNS, pairs, GROUP);
    printf("  by CPU time:   %lld pairs/s, raw inserts %lld pairs/s, ratio 0.%03lld\n", per_second(pairs, cpu),
           per_second(pairs, median(raw.cpu, TURNS)), (long long)median(ratio_cpu, TURNS));
    printf("  by the clock:  %lld pairs/s, raw inserts %lld pairs/s, ratio 0.%03lld\n",
           per_second(pairs, median(ours.wall, TURNS)), per_second(pairs, median(raw.wall, TURNS)),
           (long long)median(ratio_wall, TURNS));
    return cpu / pairs;
}

/* What the chain adds to a pair: the hash of its entry. */
static void chain(int64_t pair_ns)
{
    static const char hash[] = "0123456789012345678901234567890123456789012345678901234567890123";
    const char *fields[15] = {"charge:req-00000000000000000000000000000001",
                              "1000000",
                              "1000",
                              "charge",
                              "",
                              "pending",
                              "0.001250000000",
                              "USD",
                              "2025-01",
                              "2025-01",
                              "billing",
                              "",
                              hash,
                              hash,
                              "2025-01-21 02:00:00.000000"};
    int64_t took[TURNS];
    bill_entry_row row;
    char out[BILL_HASH_TEXT];
    for (size_t i = 0; i < 15; i++) {
        row.fields[i] = fields[i];
        row.lengths[i] = strlen(fields[i]);
    }
    for (int turn = 0; turn < TURNS; turn++) {
        int64_t start = cpu_ns();
        for (int i = 0; i < 20000; i++) {
            bill_entry_hash(out, &row);
            row.fields[13] = out; /* each needs the one before, as in the journal */
        }
        took[turn] = (cpu_ns() - start) / 20000;
    }
    int64_t ns = median(took, TURNS);
    printf("hash chain: %lld ns an entry, %lld.%lld%% of a pair's %lld ns\n", (long long)ns,
           (long long)(ns * 100 / pair_ns), (long long)(ns * 1000 / pair_ns % 10), (long long)pair_ns);
}

/* ---- pricing ---- */

#define CALLS  4096
#define ROUNDS 400

static void pricing(void)
{
    static bill_token_usage usages[CALLS];
    const bill_token_price price = {amount("0.0000005"), amount("0.0000015")};
    int64_t exact[TURNS], inexact[TURNS], whole[TURNS];
    bill_amount sum = BILL_AMOUNT_ZERO, cost;
    bill_int128 total;
    char inexact_sum[SPEED_SUM_TEXT];
    for (int i = 0; i < CALLS; i++)
        usages[i] = (bill_token_usage){1000 + i % 977, 500 + i % 131};
    for (int turn = 0; turn < TURNS; turn++) {
        int64_t start = cpu_ns();
        total = 0;
        for (int i = 0; i < CALLS * ROUNDS; i++) {
            must(bill_cost_tokens(&cost, usages[i % CALLS], price));
            total += cost.v;
        }
        exact[turn] = cpu_ns() - start;
        sum.v = total;
        start = cpu_ns();
        speed_double(inexact_sum, usages, CALLS, CALLS * ROUNDS);
        inexact[turn] = cpu_ns() - start;
    }
    bill_price version;
    bill_costing costing;
    bill_usage u;
    bill_price_init(&version, BILL_TYPE_TOKEN, "USD");
    must(bill_price_add(&version, BILL_DIM_INPUT, "", BILL_AMOUNT_ZERO, price.input_price, 1));
    must(bill_price_add(&version, BILL_DIM_OUTPUT, "", BILL_AMOUNT_ZERO, price.output_price, 1));
    make_usage(&u, 1, 1);
    for (int turn = 0; turn < TURNS; turn++) {
        int64_t start = cpu_ns();
        for (int i = 0; i < 100000; i++) {
            u.input_tokens = usages[i % CALLS].input_tokens;
            must(bill_price_apply(&costing, &version, &u, &error));
        }
        whole[turn] = cpu_ns() - start;
    }
    int64_t a = median(exact, TURNS) * 100 / (CALLS * ROUNDS), b = median(inexact, TURNS) * 100 / (CALLS * ROUNDS);
    char text[BILL_AMOUNT_TEXT_MAX];
    long long more = (long long)(a > b ? a - b : b - a);
    (void)bill_amount_print(text, sum);
    printf("a priced call: %lld.%02lld ns exact, %lld.%02lld ns in floating point, %lld.%02lld ns %s\n",
           (long long)a / 100, (long long)a % 100, (long long)b / 100, (long long)b % 100, more / 100, more % 100,
           a > b ? "more" : "less");
    printf("  (sums of %d calls: %s and %s)\n", CALLS * ROUNDS, text, inexact_sum);
    printf("  with dimensions, tiers and lines: %lld ns\n", (long long)(median(whole, TURNS) / 100000));
}

/* ---- queries ---- */

static bill_status swallow(void *context, const char *text, size_t length)
{
    (void)text;
    *(int64_t *)context += (int64_t)length;
    return BILL_OK;
}

static bill_status take_record(void *context, const bill_record *record)
{
    (void)record;
    ++*(int64_t *)context;
    return BILL_OK;
}

/* Totals and every record of one user's month. */
static void one_bill(bill_ledger *ledger, long records)
{
    bill_filter filter;
    bill_statement statement;
    int64_t took[TURNS], read = 0;
    bill_filter_init(&filter);
    filter.user_id = 1;
    (void)snprintf(filter.cycle, sizeof filter.cycle, "2025-01");
    for (int i = 0; i < TURNS; i++) {
        int64_t start = cpu_ns();
        read = 0;
        must(bill_query_totals(&statement, ledger, &filter, &error));
        must(bill_query_records(NULL, ledger, &filter, 0, 0, take_record, &read, &error));
        took[i] = cpu_ns() - start;
    }
    printf("bill of a user with %lld records among %ld, totals and all %lld records: %lld us\n",
           (long long)statement.currencies[0].count, records, (long long)read, (long long)(median(took, TURNS) / 1000));
}

/* The most memory this process had since it began. */
static long peak_kib(void)
{
    char line[128];
    long peak = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = strtol(line + 6, NULL, 10);
    if (file)
        (void)fclose(file);
    return peak;
}

static int export_all(const char *path)
{
    bill_filter any;
    bill_export_options options = {.language = BILL_ZH};
    bill_store *store;
    bill_ledger *ledger;
    int64_t bytes = 0, start = wall_ns();
    must(bill_store_open(&store, path, &error));
    must(bill_ledger_open(&ledger, store, NULL, &error));
    bill_filter_init(&any);
    must(bill_export_csv(swallow, &bytes, ledger, &any, &options, &error));
    printf("%lld ms, %lld bytes, peak memory %ld KiB\n", (long long)((wall_ns() - start) / 1000000), (long long)bytes,
           peak_kib());
    bill_ledger_close(ledger);
    bill_store_close(store);
    return 0;
}

/* In a process of its own, whose peak is the export's alone. */
static void export_apart(const char *self, const char *path, long records)
{
    int status;
    printf("export of %ld records: ", records);
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        (void)execl(self, self, "export", path, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        exit(1);
}

static void queries(const char *self, long records)
{
    bill_store *store;
    long made = 0;
    const long sizes[] = {records / 10, records};
    remove_database("speed.db");
    bill_ledger *ledger = open_ledger(&store, "speed.db");
    for (int i = 0; i < 2; i++) {
        record_many(ledger, made, sizes[i] - made, records / 1000 > 0 ? records / 1000 : 1);
        made = sizes[i];
        export_apart(self, "speed.db", made);
    }
    one_bill(ledger, made);
    bill_ledger_close(ledger);
    bill_store_close(store);
    remove_database("speed.db");
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/billing-speed-XXXXXX", self[4096];
    if (argc == 3 && strcmp(argv[1], "export") == 0)
        return export_all(argv[2]);
    long pairs = argc > 1 ? strtol(argv[1], NULL, 10) : 20000;
    long records = argc > 2 ? strtol(argv[2], NULL, 10) : 100000;
    if (!realpath("/proc/self/exe", self) || !mkdtemp(folder) || chdir(folder) != 0) {
        perror(folder);
        return 1;
    }
    pricing();
    if (pairs > 0)
        chain(recording(pairs));
    if (records > 0)
        queries(self, records);
    return chdir("/") != 0 || rmdir(folder) != 0;
}
