/* text.c - growing text, checked copies, whole numbers. */
#include "base/text.h"

#include "billing/memory.h"

#include <stdio.h>
#include <string.h>

void bill_text_put(bill_text *text, const char *bytes, size_t length)
{
    if (text->status != BILL_OK)
        return;
    if (length >= text->room - text->length) {
        size_t room = text->room * 2 + length + 64;
        char *grown = bill_resize(text->bytes, room, 1);
        if (!grown) {
            text->status = BILL_ENOMEM;
            return;
        }
        text->bytes = grown;
        text->room = room;
    }
    if (length)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void bill_text_puts(bill_text *text, const char *string)
{
    bill_text_put(text, string, strlen(string));
}

void bill_text_int(bill_text *text, int64_t value)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)value);
    bill_text_put(text, digits, (size_t)length);
}

void bill_text_amount(bill_text *text, bill_amount value)
{
    char digits[BILL_AMOUNT_TEXT_MAX];
    size_t length = bill_amount_print(digits, value);
    bill_text_put(text, digits, length);
}

void bill_text_json(bill_text *text, const char *string)
{
    static const char hex[] = "0123456789abcdef";
    bill_text_put(text, "\"", 1);
    for (const char *c = string; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        char escape[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
        if (byte == '"' || byte == '\\') {
            char pair[2] = {'\\', *c};
            bill_text_put(text, pair, 2);
        } else if (byte < 0x20) {
            bill_text_put(text, escape, sizeof escape);
        } else {
            bill_text_put(text, c, 1);
        }
    }
    bill_text_put(text, "\"", 1);
}

void bill_text_clear(bill_text *text)
{
    text->length = 0;
    text->status = BILL_OK;
    if (text->bytes)
        text->bytes[0] = '\0';
}

void bill_text_finish(bill_text *text)
{
    bill_free(text->bytes);
    memset(text, 0, sizeof *text);
}

bill_status bill_copy(char *out, size_t size, const char *text, size_t length)
{
    if (length >= size)
        return BILL_ERANGE;
    if (length)
        memcpy(out, text, length);
    out[length] = '\0';
    return BILL_OK;
}

bill_status bill_parse_int(int64_t *out, const char *text, size_t length)
{
    int64_t value = 0;
    size_t i = length > 0 && text[0] == '-';
    bool negative = i == 1;
    if (i == length)
        return BILL_EINVAL;
    for (; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return BILL_EINVAL;
        int digit = text[i] - '0';
        if (__builtin_mul_overflow(value, (int64_t)10, &value) || __builtin_sub_overflow(value, (int64_t)digit, &value))
            return BILL_ERANGE;
    }
    if (!negative && value == INT64_MIN)
        return BILL_ERANGE;
    *out = negative ? value : -value;
    return BILL_OK;
}
