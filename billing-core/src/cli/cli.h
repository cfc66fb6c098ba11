/* cli.h - what the commands of the program billing share. */
#ifndef BILL_CLI_CLI_H
#define BILL_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "billing/ledger.h"
#include "billing/query.h"

/* Exit codes, as meterlint's: 1 says no, 2 was asked wrongly, 3 could not. */
enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_FAILED = 3 };

/* Every option of the program: one list for parsing, help and man page. */
typedef enum option_id {
    OPT_DB,
    OPT_JSON,
    OPT_LANG,
    OPT_ACTOR,
    OPT_NOW,
    OPT_HELP,
    OPT_VERSION,
    OPT_ZONE,
    OPT_CURRENCY,
    OPT_DRY_RUN,
    OPT_DIALECT,
    OPT_USER,
    OPT_CYCLE,
    OPT_FROM,
    OPT_TO,
    OPT_LIMIT,
    OPT_AFTER,
    OPT_OUTPUT,
    OPT_NO_BOM,
    OPT_PRICES,
    OPT_FOCUS,
    OPT_REFERENCE,
    OPT_REASON,
    OPT_AT,
    OPT_EARLY,
    OPT_BEFORE,
    OPT_CLOSE_PREVIOUS,
    OPT_REQUEST,
    OPT_MODEL,
    OPT_METHOD,
    OPT_INPUT_TOKENS,
    OPT_OUTPUT_TOKENS,
    OPT_CACHED_TOKENS,
    OPT_CHARACTERS,
    OPT_TEXT,
    OPT_IMAGES,
    OPT_SECONDS,
    OPT_STATUS,
    OPT_QUALIFIER,
    OPT_PROVIDER,
    OPT_INPUT_PRICE,
    OPT_OUTPUT_PRICE,
    OPT_UNIT_PRICE,
    OPT_PER,
    OPT_TYPE,
    OPT_RESPONSE,
    OPT_STREAM,
    OPT_LISTEN,
    OPT_PORT,
    OPT_SECRET_FILE,
    OPT_SECRET_ENV,
    OPT_ISSUER,
    OPT_AUDIENCE,
    OPT_WORKERS,
    OPT_CONNECTIONS,
    OPT_TIMEOUT,
    OPT_COUNT
} option_id;

#define WORDS_MAX 4096

typedef struct invocation {
    const char *program;
    const struct command *command;
    bool given[OPT_COUNT];
    const char *values[OPT_COUNT];
    const char *words[WORDS_MAX];
    size_t word_count;
    bill_language language;
    bill_error error;
} invocation;

typedef struct command {
    const char *name;
    const char *words; /* of the usage line */
    const char *summary, *summary_zh;
    const option_id *options; /* besides the general ones; ends with OPT_COUNT */
    int (*run)(invocation *in);
} command;

extern const command commands[];
extern const size_t command_count;

/* ---- options.c ---- */

/* Fills the invocation; on a fault prints a sentence and returns EXIT_USAGE. */
int parse_arguments(invocation *in, int argc, char **argv);
void print_help(const invocation *in, FILE *to);
void print_man(FILE *to);

/* ---- help for commands ---- */

/* Says what went wrong and gives the exit code for a status. */
int failed(const invocation *in, bill_status status);
int wrong(const invocation *in, const char *sentence, const char *detail);

/* Numbers, times, days and amounts of options; false after saying what is wrong. */
bool number_of(int64_t *out, const invocation *in, const char *text, const char *what);
bool count_option(int64_t *out, const invocation *in, option_id id);
bool amount_of(bill_amount *out, const invocation *in, const char *text, const char *what);
bool time_of(bill_time *out, const invocation *in, const char *text, const char *what);

/* The address of --db, of the environment, or the default. */
const char *store_address(const invocation *in);

/* Opens --db for a command; the ledger too if wanted. */
typedef struct session {
    bill_store *store;
    bill_ledger *ledger;
    bill_time now; /* of --now, or BILL_TIME_NONE */
} session;
int open_session(session *out, invocation *in, bool with_ledger);
bill_time session_clock(void *session); /* --now if given */
void close_session(session *s);

/* [from, to) from --from and --to: days of the billing zone, the last one
 * included. Without an option its end stays as given. */
bool day_options(bill_time *from, bill_time *to, const invocation *in, const session *s);

/* The whole of a file, "-" for standard input; released with free. */
char *read_input(size_t *length, invocation *in, const char *path);

bill_status to_stream(void *file, const char *text, size_t length);

/* Prints through amounts; for one line of text output. */
const char *amount_text(char out[BILL_AMOUNT_TEXT_MAX], bill_amount amount);

/* One of two words by language. */
const char *say(const invocation *in, const char *zh, const char *en);

int run_init(invocation *in);
int run_record(invocation *in);
int run_bill(invocation *in);
int run_export(invocation *in);
int run_stats(invocation *in);
int run_status(invocation *in);
int run_refund(invocation *in);
int run_backfill(invocation *in);
int run_reconcile(invocation *in);
int run_close(invocation *in);
int run_archive(invocation *in);
int run_price(invocation *in);
int run_serve(invocation *in);

#endif
