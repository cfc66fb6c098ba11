/* time.h - instants in UTC, billing zones, billing cycles.
 *
 * An instant is a count of microseconds since 1970 in UTC. A cycle is a month
 * "YYYY-MM" of the billing zone; inside, every range is half-open. */
#ifndef BILLING_TIME_H
#define BILLING_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "billing/status.h"

typedef int64_t bill_time;

#define BILL_TIME_NONE  INT64_MIN
#define BILL_SECOND     INT64_C(1000000)
#define BILL_TIME_TEXT  27 /* "2025-01-21 10:00:00.000000" */
#define BILL_CYCLE_TEXT 8  /* "2025-01" */

typedef struct bill_date {
    int year, month, day, hour, minute, second, microsecond;
} bill_date;

/* "YYYY-MM-DD", then optionally " " or "T" and "HH:MM[:SS[.ffffff]]", then
 * optionally "Z" or "+HH:MM"; UTC where nothing is said. */
bill_status bill_time_parse(bill_time *out, const char *text, size_t length);
void bill_time_print(char out[BILL_TIME_TEXT], bill_time time);
bill_time bill_time_now(void);
bill_time bill_time_of_date(const bill_date *date);
bill_date bill_date_of_time(bill_time time);

/* A time zone by IANA name from the system's zone files, or "UTC", "+08:00".
 * Asia/Shanghai needs no file for instants since 1992. */
typedef struct bill_zone bill_zone;
bill_status bill_zone_load(bill_zone **out, const char *name, bill_error *error);
void bill_zone_free(bill_zone *zone);
const char *bill_zone_name(const bill_zone *zone);

/* Seconds east of UTC at an instant. */
int32_t bill_zone_offset(const bill_zone *zone, bill_time time);

/* The first instant whose local time is not before the given local time (so
 * one inside a gap maps to the gap's end). */
bill_time bill_zone_to_utc(const bill_zone *zone, const bill_date *local);

/* The cycle an instant falls into; years 1 to 9999. */
bill_status bill_cycle_of(char out[BILL_CYCLE_TEXT], const bill_zone *zone, bill_time time);
bool bill_cycle_valid(const char *text, size_t length);
bill_status bill_cycle_next(char out[BILL_CYCLE_TEXT], const char *cycle);
bill_status bill_cycle_range(bill_time *start, bill_time *end, const bill_zone *zone, const char *cycle);

/* A day "YYYY-MM-DD" of the zone as [start, end). */
bill_status bill_day_range(bill_time *start, bill_time *end, const bill_zone *zone, const char *text, size_t length);

#endif
