/* cost_test.c - the four formulas: the specification's numbers, limits, and
 * that splitting a call does not change its price. */
#include "billing/cost.h"
#include "billing/mapping.h"
#include "check.h"

static const bill_amount untouched = {-12345};

static void tokens(void **state)
{
    static const struct {
        const char *name;
        bill_token_usage usage;
        const char *input, *output;
        bill_status status;
        const char *cost;
    } cases[] = {
        {"spec: 0.00125 USD",           {1000, 500},            "0.0000005",  "0.0000015",             BILL_OK,     "0.00125"                                 },
        {"nothing used",                {0, 0},                 "0.0000005",  "0.0000015",             BILL_OK,     "0"                                       },
        {"free model",                  {1000, 500},            "0",          "0",                     BILL_OK,     "0"                                       },
        {"more than 32 bits of tokens", {3000000000, 0},        "0.000001",   "0",                     BILL_OK,     "3000"                                    },
        {"negative input",              {-1, 0},                "0.0000005",  "0.0000015",             BILL_EINVAL, NULL                                      },
        {"negative output",             {0, -1},                "0.0000005",  "0.0000015",             BILL_EINVAL, NULL                                      },
        {"negative price",              {1, 1},                 "-0.0000005", "0.0000015",             BILL_EINVAL, NULL                                      },
        {"overflow refused",            {INT64_MAX, 0},         "100000000",  "0",                     BILL_ERANGE, NULL                                      },
        {"overflow of the sum",         {INT64_MAX, INT64_MAX}, "10000000",   "10000000",              BILL_ERANGE, NULL                                      },
        {"the largest short numbers",
         {INT64_MAX, INT64_MAX},
         "9223372.036854775807",                                              "9223372.036854775807",
         BILL_OK,                                                                                                   "170141183460469231694793815.568465002498"},
        {"a price past 63 bits",
         {5, 7},
         "9223372.036854775808",                                              "9223372.036854775807",
         BILL_OK,                                                                                                   "110680464.442257309689"                  },
        {"two past 63 bits",
         {INT64_MAX, 0},
         "9223372.036854775808",                                              "18446744.073709551616",
         BILL_OK,                                                                                                   "85070591730234615856620279.821087277056" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bill_amount cost = untouched;
        bill_token_price price = {amount(cases[i].input), amount(cases[i].output)};
        CHECK_CASE(cases[i].name, bill_cost_tokens(&cost, cases[i].usage, price) == cases[i].status);
        CHECK_CASE(cases[i].name, cost.v == (cases[i].cost ? amount(cases[i].cost).v : untouched.v));
    }
}

static void units(void **state)
{
    bill_amount cost = untouched;
    (void)state;
    assert_int_equal(bill_cost_characters(&cost, 500, amount("0.000001")), BILL_OK);
    assert_true(cost.v == amount("0.0005").v); /* the specification's speech */
    assert_int_equal(bill_cost_images(&cost, 1, amount("0.01")), BILL_OK);
    assert_true(cost.v == amount("0.01").v); /* its image */
    assert_int_equal(bill_cost_seconds(&cost, amount("30"), amount("0.001")), BILL_OK);
    assert_true(cost.v == amount("0.03").v); /* its video */
    assert_int_equal(bill_cost_seconds(&cost, amount("8.47"), amount("0.0001")), BILL_OK);
    assert_true(cost.v == amount("0.000847").v);

    cost = untouched;
    assert_int_equal(bill_cost_characters(&cost, -1, amount("1")), BILL_EINVAL);
    assert_int_equal(bill_cost_images(&cost, 1, amount("-1")), BILL_EINVAL);
    assert_int_equal(bill_cost_seconds(&cost, amount("-0.1"), amount("1")), BILL_EINVAL);
    assert_int_equal(bill_cost_images(&cost, INT64_MAX, amount("100000000")), BILL_ERANGE);
    assert_int_equal(bill_cost_part(&cost, amount("1"), amount("1"), 0), BILL_EINVAL);
    assert_true(cost.v == untouched.v);
}

static void prices_per_many(void **state)
{
    bill_amount cost;
    (void)state;
    assert_int_equal(bill_cost_part(&cost, amount("1000"), amount("0.5"), 1000000), BILL_OK);
    assert_true(cost.v == amount("0.0005").v);
    /* half of 10^-12 goes away from zero, as the databases round */
    assert_int_equal(bill_cost_part(&cost, amount("1"), amount("0.000000000001"), 2), BILL_OK);
    assert_true(cost.v == 1);
    assert_int_equal(bill_cost_part(&cost, amount("1"), amount("0.000000000001"), 3), BILL_OK);
    assert_true(cost.v == 0);
}

static void splitting_changes_nothing(void **state)
{
    const bill_token_price price = {amount("0.000000123456"), amount("0.000000654321")};
    bill_amount whole, part, sum = BILL_AMOUNT_ZERO;
    (void)state;
    assert_int_equal(bill_cost_tokens(&whole, (bill_token_usage){1000, 3000}, price), BILL_OK);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(bill_cost_tokens(&part, (bill_token_usage){1, 3}, price), BILL_OK);
        assert_int_equal(bill_amount_add(&sum, sum, part), BILL_OK);
    }
    assert_int_equal(bill_amount_cmp(sum, whole), 0);
}

