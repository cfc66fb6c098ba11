/* sarif - SARIF 2.1.0 as GitHub code scanning reads it.
 *
 * Paths are relative to the repository (uri_prefix + path), never absolute. Results
 * come highest level first, because a reader that shows only some of them shows the
 * first ones; past SARIF_RESULTS_MAX they are cut, and a notification says how many. */
#include "report_common.h"
#include "report_json.h"

#include <inttypes.h>

#define SARIF_RESULTS_MAX 25000u /* GitHub refuses a run with more */
#define SARIF_STEPS_MAX   100u

typedef struct sheet {
    ml_json json;
    const ml_report *report;
    ml_lang lang;
} sheet;

/* A one-member object {"text": "..."}; ends with a full stop, as the rules of the format ask. */
static void message(sheet *page, const char *key, ml_str text)
{
    ml_json_open(&page->json, key, '{');
    ml_json_next(&page->json, "text");
    ml_sink_sarif_message(page->json.out, text);
    ml_json_close(&page->json, '}');
}

static bool ends_sentence(ml_str text)
{
    return ml_str_ends(text, ML_STR(".")) || ml_str_ends(text, ML_STR("。"));
}

static void sentence(sheet *page, const char *key, ml_str text)
{
    ml_buf full = {0};

    ml_buf_str(&full, text);
    if (!ends_sentence(text))
        ml_buf_char(&full, '.');
    message(page, key, ml_buf_view(&full));
    ml_buf_finish(&full);
}

/* Rules ------------------------------------------------------------------------- */

/* "bypass/direct-http" -> "BypassDirectHttp" */
static void rule_name(sheet *page, ml_str id)
{
    ml_json_next(&page->json, "name");
    ml_buf_char(page->json.out, '"');
    bool upper = true;
    for (size_t i = 0; i < id.len; i++) {
        char c = id.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter)
            ml_buf_char(page->json.out, upper && c >= 'a' ? (char)(c - 'a' + 'A') : c);
        upper = !letter;
    }
    ml_buf_char(page->json.out, '"');
}

/* The template viewers may show instead of the finished text: "title: '{0}'." */
static void message_template(sheet *page, ml_str title)
{
    ml_buf text = {0};

    for (size_t i = 0; i < title.len; i++) {
        char c = title.data[i];
        if (c == '{' || c == '}')
            ml_buf_char(&text, c);
        ml_buf_char(&text, c);
    }
    ml_buf_cstr(&text, ": '{0}'.");
    ml_json_open(&page->json, "messageStrings", '{');
    message(page, "found", ml_buf_view(&text));
    ml_json_close(&page->json, '}');
    ml_buf_finish(&text);
}

static void rule_help(sheet *page, const ml_rule_info *rule)
{
    ml_str title = ml_text_pick(&rule->title, page->lang);
    ml_str why = ml_text_pick(&rule->why, page->lang);
    ml_str fix = ml_text_pick(&rule->fix, page->lang);
    ml_buf markdown = {0};

    /* These words are ours (rule.json), so their Markdown is meant. */
    ml_buf_printf(&markdown, "# %.*s\n\n%.*s\n\n## %s\n\n%.*s\n", ML_STR_ARG(title), ML_STR_ARG(why),
                  ml_say(page->lang, "How to fix", "修复建议"), ML_STR_ARG(fix));
    ml_json_open(&page->json, "help", '{');
    ml_json_str(&page->json, "text", fix.len ? fix : title);
    ml_json_str(&page->json, "markdown", ml_buf_view(&markdown));
    ml_json_close(&page->json, '}');
    ml_buf_finish(&markdown);
}

static void catalogue_id(ml_json *json, const ml_rule_info *rule)
{
    uint32_t count = ml_rule_catalogue_count(rule);

    if (count == 1)
        ml_json_str(json, "catalogueId", rule->catalogue_ids[0]);
    if (count <= 1)
        return;
    ml_json_open(json, "catalogueId", '[');
    for (uint32_t i = 0; i < count; i++)
        ml_json_str(json, NULL, rule->catalogue_ids[i]);
    ml_json_close(json, ']');
}

static void rule_properties(ml_json *json, const ml_rule_info *rule)
{
    static const char *const severities[] = {"recommendation", "recommendation", "warning", "error"};

    ml_json_open(json, "properties", '{');
    ml_json_open(json, "tags", '[');
    ml_json_cstr(json, NULL, "ai-compliance");
    ml_json_str(json, NULL, ml_rule_family(rule));
    ml_json_close(json, ']');
    ml_json_cstr(json, "problem.severity", severities[rule->level]);
    catalogue_id(json, rule);
    ml_json_close(json, '}');
}

