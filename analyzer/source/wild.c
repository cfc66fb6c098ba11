/* Patterns of ignore files. Of every star only the last is ever returned to: an earlier
 * one could not do better, since what lies between them matched as early as possible.
 * So there is no recursion and no exponential input. */
#include "ignore.h"

/* Membership of c in a POSIX class name such as "alpha"; false for unknown names. */
static bool in_class(ml_str name, unsigned char c)
{
    bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z', digit = c >= '0' && c <= '9';
    bool graph = c > ' ' && c < 0x7f;
    const struct {
        const char *name;
        bool member;
    } classes[] = {
        {"alpha",  lower || upper                                           },
        {"digit",  digit                                                    },
        {"alnum",  lower || upper || digit                                  },
        {"lower",  lower                                                    },
        {"upper",  upper                                                    },
        {"space",  c == ' ' || (c >= '\t' && c <= '\r')                     },
        {"blank",  c == ' ' || c == '\t'                                    },
        {"punct",  graph && !(lower || upper || digit)                      },
        {"print",  graph || c == ' '                                        },
        {"graph",  graph                                                    },
        {"cntrl",  c < ' ' || c == 0x7f                                     },
        {"xdigit", digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')},
    };

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (ml_str_eq_c(name, classes[i].name))
            return classes[i].member;
    return false;
}

/* "[:name:]" at p of the pattern: its length, 0 when there is none. */
static size_t class_length(ml_str pattern, size_t p)
{
    if (p + 1 >= pattern.len || pattern.data[p] != '[' || pattern.data[p + 1] != ':')
        return 0;
    size_t end = ml_str_find(ml_str_from(pattern, p + 2), ML_STR(":]"));
    return end == ML_NOT_FOUND ? 0 : end + 4;
}

static unsigned char set_char(ml_str pattern, size_t *p)
{
    if (pattern.data[*p] == '\\' && *p + 1 < pattern.len)
        ++*p;
    return (unsigned char)pattern.data[(*p)++];
}

/* The set that begins at *p ('['); moves *p past it. A set that is never closed matches nothing. */
static bool in_set(ml_str pattern, size_t *p, unsigned char c)
{
    size_t at = *p + 1;
    bool negated = at < pattern.len && (pattern.data[at] == '!' || pattern.data[at] == '^');
    bool found = false;

    at += negated;
    for (bool first = true; at < pattern.len && (first || pattern.data[at] != ']'); first = false) {
        size_t class_bytes = class_length(pattern, at);
        if (class_bytes) {
            found |= in_class(ml_str_slice(pattern, at + 2, at + class_bytes - 2), c);
            at += class_bytes;
            continue;
        }
        unsigned char low = set_char(pattern, &at), high = low;
        if (at + 1 < pattern.len && pattern.data[at] == '-' && pattern.data[at + 1] != ']') {
            at++;
            high = set_char(pattern, &at);
        }
        found |= c >= low && c <= high;
    }
    bool closed = at < pattern.len;
    *p = closed ? at + 1 : pattern.len;
    return closed && found != negated;
}

/* One byte of the path against one item of the pattern that is no star; moves *p. */
static bool match_item(ml_str pattern, size_t *p, unsigned char c)
{
    char item = pattern.data[*p];

    if (item == '[')
        return in_set(pattern, p, c) && c != '/';
    if (item == '\\') {
        if (*p + 1 == pattern.len) /* a backslash alone at the end never matches */
            return false;
        ++*p;
        item = pattern.data[*p];
    } else if (item == '?') {
        ++*p;
        return c != '/';
    }
    ++*p;
    return (unsigned char)item == c;
}

static bool is_plain(ml_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (memchr("*?[\\", s.data[i], 4))
            return false;
    return true;
}

/* Two stars or more are "any number of parts" as a whole part; git also takes them so
 * after a beginning without wildcards, since it compares that beginning apart. Their
 * number, 0 when they are no more than one star. */
static size_t deep_length(ml_str pattern, size_t p)
{
    size_t end = p;

    while (end < pattern.len && pattern.data[end] == '*')
        end++;
    if (end < p + 2 || (end < pattern.len && pattern.data[end] != '/'))
        return 0;
    bool begins = p == 0 || pattern.data[p - 1] == '/' || is_plain(ml_str_slice(pattern, 0, p));
    return begins ? end - p : 0;
}

bool ml_wild_match(ml_str pattern, ml_str path)
{
    size_t p = 0, s = 0;
    size_t star_p = ML_NOT_FOUND, star_s = 0; /* pattern after the last star, path where it ended */
    size_t deep_p = ML_NOT_FOUND, deep_s = 0; /* the same for the last "**" */

    for (;;) {
        size_t deep = p < pattern.len && pattern.data[p] == '*' ? deep_length(pattern, p) : 0;
        if (deep && p + deep == pattern.len)
            return true;
        if (deep) {
            p += deep + 1;
            deep_p = p;
            deep_s = s;
            star_p = ML_NOT_FOUND;
            continue;
        }
        if (p < pattern.len && pattern.data[p] == '*') {
            while (p < pattern.len && pattern.data[p] == '*')
                p++;
            star_p = p;
            star_s = s;
            continue;
        }
        if (s == path.len && p == pattern.len)
            return true;
        if (s < path.len && p < pattern.len && match_item(pattern, &p, (unsigned char)path.data[s])) {
            s++;
            continue;
        }
        if (star_p != ML_NOT_FOUND && star_s < path.len && path.data[star_s] != '/') {
            p = star_p;
            s = ++star_s;
            continue;
        }
        if (deep_p == ML_NOT_FOUND)
            return false;
        size_t slash = ml_str_find_char(ml_str_from(path, deep_s), '/');
        if (slash == ML_NOT_FOUND)
            return false;
        star_p = ML_NOT_FOUND;
        p = deep_p;
        s = deep_s += slash + 1;
    }
}
