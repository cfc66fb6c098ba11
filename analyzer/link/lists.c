/* Lists, maps and the functions given to their methods. A list is an array literal with
 * what is pushed on the name that holds it, or items made here; what its order or length
 * leaves open, it says. Callbacks are called with the items, so that urls.map(f) is what f returns. */
#include "link_internal.h"

enum { LIST_MAX = 256, PAIRS_MAX = 64, CALLBACKS_MAX = 64, LISTS_IN_LISTS_MAX = 3, OPEN_ITEMS_MAX = 4 };

/* ---- making them ---- */

ml_values ml_array_of_set(ml_eval *eval, ml_values items, ml_place place)
{
    return ml_one(eval,
                  (ml_value){.kind = ML_V_ARRAY, .items = items, .is_full = true, .place = ml_place_at(place.file, 0)});
}

ml_values ml_array_of(ml_eval *eval, ml_item_list list, ml_place place)
{
    return ml_one(eval, (ml_value){.kind = ML_V_ARRAY,
                                   .list = list.items,
                                   .list_count = list.count,
                                   .place = ml_place_at(place.file, 0)});
}

static ml_values pair_of(ml_eval *eval, ml_values key, ml_values value, ml_place place)
{
    ml_item_list pair = {0};

    ml_vec_push(&eval->arena, &pair, key);
    ml_vec_push(&eval->arena, &pair, value);
    return ml_array_of(eval, pair, place);
}

/* Key, value, key, value as a list of pairs. */
static ml_values entries_of(ml_eval *eval, ml_item_list pairs, ml_place place)
{
    ml_item_list entries = {0};

    for (uint32_t i = 0; i + 1 < pairs.count; i += 2)
        ml_vec_push(&eval->arena, &entries, pair_of(eval, pairs.items[i], pairs.items[i + 1], place));
    return ml_array_of(eval, entries, place);
}

static ml_values every_other(ml_eval *eval, ml_item_list pairs, uint32_t first, ml_place place)
{
    ml_item_list items = {0};

    for (uint32_t i = first; i < pairs.count; i += 2)
        ml_vec_push(&eval->arena, &items, pairs.items[i]);
    return ml_array_of(eval, items, place);
}

static ml_values union_of(ml_eval *eval, ml_item_list list)
{
    ml_set set = {.eval = eval};

    for (uint32_t i = 0; i < list.count; i++)
        ml_set_add_all(&set, list.items[i]);
    return ml_set_done(&set);
}

static ml_values nth_of(ml_eval *eval, ml_values of, uint32_t n, ml_place place)
{
    ml_value index = ml_string_value(eval, ml_arena_printf(&eval->arena, "%u", n), place);
    ml_set set = {.eval = eval};

    index.kind = ML_V_NUMBER;
    for (uint32_t i = 0; i < of.count; i++)
        ml_set_add_all(&set, ml_element_of(eval, &of.items[i], ml_one(eval, index), place));
    return ml_set_done(&set);
}

/* ---- reading them ---- */

/* One item more, or the items of a spread; false when their number is not known. */
static bool add_item(ml_eval *eval, ml_item_list *list, ml_values values, bool is_spread)
{
    ml_str text;

    if (list->count >= LIST_MAX)
        return false;
    if (!is_spread) {
        ml_vec_push(&eval->arena, list, values);
        return true;
    }
    if (values.count != 1 || eval->nesting >= ML_NESTING_MAX) {
        for (uint32_t i = 0; i < values.count; i++) {
            ml_values any = ml_any_item(eval, &values.items[i], values.items[i].place);
            if (any.count)
                ml_vec_push(&eval->arena, list, any);
        }
        return false;
    }
    const ml_value *value = &values.items[0];
    if (ml_value_literal(eval, value, &text) && text.len < LIST_MAX) {
        for (size_t i = 0; i < text.len; i++)
            ml_vec_push(&eval->arena, list,
                        ml_one(eval, ml_string_value(eval, ml_str_slice(text, i, i + 1), value->place)));
        return true;
    }
    if (value->kind == ML_V_MAP) {
        ml_values any = ml_any_item(eval, value, value->place);
        ml_vec_push(&eval->arena, list, any);
        return false;
    }
    return value->kind == ML_V_ARRAY && ml_list_items(eval, value, list);
}

