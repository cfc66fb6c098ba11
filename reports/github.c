/* github - annotations of a GitHub workflow, one command a line.
 *
 * A step shows ten annotations of each kind and drops the rest without a word. So
 * the first ten of each go out as commands, highest level first, the others as
 * plain lines of the log, and the last line says how many those are. */
#include "report_common.h"

#define SHOWN_MAX 10u

typedef struct sheet {
    ml_buf *out;
    const ml_report *report;
    ml_lang lang;
    uint32_t plain; /* lines that are no annotations */
} sheet;

static void property(ml_buf *out, const char *name, ml_str value)
{
    ml_buf_printf(out, "%s=", name);
    ml_sink_github_property(out, value);
}

static void command(sheet *page, const char *kind, const ml_finding *finding)
{
    ml_buf *out = page->out;

    ml_buf_printf(out, "::%s ", kind);
    /* The runner wants paths from the root of the repository. */
    property(out, "file", page->report->uri_prefix);
    ml_sink_github_property(out, finding->path);
    ml_buf_printf(out, ",line=%u,endLine=%u", finding->span.line, finding->span.end_line);
    if (finding->span.line == finding->span.end_line)
        ml_buf_printf(out, ",col=%u,endColumn=%u", finding->span.column, finding->span.end_column);
    ml_buf_char(out, ',');
    property(out, "title", finding->rule->id);
    ml_buf_cstr(out, "::");
    ml_sink_github_message(out, ml_text_pick(&finding->message, page->lang));
    ml_buf_char(out, '\n');
}

/* The dash keeps a path that looks like a command from being one. */
static void plain_line(sheet *page, const char *word, ml_str path, uint32_t line, ml_str text)
{
    ml_buf_printf(page->out, "- %s: ", word);
    ml_sink_github_message(page->out, path);
    if (line)
        ml_buf_printf(page->out, ":%u", line);
    ml_buf_cstr(page->out, ": ");
    ml_sink_github_message(page->out, text);
    ml_buf_char(page->out, '\n');
    page->plain++;
}

static void findings_of(sheet *page, ml_level level, const char *kind)
{
    const ml_findings *findings = &page->report->findings;
    uint32_t shown = 0;

    for (uint32_t i = 0; i < findings->count; i++) {
        const ml_finding *finding = &findings->items[i];
        if (finding->level != level)
            continue;
        if (shown++ < SHOWN_MAX)
            command(page, kind, finding);
        else
            plain_line(page, ml_level_word(level, page->lang), finding->path, finding->span.line,
                       ml_text_pick(&finding->message, page->lang));
    }
}

static void problems(sheet *page)
{
    const ml_problems *problems = &page->report->problems;

    for (uint32_t i = 0; i < problems->count; i++) {
        const ml_problem *problem = &problems->items[i];
        plain_line(page, ml_problem_word(problem->kind, page->lang), problem->path, problem->line,
                   ml_text_pick(&problem->reason, page->lang));
    }
}

static void counts_line(const sheet *page, uint32_t cut)
{
    ml_counts counts = ml_report_counts(page->report);

    ml_buf_cstr(page->out, "meterlint: ");
    if (page->lang == ML_LANG_ZH)
        ml_buf_printf(page->out, "高危 %u，中危 %u，低危 %u；已检查 %u/%u 个文件；未完整检查 %u", counts.high,
                      counts.medium, counts.low, page->report->files_checked, page->report->files_total,
                      page->report->problems.count);
    else
        ml_buf_printf(page->out, "%u high, %u medium, %u low; %u of %u files checked; %u not fully checked",
                      counts.high, counts.medium, counts.low, page->report->files_checked, page->report->files_total,
                      page->report->problems.count);
    if (page->report->incomplete)
        ml_buf_cstr(page->out, ml_say(page->lang, "; scan incomplete", "；扫描不完整"));
    if (cut && page->lang == ML_LANG_ZH)
        ml_buf_printf(page->out, "；另有 %u 个问题仅见于日志", cut);
    else if (cut)
        ml_buf_printf(page->out, "; %u findings only in this log", cut);
    ml_buf_char(page->out, '\n');
}

static void write_github(ml_buf *out, const ml_report *report, const ml_report_options *options)
{
    sheet page = {out, report, ml_report_lang(options, ML_LANG_EN), 0};

    findings_of(&page, ML_LEVEL_HIGH, "error");
    findings_of(&page, ML_LEVEL_MEDIUM, "warning");
    findings_of(&page, ML_LEVEL_LOW, "notice");
    uint32_t cut = page.plain;
    problems(&page);
    counts_line(&page, cut);
}

const ml_report_format ml_format_github = {"github", ".txt", write_github};
