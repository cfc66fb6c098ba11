/* query.h - bills, statistics and lists over live and archived records. Reads only.
 *
 * Three names for what was spent: gross (all but cancelled), refunded, net.
 * Sums are exact and per currency: amounts in different currencies are never
 * added. Ranges are half-open. */
#ifndef BILLING_QUERY_H
#define BILLING_QUERY_H

#include "billing/ledger.h"
#include "billing/record.h"

typedef struct bill_type_total {
    int64_t count;
    bill_amount cost, quantity;
} bill_type_total;

typedef struct bill_totals {
    char currency[4];
    int64_t count; /* cancelled ones not counted */
    bill_amount gross, refunded, net;
    bill_type_total by_type[4];   /* by bill_billing_type, all four always; without cancelled */
    bill_type_total by_status[6]; /* by bill_billing_status; cost before refunds */
} bill_totals;

#define BILL_CURRENCIES_MAX 16

typedef struct bill_statement {
    size_t currency_count; /* 0 when nothing was found */
    bill_totals currencies[BILL_CURRENCIES_MAX];
} bill_statement;

/* What to look at. Zero, empty and BILL_TIME_NONE mean: any. */
typedef struct bill_filter {
    int64_t user_id;
    char cycle[BILL_CYCLE_TEXT];
    bill_time from, to; /* by the time of the call */
    int status;         /* bill_billing_status, or -1 */
} bill_filter;

void bill_filter_init(bill_filter *filter);

bill_status bill_query_totals(bill_statement *out, bill_ledger *ledger, const bill_filter *filter, bill_error *error);

typedef bill_status (*bill_record_fn)(void *context, const bill_record *record);

/* Records in order of their ids, live and archived, from the first id above
 * `after`; at most `limit` (0: all). *last is the id to go on from, 0 if there
 * is nothing more. Memory does not grow with the number of records. */
bill_status bill_query_records(int64_t *last, bill_ledger *ledger, const bill_filter *filter, int64_t after,
                               int64_t limit, bill_record_fn each, void *context, bill_error *error);

/* One record by id, live or archived. */
bill_status bill_query_record(bill_record *out, bill_ledger *ledger, int64_t id, bill_error *error);

typedef struct bill_month {
    char cycle[BILL_CYCLE_TEXT];
    bill_statement statement;
} bill_month;

/* The totals of each cycle from first to last, at most `room` of them. */
bill_status bill_query_trend(bill_month *out, size_t room, size_t *count, bill_ledger *ledger, int64_t user_id,
                             const char *first, const char *last, bill_error *error);

/* ---- the bodies of the specification's API ---- */

/* {"success":true,"data":{"userId":..,"billingCycle":..,"totalCost":..,"currency":..,
 * "breakdown":{all four types},"records":[..]}}: numbers as the specification
 * prints them, and beside each amount its exact decimal as text. totalCost and
 * currency stand only when there is one currency; "currencies" has them all.
 * Records go by pages: `after` an id, at most `limit`; "nextAfter" goes on. */
bill_status bill_json_bill(bill_sink sink, void *context, bill_ledger *ledger, int64_t user_id, const char *cycle,
                           int64_t after, int64_t limit, bill_error *error);

/* {"success":true,"data":{"totalRecords":..,"totalCost":..,"byType":{..},"byStatus":{..}}},
 * over [from, to). user_id 0 is everybody. */
bill_status bill_json_statistics(bill_sink sink, void *context, bill_ledger *ledger, int64_t user_id, bill_time from,
                                 bill_time to, bill_error *error);

/* ---- export ---- */

typedef enum bill_language { BILL_ZH, BILL_EN } bill_language;

typedef struct bill_export_options {
    bill_language language;
    bool bom;    /* for spreadsheets; files have it, HTTP does not */
    bool prices; /* two more columns: input and output price */
    bool focus;  /* the columns of the FinOps cost specification instead */
} bill_export_options;

/* CSV by RFC 4180, a header and one row per record, plain exact decimals.
 * Texts that a spreadsheet would take for a formula get a leading quote. */
bill_status bill_export_csv(bill_sink sink, void *sink_context, bill_ledger *ledger, const bill_filter *filter,
                            const bill_export_options *options, bill_error *error);

/* A piece of the above, for who cannot be written to at any time: the rows of
 * at most `limit` records with ids above `after`, the header before the first
 * ones (after 0). *next is the id to go on from, 0 at the end. */
bill_status bill_export_csv_page(int64_t *next, bill_sink sink, void *sink_context, bill_ledger *ledger,
                                 const bill_filter *filter, const bill_export_options *options, int64_t after,
                                 int64_t limit, bill_error *error);

/* Writes both exports, reads them back and compares: the rows that are not
 * cancelled add up to the gross of the bill, and those of the cost
 * specification to its net, per currency. *count is the number of
 * differences, which are violations of invariant 13. Memory stays constant. */
bill_status bill_export_verify(int64_t *count, bill_ledger *ledger, const bill_filter *filter, bill_violation_fn each,
                               void *context, bill_error *error);

const char *bill_status_label(bill_billing_status status, bill_language language);
const char *bill_type_label(bill_billing_type type, bill_language language);

#endif
