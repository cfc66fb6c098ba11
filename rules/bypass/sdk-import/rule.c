/* bypass/sdk-import - an AI SDK is loaded outside the bridge.
 *
 * Reports  import, import = require, require, import() and re-export of a package that
 *          calls a provider, at the import; and an import that takes such a package's
 *          client out of the bridge's own folder.
 * Silent   for what TypeScript erases, for a name that resolves to a file of the
 *          project, for a module that a test replaces, and when every client made from the import talks to the bridge. */
#include "request.h"

/* An entry with '/' names a folder of the package: what is imported from there calls a provider. */
static bool names_export(ml_str entry, ml_str specifier, ml_str name)
{
    if (ml_str_find_char(entry, '/') == ML_NOT_FOUND)
        return ml_str_eq(entry, name);
    ml_str below = ml_str_from(specifier, ml_package_name_of(specifier).len);
    return below.len > 1 && ml_glob_match(entry, ml_str_from(below, 1));
}

static bool reaches_provider(const ml_package *package, ml_str specifier, ml_str name)
{
    if (package->type_only)
        return false;
    if (ml_str_ends(specifier, ML_STR(".json")))
        return false;
    if (package->kind == ML_PACKAGE_SDK || package->kind == ML_PACKAGE_WRAPPER)
        return true;
    if (package->kind != ML_PACKAGE_FRAMEWORK)
        return false;
    /* A tool kit calls nobody but through the clients it exports. */
    for (uint32_t i = 0; i < package->client_count; i++)
        if (names_export(package->clients[i], specifier, name))
            return true;
    return false;
}

/* vi.mock("openai", factory): the test puts something else in the module's place. */
static bool is_replaced(const ml_facts *facts, ml_str specifier)
{
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id call = facts->calls[i];
        ml_str callee = ml_source_of(facts, ml_child(facts, call, ML_ROLE_CALLEE));
        bool mocks = ml_str_eq(callee, ML_STR("vi.mock")) || ml_str_eq(callee, ML_STR("jest.mock")) ||
                     ml_str_eq(callee, ML_STR("vi.doMock")) || ml_str_eq(callee, ML_STR("jest.doMock"));
        ml_node_id name = ml_child(facts, call, ML_ROLE_ARG);
        if (mocks && ml_child_count(facts, call, ML_ROLE_ARG) > 1 && ml_kind_of(facts, name) == ML_NODE_STRING &&
            ml_str_eq(ml_text_of(facts, name), specifier))
            return true;
    }
    return false;
}

/* The package behind a specifier, if it is one of the catalogue's and no file of the project. */
static ml_package_match sdk_of(ml_ctx *ctx, ml_str specifier, ml_str name)
{
    const ml_link *link = ml_ctx_link(ctx);
    ml_package_match match = {0};

    bool is_test = ml_link_host_of(link)->files[ml_ctx_file(ctx) - 1].is_test;
    if (ml_link_resolve(link, ml_ctx_file(ctx), specifier) || (is_test && is_replaced(ml_ctx_facts(ctx), specifier)))
        return match;
    match = ml_catalog_match_package(ml_ctx_catalog(ctx), ml_link_package_of(link, ml_ctx_file(ctx), specifier));
    if (match.provider && (match.provider->optional || !reaches_provider(match.package, specifier, name)))
        match.provider = NULL;
    return match;
}

static ml_finding *report(ml_ctx *ctx, ml_node_id node, ml_package_match match, const ml_provider *provider,
                          ml_str specifier)
{
    ml_finding *finding = ml_ctx_report(ctx, node);

    ml_finding_provider(ctx, finding, provider ? provider : match.provider);
    ml_finding_set(ctx, finding, "package", specifier);
    if (match.package->trust != ML_TRUST_FULL)
        ml_finding_cap(ctx, finding, ML_LEVEL_MEDIUM, "the catalogue's entry for this package is not confirmed",
                       "目录中该软件包条目尚未核实");
    return finding;
}

/* ---- where the clients made from an import talk to ---- */