static const ml_held_calls *held_calls(ml_eval *eval, ml_file_id file, const ml_facts *facts)
{
    ml_shared *shared = eval->shared;
    ml_held_calls *held = ml_intmap_get(&shared->held_calls, file);

    if (held)
        return held;
    held = ML_NEW(&shared->arena, ml_held_calls);
    held->first = ML_NEW_ARRAY(&shared->arena, uint32_t, facts->binding_count);
    held->next = ML_NEW_ARRAY(&shared->arena, uint32_t, facts->call_count);
    for (uint32_t i = facts->call_count; i-- > 0;) {
        ml_node_id callee = ml_child(facts, facts->calls[i], ML_ROLE_CALLEE);
        ml_node_id object = ml_kind_of(facts, callee) == ML_NODE_MEMBER ? ml_child(facts, callee, ML_ROLE_OBJECT) : 0;
        uint32_t binding = ml_kind_of(facts, object) == ML_NODE_IDENT ? ml_node_at(facts, object)->ref : 0;
        if (!binding)
            continue;
        held->next[i] = held->first[binding];
        held->first[binding] = i + 1;
    }
    ml_intmap_put(&shared->arena, &shared->held_calls, file, held);
    return held;
}

/* list.push(x), set.add(x), map.set(k, v): calls of the method on the name that holds the value. */
static bool add_held(ml_eval *eval, const ml_value *holder, ml_str method, ml_item_list *list)
{
    const ml_facts *facts = holder->holder ? ml_facts_in(eval, holder->holder_file) : NULL;
    bool all = true;

    if (!facts)
        return true;
    const ml_held_calls *held = held_calls(eval, holder->holder_file, facts);
    for (uint32_t i = held->first[holder->holder]; i && eval->nesting < ML_NESTING_MAX; i = held->next[i - 1]) {
        ml_node_id call = facts->calls[i - 1];
        if (!ml_str_eq(ml_text_of(facts, ml_child(facts, call, ML_ROLE_CALLEE)), method))
            continue;
        eval->nesting++;
        all &= ml_list_args(eval, holder->holder_file, call, holder->frame, list);
        eval->nesting--;
    }
    return all;
}

/* list[i] = x on the name that holds the list. */
static bool add_written_items(ml_eval *eval, const ml_value *array, ml_item_list *list)
{
    const ml_facts *facts = array->holder ? ml_facts_in(eval, array->holder_file) : NULL;
    bool any = false;

    if (!facts)
        return false;
    const ml_binding *binding = &facts->bindings[array->holder];
    for (uint32_t i = 0; i < binding->write_count; i++) {
        const ml_write *write = &facts->writes[facts->writes_by_binding[binding->write_first + i]];
        ml_node_id object = ml_child(facts, write->target, ML_ROLE_OBJECT);
        if (ml_kind_of(facts, write->target) != ML_NODE_INDEX || ml_kind_of(facts, object) != ML_NODE_IDENT ||
            !write->value)
            continue;
        ml_vec_push(&eval->arena, list, ml_eval_in(eval, array->holder_file, write->value, array->frame));
        any = true;
    }
    return any;
}

static bool is_being_read(const ml_eval *eval, const ml_value *array)
{
    for (const ml_list_chain *link = eval->lists; link; link = link->outer)
        if (array->place.node && link->place.node == array->place.node && link->place.file == array->place.file)
            return true;
    return false;
}

static bool is_within_many(const ml_eval *eval)
{
    uint32_t depth = 0;

    for (const ml_list_chain *link = eval->lists; link; link = link->outer)
        depth++;
    return depth > LISTS_IN_LISTS_MAX;
}

static bool add_items_of(ml_eval *eval, const ml_value *array, ml_item_list *list)
{
    const ml_facts *facts = array->place.node ? ml_facts_in(eval, array->place.file) : NULL;
    bool all = true;

    if (facts && ml_kind_of(facts, array->place.node) != ML_NODE_ARRAY)
        return false;
    for (uint32_t i = 0; i < array->list_count; i++)
        all &= add_item(eval, list, array->list[i], false);
    for (uint32_t i = 0; i < array->items.count; i++)
        all &= add_item(eval, list, (ml_values){&array->items.items[i], 1}, false);
    all &= !array->is_full;
    for (ml_node_id e = facts ? ml_node_at(facts, array->place.node)->first : 0; e; e = ml_node_at(facts, e)->next)
        all &= add_item(eval, list, ml_eval_in(eval, array->place.file, e, array->frame),
                        ml_kind_of(facts, e) == ML_NODE_SPREAD);
    if (array->holder && is_within_many(eval)) /* queues that fill each other: enough is seen */
        return false;
    if (array->holder) {
        all &= add_held(eval, array, ML_STR("push"), list);
        all &= add_held(eval, array, ML_STR("add"), list);
        uint32_t before = list->count;
        add_held(eval, array, ML_STR("unshift"), list);
        all &= list->count == before && !add_written_items(eval, array, list);
    }
    return all;
}

