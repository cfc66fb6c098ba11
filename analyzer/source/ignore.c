#include "ignore.h"

#include "ml/vec.h"

/* Blanks at the end do not count, but for those written as "\ ". */
static ml_str trim_end(ml_str line)
{
    size_t keep = 0;

    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == '\\' && i + 1 < line.len)
            keep = ++i + 1;
        else if (line.data[i] != ' ')
            keep = i + 1;
    }
    return ml_str_slice(line, 0, keep);
}

static bool is_wild(char c)
{
    return memchr("*?[\\", c, 4) != NULL;
}

static bool has_wild(ml_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (is_wild(s.data[i]))
            return true;
    return false;
}

/* Most patterns are told from most paths by their ends. A slash may belong to a "**" beside it, and what
 * looks like the end behind a '[' may belong to a set. */
static void find_ends(ml_ignore_rule *rule)
{
    ml_str pattern = rule->pattern;
    size_t head = 0, tail = pattern.len;

    while (head < pattern.len && !is_wild(pattern.data[head]))
        head++;
    while (tail && !is_wild(pattern.data[tail - 1]) && pattern.data[tail - 1] != '/')
        tail--;
    rule->head = ml_str_slice(pattern, 0, head);
    rule->tail = memchr(pattern.data, '[', pattern.len) || (tail && pattern.data[tail - 1] == '\\')
                     ? ML_STR_NONE
                     : ml_str_from(pattern, tail);
}

static void classify(ml_ignore_rule *rule)
{
    rule->shape = ML_IGNORE_PATTERN;
    find_ends(rule);
    if (!has_wild(rule->pattern)) {
        rule->shape = ML_IGNORE_LITERAL;
    } else if (rule->by_name && rule->pattern.data[0] == '*' && !has_wild(ml_str_from(rule->pattern, 1))) {
        rule->shape = ML_IGNORE_SUFFIX;
        rule->pattern = ml_str_from(rule->pattern, 1);
    }
}

/* False for lines that say nothing. */
static bool parse_rule(ml_ignore_rule *rule, ml_str line)
{
    memset(rule, 0, sizeof *rule);
    if (!line.len || line.data[0] == '#')
        return false;
    line = trim_end(line);
    if (line.len && line.data[0] == '!') {
        rule->negated = true;
        line = ml_str_from(line, 1);
    }
    if (line.len && line.data[line.len - 1] == '/') {
        rule->folders_only = true;
        line.len--;
    }
    rule->by_name = ml_str_find_char(line, '/') == ML_NOT_FOUND;
    if (line.len && line.data[0] == '/')
        line = ml_str_from(line, 1);
    if (!line.len || line.len > ML_IGNORE_PATTERN_MAX)
        return false;
    rule->pattern = line;
    classify(rule);
    return true;
}

const ml_ignore_list *ml_ignore_parse(ml_arena *arena, ml_str text, ml_str base, const ml_ignore_list *up)
{
    ML_VEC(ml_ignore_rule) rules = {0};

    if (ml_str_starts(text, ML_STR("\xef\xbb\xbf")))
        text = ml_str_from(text, 3);
    while (text.len && rules.count < ML_IGNORE_RULES_MAX) {
        ml_ignore_rule rule;
        ml_str line = ml_str_split(&text, '\n');
        if (line.len && line.data[line.len - 1] == '\r')
            line.len--;
        if (parse_rule(&rule, line))
            ml_vec_push(arena, &rules, rule);
    }
    if (!rules.count)
        return up;
    ml_ignore_list *list = ML_NEW(arena, ml_ignore_list);
    *list = (ml_ignore_list){up, base, rules.items, rules.count};
    return list;
}

static bool rule_matches(const ml_ignore_rule *rule, ml_str path, ml_str name, bool is_folder)
{
    if (rule->folders_only && !is_folder)
        return false;
    ml_str subject = rule->by_name ? name : path;
    if (rule->shape == ML_IGNORE_LITERAL)
        return ml_str_eq(subject, rule->pattern);
    if (rule->shape == ML_IGNORE_SUFFIX)
        return ml_str_ends(subject, rule->pattern);
    return ml_str_starts(subject, rule->head) && ml_str_ends(subject, rule->tail) &&
           ml_wild_match(rule->pattern, subject);
}

bool ml_ignored(const ml_ignore_list *list, ml_str path, bool is_folder)
{
    ml_str name = ml_path_name(path);

    for (; list; list = list->up) {
        if (!ml_str_starts(path, list->base))
            continue;
        ml_str below = ml_str_from(path, list->base.len);
        for (uint32_t i = list->count; i-- > 0;)
            if (rule_matches(&list->rules[i], below, name, is_folder))
                return !list->rules[i].negated;
    }
    return false;
}
