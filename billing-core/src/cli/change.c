/* change.c - the commands that set up, change, repair and close. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* ---- init ---- */

static int print_plan(invocation *in)
{
    const char *name = in->values[OPT_DIALECT];
    int dialect = name ? bill_dialect_find(name, strlen(name)) : -1, from = 0;
    bill_status status = BILL_OK;
    session s = {0};
    if (name && dialect < 0)
        return wrong(in, "no such dialect", name);
    if (!name) {
        int code = open_session(&s, in, false);
        if (code != EXIT_DONE)
            return code;
        dialect = (int)s.store->engine->dialect;
        status = bill_store_version(&from, s.store, &in->error);
    }
    if (status == BILL_OK)
        status = bill_migration_print((bill_dialect)dialect, from, to_stream, stdout);
    close_session(&s);
    return status == BILL_OK ? EXIT_DONE : failed(in, status);
}

int run_init(invocation *in)
{
    session s;
    int before = 0;
    bill_settings settings = {in->values[OPT_ZONE], in->values[OPT_CURRENCY]};
    if (in->word_count)
        return wrong(in, "init takes no words", in->words[0]);
    if (in->given[OPT_DRY_RUN])
        return print_plan(in);
    if (in->given[OPT_DIALECT])
        return wrong(in, "--dialect goes with --dry-run", "");
    int code = open_session(&s, in, false);
    if (code != EXIT_DONE)
        return code;
    bill_status status = bill_store_version(&before, s.store, &in->error);
    if (status == BILL_OK)
        status = bill_ledger_init(s.store, &settings, &in->error);
    if (status == BILL_OK && in->given[OPT_JSON])
        printf("{\"from_version\":%d,\"version\":%d}\n", before, bill_schema_version());
    else if (status == BILL_OK)
        printf(before == bill_schema_version() ? "schema version %d, as before\n" : "schema version %d\n",
               bill_schema_version());
    close_session(&s);
    return status == BILL_OK ? EXIT_DONE : failed(in, status);
}

/* ---- status and refund ---- */

static void print_results(const invocation *in, const bill_change_result *results, size_t count, bool done)
{
    if (in->given[OPT_JSON])
        printf("{\"done\":%s,\"results\":[", done ? "true" : "false");
    for (size_t i = 0; i < count; i++) {
        const char *text =
            results[i].status == BILL_OK ? (done ? "done" : "could be") : bill_status_text(results[i].status);
        if (in->given[OPT_JSON])
            printf("%s{\"id\":%lld,\"ok\":%s,\"text\":\"%s\"}", i ? "," : "", (long long)results[i].record_id,
                   results[i].status == BILL_OK ? "true" : "false", text);
        else
            printf("%lld: %s\n", (long long)results[i].record_id, text);
    }
    if (in->given[OPT_JSON])
        printf("]}\n");
}

int run_status(invocation *in)
{
    bill_change change = {
        .reference = in->values[OPT_REFERENCE], .reason = in->values[OPT_REASON], .at = BILL_TIME_NONE};
    session s;
    if (in->word_count < 2)
        return wrong(in, "a status and at least one bill are wanted", "");
    int to = bill_value_find(bill_values_billing_status, in->words[0], strlen(in->words[0]));
    if (to < 0)
        return wrong(in, "no status of a bill", in->words[0]);
    if (in->values[OPT_AT] && !time_of(&change.at, in, in->values[OPT_AT], "--at"))
        return EXIT_USAGE;
    change.to = (bill_billing_status)to;
    size_t count = in->word_count - 1;
    int64_t *ids = calloc(count, sizeof *ids);
    bill_change_result *results = calloc(count, sizeof *results);
    int code = ids && results ? EXIT_DONE : EXIT_FAILED;
    for (size_t i = 0; i < count && code == EXIT_DONE; i++)
        if (!number_of(&ids[i], in, in->words[i + 1], in->words[i + 1]))
            code = EXIT_USAGE;
    if (code == EXIT_DONE && (code = open_session(&s, in, true)) == EXIT_DONE) {
        bill_status status = bill_ledger_change_batch(results, s.ledger, ids, count, &change, &in->error);
        print_results(in, results, count, status == BILL_OK);
        if (status != BILL_OK)
            code = failed(in, status);
        close_session(&s);
    }
    free(ids);
    free(results);
    return code;
}

