/* token.c - JSON Web Tokens with HS256, and no others. */
#include "serve/token.h"

#include "billing/json.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string.h>
#include <strings.h>

#define HASH_BYTES 32

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* base64url without padding; bits left over must be zero, so that a token has
 * one spelling. Returns false also where it does not fit. */
static bool decode(unsigned char *out, size_t *out_length, size_t room, const char *text, size_t length)
{
    unsigned bits = 0, held = 0;
    size_t used = 0;
    if (length % 4 == 1)
        return false;
    for (size_t i = 0; i < length; i++) {
        int value = sextet(text[i]);
        if (value < 0)
            return false;
        bits = (bits << 6 | (unsigned)value) & 0xfff;
        held += 6;
        if (held < 8)
            continue;
        if (used == room)
            return false;
        held -= 8;
        out[used++] = (unsigned char)(bits >> held);
    }
    *out_length = used;
    return (bits & ((1u << held) - 1)) == 0;
}

static bool signature_holds(const bill_token_key *key, const char *token, size_t signed_length, const char *signature,
                            size_t length)
{
    unsigned char given[HASH_BYTES], made[EVP_MAX_MD_SIZE];
    size_t given_length;
    unsigned made_length = 0;
    if (!decode(given, &given_length, sizeof given, signature, length) || given_length != HASH_BYTES)
        return false;
    if (!HMAC(EVP_sha256(), key->secret, (int)key->length, (const unsigned char *)token, signed_length, made,
              &made_length) ||
        made_length != HASH_BYTES)
        return false;
    return CRYPTO_memcmp(given, made, HASH_BYTES) == 0;
}

/* A part of the token as a JSON object; NULL if it is none. */
static bill_json *part(const char *text, size_t length)
{
    unsigned char bytes[BILL_TOKEN_BYTES_MAX];
    size_t used;
    bill_json *json = NULL;
    if (!decode(bytes, &used, sizeof bytes, text, length) ||
        bill_json_parse(&json, (const char *)bytes, used, NULL) != BILL_OK)
        return NULL;
    if (bill_json_root(json)->kind == BILL_JSON_OBJECT)
        return json;
    bill_json_free(json);
    return NULL;
}

static const char *judge_header(const bill_json_node *header)
{
    const bill_json_node *typ = bill_json_get(header, "typ");
    const char *alg = bill_json_string(bill_json_get(header, "alg"));
    const char *name = bill_json_string(typ);
    if (!alg || strcmp(alg, "HS256") != 0)
        return "the algorithm is not HS256";
    if (typ && (!name || (strcasecmp(name, "JWT") != 0 && strcasecmp(name, "at+jwt") != 0)))
        return "the type is not JWT";
    if (bill_json_get(header, "crit"))
        return "critical extensions are not understood";
    return NULL;
}

/* Seconds since 1970, perhaps with a fraction, as an instant. */
static bool instant_of(bill_time *out, const bill_json_node *claim)
{
    bill_amount seconds;
    if (claim->kind != BILL_JSON_NUMBER || bill_json_amount(&seconds, claim) != BILL_OK)
        return false;
    bill_int128 micros = seconds.v / (BILL_ONE / BILL_SECOND);
    if (micros < 0 || micros > INT64_MAX / 2)
        return false;
    *out = (bill_time)micros;
    return true;
}

static const char *judge_times(const bill_json_node *claims, bill_time now)
{
    const bill_json_node *exp = bill_json_get(claims, "exp"), *nbf = bill_json_get(claims, "nbf");
    bill_time end, start = 0;
    if (!exp || !instant_of(&end, exp))
        return "no time of expiry";
    if (now - BILL_TOKEN_LEEWAY >= end)
        return "expired";
    if (nbf && !instant_of(&start, nbf))
        return "nbf is no time";
    if (now + BILL_TOKEN_LEEWAY < start)
        return "not valid yet";
    return NULL;
}

/* One text, or an array that holds it. */
static bool names(const bill_json_node *claim, const char *wanted)
{
    const char *text = bill_json_string(claim);
    if (text)
        return strcmp(text, wanted) == 0;
    for (const bill_json_node *item = claim && claim->kind == BILL_JSON_ARRAY ? claim->child : NULL; item;
         item = item->next)
        if ((text = bill_json_string(item)) && strcmp(text, wanted) == 0)
            return true;
    return false;
}

static const char *judge_subject(bill_caller *out, const bill_json_node *claims)
{
    const bill_json_node *sub = bill_json_get(claims, "sub"), *role = bill_json_get(claims, "role");
    const char *text = bill_json_string(sub), *word = bill_json_string(role);
    if (!text || sub->length == 0 || sub->length >= sizeof out->subject)
        return "no subject";
    for (size_t i = 0; i < sub->length; i++)
        if (text[i] < 0x21 || text[i] > 0x7e)
            return "the subject is not printable";
    if (role && !word)
        return "the role is not a text";
    memcpy(out->subject, text, sub->length + 1);
    out->user_id = 0;
    (void)bill_id_parse(&out->user_id, text, sub->length);
    out->kind = word && strcmp(word, "admin") == 0     ? BILL_CALLER_ADMIN
                : word && strcmp(word, "service") == 0 ? BILL_CALLER_SERVICE
                                                       : BILL_CALLER_USER;
    return NULL;
}

static const char *judge(bill_caller *out, const bill_token_key *key, const bill_json_node *header,
                         const bill_json_node *claims, bill_time now)
{
    const char *why = judge_header(header);
    if (!why)
        why = judge_times(claims, now);
    if (!why && key->issuer && !names(bill_json_get(claims, "iss"), key->issuer))
        why = "another issuer";
    if (!why && key->audience && !names(bill_json_get(claims, "aud"), key->audience))
        why = "for another audience";
    return why ? why : judge_subject(out, claims);
}

bool bill_token_check(bill_caller *out, const char **why, const bill_token_key *key, const char *token, size_t length,
                      bill_time now)
{
    bill_caller caller = {0};
    const char *first = length <= BILL_TOKEN_BYTES_MAX ? memchr(token, '.', length) : NULL;
    const char *claims = first ? first + 1 : NULL;
    const char *second = claims ? memchr(claims, '.', length - (size_t)(claims - token)) : NULL;
    *why = "not a token of three parts";
    if (!second || memchr(second + 1, '.', length - (size_t)(second + 1 - token)))
        return false;
    *why = "the signature is wrong";
    if (!signature_holds(key, token, (size_t)(second - token), second + 1, length - (size_t)(second + 1 - token)))
        return false;
    *why = "not JSON";
    bill_json *head = part(token, (size_t)(first - token)), *body = part(claims, (size_t)(second - claims));
    if (head && body)
        *why = judge(&caller, key, bill_json_root(head), bill_json_root(body), now);
    bill_json_free(head);
    bill_json_free(body);
    if (*why)
        return false;
    *out = caller;
    return true;
}

bool bill_id_parse(int64_t *out, const char *text, size_t length)
{
    int64_t value = 0;
    if (length == 0 || text[0] == '0')
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, text[i] - '0', &value))
            return false;
    *out = value;
    return true;
}
