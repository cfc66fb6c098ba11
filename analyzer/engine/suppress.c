/* Suppressions: comments that silence rules on lines.
 *
 *   meterlint-disable-next-line RULE[,RULE] [until=YYYY-MM-DD] -- reason
 *   meterlint-disable-line RULE … -- reason
 *   meterlint-disable RULE … -- reason   up to  meterlint-enable [RULE[,RULE]]  or the end
 *
 * A day of until= is UTC and counts itself. */
#include "engine_internal.h"

static ml_str cut_prefix(ml_str text, const char *prefix, bool *had)
{
    ml_str word = ml_str_of(prefix);

    *had = ml_str_starts(text, word) &&
           (text.len == word.len || text.data[word.len] == ' ' || text.data[word.len] == '\t');
    return *had ? ml_str_trim(ml_str_from(text, word.len)) : text;
}

static bool is_date(ml_str text)
{
    if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-')
        return false;
    for (size_t i = 0; i < 10; i++)
        if (i != 4 && i != 7 && (text.data[i] < '0' || text.data[i] > '9'))
            return false;
    int month = (text.data[5] - '0') * 10 + text.data[6] - '0', day = (text.data[8] - '0') * 10 + text.data[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* "RULE,RULE until=DATE -- reason" */
static void read_words(ml_suppression *out, ml_str text, ml_str today)
{
    size_t dashes = ml_str_find(text, ML_STR("--"));

    if (dashes != ML_NOT_FOUND) {
        out->reason = ml_str_trim(ml_str_from(text, dashes + 2));
        text = ml_str_trim(ml_str_slice(text, 0, dashes));
    }
    size_t until = ml_str_find(text, ML_STR("until="));
    if (until != ML_NOT_FOUND) {
        out->until = ml_str_trim(ml_str_from(text, until + 6));
        text = ml_str_trim(ml_str_slice(text, 0, until));
        /* A date nobody can read must not silence for ever. */
        out->expired = !is_date(out->until) || ml_str_cmp(out->until, today) < 0;
    }
    out->rules = text;
}

/* What a "meterlint-enable" names; *is says whether it is one. */
static ml_str enabled_rules(ml_str directive, bool *is)
{
    ml_str rules = cut_prefix(directive, "meterlint-enable", is);
    size_t dashes = ml_str_find(rules, ML_STR("--"));

    return dashes == ML_NOT_FOUND ? rules : ml_str_trim(ml_str_slice(rules, 0, dashes));
}

/* Where a region ends for all its rules. */
static uint32_t block_end(const ml_facts *facts, uint32_t from)
{
    for (uint32_t i = from + 1; i < facts->directive_count; i++) {
        bool ends;
        ml_str rules = enabled_rules(facts->directives[i].text, &ends);
        if (ends && !rules.len)
            return facts->directives[i].line;
    }
    return UINT32_MAX;
}

static bool names_rule(const ml_engine *engine, ml_str names, const ml_rule_info *rule)
{
    while (names.len) {
        ml_str name = ml_str_trim(ml_str_split(&names, ','));
        const ml_rule_entry *entry = ml_rule_find(engine->options.rules, engine->options.rule_count, name);
        if (entry && entry->info == rule)
            return true;
    }
    return false;
}

/* Has an enable of this very rule ended the region before the line? */
static bool is_enabled_again(const ml_engine *engine, const ml_suppression *s, const ml_rule_info *rule, uint32_t line)
{
    const ml_facts *facts = ml_link_facts(engine->link, s->file);

    for (uint32_t i = 0; i < facts->directive_count; i++) {
        bool ends;
        ml_str rules = enabled_rules(facts->directives[i].text, &ends);
        if (ends && facts->directives[i].line > s->from_line && facts->directives[i].line <= line &&
            names_rule(engine, rules, rule))
            return true;
    }
    return false;
}

/* The next line that is no further directive: stacked directives all reach the code below. */
static uint32_t next_code_line(const ml_facts *facts, uint32_t from)
{
    uint32_t line = facts->directives[from].line + 1;

    for (uint32_t i = from + 1; i < facts->directive_count && facts->directives[i].alone; i++)
        if (facts->directives[i].line == line)
            line++;
    return line;
}

void ml_suppressions_of(ml_worker *worker, ml_file_id file)
{
    const ml_engine *engine = worker->engine;
    const ml_facts *facts = ml_link_facts(engine->link, file);

    for (uint32_t i = 0; i < facts->directive_count; i++) {
        const ml_directive *directive = &facts->directives[i];
        ml_suppression found = {.file = file, .known = true};
        bool here;
        ml_str words = cut_prefix(directive->text, "meterlint-disable-next-line", &here);
        if (here) {
            found.from_line = found.to_line = next_code_line(facts, i);
        } else if ((void)(words = cut_prefix(directive->text, "meterlint-disable-line", &here)), here) {
            found.from_line = found.to_line = directive->line;
        } else if ((void)(words = cut_prefix(directive->text, "meterlint-disable", &here)), here) {
            found.from_line = directive->line;
            found.to_line = block_end(facts, i);
            found.is_region = true;
        } else {
            (void)cut_prefix(directive->text, "meterlint-enable", &here);
            if (here)
                continue;
            found.known = false;
        }
        found.span = ml_lines_span(&facts->lines, directive->start, directive->end);
        read_words(&found, ml_arena_copy(&worker->arena, words), engine->options.today);
        ml_vec_push(&worker->arena, &worker->suppressions, found);
    }
}

bool ml_suppression_covers(const ml_engine *engine, const ml_suppression *s, const ml_rule_info *rule, uint32_t line)
{
    return s->known && line >= s->from_line && line <= s->to_line && names_rule(engine, s->rules, rule) &&
           !(s->is_region && is_enabled_again(engine, s, rule, line));
}