static void mapping(void **state)
{
    static const struct {
        const char *method, *usage, *billing, *unit, *measure;
    } rows[] = {
        {"generateChatCompletion", "text",  "token",     "token",     "input_tokens"    },
        {"textToSpeech",           "audio", "character", "character", "character_count" },
        {"generateImage",          "image", "count",     "image",     "image_count"     },
        {"generateVideo",          "video", "second",    "second",    "duration_seconds"},
        {"createEmbedding",        "text",  "token",     "token",     "input_tokens"    },
        {"speechToText",           "audio", "second",    "second",    "duration_seconds"},
    };
    size_t count;
    (void)state;
    (void)bill_methods(&count);
    assert_int_equal(count, sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < count; i++) {
        const bill_method *method = bill_method_find(rows[i].method, strlen(rows[i].method));
        assert_non_null(method);
        const bill_type_info *info = bill_type_info_of(method->billing_type);
        assert_string_equal(bill_values_usage_type[method->usage_type], rows[i].usage);
        assert_string_equal(bill_values_billing_type[method->billing_type], rows[i].billing);
        assert_string_equal(bill_values_unit[info->unit], rows[i].unit);
        assert_string_equal(info->measures[0], rows[i].measure);
        assert_int_equal(bill_operation_billing(method->operation), method->billing_type);
        assert_int_equal(bill_operation_usage(method->operation), method->usage_type);
    }
    assert_null(bill_method_find("generateMusic", 13));
}

static void transitions(void **state)
{
    size_t count, allowed = 0;
    (void)state;
    (void)bill_transitions(&count);
    assert_int_equal(count, 11);
    for (int from = BILL_STATUS_PENDING; from <= BILL_STATUS_CANCELLED; from++)
        for (int to = BILL_STATUS_PENDING; to <= BILL_STATUS_CANCELLED; to++)
            allowed += bill_transition_find((bill_billing_status)from, (bill_billing_status)to) != NULL;
    assert_int_equal(allowed, count);
    assert_null(bill_transition_find(BILL_STATUS_REFUNDED, BILL_STATUS_PAID));
    assert_null(bill_transition_find(BILL_STATUS_PENDING, BILL_STATUS_REFUNDED));
    assert_null(bill_transition_find(BILL_STATUS_PAID, BILL_STATUS_CANCELLED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens),  cmocka_unit_test(units),       cmocka_unit_test(prices_per_many),
        cmocka_unit_test(mapping), cmocka_unit_test(transitions), cmocka_unit_test(splitting_changes_nothing),
    };
    return cmocka_run_group_tests_name("billing cost", tests, NULL, NULL);
}
