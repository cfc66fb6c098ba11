/* Proof that the table is complete for control flow: does a call of record() happen on
 * every path on which a function ends normally? Early returns, try/catch/finally, loops,
 * switches and short circuits all have to be there to answer. (The analysis the rules
 * use is analyzer/paths; this one is small and exists to hold the table to its word.) */
#include "facts_testing.h"

/* Ways a piece of code can end, each without and with record() behind it. */
static const unsigned FALL = 1, RETURN = 4, THROW = 16, BREAK = 64, CONTINUE = 256, WAYS = 5;

static unsigned run(const ml_facts *f, ml_node_id id, unsigned recorded);

/* Runs the next piece from every way the last one fell through. */
static unsigned then(const ml_facts *f, unsigned so_far, ml_node_id next)
{
    unsigned out = so_far & ~3u;

    for (unsigned recorded = 0; recorded < 2; recorded++)
        if (so_far & (FALL << recorded))
            out |= run(f, next, recorded);
    return out;
}

static unsigned all_children(const ml_facts *f, ml_node_id id, unsigned recorded)
{
    unsigned out = FALL << recorded;

    for (ml_node_id child = ml_node_at(f, id)->first; child; child = ml_node_at(f, child)->next)
        out = then(f, out, child);
    return out;
}

static unsigned optional(const ml_facts *f, unsigned so_far, ml_node_id maybe)
{
    return maybe ? then(f, so_far, maybe) : so_far;
}

static unsigned run_call(const ml_facts *f, ml_node_id id, unsigned recorded)
{
    unsigned out = all_children(f, id, recorded), throws = THROW * (out & 3u);

    if (ml_str_eq_c(ml_text_of(f, ml_child(f, id, ML_ROLE_CALLEE)), "record") && out & 3u)
        out = (out & ~3u) | FALL << 1;
    return out | throws; /* any call may throw, before its effect counts */
}

static unsigned run_branch(const ml_facts *f, ml_node_id id, unsigned recorded)
{
    unsigned test = run(f, ml_child(f, id, ML_ROLE_TEST), recorded);

    return optional(f, test, ml_child(f, id, ML_ROLE_THEN)) | optional(f, test, ml_child(f, id, ML_ROLE_ELSE));
}

static unsigned run_short_circuit(const ml_facts *f, ml_node_id id, unsigned recorded)
{
    unsigned left = run(f, ml_child(f, id, ML_ROLE_LEFT), recorded);

    return left | then(f, left, ml_child(f, id, ML_ROLE_RIGHT));
}

/* Breaks and continues of a loop end here. */
static unsigned caught(unsigned out)
{
    unsigned broken = (out / BREAK | out / CONTINUE) & 3u;

    return (out & ~(3u * BREAK | 3u * CONTINUE)) | broken;
}

static unsigned run_loop(const ml_facts *f, ml_node_id id, unsigned recorded)
{
    ml_node_id value = ml_child(f, id, ML_ROLE_VALUE), test = ml_child(f, id, ML_ROLE_TEST);
    unsigned start = optional(f, optional(f, FALL << recorded, ml_child(f, id, ML_ROLE_INIT)), value);
    bool once = ml_kind_of(f, id) == ML_NODE_DO, endless = !value && (!test || ml_kind_of(f, test) == ML_NODE_TRUE);
    unsigned entered = once ? start : optional(f, start, test), out = endless || once ? entered & ~3u : entered;

    for (int pass = 0; pass < 2; pass++) { /* two passes reach the fixpoint: there are two states */
        unsigned body = then(f, entered, ml_child(f, id, ML_ROLE_BODY));
        unsigned breaks = body / BREAK & 3u;
        body = optional(f, optional(f, caught(body), ml_child(f, id, ML_ROLE_UPDATE)), once ? test : 0);
        out |= endless ? (body & ~3u) | breaks : body;
        entered |= body & 3u;
    }
    return out;
}

static unsigned run_switch(const ml_facts *f, ml_node_id id, unsigned recorded)
{
    unsigned start = run(f, ml_child(f, id, ML_ROLE_TEST), recorded), out = start & ~3u, falling = 0;
    bool has_default = false;

    for (ml_node_id at = ml_child(f, id, ML_ROLE_CASE); at; at = ml_next_child(f, at)) {
        has_default = has_default || !ml_child(f, at, ML_ROLE_TEST);
        falling |= start & 3u;
        for (ml_node_id body = ml_child(f, at, ML_ROLE_BODY); body; body = ml_next_child(f, body))
            falling = then(f, falling, body);
        out |= falling & ~3u;
        falling &= 3u;
    }
    out |= falling | (has_default ? 0 : start & 3u);
    unsigned broken = out / BREAK & 3u;
    return (out & ~(3u * BREAK)) | broken;
}

static unsigned run_try(const ml_facts *f, ml_node_id id, unsigned recorded)
{
    ml_node_id catch = ml_child(f, id, ML_ROLE_CATCH), finally = ml_child(f, id, ML_ROLE_FINALLY);
    unsigned out = run(f, ml_child(f, id, ML_ROLE_BODY), recorded), thrown = out / THROW & 3u, ends = 0;

    if (catch && thrown)
        out = (out & ~(3u * THROW)) | then(f, thrown, ml_child(f, catch, ML_ROLE_BODY));
    if (!finally)
        return out;
    for (unsigned way = 0; way < WAYS; way++)
        for (unsigned state = 0; state < 2; state++) {
            if (!(out & (1u << (2 * way + state))))
                continue;
            unsigned after = run(f, ml_child(f, finally, ML_ROLE_BODY), state);
            ends |= (after & ~3u) | (after & 3u) << (2 * way);
        }
    return ends;
}

