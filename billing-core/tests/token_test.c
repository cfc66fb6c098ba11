/* token_test.c - tokens that must be refused, and their near misses that must not. */
#include "http.h"

#include "serve/token.h"

#include <unistd.h>

#define NOW  INT64_C(1737424800) /* 2025-01-21 02:00 UTC */
#define HEAD "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define MORE ",\"sub\":\"7\"}"
#define GOOD "{\"exp\":1737424900" MORE

/* Aligned by hand: the formatter of Debian 12 fails on this table. */
/* clang-format off */
static const struct {
    const char *name, *header, *claims;
    unsigned kind; /* 0: refused */
    int64_t user;
} cases[] = {
    {"an honest one",                   HEAD,                                              GOOD,                                                   BILL_CALLER_USER,    7},
    {"without a type",                  "{\"alg\":\"HS256\"}",                             GOOD,                                                   BILL_CALLER_USER,    7},
    {"type in small letters",           "{\"alg\":\"HS256\",\"typ\":\"jwt\"}",             GOOD,                                                   BILL_CALLER_USER,    7},
    {"type of an access token",         "{\"alg\":\"HS256\",\"typ\":\"at+JWT\"}",          GOOD,                                                   BILL_CALLER_USER,    7},
    {"an admin",                        HEAD,                                              "{\"role\":\"admin\",\"exp\":1737424900" MORE,          BILL_CALLER_ADMIN,   7},
    {"a service by name",               HEAD,                                              "{\"role\":\"service\",\"exp\":1737424900,\"sub\":\"gateway\"}", BILL_CALLER_SERVICE, 0},
    {"another role is a user",          HEAD,                                              "{\"role\":\"Admin\",\"exp\":1737424900" MORE,          BILL_CALLER_USER,    7},
    {"fraction of a second",            HEAD,                                              "{\"exp\":1737424900.5" MORE,                           BILL_CALLER_USER,    7},
    {"expired within the leeway",       HEAD,                                              "{\"exp\":1737424771" MORE,                             BILL_CALLER_USER,    7},
    {"begins within the leeway",        HEAD,                                              "{\"nbf\":1737424830,\"exp\":1737424900" MORE,          BILL_CALLER_USER,    7},
    {"leading zero is no user",         HEAD,                                              "{\"exp\":1737424900,\"sub\":\"07\"}",                  BILL_CALLER_USER,    0},
    {"sign is no user",                 HEAD,                                              "{\"exp\":1737424900,\"sub\":\"+7\"}",                  BILL_CALLER_USER,    0},
    {"algorithm none",                  "{\"alg\":\"none\"}",                              GOOD,                                                   0,                   0},
    {"algorithm nOnE",                  "{\"alg\":\"nOnE\"}",                              GOOD,                                                   0,                   0},
    {"algorithm empty",                 "{\"alg\":\"\"}",                                  GOOD,                                                   0,                   0},
    {"no algorithm",                    "{\"typ\":\"JWT\"}",                               GOOD,                                                   0,                   0},
    {"algorithm null",                  "{\"alg\":null}",                                  GOOD,                                                   0,                   0},
    {"algorithm in an array",           "{\"alg\":[\"HS256\"]}",                           GOOD,                                                   0,                   0},
    {"RS256 over an HMAC",              "{\"alg\":\"RS256\"}",                             GOOD,                                                   0,                   0},
    {"ES256 over an HMAC",              "{\"alg\":\"ES256\"}",                             GOOD,                                                   0,                   0},
    {"HS512 by name only",              "{\"alg\":\"HS512\"}",                             GOOD,                                                   0,                   0},
    {"hs256 in small letters",          "{\"alg\":\"hs256\"}",                             GOOD,                                                   0,                   0},
    {"algorithm given twice",           "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",           GOOD,                                                   0,                   0},
    {"another type",                    "{\"alg\":\"HS256\",\"typ\":\"JWE\"}",             GOOD,                                                   0,                   0},
    {"type a number",                   "{\"alg\":\"HS256\",\"typ\":1}",                   GOOD,                                                   0,                   0},
    {"critical extension",              "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}", GOOD,                                              0,                   0},
    {"header no object",                "[]",                                              GOOD,                                                   0,                   0},
    {"header no JSON",                  "HS256",                                           GOOD,                                                   0,                   0},
    {"claims no object",                HEAD,                                              "\"sub\"",                                              0,                   0},
    {"claims empty",                    HEAD,                                              "",                                                     0,                   0},
    {"text after the claims",           HEAD,                                              GOOD "x",                                               0,                   0},
    {"subject given twice",             HEAD,                                              "{\"exp\":1737424900,\"sub\":\"1\"" MORE,               0,                   0},
    {"no expiry",                       HEAD,                                              "{\"sub\":\"7\"}",                                      0,                   0},
    {"expiry null",                     HEAD,                                              "{\"exp\":null" MORE,                                   0,                   0},
    {"expiry a text",                   HEAD,                                              "{\"exp\":\"1737424900\"" MORE,                         0,                   0},
    {"expiry negative",                 HEAD,                                              "{\"exp\":-1" MORE,                                     0,                   0},
    {"expiry beyond all clocks",        HEAD,                                              "{\"exp\":99999999999999999999999999" MORE,             0,                   0},
    {"expired",                         HEAD,                                              "{\"exp\":1737424770" MORE,                             0,                   0},
    {"not valid yet",                   HEAD,                                              "{\"nbf\":1737424831,\"exp\":1737424900" MORE,          0,                   0},
    {"beginning a text",                HEAD,                                              "{\"nbf\":\"0\",\"exp\":1737424900" MORE,               0,                   0},
    {"no subject",                      HEAD,                                              "{\"exp\":1737424900}",                                 0,                   0},
    {"subject empty",                   HEAD,                                              "{\"exp\":1737424900,\"sub\":\"\"}",                    0,                   0},
    {"subject a number",                HEAD,                                              "{\"exp\":1737424900,\"sub\":7}",                       0,                   0},
    {"subject with a line break",       HEAD,                                              "{\"exp\":1737424900,\"sub\":\"7\\n\"}",                0,                   0},
    {"subject of 65 characters",        HEAD,                                              "{\"exp\":1737424900,\"sub\":\"12345678901234567890123456789012345678901234567890123456789012345\"}", 0, 0},
    {"role an array",                   HEAD,                                              "{\"role\":[\"admin\"],\"exp\":1737424900" MORE,        0,                   0},
};
/* clang-format on */