typedef struct use {
    bool any; /* a client is made here */
    bool all_bridge;
    const ml_provider *provider; /* another provider that its base URL names */
    ml_place place;              /* where that URL stands */
} use;

static ml_values named_url(ml_ctx *ctx, ml_values options)
{
    static const char *const keys[] = {"baseURL", "baseUrl", "base_url", "basePath", "apiUrl", "endpoint", "serverURL"};
    ml_eval *eval = ml_ctx_eval(ctx);

    for (size_t i = 0; options.count && i < sizeof keys / sizeof *keys; i++) {
        ml_values values = ml_eval_member(eval, options, ml_str_of(keys[i]));
        for (uint32_t k = 0; k < values.count; k++)
            if (values.items[k].piece_count && values.items[k].kind != ML_V_UNDEFINED &&
                !(values.items[k].kind == ML_V_UNKNOWN && values.items[k].pieces[0].hole == ML_HOLE_FIELD))
                return values;
    }
    return (ml_values){NULL, 0};
}

/* The base URL among the options of a construction, or one level below: LangChain's configuration. */
static ml_values base_url_of(ml_ctx *ctx, ml_node_id call)
{
    static const char *const below[] = {"configuration", "clientOptions", "clientConfig", "httpOptions", "config"};
    ml_eval *eval = ml_ctx_eval(ctx);
    ml_node_id arg = ml_child(ml_ctx_facts(ctx), call, ML_ROLE_ARG);
    ml_values options = arg ? ml_eval_node(eval, ml_ctx_file(ctx), arg) : (ml_values){NULL, 0};
    ml_values url = named_url(ctx, options);

    for (size_t i = 0; !url.count && options.count && i < sizeof below / sizeof *below; i++)
        url = named_url(ctx, ml_eval_member(eval, options, ml_str_of(below[i])));
    return url;
}

static void add_use(ml_ctx *ctx, use *out, ml_node_id call)
{
    ml_targets targets = ml_ctx_targets(ctx, base_url_of(ctx, call));
    bool bridge = targets.count > 0;

    for (uint32_t i = 0; i < targets.count; i++) {
        bridge &= targets.items[i].kind == ML_TARGET_BRIDGE;
        if (targets.items[i].kind == ML_TARGET_PROVIDER || targets.items[i].kind == ML_TARGET_LOCAL) {
            out->provider = targets.items[i].provider;
            out->place = targets.items[i].url.place;
        }
    }
    out->all_bridge = bridge && (out->all_bridge || !out->any);
    out->any = true;
}

static bool is_rooted_in(const ml_facts *facts, ml_node_id callee, ml_binding_id binding)
{
    while (ml_kind_of(facts, callee) == ML_NODE_MEMBER)
        callee = ml_child(facts, callee, ML_ROLE_OBJECT);
    return ml_kind_of(facts, callee) == ML_NODE_IDENT && ml_node_at(facts, callee)->ref == binding;
}

/* new OpenAI({ baseURL }), createOpenAI({ baseURL }): every construction from the binding. */
static use uses_of(ml_ctx *ctx, ml_binding_id binding)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    use found = {0};

    for (uint32_t i = 0; binding && i < facts->call_count; i++) {
        ml_node_id call = facts->calls[i];
        if (is_rooted_in(facts, ml_child(facts, call, ML_ROLE_CALLEE), binding))
            add_use(ctx, &found, call);
    }
    return found;
}

/* generateText({ model: bridge("gpt-4o") }) where every model of the file's calls is made by a package
 * whose clients all talk to the bridge: the tool kit calls nobody else. */
