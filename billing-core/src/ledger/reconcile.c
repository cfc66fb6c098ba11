/* reconcile.c - reads everything again and reports what contradicts itself.
 *
 * Records are read in pages with their usages, lines and journal entries, so
 * memory stays constant. Each record is priced again from its usage and price
 * version, its status replayed from the journal. */
#include "ledger/ledger.h"

#include "billing/mapping.h"
#include "billing/memory.h"

#include <stdio.h>
#include <string.h>

#define PAGE        200
#define ENTRIES_MAX 2000 /* entries or lines of one page of records, in one read */

typedef struct checking {
    bill_ledger *ledger;
    bill_violation_fn each;
    void *context;
    int64_t count;
} checking;

static bill_status violation(checking *c, int invariant, int64_t id, const char *text)
{
    bill_violation v = {invariant, id, text};
    c->count++;
    return c->each ? c->each(c->context, &v) : BILL_OK;
}

/* ---- one record with what belongs to it ---- */

typedef struct joined {
    bill_record record;
    bill_stored_usage usage;
    bool has_usage;
    bill_amount lines, journal, replayed_refund, replayed_cancel; /* sums */
    int status;                                                   /* replayed; -1 before the charge */
    int64_t line_count, entry_count;
    bool broken_replay, overflow;
} joined;

typedef struct page {
    joined *rows;
    size_t count;
    bool archived;
} page;

static joined *row_of(page *p, int64_t record_id)
{
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->rows[middle].record.id < record_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->count && p->rows[low].record.id == record_id ? &p->rows[low] : NULL;
}

static bill_status take_record(void *context, const bill_value *row, size_t count)
{
    page *p = context;
    joined *j = &p->rows[p->count];
    (void)count;
    memset(j, 0, sizeof *j);
    j->status = -1;
    bill_status status = bill_record_read(&j->record, row);
    j->record.archived = p->archived;
    if (status == BILL_OK)
        p->count++;
    return status;
}

typedef struct usage_reader {
    page *page;
    size_t next;
} usage_reader;

static bill_status take_usage(void *context, const bill_value *row, size_t count)
{
    page *p = context;
    bill_stored_usage usage;
    bill_status status = bill_usage_read(&usage, row);
    (void)count;
    for (size_t i = 0; status == BILL_OK && i < p->count; i++)
        if (p->rows[i].record.usage_id == usage.id) {
            p->rows[i].usage = usage;
            p->rows[i].has_usage = true;
        }
    return status;
}

static void add(joined *j, bill_amount *sum, bill_amount more)
{
    if (bill_amount_add(sum, *sum, more) != BILL_OK)
        j->overflow = true;
}

static bill_status take_line(void *context, const bill_value *row, size_t count)
{
    int64_t record_id;
    bill_amount cost;
    (void)count;
    if (bill_value_count(&record_id, &row[0]) != BILL_OK || bill_value_amount(&cost, &row[1]) != BILL_OK)
        return BILL_ECORRUPT;
    joined *j = row_of(context, record_id);
    if (j) {
        add(j, &j->lines, cost);
        j->line_count++;
    }
    return BILL_OK;
}

/* One step of the replay: the entry must start where the last one ended. */
static void replay(joined *j, int kind, int from, int to, bill_amount amount)
{
    bool first = j->entry_count == 0;
    if (kind == BILL_ENTRY_ADJUST) {
        add(j, &j->journal, amount);
        return;
    }
    if (first != (kind == BILL_ENTRY_CHARGE) || from != j->status)
        j->broken_replay = true;
    if (!first) {
        const bill_transition *step = bill_transition_find((bill_billing_status)j->status, (bill_billing_status)to);
        if (j->status < 0 || !step || (int)step->event != kind)
            j->broken_replay = true;
    }
    add(j, &j->journal, amount);
    bill_amount given = {-amount.v};
    if (kind == BILL_ENTRY_REFUND)
        add(j, &j->replayed_refund, given);
    if (kind == BILL_ENTRY_CANCEL)
        add(j, &j->replayed_cancel, given);
    j->status = to;
    j->entry_count++;
}

