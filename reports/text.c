/* text - the ai-compliance-report.txt of the specification.
 *
 * The head and the statistics are the specification's sample byte for byte, blanks
 * at line ends included; a clean and complete scan adds nothing but the sample's
 * last line. What the sample does not show (findings, advice, the two checks, the
 * suggested schema) follows in the same style. Chinese unless a language is given. */
#include "report_common.h"

#define WIDTH      63
#define CODE_WIDTH 200

typedef struct sheet {
    ml_buf *out;
    const ml_report *report;
    ml_lang lang;
} sheet;

static const char *say(const sheet *page, const char *en, const char *zh)
{
    return ml_say(page->lang, en, zh);
}

static void rule_line(ml_buf *out, const char *piece)
{
    for (int i = 0; i < WIDTH; i++)
        ml_buf_cstr(out, piece);
    ml_buf_char(out, '\n');
}

/* The title starts at column `left` and is filled up with blanks, as in the sample. */
static void title_line(ml_buf *out, const char *title, size_t left)
{
    size_t used = left + ml_sink_width(ml_str_of(title));

    for (; left; left--)
        ml_buf_char(out, ' ');
    ml_buf_cstr(out, title);
    for (; used < WIDTH; used++)
        ml_buf_char(out, ' ');
    ml_buf_char(out, '\n');
}

static void section(const sheet *page, const char *en, const char *zh)
{
    const char *title = say(page, en, zh);
    size_t width = ml_sink_width(ml_str_of(title));

    rule_line(page->out, "─");
    title_line(page->out, title, width < WIDTH - 2 ? (WIDTH - width) / 2 - 1 : 0);
    rule_line(page->out, "─");
}

static void head(const sheet *page)
{
    const ml_report *report = page->report;
    ml_buf *out = page->out;

    rule_line(out, "═");
    title_line(out, say(page, "AI usage compliance report", "AI使用合规检查报告"), 19);
    rule_line(out, "═");
    ml_buf_printf(out, "\n%s: ", say(page, "Time", "检查时间"));
    ml_report_time(out, report, report->time_is_utc, "%Y-%m-%d %H:%M:%S");
    ml_buf_printf(out, "\n%s: ", say(page, "Folder", "检查目录"));
    ml_sink_terminal(out, report->typed);
    ml_buf_printf(out, "\n%s: %u\n", say(page, "Files", "总文件数"), report->files_total);
    ml_buf_printf(out, "%s: %u\n\n", say(page, "Files checked", "已检查文件"), report->files_checked);
}

static void statistics(const sheet *page, ml_counts counts)
{
    ml_buf *out = page->out;

    section(page, "Statistics", "问题统计");
    ml_buf_printf(out, "%s: %u\n", say(page, "🔴 High", "🔴 高危问题"), counts.high);
    ml_buf_printf(out, "%s: %u\n", say(page, "🟡 Medium", "🟡 中危问题"), counts.medium);
    ml_buf_printf(out, "%s: %u\n", say(page, "🟢 Low", "🟢 低危问题"), counts.low);
    ml_buf_printf(out, "%s: %u\n\n", say(page, "📊 Total", "📊 总计"), ml_counts_total(counts));
}

static void evidence(const sheet *page, const ml_steps *steps)
{
    ml_buf *out = page->out;

    if (steps->count)
        ml_buf_printf(out, "   %s:\n", say(page, "Evidence", "依据"));
    for (uint32_t i = 0; i < steps->count; i++) {
        const ml_step *step = &steps->items[i];
        ml_buf_printf(out, "     %u) ", i + 1);
        ml_report_place(out, step->path, step->span.line);
        ml_buf_cstr(out, " ");
        ml_sink_terminal(out, ml_text_pick(&step->message, page->lang));
        ml_buf_char(out, '\n');
        if (!step->code.len)
            continue;
        ml_buf_cstr(out, "        ");
        ml_sink_terminal_cut(out, ml_str_trim(step->code), 0, CODE_WIDTH);
        ml_buf_char(out, '\n');
    }
}

static void labelled(const sheet *page, const char *label, ml_str text)
{
    if (!text.len)
        return;
    ml_buf_printf(page->out, "   %s: ", label);
    ml_sink_terminal(page->out, text);
    ml_buf_char(page->out, '\n');
}

static void finding(const sheet *page, const ml_finding *finding, uint32_t number)
{
    ml_buf *out = page->out;

    ml_buf_printf(out, "%u. ", number);
    ml_report_place(out, finding->path, finding->span.line);
    ml_buf_char(out, '\n');
    labelled(page, say(page, "Rule", "规则"), finding->rule->id);
    labelled(page, say(page, "Problem", "问题"), ml_text_pick(&finding->message, page->lang));
    labelled(page, say(page, "Note", "说明"), ml_text_pick(&finding->level_reason, page->lang));
    ml_str code = ml_str_trim(finding->code.line);
    if (code.len) {
        ml_buf_printf(out, "   %s: ", say(page, "Code", "代码"));
        ml_sink_terminal_cut(out, code, 0, CODE_WIDTH);
        ml_buf_char(out, '\n');
    }
    evidence(page, &finding->steps);
    ml_buf_char(out, '\n');
}

