/* bypass/dynamic-code - code in a text that calls an AI provider.
 *
 * Reports  eval, new Function, vm.run…, setTimeout with a text that loads an SDK of the
 *          catalogue or holds a provider's URL.
 * Silent   for texts that cannot be known, and for functions. */
#include "request.h"

/* The SDK that `import("x")`, `require('x')` or `from "x"` in the text loads. */
static const ml_provider *sdk_in(const ml_ctx *ctx, ml_str code)
{
    for (size_t i = 1; i < code.len; i++) {
        char quote = code.data[i];
        if (quote != '"' && quote != '\'')
            continue;
        size_t end = i + 1;
        while (end < code.len && code.data[end] != quote)
            end++;
        ml_str before = ml_str_trim(ml_str_slice(code, 0, i));
        bool loads = ml_str_ends(before, ML_STR("import(")) || ml_str_ends(before, ML_STR("require(")) ||
                     ml_str_ends(before, ML_STR("from"));
        ml_package_match match = ml_catalog_match_package(ml_ctx_catalog(ctx), ml_str_slice(code, i + 1, end));
        if (loads && match.provider && !match.provider->optional &&
            (match.package->kind == ML_PACKAGE_SDK || match.package->kind == ML_PACKAGE_WRAPPER))
            return match.provider;
        i = end;
    }
    return NULL;
}

static void judge(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_targets *targets,
                  const ml_targets *alone)
{
    ml_arena *arena = ml_eval_arena(ml_ctx_eval(ctx));
    ml_target target = {0};

    (void)targets;
    (void)alone;
    if (request->transport != ML_TRANSPORT_CODE || request->wrapped)
        return;
    for (uint32_t i = 0; i < request->urls.count; i++) {
        const ml_value *value = &request->urls.items[i];
        ml_str code = ml_value_text(arena, value, 16384);
        const ml_provider *provider = sdk_in(ctx, code);
        if (!provider && value->piece_count && rule_provider_in_text(ctx, code, value->pieces[0].place, &target))
            provider = target.provider;
        if (!provider)
            continue;
        ml_finding *finding = ml_ctx_report(ctx, call);
        ml_finding_provider(ctx, finding, provider);
        ml_finding_sink(ctx, finding, request->callee);
        return;
    }
}

const ml_rule ml_rule_bypass_dynamic_code = {
    .judge_request = judge,
};
