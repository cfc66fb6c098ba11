/* base_test.c - the small things under everything: SHA-256 against its
 * published vectors, JSON, times, zones against the C library, addresses. */
#include "base/sha256.h"
#include "base/text.h"
#include "billing/json.h"
#include "billing/time.h"
#include "check.h"
#include "store/address.h"

#include <time.h>

static void hashes(void **state)
{
    static const struct {
        const char *text, *hex;
    } rows[] = {
        {"",                                                         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc",                                                      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"                                                            },
    };
    char hex[BILL_HASH_TEXT];
    bill_sha256 hash;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t cut = 0; cut <= strlen(rows[i].text); cut++) {
            bill_sha256_init(&hash);
            bill_sha256_add(&hash, rows[i].text, cut);
            bill_sha256_add(&hash, rows[i].text + cut, strlen(rows[i].text) - cut);
            bill_sha256_hex(hex, &hash);
            assert_string_equal(hex, rows[i].hex);
        }
    bill_sha256_init(&hash);
    for (int i = 0; i < 1000000; i++)
        bill_sha256_add(&hash, "a", 1);
    bill_sha256_hex(hex, &hash);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void json_values(void **state)
{
    static const char text[] =
        " {\"a\": [1, 2.50, -3e2, true, null], \"b\":{\"c\":\"x\\n\\u4f60\\ud83d\\ude00\"}, \"n\":12 } ";
    bill_json *json;
    int64_t n = -7;
    bill_amount amount_of;
    (void)state;
    assert_int_equal(bill_json_parse(&json, text, strlen(text), NULL), BILL_OK);
    const bill_json_node *root = bill_json_root(json), *list = bill_json_get(root, "a");
    assert_int_equal(list->kind, BILL_JSON_ARRAY);
    assert_string_equal(list->child->next->text, "2.50"); /* as written */
    assert_int_equal(bill_json_amount(&amount_of, list->child->next), BILL_OK);
    assert_int_equal(bill_amount_cmp(amount_of, amount("2.5")), 0);
    assert_int_equal(bill_json_amount(&amount_of, list->child->next->next), BILL_OK);
    assert_int_equal(bill_amount_cmp(amount_of, amount("-300")), 0);
    assert_string_equal(bill_json_string(bill_json_at(root, "b.c")), "x\n你\xf0\x9f\x98\x80");
    assert_int_equal(bill_json_int(&n, bill_json_get(root, "n")), BILL_OK);
    assert_int_equal(n, 12);
    assert_int_equal(bill_json_int(&n, bill_json_get(root, "none")), BILL_ENOTFOUND);
    assert_int_equal(bill_json_int(&n, list->child->next), BILL_EINVAL);
    assert_null(bill_json_at(root, "a.b"));
    bill_json_free(json);
}

static void json_refused(void **state)
{
    static const char *const bad[] = {
        "",         "{",       "[1,]",        "{\"a\":1,}",  "{\"a\":1,\"a\":2}",
        "{a:1}",    "01",      "1.",          ".5",          "+1",
        "nul",      "\"\\x\"", "\"\\ud800\"", "\"\\u0000\"", "\"a",
        "\"\x80\"", "\"\t\"",  "1 2",         "[1}",         "{\"a\" 1}",
        "-",        "1e",      "[",           "]",
    };
    char deep[3000];
    bill_json *json;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_CASE(bad[i], bill_json_parse(&json, bad[i], strlen(bad[i]), NULL) == BILL_EINVAL);
    memset(deep, '[', sizeof deep);
    assert_int_equal(bill_json_parse(&json, deep, sizeof deep, NULL), BILL_ERANGE);
}

static void times(void **state)
{
    static const struct {
        const char *text, *printed; /* NULL: refused */
    } rows[] = {
        {"2025-01-21",                     "2025-01-21 00:00:00.000000"},
        {"2025-01-21 10:00",               "2025-01-21 10:00:00.000000"},
        {"2025-01-21T10:00:00.123456789Z", "2025-01-21 10:00:00.123456"},
        {"2025-01-21T00:30:00+08:00",      "2025-01-20 16:30:00.000000"},
        {"2025-01-21T20:00:00-05:30",      "2025-01-22 01:30:00.000000"},
        {"2024-02-29",                     "2024-02-29 00:00:00.000000"},
        {"1969-12-31 23:59:59.999999",     "1969-12-31 23:59:59.999999"},
        {"0001-01-01",                     "0001-01-01 00:00:00.000000"},
        {"9999-12-31 23:59:59",            "9999-12-31 23:59:59.000000"},
        {"2025-02-29",                     NULL                        },
        {"1900-02-29",                     NULL                        },
        {"2025-13-01",                     NULL                        },
        {"2025-00-01",                     NULL                        },
        {"2025-01-32",                     NULL                        },
        {"2025-1-1",                       NULL                        },
        {"2025-01-21 24:00",               NULL                        },
        {"2025-01-21 10:60",               NULL                        },
        {"2025-01-21 10:00x",              NULL                        },
        {"2025-01-21 10:00:00.",           NULL                        },
        {"",                               NULL                        },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bill_time t;
        char printed[BILL_TIME_TEXT];
        bill_status status = bill_time_parse(&t, rows[i].text, strlen(rows[i].text));
        CHECK_CASE(rows[i].text, (status == BILL_OK) == (rows[i].printed != NULL));
        if (status != BILL_OK)
            continue;
        bill_time_print(printed, t);
        CHECK_CASE(rows[i].text, strcmp(printed, rows[i].printed) == 0);
    }
}

