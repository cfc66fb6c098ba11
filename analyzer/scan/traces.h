/* traces.h - what the files about traces share (private to scan). */
#ifndef ML_SCAN_TRACES_H
#define ML_SCAN_TRACES_H
#include "shapes.h"

#include <ctype.h>

enum { ML_TRACE_HOST_MAX = 256 };

static inline bool ml_trace_is_label_byte(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static inline bool ml_trace_is_host_byte(char c)
{
    return ml_trace_is_label_byte(c) || c == '.';
}

/* Does a provider's host begin like this, and go on? */
bool ml_trace_begins_host(const ml_scan *scan, ml_str begun);
/* Does a text that was put together hold a host or port of a provider? */
bool ml_trace_holds_host(const ml_scan *scan, ml_str text);
/* Does a text become a host by itself: by decoding it, or because it ends in the middle of one? */
bool ml_trace_is_made(const ml_scan *scan, ml_str text);

/* \x6f, \u006f, \u{6f}: an escape of a byte that hosts, and names, are made of. */
bool ml_trace_is_host_escape(ml_str text, const ml_trigger_hit *hit);

#endif
