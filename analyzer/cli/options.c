/* The option table and the parser over it. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void ml_cli_complain(const char *format, ...)
{
    va_list args;

    fputs("meterlint: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void ml_cli_complain_of(const ml_error *error)
{
    if (error->path[0] && error->line)
        ml_cli_complain("%s:%u: %s", error->path, error->line, error->text);
    else if (error->path[0])
        ml_cli_complain("%s: %s", error->path, error->text);
    else
        ml_cli_complain("%s", error->text);
}

int ml_cli_scan_failed(const ml_cli *cli, ml_status status, const ml_error *error)
{
    ml_cli_complain_of(error);
    return cli->scan.staged && (status == ML_EIO || status == ML_ELIMIT) ? ML_EXIT_INCOMPLETE : ML_EXIT_USAGE;
}

/* ---- one function an option ---- */

static bool number(const char *option, const char *value, uint32_t max, uint32_t *out)
{
    char *end;

    errno = 0;
    unsigned long parsed = strtoul(value, &end, 10);
    if (errno || *end || end == value || value[0] == '-' || parsed > max) {
        ml_cli_complain("--%s takes a whole number from 0 to %u, not \"%s\"", option, max, value);
        return false;
    }
    *out = (uint32_t)parsed;
    return true;
}

static bool set_config(ml_cli *cli, const char *value)
{
    cli->scan.config_path = value;
    return true;
}

static bool set_catalog(ml_cli *cli, const char *value)
{
    cli->scan.catalog_dir = value;
    return true;
}

static bool set_cache(ml_cli *cli, const char *value)
{
    cli->scan.cache_dir = value;
    return true;
}

static bool set_dialect(ml_cli *cli, const char *value)
{
    cli->dialect = value;
    return true;
}

static bool set_format(ml_cli *cli, const char *value)
{
    cli->sequelize = strcmp(value, "sequelize") == 0;
    cli->prisma = strcmp(value, "prisma") == 0;
    if (cli->sequelize || cli->prisma || strcmp(value, "sql") == 0)
        return true;
    ml_cli_complain("--format is sql, sequelize or prisma, not \"%s\"", value);
    return false;
}

static bool add_output(ml_cli *cli, const char *value)
{
    ml_str rest = ml_str_of(value), name = ml_str_split(&rest, '=');
    ml_output output = {.format = ml_report_format_find(name)};

    if (!output.format) {
        ml_cli_complain("there is no report format \"%.*s\"; `meterlint scan --help` lists them", ML_STR_ARG(name));
        return false;
    }
    if (rest.data && !rest.len) {
        ml_cli_complain("--output %s names no path after '='", value);
        return false;
    }
    output.path = rest.data ? rest.data : NULL;
    ml_vec_push(&cli->arena, &cli->outputs, output);
    return true;
}

static bool set_fail_on(ml_cli *cli, const char *value)
{
    cli->scan.fail_on_given = true;
    cli->scan.fail_on = ml_level_parse(ml_str_of(value), ML_LEVEL_HIGH + 1);
    if (cli->scan.fail_on <= ML_LEVEL_HIGH)
        return true;
    ml_cli_complain("--fail-on takes high, medium, low or none, not \"%s\"", value);
    return false;
}

static bool set_jobs(ml_cli *cli, const char *value)
{
    return number("jobs", value, 256, &cli->scan.jobs);
}

static bool set_memory(ml_cli *cli, const char *value)
{
    return number("memory", value, 1024 * 1024, &cli->scan.held_mib);
}

static bool set_steps(ml_cli *cli, const char *value)
{
    return number("steps", value, 100000000, &cli->scan.steps);
}

static bool set_depth(ml_cli *cli, const char *value)
{
    return number("depth", value, ML_DEPTH_DEFAULT, &cli->scan.depth);
}

static bool set_order(ml_cli *cli, const char *value)
{
    cli->scan.reverse = strcmp(value, "reverse") == 0;
    return true;
}

static bool set_lang(ml_cli *cli, const char *value)
{
    cli->report.lang_given = true;
    cli->report.lang = strncmp(value, "zh", 2) == 0 ? ML_LANG_ZH : ML_LANG_EN;
    if (strncmp(value, "zh", 2) == 0 || strncmp(value, "en", 2) == 0)
        return true;
    ml_cli_complain("--lang takes zh or en, not \"%s\"", value);
    return false;
}

static bool set_staged(ml_cli *cli, const char *value)
{
    (void)value;
    return cli->scan.staged = true;
}

static bool set_strict(ml_cli *cli, const char *value)
{
    (void)value;
    return cli->scan.strict = true;
}

