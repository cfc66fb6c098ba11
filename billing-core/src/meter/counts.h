/* counts.h - what one JSON object says about usage, before it is a usage. Not public. */
#ifndef BILL_METER_COUNTS_H
#define BILL_METER_COUNTS_H

#include "billing/json.h"
#include "billing/meter.h"

/* Everything a usage object may state; BILL_COUNT_NONE where it is silent. */
typedef struct bill_counts {
    bool any;
    int64_t input, output, total;
    int64_t cached, written, reasoning;
    int64_t audio_input, audio_output, image_input, image_output;
    int64_t characters, images;
    bill_amount seconds;
    bool has_seconds;
} bill_counts;

void bill_counts_init(bill_counts *counts);

/* Adds what `root` (an answer or an event) states; later statements replace
 * earlier ones. BILL_EINVAL for a count that is no whole number. */
bill_status bill_counts_read(bill_counts *counts, bill_shape shape, const bill_json_node *root);

/* Inclusive totals into the usage; says if the stated total disagrees. */
bill_status bill_counts_apply(bill_usage *usage, const bill_counts *counts, bill_shape shape, bool *mismatch,
                              bill_error *error);

#endif