static bill_status take_entry(void *context, const bill_value *row, size_t count)
{
    int64_t record_id;
    int kind, from = -1, to;
    bill_amount amount;
    (void)count;
    if (bill_value_count(&record_id, &row[0]) != BILL_OK ||
        bill_value_word(&kind, &row[1], bill_values_journal_kind) != BILL_OK ||
        bill_value_word(&to, &row[3], bill_values_billing_status) != BILL_OK ||
        bill_value_amount(&amount, &row[4]) != BILL_OK)
        return BILL_ECORRUPT;
    if (row[2].kind != BILL_VALUE_NULL && bill_value_word(&from, &row[2], bill_values_billing_status) != BILL_OK)
        return BILL_ECORRUPT;
    joined *j = row_of(context, record_id);
    if (j)
        replay(j, kind, from, to, amount);
    return BILL_OK;
}

/* ---- judging ---- */

static bool same_measures(const bill_record *r, const bill_usage *u)
{
    bool same_duration = u->has_duration ? bill_amount_cmp(r->duration_seconds, u->duration_seconds) == 0
                                         : bill_amount_is_none(r->duration_seconds);
    return r->input_tokens == u->input_tokens && r->output_tokens == u->output_tokens &&
           r->image_count == u->image_count && r->character_count == u->character_count && same_duration;
}

static bill_status judge_price(checking *c, const joined *j)
{
    const bill_record *r = &j->record;
    const bill_price *price = NULL;
    bill_costing cost;
    bill_error why = {0};
    bill_status status = bill_price_by_id(&price, c->ledger, r->model_id, r->price_version_id, &why);
    if (status == BILL_ENOTFOUND)
        return violation(c, 3, r->id, "its price version does not exist");
    if (status != BILL_OK)
        return status;
    if (strcmp(price->currency, r->currency) != 0 &&
        (status = violation(c, 10, r->id, "currency is not the price's")) != BILL_OK)
        return status;
    if (!bill_price_holds(price, j->usage.usage.occurred_at) &&
        (status = violation(c, 3, r->id, "its price was not in force at the time of the call")) != BILL_OK)
        return status;
    if (bill_price_apply(&cost, price, &j->usage.usage, &why) != BILL_OK)
        return violation(c, 3, r->id, "it can not be priced again");
    if (bill_amount_cmp(cost.total, r->total_cost) != 0 || bill_amount_cmp(cost.quantity, r->quantity) != 0)
        return violation(c, 3, r->id, "cost or quantity is not what price and measures give");
    return BILL_OK;
}

static bill_status judge_usage(checking *c, const joined *j)
{
    const bill_record *r = &j->record;
    char cycle[BILL_CYCLE_TEXT];
    bill_status status = BILL_OK;
    if (!j->has_usage)
        return violation(c, 2, r->id, "its usage does not exist");
    if (!same_measures(r, &j->usage.usage) || r->user_id != j->usage.usage.user_id)
        status = violation(c, 3, r->id, "measures or user differ from the usage");
    if (status == BILL_OK && bill_amount_cmp(j->usage.cost, r->total_cost) != 0)
        status = violation(c, 3, r->id, "the cost on the usage is another");
    if (status == BILL_OK &&
        (bill_cycle_of(cycle, c->ledger->zone, j->usage.usage.occurred_at) != BILL_OK || strcmp(cycle, r->cycle) != 0))
        status = violation(c, 11, r->id, "cycle is not the month of the call in the billing zone");
    return status == BILL_OK ? judge_price(c, j) : status;
}

static bill_status judge(checking *c, const joined *j)
{
    const bill_record *r = &j->record;
    bill_amount expected = {r->total_cost.v - r->refunded_amount.v - j->replayed_cancel.v};
    bill_status status = judge_usage(c, j);
    if (status == BILL_OK && j->overflow)
        status = violation(c, 18, r->id, "sums overflow");
    if (status == BILL_OK && bill_amount_cmp(j->lines, r->total_cost) != 0)
        status = violation(c, 4, r->id, "lines do not add up to the cost");
    if (status == BILL_OK && bill_amount_cmp(j->journal, expected) != 0)
        status = violation(c, 5, r->id, "journal is not total less refunded less cancelled");
    if (status == BILL_OK &&
        (bill_amount_is_negative(r->refunded_amount) || bill_amount_cmp(r->refunded_amount, r->total_cost) > 0))
        status = violation(c, 6, r->id, "refunded is below 0 or above the cost");
    if (status == BILL_OK && bill_amount_cmp(j->replayed_refund, r->refunded_amount) != 0)
        status = violation(c, 5, r->id, "refunds of the journal are others");
    if (status == BILL_OK && (j->broken_replay || j->status != (int)r->status))
        status = violation(c, 7, r->id, "status is not what the journal leads to");
    if (status == BILL_OK && j->entry_count != r->status_version + 1)
        status = violation(c, 7, r->id, "version is not the number of changes");
    return status;
}

