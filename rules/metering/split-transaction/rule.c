/* metering/split-transaction - usage row and bill are written one after the other.
 *
 * Reports  a write of a usage model and one of a bill in one function, neither with a
 *          transaction; also inside a transaction whose handle is passed to neither.
 * Silent   with a transaction in either, for a transaction's own client (tx.usage.create),
 *          where transactions are implicit (a callback without handle), and with an outbox. */
#include "metering_fields.h"

static bool is_write_of(ml_str callee, const char *const *words, size_t count)
{
    static const char *const verbs[] = {"create", "insert",       "bulkCreate", "upsert",
                                        "save",   "findOrCreate", "insertOne"};
    static const char *const others[] = {"outbox", "queue", "tx.", "trx.", "manager.", "model_billing", "ModelBilling"};
    size_t dot = ml_str_rfind_char(callee, '.');

    return dot != ML_NOT_FOUND && rule_is_any(rule_last_name(callee), verbs, RULE_COUNT(verbs)) &&
           rule_contains_any(ml_str_slice(callee, 0, dot), words, count) &&
           !rule_contains_any(callee, others, RULE_COUNT(others));
}

static bool is_usage_write(ml_str callee)
{
    return is_write_of(callee, (const char *const[]){"usage"}, 1);
}

static bool is_bill_write(ml_str callee)
{
    return is_write_of(callee, (const char *const[]){"bill"}, 1) ||
           ml_str_eq_c(rule_last_name(callee), "createBillingRecord");
}

static bool has_transaction(const ml_facts *facts, ml_node_id call)
{
    static const char *const names[] = {"t",       "tx",     "trx",  "transaction", "session",
                                        "manager", "client", "conn", "connection"};

    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg)) {
        if (rule_is_any(rule_value_name(facts, arg), names, RULE_COUNT(names)))
            return true;
        if (ml_kind_of(facts, arg) == ML_NODE_OBJECT &&
            rule_field(facts, arg, (const char *const[]){"transaction", "session", "tx", "t"}, 4))
            return true;
    }
    return false;
}

/* In `sequelize.transaction(async () => …)`: 0 not at all, 1 with a handle, 2 without (implicit). */
static int transaction_around(const ml_facts *facts, ml_node_id node)
{
    for (uint32_t f = ml_function_around(facts, node); f; f = facts->functions[f].parent) {
        ml_node_id parent = ml_node_at(facts, facts->functions[f].node)->parent;
        ml_node_id callee =
            parent && ml_kind_of(facts, parent) == ML_NODE_CALL ? ml_child(facts, parent, ML_ROLE_CALLEE) : 0;
        if (callee && rule_contains_any(ml_source_of(facts, callee), (const char *const[]){"transaction", "atomic"}, 2))
            return facts->functions[f].param_count ? 1 : 2;
    }
    return 0;
}

static void judge_function(ml_ctx *ctx, uint32_t f)
{
    static const char *const atomic[] = {"@Transactional", "BEGIN"};
    const ml_facts *facts = ml_ctx_facts(ctx);
    ml_node_id function = facts->functions[f].node, usage = 0, bill = 0;

    if (rule_text_contains(facts, ml_node_at(facts, function)->parent, atomic, RULE_COUNT(atomic)))
        return;
    for (ml_node_id n = function; n; n = ml_walk(facts, function, n)) {
        if (ml_kind_of(facts, n) != ML_NODE_CALL || ml_function_around(facts, n) != f)
            continue;
        ml_str callee = rule_callee_text(ctx, facts, n);
        bool is_usage = is_usage_write(callee), is_bill = is_bill_write(callee);
        if ((is_usage || is_bill) && has_transaction(facts, n))
            return;
        if (is_usage && !usage)
            usage = n;
        if (is_bill && !is_usage && !bill)
            bill = n;
    }
    if (!usage || !bill || transaction_around(facts, usage) == 2)
        return;
    ml_node_id second = usage > bill ? usage : bill, first = usage > bill ? bill : usage;
    ml_finding *finding = ml_ctx_report(ctx, second);
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), first}, "written by itself", "单独写入");
    ml_finding_step(ctx, finding, (ml_place){ml_ctx_file(ctx), second},
                    "a crash before this leaves the one without the other", "若在此之前崩溃，二者只剩其一");
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!rule_is_metering_file(ctx) || rule_is_test_path(facts->path))
        return;
    for (uint32_t f = 1; f < facts->function_count; f++) {
        ml_eval_begin(ml_ctx_eval(ctx));
        judge_function(ctx, f);
    }
}

const ml_rule ml_rule_metering_split_transaction = {
    .judge_file = judge_file,
    .in_bridge = true,
};