bool ml_list_items(ml_eval *eval, const ml_value *array, ml_item_list *list)
{
    ml_list_chain chain = {array->place, eval->lists};

    if (array->kind != ML_V_ARRAY || is_being_read(eval, array))
        return false;
    if (!eval->steps_left || eval->nesting >= ML_NESTING_MAX) {
        eval->cut = true;
        return false;
    }
    eval->steps_left--;
    eval->nesting++;
    eval->lists = &chain;
    bool all = add_items_of(eval, array, list);
    eval->lists = chain.outer;
    eval->nesting--;
    return all;
}

bool ml_list_args(ml_eval *eval, ml_file_id file, ml_node_id call, const ml_frame *frame, ml_item_list *list)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    bool all = true;

    for (ml_node_id arg = ml_child(facts, call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg))
        all &= add_item(eval, list, ml_eval_in(eval, file, arg, frame), ml_kind_of(facts, arg) == ML_NODE_SPREAD);
    return all;
}

bool ml_eval_items(ml_eval *eval, const ml_value *array, const ml_values **items, uint32_t *count)
{
    ml_item_list list = {0};
    bool all = ml_list_items(eval, array, &list);

    *items = list.items;
    *count = list.count;
    return all;
}

/* The pairs of a map, set(k, v) on its name included. */
static ml_item_list pairs_of_map(ml_eval *eval, const ml_value *map)
{
    ml_item_list pairs = {0};

    for (uint32_t i = 0; i < map->list_count; i++)
        ml_vec_push(&eval->arena, &pairs, map->list[i]);
    add_held(eval, map, ML_STR("set"), &pairs);
    return pairs;
}

ml_values ml_any_item(ml_eval *eval, const ml_value *of, ml_place place)
{
    ml_item_list list = {0};
    ml_set set = {.eval = eval};

    if (of->kind == ML_V_MAP) {
        ml_item_list pairs = pairs_of_map(eval, of);
        for (uint32_t i = 0; i + 1 < pairs.count; i += 2)
            ml_set_add_all(&set, pair_of(eval, pairs.items[i], pairs.items[i + 1], place));
        return ml_set_done(&set);
    }
    if (of->kind == ML_V_ARRAY)
        ml_list_items(eval, of, &list);
    return union_of(eval, list);
}

/* ---- properties as a list ---- */

static ml_values text_of_name(ml_eval *eval, ml_str name, ml_place place)
{
    return ml_one(eval, ml_string_value(eval, name, place));
}

static void add_pair(ml_eval *eval, ml_item_list *pairs, const ml_value *of, ml_str name, ml_place place)
{
    ml_vec_push(&eval->arena, pairs, text_of_name(eval, name, place));
    ml_vec_push(&eval->arena, pairs, ml_member_of(eval, of, name, place));
}

/* Objects whose properties are being listed, innermost first: this.params = { ...this.params, x }. */
typedef struct pairs_chain pairs_chain;
struct pairs_chain {
    ml_place place;
    const pairs_chain *outer;
};

static bool add_pairs(ml_eval *eval, const ml_value *of, ml_item_list *pairs, ml_place place, const pairs_chain *outer);

