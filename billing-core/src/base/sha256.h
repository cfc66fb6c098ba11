/* sha256.h - SHA-256 (FIPS 180-4), for payload hashes and the journal's chain. */
#ifndef BILL_BASE_SHA256_H
#define BILL_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct bill_sha256 {
    uint32_t state[8];
    uint64_t length;
    unsigned char block[64];
} bill_sha256;

#define BILL_HASH_TEXT 65 /* 64 hexadecimal digits and the end */

void bill_sha256_init(bill_sha256 *hash);
void bill_sha256_add(bill_sha256 *hash, const void *bytes, size_t length);
void bill_sha256_hex(char out[BILL_HASH_TEXT], bill_sha256 *hash); /* ends it */

#endif