/* Offsets at random instants are the C library's, in zones of every habit. */
static void zones_as_the_c_library(void **state)
{
    static const char *const names[] = {
        "Asia/Shanghai",  "Europe/Berlin",    "America/New_York",  "Australia/Lord_Howe", "Pacific/Apia",
        "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca", "America/Sao_Paulo",   "UTC"};
    uint64_t seed = 99;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bill_zone *zone;
        assert_int_equal(bill_zone_load(&zone, names[i], NULL), BILL_OK);
        (void)setenv("TZ", names[i], 1);
        tzset();
        for (int n = 0; n < 4000; n++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            /* 1972 to 2100 */
            time_t at = 63072000 + (time_t)((seed >> 20) % 4039372800u);
            struct tm local;
            (void)localtime_r(&at, &local);
            if (bill_zone_offset(zone, (bill_time)at * BILL_SECOND) != local.tm_gmtoff)
                fail_msg("%s at %lld: %d, the C library says %ld", names[i], (long long)at,
                         bill_zone_offset(zone, (bill_time)at * BILL_SECOND), local.tm_gmtoff);
            /* and back: the first instant with that local time */
            bill_date date = bill_date_of_time(((bill_time)at + local.tm_gmtoff) * BILL_SECOND);
            bill_time back = bill_zone_to_utc(zone, &date);
            if (back > (bill_time)at * BILL_SECOND || (bill_time)at * BILL_SECOND - back > 24 * 3600 * BILL_SECOND)
                fail_msg("%s at %lld does not come back", names[i], (long long)at);
        }
        bill_zone_free(zone);
    }
}

static void zones_by_offset_and_name(void **state)
{
    bill_zone *zone;
    (void)state;
    assert_int_equal(bill_zone_load(&zone, "+05:45", NULL), BILL_OK);
    assert_int_equal(bill_zone_offset(zone, 0), 20700);
    bill_zone_free(zone);
    assert_int_equal(bill_zone_load(&zone, "Atlantis/Capital", NULL), BILL_ENOTFOUND);
    assert_int_equal(bill_zone_load(&zone, "../etc/passwd", NULL), BILL_EINVAL);
    assert_int_equal(bill_zone_load(&zone, "/etc/passwd", NULL), BILL_EINVAL);
    assert_int_equal(bill_zone_load(&zone, "", NULL), BILL_EINVAL);
}

static void cycles(void **state)
{
    bill_zone *zone;
    bill_time start, end, first;
    char cycle[BILL_CYCLE_TEXT];
    (void)state;
    assert_int_equal(bill_zone_load(&zone, "Europe/Berlin", NULL), BILL_OK);
    assert_int_equal(bill_cycle_range(&start, &end, zone, "2025-03"), BILL_OK);
    assert_int_equal(bill_time_parse(&first, "2025-02-28 23:00:00", 19), BILL_OK);
    assert_int_equal(start, first);
    assert_int_equal(end - start, (31 * 24 - 1) * 3600 * BILL_SECOND); /* an hour is missing */
    assert_int_equal(bill_cycle_of(cycle, zone, end - 1), BILL_OK);
    assert_string_equal(cycle, "2025-03");
    assert_int_equal(bill_cycle_of(cycle, zone, end), BILL_OK);
    assert_string_equal(cycle, "2025-04");
    assert_int_equal(bill_day_range(&start, &end, zone, "2025-10-26", 10), BILL_OK);
    assert_int_equal(end - start, 25 * 3600 * BILL_SECOND);
    assert_int_equal(bill_cycle_next(cycle, "2025-12"), BILL_OK);
    assert_string_equal(cycle, "2026-01");
    assert_false(bill_cycle_valid("2025-13", 7));
    assert_false(bill_cycle_valid("2025-1", 6));
    assert_false(bill_cycle_valid("2025-01x", 8));
    bill_zone_free(zone);
}

static void whole_numbers(void **state)
{
    int64_t n;
    (void)state;
    assert_int_equal(bill_parse_int(&n, "9223372036854775807", 19), BILL_OK);
    assert_true(n == INT64_MAX);
    assert_int_equal(bill_parse_int(&n, "-9223372036854775808", 20), BILL_OK);
    assert_true(n == INT64_MIN);
    assert_int_equal(bill_parse_int(&n, "9223372036854775808", 19), BILL_ERANGE);
    assert_int_equal(bill_parse_int(&n, "1e3", 3), BILL_EINVAL);
    assert_int_equal(bill_parse_int(&n, "-", 1), BILL_EINVAL);
}

static void addresses(void **state)
{
    bill_address a;
    (void)state;
    const char *full = "mariadb://bill:p%40ss@db.example:3307/bills?socket=%2Frun%2Fs&x=1";
    assert_int_equal(bill_address_parse(&a, full, NULL), BILL_OK);
    assert_string_equal(a.user, "bill");
    assert_string_equal(a.password, "p@ss");
    assert_string_equal(a.host, "db.example");
    assert_int_equal(a.port, 3307);
    assert_string_equal(a.database, "bills");
    assert_string_equal(bill_address_option(&a, "socket"), "/run/s");
    assert_null(bill_address_option(&a, "y"));
    assert_int_equal(bill_address_parse(&a, "mariadb:///only?socket=/s", NULL), BILL_OK);
    assert_string_equal(a.database, "only");
    assert_int_equal(bill_address_parse(&a, "mariadb://h:99999/d", NULL), BILL_EINVAL);
    assert_int_equal(bill_address_parse(&a, "mariadb://h/d?novalue", NULL), BILL_EINVAL);
    assert_int_equal(bill_address_parse(&a, "mariadb://h/%zz", NULL), BILL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes),
        cmocka_unit_test(json_values),
        cmocka_unit_test(json_refused),
        cmocka_unit_test(times),
        cmocka_unit_test(zones_as_the_c_library),
        cmocka_unit_test(zones_by_offset_and_name),
        cmocka_unit_test(cycles),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests_name("billing base", tests, NULL, NULL);
}
