/* show.c - the commands that read: bill, export, stats, and prices. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static void print_totals(const invocation *in, const bill_totals *t, bool by_status)
{
    char gross[BILL_AMOUNT_TEXT_MAX], refunded[BILL_AMOUNT_TEXT_MAX], net[BILL_AMOUNT_TEXT_MAX];
    printf("%s: %s %s, %s %s, %s %s (%lld)\n", t->currency, say(in, "总费用", "total"), amount_text(gross, t->gross),
           say(in, "已退款", "refunded"), amount_text(refunded, t->refunded), say(in, "净额", "net"),
           amount_text(net, t->net), (long long)t->count);
    for (int i = 0; i < 4; i++)
        printf("  %-9s %8lld  %s %s  %s %s\n", bill_values_billing_type[i], (long long)t->by_type[i].count,
               say(in, "数量", "quantity"), amount_text(gross, t->by_type[i].quantity), say(in, "费用", "cost"),
               amount_text(net, t->by_type[i].cost));
    for (int i = 0; by_status && i < 6; i++)
        if (t->by_status[i].count)
            printf("  %-9s %8lld  %s %s\n", bill_values_billing_status[i], (long long)t->by_status[i].count,
                   say(in, "费用", "cost"), amount_text(net, t->by_status[i].cost));
}

static void print_statement(const invocation *in, const bill_statement *statement, bool by_status)
{
    if (statement->currency_count == 0)
        printf("%s\n", say(in, "没有记录", "no bills"));
    for (size_t i = 0; i < statement->currency_count; i++)
        print_totals(in, &statement->currencies[i], by_status);
}

/* ---- bill ---- */

static bill_status print_record(void *context, const bill_record *r)
{
    const invocation *in = context;
    char quantity[BILL_AMOUNT_TEXT_MAX], cost[BILL_AMOUNT_TEXT_MAX], time[BILL_TIME_TEXT];
    bill_time_print(time, r->billing_time);
    time[19] = '\0';
    printf("  %lld  %sZ  %s  %s %s  %s %s  %s%s\n", (long long)r->id, time, r->model,
           amount_text(quantity, r->quantity), bill_values_unit[r->unit], amount_text(cost, r->total_cost), r->currency,
           bill_status_label(r->status, in->language), r->archived ? " *" : "");
    return BILL_OK;
}

static bool cycle_option(char out[BILL_CYCLE_TEXT], const invocation *in, const session *s)
{
    const char *cycle = in->values[OPT_CYCLE];
    if (!cycle)
        return bill_cycle_of(out, bill_ledger_zone(s->ledger), bill_ledger_now(s->ledger)) == BILL_OK;
    if (!bill_cycle_valid(cycle, strlen(cycle)))
        return wrong(in, "a cycle is written YYYY-MM", cycle) == EXIT_DONE;
    memcpy(out, cycle, BILL_CYCLE_TEXT);
    return true;
}

static bill_status show_bill(invocation *in, session *s, int64_t user, const char *cycle, int64_t after, int64_t limit)
{
    bill_filter filter;
    bill_statement statement;
    int64_t next = 0;
    if (in->given[OPT_JSON])
        return bill_json_bill(to_stream, stdout, s->ledger, user, cycle, after, limit, &in->error);
    bill_filter_init(&filter);
    filter.user_id = user;
    memcpy(filter.cycle, cycle, BILL_CYCLE_TEXT);
    bill_status status = bill_query_totals(&statement, s->ledger, &filter, &in->error);
    if (status != BILL_OK)
        return status;
    printf("%s %lld, %s\n", say(in, "用户", "user"), (long long)user, cycle);
    print_statement(in, &statement, false);
    status = bill_query_records(&next, s->ledger, &filter, after, limit, print_record, in, &in->error);
    if (status == BILL_OK && next)
        printf("  ... --after %lld\n", (long long)next);
    return status;
}

int run_bill(invocation *in)
{
    session s;
    int64_t user, limit = 100, after = 0;
    char cycle[BILL_CYCLE_TEXT];
    if (in->word_count != 1 || !number_of(&user, in, in->words[0], in->words[0]) || user == 0)
        return wrong(in, "one user is wanted", "");
    if (!count_option(&limit, in, OPT_LIMIT) || !count_option(&after, in, OPT_AFTER))
        return EXIT_USAGE;
    if (limit < 1 || limit > 1000)
        return wrong(in, "--limit is 1 to 1000", in->values[OPT_LIMIT]);
    int code = open_session(&s, in, true);
    if (code != EXIT_DONE)
        return code;
    if (!cycle_option(cycle, in, &s)) {
        code = EXIT_USAGE;
    } else {
        bill_status status = show_bill(in, &s, user, cycle, after, limit);
        if (status != BILL_OK)
            code = failed(in, status);
    }
    close_session(&s);
    return code;
}