/* ---- pages ---- */

typedef struct table_names {
    const char *records, *lines;
} table_names;

static bill_status read_page(page *p, bill_ledger *ledger, int64_t after, int64_t limit, bill_error *error)
{
    static const struct {
        const char *records, *usages, *lines;
    } sql[2] = {
        {"SELECT " BILL_RECORD_COLUMNS " FROM ai_billing_records WHERE id > ? ORDER BY id LIMIT ?",
         "SELECT " BILL_USAGE_COLUMNS " FROM ai_billing_records r JOIN ai_model_usage u ON u.id = r.usage_id "
         "WHERE r.id > ? AND r.id <= ?", "SELECT record_id, cost FROM ai_billing_record_lines WHERE record_id > ? AND record_id <= ?"        },
        {"SELECT " BILL_RECORD_COLUMNS " FROM ai_billing_records_archive WHERE id > ? ORDER BY id LIMIT ?",
         "SELECT " BILL_USAGE_COLUMNS " FROM ai_billing_records_archive r JOIN ai_model_usage u ON u.id = r.usage_id "
         "WHERE r.id > ? AND r.id <= ?", "SELECT record_id, cost FROM ai_billing_record_lines_archive WHERE record_id > ? AND record_id <= ?"},
    };
    BILL_PARAMS(first);
    BILL_PARAMS(range);
    int which = p->archived;
    p->count = 0;
    bill_put_int(&first, after);
    bill_put_int(&first, limit);
    bill_status status = bill_query(ledger, sql[which].records, &first, take_record, p, error);
    if (status != BILL_OK || p->count == 0)
        return status;
    bill_put_int(&range, after);
    bill_put_int(&range, p->rows[p->count - 1].record.id);
    status = bill_query(ledger, sql[which].usages, &range, take_usage, p, error);
    if (status == BILL_OK)
        status = bill_query(ledger, sql[which].lines, &range, take_line, p, error);
    if (status == BILL_OK)
        status = bill_query(ledger,
                            "SELECT record_id, kind, from_status, to_status, amount FROM ai_billing_journal "
                            "WHERE record_id > ? AND record_id <= ? ORDER BY record_id, id",
                            &range, take_entry, p, error);
    return status;
}

static bill_status check_records(checking *c, bool archived, bill_error *error)
{
    page p = {.rows = bill_alloc(PAGE * sizeof(joined)), .archived = archived};
    int64_t after = 0;
    bill_status status = p.rows ? BILL_OK : BILL_ENOMEM;
    while (status == BILL_OK) {
        if ((status = read_page(&p, c->ledger, after, PAGE, error)) != BILL_OK || p.count == 0)
            break;
        for (size_t i = 0; i < p.count && status == BILL_OK; i++)
            status = judge(c, &p.rows[i]);
        after = p.rows[p.count - 1].record.id;
    }
    bill_free(p.rows);
    return status;
}

/* ---- sets ---- */

typedef struct listing {
    checking *checking;
    int invariant;
    const char *text;
} listing;

static bill_status list_row(void *context, const bill_value *row, size_t count)
{
    const listing *in = context;
    int64_t id = 0;
    (void)count;
    (void)bill_value_int(&id, &row[0]);
    return violation(in->checking, in->invariant, id, in->text);
}

