/* pretty - for people at a terminal: each finding with its lines of code, the
 * evidence as numbered steps, and one line of advice; then what was not checked,
 * and one line with the counts. */
#include "report_common.h"

#define CODE_WIDTH 100 /* columns of code shown; longer lines are cut around the finding */

typedef struct palette {
    const char *level[ML_LEVEL_HIGH + 1], *strong, *faint, *good, *plain;
} palette;

static const palette coloured = {
    {"", "\033[1;36m", "\033[1;33m", "\033[1;31m"},
    "\033[1m", "\033[2m", "\033[1;32m", "\033[0m",
};
static const palette uncoloured = {
    {"", "", "", ""},
    "", "", "", ""
};

typedef struct sheet {
    ml_buf *out;
    const ml_report *report;
    const palette *style;
    ml_lang lang;
} sheet;

static const char *say(const sheet *page, const char *en, const char *zh)
{
    return ml_say(page->lang, en, zh);
}

static void repeat(ml_buf *out, const char *piece, size_t times)
{
    for (; times; times--)
        ml_buf_cstr(out, piece);
}

static void painted(const sheet *page, const char *colour, const char *text)
{
    ml_buf_cstr(page->out, colour);
    ml_buf_cstr(page->out, text);
    ml_buf_cstr(page->out, page->style->plain);
}

static size_t digits(uint32_t number)
{
    size_t count = 1;

    while (number /= 10)
        count++;
    return count;
}

/* Code frame ------------------------------------------------------------------- */

typedef struct box {
    const sheet *page;
    size_t gutter;      /* columns of the line numbers */
    size_t skip;        /* columns left out at the left, the same for each line */
    const char *colour; /* of the underline */
} box;

/* Byte offset of a 1-based column counted in UTF-16 units; past the end is the end. */
static size_t byte_of_column(ml_str line, uint32_t column)
{
    size_t at = 0;

    for (uint32_t unit = 1; unit < column && at < line.len;)
        unit += ml_utf8_next(line, &at) >= 0x10000 ? 2 : 1;
    return at;
}

static size_t display_column(ml_str line, uint32_t column)
{
    return ml_sink_width(ml_str_slice(line, 0, byte_of_column(line, column)));
}

static void bar(const box *frame, uint32_t number)
{
    ml_buf *out = frame->page->out;

    ml_buf_cstr(out, frame->page->style->faint);
    if (number)
        ml_buf_printf(out, "%*u |", (int)frame->gutter, number);
    else
        ml_buf_printf(out, "%*s |", (int)frame->gutter, "");
    ml_buf_cstr(out, frame->page->style->plain);
}

static void code_line(const box *frame, uint32_t number, ml_str line)
{
    bar(frame, number);
    if (ml_str_trim(line).len && ml_sink_width(line) > frame->skip) {
        ml_buf_char(frame->page->out, ' ');
        ml_sink_terminal_cut(frame->page->out, line, frame->skip, CODE_WIDTH);
    }
    ml_buf_char(frame->page->out, '\n');
}

/* Underlines the part of the first line that the span covers, at least one column. */
static void underline(const box *frame, ml_str line, const ml_span *span)
{
    ml_buf *out = frame->page->out;
    size_t whole = ml_sink_width(line);
    size_t from = display_column(line, span->column);
    size_t to = span->end_line > span->line ? whole : display_column(line, span->end_column);

    if (to <= from)
        to = from + 1;
    if (to > frame->skip + CODE_WIDTH)
        to = frame->skip + CODE_WIDTH;
    if (from >= to)
        return; /* the line was cut before the finding */
    bar(frame, 0);
    ml_buf_char(out, ' ');
    repeat(out, " ", from - frame->skip);
    ml_buf_cstr(out, frame->colour);
    repeat(out, "^", to - from);
    ml_buf_cstr(out, frame->page->style->plain);
    if (span->end_line > span->line)
        ml_buf_printf(out, " %s %u", say(frame->page, "to line", "直到第"), span->end_line);
    ml_buf_char(out, '\n');
}

