/* Provider keys in text: what is found, what is taken for a placeholder, what stays
 * readable after masking. The keys here are made up, in the vendors' alphabets. */
#include "ml/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define ANTHROPIC "sk-ant-api03-" "qT7vLp2ZxW9mKe4RbN8sYc6HdF3gJu5A1oEiPzXwVtSrQmLkBnCyDfGhJ0a_qT7vLp2ZxW9mKe4RbN8sYc6HdZx9Qw8ErAA"
#define GROQ "gsk_" "qT7vLp2ZxW9mKe4RbN8sWGdyb3FYqT7vLp2ZxW9mKe4RbN8sYc6H"

static const struct {
    const char *key;
    bool placeholder;
} placeholders[] = {
    {"sk-xxxxxxxxxxxxxxxxxxxxxxxx", true},
    {"sk-your-key-here-0123456789", true},
    {"sk-EXAMPLE0123456789abcdefg", true},
    {"sk-aaaaaaaaaaaaaaaaaaaaaaaaa", true},
    {"sk-1234567890123456789012345", true},
    {"sk-test-9f8e7d6c5b4a39281706", true},
    {"<api key goes here, please!>", true},
    {"${OPENAI_API_KEY_1234567890}", true},
    {"short1", true},
    {"onlylettersandnodigitshere", true},
    {"", true},
    {"sk-qT7vLp2ZxW9mKe4RbN8sYc6HdF3gJu", false},
    {"9f86d081884c7d659a2feaa0c55ad015", false},
};

static void test_placeholders(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
        if (ml_key_is_placeholder(ml_str_of(placeholders[i].key)) != placeholders[i].placeholder)
            fail_msg("%s", placeholders[i].key);
}

/* Every pattern of the catalogue compiles, and none is missing in silence. */
static void test_patterns_compile(void **state)
{
    uint32_t bad = 1;
    ml_keys *keys = ml_keys_new(ml_catalog_builtin(), &bad);

    (void)state;
    assert_int_equal(bad, 0);
    assert_true(ml_catalog_count(ml_catalog_builtin()).keys > 10);
    ml_keys_free(keys);
    ml_keys_free(NULL);
}

static const struct {
    const char *name, *text, *provider, *key;
} finds[] = {
    {"alone", ANTHROPIC, "anthropic", ANTHROPIC},
    {"in a sentence", "the key is " ANTHROPIC ", keep it", "anthropic", ANTHROPIC},
    {"in an assignment", "GROQ_API_KEY=" GROQ, "groq", GROQ},
    {"behind a placeholder", "sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx " ANTHROPIC, "anthropic", ANTHROPIC},
    {"none", "const a = 'hello, world';", "", ""},
    {"empty", "", "", ""},
    {"a placeholder alone", "sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "", ""},
    {"within a longer word", "xsk-ant-api03", "", ""},
};

static void test_finds(void **state)
{
    uint32_t bad;
    ml_keys *keys = ml_keys_new(ml_catalog_builtin(), &bad);
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
        ml_str text = ml_str_of(finds[i].text);
        ml_key_match match = ml_keys_find(keys, text);
        ml_str id = match.provider ? match.provider->id : ML_STR_NONE;
        ml_str key = match.provider ? ml_str_slice(text, match.start, match.end) : ML_STR_NONE;
        if (!ml_str_eq_c(id, finds[i].provider) || !ml_str_eq_c(key, finds[i].key)) {
            print_error("%s: expected %s \"%s\", got %.*s \"%.*s\"\n", finds[i].name, finds[i].provider, finds[i].key,
                        ML_STR_ARG(id), ML_STR_ARG(key));
            failed++;
        }
    }
    ml_keys_free(keys);
    assert_int_equal(failed, 0);
}

/* Wherever the key lies, its body does not come out; length and line ends stay. */
static void test_masking_at_every_place(void **state)
{
    uint32_t bad;
    ml_keys *keys = ml_keys_new(ml_catalog_builtin(), &bad);
    ml_arena arena = {0};
    static char text[3 * ML_KEY_WINDOW_MAX];

    (void)state;
    for (size_t at = 1; at + sizeof ANTHROPIC < sizeof text; at += at < 64 ? 1 : 61) {
        memset(text, ' ', sizeof text);
        text[40] = '\n';
        memcpy(text + at, ANTHROPIC, sizeof ANTHROPIC - 1);
        ml_str masked = ml_keys_mask(&arena, keys, (ml_str){text, sizeof text});
        assert_int_equal(masked.len, sizeof text);
        if (at > 40 && masked.data[40] != '\n')
            fail_msg("line end lost, key at %zu", at);
        if (ml_str_contains(masked, ML_STR("LkBnCyDfGhJ")) || !ml_str_contains(masked, ML_STR("sk-a****")))
            fail_msg("key at %zu shows", at);
    }
    ml_arena_finish(&arena);
    ml_keys_free(keys);
}

static void test_text_without_key_is_handed_back(void **state)
{
    uint32_t bad;
    ml_keys *keys = ml_keys_new(ml_catalog_builtin(), &bad);
    ml_arena arena = {0};
    ml_str text = ML_STR("const url = 'https://api.openai.com';");

    (void)state;
    assert_ptr_equal(ml_keys_mask(&arena, keys, text).data, text.data);
    ml_arena_finish(&arena);
    ml_keys_free(keys);
}

/* Texts made to make patterns backtrack: the limits hold, whatever the pattern. */
static void test_hostile_text(void **state)
{
    static const char *const units[] = {"a", "sk-", "sk-ant-", "0123456789abcdef", "-_", "A1", "AKIA", "key=", "key: \"", ".", "=", "eyJ", "::"};
    uint32_t bad;
    ml_keys *keys = ml_keys_new(ml_catalog_builtin(), &bad);
    ml_arena arena = {0};
    static char text[64 * 1024];

    (void)state;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        for (size_t k = 0; k < sizeof text; k++)
            text[k] = units[i][k % strlen(units[i])];
        ml_keys_find(keys, (ml_str){text, sizeof text});
        assert_int_equal(ml_keys_mask(&arena, keys, (ml_str){text, sizeof text}).len, sizeof text);
        ml_arena_reset(&arena);
    }
    ml_arena_finish(&arena);
    ml_keys_free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_placeholders),
        cmocka_unit_test(test_patterns_compile),
        cmocka_unit_test(test_finds),
        cmocka_unit_test(test_masking_at_every_place),
        cmocka_unit_test(test_text_without_key_is_handed_back),
        cmocka_unit_test(test_hostile_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
