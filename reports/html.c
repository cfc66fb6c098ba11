/* html - one page that needs nothing else: no script, no request, no font.
 *
 * A content policy that allows only its own style is the second wall behind the
 * escaping. Every finding is a <details> with its code and the path of its evidence,
 * so the page works with scripts off and prints whole. Past HTML_FINDINGS_MAX
 * findings the lowest levels are cut and the page says so. */
#include "report_common.h"

#define HTML_FINDINGS_MAX 5000u

typedef struct sheet {
    ml_buf *out;
    const ml_report *report;
    ml_lang lang;
} sheet;

static const char style[] =
    ":root{color-scheme:light dark;--line:#8884;--high:#c62828;--medium:#b26a00;--low:#2e7d32}\n"
    "@media(prefers-color-scheme:dark){:root{--high:#ff8a80;--medium:#ffd180;--low:#a5d6a7}}\n"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\n"
    "code,pre{font:13px/1.45 ui-monospace,monospace}\n"
    "pre{overflow-x:auto;border:1px solid var(--line);border-radius:4px;padding:.5rem;margin:.5rem 0}\n"
    "pre .n{opacity:.55;user-select:none}\npre .at{font-weight:bold}\n"
    "details{border:1px solid var(--line);border-left-width:4px;border-radius:4px;padding:.4rem .8rem;margin:.5rem 0}\n"
    "summary{cursor:pointer}\n.high{border-left-color:var(--high)}.medium{border-left-color:var(--medium)}"
    ".low{border-left-color:var(--low)}\n"
    "table{border-collapse:collapse}th,td{border:1px solid var(--line);padding:.2rem .7rem;text-align:right}\n"
    ".warn{border:1px solid var(--medium);border-radius:4px;padding:.4rem .8rem}\n";

static const char *say(const sheet *page, const char *en, const char *zh)
{
    return ml_say(page->lang, en, zh);
}

static void element(ml_buf *out, const char *tag, ml_str text)
{
    ml_buf_printf(out, "<%s>", tag);
    ml_sink_html(out, text);
    ml_buf_printf(out, "</%s>", tag);
}

static void heading(const sheet *page, const char *en, const char *zh)
{
    element(page->out, "h2", ml_str_of(say(page, en, zh)));
    ml_buf_char(page->out, '\n');
}

static void place(ml_buf *out, ml_str path, uint32_t line, uint32_t column)
{
    ml_buf_cstr(out, "<code>");
    ml_sink_html(out, path);
    if (line)
        ml_buf_printf(out, ":%u", line);
    if (line && column)
        ml_buf_printf(out, ":%u", column);
    ml_buf_cstr(out, "</code>");
}

static void head(const sheet *page)
{
    ml_buf *out = page->out;
    const char *title = say(page, "AI usage compliance report", "AI使用合规检查报告");

    ml_buf_printf(
        out,
        "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n<style>\n%s</style>\n"
        "</head>\n<body>\n<h1>%s</h1>\n",
        say(page, "en", "zh-CN"), title, style, title);
}

static void verdict(const sheet *page, uint32_t total)
{
    const char *incomplete = say(page, "The scan is incomplete.", "扫描不完整。");
    ml_buf *out = page->out;

    if (!total && !page->report->incomplete)
        ml_buf_printf(out, "<p>✅ %s</p>\n", say(page, "No compliance problem was found.", "未发现任何合规问题。"));
    else if (!total)
        ml_buf_printf(out, "<p class=\"warn\">⚠️ %s</p>\n",
                      say(page, "No problem found, but the scan is incomplete.", "未发现问题，但扫描不完整。"));
    else if (page->report->incomplete)
        ml_buf_printf(out, "<p class=\"warn\">⚠️ %s</p>\n", incomplete);
}

static void overview(const sheet *page)
{
    const ml_report *report = page->report;
    ml_counts counts = ml_report_counts(report);
    ml_buf *out = page->out;

    ml_buf_cstr(out, "<p><code>");
    ml_sink_html(out, report->typed);
    ml_buf_cstr(out, "</code> · ");
    ml_report_time(out, report, report->time_is_utc, "%Y-%m-%d %H:%M:%S");
    ml_buf_cstr(out, " · meterlint ");
    ml_sink_html(out, report->tool_version);
    ml_buf_cstr(out, "</p>\n");
    verdict(page, ml_counts_total(counts));
    ml_buf_printf(out, "<table>\n<tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>\n",
                  say(page, "🔴 high", "🔴 高危"), say(page, "🟡 medium", "🟡 中危"),
                  say(page, "🟢 low", "🟢 低危"), say(page, "files checked", "已检查文件"),
                  say(page, "not fully checked", "未完整检查"), say(page, "suppressed", "已抑制"));
    ml_buf_printf(out, "<tr><td>%u</td><td>%u</td><td>%u</td><td>%u / %u</td><td>%u</td><td>%u</td></tr>\n</table>\n",
                  counts.high, counts.medium, counts.low, report->files_checked, report->files_total,
                  report->problems.count, report->suppressed);
}

static void code_lines(const sheet *page, const ml_finding *finding)
{
    ml_str rest = finding->code.text;
    ml_buf *out = page->out;

    if (!rest.len)
        return;
    ml_buf_cstr(out, "<pre>");
    for (uint32_t number = finding->code.first_line; rest.len; number++) {
        ml_str line = ml_str_split(&rest, '\n');
        bool inside = number >= finding->span.line && number <= finding->span.end_line;
        ml_buf_printf(out, "<span class=\"n\">%5u </span>%s", number, inside ? "<span class=\"at\">" : "");
        ml_sink_html(out, ml_str_ends(line, ML_STR("\r")) ? ml_str_slice(line, 0, line.len - 1) : line);
        ml_buf_printf(out, "%s\n", inside ? "</span>" : "");
    }
    ml_buf_cstr(out, "</pre>\n");
}

