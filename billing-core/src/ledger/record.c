/* record.c - one usage and its bill, lines and journal entry, together.
 *
 * The usage row is inserted first, with its key: if the key is taken, the rows
 * that are there already are the answer, or the conflict. */
#include "ledger/ledger.h"

#include "base/failpoint.h"
#include "billing/mapping.h"

#include <stdio.h>
#include <string.h>

/* ---- payload hash ---- */

static void add_text(bill_sha256 *hash, const char *text)
{
    bill_sha256_add(hash, text, strlen(text) + 1);
}

static void add_number(bill_sha256 *hash, int64_t value)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)value >> (8 * i));
    bill_sha256_add(hash, bytes, sizeof bytes);
}

/* Everything that was said about the call, the time only if it was said. */
static void payload_hash(char out[BILL_HASH_TEXT], const bill_usage *u)
{
    char duration[BILL_AMOUNT_TEXT_MAX] = "";
    const int64_t numbers[] = {u->user_id,
                               u->model_id,
                               u->operation,
                               u->status,
                               u->source,
                               u->input_tokens,
                               u->output_tokens,
                               u->cached_input_tokens,
                               u->cache_write_tokens,
                               u->reasoning_tokens,
                               u->audio_input_tokens,
                               u->audio_output_tokens,
                               u->image_input_tokens,
                               u->image_output_tokens,
                               u->character_count,
                               u->image_count,
                               u->latency_ms,
                               u->occurred_at};
    bill_sha256 hash;
    bill_sha256_init(&hash);
    add_text(&hash, u->request_id);
    add_text(&hash, u->root_request_id);
    add_text(&hash, u->provider_request_id);
    add_text(&hash, u->model);
    add_text(&hash, u->qualifier);
    add_text(&hash, u->error_code);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        add_number(&hash, numbers[i]);
    if (u->has_duration)
        (void)bill_amount_print(duration, u->duration_seconds);
    add_text(&hash, duration);
    bill_sha256_hex(out, &hash);
}

/* ---- writing ---- */

