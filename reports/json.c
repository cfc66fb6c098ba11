/* json - everything the report holds, for other programs.
 *
 * The shape is documented in docs/report.schema.json; a member is never renamed or
 * removed without raising schemaVersion. Optional text is left out when empty. No
 * absolute path is written, so that the same tree gives the same bytes anywhere. */
#include "report_common.h"
#include "report_json.h"

typedef struct sheet {
    ml_json json;
    const ml_report *report;
    ml_lang lang;
} sheet;

static void text_if(sheet *page, const char *key, const ml_text *text)
{
    ml_json_str_if(&page->json, key, ml_text_pick(text, page->lang));
}

static void span(ml_json *json, ml_str path, const ml_span *span)
{
    ml_json_str(json, "path", path);
    ml_json_uint(json, "line", span->line);
    ml_json_uint(json, "column", span->column);
    ml_json_uint(json, "endLine", span->end_line);
    ml_json_uint(json, "endColumn", span->end_column);
}

static void summary(sheet *page)
{
    const ml_report *report = page->report;
    ml_counts counts = ml_report_counts(report);
    ml_json *json = &page->json;

    ml_json_open(json, "summary", '{');
    ml_json_uint(json, "high", counts.high);
    ml_json_uint(json, "medium", counts.medium);
    ml_json_uint(json, "low", counts.low);
    ml_json_uint(json, "total", ml_counts_total(counts));
    ml_json_uint(json, "suppressed", report->suppressed);
    ml_json_uint(json, "filesTotal", report->files_total);
    ml_json_uint(json, "filesChecked", report->files_checked);
    ml_json_uint(json, "filesParsed", report->files_parsed);
    ml_json_uint(json, "filesWithParseErrors", report->parse_errors);
    ml_json_uint(json, "problems", report->problems.count);
    ml_json_bool(json, "incomplete", report->incomplete);
    ml_json_close(json, '}');
}

static void steps(sheet *page, const ml_steps *steps)
{
    ml_json *json = &page->json;

    ml_json_open(json, "steps", '[');
    for (uint32_t i = 0; i < steps->count; i++) {
        ml_json_open(json, NULL, '{');
        text_if(page, "message", &steps->items[i].message);
        span(json, steps->items[i].path, &steps->items[i].span);
        ml_json_str_if(json, "code", steps->items[i].code);
        ml_json_close(json, '}');
    }
    ml_json_close(json, ']');
}

static void finding(sheet *page, const ml_finding *finding)
{
    ml_json *json = &page->json;

    ml_json_open(json, NULL, '{');
    ml_json_str(json, "rule", finding->rule->id);
    ml_json_cstr(json, "level", ml_level_name(finding->level));
    ml_json_str(json, "message", ml_text_pick(&finding->message, page->lang));
    text_if(page, "levelReason", &finding->level_reason);
    span(json, finding->path, &finding->span);
    ml_json_str_if(json, "code", finding->code.line);
    ml_json_str_if(json, "provider", finding->provider);
    ml_json_str_if(json, "scope", finding->scope);
    ml_json_str_if(json, "sink", finding->sink);
    steps(page, &finding->steps);
    ml_json_close(json, '}');
}

static void problem(sheet *page, const ml_problem *problem)
{
    ml_json *json = &page->json;

    ml_json_open(json, NULL, '{');
    ml_json_cstr(json, "kind", ml_problem_id(problem->kind));
    ml_json_str(json, "path", problem->path);
    if (problem->line)
        ml_json_uint(json, "line", problem->line);
    text_if(page, "reason", &problem->reason);
    ml_json_close(json, '}');
}

static void checks(sheet *page, const char *key, const ml_checks *checks)
{
    static const char *const states[] = {[ML_CHECK_OK] = "ok", [ML_CHECK_BAD] = "bad", [ML_CHECK_UNKNOWN] = "unknown"};
    ml_json *json = &page->json;

    ml_json_open(json, key, '[');
    for (uint32_t i = 0; i < checks->count; i++) {
        const ml_check *check = &checks->items[i];
        ml_json_open(json, NULL, '{');
        ml_json_cstr(json, "state", states[check->state]);
        text_if(page, "text", &check->text);
        ml_json_str_if(json, "path", check->path);
        if (check->line)
            ml_json_uint(json, "line", check->line);
        ml_json_close(json, '}');
    }
    ml_json_close(json, ']');
}

static void rules(sheet *page)
{
    const ml_report *report = page->report;
    ml_json *json = &page->json;

    ml_json_open(json, "rules", '[');
    for (uint32_t i = 0; i < report->rule_count; i++) {
        const ml_rule_info *rule = report->rules[i];
        if (!ml_report_uses_rule(report, rule))
            continue;
        ml_json_open(json, NULL, '{');
        ml_json_str(json, "id", rule->id);
        text_if(page, "title", &rule->title);
        text_if(page, "why", &rule->why);
        text_if(page, "fix", &rule->fix);
        ml_json_close(json, '}');
    }
    ml_json_close(json, ']');
}

static void write_json(ml_buf *out, const ml_report *report, const ml_report_options *options)
{
    sheet page = {{.out = out}, report, ml_report_lang(options, ML_LANG_EN)};
    ml_json *json = &page.json;

    ml_json_open(json, NULL, '{');
    ml_json_uint(json, "schemaVersion", 1);
    ml_json_open(json, "tool", '{');
    ml_json_cstr(json, "name", "meterlint");
    ml_json_str(json, "version", report->tool_version);
    ml_json_close(json, '}');
    ml_json_str(json, "path", report->typed);
    ml_json_next(json, "time");
    ml_buf_char(out, '"');
    ml_report_time(out, report, true, "%Y-%m-%dT%H:%M:%SZ");
    ml_buf_char(out, '"');
    summary(&page);
    ml_json_open(json, "findings", '[');
    for (uint32_t i = 0; i < report->findings.count; i++)
        finding(&page, &report->findings.items[i]);
    ml_json_close(json, ']');
    rules(&page);
    ml_json_open(json, "problems", '[');
    for (uint32_t i = 0; i < report->problems.count; i++)
        problem(&page, &report->problems.items[i]);
    ml_json_close(json, ']');
    checks(&page, "bridgeChecks", &report->bridge);
    checks(&page, "schemaChecks", &report->schema);
    ml_json_str_if(json, "suggestedDdl", report->suggested_ddl);
    ml_json_close(json, '}');
    ml_buf_char(out, '\n');
}

const ml_report_format ml_format_json = {"json", ".json", write_json};
