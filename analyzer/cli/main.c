/* The program meterlint. */
#include "cli.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const ml_command commands[] = {
    {"scan",    "[PATH...]",                 "scan a project, or parts of one",                                    ml_command_scan   },
    {"why",     "FILE:LINE",                 "say what the calls on a line may request, and why",                  ml_command_why    },
    {"rules",   "",                          "list the rules; --output json for programs",                         ml_command_rules  },
    {"explain", "RULE",                      "say what a rule reports, why, and how to repair it",                 ml_command_explain},
    {"schema",  "print|diff|migrate [PATH]", "print the reference tables, the difference to them, what closes it",
     ml_command_schema                                                                                                               },
    {"config",  "check [FILE] | schema",     "check meterlint.json, or print its JSON schema",                     ml_command_config },
};

static void print_help(FILE *to)
{
    fputs("meterlint " ML_VERSION ": finds AI calls that bypass the bridge, and billing that cannot bill\n\n", to);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(to, "  meterlint %-8s %-24s %s\n", commands[i].name, commands[i].operands, commands[i].help);
    fputs("\nOptions of scan:\n", to);
    for (size_t i = 0; i < ml_option_count; i++)
        if (ml_options[i].help)
            fprintf(to, "  --%-11s %-15s %s\n", ml_options[i].name, ml_options[i].operand ? ml_options[i].operand : "",
                    ml_options[i].help);
    fputs("\nReport formats:", to);
    for (uint32_t i = 0; i < ml_format_table_count; i++)
        fprintf(to, " %s", ml_format_table[i]->name);
    fputs("\n  text without a path writes reports/ai-compliance-report.txt below the project; text=- prints it.\n"
          "\nExit codes: 0 clean, 1 findings at or above --fail-on, 2 bad use or nothing to scan,\n"
          "3 analysis incomplete or a report not written.\n",
          to);
}

/* Nothing is half written: reports appear by rename, so leaving at once is safe. */
static void leave(int signal_number)
{
    _exit(128 + signal_number);
}

enum { HELD_BYTES = 64 * 1024 * 1024 };

static const ml_command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    ml_cli cli = {.quiet = false};

    /* What one file's tree or facts took is taken by the next one's: giving it back to the system
     * between them costs more than holding it. */
    mallopt(M_TRIM_THRESHOLD, HELD_BYTES);
    signal(SIGINT, leave);
    signal(SIGTERM, leave);
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_help(stderr);
        return ML_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
        puts("meterlint " ML_VERSION);
        return ML_EXIT_CLEAN;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return ML_EXIT_CLEAN;
    }
    const ml_command *command = find_command(argv[1]);
    if (!command) {
        ml_cli_complain("there is no command \"%s\"; `meterlint help` lists them", argv[1]);
        return ML_EXIT_USAGE;
    }
    int code = ML_EXIT_USAGE;
    if (ml_cli_parse(&cli, argc - 2, argv + 2)) {
        if (cli.help)
            print_help(stdout);
        code = cli.help ? ML_EXIT_CLEAN : command->run(&cli);
    }
    ml_arena_finish(&cli.arena);
    return code;
}