static void rule(sheet *page, const ml_rule_info *rule)
{
    ml_json *json = &page->json;
    ml_str title = ml_text_pick(&rule->title, page->lang);
    ml_str why = ml_text_pick(&rule->why, page->lang);

    ml_json_open(json, NULL, '{');
    ml_json_str(json, "id", rule->id);
    rule_name(page, rule->id);
    sentence(page, "shortDescription", title);
    sentence(page, "fullDescription", why.len ? why : title);
    message_template(page, title);
    rule_help(page, rule);
    ml_json_open(json, "defaultConfiguration", '{');
    ml_json_bool(json, "enabled", rule->on);
    ml_json_cstr(json, "level", ml_level_sarif(rule->level));
    ml_json_close(json, '}');
    rule_properties(json, rule);
    ml_json_close(json, '}');
}

static void driver(sheet *page)
{
    ml_json *json = &page->json;
    const ml_report *report = page->report;

    ml_json_open(json, "tool", '{');
    ml_json_open(json, "driver", '{');
    ml_json_cstr(json, "name", "meterlint");
    ml_json_cstr(json, "fullName", "meterlint AI usage compliance analyzer");
    ml_json_str(json, "version", report->tool_version);
    ml_json_str(json, "semanticVersion", report->tool_version);
    /* The format wants an address; the project has no page to name, so a name it is. */
    ml_json_cstr(json, "informationUri", "urn:meterlint");
    ml_json_cstr(json, "language", ml_say(page->lang, "en-US", "zh-CN"));
    ml_json_open(json, "rules", '[');
    for (uint32_t i = 0; i < report->rule_count; i++)
        rule(page, report->rules[i]);
    ml_json_close(json, ']');
    ml_json_close(json, '}');
    ml_json_close(json, '}');
}

/* Places ------------------------------------------------------------------------- */

static void artifact(sheet *page, ml_str path)
{
    ml_json *json = &page->json;

    ml_json_open(json, "artifactLocation", '{');
    ml_json_next(json, "uri");
    ml_buf_char(json->out, '"');
    ml_sink_uri(json->out, page->report->uri_prefix);
    ml_sink_uri(json->out, path);
    ml_buf_char(json->out, '"');
    ml_json_close(json, '}');
}

static uint32_t at_least(uint32_t value, uint32_t least)
{
    return value > least ? value : least;
}

/* All four numbers are wanted, and an end before the start is refused. */
static void region(ml_json *json, const ml_span *span)
{
    uint32_t line = at_least(span->line, 1), column = at_least(span->column, 1);
    uint32_t end_line = at_least(span->end_line, line);
    uint32_t end_column = at_least(span->end_column, end_line == line ? column : 1);

    ml_json_open(json, "region", '{');
    ml_json_uint(json, "startLine", line);
    ml_json_uint(json, "startColumn", column);
    ml_json_uint(json, "endLine", end_line);
    ml_json_uint(json, "endColumn", end_column);
    ml_json_close(json, '}');
}

static uint32_t count_lines(ml_str text)
{
    uint32_t lines = 1;

    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    return lines;
}

/* The lines around the finding, when they hold all of it. */
static void context_region(ml_json *json, const ml_finding *finding)
{
    const ml_code *code = &finding->code;
    uint32_t last = code->first_line + count_lines(code->text) - 1;

    if (!code->text.len || code->first_line > finding->span.line || last < finding->span.end_line ||
        last == code->first_line)
        return;
    ml_json_open(json, "contextRegion", '{');
    ml_json_uint(json, "startLine", code->first_line);
    ml_json_uint(json, "endLine", last);
    ml_json_open(json, "snippet", '{');
    ml_json_str(json, "text", code->text);
    ml_json_close(json, '}');
    ml_json_close(json, '}');
}

static void location(sheet *page, ml_str path, const ml_span *span, const ml_finding *context)
{
    ml_json *json = &page->json;

    ml_json_open(json, "physicalLocation", '{');
    artifact(page, path);
    region(json, span);
    if (context)
        context_region(json, context);
    ml_json_close(json, '}');
}

/* Results ------------------------------------------------------------------------- */

static void flow_step(sheet *page, ml_str path, const ml_span *span, ml_str text)
{
    ml_json *json = &page->json;

    ml_json_open(json, NULL, '{');
    ml_json_open(json, "location", '{');
    location(page, path, span, NULL);
    if (text.len)
        sentence(page, "message", text);
    ml_json_close(json, '}');
    ml_json_close(json, '}');
}

