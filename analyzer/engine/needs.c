/* needs.c - which rules have what they need in a file: the words of all of them, in one pass over its text.
 * By this a file is chosen to be parsed, and by the same a rule is asked about it; so it does not matter who
 * else had the file parsed. */
#include "engine_internal.h"

#include "ml/trigger.h"

#include <ctype.h>

enum { NEEDS_MAX = 32, NAME_REACH = 128 };

typedef ML_VEC(ml_trigger_word) word_list;

struct ml_needs {
    const ml_rule_need *needs[NEEDS_MAX]; /* by bit */
    uint32_t count;
    ml_trigger_bits *of_rule; /* by index of the rule: all it needs */
    const ml_trigger_set *words;
};

/* The bit of a need, 0 when there are too many: such a one counts as met. */
static ml_trigger_bits bit_of(ml_needs *needs, const ml_rule_need *need)
{
    for (uint32_t i = 0; i < needs->count; i++)
        if (needs->needs[i] == need)
            return (ml_trigger_bits)1 << i;
    if (needs->count == NEEDS_MAX)
        return 0;
    needs->needs[needs->count] = need;
    return (ml_trigger_bits)1 << needs->count++;
}

static void add_rule(ml_needs *needs, const ml_rule *rule, uint32_t index)
{
    for (uint32_t i = 0; rule->needs[i]; i++)
        needs->of_rule[index] |= bit_of(needs, rule->needs[i]);
}

static void add_words(word_list *out, ml_arena *arena, const char *const *words, ml_trigger_bits bits, bool any_case)
{
    for (uint32_t i = 0; words && words[i]; i++)
        ml_vec_push(arena, out, ((ml_trigger_word){ml_str_of(words[i]), bits, any_case}));
}

static const ml_trigger_set *words_of(const ml_needs *needs, ml_arena *run)
{
    ml_arena scratch = {0};
    word_list words = {0};

    for (uint32_t i = 0; i < needs->count; i++) {
        const ml_rule_need *need = needs->needs[i];
        add_words(&words, &scratch, need->words, (ml_trigger_bits)1 << i, need->any_case);
        add_words(&words, &scratch, need->more_words, (ml_trigger_bits)1 << i, need->any_case);
    }
    const ml_trigger_set *set = ml_trigger_build(run, words.items, words.count);
    ml_arena_finish(&scratch);
    return set;
}

void ml_engine_read_needs(ml_engine *engine)
{
    const ml_engine_options *options = &engine->options;
    ml_needs *needs = ML_NEW(engine->run, ml_needs);

    needs->of_rule = ML_NEW_ARRAY(engine->run, ml_trigger_bits, options->rule_count);
    for (uint32_t i = 0; i < options->rule_count; i++) {
        const ml_rule *rule = options->rules[i].rule;
        if (rule->needs && !engine->states[i].off)
            add_rule(needs, rule, i);
    }
    if (needs->count)
        needs->words = words_of(needs, engine->run);
    engine->needs = needs;
}

/* ---- a file ---- */

static bool is_name_byte(char c)
{
    return c == '_' || c == '$' || (unsigned char)c >= 0x80 || isalnum((unsigned char)c);
}

/* By the name around the word, as far as names reach. */
static bool fits(const ml_rule_need *need, ml_str text, const ml_trigger_hit *hit)
{
    size_t start = hit->start, end = hit->end;

    while (start && hit->start - start < NAME_REACH && is_name_byte(text.data[start - 1]))
        start--;
    while (end < text.len && end - hit->end < NAME_REACH && is_name_byte(text.data[end]))
        end++;
    return need->fits(ml_str_slice(text, start, end), ml_str_from(text, end));
}

static ml_trigger_bits met_by_path(const ml_needs *needs, ml_str path)
{
    ml_trigger_bits met = 0;

    for (uint32_t i = 0; i < needs->count; i++)
        for (uint32_t k = 0; needs->needs[i]->path_words && needs->needs[i]->path_words[k]; k++)
            if (ml_str_find_nocase(path, ml_str_of(needs->needs[i]->path_words[k])) != ML_NOT_FOUND)
                met |= (ml_trigger_bits)1 << i;
    return met;
}

ml_trigger_bits ml_engine_needs_met(const ml_engine *engine, ml_str path, ml_str text)
{
    const ml_needs *needs = engine->needs;
    ml_arena scratch = {0};
    ml_trigger_hits hits = {0};

    if (!needs->count)
        return 0;
    ml_trigger_bits met = met_by_path(needs, path);
    ml_trigger_find(&hits, &scratch, needs->words, text);
    for (uint32_t i = 0; i < hits.count; i++) {
        const ml_trigger_hit *hit = &hits.items[i];
        const ml_rule_need *need = needs->needs[__builtin_ctz(hit->bits)];
        if (!(hit->bits & met) && (!need->fits || fits(need, text, hit)))
            met |= hit->bits;
    }
    ml_arena_finish(&scratch);
    return met;
}

bool ml_engine_asks_about(const ml_engine *engine, uint32_t rule, ml_trigger_bits met)
{
    return !(engine->needs->of_rule[rule] & ~met);
}

bool ml_engine_needs_file(const ml_engine *engine, ml_str path, ml_str text)
{
    ml_trigger_bits met = ml_engine_needs_met(engine, path, text);

    for (uint32_t i = 0; i < engine->options.rule_count; i++)
        if (engine->needs->of_rule[i] && ml_engine_asks_about(engine, i, met))
            return true;
    return false;
}
