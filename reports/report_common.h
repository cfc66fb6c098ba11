/* report_common.h - what several formats share: language, words, times, counts. */
#ifndef ML_REPORT_COMMON_H
#define ML_REPORT_COMMON_H
#include "ml/report.h"
#include "ml/report_sink.h"

ml_lang ml_report_lang(const ml_report_options *options, ml_lang otherwise);
/* The text in that language, or in another one when it is missing there. */
ml_str ml_text_pick(const ml_text *text, ml_lang lang);
const char *ml_say(ml_lang lang, const char *en, const char *zh);
const char *ml_level_word(ml_level level, ml_lang lang);

/* "unread": the id that machines know a kind of problem by. */
const char *ml_problem_id(ml_problem_kind kind);
/* "not read": the same for people. */
const char *ml_problem_word(ml_problem_kind kind, ml_lang lang);

/* strftime(format) of the moment the scan began, in UTC or local time. */
void ml_report_time(ml_buf *out, const ml_report *report, bool utc, const char *format);

uint32_t ml_counts_total(ml_counts counts);
bool ml_report_uses_rule(const ml_report *report, const ml_rule_info *rule);
uint32_t ml_rule_catalogue_count(const ml_rule_info *rule);

/* "path:line" for a reader, or "path" when line is 0. */
void ml_report_place(ml_buf *out, ml_str path, uint32_t line);
/* `path:line: reason` */
void ml_report_problem_line(ml_buf *out, const ml_problem *problem, ml_lang lang);

#endif
