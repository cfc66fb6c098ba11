/* gitlab - a Code Quality report: an array of issues.
 *
 * GitLab tells old from new by the fingerprint alone, so it is built from what
 * outlives edits elsewhere in the file: rule, path, enclosing scope, sink and the
 * hash of the line, never the line number. The format has no place for what was not
 * checked: such files are issues of their own, named scan/... */
#include "report_common.h"
#include "report_json.h"

#include <inttypes.h>

typedef struct sheet {
    ml_json json;
    const ml_report *report;
    ml_lang lang;
} sheet;

static void add_part(ml_buf *key, ml_str part)
{
    ml_buf_printf(key, "%zu:", part.len);
    ml_buf_str(key, part);
}

/* Two issues of one fingerprint are one to GitLab: equal ones on a line are numbered. */
static uint32_t same_before(const ml_findings *findings, uint32_t i)
{
    const ml_finding *finding = &findings->items[i];
    uint32_t count = 0;

    while (i-- && findings->items[i].span.line == finding->span.line &&
           ml_str_eq(findings->items[i].path, finding->path))
        count += findings->items[i].rule == finding->rule;
    return count;
}

/* FNV-1a, its own: the value is kept by GitLab, so no release and no machine may change it. */
static uint64_t identity(ml_str key)
{
    uint64_t hash = 0xcbf29ce484222325ULL;

    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.data[i]) * 0x100000001b3ULL;
    return hash ^ (hash >> 29);
}

static void fingerprint(sheet *page, const ml_buf *key)
{
    ml_json_next(&page->json, "fingerprint");
    ml_buf_printf(page->json.out, "\"%016" PRIx64 "\"", identity(ml_buf_view(key)));
}

static void place(sheet *page, ml_str path, uint32_t line)
{
    ml_json *json = &page->json;

    ml_json_open(json, "location", '{');
    ml_json_next(json, "path");
    ml_buf full = {0};
    ml_buf_str(&full, page->report->uri_prefix);
    ml_buf_str(&full, path);
    ml_sink_json(json->out, ml_buf_view(&full));
    ml_buf_finish(&full);
    ml_json_open(json, "lines", '{');
    ml_json_uint(json, "begin", line ? line : 1);
    ml_json_close(json, '}');
    ml_json_close(json, '}');
}

static void finding(sheet *page, uint32_t i)
{
    static const char *const severities[] = {"info", "minor", "major", "critical"};
    const ml_findings *findings = &page->report->findings;
    const ml_finding *finding = &findings->items[i];
    ml_json *json = &page->json;
    ml_buf key = {0};

    add_part(&key, finding->rule->id);
    add_part(&key, finding->path);
    add_part(&key, finding->scope);
    add_part(&key, finding->sink);
    ml_buf_printf(&key, "%" PRIx64 ":%u:%u", finding->code.line_hash, finding->code.line_hash_ordinal,
                  same_before(findings, i));
    ml_json_open(json, NULL, '{');
    ml_json_str(json, "description", ml_text_pick(&finding->message, page->lang));
    ml_json_str(json, "check_name", finding->rule->id);
    fingerprint(page, &key);
    ml_json_cstr(json, "severity", severities[finding->level]);
    place(page, finding->path, finding->span.line);
    ml_json_close(json, '}');
    ml_buf_finish(&key);
}

static void problem(sheet *page, const ml_problem *problem)
{
    ml_json *json = &page->json;
    ml_buf key = {0}, name = {0};

    ml_buf_printf(&name, "scan/%s", ml_problem_id(problem->kind));
    add_part(&key, ml_buf_view(&name));
    add_part(&key, problem->path);
    add_part(&key, problem->reason.in[ML_LANG_EN]);
    ml_buf_printf(&key, "%u", problem->line);
    ml_json_open(json, NULL, '{');
    ml_json_str(json, "description", ml_text_pick(&problem->reason, page->lang));
    ml_json_str(json, "check_name", ml_buf_view(&name));
    fingerprint(page, &key);
    ml_json_cstr(json, "severity", "info");
    place(page, problem->path, problem->line);
    ml_json_close(json, '}');
    ml_buf_finish(&key);
    ml_buf_finish(&name);
}

static void write_gitlab(ml_buf *out, const ml_report *report, const ml_report_options *options)
{
    sheet page = {{.out = out}, report, ml_report_lang(options, ML_LANG_EN)};

    ml_json_open(&page.json, NULL, '[');
    for (uint32_t i = 0; i < report->findings.count; i++)
        finding(&page, i);
    for (uint32_t i = 0; i < report->problems.count; i++)
        problem(&page, &report->problems.items[i]);
    ml_json_close(&page.json, ']');
    ml_buf_char(out, '\n');
}

const ml_report_format ml_format_gitlab = {"gitlab", ".json", write_gitlab};
