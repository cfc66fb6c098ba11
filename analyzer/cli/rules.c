/* meterlint rules, explain, config. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

static ml_lang language(const ml_cli *cli)
{
    return cli->report.lang_given ? cli->report.lang : ML_LANG_EN;
}

static ml_str words(const ml_cli *cli, const ml_text *text)
{
    return text->in[language(cli)];
}

/* "96 % of 25": how many of the findings that were read were right. */
static void print_measured(const ml_cli *cli, const ml_measured *m, char *out, size_t size)
{
    bool zh = language(cli) == ML_LANG_ZH;
    uint32_t percent = m->findings ? m->right * 100 / m->findings : 0;

    if (!m->findings)
        snprintf(out, size, "%s", zh ? "未测量" : "not measured");
    else if (zh)
        snprintf(out, size, "%u 条中 %u %%", m->findings, percent);
    else
        snprintf(out, size, "%u %% of %u", percent, m->findings);
}

static const ml_rule_info *rule_at(uint32_t index)
{
    return ml_rule_table[index].info;
}

static int rules_json(const ml_cli *cli, const char *path)
{
    ml_report_rules rules = {.at = rule_at, .count = ml_rule_table_count, .lang = language(cli)};
    ml_buf out = {0};
    bool written = true;

    ml_report_rules_json(&out, &rules);
    if (path && strcmp(path, "-") != 0)
        written = ml_write_file(path, ml_buf_view(&out));
    else
        fwrite(out.data, 1, out.len, stdout);
    ml_buf_finish(&out);
    return written ? ML_EXIT_CLEAN : ML_EXIT_INCOMPLETE;
}

int ml_command_rules(ml_cli *cli)
{
    if (cli->outputs.count && strcmp(cli->outputs.items[0].format->name, "json") != 0) {
        ml_cli_complain("rules has one other format: --output json");
        return ML_EXIT_USAGE;
    }
    if (cli->outputs.count)
        return rules_json(cli, cli->outputs.items[0].path);
    for (uint32_t i = 0; i < ml_rule_table_count; i++) {
        const ml_rule_info *info = ml_rule_table[i].info;
        char measured[64];
        print_measured(cli, &info->measured, measured, sizeof measured);
        printf("%-34.*s %-7s %-4s %-13s %.*s\n", ML_STR_ARG(info->id), ml_level_name(info->level),
               info->on ? "on" : "off", measured, ML_STR_ARG(words(cli, &info->title)));
    }
    return ML_EXIT_CLEAN;
}

int ml_command_explain(ml_cli *cli)
{
    if (cli->words.count != 1) {
        ml_cli_complain("explain takes one rule: meterlint explain bypass/direct-http");
        return ML_EXIT_USAGE;
    }
    const ml_rule_entry *entry = ml_rule_find(ml_rule_table, ml_rule_table_count, cli->words.items[0]);
    if (!entry) {
        ml_cli_complain("there is no rule \"%.*s\"; `meterlint rules` lists them", ML_STR_ARG(cli->words.items[0]));
        return ML_EXIT_USAGE;
    }
    const ml_rule_info *info = entry->info;
    printf("%.*s (%s, %s by default)\n", ML_STR_ARG(info->id), ml_level_name(info->level), info->on ? "on" : "off");
    for (size_t i = 0; i < sizeof info->catalogue_ids / sizeof *info->catalogue_ids && info->catalogue_ids[i].len; i++)
        printf("  catalogue: %.*s\n", ML_STR_ARG(info->catalogue_ids[i]));
    const ml_measured *m = &info->measured;
    if (m->findings)
        printf("  measured: %u of %u findings true, in %u public repositories\n", m->right, m->findings,
               m->repositories);
    printf("\n%.*s\n\n%.*s\n\n%.*s\n", ML_STR_ARG(words(cli, &info->title)), ML_STR_ARG(words(cli, &info->why)),
           ML_STR_ARG(words(cli, &info->fix)));
    return ML_EXIT_CLEAN;
}

/* config check [FILE]: reads the configuration as a scan would. */
int ml_command_config(ml_cli *cli)
{
    ml_config config;
    ml_error error = {.line = 0};
    bool check = cli->words.count && ml_str_eq(cli->words.items[0], ML_STR("check"));
    bool schema = cli->words.count && ml_str_eq(cli->words.items[0], ML_STR("schema"));

    if (schema) {
        printf("%.*s", ML_STR_ARG(ml_config_schema()));
        return ML_EXIT_CLEAN;
    }
    if (!check || cli->words.count > 2) {
        ml_cli_complain("config takes `check [FILE]` or `schema`");
        return ML_EXIT_USAGE;
    }
    ml_str path = cli->words.count == 2 ? cli->words.items[1] : ml_config_find(&cli->arena, ML_STR("."));
    if (!path.len) {
        puts("no meterlint.json here or above: the defaults apply");
        return ML_EXIT_CLEAN;
    }
    if (ml_config_load(&config, &cli->arena, ml_arena_cstr(&cli->arena, path), &error) != ML_OK) {
        ml_cli_complain_of(&error);
        return ML_EXIT_USAGE;
    }
    for (uint32_t i = 0; i < config.rule_count; i++)
        if (!ml_rule_find(ml_rule_table, ml_rule_table_count, config.rules[i].rule)) {
            ml_cli_complain("%.*s:%u: there is no rule \"%.*s\"", ML_STR_ARG(path), config.rules[i].line,
                            ML_STR_ARG(config.rules[i].rule));
            return ML_EXIT_USAGE;
        }
    printf("%.*s is good\n", ML_STR_ARG(path));
    return ML_EXIT_CLEAN;
}