static bill_token_key key(const char *issuer, const char *audience)
{
    bill_token_key out = {.length = strlen(HTTP_SECRET), .issuer = issuer, .audience = audience};
    memcpy(out.secret, HTTP_SECRET, out.length);
    return out;
}

static bool check(bill_caller *out, const bill_token_key *k, const char *token)
{
    const char *why = NULL;
    bool good = bill_token_check(out, &why, k, token, strlen(token), NOW * BILL_SECOND);
    assert_true(good == (why == NULL)); /* a refusal has a reason */
    return good;
}

static void what_a_token_says(void **state)
{
    bill_token_key k = key(NULL, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        http_token token;
        bill_caller caller = {.kind = 99};
        http_sign(token, cases[i].header, cases[i].claims, HTTP_SECRET);
        bool good = check(&caller, &k, token);
        CHECK_CASE(cases[i].name, good == (cases[i].kind != 0));
        CHECK_CASE(cases[i].name, caller.kind == (good ? cases[i].kind : 99));
        CHECK_CASE(cases[i].name, !good || caller.user_id == cases[i].user);
    }
}

/* Every change of one character, and of the parts, breaks it. */
static void what_a_signature_holds_together(void **state)
{
    bill_token_key k = key(NULL, NULL), other = k;
    bill_caller caller;
    http_token token, changed;
    (void)state;
    http_sign(token, HEAD, GOOD, HTTP_SECRET);
    assert_true(check(&caller, &k, token));
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    for (size_t i = 0; token[i]; i++) {
        memcpy(changed, token, sizeof changed);
        for (const char *digit = digits; *digit; digit++) {
            changed[i] = *digit;
            if (*digit != token[i] && check(&caller, &k, changed))
                fail_msg("character %zu may be %c", i, *digit);
        }
        changed[i] = '\0';
        if (check(&caller, &k, changed))
            fail_msg("the first %zu characters will do", i);
    }
    static const char *const tails[] = {"=", "A", "AAAA", ".", ".AAAA", " ", "\n"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        (void)snprintf(changed, sizeof changed, "%.4000s%s", token, tails[i]);
        CHECK_CASE(tails[i], !check(&caller, &k, changed));
    }
    memcpy(changed, token, sizeof changed);
    *strrchr(changed, '.') = '\0';
    assert_false(check(&caller, &k, changed)); /* two parts */
    *strchr(changed, '\0') = '.';              /* where the signature's first digit stood */
    changed[(strrchr(token, '.') - token) + 1] = '\0';
    assert_false(check(&caller, &k, changed)); /* an empty signature */
    other.secret[0] ^= 1;
    assert_false(check(&caller, &other, token));
    other = k;
    other.length--;
    assert_false(check(&caller, &other, token));
}

