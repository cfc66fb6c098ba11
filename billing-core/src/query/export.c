/* export.c - CSV of records, row by row into a sink.
 *
 * A cell is a text (quoted where RFC 4180 asks for it, guarded against
 * spreadsheets that run formulas) or a number (plain decimal, as it is). */
#include "billing/query.h"

#include "base/text.h"
#include "billing/mapping.h"
#include "billing/usage.h"

#include <stdio.h>
#include <string.h>

static const char *const status_labels[][2] = {
    [BILL_STATUS_PENDING] = {"待支付",    "pending"  },
      [BILL_STATUS_BILLED] = {"已出账",    "billed"   },
    [BILL_STATUS_PAID] = {"已支付",    "paid"     },
      [BILL_STATUS_REFUNDED] = {"已退款",    "refunded" },
    [BILL_STATUS_FAILED] = {"支付失败", "failed"   },
      [BILL_STATUS_CANCELLED] = {"已取消",    "cancelled"},
};

static const char *const header[][2] = {
    {"日期",       "date"        },
    {"模型",       "model"       },
    {"类型",       "type"        },
    {"数量",       "quantity"    },
    {"单位",       "unit"        },
    {"单价",       "unit price"  },
    {"总费用",    "total cost"  },
    {"状态",       "status"      },
    {"输入单价", "input price" },
    {"输出单价", "output price"}
};

static const char *const focus_header =
    "BilledCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargeClass,ChargeDescription,"
    "ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,EffectiveCost,ListUnitPrice,PricingQuantity,"
    "PricingUnit,ServiceName,SkuId,SubAccountId,ResourceId\r\n";

const char *bill_status_label(bill_billing_status status, bill_language language)
{
    return (size_t)status < sizeof status_labels / sizeof status_labels[0] ? status_labels[status][language == BILL_EN]
                                                                           : "";
}

const char *bill_type_label(bill_billing_type type, bill_language language)
{
    const bill_type_info *info = bill_type_info_of(type);
    return !info ? "" : language == BILL_EN ? info->label_en : info->label_zh;
}

typedef struct writer {
    bill_sink sink;
    void *sink_context;
    const bill_zone *zone;
    const bill_export_options *options;
    bill_text row;
    bool first;
} writer;

static void cell(writer *out, const char *text, size_t length)
{
    if (!out->first)
        bill_text_put(&out->row, ",", 1);
    out->first = false;
    bill_text_put(&out->row, text, length);
}

