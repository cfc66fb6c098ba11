/* sha256.c - the compression function of FIPS 180-4, block by block. */
#include "base/sha256.h"

#include <string.h>

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static inline uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* One of the 64 rounds. The letters of the standard move by renaming: the
 * caller turns them, so that they stay in registers. */
static inline void one_round(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g,
                             uint32_t *h, uint32_t input)
{
    uint32_t t = *h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + input;
    *d += t;
    *h = t + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));
}

static void expand(uint32_t w[64], const unsigned char *block)
{
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
               block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] =
            w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

static void compress(bill_sha256 *hash, const unsigned char *block)
{
    uint32_t w[64], *s = hash->state;
    uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    expand(w, block);
    for (int i = 0; i < 64; i += 8) {
        const uint32_t *k = constants + i, *in = w + i;
        one_round(a, b, c, &d, e, f, g, &h, k[0] + in[0]);
        one_round(h, a, b, &c, d, e, f, &g, k[1] + in[1]);
        one_round(g, h, a, &b, c, d, e, &f, k[2] + in[2]);
        one_round(f, g, h, &a, b, c, d, &e, k[3] + in[3]);
        one_round(e, f, g, &h, a, b, c, &d, k[4] + in[4]);
        one_round(d, e, f, &g, h, a, b, &c, k[5] + in[5]);
        one_round(c, d, e, &f, g, h, a, &b, k[6] + in[6]);
        one_round(b, c, d, &e, f, g, h, &a, k[7] + in[7]);
    }
    const uint32_t added[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++)
        s[i] += added[i];
}

void bill_sha256_init(bill_sha256 *hash)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(hash->state, start, sizeof start);
    hash->length = 0;
}

void bill_sha256_add(bill_sha256 *hash, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    while (length > 0) {
        size_t used = (size_t)(hash->length % 64), take = 64 - used;
        if (used == 0 && length >= 64) { /* a whole block needs no copy */
            compress(hash, at);
            hash->length += 64;
            at += 64;
            length -= 64;
            continue;
        }
        if (take > length)
            take = length;
        memcpy(hash->block + used, at, take);
        hash->length += take;
        at += take;
        length -= take;
        if (used + take == 64)
            compress(hash, hash->block);
    }
}

void bill_sha256_hex(char out[BILL_HASH_TEXT], bill_sha256 *hash)
{
    static const char hex[] = "0123456789abcdef";
    static const unsigned char padding[64] = {0x80};
    uint64_t bits = hash->length * 8;
    unsigned char length[8];
    size_t used = (size_t)(hash->length % 64);
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    bill_sha256_add(hash, padding, used < 56 ? 56 - used : 120 - used);
    bill_sha256_add(hash, length, sizeof length);
    for (int i = 0; i < 8; i++)
        for (int digit = 0; digit < 8; digit++)
            out[8 * i + digit] = hex[hash->state[i] >> (28 - 4 * digit) & 15];
    out[64] = '\0';
}
