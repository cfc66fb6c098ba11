/* bench.c - databases, servers and shorthand for the tests. */
#include "bench.h"

#include "billing/query.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef enum engine_kind { SQLITE, MARIADB, POSTGRES } engine_kind;

static engine_kind engine;
static const char *engine_name = "sqlite";
static char folder[128];
static pid_t server;
static pid_t owner;
static int databases, turns;

const char *bench_engine_name(void)
{
    return engine_name;
}

/* ---- processes ---- */

static void become(const char *user)
{
    struct passwd *entry = geteuid() == 0 ? getpwnam(user) : NULL;
    if (!entry)
        return;
    if (setgid(entry->pw_gid) != 0 || setuid(entry->pw_uid) != 0)
        _exit(126);
}

/* Starts a program with its words to the log of the folder. */
static pid_t start(const char *user, char *const argv[])
{
    pid_t child = fork();
    if (child != 0)
        return child;
    char log[160];
    (void)snprintf(log, sizeof log, "%s/log", folder);
    become(user);
    int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (file >= 0) {
        (void)dup2(file, 1);
        (void)dup2(file, 2);
    }
    if (chdir(folder) != 0)
        _exit(126);
    execvp(argv[0], argv);
    _exit(127);
}

static bool installed(const char *program)
{
    const char *at = getenv("PATH");
    char path[512];
    while (at && *at) {
        size_t length = strcspn(at, ":");
        if (length && length < 256) {
            (void)snprintf(path, sizeof path, "%.*s/%s", (int)length, at, program);
            if (access(path, X_OK) == 0)
                return true;
        }
        at += length + (at[length] == ':');
    }
    return false;
}

/* Debian keeps servers in sbin, or beside their version: not in a user's PATH. */
static void widen_path(void)
{
    char path[4096];
    const char *now = getenv("PATH");
    (void)snprintf(path, sizeof path,
                   "/usr/lib/postgresql/17/bin:/usr/lib/postgresql/16/bin:/usr/lib/postgresql/15/bin:%s:/usr/sbin",
                   now ? now : "/usr/bin:/bin");
    (void)setenv("PATH", path, 1);
}

