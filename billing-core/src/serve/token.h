/* token.h - who a caller is: a JSON Web Token, checked against one secret.
 *
 * One algorithm, HS256, decided here and not by the token. Nothing of a token
 * is believed before its signature was found right. */
#ifndef BILL_SERVE_TOKEN_H
#define BILL_SERVE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "billing/time.h"

#define BILL_TOKEN_SECRET_MIN 32 /* as long as the hash: a shorter one can be guessed */
#define BILL_TOKEN_SECRET_MAX 512
#define BILL_TOKEN_BYTES_MAX  4096
#define BILL_TOKEN_LEEWAY     (30 * BILL_SECOND) /* clocks of two machines differ */

typedef struct bill_token_key {
    unsigned char secret[BILL_TOKEN_SECRET_MAX];
    size_t length;
    const char *issuer, *audience; /* NULL: not asked for */
} bill_token_key;

/* What a caller may be; routes name a set of these. */
enum { BILL_CALLER_USER = 1, BILL_CALLER_SERVICE = 2, BILL_CALLER_ADMIN = 4 };

typedef struct bill_caller {
    unsigned kind;
    char subject[65];
    int64_t user_id; /* the subject, if it is a number above 0; else 0 */
} bill_caller;

/* False, with the reason in *why, for a token that is malformed, signed by
 * another key or algorithm, expired, not valid yet, or without what is
 * demanded: exp, a subject of 1 to 64 printable characters, and the issuer and
 * audience of the key. A role other than admin and service is a user. */
bool bill_token_check(bill_caller *out, const char **why, const bill_token_key *key, const char *token, size_t length,
                      bill_time now);

/* A number above 0 in plain digits, as the API's paths have it. */
bool bill_id_parse(int64_t *out, const char *text, size_t length);

#endif
