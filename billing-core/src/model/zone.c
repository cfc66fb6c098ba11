/* zone.c - time zones from TZif files (RFC 8536), with their closing rule.
 *
 * The file gives instants at which the offset changes; past the last one the
 * POSIX rule in its footer applies. A lookup is a binary search. */
#include "billing/memory.h"
#include "billing/time.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX    262144
#define DAY_SECONDS 86400

/* "Mm.w.d/time": the w-th weekday d of month m (5 is the last one). */
typedef struct rule {
    int month, week, weekday, seconds;
} rule;

struct bill_zone {
    char name[65];
    int32_t standard, summer; /* offsets of the closing rule */
    bool has_summer;
    rule to_summer, to_standard;
    size_t count;
    int64_t *changes; /* seconds, ascending */
    int32_t *offsets; /* offsets[i] holds from changes[i] */
    int32_t first;    /* before the first change */
};

typedef struct bytes {
    const unsigned char *at, *end;
} bytes;

static int64_t big_endian(const unsigned char *at, int width)
{
    uint64_t value = at[0] & 0x80 ? ~UINT64_C(0) : 0;
    for (int i = 0; i < width; i++)
        value = value << 8 | at[i];
    return (int64_t)value;
}

/* ---- the footer: "CST-8", "EST5EDT,M3.2.0,M11.1.0" ---- */

static bool skip_name(const char **at)
{
    const char *start = *at;
    if (**at == '<') {
        while (**at && **at != '>')
            (*at)++;
        if (**at != '>')
            return false;
        (*at)++;
        return true;
    }
    while ((**at >= 'A' && **at <= 'Z') || (**at >= 'a' && **at <= 'z'))
        (*at)++;
    return *at > start;
}

static int small_number(const char **at)
{
    int value = 0;
    while (**at >= '0' && **at <= '9' && value < 10000)
        value = value * 10 + *(*at)++ - '0';
    return value;
}

/* [+-]hh[:mm[:ss]] in seconds */
static int clock_seconds(const char **at)
{
    int sign = **at == '-' ? -1 : 1, total;
    if (**at == '-' || **at == '+')
        (*at)++;
    total = small_number(at) * 3600;
    for (int unit = 60; unit >= 1 && **at == ':'; unit /= 60) {
        (*at)++;
        total += small_number(at) * unit;
    }
    return sign * total;
}

static bool read_rule(rule *out, const char **at)
{
    if ((*at)[0] != ',' || (*at)[1] != 'M')
        return false;
    *at += 2;
    out->month = small_number(at);
    if (*(*at)++ != '.')
        return false;
    out->week = small_number(at);
    if (*(*at)++ != '.')
        return false;
    out->weekday = small_number(at);
    out->seconds = 7200;
    if (**at == '/') {
        (*at)++;
        out->seconds = clock_seconds(at);
    }
    return out->month >= 1 && out->month <= 12 && out->week >= 1 && out->week <= 5 && out->weekday <= 6;
}

static bool read_footer(bill_zone *zone, const char *text)
{
    const char *at = text;
    if (!skip_name(&at))
        return false;
    zone->standard = -clock_seconds(&at);
    if (!*at)
        return true;
    if (!skip_name(&at))
        return false;
    zone->summer = zone->standard + 3600;
    if (*at && *at != ',')
        zone->summer = -clock_seconds(&at);
    zone->has_summer = read_rule(&zone->to_summer, &at) && read_rule(&zone->to_standard, &at);
    return zone->has_summer && !*at;
}

/* ---- the file ---- */

typedef struct header {
    size_t utc, standard, leap, changes, types, chars;
    int version;
} header;

static bool read_header(header *out, bytes *in)
{
    size_t *fields[] = {&out->utc, &out->standard, &out->leap, &out->changes, &out->types, &out->chars};
    if (in->end - in->at < 44 || memcmp(in->at, "TZif", 4) != 0)
        return false;
    out->version = in->at[4];
    for (int i = 0; i < 6; i++)
        *fields[i] = (size_t)(uint32_t)big_endian(in->at + 20 + 4 * i, 4);
    in->at += 44;
    return out->changes <= FILE_MAX && out->types <= 256 && out->chars <= FILE_MAX && out->leap <= FILE_MAX &&
           out->utc <= FILE_MAX && out->standard <= FILE_MAX;
}

static size_t body_size(const header *h, size_t width)
{
    return h->changes * width + h->changes + h->types * 6 + h->chars + h->leap * (width + 4) + h->standard + h->utc;
}

static bill_status read_body(bill_zone *zone, const header *h, bytes *in)
{
    const unsigned char *kinds = in->at + h->changes * 8, *types = kinds + h->changes;
    if (h->types == 0 || (size_t)(in->end - in->at) < body_size(h, 8))
        return BILL_EINVAL;
    zone->changes = bill_alloc(h->changes * sizeof *zone->changes);
    zone->offsets = bill_alloc(h->changes * sizeof *zone->offsets);
    if (!zone->changes || !zone->offsets)
        return BILL_ENOMEM;
    zone->count = h->changes;
    zone->first = (int32_t)big_endian(types, 4);
    for (size_t i = 0; i < h->changes; i++) {
        if (kinds[i] >= h->types)
            return BILL_EINVAL;
        zone->changes[i] = big_endian(in->at + 8 * i, 8);
        zone->offsets[i] = (int32_t)big_endian(types + 6 * kinds[i], 4);
    }
    in->at += body_size(h, 8);
    return BILL_OK;
}

