/* prices.c - price versions in the store, and the copy of them in memory.
 *
 * The copy is by model and lives until another process changes any price: the
 * setting price_epoch counts changes and is read once per transaction. */
#include "ledger/ledger.h"

#include "billing/mapping.h"
#include "billing/memory.h"

#include <stdio.h>
#include <string.h>

void bill_prices_forget(bill_ledger *ledger)
{
    for (size_t i = 0; i < ledger->model_count; i++)
        bill_free(ledger->models[i].prices);
    ledger->model_count = 0;
    ledger->price_epoch = -1;
}

bill_status bill_prices_refresh(bill_ledger *ledger, bill_error *error)
{
    int64_t epoch = 0;
    bill_status status =
        bill_query_int(&epoch, ledger, "SELECT value FROM ai_billing_settings WHERE name = 'price_epoch'", NULL, error);
    if (status == BILL_ENOTFOUND)
        return bill_error_set(error, BILL_ECORRUPT, "the setting price_epoch is missing");
    if (status == BILL_OK && epoch != ledger->price_epoch) {
        bill_prices_forget(ledger);
        ledger->price_epoch = epoch;
    }
    return status;
}

/* ---- models ---- */

static bill_model_prices *known_model(bill_ledger *ledger, int64_t id, const char *name)
{
    for (size_t i = 0; i < ledger->model_count; i++) {
        bill_model_prices *model = &ledger->models[i];
        if (name ? strcmp(model->name, name) == 0 : model->id == id)
            return model;
    }
    return NULL;
}

static bill_status remember_model(bill_model_prices **out, bill_ledger *ledger, int64_t id, const char *name)
{
    if (ledger->model_count == ledger->model_room) {
        size_t room = ledger->model_room * 2 + 16;
        bill_model_prices *grown = bill_resize(ledger->models, room, sizeof *grown);
        if (!grown)
            return BILL_ENOMEM;
        ledger->models = grown;
        ledger->model_room = room;
    }
    bill_model_prices *model = &ledger->models[ledger->model_count];
    memset(model, 0, sizeof *model);
    model->id = id;
    bill_status status = bill_copy(model->name, sizeof model->name, name, strlen(name));
    if (status == BILL_OK)
        ledger->model_count++;
    *out = model;
    return status;
}

bill_status bill_model_id(int64_t *out, bill_ledger *ledger, const char *name, const char *provider, bool create,
                          bill_error *error)
{
    static const char find[] = "SELECT id FROM ai_billing_models WHERE name = ?";
    bill_model_prices *model = known_model(ledger, 0, name);
    BILL_PARAMS(p);
    bool done;
    if (model) {
        *out = model->id;
        return BILL_OK;
    }
    bill_put_str(&p, name);
    bill_status status = bill_query_int(out, ledger, find, &p, error);
    if (status == BILL_ENOTFOUND && create) {
        bill_put_str(&p, provider ? provider : "");
        bill_put_time(&p, bill_ledger_now(ledger));
        status = bill_exec_unless_taken(
            &done, ledger, "INSERT INTO ai_billing_models (name, provider, created_at) VALUES (?, ?, ?)", &p, error);
        p.count = 1;
        if (status == BILL_OK)
            status = bill_query_int(out, ledger, find, &p, error);
    }
    if (status == BILL_ENOTFOUND)
        return bill_error_set(error, status, "no model '%.100s'", name);
    if (status == BILL_OK)
        status = remember_model(&model, ledger, *out, name);
    return status;
}

/* ---- reading versions ---- */

typedef struct loading {
    bill_price *prices;
    size_t count, room;
    int64_t model_id;
} loading;