static bill_status check_sets(checking *c, bill_error *error)
{
    static const struct {
        int invariant;
        const char *sql, *text;
    } sets[] = {
        {1,
         "SELECT u.id FROM ai_model_usage u WHERE u.status IN ('success', 'partial') "
         "AND NOT EXISTS (SELECT 1 FROM ai_billing_records r WHERE r.usage_id = u.id) "
         "AND NOT EXISTS (SELECT 1 FROM ai_billing_records_archive a WHERE a.usage_id = u.id) "
         "AND NOT EXISTS (SELECT 1 FROM ai_billing_outbox o WHERE o.request_id = u.request_id AND o.state <> 'done')", "usage has neither a bill nor an outbox entry"},
        {1,
         "SELECT r.id FROM ai_billing_records r JOIN ai_model_usage u ON u.id = r.usage_id "
         "WHERE u.status NOT IN ('success', 'partial')",                                                               "a call that delivered nothing was billed"    },
        {9,
         "SELECT r.id FROM ai_billing_records r WHERE EXISTS (SELECT 1 FROM ai_billing_records_archive a "
         "WHERE a.id = r.id OR a.usage_id = r.usage_id)",                                                              "bill stands live and in the archive"         },
        {9,
         "SELECT l.record_id FROM ai_billing_record_lines l WHERE NOT EXISTS (SELECT 1 FROM ai_billing_records r "
         "WHERE r.id = l.record_id)",                                                                                  "lines without a bill"                        },
        {9,
         "SELECT l.record_id FROM ai_billing_record_lines_archive l WHERE NOT EXISTS (SELECT 1 FROM "
         "ai_billing_records_archive r WHERE r.id = l.record_id)",                                                     "archived lines without a bill"               },
        {2,
         "SELECT j.id FROM ai_billing_journal j WHERE NOT EXISTS (SELECT 1 FROM ai_billing_records r "
         "WHERE r.id = j.record_id) AND NOT EXISTS (SELECT 1 FROM ai_billing_records_archive a WHERE a.id = "
         "j.record_id)",                                                                                               "journal entry of a bill that does not exist" },
    };
    bill_status status = BILL_OK;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0] && status == BILL_OK; i++) {
        listing in = {c, sets[i].invariant, sets[i].text};
        status = bill_query(c->ledger, sets[i].sql, NULL, list_row, &in, error);
    }
    return status;
}

/* ---- the chain ---- */

typedef struct chain {
    checking *checking;
    int64_t last;
    char hash[BILL_HASH_TEXT];
} chain;

static bill_status take_chain(void *context, const bill_value *row, size_t count)
{
    chain *in = context;
    bill_entry_row entry;
    char numbers[2][24], hash[BILL_HASH_TEXT], stored[BILL_HASH_TEXT], amount[BILL_AMOUNT_TEXT_MAX];
    char time[BILL_TIME_TEXT];
    int64_t id;
    bill_amount value;
    bill_time at;
    (void)count;
    if (bill_value_count(&id, &row[0]) != BILL_OK)
        return BILL_ECORRUPT;
    for (size_t i = 0; i < 15; i++) {
        entry.fields[i] = row[i + 1].kind == BILL_VALUE_TEXT ? row[i + 1].text : "";
        entry.lengths[i] = row[i + 1].kind == BILL_VALUE_TEXT ? row[i + 1].length : 0;
    }
    for (size_t i = 0; i < 2; i++) { /* numbers, whatever form the store gives them in */
        int64_t number;
        if (bill_value_count(&number, &row[i + 2]) != BILL_OK)
            return BILL_ECORRUPT;
        (void)snprintf(numbers[i], sizeof numbers[i], "%lld", (long long)number);
        entry.fields[i + 1] = numbers[i];
        entry.lengths[i + 1] = strlen(numbers[i]);
    }
    if (bill_value_amount(&value, &row[7]) != BILL_OK || bill_value_time(&at, &row[15]) != BILL_OK ||
        at == BILL_TIME_NONE)
        return BILL_ECORRUPT;
    (void)bill_amount_print_scale(amount, value, BILL_SCALE, BILL_ROUND_EXACT);
    entry.fields[6] = amount;
    entry.lengths[6] = strlen(amount);
    bill_time_print(time, at);
    entry.fields[14] = time;
    entry.lengths[14] = strlen(time);
    bill_status status = bill_value_text(stored, sizeof stored, &row[16]);
    if (status != BILL_OK)
        return status;
    bill_entry_hash(hash, &entry);
    if (id != in->last + 1)
        status = violation(in->checking, 12, id, "an entry before it is missing");
    else if (strcmp(entry.fields[13], in->hash) != 0)
        status = violation(in->checking, 12, id, "does not follow the entry before it");
    else if (strcmp(hash, stored) != 0)
        status = violation(in->checking, 12, id, "was changed after it was written");
    in->last = id;
    memcpy(in->hash, stored, sizeof in->hash);
    return status;
}

static bill_status take_head(void *context, const bill_value *row, size_t count)
{
    chain *in = context;
    int64_t last;
    (void)count;
    if (bill_value_count(&last, &row[0]) != BILL_OK)
        return BILL_ECORRUPT;
    bool same = last == in->last && row[1].length == strlen(in->hash) &&
                (row[1].length == 0 || memcmp(row[1].text, in->hash, row[1].length) == 0);
    return same ? BILL_OK : violation(in->checking, 12, last, "the head does not point to the last entry");
}

