/* markdown - a summary for a pull request or the summary page of a CI step.
 *
 * Paths and code are code spans, messages plain words with their marks escaped, so
 * that nothing from a tree becomes a link, a mention or HTML. Rule words are ours
 * and keep their Markdown. */
#include "report_common.h"

#define CODE_WIDTH 160

typedef struct sheet {
    ml_buf *out;
    const ml_report *report;
    ml_lang lang;
} sheet;

static const char *say(const sheet *page, const char *en, const char *zh)
{
    return ml_say(page->lang, en, zh);
}

static void place(ml_buf *out, ml_str path, uint32_t line)
{
    ml_buf text = {0};

    ml_buf_str(&text, path);
    if (line)
        ml_buf_printf(&text, ":%u", line);
    ml_sink_markdown_code(out, ml_buf_view(&text));
    ml_buf_finish(&text);
}

static void code(ml_buf *out, const char *indent, ml_str line)
{
    ml_buf cut = {0};

    line = ml_str_trim(line);
    if (!line.len)
        return;
    ml_sink_terminal_cut(&cut, line, 0, CODE_WIDTH);
    ml_buf_cstr(out, indent);
    ml_sink_markdown_code(out, ml_buf_view(&cut));
    ml_buf_char(out, '\n');
    ml_buf_finish(&cut);
}

static void verdict(const sheet *page, uint32_t total)
{
    const char *text;

    if (total)
        text = say(page, "❌ Problems were found.", "❌ 发现合规问题。");
    else if (page->report->incomplete)
        text = say(page, "⚠️ No problem found, but the scan is incomplete.",
                   "⚠️ 未发现问题，但扫描不完整。");
    else
        text = say(page, "✅ No problem found.", "✅ 未发现任何合规问题。");
    ml_buf_printf(page->out, "%s", text);
    if (total && page->report->incomplete)
        ml_buf_printf(page->out, " %s", say(page, "The scan is incomplete.", "扫描不完整。"));
    ml_buf_cstr(page->out, "\n\n");
}

static void head(const sheet *page)
{
    const ml_report *report = page->report;
    ml_counts counts = ml_report_counts(report);
    ml_buf *out = page->out;

    ml_buf_printf(out, "## %s\n\n", say(page, "AI usage compliance", "AI使用合规检查"));
    verdict(page, ml_counts_total(counts));
    ml_buf_printf(out, "| %s | %s | %s | %s | %s | %s |\n|---:|---:|---:|---:|---:|---:|\n",
                  say(page, "🔴 high", "🔴 高危"), say(page, "🟡 medium", "🟡 中危"),
                  say(page, "🟢 low", "🟢 低危"), say(page, "files checked", "已检查文件"),
                  say(page, "not fully checked", "未完整检查"), say(page, "suppressed", "已抑制"));
    ml_buf_printf(out, "| %u | %u | %u | %u / %u | %u | %u |\n", counts.high, counts.medium, counts.low,
                  report->files_checked, report->files_total, report->problems.count, report->suppressed);
}

static void finding(const sheet *page, const ml_finding *finding)
{
    ml_buf *out = page->out;

    ml_buf_cstr(out, "- ");
    place(out, finding->path, finding->span.line);
    ml_buf_cstr(out, " **");
    ml_sink_markdown(out, finding->rule->id);
    ml_buf_cstr(out, "** ");
    ml_sink_markdown(out, ml_text_pick(&finding->message, page->lang));
    ml_str reason = ml_text_pick(&finding->level_reason, page->lang);
    if (reason.len) {
        ml_buf_cstr(out, " (");
        ml_sink_markdown(out, reason);
        ml_buf_char(out, ')');
    }
    ml_buf_cstr(out, "  \n");
    code(out, "  ", finding->code.line);
    for (uint32_t i = 0; i < finding->steps.count; i++) {
        const ml_step *step = &finding->steps.items[i];
        ml_buf_printf(out, "  %u. ", i + 1);
        place(out, step->path, step->span.line);
        ml_buf_char(out, ' ');
        ml_sink_markdown(out, ml_text_pick(&step->message, page->lang));
        ml_buf_char(out, '\n');
    }
}

static void findings(const sheet *page)
{
    const ml_report *report = page->report;

    for (ml_level level = ML_LEVEL_HIGH; level > ML_LEVEL_NONE; level--) {
        bool any = false;
        for (uint32_t i = 0; i < report->findings.count; i++) {
            if (report->findings.items[i].level != level)
                continue;
            if (!any)
                ml_buf_printf(page->out, "\n### %s\n\n", ml_level_word(level, page->lang));
            any = true;
            finding(page, &report->findings.items[i]);
        }
    }
}

static void advice(const sheet *page)
{
    const ml_report *report = page->report;

    if (!report->findings.count)
        return;
    ml_buf_printf(page->out, "\n### %s\n\n", say(page, "How to fix", "修复建议"));
    for (uint32_t i = 0; i < report->rule_count; i++) {
        if (!ml_report_uses_rule(report, report->rules[i]))
            continue;
        ml_buf_cstr(page->out, "- **");
        ml_sink_markdown(page->out, report->rules[i]->id);
        ml_buf_cstr(page->out, "** ");
        ml_buf_str(page->out, ml_text_pick(&report->rules[i]->fix, page->lang));
        ml_buf_char(page->out, '\n');
    }
}

static void checks(const sheet *page, const char *title, const ml_checks *checks)
{
    static const char *const signs[] = {[ML_CHECK_OK] = "✅", [ML_CHECK_BAD] = "❌", [ML_CHECK_UNKNOWN] = "❓"};

    if (!checks->count)
        return;
    ml_buf_printf(page->out, "\n### %s\n\n", title);
    for (uint32_t i = 0; i < checks->count; i++) {
        const ml_check *check = &checks->items[i];
        ml_buf_printf(page->out, "- %s ", signs[check->state]);
        ml_sink_markdown(page->out, ml_text_pick(&check->text, page->lang));
        if (check->path.len) {
            ml_buf_char(page->out, ' ');
            place(page->out, check->path, check->line);
        }
        ml_buf_char(page->out, '\n');
    }
}

static void problems(const sheet *page)
{
    const ml_problems *problems = &page->report->problems;

    if (!problems->count)
        return;
    ml_buf_printf(page->out, "\n### %s (%u)\n\n", say(page, "Not fully checked", "未完整检查"), problems->count);
    for (uint32_t i = 0; i < problems->count; i++) {
        ml_buf_cstr(page->out, "- ");
        place(page->out, problems->items[i].path, problems->items[i].line);
        ml_buf_cstr(page->out, ": ");
        ml_sink_markdown(page->out, ml_text_pick(&problems->items[i].reason, page->lang));
        ml_buf_char(page->out, '\n');
    }
}

static void write_markdown(ml_buf *out, const ml_report *report, const ml_report_options *options)
{
    sheet page = {out, report, ml_report_lang(options, ML_LANG_EN)};

    head(&page);
    findings(&page);
    advice(&page);
    checks(&page, say(&page, "AIBridge metering", "AIBridge用量计算功能检查"), &report->bridge);
    checks(&page, say(&page, "Billing schema", "计费表结构检查"), &report->schema);
    problems(&page);
}

const ml_report_format ml_format_markdown = {"markdown", ".md", write_markdown};
