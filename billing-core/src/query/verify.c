/* verify.c - do the rows of an export add up to the bill? Invariant 13.
 *
 * Both exports are written as for a user, and read back from their text, by
 * the columns a reader would add up. Under the head's lock nobody writes, so
 * bill and export speak of the same rows. */
#include "billing/query.h"

#include "ledger/ledger.h"

#include <string.h>

#define COLUMN_COST     6 /* of the bill's CSV: total cost, and */
#define COLUMN_STATUS   7
#define COLUMN_BILLED   0 /* of the cost specification's: BilledCost, and */
#define COLUMN_CURRENCY 1
#define CELL_MAX        64

/* Takes CSV in pieces and keeps two cells of each row. */
typedef struct reader {
    int amount_column, word_column;
    int column;
    bool quoted, header;
    char cells[2][CELL_MAX]; /* the amount and the word */
    size_t used[2];
    bool focus;
    bill_statement sums; /* per currency; the plain CSV has none and is summed as one */
} reader;

static bill_status add_row(reader *in)
{
    bill_amount amount;
    const char *currency = in->focus ? in->cells[1] : "";
    bill_totals *sum = NULL;
    if (!in->focus && strcmp(in->cells[1], bill_status_label(BILL_STATUS_CANCELLED, BILL_EN)) == 0)
        return BILL_OK;
    if (bill_amount_parse(&amount, in->cells[0], in->used[0]) != BILL_OK || strlen(currency) > 3)
        return BILL_ECORRUPT;
    for (size_t i = 0; i < in->sums.currency_count && !sum; i++)
        if (strcmp(in->sums.currencies[i].currency, currency) == 0)
            sum = &in->sums.currencies[i];
    if (!sum) {
        if (in->sums.currency_count == BILL_CURRENCIES_MAX)
            return BILL_ERANGE;
        sum = &in->sums.currencies[in->sums.currency_count++];
        memcpy(sum->currency, currency, strlen(currency) + 1);
    }
    sum->count++;
    return bill_amount_add(&sum->net, sum->net, amount);
}

static bill_status end_line(reader *in)
{
    bill_status status = BILL_OK;
    if (!in->header) {
        for (int i = 0; i < 2; i++)
            in->cells[i][in->used[i]] = '\0';
        status = add_row(in);
    }
    in->header = false;
    in->column = 0;
    in->used[0] = in->used[1] = 0;
    return status;
}

static bill_status read_text(void *context, const char *text, size_t length)
{
    reader *in = context;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bill_status status = BILL_OK;
        if (c == '"')
            in->quoted = !in->quoted;
        else if (in->quoted || (c != ',' && c != '\r' && c != '\n')) {
            int cell = in->column == in->amount_column ? 0 : in->column == in->word_column ? 1 : -1;
            if (cell >= 0 && in->used[cell] < CELL_MAX - 1)
                in->cells[cell][in->used[cell]++] = c;
        } else if (c == ',')
            in->column++;
        else if (c == '\n' && (status = end_line(in)) != BILL_OK)
            return status;
    }
    return BILL_OK;
}

/* ---- comparing ---- */

typedef struct verifying {
    const bill_filter *filter;
    bill_violation_fn each;
    void *context;
    int64_t count;
} verifying;

static bill_status differ(verifying *v, const char *text)
{
    bill_violation violation = {13, v->filter->user_id, text};
    v->count++;
    return v->each ? v->each(v->context, &violation) : BILL_OK;
}

static bill_status export_into(reader *out, bill_ledger *ledger, const bill_filter *filter, bill_error *error)
{
    bill_export_options options = {.language = BILL_EN, .focus = out->focus};
    out->header = true;
    out->amount_column = out->focus ? COLUMN_BILLED : COLUMN_COST;
    out->word_column = out->focus ? COLUMN_CURRENCY : COLUMN_STATUS;
    return bill_export_csv(read_text, out, ledger, filter, &options, error);
}

static bill_status compare_plain(verifying *v, const bill_statement *bill, const reader *csv)
{
    bill_amount gross = BILL_AMOUNT_ZERO;
    int64_t count = 0;
    for (size_t i = 0; i < bill->currency_count; i++) {
        bill_status status = bill_amount_add(&gross, gross, bill->currencies[i].gross);
        if (status != BILL_OK)
            return status;
        count += bill->currencies[i].count;
    }
    const bill_totals *sum = &csv->sums.currencies[0]; /* zero if there was no row */
    if (sum->count != count)
        return differ(v, "the export has not as many rows as the bill");
    return bill_amount_cmp(sum->net, gross) == 0 ? BILL_OK : differ(v, "the export's rows do not add up to the bill");
}

static bill_status compare_focus(verifying *v, const bill_statement *bill, const reader *csv)
{
    for (size_t i = 0; i < bill->currency_count; i++) {
        const bill_totals *wanted = &bill->currencies[i];
        bill_amount got = BILL_AMOUNT_ZERO;
        for (size_t j = 0; j < csv->sums.currency_count; j++)
            if (strcmp(csv->sums.currencies[j].currency, wanted->currency) == 0)
                got = csv->sums.currencies[j].net;
        if (bill_amount_cmp(got, wanted->net) != 0)
            return differ(v, "the cost export's rows do not add up to the net of the bill");
    }
    return BILL_OK;
}

static bill_status verify(bill_ledger *ledger, void *context, bill_error *error)
{
    verifying *v = context;
    bill_statement bill;
    reader plain = {.focus = false}, focus = {.focus = true};
    v->count = 0;
    bill_status status = bill_query_totals(&bill, ledger, v->filter, error);
    if (status == BILL_OK)
        status = export_into(&plain, ledger, v->filter, error);
    if (status == BILL_OK)
        status = export_into(&focus, ledger, v->filter, error);
    if (status == BILL_OK)
        status = compare_plain(v, &bill, &plain);
    return status == BILL_OK ? compare_focus(v, &bill, &focus) : status;
}

bill_status bill_export_verify(int64_t *count, bill_ledger *ledger, const bill_filter *filter, bill_violation_fn each,
                               void *context, bill_error *error)
{
    verifying v = {filter, each, context, 0};
    bill_status status = bill_transact(ledger, verify, &v, error);
    if (status == BILL_OK)
        *count = v.count;
    return status;
}
