/* The cost expressions of a file, for all pricing rules. */
#include "pricing.h"

const ml_rule_need ml_pricing_need = {.words = ml_formula_words};

bool ml_pricing_concerns(const ml_ctx *ctx)
{
    return ml_ctx_holds_any(ctx, ml_formula_words, ml_formula_word_count);
}

static bool has_any(ml_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ml_str_find_nocase(text, ml_str_of(words[i])) != ML_NOT_FOUND)
            return true;
    return false;
}

static const char *const model_words[] = {
    "billingrecord", "billing_record", "billrecord",     "modelusage",     "model_usage",
    "usagerecord",   "usage_record",   "billingsummary", "monthlysummary", "billing_monthly",
    "modelbilling",  "model_billing",  "billingjournal", "aibill",         NULL};
const ml_rule_need ml_pricing_model_need = {.words = model_words, .any_case = true};

bool ml_pricing_is_model(ml_str name)
{
    return has_any(name, model_words, sizeof model_words / sizeof *model_words - 1);
}

bool ml_pricing_is_of_usage(const ml_facts *facts, ml_node_id node, const ml_formula *formula)
{
    static const char *const words[] = {
        "tokens",   "prompt",   "completion",  "llm",          "openai",     "anthropic",   "modelname", "model_name",
        "modelid",  "model_id", "billingtype", "billing_type", "imagecount", "image_count", "character", "speech",
        "transcri", "synth",    "ai_model",    "aimodel",      "usagetype",  "usage_type",  "model.",    "video"};

    for (uint32_t i = 0; formula && i < formula->sum.count; i++)
        for (int role = ML_FR_INPUT; role <= ML_FR_IMAGES; role++)
            if (formula->sum.terms[i].power[role])
                return true;
    uint32_t function = ml_function_around(facts, node);
    ml_str around = function ? ml_source_of(facts, facts->functions[function].node) : facts->lines.text;
    return has_any(around, words, sizeof words / sizeof *words) || ml_pricing_is_model(around);
}

static const char *const sample_words[] = {"fixture", "fixtures", "seed",  "seeds",
                                           "seeder",  "mock",     "mocks", "stories"};

/* Invented data: db/seeds/spans.ts, fixtures.ts, mock-usage.ts. */
static bool is_sample(ml_str path)
{
    size_t at = 0;

    for (size_t i = 0; i <= path.len; i++) {
        char c = i < path.len ? path.data[i] : '/';
        if (c != '/' && c != '.' && c != '-' && c != '_')
            continue;
        ml_str word = ml_str_slice(path, at, i);
        for (size_t k = 0; k < sizeof sample_words / sizeof *sample_words; k++)
            if (ml_str_eq_nocase(word, ml_str_of(sample_words[k])))
                return true;
        at = i + 1;
    }
    return false;
}

bool ml_pricing_is_forecast(const ml_facts *facts, const ml_formula_site *site)
{
    static const char *const words[] = {"estimat", "saving", "forecast", "simulat", "predict", "projected"};

    if (has_any(site->target, words, sizeof words / sizeof *words) ||
        has_any(ml_path_name(facts->path), words, sizeof words / sizeof *words))
        return true;
    for (uint32_t f = site->function; f;) {
        ml_node_id node = facts->functions[f].node, holder = ml_node_at(facts, node)->parent;
        ml_str name = ml_text_of(facts, node).len ? ml_text_of(facts, node) : ml_text_of(facts, holder);
        if (ml_kind_of(facts, holder) == ML_NODE_DECLARATOR)
            name = ml_text_of(facts, ml_child(facts, holder, ML_ROLE_TARGET));
        if (has_any(name, words, sizeof words / sizeof *words))
            return true;
        f = ml_function_around(facts, holder);
    }
    return false;
}

bool ml_pricing_is_overview(const ml_facts *facts)
{
    static const char *const words[] = {"analytics", "dashboard", "/reports/", "/charts/", "/insights"};
    return has_any(facts->path, words, sizeof words / sizeof *words);
}

/* What leaves for others is not our record: events, payment services, messages. */
static bool is_writer(ml_str callee)
{
    static const char *const elsewhere[] = {"event", "emit", "stripe", "paypal", "toast", "notif"};

    if (has_any(callee, elsewhere, sizeof elsewhere / sizeof *elsewhere))
        return false;
    static const char *const verbs[] = {"create",        "upsert",  "insert",    "update",    "save",   "recordusage",
                                        "recordbilling", "addbill", "writebill", "storebill", "values", "set"};
    size_t dot = ml_str_rfind_char(callee, '.');
    ml_str last = dot == ML_NOT_FOUND ? callee : ml_str_from(callee, dot + 1);

    return has_any(last, verbs, sizeof verbs / sizeof *verbs);
}