static void details(const sheet *page, ml_counts counts)
{
    static const char *const signs[] = {"", "🟢", "🟡", "🔴"};
    const uint32_t of_level[] = {0, counts.low, counts.medium, counts.high};

    section(page, "Details", "问题详情");
    for (ml_level level = ML_LEVEL_HIGH; level > ML_LEVEL_NONE; level--) {
        uint32_t number = 0;
        if (!of_level[level])
            continue;
        ml_buf_printf(page->out, "%s %s (%u)\n\n", signs[level], ml_level_word(level, page->lang), of_level[level]);
        for (uint32_t i = 0; i < page->report->findings.count; i++)
            if (page->report->findings.items[i].level == level)
                finding(page, &page->report->findings.items[i], ++number);
    }
}

static void advice(const sheet *page)
{
    const ml_report *report = page->report;
    uint32_t number = 0;

    section(page, "How to fix", "修复建议");
    for (uint32_t i = 0; i < report->rule_count; i++) {
        const ml_rule_info *rule = report->rules[i];
        if (!ml_report_uses_rule(report, rule))
            continue;
        ml_buf_printf(page->out, "%u. ", ++number);
        ml_sink_terminal(page->out, rule->id);
        ml_buf_cstr(page->out, " ");
        ml_sink_terminal(page->out, ml_text_pick(&rule->title, page->lang));
        ml_buf_char(page->out, '\n');
        labelled(page, say(page, "Why", "原因"), ml_text_pick(&rule->why, page->lang));
        labelled(page, say(page, "Fix", "建议"), ml_text_pick(&rule->fix, page->lang));
    }
    ml_buf_char(page->out, '\n');
}

static void checks(const sheet *page, const ml_checks *checks, const char *none)
{
    static const char *const signs[] = {[ML_CHECK_OK] = "✅", [ML_CHECK_BAD] = "❌", [ML_CHECK_UNKNOWN] = "❓"};

    if (!checks->count)
        ml_buf_printf(page->out, "%s\n", none);
    for (uint32_t i = 0; i < checks->count; i++) {
        const ml_check *check = &checks->items[i];
        ml_buf_printf(page->out, "%s ", signs[check->state]);
        ml_sink_terminal(page->out, ml_text_pick(&check->text, page->lang));
        if (check->path.len) {
            ml_buf_cstr(page->out, " (");
            ml_report_place(page->out, check->path, check->line);
            ml_buf_char(page->out, ')');
        }
        ml_buf_char(page->out, '\n');
    }
    ml_buf_char(page->out, '\n');
}

static void suggested_schema(const sheet *page)
{
    ml_str ddl = page->report->suggested_ddl;

    if (page->report->schema_skipped)
        return;
    section(page, "Suggested billing schema", "新计费表结构建议");
    if (!ddl.len)
        ml_buf_printf(page->out, "%s\n", say(page, "Nothing is missing.", "无需补充。"));
    while (ddl.len) {
        ml_sink_terminal(page->out, ml_str_split(&ddl, '\n'));
        ml_buf_char(page->out, '\n');
    }
}

static void problems(const sheet *page)
{
    const ml_problems *problems = &page->report->problems;

    for (uint32_t i = 0; i < problems->count; i++) {
        ml_buf_cstr(page->out, "   ");
        ml_report_problem_line(page->out, &problems->items[i], page->lang);
        ml_buf_char(page->out, '\n');
    }
}

static void problem_head(const sheet *page)
{
    ml_buf_printf(page->out, "⚠️ %s: %u\n", say(page, "Not fully checked", "未完整检查"),
                  page->report->problems.count);
}

static void without_findings(const sheet *page)
{
    if (page->report->incomplete) {
        ml_buf_printf(page->out, "⚠️ %s: %u\n",
                      say(page, "No problem found, but the scan is incomplete", "未发现问题，但扫描不完整"),
                      page->report->problems.count);
        problems(page);
        return;
    }
    /* Parse errors that hide nothing are listed, and still end with the good news. */
    if (page->report->problems.count) {
        problem_head(page);
        problems(page);
        ml_buf_char(page->out, '\n');
    }
    ml_buf_printf(page->out, "✅ %s\n",
                  say(page, "Congratulations! No compliance problem was found. Every AI call goes through AIBridge.",
                      "恭喜！未发现任何合规问题。所有AI调用都正确使用了AIBridge服务。"));
}

static void with_findings(const sheet *page, ml_counts counts)
{
    if (page->report->incomplete)
        ml_buf_printf(page->out, "⚠️ %s\n\n",
                      say(page, "The scan is incomplete, see the end.", "扫描不完整，见文末。"));
    details(page, counts);
    advice(page);
    section(page, "AIBridge metering check", "AIBridge用量计算功能检查");
    checks(page, &page->report->bridge, say(page, "No AIBridge implementation found", "未发现AIBridge实现"));
    section(page, "Billing schema check", "计费表结构检查");
    checks(page, &page->report->schema, say(page, "No billing table found", "未发现计费表"));
    suggested_schema(page);
    if (!page->report->problems.count)
        return;
    ml_buf_char(page->out, '\n');
    section(page, "Not fully checked", "未完整检查的文件");
    problem_head(page);
    problems(page);
}

static void write_text(ml_buf *out, const ml_report *report, const ml_report_options *options)
{
    sheet page = {out, report, ml_report_lang(options, ML_LANG_ZH)};
    ml_counts counts = ml_report_counts(report);

    head(&page);
    statistics(&page, counts);
    if (ml_counts_total(counts))
        with_findings(&page, counts);
    else
        without_findings(&page);
}

const ml_report_format ml_format_text = {"text", ".txt", write_text};