static bill_status take_version(void *context, const bill_value *row, size_t count)
{
    loading *in = context;
    int type, mode;
    (void)count;
    if (in->count == in->room) {
        size_t room = in->room * 2 + 4;
        bill_price *grown = bill_resize(in->prices, room, sizeof *grown);
        if (!grown)
            return BILL_ENOMEM;
        in->prices = grown;
        in->room = room;
    }
    bill_price *price = &in->prices[in->count];
    if (bill_value_word(&type, &row[1], bill_values_billing_type) != BILL_OK ||
        bill_value_word(&mode, &row[2], bill_values_tier_mode) != BILL_OK)
        return BILL_ECORRUPT;
    bill_price_init(price, (bill_billing_type)type, "");
    price->tier_mode = (bill_tier_mode)mode;
    price->model_id = in->model_id;
    bill_amount plain[3];
    int64_t per;
    if (bill_value_count(&price->id, &row[0]) != BILL_OK ||
        bill_value_text(price->currency, sizeof price->currency, &row[3]) != BILL_OK ||
        bill_value_time(&price->from, &row[4]) != BILL_OK || bill_value_time(&price->to, &row[5]) != BILL_OK ||
        bill_value_amount(&plain[0], &row[6]) != BILL_OK || bill_value_amount(&plain[1], &row[7]) != BILL_OK ||
        bill_value_amount(&plain[2], &row[8]) != BILL_OK || bill_value_count(&per, &row[9]) != BILL_OK)
        return BILL_ECORRUPT;
    static const bill_price_dimension unit_of[] = {[BILL_TYPE_TOKEN] = BILL_DIM_INPUT,
                                                   [BILL_TYPE_CHARACTER] = BILL_DIM_CHARACTER,
                                                   [BILL_TYPE_COUNT] = BILL_DIM_IMAGE,
                                                   [BILL_TYPE_SECOND] = BILL_DIM_SECOND};
    const bill_price_dimension dimensions[] = {BILL_DIM_INPUT, BILL_DIM_OUTPUT, unit_of[price->type]};
    for (int i = 0; i < 3; i++)
        if (!bill_amount_is_none(plain[i]) && (i == 2) == (price->type != BILL_TYPE_TOKEN))
            (void)bill_price_add(price, dimensions[i], "", BILL_AMOUNT_ZERO, plain[i], per);
    in->count++;
    return BILL_OK;
}

static bill_status take_component(void *context, const bill_value *row, size_t count)
{
    loading *in = context;
    int64_t version, per;
    int dimension;
    char qualifier[65];
    bill_amount start, amount;
    (void)count;
    if (bill_value_count(&version, &row[0]) != BILL_OK ||
        bill_value_word(&dimension, &row[1], bill_values_price_dimension) != BILL_OK ||
        bill_value_text(qualifier, sizeof qualifier, &row[2]) != BILL_OK ||
        bill_value_amount(&start, &row[3]) != BILL_OK || bill_value_amount(&amount, &row[4]) != BILL_OK ||
        bill_value_count(&per, &row[5]) != BILL_OK)
        return BILL_ECORRUPT;
    for (size_t i = 0; i < in->count; i++)
        if (in->prices[i].id == version)
            return bill_price_add(&in->prices[i], (bill_price_dimension)dimension, qualifier, start, amount, per);
    return BILL_OK;
}

static bill_status load(bill_ledger *ledger, bill_model_prices *model, bill_error *error)
{
    loading in = {.model_id = model->id};
    BILL_PARAMS(p);
    if (model->loaded)
        return BILL_OK;
    bill_put_int(&p, model->id);
    bill_status status =
        bill_query(ledger,
                   "SELECT id, billing_type, tier_mode, currency, effective_from, effective_to, input_token_price, "
                   "output_token_price, unit_price, price_per FROM ai_model_billing WHERE model_id = ? "
                   "ORDER BY effective_from, id",
                   &p, take_version, &in, error);
    if (status == BILL_OK)
        status = bill_query(ledger,
                            "SELECT c.price_version_id, c.dimension, c.qualifier, c.tier_start, c.price, c.price_per "
                            "FROM ai_model_price_components c JOIN ai_model_billing b ON b.id = c.price_version_id "
                            "WHERE b.model_id = ? ORDER BY c.id",
                            &p, take_component, &in, error);
    if (status != BILL_OK) {
        bill_free(in.prices);
        return status == BILL_ECORRUPT
                   ? bill_error_set(error, status, "prices of model %lld cannot be read", (long long)model->id)
                   : status;
    }
    model->prices = in.prices;
    model->count = in.count;
    model->loaded = true;
    return BILL_OK;
}