static void who_and_for_whom(void **state)
{
    static const struct {
        const char *name, *claims, *issuer, *audience;
        bool good;
    } rows[] = {
        {"issuer named",          "{\"iss\":\"app\",\"exp\":1737424900" MORE,                  "app", NULL,   true },
        {"another issuer",        "{\"iss\":\"apps\",\"exp\":1737424900" MORE,                 "app", NULL,   false},
        {"no issuer",             GOOD,                                                        "app", NULL,   false},
        {"audience named",        "{\"aud\":\"bill\",\"exp\":1737424900" MORE,                 NULL,  "bill", true },
        {"one of its audiences",  "{\"aud\":[\"x\",\"bill\"],\"exp\":1737424900" MORE,         NULL,  "bill", true },
        {"none of its audiences", "{\"aud\":[\"x\",1],\"exp\":1737424900" MORE,                NULL,  "bill", false},
        {"no audience",           GOOD,                                                        NULL,  "bill", false},
        {"both",                  "{\"iss\":\"app\",\"aud\":\"bill\",\"exp\":1737424900" MORE, "app", "bill", true },
        {"not asked for",         "{\"iss\":\"app\",\"aud\":\"bill\",\"exp\":1737424900" MORE, NULL,  NULL,   true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bill_token_key k = key(rows[i].issuer, rows[i].audience);
        bill_caller caller;
        http_token token;
        http_sign(token, HEAD, rows[i].claims, HTTP_SECRET);
        CHECK_CASE(rows[i].name, check(&caller, &k, token) == rows[i].good);
    }
}

static void long_tokens(void **state)
{
    bill_token_key k = key(NULL, NULL);
    char claims[5000];
    (void)state;
    for (int filler = 2000; filler <= 3000; filler += 1000) {
        bill_caller caller;
        http_token token;
        (void)snprintf(claims, sizeof claims, "{\"x\":\"%0*d\",\"exp\":1737424900" MORE, filler, 0);
        http_sign(token, HEAD, claims, HTTP_SECRET);
        assert_int_equal(check(&caller, &k, token), strlen(token) <= BILL_TOKEN_BYTES_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_token_says),
        cmocka_unit_test(what_a_signature_holds_together),
        cmocka_unit_test(who_and_for_whom),
        cmocka_unit_test(long_tokens),
    };
    return cmocka_run_group_tests_name("billing tokens", tests, NULL, NULL);
}