static bill_status insert_lines(bill_ledger *ledger, int64_t record_id, const bill_costing *cost, bill_error *error)
{
    for (size_t i = 0; i < cost->line_count; i++) {
        const bill_cost_line *line = &cost->lines[i];
        BILL_PARAMS(p);
        bill_put_int(&p, record_id);
        bill_put_int(&p, (int64_t)i + 1);
        bill_put_str(&p, bill_values_price_dimension[line->dimension]);
        bill_put_money(&p, line->quantity, 6);
        bill_put_str(&p, bill_values_unit[cost->unit]);
        bill_put_money(&p, line->price, 12);
        bill_put_int(&p, line->per);
        bill_put_money(&p, line->cost, 12);
        bill_status status = bill_exec(ledger,
                                       "INSERT INTO ai_billing_record_lines (record_id, line_no, dimension, quantity, "
                                       "unit, price, price_per, cost) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                       &p, error);
        if (status != BILL_OK)
            return status;
    }
    return BILL_OK;
}

static bill_status insert_record(int64_t *id, bill_ledger *ledger, const bill_usage *usage, int64_t usage_id,
                                 int64_t model_id, const char *cycle, const char *key, const bill_price *price,
                                 const bill_costing *cost, bill_error *error)
{
    const bill_amount none = BILL_AMOUNT_NONE;
    bill_time now = bill_ledger_now(ledger);
    BILL_PARAMS(p);
    bill_put_int(&p, usage->user_id);
    bill_put_int(&p, model_id);
    bill_put_int(&p, usage_id);
    bill_put_str(&p, bill_values_billing_type[price->type]);
    bill_put_money(&p, cost->quantity, 6);
    bill_put_str(&p, bill_values_unit[cost->unit]);
    bill_put_count(&p, usage->input_tokens);
    bill_put_count(&p, usage->output_tokens);
    bill_put_money(&p, usage->has_duration ? usage->duration_seconds : none, 6);
    bill_put_count(&p, usage->image_count);
    bill_put_count(&p, usage->character_count);
    bill_put_money(&p, cost->has_input ? cost->input_price : none, 12);
    bill_put_money(&p, cost->has_output ? cost->output_price : none, 12);
    bill_put_money(&p, cost->has_unit ? cost->unit_price : none, 12);
    bill_put_money(&p, cost->total, 12);
    bill_put_str(&p, price->currency);
    bill_put_str(&p, bill_values_billing_status[BILL_STATUS_PENDING]);
    bill_put_time(&p, usage->occurred_at);
    bill_put_str(&p, cycle);
    bill_put_time(&p, now);
    bill_put_str(&p, key);
    bill_put_int(&p, price->id);
    bill_put_int(&p, cost->per);
    bill_put_money(&p, BILL_AMOUNT_ZERO, 12);
    bill_put_str(&p, usage->model);
    bill_put_time(&p, now);
    bill_status status = bill_exec(
        ledger,
        "INSERT INTO ai_billing_records (user_id, model_id, usage_id, billing_type, quantity, unit, input_tokens, "
        "output_tokens, duration_seconds, image_count, character_count, input_price, output_price, unit_price, "
        "total_cost, currency, billing_status, billing_time, billing_cycle, created_at, idempotency_key, "
        "price_version_id, price_per, refunded_amount, model_name, status_version, updated_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
        &p, error);
    if (status == BILL_OK)
        *id = ledger->store->engine->last_id(ledger->store);
    return status;
}

bill_status bill_write_record(bill_recorded *out, bill_ledger *ledger, const bill_usage *usage, int64_t usage_id,
                              int64_t model_id, const char *payload, const bill_price *price, const bill_costing *cost,
                              bill_error *error)
{
    bill_entry entry = {.user_id = usage->user_id,
                        .kind = BILL_ENTRY_CHARGE,
                        .from = -1,
                        .to = BILL_STATUS_PENDING,
                        .amount = cost->total,
                        .currency = price->currency,
                        .record_cycle = out->cycle,
                        .occurred_at = usage->occurred_at};
    bill_status status = bill_cycle_of(out->cycle, ledger->zone, usage->occurred_at);
    if (status != BILL_OK)
        return bill_error_set(error, status, "the call's time has no cycle");
    (void)snprintf(entry.key, sizeof entry.key, "charge:%s", usage->request_id);
    (void)bill_copy(entry.payload_hash, sizeof entry.payload_hash, payload, strlen(payload));
    status =
        insert_record(&out->record_id, ledger, usage, usage_id, model_id, out->cycle, entry.key, price, cost, error);
    bill_failpoint("after_record_insert");
    if (status == BILL_OK)
        status = insert_lines(ledger, out->record_id, cost, error);
    entry.record_id = out->record_id;
    if (status == BILL_OK)
        status = bill_journal_append(ledger, &entry, error);
    out->outcome = BILL_OUTCOME_BILLED;
    out->cost = cost->total;
    memcpy(out->currency, price->currency, sizeof out->currency);
    return status;
}

static bill_status insert_usage(bool *fresh, bill_ledger *ledger, const bill_usage *u, int64_t model_id,
                                const char *payload, bill_amount cost, const char *currency, bill_error *error)
{
    int64_t total = BILL_COUNT_NONE;
    BILL_PARAMS(p);
    if (u->input_tokens != BILL_COUNT_NONE || u->output_tokens != BILL_COUNT_NONE) {
        int64_t in = u->input_tokens == BILL_COUNT_NONE ? 0 : u->input_tokens;
        int64_t out = u->output_tokens == BILL_COUNT_NONE ? 0 : u->output_tokens;
        if (__builtin_add_overflow(in, out, &total))
            return bill_error_set(error, BILL_ERANGE, "token counts are too large to add up");
    }
    bill_put_int(&p, u->user_id);
    bill_put_int(&p, model_id);
    bill_put_str(&p, u->request_id);
    bill_put_str(&p, bill_values_usage_type[bill_operation_usage(u->operation)]);
    bill_put_count(&p, u->input_tokens);
    bill_put_count(&p, u->output_tokens);
    bill_put_count(&p, total);
    bill_put_money(&p, cost, 12);
    bill_put_str(&p, bill_values_usage_status[u->status]);
    bill_put_time(&p, bill_ledger_now(ledger));
    bill_put_str(&p, bill_values_operation[u->operation]);
    bill_put_count(&p, u->cached_input_tokens);
    bill_put_count(&p, u->cache_write_tokens);
    bill_put_count(&p, u->reasoning_tokens);
    bill_put_count(&p, u->character_count);
    bill_put_count(&p, u->image_count);
    bill_put_money(&p, u->has_duration ? u->duration_seconds : BILL_AMOUNT_NONE, 6);
    bill_put_str(&p, bill_values_usage_source[u->source]);
    bill_put_text(&p, currency);
    bill_put_str(&p, u->model);
    bill_put_text(&p, u->provider_request_id);
    bill_put_text(&p, u->root_request_id);
    bill_put_text(&p, u->error_code);
    bill_put_count(&p, u->latency_ms);
    bill_put_str(&p, payload);
    bill_put_time(&p, u->occurred_at);
    bill_put_count(&p, u->audio_input_tokens);
    bill_put_count(&p, u->audio_output_tokens);
    bill_put_count(&p, u->image_input_tokens);
    bill_put_count(&p, u->image_output_tokens);
    bill_put_str(&p, u->qualifier);
    return bill_exec_unless_taken(
        fresh, ledger,
        "INSERT INTO ai_model_usage (user_id, model_id, request_id, usage_type, input_tokens, output_tokens, "
        "total_tokens, cost, status, created_at, operation, cached_input_tokens, cache_write_tokens, "
        "reasoning_tokens, character_count, image_count, duration_seconds, usage_source, currency, model_name, "
        "provider_request_id, root_request_id, error_code, latency_ms, payload_hash, occurred_at, "
        "audio_input_tokens, audio_output_tokens, image_input_tokens, image_output_tokens, price_qualifier) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &p, error);
}

/* A usage that could not be billed waits in the outbox; the reason says why. */
static bill_status insert_outbox(bill_ledger *ledger, const bill_usage *usage, const char *reason, bill_error *error)
{
    bill_text payload = {0};
    BILL_PARAMS(p);
    bool done;
    bill_text_puts(&payload, "{\"request_id\":");
    bill_text_json(&payload, usage->request_id);
    bill_text_puts(&payload, ",\"model\":");
    bill_text_json(&payload, usage->model);
    bill_text_puts(&payload, "}");
    bill_status status = payload.status;
    if (status == BILL_OK) {
        bill_put_str(&p, usage->request_id);
        bill_put_str(&p, payload.bytes);
        bill_put_time(&p, bill_ledger_now(ledger));
        bill_put_str(&p, reason);
        bill_put_time(&p, bill_ledger_now(ledger));
        status = bill_exec_unless_taken(&done, ledger,
                                        "INSERT INTO ai_billing_outbox (request_id, payload, state, attempts, "
                                        "next_attempt_at, last_error, created_at) VALUES (?, ?, 'new', 0, ?, ?, ?)",
                                        &p, error);
    }
    bill_text_finish(&payload);
    return status;
}

/* ---- the earlier answer ---- */

typedef struct earlier {
    bill_stored_usage usage;
    bool found;
} earlier;

static bill_status take_usage(void *context, const bill_value *row, size_t count)
{
    earlier *out = context;
    (void)count;
    out->found = true;
    return bill_usage_read(&out->usage, row);
}

typedef struct bill_row {
    int64_t id;
    bill_amount total;
    char currency[4], cycle[BILL_CYCLE_TEXT];
    bool found;
} bill_row;

static bill_status take_bill(void *context, const bill_value *row, size_t count)
{
    bill_row *out = context;
    (void)count;
    out->found = true;
    if (bill_value_count(&out->id, &row[0]) != BILL_OK || bill_value_amount(&out->total, &row[1]) != BILL_OK ||
        bill_value_text(out->currency, sizeof out->currency, &row[2]) != BILL_OK)
        return BILL_ECORRUPT;
    return bill_value_text(out->cycle, sizeof out->cycle, &row[3]);
}

static bill_status outbox_outcome(bill_outcome *out, bill_ledger *ledger, const char *request_id, bill_error *error)
{
    BILL_PARAMS(p);
    int64_t unpriced = 0;
    bill_put_str(&p, request_id);
    bill_status status = bill_query_int(
        &unpriced, ledger, "SELECT COUNT(*) FROM ai_billing_outbox WHERE request_id = ? AND last_error = 'unpriced'",
        &p, error);
    *out = unpriced ? BILL_OUTCOME_UNPRICED : BILL_OUTCOME_REVIEW;
    return status;
}

static bill_status answer_again(bill_recorded *out, bill_ledger *ledger, const bill_usage *usage, const char *payload,
                                bill_error *error)
{
    earlier before = {.found = false};
    bill_row bill = {.found = false};
    BILL_PARAMS(p);
    bill_put_str(&p, usage->request_id);
    bill_status status =
        bill_query(ledger, "SELECT " BILL_USAGE_COLUMNS " FROM ai_model_usage u WHERE u.request_id = ?", &p, take_usage,
                   &before, error);
    if (status == BILL_OK && !before.found)
        return bill_error_set(error, BILL_EBUSY, "the usage is there and is not"); /* not committed yet */
    if (status != BILL_OK)
        return status;
    if (strcmp(before.usage.payload_hash, payload) != 0)
        return bill_error_set(error, BILL_ECONFLICT, "request '%s' is recorded with another content",
                              usage->request_id);
    out->repeated = true;
    out->usage_id = before.usage.id;
    p.count = 0;
    bill_put_int(&p, before.usage.id);
    bill_put_int(&p, before.usage.id);
    status = bill_query(ledger,
                        "SELECT id, total_cost, currency, billing_cycle FROM ai_billing_records WHERE usage_id = ? "
                        "UNION ALL SELECT id, total_cost, currency, billing_cycle FROM ai_billing_records_archive "
                        "WHERE usage_id = ?",
                        &p, take_bill, &bill, error);
    if (status != BILL_OK)
        return status;
    if (bill.found) {
        out->outcome = BILL_OUTCOME_BILLED;
        out->record_id = bill.id;
        out->cost = bill.total;
        memcpy(out->currency, bill.currency, sizeof out->currency);
        memcpy(out->cycle, bill.cycle, sizeof out->cycle);
        return BILL_OK;
    }
    if (!bill_usage_is_billable(usage)) {
        out->outcome = BILL_OUTCOME_NOT_BILLABLE;
        return BILL_OK;
    }
    return outbox_outcome(&out->outcome, ledger, usage->request_id, error);
}

/* ---- one usage ---- */

typedef struct recording {
    const bill_usage *usage;
    char payload[BILL_HASH_TEXT];
    bill_recorded out;
} recording;

/* Price and cost, or the reason why there is none. */
static bill_status price_usage(const bill_price **price, bill_costing *cost, char *reason, size_t size,
                               bill_ledger *ledger, const bill_usage *usage, int64_t model_id, bill_error *error)
{
    bill_error why = {0};
    bill_status status = bill_price_for(price, ledger, model_id, usage->operation, usage->occurred_at, &why);
    if (status == BILL_OK)
        status = bill_price_apply(cost, *price, usage, &why);
    if (status == BILL_EUNPRICED)
        (void)snprintf(reason, size, "unpriced");
    else if (status == BILL_EINVAL || status == BILL_ERANGE)
        (void)snprintf(reason, size, "review: %.200s", why.text);
    else if (status != BILL_OK && error)
        *error = why;
    return status;
}

static bill_status record_one(bill_ledger *ledger, void *context, bill_error *error)
{
    recording *in = context;
    bill_usage usage = *in->usage;
    const bill_price *price = NULL;
    bill_costing cost = {0};
    char reason[256] = "";
    int64_t model_id = usage.model_id;
    bool billable = bill_usage_is_billable(&usage), priced = false, fresh = false;
    bill_status status = BILL_OK;
    memset(&in->out, 0, sizeof in->out);
    if (usage.occurred_at == BILL_TIME_NONE)
        usage.occurred_at = bill_ledger_now(ledger);
    if (model_id == 0)
        status = bill_model_id(&model_id, ledger, usage.model, NULL, true, error);
    if (status == BILL_OK && billable) {
        status = price_usage(&price, &cost, reason, sizeof reason, ledger, &usage, model_id, error);
        priced = status == BILL_OK;
        if (reason[0])
            status = BILL_OK;
    }
    if (status != BILL_OK)
        return status;
    bill_amount shown = priced ? cost.total : billable ? BILL_AMOUNT_NONE : BILL_AMOUNT_ZERO;
    status = insert_usage(&fresh, ledger, &usage, model_id, in->payload, shown, priced ? price->currency : NULL, error);
    if (status != BILL_OK)
        return status;
    if (!fresh)
        return answer_again(&in->out, ledger, &usage, in->payload, error);
    bill_failpoint("after_usage_insert");
    in->out.usage_id = ledger->store->engine->last_id(ledger->store);
    if (priced)
        return bill_write_record(&in->out, ledger, &usage, in->out.usage_id, model_id, in->payload, price, &cost,
                                 error);
    in->out.outcome = !billable                         ? BILL_OUTCOME_NOT_BILLABLE
                      : strcmp(reason, "unpriced") == 0 ? BILL_OUTCOME_UNPRICED
                                                        : BILL_OUTCOME_REVIEW;
    return billable ? insert_outbox(ledger, &usage, reason, error) : BILL_OK;
}

bill_status bill_ledger_record(bill_recorded *out, bill_ledger *ledger, const bill_usage *usage, bill_error *error)
{
    recording in = {.usage = usage};
    bill_status status = bill_usage_check(usage, error);
    if (status != BILL_OK && status != BILL_EINVAL)
        return status;
    if (status != BILL_OK) {
        /* contradictory counts are kept for review; a bad name or a negative
         * count can not be stored at all */
        bill_usage names = *usage;
        names.cached_input_tokens = names.cache_write_tokens = names.reasoning_tokens = BILL_COUNT_NONE;
        names.audio_input_tokens = names.audio_output_tokens = BILL_COUNT_NONE;
        names.image_input_tokens = names.image_output_tokens = BILL_COUNT_NONE;
        const int64_t parts[] = {usage->cached_input_tokens, usage->cache_write_tokens,  usage->reasoning_tokens,
                                 usage->audio_input_tokens,  usage->audio_output_tokens, usage->image_input_tokens,
                                 usage->image_output_tokens};
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            if (parts[i] != BILL_COUNT_NONE && parts[i] < 0)
                return status;
        if (bill_usage_check(&names, error) != BILL_OK)
            return status;
    }
    payload_hash(in.payload, usage);
    status = bill_transact(ledger, record_one, &in, error);
    if (status == BILL_OK)
        *out = in.out;
    return status;
}