static bill_status model_by_id(bill_model_prices **out, bill_ledger *ledger, int64_t id, bill_error *error)
{
    bill_status status = BILL_OK;
    *out = known_model(ledger, id, NULL);
    if (!*out) {
        char name[32]; /* priced by number only: another table names it */
        (void)snprintf(name, sizeof name, "#%lld", (long long)id);
        status = remember_model(out, ledger, id, name);
    }
    return status == BILL_OK ? load(ledger, *out, error) : status;
}

bill_status bill_price_by_id(const bill_price **out, bill_ledger *ledger, int64_t model_id, int64_t id,
                             bill_error *error)
{
    bill_model_prices *model;
    bill_status status = model_by_id(&model, ledger, model_id, error);
    if (status != BILL_OK)
        return status;
    for (size_t i = 0; i < model->count; i++)
        if (model->prices[i].id == id) {
            *out = &model->prices[i];
            return BILL_OK;
        }
    return BILL_ENOTFOUND;
}

/* Better matches the wanted type, then the ledger's currency. */
static int rank(const bill_ledger *ledger, const bill_price *price, bill_billing_type wanted)
{
    return (price->type == wanted ? 2 : 0) + (strcmp(price->currency, ledger->currency) == 0 ? 1 : 0);
}

bill_status bill_price_for(const bill_price **out, bill_ledger *ledger, int64_t model_id, bill_operation operation,
                           bill_time at, bill_error *error)
{
    bill_billing_type wanted = bill_operation_billing(operation);
    const bill_price *best = NULL;
    bool tie = false;
    bill_model_prices *model;
    bill_status status = model_by_id(&model, ledger, model_id, error);
    if (status != BILL_OK)
        return status;
    for (size_t i = 0; i < model->count; i++) {
        const bill_price *price = &model->prices[i];
        if (!bill_price_holds(price, at))
            continue;
        int better = best ? rank(ledger, price, wanted) - rank(ledger, best, wanted) : 1;
        tie = better == 0 || (better < 0 && tie);
        if (better > 0)
            best = price;
    }
    if (!best)
        return bill_error_set(error, BILL_EUNPRICED, "model %lld has no price at that time", (long long)model_id);
    if (tie)
        return bill_error_set(error, BILL_EUNPRICED, "model %lld has several prices at that time, none in %s",
                              (long long)model_id, ledger->currency);
    *out = best;
    return BILL_OK;
}

/* ---- writing versions ---- */

typedef struct adding {
    const char *model, *provider;
    bill_price *price;
    bool close_previous, unchanged;
} adding;

static bool same_component(const bill_price_component *a, const bill_price_component *b)
{
    return a->dimension == b->dimension && strcmp(a->qualifier, b->qualifier) == 0 &&
           a->tier_start.v == b->tier_start.v && a->price.v == b->price.v && a->per == b->per;
}

static bool same_version(const bill_price *a, const bill_price *b)
{
    if (a->tier_mode != b->tier_mode || a->component_count != b->component_count)
        return false;
    for (size_t i = 0; i < a->component_count; i++) {
        bool found = false;
        for (size_t j = 0; j < b->component_count && !found; j++)
            found = same_component(&a->components[i], &b->components[j]);
        if (!found)
            return false;
    }
    return true;
}

/* The component whose price goes into a column of ai_model_billing itself:
 * the first tier of the dimension, without qualifier. */
static const bill_price_component *plain(const bill_price *price, bill_price_dimension dimension)
{
    for (size_t i = 0; i < price->component_count; i++) {
        const bill_price_component *part = &price->components[i];
        if (part->dimension == dimension && !part->qualifier[0] && part->tier_start.v == 0)
            return part;
    }
    return NULL;
}

static bill_status end_version(bill_ledger *ledger, bill_price *old, bill_time at, bill_error *error)
{
    BILL_PARAMS(p);
    int64_t billed = 0;
    bill_put_int(&p, old->id);
    bill_put_time(&p, at);
    bill_put_int(&p, old->id);
    bill_put_time(&p, at);
    bill_status status = bill_query_int(
        &billed, ledger,
        "SELECT (SELECT COUNT(*) FROM ai_billing_records WHERE price_version_id = ? AND billing_time >= ?) + "
        "(SELECT COUNT(*) FROM ai_billing_records_archive WHERE price_version_id = ? AND billing_time >= ?)",
        &p, error);
    if (status != BILL_OK)
        return status;
    if (billed > 0)
        return bill_error_set(error, BILL_ESTATE, "%lld later calls were billed by the version it would end",
                              (long long)billed);
    p.count = 0;
    bill_put_time(&p, at);
    bill_put_int(&p, old->id);
    return bill_exec(ledger, "UPDATE ai_model_billing SET effective_to = ? WHERE id = ? AND effective_to IS NULL", &p,
                     error);
}

