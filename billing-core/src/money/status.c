/* status.c - words for status codes; filling the caller's error. */
#include "billing/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *bill_status_text(bill_status status)
{
    switch (status) {
    case BILL_OK: return "done";
    case BILL_EINVAL: return "invalid value";
    case BILL_ERANGE: return "value out of range";
    case BILL_EINEXACT: return "the value would lose digits";
    case BILL_ENOMEM: return "out of memory";
    case BILL_ENOTFOUND: return "not found";
    case BILL_ECONFLICT: return "the key exists with another content";
    case BILL_ESTATE: return "this change of status is not allowed";
    case BILL_EUNPRICED: return "no price was in force at that time";
    case BILL_EOVERLAP: return "price versions overlap";
    case BILL_EBUSY: return "the store is busy, try again";
    case BILL_EIO: return "the store failed";
    case BILL_ECORRUPT: return "stored data contradicts itself";
    case BILL_ECLOSED: return "the period is closed";
    case BILL_EUNSUPPORTED: return "not supported here";
    }
    return "unknown status";
}

bill_status bill_error_set(bill_error *error, bill_status status, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        error->status = status;
        (void)vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
    }
    return status;
}
