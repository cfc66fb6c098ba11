/* jsonc.h - JSON with comments and trailing commas, and the value inside by path.
 *
 * A small read-only document with the place of every value, so that messages can
 * point at it. Used for tsconfig.json, package.json, imported JSON and meterlint.json. */
#ifndef ML_JSONC_H
#define ML_JSONC_H
#include "ml/error.h"
#include "ml/str.h"

typedef enum ml_json_kind {
    ML_JSON_NULL,
    ML_JSON_FALSE,
    ML_JSON_TRUE,
    ML_JSON_NUMBER,
    ML_JSON_STRING,
    ML_JSON_ARRAY,
    ML_JSON_OBJECT
} ml_json_kind;

typedef struct ml_json ml_json;
struct ml_json {
    ml_json_kind kind;
    ml_str key;           /* of a member of an object; decoded */
    ml_str text;          /* STRING: decoded value; NUMBER: as written */
    uint32_t start, end;  /* bytes of the value */
    uint32_t key_start;   /* bytes of the key */
    const ml_json *first; /* first element or member */
    const ml_json *next;  /* sibling */
};

/* Depth is limited to 512, reported as ML_ELIMIT. Duplicate keys are ML_ESYNTAX when strict;
 * otherwise the last one counts. Strings are views of text unless they hold escapes, so
 * text must live as long as the document. */
ml_status ml_json_parse(const ml_json **out, ml_arena *arena, ml_str text, bool strict, const char *path,
                        ml_error *error);
const ml_json *ml_json_get(const ml_json *object, const char *key); /* NULL-safe */
const ml_json *ml_json_get_str(const ml_json *object, ml_str key);
ml_str ml_json_string(const ml_json *value);     /* empty if no string */
uint32_t ml_json_line(ml_str text, uint32_t at); /* 1-based line of a byte of the text */

#endif