/* ---- export ---- */

static int export_to(invocation *in, session *s, const bill_filter *filter)
{
    const char *path = in->values[OPT_OUTPUT];
    bill_export_options options = {.language = in->language,
                                   .bom = path && !in->given[OPT_NO_BOM],
                                   .prices = in->given[OPT_PRICES],
                                   .focus = in->given[OPT_FOCUS]};
    FILE *file = path ? fopen(path, "wb") : stdout;
    if (!file)
        return wrong(in, "cannot write", path);
    bill_status status = bill_export_csv(to_stream, file, s->ledger, filter, &options, &in->error);
    if (path && fclose(file) != 0 && status == BILL_OK)
        status = bill_error_set(&in->error, BILL_EIO, "cannot write %.200s", path);
    return status == BILL_OK ? EXIT_DONE : failed(in, status);
}

int run_export(invocation *in)
{
    session s;
    bill_filter filter;
    bill_filter_init(&filter);
    if (in->word_count > 1 || (in->word_count == 1 && !number_of(&filter.user_id, in, in->words[0], in->words[0])))
        return wrong(in, "one user at most", "");
    int code = open_session(&s, in, true);
    if (code != EXIT_DONE)
        return code;
    bool days = in->given[OPT_FROM] || in->given[OPT_TO];
    if (days ? !day_options(&filter.from, &filter.to, in, &s) : !cycle_option(filter.cycle, in, &s))
        code = EXIT_USAGE;
    else
        code = export_to(in, &s, &filter);
    close_session(&s);
    return code;
}

/* ---- stats ---- */

int run_stats(invocation *in)
{
    session s;
    bill_filter filter;
    bill_statement statement;
    bill_status status = BILL_OK;
    bill_filter_init(&filter);
    if (!count_option(&filter.user_id, in, OPT_USER))
        return EXIT_USAGE;
    int code = open_session(&s, in, true);
    if (code != EXIT_DONE)
        return code;
    if (!day_options(&filter.from, &filter.to, in, &s)) {
        close_session(&s);
        return EXIT_USAGE;
    }
    if (in->given[OPT_JSON]) {
        status = bill_json_statistics(to_stream, stdout, s.ledger, filter.user_id, filter.from, filter.to, &in->error);
    } else if ((status = bill_query_totals(&statement, s.ledger, &filter, &in->error)) == BILL_OK) {
        print_statement(in, &statement, true);
    }
    close_session(&s);
    return status == BILL_OK ? EXIT_DONE : failed(in, status);
}

/* ---- price ---- */

static bool add_price(bill_price *price, const invocation *in, option_id id, bill_price_dimension dimension,
                      int64_t per)
{
    const char *text = in->values[id], *qualifier = in->values[OPT_QUALIFIER] ? in->values[OPT_QUALIFIER] : "";
    bill_amount amount;
    if (!text)
        return true;
    if (!amount_of(&amount, in, text, text))
        return false;
    if (bill_price_add(price, dimension, qualifier, BILL_AMOUNT_ZERO, amount, per) != BILL_OK)
        return wrong(in, "qualifier too long", qualifier) == EXIT_DONE;
    return true;
}

static bool price_from_options(bill_price *price, const invocation *in, const session *s)
{
    static const bill_price_dimension unit_of[] = {[BILL_TYPE_TOKEN] = BILL_DIM_INPUT,
                                                   [BILL_TYPE_CHARACTER] = BILL_DIM_CHARACTER,
                                                   [BILL_TYPE_COUNT] = BILL_DIM_IMAGE,
                                                   [BILL_TYPE_SECOND] = BILL_DIM_SECOND};
    const char *type = in->values[OPT_TYPE] ? in->values[OPT_TYPE] : "token";
    const char *currency = in->values[OPT_CURRENCY] ? in->values[OPT_CURRENCY] : bill_ledger_currency(s->ledger);
    int found = bill_billing_type_find(type, strlen(type));
    int64_t per = 1;
    if (found < 0)
        return wrong(in, "no billing type", type) == EXIT_DONE;
    if (strlen(type) > 5 && strncmp(type, "token_", 6) == 0)
        fprintf(stderr, "%s: token_based is read as token\n", in->program);
    bill_price_init(price, (bill_billing_type)found, currency);
    price->from = bill_ledger_now(s->ledger);
    if (in->values[OPT_FROM] && !time_of(&price->from, in, in->values[OPT_FROM], "--from"))
        return false;
    if (in->values[OPT_TO] && !time_of(&price->to, in, in->values[OPT_TO], "--to"))
        return false;
    return count_option(&per, in, OPT_PER) && add_price(price, in, OPT_INPUT_PRICE, BILL_DIM_INPUT, per) &&
           add_price(price, in, OPT_OUTPUT_PRICE, BILL_DIM_OUTPUT, per) &&
           add_price(price, in, OPT_UNIT_PRICE, unit_of[price->type], per);
}

