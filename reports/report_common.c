#include "report_common.h"

#include <time.h>

ml_lang ml_report_lang(const ml_report_options *options, ml_lang otherwise)
{
    return options && options->lang_given ? options->lang : otherwise;
}

ml_str ml_text_pick(const ml_text *text, ml_lang lang)
{
    for (int i = 0; !text->in[lang].len && i < ML_LANG_COUNT; i++)
        if (text->in[i].len)
            return text->in[i];
    return text->in[lang];
}

const char *ml_say(ml_lang lang, const char *en, const char *zh)
{
    return lang == ML_LANG_ZH ? zh : en;
}

const char *ml_level_word(ml_level level, ml_lang lang)
{
    return lang == ML_LANG_ZH ? ml_level_name_zh(level) : ml_level_name(level);
}

const char *ml_problem_id(ml_problem_kind kind)
{
    switch (kind) {
    case ML_PROBLEM_UNREAD: return "unread";
    case ML_PROBLEM_UNANALYSED: return "unanalysed";
    case ML_PROBLEM_PARSE: return "parse-error";
    case ML_PROBLEM_PARSE_BLIND: return "parse-error-blind";
    }
    return "unknown";
}

const char *ml_problem_word(ml_problem_kind kind, ml_lang lang)
{
    switch (kind) {
    case ML_PROBLEM_UNREAD: return ml_say(lang, "not read", "未读取");
    case ML_PROBLEM_UNANALYSED: return ml_say(lang, "not fully analysed", "未完整分析");
    case ML_PROBLEM_PARSE: return ml_say(lang, "parse errors", "语法错误");
    case ML_PROBLEM_PARSE_BLIND: return ml_say(lang, "parse errors that may hide findings", "语法错误可能掩盖问题");
    }
    return "";
}

void ml_report_time(ml_buf *out, const ml_report *report, bool utc, const char *format)
{
    time_t moment = (time_t)report->time;
    struct tm parts = {0};
    char text[64];

    /* Both fail only for years that do not fit an int. */
    if (!(utc ? gmtime_r(&moment, &parts) : localtime_r(&moment, &parts)))
        memset(&parts, 0, sizeof parts);
    ml_buf_bytes(out, text, strftime(text, sizeof text, format, &parts));
}

uint32_t ml_counts_total(ml_counts counts)
{
    return counts.high + counts.medium + counts.low;
}

bool ml_report_uses_rule(const ml_report *report, const ml_rule_info *rule)
{
    for (uint32_t i = 0; i < report->findings.count; i++)
        if (report->findings.items[i].rule == rule)
            return true;
    return false;
}

uint32_t ml_rule_catalogue_count(const ml_rule_info *rule)
{
    uint32_t count = 0, most = sizeof rule->catalogue_ids / sizeof *rule->catalogue_ids;

    while (count < most && rule->catalogue_ids[count].len)
        count++;
    return count;
}

void ml_report_place(ml_buf *out, ml_str path, uint32_t line)
{
    ml_sink_terminal(out, path);
    if (line)
        ml_buf_printf(out, ":%u", line);
}

void ml_report_problem_line(ml_buf *out, const ml_problem *problem, ml_lang lang)
{
    ml_report_place(out, problem->path, problem->line);
    ml_buf_cstr(out, ": ");
    ml_sink_terminal(out, ml_text_pick(&problem->reason, lang));
}
