/* report_json.h - writes indented JSON, member by member.
 *
 *     ml_json json = {.out = out};
 *     ml_json_open(&json, NULL, '{');
 *     ml_json_str(&json, "name", name);
 *     ml_json_close(&json, '}');
 *
 * A key is NULL inside an array. Keys are literals of ours and are not escaped. */
#ifndef ML_REPORT_JSON_H
#define ML_REPORT_JSON_H
#include "ml/report_sink.h"

typedef struct ml_json {
    ml_buf *out;
    uint32_t depth;
    bool filled; /* the innermost container has a member */
} ml_json;

void ml_json_open(ml_json *json, const char *key, char bracket);
void ml_json_close(ml_json *json, char bracket);
/* Comma, line and key; the caller appends the value to json->out himself. */
void ml_json_next(ml_json *json, const char *key);
void ml_json_str(ml_json *json, const char *key, ml_str value);
void ml_json_cstr(ml_json *json, const char *key, const char *value);
void ml_json_uint(ml_json *json, const char *key, uint64_t value);
void ml_json_bool(ml_json *json, const char *key, bool value);
/* As ml_json_str, but nothing when the value is empty. */
void ml_json_str_if(ml_json *json, const char *key, ml_str value);

#endif
