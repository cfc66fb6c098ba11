/* Packed facts: what comes back says what went in, for every script of the fixtures; and bytes that were changed
 * are refused, or can at least be read without harm. */
#include "ml/buf.h"
#include "ml/cache.h"
#include "ml/lower.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static ml_parser *parser;
static uint32_t compared, differing;

static ml_str dump_of(ml_buf *out, const ml_facts *facts)
{
    ml_buf_clear(out);
    ml_facts_dump(out, facts);
    return ml_buf_view(out);
}

/* Unpacks a copy of the bytes, which it leaves as they are. */
static ml_facts *unpack(ml_arena *arena, const ml_facts *like, ml_str packed)
{
    char *copy = ml_arena_alloc(arena, 1, packed.len);

    memcpy(copy, packed.data, packed.len);
    return ml_facts_unpack(arena, like->path, like->kind, like->lines.text, copy, packed.len);
}

static bool comes_back(const char *name, ml_file_kind kind, ml_str text)
{
    ml_arena arena = {0};
    ml_buf packed = {0}, again = {0}, before = {0}, after = {0};
    ml_facts *facts = ml_facts_of(&arena, parser, ml_str_of(name), kind, text);

    ml_facts_pack(&packed, facts);
    ml_facts *found = unpack(&arena, facts, ml_buf_view(&packed));
    bool same = found && ml_str_eq(dump_of(&before, facts), dump_of(&after, found)) && found->kind == kind &&
                ml_str_eq(found->path, facts->path) && found->lines.count == facts->lines.count && !found->cut_short;
    if (same) { /* what no dump shows, too */
        ml_facts_pack(&again, found);
        same = ml_str_eq(ml_buf_view(&packed), ml_buf_view(&again));
    }
    ml_buf_finish(&packed);
    ml_buf_finish(&again);
    ml_buf_finish(&before);
    ml_buf_finish(&after);
    ml_arena_finish(&arena);
    return same;
}

static int try_file(const char *path, const struct stat *info, int type, struct FTW *where)
{
    ml_arena arena = {0};
    ml_str text;
    ml_file_kind kind = ml_file_kind_of(ml_str_of(path));

    (void)info, (void)where;
    if (type != FTW_F || !ml_file_kind_is_script(kind) ||
        ml_source_read(&text, &arena, ML_STR("."), ml_str_of(path), 1 << 20, NULL) != ML_OK)
        return 0;
    compared++;
    if (!comes_back(path, kind, text)) {
        print_error("%s: does not come back\n", path);
        differing++;
    }
    ml_arena_finish(&arena);
    return 0;
}

static void test_fixtures(void **state)
{
    (void)state;
    assert_int_equal(nftw("fixtures", try_file, 16, FTW_PHYS), 0);
    assert_true(compared > 300);
    assert_int_equal(differing, 0);
}

static const struct {
    const char *name, *text;
} odd[] = {
    {"empty",                               ""                                                                                 },
    {"names that are written with escapes", "import { \\u0066etch as f } from 'a\\x62c'; f('x\\u{41}');"                       },
    {"module without a name of its own",    "declare module '*.md' { const c: string; export default c; }"                     },
    {"that, and a namespace behind it",
     "declare module '*.md' { const c: string; }\nexport namespace N { export const a = 1; }"                                  },
    {"erased import",                       "import type { A } from './a'; import './b'; export * as c from './c'; export = A;"},
    {"does not parse",                      "const a = {{{ 'https://x' ; class { m( ; <b"                                      },
    {"awaited generic call",                "async () => await client.post<T>('/x', 1);"                                       },
    {"directives",                          "// meterlint-disable-next-line a/b -- c\nf();\n"                                  },
};

static void test_odd(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (!comes_back("src/a.ts", ML_FILE_TS, ml_str_of(odd[i].text)))
            fail_msg("%s: does not come back", odd[i].name);
}

static const char small[] = "import { a as b } from './m';\n"
                            "export class C extends b { x = 1; constructor(private p = 2) { super(); this.x = p; } }\n"
                            "// meterlint-disable-line x -- y\n"
                            "for (const k of [b, `t${b}`]) { let u = k; u += '\\u0041'; if (u) fetch(u); }\n"
                            "function g(q) { return q?.r; }\nenum E { A }\nlabel: while (0) break label;\n<";

/* Nothing but the checks of unpacking itself stands between these bytes and who walks the facts. */
static void walk(const ml_facts *facts)
{
    ml_arena arena = {0};
    ml_buf out = {0};

    ml_facts_dump(&out, facts);
    for (ml_node_id id = 1; id < facts->node_count; id++) {
        ml_scope_name(&arena, facts, id);
        ml_span_of(facts, id);
        ml_is_within(facts, id, facts->nodes[id].parent);
    }
    for (uint32_t i = 1; i < facts->scope_count; i++)
        for (ml_binding_id id = facts->scopes[i].first; id; id = facts->bindings[id].next_in_scope)
            ml_buf_str(&out, facts->bindings[id].name);
    for (uint32_t i = 0; i < facts->class_count; i++)
        ml_class_member(facts, i, ML_STR("p"), false);
    ml_buf_finish(&out);
    ml_arena_finish(&arena);
}

static void test_changed(void **state)
{
    static const unsigned char values[] = {0, 1, 2, 7, 0x40, 0x7f, 0x80, 0xff};
    ml_arena arena = {0};
    ml_buf packed = {0};
    uint32_t refused = 0, tried = 0;

    (void)state;
    ml_facts *facts = ml_facts_of(&arena, parser, ML_STR("src/a.ts"), ML_FILE_TS, ml_str_of(small));
    ml_facts_pack(&packed, facts);
    ml_str whole = ml_buf_view(&packed);
    for (size_t at = 0; at < whole.len; at++) {
        ml_arena scratch = {0};
        assert_null(unpack(&scratch, facts, ml_str_slice(whole, 0, at)));
        for (size_t i = 0; i < sizeof values; i++) {
            char kept = packed.data[at];
            packed.data[at] = (char)values[i];
            ml_facts *found = unpack(&scratch, facts, whole);
            packed.data[at] = kept;
            tried++;
            refused += !found;
            if (found)
                walk(found);
        }
        ml_arena_finish(&scratch);
    }
    assert_true(refused > tried / 3);
    ml_buf_finish(&packed);
    ml_arena_finish(&arena);
}

/* A text or kind other than that the facts are of. */
static void test_other_text(void **state)
{
    ml_arena arena = {0};
    ml_buf packed = {0};

    (void)state;
    ml_facts *facts = ml_facts_of(&arena, parser, ML_STR("a.ts"), ML_FILE_TS, ML_STR("fetch(a)"));
    ml_facts_pack(&packed, facts);
    ml_facts longer = *facts, other = *facts;
    longer.lines.text = ML_STR("fetch(a) ");
    other.kind = ML_FILE_JS;
    assert_non_null(unpack(&arena, facts, ml_buf_view(&packed)));
    assert_null(unpack(&arena, &longer, ml_buf_view(&packed)));
    assert_null(unpack(&arena, &other, ml_buf_view(&packed)));
    ml_buf_finish(&packed);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixtures),
        cmocka_unit_test(test_odd),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_other_text),
    };

    parser = ml_parser_new(0);
    ml_parser_set_patience(parser, 60000);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ml_parser_free(parser);
    return failed;
}
