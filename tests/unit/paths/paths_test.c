/* Transfers over statements: in which states can a function that buys and records end?
 * buy() buys and may fail, record() writes down, everything else does nothing. A case
 * names the exits by letters: where (f falls out or returns, t throws, a is abandoned) and
 * in which state (c clear, o owing, f failed, k caught, s settled). */
#include "ml/lower.h"
#include "ml/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static bool effect(const ml_paths *paths, ml_node_id node, ml_transfer *out)
{
    ml_str name = ml_text_of(paths->facts, ml_child(paths->facts, node, ML_ROLE_CALLEE));

    if (ml_str_eq_c(name, "record")) {
        *out = ml_transfer_all_to(ML_PATH_SETTLED);
        return true;
    }
    if (!ml_str_eq_c(name, "buy"))
        return false;
    *out = ml_transfer_all_to(ML_PATH_OWING);
    for (int s = 0; s < ML_PATH_STATES; s++)
        out->to[s] |= ML_PATH_BIT(ML_PATH_THROW, ML_PATH_FAILED);
    return true;
}

/* risky() throws in whatever state it is met. */
static bool throws(const ml_paths *paths, ml_node_id node)
{
    return ml_kind_of(paths->facts, node) == ML_NODE_THROW ||
           ml_str_eq_c(ml_text_of(paths->facts, ml_child(paths->facts, node, ML_ROLE_CALLEE)), "risky");
}

static bool exits_of(const char *body, bool skip, bool end, char *out, size_t size)
{
    static const char states[] = "cofks";
    ml_arena arena = {0};
    ml_parser *parser = ml_parser_new(0);
    char source[700];
    bool unknown = false;

    snprintf(source, sizeof source, "async function* f(a) { %s }", body);
    ml_facts *facts =
        ml_facts_of(&arena, parser, ml_str_of("a.ts"), ml_file_kind_of(ml_str_of("a.ts")), ml_str_of(source));
    ml_paths paths = {.facts = facts,
                      .effect = effect,
                      .throws = throws,
                      .loops_may_skip = skip,
                      .yields_may_end = end,
                      .unknown = &unknown};
    uint32_t set = ml_paths_function(&paths, facts->functions[1].node).to[ML_PATH_CLEAR];
    size_t len = 0;
    for (uint32_t s = 0; s < ML_PATH_STATES; s++) {
        static const struct {
            ml_path_way way;
            char letter;
        } ways[] = {
            {ML_PATH_FALL,    'f'},
            {ML_PATH_THROW,   't'},
            {ML_PATH_ABANDON, 'a'}
        };
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
            if (set & ML_PATH_BIT(ways[w].way, s) && len + 4 < size)
                len += (size_t)snprintf(out + len, size - len, "%s%c%c", len ? " " : "", ways[w].letter, states[s]);
    }
    out[len] = 0;
    ml_parser_free(parser);
    ml_arena_finish(&arena);
    return !unknown;
}

typedef struct path_case {
    const char *name, *body, *exits;
    bool skip, end;
} path_case;

