/* json_read.h - reading records of a known shape from JSON, with errors people can act on.
 *
 * Every function names file, line and key when the value does not fit. A key that is
 * absent leaves *out as it was, so defaults are set before reading. Strings are views
 * of the document. */
#ifndef ML_JSON_READ_H
#define ML_JSON_READ_H
#include "ml/jsonc.h"

typedef struct ml_json_source {
    ml_str text;      /* the whole document, for line numbers */
    const char *path; /* for messages */
    ml_error *error;  /* may be NULL */
} ml_json_source;

/* Fills the error with the line of value and returns ML_EVALUE. */
__attribute__((format(printf, 3, 4))) ml_status ml_json_fail(const ml_json_source *source, const ml_json *value,
                                                             const char *format, ...);
ml_status ml_json_expect(const ml_json_source *source, const ml_json *value, ml_json_kind kind);

/* value must be an object all of whose keys are among known (ended by NULL); otherwise
 * the message names the key and the nearest known one. */
ml_status ml_json_check_keys(const ml_json_source *source, const ml_json *value, const char *const *known);
/* The known name with the smallest edit distance, or NULL when none is near. */
const char *ml_nearest_name(ml_str name, const char *const *known);

ml_status ml_json_read_string(const ml_json_source *source, const ml_json *object, const char *key, ml_str *out);
ml_status ml_json_read_bool(const ml_json_source *source, const ml_json *object, const char *key, bool *out);
ml_status ml_json_read_number(const ml_json_source *source, const ml_json *object, const char *key, uint32_t min,
                              uint32_t max, uint32_t *out);
/* A list of strings, none of them empty. */
ml_status ml_json_read_strings(const ml_json_source *source, ml_arena *arena, const ml_json *object, const char *key,
                               const ml_str **items, uint32_t *count);
/* Like the above for a value that is a list or one string. */
ml_status ml_json_strings_of(const ml_json_source *source, ml_arena *arena, const ml_json *value, const ml_str **items,
                             uint32_t *count);
uint32_t ml_json_count(const ml_json *value); /* children */

#endif
