/* fixture.h - reports built by hand, which the tests of this folder print.
 *
 * Each is a constant: words, places and hashes are made up, but shaped as a scan
 * would shape them. */
#ifndef ML_TEST_REPORT_FIXTURE_H
#define ML_TEST_REPORT_FIXTURE_H
#include "ml/report.h"

/* clang-format off */
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define S(literal) {literal, sizeof(literal) - 1}
#define TEXT(en, zh) {{S(en), S(zh)}}
#define LIST(array) {array, COUNT(array), COUNT(array)}

static const ml_rule_info rule_user_id = {
    .id = S("bridge/missing-user-id"),
    .level = ML_LEVEL_MEDIUM,
    .on = true,
    .catalogue_ids = {S("MTR019")},
    .title = TEXT("Bridge call without a user", "调用AIBridge未传用户ID"),
    .why = TEXT("A bill without a user cannot be charged to anyone.", "没有用户的账单无法向任何人收取。"),
    .fix = TEXT("Pass the id of the user as the third argument.", "把用户ID作为第三个参数传入。"),
};
static const ml_rule_info rule_http = {
    .id = S("bypass/direct-http"),
    .level = ML_LEVEL_HIGH,
    .on = true,
    .title = TEXT("AI host called outside the bridge", "绕过AIBridge直接调用AI接口"),
    .why = TEXT("The call is not metered, so it leaves no billing record.", "该调用不计量，不会产生计费记录。"),
    .fix = TEXT("Call the matching `aiBridgeService` method and pass `userId`.",
                "改用 `aiBridgeService` 的对应方法并传入 `userId`。"),
};
static const ml_rule_info rule_unrecorded = {
    .id = S("metering/unrecorded-call"),
    .level = ML_LEVEL_HIGH,
    .on = true,
    .catalogue_ids = {S("MTR001"), S("STUB")},
    .title = TEXT("Provider call {without} a usage record", "调用后没有记录用量"),
    .why = TEXT("What is not recorded is never billed", "没有记录就不会计费"),
    .fix = TEXT("Record usage on every path that succeeds", "在每条成功路径上记录用量"),
};
static const ml_rule_info rule_local = {
    .id = S("bypass/local-server"),
    .level = ML_LEVEL_LOW,
    .title = TEXT("Local inference server", "本地推理服务"),
    .why = TEXT("A local server costs money too.", "本地服务同样产生费用。"),
    .fix = TEXT("Register it as a model of the bridge.", "将其登记为AIBridge的模型。"),
};
/* By id, as a run hands them over. */
static const ml_rule_info *const rules[] = {&rule_user_id, &rule_http, &rule_local, &rule_unrecorded};

#define COMMON                                                                                            \
    .tool_version = S("0.1.0"), .root = S("/somewhere/kindergarten"), .time = 1737453600, .time_is_utc = true, \
    .rules = rules, .rule_count = COUNT(rules)

/* The sample of the specification. */
static const ml_report clean_report = {
    COMMON, .typed = S("server/src"), .files_total = 150, .files_checked = 145, .files_parsed = 40,
};

