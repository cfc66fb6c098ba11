/* ignore.h - .gitignore files as git reads them (private to this module).
 *
 * A list holds the rules of one file; lists are chained from the deepest folder up,
 * and the deepest list that has a say decides, in it the last rule that matches.
 * Matching looks at one path only: that nothing below an ignored folder can be taken
 * back is the walker's doing, which does not enter it. */
#ifndef ML_SOURCE_IGNORE_H
#define ML_SOURCE_IGNORE_H
#include "ml/str.h"

typedef struct ml_ignore_rule {
    ml_str pattern;
    ml_str head, tail; /* of a PATTERN: what every match begins and ends with, as it stands */
    bool negated, folders_only;
    bool by_name; /* no '/' inside: any depth, compared with the last part */
    enum { ML_IGNORE_LITERAL, ML_IGNORE_SUFFIX, ML_IGNORE_PATTERN } shape;
} ml_ignore_rule;

typedef struct ml_ignore_list {
    const struct ml_ignore_list *up; /* of a folder above; NULL ends the chain */
    ml_str base;                     /* the file's folder, in the terms of the paths asked about; "" or "a/b/" */
    const ml_ignore_rule *rules;
    uint32_t count;
} ml_ignore_list;

enum { ML_IGNORE_RULES_MAX = 20000, ML_IGNORE_PATTERN_MAX = 1024, ML_IGNORE_FILE_MAX = 1 << 20 };

/* The rules of a file's text, which must live as long; rules past the bounds are left out. */
const ml_ignore_list *ml_ignore_parse(ml_arena *arena, ml_str text, ml_str base, const ml_ignore_list *up);
/* Is this path ignored? A path outside a list's base is none of its business. */
bool ml_ignored(const ml_ignore_list *list, ml_str path, bool is_folder);

/* One pattern against a path: '*' and '?' and sets stay within a part, "**" as a whole
 * part is any number of parts. Work is bounded by the lengths' product for each part. */
bool ml_wild_match(ml_str pattern, ml_str path);

#endif
