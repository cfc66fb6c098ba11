/* row.c - parameters into statements, values out of rows. */
#include "ledger/ledger.h"

#include <assert.h>
#include <string.h>

static bill_value *next(bill_params *p)
{
    assert(p->count < BILL_PARAMS_MAX);
    return &p->values[p->count++];
}

void bill_put_int(bill_params *p, int64_t value)
{
    *next(p) = bill_int(value);
}

void bill_put_count(bill_params *p, int64_t value)
{
    *next(p) = value == BILL_COUNT_NONE ? bill_null() : bill_int(value);
}

void bill_put_str(bill_params *p, const char *text)
{
    *next(p) = bill_str(text);
}

void bill_put_text(bill_params *p, const char *text)
{
    *next(p) = text && text[0] ? bill_str(text) : bill_null();
}

void bill_put_money(bill_params *p, bill_amount amount, int scale)
{
    char *text = p->texts[p->count];
    if (bill_amount_is_none(amount)) {
        *next(p) = bill_null();
        return;
    }
    (void)bill_amount_print_scale(text, amount, scale, BILL_ROUND_HALF_AWAY);
    *next(p) = bill_str(text);
}

void bill_put_time(bill_params *p, bill_time time)
{
    char *text = p->texts[p->count];
    if (time == BILL_TIME_NONE) {
        *next(p) = bill_null();
        return;
    }
    bill_time_print(text, time);
    *next(p) = bill_str(text);
}

bill_status bill_value_amount(bill_amount *out, const bill_value *value)
{
    if (value->kind == BILL_VALUE_NULL) {
        *out = BILL_AMOUNT_NONE;
        return BILL_OK;
    }
    if (value->kind == BILL_VALUE_INT)
        return bill_amount_from_int(out, value->integer);
    return bill_amount_parse(out, value->text, value->length) == BILL_OK ? BILL_OK : BILL_ECORRUPT;
}

bill_status bill_value_time(bill_time *out, const bill_value *value)
{
    if (value->kind == BILL_VALUE_NULL) {
        *out = BILL_TIME_NONE;
        return BILL_OK;
    }
    if (value->kind != BILL_VALUE_TEXT || bill_time_parse(out, value->text, value->length) != BILL_OK)
        return BILL_ECORRUPT;
    return BILL_OK;
}

bill_status bill_value_count(int64_t *out, const bill_value *value)
{
    if (value->kind == BILL_VALUE_NULL) {
        *out = BILL_COUNT_NONE;
        return BILL_OK;
    }
    return bill_value_int(out, value) == BILL_OK ? BILL_OK : BILL_ECORRUPT;
}

bill_status bill_value_word(int *out, const bill_value *value, const char *const *words)
{
    int found = value->kind == BILL_VALUE_TEXT ? bill_value_find(words, value->text, value->length) : -1;
    if (found < 0)
        return BILL_ECORRUPT;
    *out = found;
    return BILL_OK;
}

bill_status bill_value_text(char *out, size_t size, const bill_value *value)
{
    if (value->kind == BILL_VALUE_NULL) {
        out[0] = '\0';
        return BILL_OK;
    }
    if (value->kind != BILL_VALUE_TEXT || bill_copy(out, size, value->text, value->length) != BILL_OK)
        return BILL_ECORRUPT;
    return BILL_OK;
}

/* What one column is read into. */
typedef struct target {
    enum { COUNT, AMOUNT, TIME, TEXT } kind;
    void *out;
    size_t size;
} target;

static bill_status read_targets(const target *targets, size_t count, const bill_value *row)
{
    bill_status status = BILL_OK;
    for (size_t i = 0; i < count && status == BILL_OK; i++) {
        switch (targets[i].kind) {
        case COUNT: status = bill_value_count(targets[i].out, &row[i]); break;
        case AMOUNT: status = bill_value_amount(targets[i].out, &row[i]); break;
        case TIME: status = bill_value_time(targets[i].out, &row[i]); break;
        case TEXT: status = bill_value_text(targets[i].out, targets[i].size, &row[i]); break;
        }
    }
    return status;
}

static bill_status word_of(int *out, const char *text, const char *const *words)
{
    *out = bill_value_find(words, text, strlen(text));
    return *out < 0 ? BILL_ECORRUPT : BILL_OK;
}

