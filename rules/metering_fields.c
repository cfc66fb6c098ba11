/* metering_fields.c - see metering_fields.h. */
#include "metering_fields.h"

enum { HOPS_MAX = 8, SPREADS_MAX = 4 };

const char *const rule_requests_keys[] = {"requestId", "request_id", "idempotencyKey", "idempotency_key"};
const char *const rule_input_keys[] = {"inputTokens", "input_tokens", "promptTokens", "prompt_tokens"};
const char *const rule_output_keys[] = {"outputTokens", "output_tokens", "completionTokens", "completion_tokens"};
const char *const rule_total_keys[] = {"totalTokens", "total_tokens"};
const char *const rule_type_keys[] = {"billingType", "billing_type"};
const char *const rule_unit_keys[] = {"unit", "billingUnit", "billing_unit", "unitName"};
const char *const rule_quantity_keys[] = {"quantity", "billingQuantity", "billing_quantity", "qty"};
const char *const rule_characters_keys[] = {"characterCount", "character_count", "characters", "charCount"};
const char *const rule_images_keys[] = {"imageCount", "image_count", "images", "imagesCount"};
const char *const rule_seconds_keys[] = {"durationSeconds", "duration_seconds", "seconds", "duration"};

ml_node_id rule_resolved(const ml_facts *facts, ml_node_id node)
{
    for (int hop = 0; hop < HOPS_MAX && node; hop++) {
        const ml_node *n = ml_node_at(facts, node);
        if (n->kind == ML_NODE_AWAIT) {
            node = ml_child(facts, node, ML_ROLE_VALUE);
            continue;
        }
        if (n->kind != ML_NODE_IDENT || !n->ref)
            return node;
        const ml_binding *b = &facts->bindings[n->ref];
        ml_node_id value = b->kind == ML_BIND_VAR && b->is_const ? ml_child(facts, b->decl, ML_ROLE_VALUE) : 0;
        if (!value || b->write_count || ml_child(facts, b->decl, ML_ROLE_TARGET) != b->target)
            return node;
        node = value;
    }
    return node;
}

static ml_node_id field_of(const ml_facts *facts, ml_node_id object, const char *const *names, size_t count, int depth)
{
    ml_node_id found = 0;

    for (ml_node_id m = ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        if (ml_kind_of(facts, m) == ML_NODE_PROPERTY && rule_is_any(ml_text_of(facts, m), names, count))
            found = ml_child(facts, m, ML_ROLE_VALUE);
        if (ml_kind_of(facts, m) == ML_NODE_SPREAD && depth < SPREADS_MAX) {
            ml_node_id inner = rule_resolved(facts, ml_child(facts, m, ML_ROLE_VALUE));
            ml_node_id value =
                ml_kind_of(facts, inner) == ML_NODE_OBJECT ? field_of(facts, inner, names, count, depth + 1) : 0;
            found = value ? value : found;
        }
    }
    return found;
}

ml_node_id rule_field(const ml_facts *facts, ml_node_id object, const char *const *names, size_t count)
{
    return field_of(facts, object, names, count, 0);
}

static bool is_open(const ml_facts *facts, ml_node_id object)
{
    for (ml_node_id m = ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m))
        if (ml_kind_of(facts, m) == ML_NODE_SPREAD) {
            ml_node_id inner = rule_resolved(facts, ml_child(facts, m, ML_ROLE_VALUE));
            if (ml_kind_of(facts, inner) != ML_NODE_OBJECT)
                return true;
            for (ml_node_id k = ml_child(facts, inner, ML_ROLE_MEMBER); k; k = ml_next_child(facts, k))
                if (ml_kind_of(facts, k) == ML_NODE_SPREAD)
                    return true;
        }
    return false;
}

bool rule_is_test_path(ml_str path)
{
    static const char *const words[] = {".test.",    ".spec.", "__tests__", "__mocks__",
                                        "fixtures/", "/mock",  "test/",     "tests/"};

    return rule_contains_any(path, words, RULE_COUNT(words));
}

void rule_visit_records(ml_ctx *ctx, void (*visit)(ml_ctx *ctx, const rule_record *record))
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!rule_is_metering_file(ctx) || rule_is_test_path(facts->path))
        return;
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id call = facts->calls[i];
        if (ml_kind_of(facts, call) != ML_NODE_CALL)
            continue;
        ml_eval_begin(ml_ctx_eval(ctx));
        if (!rule_is_record(ctx, facts, call))
            continue;
        ml_node_id object = rule_resolved(facts, ml_child(facts, call, ML_ROLE_ARG));
        if (!object || ml_kind_of(facts, object) != ML_NODE_OBJECT)
            continue;
        rule_record record = {call, object, is_open(facts, object)};
        visit(ctx, &record);
    }
}

ml_str rule_value_name(const ml_facts *facts, ml_node_id node)
{
    ml_node_kind kind = node ? ml_kind_of(facts, node) : ML_NODE_NONE;

    return kind == ML_NODE_MEMBER || kind == ML_NODE_IDENT ? ml_text_of(facts, node) : ML_STR_NONE;
}

