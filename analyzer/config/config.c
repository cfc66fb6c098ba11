/* meterlint.json: defaults, reading, finding the file. docs/meterlint.schema.json says
 * the same to editors; a test holds the two together. */
#include "ml/config.h"

#include "ml/buf.h"
#include "ml/json_read.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    CONFIG_BYTES_MAX = 1 << 20,
    USER_ARG_DEFAULT = 2, /* (params, customConfig, userId) */
    FILE_BYTES_DEFAULT = 2 << 20,
    STEPS_DEFAULT = 100000,
    PARSE_MS_DEFAULT = 1000
};

extern const ml_str ml_config_schema_text;

static const char *const root_keys[] = {"$schema", "bridge", "ownHosts", "ignore", "tests",
                                        "billing", "rules",  "failOn",   "limits", NULL};
static const char *const bridge_keys[] = {"files", "module", "values", "classes", "methods",
                                          "hosts", "env",    "sinks",  NULL};
static const char *const method_keys[] = {"name", "userArg", NULL};
static const char *const tests_keys[] = {"files", "lower", NULL};
static const char *const billing_keys[] = {"timeZone", "tables", NULL};
static const char *const limit_keys[] = {"fileBytes", "steps", "parseMs", NULL};
static const char *const setting_words[] = {"off", "on", "low", "medium", "high", NULL};
static const char *const fail_words[] = {"none", "low", "medium", "high", NULL};

#define STRS(array) ((ml_strs){(array), sizeof(array) / sizeof *(array)})

void ml_config_default(ml_config *out)
{
    static const ml_str files[] = {
        {"{,src/,server/src/}services/ai/bridge/**", 40}
    };
    static const ml_str values[] =
        {
            {"aiBridgeService", 15}
    },
                        classes[] = {{"AIBridgeService", 15}};
    static const ml_str env[] = {
        {"AI_BRIDGE_URL", 13}
    };
    static const ml_str sinks[] = {
        {"recordUsage",            11},
        {"createBillingRecord",    19},
        {"AIModelUsage.create",    19},
        {"AIBillingRecord.create", 22}
    };
    static const ml_bridge_method methods[] = {
        {{"generateChatCompletion", 22}, USER_ARG_DEFAULT},
        {{"textToSpeech", 12},           USER_ARG_DEFAULT},
        {{"generateImage", 13},          USER_ARG_DEFAULT},
        {{"generateVideo", 13},          USER_ARG_DEFAULT}
    };

    *out = (ml_config){
        .bridge = {.files = STRS(files),
                   .module = ML_STR("ai/bridge/ai-bridge.service"),
                   .values = STRS(values),
                   .classes = STRS(classes),
                   .methods = methods,
                   .method_count = sizeof methods / sizeof *methods,
                   .env = STRS(env),
                   .sinks = STRS(sinks)},
        .tests_lower = true,
        .time_zone = ML_STR("Asia/Shanghai"),
        .fail_on = ML_LEVEL_HIGH,
        .file_bytes_max = FILE_BYTES_DEFAULT,
        .step_budget = STEPS_DEFAULT,
        .deadline_ms = PARSE_MS_DEFAULT,
    };
}

typedef struct reader {
    ml_json_source source;
    ml_arena *arena;
} reader;

static ml_status read_strs(const reader *r, const ml_json *object, const char *key, ml_strs *out)
{
    return ml_json_read_strings(&r->source, r->arena, object, key, &out->items, &out->count);
}

/* One of words; its position. */
static ml_status word_of(const reader *r, const ml_json *value, const char *const *words, unsigned *out)
{
    ml_status status = ml_json_expect(&r->source, value, ML_JSON_STRING);

    if (status != ML_OK)
        return status;
    for (unsigned i = 0; words[i]; i++)
        if (ml_str_eq_c(value->text, words[i])) {
            *out = i;
            return ML_OK;
        }
    const char *nearest = ml_nearest_name(value->text, words);
    return ml_json_fail(&r->source, value, "\"%.*s\" cannot be \"%.*s\"%s%s%s", ML_STR_ARG(value->key),
                        ML_STR_ARG(value->text), nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                        nearest ? "\"?" : "");
}

