/* time.c - civil dates and instants, in whole numbers. */
#include "billing/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_SECONDS 86400

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, with
 * the year starting in March so that the leap day comes last. */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(bill_date *out, int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t part = (5 * of_year + 2) / 153;
    out->day = (int)(of_year - (153 * part + 2) / 5 + 1);
    out->month = (int)(part < 10 ? part + 3 : part - 9);
    out->year = (int)(year + era * 400 + (out->month <= 2));
}

bill_time bill_time_of_date(const bill_date *date)
{
    int64_t seconds = days_of(date->year, date->month, date->day) * DAY_SECONDS + date->hour * 3600 +
                      date->minute * 60 + date->second;
    return seconds * BILL_SECOND + date->microsecond;
}

bill_date bill_date_of_time(bill_time time)
{
    bill_date date = {0};
    int64_t seconds = time / BILL_SECOND, micro = time % BILL_SECOND;
    if (micro < 0) {
        micro += BILL_SECOND;
        seconds--;
    }
    int64_t days = seconds / DAY_SECONDS, rest = seconds % DAY_SECONDS;
    if (rest < 0) {
        rest += DAY_SECONDS;
        days--;
    }
    date_of(&date, days);
    date.hour = (int)(rest / 3600);
    date.minute = (int)(rest / 60 % 60);
    date.second = (int)(rest % 60);
    date.microsecond = (int)micro;
    return date;
}

bill_time bill_time_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * BILL_SECOND + now.tv_nsec / 1000;
}

/* Reads exactly `count` digits. */
static bool number(const char **at, const char *end, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (*at == end || **at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    *out = value;
    return true;
}

static bool expect(const char **at, const char *end, char c)
{
    if (*at == end || **at != c)
        return false;
    (*at)++;
    return true;
}

static bool read_day(const char **at, const char *end, bill_date *date)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (!number(at, end, 4, &date->year) || !expect(at, end, '-') || !number(at, end, 2, &date->month) ||
        !expect(at, end, '-') || !number(at, end, 2, &date->day))
        return false;
    bool leap = date->year % 4 == 0 && (date->year % 100 != 0 || date->year % 400 == 0);
    if (date->year < 1 || date->month < 1 || date->month > 12 || date->day < 1)
        return false;
    return date->day <= lengths[date->month - 1] + (leap && date->month == 2);
}

static bool read_fraction(const char **at, const char *end, bill_date *date)
{
    int unit = 100000;
    if (*at == end || **at < '0' || **at > '9')
        return false;
    for (; *at < end && **at >= '0' && **at <= '9'; (*at)++, unit /= 10)
        date->microsecond += (**at - '0') * unit; /* digits past the sixth are cut */
    return true;
}

static bool read_clock(const char **at, const char *end, bill_date *date)
{
    if (!number(at, end, 2, &date->hour) || !expect(at, end, ':') || !number(at, end, 2, &date->minute))
        return false;
    if (expect(at, end, ':')) {
        if (!number(at, end, 2, &date->second))
            return false;
        if (expect(at, end, '.') && !read_fraction(at, end, date))
            return false;
    }
    return date->hour < 24 && date->minute < 60 && date->second < 61;
}

