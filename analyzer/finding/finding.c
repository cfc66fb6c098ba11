#include "ml/finding.h"

#include <stdlib.h>

const char *ml_level_name(ml_level level)
{
    static const char *const names[] = {"none", "low", "medium", "high"};
    return names[level];
}

const char *ml_level_name_zh(ml_level level)
{
    static const char *const names[] = {"无", "低危", "中危", "高危"};
    return names[level];
}

const char *ml_level_sarif(ml_level level)
{
    static const char *const names[] = {"none", "note", "warning", "error"};
    return names[level];
}

ml_level ml_level_parse(ml_str name, ml_level otherwise)
{
    for (ml_level level = ML_LEVEL_NONE; level <= ML_LEVEL_HIGH; level++)
        if (ml_str_eq_c(name, ml_level_name(level)))
            return level;
    return otherwise;
}

ml_level ml_level_lower(ml_level level)
{
    return level > ML_LEVEL_LOW ? level - 1 : level;
}

ml_str ml_rule_family(const ml_rule_info *rule)
{
    size_t slash = ml_str_find_char(rule->id, '/');
    return ml_str_slice(rule->id, 0, slash == ML_NOT_FOUND ? rule->id.len : slash);
}

ml_str ml_rule_name(const ml_rule_info *rule)
{
    size_t slash = ml_str_find_char(rule->id, '/');
    return slash == ML_NOT_FOUND ? rule->id : ml_str_from(rule->id, slash + 1);
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

int ml_finding_cmp(const ml_finding *a, const ml_finding *b)
{
    int order = ml_str_cmp(a->path, b->path);

    if (!order)
        order = compare_numbers(a->span.line, b->span.line);
    if (!order)
        order = compare_numbers(a->span.column, b->span.column);
    if (!order)
        order = ml_str_cmp(a->rule->id, b->rule->id);
    if (!order)
        order = compare_numbers(a->span.end_byte, b->span.end_byte);
    return order ? order : ml_str_cmp(a->message.in[ML_LANG_EN], b->message.in[ML_LANG_EN]);
}

static int compare_findings(const void *a, const void *b)
{
    return ml_finding_cmp(a, b);
}

void ml_findings_sort(ml_findings *findings)
{
    if (findings->count > 1)
        qsort(findings->items, findings->count, sizeof *findings->items, compare_findings);
}

bool ml_problem_is_incomplete(ml_problem_kind kind, bool strict)
{
    return strict || kind != ML_PROBLEM_PARSE;
}

static int compare_problems(const void *left, const void *right)
{
    const ml_problem *a = left, *b = right;
    int order = ml_str_cmp(a->path, b->path);

    if (!order)
        order = compare_numbers(a->line, b->line);
    if (!order)
        order = compare_numbers(a->kind, b->kind);
    return order ? order : ml_str_cmp(a->reason.in[ML_LANG_EN], b->reason.in[ML_LANG_EN]);
}

void ml_problems_sort(ml_problems *problems)
{
    if (problems->count > 1)
        qsort(problems->items, problems->count, sizeof *problems->items, compare_problems);
}

ml_counts ml_report_counts(const ml_report *report)
{
    ml_counts counts = {0};

    for (uint32_t i = 0; i < report->findings.count; i++) {
        ml_level level = report->findings.items[i].level;
        counts.high += level == ML_LEVEL_HIGH;
        counts.medium += level == ML_LEVEL_MEDIUM;
        counts.low += level == ML_LEVEL_LOW;
    }
    return counts;
}