/* The names written in the object's literal and in its spreads. */
static bool add_pairs_of_node(ml_eval *eval, const ml_value *of, ml_item_list *pairs, ml_place place,
                              const pairs_chain *chain)
{
    const ml_facts *facts = ml_facts_in(eval, of->place.file);
    bool all = true;

    for (ml_node_id m = ml_node_at(facts, of->place.node)->first; m; m = ml_node_at(facts, m)->next) {
        ml_node_kind kind = ml_kind_of(facts, m);
        if (kind == ML_NODE_SPREAD) {
            ml_values spread = ml_eval_in(eval, of->place.file, ml_child(facts, m, ML_ROLE_VALUE), of->frame);
            for (uint32_t i = 0; i < spread.count; i++)
                all &= add_pairs(eval, &spread.items[i], pairs, place, chain);
            all &= spread.count == 1;
        } else if ((kind == ML_NODE_PROPERTY || kind == ML_NODE_METHOD || kind == ML_NODE_ENUM_MEMBER) &&
                   !ml_child(facts, m, ML_ROLE_KEY)) {
            add_pair(eval, pairs, of, ml_text_of(facts, m), place);
        } else if (kind == ML_NODE_PROPERTY) {
            ml_vec_push(&eval->arena, pairs,
                        ml_eval_in(eval, of->place.file, ml_child(facts, m, ML_ROLE_KEY), of->frame));
            ml_vec_push(&eval->arena, pairs,
                        ml_eval_in(eval, of->place.file, ml_child(facts, m, ML_ROLE_VALUE), of->frame));
        }
    }
    return all;
}

static bool add_pairs(ml_eval *eval, const ml_value *of, ml_item_list *pairs, ml_place place, const pairs_chain *outer)
{
    pairs_chain chain = {of->place, outer};
    bool all = true;

    if (eval->nesting >= ML_NESTING_MAX || pairs->count >= 2 * PAIRS_MAX || !eval->steps_left)
        return false;
    for (; outer; outer = outer->outer)
        if (of->place.node && outer->place.file == of->place.file && outer->place.node == of->place.node)
            return false;
    eval->steps_left--;
    eval->nesting++;
    if (of->kind == ML_V_JSON)
        for (const ml_json *child = of->json->first; child && (all = pairs->count < 2 * PAIRS_MAX); child = child->next)
            add_pair(eval, pairs, of, child->key, place);
    else if (of->kind == ML_V_OBJECT && of->items.count)
        for (uint32_t i = 0; i < of->items.count; i++)
            all &= add_pairs(eval, &of->items.items[i], pairs, place, &chain);
    else if ((of->kind == ML_V_OBJECT || of->kind == ML_V_ENUM) && of->place.node)
        all = add_pairs_of_node(eval, of, pairs, place, &chain);
    else
        all = false;
    eval->nesting--;
    return all;
}

bool ml_object_pairs(ml_eval *eval, const ml_value *of, ml_item_list *pairs, ml_place place)
{
    return add_pairs(eval, of, pairs, place, NULL);
}

/* ---- callbacks ---- */

ml_values ml_call_with(ml_eval *eval, const ml_value *function, const ml_values *args, uint32_t count,
                       const ml_frame *caller, ml_place call)
{
    ml_value bare = *function;

    bare.list = NULL;
    bare.list_count = 0;
    bare.is_full = false;
    ml_frame *frame = ml_frame_for(eval, &bare, call.file, call.node, caller);
    if (!frame)
        return ml_unknown(eval, ML_HOLE_CALL, ML_STR_NONE, call);
    ml_values *own = ML_NEW_ARRAY(&eval->arena, ml_values, count ? count : 1);
    if (count)
        memcpy(own, args, count * sizeof *own);
    frame->args = own;
    frame->arg_count = count;
    return ml_function_result(eval, frame);
}

static const char *const element_first[] = {"map",  "forEach",   "flatMap",  "filter",        "some", "every",
                                            "find", "findIndex", "findLast", "findLastIndex", "sort"};

/* What the receiver's method gives to its callback as n-th argument. */
static ml_values given(ml_eval *eval, const ml_value *receiver, ml_str method, uint32_t n, ml_place place)
{
    bool is_list = receiver->kind == ML_V_ARRAY;

    if (receiver->kind == ML_V_MAP && ml_str_eq(method, ML_STR("forEach")))
        return n < 2 ? nth_of(eval, ml_any_item(eval, receiver, place), 1 - n, place) : ml_nothing();
    if (is_list && n == 0 && ML_STR_IS_ONE_OF(method, element_first))
        return ml_any_item(eval, receiver, place);
    if (is_list && n == 1 && (ml_str_eq(method, ML_STR("reduce")) || ml_str_eq(method, ML_STR("reduceRight"))))
        return ml_any_item(eval, receiver, place);
    bool settles = receiver->kind != ML_V_UNKNOWN && receiver->kind != ML_V_CLIENT && receiver->kind != ML_V_GLOBAL &&
                   receiver->kind != ML_V_EXTERNAL && receiver->kind != ML_V_BRIDGE;
    if (n == 0 && settles && ml_str_eq(method, ML_STR("then")))
        return ml_one(eval, *receiver);
    return ml_nothing();
}

