/* finding.h - what a scan has to say: rules, places, findings, problems, the report.
 *
 * Plain data shared by engine and reports. All text is UTF-8 or, where it was cut
 * from a scanned file, bytes that may be anything: every report escapes for its own
 * sink. Everything lives in the run arena. */
#ifndef ML_FINDING_H
#define ML_FINDING_H
#include "ml/str.h"
#include "ml/vec.h"

typedef enum ml_level { ML_LEVEL_NONE, ML_LEVEL_LOW, ML_LEVEL_MEDIUM, ML_LEVEL_HIGH } ml_level;

typedef enum ml_lang { ML_LANG_EN, ML_LANG_ZH, ML_LANG_COUNT } ml_lang;

/* The same sentence in every language the reports speak. */
typedef struct ml_text {
    ml_str in[ML_LANG_COUNT];
} ml_text;

const char *ml_level_name(ml_level level);    /* "high", "medium", "low", "none" */
const char *ml_level_name_zh(ml_level level); /* 高危, 中危, 低危 */
const char *ml_level_sarif(ml_level level);   /* "error", "warning", "note", "none" */
ml_level ml_level_parse(ml_str name, ml_level otherwise);
ml_level ml_level_lower(ml_level level); /* one step down, never below LOW */

/* A place. Lines and columns are 1-based; columns count UTF-16 code units, as SARIF
 * and editors do; the end column is one past the last. Bytes are offsets in the file. */
typedef struct ml_span {
    uint32_t line, column, end_line, end_column;
    uint32_t byte, end_byte;
} ml_span;

/* Findings on public code that were read one by one, and how many of them were right
 * (docs/precision.md). All 0: the code that was read held none. */
typedef struct ml_measured {
    uint32_t findings, right, repositories;
} ml_measured;

/* From rule.json; see rules/README in CONTRIBUTING for the meaning of each word. */
typedef struct ml_rule_info {
    ml_str id;               /* "bypass/direct-http" */
    ml_level level;          /* default level */
    bool on;                 /* on by default */
    ml_str catalogue_ids[8]; /* "MTR001"; empty entries end the list */
    ml_text title;           /* the fault in a few words */
    ml_text message;         /* template, {name} placeholders; used by the engine */
    ml_text why, fix;
    ml_measured measured;
} ml_rule_info;

ml_str ml_rule_family(const ml_rule_info *rule); /* "bypass" */
ml_str ml_rule_name(const ml_rule_info *rule);   /* "direct-http" */

/* One step of an evidence path, in the order a reader follows: from where the value
 * comes from to where it is used. */
typedef struct ml_step {
    ml_str path;
    ml_span span;
    ml_text message;
    ml_str code; /* the source line, without its line end */
} ml_step;

typedef ML_VEC(ml_step) ml_steps;

/* Lines of source around the finding, copied when it was made. */
typedef struct ml_code {
    uint32_t first_line; /* number of the first line in text */
    ml_str text;         /* whole lines, '\n' between them, no trailing one; long lines are cut */
    ml_str line;         /* the line the finding starts on, trimmed */
    /* GitHub's rolling hash starts on the finding's line and reads on over later lines. */
    uint64_t line_hash;
    uint32_t line_hash_ordinal; /* 1 for the first line of this hash in the file */
} ml_code;

typedef struct ml_finding {
    const ml_rule_info *rule;
    ml_level level;
    ml_text message;      /* complete sentence, secrets already masked */
    ml_text level_reason; /* why the level differs from the rule's own; may be empty */
    ml_str path;          /* relative to the project root, '/' between parts */
    ml_span span;
    ml_code code;
    ml_steps steps;  /* evidence; may be empty */
    ml_str provider; /* catalogue id, or empty */
    ml_str scope;    /* enclosing function or class, "Chat.ask"; may be empty */
    ml_str sink;     /* what was called or declared, "axios.post"; may be empty */
} ml_finding;

typedef ML_VEC(ml_finding) ml_findings;

/* By path bytes, line, column, rule id, message. Total, so that output never depends on order of work. */
int ml_finding_cmp(const ml_finding *a, const ml_finding *b);
void ml_findings_sort(ml_findings *findings);

/* Something that was not read, not analysed, or only in part. */
typedef enum ml_problem_kind {
    ML_PROBLEM_UNREAD,     /* not read at all: unreadable, oversized, undecodable */
    ML_PROBLEM_UNANALYSED, /* read, but a limit or budget stopped the analysis */
    ML_PROBLEM_PARSE,      /* parse errors; the rest of the file was analysed */
    ML_PROBLEM_PARSE_BLIND /* parse errors in a range that holds a trigger word */
} ml_problem_kind;

typedef struct ml_problem {
    ml_problem_kind kind;
    ml_str path;
    uint32_t line; /* 0 when the whole file is meant */
    ml_text reason;
} ml_problem;

typedef ML_VEC(ml_problem) ml_problems;

bool ml_problem_is_incomplete(ml_problem_kind kind, bool strict); /* does it make the scan incomplete (R12)? */
void ml_problems_sort(ml_problems *problems);

/* One line of the two check sections of the text report. */
typedef enum ml_check_state { ML_CHECK_OK, ML_CHECK_BAD, ML_CHECK_UNKNOWN } ml_check_state;
typedef struct ml_check {
    ml_check_state state;
    ml_text text; /* "generateImage: usage recorded" */
    ml_str path;  /* may be empty */
    uint32_t line;
} ml_check;

typedef ML_VEC(ml_check) ml_checks;

typedef struct ml_counts {
    uint32_t high, medium, low;
} ml_counts;

typedef struct ml_report {
    ml_str tool_version;
    ml_str root;            /* absolute path of the project root */
    ml_str uri_prefix;      /* what SARIF URIs carry before a path: from the nearest .git to root, "" or "pkg/" */
    ml_str typed;           /* the scanned path as typed */
    int64_t time;           /* seconds since 1970 when the scan began, or SOURCE_DATE_EPOCH */
    bool time_is_utc;       /* SOURCE_DATE_EPOCH is set: print UTC */
    uint32_t files_total;   /* files found that are ours to look at */
    uint32_t files_checked; /* of these, read and analysed */
    uint32_t files_parsed;  /* of these, parsed because a trigger asked for it */
    uint32_t parse_errors;  /* files with parse errors */
    uint32_t suppressed;    /* findings silenced by a directive */
    ml_findings findings;   /* sorted */
    ml_problems problems;   /* sorted */
    bool incomplete;        /* R12 */
    ml_checks bridge;       /* AIBridge用量计算功能检查 */
    bool
        schema_skipped; /* no rule asks for the tables, or nothing that was to be checked touches them: not looked at */
    ml_checks schema;   /* 计费表结构检查 */
    ml_str suggested_ddl;             /* 新计费表结构建议; empty when nothing is missing */
    const ml_rule_info *const *rules; /* every rule of this run, by id */
    uint32_t rule_count;
} ml_report;

ml_counts ml_report_counts(const ml_report *report);

#endif