static bool models_talk_to_bridge(ml_ctx *ctx, ml_binding_id binding)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_eval *eval = ml_ctx_eval(ctx);
    bool any = false;

    for (uint32_t i = 0; i < facts->import_count; i++) {
        const ml_import *import = &facts->imports[i];
        if (import->local == binding || import->type_only || !import->local)
            continue;
        ml_package_match match = sdk_of(ctx, import->specifier, import->name);
        if (!match.provider || match.package->kind == ML_PACKAGE_FRAMEWORK)
            continue;
        use found = uses_of(ctx, import->local);
        if (!found.any || !found.all_bridge)
            return false;
        any = true;
    }
    for (uint32_t i = 0; any && i < facts->call_count; i++) {
        ml_node_id arg = ml_child(facts, facts->calls[i], ML_ROLE_ARG);
        if (!is_rooted_in(facts, ml_child(facts, facts->calls[i], ML_ROLE_CALLEE), binding))
            continue;
        ml_values options = arg ? ml_eval_node(eval, ml_ctx_file(ctx), arg) : (ml_values){NULL, 0};
        ml_values models = ml_eval_member(eval, options, ML_STR("model"));
        for (uint32_t k = 0; k < models.count; k++)
            any &= models.items[k].kind == ML_V_EXTERNAL;
    }
    return any;
}

/* ---- the forms ---- */

/* An import from the project that hands out a client of an SDK, made or imported where the
 * bridge may: taken elsewhere it bypasses the metering. */
static void judge_laundered(ml_ctx *ctx, const ml_import *import)
{
    const ml_link *link = ml_ctx_link(ctx);
    ml_file_id target = ml_link_resolve(link, ml_ctx_file(ctx), import->specifier);
    ml_binding_id binding = import->local;

    if (!target || !binding || !ml_link_in_bridge(link, target))
        return;
    ml_values values = ml_eval_name(ml_ctx_eval(ctx), ml_ctx_file(ctx), binding);
    for (uint32_t i = 0; i < values.count; i++) {
        if (values.items[i].kind != ML_V_EXTERNAL)
            continue;
        ml_package_match match = ml_catalog_match_package(ml_ctx_catalog(ctx), values.items[i].text);
        if (!match.provider || !reaches_provider(match.package, values.items[i].text, values.items[i].name))
            continue;
        ml_finding *finding = report(ctx, import->node, match, NULL, values.items[i].text);
        ml_finding_step(ctx, finding, values.items[i].place, "the SDK's client comes from here", "SDK 客户端来自此处");
        ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), import->node}, "and is taken out of the bridge here",
                        "并在此处被带出 AIBridge");
        return;
    }
}

static void judge_import(ml_ctx *ctx, const ml_import *import, uint32_t index)
{
    bool is_value = ml_link_import_is_value(ml_ctx_link(ctx), ml_ctx_file(ctx), index);
    /* In a file that does not parse nobody can tell whether the name is used. */
    bool may_be_value = !import->type_only && ml_ctx_facts(ctx)->error_count;
    if (!is_value && !may_be_value)
        return;
    ml_package_match match = sdk_of(ctx, import->specifier, import->name);
    if (!match.provider) {
        judge_laundered(ctx, import);
        return;
    }
    if (match.package->kind == ML_PACKAGE_FRAMEWORK && models_talk_to_bridge(ctx, import->local))
        return;
    use found = uses_of(ctx, import->local);
    if (found.any && found.all_bridge)
        return;
    ml_finding *finding = report(ctx, import->node, match, found.provider, import->specifier);
    if (!is_value)
        ml_finding_cap(ctx, finding, ML_LEVEL_MEDIUM, "the file does not parse, so the import may be erased",
                       "文件无法完整解析，该引入可能会被擦除");
    if (found.provider)
        ml_finding_step(ctx, finding, found.place, "its base URL names this provider", "其基础地址指向该服务商");
}

static void judge_export(ml_ctx *ctx, const ml_export *export)
{
    ml_package_match match = {0};

    if (!export->type_only)
        match = sdk_of(ctx, export->specifier, export->source_name);
    if (match.provider)
        report(ctx, export->node, match, NULL, export->specifier);
}