bool ml_is_callback_method(ml_str method, uint32_t n)
{
    if (n == 1)
        return ml_str_starts(method, ML_STR("reduce")) || ml_str_eq(method, ML_STR("forEach"));
    return ML_STR_IS_ONE_OF(method, element_first) || ml_str_eq(method, ML_STR("then"));
}

bool ml_callback_param(ml_eval *eval, ml_values receivers, ml_str method, uint32_t n, ml_place place, ml_values *out)
{
    ml_set set = {.eval = eval};

    for (uint32_t i = 0; i < receivers.count; i++)
        ml_set_add_all(&set, given(eval, &receivers.items[i], method, n, place));
    *out = ml_set_done(&set);
    return set.count > 0;
}

void ml_add_handed(ml_eval *eval, ml_set *out, ml_file_id file, ml_node_id call, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_node_id callee = ml_child(facts, call, ML_ROLE_CALLEE), arg = ml_child(facts, call, ML_ROLE_ARG);
    ml_node_kind kind = ml_kind_of(facts, arg);
    ml_item_list args = {0};
    ml_values element;

    if ((kind != ML_NODE_IDENT && kind != ML_NODE_MEMBER) || ml_kind_of(facts, callee) != ML_NODE_MEMBER ||
        !ml_is_callback_method(ml_text_of(facts, callee), 0))
        return;
    ml_values functions = ml_eval_in(eval, file, arg, frame);
    bool any = false;
    for (uint32_t i = 0; i < functions.count; i++)
        any |= functions.items[i].kind == ML_V_FUNCTION || functions.items[i].kind == ML_V_CLIENT;
    ml_values receivers = any ? ml_eval_in(eval, file, ml_child(facts, callee, ML_ROLE_OBJECT), frame) : ml_nothing();
    if (!ml_callback_param(eval, receivers, ml_text_of(facts, callee), 0, (ml_place){file, call}, &element))
        return;
    ml_vec_push(&eval->arena, &args, element);
    for (uint32_t i = 0; i < functions.count; i++) {
        if (functions.items[i].kind != ML_V_FUNCTION && functions.items[i].kind != ML_V_CLIENT)
            continue;
        ml_value handed = ml_bound_to(eval, &functions.items[i], args, true);
        ml_set_add(out, &handed);
    }
}

/* ---- bound arguments ---- */

ml_value ml_bound_to(ml_eval *eval, const ml_value *value, ml_item_list args, bool is_full)
{
    ml_value bound = *value;
    ml_item_list all = {0};

    if (value->is_full)
        return bound;
    for (uint32_t i = 0; i < value->list_count; i++)
        ml_vec_push(&eval->arena, &all, value->list[i]);
    for (uint32_t i = 0; i < args.count; i++)
        ml_vec_push(&eval->arena, &all, args.items[i]);
    bound.list = all.items;
    bound.list_count = all.count;
    bound.is_full = is_full;
    return bound;
}

const ml_stand_in *ml_stand_in_of(ml_eval *eval, const ml_value *value, ml_file_id file, ml_node_id call,
                                  const ml_frame *frame)
{
    ml_item_list args = {0};

    if (!value->list_count && !value->is_full)
        return NULL;
    if (!value->is_full)
        ml_list_args(eval, file, call, frame, &args);
    ml_value bound = ml_bound_to(eval, value, args, true);
    ml_stand_in *stand_in = ML_NEW(&eval->arena, ml_stand_in);
    *stand_in = (ml_stand_in){
        {file, call},
        bound.list, bound.list_count
    };
    return stand_in;
}

/* ---- methods ---- */

typedef struct list_call {
    ml_file_id file;
    ml_node_id call;
    const ml_frame *frame;
    ml_place place;
} list_call;

static ml_values arg_of(ml_eval *eval, const list_call *at, uint32_t n)
{
    return ml_arg(eval, at->file, at->call, n, at->frame);
}