static bool set_no_trigger(ml_cli *cli, const char *value)
{
    (void)value;
    return cli->scan.no_trigger = true;
}

static bool set_colour(ml_cli *cli, const char *value)
{
    (void)value;
    return cli->colour_given = cli->colour = true;
}

static bool set_no_colour(ml_cli *cli, const char *value)
{
    (void)value;
    cli->colour = false;
    return cli->colour_given = true;
}

static bool set_quiet(ml_cli *cli, const char *value)
{
    (void)value;
    return cli->quiet = true;
}

static bool set_help(ml_cli *cli, const char *value)
{
    (void)value;
    return cli->help = true;
}

const ml_option ml_options[] = {
    {"output",     "FORMAT[=PATH]", "write a report; may be given several times (default: pretty)",                      add_output    },
    {"fail-on",    "LEVEL",         "exit 1 from this level up: high (default), medium, low, none",                      set_fail_on   },
    {"staged",     NULL,            "scan what is staged, as it stands in the index",                                    set_staged    },
    {"strict",     NULL,            "an incomplete analysis is a failure of its own, parse errors included",             set_strict    },
    {"config",     "FILE",          "use this configuration instead of the nearest meterlint.json",                      set_config    },
    {"catalog",    "DIR",           "add the providers and clients of DIR/providers and DIR/clients",                    set_catalog   },
    {"cache",      "DIR",           "keep in DIR what a scan finds, for the next one (default: nothing is kept)",        set_cache     },
    {"lang",       "LANG",          "language of the reports: en or zh",                                                 set_lang      },
    {"jobs",       "N",             "threads (default: one a processor)",                                                set_jobs      },
    {"memory",     "MIB",           "parsed files held at once (default 64); fewer take longer, the report is the same", set_memory    },
    {"depth",      "N",             "calls followed into functions, 0 to 5 (default 5)",                                 set_depth     },
    {"steps",      "N",             "evaluation steps a call may cost (default 100000)",                                 set_steps     },
    {"no-trigger", NULL,            "parse every file, also those no rule could speak about",                            set_no_trigger},
    {"order",      "ORDER",         NULL,                                                                                set_order     },
    {"color",      NULL,            "colours, also when the output is no terminal",                                      set_colour    },
    {"no-color",   NULL,            "no colours",                                                                        set_no_colour },
    {"quiet",      NULL,            "no summary on standard error",                                                      set_quiet     },
    {"dialect",    "DIALECT",       "of schema: mysql (default), postgres or sqlite",                                    set_dialect   },
    {"format",     "FORMAT",        "of schema: sql (default), sequelize or prisma",                                     set_format    },
    {"help",       NULL,            "this text",                                                                         set_help      },
};
const size_t ml_option_count = sizeof ml_options / sizeof *ml_options;

static const ml_option *find_option(ml_str name)
{
    for (size_t i = 0; i < ml_option_count; i++)
        if (ml_str_eq_c(name, ml_options[i].name))
            return &ml_options[i];
    return NULL;
}

/* --name, --name value, --name=value; an option's own '=' may be part of its value. */
static bool parse_option(ml_cli *cli, int argc, char **argv, int *at)
{
    ml_str rest = ml_str_of(argv[*at] + 2), name = ml_str_split(&rest, '=');
    const ml_option *option = find_option(name);
    const char *value = rest.data;

    if (!option) {
        ml_cli_complain("unknown option --%.*s; `meterlint scan --help` lists them", ML_STR_ARG(name));
        return false;
    }
    if (!option->operand) {
        if (value) {
            ml_cli_complain("--%s takes no value", option->name);
            return false;
        }
        return option->apply(cli, NULL);
    }
    if (!value && *at + 1 < argc)
        value = argv[++*at];
    if (!value || !*value) {
        ml_cli_complain("--%s needs a value: %s", option->name, option->operand);
        return false;
    }
    return option->apply(cli, value);
}

bool ml_cli_parse(ml_cli *cli, int argc, char **argv)
{
    bool only_words = false;

    cli->scan.depth = UINT32_MAX;
    for (int i = 0; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && strcmp(argv[i], "-h") == 0) {
            cli->help = true;
        } else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
            if (!parse_option(cli, argc, argv, &i))
                return false;
        } else if (!only_words && argv[i][0] == '-' && argv[i][1]) {
            ml_cli_complain("unknown option %s; options have two dashes", argv[i]);
            return false;
        } else if (!argv[i][0]) {
            ml_cli_complain("an empty path was given");
            return false;
        } else {
            ml_vec_push(&cli->arena, &cli->words, ml_str_of(argv[i]));
        }
    }
    return true;
}