static bool same_place(const ml_step *step, const ml_finding *finding)
{
    return ml_str_eq(step->path, finding->path) && step->span.line == finding->span.line &&
           step->span.column == finding->span.column;
}

/* The evidence in reading order, closed by the finding itself unless it is the last step. */
static void code_flow(sheet *page, const ml_finding *finding)
{
    const ml_steps *steps = &finding->steps;
    ml_json *json = &page->json;

    if (!steps->count)
        return;
    ml_json_open(json, "codeFlows", '[');
    ml_json_open(json, NULL, '{');
    ml_json_open(json, "threadFlows", '[');
    ml_json_open(json, NULL, '{');
    ml_json_open(json, "locations", '[');
    for (uint32_t i = 0; i < steps->count && i < SARIF_STEPS_MAX - 1; i++) {
        const ml_step *step = &steps->items[i];
        flow_step(page, step->path, &step->span, ml_text_pick(&step->message, page->lang));
    }
    if (!same_place(&steps->items[steps->count - 1], finding) || steps->count >= SARIF_STEPS_MAX)
        flow_step(page, finding->path, &finding->span, ml_text_pick(&finding->message, page->lang));
    ml_json_close(json, ']');
    ml_json_close(json, '}');
    ml_json_close(json, ']');
    ml_json_close(json, '}');
    ml_json_close(json, ']');
}

static void result_message(sheet *page, const ml_finding *finding)
{
    ml_json *json = &page->json;
    ml_str text = ml_text_pick(&finding->message, page->lang);

    ml_json_open(json, "message", '{');
    ml_json_next(json, "text");
    ml_sink_sarif_message(json->out, text);
    ml_json_cstr(json, "id", "found");
    ml_json_open(json, "arguments", '[');
    ml_json_next(json, NULL);
    ml_sink_sarif_message(json->out, text);
    ml_json_close(json, ']');
    ml_json_close(json, '}');
}

static void result_properties(sheet *page, const ml_finding *finding)
{
    ml_json *json = &page->json;

    ml_json_open(json, "properties", '{');
    ml_json_str_if(json, "provider", finding->provider);
    ml_json_str_if(json, "scope", finding->scope);
    ml_json_str_if(json, "sink", finding->sink);
    ml_json_str_if(json, "levelReason", ml_text_pick(&finding->level_reason, page->lang));
    ml_json_close(json, '}');
}

static void fingerprints(ml_json *json, const ml_code *code)
{
    if (!code->line_hash_ordinal)
        return;
    ml_json_open(json, "partialFingerprints", '{');
    ml_json_next(json, "primaryLocationLineHash");
    ml_buf_printf(json->out, "\"%" PRIx64 ":%u\"", code->line_hash, code->line_hash_ordinal);
    ml_json_close(json, '}');
}

static uint32_t rule_index(const ml_report *report, const ml_rule_info *rule)
{
    uint32_t i = 0;

    while (i < report->rule_count && report->rules[i] != rule)
        i++;
    return i;
}

static void result(sheet *page, const ml_finding *finding)
{
    ml_json *json = &page->json;

    ml_json_open(json, NULL, '{');
    ml_json_str(json, "ruleId", finding->rule->id);
    ml_json_uint(json, "ruleIndex", rule_index(page->report, finding->rule));
    ml_json_cstr(json, "kind", "fail");
    ml_json_cstr(json, "level", ml_level_sarif(finding->level));
    result_message(page, finding);
    ml_json_open(json, "locations", '[');
    ml_json_open(json, NULL, '{');
    location(page, finding->path, &finding->span, finding);
    ml_json_close(json, '}');
    ml_json_close(json, ']');
    fingerprints(json, &finding->code);
    code_flow(page, finding);
    result_properties(page, finding);
    ml_json_close(json, '}');
}

static void results(sheet *page)
{
    const ml_findings *findings = &page->report->findings;
    uint32_t written = 0;

    ml_json_open(&page->json, "results", '[');
    for (ml_level level = ML_LEVEL_HIGH; level > ML_LEVEL_NONE; level--)
        for (uint32_t i = 0; i < findings->count && written < SARIF_RESULTS_MAX; i++)
            if (findings->items[i].level == level) {
                result(page, &findings->items[i]);
                written++;
            }
    ml_json_close(&page->json, ']');
}

/* Invocation ------------------------------------------------------------------------ */

