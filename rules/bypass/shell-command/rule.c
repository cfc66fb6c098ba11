/* bypass/shell-command - a command line that calls an AI provider.
 *
 * Reports  exec("curl https://api.openai.com/…"), execa("wget", [url]), $`curl …`, and
 *          a script of package.json with a transfer tool and a provider's URL.
 * Silent   for commands without a URL, and for what is no command. */
#include "request.h"

#include "ml/jsonc.h"

static void judge_values(ml_ctx *ctx, ml_node_id call, const ml_request *request, ml_values values)
{
    ml_target target;

    for (uint32_t i = 0; i < values.count; i++)
        if (values.items[i].piece_count &&
            rule_provider_in_text(ctx, ml_value_text(ml_eval_arena(ml_ctx_eval(ctx)), &values.items[i], 4096),
                                  values.items[i].pieces[0].place, &target)) {
            rule_report_request(ctx, call, request, &target);
            return;
        }
}

static void judge(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                  const ml_targets *alone)
{
    (void)targets;
    (void)alone;
    if (request->transport != ML_TRANSPORT_SHELL || request->wrapped)
        return;
    judge_values(ctx, call, request, request->urls);
    /* execa("curl", ["-s", url]): the URL is one of the arguments. */
    const ml_facts *facts = ml_ctx_facts(ctx);
    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg))
        for (ml_node_id item = ml_child(facts, arg, ML_ROLE_ELEMENT); item; item = ml_next_child(facts, item))
            judge_values(ctx, call, request, ml_eval_node(ml_ctx_eval(ctx), ml_ctx_file(ctx), item));
}

/* ---- scripts of package.json ---- */

static bool names_transfer_tool(ml_str command)
{
    static const char *const tools[] = {"curl ", "wget ", "http ", "https ", "xh ", "python"};

    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
        if (ml_str_contains(command, ml_str_of(tools[i])))
            return true;
    return false;
}

static void judge_manifest(ml_ctx *ctx, ml_str path)
{
    const ml_link_host *host = ml_link_host_of(ml_ctx_link(ctx));
    const ml_json *json;
    ml_target target;
    ml_str text;

    if (!host->text(host->data, path, &text) ||
        ml_json_parse(&json, ml_eval_arena(ml_ctx_eval(ctx)), text, false, "", NULL) != ML_OK)
        return;
    const ml_json *scripts = ml_json_get(json, "scripts");
    for (const ml_json *script = scripts ? scripts->first : NULL; script; script = script->next) {
        if (script->kind != ML_JSON_STRING || !names_transfer_tool(script->text) ||
            !rule_provider_in_text(ctx, script->text, (ml_place){0}, &target))
            continue;
        ml_finding *finding = ml_ctx_report_at(ctx, path, text, script->key_start, script->end);
        ml_finding_provider(ctx, finding, target.provider);
        ml_finding_set(ctx, finding, "host", target.url.host);
        ml_finding_sink(ctx, finding, script->key);
    }
}

static void judge_project(ml_ctx *ctx, const ml_tables *tables)
{
    const ml_link_host *host = ml_link_host_of(ml_ctx_link(ctx));

    (void)tables;
    for (uint32_t i = 0; i < host->file_count; i++)
        if (host->files[i].in_scope && ml_str_eq(ml_path_name(host->files[i].path), ML_STR("package.json")))
            judge_manifest(ctx, host->files[i].path);
}

const ml_rule ml_rule_bypass_shell_command = {
    .judge_request = judge,
    .judge_project = judge_project,
};
