/* store.c - finding the engine of an address; values; small questions. */
#include "billing/store.h"

#include "base/text.h"

#include <string.h>

/* True if the address starts with one of the blank-separated prefixes. */
static bool has_prefix(const char *prefixes, const char *address)
{
    for (const char *at = prefixes; *at;) {
        size_t length = strcspn(at, " ");
        if (length && strncmp(at, address, length) == 0)
            return true;
        at += length;
        at += strspn(at, " ");
    }
    return false;
}

bill_status bill_store_open(bill_store **out, const char *address, bill_error *error)
{
    const bill_store_engine *const *engines = bill_store_engines();
    for (size_t i = 0; engines[i]; i++)
        if (has_prefix(engines[i]->prefixes, address))
            return engines[i]->open(out, address, error);
    if (strstr(address, "://"))
        return bill_error_set(error, BILL_EUNSUPPORTED, "no store of this build takes '%.80s'", address);
    for (size_t i = 0; engines[i]; i++)
        if (engines[i]->dialect == BILL_SQLITE)
            return engines[i]->open(out, address, error);
    return bill_error_set(error, BILL_EUNSUPPORTED, "this build has no file store");
}

void bill_store_close(bill_store *store)
{
    if (store)
        store->engine->close(store);
}

bill_value bill_null(void)
{
    return (bill_value){BILL_VALUE_NULL, 0, NULL, 0};
}

bill_value bill_int(int64_t value)
{
    return (bill_value){BILL_VALUE_INT, value, NULL, 0};
}

bill_value bill_strn(const char *text, size_t length)
{
    return (bill_value){BILL_VALUE_TEXT, 0, text, length};
}

bill_value bill_str(const char *text)
{
    return text ? bill_strn(text, strlen(text)) : bill_null();
}

bill_status bill_value_int(int64_t *out, const bill_value *value)
{
    if (value->kind == BILL_VALUE_NULL)
        return BILL_ENOTFOUND;
    if (value->kind == BILL_VALUE_TEXT)
        return bill_parse_int(out, value->text, value->length);
    *out = value->integer;
    return BILL_OK;
}

bill_status bill_store_run(bill_store *store, const char *sql, const bill_value *params, size_t count, bill_row_fn row,
                           void *context, bill_error *error)
{
    return store->engine->run(store, sql, params, count, row, context, error);
}

typedef struct first {
    int64_t value;
    bool found;
} first;

static bill_status take_first(void *context, const bill_value *row, size_t count)
{
    first *out = context;
    if (out->found || count == 0)
        return BILL_OK;
    bill_status status = bill_value_int(&out->value, &row[0]);
    out->found = status == BILL_OK;
    return status == BILL_ENOTFOUND ? BILL_OK : status;
}

bill_status bill_store_int(int64_t *out, bill_store *store, const char *sql, const bill_value *params, size_t count,
                           bill_error *error)
{
    first found = {0};
    bill_status status = bill_store_run(store, sql, params, count, take_first, &found, error);
    if (status != BILL_OK)
        return status;
    if (!found.found)
        return BILL_ENOTFOUND;
    *out = found.value;
    return BILL_OK;
}
