/* junit - for test views of CI servers: each finding is a failed test, each file not
 * fully checked an error (or a skipped test where nothing was hidden); a clean scan
 * is one test that passed, because many servers refuse a report without tests. */
#include "report_common.h"

typedef struct sheet {
    ml_buf *out;
    const ml_report *report;
    ml_lang lang;
} sheet;

static void attribute(ml_buf *out, const char *name, ml_str value)
{
    ml_buf_printf(out, " %s=\"", name);
    ml_sink_xml(out, value);
    ml_buf_char(out, '"');
}

static bool is_error(const ml_problem *problem)
{
    return ml_problem_is_incomplete(problem->kind, false);
}

static void open_case(ml_buf *out, ml_str class, ml_str rule, uint32_t line, uint32_t column)
{
    ml_buf_cstr(out, "    <testcase");
    attribute(out, "classname", class);
    ml_buf_cstr(out, " name=\"");
    ml_sink_xml(out, rule);
    if (line && column)
        ml_buf_printf(out, " %u:%u", line, column);
    else if (line)
        ml_buf_printf(out, " %u", line);
    ml_buf_cstr(out, "\" time=\"0\"");
}

static void finding(const sheet *page, const ml_finding *finding)
{
    ml_buf *out = page->out;

    open_case(out, finding->path, finding->rule->id, finding->span.line, finding->span.column);
    ml_buf_cstr(out, ">\n      <failure");
    attribute(out, "type", ml_str_of(ml_level_name(finding->level)));
    attribute(out, "message", ml_text_pick(&finding->message, page->lang));
    ml_buf_char(out, '>');
    ml_sink_xml(out, ml_str_trim(finding->code.line));
    for (uint32_t i = 0; i < finding->steps.count; i++) {
        const ml_step *step = &finding->steps.items[i];
        ml_buf_printf(out, "\n%u. ", i + 1);
        ml_sink_xml(out, step->path);
        ml_buf_printf(out, ":%u ", step->span.line);
        ml_sink_xml(out, ml_text_pick(&step->message, page->lang));
    }
    ml_buf_char(out, '\n');
    ml_sink_xml(out, ml_text_pick(&finding->rule->fix, page->lang));
    ml_buf_cstr(out, "</failure>\n    </testcase>\n");
}

static void problem(const sheet *page, const ml_problem *problem)
{
    ml_buf *out = page->out;

    open_case(out, problem->path, ml_str_of(ml_problem_id(problem->kind)), problem->line, 0);
    ml_buf_printf(out, ">\n      <%s", is_error(problem) ? "error" : "skipped");
    if (is_error(problem))
        attribute(out, "type", ml_str_of(ml_problem_id(problem->kind)));
    attribute(out, "message", ml_text_pick(&problem->reason, page->lang));
    ml_buf_cstr(out, "/>\n    </testcase>\n");
}

static void head(const sheet *page)
{
    const ml_report *report = page->report;
    uint32_t errors = 0;

    for (uint32_t i = 0; i < report->problems.count; i++)
        errors += is_error(&report->problems.items[i]);
    uint32_t tests = report->findings.count + report->problems.count;
    ml_buf_cstr(page->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"meterlint\"");
    ml_buf_printf(page->out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" time=\"0\" timestamp=\"",
                  tests ? tests : 1, report->findings.count, errors, report->problems.count - errors);
    ml_report_time(page->out, report, true, "%Y-%m-%dT%H:%M:%S");
    ml_buf_cstr(page->out, "\">\n");
}

static void foot(const sheet *page)
{
    const ml_report *report = page->report;
    bool zh = page->lang == ML_LANG_ZH;

    ml_buf_printf(page->out,
                  zh ? "    <system-out>已检查 %u/%u 个文件，已抑制 %u"
                     : "    <system-out>%u of %u files checked, %u suppressed",
                  report->files_checked, report->files_total, report->suppressed);
    if (report->incomplete)
        ml_buf_cstr(page->out, zh ? "，扫描不完整" : ", scan incomplete");
    ml_buf_cstr(page->out, "</system-out>\n");
}

static void write_junit(ml_buf *out, const ml_report *report, const ml_report_options *options)
{
    sheet page = {out, report, ml_report_lang(options, ML_LANG_EN)};

    head(&page);
    for (uint32_t i = 0; i < report->findings.count; i++)
        finding(&page, &report->findings.items[i]);
    for (uint32_t i = 0; i < report->problems.count; i++)
        problem(&page, &report->problems.items[i]);
    if (!report->findings.count && !report->problems.count) {
        open_case(out, ML_STR("meterlint"), ML_STR("compliance"), 0, 0);
        ml_buf_cstr(out, "/>\n");
    }
    foot(&page);
    ml_buf_cstr(out, "  </testsuite>\n</testsuites>\n");
}

const ml_report_format ml_format_junit = {"junit", ".xml", write_junit};
