/* paths.c - transfers of statements and expressions; the head of paths.h says what they are. */
#include "ml/paths.h"

enum { DEPTH_MAX = 200 };

#define STATE_MASK ((UINT32_C(1) << ML_PATH_STATES) - 1)
#define FALL_MASK  STATE_MASK

static uint32_t states_of(uint32_t set, ml_path_way way)
{
    return set >> ((uint32_t)way * ML_PATH_STATES) & STATE_MASK;
}

static uint32_t as_way(uint32_t states, ml_path_way way)
{
    return states << ((uint32_t)way * ML_PATH_STATES);
}

ml_transfer ml_transfer_none(void)
{
    return (ml_transfer){{0}};
}

ml_transfer ml_transfer_identity(void)
{
    ml_transfer out;

    for (uint32_t s = 0; s < ML_PATH_STATES; s++)
        out.to[s] = ML_PATH_BIT(ML_PATH_FALL, s);
    return out;
}

ml_transfer ml_transfer_all_to(ml_path_state state)
{
    ml_transfer out;

    for (uint32_t s = 0; s < ML_PATH_STATES; s++)
        out.to[s] = ML_PATH_BIT(ML_PATH_FALL, state);
    return out;
}

ml_transfer ml_transfer_join(ml_transfer a, ml_transfer b)
{
    for (uint32_t s = 0; s < ML_PATH_STATES; s++)
        a.to[s] |= b.to[s];
    return a;
}

/* Every state of one way of `a` goes on into b; what b falls through to ends in `back`.
 * Not inlined: clang 14 at -O2 then leaves parts of the result unset, as valgrind shows; at other
 * levels, and with gcc, it does not. */
__attribute__((noinline)) static ml_transfer through(ml_transfer a, ml_path_way way, ml_transfer b, ml_path_way back)
{
    ml_transfer out;

    for (uint32_t s = 0; s < ML_PATH_STATES; s++) {
        uint32_t pending = states_of(a.to[s], way), to = a.to[s] & ~as_way(STATE_MASK, way);
        for (uint32_t t = 0; t < ML_PATH_STATES; t++)
            if (pending & (UINT32_C(1) << t))
                to |= (b.to[t] & ~FALL_MASK) | as_way(states_of(b.to[t], ML_PATH_FALL), back);
        out.to[s] = to;
    }
    return out;
}

ml_transfer ml_transfer_then(ml_transfer a, ml_transfer b)
{
    return through(a, ML_PATH_FALL, b, ML_PATH_FALL);
}

/* The states of one way go another. */
static ml_transfer turned(ml_transfer a, ml_path_way from, ml_path_way to)
{
    return through(a, from, ml_transfer_identity(), to);
}

static ml_transfer without(ml_transfer a, ml_path_way way)
{
    for (uint32_t s = 0; s < ML_PATH_STATES; s++)
        a.to[s] &= ~as_way(STATE_MASK, way);
    return a;
}

/* ---- the walk ---- */

typedef struct walk {
    const ml_paths *paths;
    const ml_facts *facts;
    uint32_t depth;
} walk;

static ml_transfer run(walk *w, ml_node_id id);

static ml_transfer maybe(walk *w, ml_node_id id)
{
    return id ? run(w, id) : ml_transfer_identity();
}

static ml_transfer run_all(walk *w, ml_node_id first)
{
    ml_transfer out = ml_transfer_identity();

    for (ml_node_id child = first; child; child = ml_node_at(w->facts, child)->next)
        out = ml_transfer_then(out, run(w, child));
    return out;
}

static ml_transfer effect_of(walk *w, ml_node_id id)
{
    ml_transfer out;

    return w->paths->effect && w->paths->effect(w->paths, id, &out) ? out : ml_transfer_identity();
}

