/* records.c - lists of records in constant memory.
 *
 * Several cursors, each in an order an index gives for nothing, are merged by
 * id: for a user's month one cursor per billing type (the index goes on with
 * the type, then the id) and one for the archive; else one per table. */
#include "billing/query.h"

#include "billing/memory.h"
#include "query/filter.h"

#include <string.h>

#define PAGE    200
#define CURSORS 5

typedef struct cursor {
    bool archived;
    int type; /* or -1 */
    int64_t after;
    bill_record *page;
    size_t count, next;
    bool done;
} cursor;

static bill_status take_record(void *context, const bill_value *row, size_t count)
{
    cursor *c = context;
    (void)count;
    bill_status status = bill_record_read(&c->page[c->count], row);
    c->page[c->count].archived = c->archived;
    if (status == BILL_OK)
        c->count++;
    return status;
}

static bill_status fill(cursor *c, bill_ledger *ledger, const bill_filter *filter, int64_t limit, bill_error *error)
{
    bill_text sql = {0};
    BILL_PARAMS(p);
    c->count = c->next = 0;
    bill_text_puts(&sql, "SELECT " BILL_RECORD_COLUMNS " FROM ");
    bill_text_puts(&sql, c->archived ? "ai_billing_records_archive" : "ai_billing_records");
    bill_filter_sql(&sql, &p, filter);
    bill_text_puts(&sql, p.count ? " AND id > ?" : " WHERE id > ?");
    bill_put_int(&p, c->after);
    if (c->type >= 0) {
        bill_text_puts(&sql, " AND billing_type = ?");
        bill_put_str(&p, bill_values_billing_type[c->type]);
    }
    bill_text_puts(&sql, " ORDER BY id LIMIT ?");
    bill_put_int(&p, limit);
    bill_status status = sql.status;
    if (status == BILL_OK)
        status = bill_query(ledger, sql.bytes, &p, take_record, c, error);
    bill_text_finish(&sql);
    c->done = status == BILL_OK && (int64_t)c->count < limit;
    if (c->count)
        c->after = c->page[c->count - 1].id;
    return status;
}

/* The cursor with the smallest id, refilled where it ran dry; NULL at the end. */
static bill_status smallest(cursor **out, cursor *cursors, size_t count, bill_ledger *ledger, const bill_filter *filter,
                            int64_t page, bill_error *error)
{
    *out = NULL;
    for (size_t i = 0; i < count; i++) {
        cursor *c = &cursors[i];
        if (c->next == c->count && !c->done) {
            bill_status status = fill(c, ledger, filter, page, error);
            if (status != BILL_OK)
                return status;
        }
        if (c->next < c->count && (!*out || c->page[c->next].id < (*out)->page[(*out)->next].id))
            *out = c;
    }
    return BILL_OK;
}

static bill_status merge(int64_t *last, cursor *cursors, size_t count, bill_ledger *ledger, const bill_filter *filter,
                         int64_t limit, bill_record_fn each, void *context, bill_error *error)
{
    int64_t page = limit && limit < PAGE ? limit : PAGE, given = 0;
    cursor *c;
    bill_status status = BILL_OK;
    *last = 0;
    while (status == BILL_OK) {
        if ((status = smallest(&c, cursors, count, ledger, filter, page, error)) != BILL_OK || !c)
            break;
        if (limit && given == limit)
            return BILL_OK; /* *last says where to go on */
        *last = c->page[c->next].id;
        status = each(context, &c->page[c->next]);
        c->next++;
        given++;
    }
    if (status == BILL_OK)
        *last = 0;
    return status;
}

bill_status bill_query_records(int64_t *last, bill_ledger *ledger, const bill_filter *filter, int64_t after,
                               int64_t limit, bill_record_fn each, void *context, bill_error *error)
{
    cursor cursors[CURSORS];
    bool by_type = filter->user_id && filter->cycle[0];
    size_t count = by_type ? CURSORS : 2;
    int64_t end = 0;
    bill_status status = BILL_OK;
    memset(cursors, 0, sizeof cursors);
    for (size_t i = 0; i < count; i++) {
        cursors[i].archived = i == count - 1;
        cursors[i].type = by_type && i < 4 ? (int)i : -1;
        cursors[i].after = after;
        cursors[i].page = bill_alloc(PAGE * sizeof(bill_record));
        if (!cursors[i].page)
            status = bill_error_set(error, BILL_ENOMEM, "out of memory");
    }
    if (status == BILL_OK)
        status = merge(&end, cursors, count, ledger, filter, limit, each, context, error);
    for (size_t i = 0; i < count; i++)
        bill_free(cursors[i].page);
    if (status == BILL_OK && last)
        *last = end;
    return status;
}

static bill_status take_one(void *context, const bill_record *record)
{
    *(bill_record *)context = *record;
    return BILL_OK;
}

bill_status bill_query_record(bill_record *out, bill_ledger *ledger, int64_t id, bill_error *error)
{
    bill_filter any;
    bill_record found = {0};
    bill_filter_init(&any);
    bill_status status = bill_query_records(NULL, ledger, &any, id - 1, 1, take_one, &found, error);
    if (status == BILL_OK && found.id != id)
        return bill_error_set(error, BILL_ENOTFOUND, "no bill %lld", (long long)id);
    if (status == BILL_OK)
        *out = found;
    return status;
}