/* A function that createRequire(import.meta.url) has made, or require by another name. */
static bool is_made_require(ml_ctx *ctx, ml_node_id callee)
{
    ml_values values = ml_eval_node(ml_ctx_eval(ctx), ml_ctx_file(ctx), callee);

    for (uint32_t i = 0; i < values.count; i++)
        if ((values.items[i].kind == ML_V_EXTERNAL && ml_str_ends(values.items[i].name, ML_STR("createRequire()"))) ||
            (values.items[i].kind == ML_V_GLOBAL && ml_str_eq(values.items[i].name, ML_STR("require"))))
            return true;
    return false;
}

/* import(…), require(…) and their like, by name. */
static bool is_load(const ml_facts *facts, ml_node_id call)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    ml_node_kind kind = ml_kind_of(facts, callee);

    if (ml_kind_of(facts, call) == ML_NODE_IMPORT_CALL)
        return true;
    if (ml_kind_of(facts, call) != ML_NODE_CALL)
        return false;
    if (kind == ML_NODE_IDENT && !ml_node_at(facts, callee)->ref)
        return ml_str_eq(ml_text_of(facts, callee), ML_STR("require"));
    static const char *const loaders[] = {"module.require", "jest.requireActual", "vi.importActual"};
    for (size_t i = 0; kind == ML_NODE_MEMBER && i < sizeof loaders / sizeof *loaders; i++)
        if (ml_str_eq_c(ml_source_of(facts, callee), loaders[i]))
            return true;
    return false;
}

/* Could it be a load by another name? Which it is, is found out when what is loaded is a package of interest. */
static bool may_be_load(const ml_facts *facts, ml_node_id call)
{
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE);
    ml_node_kind kind = ml_kind_of(facts, callee);

    if (ml_kind_of(facts, call) != ML_NODE_CALL)
        return false;
    return kind == ML_NODE_CALL || (kind == ML_NODE_IDENT && ml_node_at(facts, callee)->ref);
}

/* Does the value come from another file, which would have to be parsed for it? */
static bool is_imported(const ml_facts *facts, ml_node_id node)
{
    for (;;) {
        ml_node_kind kind = ml_kind_of(facts, node);
        if (kind == ML_NODE_MEMBER)
            node = ml_child(facts, node, ML_ROLE_OBJECT);
        else if (kind == ML_NODE_CALL)
            node = ml_child(facts, node, ML_ROLE_CALLEE);
        else
            return kind == ML_NODE_IDENT && ml_node_at(facts, node)->ref &&
                   facts->bindings[ml_node_at(facts, node)->ref].kind == ML_BIND_IMPORT;
    }
}

/* What is never a text. */
static bool is_no_name(ml_node_kind kind)
{
    return kind == ML_NODE_OBJECT || kind == ML_NODE_ARRAY || kind == ML_NODE_FUNCTION || kind == ML_NODE_NUMBER ||
           kind == ML_NODE_TRUE || kind == ML_NODE_FALSE || kind == ML_NODE_NULL;
}

/* The text of a value without holes. */
static bool literal_of(ml_ctx *ctx, const ml_value *value, ml_str *text)
{
    *text = ML_STR_NONE;
    for (uint32_t i = 0; i < value->piece_count; i++) {
        if (value->pieces[i].hole != ML_HOLE_NONE)
            return false;
        *text = ml_arena_concat(ml_ctx_arena(ctx), *text, value->pieces[i].text);
    }
    return value->kind == ML_V_STRING;
}

/* Does the function load the module that its first parameter names? */
static bool loads_its_parameter(ml_ctx *ctx, ml_place function)
{
    const ml_facts *facts = ml_link_facts(ml_ctx_link(ctx), function.file);

    for (ml_node_id n = function.node; n; n = ml_walk(facts, function.node, n)) {
        ml_node_id callee = ml_child(facts, n, ML_ROLE_CALLEE), arg = ml_child(facts, n, ML_ROLE_ARG);
        bool loads = ml_kind_of(facts, n) == ML_NODE_IMPORT_CALL ||
                     (ml_kind_of(facts, n) == ML_NODE_CALL && ml_kind_of(facts, callee) == ML_NODE_IDENT &&
                      !ml_node_at(facts, callee)->ref && ml_str_eq(ml_text_of(facts, callee), ML_STR("require")));
        ml_binding_id ref = loads && arg && ml_kind_of(facts, arg) == ML_NODE_IDENT ? ml_node_at(facts, arg)->ref : 0;
        if (ref && facts->bindings[ref].kind == ML_BIND_PARAM && facts->bindings[ref].index == 0 &&
            ml_node_at(facts, facts->bindings[ref].decl)->parent == function.node)
            return true;
    }
    return false;
}