/* Looks at every version it could collide with. */
static bill_status make_room(bill_ledger *ledger, adding *add, bill_model_prices *model, bill_error *error)
{
    bill_price *price = add->price;
    for (size_t i = 0; i < model->count; i++) {
        bill_price *old = &model->prices[i];
        if (!bill_price_overlaps(old, price))
            continue;
        bool open = old->to == BILL_TIME_NONE;
        if (same_version(old, price) &&
            (old->from == price->from || (add->close_previous && open && old->from < price->from)) &&
            (old->to == price->to || add->close_previous)) {
            price->id = old->id; /* nothing new is said */
            add->unchanged = true;
            return BILL_OK;
        }
        if (!add->close_previous || !open || old->from >= price->from)
            return bill_error_set(error, BILL_EOVERLAP, "model '%.64s' has a price in %s in that time already",
                                  add->model, price->currency);
        bill_status status = end_version(ledger, old, price->from, error);
        if (status != BILL_OK)
            return status;
    }
    return BILL_OK;
}

static bill_status insert_components(bill_ledger *ledger, const bill_price *price,
                                     const bill_price_component *const *in_row, bill_error *error)
{
    for (size_t i = 0; i < price->component_count; i++) {
        const bill_price_component *part = &price->components[i];
        BILL_PARAMS(p);
        if (part == in_row[0] || part == in_row[1] || part == in_row[2])
            continue;
        bill_put_int(&p, price->id);
        bill_put_str(&p, bill_values_price_dimension[part->dimension]);
        bill_put_str(&p, part->qualifier);
        bill_put_money(&p, part->tier_start, 6);
        bill_put_money(&p, part->price, 12);
        bill_put_int(&p, part->per);
        bill_status status = bill_exec(ledger,
                                       "INSERT INTO ai_model_price_components (price_version_id, dimension, qualifier, "
                                       "tier_start, price, price_per) VALUES (?, ?, ?, ?, ?, ?)",
                                       &p, error);
        if (status != BILL_OK)
            return status;
    }
    return BILL_OK;
}

static bill_status insert_version(bill_ledger *ledger, bill_price *price, bill_error *error)
{
    static const bill_price_dimension unit_of[] = {[BILL_TYPE_CHARACTER] = BILL_DIM_CHARACTER,
                                                   [BILL_TYPE_COUNT] = BILL_DIM_IMAGE,
                                                   [BILL_TYPE_SECOND] = BILL_DIM_SECOND};
    bool token = price->type == BILL_TYPE_TOKEN;
    const bill_price_component *in_row[3] = {token ? plain(price, BILL_DIM_INPUT) : NULL,
                                             token ? plain(price, BILL_DIM_OUTPUT) : NULL,
                                             token ? NULL : plain(price, unit_of[price->type])};
    int64_t per = in_row[0] ? in_row[0]->per : in_row[1] ? in_row[1]->per : in_row[2] ? in_row[2]->per : 1;
    BILL_PARAMS(p);
    if (in_row[0] && in_row[1] && in_row[0]->per != in_row[1]->per)
        in_row[1] = NULL; /* one divisor per row: the other goes to the components */
    bill_put_int(&p, price->model_id);
    bill_put_str(&p, bill_values_billing_type[price->type]);
    for (int i = 0; i < 3; i++)
        bill_put_money(&p, in_row[i] ? in_row[i]->price : BILL_AMOUNT_NONE, 12);
    bill_put_str(&p, price->currency);
    bill_put_int(&p, per);
    bill_put_str(&p, bill_values_tier_mode[price->tier_mode]);
    bill_put_time(&p, price->from);
    bill_put_time(&p, price->to);
    bill_put_time(&p, bill_ledger_now(ledger));
    bill_status status = bill_exec(ledger,
                                   "INSERT INTO ai_model_billing (model_id, billing_type, input_token_price, "
                                   "output_token_price, unit_price, is_active, currency, price_per, tier_mode, "
                                   "effective_from, effective_to, created_at) "
                                   "VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)",
                                   &p, error);
    if (status != BILL_OK)
        return status;
    price->id = ledger->store->engine->last_id(ledger->store);
    return insert_components(ledger, price, in_row, error);
}