bool ml_pricing_is_stored(const ml_facts *facts, ml_node_id node)
{
    for (ml_node_id at = node; at; at = ml_node_at(facts, at)->parent) {
        ml_node_kind kind = ml_kind_of(facts, at);
        if (kind == ML_NODE_FUNCTION || kind == ML_NODE_BLOCK)
            return false;
        ml_node_id parent = ml_node_at(facts, at)->parent;
        if (ml_kind_of(facts, parent) == ML_NODE_CALL && ml_node_at(facts, at)->role == ML_ROLE_ARG)
            return kind == ML_NODE_OBJECT && is_writer(ml_source_of(facts, ml_child(facts, parent, ML_ROLE_CALLEE)));
    }
    return false;
}

/* What is left when conversions and roundings are taken off. */
static ml_node_id core_of(const ml_facts *facts, ml_node_id node)
{
    for (int i = 0; i < 16; i++) {
        ml_node_id callee = ml_child(facts, node, ML_ROLE_CALLEE), arg = ml_child(facts, node, ML_ROLE_ARG);
        switch (ml_kind_of(facts, node)) {
        case ML_NODE_AWAIT:
        case ML_NODE_UNARY: node = ml_child(facts, node, ML_ROLE_VALUE); break;
        case ML_NODE_NEW: node = arg; break;
        case ML_NODE_CALL: {
            static const char *const same[] = {"tofixed", "tonumber",      "tostring", "todecimal",  "round",
                                               "dp",      "decimalplaces", "number",   "parsefloat", "parseint",
                                               "string",  "ceil",          "floor",    "trunc"};
            if (!has_any(ml_text_of(facts, callee), same, sizeof same / sizeof *same))
                return node;
            bool method = ml_kind_of(facts, callee) == ML_NODE_MEMBER &&
                          !ml_str_eq_c(ml_text_of(facts, ml_child(facts, callee, ML_ROLE_OBJECT)), "Math");
            node = method ? ml_child(facts, callee, ML_ROLE_OBJECT) : arg;
            break;
        }
        default: return node;
        }
    }
    return node;
}

/* Was the amount computed where a site of its own stands? */
static bool is_passed_on(const ml_facts *facts, const ml_formula_site *site)
{
    ml_node_id core = core_of(facts, site->value);

    if (ml_kind_of(facts, core) == ML_NODE_CALL)
        return ml_formula_is_cost_name(ml_text_of(facts, ml_child(facts, core, ML_ROLE_CALLEE)));
    if (ml_kind_of(facts, core) != ML_NODE_IDENT || !ml_node_at(facts, core)->ref)
        return false;
    const ml_binding *b = &facts->bindings[ml_node_at(facts, core)->ref];
    return b->kind == ML_BIND_VAR && !b->write_count && ml_formula_is_cost_name(b->name);
}

static bool prices_elsewhere(const ml_formula_sites *sites, const ml_formula *formulas, uint32_t but,
                             ml_formula_role what)
{
    for (uint32_t i = 0; i < sites->count; i++)
        if (i != but && sites->items[but].function && sites->items[i].function == sites->items[but].function &&
            ml_formula_prices(&formulas[i], what))
            return true;
    return false;
}

void ml_pricing_each(ml_ctx *ctx, ml_pricing_judge *judge)
{
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_arena scratch = {0};
    ml_formula_sites sites = {0};

    if (!ml_pricing_concerns(ctx) || is_sample(facts->path))
        return;
    ml_formula_sites_of(&sites, &scratch, facts);
    ml_formula *formulas = ML_NEW_ARRAY(&scratch, ml_formula, sites.count ? sites.count : 1);
    for (uint32_t i = 0; i < sites.count; i++) {
        ml_eval_begin(ml_ctx_eval(ctx)); /* a question of its own */
        ml_formula_read(&formulas[i], ml_ctx_link(ctx), ml_ctx_eval(ctx), ml_ctx_file(ctx), sites.items[i].value);
    }
    for (uint32_t i = 0; i < sites.count; i++) {
        ml_pricing pricing = {.site = &sites.items[i],
                              .formula = &formulas[i],
                              .has_output = prices_elsewhere(&sites, formulas, i, ML_FR_OUTPUT),
                              .has_input = prices_elsewhere(&sites, formulas, i, ML_FR_INPUT),
                              .passed_on = is_passed_on(facts, &sites.items[i]),
                              .stored = ml_pricing_is_stored(facts, sites.items[i].node)};
        judge(ctx, &pricing);
    }
    ml_arena_finish(&scratch);
}