/* "generateImage" or {"name": "generateImage", "userArg": 2} */
static ml_status read_method(const reader *r, const ml_json *value, ml_bridge_method *out)
{
    ml_status status;

    out->user_arg = USER_ARG_DEFAULT;
    if (value->kind == ML_JSON_STRING) {
        out->name = value->text;
    } else if ((status = ml_json_check_keys(&r->source, value, method_keys)) != ML_OK ||
               (status = ml_json_read_string(&r->source, value, "name", &out->name)) != ML_OK ||
               (status = ml_json_read_number(&r->source, value, "userArg", 0, 20, &out->user_arg)) != ML_OK) {
        return status;
    }
    return out->name.len ? ML_OK : ml_json_fail(&r->source, value, "a method needs a name");
}

static ml_status read_methods(const reader *r, const ml_json *list, ml_bridge_config *out)
{
    ml_status status = ml_json_expect(&r->source, list, ML_JSON_ARRAY);
    uint32_t count = ml_json_count(list), i = 0;
    ml_bridge_method *methods = ML_NEW_ARRAY(r->arena, ml_bridge_method, count ? count : 1);

    if (status != ML_OK)
        return status;
    for (const ml_json *item = list->first; item; item = item->next)
        if ((status = read_method(r, item, &methods[i++])) != ML_OK)
            return status;
    out->methods = methods;
    out->method_count = count;
    return ML_OK;
}

static ml_status read_bridge(const reader *r, const ml_json *value, ml_config *out)
{
    ml_bridge_config *bridge = &out->bridge;
    const ml_json *methods = ml_json_get(value, "methods");
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, value, bridge_keys)) != ML_OK ||
        (status = read_strs(r, value, "files", &bridge->files)) != ML_OK ||
        (status = ml_json_read_string(&r->source, value, "module", &bridge->module)) != ML_OK ||
        (status = read_strs(r, value, "values", &bridge->values)) != ML_OK ||
        (status = read_strs(r, value, "classes", &bridge->classes)) != ML_OK ||
        (status = read_strs(r, value, "hosts", &bridge->hosts)) != ML_OK ||
        (status = read_strs(r, value, "env", &bridge->env)) != ML_OK ||
        (status = read_strs(r, value, "sinks", &bridge->sinks)) != ML_OK)
        return status;
    return methods ? read_methods(r, methods, bridge) : ML_OK;
}

static ml_status read_tests(const reader *r, const ml_json *value, ml_config *out)
{
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, value, tests_keys)) != ML_OK ||
        (status = read_strs(r, value, "files", &out->tests)) != ML_OK)
        return status;
    return ml_json_read_bool(&r->source, value, "lower", &out->tests_lower);
}

static ml_status read_billing(const reader *r, const ml_json *value, ml_config *out)
{
    const ml_json *tables = ml_json_get(value, "tables");
    uint32_t count = ml_json_count(tables), i = 0;
    ml_table_mapping *mappings = ML_NEW_ARRAY(r->arena, ml_table_mapping, count ? count : 1);
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, value, billing_keys)) != ML_OK ||
        (status = ml_json_read_string(&r->source, value, "timeZone", &out->time_zone)) != ML_OK ||
        (tables && (status = ml_json_expect(&r->source, tables, ML_JSON_OBJECT)) != ML_OK))
        return status;
    for (const ml_json *item = tables ? tables->first : NULL; item; item = item->next) {
        if ((status = ml_json_expect(&r->source, item, ML_JSON_STRING)) != ML_OK)
            return status;
        if (!item->text.len)
            return ml_json_fail(&r->source, item, "\"%.*s\" needs the name of a table", ML_STR_ARG(item->key));
        mappings[i++] = (ml_table_mapping){item->key, item->text};
    }
    out->tables = mappings;
    out->table_count = count;
    out->describes_billing = true;
    return ML_OK;
}

static ml_status read_rules(const reader *r, const ml_json *value, ml_config *out)
{
    ml_status status = ml_json_expect(&r->source, value, ML_JSON_OBJECT);
    uint32_t count = ml_json_count(value), i = 0;
    ml_rule_setting *settings = ML_NEW_ARRAY(r->arena, ml_rule_setting, count ? count : 1);

    if (status != ML_OK)
        return status;
    for (const ml_json *item = value->first; item; item = item->next) {
        unsigned word = 0;
        if ((status = word_of(r, item, setting_words, &word)) != ML_OK)
            return status;
        settings[i++] = (ml_rule_setting){.rule = item->key,
                                          .line = ml_json_line(r->source.text, item->key_start),
                                          .off = word == 0,
                                          .level = ml_level_parse(item->text, ML_LEVEL_NONE)};
    }
    out->rules = settings;
    out->rule_count = count;
    return ML_OK;
}

