/* status.h - what every libbilling call answers, and the words for it.
 *
 * A call either does all it promises and returns BILL_OK, or changes nothing
 * and returns one of the others. libbilling never exits and never prints. */
#ifndef BILLING_STATUS_H
#define BILLING_STATUS_H

typedef enum bill_status {
    BILL_OK = 0,
    BILL_EINVAL,      /* malformed or negative input */
    BILL_ERANGE,      /* the result does not fit; nothing was wrapped or clamped */
    BILL_EINEXACT,    /* a digit would be lost and the rounding named was "exact" */
    BILL_ENOMEM,      /* an allocation failed */
    BILL_ENOTFOUND,   /* no such row, model, price or name */
    BILL_ECONFLICT,   /* the key is known with another content */
    BILL_ESTATE,      /* the transition is not in the state machine */
    BILL_EUNPRICED,   /* no price was in force at the time of the call */
    BILL_EOVERLAP,    /* two price versions would be in force at once */
    BILL_EBUSY,       /* the store is locked or chose this transaction as victim; safe to retry */
    BILL_EIO,         /* the store failed or is gone */
    BILL_ECORRUPT,    /* stored data contradicts itself (broken chain, bad digits) */
    BILL_ECLOSED,     /* the period is closed */
    BILL_EUNSUPPORTED /* this build or this store can not do it */
} bill_status;

/* A short sentence in English, never NULL. */
const char *bill_status_text(bill_status status);

/* Details of a failure. The caller owns it; calls that take one fill it on
 * failure and leave it alone on success. NULL is accepted everywhere. */
typedef struct bill_error {
    bill_status status;
    char text[256];
} bill_error;

/* Fills *error (if any) with a formatted sentence and returns `status`. */
bill_status bill_error_set(bill_error *error, bill_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
