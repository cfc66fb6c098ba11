/* cli.h - the command line: sub-commands, options, exit codes (R11, R12). */
#ifndef ML_CLI_H
#define ML_CLI_H
#include "ml/report.h"
#include "ml/scan.h"

enum {
    ML_EXIT_CLEAN = 0,
    ML_EXIT_FINDINGS = 1,
    ML_EXIT_USAGE = 2,
    ML_EXIT_INCOMPLETE = 3 /* also: a report could not be written */
};

typedef struct ml_output {
    const ml_report_format *format;
    const char *path; /* NULL: standard output; for text: below the project */
} ml_output;

/* What was said on the command line. */
typedef struct ml_cli {
    ml_arena arena;
    ML_VEC(ml_str) words; /* PATHs, or the operands of another sub-command */
    ML_VEC(ml_output) outputs;
    ml_scan_options scan;
    ml_report_options report;
    bool help, quiet, colour_given, lang_given;
    bool colour;
    const char *dialect;    /* --dialect, as typed; NULL without */
    bool sequelize, prisma; /* --format */
} ml_cli;

/* The table every option comes from: parsing and --help read it. */
typedef struct ml_option {
    const char *name;    /* without dashes */
    const char *operand; /* what is printed for its value, NULL for a flag */
    const char *help;    /* NULL: accepted, not listed */
    /* value is NULL for a flag; false after a sentence on standard error */
    bool (*apply)(ml_cli *cli, const char *value);
} ml_option;

extern const ml_option ml_options[];
extern const size_t ml_option_count;

/* False after a sentence on standard error. */
bool ml_cli_parse(ml_cli *cli, int argc, char **argv);
void ml_cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "path:line: text" of an error. */
void ml_cli_complain_of(const ml_error *error);
/* Says why the scan failed; the exit code is that of an incomplete analysis when git did not answer. */
int ml_cli_scan_failed(const ml_cli *cli, ml_status status, const ml_error *error);

typedef struct ml_command {
    const char *name, *operands, *help;
    int (*run)(ml_cli *cli);
} ml_command;

int ml_command_scan(ml_cli *cli);
int ml_command_why(ml_cli *cli);
int ml_command_rules(ml_cli *cli);
int ml_command_explain(ml_cli *cli);
int ml_command_config(ml_cli *cli);
int ml_command_schema(ml_cli *cli);

/* Writes through a file of its own and a rename, so that no half report is ever seen. */
bool ml_write_file(const char *path, ml_str text);

#endif
