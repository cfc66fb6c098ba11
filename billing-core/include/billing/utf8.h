/* utf8.h - counting characters. A character is a Unicode code point of valid
 * UTF-8; nothing is normalised; invalid bytes are refused. */
#ifndef BILLING_UTF8_H
#define BILLING_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "billing/status.h"

typedef enum bill_char_unit { BILL_CHAR_CODE_POINT, BILL_CHAR_UTF16, BILL_CHAR_BYTE } bill_char_unit;

/* Overlong forms, surrogates and values past U+10FFFF are BILL_EINVAL. */
bill_status bill_utf8_count(int64_t *out, const char *text, size_t length, bill_char_unit unit);

#endif