/* Adds: it may throw here, in whatever state it is entered. */
static ml_transfer or_throw(walk *w, ml_node_id id, ml_transfer out)
{
    if (w->paths->throws && w->paths->throws(w->paths, id))
        for (uint32_t s = 0; s < ML_PATH_STATES; s++)
            out.to[s] |= ML_PATH_BIT(ML_PATH_THROW, s);
    return out;
}

static ml_transfer function_body(walk *w, ml_node_id function)
{
    ml_node_id body = ml_child(w->facts, function, ML_ROLE_BODY);
    ml_transfer out = maybe(w, body);

    if (w->paths->leaves && !w->paths->leaves(w->paths, 0))
        out = without(out, ML_PATH_FALL);
    return out;
}

/* A function given to a call runs once, and what it returns is not the end of the function around. */
static ml_transfer run_callback(walk *w, ml_node_id function)
{
    ml_node_id body = ml_child(w->facts, function, ML_ROLE_BODY);
    ml_paths inner = *w->paths;
    walk inside = {&inner, w->facts, w->depth};

    inner.leaves = NULL;
    return turned(body ? run(&inside, body) : ml_transfer_identity(), ML_PATH_RETURN, ML_PATH_FALL);
}

/* ---- calls ---- */

static bool is_function(const ml_facts *facts, ml_node_id node)
{
    return node && ml_kind_of(facts, node) == ML_NODE_FUNCTION;
}

/* What a handler given by value does: the function when it stands there, else what its name does. */
static ml_transfer run_handler(walk *w, ml_node_id handler)
{
    if (!handler)
        return ml_transfer_identity();
    return is_function(w->facts, handler) ? run_callback(w, handler) : run(w, handler);
}

static ml_transfer enter_catch(walk *w, ml_node_id node)
{
    ml_transfer out = ml_transfer_identity();
    bool counts = !w->paths->catches || w->paths->catches(w->paths, node);

    out.to[ML_PATH_FAILED] = ML_PATH_BIT(ML_PATH_FALL, counts ? ML_PATH_CAUGHT : ML_PATH_SETTLED);
    return out;
}

static bool promise_chain(walk *w, ml_node_id id, ml_transfer *out)
{
    ml_node_id callee = ml_child(w->facts, id, ML_ROLE_CALLEE), arg = ml_child(w->facts, id, ML_ROLE_ARG);

    if (!callee || ml_kind_of(w->facts, callee) != ML_NODE_MEMBER || !arg)
        return false;
    ml_str name = ml_text_of(w->facts, callee);
    bool is_then = ml_str_eq_c(name, "then"), is_catch = ml_str_eq_c(name, "catch");
    if (!is_then && !is_catch && !ml_str_eq_c(name, "finally"))
        return false;
    ml_transfer from = run(w, ml_child(w->facts, callee, ML_ROLE_OBJECT));
    if (!is_then && !is_catch) {
        ml_transfer always = run_handler(w, arg);
        *out = through(through(from, ML_PATH_THROW, always, ML_PATH_THROW), ML_PATH_FALL, always, ML_PATH_FALL);
        return true;
    }
    ml_node_id on_error = is_catch ? arg : ml_next_child(w->facts, arg);
    /* The handler of a rejection sees what the promise threw, not what the other handler does. */
    ml_transfer fine =
        is_then ? ml_transfer_then(without(from, ML_PATH_THROW), run_handler(w, arg)) : without(from, ML_PATH_THROW);
    ml_transfer thrown = ml_transfer_none();
    for (uint32_t s = 0; s < ML_PATH_STATES; s++)
        thrown.to[s] = as_way(states_of(from.to[s], ML_PATH_THROW), on_error ? ML_PATH_FALL : ML_PATH_THROW);
    if (on_error)
        thrown = ml_transfer_then(ml_transfer_then(thrown, enter_catch(w, id)), run_handler(w, on_error));
    *out = ml_transfer_join(fine, thrown);
    return true;
}