static int price_set(invocation *in, session *s, const char *model)
{
    bill_price price;
    if (!price_from_options(&price, in, s))
        return EXIT_USAGE;
    bill_status status =
        bill_ledger_price_add(s->ledger, model, in->values[OPT_PROVIDER] ? in->values[OPT_PROVIDER] : "", &price,
                              in->given[OPT_CLOSE_PREVIOUS], &in->error);
    if (status != BILL_OK)
        return failed(in, status);
    printf(in->given[OPT_JSON] ? "{\"model_id\":%lld,\"price_version_id\":%lld}\n" : "model %lld, price version %lld\n",
           (long long)price.model_id, (long long)price.id);
    return EXIT_DONE;
}

static bill_status print_price(void *context, const char *model, const bill_price *price)
{
    char from[BILL_TIME_TEXT], to[BILL_TIME_TEXT] = "", amount[BILL_AMOUNT_TEXT_MAX], start[BILL_AMOUNT_TEXT_MAX];
    (void)context;
    bill_time_print(from, price->from);
    if (price->to != BILL_TIME_NONE)
        bill_time_print(to, price->to);
    printf("%s  #%lld  %s  %s  %.19s - %.19s\n", model, (long long)price->id, bill_values_billing_type[price->type],
           price->currency, from, to);
    for (size_t i = 0; i < price->component_count; i++) {
        const bill_price_component *part = &price->components[i];
        printf("    %-14s %s / %lld", bill_values_price_dimension[part->dimension], amount_text(amount, part->price),
               (long long)part->per);
        if (part->qualifier[0])
            printf("  %s", part->qualifier);
        if (part->tier_start.v)
            printf("  from %s", amount_text(start, part->tier_start));
        printf("\n");
    }
    return BILL_OK;
}

static void print_notice(void *context, const char *text)
{
    (void)context;
    fprintf(stderr, "%s\n", text);
}

static int price_import(invocation *in, session *s, const char *path)
{
    size_t length, name = strlen(path);
    bill_import_counts counts;
    bill_time from = bill_ledger_now(s->ledger);
    bool csv = name > 4 && strcmp(path + name - 4, ".csv") == 0;
    if (in->values[OPT_FROM] && !time_of(&from, in, in->values[OPT_FROM], "--from"))
        return EXIT_USAGE;
    char *text = read_input(&length, in, path);
    if (!text)
        return EXIT_USAGE;
    bill_status status = bill_ledger_price_import(&counts, s->ledger, text, length, csv, from,
                                                  in->given[OPT_CLOSE_PREVIOUS], print_notice, NULL, &in->error);
    free(text);
    if (status != BILL_OK)
        return failed(in, status);
    printf(in->given[OPT_JSON] ? "{\"added\":%lld,\"unchanged\":%lld,\"skipped\":%lld}\n"
                               : "%lld added, %lld unchanged, %lld skipped\n",
           (long long)counts.added, (long long)counts.unchanged, (long long)counts.skipped);
    return EXIT_DONE;
}

int run_price(invocation *in)
{
    session s;
    const char *what = in->word_count ? in->words[0] : "";
    const char *name = in->word_count > 1 ? in->words[1] : NULL;
    bool list = strcmp(what, "list") == 0, set = strcmp(what, "set") == 0, import = strcmp(what, "import") == 0;
    if (in->word_count > 2 || (!list && !set && !import) || (!list && !name))
        return wrong(in, "set MODEL, list [MODEL] or import FILE is wanted", what);
    int code = open_session(&s, in, true);
    if (code != EXIT_DONE)
        return code;
    if (list) {
        bill_status status = bill_ledger_prices(s.ledger, name, print_price, NULL, &in->error);
        code = status == BILL_OK ? EXIT_DONE : failed(in, status);
    } else {
        code = set ? price_set(in, &s, name) : price_import(in, &s, name);
    }
    close_session(&s);
    return code;
}