static bill_status check_chain(checking *c, bill_error *error)
{
    chain in = {.checking = c};
    bill_status status = BILL_OK;
    for (int64_t before = -1; status == BILL_OK && before != in.last;) {
        BILL_PARAMS(p);
        before = in.last;
        bill_put_int(&p, before);
        bill_put_int(&p, ENTRIES_MAX);
        status = bill_query(c->ledger,
                            "SELECT id, entry_key, record_id, user_id, kind, from_status, to_status, amount, currency, "
                            "record_cycle, posting_cycle, actor, reason, payload_hash, prev_hash, occurred_at, "
                            "entry_hash FROM ai_billing_journal WHERE id > ? ORDER BY id LIMIT ?",
                            &p, take_chain, &in, error);
    }
    if (status == BILL_OK)
        status = bill_query(c->ledger, "SELECT entry_count, last_hash FROM ai_billing_journal_head WHERE id = 1", NULL,
                            take_head, &in, error);
    return status;
}

/* ---- summaries of closed cycles ---- */

typedef struct cycles {
    char (*names)[BILL_CYCLE_TEXT];
    size_t count, room;
} cycles;

static bill_status take_cycle(void *context, const bill_value *row, size_t count)
{
    cycles *out = context;
    (void)count;
    if (out->count == out->room) {
        size_t room = out->room * 2 + 12;
        void *grown = bill_resize(out->names, room, BILL_CYCLE_TEXT);
        if (!grown)
            return BILL_ENOMEM;
        out->names = grown;
        out->room = room;
    }
    return bill_value_text(out->names[out->count++], BILL_CYCLE_TEXT, &row[0]);
}

static bill_status check_summaries(checking *c, bill_error *error)
{
    cycles list = {0};
    bill_status status = bill_query(
        c->ledger, "SELECT billing_cycle FROM ai_billing_periods WHERE state = 'closed' ORDER BY billing_cycle", NULL,
        take_cycle, &list, error);
    for (size_t i = 0; i < list.count && status == BILL_OK; i++) {
        int64_t differences = 0;
        status = bill_ledger_summary_verify(&differences, c->ledger, list.names[i], error);
        if (status == BILL_OK && differences)
            status = violation(c, 8, differences, "summary rows of a closed cycle are not the fold of the journal");
    }
    bill_free(list.names);
    return status;
}

/* ---- all ---- */

static bill_status check_all(checking *c, bill_error *error)
{
    bill_status status = bill_prices_refresh(c->ledger, error);
    if (status == BILL_OK)
        status = check_records(c, false, error);
    if (status == BILL_OK)
        status = check_records(c, true, error);
    if (status == BILL_OK)
        status = check_sets(c, error);
    if (status == BILL_OK)
        status = check_chain(c, error);
    return status == BILL_OK ? check_summaries(c, error) : status;
}

/* Under the head's lock nobody writes, so what is read fits together. */
static bill_status locked(bill_ledger *ledger, void *context, bill_error *error)
{
    checking *c = context;
    c->count = 0;
    bill_status status = check_all(c, error);
    (void)ledger;
    return status == BILL_ECORRUPT ? bill_error_set(error, status, "a stored value is not what the schema says")
                                   : status;
}

bill_status bill_ledger_reconcile(int64_t *count, bill_ledger *ledger, bill_violation_fn each, void *context,
                                  bill_error *error)
{
    checking c = {ledger, each, context, 0};
    bill_status status = bill_transact(ledger, locked, &c, error);
    if (status == BILL_OK)
        *count = c.count;
    return status;
}

typedef struct single {
    checking checking;
    int64_t record_id;
} single;

static bill_status one_record(bill_ledger *ledger, void *context, bill_error *error)
{
    single *in = context;
    joined row;
    page p = {.rows = &row};
    bill_status status = BILL_OK;
    in->checking.count = 0;
    for (int archived = 0; archived < 2 && status == BILL_OK; archived++) {
        p.archived = archived;
        status = read_page(&p, ledger, in->record_id - 1, 1, error);
        if (status == BILL_OK && p.count == 1 && row.record.id == in->record_id)
            return judge(&in->checking, &row);
    }
    return status == BILL_OK ? BILL_ENOTFOUND : status;
}

bill_status bill_ledger_reconcile_record(int64_t *count, bill_ledger *ledger, int64_t record_id, bill_violation_fn each,
                                         void *context, bill_error *error)
{
    single in = {
        {ledger, each, context, 0},
        record_id
    };
    bill_status status = bill_transact(ledger, one_record, &in, error);
    if (status == BILL_OK)
        *count = in.checking.count;
    return status;
}