static bool read_offset(const char **at, const char *end, int *seconds)
{
    int hours, minutes, sign;
    *seconds = 0;
    if (*at == end || expect(at, end, 'Z'))
        return true;
    sign = **at == '-' ? -1 : 1;
    if (!expect(at, end, '+') && !expect(at, end, '-'))
        return false;
    if (!number(at, end, 2, &hours) || !expect(at, end, ':') || !number(at, end, 2, &minutes) || hours > 15 ||
        minutes > 59)
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

bill_status bill_time_parse(bill_time *out, const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    bill_date date = {0};
    int offset = 0;
    if (!read_day(&at, end, &date))
        return BILL_EINVAL;
    if (at < end && (*at == ' ' || *at == 'T')) {
        at++;
        if (!read_clock(&at, end, &date) || !read_offset(&at, end, &offset))
            return BILL_EINVAL;
    }
    if (at != end)
        return BILL_EINVAL;
    *out = bill_time_of_date(&date) - (int64_t)offset * BILL_SECOND;
    return BILL_OK;
}

void bill_time_print(char out[BILL_TIME_TEXT], bill_time time)
{
    bill_date d = bill_date_of_time(time);
    int *parts[] = {&d.year, &d.month, &d.day, &d.hour, &d.minute, &d.second, &d.microsecond};
    static const struct {
        int digits;
        char after;
    } shape[] = {
        {4, '-' },
        {2, '-' },
        {2, ' ' },
        {2, ':' },
        {2, ':' },
        {2, '.' },
        {6, '\0'}
    };
    char *at = out;
    for (size_t i = 0; i < 7; i++) {
        int value = *parts[i];
        for (int digit = shape[i].digits - 1; digit >= 0; digit--, value /= 10)
            at[digit] = (char)('0' + value % 10);
        at += shape[i].digits;
        *at++ = shape[i].after;
    }
}

/* ---- cycles ---- */

bool bill_cycle_valid(const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    int year, month;
    return number(&at, end, 4, &year) && expect(&at, end, '-') && number(&at, end, 2, &month) && at == end &&
           year >= 1 && month >= 1 && month <= 12;
}

static void cycle_print(char out[BILL_CYCLE_TEXT], int year, int month)
{
    for (int i = 3; i >= 0; i--, year /= 10)
        out[i] = (char)('0' + year % 10);
    out[4] = '-';
    out[5] = (char)('0' + month / 10);
    out[6] = (char)('0' + month % 10);
    out[7] = '\0';
}

bill_status bill_cycle_of(char out[BILL_CYCLE_TEXT], const bill_zone *zone, bill_time time)
{
    bill_date date = bill_date_of_time(time + bill_zone_offset(zone, time) * BILL_SECOND);
    if (date.year < 1 || date.year > 9999)
        return BILL_ERANGE;
    cycle_print(out, date.year, date.month);
    return BILL_OK;
}

bill_status bill_cycle_next(char out[BILL_CYCLE_TEXT], const char *cycle)
{
    const char *at = cycle, *end = cycle + strlen(cycle);
    int year = 0, month = 0;
    if (!bill_cycle_valid(cycle, strlen(cycle)))
        return BILL_EINVAL;
    (void)number(&at, end, 4, &year);
    at++;
    (void)number(&at, end, 2, &month);
    year += month == 12;
    month = month % 12 + 1;
    if (year > 9999)
        return BILL_ERANGE;
    cycle_print(out, year, month);
    return BILL_OK;
}

bill_status bill_cycle_range(bill_time *start, bill_time *end, const bill_zone *zone, const char *cycle)
{
    bill_date first = {.day = 1}, next = {.day = 1};
    const char *at = cycle, *stop = cycle + strlen(cycle);
    if (!bill_cycle_valid(cycle, strlen(cycle)))
        return BILL_EINVAL;
    (void)number(&at, stop, 4, &first.year);
    at++;
    (void)number(&at, stop, 2, &first.month);
    next.year = first.year + (first.month == 12);
    next.month = first.month % 12 + 1;
    *start = bill_zone_to_utc(zone, &first);
    *end = bill_zone_to_utc(zone, &next);
    return BILL_OK;
}

bill_status bill_day_range(bill_time *start, bill_time *end, const bill_zone *zone, const char *text, size_t length)
{
    const char *at = text;
    bill_date day = {0}, next;
    if (!read_day(&at, text + length, &day) || at != text + length)
        return BILL_EINVAL;
    next = bill_date_of_time(bill_time_of_date(&day) + DAY_SECONDS * BILL_SECOND);
    *start = bill_zone_to_utc(zone, &day);
    *end = bill_zone_to_utc(zone, &next);
    return BILL_OK;
}
