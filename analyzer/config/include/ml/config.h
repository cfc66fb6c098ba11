/* config.h - meterlint.json, read and checked.
 *
 * Without a file every value has its default. Unknown keys, duplicate keys and values
 * of a wrong type are errors with line and, for keys, the nearest known name. The
 * file may hold comments and trailing commas. */
#ifndef ML_CONFIG_H
#define ML_CONFIG_H
#include "ml/error.h"
#include "ml/finding.h"

typedef struct ml_strs {
    const ml_str *items;
    uint32_t count;
} ml_strs;

typedef struct ml_bridge_method {
    ml_str name;
    uint32_t user_arg; /* 0-based position of the user id; 2 for (params, customConfig, userId) */
} ml_bridge_method;

typedef struct ml_bridge_config {
    ml_strs files;   /* globs from a project root: where the bridge lives; default: services/ai/bridge below
                           the root, src, or server/src */
    ml_str module;   /* specifiers that end in this are the bridge: "ai/bridge/ai-bridge.service" */
    ml_strs values;  /* exported instances: aiBridgeService */
    ml_strs classes; /* AIBridgeService */
    const ml_bridge_method *methods;
    uint32_t method_count; /* default: generateChatCompletion, textToSpeech, generateImage, generateVideo */
    ml_strs hosts;         /* hosts of the bridge itself */
    ml_strs env;           /* AI_BRIDGE_URL */
    ml_strs sinks;         /* what records usage or bills: "recordUsage", "AIModelUsage.create" */
} ml_bridge_config;

typedef struct ml_rule_setting {
    ml_str rule; /* id, bare name or catalogue id, as written */
    uint32_t line;
    bool off;
    ml_level level; /* when not off; NONE: the rule's own */
} ml_rule_setting;

typedef struct ml_table_mapping {
    ml_str reference; /* "ai_billing_records" */
    ml_str project;   /* "bills" */
} ml_table_mapping;

typedef struct ml_config {
    ml_str path; /* of the file, absolute; empty without one */
    ml_bridge_config bridge;
    ml_strs own_hosts;              /* globs over hosts: own infrastructure */
    ml_strs ignore;                 /* globs over paths */
    ml_strs tests;                  /* further globs that mark tests */
    bool tests_lower;               /* report tests one level lower; default true */
    bool describes_billing;         /* there is a section "billing": the project keeps bills */
    ml_str time_zone;               /* billing.timeZone; default Asia/Shanghai */
    const ml_table_mapping *tables; /* billing.tables */
    uint32_t table_count;
    const ml_rule_setting *rules;
    uint32_t rule_count;
    ml_level fail_on;      /* default HIGH */
    size_t file_bytes_max; /* limits.fileBytes */
    uint32_t step_budget;  /* limits.steps: evaluation steps per query */
    uint32_t deadline_ms;  /* limits.parseMs */
} ml_config;

void ml_config_default(ml_config *out);
/* path is a file; relative globs in it count from the project root. */
ml_status ml_config_load(ml_config *out, ml_arena *run, const char *path, ml_error *error);
/* The nearest meterlint.json from folder upwards, up to the file system's root; empty without one. */
ml_str ml_config_find(ml_arena *run, ml_str folder);

/* The published JSON schema of the file, as text. */
ml_str ml_config_schema(void);

#endif
