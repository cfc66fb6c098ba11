/* Inputs made to hurt: depth, width, one token over the whole file, memory. The walk must
 * stay linear, the deadline must hold, and the parser must be usable afterwards. */
#include "facts_testing.h"

/* A quadratic step would take minutes; sanitizers are given their share. */
static const uint32_t patience = 30000;

static ml_str repeated(const char *before, const char *unit, const char *between, const char *closing, uint32_t count,
                       const char *after)
{
    ml_buf buf = {0};

    ml_buf_cstr(&buf, before);
    for (uint32_t i = 0; i < count; i++)
        ml_buf_cstr(&buf, unit);
    ml_buf_cstr(&buf, between);
    for (uint32_t i = 0; *closing && i < count; i++)
        ml_buf_cstr(&buf, closing);
    ml_buf_cstr(&buf, after);
    return ml_buf_view(&buf);
}

static const struct {
    const char *name, *before, *unit, *between, *closing;
    uint32_t count;
    const char *after;
    uint32_t calls; /* of fetch, when the file is parsed in full */
    bool may_cut;   /* the deadline may end it */
} cases[] = {
    {"parentheses",             "x = ",     "(",                    "fetch(1)",  ")",   300000,  ";",           1,      false},
    {"calls in calls",          "",         "fetch(",               "1",         ")",   60000,   ";",           60000,  false},
    {"call chain",              "fetch()",  ".then(fetch)",         "",          "",    60000,   ";",           1,      false},
    {"blocks with names",       "",         "{ let a; a; ",         "fetch(a);", "}",   60000,   "",            1,      false},
    {"arrows",                  "x = ",     "a => ",                "fetch(a)",  "",    60000,   ";",           1,      false},
    {"functions",               "",         "function f() { ",      "fetch()",   "}",   40000,   "",            1,      false},
    {"classes in classes",      "",         "class A { m() { ",     "fetch()",   "} }", 20000,   "",            1,      false},
    {"assignments",             "",         "a.b = ",               "fetch()",   "",    60000,   ";",           1,      false},
    {"arrays",                  "x = ",     "[",                    "fetch()",   "]",   100000,  ";",           1,      false},
    {"templates",               "x = ",     "`${",                  "fetch()",   "}`",  30000,   ";",           1,      false},
    {"patterns",                "const ",   "[",                    "a",         "]",   60000,   " = fetch();", 1,      false},
    {"else if",                 "",         "if (a) b(); else ",    "fetch();",  "",    40000,   "",            1,      false},
    {"many statements",         "",         "fetch(1);",            "",          "",    100000,  "",            100000, false},
    {"same name again",         "",         "var a = 1;",           "fetch(a);", "",    60000,   "",            1,      false},
    {"other names",             "",         "import {a} from 'b';", "fetch(a);", "",    20000,   "",            1,      false},
    {"comments that never end", "fetch();", "/*a",                  "",          "",    10000,   "",            1,      true },
    {"quotes",                  "fetch();", "\"",                   "",          "",    20000,   "",            1,      true },
    {"words",                   "",         "v ",                   "",          "",    60000,   "",            0,      true },
    {"unclosed generics",       "",         "a<",                   "",          "",    100000,  "",            0,      true },
    {"jsx in a ts file",        "",         "<a>{b}</a>",           "",          "",    9000,    "",            0,      true },
    {"blanks",                  "fetch();", " ",                    "",          "",    2000000, "",            1,      true },
    {"open braces",             "",         "{",                    "fetch()",   "",    60000,   "",            0,      true },
};

static bool survives(ml_parser *parser, size_t i)
{
    ml_arena arena = {0};
    ml_str text =
        repeated(cases[i].before, cases[i].unit, cases[i].between, cases[i].closing, cases[i].count, cases[i].after);
    ml_parser_set_patience(parser, cases[i].may_cut ? ML_PARSE_MILLISECONDS : patience);
    uint64_t start = ml_parse_clock();
    ml_facts *facts = ml_facts_of(&arena, parser, ML_STR("a.ts"), ML_FILE_TS, text);
    uint64_t took = ml_parse_clock() - start;
    bool good = took < (uint64_t)patience * 1000000u && (cases[i].may_cut || !facts->cut_short) &&
                (!facts->cut_short || facts->cut_reason);

    if (!facts->cut_short && count_calls(facts, "fetch") < cases[i].calls)
        good = false;
    if (!good)
        print_error("%s: %.2f s, %s, %u calls\n", cases[i].name, (double)took / 1e9,
                    facts->cut_short ? facts->cut_reason : "complete", count_calls(facts, "fetch"));
    free((char *)(uintptr_t)text.data);
    ml_arena_finish(&arena);
    return good;
}

static void test_hostile(void **state)
{
    ml_parser *parser = ml_parser_new(0);
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        failures += !survives(parser, i);
    ml_parser_free(parser);
    assert_int_equal(failures, 0);
}

/* A parse that ran out of memory says so, and the next file is read as if nothing was. */
static void test_ceiling(void **state)
{
    ml_arena arena = {0};
    ml_parser *parser = ml_parser_new(4 * 1024 * 1024);
    ml_str large = repeated("", "a<b,", "", "", 50000, "");

    (void)state;
    ml_facts *cut = ml_facts_of(&arena, parser, ML_STR("a.ts"), ML_FILE_TS, large);
    assert_true(cut->cut_short);
    assert_non_null(strstr(cut->cut_reason, "memory"));
    assert_int_equal(cut->node_count, 2);
    ml_facts *next = ml_facts_of(&arena, parser, ML_STR("b.ts"), ML_FILE_TS, ML_STR("import a from 'b'; fetch(a)"));
    assert_false(next->cut_short);
    assert_int_equal(next->import_count, 1);
    assert_int_equal(count_calls(next, "fetch"), 1);
    free((char *)(uintptr_t)large.data);
    ml_parser_free(parser);
    ml_arena_finish(&arena);
}

static void test_odd_bytes(void **state)
{
    static const struct {
        const char *name;
        ml_str text;
        uint32_t calls;
    } odd[] = {
        {"empty",                           {"", 0},                                0},
        {"no text at all",                  {NULL, 0},                              0},
        {"byte order mark",
         {"\xEF\xBB\xBF"
          "fetch()",
          10},
         1                                                                           },
        {"byte order mark and hashbang",    {"\xEF\xBB\xBF#!x\nfetch()", 14},       1},
        {"hashbang and carriage return",    {"#!x\rfetch()", 11},                   1},
        {"hashbang and line separator",
         {"#!x\xE2\x80\xA8"
          "fetch()",
          13},
         1                                                                           },
        {"only a hashbang",                 {"#!", 2},                              0},
        {"carriage returns after comments", {"// a\rfetch()\r// b\rfetch()", 25},   2},
        {"carriage returns end statements", {"let a = 1\rfetch()\rfetch()", 25},    2},
        {"crlf",                            {"fetch()\r\nfetch()\r\n", 18},         2},
        {"NUL",                             {"fetch();\0fetch()", 16},              1},
        {"bad UTF-8",                       {"fetch('\xFF\xFE');\xC0 fetch()", 21}, 1},
        {"escaped name",                    {"\\u0066etch(1)", 13},                 1},
    };
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        lowered l = lower_text("a.js", odd[i].text);
        if (count_calls(l.facts, "fetch") < odd[i].calls) {
            print_error("%s: %u calls\n", odd[i].name, count_calls(l.facts, "fetch"));
            failures++;
        }
        lowered_finish(&l);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_odd_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
