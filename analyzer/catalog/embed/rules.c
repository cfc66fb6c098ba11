/* rule.json of every rule to ml_rule_table. The id must be the folder's place,
 * rules/<family>/<name>/rule.json, and names the C symbol: ml_rule_<family>_<name>
 * with '_' for '-'. All words are demanded in every language. */
#include "embed.h"

#include "ml/json_read.h"
#include "ml/vec.h"

#include <stdlib.h>
#include <string.h>

enum { CATALOGUE_MAX = 8 };

static const char *const rule_keys[] = {"id",      "level", "on",  "catalogue", "title",
                                        "message", "why",   "fix", "measured",  NULL};
static const char *const languages[] = {"en", "zh", NULL};
static const char *const language_names[] = {"ML_LANG_EN", "ML_LANG_ZH"};

typedef struct words {
    ml_str in[2];
} words;

typedef struct rule {
    ml_str id;
    const char *level;
    bool on;
    const ml_str *catalogue;
    uint32_t catalogue_count;
    words title, message, why, fix;
    uint32_t findings, right, repositories; /* measured */
} rule;

typedef ML_VEC(rule) rule_list;

static ml_status read_words(const ml_json_source *source, const ml_json *root, const char *key, words *out)
{
    const ml_json *value = ml_json_get(root, key);
    ml_status status;

    if (!value)
        return ml_json_fail(source, root, "\"%s\" is missing", key);
    if ((status = ml_json_check_keys(source, value, languages)) != ML_OK)
        return status;
    for (int i = 0; languages[i]; i++) {
        if ((status = ml_json_read_string(source, value, languages[i], &out->in[i])) != ML_OK)
            return status;
        if (!out->in[i].len)
            return ml_json_fail(source, value, "\"%s\" is missing in language \"%s\"", key, languages[i]);
    }
    return ML_OK;
}

static ml_status read_level(const ml_json_source *source, const ml_json *root, const char **out)
{
    static const char *const levels[][2] = {
        {"high",   "ML_LEVEL_HIGH"  },
        {"medium", "ML_LEVEL_MEDIUM"},
        {"low",    "ML_LEVEL_LOW"   }
    };
    ml_str level = ML_STR_NONE;
    ml_status status = ml_json_read_string(source, root, "level", &level);

    if (status != ML_OK)
        return status;
    for (size_t i = 0; i < 3; i++)
        if (ml_str_eq_c(level, levels[i][0])) {
            *out = levels[i][1];
            return ML_OK;
        }
    return ml_json_fail(source, root, "\"level\" must be high, medium or low");
}

/* "measured": { "findings": 25, "true": 24, "repositories": 9 } */
static ml_status read_measured(const ml_json_source *source, const ml_json *root, rule *out)
{
    static const char *const keys[] = {"findings", "true", "repositories", NULL};
    enum { MOST = 1000000 };
    const ml_json *value = ml_json_get(root, "measured");
    ml_status status;

    if (!value)
        return ML_OK;
    if ((status = ml_json_check_keys(source, value, keys)) != ML_OK ||
        (status = ml_json_read_number(source, value, "findings", 1, MOST, &out->findings)) != ML_OK ||
        (status = ml_json_read_number(source, value, "true", 0, MOST, &out->right)) != ML_OK ||
        (status = ml_json_read_number(source, value, "repositories", 1, MOST, &out->repositories)) != ML_OK)
        return status;
    if (!out->findings || !out->repositories || out->right > out->findings || out->repositories > out->findings)
        return ml_json_fail(source, value,
                            "\"measured\" says how many findings were read, how many of them were "
                            "true, and in how many repositories");
    if (out->on && out->right * 5 < out->findings * 4)
        return ml_json_fail(source, value, "a rule with less than 80 of 100 findings true is \"on\": false");
    if (strcmp(out->level, "ML_LEVEL_HIGH") == 0 && out->right * 20 < out->findings * 19)
        return ml_json_fail(source, value, "\"high\" needs 95 of 100 findings true");
    return ML_OK;
}

static bool is_part(ml_str part)
{
    for (size_t i = 0; i < part.len; i++) {
        char c = part.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(c == '-' && i > 0))
            return false;
    }
    return part.len > 0;
}

static bool is_family(ml_str family)
{
    static const char *const families[] = {"bypass", "bridge",  "metering", "pricing",
                                           "schema", "secrets", "practice", "suppression"};

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (ml_str_eq_c(family, families[i]))
            return true;
    return false;
}

static ml_status check_id(const ml_json_source *source, const ml_json *root, ml_str id)
{
    ml_str folder = ml_path_folder(ml_str_of(source->path)), rest = id, family = ml_str_split(&rest, '/');

    if (!is_part(family) || !is_part(rest))
        return ml_json_fail(source, root, "\"id\" must be family/name in lower case");
    if (!is_family(family))
        return ml_json_fail(source, root, "\"%.*s\" is no family of rules", ML_STR_ARG(family));
    if (!ml_str_eq(ml_path_name(folder), rest) || !ml_str_eq(ml_path_name(ml_path_folder(folder)), family))
        return ml_json_fail(source, root, "rule \"%.*s\" must lie in rules/%.*s", ML_STR_ARG(id), ML_STR_ARG(id));
    return ML_OK;
}