bill_status bill_record_read(bill_record *out, const bill_value *row)
{
    bill_record r = {0};
    char type[17], unit[17], state[17];
    int word;
    const target targets[BILL_RECORD_COLUMN_COUNT] = {
        {COUNT,  &r.id,               0                },
        {COUNT,  &r.user_id,          0                },
        {COUNT,  &r.model_id,         0                },
        {COUNT,  &r.usage_id,         0                },
        {TEXT,   type,                sizeof type      },
        {TEXT,   unit,                sizeof unit      },
        {AMOUNT, &r.quantity,         0                },
        {COUNT,  &r.input_tokens,     0                },
        {COUNT,  &r.output_tokens,    0                },
        {COUNT,  &r.image_count,      0                },
        {COUNT,  &r.character_count,  0                },
        {AMOUNT, &r.duration_seconds, 0                },
        {AMOUNT, &r.input_price,      0                },
        {AMOUNT, &r.output_price,     0                },
        {AMOUNT, &r.unit_price,       0                },
        {COUNT,  &r.price_per,        0                },
        {COUNT,  &r.price_version_id, 0                },
        {AMOUNT, &r.total_cost,       0                },
        {AMOUNT, &r.refunded_amount,  0                },
        {TEXT,   r.currency,          sizeof r.currency},
        {TEXT,   state,               sizeof state     },
        {TIME,   &r.billing_time,     0                },
        {TIME,   &r.payment_time,     0                },
        {TIME,   &r.refunded_at,      0                },
        {TIME,   &r.created_at,       0                },
        {TIME,   &r.updated_at,       0                },
        {TEXT,   r.cycle,             sizeof r.cycle   },
        {TEXT,   r.model,             sizeof r.model   },
        {COUNT,  &r.status_version,   0                },
    };
    bill_status status = read_targets(targets, BILL_RECORD_COLUMN_COUNT, row);
    if (status != BILL_OK)
        return status;
    if (word_of(&word, type, bill_values_billing_type) != BILL_OK)
        return BILL_ECORRUPT;
    r.type = (bill_billing_type)word;
    if (word_of(&word, unit, bill_values_unit) != BILL_OK)
        return BILL_ECORRUPT;
    r.unit = (bill_unit)word;
    if (word_of(&word, state, bill_values_billing_status) != BILL_OK)
        return BILL_ECORRUPT;
    r.status = (bill_billing_status)word;
    *out = r;
    return BILL_OK;
}

bill_status bill_usage_read(bill_stored_usage *out, const bill_value *row)
{
    bill_stored_usage s = {0};
    bill_usage *u = &s.usage;
    char operation[25], state[17];
    int word;
    bill_usage_init(u, BILL_OP_CHAT);
    const target targets[BILL_USAGE_COLUMN_COUNT] = {
        {COUNT,  &s.id,                   0                    },
        {COUNT,  &u->user_id,             0                    },
        {COUNT,  &u->model_id,            0                    },
        {TEXT,   u->request_id,           sizeof u->request_id },
        {TEXT,   operation,               sizeof operation     },
        {TEXT,   state,                   sizeof state         },
        {COUNT,  &u->input_tokens,        0                    },
        {COUNT,  &u->output_tokens,       0                    },
        {COUNT,  &u->cached_input_tokens, 0                    },
        {COUNT,  &u->cache_write_tokens,  0                    },
        {COUNT,  &u->reasoning_tokens,    0                    },
        {COUNT,  &u->audio_input_tokens,  0                    },
        {COUNT,  &u->audio_output_tokens, 0                    },
        {COUNT,  &u->image_input_tokens,  0                    },
        {COUNT,  &u->image_output_tokens, 0                    },
        {COUNT,  &u->character_count,     0                    },
        {COUNT,  &u->image_count,         0                    },
        {AMOUNT, &u->duration_seconds,    0                    },
        {TEXT,   u->qualifier,            sizeof u->qualifier  },
        {TEXT,   u->model,                sizeof u->model      },
        {TEXT,   s.payload_hash,          sizeof s.payload_hash},
        {TIME,   &u->occurred_at,         0                    },
        {AMOUNT, &s.cost,                 0                    },
        {TEXT,   s.currency,              sizeof s.currency    },
    };
    bill_status status = read_targets(targets, BILL_USAGE_COLUMN_COUNT, row);
    if (status != BILL_OK)
        return status;
    u->has_duration = !bill_amount_is_none(u->duration_seconds);
    if (word_of(&word, operation, bill_values_operation) != BILL_OK)
        word = BILL_OP_OTHER; /* the column is open: another writer may have its own words */
    u->operation = (bill_operation)word;
    if (word_of(&word, state, bill_values_usage_status) != BILL_OK)
        return BILL_ECORRUPT;
    u->status = (bill_usage_status)word;
    *out = s;
    return BILL_OK;
}
