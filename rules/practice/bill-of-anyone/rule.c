/* practice/bill-of-anyone - a route hands out the bills of whatever user the path names.
 *
 * Reports  routes of Express, Koa, Fastify and the like with a user's id and a bill,
 *          export or record in the path, and handlers of Nest controllers, when neither
 *          the chain nor the handler compares the id with the authenticated user.
 * Silent   when a guard's name speaks of owner, self, role or permission, when the file
 *          has one for all its routes, and when the handler is not at hand. */
#include "practice.h"
#include "pricing.h"

static const char *const guard_words = "self owner admin role permission permit can( ability policy access authorize "
                                       "authorise ownership sameuser same_user";
static const char *const check_words = "req.user request.user user.id user.role ctx.state.user currentuser isadmin "
                                       "forbid 403 req.auth session.user res.locals.user";

static bool is_bill_path(ml_str path)
{
    return rule_text_has(path, ":userid :user_id :uid {userid} users/:id user/:id") &&
           rule_text_has(path, "bill export records invoice usage charges");
}

/* router.use(requireSelfOrAdmin), router.param('userId', check) */
static bool file_has_guard(const ml_facts *facts)
{
    for (uint32_t i = 0; i < facts->call_count; i++) {
        ml_node_id call = facts->calls[i];
        if (rule_method_call(facts, call, "use param all addHook") &&
            rule_text_has(ml_source_of(facts, call), guard_words))
            return true;
    }
    return false;
}

/* The handler's function: written here, or one the name leads to; 0 when it is not at hand. */
static ml_place handler_of(ml_ctx *ctx, const ml_facts *facts, ml_node_id arg)
{
    if (ml_kind_of(facts, arg) == ML_NODE_FUNCTION)
        return (ml_place){ml_ctx_file(ctx), arg};
    ml_values values = ml_eval_node(ml_ctx_eval(ctx), ml_ctx_file(ctx), arg);
    if (values.count == 1 && values.items[0].kind == ML_V_FUNCTION)
        return values.items[0].place;
    return (ml_place){0, 0};
}

static void judge_call(ml_ctx *ctx, const ml_facts *facts, ml_node_id call)
{
    ml_node_id path = ml_child(facts, call, ML_ROLE_ARG), handler = path;

    if (!rule_method_call(facts, call, "get post put patch delete all") || ml_kind_of(facts, path) != ML_NODE_STRING ||
        !is_bill_path(ml_text_of(facts, path)))
        return;
    for (ml_node_id arg = ml_next_child(facts, path); arg; arg = ml_next_child(facts, arg)) {
        handler = arg;
        if (ml_next_child(facts, arg) && rule_text_has(ml_source_of(facts, arg), guard_words))
            return;
    }
    ml_place place = handler == path ? (ml_place){0, 0} : handler_of(ctx, facts, handler);
    if (!place.file || file_has_guard(facts))
        return;
    ml_str body = ml_source_of(ml_link_facts(ml_ctx_link(ctx), place.file), place.node);
    if (ml_kind_of(facts, handler) == ML_NODE_CALL) { /* asyncHandler(async (req, res) => ...) */
        ml_str written = ml_source_of(facts, handler);
        if (rule_text_has(written, check_words) || rule_text_has(written, guard_words))
            return;
    }
    if (rule_text_has(body, check_words) ||
        rule_text_has(body, "assertowner checkowner requireself ensureself canread"))
        return;
    ml_finding_set(ctx, ml_ctx_report(ctx, call), "route", ml_text_of(facts, path));
}

/* ---- Nest ---- */

static ml_str decorator_path(const ml_facts *facts, ml_node_id node, const char *names)
{
    for (ml_node_id d = ml_child(facts, node, ML_ROLE_DECORATOR); d; d = ml_next_child(facts, d)) {
        ml_node_id call = ml_child(facts, d, ML_ROLE_VALUE);
        ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG);
        if (ml_kind_of(facts, call) == ML_NODE_CALL &&
            rule_name_is(ml_text_of(facts, ml_child(facts, call, ML_ROLE_CALLEE)), names))
            return ml_kind_of(facts, arg) == ML_NODE_STRING ? ml_text_of(facts, arg) : ML_STR("/");
    }
    return ML_STR_NONE;
}

static bool has_guard(const ml_facts *facts, ml_node_id node)
{
    for (ml_node_id d = ml_child(facts, node, ML_ROLE_DECORATOR); d; d = ml_next_child(facts, d))
        if (rule_text_has(ml_source_of(facts, d), guard_words))
            return true;
    return false;
}

static void judge_method(ml_ctx *ctx, const ml_facts *facts, ml_str base, ml_node_id method)
{
    ml_str own = decorator_path(facts, method, "Get Post Put Patch Delete");
    ml_node_id function = ml_child(facts, method, ML_ROLE_VALUE);

    if (!own.len || has_guard(facts, method))
        return;
    ml_str path = ml_arena_printf(ml_ctx_arena(ctx), "%.*s/%.*s", ML_STR_ARG(base), ML_STR_ARG(own));
    ml_str body = ml_source_of(facts, function);
    if (!is_bill_path(path) || rule_text_has(body, check_words) || rule_text_has(body, guard_words))
        return;
    ml_finding *finding = ml_ctx_report(ctx, method);
    ml_finding_narrow(ctx, finding, ml_node_at(facts, function)->start, ml_node_at(facts, function)->end);
    ml_finding_set(ctx, finding, "route", path);
}

static void judge_controllers(ml_ctx *ctx, const ml_facts *facts)
{
    for (uint32_t i = 1; i < facts->class_count; i++) {
        ml_node_id class_node = facts->classes[i].node;
        ml_str base = decorator_path(facts, class_node, "Controller");
        if (!base.len || has_guard(facts, class_node))
            continue;
        for (ml_node_id m = ml_child(facts, class_node, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m))
            if (ml_kind_of(facts, m) == ML_NODE_METHOD)
                judge_method(ctx, facts, base, m);
    }
}

static void judge_file(ml_ctx *ctx)
{
    const ml_facts *facts = ml_ctx_facts(ctx);

    if (!ml_pricing_concerns(ctx))
        return;
    for (uint32_t i = 0; i < facts->call_count; i++)
        judge_call(ctx, facts, facts->calls[i]);
    judge_controllers(ctx, facts);
}

/* Of a path in two parts, of a controller and of its method, the id stands in one. */
static const char *const users[] = {":userid",  ":user_id", ":uid", "{userid}", "users/:id",
                                    "user/:id", "\":id",    "':id", "`:id",     NULL};
static const ml_rule_need user_need = {.words = users, .any_case = true};
static const ml_rule_need *const needs[] = {&ml_pricing_need, &user_need, NULL};

extern const ml_rule ml_rule_practice_bill_of_anyone;
const ml_rule ml_rule_practice_bill_of_anyone = {.needs = needs, .judge_file = judge_file, .in_bridge = true};