bool rule_is_input_name(ml_str name)
{
    static const char *const names[] = {"prompt_tokens", "promptTokens",     "input_tokens",
                                        "inputTokens",   "promptTokenCount", "inputTokenCount"};

    return rule_is_any(name, names, RULE_COUNT(names));
}

bool rule_is_output_name(ml_str name)
{
    static const char *const names[] = {"completion_tokens", "completionTokens",     "output_tokens",
                                        "outputTokens",      "candidatesTokenCount", "outputTokenCount"};

    return rule_is_any(name, names, RULE_COUNT(names));
}

bool rule_is_token_name(ml_str name)
{
    static const char *const totals[] = {"total_tokens", "totalTokens", "totalTokenCount"};

    return rule_is_input_name(name) || rule_is_output_name(name) || rule_is_any(name, totals, RULE_COUNT(totals));
}

bool rule_marks_estimate(const ml_facts *facts, const rule_record *record)
{
    static const char *const keys[] = {"usageSource", "usage_source", "estimated",  "isEstimated",  "is_estimated",
                                       "partial",     "source",       "estimate",   "usageMissing", "usage_missing",
                                       "usageStatus", "tokenSource",  "confidence", "accuracy"};

    return record->open || rule_field(facts, record->object, keys, RULE_COUNT(keys)) != 0;
}

ml_str rule_method_name(const ml_facts *facts, ml_node_id node)
{
    uint32_t f = ml_function_around(facts, node);

    while (f) {
        const ml_node *n = ml_node_at(facts, facts->functions[f].node);
        ml_node_kind parent = ml_kind_of(facts, n->parent);
        if (parent == ML_NODE_METHOD || parent == ML_NODE_FIELD)
            return ml_text_of(facts, n->parent);
        if (ml_text_of(facts, facts->functions[f].node).len)
            return ml_text_of(facts, facts->functions[f].node);
        f = facts->functions[f].parent;
    }
    return ML_STR_NONE;
}

/* The leftmost name of a chain of members, calls left out. */
static ml_node_id root_of(const ml_facts *facts, ml_node_id node)
{
    for (int hop = 0; hop < HOPS_MAX && node; hop++) {
        ml_node_kind kind = ml_kind_of(facts, node);
        if (kind != ML_NODE_MEMBER && kind != ML_NODE_INDEX)
            return node;
        node = ml_child(facts, node, ML_ROLE_OBJECT);
    }
    return node;
}

bool rule_is_read_from_request(const ml_facts *facts, ml_node_id node)
{
    static const char *const names[] = {"params", "p",    "req", "request", "options", "opts",
                                        "input",  "body", "dto", "payload", "args"};

    if (ml_kind_of(facts, node) == ML_NODE_BINARY) /* params.n ?? 1 */
        node = ml_child(facts, node, ML_ROLE_LEFT);
    if (ml_kind_of(facts, node) == ML_NODE_CALL) /* Number(params.n) */
        node = ml_child(facts, node, ML_ROLE_ARG);
    if (!node)
        return false;
    if (ml_kind_of(facts, node) == ML_NODE_IDENT &&
        ml_node_at(facts, node)->ref) { /* const { n } = params; ({ n }) => … */
        const ml_binding *own = &facts->bindings[ml_node_at(facts, node)->ref];
        if (own->kind == ML_BIND_PARAM)
            return own->index == 0 &&
                   ml_kind_of(facts, ml_child(facts, own->decl, ML_ROLE_TARGET)) == ML_NODE_OBJECT_PATTERN;
        ml_node_id from = own->kind == ML_BIND_VAR ? ml_child(facts, own->decl, ML_ROLE_VALUE) : 0;
        if (!from || ml_kind_of(facts, from) != ML_NODE_IDENT || !ml_node_at(facts, from)->ref ||
            ml_kind_of(facts, ml_child(facts, own->decl, ML_ROLE_TARGET)) != ML_NODE_OBJECT_PATTERN)
            return false;
        const ml_binding *b = &facts->bindings[ml_node_at(facts, from)->ref];
        return b->kind == ML_BIND_PARAM && b->index == 0 && rule_is_any(b->name, names, RULE_COUNT(names));
    }
    if (ml_kind_of(facts, node) != ML_NODE_MEMBER)
        return false;
    ml_node_id root = root_of(facts, node);
    if (ml_kind_of(facts, root) != ML_NODE_IDENT || !ml_node_at(facts, root)->ref)
        return false;
    const ml_binding *b = &facts->bindings[ml_node_at(facts, root)->ref];
    return b->kind == ML_BIND_PARAM && b->index == 0 && rule_is_any(b->name, names, RULE_COUNT(names));
}

ml_node_id rule_ancestor(const ml_facts *facts, ml_node_id node, const ml_node_kind *kinds, size_t count)
{
    for (ml_node_id at = ml_node_at(facts, node)->parent; at; at = ml_node_at(facts, at)->parent) {
        for (size_t i = 0; i < count; i++)
            if (ml_kind_of(facts, at) == kinds[i])
                return at;
        if (ml_kind_of(facts, at) == ML_NODE_FUNCTION)
            return 0;
    }
    return 0;
}

bool rule_text_contains(const ml_facts *facts, ml_node_id node, const char *const *words, size_t count)
{
    return node && rule_contains_any(ml_source_of(facts, node), words, count);
}