static void text_cell(writer *out, const char *text)
{
    bool guard = text[0] && strchr("=+-@\t\r", text[0]) != NULL;
    if (!guard && !strpbrk(text, ",\"\r\n")) {
        cell(out, text, strlen(text));
        return;
    }
    cell(out, "\"", 1);
    if (guard)
        bill_text_put(&out->row, "'", 1);
    for (const char *c = text; *c; c++)
        bill_text_put(&out->row, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    bill_text_put(&out->row, "\"", 1);
}

static void amount_cell(writer *out, bill_amount amount)
{
    char text[BILL_AMOUNT_TEXT_MAX];
    size_t length = bill_amount_is_none(amount) ? 0 : bill_amount_print(text, amount);
    cell(out, text, length);
}

/* price / per, exactly: a power of ten only moves the point. Any other
 * divisor is rounded to 12 decimals. */
static void unit_price_cell(writer *out, bill_amount price, int64_t per)
{
    char digits[BILL_AMOUNT_TEXT_MAX * 2], text[BILL_AMOUNT_TEXT_MAX];
    int places = 0;
    bill_amount unit;
    for (; per > 1 && per % 10 == 0; per /= 10)
        places++;
    if (bill_amount_is_none(price) || (places == 0 && per == 1)) {
        amount_cell(out, price);
        return;
    }
    if (per != 1 || places > 18) {
        (void)bill_amount_mul_per(&unit, price, (bill_amount){BILL_ONE}, per, BILL_ROUND_HALF_AWAY);
        amount_cell(out, unit);
        return;
    }
    (void)bill_amount_print_scale(text, price, BILL_SCALE, BILL_ROUND_EXACT);
    size_t whole = strcspn(text, "."), used = 0;
    for (size_t zeros = whole; zeros <= (size_t)places; zeros++)
        digits[used++] = '0';
    for (const char *c = text; *c; c++)
        if (*c != '.')
            digits[used++] = *c;
    size_t fraction = BILL_SCALE + (size_t)places; /* digits behind the point */
    while (fraction > 0 && digits[used - 1] == '0') {
        used--;
        fraction--;
    }
    size_t before = used - fraction, start = 0;
    while (start + 1 < before && digits[start] == '0')
        start++;
    cell(out, digits + start, before - start);
    if (fraction) {
        bill_text_put(&out->row, ".", 1);
        bill_text_put(&out->row, digits + before, fraction);
    }
}

static void local_time(char out[BILL_TIME_TEXT], const bill_zone *zone, bill_time time)
{
    bill_time_print(out, time + bill_zone_offset(zone, time) * BILL_SECOND);
    out[19] = '\0'; /* seconds */
}

static bill_status end_row(writer *out)
{
    bill_text_puts(&out->row, "\r\n");
    if (out->row.status != BILL_OK)
        return out->row.status;
    bill_status status = out->sink(out->sink_context, out->row.bytes, out->row.length);
    bill_text_clear(&out->row);
    out->first = true;
    return status;
}

/* A token row has one unit price only if one of its two prices applied. */
static bill_amount shown_price(const bill_record *r)
{
    bool in = r->input_tokens != BILL_COUNT_NONE && r->input_tokens > 0;
    bool out = r->output_tokens != BILL_COUNT_NONE && r->output_tokens > 0;
    if (r->type != BILL_TYPE_TOKEN)
        return r->unit_price;
    if (in && out)
        return BILL_AMOUNT_NONE;
    return out ? r->output_price : r->input_price;
}

static bill_status write_record(void *context, const bill_record *r)
{
    writer *out = context;
    char date[BILL_TIME_TEXT];
    local_time(date, out->zone, r->billing_time);
    text_cell(out, date);
    text_cell(out, r->model);
    text_cell(out, bill_type_label(r->type, out->options->language));
    amount_cell(out, r->quantity);
    text_cell(out, bill_values_unit[r->unit]);
    unit_price_cell(out, shown_price(r), r->price_per);
    amount_cell(out, r->total_cost);
    text_cell(out, bill_status_label(r->status, out->options->language));
    if (out->options->prices) {
        unit_price_cell(out, r->input_price, r->price_per);
        unit_price_cell(out, r->output_price, r->price_per);
    }
    return end_row(out);
}

static bill_status write_header(writer *out)
{
    size_t columns = out->options->prices ? 10 : 8;
    if (out->options->bom)
        bill_text_puts(&out->row, "\xef\xbb\xbf");
    for (size_t i = 0; i < columns; i++)
        text_cell(out, header[i][out->options->language == BILL_EN]);
    return end_row(out);
}

/* ---- FOCUS ---- */

static void iso_time(char out[BILL_TIME_TEXT], bill_time time)
{
    bill_time_print(out, time);
    out[10] = 'T';
    out[19] = 'Z';
    out[20] = '\0';
}

static bill_status focus_row(writer *out, const bill_record *r, bill_amount cost, bool correction)
{
    char period[2][BILL_TIME_TEXT], charge[BILL_TIME_TEXT], number[24], sku[48];
    bill_time start, end;
    bill_status status = bill_cycle_range(&start, &end, out->zone, r->cycle);
    if (status != BILL_OK)
        return status;
    iso_time(period[0], start);
    iso_time(period[1], end);
    iso_time(charge, correction ? r->refunded_at : r->billing_time);
    amount_cell(out, cost);
    text_cell(out, r->currency);
    text_cell(out, period[0]);
    text_cell(out, period[1]);
    text_cell(out, "Usage");
    text_cell(out, correction ? "Correction" : "");
    text_cell(out, correction ? "refund" : bill_type_label(r->type, BILL_EN));
    text_cell(out, charge);
    text_cell(out, charge);
    amount_cell(out, correction ? BILL_AMOUNT_ZERO : r->quantity);
    text_cell(out, bill_values_unit[r->unit]);
    amount_cell(out, cost);
    unit_price_cell(out, shown_price(r), r->price_per);
    amount_cell(out, correction ? BILL_AMOUNT_ZERO : r->quantity);
    text_cell(out, bill_values_unit[r->unit]);
    text_cell(out, r->model);
    (void)snprintf(sku, sizeof sku, "%lld", (long long)r->price_version_id);
    text_cell(out, sku);
    (void)snprintf(number, sizeof number, "%lld", (long long)r->user_id);
    text_cell(out, number);
    (void)snprintf(number, sizeof number, "%lld", (long long)r->id);
    text_cell(out, number);
    return end_row(out);
}

static bill_status write_focus(void *context, const bill_record *r)
{
    bill_amount back = {-r->refunded_amount.v};
    bill_status status = BILL_OK;
    if (r->status != BILL_STATUS_CANCELLED)
        status = focus_row(context, r, r->total_cost, false);
    if (status == BILL_OK && back.v != 0)
        status = focus_row(context, r, back, true);
    return status;
}

bill_status bill_export_csv_page(int64_t *next, bill_sink sink, void *sink_context, bill_ledger *ledger,
                                 const bill_filter *filter, const bill_export_options *options, int64_t after,
                                 int64_t limit, bill_error *error)
{
    writer out = {.sink = sink,
                  .sink_context = sink_context,
                  .zone = bill_ledger_zone(ledger),
                  .options = options,
                  .first = true};
    bill_status status = BILL_OK;
    if (after == 0)
        status = options->focus ? sink(sink_context, focus_header, strlen(focus_header)) : write_header(&out);
    if (status == BILL_OK)
        status = bill_query_records(next, ledger, filter, after, limit, options->focus ? write_focus : write_record,
                                    &out, error);
    bill_text_finish(&out.row);
    if (status != BILL_OK && (!error || error->status == BILL_OK))
        return bill_error_set(error, status, "export: %s", bill_status_text(status));
    return status;
}

bill_status bill_export_csv(bill_sink sink, void *sink_context, bill_ledger *ledger, const bill_filter *filter,
                            const bill_export_options *options, bill_error *error)
{
    int64_t next;
    return bill_export_csv_page(&next, sink, sink_context, ledger, filter, options, 0, 0, error);
}