static ml_str next_line(ml_str *rest)
{
    ml_str line = ml_str_split(rest, '\n');

    return ml_str_ends(line, ML_STR("\r")) ? ml_str_slice(line, 0, line.len - 1) : line;
}

static ml_str line_number(const ml_code *code, uint32_t number)
{
    ml_str rest = code->text, line = ML_STR("");

    for (uint32_t i = code->first_line; i <= number && rest.len; i++)
        line = next_line(&rest);
    return line;
}

static uint32_t last_line(const ml_code *code)
{
    uint32_t last = code->first_line;

    for (size_t i = 0; i < code->text.len; i++)
        last += code->text.data[i] == '\n';
    return last;
}

static void code_frame(box *frame, const ml_finding *finding)
{
    const ml_code *code = &finding->code;
    size_t column = display_column(line_number(code, finding->span.line), finding->span.column);
    ml_str rest = code->text;

    if (column > CODE_WIDTH * 3 / 4)
        frame->skip = column - CODE_WIDTH / 4;
    bar(frame, 0);
    ml_buf_char(frame->page->out, '\n');
    for (uint32_t number = code->first_line; rest.len; number++) {
        ml_str line = next_line(&rest);
        code_line(frame, number, line);
        if (number == finding->span.line)
            underline(frame, line, &finding->span);
    }
    bar(frame, 0);
    ml_buf_char(frame->page->out, '\n');
}

/* Findings ----------------------------------------------------------------------- */

static void place(const sheet *page, ml_str path, uint32_t line, uint32_t column)
{
    ml_report_place(page->out, path, line);
    if (line && column)
        ml_buf_printf(page->out, ":%u", column);
}

static void note(const box *frame, const char *label, ml_str text)
{
    ml_buf *out = frame->page->out;

    if (!text.len)
        return;
    ml_buf_printf(out, "%*s ", (int)frame->gutter, "");
    painted(frame->page, frame->page->style->faint, "=");
    ml_buf_char(out, ' ');
    painted(frame->page, frame->page->style->strong, label);
    ml_buf_cstr(out, ": ");
    ml_sink_terminal(out, text);
    ml_buf_char(out, '\n');
}

static void evidence(const box *frame, const ml_steps *steps)
{
    const sheet *page = frame->page;
    size_t indent = frame->gutter + 3;

    if (!steps->count)
        return;
    ml_buf_printf(page->out, "%*s ", (int)frame->gutter, "");
    painted(page, page->style->faint, "=");
    ml_buf_char(page->out, ' ');
    painted(page, page->style->strong, say(page, "evidence", "依据"));
    ml_buf_cstr(page->out, ":\n");
    for (uint32_t i = 0; i < steps->count; i++) {
        const ml_step *step = &steps->items[i];
        ml_buf_printf(page->out, "%*s%u. ", (int)indent, "", i + 1);
        place(page, step->path, step->span.line, step->span.column);
        ml_buf_cstr(page->out, "  ");
        ml_sink_terminal(page->out, ml_text_pick(&step->message, page->lang));
        ml_buf_char(page->out, '\n');
        if (!step->code.len)
            continue;
        ml_buf_printf(page->out, "%*s%s", (int)(indent + digits(i + 1) + 2), "", page->style->faint);
        ml_sink_terminal_cut(page->out, ml_str_trim(step->code), 0, CODE_WIDTH);
        ml_buf_printf(page->out, "%s\n", page->style->plain);
    }
}

