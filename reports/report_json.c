#include "report_json.h"

#include <inttypes.h>

static void new_line(ml_json *json)
{
    ml_buf_char(json->out, '\n');
    for (uint32_t i = 0; i < json->depth; i++)
        ml_buf_cstr(json->out, "  ");
}

void ml_json_next(ml_json *json, const char *key)
{
    if (json->filled)
        ml_buf_char(json->out, ',');
    if (json->depth)
        new_line(json);
    json->filled = true;
    if (key)
        ml_buf_printf(json->out, "\"%s\": ", key);
}

void ml_json_open(ml_json *json, const char *key, char bracket)
{
    ml_json_next(json, key);
    ml_buf_char(json->out, bracket);
    json->depth++;
    json->filled = false;
}

void ml_json_close(ml_json *json, char bracket)
{
    json->depth--;
    if (json->filled)
        new_line(json);
    ml_buf_char(json->out, bracket);
    json->filled = true;
}

void ml_json_str(ml_json *json, const char *key, ml_str value)
{
    ml_json_next(json, key);
    ml_sink_json(json->out, value);
}

void ml_json_cstr(ml_json *json, const char *key, const char *value)
{
    ml_json_str(json, key, ml_str_of(value));
}

void ml_json_uint(ml_json *json, const char *key, uint64_t value)
{
    ml_json_next(json, key);
    ml_buf_printf(json->out, "%" PRIu64, value);
}

void ml_json_bool(ml_json *json, const char *key, bool value)
{
    ml_json_next(json, key);
    ml_buf_cstr(json->out, value ? "true" : "false");
}

void ml_json_str_if(ml_json *json, const char *key, ml_str value)
{
    if (value.len)
        ml_json_str(json, key, value);
}
