/* names.c - spellings of table and column names. */
#include "ml/tables.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A word begins at a capital behind a small letter, and at the last capital of several
 * before a small letter: "userID" is user_id, "AIModel" is ai_model. */
static bool begins_word(ml_str name, size_t i)
{
    if (i == 0 || !is_upper(name.data[i]))
        return false;
    char before = name.data[i - 1];
    if (is_lower_or_digit(before))
        return true;
    return is_upper(before) && i + 1 < name.len && name.data[i + 1] >= 'a' && name.data[i + 1] <= 'z';
}

ml_str ml_snake_case(ml_arena *arena, ml_str name)
{
    char *copy = ml_arena_bytes(arena, 2 * name.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (begins_word(name, i))
            copy[len++] = '_';
        copy[len++] = (char)(is_upper(c) ? c + 32 : c == '-' || c == ' ' ? '_' : c);
    }
    copy[len] = '\0';
    return (ml_str){copy, len};
}

static bool ends(ml_str name, const char *ending)
{
    ml_str end = ml_str_of(ending);
    return name.len >= end.len && ml_str_eq_nocase(ml_str_from(name, name.len - end.len), end);
}

static bool is_uncountable(ml_str name)
{
    static const char *const words[] = {"data", "equipment", "information", "metadata", "series", "species", "news"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ml_str_eq_nocase(name, ml_str_of(words[i])) || ends(name, words[i]))
            return true;
    return false;
}

ml_str ml_plural(ml_arena *arena, ml_str name)
{
    if (name.len == 0 || is_uncountable(name))
        return name;
    if (ends(name, "y") && !ends(name, "ay") && !ends(name, "ey") && !ends(name, "oy") && !ends(name, "uy"))
        return ml_arena_concat(arena, ml_str_slice(name, 0, name.len - 1), ML_STR("ies"));
    if (ends(name, "person"))
        return ml_arena_concat(arena, ml_str_slice(name, 0, name.len - 4), ML_STR("ople"));
    if (ends(name, "child"))
        return ml_arena_concat(arena, name, ML_STR("ren"));
    if (ends(name, "ss") || ends(name, "x") || ends(name, "ch") || ends(name, "sh") || ends(name, "us"))
        return ml_arena_concat(arena, name, ML_STR("es"));
    if (ends(name, "sis"))
        return ml_arena_concat(arena, ml_str_slice(name, 0, name.len - 2), ML_STR("es"));
    if (ends(name, "s"))
        return name;
    return ml_arena_concat(arena, name, ML_STR("s"));
}