static bill_status read_file(bill_zone *zone, bytes in)
{
    header h;
    char footer[128];
    bill_status status;
    if (!read_header(&h, &in) || h.version < '2' || (size_t)(in.end - in.at) < body_size(&h, 4))
        return BILL_EINVAL;
    in.at += body_size(&h, 4); /* the 32-bit block stands first */
    if (!read_header(&h, &in))
        return BILL_EINVAL;
    if ((status = read_body(zone, &h, &in)) != BILL_OK)
        return status;
    size_t left = (size_t)(in.end - in.at);
    if (left < 2 || left - 2 >= sizeof footer || in.at[0] != '\n')
        return BILL_EINVAL;
    memcpy(footer, in.at + 1, left - 2);
    footer[left - 2] = '\0';
    return read_footer(zone, footer) ? BILL_OK : BILL_EINVAL;
}

static bill_status load_file(bill_zone *zone, const char *name)
{
    char path[160];
    bill_status status = BILL_ENOTFOUND;
    (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return status;
    unsigned char *content = bill_alloc(FILE_MAX);
    if (content) {
        size_t length = fread(content, 1, FILE_MAX, file);
        status = read_file(zone, (bytes){content, content + length});
    } else {
        status = BILL_ENOMEM;
    }
    bill_free(content);
    (void)fclose(file);
    return status;
}

/* Names are path parts: letters, digits, "_", "-", "+" and single slashes. */
static bool safe_name(const char *name)
{
    if (!*name || *name == '/')
        return false;
    for (const char *c = name; *c; c++)
        if (!((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_' ||
              *c == '-' || *c == '+' || *c == '/'))
            return false;
    return true;
}

static bool fixed_offset(bill_zone *zone, const char *name)
{
    bill_time shifted;
    char text[40];
    if (strcmp(name, "UTC") == 0)
        return true;
    if ((name[0] != '+' && name[0] != '-') || strlen(name) != 6)
        return false;
    (void)snprintf(text, sizeof text, "1970-01-01 00:00:00%s", name);
    if (bill_time_parse(&shifted, text, strlen(text)) != BILL_OK)
        return false;
    zone->standard = (int32_t)(-shifted / BILL_SECOND);
    return true;
}

bill_status bill_zone_load(bill_zone **out, const char *name, bill_error *error)
{
    bill_status status = BILL_OK;
    bill_zone *zone = bill_alloc(sizeof *zone);
    if (!zone)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    if (bill_copy(zone->name, sizeof zone->name, name, strlen(name)) != BILL_OK)
        status = BILL_EINVAL;
    else if (!fixed_offset(zone, name)) {
        status = safe_name(name) ? load_file(zone, name) : BILL_EINVAL;
        if (status == BILL_ENOTFOUND && strcmp(name, "Asia/Shanghai") == 0) {
            zone->standard = zone->first = 8 * 3600;
            status = BILL_OK;
        }
    }
    if (status != BILL_OK) {
        bill_zone_free(zone);
        return bill_error_set(error, status, "time zone '%.64s': %s", name, bill_status_text(status));
    }
    *out = zone;
    return BILL_OK;
}

void bill_zone_free(bill_zone *zone)
{
    if (!zone)
        return;
    bill_free(zone->changes);
    bill_free(zone->offsets);
    bill_free(zone);
}

const char *bill_zone_name(const bill_zone *zone)
{
    return zone->name;
}

/* ---- lookup ---- */

static int64_t days_of(int year, int month, int day)
{
    bill_date date = {year, month, day, 0, 0, 0, 0};
    return bill_time_of_date(&date) / BILL_SECOND / DAY_SECONDS;
}

/* Local seconds since 1970 at which a rule strikes in a year. */
static int64_t strikes(const rule *r, int year)
{
    int64_t first = days_of(year, r->month, 1);
    int64_t next = days_of(year + r->month / 12, r->month % 12 + 1, 1);
    int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int64_t day = first + (r->weekday - weekday + 7) % 7 + 7 * (r->week - 1);
    while (day >= next)
        day -= 7;
    return day * DAY_SECONDS + r->seconds;
}

static int32_t by_rule(const bill_zone *zone, int64_t seconds)
{
    if (!zone->has_summer)
        return zone->standard;
    int year = bill_date_of_time((seconds + zone->standard) * BILL_SECOND).year;
    int64_t start = strikes(&zone->to_summer, year) - zone->standard;
    int64_t end = strikes(&zone->to_standard, year) - zone->summer;
    bool summer = start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end;
    return summer ? zone->summer : zone->standard;
}

int32_t bill_zone_offset(const bill_zone *zone, bill_time time)
{
    int64_t seconds = time / BILL_SECOND - (time % BILL_SECOND < 0);
    size_t low = 0, high = zone->count;
    if (zone->count == 0 || seconds >= zone->changes[zone->count - 1])
        return by_rule(zone, seconds);
    while (low < high) { /* the first change after the instant */
        size_t middle = (low + high) / 2;
        if (zone->changes[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? zone->first : zone->offsets[low - 1];
}

bill_time bill_zone_to_utc(const bill_zone *zone, const bill_date *local)
{
    bill_time wall = bill_time_of_date(local);
    /* offsets stay within a day: those just before and after bracket the answer */
    int32_t before = bill_zone_offset(zone, wall - DAY_SECONDS * BILL_SECOND);
    int32_t after = bill_zone_offset(zone, wall + DAY_SECONDS * BILL_SECOND);
    bill_time early = wall - (before > after ? before : after) * BILL_SECOND;
    bill_time late = wall - (before > after ? after : before) * BILL_SECOND;
    if (early + bill_zone_offset(zone, early) * BILL_SECOND >= wall)
        return early;
    while (late - early > 1) { /* inside a gap: bisect for its end */
        bill_time middle = early + (late - early) / 2;
        if (middle + bill_zone_offset(zone, middle) * BILL_SECOND >= wall)
            late = middle;
        else
            early = middle;
    }
    return late;
}
