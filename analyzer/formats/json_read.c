/* Records from JSON: known keys, right types, and a sentence with the line otherwise. */
#include "ml/json_read.h"

#include <stdarg.h>
#include <stdio.h>

enum { NAME_MAX = 48 }; /* longer keys get no suggestion */

ml_status ml_json_fail(const ml_json_source *source, const ml_json *value, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return ml_fail(source->error, ML_EVALUE, source->path, value ? ml_json_line(source->text, value->start) : 0, "%s",
                   text);
}

ml_status ml_json_expect(const ml_json_source *source, const ml_json *value, ml_json_kind kind)
{
    static const char *const names[] = {"null", "false", "true", "a number", "a string", "a list", "an object"};

    if (value->kind == kind)
        return ML_OK;
    if (value->key.len)
        return ml_json_fail(source, value, "\"%.*s\" must be %s", ML_STR_ARG(value->key), names[kind]);
    return ml_json_fail(source, value, "%s was expected here", names[kind]);
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static bool same_letter(ml_str a, size_t i, ml_str b, size_t j)
{
    return ml_str_eq_nocase(ml_str_slice(a, i, i + 1), ml_str_slice(b, j, j + 1));
}

/* Insertions, deletions, changes and swaps of neighbours that lead from a to b, letters
 * without case. Both are at most NAME_MAX long. */
static unsigned edit_distance(ml_str a, ml_str b)
{
    unsigned rows[3][NAME_MAX + 1];

    for (unsigned j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = same_letter(a, i - 1, b, j - 1);
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + !same);
            bool swapped = i > 1 && j > 1 && same_letter(a, i - 1, b, j - 2) && same_letter(a, i - 2, b, j - 1);
            if (swapped && above2[j - 2] + 1 < row[j])
                row[j] = above2[j - 2] + 1;
        }
    }
    return rows[a.len % 3][b.len];
}

const char *ml_nearest_name(ml_str name, const char *const *known)
{
    const char *best = NULL;
    unsigned best_distance = 0;

    if (name.len > NAME_MAX)
        return NULL;
    for (; *known; known++) {
        ml_str candidate = ml_str_of(*known);
        if (candidate.len > NAME_MAX)
            continue;
        unsigned distance = edit_distance(name, candidate);
        if (!best || distance < best_distance) {
            best = *known;
            best_distance = distance;
        }
    }
    /* A name that shares less than half of its letters is no typing mistake. */
    return best && best_distance * 2 <= (name.len > strlen(best) ? name.len : strlen(best)) ? best : NULL;
}

static bool is_known(ml_str key, const char *const *known)
{
    for (; *known; known++)
        if (ml_str_eq_c(key, *known))
            return true;
    return false;
}

ml_status ml_json_check_keys(const ml_json_source *source, const ml_json *value, const char *const *known)
{
    ml_status status = ml_json_expect(source, value, ML_JSON_OBJECT);

    if (status != ML_OK)
        return status;
    for (const ml_json *member = value->first; member; member = member->next) {
        if (is_known(member->key, known))
            continue;
        const char *nearest = ml_nearest_name(member->key, known);
        uint32_t line = ml_json_line(source->text, member->key_start);
        if (nearest)
            return ml_fail(source->error, ML_EVALUE, source->path, line, "unknown key \"%.*s\"; did you mean \"%s\"?",
                           ML_STR_ARG(member->key), nearest);
        return ml_fail(source->error, ML_EVALUE, source->path, line, "unknown key \"%.*s\"", ML_STR_ARG(member->key));
    }
    return ML_OK;
}

ml_status ml_json_read_string(const ml_json_source *source, const ml_json *object, const char *key, ml_str *out)
{
    const ml_json *value = ml_json_get(object, key);
    ml_status status;

    if (!value)
        return ML_OK;
    if ((status = ml_json_expect(source, value, ML_JSON_STRING)) != ML_OK)
        return status;
    if (!value->text.len)
        return ml_json_fail(source, value, "\"%s\" must not be empty", key);
    *out = value->text;
    return ML_OK;
}

ml_status ml_json_read_bool(const ml_json_source *source, const ml_json *object, const char *key, bool *out)
{
    const ml_json *value = ml_json_get(object, key);

    if (!value)
        return ML_OK;
    if (value->kind != ML_JSON_TRUE && value->kind != ML_JSON_FALSE)
        return ml_json_fail(source, value, "\"%s\" must be true or false", key);
    *out = value->kind == ML_JSON_TRUE;
    return ML_OK;
}

ml_status ml_json_read_number(const ml_json_source *source, const ml_json *object, const char *key, uint32_t min,
                              uint32_t max, uint32_t *out)
{
    const ml_json *value = ml_json_get(object, key);
    uint64_t number = 0;

    if (!value)
        return ML_OK;
    bool good = value->kind == ML_JSON_NUMBER;
    for (size_t i = 0; good && i < value->text.len; i++) {
        char c = value->text.data[i];
        good = c >= '0' && c <= '9' && (number = number * 10 + (uint64_t)(c - '0')) <= UINT32_MAX;
    }
    if (!good || number < min || number > max)
        return ml_json_fail(source, value, "\"%s\" must be a whole number from %u to %u", key, min, max);
    *out = (uint32_t)number;
    return ML_OK;
}

uint32_t ml_json_count(const ml_json *value)
{
    uint32_t count = 0;

    for (const ml_json *child = value ? value->first : NULL; child; child = child->next)
        count++;
    return count;
}

ml_status ml_json_strings_of(const ml_json_source *source, ml_arena *arena, const ml_json *value, const ml_str **items,
                             uint32_t *count)
{
    bool single = value->kind == ML_JSON_STRING;
    uint32_t n = single ? 1 : ml_json_count(value), i = 0;
    ml_str *list = ML_NEW_ARRAY(arena, ml_str, n ? n : 1);
    ml_status status;

    if (!single && (status = ml_json_expect(source, value, ML_JSON_ARRAY)) != ML_OK)
        return status;
    for (const ml_json *item = single ? value : value->first; item; item = single ? NULL : item->next) {
        if ((status = ml_json_expect(source, item, ML_JSON_STRING)) != ML_OK)
            return status;
        list[i++] = item->text;
    }
    *items = list;
    *count = n;
    return ML_OK;
}

ml_status ml_json_read_strings(const ml_json_source *source, ml_arena *arena, const ml_json *object, const char *key,
                               const ml_str **items, uint32_t *count)
{
    const ml_json *value = ml_json_get(object, key);
    ml_status status;

    if (!value)
        return ML_OK;
    if ((status = ml_json_expect(source, value, ML_JSON_ARRAY)) != ML_OK ||
        (status = ml_json_strings_of(source, arena, value, items, count)) != ML_OK)
        return status;
    for (const ml_json *item = value->first; item; item = item->next)
        if (!item->text.len)
            return ml_json_fail(source, item, "\"%s\" must not hold an empty string", key);
    return ML_OK;
}
