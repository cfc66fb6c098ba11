/* totals.c - exact sums over live and archived records. */
#include "billing/query.h"

#include "query/filter.h"

#include <string.h>

void bill_filter_init(bill_filter *filter)
{
    memset(filter, 0, sizeof *filter);
    filter->from = filter->to = BILL_TIME_NONE;
    filter->status = -1;
}

void bill_filter_sql(bill_text *sql, bill_params *p, const bill_filter *filter)
{
    const char *glue = " WHERE ";
    const struct {
        bool wanted;
        const char *sql;
    } parts[] = {
        {filter->user_id != 0,           "user_id = ?"       },
        {filter->cycle[0] != '\0',       "billing_cycle = ?" },
        {filter->from != BILL_TIME_NONE, "billing_time >= ?" },
        {filter->to != BILL_TIME_NONE,   "billing_time < ?"  },
        {filter->status >= 0,            "billing_status = ?"}
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!parts[i].wanted)
            continue;
        bill_text_puts(sql, glue);
        bill_text_puts(sql, parts[i].sql);
        glue = " AND ";
        switch (i) {
        case 0: bill_put_int(p, filter->user_id); break;
        case 1: bill_put_str(p, filter->cycle); break;
        case 2: bill_put_time(p, filter->from); break;
        case 3: bill_put_time(p, filter->to); break;
        default: bill_put_str(p, bill_values_billing_status[filter->status]); break;
        }
    }
}

static bill_status totals_of(bill_totals **out, bill_statement *statement, const bill_value *currency)
{
    char name[4];
    if (bill_value_text(name, sizeof name, currency) != BILL_OK)
        return BILL_ECORRUPT;
    for (size_t i = 0; i < statement->currency_count; i++)
        if (strcmp(statement->currencies[i].currency, name) == 0) {
            *out = &statement->currencies[i];
            return BILL_OK;
        }
    if (statement->currency_count == BILL_CURRENCIES_MAX)
        return BILL_ERANGE;
    *out = &statement->currencies[statement->currency_count++];
    memset(*out, 0, sizeof **out);
    memcpy((*out)->currency, name, sizeof name);
    return BILL_OK;
}

static bill_status count_in(bill_type_total *total, bill_amount cost, bill_amount quantity)
{
    total->count++;
    bill_status status = bill_amount_add(&total->cost, total->cost, cost);
    return status == BILL_OK ? bill_amount_add(&total->quantity, total->quantity, quantity) : status;
}

static bill_status take_row(void *context, const bill_value *row, size_t count)
{
    bill_totals *totals;
    int type, state;
    bill_amount cost, refunded, quantity;
    (void)count;
    bill_status status = totals_of(&totals, context, &row[2]);
    if (status != BILL_OK)
        return status;
    if (bill_value_word(&type, &row[0], bill_values_billing_type) != BILL_OK ||
        bill_value_word(&state, &row[1], bill_values_billing_status) != BILL_OK ||
        bill_value_amount(&cost, &row[3]) != BILL_OK || bill_value_amount(&refunded, &row[4]) != BILL_OK ||
        bill_value_amount(&quantity, &row[5]) != BILL_OK)
        return BILL_ECORRUPT;
    if ((status = count_in(&totals->by_status[state], cost, quantity)) != BILL_OK || state == BILL_STATUS_CANCELLED)
        return status;
    totals->count++;
    status = count_in(&totals->by_type[type], cost, quantity);
    if (status == BILL_OK)
        status = bill_amount_add(&totals->gross, totals->gross, cost);
    if (status == BILL_OK)
        status = bill_amount_add(&totals->refunded, totals->refunded, refunded);
    return status;
}

bill_status bill_query_totals(bill_statement *out, bill_ledger *ledger, const bill_filter *filter, bill_error *error)
{
    static const char select[] =
        "SELECT billing_type, billing_status, currency, total_cost, refunded_amount, quantity FROM ";
    bill_text sql = {0};
    BILL_PARAMS(p);
    bill_statement statement = {0};
    bill_text_puts(&sql, select);
    bill_text_puts(&sql, "ai_billing_records");
    bill_filter_sql(&sql, &p, filter);
    bill_text_puts(&sql, " UNION ALL ");
    bill_text_puts(&sql, select);
    bill_text_puts(&sql, "ai_billing_records_archive");
    bill_filter_sql(&sql, &p, filter);
    bill_status status = sql.status;
    if (status == BILL_OK)
        status = bill_query(ledger, sql.bytes, &p, take_row, &statement, error);
    bill_text_finish(&sql);
    for (size_t i = 0; i < statement.currency_count && status == BILL_OK; i++) {
        bill_totals *t = &statement.currencies[i];
        status = bill_amount_sub(&t->net, t->gross, t->refunded);
    }
    if (status != BILL_OK && (!error || error->status == BILL_OK))
        return bill_error_set(error, status, "totals: %s", bill_status_text(status));
    if (status == BILL_OK)
        *out = statement;
    return status;
}

bill_status bill_query_trend(bill_month *out, size_t room, size_t *count, bill_ledger *ledger, int64_t user_id,
                             const char *first, const char *last, bill_error *error)
{
    bill_filter filter;
    char cycle[BILL_CYCLE_TEXT];
    bill_filter_init(&filter);
    filter.user_id = user_id;
    *count = 0;
    if (!bill_cycle_valid(first, strlen(first)) || !bill_cycle_valid(last, strlen(last)))
        return bill_error_set(error, BILL_EINVAL, "a cycle is written YYYY-MM");
    bill_status status = bill_copy(cycle, sizeof cycle, first, strlen(first));
    while (status == BILL_OK && strcmp(cycle, last) <= 0 && *count < room) {
        bill_month *month = &out[*count];
        memcpy(filter.cycle, cycle, sizeof cycle);
        memcpy(month->cycle, cycle, sizeof cycle);
        if ((status = bill_query_totals(&month->statement, ledger, &filter, error)) != BILL_OK)
            break;
        (*count)++;
        char next[BILL_CYCLE_TEXT];
        if ((status = bill_cycle_next(next, cycle)) == BILL_OK)
            memcpy(cycle, next, sizeof cycle);
    }
    return status;
}
