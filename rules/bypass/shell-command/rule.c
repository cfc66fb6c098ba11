/* bypass/shell-command - a command line that calls an AI provider.
 *
 * Reports  exec("curl https://api.openai.com/…"), execa("wget", [url]), $`curl …`, and
 *          a script of package.json: a transfer tool whose address is a provider's.
 * Silent   for other programs, for addresses in headers and data, and for what is no
 *          command. */
#include "request.h"

#include "ml/jsonc.h"

/* ---- one command line ---- */

/* The next word of *rest, quotes and what they hold taken as one; false at the end. *ends says
 * whether the command ends with it. */
static bool next_word(ml_str *rest, ml_str *word, bool *ends)
{
    while (rest->len && (unsigned char)rest->data[0] <= ' ' && rest->data[0] != '\n')
        *rest = ml_str_from(*rest, 1);
    if (!rest->len)
        return false;
    size_t at = 0;
    char quote = rest->data[0] == '"' || rest->data[0] == '\'' ? rest->data[0] : '\0';
    if (quote)
        for (at = 1; at < rest->len && rest->data[at] != quote; at++)
            ;
    else
        while (at < rest->len && (unsigned char)rest->data[at] > ' ' && !strchr("|;&<>()`", rest->data[at]))
            at++;
    *word = quote ? ml_str_slice(*rest, 1, at) : ml_str_slice(*rest, 0, at);
    *rest = ml_str_from(*rest, quote ? at + 1 : at);
    *ends = rest->len && rest->data[0] && strchr("|;&\n()`", rest->data[0]);
    if (*ends || (!at && rest->len))
        *rest = ml_str_from(*rest, 1); /* a separator, or a redirection */
    return true;
}

static bool is_one_of(ml_str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ml_str_eq_c(word, list[i]))
            return true;
    return false;
}

#define IS_ONE_OF(word, list) is_one_of((word), (list), sizeof(list) / sizeof *(list))

static bool is_transfer_tool(ml_str word)
{
    static const char *const tools[] = {"curl", "wget", "http", "https", "httpie", "xh", "curlie", "aria2c"};
    return IS_ONE_OF(ml_path_name(word), tools);
}

/* Words before the program: VARIABLE=value, sudo, env, time. */
static bool is_before_program(ml_str word)
{
    static const char *const words[] = {"sudo", "env", "time", "nohup", "exec", "command", "xargs", "&&", "$"};
    return !word.len || IS_ONE_OF(word, words) ||
           (ml_str_find_char(word, '=') != ML_NOT_FOUND && !ml_str_contains(word, ML_STR("://")));
}

/* Options whose value is no address to call. */
static bool takes_other_value(ml_str word)
{
    static const char *const options[] = {
        "-H",         "--header",      "-A", "--user-agent", "-e", "--referer", "-d", "--data",
        "--data-raw", "--data-binary", "-o", "--output",     "-u", "--user",    "-x", "-F"};
    return IS_ONE_OF(word, options);
}

/* The provider a word of a transfer tool's command line addresses; curl needs no scheme. */
static bool addresses_provider(ml_ctx *ctx, ml_str word, ml_place place, ml_target *found)
{
    if (!ml_str_contains(word, ML_STR("://")) && ml_str_find_char(word, '.') != ML_NOT_FOUND &&
        !ml_str_starts(word, ML_STR("-")))
        word = ml_arena_concat(ml_eval_arena(ml_ctx_eval(ctx)), ML_STR("https://"), word);
    return rule_provider_in_text(ctx, word, place, found);
}

static bool is_shell(ml_str word)
{
    static const char *const shells[] = {"sh", "bash", "zsh", "dash", "ash", "ksh", "fish"};
    return IS_ONE_OF(ml_path_name(word), shells);
}

enum { SHELLS_MAX = 3 }; /* sh -c "sh -c …" */