static bool index_of(ml_eval *eval, ml_values values, uint32_t count, uint32_t *out)
{
    ml_str text;
    uint32_t number = 0;

    if (values.count != 1 || !ml_value_literal(eval, &values.items[0], &text) || !text.len || text.len > 6)
        return false;
    bool negative = text.data[0] == '-';
    for (size_t i = negative; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = number * 10 + (uint32_t)(text.data[i] - '0');
    }
    if (negative)
        number = number > count ? 0 : count - number;
    *out = number > count ? count : number;
    return true;
}

static ml_values joined(ml_eval *eval, ml_item_list list, ml_values by, ml_place place)
{
    ml_values text = text_of_name(eval, ML_STR(""), place);

    for (uint32_t i = 0; i < list.count; i++) {
        if (i)
            text = ml_concat(eval, text, by, place);
        text = i ? ml_concat(eval, text, list.items[i], place) : ml_to_string(eval, list.items[i], place);
    }
    return text;
}

/* Is the callback short enough to be asked for every item: an expression? */
static bool is_concise(ml_eval *eval, const ml_value *function)
{
    const ml_facts *facts = ml_facts_in(eval, function->place.file);
    ml_node_kind body = ml_kind_of(facts, ml_child(facts, function->place.node, ML_ROLE_BODY));

    return body != ML_NODE_BLOCK && body != ML_NODE_NONE;
}

/* What the callback returns for each item, or for any one when that would be many questions; false
 * when it is no function we see into. */
static bool mapped(ml_eval *eval, ml_values *out, ml_item_list list, bool ordered, const list_call *at)
{
    ml_values functions = arg_of(eval, at, 0);
    ml_item_list results = {0};

    if (functions.count != 1 || functions.items[0].kind != ML_V_FUNCTION)
        return false;
    if (!ordered || list.count > CALLBACKS_MAX || !is_concise(eval, &functions.items[0])) {
        ml_values any = union_of(eval, list);
        *out = ml_array_of_set(
            eval, any.count ? ml_call_with(eval, &functions.items[0], &any, 1, at->frame, at->place) : any, at->place);
        return true;
    }
    for (uint32_t i = 0; i < list.count; i++) {
        ml_value index = ml_string_value(eval, ml_arena_printf(&eval->arena, "%u", i), at->place);
        index.kind = ML_V_NUMBER;
        ml_values args[2] = {list.items[i], ml_one(eval, index)};
        ml_vec_push(&eval->arena, &results, ml_call_with(eval, &functions.items[0], args, 2, at->frame, at->place));
    }
    *out = ml_array_of(eval, results, at->place);
    return true;
}

static bool reduced(ml_eval *eval, ml_values *out, ml_item_list list, const list_call *at)
{
    const ml_facts *facts = ml_facts_in(eval, at->file);
    ml_values functions = arg_of(eval, at, 0);
    bool has_start = ml_child_count(facts, at->call, ML_ROLE_ARG) > 1;
    uint32_t first = has_start ? 0 : 1;

    if (functions.count != 1 || functions.items[0].kind != ML_V_FUNCTION || list.count > CALLBACKS_MAX ||
        (!has_start && !list.count))
        return false;
    *out = has_start ? arg_of(eval, at, 1) : list.items[0];
    for (uint32_t i = first; i < list.count; i++) {
        ml_values args[2] = {*out, list.items[i]};
        *out = ml_call_with(eval, &functions.items[0], args, 2, at->frame, at->place);
    }
    return true;
}

static ml_values sliced(ml_eval *eval, ml_item_list list, const list_call *at)
{
    uint32_t from = 0, to = list.count;
    bool ok = true;

    if (ml_child_count(ml_facts_in(eval, at->file), at->call, ML_ROLE_ARG) > 0)
        ok = index_of(eval, arg_of(eval, at, 0), list.count, &from);
    if (ml_child_count(ml_facts_in(eval, at->file), at->call, ML_ROLE_ARG) > 1)
        ok &= index_of(eval, arg_of(eval, at, 1), list.count, &to);
    if (!ok)
        return ml_array_of_set(eval, union_of(eval, list), at->place);
    ml_item_list part = {0};
    for (uint32_t i = from; i < to; i++)
        ml_vec_push(&eval->arena, &part, list.items[i]);
    return ml_array_of(eval, part, at->place);
}

static ml_values reversed(ml_eval *eval, ml_item_list list, ml_place place)
{
    ml_item_list back = {0};

    for (uint32_t i = list.count; i-- > 0;)
        ml_vec_push(&eval->arena, &back, list.items[i]);
    return ml_array_of(eval, back, place);
}