/* load("openai") where load is a function of the project: (name) => import(name). */
static bool is_load_by_function(ml_ctx *ctx, ml_node_id call, ml_node_id arg)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_place places[4];

    if (ml_kind_of(facts, call) != ML_NODE_CALL || ml_kind_of(facts, arg) != ML_NODE_STRING ||
        ml_kind_of(facts, ml_child(facts, call, ML_ROLE_CALLEE)) != ML_NODE_IDENT ||
        !sdk_of(ctx, ml_text_of(facts, arg), ML_STR("*")).provider)
        return false;
    uint32_t count = ml_eval_callees(ml_ctx_eval(ctx), ml_ctx_file(ctx), call, places, 4);
    for (uint32_t i = 0; i < count; i++)
        if (loads_its_parameter(ctx, places[i]))
            return true;
    return false;
}

/* define(["openai"], …): modules as AMD loads them. */
static void judge_define(ml_ctx *ctx, ml_node_id call)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE), list = ml_child(facts, call, ML_ROLE_ARG);

    if (ml_kind_of(facts, list) == ML_NODE_STRING) /* a name of its own */
        list = ml_next_child(facts, list);
    if (ml_kind_of(facts, call) != ML_NODE_CALL || ml_kind_of(facts, callee) != ML_NODE_IDENT ||
        ml_node_at(facts, callee)->ref || ml_kind_of(facts, list) != ML_NODE_ARRAY ||
        (!ml_str_eq(ml_text_of(facts, callee), ML_STR("define")) &&
         !ml_str_eq(ml_text_of(facts, callee), ML_STR("requirejs"))))
        return;
    for (ml_node_id item = ml_node_at(facts, list)->first; item; item = ml_node_at(facts, item)->next) {
        ml_str name = ml_kind_of(facts, item) == ML_NODE_STRING ? ml_text_of(facts, item) : ML_STR_NONE;
        ml_package_match match = name.len ? sdk_of(ctx, name, ML_STR("*")) : (ml_package_match){0};
        if (match.provider)
            report(ctx, item, match, NULL, name);
    }
}

static void judge_call(ml_ctx *ctx, ml_node_id call)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG);

    if (!arg)
        return;
    judge_define(ctx, call);
    bool loads = is_load(facts, call);
    if ((!loads && !may_be_load(facts, call)) || is_no_name(ml_kind_of(facts, arg)))
        return;
    if (!loads &&
        is_imported(
            facts,
            arg)) { /* then what is called is the cheaper question; a text it is not, as is_load_by_function wants */
        loads = is_made_require(ctx, ml_child(facts, call, ML_ROLE_CALLEE));
        if (!loads)
            return;
    }
    ml_values names = ml_eval_node(ml_ctx_eval(ctx), ml_ctx_file(ctx), arg);
    for (uint32_t i = 0; i < names.count; i++) {
        ml_str name;
        if (!literal_of(ctx, &names.items[i], &name))
            continue;
        ml_package_match match = sdk_of(ctx, name, ML_STR("*"));
        if (!match.provider)
            continue;
        loads =
            loads || is_made_require(ctx, ml_child(facts, call, ML_ROLE_CALLEE)) || is_load_by_function(ctx, call, arg);
        if (!loads)
            return;
        report(ctx, call, match, NULL, name);
    }
}

const ml_rule ml_rule_bypass_sdk_import = {
    .judge_import = judge_import,
    .judge_export = judge_export,
    .judge_call = judge_call,
};
