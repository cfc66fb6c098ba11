/* The package a module specifier names, in the spellings of Node, Deno and the CDNs. */
#include "ml/catalog_read.h"

/* What may stand before a package's name: schemes, and places that serve npm packages. */
static const ml_str carriers[] = {
    {"node:",                         5 },
    {"npm:",                          4 },
    {"https://esm.sh/",               15},
    {"https://esm.run/",              16},
    {"https://unpkg.com/",            18},
    {"https://cdn.skypack.dev/",      24},
    {"https://cdn.jsdelivr.net/npm/", 29},
};

static ml_str without_carrier(ml_str specifier)
{
    if (ml_str_find_char(specifier, ':') == ML_NOT_FOUND) /* most have none */
        return specifier;
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
        if (ml_str_starts(specifier, carriers[i])) {
            ml_str rest = ml_str_from(specifier, carriers[i].len);
            return ml_str_starts(rest, ML_STR("/")) ? ml_str_from(rest, 1) : rest;
        }
    return specifier;
}

/* "openai@4" is "openai"; the '@' that begins a scope stays. */
static ml_str without_version(ml_str part)
{
    for (size_t i = 1; i < part.len; i++)
        if (part.data[i] == '@')
            return ml_str_slice(part, 0, i);
    return part;
}

ml_str ml_package_name_of(ml_str specifier)
{
    ml_str name = without_carrier(specifier), rest = name, first = ml_str_split(&rest, '/');

    if (!first.len || first.data[0] == '.' || first.data[0] == '#' || ml_str_find_char(first, ':') != ML_NOT_FOUND)
        return ML_STR_NONE;
    if (first.data[0] != '@')
        return without_version(first);
    ml_str second = without_version(ml_str_split(&rest, '/'));
    if (first.len < 2 || !second.len)
        return ML_STR_NONE;
    return ml_str_slice(name, 0, first.len + 1 + second.len);
}
