/* address.h - "scheme://user:password@host:port/database?name=value&..." */
#ifndef BILL_STORE_ADDRESS_H
#define BILL_STORE_ADDRESS_H

#include "billing/status.h"

#define BILL_ADDRESS_OPTIONS 8

typedef struct bill_address {
    char user[65], password[129], host[129], database[65];
    int port;
    int option_count;
    struct {
        char name[33], value[161];
    } options[BILL_ADDRESS_OPTIONS];
} bill_address;

/* Percent escapes are decoded in all parts. */
bill_status bill_address_parse(bill_address *out, const char *address, bill_error *error);
const char *bill_address_option(const bill_address *address, const char *name); /* NULL without */

#endif