static void finding(const sheet *page, const ml_finding *finding)
{
    const char *colour = page->style->level[finding->level];
    box frame = {page, digits(finding->code.text.len ? last_line(&finding->code) : 1), 0, colour};
    ml_buf *out = page->out;

    ml_buf_printf(out, "%s%s[", colour, ml_level_word(finding->level, page->lang));
    ml_sink_terminal(out, finding->rule->id);
    ml_buf_printf(out, "]%s: %s", page->style->plain, page->style->strong);
    ml_sink_terminal(out, ml_text_pick(&finding->message, page->lang));
    ml_buf_printf(out, "%s\n%*s%s-->%s ", page->style->plain, (int)frame.gutter, "", page->style->faint,
                  page->style->plain);
    place(page, finding->path, finding->span.line, finding->span.column);
    ml_buf_char(out, '\n');
    if (finding->code.text.len)
        code_frame(&frame, finding);
    evidence(&frame, &finding->steps);
    note(&frame, say(page, "note", "说明"), ml_text_pick(&finding->level_reason, page->lang));
    note(&frame, say(page, "help", "建议"), ml_text_pick(&finding->rule->fix, page->lang));
    ml_buf_char(out, '\n');
}

/* The end ------------------------------------------------------------------------- */

static void problems(const sheet *page)
{
    const ml_problems *problems = &page->report->problems;

    if (!problems->count)
        return;
    painted(page, page->style->strong, say(page, "Not fully checked", "未完整检查"));
    ml_buf_printf(page->out, " (%u):\n", problems->count);
    for (uint32_t i = 0; i < problems->count; i++) {
        ml_buf_cstr(page->out, "  ");
        ml_report_problem_line(page->out, &problems->items[i], page->lang);
        ml_buf_char(page->out, '\n');
    }
    ml_buf_char(page->out, '\n');
}

static void count(const sheet *page, ml_level level, uint32_t number, const char *before)
{
    ml_buf_printf(page->out, "%s%s%u %s%s", before, number ? page->style->level[level] : "", number,
                  ml_level_word(level, page->lang), number ? page->style->plain : "");
}

static void verdict(const sheet *page)
{
    ml_counts counts = ml_report_counts(page->report);
    uint32_t total = ml_counts_total(counts);

    if (!total) {
        bool good = !page->report->incomplete;
        ml_buf_printf(page->out, "%s%s %s%s", good ? page->style->good : "", good ? "✔" : "!",
                      say(page, "no findings", "未发现问题"), good ? page->style->plain : "");
        return;
    }
    ml_buf_printf(page->out, "%s✖ %u %s%s (", page->style->strong, total,
                  say(page, total == 1 ? "finding" : "findings", "个问题"), page->style->plain);
    count(page, ML_LEVEL_HIGH, counts.high, "");
    count(page, ML_LEVEL_MEDIUM, counts.medium, ", ");
    count(page, ML_LEVEL_LOW, counts.low, ", ");
    ml_buf_char(page->out, ')');
}

static void summary(const sheet *page)
{
    const ml_report *report = page->report;
    ml_buf *out = page->out;

    verdict(page);
    if (page->lang == ML_LANG_ZH)
        ml_buf_printf(out, " · 已检查 %u/%u 个文件", report->files_checked, report->files_total);
    else
        ml_buf_printf(out, " · %u of %u files checked", report->files_checked, report->files_total);
    if (report->suppressed)
        ml_buf_printf(out, " · %u %s", report->suppressed, say(page, "suppressed", "个已抑制"));
    if (report->incomplete) {
        ml_buf_cstr(out, " · ");
        painted(page, page->style->level[ML_LEVEL_HIGH], say(page, "scan incomplete", "扫描不完整"));
    }
    ml_buf_char(out, '\n');
}

static void write_pretty(ml_buf *out, const ml_report *report, const ml_report_options *options)
{
    sheet page = {out, report, options && options->colour ? &coloured : &uncoloured,
                  ml_report_lang(options, ML_LANG_EN)};

    for (uint32_t i = 0; i < report->findings.count; i++)
        finding(&page, &report->findings.items[i]);
    problems(&page);
    summary(&page);
}

const ml_report_format ml_format_pretty = {"pretty", ".txt", write_pretty};