static ml_step chat_steps[] = {
    {S("src/config/models.ts"), {3, 14, 3, 47, 60, 93},
     TEXT("the address comes from 'OPENAI_BASE'", "地址来自 'OPENAI_BASE'"),
     S("export const OPENAI_BASE = 'https://api.openai.com/v1';")},
    {S("src/services/chat.ts"), {12, 28, 12, 39, 310, 321}, TEXT("the path is appended", "拼接路径"),
     S("  const url = `${OPENAI_BASE}/chat/completions`;")},
};
static ml_finding findings[] = {
    {
        .rule = &rule_unrecorded,
        .level = ML_LEVEL_HIGH,
        .message = TEXT("Method 'generateVideo' calls a provider and records no usage on the path that returns at line 88.",
                        "方法 'generateVideo' 调用了AI接口，但在第88行返回的路径上没有记录用量。"),
        .path = S("src/services/ai/bridge/ai-bridge.service.ts"),
        .span = {80, 3, 91, 4, 2000, 2400},
        .code = {79, S("\n  async generateVideo(params: VideoParams, config?: Config, userId?: number) {\n"
                       "    if (!params.prompt) {\n      return null;"),
                 S("async generateVideo(params: VideoParams, config?: Config, userId?: number) {"), 0x49dc11fe0,
                 1},
        .scope = S("AIBridgeService.generateVideo"),
    },
    {
        .rule = &rule_http,
        .level = ML_LEVEL_HIGH,
        .message = TEXT("'axios.post' reaches 'api.openai.com' outside AIBridge.",
                        "'axios.post' 绕过AIBridge访问 'api.openai.com'。"),
        .path = S("src/services/chat.ts"),
        .span = {14, 28, 14, 38, 400, 410},
        .code = {13, S("  const body = { model: '文心', messages };\r\n  const 回答 = '🐼' && await axios.post(url, body);\r\n"
                       "\treturn 回答.data;\r"),
                 S("const 回答 = '🐼' && await axios.post(url, body);"), 0xb86d3392aea1be30, 2},
        .steps = LIST(chat_steps),
        .provider = S("openai"),
        .scope = S("Chat.ask"),
        .sink = S("axios.post"),
    },
    {
        .rule = &rule_user_id,
        .level = ML_LEVEL_MEDIUM,
        .message = TEXT("'generateImage' is called without a user id.", "调用 'generateImage' 时未传用户ID。"),
        .path = S("src/services/image 图.ts"),
        .span = {7, 9, 7, 22, 120, 133},
        .code = {7, S("  await generateImage({ prompt }, undefined, undefined);"),
                 S("await generateImage({ prompt }, undefined, undefined);"), 0xfe1, 1},
        .sink = S("generateImage"),
    },
    {
        .rule = &rule_http,
        .level = ML_LEVEL_LOW,
        .message = TEXT("'fetch' reaches 'api.anthropic.com' outside AIBridge.", "'fetch' 绕过AIBridge访问 'api.anthropic.com'。"),
        .level_reason = TEXT("in a test file, one level lower", "位于测试文件，降一级"),
        .path = S("test/chat.test.ts"),
        .span = {130, 131, 130, 136, 5000, 5005},
        .code = {129,
                 S("// a minified line follows\n"
                   "var aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                   "aaaaaaaaaaa=1,r=await fetch(\"https://api.anthropic.com/v1/messages\",{method:\"POST\",body:bbbbbbbbbbbbbbbb"
                   "bbbbbbbbbbbbbbbbbbbbbbbbbb});"),
                 S("var aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                   "aaaaaaaaaaa=1,r=await fetch(\"https://api.anthropic.com/v1/messages\",{method:\"POST\",body:bbbbbbbbbbbbbbbb"
                   "bbbbbbbbbbbbbbbbbbbbbbbbbb});"),
                 0x1e442, 1},
        .provider = S("anthropic"),
        .sink = S("fetch"),
    },
};
static ml_problem all_problems[] = {
    {ML_PROBLEM_PARSE, S("src/legacy/odd.ts"), 41, TEXT("2 parse errors, the first here", "2 处语法错误，首处在此")},
    {ML_PROBLEM_PARSE_BLIND, S("src/legacy/openai.js"), 9, TEXT("an error range holds 'api.openai.com'", "错误区间含有 'api.openai.com'")},
    {ML_PROBLEM_UNANALYSED, S("src/generated/huge.ts"), 0, TEXT("step budget spent", "步数预算用尽")},
    {ML_PROBLEM_UNREAD, S("src/private.ts"), 0, TEXT("permission denied", "没有读取权限")},
};
static ml_check bridge_checks[] = {
    {ML_CHECK_OK, TEXT("generateImage: usage recorded", "generateImage：已记录用量"), S("src/services/ai/bridge/ai-bridge.service.ts"), 40},
    {ML_CHECK_BAD, TEXT("generateVideo: usage not recorded", "generateVideo：未记录用量"), S("src/services/ai/bridge/ai-bridge.service.ts"), 80},
    {ML_CHECK_UNKNOWN, TEXT("textToSpeech: not followed", "textToSpeech：无法判断"), S(""), 0},
};
static ml_check schema_checks[] = {
    {ML_CHECK_OK, TEXT("ai_model_usage: complete", "ai_model_usage：完整"), S("migrations/001.sql"), 1},
    {ML_CHECK_BAD, TEXT("ai_billing_records: column 'character_count' is missing", "ai_billing_records：缺少字段 'character_count'"),
     S("migrations/002.sql"), 12},
};
/* Every part filled, every kind of thing once. */
static const ml_report findings_report = {
    COMMON,
    .uri_prefix = S("packages/api server/"),
    .typed = S("packages/api server"),
    .files_total = 25,
    .files_checked = 23,
    .files_parsed = 11,
    .parse_errors = 2,
    .suppressed = 1,
    .findings = LIST(findings),
    .problems = LIST(all_problems),
    .incomplete = true,
    .bridge = LIST(bridge_checks),
    .schema = LIST(schema_checks),
    .suggested_ddl = S("ALTER TABLE ai_billing_records\n  ADD COLUMN character_count INT NULL;\n"),
};

/* One finding, no evidence, nothing else to say: the shortest report with findings. */
static const ml_report single_report = {
    COMMON, .typed = S("."), .files_total = 1, .files_checked = 1, .files_parsed = 1, .findings = {findings + 2, 1, 1},
};

static const ml_report incomplete_report = {
    COMMON,
    .typed = S("src"),
    .files_total = 4,
    .files_checked = 2,
    .files_parsed = 2,
    .parse_errors = 2,
    .problems = LIST(all_problems),
    .incomplete = true,
};

/* Parse errors that hide nothing: listed, and still clean. */
static const ml_report noted_report = {
    COMMON, .typed = S("src"), .files_total = 4, .files_checked = 4, .files_parsed = 2, .parse_errors = 1,
    .problems = {all_problems, 1, 1},
};

/* What a hostile tree would like to smuggle into each kind of report. */
#define EVIL                                                                                                \
    "a\nb\r::error file=x::y %0A \033[31mred\007 \xe2\x80\xae" "rtl \xff\xc3( <script>alert(1)</script> ]]> &amp; \"q\" 'q' " \
    "`code``` | [x](javascript:1) @team #7 ##[error]z \xe2\x80\x8b\xf3\xa0\x81\x81\\"
static ml_step evil_steps[] = {{S(EVIL ".ts"), {1, 1, 1, 2, 0, 1}, TEXT(EVIL, EVIL), S(EVIL)}};
static ml_finding evil_findings[] = {
    {
        .rule = &rule_http,
        .level = ML_LEVEL_HIGH,
        .message = TEXT(EVIL, EVIL),
        .level_reason = TEXT(EVIL, EVIL),
        .path = S("::error::" EVIL ".ts"),
        .span = {1, 1, 2, 1, 0, 1},
        .code = {1, S(EVIL), S(EVIL), 1, 1},
        .steps = LIST(evil_steps),
        .provider = S(EVIL),
        .scope = S(EVIL),
        .sink = S(EVIL),
    },
};
static ml_problem evil_problems[] = {{ML_PROBLEM_UNREAD, S(EVIL), 1, TEXT(EVIL, EVIL)}};
static ml_check evil_checks[] = {{ML_CHECK_BAD, TEXT(EVIL, EVIL), S(EVIL), 1}};
static const ml_report evil_report = {
    COMMON,
    .uri_prefix = S("../x:y/"),
    .typed = S(EVIL),
    .files_total = 1,
    .files_checked = 1,
    .findings = LIST(evil_findings),
    .problems = LIST(evil_problems),
    .incomplete = true,
    .bridge = LIST(evil_checks),
    .schema = LIST(evil_checks),
    .suggested_ddl = S(EVIL),
};

/* clang-format on */
#endif
