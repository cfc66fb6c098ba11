/* practice/open-cycle-cached - a bill is kept in a cache while it still changes.
 *
 * Reports  setex, set with EX and the like for 300 seconds or more, with a key that
 *          speaks of bills, in a function that does not ask whether the cycle is closed.
 * Silent   about short times, keys with a version, unknown times, invoices by their number
 *          (they are final), and what is only around bills: notices, errors, locks, queues. */
#include "practice.h"
#include "pricing.h"

#include "ml/buf.h"

enum { SECONDS_MIN = 300 };

static ml_node_id nth(const ml_facts *facts, ml_node_id call, uint32_t n)
{
    return ml_child_at(facts, call, ML_ROLE_ARG, n);
}

/* The node that says for how long, and by how much it has to be divided: 0 when it is no such call. */
static ml_node_id time_of(const ml_facts *facts, ml_node_id call, int64_t *unit)
{
    *unit = 1;
    if (rule_method_call(facts, call, "setex setEx SETEX expire"))
        return nth(facts, call, 1);
    if (rule_method_call(facts, call, "psetex pexpire pSetEx")) {
        *unit = 1000;
        return nth(facts, call, 1);
    }
    if (!rule_method_call(facts, call, "set"))
        return 0;
    ml_node_id third = nth(facts, call, 2), meaning = third ? rule_meaning(facts, third) : 0;
    if (ml_kind_of(facts, meaning) == ML_NODE_STRING) { /* 'EX', 3600 */
        if (ml_str_eq_nocase(ml_text_of(facts, meaning), ML_STR("px")))
            *unit = 1000;
        return rule_text_has(ml_text_of(facts, meaning), "ex px") ? nth(facts, call, 3) : 0;
    }
    if (ml_kind_of(facts, meaning) == ML_NODE_OBJECT) {
        static const char *const names[] = {"EX", "ex", "ttl", "expiresIn"};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (rule_property(facts, meaning, names[i]))
                return rule_property(facts, meaning, names[i]);
        return 0;
    }
    return third;
}

/* What a key says itself: the text of a template, the name of what makes it; the values put
 * into it (`billingActorId`) do not say what is kept. */
static ml_str words_of(ml_ctx *ctx, const ml_facts *facts, ml_node_id key)
{
    ml_buf text = {0};

    if (ml_kind_of(facts, key) == ML_NODE_CALL)
        return ml_text_of(facts, ml_child(facts, key, ML_ROLE_CALLEE));
    if (ml_kind_of(facts, key) != ML_NODE_TEMPLATE)
        return ml_source_of(facts, key);
    for (ml_node_id p = ml_child(facts, key, ML_ROLE_PART); p; p = ml_next_child(facts, p)) {
        bool named = ml_kind_of(facts, p) == ML_NODE_IDENT && rule_text_has(ml_text_of(facts, p), "prefix key");
        if (named || ml_kind_of(facts, p) == ML_NODE_STRING)
            ml_buf_str(&text, ml_text_of(facts, p));
    }
    ml_str words = ml_arena_copy(ml_ctx_arena(ctx), ml_buf_view(&text));
    ml_buf_finish(&text);
    return words;
}

static bool speaks_of_bills(ml_str words, ml_str key)
{
    return rule_text_has(words, "bill invoice statistics usage_summary monthly") &&
           !rule_text_has(words, "notif error lock queue heartbeat webhook alert limit idempot") &&
           !rule_text_has(key, "invoiceid invoice.id invoice_id invoicenumber");
}

static bool has_version(ml_str text)
{
    return rule_text_has(text, "version :v");
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    int64_t unit;
    ml_node_id time = time_of(facts, call, &unit), key = time ? rule_meaning(facts, nth(facts, call, 0)) : 0;

    if (!time || !key || !speaks_of_bills(words_of(ctx, facts, key), ml_source_of(facts, key)) ||
        has_version(ml_source_of(facts, key)))
        return;
    if (rule_text_has(rule_text_around(facts, call), "closed isclosed currentcycle current_cycle isopen period.state"))
        return;
    int64_t seconds = rule_whole_number(ctx, time) / unit;
    if (seconds < SECONDS_MIN)
        return;
    ml_finding_set(ctx, ml_ctx_report(ctx, call), "seconds",
                   ml_arena_printf(ml_ctx_arena(ctx), "%lld", (long long)seconds));
}

static void judge_file(ml_ctx *ctx)
{
    rule_each_call(ctx, judge_call);
}

static bool may_keep(ml_str name, ml_str behind)
{
    return rule_name_is(name, "setex setEx SETEX expire psetex pexpire pSetEx set") && rule_may_be_called(behind);
}

static const char *const keeps[] = {"set", "expire", "SETEX", "pSetEx", NULL};
static const char *const kept[] = {"bill", "invoice", "statistics", "usage_summary", "monthly", NULL};
static const ml_rule_need keep_need = {.words = keeps, .fits = may_keep}, kept_need = {.words = kept, .any_case = true};
static const ml_rule_need *const needs[] = {&ml_pricing_need, &keep_need, &kept_need, NULL};

extern const ml_rule ml_rule_practice_open_cycle_cached;
const ml_rule ml_rule_practice_open_cycle_cached = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
