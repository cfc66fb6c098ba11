/* record.h - one bill as it stands in ai_billing_records or its archive. */
#ifndef BILLING_RECORD_H
#define BILLING_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "billing/money.h"
#include "billing/schema.h"
#include "billing/store.h"
#include "billing/time.h"

/* A price or duration that is not there. */
#define BILL_AMOUNT_NONE ((bill_amount){-(((bill_int128)1 << 126) - 1) * 2 - 2})
static inline bool bill_amount_is_none(bill_amount a)
{
    return a.v == BILL_AMOUNT_NONE.v;
}

typedef struct bill_record {
    int64_t id, user_id, model_id, usage_id;
    bill_billing_type type;
    bill_unit unit;
    bill_amount quantity;
    int64_t input_tokens, output_tokens, image_count, character_count; /* BILL_COUNT_NONE: NULL */
    bill_amount duration_seconds;                                      /* BILL_AMOUNT_NONE: NULL */
    bill_amount input_price, output_price, unit_price;
    int64_t price_per, price_version_id;
    bill_amount total_cost, refunded_amount;
    char currency[4];
    bill_billing_status status;
    bill_time billing_time, payment_time, refunded_at, created_at, updated_at;
    char cycle[BILL_CYCLE_TEXT];
    char model[129];
    int64_t status_version;
    bool archived;
} bill_record;

#define BILL_RECORD_COLUMNS                                                                                            \
    "id, user_id, model_id, usage_id, billing_type, unit, quantity, input_tokens, output_tokens, "                     \
    "image_count, character_count, duration_seconds, input_price, output_price, unit_price, "                          \
    "price_per, price_version_id, total_cost, refunded_amount, currency, billing_status, "                             \
    "billing_time, payment_time, refunded_at, created_at, updated_at, billing_cycle, model_name, "                     \
    "status_version"
#define BILL_RECORD_COLUMN_COUNT 29

/* Reads a row of BILL_RECORD_COLUMNS; BILL_ECORRUPT if a value is not what the
 * schema says. */
bill_status bill_record_read(bill_record *out, const bill_value *row);

/* Single values, as stores give them. NULL gives the "none" of its kind. */
bill_status bill_value_amount(bill_amount *out, const bill_value *value);
bill_status bill_value_time(bill_time *out, const bill_value *value);
bill_status bill_value_count(int64_t *out, const bill_value *value);
bill_status bill_value_word(int *out, const bill_value *value, const char *const *words);
bill_status bill_value_text(char *out, size_t size, const bill_value *value);

#endif
