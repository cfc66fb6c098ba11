/* main.c - the program billing: finds the command, opens the store, says what
 * went wrong. Everything it does goes through the public headers. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

const char *say(const invocation *in, const char *zh, const char *en)
{
    return in->language == BILL_ZH ? zh : en;
}

int failed(const invocation *in, bill_status status)
{
    const char *text = in->error.text[0] ? in->error.text : bill_status_text(status);
    fprintf(stderr, "%s: %s\n", in->program, text);
    switch (status) {
    case BILL_ECONFLICT:
    case BILL_ESTATE:
    case BILL_ERANGE:
    case BILL_EOVERLAP:
    case BILL_EUNPRICED:
    case BILL_ECLOSED:
    case BILL_EINEXACT:
    case BILL_ECORRUPT: return EXIT_REFUSED;
    case BILL_EINVAL:
    case BILL_ENOTFOUND:
    case BILL_EUNSUPPORTED: return EXIT_USAGE;
    default: return EXIT_FAILED;
    }
}

bool number_of(int64_t *out, const invocation *in, const char *text, const char *what)
{
    bill_amount value;
    if (bill_amount_parse(&value, text, strlen(text)) != BILL_OK || strchr(text, '.') || value.v < 0 ||
        value.v / BILL_ONE > INT64_MAX) {
        (void)wrong(in, "a whole number is wanted", what);
        return false;
    }
    *out = (int64_t)(value.v / BILL_ONE);
    return true;
}

bool count_option(int64_t *out, const invocation *in, option_id id)
{
    return !in->given[id] || number_of(out, in, in->values[id], in->values[id]);
}

bool amount_of(bill_amount *out, const invocation *in, const char *text, const char *what)
{
    bill_status status = bill_amount_parse(out, text, strlen(text));
    if (status == BILL_OK && !bill_amount_is_negative(*out))
        return true;
    (void)wrong(in, "a plain decimal with at most 12 decimals is wanted", what);
    return false;
}

bool time_of(bill_time *out, const invocation *in, const char *text, const char *what)
{
    if (bill_time_parse(out, text, strlen(text)) == BILL_OK)
        return true;
    (void)wrong(in, "a time is written YYYY-MM-DD HH:MM:SS, in UTC or with +HH:MM", what);
    return false;
}

bill_time session_clock(void *context)
{
    const session *s = context;
    return s->now == BILL_TIME_NONE ? bill_time_now() : s->now;
}

const char *store_address(const invocation *in)
{
    const char *address = in->values[OPT_DB] ? in->values[OPT_DB] : getenv("BILLING_DB");
    return address && address[0] ? address : "billing.db";
}

int open_session(session *out, invocation *in, bool with_ledger)
{
    const char *actor = in->values[OPT_ACTOR] ? in->values[OPT_ACTOR] : getenv("USER");
    bill_ledger_options options = {actor, session_clock, out};
    memset(out, 0, sizeof *out);
    out->now = BILL_TIME_NONE;
    if (in->values[OPT_NOW] && !time_of(&out->now, in, in->values[OPT_NOW], "--now"))
        return EXIT_USAGE;
    bill_status status = bill_store_open(&out->store, store_address(in), &in->error);
    if (status == BILL_OK && with_ledger)
        status = bill_ledger_open(&out->ledger, out->store, &options, &in->error);
    if (status == BILL_OK)
        return EXIT_DONE;
    int code = failed(in, status);
    close_session(out);
    return code;
}

void close_session(session *s)
{
    bill_ledger_close(s->ledger);
    bill_store_close(s->store);
    s->ledger = NULL;
    s->store = NULL;
}

bool day_options(bill_time *from, bill_time *to, const invocation *in, const session *s)
{
    const bill_zone *zone = bill_ledger_zone(s->ledger);
    const char *first = in->values[OPT_FROM], *last = in->values[OPT_TO];
    bill_time end, start;
    if (first && bill_day_range(from, &end, zone, first, strlen(first)) != BILL_OK)
        return wrong(in, "a day is written YYYY-MM-DD", first) == EXIT_DONE;
    if (last && bill_day_range(&start, to, zone, last, strlen(last)) != BILL_OK)
        return wrong(in, "a day is written YYYY-MM-DD", last) == EXIT_DONE;
    return true;
}

char *read_input(size_t *length, invocation *in, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t room = 65536, used = 0;
    char *text = file ? malloc(room) : NULL;
    while (text) {
        used += fread(text + used, 1, room - used - 1, file);
        if (used < room - 1)
            break;
        char *grown = realloc(text, room *= 2);
        if (!grown)
            free(text);
        text = grown;
    }
    bool bad = file && ferror(file);
    if (file && file != stdin)
        (void)fclose(file);
    if (!text || bad) {
        free(text);
        (void)wrong(in, "cannot read", path);
        return NULL;
    }
    text[used] = '\0';
    *length = used;
    return text;
}

bill_status to_stream(void *file, const char *text, size_t length)
{
    return fwrite(text, 1, length, file) == length ? BILL_OK : BILL_EIO;
}

const char *amount_text(char out[BILL_AMOUNT_TEXT_MAX], bill_amount amount)
{
    (void)bill_amount_print(out, amount);
    return out;
}

int main(int argc, char **argv)
{
    static invocation in;
    in.program = "billing";
    if (argc == 2 && strcmp(argv[1], "--man") == 0) {
        print_man(stdout);
        return EXIT_DONE;
    }
    int code = parse_arguments(&in, argc, argv);
    if (code != EXIT_DONE)
        return code;
    if (in.given[OPT_VERSION]) {
        printf("billing %s\n", BILLING_VERSION);
        return EXIT_DONE;
    }
    if (in.given[OPT_HELP] || !in.command) {
        print_help(&in, in.given[OPT_HELP] ? stdout : stderr);
        return in.given[OPT_HELP] ? EXIT_DONE : EXIT_USAGE;
    }
    code = in.command->run(&in);
    if (fflush(stdout) != 0 && code == EXIT_DONE)
        return EXIT_FAILED;
    return code;
}