static ml_status read_rule(ml_arena *arena, const char *path, rule *out, ml_error *error)
{
    rule r = {.on = true};
    ml_json_source source = {.path = path, .error = error};
    const ml_json *root;
    ml_status status;

    if ((status = embed_read(arena, path, &source.text, error)) != ML_OK ||
        (status = ml_json_parse(&root, arena, source.text, true, path, error)) != ML_OK ||
        (status = ml_json_check_keys(&source, root, rule_keys)) != ML_OK ||
        (status = ml_json_read_string(&source, root, "id", &r.id)) != ML_OK ||
        (status = check_id(&source, root, r.id)) != ML_OK || (status = read_level(&source, root, &r.level)) != ML_OK ||
        (status = ml_json_read_bool(&source, root, "on", &r.on)) != ML_OK ||
        (status = ml_json_read_strings(&source, arena, root, "catalogue", &r.catalogue, &r.catalogue_count)) != ML_OK ||
        (status = read_words(&source, root, "title", &r.title)) != ML_OK ||
        (status = read_words(&source, root, "message", &r.message)) != ML_OK ||
        (status = read_words(&source, root, "why", &r.why)) != ML_OK ||
        (status = read_words(&source, root, "fix", &r.fix)) != ML_OK ||
        (status = read_measured(&source, root, &r)) != ML_OK)
        return status;
    if (r.catalogue_count > CATALOGUE_MAX)
        return ml_json_fail(&source, ml_json_get(root, "catalogue"), "a rule stands for at most %d catalogue ids",
                            CATALOGUE_MAX);
    *out = r;
    return ML_OK;
}

static void emit_symbol(ml_buf *out, ml_str id)
{
    ml_buf_cstr(out, "ml_rule_");
    for (size_t i = 0; i < id.len; i++)
        ml_buf_char(out, id.data[i] == '/' || id.data[i] == '-' ? '_' : id.data[i]);
}

static void emit_words(ml_buf *out, const char *member, const words *text)
{
    ml_buf_printf(out, "     .%s = {{", member);
    for (int i = 0; languages[i]; i++) {
        ml_buf_printf(out, "[%s] = ", language_names[i]);
        embed_str(out, text->in[i]);
        ml_buf_cstr(out, i ? "}},\n" : ", ");
    }
}

static void emit_info(ml_buf *out, const rule *r)
{
    ml_buf_cstr(out, "    {.id = ");
    embed_str(out, r->id);
    ml_buf_printf(out, ", .level = %s, .on = %s,\n     .catalogue_ids = {", r->level, r->on ? "true" : "false");
    for (uint32_t i = 0; i < r->catalogue_count; i++) {
        ml_buf_cstr(out, i ? ", " : "");
        embed_str(out, r->catalogue[i]);
    }
    ml_buf_cstr(out, r->catalogue_count ? "},\n" : "{NULL, 0}},\n");
    emit_words(out, "title", &r->title);
    emit_words(out, "message", &r->message);
    emit_words(out, "why", &r->why);
    emit_words(out, "fix", &r->fix);
    ml_buf_printf(out, "     .measured = {%u, %u, %u},\n", r->findings, r->right, r->repositories);
    ml_buf_cstr(out, "    },\n");
}

static int by_id(const void *left, const void *right)
{
    return ml_str_cmp(((const rule *)left)->id, ((const rule *)right)->id);
}

ml_status embed_rules(ml_buf *out, ml_arena *arena, char **paths, int count, ml_error *error)
{
    rule_list rules = {0};
    rule r;
    ml_status status;

    for (int i = 0; i < count; i++) {
        if ((status = read_rule(arena, paths[i], &r, error)) != ML_OK)
            return status;
        ml_vec_push(arena, &rules, r);
    }
    if (!rules.count)
        return ml_fail(error, ML_EVALUE, NULL, 0, "no rule.json was given");
    qsort(rules.items, rules.count, sizeof *rules.items, by_id);
    ml_buf_cstr(out, "#include \"ml/rule.h\"\n\n");
    for (uint32_t i = 0; i < rules.count; i++) {
        ml_buf_cstr(out, "extern const ml_rule ");
        emit_symbol(out, rules.items[i].id);
        ml_buf_cstr(out, ";\n");
    }
    ml_buf_cstr(out, "\nstatic const ml_rule_info infos[] = {\n");
    for (uint32_t i = 0; i < rules.count; i++)
        emit_info(out, &rules.items[i]);
    ml_buf_cstr(out, "};\n\nconst ml_rule_entry ml_rule_table[] = {\n");
    for (uint32_t i = 0; i < rules.count; i++) {
        ml_buf_printf(out, "    {&infos[%u], &", i);
        emit_symbol(out, rules.items[i].id);
        ml_buf_cstr(out, "},\n");
    }
    ml_buf_printf(out, "};\nconst uint32_t ml_rule_table_count = %u;\n", rules.count);
    return ML_OK;
}