static bool run_program(const char *user, char *const argv[])
{
    int status;
    pid_t child = start(user, argv);
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void nap(void)
{
    struct timespec wait = {0, 50 * 1000 * 1000};
    (void)nanosleep(&wait, NULL);
}

static bool wait_for(const char *path)
{
    struct stat info;
    int status;
    for (int i = 0; i < 600; i++) {
        if (stat(path, &info) == 0)
            return true;
        if (waitpid(server, &status, WNOHANG) == server)
            return false;
        nap();
    }
    return false;
}

static void give_folder_to(const char *user)
{
    struct passwd *entry = geteuid() == 0 ? getpwnam(user) : NULL;
    if (entry && chown(folder, entry->pw_uid, entry->pw_gid) != 0)
        fail_msg("cannot give the folder to %s", user);
}

/* A cluster that stands already: sockets of its nodes, taken in turn. */
static const char *outside_sockets(void)
{
    return engine == MARIADB ? getenv("BILLING_TEST_SOCKETS") : NULL;
}

static void node_socket(char *out, size_t size, int turn)
{
    const char *list = outside_sockets();
    int count = 1;
    if (!list) {
        int length = snprintf(out, size, "%s/s", folder);
        if (length < 0 || (size_t)length >= size)
            abort(); /* mkdtemp's names are short */
        return;
    }
    for (const char *c = list; *c; c++)
        count += *c == ' ';
    for (turn %= count; turn > 0; turn--)
        list = strchr(list, ' ') + 1;
    (void)snprintf(out, size, "%.*s", (int)strcspn(list, " "), list);
}

static bool start_mariadb(void)
{
    char data[160], scratch[160], socket[160], pid[160], log[160];
    (void)snprintf(data, sizeof data, "--datadir=%s/data", folder);
    /* A server that starts removes what it takes for remains of another in the folder for temporary
     * tables, so each has its own. */
    (void)snprintf(scratch, sizeof scratch, "--tmpdir=%s", folder);
    (void)snprintf(socket, sizeof socket, "--socket=%s/s", folder);
    (void)snprintf(pid, sizeof pid, "--pid-file=%s/pid", folder);
    (void)snprintf(log, sizeof log, "%s/s", folder);
    char *install[] = {"mariadb-install-db",
                       "--no-defaults",
                       data,
                       scratch,
                       "--auth-root-authentication-method=normal",
                       "--force", /* also where the machine has no name that resolves, as in a container */
                       "--skip-test-db",
                       "--innodb-log-file-size=32M",
                       "--innodb-flush-log-at-trx-commit=0",
                       "--innodb-flush-method=nosync",
                       NULL};
    char *serve[] = {"mariadbd",
                     "--no-defaults",
                     data,
                     scratch,
                     socket,
                     pid,
                     "--skip-networking",
                     "--innodb-buffer-pool-size=64M",
                     "--innodb-log-file-size=32M",
                     "--innodb-lock-wait-timeout=5",
                     "--innodb-flush-log-at-trx-commit=0",
                     "--innodb-flush-method=nosync",
                     NULL};
    if (outside_sockets())
        return true;
    give_folder_to("mysql");
    if (!run_program("mysql", install))
        return false;
    server = start("mysql", serve);
    return server > 0 && wait_for(log);
}

static bool start_postgres(void)
{
    char data[160], sockets[160], ready[160];
    (void)snprintf(data, sizeof data, "%s/data", folder);
    (void)snprintf(sockets, sizeof sockets, "%s", folder);
    (void)snprintf(ready, sizeof ready, "%s/.s.PGSQL.5432", folder);
    char *install[] = {"initdb", "-D", data, "-A", "trust", "-U", "root", "-N", "-E", "UTF8", NULL};
    char *serve[] = {"postgres", "-D", data, "-k", sockets, "-h", "", "-c", "fsync=off", NULL};
    give_folder_to("postgres");
    if (!run_program("postgres", install))
        return false;
    server = start("postgres", serve);
    return server > 0 && wait_for(ready);
}

static void print_log(void)
{
    char path[160], line[512];
    (void)snprintf(path, sizeof path, "%s/log", folder);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        (void)fputs(line, stderr);
    if (file)
        (void)fclose(file);
}

bool bench_engine(const char *name)
{
    static const char *const servers[] = {[SQLITE] = NULL, [MARIADB] = "mariadbd", [POSTGRES] = "initdb"};
    const bill_store_engine *const *engines = bill_store_engines();
    size_t i = 0;
    while (engines[i] && strcmp(engines[i]->name, name) != 0)
        i++;
    if (!engines[i])
        return false;
    engine_name = name;
    engine = engines[i]->dialect == BILL_SQLITE ? SQLITE : engines[i]->dialect == BILL_MARIADB ? MARIADB : POSTGRES;
    widen_path();
    if (servers[engine] && !outside_sockets() && !installed(servers[engine]))
        return false;
    (void)snprintf(folder, sizeof folder, "/tmp/billing-test-XXXXXX");
    owner = getpid();
    if (!mkdtemp(folder)) {
        perror(folder);
        exit(1);
    }
    bool started = engine == SQLITE || (engine == MARIADB ? start_mariadb() : start_postgres());
    if (!started) {
        (void)fprintf(stderr, "the server of %s does not start\n", name);
        print_log();
        bench_end();
        exit(1);
    }
    return true;
}

int bench_missing(const char *name)
{
    const char *must = getenv("BILLING_MUST_RUN");
    printf("store %s is not available here\n", name);
    return must && strstr(must, name) ? 1 : 77;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    (void)remove(path);
    return 0;
}

void bench_end(void)
{
    if (getpid() != owner)
        return;
    if (server > 0) {
        (void)kill(server, engine == POSTGRES ? SIGINT : SIGTERM);
        (void)waitpid(server, NULL, 0);
        server = 0;
    }
    if (folder[0])
        (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    folder[0] = '\0';
}

/* ---- databases ---- */

static void create_database(const char *root, const char *sql)
{
    bill_store *store = NULL;
    bill_error error = {0};
    bill_status status = BILL_EIO;
    for (int i = 0; i < 200 && status != BILL_OK; i++) { /* a socket may stand before its server listens */
        status = bill_store_open(&store, root, &error);
        if (status != BILL_OK)
            nap();
    }
    if (status != BILL_OK || store->engine->script(store, sql, &error) != BILL_OK)
        fail_msg("%s: %s", sql, error.text);
    bill_store_close(store);
}

void bench_address(char out[256])
{
    char sql[64], root[256], socket[128];
    int n = ++databases;
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE b%d", n);
    switch (engine) {
    case SQLITE: (void)snprintf(out, 256, "sqlite:%s/b%d.db", folder, n); return;
    case MARIADB:
        node_socket(socket, sizeof socket, 0);
        (void)snprintf(root, sizeof root, "mariadb:///mysql?socket=%s&user=root", socket);
        (void)snprintf(sql, sizeof sql, "CREATE DATABASE b%d_%d", (int)owner, n);
        create_database(root, sql);
        (void)snprintf(out, 256, "mariadb:///b%d_%d?socket=%s&user=root", (int)owner, n, socket);
        return;
    case POSTGRES:
        (void)snprintf(root, sizeof root, "postgres:///postgres?host=%s&user=root", folder);
        create_database(root, sql);
        (void)snprintf(out, 256, "postgres:///b%d?host=%s&user=root", n, folder);
        return;
    }
}

static bill_time bench_clock(void *context)
{
    return ((const bench *)context)->now;
}

static void open_bench(bench *b)
{
    bill_ledger_options options = {"test", bench_clock, b};
    MUST(b, bill_store_open(&b->store, b->address, &b->error));
    if (!b->ledger)
        MUST(b, bill_ledger_open(&b->ledger, b->store, &options, &b->error));
}

bench *bench_new_in(const char *zone)
{
    bench *b = calloc(1, sizeof *b);
    bill_settings settings = {zone, "USD"};
    bill_store *store;
    assert_non_null(b);
    b->now = instant("2025-01-21 02:00:00");
    bench_address(b->address);
    MUST(b, bill_store_open(&store, b->address, &b->error));
    MUST(b, bill_ledger_init(store, &settings, &b->error));
    bill_store_close(store);
    open_bench(b);
    return b;
}

bench *bench_new(void)
{
    return bench_new_in("Asia/Shanghai");
}

bench *bench_again(const bench *other)
{
    bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    memcpy(b->address, other->address, sizeof b->address);
    if (outside_sockets()) { /* a second writer goes through another node */
        char socket[128];
        node_socket(socket, sizeof socket, ++turns + (int)getpid());
        size_t database = strcspn(other->address, "?");
        (void)snprintf(b->address, sizeof b->address, "%.*s?socket=%s&user=root&timeout=3", (int)database,
                       other->address, socket);
    }
    b->now = other->now;
    open_bench(b);
    return b;
}

void bench_free(bench *b)
{
    if (!b)
        return;
    bill_ledger_close(b->ledger);
    bill_store_close(b->store);
    free(b);
}

/* ---- shorthand ---- */

bill_time instant(const char *text)
{
    bill_time out = 0;
    if (bill_time_parse(&out, text, strlen(text)) != BILL_OK)
        fail_msg("not a time: %s", text);
    return out;
}

static void price(bench *b, const char *model, bill_billing_type type, bill_price_dimension first, const char *one,
                  const char *two)
{
    bill_price p;
    bill_price_init(&p, type, "USD");
    p.from = instant("2025-01-01");
    MUST(b, bill_price_add(&p, first, "", BILL_AMOUNT_ZERO, amount(one), 1));
    if (two)
        MUST(b, bill_price_add(&p, BILL_DIM_OUTPUT, "", BILL_AMOUNT_ZERO, amount(two), 1));
    MUST(b, bill_ledger_price_add(b->ledger, model, "", &p, false, &b->error));
}

void bench_prices(bench *b)
{
    price(b, "doubao-seed-1-6", BILL_TYPE_TOKEN, BILL_DIM_INPUT, "0.0000005", "0.0000015");
    price(b, "tts-1", BILL_TYPE_CHARACTER, BILL_DIM_CHARACTER, "0.000001", NULL);
    price(b, "dall-e-3", BILL_TYPE_COUNT, BILL_DIM_IMAGE, "0.01", NULL);
    price(b, "video-gen-1", BILL_TYPE_SECOND, BILL_DIM_SECOND, "0.001", NULL);
}

static bill_usage usage_of(const char *request, int64_t user, const char *model, bill_operation operation)
{
    bill_usage u;
    bill_usage_init(&u, operation);
    (void)snprintf(u.request_id, sizeof u.request_id, "%s", request);
    (void)snprintf(u.model, sizeof u.model, "%s", model);
    u.user_id = user;
    return u;
}

bill_usage chat(const char *request, int64_t user, int64_t input, int64_t output)
{
    bill_usage u = usage_of(request, user, "doubao-seed-1-6", BILL_OP_CHAT);
    u.input_tokens = input;
    u.output_tokens = output;
    return u;
}

bill_usage speech(const char *request, int64_t user, int64_t characters)
{
    bill_usage u = usage_of(request, user, "tts-1", BILL_OP_TTS);
    u.character_count = characters;
    return u;
}

bill_usage image(const char *request, int64_t user, int64_t images)
{
    bill_usage u = usage_of(request, user, "dall-e-3", BILL_OP_IMAGE);
    u.image_count = images;
    return u;
}

bill_usage video(const char *request, int64_t user, const char *seconds)
{
    bill_usage u = usage_of(request, user, "video-gen-1", BILL_OP_VIDEO);
    u.duration_seconds = amount(seconds);
    u.has_duration = true;
    return u;
}

bill_recorded record(bench *b, const bill_usage *usage)
{
    bill_recorded out = {0};
    MUST(b, bill_ledger_record(&out, b->ledger, usage, &b->error));
    return out;
}

static bill_status first_violation(void *context, const bill_violation *violation)
{
    char *text = context;
    if (!text[0])
        (void)snprintf(text, 256, "I%d at %lld: %s", violation->invariant, (long long)violation->id, violation->text);
    return BILL_OK;
}

void reconciled(bench *b)
{
    char text[256] = "";
    int64_t count = 0;
    int64_t exported = 0;
    bill_filter any;
    bill_filter_init(&any);
    MUST(b, bill_ledger_reconcile(&count, b->ledger, first_violation, text, &b->error));
    MUST(b, bill_export_verify(&exported, b->ledger, &any, first_violation, text, &b->error));
    count += exported;
    if (count != 0)
        fail_msg("%lld violations, the first: %s", (long long)count, text);
}

int64_t count_rows(bench *b, const char *sql)
{
    int64_t out = 0;
    MUST(b, bill_store_int(&out, b->store, sql, NULL, 0, &b->error));
    return out;
}

/* ---- lost connections ---- */

typedef struct sessions {
    int64_t ids[64];
    size_t count;
} sessions;

static bill_status take_session(void *context, const bill_value *row, size_t count)
{
    sessions *out = context;
    (void)count;
    if (out->count < 64 && bill_value_int(&out->ids[out->count], &row[0]) == BILL_OK)
        out->count++;
    return BILL_OK;
}

size_t bench_cut_connections(bench *b)
{
    sessions all = {.count = 0};
    char sql[64];
    if (b->store->engine->dialect == BILL_POSTGRES)
        MUST(b, bill_store_run(b->store,
                               "SELECT pg_terminate_backend(pid)::int FROM pg_stat_activity WHERE datname = "
                               "current_database() AND pid <> pg_backend_pid()",
                               NULL, 0, take_session, &all, &b->error));
    if (b->store->engine->dialect != BILL_MARIADB)
        return all.count;
    MUST(b, bill_store_run(b->store,
                           "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> "
                           "CONNECTION_ID()",
                           NULL, 0, take_session, &all, &b->error));
    for (size_t i = 0; i < all.count; i++) {
        (void)snprintf(sql, sizeof sql, "KILL %lld", (long long)all.ids[i]);
        (void)b->store->engine->script(b->store, sql, NULL); /* it may be gone already */
    }
    return all.count;
}
