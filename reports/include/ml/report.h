/* report.h - the report formats: one writer per format over one model, ml_report.
 *
 * A writer is a pure function of its arguments: it reads no clock, no environment
 * (but for the local zone when the report asks for local time), and no file. It
 * appends to a buffer, and the caller decides where the bytes go. Everything a
 * writer prints that came from a scanned tree goes through an escaping helper of
 * report_sink.h. Every finding's rule must be among report->rules.
 *
 * A format is one file reports/<name>.c that defines ml_format_<name>; the table is
 * made from the folder at configure time. Files named report_*.c are helpers. */
#ifndef ML_REPORT_H
#define ML_REPORT_H
#include "ml/buf.h"
#include "ml/finding.h"

typedef struct ml_report_options {
    bool colour;     /* terminal colours; only `pretty` looks at it */
    ml_lang lang;    /* used when lang_given; else each format has its own: `text` speaks */
    bool lang_given; /* Chinese, all others English */
} ml_report_options;

typedef struct ml_report_format {
    const char *name;      /* as in --output NAME */
    const char *extension; /* with its dot, for a file name made up by the caller */
    void (*write)(ml_buf *out, const ml_report *report, const ml_report_options *options);
} ml_report_format;

extern const ml_report_format *const ml_format_table[]; /* by name */
extern const uint32_t ml_format_table_count;

const ml_report_format *ml_report_format_find(ml_str name); /* NULL when there is none */

/* The rules as a JSON list: id, level, state, measured precision, words. */
typedef struct ml_report_rules {
    const ml_rule_info *(*at)(uint32_t index);
    uint32_t count;
    ml_lang lang;
} ml_report_rules;
void ml_report_rules_json(ml_buf *out, const ml_report_rules *rules);

#endif