static ml_transfer run_call(walk *w, ml_node_id id)
{
    ml_transfer out;

    if (ml_kind_of(w->facts, id) == ML_NODE_CALL && promise_chain(w, id, &out))
        return or_throw(w, id, out);
    ml_node_id callee = ml_child(w->facts, id, ML_ROLE_CALLEE);
    /* A name that is called has its effect as a call. */
    out = !callee || ml_kind_of(w->facts, callee) == ML_NODE_IDENT ? ml_transfer_identity() : run(w, callee);
    if (is_function(w->facts, callee))
        out = run_callback(w, callee);
    for (ml_node_id arg = ml_child(w->facts, id, ML_ROLE_ARG); arg; arg = ml_next_child(w->facts, arg))
        out = ml_transfer_then(out, is_function(w->facts, arg) ? run_callback(w, arg) : run(w, arg));
    return ml_transfer_then(out, or_throw(w, id, effect_of(w, id)));
}

/* ---- statements ---- */

static ml_transfer enter_branch(walk *w, ml_node_id id, bool taken)
{
    ml_transfer out = ml_transfer_identity();

    if (w->paths->branch)
        w->paths->branch(w->paths, id, taken, &out);
    return out;
}

static ml_transfer run_branch(walk *w, ml_node_id id)
{
    ml_transfer test = run(w, ml_child(w->facts, id, ML_ROLE_TEST));
    ml_transfer yes = ml_transfer_then(enter_branch(w, id, true), maybe(w, ml_child(w->facts, id, ML_ROLE_THEN)));
    ml_transfer no = ml_transfer_then(enter_branch(w, id, false), maybe(w, ml_child(w->facts, id, ML_ROLE_ELSE)));

    return ml_transfer_then(test, ml_transfer_join(yes, no));
}

static ml_transfer run_short_circuit(walk *w, ml_node_id id)
{
    ml_transfer left = run(w, ml_child(w->facts, id, ML_ROLE_LEFT));
    ml_transfer right = ml_transfer_then(enter_branch(w, id, true), run(w, ml_child(w->facts, id, ML_ROLE_RIGHT)));

    return ml_transfer_then(left, ml_transfer_join(enter_branch(w, id, false), right));
}

/* One turn, again and again: there are few states, so as many rounds reach all that can be reached. */
static ml_transfer repeated(ml_transfer turn)
{
    ml_transfer out = ml_transfer_identity();

    for (uint32_t round = 0; round < ML_PATH_STATES; round++)
        out = ml_transfer_join(out, ml_transfer_then(out, turn));
    return out;
}

static ml_transfer run_loop(walk *w, ml_node_id id)
{
    const ml_facts *facts = w->facts;
    ml_node_kind kind = ml_kind_of(facts, id);
    ml_node_id test = ml_child(facts, id, ML_ROLE_TEST);
    bool over_items = kind == ML_NODE_FOR_IN;
    bool endless = !over_items && (!test || ml_kind_of(facts, test) == ML_NODE_TRUE);
    ml_transfer start =
        ml_transfer_then(maybe(w, ml_child(facts, id, ML_ROLE_INIT)), maybe(w, ml_child(facts, id, ML_ROLE_VALUE)));
    ml_transfer check = maybe(w, test);
    ml_transfer body = turned(maybe(w, ml_child(facts, id, ML_ROLE_BODY)), ML_PATH_CONTINUE, ML_PATH_FALL);

    body = ml_transfer_then(body, maybe(w, ml_child(facts, id, ML_ROLE_UPDATE)));
    bool once = kind == ML_NODE_DO || !w->paths->loops_may_skip;
    ml_transfer turn = kind == ML_NODE_DO ? ml_transfer_then(body, check) : ml_transfer_then(check, body);
    ml_transfer turns = repeated(turn);
    if (once)
        turns = ml_transfer_then(turn, turns);
    else if (kind != ML_NODE_DO)
        turns = ml_transfer_then(turns, check);
    if (endless)
        turns = without(turns, ML_PATH_FALL);
    return ml_transfer_then(start, turned(turns, ML_PATH_BREAK, ML_PATH_FALL));
}