static ml_values concatenated(ml_eval *eval, ml_item_list list, bool *all, const list_call *at)
{
    uint32_t count = ml_child_count(ml_facts_in(eval, at->file), at->call, ML_ROLE_ARG);

    for (uint32_t i = 0; i < count; i++) {
        ml_values more = arg_of(eval, at, i);
        bool is_list = more.count == 1 && more.items[0].kind == ML_V_ARRAY;
        *all &= add_item(eval, &list, more, is_list);
    }
    return *all ? ml_array_of(eval, list, at->place) : ml_array_of_set(eval, union_of(eval, list), at->place);
}

/* Joined, items of several values each make no text that says anything. */
static bool is_too_open(ml_item_list list)
{
    uint32_t open = 0;

    for (uint32_t i = 0; i < list.count; i++)
        open += list.items[i].count > 1;
    return open > OPEN_ITEMS_MAX;
}

static bool array_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name, const list_call *at)
{
    static const char *const same[] = {"filter", "values", "sort", "toSorted", "flat", "fill", "splice"};
    static const char *const ends[] = {"find", "findLast", "pop", "shift", "next"};
    static const char *const reads[] = {"at",     "join", "slice",   "reverse", "toReversed",
                                        "concat", "map",  "flatMap", "reduce"};
    ml_item_list list = {0};
    uint32_t index;

    if (ML_STR_IS_ONE_OF(name, same)) {
        *out = ml_one(eval, *receiver); /* some of the items: a set read by unknown key already means that */
        return true;
    }
    if (ML_STR_IS_ONE_OF(name, ends)) {
        *out = ml_any_item(eval, receiver, at->place);
        return out->count > 0;
    }
    if (!ML_STR_IS_ONE_OF(name, reads))
        return false;
    bool all = ml_list_items(eval, receiver, &list);
    if (ml_str_eq(name, ML_STR("at"))) {
        bool known = all && index_of(eval, arg_of(eval, at, 0), list.count, &index) && index < list.count;
        *out = known ? list.items[index] : union_of(eval, list);
        return out->count > 0;
    }
    if (ml_str_eq(name, ML_STR("map")) || ml_str_eq(name, ML_STR("flatMap")))
        return mapped(eval, out, list, all && name.len == 3, at);
    if (ml_str_eq(name, ML_STR("concat"))) {
        *out = concatenated(eval, list, &all, at);
        return true;
    }
    if (!all || (is_too_open(list) && !ml_str_eq(name, ML_STR("slice"))))
        return false;
    if (ml_str_eq(name, ML_STR("reduce")))
        return reduced(eval, out, list, at);
    if (ml_str_eq(name, ML_STR("slice")))
        *out = sliced(eval, list, at);
    else if (ml_str_eq(name, ML_STR("join")))
        *out = joined(eval, list,
                      ml_child(ml_facts_in(eval, at->file), at->call, ML_ROLE_ARG)
                          ? arg_of(eval, at, 0)
                          : text_of_name(eval, ML_STR(","), at->place),
                      at->place);
    else
        *out = reversed(eval, list, at->place);
    return true;
}

/* map.get(k): the values under that key, or all when either is unknown. */
static ml_values map_get(ml_eval *eval, ml_item_list pairs, ml_values key, ml_place place)
{
    ml_set set = {.eval = eval};
    ml_str wanted, text;
    bool known = key.count == 1 && ml_value_literal(eval, &key.items[0], &wanted);

    for (uint32_t i = 0; i + 1 < pairs.count; i += 2) {
        const ml_values *k = &pairs.items[i];
        bool other = known && k->count == 1 && ml_value_literal(eval, &k->items[0], &text) && !ml_str_eq(text, wanted);
        if (!other)
            ml_set_add_all(&set, pairs.items[i + 1]);
    }
    if (!set.count)
        return ml_unknown(eval, ML_HOLE_FIELD, ML_STR("get"), place);
    return ml_set_done(&set);
}

