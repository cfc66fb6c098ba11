/* meterlint scan: runs the scan, writes the reports, decides the exit code. */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool start_time(ml_cli *cli)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");

    if (!epoch || !*epoch) {
        cli->scan.time = (int64_t)time(NULL);
        return true;
    }
    char *end;
    errno = 0;
    long long seconds = strtoll(epoch, &end, 10);
    if (errno || *end || seconds < 0) {
        ml_cli_complain("SOURCE_DATE_EPOCH is no number of seconds: \"%s\"", epoch);
        return false;
    }
    cli->scan.time = seconds;
    cli->scan.time_is_utc = true;
    return true;
}

static bool wants_colour(const ml_cli *cli)
{
    const char *force = getenv("FORCE_COLOR"), *none = getenv("NO_COLOR");

    if (cli->colour_given)
        return cli->colour;
    if (none && *none)
        return false;
    return (force && *force) || isatty(STDOUT_FILENO);
}

/* reports/ai-compliance-report.txt below the project, its folder made when missing. */
static const char *text_report_path(ml_arena *arena, const ml_report *report)
{
    ml_str folder = ml_path_join(arena, report->root, ML_STR("reports"));

    if (mkdir(ml_arena_cstr(arena, folder), 0777) != 0 && errno != EEXIST)
        ml_cli_complain("%s: cannot be made: %s", folder.data, strerror(errno));
    return ml_path_join(arena, folder, ML_STR("ai-compliance-report.txt")).data;
}

static bool write_output(ml_cli *cli, const ml_output *output, const ml_report *report)
{
    ml_buf text = {0};
    const char *path = output->path;
    bool ok = true;

    if (!path && strcmp(output->format->name, "text") == 0)
        path = text_report_path(&cli->arena, report);
    output->format->write(&text, report, &cli->report);
    if (path && strcmp(path, "-") != 0) {
        ok = ml_write_file(path, ml_buf_view(&text));
        if (ok && !cli->quiet)
            fprintf(stderr, "meterlint: wrote %s\n", path);
    } else {
        fwrite(text.data, 1, text.len, stdout);
        ok = fflush(stdout) == 0 && !ferror(stdout);
        if (!ok && errno != EPIPE)
            ml_cli_complain("standard output: %s", strerror(errno));
        ok = ok || errno == EPIPE; /* the reader left: not our failure */
    }
    ml_buf_finish(&text);
    return ok;
}

static bool has_finding_at(const ml_report *report, ml_level level)
{
    for (uint32_t i = 0; level != ML_LEVEL_NONE && i < report->findings.count; i++)
        if (report->findings.items[i].level >= level)
            return true;
    return false;
}

static int verdict(const ml_cli *cli, const ml_scan *scan)
{
    const ml_report *report = ml_scan_report(scan);
    bool findings = has_finding_at(report, ml_scan_fail_on(scan));

    if (report->incomplete && (cli->scan.strict || !findings))
        return ML_EXIT_INCOMPLETE;
    return findings ? ML_EXIT_FINDINGS : ML_EXIT_CLEAN;
}

static bool speaks_on_stdout(const ml_cli *cli)
{
    for (uint32_t i = 0; i < cli->outputs.count; i++) {
        const ml_output *output = &cli->outputs.items[i];
        if (output->path ? strcmp(output->path, "-") == 0 : strcmp(output->format->name, "text") != 0)
            return true;
    }
    return false;
}

/* When every report goes to a file, the caller is still told what came out. */
static void summary(const ml_report *report)
{
    ml_counts counts = ml_report_counts(report);

    fprintf(stderr, "meterlint: %u high, %u medium, %u low; %u of %u files checked%s\n", counts.high, counts.medium,
            counts.low, report->files_checked, report->files_total,
            report->incomplete ? "; the analysis is incomplete" : "");
    for (uint32_t i = 0; i < report->problems.count; i++) {
        const ml_problem *problem = &report->problems.items[i];
        if (ml_problem_is_incomplete(problem->kind, false))
            fprintf(stderr, "  %.*s: %.*s\n", ML_STR_ARG(problem->path), ML_STR_ARG(problem->reason.in[ML_LANG_EN]));
    }
}

int ml_command_scan(ml_cli *cli)
{
    ml_scan *scan;
    ml_error error = {.line = 0};

    if (!start_time(cli))
        return ML_EXIT_USAGE;
    cli->scan.paths = cli->words.items;
    cli->scan.path_count = cli->words.count;
    cli->scan.only_report = true;
    cli->report.colour = wants_colour(cli);
    if (!cli->outputs.count)
        ml_vec_push(&cli->arena, &cli->outputs, ((ml_output){ml_report_format_find(ML_STR("pretty")), NULL}));
    ml_status status = ml_scan_run(&scan, &cli->scan, &error);
    if (status != ML_OK)
        return ml_cli_scan_failed(cli, status, &error);
    if (ml_scan_nothing_staged(scan) && !cli->quiet)
        fputs("meterlint: nothing staged that is ours to check\n", stderr);
    if (ml_scan_cache_trouble(scan, &error)) /* what was found is none the worse for it */
        ml_cli_complain_of(&error);
    int code = verdict(cli, scan);
    if (ml_scan_nothing_found(scan)) {
        const ml_problem *why = &ml_scan_report(scan)->problems.items[0];
        ml_cli_complain("%.*s: %.*s", ML_STR_ARG(why->path), ML_STR_ARG(why->reason.in[ML_LANG_EN]));
        code = ML_EXIT_USAGE;
    }
    for (uint32_t i = 0; i < cli->outputs.count; i++)
        if (!write_output(cli, &cli->outputs.items[i], ml_scan_report(scan)))
            code = code == ML_EXIT_CLEAN ? ML_EXIT_INCOMPLETE : code;
    if (!cli->quiet && !speaks_on_stdout(cli))
        summary(ml_scan_report(scan));
    ml_scan_free(scan);
    return code;
}

/* "src/a.ts:12" */
static bool split_place(ml_str word, ml_str *path, uint32_t *line)
{
    size_t colon = ml_str_rfind_char(word, ':');

    if (colon == ML_NOT_FOUND || colon + 1 == word.len)
        return false;
    *path = ml_str_slice(word, 0, colon);
    *line = 0;
    for (size_t i = colon + 1; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9' || *line > 100000000)
            return false;
        *line = *line * 10 + (uint32_t)(word.data[i] - '0');
    }
    return *line > 0;
}

int ml_command_why(ml_cli *cli)
{
    ml_scan *scan;
    ml_error error = {.line = 0};
    ml_buf text = {0};
    ml_str path;
    uint32_t line;

    if (cli->words.count != 1 || !split_place(cli->words.items[0], &path, &line)) {
        ml_cli_complain("why takes one place: meterlint why src/a.ts:12");
        return ML_EXIT_USAGE;
    }
    path = ml_arena_copy(&cli->arena, path);
    cli->scan.paths = &path;
    cli->scan.path_count = 1;
    if (!start_time(cli))
        return ML_EXIT_USAGE;
    ml_status status = ml_scan_run(&scan, &cli->scan, &error);
    if (status != ML_OK)
        return ml_cli_scan_failed(cli, status, &error);
    bool any = ml_scan_explain(scan, ml_scan_path_of(scan, path), line, &text);
    fwrite(text.data, 1, text.len, stdout);
    if (!any)
        printf("no call begins on line %u of %.*s\n", line, ML_STR_ARG(path));
    ml_buf_finish(&text);
    ml_scan_free(scan);
    return ML_EXIT_CLEAN;
}
