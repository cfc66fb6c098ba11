/* bypass/shell-command - a command line that calls an AI provider.
 *
 * Reports  exec("curl https://api.openai.com/…"), execa("wget", [url]), $`curl …`: a
 *          command that names a transfer tool and a provider's URL.
 * Silent   for commands without a URL, and for what is no command. */
#include "request.h"

static bool is_url_end(char c)
{
    return (unsigned char)c <= ' ' || strchr("\"'`\\|;<>()", c) != NULL;
}

/* The provider whose URL stands in a command's text. */
static bool provider_in(ml_ctx *ctx, const ml_value *text, ml_target *found)
{
    ml_arena *arena = ml_eval_arena(ml_ctx_eval(ctx));
    ml_str whole = ml_value_text(arena, text, 4096);

    for (size_t at = 0; at + 4 < whole.len; at++) {
        ml_str rest = ml_str_from(whole, at);
        if (!ml_str_starts(rest, ML_STR("http://")) && !ml_str_starts(rest, ML_STR("https://")))
            continue;
        size_t end = 0;
        while (end < rest.len && !is_url_end(rest.data[end]))
            end++;
        ml_piece *piece = ML_NEW(arena, ml_piece);
        *piece = (ml_piece){.text = ml_str_slice(rest, 0, end), .place = text->pieces[0].place};
        ml_value *url = ML_NEW(arena, ml_value);
        *url = (ml_value){.kind = ML_V_STRING, .pieces = piece, .piece_count = 1};
        *found = ml_ctx_target(ctx, url);
        if (found->kind == ML_TARGET_PROVIDER && !found->provider->optional)
            return true;
        at += end;
    }
    return false;
}

static void judge_values(ml_ctx *ctx, ml_node_id call, const ml_request *request, ml_values values)
{
    ml_target target;

    for (uint32_t i = 0; i < values.count; i++)
        if (values.items[i].piece_count && provider_in(ctx, &values.items[i], &target)) {
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

const ml_rule ml_rule_bypass_shell_command = {
    .judge_request = judge,
};