static void evidence(const sheet *page, const ml_steps *steps)
{
    ml_buf *out = page->out;

    if (!steps->count)
        return;
    ml_buf_cstr(out, "<ol>\n");
    for (uint32_t i = 0; i < steps->count; i++) {
        const ml_step *step = &steps->items[i];
        ml_buf_cstr(out, "<li>");
        place(out, step->path, step->span.line, step->span.column);
        ml_buf_char(out, ' ');
        ml_sink_html(out, ml_text_pick(&step->message, page->lang));
        if (step->code.len)
            element(out, "pre", ml_str_trim(step->code));
        ml_buf_cstr(out, "</li>\n");
    }
    ml_buf_cstr(out, "</ol>\n");
}

static void labelled(const sheet *page, const char *label, ml_str text)
{
    if (!text.len)
        return;
    ml_buf_printf(page->out, "<p><b>%s</b> ", label);
    ml_sink_html(page->out, text);
    ml_buf_cstr(page->out, "</p>\n");
}

static void finding(const sheet *page, const ml_finding *finding)
{
    ml_buf *out = page->out;

    ml_buf_printf(out, "<details class=\"%s\"%s>\n<summary>%s ", ml_level_name(finding->level),
                  finding->level == ML_LEVEL_HIGH ? " open" : "", ml_level_word(finding->level, page->lang));
    place(out, finding->path, finding->span.line, finding->span.column);
    ml_buf_char(out, ' ');
    ml_sink_html(out, ml_text_pick(&finding->message, page->lang));
    ml_buf_char(out, ' ');
    element(out, "code", finding->rule->id);
    ml_buf_cstr(out, "</summary>\n");
    code_lines(page, finding);
    evidence(page, &finding->steps);
    labelled(page, say(page, "Note", "说明"), ml_text_pick(&finding->level_reason, page->lang));
    labelled(page, say(page, "Why", "原因"), ml_text_pick(&finding->rule->why, page->lang));
    labelled(page, say(page, "Fix", "建议"), ml_text_pick(&finding->rule->fix, page->lang));
    ml_buf_cstr(out, "</details>\n");
}

static void findings(const sheet *page)
{
    const ml_findings *findings = &page->report->findings;
    uint32_t written = 0;

    if (!findings->count)
        return;
    heading(page, "Details", "问题详情");
    if (findings->count > HTML_FINDINGS_MAX)
        ml_buf_printf(page->out, "<p class=\"warn\">%s: %u</p>\n",
                      say(page, "Findings of the lowest levels left out of this page", "级别最低的问题未列出"),
                      findings->count - HTML_FINDINGS_MAX);
    for (ml_level level = ML_LEVEL_HIGH; level > ML_LEVEL_NONE; level--)
        for (uint32_t i = 0; i < findings->count && written < HTML_FINDINGS_MAX; i++)
            if (findings->items[i].level == level) {
                finding(page, &findings->items[i]);
                written++;
            }
}

static void checks(const sheet *page, const ml_checks *checks)
{
    static const char *const signs[] = {[ML_CHECK_OK] = "✅", [ML_CHECK_BAD] = "❌", [ML_CHECK_UNKNOWN] = "❓"};

    if (!checks->count)
        return;
    ml_buf_cstr(page->out, "<ul>\n");
    for (uint32_t i = 0; i < checks->count; i++) {
        const ml_check *check = &checks->items[i];
        ml_buf_printf(page->out, "<li>%s ", signs[check->state]);
        ml_sink_html(page->out, ml_text_pick(&check->text, page->lang));
        if (check->path.len) {
            ml_buf_char(page->out, ' ');
            place(page->out, check->path, check->line, 0);
        }
        ml_buf_cstr(page->out, "</li>\n");
    }
    ml_buf_cstr(page->out, "</ul>\n");
}

static void check_sections(const sheet *page)
{
    const ml_report *report = page->report;

    if (report->bridge.count) {
        heading(page, "AIBridge metering check", "AIBridge用量计算功能检查");
        checks(page, &report->bridge);
    }
    if (report->schema.count) {
        heading(page, "Billing schema check", "计费表结构检查");
        checks(page, &report->schema);
    }
    if (report->suggested_ddl.len) {
        heading(page, "Suggested billing schema", "新计费表结构建议");
        element(page->out, "pre", report->suggested_ddl);
        ml_buf_char(page->out, '\n');
    }
}

static void problems(const sheet *page)
{
    const ml_problems *problems = &page->report->problems;

    if (!problems->count)
        return;
    heading(page, "Not fully checked", "未完整检查的文件");
    ml_buf_cstr(page->out, "<ul>\n");
    for (uint32_t i = 0; i < problems->count; i++) {
        ml_buf_cstr(page->out, "<li>");
        place(page->out, problems->items[i].path, problems->items[i].line, 0);
        ml_buf_cstr(page->out, ": ");
        ml_sink_html(page->out, ml_text_pick(&problems->items[i].reason, page->lang));
        ml_buf_cstr(page->out, "</li>\n");
    }
    ml_buf_cstr(page->out, "</ul>\n");
}

static void write_html(ml_buf *out, const ml_report *report, const ml_report_options *options)
{
    sheet page = {out, report, ml_report_lang(options, ML_LANG_EN)};

    head(&page);
    overview(&page);
    findings(&page);
    check_sections(&page);
    problems(&page);
    ml_buf_cstr(out, "</body>\n</html>\n");
}

const ml_report_format ml_format_html = {"html", ".html", write_html};