static bill_status bump_epoch(bill_ledger *ledger, bill_error *error)
{
    char value[24];
    BILL_PARAMS(p);
    (void)snprintf(value, sizeof value, "%lld", (long long)ledger->price_epoch + 1);
    bill_put_str(&p, value);
    bill_prices_forget(ledger);
    bill_status status =
        bill_exec(ledger, "UPDATE ai_billing_settings SET value = ? WHERE name = 'price_epoch'", &p, error);
    return status == BILL_OK ? bill_prices_refresh(ledger, error) : status;
}

static bill_status add_price(bill_ledger *ledger, void *context, bill_error *error)
{
    adding *add = context;
    bill_model_prices *model;
    bill_status status = bill_model_id(&add->price->model_id, ledger, add->model, add->provider, true, error);
    add->unchanged = false;
    if (status == BILL_OK)
        status = model_by_id(&model, ledger, add->price->model_id, error);
    if (status == BILL_OK)
        status = make_room(ledger, add, model, error);
    if (status != BILL_OK || add->unchanged)
        return status;
    status = insert_version(ledger, add->price, error);
    return status == BILL_OK ? bump_epoch(ledger, error) : status;
}

bill_status bill_ledger_price_add(bill_ledger *ledger, const char *model, const char *provider, bill_price *price,
                                  bool close_previous, bill_error *error)
{
    adding add = {model, provider, price, close_previous, false};
    bill_status status = bill_price_check(price, error);
    if (status != BILL_OK)
        return status;
    if (!model[0] || strlen(model) > 128)
        return bill_error_set(error, BILL_EINVAL, "a model name has 1 to 128 bytes");
    return bill_transact(ledger, add_price, &add, error);
}

bill_status bill_ledger_price_find(bill_price *out, bill_ledger *ledger, const char *model, bill_operation operation,
                                   bill_time at, bill_error *error)
{
    const bill_price *found;
    int64_t id;
    bill_status status = bill_prices_refresh(ledger, error);
    if (status == BILL_OK)
        status = bill_model_id(&id, ledger, model, NULL, false, error);
    if (status == BILL_OK)
        status = bill_price_for(&found, ledger, id, operation, at, error);
    if (status == BILL_OK)
        *out = *found;
    return status;
}

typedef struct names {
    char (*names)[129];
    size_t count, room;
} names;

static bill_status take_name(void *context, const bill_value *row, size_t count)
{
    names *out = context;
    (void)count;
    if (out->count == out->room) {
        size_t room = out->room * 2 + 64;
        void *grown = bill_resize(out->names, room, sizeof *out->names);
        if (!grown)
            return BILL_ENOMEM;
        out->names = grown;
        out->room = room;
    }
    return bill_value_text(out->names[out->count++], sizeof out->names[0], &row[0]);
}

bill_status bill_ledger_prices(bill_ledger *ledger, const char *model_or_null, bill_price_fn each, void *context,
                               bill_error *error)
{
    names list = {0};
    bill_status status =
        bill_query(ledger, "SELECT name FROM ai_billing_models ORDER BY name", NULL, take_name, &list, error);
    if (status == BILL_OK)
        status = bill_prices_refresh(ledger, error);
    for (size_t i = 0; i < list.count && status == BILL_OK; i++) {
        bill_model_prices *model;
        int64_t id;
        if (model_or_null && strcmp(list.names[i], model_or_null) != 0)
            continue;
        status = bill_model_id(&id, ledger, list.names[i], NULL, false, error);
        if (status == BILL_OK)
            status = model_by_id(&model, ledger, id, error);
        for (size_t j = 0; status == BILL_OK && j < model->count; j++)
            status = each(context, list.names[i], &model->prices[j]);
    }
    bill_free(list.names);
    return status;
}
