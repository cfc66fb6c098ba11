/* Stores of settings: what zustand's create and Pinia's defineStore make of the function or
 * object they are given. A value that lives in one begins as what is written there, and a
 * project's own endpoint often does.
 *
 * A store is the EXTERNAL its package's call gives, with the state in `items`; what it is asked
 * (getState(), a selector, a call of the hook) leads to the state. */
#include "link_internal.h"

static bool is_of(const ml_value *value, const char *package)
{
    return ml_str_eq_c(ml_package_name_of(value->text), package);
}

static bool is_maker(const ml_value *callee)
{
    static const char *const makers[] = {"create", "createStore", "createWithEqualityFn", "create()", "createStore()"};

    return is_of(callee, "zustand") && !callee->items.count && ML_STR_IS_ONE_OF(callee->name, makers);
}

/* What wraps a state and leaves it what it is; combine lays one over another. */
static bool is_wrapper(const ml_value *callee)
{
    static const char *const wrappers[] = {"persist", "devtools", "subscribeWithSelector", "immer", "combine"};

    return is_of(callee, "zustand") && ML_STR_IS_ONE_OF(callee->name, wrappers);
}

/* The state an initialiser gives: what it returns, told nothing of set and get; or what a wrapper holds. */
static void add_state(ml_eval *eval, ml_set *out, ml_values initialisers, ml_place call, const ml_frame *frame)
{
    ml_values args[2];

    args[0] = args[1] = ml_unknown_settled(eval, ML_HOLE_CALL, ML_STR("store"), call);
    for (uint32_t i = 0; i < initialisers.count; i++) {
        const ml_value *value = &initialisers.items[i];
        if (value->kind == ML_V_FUNCTION)
            ml_set_add_all(out, ml_call_with(eval, value, args, 2, frame, call));
        else if (value->kind == ML_V_EXTERNAL)
            ml_set_add_all(out, value->items);
        else if (value->kind == ML_V_OBJECT)
            ml_set_add(out, value);
    }
}

/* One object over the other, when both are known. */
static void add_layered(ml_eval *eval, ml_set *out, const ml_set *below, const ml_set *above, ml_place place)
{
    if (below->count != 1 || above->count != 1) {
        ml_set_add_all(out, ml_set_done(below));
        ml_set_add_all(out, ml_set_done(above));
        return;
    }
    ml_value *layers = ML_NEW_ARRAY(&eval->arena, ml_value, 2);
    layers[0] = below->items[0];
    layers[1] = above->items[0];
    ml_value object = {
        .kind = ML_V_OBJECT, .items = {layers,     2},
             .place = {place.file, 0}
    };
    ml_set_add(out, &object);
}

static ml_values store_of(ml_eval *eval, const ml_value *callee, ml_set *state, ml_place call)
{
    ml_value store = *callee;

    store.is_new = true;
    store.place = call;
    if (!ml_str_ends(store.name, ML_STR("()")))
        store.name = ml_arena_concat(&eval->arena, store.name, ML_STR("()"));
    store.items = ml_set_done(state);
    return ml_one(eval, store);
}

/* defineStore(id, { state: () => ({ … }) }), defineStore(id, () => { …; return { … } }). */
static void add_defined(ml_eval *eval, ml_set *out, ml_values definitions, ml_place call, const ml_frame *frame)
{
    for (uint32_t i = 0; i < definitions.count; i++) {
        const ml_value *value = &definitions.items[i];
        if (value->kind == ML_V_OBJECT)
            add_state(eval, out, ml_member_of(eval, value, ML_STR("state"), call), call, frame);
        else
            add_state(eval, out, (ml_values){value, 1}, call, frame);
    }
}

/* useStore(), useStore(s => s.url), useStore.getState() */
static ml_values asked(ml_eval *eval, const ml_value *store, ml_place call, const ml_frame *frame)
{
    ml_values selectors = ml_arg(eval, call.file, call.node, 0, frame);
    ml_set found = {.eval = eval};

    if (ml_str_ends(store->name, ML_STR("getState")) || !selectors.count || selectors.items[0].kind != ML_V_FUNCTION)
        return store->items;
    for (uint32_t i = 0; i < selectors.count; i++)
        if (selectors.items[i].kind == ML_V_FUNCTION)
            ml_set_add_all(&found, ml_call_with(eval, &selectors.items[i], &store->items, 1, frame, call));
    return ml_set_done(&found);
}

bool ml_store_call(ml_eval *eval, ml_values *out, const ml_value *callee, ml_place call, const ml_frame *frame)
{
    static const char *const asking[] = {
        "create()",          "createStore()",          "createWithEqualityFn()",         "defineStore()",
        "create().getState", "createStore().getState", "createWithEqualityFn().getState"};
    bool pinia = is_of(callee, "pinia") && ml_str_eq_c(callee->name, "defineStore");
    ml_set state = {.eval = eval};

    if (!is_maker(callee) && !is_wrapper(callee) && !pinia && !callee->items.count)
        return false;
    if (callee->items.count) {
        if (!ML_STR_IS_ONE_OF(callee->name, asking))
            return false;
        *out = asked(eval, callee, call, frame);
        return true;
    }
    if (eval->nesting >= ML_NESTING_MAX)
        return false;
    eval->nesting++;
    ml_values first = ml_arg(eval, call.file, call.node, 0, frame),
              second = ml_arg(eval, call.file, call.node, 1, frame);
    if (pinia) {
        add_defined(eval, &state, second.count && second.items[0].kind != ML_V_UNDEFINED ? second : first, call, frame);
    } else if (ml_str_eq_c(callee->name, "combine")) {
        ml_set below = {.eval = eval}, above = {.eval = eval};
        add_state(eval, &below, first, call, frame);
        add_state(eval, &above, second, call, frame);
        add_layered(eval, &state, &below, &above, call);
    } else {
        add_state(eval, &state, first, call, frame);
    }
    eval->nesting--;
    if (!state.count)
        return false;
    *out = store_of(eval, callee, &state, call);
    return true;
}
