/* practice/unbounded-query - all usages or bills are loaded at once.
 *
 * Reports  findAll and find on models of bills and usages without limit.
 * Silent   about aggregates, queries of one customer's cycle, span or open rows, of one thing
 *          by its id, about cursors and limits that are chained on, and about options that are
 *          put together elsewhere. */
#include "practice.h"

/* Who pays: of one such the rows of a cycle, or those still open, are few. */
static const char *const customers =
    "userId user_id tenantId tenant_id organizationId organization_id orgId org_id companyId company_id teamId team_id "
    "workspaceId workspace_id customerId customer_id accountId account_id walletAddress wallet_address";
static const char *const spans =
    "billingCycle billing_cycle cycle period month billed settled invoiced status billingStatus billing_status";
/* Ids that many rows share without an end. */
static const char *const groups = "modelId model_id providerId provider_id typeId type_id projectId project_id";

static bool ends_with_any(ml_str name, const char *const *ends, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ml_str_ends(name, ml_str_of(ends[i])))
            return true;
    return false;
}

static bool is_time(ml_str name)
{
    static const char *const ends[] = {"At", "_at", "Date", "_date", "Time", "_time", "imestamp"};
    return ends_with_any(name, ends, sizeof ends / sizeof *ends);
}

/* usageId, request_id: of one such there are few rows. */
static bool is_one_thing(ml_str name)
{
    static const char *const ends[] = {"Id", "_id", "Key", "_key"};
    return ends_with_any(name, ends, sizeof ends / sizeof *ends) && !rule_name_is(name, customers) &&
           !rule_name_is(name, groups);
}

static bool is_narrow(const ml_facts *facts, ml_node_id where)
{
    bool open, customer = rule_has_key(facts, where, customers, &open), span = rule_has_key(facts, where, spans, &open);
    ml_node_id id = rule_property(facts, where, "id"), object = rule_meaning(facts, where);

    for (ml_node_id m = open ? 0 : ml_child(facts, object, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        ml_node_id key = ml_child(facts, m, ML_ROLE_KEY), value = ml_child(facts, m, ML_ROLE_VALUE);
        ml_str name = ml_text_of(facts, key ? key : m);
        span |= is_time(name);
        if (is_one_thing(name) && ml_kind_of(facts, value) != ML_NODE_OBJECT)
            return true;
    }
    /* id: ids, but not id: { [Op.gt]: last } */
    return open || (customer && span) || (id && ml_kind_of(facts, id) != ML_NODE_OBJECT);
}

/* Model.find(...).sort(...).limit(50) */
static bool is_chained_to_bound(const ml_facts *facts, ml_node_id call)
{
    for (ml_node_id at = call;;) {
        ml_node_id member = ml_node_at(facts, at)->parent, outer = ml_node_at(facts, member)->parent;
        if (ml_kind_of(facts, member) != ML_NODE_MEMBER || ml_kind_of(facts, outer) != ML_NODE_CALL ||
            ml_child(facts, outer, ML_ROLE_CALLEE) != member)
            return false;
        if (rule_name_is(ml_text_of(facts, member), "limit take cursor stream count countDocuments"))
            return true;
        at = outer;
    }
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id options = ml_child(facts, call, ML_ROLE_ARG);
    bool open = false;

    if (!rule_on_bills(facts, call, "findAll find findMany") && !rule_on_usages(facts, call, "findAll find findMany"))
        return;
    if (options && (rule_has_key(facts, options, "limit take group attributes", &open) || open)) {
        bool bounded = open || rule_has_key(facts, options, "limit take group", &open);
        if (bounded || rule_text_has(ml_source_of(facts, rule_property(facts, options, "attributes")), "fn( fn)("))
            return;
    }
    ml_node_id where = options ? rule_property(facts, options, "where") : 0;
    bool has_where = options && rule_has_key(facts, options, "where", &open);
    if (options && !has_where && rule_method_call(facts, call, "find") &&
        !rule_has_key(facts, options, "relations select order", &open))
        where = options; /* Mongoose takes the filter itself */
    if (is_chained_to_bound(facts, call) || (has_where && !where) || (where && is_narrow(facts, where)))
        return;
    ml_finding_set(ctx, ml_ctx_report(ctx, call), "call", ml_source_of(facts, ml_child(facts, call, ML_ROLE_CALLEE)));
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static const ml_rule_need *const needs[] = {&rule_need_row, NULL};

extern const ml_rule ml_rule_practice_unbounded_query;
const ml_rule ml_rule_practice_unbounded_query = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