static ml_transfer run_switch(walk *w, ml_node_id id)
{
    ml_transfer out = ml_transfer_none(), falling = ml_transfer_none();
    bool has_default = false;

    for (ml_node_id at = ml_child(w->facts, id, ML_ROLE_CASE); at; at = ml_next_child(w->facts, at)) {
        has_default = has_default || !ml_child(w->facts, at, ML_ROLE_TEST);
        falling = ml_transfer_join(falling, ml_transfer_identity());
        for (ml_node_id body = ml_child(w->facts, at, ML_ROLE_BODY); body; body = ml_next_child(w->facts, body))
            falling = ml_transfer_then(falling, run(w, body));
        out = ml_transfer_join(out, without(falling, ML_PATH_FALL));
        for (uint32_t s = 0; s < ML_PATH_STATES; s++)
            falling.to[s] &= FALL_MASK;
    }
    out = ml_transfer_join(out, falling);
    if (!has_default)
        out = ml_transfer_join(out, ml_transfer_identity());
    out = turned(out, ML_PATH_BREAK, ML_PATH_FALL);
    return ml_transfer_then(run(w, ml_child(w->facts, id, ML_ROLE_TEST)), out);
}

static ml_transfer run_try(walk *w, ml_node_id id)
{
    ml_node_id catch = ml_child(w->facts, id, ML_ROLE_CATCH), finally = ml_child(w->facts, id, ML_ROLE_FINALLY);
    ml_transfer out = maybe(w, ml_child(w->facts, id, ML_ROLE_BODY));

    if (catch) {
        ml_transfer handler =
            ml_transfer_then(enter_catch(w, catch), maybe(w, ml_child(w->facts, catch, ML_ROLE_BODY)));
        /* A throw of the handler itself must not run into it again. */
        ml_transfer thrown = ml_transfer_none();
        for (uint32_t s = 0; s < ML_PATH_STATES; s++)
            thrown.to[s] = as_way(states_of(out.to[s], ML_PATH_THROW), ML_PATH_FALL);
        out = ml_transfer_join(without(out, ML_PATH_THROW), ml_transfer_then(thrown, handler));
    }
    if (finally) {
        ml_transfer last = maybe(w, ml_child(w->facts, finally, ML_ROLE_BODY)), all = ml_transfer_none();
        for (uint32_t way = 0; way < ML_PATH_WAYS; way++) {
            ml_transfer one = ml_transfer_none();
            for (uint32_t s = 0; s < ML_PATH_STATES; s++)
                one.to[s] = states_of(out.to[s], (ml_path_way)way); /* as FALL */
            one = through(one, ML_PATH_FALL, last, ML_PATH_FALL);
            /* What the last block falls through to goes on the way it came. */
            for (uint32_t s = 0; s < ML_PATH_STATES; s++)
                one.to[s] = (one.to[s] & ~FALL_MASK) | as_way(one.to[s] & FALL_MASK, (ml_path_way)way);
            all = ml_transfer_join(all, one);
        }
        out = all;
    }
    return out;
}

static ml_transfer run_jump(walk *w, ml_node_id id, ml_path_way way)
{
    ml_transfer out = run_all(w, ml_node_at(w->facts, id)->first);

    if ((way == ML_PATH_BREAK || way == ML_PATH_CONTINUE) && ml_text_of(w->facts, id).len)
        *w->paths->unknown = true;
    if (way == ML_PATH_RETURN && w->paths->leaves && !w->paths->leaves(w->paths, id))
        return without(out, ML_PATH_FALL);
    if (way == ML_PATH_THROW && w->paths->throws && !w->paths->throws(w->paths, id)) {
        /* A throw nobody asks about still passes catch and finally with a failed call's state. */
        out = turned(out, ML_PATH_FALL, ML_PATH_THROW);
        for (uint32_t s = 0; s < ML_PATH_STATES; s++)
            out.to[s] &= ~ML_PATH_BIT(ML_PATH_THROW, ML_PATH_OWING);
        return out;
    }
    return turned(out, ML_PATH_FALL, way);
}

