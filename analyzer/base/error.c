#include "ml/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

ml_status ml_fail(ml_error *error, ml_status status, const char *path, uint32_t line, const char *format, ...)
{
    va_list args;

    if (!error)
        return status;
    snprintf(error->path, sizeof error->path, "%s", path ? path : "");
    error->line = line;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return status;
}