static void problem(sheet *page, const ml_problem *problem)
{
    static const char *const levels[] = {
        [ML_PROBLEM_UNREAD] = "error",
        [ML_PROBLEM_UNANALYSED] = "error",
        [ML_PROBLEM_PARSE] = "note",
        [ML_PROBLEM_PARSE_BLIND] = "warning",
    };
    ml_json *json = &page->json;

    ml_json_open(json, NULL, '{');
    ml_json_open(json, "descriptor", '{');
    ml_json_cstr(json, "id", ml_problem_id(problem->kind));
    ml_json_close(json, '}');
    ml_json_cstr(json, "level", levels[problem->kind]);
    sentence(page, "message", ml_text_pick(&problem->reason, page->lang));
    ml_json_open(json, "locations", '[');
    ml_json_open(json, NULL, '{');
    ml_json_open(json, "physicalLocation", '{');
    artifact(page, problem->path);
    if (problem->line) {
        ml_json_open(json, "region", '{');
        ml_json_uint(json, "startLine", problem->line);
        ml_json_close(json, '}');
    }
    ml_json_close(json, '}');
    ml_json_close(json, '}');
    ml_json_close(json, ']');
    ml_json_close(json, '}');
}

static void cut_notice(sheet *page, uint32_t cut)
{
    ml_buf text = {0};

    if (page->lang == ML_LANG_ZH)
        ml_buf_printf(&text, "另有 %u 个级别最低的问题未写入：一次运行最多 %u 个。", cut, SARIF_RESULTS_MAX);
    else
        ml_buf_printf(&text, "%u findings of the lowest levels are left out: a run holds at most %u.", cut,
                      SARIF_RESULTS_MAX);
    ml_json_open(&page->json, NULL, '{');
    ml_json_open(&page->json, "descriptor", '{');
    ml_json_cstr(&page->json, "id", "results-cut");
    ml_json_close(&page->json, '}');
    ml_json_cstr(&page->json, "level", "warning");
    message(page, "message", ml_buf_view(&text));
    ml_json_close(&page->json, '}');
    ml_buf_finish(&text);
}

static void invocation(sheet *page)
{
    ml_json *json = &page->json;
    const ml_report *report = page->report;

    ml_json_open(json, "invocations", '[');
    ml_json_open(json, NULL, '{');
    ml_json_bool(json, "executionSuccessful", !report->incomplete);
    ml_json_open(json, "toolExecutionNotifications", '[');
    if (report->findings.count > SARIF_RESULTS_MAX)
        cut_notice(page, report->findings.count - SARIF_RESULTS_MAX);
    for (uint32_t i = 0; i < report->problems.count; i++)
        problem(page, &report->problems.items[i]);
    ml_json_close(json, ']');
    ml_json_close(json, '}');
    ml_json_close(json, ']');
}

static void automation(sheet *page)
{
    ml_buf id = {0};

    /* Text up to the last slash is GitHub's category: one per part of a monorepo. */
    ml_buf_cstr(&id, "meterlint/");
    ml_buf_str(&id, page->report->uri_prefix);
    ml_json_open(&page->json, "automationDetails", '{');
    ml_json_str(&page->json, "id", ml_buf_view(&id));
    ml_json_close(&page->json, '}');
    ml_buf_finish(&id);
}

static void run_properties(sheet *page)
{
    const ml_report *report = page->report;
    ml_json *json = &page->json;

    ml_json_open(json, "properties", '{');
    ml_json_uint(json, "filesTotal", report->files_total);
    ml_json_uint(json, "filesChecked", report->files_checked);
    ml_json_uint(json, "filesWithParseErrors", report->parse_errors);
    ml_json_uint(json, "problems", report->problems.count);
    ml_json_uint(json, "suppressed", report->suppressed);
    ml_json_uint(json, "findings", report->findings.count);
    ml_json_bool(json, "incomplete", report->incomplete);
    ml_json_close(json, '}');
}

static void write_sarif(ml_buf *out, const ml_report *report, const ml_report_options *options)
{
    sheet page = {{.out = out}, report, ml_report_lang(options, ML_LANG_EN)};
    ml_json *json = &page.json;

    ml_json_open(json, NULL, '{');
    ml_json_cstr(json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    ml_json_cstr(json, "version", "2.1.0");
    ml_json_open(json, "runs", '[');
    ml_json_open(json, NULL, '{');
    driver(&page);
    invocation(&page);
    automation(&page);
    ml_json_cstr(json, "columnKind", "utf16CodeUnits");
    results(&page);
    run_properties(&page);
    ml_json_close(json, '}');
    ml_json_close(json, ']');
    ml_json_close(json, '}');
    ml_buf_char(out, '\n');
}

const ml_report_format ml_format_sarif = {"sarif", ".sarif", write_sarif};