static bool map_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name, const list_call *at)
{
    ml_item_list pairs = {0};

    if (ml_str_eq(name, ML_STR("set"))) {
        ml_value more = *receiver;
        for (uint32_t i = 0; i < receiver->list_count; i++)
            ml_vec_push(&eval->arena, &pairs, receiver->list[i]);
        ml_vec_push(&eval->arena, &pairs, arg_of(eval, at, 0));
        ml_vec_push(&eval->arena, &pairs, arg_of(eval, at, 1));
        more.list = pairs.items;
        more.list_count = pairs.count;
        *out = ml_one(eval, more);
        return true;
    }
    pairs = pairs_of_map(eval, receiver);
    if (ml_str_eq(name, ML_STR("get")))
        *out = map_get(eval, pairs, arg_of(eval, at, 0), at->place);
    else if (ml_str_eq(name, ML_STR("values")) || ml_str_eq(name, ML_STR("keys")))
        *out = every_other(eval, pairs, name.len == 6, at->place);
    else if (ml_str_eq(name, ML_STR("entries")))
        *out = entries_of(eval, pairs, at->place);
    else
        return false;
    return true;
}

bool ml_list_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name, ml_file_id file,
                    ml_node_id call, const ml_frame *frame)
{
    list_call at = {
        file, call, frame, {file, call}
    };

    if (receiver->kind == ML_V_ARRAY)
        return array_method(eval, out, receiver, name, &at);
    return receiver->kind == ML_V_MAP && map_method(eval, out, receiver, name, &at);
}

/* ---- functions ---- */

static ml_values made_map(ml_eval *eval, const list_call *at)
{
    ml_values from = arg_of(eval, at, 0);
    ml_value map = {.kind = ML_V_MAP, .place = at->place};
    ml_item_list pairs = {0}, entries = {0};

    for (uint32_t i = 0; i < from.count; i++)
        if (from.items[i].kind == ML_V_ARRAY)
            ml_list_items(eval, &from.items[i], &entries);
        else if (from.items[i].kind == ML_V_MAP)
            pairs = pairs_of_map(eval, &from.items[i]);
    for (uint32_t i = 0; i < entries.count; i++) {
        ml_vec_push(&eval->arena, &pairs, nth_of(eval, entries.items[i], 0, at->place));
        ml_vec_push(&eval->arena, &pairs, nth_of(eval, entries.items[i], 1, at->place));
    }
    map.list = pairs.items;
    map.list_count = pairs.count;
    return ml_one(eval, map);
}

static bool of_object(ml_eval *eval, ml_values *out, ml_str path, const list_call *at)
{
    ml_values of = arg_of(eval, at, 0);
    ml_item_list pairs = {0};
    bool all = of.count == 1;

    for (uint32_t i = 0; i < of.count; i++)
        all &= ml_object_pairs(eval, &of.items[i], &pairs, at->place);
    if (!pairs.count)
        return false;
    if (ml_str_eq(path, ML_STR("Object.entries")))
        *out = entries_of(eval, pairs, at->place);
    else
        *out = every_other(eval, pairs, ml_str_eq(path, ML_STR("Object.values")), at->place);
    if (!all) /* one of several objects, or one with more than is seen */
        *out = ml_array_of_set(eval, ml_any_item(eval, &out->items[0], at->place), at->place);
    return true;
}

bool ml_list_function(ml_eval *eval, ml_values *out, ml_str path, ml_file_id file, ml_node_id call,
                      const ml_frame *frame)
{
    static const char *const objects[] = {"Object.entries", "Object.values", "Object.keys"};
    bool construct = ml_kind_of(ml_facts_in(eval, file), call) == ML_NODE_NEW;
    list_call at = {
        file, call, frame, {file, call}
    };

    if (ML_STR_IS_ONE_OF(path, objects))
        return of_object(eval, out, path, &at);
    if (construct && ml_str_eq(path, ML_STR("Map"))) {
        *out = made_map(eval, &at);
        return true;
    }
    ml_item_list items = {0};
    if (construct && ml_str_eq(path, ML_STR("Set"))) {
        ml_values from = arg_of(eval, &at, 0);
        for (uint32_t i = 0; i < from.count; i++)
            if (from.items[i].kind == ML_V_ARRAY)
                ml_list_items(eval, &from.items[i], &items);
        *out = ml_array_of(eval, items, at.place);
        return true;
    }
    if (!ml_str_eq(path, ML_STR("Array.of")))
        return false;
    *out = ml_list_args(eval, file, call, frame, &items) ? ml_array_of(eval, items, at.place)
                                                         : ml_array_of_set(eval, union_of(eval, items), at.place);
    return true;
}