static bool command_calls(ml_ctx *ctx, ml_str command, ml_place place, ml_target *found)
{
    bool at_program = true, transfers = false, shell = false, skip = false, ends = false;
    int depth = 0;
    ml_str word;

    /* python -c "…", node -e "…": code in another language, judged by the addresses in it. */
    if (ml_str_starts(command, ML_STR("python")) || ml_str_starts(command, ML_STR("node -e")))
        return rule_provider_in_text(ctx, command, place, found);
    while (next_word(&command, &word, &ends)) {
        if (at_program && !is_before_program(word)) {
            transfers = is_transfer_tool(word);
            shell = is_shell(word);
            at_program = false;
        } else if (shell && !at_program && !ml_str_starts(word, ML_STR("-")) && depth < SHELLS_MAX) {
            /* The word is a command line of its own; what follows it are its arguments. */
            command = word;
            at_program = true;
            depth++;
            continue;
        } else if (transfers && !at_program && !skip && addresses_provider(ctx, word, place, found)) {
            return true;
        }
        skip = !skip && takes_other_value(word);
        if (ends) {
            at_program = true;
            transfers = shell = skip = false;
        }
    }
    return false;
}

/* ---- calls ---- */

static bool judge_texts(ml_ctx *ctx, ml_values values, ml_target *target)
{
    for (uint32_t i = 0; i < values.count; i++)
        if (values.items[i].piece_count &&
            command_calls(ctx, ml_value_text(ml_eval_arena(ml_ctx_eval(ctx)), &values.items[i], 4096),
                          values.items[i].pieces[0].place, target))
            return true;
    return false;
}

/* execa("curl", ["-s", url]), Bun.spawn(["curl", url]): the words of the list, the first of
 * them the program when none is given. */
static bool judge_list(ml_ctx *ctx, ml_str program, const ml_value *list, ml_target *target)
{
    ml_eval *eval = ml_ctx_eval(ctx);
    const ml_values *items;
    uint32_t count;
    bool skip = false;

    ml_eval_items(eval, list, &items, &count);
    for (uint32_t n = 0; n < count; n++) {
        ml_values values = items[n];
        bool other = false;
        for (uint32_t i = 0; i < values.count; i++) {
            ml_str word =
                values.items[i].piece_count ? ml_value_text(ml_eval_arena(eval), &values.items[i], 4096) : ML_STR_NONE;
            ml_place place = word.len ? values.items[i].pieces[0].place : (ml_place){0};
            if (!program.len) {
                program = word;
                continue;
            }
            other |= takes_other_value(word);
            bool calls = !skip && word.len && is_transfer_tool(program) && addresses_provider(ctx, word, place, target);
            if (calls || (is_shell(program) && command_calls(ctx, word, place, target)))
                return true;
        }
        skip = !skip && other;
    }
    return false;
}

static bool judge_lists(ml_ctx *ctx, ml_node_id call, ml_values programs, ml_target *target)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg)) {
        ml_values lists = ml_eval_node(ml_ctx_eval(ctx), ml_ctx_file(ctx), arg);
        if (ml_kind_of(facts, arg) == ML_NODE_OBJECT) /* new Deno.Command("curl", { args: […] }) */
            lists = ml_eval_member(ml_ctx_eval(ctx), lists, ML_STR("args"));
        for (uint32_t i = 0; i < lists.count; i++) {
            if (lists.items[i].kind != ML_V_ARRAY)
                continue;
            if (!programs.count && judge_list(ctx, ML_STR_NONE, &lists.items[i], target))
                return true;
            for (uint32_t p = 0; p < programs.count; p++)
                if (programs.items[p].piece_count == 1 &&
                    judge_list(ctx, programs.items[p].pieces[0].text, &lists.items[i], target))
                    return true;
        }
    }
    return false;
}

static void judge(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                  const ml_targets *alone)
{
    ml_target target, inner;

    (void)targets;
    (void)alone;
    if (request->transport != ML_TRANSPORT_SHELL)
        return;
    if (!judge_texts(ctx, request->urls, &target) &&
        (request->wrapped || !judge_lists(ctx, call, request->urls, &target)))
        return;
    if (request->wrapped && judge_texts(ctx, request->urls_alone, &inner))
        return; /* the inner call says it by itself */
    rule_report_request(ctx, call, request, &target);
}

/* ---- scripts of package.json ---- */

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
        if (script->kind != ML_JSON_STRING || !command_calls(ctx, script->text, (ml_place){0}, &target))
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