static const path_case cases[] = {
    {"nothing",                         "return 1",                                                                    "fc",       false, false},
    {"bought only",                     "return buy()",                                                                "fo tf",    false, false},
    {"bought and recorded",             "const r = await buy(); record(r); return r",                                  "tf fs",    false, false},
    {"early return",                    "const r = buy(); if (r) return r; record(); return r",                        "fo tf fs", false, false},
    {"return before buying",            "if (a) return 0; buy(); record()",                                            "fc tf fs", false, false},
    {"one branch",                      "buy(); if (a) record()",                                                      "fo tf fs", false, false},
    {"both branches",                   "buy(); a ? record(1) : record(2)",                                            "tf fs",    false, false},
    {"short circuit",                   "buy(); a && record()",                                                        "fo tf fs", false, false},
    {"switch without default",          "buy(); switch (a) { case 1: record() }",                                      "fo tf fs", false, false},
    {"switch falls into a record",      "buy(); switch (a) { case 1: x(); default: record() }",                        "tf fs",    false, false},
    {"finally",                         "try { return buy() } finally { record() }",                                   "fs ts",    false, false},
    {"return in finally",               "try { buy() } finally { return 1 }",                                          "fo ff",    false, false},
    {"catch swallows",                  "try { buy(); record() } catch (e) { log(e) }",                                "fk fs",    false, false},
    {"catch records",                   "try { buy() } catch (e) { record() ; return } record()",                      "fs",       false, false},
    {"catch throws on",                 "try { buy(); record() } catch (e) { throw e }",                               "tk fs",    false, false},
    {"a throw in the catch goes out",   "try { buy() } catch (e) { risky(); record() } record()",                      "tk fs",    false, false},
    {"outer catch records",             "try { try { buy() } catch (e) { throw e } record() } catch (e) { record() }", "fs",       false,
     false                                                                                                                                     },
    {"throw between",                   "buy(); risky(); record()",                                                    "to tf fs", false, false},
    {"throw between, caught",           "try { buy(); risky(); record() } catch { return }",                           "fo fk fs", false, false},
    {"bought again in the catch",       "let r; try { r = buy() } catch { r = buy() } record(r)",                      "tf fs",    false, false},
    {"then",                            "return buy().then(r => { record(r); return r })",                             "tf fs",    false, false},
    {"then with both handlers",         "return buy().then(record1, () => record())",                                  "fo fs",    false, false},
    {"catch chain records and throws",  "await buy().catch(e => { record(e); throw e }); record()",                    "fs ts",    false,
     false                                                                                                                                     },
    {"catch chain swallows",            "const r = await buy().catch(() => null); return r",                           "fo fk",    false, false},
    {"finally chain",                   "await buy().finally(() => record())",                                         "fs ts",    false, false},
    {"callback runs once",              "buy(); db.transaction(async t => { record(t) })",                             "tf fs",    false, false},
    {"return of a callback is its own", "buy(); run(() => { return 1 }); record()",                                    "tf fs",    false, false},
    {"a function that is not called",   "buy(); const later = () => record()",                                         "fo tf",    false, false},
    {"called where it stands",          "buy(); (() => { record() })()",                                               "tf fs",    false, false},
    {"loop over items runs",            "buy(); for (const x of a) record(x)",                                         "tf fs",    false, false},
    {"loop over items may not run",     "buy(); for (const x of a) record(x)",                                         "fo tf fs", true,  false},
    {"do runs once",                    "buy(); do { record() } while (a)",                                            "tf fs",    true,  false},
    {"endless loop left by break",      "for (;;) { if (a) break; buy(); record() }",                                  "fc tf fs", false, false},
    {"continue passes by",              "buy(); do { if (a) continue; record() } while (b)",                           "fo tf fs", false, false},
    {"retry loop",                      "for (let i = 0; i < 3; i++) { try { buy(); break } catch { } } record()",     "fs",       false, false},
    {"reader goes away",                "buy(); for await (const x of a) yield x; record()",                           "ao tf fs", false, true },
    {"reader goes away, finally",       "try { buy(); yield 1 } finally { record() }",                                 "fs ts as", false, true },
    {"reader stays",                    "buy(); yield 1; record()",                                                    "tf fs",    false, false},
};

/* As sets: the order of the letters is the machine's. */
static bool same_exits(const char *a, const char *b)
{
    if (strlen(a) != strlen(b))
        return false;
    for (const char *at = a; *at; at += at[2] ? 3 : 2) {
        char one[3] = {at[0], at[1], 0};
        if (!strstr(b, one))
            return false;
    }
    return true;
}

static void test_exits(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[80];
        bool known = exits_of(cases[i].body, cases[i].skip, cases[i].end, found, sizeof found);
        if (!known || !same_exits(found, cases[i].exits)) {
            print_error("%s: expected \"%s\", found \"%s\"%s\n", cases[i].name, cases[i].exits, found,
                        known ? "" : ", unknown");
            failures++;
        }
    }
    assert_int_equal(failures, 0);
}

/* What cannot be followed says so instead of guessing. */
static void test_unknown(void **state)
{
    char found[80], deep[700];
    size_t len = 0;

    (void)state;
    assert_false(exits_of("out: for (;;) { for (;;) { break out } }", false, false, found, sizeof found));
    assert_true(exits_of("if (a) { buy() }", false, false, found, sizeof found));
    for (int i = 0; i < 300; i++)
        deep[len++] = '{';
    for (int i = 0; i < 300; i++)
        deep[len++] = '}';
    deep[len] = 0;
    assert_false(exits_of(deep, false, false, found, sizeof found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exits), cmocka_unit_test(test_unknown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
