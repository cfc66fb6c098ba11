/* What a URL means: a provider, the bridge, a local server, the own origin, or unknown. */
#include "engine_internal.h"

static bool host_matches(const ml_strs *globs, ml_str host)
{
    for (uint32_t i = 0; i < globs->count; i++)
        if (ml_glob_match(globs->items[i], host))
            return true;
    return false;
}

bool ml_ctx_is_own_host(const ml_ctx *ctx, ml_str host)
{
    const ml_config *config = ml_ctx_config(ctx);
    return host_matches(&config->bridge.hosts, host) || host_matches(&config->own_hosts, host);
}

static bool is_bridge_env(const ml_config *config, ml_str name)
{
    for (uint32_t i = 0; i < config->bridge.env.count; i++)
        if (ml_str_eq(config->bridge.env.items[i], name))
            return true;
    return false;
}

static void target_of_hole(const ml_ctx *ctx, ml_target *target)
{
    const ml_piece *hole = &target->url.hole;

    target->kind = ml_str_contains(hole->text, ML_STR("location.")) ? ML_TARGET_RELATIVE : ML_TARGET_UNKNOWN;
    if (hole->hole != ML_HOLE_ENV)
        return;
    target->kind = is_bridge_env(ml_ctx_config(ctx), hole->text) ? ML_TARGET_BRIDGE : ML_TARGET_ENV;
    if (ml_catalog_is_address_env(hole->text))
        target->provider = ml_catalog_match_env(ml_ctx_catalog(ctx), hole->text);
}

static void target_of_host(const ml_ctx *ctx, ml_target *target)
{
    const ml_catalog *catalog = ml_ctx_catalog(ctx);
    const ml_url *url = &target->url;

    if (ml_ctx_is_own_host(ctx, url->host)) {
        target->kind = ML_TARGET_BRIDGE;
        return;
    }
    ml_host_match match = ml_catalog_match_host(catalog, url->host, url->path);
    if (match.provider) {
        target->kind = match.provider->local ? ML_TARGET_LOCAL : ML_TARGET_PROVIDER;
        target->provider = match.provider;
        target->trust = match.host->trust;
        /* The host serves more than this provider, and the path does not say which. */
        if (match.host->path_prefix.len && url->path.len && url->path.data[0] == 1)
            target->trust = ML_TRUST_DOUBTFUL;
        return;
    }
    /* A host of one label is a service of the same compose file: http://ollama:11434. */
    bool is_service = url->host.len && ml_str_find_char(url->host, '.') == ML_NOT_FOUND &&
                      ml_str_find_char(url->host, 1) == ML_NOT_FOUND &&
                      ml_str_find_char(url->host, ':') == ML_NOT_FOUND;
    target->provider =
        ml_catalog_match_local(catalog, is_service ? ML_STR("localhost") : url->host, (uint16_t)url->port);
    target->kind = target->provider ? ML_TARGET_LOCAL : ML_TARGET_OTHER;
}

ml_target ml_ctx_target(const ml_ctx *ctx, const ml_value *value)
{
    ml_target target = {.kind = ML_TARGET_UNKNOWN, .value = value};

    if (!value->piece_count)
        return target;
    target.url = ml_url_of(ml_eval_arena(ml_ctx_eval(ctx)), value->pieces, value->piece_count);
    switch (target.url.kind) {
    case ML_URL_RELATIVE: target.kind = ML_TARGET_RELATIVE; break;
    case ML_URL_ABSOLUTE: target_of_host(ctx, &target); break;
    case ML_URL_UNKNOWN: target_of_hole(ctx, &target); break;
    }
    return target;
}

ml_targets ml_ctx_targets(const ml_ctx *ctx, ml_values urls)
{
    ml_target *items = ML_NEW_ARRAY(ml_eval_arena(ml_ctx_eval(ctx)), ml_target, urls.count);
    ml_targets targets = {items, urls.count, NULL};

    for (uint32_t i = 0; i < urls.count; i++) {
        items[i] = ml_ctx_target(ctx, &urls.items[i]);
        bool better =
            items[i].kind == ML_TARGET_PROVIDER &&
            (!targets.provider || (targets.provider->trust != ML_TRUST_FULL && items[i].trust == ML_TRUST_FULL));
        if (better)
            targets.provider = &items[i];
    }
    return targets;
}
