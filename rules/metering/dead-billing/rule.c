/* metering/dead-billing - a creator of bills that nothing calls.
 *
 * Reports  a function or method named for creating bills, whose name stands nowhere else in
 *          the project's scripts, tests left out.
 * Silent   when it is decorated (an event, a route, a schedule), implements an interface of the
 *          project by its name's second mention, or is named in a text. */
#include "metering_fields.h"

static bool is_creator(ml_str name)
{
    static const char *const names[] = {"createBillingRecord",  "createBill",    "createAIBillingRecord",
                                        "createBillingRecords", "recordBilling", "createAiBillingRecord",
                                        "createBillFromUsage",  "billUsage"};

    return rule_is_any(name, names, RULE_COUNT(names));
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static uint32_t mentions(ml_str text, ml_str name)
{
    uint32_t count = 0;

    for (size_t at = 0; at < text.len;) {
        size_t found = ml_str_find(ml_str_from(text, at), name);
        if (found == ML_NOT_FOUND)
            break;
        size_t start = at + found, end = start + name.len;
        if ((!start || !is_name_char(text.data[start - 1])) && (end >= text.len || !is_name_char(text.data[end])))
            count++;
        at = end;
    }
    return count;
}

static uint32_t mentions_in_project(ml_ctx *ctx, ml_str name)
{
    const ml_link_host *host = ml_link_host_of(ml_ctx_link(ctx));
    uint32_t count = 0;

    ml_link_expect_all(ml_ctx_link(ctx));
    for (uint32_t i = 0; i < host->file_count && count < 2; i++) {
        ml_str text, path = ml_link_path(ml_ctx_link(ctx), i + 1);
        if (!rule_is_test_path(path) && host->text(host->data, path, &text))
            count += mentions(text, name);
    }
    return count;
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!rule_is_metering_file(ctx) || rule_is_test_path(facts->path))
        return;
    for (uint32_t f = 1; f < facts->function_count; f++) {
        ml_node_id function = facts->functions[f].node, member = ml_node_at(facts, function)->parent;
        bool is_method = ml_kind_of(facts, member) == ML_NODE_METHOD;
        ml_str name = is_method ? ml_text_of(facts, member) : ml_text_of(facts, function);
        if (!is_creator(name) || !ml_child(facts, function, ML_ROLE_BODY) ||
            (is_method && ml_child(facts, member, ML_ROLE_DECORATOR)) || mentions_in_project(ctx, name) != 1)
            continue;
        ml_node_id at = is_method ? member : function;
        ml_finding *finding = ml_ctx_report(ctx, at);
        ml_finding_set(ctx, finding, "name", name);
        uint32_t start = ml_node_at(facts, at)->start;
        size_t open = ml_str_find_char(ml_str_from(facts->lines.text, start), '(');
        ml_finding_narrow(ctx, finding, start, start + (uint32_t)(open == ML_NOT_FOUND ? 1 : open));
    }
}

const ml_rule ml_rule_metering_dead_billing = {
    .judge_file = judge_file,
    .in_bridge = true,
};