int run_refund(invocation *in)
{
    session s;
    int64_t id;
    bill_amount amount, given;
    char text[BILL_AMOUNT_TEXT_MAX];
    if (in->word_count < 1 || in->word_count > 2)
        return wrong(in, "a bill and perhaps an amount are wanted", "");
    if (!number_of(&id, in, in->words[0], in->words[0]) ||
        (in->word_count == 2 && !amount_of(&amount, in, in->words[1], in->words[1])))
        return EXIT_USAGE;
    int code = open_session(&s, in, true);
    if (code != EXIT_DONE)
        return code;
    bill_status status = bill_ledger_refund(&given, s.ledger, id, in->word_count == 2 ? &amount : NULL,
                                            in->values[OPT_REFERENCE], in->values[OPT_REASON], &in->error);
    close_session(&s);
    if (status != BILL_OK)
        return failed(in, status);
    printf(in->given[OPT_JSON] ? "{\"id\":%lld,\"refunded\":\"%s\"}\n" : "%lld: refunded %s\n", (long long)id,
           amount_text(text, given));
    return EXIT_DONE;
}

/* ---- repair and closing ---- */

int run_backfill(invocation *in)
{
    session s;
    bill_backfill_counts counts;
    bill_time from = bill_time_of_date(&(bill_date){.year = 1970, .month = 1, .day = 1});
    int code = open_session(&s, in, true);
    if (code != EXIT_DONE)
        return code;
    bill_time to = bill_ledger_now(s.ledger) + 1;
    if (!day_options(&from, &to, in, &s)) {
        close_session(&s);
        return EXIT_USAGE;
    }
    bill_status status = bill_ledger_backfill(&counts, s.ledger, from, to, &in->error);
    close_session(&s);
    if (status != BILL_OK)
        return failed(in, status);
    printf(in->given[OPT_JSON] ? "{\"seen\":%lld,\"billed\":%lld,\"unpriced\":%lld,\"review\":%lld}\n"
                               : "%lld without a bill: %lld billed, %lld unpriced, %lld for review\n",
           (long long)counts.seen, (long long)counts.billed, (long long)counts.unpriced, (long long)counts.review);
    return counts.unpriced || counts.review ? EXIT_REFUSED : EXIT_DONE;
}

typedef struct listing {
    bool json, any;
} listing;

static bill_status print_violation(void *context, const bill_violation *v)
{
    listing *in = context;
    if (in->json)
        printf("%s{\"invariant\":%d,\"id\":%lld,\"text\":\"%s\"}", in->any ? "," : "", v->invariant, (long long)v->id,
               v->text);
    else
        printf("I%d at %lld: %s\n", v->invariant, (long long)v->id, v->text);
    in->any = true;
    return BILL_OK;
}

int run_reconcile(invocation *in)
{
    session s;
    int64_t count = 0;
    listing list = {in->given[OPT_JSON], false};
    int code = open_session(&s, in, true);
    if (code != EXIT_DONE)
        return code;
    if (list.json)
        printf("{\"violations\":[");
    bill_status status = bill_ledger_reconcile(&count, s.ledger, print_violation, &list, &in->error);
    bill_filter any;
    int64_t exported = 0;
    bill_filter_init(&any);
    if (status == BILL_OK)
        status = bill_export_verify(&exported, s.ledger, &any, print_violation, &list, &in->error);
    count += exported;
    printf(list.json ? "],\"count\":%lld}\n" : "%lld contradictions\n", (long long)count);
    close_session(&s);
    if (status != BILL_OK)
        return failed(in, status);
    return count ? EXIT_REFUSED : EXIT_DONE;
}

int run_close(invocation *in)
{
    session s;
    if (in->word_count != 1)
        return wrong(in, "one cycle is wanted: YYYY-MM", "");
    int code = open_session(&s, in, true);
    if (code != EXIT_DONE)
        return code;
    bill_status status = bill_ledger_close_cycle(s.ledger, in->words[0], in->given[OPT_EARLY], &in->error);
    close_session(&s);
    if (status != BILL_OK)
        return failed(in, status);
    printf(in->given[OPT_JSON] ? "{\"cycle\":\"%s\",\"state\":\"closed\"}\n" : "%s: closed\n", in->words[0]);
    return EXIT_DONE;
}

int run_archive(invocation *in)
{
    session s;
    int64_t moved = 0;
    int code = open_session(&s, in, true);
    if (code != EXIT_DONE)
        return code;
    const char *day = in->values[OPT_BEFORE];
    bill_time cutoff = bill_ledger_now(s.ledger) - 90 * 86400 * BILL_SECOND, end;
    bill_status status = BILL_OK;
    if (day && bill_day_range(&cutoff, &end, bill_ledger_zone(s.ledger), day, strlen(day)) != BILL_OK)
        code = wrong(in, "a day is written YYYY-MM-DD", day);
    else
        status = bill_ledger_archive(&moved, s.ledger, cutoff, &in->error);
    close_session(&s);
    if (code != EXIT_DONE)
        return code;
    if (status != BILL_OK)
        return failed(in, status);
    printf(in->given[OPT_JSON] ? "{\"archived\":%lld}\n" : "%lld archived\n", (long long)moved);
    return EXIT_DONE;
}