static ml_status read_fail_on(const reader *r, const ml_json *value, ml_config *out)
{
    unsigned word = 0;
    ml_status status = word_of(r, value, fail_words, &word);

    if (status == ML_OK)
        out->fail_on = ml_level_parse(value->text, ML_LEVEL_HIGH);
    return status;
}

static ml_status read_limits(const reader *r, const ml_json *value, ml_config *out)
{
    uint32_t bytes = (uint32_t)out->file_bytes_max;
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, value, limit_keys)) != ML_OK ||
        (status = ml_json_read_number(&r->source, value, "fileBytes", 1024, 1U << 30, &bytes)) != ML_OK ||
        (status = ml_json_read_number(&r->source, value, "steps", 1, 100000000, &out->step_budget)) != ML_OK ||
        (status = ml_json_read_number(&r->source, value, "parseMs", 1, 600000, &out->deadline_ms)) != ML_OK)
        return status;
    out->file_bytes_max = bytes;
    return ML_OK;
}

static ml_status read_root(const reader *r, const ml_json *root, ml_config *out)
{
    static const struct {
        const char *key;
        ml_status (*read)(const reader *r, const ml_json *value, ml_config *out);
    } sections[] = {
        {"bridge",  read_bridge },
        {"tests",   read_tests  },
        {"billing", read_billing},
        {"rules",   read_rules  },
        {"failOn",  read_fail_on},
        {"limits",  read_limits }
    };
    ml_str schema;
    ml_status status;

    if ((status = ml_json_check_keys(&r->source, root, root_keys)) != ML_OK ||
        (status = ml_json_read_string(&r->source, root, "$schema", &schema)) != ML_OK ||
        (status = read_strs(r, root, "ownHosts", &out->own_hosts)) != ML_OK ||
        (status = read_strs(r, root, "ignore", &out->ignore)) != ML_OK)
        return status;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const ml_json *value = ml_json_get(root, sections[i].key);
        if (value && (status = sections[i].read(r, value, out)) != ML_OK)
            return status;
    }
    return ML_OK;
}

static ml_status read_file(ml_arena *run, const char *path, ml_str *out, ml_error *error)
{
    FILE *file = fopen(path, "rb");
    ml_buf buf = {0};

    if (!file)
        return ml_fail(error, errno == ENOENT ? ML_ENOTFOUND : ML_EIO, path, 0, "cannot be opened: %s",
                       strerror(errno));
    ml_buf_reserve(&buf, CONFIG_BYTES_MAX);
    buf.len = fread(buf.data, 1, CONFIG_BYTES_MAX, file);
    bool failed = ferror(file) != 0, large = buf.len == CONFIG_BYTES_MAX;
    fclose(file);
    if (!failed && !large)
        *out = ml_arena_copy(run, ml_buf_view(&buf));
    ml_buf_finish(&buf);
    if (failed)
        return ml_fail(error, ML_EIO, path, 0, "cannot be read");
    return large ? ml_fail(error, ML_ELIMIT, path, 0, "is larger than 1 MB") : ML_OK;
}

ml_status ml_config_load(ml_config *out, ml_arena *run, const char *path, ml_error *error)
{
    ml_config config;
    reader r = {
        .source = {.path = path, .error = error},
          .arena = run
    };
    const ml_json *root;
    ml_status status;
    char absolute[PATH_MAX];

    ml_config_default(&config);
    if ((status = read_file(run, path, &r.source.text, error)) != ML_OK ||
        (status = ml_json_parse(&root, run, r.source.text, true, path, error)) != ML_OK ||
        (status = read_root(&r, root, &config)) != ML_OK)
        return status;
    config.path = ml_arena_copy(run, ml_str_of(realpath(path, absolute) ? absolute : path));
    *out = config;
    return ML_OK;
}

ml_str ml_config_find(ml_arena *run, ml_str folder)
{
    for (;;) {
        ml_str path = ml_path_join(run, folder, ML_STR("meterlint.json"));
        struct stat info;
        if (stat(ml_arena_cstr(run, path), &info) == 0 && S_ISREG(info.st_mode))
            return path;
        if (folder.len <= 1)
            return ML_STR_NONE;
        folder = ml_path_folder(folder);
        if (!folder.len)
            folder = ML_STR("/");
    }
}

ml_str ml_config_schema(void)
{
    return ml_config_schema_text;
}
