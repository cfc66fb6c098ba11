/* The list of rules for other programs: `meterlint rules --output json`. */
#include "report_json.h"

#include "ml/report.h"

static void measured(ml_json *json, const ml_measured *m)
{
    if (!m->findings)
        return; /* not measured: the member is left out */
    ml_json_open(json, "measured", '{');
    ml_json_uint(json, "findings", m->findings);
    ml_json_uint(json, "true", m->right);
    ml_json_uint(json, "repositories", m->repositories);
    ml_json_close(json, '}');
}

static void one(ml_json *json, const ml_rule_info *rule, ml_lang lang)
{
    ml_json_open(json, NULL, '{');
    ml_json_str(json, "id", rule->id);
    ml_json_str(json, "family", ml_rule_family(rule));
    ml_json_cstr(json, "level", ml_level_name(rule->level));
    ml_json_bool(json, "on", rule->on);
    ml_json_open(json, "catalogue", '[');
    for (size_t i = 0; i < sizeof rule->catalogue_ids / sizeof *rule->catalogue_ids && rule->catalogue_ids[i].len; i++)
        ml_json_str(json, NULL, rule->catalogue_ids[i]);
    ml_json_close(json, ']');
    measured(json, &rule->measured);
    ml_json_str(json, "title", rule->title.in[lang]);
    ml_json_str(json, "why", rule->why.in[lang]);
    ml_json_str(json, "fix", rule->fix.in[lang]);
    ml_json_close(json, '}');
}

void ml_report_rules_json(ml_buf *out, const ml_report_rules *rules)
{
    ml_json json = {.out = out};

    ml_json_open(&json, NULL, '{');
    ml_json_open(&json, "rules", '[');
    for (uint32_t i = 0; i < rules->count; i++)
        one(&json, rules->at(i), rules->lang);
    ml_json_close(&json, ']');
    ml_json_close(&json, '}');
    ml_buf_char(out, '\n');
}
