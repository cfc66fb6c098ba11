/* text.h - a growing text with one sticky error, for SQL, JSON, CSV.
 *
 * Appending to a text that failed does nothing; the caller asks once, at the
 * end. Finish releases it; a zeroed text is an empty one. */
#ifndef BILL_BASE_TEXT_H
#define BILL_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "billing/money.h"
#include "billing/status.h"

typedef struct bill_text {
    char *bytes; /* always terminated once anything was put */
    size_t length, room;
    bill_status status;
} bill_text;

void bill_text_put(bill_text *text, const char *bytes, size_t length);
void bill_text_puts(bill_text *text, const char *string);
void bill_text_int(bill_text *text, int64_t value);
void bill_text_amount(bill_text *text, bill_amount value); /* shortest plain decimal */
void bill_text_json(bill_text *text, const char *string);  /* quoted and escaped */
void bill_text_clear(bill_text *text);
void bill_text_finish(bill_text *text);

/* Copies into a fixed field. BILL_ERANGE if it does not fit with its end. */
bill_status bill_copy(char *out, size_t size, const char *text, size_t length);

/* "[-]digits" to a number, all of it. */
bill_status bill_parse_int(int64_t *out, const char *text, size_t length);

#endif