static ml_transfer run_kind(walk *w, ml_node_id id)
{
    switch (ml_kind_of(w->facts, id)) {
    case ML_NODE_FUNCTION:
    case ML_NODE_CLASS:
    case ML_NODE_TYPE: return ml_transfer_identity();
    case ML_NODE_CALL:
    case ML_NODE_NEW:
    case ML_NODE_TAGGED: return run_call(w, id);
    case ML_NODE_IDENT: return effect_of(w, id);
    case ML_NODE_INDEX:
    case ML_NODE_MEMBER:
        return ml_transfer_then(run_all(w, ml_node_at(w->facts, id)->first), or_throw(w, id, ml_transfer_identity()));
    case ML_NODE_IF:
    case ML_NODE_CONDITIONAL: return run_branch(w, id);
    case ML_NODE_BINARY: {
        uint8_t op = ml_node_at(w->facts, id)->op;
        bool lazy = op == ML_OP_AND || op == ML_OP_OR || op == ML_OP_NULLISH;
        return lazy ? run_short_circuit(w, id) : run_all(w, ml_node_at(w->facts, id)->first);
    }
    case ML_NODE_FOR:
    case ML_NODE_FOR_IN:
    case ML_NODE_WHILE:
    case ML_NODE_DO: return run_loop(w, id);
    case ML_NODE_SWITCH: return run_switch(w, id);
    case ML_NODE_TRY: return run_try(w, id);
    case ML_NODE_RETURN: return run_jump(w, id, ML_PATH_RETURN);
    case ML_NODE_THROW: return run_jump(w, id, ML_PATH_THROW);
    case ML_NODE_BREAK: return run_jump(w, id, ML_PATH_BREAK);
    case ML_NODE_CONTINUE: return run_jump(w, id, ML_PATH_CONTINUE);
    case ML_NODE_YIELD: {
        ml_transfer out = run_all(w, ml_node_at(w->facts, id)->first);
        if (w->paths->yields_may_end)
            out = ml_transfer_join(turned(out, ML_PATH_FALL, ML_PATH_ABANDON), out);
        return out;
    }
    default: return run_all(w, ml_node_at(w->facts, id)->first);
    }
}

/* Recursion over nesting, bounded by DEPTH_MAX. */
static ml_transfer run(walk *w, ml_node_id id)
{
    if (w->depth >= DEPTH_MAX) {
        *w->paths->unknown = true;
        return ml_transfer_identity();
    }
    w->depth++;
    ml_transfer out = run_kind(w, id);
    w->depth--;
    return out;
}

ml_transfer ml_paths_node(const ml_paths *paths, ml_node_id node)
{
    walk w = {paths, paths->facts, 0};

    return run(&w, node);
}

ml_transfer ml_paths_function(const ml_paths *paths, ml_node_id function)
{
    walk w = {paths, paths->facts, 0};
    ml_node_id body = ml_child(paths->facts, function, ML_ROLE_BODY);
    ml_transfer out = ml_transfer_identity();

    for (ml_node_id param = ml_child(paths->facts, function, ML_ROLE_PARAM); param;
         param = ml_next_child(paths->facts, param))
        out = ml_transfer_then(out, maybe(&w, ml_child(paths->facts, param, ML_ROLE_DEFAULT)));
    /* An arrow's expression is what it returns. */
    if (body && ml_kind_of(paths->facts, body) != ML_NODE_BLOCK && paths->leaves && !paths->leaves(paths, body))
        out = without(ml_transfer_then(out, run(&w, body)), ML_PATH_FALL);
    else
        out = ml_transfer_then(
            out, body && ml_kind_of(paths->facts, body) != ML_NODE_BLOCK ? run(&w, body) : function_body(&w, function));
    return turned(out, ML_PATH_RETURN, ML_PATH_FALL);
}
