/* error.h - expected failures: a status, and a description the caller owns. */
#ifndef ML_ERROR_H
#define ML_ERROR_H
#include <stdint.h>

typedef enum ml_status {
    ML_OK,
    ML_EUSAGE, /* a command line that says nothing we know */
    ML_ENOTFOUND,
    ML_EIO,     /* reading or writing failed */
    ML_ESYNTAX, /* a configuration or catalogue file does not parse */
    ML_EVALUE,  /* it parses, but a value is not allowed */
    ML_ELIMIT   /* a stated bound was reached */
} ml_status;

typedef struct ml_error {
    char path[512]; /* empty when no file is meant; cut when longer */
    uint32_t line;  /* 1-based, 0 when unknown */
    char text[512];
} ml_error;

/* Fills *error (which may be NULL) and returns status: return ml_fail(error, ...). */
__attribute__((format(printf, 5, 6))) ml_status ml_fail(ml_error *error, ml_status status, const char *path,
                                                        uint32_t line, const char *format, ...);

#endif
