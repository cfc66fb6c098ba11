/* Globs over relative paths. Matching keeps two return points (the last '*' and the
 * last '**'), so the work is bounded by the product of both lengths and there is no
 * recursion but one level a brace group, of which a pattern may hold eight. The
 * alternatives of several groups multiply, so a pattern that has still not matched after
 * EXPANSIONS_MAX of them matches nothing. */
#include "ml/str.h"

enum { BRACES_MAX = 8, EXPANSIONS_MAX = 4096 };

static bool match_flat(ml_str pattern, ml_str path)
{
    size_t p = 0, s = 0;
    size_t star_p = ML_NOT_FOUND, star_s = 0; /* after the last '*', where it ended */
    size_t deep_p = ML_NOT_FOUND, deep_s = 0; /* the same for '**' */

    for (;;) {
        if (p < pattern.len && pattern.data[p] == '*') {
            if (p + 1 < pattern.len && pattern.data[p + 1] == '*') {
                p += 2;
                if (p < pattern.len && pattern.data[p] == '/')
                    p++;
                deep_p = p;
                deep_s = s;
                star_p = ML_NOT_FOUND;
            } else {
                star_p = ++p;
                star_s = s;
            }
            continue;
        }
        if (s == path.len && p == pattern.len)
            return true;
        if (s < path.len && p < pattern.len &&
            (pattern.data[p] == path.data[s] || (pattern.data[p] == '?' && path.data[s] != '/'))) {
            p++, s++;
            continue;
        }
        if (star_p != ML_NOT_FOUND && star_s < path.len && path.data[star_s] != '/') {
            p = star_p;
            s = ++star_s;
            continue;
        }
        if (deep_p == ML_NOT_FOUND || deep_s >= path.len)
            return false;
        star_p = ML_NOT_FOUND;
        /* '**' swallows whole parts; at the very end it swallows anything. */
        if (deep_p == pattern.len)
            return true;
        do
            deep_s++;
        while (deep_s < path.len && path.data[deep_s - 1] != '/');
        p = deep_p;
        s = deep_s;
    }
}

static size_t closing_brace(ml_str pattern, size_t open)
{
    size_t depth = 0;

    for (size_t i = open; i < pattern.len; i++) {
        if (pattern.data[i] == '{')
            depth++;
        else if (pattern.data[i] == '}' && --depth == 0)
            return i;
    }
    return ML_NOT_FOUND;
}

static bool match_braces(ml_arena *scratch, int *left, ml_str pattern, ml_str path, int depth)
{
    size_t open = ml_str_find_char(pattern, '{');
    size_t close = open == ML_NOT_FOUND ? ML_NOT_FOUND : closing_brace(pattern, open);

    if (close == ML_NOT_FOUND || depth == BRACES_MAX)
        return match_flat(pattern, path);
    size_t start = open + 1, nesting = 0;
    for (size_t i = open + 1; i <= close; i++) {
        char c = pattern.data[i];
        if (c == '{')
            nesting++;
        else if (c == '}' && i < close)
            nesting--;
        if ((c != ',' || nesting) && i != close)
            continue;
        if (--*left < 0)
            return false;
        ml_str chosen = ml_arena_concat(scratch, ml_str_slice(pattern, 0, open), ml_str_slice(pattern, start, i));
        chosen = ml_arena_concat(scratch, chosen, ml_str_from(pattern, close + 1));
        if (match_braces(scratch, left, chosen, path, depth + 1))
            return true;
        start = i + 1;
    }
    return false;
}

/* What stands behind the last group and before the next wildcard is in every path that matches: most
 * paths are told by that, without a look at the alternatives. */
static ml_str text_behind_braces(ml_str pattern)
{
    size_t close = ml_str_rfind_char(pattern, '}');
    ml_str text = close == ML_NOT_FOUND ? ML_STR_NONE : ml_str_from(pattern, close + 1);
    size_t len = 0;

    while (len < text.len && text.data[len] != '*' && text.data[len] != '?')
        len++;
    return ml_str_slice(text, 0, len);
}

bool ml_glob_match(ml_str pattern, ml_str path)
{
    if (ml_str_find_char(pattern, '/') == ML_NOT_FOUND && !ml_str_contains(pattern, ML_STR("**")))
        path = ml_path_name(path);
    if (ml_str_find_char(pattern, '{') == ML_NOT_FOUND)
        return match_flat(pattern, path);
    if (!ml_str_contains(path, text_behind_braces(pattern)))
        return false;
    ml_arena scratch = {0};
    int left = EXPANSIONS_MAX;
    bool matched = match_braces(&scratch, &left, pattern, path, 0);
    ml_arena_finish(&scratch);
    return matched;
}