static unsigned run(const ml_facts *f, ml_node_id id, unsigned recorded)
{
    unsigned out;

    switch (ml_kind_of(f, id)) {
    case ML_NODE_FUNCTION:
    case ML_NODE_CLASS: return FALL << recorded;
    case ML_NODE_CALL:
    case ML_NODE_NEW: return run_call(f, id, recorded);
    case ML_NODE_IF:
    case ML_NODE_CONDITIONAL: return run_branch(f, id, recorded);
    case ML_NODE_BINARY: {
        uint8_t op = ml_node_at(f, id)->op;
        bool lazy = op == ML_OP_AND || op == ML_OP_OR || op == ML_OP_NULLISH;
        return lazy ? run_short_circuit(f, id, recorded) : all_children(f, id, recorded);
    }
    case ML_NODE_FOR:
    case ML_NODE_FOR_IN:
    case ML_NODE_WHILE:
    case ML_NODE_DO: return run_loop(f, id, recorded);
    case ML_NODE_SWITCH: return run_switch(f, id, recorded);
    case ML_NODE_TRY: return run_try(f, id, recorded);
    case ML_NODE_RETURN:
    case ML_NODE_THROW:
    case ML_NODE_BREAK:
    case ML_NODE_CONTINUE:
        out = all_children(f, id, recorded);
        return (out & ~3u) | (out & 3u) * (ml_kind_of(f, id) == ML_NODE_RETURN  ? RETURN
                                           : ml_kind_of(f, id) == ML_NODE_THROW ? THROW
                                           : ml_kind_of(f, id) == ML_NODE_BREAK ? BREAK
                                                                                : CONTINUE);
    default: return all_children(f, id, recorded);
    }
}

/* Is there no normal end of the first function without record() before it? */
static bool must_record(const ml_facts *f)
{
    return !(run(f, ml_child(f, f->functions[1].node, ML_ROLE_BODY), 0) & (FALL | RETURN));
}

static void test_must_happen(void **state)
{
    static const struct {
        const char *name, *body;
        bool must;
    } cases[] = {
        {"straight",                             "const r = await call(); record(r); return r;",                              true },
        {"never",                                "return call();",                                                            false},
        {"early return",                         "const r = call(); if (!r) return null; record(r); return r;",               false},
        {"early return that records",            "if (!a) { record(); return null } record(); return a;",                     true },
        {"a throw is no normal end",             "if (!a) throw new Error('x'); record(); return a;",                         true },
        {"both branches",                        "if (a) record(1); else record(2);",                                         true },
        {"one branch",                           "if (a) record(1);",                                                         false},
        {"finally",                              "try { return await call(); } finally { record(); }",                        true },
        {"finally after early return",
         "try { if (a) return 1; return call(); } catch (e) { return 2 } finally { record(); }",                              true },
        {"finally that may skip",                "try { return call(); } finally { if (a) record(); }",                       false},
        {"in try, catch swallows",               "try { await call(); record(); } catch (e) { log(e); } return 1;",           false},
        {"in try, catch throws on",              "try { await call(); record(); } catch (e) { throw e; } return 1;",          true },
        {"in try and in catch",                  "try { await call(); record(); } catch (e) { record(e); }",                  true },
        {"return in finally replaces the throw", "try { call(); record(); throw e } finally { return 1 }",                    false},
        {"short circuit",                        "ok && record(); return ok;",                                                false},
        {"conditional, both arms",               "return ok ? record(1) : record(2);",                                        true },
        {"only for some items",                  "for (const x of xs) record(x); return xs;",                                 false},
        {"do runs once",                         "do { record(); } while (more());",                                          true },
        {"endless loop left after recording",    "for (;;) { if (call()) { record(); break; } }",                             true },
        {"endless loop left early",              "while (true) { if (a) break; record(); }",                                  false},
        {"continue passes by",                   "do { if (a) continue; record(); } while (b);",                              false},
        {"switch with default",                  "switch (a) { case 1: record(1); break; case 2: default: record(2); }",      true },
        {"switch without default",               "switch (a) { case 1: record(1); break; case 2: record(2); }",               false},
        {"falls through to a record",            "switch (a) { case 1: call(); case 2: record(); break; default: record() }",
         true                                                                                                                      },
        {"in a callback only",                   "xs.forEach(x => record(x)); return xs;",                                    false},
        {"as an argument",                       "return wrap(record(a));",                                                   true },
    };
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char source[512];
        snprintf(source, sizeof source, "async function f(a) { %s }", cases[i].body);
        lowered l = lower_source("a.ts", source);
        if (must_record(l.facts) != cases[i].must) {
            print_error("%s: expected %s\n", cases[i].name, cases[i].must ? "always" : "not always");
            failures++;
        }
        lowered_finish(&l);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_must_happen)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
