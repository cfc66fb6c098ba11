/* What NestJS is configured with: registerAs("ai", () => ({ … })) and the functions in
 * ConfigModule.forRoot({ load: […] }). They are found over the whole project, once, when a
 * setting is first asked for by name. */
#include "link_internal.h"

enum { SETTINGS_MAX = 256 };

const char *const ml_settings_words[] = {"registerAs(", "ConfigModule.forRoot(", NULL};

static bool sets_up(ml_str text)
{
    for (size_t i = 0; ml_settings_words[i]; i++)
        if (ml_str_contains(text, ml_str_of(ml_settings_words[i])))
            return true;
    return false;
}

static void find_in_file(const ml_eval *eval, ml_shared *shared, ml_file_id file)
{
    const ml_link_host *host = &eval->link->host;
    ml_str text;

    if (!host->text(host->data, host->files[file - 1].path, &text) || !sets_up(text))
        return;
    const ml_facts *facts = ml_link_facts(eval->link, file);
    for (uint32_t i = 0; facts && i < facts->call_count; i++) {
        ml_str callee = ml_source_of(facts, ml_child(facts, facts->calls[i], ML_ROLE_CALLEE));
        if (ml_str_eq(callee, ML_STR("registerAs")) && shared->registered.count < SETTINGS_MAX)
            ml_vec_push(&shared->arena, &shared->registered, ((ml_place){file, facts->calls[i]}));
        if (ml_str_eq(callee, ML_STR("ConfigModule.forRoot")) && shared->roots.count < SETTINGS_MAX)
            ml_vec_push(&shared->arena, &shared->roots, ((ml_place){file, facts->calls[i]}));
    }
}

static const ml_shared *settings(const ml_eval *eval)
{
    const ml_link_host *host = &eval->link->host;
    ml_shared *shared = eval->shared;

    if (!shared->has_settings)
        ml_link_expect_all(eval->link);
    for (uint32_t i = 0; !shared->has_settings && i < host->file_count; i++)
        if (ml_file_kind_is_script(host->files[i].kind))
            find_in_file(eval, shared, i + 1);
    shared->has_settings = true;
    return shared;
}

/* What the function returns, called without arguments. */
static void add_result(ml_eval *eval, ml_set *out, ml_values functions, ml_place call)
{
    for (uint32_t i = 0; i < functions.count; i++)
        if (functions.items[i].kind == ML_V_FUNCTION)
            ml_set_add_all(out, ml_call_with(eval, &functions.items[i], NULL, 0, NULL, call));
}

bool ml_registered_value(ml_eval *eval, ml_set *out, const ml_value *value)
{
    ml_place call = value->place;

    if (value->kind != ML_V_EXTERNAL || !value->is_new || !ml_str_eq(value->text, ML_STR(ML_SETTINGS_PACKAGE)) ||
        !ml_str_eq(value->name, ML_STR("registerAs()")) || eval->nesting >= ML_NESTING_MAX)
        return false;
    eval->nesting++;
    add_result(eval, out, ml_arg(eval, call.file, call.node, 1, NULL), call);
    eval->nesting--;
    return out->count > 0;
}

static ml_values below(ml_eval *eval, ml_values of, ml_str path, ml_place place)
{
    while (path.len)
        of = ml_members_of(eval, of, ml_str_split(&path, '.'), place);
    return of;
}

static void add_known(ml_set *out, ml_values values)
{
    for (uint32_t i = 0; i < values.count; i++)
        if (values.items[i].kind != ML_V_UNDEFINED)
            ml_set_add(out, &values.items[i]);
}

/* The functions listed in load: […]. */
static void add_loaded(ml_eval *eval, ml_set *out, ml_place root, ml_str name, ml_place place)
{
    ml_values options = ml_arg(eval, root.file, root.node, 0, NULL);
    ml_values lists = ml_members_of(eval, options, ML_STR("load"), place);
    ml_set made = {.eval = eval};

    for (uint32_t i = 0; i < lists.count; i++)
        add_result(eval, &made, ml_any_item(eval, &lists.items[i], place), root);
    for (uint32_t i = 0; i < made.count; i++)
        if (made.items[i].kind == ML_V_OBJECT)
            add_known(out, below(eval, (ml_values){&made.items[i], 1}, name, place));
}

bool ml_configured_value(ml_eval *eval, ml_set *out, ml_str name, ml_place place)
{
    const ml_shared *known = settings(eval);
    ml_str rest = name, space = ml_str_split(&rest, '.'), text;
    uint32_t before = out->count;

    if (eval->nesting >= ML_NESTING_MAX)
        return false;
    eval->nesting++;
    for (uint32_t i = 0; i < known->registered.count; i++) {
        ml_place call = known->registered.items[i];
        ml_values names = ml_arg(eval, call.file, call.node, 0, NULL);
        ml_set made = {.eval = eval};
        if (names.count != 1 || !ml_value_literal(eval, &names.items[0], &text) || !ml_str_eq(text, space))
            continue;
        add_result(eval, &made, ml_arg(eval, call.file, call.node, 1, NULL), call);
        add_known(out, below(eval, ml_set_done(&made), rest, place));
    }
    for (uint32_t i = 0; i < known->roots.count; i++)
        add_loaded(eval, out, known->roots.items[i], name, place);
    eval->nesting--;
    return out->count > before;
}
